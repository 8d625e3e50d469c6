"""Sealing: what a service keeps so that its database alone does not give it away, and what it gives out so that nobody
else can make it.

From the texts of the setting SEALING_KEYS a key for each purpose is derived (HKDF, RFC 5869). The first one seals and
marks; all of them open and recognise, so that a new one can be put before an old one. Sealing is AES-256-GCM with
whose it is as associated data: what was sealed for one account does not open as another's.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.platform.settings import ServiceSettings, setting

NONCE_BYTES = 12


def _long_enough(values: tuple[str, ...]) -> str | None:
    well = values and all(len(value) >= 32 for value in values)
    return None if well else "must be at least 32 characters of random text (several, newest first: with commas)"


@dataclass(frozen=True, kw_only=True)
class SealingSettings(ServiceSettings):
    """For services that seal something."""

    sealing_keys: tuple[str, ...] = setting(
        "SEALING_KEYS",
        "seals secrets kept in the database and links sent out: long random text, never to be lost; several separated "
        "by commas, the newest first",
        secret=True,
        check=_long_enough,
    )


class Sealer:
    """For one purpose, which is part of the keys: what is sealed for another does not open here."""

    def __init__(self, keys: Sequence[str], purpose: str) -> None:
        self._keys = [_derived(key, purpose) for key in keys]

    def seal(self, text: str, of: str) -> str:
        """Only `open`, with the same `of`, gives the text back."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._keys[0]).encrypt(nonce, text.encode(), of.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, of: str) -> str:
        """Raises ValueError when none of the keys fits."""
        raw = base64.urlsafe_b64decode(sealed)
        for key in self._keys:
            try:
                return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], of.encode()).decode()
            except InvalidTag:
                continue
        raise ValueError("sealed with a key that is not in SEALING_KEYS")

    def mark(self, text: str) -> str:
        """A signature of the text, as 43 characters."""
        return _marked(self._keys[0], text)

    def knows(self, text: str, mark: str) -> bool:
        """Whether `mark` is one of ours for this text."""
        return any(hmac.compare_digest(_marked(key, text).encode(), mark.encode()) for key in self._keys)

    def marks(self, text: str) -> list[str]:
        """The text's signature by each of the keys."""
        return [_marked(key, text) for key in self._keys]


def _derived(key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"dextra/{purpose}".encode()).derive(key.encode())


def _marked(key: bytes, text: str) -> str:
    digest = hmac.new(key, text.encode(), "sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
