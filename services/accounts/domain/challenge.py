"""Challenges that a passkey signs: made here, kept here, good once and for minutes, for one purpose, person and place.

open → answered (it is deleted), or it expires. A wrong answer ends it as well.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.platform.errors import Conflict
from shared.platform.ids import new_id

LIFETIME = timedelta(minutes=5)
BYTES = 32


class Aim(StrEnum):
    REGISTER = "register"
    SIGN_IN = "sign_in"
    SECOND_STEP = "second_step"
    PROOF = "proof"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """`account_id` is empty for a sign-in, when nobody is known yet; `bound_to` is the session, or the second step, in
    which it is to be answered."""

    id: str
    aim: Aim
    value: str
    created_at: datetime
    expires_at: datetime
    account_id: str = ""
    bound_to: str = ""
    version: int = 0

    @classmethod
    def new(cls, aim: Aim, at: datetime, account_id: str = "", bound_to: str = "") -> Challenge:
        value = base64.urlsafe_b64encode(secrets.token_bytes(BYTES)).decode()
        return cls(
            id=new_id(),
            aim=aim,
            value=value,
            created_at=at,
            expires_at=at + LIFETIME,
            account_id=account_id,
            bound_to=bound_to,
        )

    @property
    def raw(self) -> bytes:
        return base64.urlsafe_b64decode(self.value)

    def check(self, aim: Aim, at: datetime, account_id: str = "", bound_to: str = "") -> Challenge:
        """Raises Conflict when it was made for something or somebody else, or its time is over."""
        if (self.aim, self.account_id, self.bound_to) != (aim, account_id, bound_to) or at >= self.expires_at:
            raise gone()
        return self


def gone() -> Conflict:
    """The same for an unknown, an answered, a foreign and an expired challenge."""
    return Conflict("That took too long, or was answered already. Please try again.")
