"""Calendars of others: when somebody is busy, read from an iCalendar file (RFC 5545). Pure; titles are never looked at.

An event takes time when it is neither cancelled nor transparent. Recurrences are worked out on the wall clock of the
event's own zone, so that nine o'clock stays nine o'clock across a change of clocks; floating times and whole days are
in the reader's zone. What a file may cost is limited: it comes from an address that somebody typed.
"""

from __future__ import annotations

import itertools
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar, Event

from shared.platform.errors import Invalid

MOST_EVENTS = 10_000
MOST_REPEATS = 4_000
"""Of one event, from its first day to the end of what is looked at."""
MOST_RULES = 1_000
"""Rules that still hold."""
MOST_BUSY = 1_000
LONGEST_EVENT = timedelta(days=366)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SIMPLE_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "WKST"})
CYCLE, DAYS_OF_CYCLE, LAST_YEAR = 400, 146_097, 9990
"""The Gregorian calendar repeats itself, weekdays and all, after 400 years."""
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
FIRST_YEAR = 1970
FREE_OF_OUTLOOK = ("FREE", "WORKINGELSEWHERE")


@dataclass(frozen=True, slots=True)
class BusySpan:
    """From one instant (UTC) to another."""

    start: datetime
    end: datetime


def busy_times(data: bytes, zone: str, begin: datetime, end: datetime) -> tuple[BusySpan, ...]:
    """What is taken between two instants, joined and in order. Raises Invalid for what is no calendar."""
    reader = _Reader(ZoneInfo(zone), begin, end)
    return _joined(span for events in _by_uid(data).values() for span in reader.spans(events))


def _by_uid(data: bytes) -> dict[str, list[Event]]:
    """Events of one recurrence together. Files may hold several calendars."""
    try:
        calendars = Calendar.from_ical(data, multiple=True)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise Invalid("This address does not give a calendar. Use the one that ends in .ics.") from error
    events = [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    if not calendars or any(calendar.name != "VCALENDAR" for calendar in calendars):
        raise Invalid("This address does not give a calendar. Use the one that ends in .ics.")
    if len(events) > MOST_EVENTS:
        raise Invalid("This calendar holds too many events. Use one with fewer, such as the one for work.")
    grouped: dict[str, list[Event]] = defaultdict(list)
    for number, event in enumerate(events):
        grouped[str(event.get("UID") or f"#{number}")].append(event)
    return grouped


class _Reader:
    def __init__(self, zone: ZoneInfo, begin: datetime, end: datetime) -> None:
        self.zone, self.begin, self.end = zone, begin, end
        self.rules = 0

    def spans(self, events: Sequence[Event]) -> Iterator[BusySpan]:
        """Of one event: its occurrences, but for those that other entries of the file replace."""
        replaced = {self._instant(_value(event, "RECURRENCE-ID")) for event in events if "RECURRENCE-ID" in event}
        for event in events:
            start = _value(event, "DTSTART")
            if start is None or not _takes_time(event):
                continue
            try:
                yield from self._of(event, start, replaced)
            except (ValueError, TypeError, OverflowError, KeyError, IndexError):
                continue  # one entry that nobody could make sense of does not spoil the others

    def _of(self, event: Event, start: date, replaced: set[datetime]) -> Iterator[BusySpan]:
        lasting = _lasting(event, start)
        alone = "RECURRENCE-ID" in event
        for one in [start] if alone else self._occurrences(event, start):
            if not alone and self._instant(one) in replaced:
                continue
            span = BusySpan(self._instant(one), self._instant(one + lasting))
            if span.start < self.end and span.end > self.begin and span.start < span.end:
                yield BusySpan(max(span.start, self.begin), min(span.end, self.end))

    def _occurrences(self, event: Event, start: date) -> Iterator[date]:
        """Starts up to the end of what is looked at, on the event's own clock."""
        left_out = {self._instant(one) for one in _dates(event, "EXDATE")}
        added = [one[0] if isinstance(one, tuple) else one for one in _dates(event, "RDATE")]
        for one in (*self._repeated(event, start), *added):
            if self._instant(one) not in left_out:
                yield one

    def _repeated(self, event: Event, start: date) -> Iterator[date]:
        rule = event.get("RRULE")
        if rule is None:
            yield start
            return
        rules = rule if isinstance(rule, list) else [rule]
        place = start.tzinfo if isinstance(start, datetime) else None
        wall = _wall(start)
        if wall.year < FIRST_YEAR or any(str(one.get("FREQ", [""])[0]) not in FREQUENCIES for one in rules):
            yield start
            return
        for one in rules:
            for number, moment in enumerate(self._by_rule(dict(one), wall, place or self.zone)):
                if number >= MOST_REPEATS:
                    break
                yield moment.replace(tzinfo=place) if isinstance(start, datetime) else moment.date()

    def _by_rule(self, rule: dict[str, Any], wall: datetime, place: Any) -> Iterator[datetime]:
        """Wall clock times of a rule. It always ends: at its own end, or at that of what is looked at."""
        until = self.end.astimezone(place).replace(tzinfo=None) + timedelta(days=1)
        for own in rule.pop("UNTIL", ()):
            moment = own.astimezone(place) if isinstance(own, datetime) and own.tzinfo else own
            last = _wall(moment) if isinstance(moment, datetime) else datetime.combine(moment, time.max)
            until = min(until, last)
        if until < self.begin.astimezone(place).replace(tzinfo=None) - LONGEST_EVENT:
            return
        self.rules += 1
        if self.rules > MOST_RULES:
            raise Invalid("This calendar holds too many events. Use one with fewer, such as the one for work.")
        frequency, count = str(rule["FREQ"][0]), int(rule.pop("COUNT", [0])[0])
        expand = {"DAILY": _daily, "WEEKLY": _weekly}.get(frequency, _by_dateutil)
        moments = expand(rule, wall, until)
        yield from itertools.islice(moments, count) if count else moments

    def _instant(self, moment: date | None) -> datetime:
        """UTC; a whole day begins at midnight in the reader's zone, a floating time is on its clock."""
        if moment is None:
            return datetime.min.replace(tzinfo=UTC)
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time(), self.zone).astimezone(UTC)
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)


