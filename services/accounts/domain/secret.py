"""Secrets that are given out once: tokens of sessions and links. Only their fingerprints are kept."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """SHA-256 in hex. A fast hash does: what is hashed has 256 bits of its own."""
    return hashlib.sha256(secret.encode()).hexdigest()
