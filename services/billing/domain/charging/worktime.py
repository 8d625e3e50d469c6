"""From time as it was worked to time as it is charged: steps and minimums, and where surcharges cut it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from services.billing.domain.charging.calendar import Holidays
from services.billing.domain.charging.happenings import Entry
from services.billing.domain.charging.terms import HOUR, WEEKDAYS, Surcharge, Terms, clock

DAY_SECONDS = 24 * HOUR
QUARTER = timedelta(minutes=15)
"""All offsets of time zones, and all times at which clocks are put forward or back, are whole quarters since 1972."""

Part = tuple[int, tuple[Surcharge, ...]]
"""Seconds, and the surcharges whose causes hold for them."""


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def charged_seconds(entries: Sequence[Entry], terms: Terms) -> list[int]:
    """What is charged of each entry of one period: in steps, at least the minimum of an entry and of a day.

    What a day's, week's or period's rounding adds goes to its last entry; what it takes comes from the last ones.
    """
    step = terms.increment
    charged = [entry.charged for entry in entries]
    if step is not None and step.per == "entry":
        charged = [
            step.step(seconds) if entry.worked else seconds for entry, seconds in zip(entries, charged, strict=True)
        ]
    for minimum in terms.minimums:
        if minimum.per == "entry":
            least = minimum.minutes * 60
            charged = [
                max(seconds, least) if entry.worked else seconds
                for entry, seconds in zip(entries, charged, strict=True)
            ]
    if step is not None and step.per != "entry":
        _adjust(entries, charged, _GROUPS[step.per], step.step)
    for minimum in terms.minimums:
        if minimum.per == "day":
            least = minimum.minutes * 60
            _adjust(entries, charged, _GROUPS["day"], lambda seconds, least=least: max(seconds, least))  # type: ignore[misc]
    return charged


_GROUPS: dict[str, Callable[[Entry], Hashable]] = {
    "day": lambda entry: entry.day,
    "week": lambda entry: monday(entry.day),
    "period": lambda _: 0,
}


def _adjust(
    entries: Sequence[Entry],
    charged: list[int],
    group: Callable[[Entry], Hashable],
    wanted: Callable[[int], int],
) -> None:
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        if entry.worked:
            groups[group(entry)].append(number)
    for numbers in groups.values():
        total = sum(charged[number] for number in numbers)
        change = wanted(total) - total
        for number in reversed(numbers):
            taken = max(change, -charged[number])
            charged[number] += taken
            change -= taken


class Clockwork:
    """Cuts entries where the causes of surcharges begin and end, in the practice's zone; knows how much was worked
    of a day and a week before."""

    def __init__(self, surcharges: tuple[Surcharge, ...], zone: ZoneInfo, holidays: Holidays) -> None:
        self._surcharges = surcharges
        self._zone = zone
        self._holidays = holidays
        self._evenings = {
            rule.index: (clock(rule.evening_from), clock(rule.morning_until))
            for rule in surcharges
            if "evening" in rule.causes
        }
        self._weekends = {
            rule.index: frozenset(WEEKDAYS[day] for day in rule.weekend)
            for rule in surcharges
            if "weekend" in rule.causes
        }
        self._by_clock = any({"evening", "weekend", "holiday"} & set(rule.causes) for rule in surcharges)
        self._by_length = any("overtime" in rule.causes for rule in surcharges)
        self._days: defaultdict[date, int] = defaultdict(int)
        self._weeks: defaultdict[date, int] = defaultdict(int)

    def cut(self, entry: Entry, charged: int) -> list[Part]:
        """Parts of an entry in their order, together `charged` seconds: what rounding adds goes on as the last part,
        what it takes is taken from the end."""
        if not self._surcharges or not entry.worked:
            return [(charged, ())]
        cuts = self._cuts(entry)
        parts: list[Part] = []
        for begin, end in zip(cuts, [*cuts[1:-1], max(charged, cuts[-1])], strict=False):
            seconds = min(end, charged) - begin
            if seconds <= 0:
                break
            holding = self._holding(entry, begin)
            if parts and parts[-1][1] == holding:
                parts[-1] = (parts[-1][0] + seconds, holding)
            else:
                parts.append((seconds, holding))
        if self._by_length:
            self._days[entry.day] += entry.worked
            self._weeks[monday(entry.day)] += entry.worked
        return parts

    def _cuts(self, entry: Entry) -> list[int]:
        """Seconds from the entry's start at which a cause may begin or end; first 0, last its length."""
        found = {0, entry.worked}
        if self._by_clock:
            found.update(self._clock_cuts(entry))
        if self._by_length:
            for rule in self._surcharges:
                found.update(limit for limit in self._limits(rule, entry) if 0 < limit < entry.worked)
        return sorted(found)

    def _clock_cuts(self, entry: Entry) -> Iterable[int]:
        end = entry.start + timedelta(seconds=entry.worked)
        if entry.start.astimezone(self._zone).utcoffset() != end.astimezone(self._zone).utcoffset():
            return self._quarters(entry, end)
        marks = {0, *(mark for window in self._evenings.values() for mark in window)}
        days = range((entry.wall + entry.worked) // DAY_SECONDS + 1)
        cuts = (day * DAY_SECONDS + mark - entry.wall for day in days for mark in marks)
        return [cut for cut in cuts if 0 < cut < entry.worked]

    def _quarters(self, entry: Entry, end: datetime) -> Iterable[int]:
        """Each quarter of an hour, where the clock is put forward or back meanwhile."""
        at = entry.start.replace(minute=entry.start.minute // 15 * 15, second=0, microsecond=0) + QUARTER
        while at < end:
            yield int((at - entry.start).total_seconds())
            at += QUARTER

    def _limits(self, rule: Surcharge, entry: Entry) -> Iterable[int]:
        """Seconds of the entry after which it is overtime."""
        if "overtime" in rule.causes:
            if rule.day_minutes:
                yield max(rule.day_minutes * 60 - self._days[entry.day], 0)
            if rule.week_minutes:
                yield max(rule.week_minutes * 60 - self._weeks[monday(entry.day)], 0)

    def _holding(self, entry: Entry, offset: int) -> tuple[Surcharge, ...]:
        local = (entry.start.astimezone(UTC) + timedelta(seconds=offset)).astimezone(self._zone)
        return tuple(rule for rule in self._surcharges if self._holds(rule, entry, offset, local))

    def _holds(self, rule: Surcharge, entry: Entry, offset: int, local: datetime) -> bool:
        causes = rule.causes
        if "short_notice" in causes and is_short(rule, entry.asked_at, entry.start):
            return True
        if "weekend" in causes and local.weekday() in self._weekends[rule.index]:
            return True
        if "evening" in causes:
            begin, end = self._evenings[rule.index]
            at = local.hour * HOUR + local.minute * 60 + local.second
            if (at >= begin or at < end) if begin >= end else begin <= at < end:
                return True
        if "holiday" in causes and local.date() in self._holidays(rule.country, rule.region, local.year):
            return True
        return any(offset >= limit for limit in self._limits(rule, entry))


def is_short(rule: Surcharge, asked_at: datetime | None, start: datetime) -> bool:
    return asked_at is not None and start - asked_at < timedelta(hours=rule.hours)


def counting(holding: Sequence[Surcharge], hour: Fraction, seconds: int) -> list[Surcharge]:
    """Of the surcharges that hold at once those that count: the one that comes to most, and those that add."""
    if len(holding) <= 1:
        return list(holding)
    adding = [rule for rule in holding if rule.add]
    others = [rule for rule in holding if not rule.add]
    if others:
        adding.append(max(others, key=lambda rule: rule.on(hour, seconds) + rule.flat))
    return sorted(adding, key=lambda rule: rule.index)
