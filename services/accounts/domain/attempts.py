"""Failed sign-ins with an address, whether or not it has an account: after a few, each next one has to wait longer.

An attempt is counted before the password is looked at, so that guesses side by side count like guesses in a row; one
that succeeds clears the count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.accounts.domain.secret import fingerprint
from shared.platform.errors import TooMany

FREE = 5
"""Attempts in a row without a wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """`id` is the fingerprint of the normalised address: addresses that have no account are not collected."""

    id: str
    count: int = 0
    next_at: datetime | None = None
    forgotten_at: datetime | None = None
    version: int = 0

    @staticmethod
    def key(address: str) -> str:
        return fingerprint(address)

    def another(self, at: datetime) -> Attempts:
        """Counts an attempt. Raises TooMany, with when to try again, before its time has come."""
        if self.next_at is not None and at < self.next_at:
            raise _too_many(self.next_at - at)
        forgotten = self.forgotten_at is not None and at >= self.forgotten_at
        count = 1 if forgotten else self.count + 1
        return replace(
            self, count=count, next_at=at + wait_after(count), forgotten_at=at + wait_after(count) + FORGOTTEN_AFTER
        )


def wait_after(count: int) -> timedelta:
    """How long to wait after the `count`th failure in a row: none, then 30 s, doubling up to a quarter of an hour."""
    if count < FREE:
        return timedelta(0)
    doublings = min(count - FREE, 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _too_many(left: timedelta) -> TooMany:
    minutes = -(-left // timedelta(minutes=1))
    if minutes <= 1:
        return TooMany("Too many attempts with this address. Try again in a minute, or reset your password.")
    return TooMany(
        "Too many attempts with this address. Try again in %(minutes)s minutes, or reset your password.",
        minutes=minutes,
    )
