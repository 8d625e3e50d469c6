"""The time between the two steps of a sign-in: the password was right, the second step is awaited.

waiting → done (it is deleted), or it expires.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.accounts.domain.secret import fingerprint, new_secret
from shared.platform.errors import Unauthenticated
from shared.platform.ids import new_id

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    id: str
    token_hash: str
    account_id: str
    user_agent: str
    created_at: datetime
    expires_at: datetime
    version: int = 0

    @classmethod
    def begin(cls, account_id: str, user_agent: str, at: datetime) -> tuple[SecondStep, str]:
        """The step, and its token, which is nowhere else."""
        token = new_secret()
        step = cls(
            id=new_id(),
            token_hash=fingerprint(token),
            account_id=account_id,
            user_agent=user_agent,
            created_at=at,
            expires_at=at + LIFETIME,
        )
        return step, token

    def check(self, at: datetime) -> SecondStep:
        """Raises Unauthenticated when its time is over."""
        if at >= self.expires_at:
            raise gone()
        return self


def gone() -> Unauthenticated:
    """The same for an unknown, a finished and an expired step."""
    return Unauthenticated("This sign-in took too long, or was finished already. Please sign in again.")
