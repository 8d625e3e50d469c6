"""Sessions: one for each sign-in, known by a secret token, ended by time or by revoking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.accounts.domain.account import Identity
from services.accounts.domain.secret import fingerprint, new_secret
from shared.platform.errors import Unauthenticated, Unproven
from shared.platform.ids import new_id

LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
"""How exact `last_seen_at` is: writing it with every page would double the work of the check."""
PROOF_HOLDS = timedelta(minutes=15)
"""How long after a sign-in, or another proof, what is of weight may be done without one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`identity` is the account's, kept up to date, so that a check reads one document. `proven_at` is when its owner
    last showed a password or a passkey in it."""

    id: str
    token_hash: str
    identity: Identity
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    proven_at: datetime | None = None
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
            proven_at=at,
        )
        return session, token

    def check(self, at: datetime) -> Session:
        """This session. Raises Unauthenticated when its time is over."""
        if at >= self.expires_at:
            raise ended()
        return self

    def proven(self, at: datetime) -> Session:
        """Its owner has just shown a password or a passkey."""
        return replace(self, proven_at=at)

    @property
    def proven_until(self) -> datetime | None:
        return None if self.proven_at is None else self.proven_at + PROOF_HOLDS

    def require_proof(self, at: datetime) -> Session:
        """This session. Raises Unproven when the last proof is too long ago."""
        until = self.proven_until
        if until is None or at >= until:
            raise Unproven("Please show that it is you: with your password or a passkey.")
        return self

    def is_due_for_a_note(self, at: datetime) -> bool:
        """Whether `last_seen_at` should be written anew."""
        return at - self.last_seen_at >= SEEN_EVERY


def ended() -> Unauthenticated:
    """The same for an unknown, a revoked and an expired session."""
    return Unauthenticated("Your session has ended. Please sign in again.")
