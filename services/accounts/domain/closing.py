"""The end of an account: asked for by its owner, put into effect after a time in which they may think again.

asked → cancelled (by its owner, or by the link in the e-mail) | done, when its day has come and nothing is open

Contracts that run, hours that wait and money that is owed come first: they are ties, known from other services' facts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.accounts.domain.address import normalised
from services.accounts.domain.secret import fingerprint, new_secret
from shared.platform.errors import Conflict, Invalid

GRACE = timedelta(days=14)
LOOK_AGAIN = timedelta(days=1)
"""When an account whose day has come is looked at again, where something was still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What binds two sides to each other: a contract, a week's hours, an invoice. `title` is what its sides call it."""

    id: str
    sides: tuple[str, ...]
    title: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """`id` is the account's; `token_hash` that of the link that cancels it."""

    id: str
    asked_at: datetime
    due_at: datetime
    token_hash: str
    version: int = 0

    @classmethod
    def ask(cls, account_id: str, at: datetime) -> tuple[Closing, str]:
        """The closing, and its link's token, which is nowhere else."""
        token = new_secret()
        return cls(id=account_id, asked_at=at, due_at=at + GRACE, token_hash=fingerprint(token)), token

    def put_off(self, at: datetime) -> Closing:
        """Something is open still: it is looked at again a day later."""
        return replace(self, due_at=at + LOOK_AGAIN)


def check_free(ties: Collection[Tie]) -> None:
    """Raises Conflict while something is open."""
    if ties:
        raise Conflict("Something of yours is still open. End your contracts and settle what is owed first.")


def check_typed(typed: str, address: str) -> None:
    """Raises Invalid unless the account's own address was typed."""
    if normalised(typed) != address:
        raise Invalid.field("typed", "Type the e-mail address of this account, so that it is deleted on purpose only.")
