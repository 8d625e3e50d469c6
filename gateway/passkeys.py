"""Passkeys in pages: where they can work, and the challenge that waits in this browser's cookie for its answer."""

from __future__ import annotations

import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask import session as cookie

from shared.platform.errors import Conflict

CHALLENGE = "challenge"
LONGEST_ANSWER = 20_000


def work_here() -> bool:
    """Whether the page's address is the one that passkeys are bound to, and a name: no browser takes a bare number."""
    parts = urlsplit(current_app.extensions["dextra.settings"].public_url)
    try:
        ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return bool(parts.netloc == request.host)
    return False


def asked(answer: dict[str, Any]) -> dict[str, Any]:
    """Remembers which challenge this browser was given; what the script needs of it."""
    cookie[CHALLENGE] = answer["challenge_id"]
    options: dict[str, Any] = answer["options"]
    return options


def answered() -> dict[str, Any]:
    """What the browser made of its challenge, for a contract's request. Raises Conflict when there is nothing to it."""
    challenge_id = cookie.pop(CHALLENGE, "")
    typed = request.form.get("credential", "")
    try:
        credential = json.loads(typed) if len(typed) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        credential = None
    if not challenge_id or not isinstance(credential, dict):
        raise Conflict("That took too long, or was answered already. Please try again.")
    return {"challenge_id": challenge_id, "credential": credential}
