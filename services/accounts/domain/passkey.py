"""Passkeys: keys that a person's device or password manager holds, and of which we know the public half.

in use → removed. A device's counter, where it has one, only ever grows: one that does not tells of a copied key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.platform.errors import Conflict, Unauthenticated

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """`credential_id` and `public_key` in URL-safe base 64; `synced` says that a password manager carries it to other
    devices."""

    id: str
    account_id: str
    credential_id: str
    public_key: str
    sign_count: int
    name: str
    transports: tuple[str, ...]
    synced: bool
    created_at: datetime
    last_used_at: datetime | None = None
    version: int = 0

    def used(self, sign_count: int, *, synced: bool, at: datetime) -> Passkey:
        """After a sign-in with it. Raises Unauthenticated when its counter has not grown."""
        if (sign_count or self.sign_count) and sign_count <= self.sign_count:
            raise Unauthenticated("This passkey may have been copied: its counter went back. Sign in in another way.")
        return replace(self, sign_count=sign_count, synced=synced, last_used_at=at)

    def renamed(self, name: str) -> Passkey:
        return replace(self, name=name.strip())


def check_room(held: int) -> None:
    """Raises Conflict when an account has as many as it may."""
    if held >= MOST:
        raise Conflict("You have %(most)s passkeys, the most we keep. Remove one that you no longer use.", most=MOST)
