"""One-time links sent by e-mail: to confirm an address, to set a new password, to change the address.

unused → used, once; or it expires. Asking for a new link ends the earlier ones of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.accounts.domain.secret import fingerprint, new_secret
from shared.platform.errors import Conflict, NotFound
from shared.platform.ids import new_id


class Purpose(StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"
    NEW_ADDRESS = "new_address"


LIFETIMES = {
    Purpose.CONFIRM: timedelta(days=3),
    Purpose.RESET: timedelta(hours=1),
    Purpose.NEW_ADDRESS: timedelta(days=1),
}
PAUSE = timedelta(minutes=1)
"""How soon after one link the next may be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`address` is the new one, where the link is to change it."""

    id: str
    purpose: Purpose
    account_id: str
    token_hash: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    address: str = ""
    version: int = 0

    @classmethod
    def new(cls, purpose: Purpose, account_id: str, at: datetime, address: str = "") -> tuple[Link, str]:
        """The link, and its token, which is nowhere else."""
        token = new_secret()
        link = cls(
            id=new_id(),
            purpose=purpose,
            account_id=account_id,
            token_hash=fingerprint(token),
            created_at=at,
            expires_at=at + LIFETIMES[purpose],
            address=address,
        )
        return link, token

    def use(self, purpose: Purpose, at: datetime) -> Link:
        """Raises Conflict when it was used or has expired, NotFound when it was made for something else."""
        if purpose is not self.purpose:
            raise unknown()
        if self.used_at is not None:
            raise Conflict("This link was used already. It works once; ask for a new one if you need it again.")
        if at >= self.expires_at:
            raise Conflict("This link has expired. Ask for a new one.")
        return replace(self, used_at=at)

    def is_recent(self, at: datetime) -> bool:
        return at - self.created_at < PAUSE


def unknown() -> NotFound:
    """No such link, or a newer one took its place."""
    return NotFound("This link does not work, or not any more. Ask for a new one.")
