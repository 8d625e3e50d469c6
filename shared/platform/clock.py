"""The clock: passed in, never read in a `domain`. Instants are aware datetimes in UTC, with millisecond precision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def to_millis(instant: datetime) -> datetime:
    """The instant in UTC as the database keeps it: whole milliseconds. Raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def utc_now() -> datetime:
    """The present instant in UTC, to the millisecond."""
    return to_millis(datetime.now(UTC))
