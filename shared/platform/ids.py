"""Identifiers: UUID version 7 (RFC 9562), so that they sort by the time they were made. Pure."""

from __future__ import annotations

import uuid_utils


def new_id() -> str:
    """A new UUIDv7 as 36 characters; later ones sort after earlier ones of the same process."""
    return str(uuid_utils.uuid7())
