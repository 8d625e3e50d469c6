"""When somebody works on dates: her weekly hours with the exceptions to them, and what her calendars say is taken.

The index goes by weekdays. Here is what goes by dates: the next free hours of a card, and the weeks in which somebody
who usually works does not work at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.matching.domain.hours import DAYS, SLOT_MINUTES, span, week_of
from services.matching.domain.practice import WorkingDay

NEXT_SHOWN = 3
LOOKED_AHEAD = timedelta(days=28)
LEAST_SLOTS = 30 // SLOT_MINUTES
"""Free time shorter than this is not worth naming."""
WEEKS_AHEAD = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLOT = timedelta(minutes=SLOT_MINUTES)
Slots = tuple[int, int]
"""From and until, in quarters of an hour since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """HH:MM to HH:MM on a clock of hers."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class DayException:
    """On all days from `first_on` to `last_on`, in her zone: `away`, hours `instead` of the usual ones, or `extra`."""

    kind: str
    first_on: date
    last_on: date
    spans: tuple[ClockSpan, ...] = ()

    def covers(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant (UTC) to another."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Availability:
    """Of one assistant. `away_weeks`: the Mondays of weeks, from some day on, in which she does not work at all."""

    id: str
    exceptions: tuple[DayException, ...] = ()
    busy: tuple[Span, ...] = ()
    away_weeks: tuple[date, ...] = ()


def hours_on(day: date, working_hours: Sequence[WorkingDay], exceptions: Iterable[DayException]) -> list[ClockSpan]:
    """Her hours of a date. Being away wins; hours instead of the usual ones come before those in addition."""
    usual = [ClockSpan(entry.start, entry.end) for entry in working_hours if entry.day == DAYS[day.weekday()]]
    todays = [exception for exception in exceptions if exception.covers(day)]
    if any(exception.kind == "away" for exception in todays):
        return []
    instead = [one for exception in todays if exception.kind == "instead" for one in exception.spans]
    extra = [one for exception in todays if exception.kind == "extra" for one in exception.spans]
    replaced = any(exception.kind == "instead" for exception in todays)
    return [*(instead if replaced else usual), *extra]


def next_free_hours(
    zone: str,
    working_hours: Sequence[WorkingDay],
    availability: Availability,
    from_instant: datetime,
    most: int = NEXT_SHOWN,
) -> tuple[Span, ...]:
    """The next spans of working time that no exception and no calendar takes, in UTC; times that touch are one."""
    earliest = -(-(from_instant - _EPOCH) // _SLOT)
    busy = _merged(_slots_of(taken) for taken in availability.busy)
    first = from_instant.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    found: list[Slots] = []
    for number in range(LOOKED_AHEAD.days + 1):
        day = first + timedelta(days=number)
        spans = [span(zone, day, one.start, one.end) for one in hours_on(day, working_hours, availability.exceptions)]
        for begin, end in _merged((max(begin, earliest), end) for begin, end in spans):
            for free in _without((begin, end), busy):
                if found and free[0] <= found[-1][1]:
                    found[-1] = (found[-1][0], max(free[1], found[-1][1]))
                else:
                    found.append(free)
        found = [free for free in found if free[1] - free[0] >= LEAST_SLOTS or free is found[-1]]
        if len(found) > most:
            break
    long_enough = [free for free in found if free[1] - free[0] >= LEAST_SLOTS]
    return tuple(Span(_EPOCH + begin * _SLOT, _EPOCH + end * _SLOT) for begin, end in long_enough[:most])


def away_weeks(
    zone: str, working_hours: Sequence[WorkingDay], availability: Availability, today: date
) -> tuple[date, ...]:
    """The Mondays of weeks, from this one on, whose usual hours from Monday to Friday are all taken away."""
    if not any(entry.day in DAYS[:5] for entry in working_hours):
        return ()
    busy = _merged(_slots_of(taken) for taken in availability.busy)
    first, mondays = week_of(today) - timedelta(days=7), set()
    for begin, end in _touched(availability):
        monday = max(begin - timedelta(days=begin.weekday()), first)
        last = min(end, first + timedelta(weeks=WEEKS_AHEAD))
        while monday <= last:
            mondays.add(monday)
            monday += timedelta(days=7)
    return tuple(sorted(monday for monday in mondays if not _works(zone, working_hours, availability, busy, monday)))


def days_away(zone: str, working_hours: Sequence[WorkingDay], availability: Availability, monday: date) -> int:
    """How many of her usual working days, Monday to Friday of that week, have no working time left."""
    busy = _merged(_slots_of(taken) for taken in availability.busy)
    days = [monday + timedelta(days=number) for number in range(5)]
    usual = {entry.day for entry in working_hours}
    worked = [day for day in days if DAYS[day.weekday()] in usual]
    return sum(not _works_on(zone, working_hours, availability, busy, day) for day in worked)


def _works(
    zone: str, working_hours: Sequence[WorkingDay], availability: Availability, busy: list[Slots], monday: date
) -> bool:
    days = (monday + timedelta(days=number) for number in range(5))
    return any(_works_on(zone, working_hours, availability, busy, day) for day in days)


def _works_on(
    zone: str, working_hours: Sequence[WorkingDay], availability: Availability, busy: list[Slots], day: date
) -> bool:
    spans = (span(zone, day, one.start, one.end) for one in hours_on(day, working_hours, availability.exceptions))
    return any(True for one in _merged(spans) for _ in _without(one, busy))


def _touched(availability: Availability) -> Iterator[tuple[date, date]]:
    """Stretches of dates that something is said of."""
    for exception in availability.exceptions:
        if exception.kind != "extra":
            yield exception.first_on, exception.last_on
    for taken in availability.busy:
        yield taken.start.date() - timedelta(days=1), taken.end.date() + timedelta(days=1)


def _slots_of(taken: Span) -> Slots:
    """A quarter of an hour that is taken in part is taken."""
    return (taken.start - _EPOCH) // _SLOT, -(-(taken.end - _EPOCH) // _SLOT)


def _merged(spans: Iterable[Slots]) -> list[Slots]:
    """In order, without empty ones; those that overlap or touch as one."""
    joined: list[Slots] = []
    for begin, end in sorted(one for one in spans if one[0] < one[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _without(whole: Slots, taken: Sequence[Slots]) -> Iterator[Slots]:
    """What is left of a span; `taken` is in order and does not overlap."""
    begin, end = whole
    for other_begin, other_end in taken:
        if other_end <= begin:
            continue
        if other_begin >= end:
            break
        if other_begin > begin:
            yield begin, other_begin
        begin = other_end
    if begin < end:
        yield begin, end
