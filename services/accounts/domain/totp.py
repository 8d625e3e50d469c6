"""Codes of an authenticator app: RFC 6238, six digits every thirty seconds, one step early or late still good.

A code is good once: `matching_step` looks only at steps after the last one used.
"""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT = 1
"""Steps that a phone's clock may be ahead or behind (RFC 6238, section 5.2 advises one)."""
ISSUER = "Dextra"


def new_seed() -> str:
    """160 random bits in base 32, as apps take them."""
    return pyotp.random_base32()


def address(seed: str, email: str) -> str:
    """What the picture for the app's camera holds: otpauth://totp/..."""
    return pyotp.TOTP(seed).provisioning_uri(name=email, issuer_name=ISSUER)


def matching_step(typed: str, seed: str, at: datetime, after: int = 0) -> int | None:
    """The step whose code was typed, if it is near `at` and later than `after`; else None."""
    code = "".join(typed.split())
    now = int(at.timestamp()) // STEP_SECONDS
    source, found = pyotp.TOTP(seed), None
    for step in range(now - DRIFT, now + DRIFT + 1):  # all of them, so that the time taken tells nothing
        if hmac.compare_digest(source.generate_otp(step).encode(), code.encode()) and step > after:
            found = step
    return found
