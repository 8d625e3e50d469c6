"""What each price of a contract brings, as charges on their days: hours, a retainer's fees and time, pieces, blocks, a
project's stages."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from services.billing.domain.charging.calendar import WHOLE, Holidays, share, working_days
from services.billing.domain.charging.discounts import Batch, discounts
from services.billing.domain.charging.happenings import Agreement, Delivered, Entry, PlanChanged, StageReached
from services.billing.domain.charging.invoicing import Item
from services.billing.domain.charging.lots import Pool, carried
from services.billing.domain.charging.meter import Meter, Period
from services.billing.domain.charging.plan import LENGTHS, Calendar, End, Span, spans
from services.billing.domain.charging.prices import Prices
from services.billing.domain.charging.statement import Line, Lot, TimeSums
from services.billing.domain.charging.terms import HOUR, NO_PRORATION, Card, Stage, Terms
from services.billing.domain.charging.worktime import Clockwork, is_short
from shared.platform.money import round_half_up

ONE = timedelta(days=1)
MOST_BLOCKS = 1_000
"""That a contract renews; a block of a minute would never end otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A contract's course up to the end of `until`: what all its prices share."""

    card: Card
    agreement: Agreement
    prices: Prices
    holidays: Holidays
    over: End | None
    until: date
    paused: frozenset[date] = frozenset()
    away: frozenset[date] = frozenset()
    pool: Pool = field(default_factory=Pool)
    time: TimeSums = field(default_factory=TimeSums)
    meters: list[Meter] = field(default_factory=list)

    @property
    def seen(self) -> date:
        """The first day of which nothing is known yet."""
        return self.until + ONE

    def is_last(self, end: date) -> bool:
        return self.over is not None and end >= self.over.after

    def meter(self, terms: Terms, buy: Blocks | None = None) -> Meter:
        """What is included is for work that the contract's own price charges."""
        own = terms.price.id == self.agreement.price_id
        renews = buy is not None and terms.overage.treatment == "renewed"
        meter = Meter(
            terms,
            start_on=self.agreement.start_on,
            pool=self.pool if own else Pool(),
            clockwork=Clockwork(terms.surcharges, self.agreement.zone, self.holidays),
            time=self.time,
            rates=self.prices,
            renew=buy.renew if renews and buy is not None else None,
        )
        self.meters.append(meter)
        return meter

    def discounted(self, terms: Terms, batch: Batch, lines: Sequence[Line]) -> tuple[Line, ...]:
        return (*lines, *discounts(terms, self.agreement, batch, lines))


class Blocks:
    """Blocks of one price, as they are bought."""

    def __init__(self, course: Course, terms: Terms) -> None:
        self.items: list[Item] = []
        self._course = course
        self._terms = terms

    def renew(self, day: date) -> Lot | None:
        """Another block, since one is used up."""
        return self.buy(day) if len(self.items) < MOST_BLOCKS else None

    def buy(self, day: date, entry: str = "", on: date | None = None) -> Lot:
        """A block bought for a day, invoiced then or `on` another."""
        price = self._terms.price
        amount = self._course.prices.amount(price.id, day)
        line = Line(
            code="block",
            price_id=price.id,
            params={"name": price.name, "minutes": price.minutes},
            start=day,
            end=day,
            count=1,
            unit_amount=amount,
            amount=amount,
            entries=(entry,) if entry else (),
        )
        batch = Batch(number=len(self.items), start=day, end=day)
        lines = self._course.discounted(self._terms, batch, [line])
        self.items.append(Item(on=on or day, lines=lines, start=day, end=day))
        expires = day + timedelta(days=price.valid_days) if price.valid_days else None
        lot = Lot(kind="block", price_id=price.id, granted_on=day, expires_on=expires, seconds=price.minutes * 60)
        return self._course.pool.grant(lot)


