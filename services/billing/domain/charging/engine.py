"""Charges a contract: its terms and all that happened make its invoices, the same ones however often it is asked.

What is charged up to a day never depends on what happens later, so that invoices once made stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from services.billing.domain.charging.calendar import DAY, Holidays, months_later, share
from services.billing.domain.charging.discounts import committed_months
from services.billing.domain.charging.happenings import (
    Agreement,
    Away,
    Bought,
    Cancelled,
    Credited,
    Delivered,
    Entry,
    Happening,
    NoticeGiven,
    Paid,
    Paused,
    PlanChanged,
    PriceChanged,
    Spent,
    StageReached,
    Worked,
    of_kind,
)
from services.billing.domain.charging.invoicing import Closing, Desk, Item
from services.billing.domain.charging.plan import Calendar, End
from services.billing.domain.charging.prices import Prices
from services.billing.domain.charging.statement import Held, Line, Lot, Statement
from services.billing.domain.charging.streams import Blocks, Course, hours, pieces, plan, project
from services.billing.domain.charging.terms import HOUR, NO_PRORATION, Card, Terms
from shared.platform.money import round_half_up


def charge(
    card: Card, agreement: Agreement, happenings: Iterable[Happening], until: date, holidays: Holidays
) -> Statement:
    """Everything charged through the end of `until`. Raises KeyError for a price that the card has not."""
    terms = card.get(agreement.price_id)
    if terms is None:
        raise KeyError(agreement.price_id)
    known = [one for one in happenings if known_on(one, agreement) <= until]
    over = end_of(terms, agreement, of_kind(known, NoticeGiven))
    course = Course(
        card=card,
        agreement=agreement,
        prices=Prices(card, agreement.start_on, until, of_kind(known, PriceChanged)),
        holidays=holidays,
        over=over,
        until=until,
        paused=frozenset(_paused(terms, agreement, of_kind(known, Paused), until)),
        away=frozenset(
            day
            for one in of_kind(known, Away)
            for day in _days(max(one.first, agreement.start_on), min(one.last, until))
        ),
    )
    items = [*_once(course, terms), *_streams(course, terms, known), *_extras(terms, known)]
    closing = None
    if over is not None and over.after <= course.seen:
        items += _at_end(course, terms, over)
        closing = _closing(terms, agreement, over)
    desk = Desk(terms, agreement, holidays, until)
    waiting = desk.run(items, sorted(of_kind(known, Paid), key=lambda one: (one.on, one.id)), closing)
    course.pool.expire(until)
    return Statement(
        currency=card.currency,
        invoices=tuple(desk.invoices),
        open=waiting,
        lots=tuple(course.pool.lots),
        held=(*(held for meter in course.meters for held in meter.held.values()), *_held_expenses(terms, known)),
        deposits=tuple(desk.deposits),
        time=course.time,
        ends_on=over.last if over is not None else None,
        charged_until=until,
        work_may_stop_on=tuple(desk.work_may_stop_on),
    )


def known_on(one: Happening, agreement: Agreement) -> date:
    """The day from which on a happening counts."""
    match one:
        case Worked() | Cancelled():
            return one.start.astimezone(agreement.zone).date()
        case Paused() | PlanChanged() | PriceChanged() | NoticeGiven():
            return one.told_on
        case Away():
            return one.first
        case Spent() | Delivered() | Bought() | StageReached() | Paid() | Credited():
            return one.on
    raise TypeError(type(one).__name__)


# -- the end -----------------------------------------------------------------------------------------------------------


def end_of(terms: Terms, agreement: Agreement, notices: Iterable[NoticeGiven]) -> End | None:
    """The contract's last day: the one agreed on, or the one on which the first notice runs out, if it is earlier."""
    fixed = End(agreement.ends_on, agreement.signed_on) if agreement.ends_on is not None else None
    given = min(notices, key=lambda one: (one.told_on, one.id), default=None)
    if given is None:
        return fixed
    rule = terms.notice
    runs_out = months_later(given.told_on, rule.months) + timedelta(days=rule.days)
    if in_trial(terms, agreement, given.told_on):
        runs_out = given.told_on
    elif rule.from_period_end:
        runs_out = Calendar(terms, agreement).periods.after(max(runs_out, agreement.start_on)) - DAY
    last = max(runs_out, given.last or runs_out, agreement.start_on)
    if fixed is not None and fixed.last <= last:
        return fixed
    return End(last, given.told_on, given.by, fixed.after if fixed is not None else None)