def _daily(rule: Mapping[str, Any], wall: datetime, until: datetime) -> Iterator[datetime]:
    step = timedelta(days=_step(rule))
    matches = _filter(rule)
    while wall <= until:
        if matches(wall):
            yield wall
        wall += step


def _weekly(rule: Mapping[str, Any], wall: datetime, until: datetime) -> Iterator[datetime]:
    first = DAYS.index(str(rule.get("WKST", ["MO"])[0])[-2:])
    offsets = sorted({(_weekday(day) - first) % 7 for day in rule.get("BYDAY", ())} or {(wall.weekday() - first) % 7})
    week = wall - timedelta(days=(wall.weekday() - first) % 7)
    matches = _filter({name: values for name, values in rule.items() if name != "BYDAY"})
    while week <= until:
        for offset in offsets:
            moment = week + timedelta(days=offset)
            if wall <= moment <= until and matches(moment):
                yield moment
        week += timedelta(weeks=_step(rule))


def _by_dateutil(rule: Mapping[str, Any], wall: datetime, until: datetime) -> Iterator[datetime]:
    """By month and by year. A rule that nothing meets (30 February) is tried up to the last year there is: so all is
    moved there by whole cycles of the calendar, of 400 years each."""
    moved = timedelta(days=DAYS_OF_CYCLE * ((LAST_YEAR - until.year) // CYCLE))
    parts = [f"{name}={','.join(_told(value) for value in values)}" for name, values in rule.items()]
    text = ";".join([*parts, f"UNTIL={until + moved:%Y%m%dT%H%M%S}"])
    return (moment - moved for moment in rrulestr(text, dtstart=wall + moved))


def _filter(rule: Mapping[str, Any]) -> Callable[[datetime], bool]:
    """For what lets days of a simple rule through. Raises ValueError for parts that no calendar writes with it."""
    if unknown := rule.keys() - SIMPLE_PARTS:
        raise ValueError(f"{unknown} of a daily or weekly rule")
    days = {_weekday(day) for day in rule.get("BYDAY", ())}
    months = {int(month) for month in rule.get("BYMONTH", ())}
    dates = {int(number) for number in rule.get("BYMONTHDAY", ())}

    def matches(moment: datetime) -> bool:
        from_end = moment.day - monthrange(moment.year, moment.month)[1] - 1
        return (
            (not days or moment.weekday() in days)
            and (not months or moment.month in months)
            and (not dates or moment.day in dates or from_end in dates)
        )

    return matches


def _step(rule: Mapping[str, Any]) -> int:
    step = int(rule.get("INTERVAL", [1])[0])
    if step < 1:
        raise ValueError("an interval of nothing")
    return step


def _weekday(day: Any) -> int:
    return DAYS.index(str(day)[-2:].upper())


def _takes_time(event: Event) -> bool:
    status, transparency = str(event.get("STATUS", "")).upper(), str(event.get("TRANSP", "")).upper()
    outlook = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    return status != "CANCELLED" and transparency != "TRANSPARENT" and outlook not in FREE_OF_OUTLOOK


def _lasting(event: Event, start: date) -> timedelta:
    """A day for a date without an end; nothing for a time without one. On the wall clock."""
    length = _value(event, "DURATION")
    if isinstance(length, timedelta):
        return length
    end = _value(event, "DTEND")
    if end is None:
        return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise ValueError("a time that ends on a date")
    if isinstance(end, datetime) and end.tzinfo and isinstance(start, datetime) and start.tzinfo:
        end = end.astimezone(start.tzinfo)
    lasting: timedelta = _wall(end) - _wall(start)
    return lasting


def _wall(moment: date) -> datetime:
    """Without its zone; the first moment of a date."""
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else datetime.combine(moment, time())


def _value(event: Event, name: str) -> Any:
    held = event.get(name)
    return getattr(held[0] if isinstance(held, list) else held, "dt", None)


def _dates(event: Event, name: str) -> Iterator[Any]:
    held = event.get(name)
    for listed in held if isinstance(held, list) else [held] if held is not None else []:
        for one in getattr(listed, "dts", ()):
            yield one.dt


def _told(value: Any) -> str:
    """A part of a rule as RFC 5545 writes it."""
    if isinstance(value, datetime):
        return f"{value:%Y%m%dT%H%M%S}"
    return f"{value:%Y%m%d}" if isinstance(value, date) else str(value)


def _joined(spans: Iterable[BusySpan]) -> tuple[BusySpan, ...]:
    joined: list[BusySpan] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if joined and span.start <= joined[-1].end:
            joined[-1] = BusySpan(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return tuple(joined[:MOST_BUSY])