class Days:
    """Entries in their order, by the days on which they start."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = sorted(entries, key=lambda entry: (entry.start, entry.id))
        self._days = [entry.day for entry in self.entries]

    def within(self, start: date, end: date) -> list[Entry]:
        return self.entries[bisect_left(self._days, start) : bisect_left(self._days, end)]


# -- by the hour, and the time of blocks, projects and pieces ---------------------------------------------------------


def hours(course: Course, terms: Terms, entries: Iterable[Entry], blocks: Blocks | None = None) -> Iterator[Item]:
    """Time period by period; what there is so far of one that is not over comes with a day that is still to come."""
    calendar = Calendar(terms, course.agreement)
    days = Days(entries)
    meter = course.meter(terms, blocks)
    billing = terms.billing
    ahead = billing.timing == "estimate" and terms.price.kind == "hourly" and billing.every in LENGTHS
    estimated = billing.estimate_minutes if ahead else 0
    needed = bool(terms.minimums or estimated)
    for number, (start, end, whole) in enumerate(_periods(course, calendar, days)):
        found = days.within(start, min(end, course.seen))
        if not (found or needed):
            continue
        known = calendar.begins(start) if estimated else date.max
        amount = course.prices.amount(terms.price.id, start, known)
        close_on = start if terms.billing.every == "entry" else calendar.closes(end, course.over)
        estimate = _estimate(course, terms, calendar, (start, end, whole), amount) if estimated else None
        if estimate is not None and estimate.on <= course.until:
            batch = Batch(number=number, start=start, end=estimate.end)
            yield replace(estimate, lines=course.discounted(terms, batch, estimate.lines))
        if start > course.until:
            continue
        over = end <= course.seen
        part = share(NO_PRORATION, (start, end), (whole, calendar.periods.after(whole))) if needed else WHOLE
        period = Period(start, end, amount, part)
        lines = meter.close(period, found, over=over, last=course.is_last(end))
        if estimate is not None:
            lines += [_settled(line) for line in estimate.lines]
        batch = Batch(number=number, start=start, end=end - ONE, seconds=sum(entry.worked for entry in found))
        made = course.discounted(terms, replace(batch, whole=not estimated), lines)
        if made:
            yield Item(on=close_on, lines=made, start=start, end=end - ONE)


def _periods(course: Course, calendar: Calendar, days: Days) -> Iterator[tuple[date, date, date]]:
    """Start and end of each period, and where it begins by the calendar."""
    every = calendar.terms.billing.every
    start = course.agreement.start_on
    after = course.over.after if course.over is not None else date.max
    if every == "entry":
        for day in sorted({entry.day for entry in days.entries if start <= entry.day < after}):
            yield day, day + ONE, day
    elif every == "completion":
        yield start, after, start
    else:
        while start < after and (start <= course.until or calendar.begins(start) <= course.until):
            end = calendar.periods.after(start)
            yield start, min(end, after), calendar.periods.start_of(start)
            start = end


def _estimate(
    course: Course, terms: Terms, calendar: Calendar, period: tuple[date, date, date], amount: int
) -> Item | None:
    """What a period is estimated to hold, invoiced when it begins."""
    start, end, whole = period
    on = calendar.begins(start)
    ends = calendar.periods.after(start)
    if course.over is None or course.over.told_on > on:
        end = ends
    minutes = terms.billing.estimate_minutes * share(NO_PRORATION, (start, end), (whole, ends))
    seconds = int(minutes * 60)
    line = Line(
        code="estimate",
        rule=terms.billing.kind,
        rule_index=terms.billing.index,
        price_id=terms.price.id,
        start=start,
        end=end - ONE,
        seconds=seconds,
        unit_amount=amount,
        amount=round_half_up(Fraction(amount * seconds, HOUR)),
    )
    return Item(on=on, lines=(line,), start=start, end=end - ONE) if line.amount else None


def _settled(line: Line) -> Line:
    return replace(line, code="estimate_settled", seconds=-line.seconds, amount=-line.amount)


# -- a retainer --------------------------------------------------------------------------------------------------------


def plan(course: Course, terms: Terms, entries: Iterable[Entry], changes: Sequence[PlanChanged]) -> Iterator[Item]:
    """Fees of the plan's periods, and when each is over what comes on top and what comes back."""
    days = Days(entries)
    meter = course.meter(terms)
    for span in spans(course.card, terms, course.agreement, course.prices, changes, course.over, course.until):
        ahead = span.terms.billing.timing != "arrears" and span.terms.billing.every != "completion"
        if ahead:
            yield from _fees_ahead(course, span)
        if span.phantom or span.start > course.until:
            continue
        if span.terms is not meter.terms:
            clockwork = Clockwork(span.terms.surcharges, course.agreement.zone, course.holidays)
            meter.moved_to(span.terms, clockwork)
        lot = _grant(course, span)
        if lot is not None:
            meter.settle_deferred(lot)
        found = days.within(span.start, min(span.end, course.seen))
        over = span.end <= course.seen
        last = course.is_last(span.end)
        period = Period(span.start, span.end, span.amount, span.share(span.end))
        lines = [] if ahead else _fee(course, span, span.end)
        lines += meter.close(period, found, over=over, last=last)
        if over and last:
            lines += meter.charge_deferred(period)
        elif over and lot is not None:
            _turn(course, span, lot)
        batch = Batch(
            number=span.number,
            start=span.start,
            end=span.end - ONE,
            seconds=sum(entry.worked for entry in found),
            whole=not ahead,
        )
        made = course.discounted(span.terms, batch, lines)
        if over:
            made = (*made, *_credits(course, span))
        if made:
            on = span.calendar.closes(span.end, course.over)
            yield Item(on=on, lines=made, start=span.start, end=span.end - ONE)


