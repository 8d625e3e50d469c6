"""What protects an account besides its password: an authenticator app, recovery codes, and whether a second step is
asked for.

    app:       none → being set up → in use → none; a new one takes the old one's place when it is confirmed
    two steps: off → on, when an app is confirmed or the owner of a passkey asks for it; off again by the owner, or
               with the last app and passkey
    code:      unused → used, once; making new codes ends the old ones

Seeds are sealed and codes marked by the caller: this module sees neither. Passkeys are documents of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.platform.errors import Conflict

CODES = 10
CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without signs that are mistaken for one another."""
CODE_LENGTH = 12
SET_UP_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """`id` is the account's. `seed` and `new_seed` are sealed; `codes` are the marks of unused recovery codes."""

    id: str
    two_steps: bool = False
    seed: str = ""
    new_seed: str = ""
    new_seed_at: datetime | None = None
    last_step: int = 0
    codes: tuple[str, ...] = ()
    version: int = 0

    @property
    def has_app(self) -> bool:
        return bool(self.seed)

    def setting_up(self, sealed: str, at: datetime) -> Protection:
        """An app is being set up; the one in use stays until the new one is confirmed."""
        return replace(self, new_seed=sealed, new_seed_at=at)

    def seed_to_confirm(self, at: datetime) -> str:
        """Raises Conflict when no app is being set up, or not any more."""
        if not self.new_seed or self.new_seed_at is None or at - self.new_seed_at > SET_UP_WITHIN:
            raise Conflict("This took too long. Start again with a new key for your app.")
        return self.new_seed

    def with_app(self, step: int) -> Protection:
        """The app has shown a right code, of this step: it is in use from now on."""
        return replace(self, seed=self.new_seed, new_seed="", new_seed_at=None, last_step=step, two_steps=True)

    def after_code(self, step: int) -> Protection:
        """A code of the app was used; none of its step or an earlier one is good again."""
        return replace(self, last_step=max(self.last_step, step))

    def without_app(self, *, has_passkeys: bool) -> Protection:
        """Raises Conflict when there is none."""
        if not self.has_app:
            raise Conflict("There is no authenticator app to remove.")
        return replace(self, seed="", new_seed="", new_seed_at=None).still_possible(has_passkeys=has_passkeys)

    def still_possible(self, *, has_passkeys: bool) -> Protection:
        """Two steps end with the last way to make the second one."""
        if self.has_app or has_passkeys:
            return self
        return replace(self, two_steps=False, codes=())

    def asking(self, *, has_passkeys: bool) -> Protection:
        """A second step is asked for from now on. Raises Conflict when there is no way to make it."""
        if not self.has_app and not has_passkeys:
            raise Conflict("Add an authenticator app or a passkey first: the second step needs one of them.")
        return replace(self, two_steps=True)

    def not_asking(self) -> Protection:
        return replace(self, two_steps=False, codes=())

    def with_codes(self, marks: Sequence[str]) -> Protection:
        """New recovery codes; the earlier ones end. Raises Conflict while no second step is asked for."""
        if not self.two_steps:
            raise Conflict("Recovery codes stand in for the second step. Turn that on first.")
        return replace(self, codes=tuple(marks))

    def after_recovery(self, marks: Collection[str]) -> Protection | None:
        """One code fewer; None when none of these marks is among the unused codes."""
        used = next((mark for mark in marks if mark in self.codes), None)
        return None if used is None else replace(self, codes=tuple(mark for mark in self.codes if mark != used))


def new_codes() -> list[str]:
    """Ten recovery codes such as `k7wq-9mzt-c4xh`: 59 bits each."""
    return [_grouped("".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))) for _ in range(CODES)]


def as_marked(typed: str) -> str:
    """A recovery code however it was typed, in the one form that is marked."""
    return "".join(sign for sign in typed.lower() if sign.isalnum())


def looks_like_recovery(typed: str) -> bool:
    """A recovery code, and not six digits of an app."""
    return len(as_marked(typed)) == CODE_LENGTH


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))