def in_trial(terms: Terms, agreement: Agreement, day: date) -> bool:
    return terms.trial is not None and day < agreement.start_on + timedelta(days=terms.trial.days)


def _closing(terms: Terms, agreement: Agreement, over: End) -> Closing:
    trial = terms.trial
    return Closing(
        on=_final_day(terms, agreement, over),
        notice_days=(over.last - over.told_on).days,
        refunds=bool(trial and trial.refund and over.by and in_trial(terms, agreement, over.told_on)),
        refund=trial.index if trial else -1,
    )


def _final_day(terms: Terms, agreement: Agreement, over: End) -> date:
    return Calendar(terms, agreement).invoices.invoice_day(over.after)


def _at_end(course: Course, terms: Terms, over: End) -> Iterator[Item]:
    """What comes back of unused minutes, and what who leaves early pays."""
    on = _final_day(terms, course.agreement, over)
    lines = [*_unused(course, over), *_early_exit(course, terms, over)]
    if lines:
        yield Item(on=on, lines=tuple(lines), start=over.last, end=over.last)


def _unused(course: Course, over: End) -> Iterator[Line]:
    notice_days = (over.last - over.told_on).days
    for lot in course.pool.lots:
        left = lot.left
        if lot.expires_on is not None and lot.expires_on < over.after:
            left = 0
        lot.lapsed += lot.left
        terms = course.card.get(lot.price_id)
        if not left or terms is None or terms.refund_unused is None or lot.kind == "gift":
            continue
        rule = terms.refund_unused
        hour = terms.price.hour_of(course.prices.amount(lot.price_id, lot.granted_on))
        if notice_days >= rule.notice_days:
            yield Line(
                code="unused_credit",
                rule=rule.kind,
                rule_index=rule.index,
                price_id=lot.price_id,
                params={"percent": rule.percent},
                seconds=left,
                unit_amount=round_half_up(hour),
                amount=-round_half_up(hour * left * rule.percent / (100 * HOUR)),
            )


def _early_exit(course: Course, terms: Terms, over: End) -> Iterator[Line]:
    rule = terms.commitment
    committed = months_later(course.agreement.start_on, committed_months(terms, course.agreement))
    if rule is None or not rule.percent or over.by != "client" or over.after >= committed:
        return
    if terms.price.kind != "retainer" or in_trial(terms, course.agreement, over.told_on):
        return
    periods = Calendar(terms, course.agreement).periods
    amount = course.prices.amount(terms.price.id, over.last)
    left = sum(
        share(NO_PRORATION, part, (periods.start_of(part[0]), periods.after(part[0])))
        for part in periods.periods(over.after, committed)
    )
    yield Line(
        code="early_exit",
        rule=rule.kind,
        rule_index=rule.index,
        price_id=terms.price.id,
        params={"percent": rule.percent, "days": (committed - over.after).days},
        start=over.after,
        end=committed - DAY,
        unit_amount=amount,
        amount=round_half_up(Fraction(amount * left * rule.percent, 100)),
    )


# -- what each price brings --------------------------------------------------------------------------------------------


def _streams(course: Course, terms: Terms, known: Sequence[Happening]) -> Iterator[Item]:
    own = terms.price.id
    blocks = _blocks(course, terms, known)
    _give(course, terms, of_kind(known, Credited))
    entries = _entries(course, terms, known)
    mine = entries.pop(own, [])
    if terms.price.kind == "retainer":
        yield from plan(course, terms, mine, of_kind(known, PlanChanged))
    else:
        yield from hours(course, terms, mine, blocks.get(own))
    if terms.price.kind == "project":
        yield from project(course, terms, of_kind(known, StageReached))
    for price_id, theirs in entries.items():
        other = course.card.get(price_id)
        if other is not None:
            yield from hours(course, _beside(other), theirs)
    yield from _pieces(course, terms, of_kind(known, Delivered))
    for bought in blocks.values():
        yield from bought.items