def _fee(course: Course, span: Span, end: date) -> list[Line]:
    """The fee of a period of which the contract has the part before `end`."""
    part = span.share(end)
    exact = span.amount * part
    if not exact:
        return []
    price = span.terms.price
    params: dict[str, object] = {"name": price.name, "minutes": price.minutes}
    made: tuple[str, int] = ("price", -1)
    if part != 1:
        params |= {"days": (end - span.start).days, "of_days": span.days, "percent": str(part * 100)}
        made = (span.proration.kind, span.proration.index)
    fee = Line(
        code="fee",
        rule=made[0],
        rule_index=made[1],
        price_id=price.id,
        params=params,
        start=span.start,
        end=end - ONE,
        count=1,
        unit_amount=span.amount,
        amount=round_half_up(exact),
    )
    trial = span.terms.trial
    if trial is None or trial.percent == 100:
        return [fee]
    days = (min(end, course.agreement.start_on + timedelta(days=trial.days)) - span.start).days
    if days <= 0:
        return [fee]
    off = exact * Fraction(days, (end - span.start).days) * (100 - trial.percent) / 100
    less = Line(
        code="trial",
        rule=trial.kind,
        rule_index=trial.index,
        price_id=price.id,
        params={"days": days, "percent": trial.percent},
        start=span.start,
        end=span.start + timedelta(days=days - 1),
        amount=-round_half_up(off),
    )
    return [fee, less]


def _fees_ahead(course: Course, span: Span) -> Iterator[Item]:
    end = span.known_end
    batch = Batch(number=span.number, start=span.start, end=end - ONE)
    lines = course.discounted(span.terms, batch, _fee(course, span, end))
    if span.calendar.shorter and course.agreement.prepaid_periods <= 1 and not span.phantom:
        yield from _in_parts(span, lines)
    elif lines:
        yield Item(on=span.issued_on, lines=lines, start=span.start, end=end - ONE)
    if span.cut is None or span.end == end:
        return
    actual = () if span.phantom else course.discounted(span.terms, batch, _fee(course, span, span.end))
    back = sum(line.amount for line in lines) - sum(line.amount for line in actual)
    if back:
        first = span.start if span.phantom else span.end
        credit = Line(
            code=span.cut.code,
            rule=span.proration.kind,
            rule_index=span.proration.index,
            price_id=span.terms.price.id,
            params={"days": (end - first).days, "of_days": span.days},
            start=first,
            end=end - ONE,
            unit_amount=span.amount,
            amount=-back,
        )
        on = max(span.calendar.invoices.invoice_day(span.end), span.issued_on)
        yield Item(on=on, lines=(credit,), start=span.end, end=span.end, calls=False)


def _in_parts(span: Span, lines: Sequence[Line]) -> Iterator[Item]:
    """Invoices come more often than periods: each has an equal part of the fee, the sums of parts rounded."""
    begins = [start for start, _ in span.calendar.invoices.periods(span.start, span.known_end)]
    done = [0] * len(lines)
    for number, begin in enumerate(begins, 1):
        parts = []
        for place, line in enumerate(lines):
            so_far = round_half_up(Fraction(line.amount * number, len(begins)))
            parts.append(
                replace(line, amount=so_far - done[place], params={**line.params, "part": number, "of": len(begins)})
            )
            done[place] = so_far
        yield Item(on=span.calendar.begins(begin), lines=tuple(parts), start=span.start, end=span.known_end - ONE)


