"""Working hours as bit masks over UTC, made for the week in question, so that daylight saving is in them.

A week is one integer: bit 0 is the first quarter of an hour of the Saturday (UTC) before the Monday, and so on.
Sharing working hours is then one AND and a count of bits. Quarters, not halves: Kathmandu and the Chatham Islands are
45 minutes off the full hour. A wall-clock time that daylight saving skips or repeats is read as PEP 495 does with
fold=0.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.matching.domain.practice import WorkingDay

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLOT_MINUTES = 15
SLOTS_A_DAY = 24 * 60 // SLOT_MINUTES
_EPOCH = date(1970, 1, 1).toordinal()
_ORIGIN = -2
"""The mask begins this many days from the Monday: a Monday in Kiribati begins on Sunday morning UTC."""
_REACH = range(-3, 8)
"""Local days, counted from the Monday, whose hours can touch Monday to Friday of any other zone."""


def week_of(day: date) -> date:
    """The Monday of the working week in which something that begins on `day` begins."""
    monday = day - timedelta(days=day.weekday())
    return monday if day.weekday() < 5 else monday + timedelta(days=7)


def week_mask(zone: str, hours: Sequence[WorkingDay], monday: date) -> int:
    """A person's working hours around the week of `monday`."""
    mask = 0
    for offset in _REACH:
        day = monday + timedelta(days=offset)
        for entry in hours:
            if entry.day == DAYS[day.weekday()]:
                mask |= _mask(zone, day, entry.start, entry.end, monday)
    return mask


def day_masks(zone: str, start: str, end: str, monday: date) -> tuple[int, ...]:
    """The working days Monday to Friday of somebody who works from `start` to `end` each day."""
    return tuple(_mask(zone, monday + timedelta(days=offset), start, end, monday) for offset in range(5))


def shared_minutes(days: Sequence[int], week: int) -> tuple[int, ...]:
    """Of each day in `days`, the minutes that `week` works too."""
    return tuple((day & week).bit_count() * SLOT_MINUTES for day in days)


@lru_cache(maxsize=200_000)
def span(zone: str, day: date, start: str, end: str) -> tuple[int, int]:
    """From when to when somebody works, in quarters of an hour since 1970 UTC. Empty when both are the same."""
    ends_on = day + timedelta(days=1) if end < start else day
    return _slot(zone, day, start), _slot(zone, ends_on, end)


def _mask(zone: str, day: date, start: str, end: str, monday: date) -> int:
    origin = (monday.toordinal() + _ORIGIN - _EPOCH) * SLOTS_A_DAY
    first, last = span(zone, day, start, end)
    first, last = max(first - origin, 0), max(last - origin, 0)
    return (1 << last) - (1 << first) if last > first else 0


def _slot(zone: str, day: date, clock: str) -> int:
    hour, minute = int(clock[:2]), int(clock[3:])
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    instant = datetime(day.year, day.month, day.day, hour, minute, tzinfo=_zone(zone)).astimezone(UTC)
    minutes = instant.hour * 60 + instant.minute
    return (instant.toordinal() - _EPOCH) * SLOTS_A_DAY + minutes // SLOT_MINUTES


@lru_cache(maxsize=1000)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
