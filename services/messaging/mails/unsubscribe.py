"""Links that turn off one kind of e-mail without signing in: whose and which, and our mark that we made it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from shared.platform.errors import NotFound
from shared.platform.sealing import Sealer

PURPOSE = "messaging/unsubscribe"


def token(sealer: Sealer, account_id: str, kind: str) -> str:
    """For ever good: an e-mail may be read years later."""
    told = f"{account_id} {kind}"
    return f"{urlsafe_b64encode(told.encode()).decode().rstrip('=')}.{sealer.mark(told)}"


def read(sealer: Sealer, given: str) -> tuple[str, str]:
    """The account and the kind. Raises NotFound for a link that we did not make."""
    said, _, mark = given.partition(".")
    try:
        told = urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
    except ValueError:
        told = ""
    if not told or not sealer.knows(told, mark):
        raise NotFound("This link does not work. Sign in to choose what we write to you about.")
    account_id, _, kind = told.partition(" ")
    return account_id, kind