def _grant(course: Course, span: Span) -> Lot | None:
    """The period's minutes, fewer where its fee is a part or the contract pauses."""
    price = span.terms.price
    if not price.minutes:
        return None
    whole = span.proration.full_hours and span.cut is None
    part = Fraction(1) if whole else span.share(span.end)
    paused = sum(span.start <= day < span.end for day in course.paused)
    part *= 1 - Fraction(paused, max((span.end - span.start).days, 1))
    lot = Lot(
        kind="fee",
        price_id=price.id,
        granted_on=span.start,
        expires_on=span.end,
        seconds=int(price.minutes * 60 * part),
    )
    return course.pool.grant(lot)


def _turn(course: Course, span: Span, lot: Lot) -> None:
    """What is unused when a period ends carries over as the terms say; the rest lapses."""
    rule = span.terms.rollover
    day = span.end
    unused = lot.left
    if rule is not None and unused:
        already = course.pool.left_of_carried(day)
        lot.carried = carried(rule, unused, span.terms.price.minutes * 60, already)
    lot.lapsed = unused - lot.carried
    if not lot.carried or rule is None:
        return
    expires: date | None = day + timedelta(days=rule.days) if rule.days else None
    if rule.periods:
        expires = day
        for _ in range(rule.periods):
            expires = span.calendar.periods.after(expires)
    course.pool.grant(
        Lot(kind="carried", price_id=lot.price_id, granted_on=day, expires_on=expires, seconds=lot.carried)
    )


def _credits(course: Course, span: Span) -> Iterator[Line]:
    """For days on which the practice was away, or the client paused."""
    most = round_half_up(span.amount * span.share(span.end))
    absence = span.terms.absence_credit
    if absence is not None:
        away = sum(span.start <= day < span.end and day.weekday() < 5 for day in course.away)
        beyond = away - absence.days
        if beyond > 0:
            of_days = working_days(*span.whole)
            amount = min(round_half_up(Fraction(span.amount * beyond, of_days)), most)
            most -= amount
            yield _credit("absence_credit", absence.kind, absence.index, span, (beyond, of_days), amount)
    pause = span.terms.pause
    if pause is not None:
        days = sum(span.start <= day < span.end for day in course.paused)
        amount = min(round_half_up(Fraction(span.amount * days * (100 - pause.percent), 100 * span.days)), most)
        if amount:
            yield _credit("pause_credit", pause.kind, pause.index, span, (days, span.days), amount)


def _credit(code: str, rule: str, index: int, span: Span, days: tuple[int, int], amount: int) -> Line:
    return Line(
        code=code,
        rule=rule,
        rule_index=index,
        price_id=span.terms.price.id,
        params={"days": days[0], "of_days": days[1]},
        start=span.start,
        end=span.end - ONE,
        unit_amount=span.amount,
        amount=-amount,
    )


# -- pieces and projects -----------------------------------------------------------------------------------------------


def pieces(course: Course, terms: Terms, delivered: Iterable[Delivered]) -> Iterator[Item]:
    """Pieces of each period, by the price of their number."""
    calendar = Calendar(terms, course.agreement)
    every = terms.billing.every
    start_on = course.agreement.start_on
    after = course.over.after if course.over is not None else date.max
    within = [one for one in delivered if start_on <= one.on < after]
    waiting = sorted(within, key=lambda one: (one.on, one.id))
    number = 0
    begin = start_on
    while waiting:
        day = waiting[0].on
        if every == "entry":
            start, end = day, day + ONE
        elif every == "completion":
            start, end = start_on, after
        else:
            start, end = max(calendar.periods.start_of(day), start_on), min(calendar.periods.after(day), after)
        while every in LENGTHS and begin < start:
            begin, number = calendar.periods.after(begin), number + 1
        found = [one for one in waiting if one.on < end]
        waiting = waiting[len(found) :]
        lines = _pieces(course, terms, found, start, end)
        batch = Batch(number=number, start=start, end=end - ONE)
        on = day if every == "entry" else calendar.closes(end, course.over)
        yield Item(on=on, lines=course.discounted(terms, batch, lines), start=start, end=end - ONE)


