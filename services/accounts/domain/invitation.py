"""Invitations of colleagues by e-mail: open → accepted, once; or withdrawn; or they expire."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.accounts.domain.address import normalised
from services.accounts.domain.company import Colleague
from services.accounts.domain.secret import fingerprint, new_secret
from shared.platform.errors import Conflict, NotFound
from shared.platform.ids import new_id

LIFETIME = timedelta(days=7)
MOST_OPEN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Whoever has the link has got the mail to `email`, under whichever address their account is."""

    id: str
    company_id: str
    email: str
    role: Colleague
    invited_by: str
    token_hash: str
    created_at: datetime
    expires_at: datetime
    accepted_by: str = ""
    version: int = 0

    @classmethod
    def new(
        cls, company_id: str, email: str, role: Colleague, invited_by: str, at: datetime, open_ones: int
    ) -> tuple[Invitation, str]:
        """The invitation, and its token, which is nowhere else. Raises Conflict while too many wait for an answer."""
        if open_ones >= MOST_OPEN:
            raise Conflict("%(most)s invitations wait for an answer. Take some back first.", most=MOST_OPEN)
        token = new_secret()
        invitation = cls(
            id=new_id(),
            company_id=company_id,
            email=normalised(email),
            role=role,
            invited_by=invited_by,
            token_hash=fingerprint(token),
            created_at=at,
            expires_at=at + LIFETIME,
        )
        return invitation, token

    def require_open(self, at: datetime) -> None:
        """Raises Conflict when it was accepted or has expired."""
        if self.accepted_by:
            raise Conflict("This invitation was accepted already. It works once.")
        if at >= self.expires_at:
            raise Conflict("This invitation has expired. Ask for a new one.")

    def accepted(self, account_id: str, at: datetime) -> Invitation:
        self.require_open(at)
        return replace(self, accepted_by=account_id)


def unknown() -> NotFound:
    """No such invitation, or it was taken back."""
    return NotFound("This invitation does not work, or not any more. Ask for a new one.")
