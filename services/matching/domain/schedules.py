"""Working hours of many people at once: each distinct schedule once, as rows of UTC quarter hours.

A schedule is a time zone and weekly hours. Around a Monday it is a row of WORDS machine words, the bits of
`hours.week_mask`. In most weeks a zone stands still, and the row is the local week moved by the zone's offset; in the
week of a change of clocks it is worked out day by day. Two weeks in which all zones stand alike share one table.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from services.matching.domain.hours import DAYS, SLOT_MINUTES, SLOTS_A_DAY, week_mask
from services.matching.domain.practice import WorkingDay

WORDS = 17
"""Of 64 bits: eleven days of 96 quarters."""
_FIRST_DAY, _LAST_DAY = -4, 10
"""Local days, from the Monday, of a local week that is going to be moved."""
_TABLES_KEPT = 8
_ANSWERS_KEPT = 64

Counts = npt.NDArray[np.int16]
Stand = tuple[int | date, ...]


class Schedules:
    """Numbered schedules. `shared` answers for all of them, by number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        """By zone, and day, start and end of each working day: strings are compared faster than days."""
        self._zones: dict[str, int] = {}
        self._listed: list[tuple[str, tuple[WorkingDay, ...]]] = []
        self._tables: OrderedDict[Stand, npt.NDArray[np.uint64]] = OrderedDict()
        self._answers: OrderedDict[tuple[Stand, tuple[int, ...], bool], Counts] = OrderedDict()
        self._stands: dict[tuple[int, date], Stand] = {}

    def __len__(self) -> int:
        return len(self._listed)

    def number(self, zone: str, hours: tuple[WorkingDay, ...]) -> int:
        """The number of a schedule; a new one the first time."""
        key = (zone, *[part for day in hours for part in (day.day, day.start, day.end)])
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._listed)
            self._zones.setdefault(zone, len(self._zones))
            self._listed.append((zone, hours))
        return number

    def of(self, number: int) -> tuple[str, tuple[WorkingDay, ...]]:
        return self._listed[number]

    def shared(self, days: Sequence[int], monday: date) -> Counts:
        """By schedule, the minutes of the poorest of `days` (masks around `monday`) that it works too."""
        return self._answer(days, monday, together=False)

    def shared_together(self, days: Sequence[int], monday: date) -> Counts:
        """By schedule, the minutes of all `days` together that it works too."""
        return self._answer(days, monday, together=True)

    def _answer(self, days: Sequence[int], monday: date, *, together: bool) -> Counts:
        stand = self._stand(monday)
        key = (stand, tuple(days), together)
        known = self._answers.get(key)
        if known is not None and len(known) == len(self._listed):
            self._answers.move_to_end(key)
            return known
        table = self._table(stand, monday)
        begin = 0 if known is None else len(known)
        fresh = (_together if together else _poorest)(table[begin : len(self._listed)], days)
        answer = fresh if known is None else np.concatenate([known, fresh])
        self._answers[key] = answer
        while len(self._answers) > _ANSWERS_KEPT:
            self._answers.popitem(last=False)
        return answer

    def _stand(self, monday: date) -> Stand:
        key = (len(self._zones), monday)
        if key not in self._stands:
            if len(self._stands) > 400:
                self._stands.clear()
            self._stands[key] = tuple(_offset(zone, monday) for zone in self._zones)
        return self._stands[key]

    def _table(self, stand: Stand, monday: date) -> npt.NDArray[np.uint64]:
        table = self._tables.get(stand)
        have = 0 if table is None else len(table)
        if table is None or have < len(self._listed):
            rows = [self._row(number, stand, monday) for number in range(have, len(self._listed))]
            more = np.frombuffer(b"".join(rows), dtype="<u8").reshape(-1, WORDS)
            table = more if table is None else np.concatenate([table, more])
            self._tables[stand] = table
        self._tables.move_to_end(stand)
        while len(self._tables) > _TABLES_KEPT:
            self._tables.popitem(last=False)
        return table

    def _row(self, number: int, stand: Stand, monday: date) -> bytes:
        zone, hours = self._listed[number]
        offset = stand[self._zones[zone]]
        if isinstance(offset, date):
            mask = week_mask(zone, hours, monday)
        else:
            at = -(_FIRST_DAY + 2) * SLOTS_A_DAY + offset
            mask = (_local_week(hours) >> at) & _ALL
        return (mask & _ALL).to_bytes(WORDS * 8, "little")


_ALL = (1 << (11 * SLOTS_A_DAY)) - 1


def _poorest(table: npt.NDArray[np.uint64], days: Sequence[int]) -> Counts:
    least = np.full(len(table), np.iinfo(np.int16).max, np.int16)
    for day in days:
        np.minimum(least, _slots(table, day), out=least)
    return least * np.int16(SLOT_MINUTES)


def _together(table: npt.NDArray[np.uint64], days: Sequence[int]) -> Counts:
    total = np.zeros(len(table), np.int16)
    for day in days:
        total += _slots(table, day)
    return total * np.int16(SLOT_MINUTES)


def _slots(table: npt.NDArray[np.uint64], day: int) -> Counts:
    words = np.frombuffer((day & _ALL).to_bytes(WORDS * 8, "little"), dtype="<u8")
    slots = np.zeros(len(table), np.int16)
    for at in np.flatnonzero(words):
        slots += np.bitwise_count(table[:, at] & words[at])
    return slots


@lru_cache(maxsize=20_000)
def _local_week(hours: tuple[WorkingDay, ...]) -> int:
    """Weekly hours as bits of local quarters; bit 0 is the start of the local day `_FIRST_DAY` from the Monday."""
    mask = 0
    for offset in range(_FIRST_DAY, _LAST_DAY + 1):
        for entry in hours:
            if entry.day != DAYS[offset % 7]:
                continue
            begin, end = _quarter(entry.start), _quarter(entry.end)
            if end < begin:
                end += SLOTS_A_DAY
            at = (offset - _FIRST_DAY) * SLOTS_A_DAY
            mask |= (1 << (at + end)) - (1 << (at + begin))
    return mask


def _quarter(clock: str) -> int:
    return (int(clock[:2]) * 60 + int(clock[3:])) // SLOT_MINUTES


@lru_cache(maxsize=100_000)
def _offset(zone: str, monday: date) -> int | date:
    """How many quarters a zone is ahead of UTC around `monday`; the Monday itself when its clocks change then."""
    place = ZoneInfo(zone)
    instants = [
        datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(days=days)
        for days in (-4, -1, 2, 5, 8, 11)
    ]
    offsets = {instant.astimezone(place).utcoffset() for instant in instants}
    if len(offsets) > 1:
        return monday
    (offset,) = offsets
    seconds = int(offset.total_seconds()) if offset is not None else 0
    return seconds // (SLOT_MINUTES * 60) if seconds % (SLOT_MINUTES * 60) == 0 else monday
