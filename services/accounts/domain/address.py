"""E-mail addresses, brought to the one form under which an account is found."""

from __future__ import annotations

import contextlib
import unicodedata


def normalised(typed: str) -> str:
    """`Anna@Example.COM ` as `anna@example.com`; a domain with letters beyond ASCII in its IDNA form.

    The part before the @ is lowered too: we know of no provider that tells `Anna` from `anna`, and of many people who
    type both.
    """
    local, _, domain = unicodedata.normalize("NFKC", typed).strip().lower().rpartition("@")
    with contextlib.suppress(UnicodeError):  # an empty or over-long label: there is no such domain
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}"
