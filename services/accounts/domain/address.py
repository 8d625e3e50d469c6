"""E-mail addresses, brought to the one form under which an account is found."""

from __future__ import annotations

import unicodedata


def normalised(typed: str) -> str:
    """`Anna@Example.COM ` as `anna@example.com`; a domain with letters beyond ASCII in its IDNA form.

    The part before the @ is lowered too: providers that tell `Anna` from `anna` are not known, people who type both are.
    """
    local, _, domain = unicodedata.normalize("NFKC", typed).strip().lower().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:  # an empty or over-long label: no such domain exists, and none needs finding
        pass
    return f"{local}@{domain}"
