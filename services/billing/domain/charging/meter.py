"""Charges the time of one period: each second is free, covered by a lot, charged by the hour, or beyond what is agreed
and treated as the terms say; then priced, with one rounding for each line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol

from services.billing.domain.charging.happenings import Entry
from services.billing.domain.charging.lots import Pool, burn
from services.billing.domain.charging.statement import Held, Line, Lot, TimeSums
from services.billing.domain.charging.terms import HOUR, Minimum, Surcharge, Terms
from services.billing.domain.charging.worktime import Clockwork, charged_seconds, counting, monday
from shared.platform.money import round_half_up

WEEK = timedelta(days=7)
HELD = ("asked", "stopped", "recorded")
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Atom:
    """Seconds of one entry that went one way. `worked` of them were worked; the rest is rounding or a minimum."""

    way: str
    seconds: int
    worked: int
    entry: Entry
    holding: tuple[Surcharge, ...]


@dataclass(slots=True)
class Deferred:
    """Seconds that wait for the next period's minutes."""

    entry: str
    seconds: int
    worked: int


@dataclass(frozen=True, slots=True)
class Charge:
    """What makes seconds one line: of the same code, made by the same rule, at the same price for an hour."""

    code: str
    rule: str
    index: int
    hour: Fraction
    percent: int = 100


