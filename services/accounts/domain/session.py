"""Sessions: one for each sign-in, known by a secret token, ended by time or by revoking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.accounts.domain.account import Identity
from services.accounts.domain.secret import fingerprint, new_secret
from shared.platform.errors import Unauthenticated
from shared.platform.ids import new_id

LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
"""How exact `last_seen_at` is: writing it with every page would double the work of the check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`identity` is the account's, kept up to date, so that a check reads one document."""

    id: str
    token_hash: str
    identity: Identity
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    version: int = 0

    @classmethod
    def begin(cls, identity: Identity, user_agent: str, at: datetime) -> tuple[Session, str]:
        """The session, and its token, which is nowhere else."""
        token = new_secret()
        session = cls(
            id=new_id(),
            token_hash=fingerprint(token),
            identity=identity,
            user_agent=user_agent,
            created_at=at,
            last_seen_at=at,
            expires_at=at + LIFETIME,
        )
        return session, token

    def check(self, at: datetime) -> Session:
        """This session. Raises Unauthenticated when its time is over."""
        if at >= self.expires_at:
            raise ended()
        return self

    def is_due_for_a_note(self, at: datetime) -> bool:
        """Whether `last_seen_at` should be written anew."""
        return at - self.last_seen_at >= SEEN_EVERY


def ended() -> Unauthenticated:
    """The same for an unknown, a revoked and an expired session."""
    return Unauthenticated("Your session has ended. Please sign in again.")