def _pieces(course: Course, terms: Terms, found: Sequence[Delivered], start: date, end: date) -> list[Line]:
    base = course.prices.amount(terms.price.id, start)
    total = sum(one.count for one in found)
    steps = [(0, base, "price", -1)]
    for tier in terms.tiers:
        if tier.from_count and tier.all_hours and total >= tier.from_count:
            steps = [(0, tier.amount, tier.kind, tier.index)]
        elif tier.from_count and not tier.all_hours:
            steps.append((tier.from_count - 1, tier.amount, tier.kind, tier.index))
    trial_end = course.agreement.start_on + timedelta(days=terms.trial.days) if terms.trial else start
    lines: dict[tuple[int, int, int], Line] = {}
    done = 0
    for one in found:
        percent = terms.trial.percent if terms.trial and one.on < trial_end else 100
        for place, (begins, amount, rule, index) in enumerate(steps):
            ends = steps[place + 1][0] if place + 1 < len(steps) else total
            count = min(done + one.count, ends) - max(done, begins)
            if count > 0:
                before = lines.get((amount, index, percent))
                counted = count + (before.count if before else 0)
                lines[amount, index, percent] = Line(
                    code="piece",
                    rule=rule,
                    rule_index=index,
                    price_id=terms.price.id,
                    params={"unit": terms.price.unit, **({"percent": percent} if percent != 100 else {})},
                    start=start,
                    end=end - ONE,
                    count=counted,
                    unit_amount=round_half_up(Fraction(amount * percent, 100)),
                    amount=round_half_up(Fraction(amount * percent * counted, 100)),
                    entries=(*(before.entries if before else ()), one.id),
                )
        done += one.count
    return [*lines.values(), *_rushed(course, terms, found, base, start, end)]


def _rushed(
    course: Course, terms: Terms, found: Sequence[Delivered], base: int, start: date, end: date
) -> Iterator[Line]:
    """Surcharges on pieces that were asked for too late; they are for the day's first minute."""
    for rule in terms.surcharges:
        if "short_notice" not in rule.causes or not (rule.percent or rule.flat):
            continue
        short = [
            one
            for one in found
            if is_short(rule, one.asked_at, datetime.combine(one.on, time(), course.agreement.zone))
        ]
        count = sum(one.count for one in short)
        amount = round_half_up(Fraction(base * rule.percent * count, 100)) + rule.flat * len(short)
        if amount:
            yield Line(
                code="surcharge",
                rule=rule.kind,
                rule_index=rule.index,
                price_id=terms.price.id,
                params={"percent": rule.percent, "amount": 0, "causes": ["short_notice"]},
                start=start,
                end=end - ONE,
                count=count,
                unit_amount=base,
                amount=amount,
                entries=tuple(one.id for one in short),
            )


def project(course: Course, terms: Terms, reached: Iterable[StageReached]) -> Iterator[Item]:
    """The parts of a project's price, each on the day that it is reached; rounded so that together they are it."""
    agreement = course.agreement
    stages = terms.price.stages or (Stage(percent=100, when="completion"),)
    days = {"acceptance": agreement.signed_on, "start": agreement.start_on}
    said = {one.stage: one for one in sorted(reached, key=lambda one: (one.on, one.id), reverse=True)}
    price = course.prices.amount(terms.price.id, agreement.start_on, agreement.signed_on)
    before = 0
    for number, stage in enumerate(stages):
        percent = before + stage.percent
        amount = round_half_up(Fraction(price * percent, 100)) - round_half_up(Fraction(price * before, 100))
        before = percent
        on = days.get(stage.when)
        if stage.when == "date":
            on = agreement.start_on + timedelta(days=stage.days)
        happened = said.get(number)
        if happened is not None and on is None:
            on = happened.on
        if on is None or (course.over is not None and on > course.over.last):
            continue
        line = Line(
            code="stage",
            price_id=terms.price.id,
            params={"name": terms.price.name, "percent": stage.percent, "when": stage.when, "text": stage.text},
            start=on,
            end=on,
            count=1,
            unit_amount=price,
            amount=amount,
            entries=(happened.id,) if happened is not None and stage.when not in (*days, "date") else (),
        )
        lines = course.discounted(terms, Batch(number=0, start=on, end=on), [line])
        yield Item(on=on, lines=lines, start=on, end=on)