@dataclass(slots=True)
class Sum:
    """Seconds that one line charges."""

    seconds: int = 0
    worked: int = 0
    entries: dict[str, None] = field(default_factory=dict)

    def add(self, seconds: int, worked: int, entry: str) -> None:
        self.seconds += seconds
        self.worked += worked
        if entry:
            self.entries[entry] = None


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to before `end`; `amount` is what the price costs in it, `share` how much of it there is."""

    start: date
    end: date
    amount: int
    share: Fraction = Fraction(1)

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)


class Rates(Protocol):
    """What an hour costs."""

    def plan_hour(self, terms: Terms, period: Period) -> Fraction:
        """By the price itself."""

    def overage_hour(self, terms: Terms, period: Period) -> Fraction:
        """Beyond what it includes."""


class Meter:
    """The time of one price in a contract, period after period. `renew` buys another block on a day."""

    def __init__(
        self,
        terms: Terms,
        *,
        start_on: date,
        pool: Pool,
        clockwork: Clockwork,
        time: TimeSums,
        rates: Rates,
        renew: Callable[[date], Lot | None] | None = None,
    ) -> None:
        self.terms = terms
        self.deferred: list[Deferred] = []
        self.held: dict[tuple[str, str], Held] = {}
        self._pool = pool
        self._clockwork = clockwork
        self._time = time
        self._rates = rates
        self._renew = renew
        trial = terms.trial
        self._trial_end = start_on + timedelta(days=trial.days) if trial else start_on
        self._free = trial.free_minutes * 60 if trial else 0
        self._weeks: defaultdict[date, int] = defaultdict(int)
        self._short_weeks: defaultdict[date, int] = defaultdict(int)
        self._beyond = 0
        self._overage_hour: Fraction | None = None
        self._least_amount = any(minimum.amount for minimum in terms.minimums)

    def moved_to(self, terms: Terms, clockwork: Clockwork) -> None:
        """The contract changed to another plan; what was deferred waits on."""
        self.terms = terms
        self._clockwork = clockwork
        self._least_amount = any(minimum.amount for minimum in terms.minimums)

    # -- one period ------------------------------------------------------------------------------------------------

    def close(self, period: Period, entries: Sequence[Entry], *, over: bool = True, last: bool = False) -> list[Line]:
        """The lines of a period's time. `over`: the period is; if not, it is what there is so far. `last`: the
        contract is over with it."""
        self._beyond = 0
        self._overage_hour = None
        charged = charged_seconds(entries, self.terms)
        atoms: list[Atom] = []
        for entry, seconds in zip(entries, charged, strict=True):
            self._time.logged += entry.worked
            atoms.extend(self._atoms(entry, seconds))
        lacking = list(self._lacking(period, entries, charged, last=last)) if over and self.terms.minimums else []
        lines = self._priced(period, atoms)
        for minimum, seconds in lacking:
            lines += self._top_up(period, minimum, seconds)
        if over and self._least_amount and self.terms.price.kind == "hourly":
            lines += self._least_amounts(period, lines)
        return lines

    def settle_deferred(self, lot: Lot) -> None:
        """What was deferred is taken off a new period's minutes first."""
        waiting = []
        for one in self.deferred:
            seconds = burn(lot, one.seconds)
            worked = min(seconds, one.worked)
            self._time.deferred -= worked
            self._time.covered += worked
            if seconds < one.seconds:
                waiting.append(Deferred(one.entry, one.seconds - seconds, one.worked - worked))
        self.deferred = waiting

    def charge_deferred(self, period: Period) -> list[Line]:
        """At the end of the contract no period is left to take it off: it is charged."""
        total = Sum()
        for one in self.deferred:
            total.add(one.seconds, one.worked, one.entry)
        self._time.deferred -= total.worked
        self._time.overage += total.worked
        self.deferred = []
        if not total.seconds:
            return []
        hour = self._rates.overage_hour(self.terms, period)
        return [self._line(Charge("overage", "overage", self.terms.overage.index, hour), total, period)]

    # -- where each second goes ------------------------------------------------------------------------------------

    def _atoms(self, entry: Entry, charged: int) -> Iterator[Atom]:
        worked_left = entry.worked
        for seconds, holding in self._clockwork.cut(entry, charged):
            for way, taken in self._ways(entry, seconds, holding):
                worked = min(taken, worked_left)
                worked_left -= worked
                if way == "deferred":
                    self.deferred.append(Deferred(entry.id, taken, worked))
                setattr(self._time, way, getattr(self._time, way) + worked)
                yield Atom(way, taken, worked, entry, holding)
        self._time.rounded_off += worked_left

    def _ways(self, entry: Entry, seconds: int, holding: tuple[Surcharge, ...]) -> list[tuple[str, int]]:
        """The seconds of a part in their order, by what becomes of them."""
        ways = []
        if self._free and entry.day < self._trial_end:
            free = min(self._free, seconds)
            self._free -= free
            seconds -= free
            ways.append(("free", free))
        within = self._within_week(entry.day, seconds)
        covered = self._covered(entry, within, holding)
        ways.append(("covered", covered))
        beyond = seconds - covered
        if not self.terms.price.includes_hours:
            # By the hour all is charged that no lot covers; a project, pieces, a plan by results cover all.
            ways.append(("hours" if self.terms.price.kind == "hourly" else "covered", within - covered))
            beyond = seconds - within
        if beyond:
            ways += self._ways_beyond(entry, beyond)
        return [(way, taken) for way, taken in ways if taken]

    def _within_week(self, day: date, seconds: int) -> int:
        limit = self.terms.price.weekly_limit_minutes * 60
        if not limit:
            return seconds
        week = monday(day)
        within = min(seconds, max(limit - self._weeks[week], 0))
        self._weeks[week] += within
        return within

    def _covered(self, entry: Entry, seconds: int, holding: tuple[Surcharge, ...]) -> int:
        worth = _worth(holding) if holding else 100
        covered = self._pool.burn(entry.day, seconds, worth)
        while covered < seconds and self._renew is not None and self._renew(entry.day) is not None:
            covered += self._pool.burn(entry.day, seconds - covered, worth)
        return covered

    def _ways_beyond(self, entry: Entry, seconds: int) -> list[tuple[str, int]]:
        """What becomes of time that nothing included covers."""
        rule = self.terms.overage
        free = min(seconds, max(rule.free_minutes * 60 - self._beyond, 0))
        before = self._beyond + free
        left = seconds - free
        self._beyond += seconds
        way = rule.treatment
        charged = left
        if entry.agreed or way == "renewed":
            way = "asked"
        elif way != "charged":
            charged = 0
            if way == "deferred" and not self.terms.price.includes_hours:
                way = "asked"
        else:
            way = "asked"
            if rule.asked_from_minutes:
                charged = min(left, max(rule.asked_from_minutes * 60 - before, 0))
        return [("free", free), ("overage", charged), (way, left - charged)]

    # -- least time and amounts ------------------------------------------------------------------------------------

    def _lacking(
        self, period: Period, entries: Sequence[Entry], charged: list[int], *, last: bool
    ) -> Iterator[tuple[Minimum, int]]:
        """What is missing to the least time of weeks that ended in the period, and of the period."""
        for entry, seconds in zip(entries, charged, strict=True):
            if entry.worked:
                self._short_weeks[monday(entry.day)] += seconds
        ended = sorted(week for week in self._short_weeks if last or week + WEEK <= period.end)
        weeks = [self._short_weeks.pop(week) for week in ended]
        for minimum in self.terms.minimums:
            least = minimum.minutes * 60
            if minimum.per == "week":
                for seconds in weeks:
                    if seconds < least:
                        yield minimum, least - seconds
            elif minimum.per == "period" and sum(charged) < int(least * period.share):
                yield minimum, int(least * period.share) - sum(charged)

    def _top_up(self, period: Period, minimum: Minimum, seconds: int) -> list[Line]:
        """Missing time goes the way of time worked on the period's last day."""
        entry = Entry(id="", start=NO_TIME, day=period.last, wall=0, worked=0, charged=seconds)
        return self._priced(period, list(self._atoms(entry, seconds)), minimum)

    def _least_amounts(self, period: Period, lines: Iterable[Line]) -> Iterator[Line]:
        so_far = sum(line.amount for line in lines)
        for minimum in self.terms.minimums:
            lacking = round_half_up(minimum.amount * period.share) - so_far
            if minimum.amount and lacking > 0:
                so_far += lacking
                yield Line(
                    code="minimum_amount",
                    rule=minimum.kind,
                    rule_index=minimum.index,
                    price_id=self.terms.price.id,
                    start=period.start,
                    end=period.last,
                    unit_amount=minimum.amount,
                    amount=lacking,
                )

    # -- what it costs ---------------------------------------------------------------------------------------------

    def _priced(self, period: Period, atoms: list[Atom], minimum: Minimum | None = None) -> list[Line]:
        sums: defaultdict[Charge, Sum] = defaultdict(Sum)
        flats: defaultdict[Surcharge, dict[str, None]] = defaultdict(dict)
        by_hour = _Tiered(self.terms, period, sum(atom.seconds for atom in atoms if atom.way == "hours"))
        for atom in atoms:
            if atom.way in HELD:
                self._hold(period, atom)
            else:
                self._price(period, atom, by_hour, minimum, sums, flats)
        lines = [self._line(charge, total, period) for charge, total in sums.items()]
        for rule, entries in flats.items():
            lines.append(
                Line(
                    code="surcharge_flat",
                    rule=rule.kind,
                    rule_index=rule.index,
                    price_id=self.terms.price.id,
                    params={"causes": list(rule.causes)},
                    start=period.start,
                    end=period.last,
                    count=len(entries),
                    unit_amount=rule.flat,
                    amount=rule.flat * len(entries),
                    entries=tuple(entries),
                )
            )
        return lines

    def _price(
        self,
        period: Period,
        atom: Atom,
        by_hour: _Tiered,
        minimum: Minimum | None,
        sums: defaultdict[Charge, Sum],
        flats: defaultdict[Surcharge, dict[str, None]],
    ) -> None:
        trial = self.terms.trial
        percent = trial.percent if trial and atom.entry.day < self._trial_end else 100
        holding = atom.holding
        priced: list[tuple[int, Fraction, Charge | None]] = []
        if atom.way == "hours":
            for seconds, hour, rule, index in by_hour.take(atom.seconds):
                cost = hour if percent == 100 else hour * percent / 100
                made = ("minimum", minimum.kind, minimum.index) if minimum else ("hours", rule, index)
                priced.append((seconds, cost, Charge(*made, cost, percent)))
        elif atom.way == "overage":
            hour = self._beyond_hour(period) if percent == 100 else self._beyond_hour(period) * percent / 100
            priced.append((atom.seconds, hour, Charge("overage", "overage", self.terms.overage.index, hour, percent)))
        elif holding and atom.way in ("covered", "deferred"):
            holding = tuple(rule for rule in holding if rule.on_included == "charged")
            priced.append((atom.seconds, self._rates.plan_hour(self.terms, period) * percent / 100, None))
        worked = atom.worked
        for seconds, hour, charge in priced:
            part = min(worked, seconds)
            worked -= part
            if charge is not None:
                sums[charge].add(seconds, part, atom.entry.id)
            for surcharge in counting(holding, hour, seconds) if holding else ():
                if surcharge.percent or surcharge.amount:
                    sums[Charge("surcharge", surcharge.kind, surcharge.index, hour)].add(seconds, part, atom.entry.id)
                if surcharge.flat:
                    flats[surcharge][atom.entry.id] = None

    def _beyond_hour(self, period: Period) -> Fraction:
        if self._overage_hour is None:
            self._overage_hour = self._rates.overage_hour(self.terms, period)
        return self._overage_hour

    def _hold(self, period: Period, atom: Atom) -> None:
        key = (atom.entry.id, atom.way)
        before = self.held[key].seconds if key in self.held else 0
        seconds = before + atom.seconds
        amount = priced(self._beyond_hour(period), seconds) if atom.way == "asked" else 0
        self.held[key] = Held(entry=atom.entry.id, reason=atom.way, seconds=seconds, amount=amount)

    def _line(self, charge: Charge, total: Sum, period: Period) -> Line:
        seconds = total.seconds
        params: dict[str, Any] = {} if charge.percent == 100 else {"percent": charge.percent}
        if charge.code == "surcharge":
            rule = next(rule for rule in self.terms.surcharges if rule.index == charge.index)
            params = {"percent": rule.percent, "amount": rule.amount, "causes": list(rule.causes)}
            unit, amount = round_half_up(rule.on(charge.hour, HOUR)), round_half_up(rule.on(charge.hour, seconds))
        else:
            if charge.code == "overage" and self.terms.overage.block_minutes:
                block = self.terms.overage.block_minutes * 60
                seconds = -(-seconds // block) * block
            unit, amount = priced(charge.hour, HOUR), priced(charge.hour, seconds)
        return Line(
            code=charge.code,
            rule=charge.rule,
            rule_index=charge.index,
            price_id=self.terms.price.id,
            params=params,
            start=period.start,
            end=period.last,
            seconds=seconds,
            worked_seconds=total.worked,
            unit_amount=unit,
            amount=amount,
            entries=tuple(total.entries),
        )


def priced(hour: Fraction, seconds: int) -> int:
    """Seconds at the price of an hour, rounded half up. Seconds are never negative here."""
    above, below = hour.numerator * seconds, hour.denominator * HOUR
    return (2 * above + below) // (2 * below)


def _worth(holding: tuple[Surcharge, ...]) -> int:
    """Percent of a second that an included second uses: surcharges may be taken as time."""
    alone = [rule.percent for rule in holding if rule.on_included == "time" and not rule.add]
    added = [rule.percent for rule in holding if rule.on_included == "time" and rule.add]
    return 100 + max(alone, default=0) + sum(added)


class _Tiered:
    """The price of an hour as the hours of a period add up. `total`: seconds of the whole period."""

    def __init__(self, terms: Terms, period: Period, total: int) -> None:
        steps = [(0, Fraction(period.amount), "price", -1)]
        for tier in terms.tiers if total else ():
            if not tier.from_minutes:
                continue
            begins = tier.from_minutes * 60
            step = (begins, Fraction(tier.amount), tier.kind, tier.index)
            if not tier.all_hours:
                steps.append(step)
            elif total >= begins:
                steps = [(0, *step[1:])]
        self._steps = steps
        self._done = 0

    def take(self, seconds: int) -> Iterator[tuple[int, Fraction, str, int]]:
        if len(self._steps) == 1:
            _, hour, rule, index = self._steps[0]
            yield seconds, hour, rule, index
            return
        while seconds:
            reached = [number for number, step in enumerate(self._steps) if step[0] <= self._done]
            number = reached[-1]
            taken = seconds
            if number + 1 < len(self._steps):
                taken = min(seconds, self._steps[number + 1][0] - self._done)
            _, hour, rule, index = self._steps[number]
            yield taken, hour, rule, index
            self._done += taken
            seconds -= taken