def _beside(terms: Terms) -> Terms:
    """Terms of a price that is not the contract's own: nothing is charged by it without work, nor ahead."""
    timing = "arrears" if terms.billing.timing == "estimate" else terms.billing.timing
    return replace(
        terms,
        minimums=tuple(minimum for minimum in terms.minimums if minimum.per != "period"),
        billing=replace(terms.billing, timing=timing),
    )


def _blocks(course: Course, terms: Terms, known: Sequence[Happening]) -> dict[str, Blocks]:
    """Blocks that were bought: the contract's own when it starts, and others."""
    own = terms.price.id
    blocks = {one.price.id: Blocks(course, one) for one in course.card.terms if one.price.kind == "block"}
    if own in blocks:
        start = course.agreement.start_on
        blocks[own].buy(start, on=Calendar(terms, course.agreement).begins(start))
    for bought in sorted(of_kind(known, Bought), key=lambda one: (one.on, one.id)):
        in_contract = bought.on >= course.agreement.start_on and not course.is_last(bought.on)
        if bought.price_id in blocks and in_contract:
            blocks[bought.price_id].buy(bought.on, bought.id)
    return blocks


def _give(course: Course, terms: Terms, gifts: Sequence[Credited]) -> None:
    for gift in sorted(gifts, key=lambda one: (one.on, one.id)):
        if gift.seconds:
            course.pool.grant(
                Lot(
                    kind="gift",
                    price_id=terms.price.id,
                    granted_on=gift.on,
                    expires_on=gift.last + DAY if gift.last else None,
                    seconds=gift.seconds,
                )
            )


def _pieces(course: Course, terms: Terms, delivered: Sequence[Delivered]) -> Iterator[Item]:
    by_price: defaultdict[str, list[Delivered]] = defaultdict(list)
    for one in delivered:
        by_price[one.price_id or terms.price.id].append(one)
    for price_id, theirs in by_price.items():
        other = course.card.get(price_id)
        if other is not None and other.price.kind == "piece":
            yield from pieces(course, other, theirs)


def _entries(course: Course, terms: Terms, known: Sequence[Happening]) -> dict[str, list[Entry]]:
    """Time to charge by the price that charges it. Work on days outside of the contract is charged by none."""
    found: dict[str, list[Entry]] = {}
    for one in known:
        if not isinstance(one, Worked | Cancelled):
            continue
        local = one.start.astimezone(course.agreement.zone)
        day = local.date()
        if day < course.agreement.start_on or course.is_last(day):
            seconds = one.seconds if isinstance(one, Worked) else 0
            course.time.logged += seconds
            course.time.open += seconds
            continue
        priced = _priced_by(course.card, terms, one)
        entry = _entry(priced, one, local)
        if entry is not None:
            found.setdefault(priced.price.id, []).append(entry)
    return found


def _priced_by(card: Card, terms: Terms, one: Worked | Cancelled) -> Terms:
    """The price that an entry names, else the contract's own, unless another by the hour is for its service."""
    named = card.get(one.price_id) if one.price_id else None
    if named is not None:
        return named if named.price.kind == "hourly" else terms
    own = terms.price.services
    if one.service in own:
        return terms
    other = card.hourly(one.service)
    if other is not None and (own or other.price.services):
        return other
    return terms


def _entry(terms: Terms, one: Worked | Cancelled, local: datetime) -> Entry | None:
    wall = local.hour * HOUR + local.minute * 60 + local.second
    day = local.date()
    if isinstance(one, Worked):
        return Entry(
            id=one.id,
            start=one.start,
            day=day,
            wall=wall,
            worked=one.seconds,
            charged=one.seconds,
            asked_at=one.asked_at,
            agreed=one.agreed,
        )
    notice = one.start - one.cancelled_at
    for rule in terms.cancellations:
        if notice < timedelta(hours=rule.hours):
            charged = rule.minutes * 60 or one.seconds * rule.percent // 100
            return Entry(id=one.id, start=one.start, day=day, wall=wall, worked=0, charged=charged, rule=rule.index)
    return None


# -- once, and beside the prices ---------------------------------------------------------------------------------------


def _once(course: Course, terms: Terms) -> Iterator[Item]:
    """What the signing brings."""
    day = course.agreement.signed_on
    rule = terms.deposit
    if rule is not None:
        amount = rule.amount or round_half_up(Fraction(terms.price.amount * rule.percent, 100))
        line = Line(
            code="deposit", rule=rule.kind, rule_index=rule.index, params={"percent": rule.percent}, amount=amount
        )
        yield Item(on=day, lines=(line,), start=day, end=day, apart="deposit")
    lines = tuple(
        Line(code="set_up_fee", rule=fee.kind, rule_index=fee.index, params={"text": fee.text}, amount=fee.amount)
        for fee in terms.set_up_fees
    )
    if lines:
        yield Item(on=day, lines=lines, start=day, end=day)


def _extras(terms: Terms, known: Sequence[Happening]) -> Iterator[Item]:
    """Expenses and credits."""
    rule = terms.expenses
    for spent in sorted(of_kind(known, Spent), key=lambda one: (one.on, one.id)):
        if not _is_agreed(terms, spent):
            continue
        apart = bool(rule.apart_above) and spent.amount > rule.apart_above
        line = Line(
            code="expense",
            rule=rule.kind,
            rule_index=rule.index,
            params={"text": spent.text, "percent": rule.markup},
            start=spent.on,
            end=spent.on,
            unit_amount=spent.amount,
            amount=round_half_up(Fraction(spent.amount * (100 + rule.markup), 100)),
            entries=(spent.id,),
        )
        kind = "expenses" if apart else ""
        yield Item(on=spent.on, lines=(line,), start=spent.on, end=spent.on, calls=apart, apart=kind)
    for credited in sorted(of_kind(known, Credited), key=lambda one: (one.on, one.id)):
        if credited.amount:
            line = Line(
                code="credit",
                rule="credited",
                params={"text": credited.text},
                amount=-credited.amount,
                entries=(credited.id,),
            )
            yield Item(on=credited.on, lines=(line,), start=credited.on, end=credited.on, calls=False)


def _is_agreed(terms: Terms, spent: Spent) -> bool:
    rule = terms.expenses
    return spent.agreed or rule.approval == "none" or (rule.approval == "above" and spent.amount <= rule.above)


def _held_expenses(terms: Terms, known: Sequence[Happening]) -> Iterator[Held]:
    for spent in sorted(of_kind(known, Spent), key=lambda one: (one.on, one.id)):
        if not _is_agreed(terms, spent):
            yield Held(entry=spent.id, reason="expense", amount=spent.amount)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _paused(terms: Terms, agreement: Agreement, pauses: Iterable[Paused], until: date) -> Iterator[date]:
    """Days that the client paused in time, as many as a year of the contract allows."""
    rule = terms.pause
    if rule is None:
        return
    used: defaultdict[int, int] = defaultdict(int)
    seen: set[date] = set()
    for pause in sorted(pauses, key=lambda one: (one.told_on, one.first, one.id)):
        begins = max(pause.first, pause.told_on + timedelta(days=rule.notice_days), agreement.start_on)
        for day in _days(begins, min(pause.last, until)):
            year = _contract_year(agreement.start_on, day)
            if day not in seen and used[year] < rule.days:
                used[year] += 1
                seen.add(day)
                yield day


def _contract_year(start_on: date, day: date) -> int:
    year = day.year - start_on.year
    return year if months_later(start_on, 12 * year) <= day else year - 1
