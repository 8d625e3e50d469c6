"""A retainer's periods: how long each is in the contract, when its fee is invoiced, what it is and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from services.billing.domain.charging.calendar import MONTHS, WEEKS, Cycle, cycle, share
from services.billing.domain.charging.happenings import Agreement, PlanChanged
from services.billing.domain.charging.prices import Prices
from services.billing.domain.charging.terms import NO_PRORATION, Card, Proration, Terms

LENGTHS = (*WEEKS, *MONTHS)
"""From the shortest to the longest."""
ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class End:
    """The contract's last day, and how it came to it."""

    last: date
    told_on: date
    by: str = ""
    agreed: date | None = None
    """The first day after a fixed time, agreed on from the start, that would have been longer."""

    @property
    def after(self) -> date:
        return self.last + ONE


@dataclass(frozen=True, slots=True)
class Cut:
    """A period that does not run to its end: told on a day, by the contract's end or a change of plan."""

    told_on: date
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A plan's period `whole`, of which `start` to before `end` is in the contract. `issued_on`: when its fee is."""

    number: int
    terms: Terms
    calendar: Calendar
    amount: int
    whole: tuple[date, date]
    start: date
    end: date
    issued_on: date
    proration: Proration
    cut: Cut | None = None
    phantom: bool = False
    """Invoiced ahead, and then not in the contract at all."""
    agreed_end: date | None = None

    def share(self, end: date) -> Fraction:
        """How much of the period is charged if the contract runs to before `end`."""
        if end <= self.start:
            return Fraction(0)
        return share(self.proration, (self.start, end), self.whole)

    @property
    def known_end(self) -> date:
        """The end as it was known when the fee was invoiced."""
        if self.cut is not None and self.cut.told_on <= self.issued_on:
            return self.end
        return min(self.whole[1], self.agreed_end or self.whole[1])

    @property
    def days(self) -> int:
        return (self.whole[1] - self.whole[0]).days


class Calendar:
    """The cycles of one price's terms in a contract: of the plan's periods, and of invoices."""

    def __init__(self, terms: Terms, agreement: Agreement) -> None:
        billing = terms.billing
        self.terms = terms
        self.agreement = agreement
        self.every = billing.every if billing.every in LENGTHS else terms.price.period
        if terms.price.kind != "retainer" and billing.every not in LENGTHS:
            self.every = "month"
        self.invoices: Cycle = cycle(billing, self.every, agreement.signed_on, agreement.start_on)
        period = terms.price.period if terms.price.kind == "retainer" else self.every
        self.periods: Cycle = (
            self.invoices if period == self.every else cycle(billing, period, agreement.signed_on, agreement.start_on)
        )
        self.longer = LENGTHS.index(self.every) > LENGTHS.index(period)
        self.shorter = LENGTHS.index(self.every) < LENGTHS.index(period)

    def group(self, begin: date) -> date:
        """Where the invoice begins that a period's fee is on: its own start, or that of a longer time."""
        longer = self.longer and self.agreement.prepaid_periods <= 1
        return self.invoices.start_of(begin) if longer else begin

    def begins(self, begin: date) -> date:
        """The day on which what begins at `begin` is invoiced, ahead."""
        ahead = timedelta(days=self.terms.billing.ahead_days)
        if begin <= self.agreement.start_on:
            return max(self.agreement.start_on - ahead, self.agreement.signed_on)
        return max(self.invoices.invoice_day(begin) - ahead, self.agreement.signed_on)

    def closes(self, end: date, over: End | None) -> date:
        """The day on which what ended before `end` is invoiced."""
        begin = self.invoices.after(end - ONE) if self.longer else end
        if over is None and self.terms.billing.every == "completion":
            return date.max
        if over is not None and (begin > over.after or self.terms.billing.every == "completion"):
            begin = over.after
        return self.invoices.invoice_day(begin)


@dataclass(frozen=True, slots=True)
class _Change:
    effective: date
    cause: PlanChanged
    terms: Terms
    at_once: bool


def spans(
    card: Card,
    terms: Terms,
    agreement: Agreement,
    prices: Prices,
    changes: Sequence[PlanChanged],
    over: End | None,
    until: date,
) -> Iterator[Span]:
    """The plan's periods one after the other: those that began by `until`, and those invoiced by then. After the
    contract's end, or a change at once, those that were invoiced ahead and are not in it."""
    waiting = sorted(changes, key=lambda change: (change.told_on, change.id))
    calendar = Calendar(terms, agreement)
    position, number, in_group = agreement.start_on, 0, 0
    by_change = False
    told_on = agreement.signed_on
    group, group_issue = position, calendar.begins(position)
    while over is None or position < over.after:
        begins, ends = calendar.periods.start_of(position), calendar.periods.after(position)
        proration = terms.proration if number == 0 else replace(NO_PRORATION, last=terms.proration.last)
        if by_change:
            proration = NO_PRORATION
        if number == 0 and proration.first == "skip" and begins < position:
            begins, ends = ends, calendar.periods.after(ends)
        if _new_group(calendar, position, in_group, group):
            in_group, group = 0, position
            first = begins if begins > position else calendar.group(position)
            group_issue = max(calendar.begins(first), told_on)
        span = Span(
            number=number,
            terms=terms,
            calendar=calendar,
            amount=prices.amount(terms.price.id, group, group_issue),
            agreed_end=over.agreed if over is not None else None,
            whole=(begins, ends),
            start=position,
            end=ends,
            issued_on=group_issue,
            proration=proration,
        )
        if span.start > until and span.issued_on > until:
            return
        change = _next(card, terms, prices, waiting, span, in_group + 1, group)
        span = _cut(span, change, over)
        yield span
        ended = over is not None and span.end >= over.after
        if span.cut is not None or ended:
            yield from _phantoms(span, in_group + 1, group, over if ended else None)
        position, number, in_group = span.end, number + 1, in_group + 1
        by_change = False
        if change is not None and change.effective <= position:
            waiting = waiting[waiting.index(change.cause) + 1 :]
            terms, told_on, by_change, in_group = change.terms, change.cause.told_on, change.at_once, 0
            calendar = Calendar(terms, agreement)


def _cut(span: Span, change: _Change | None, over: End | None) -> Span:
    """The period as the contract's end or a change at once leaves it, whichever comes first."""
    at_once = change is not None and change.at_once
    if over is not None and over.after < span.end and not (change and at_once and change.effective < over.after):
        return replace(span, end=over.after, cut=Cut(over.told_on, "end_credit"))
    if change is not None and at_once and span.start < change.effective < span.end:
        by_days = replace(span.proration, last="days")
        return replace(span, end=change.effective, cut=Cut(change.cause.told_on, "change_credit"), proration=by_days)
    return span


def _new_group(calendar: Calendar, position: date, in_group: int, group: date) -> bool:
    """Whether the period that begins is invoiced apart from the ones before, of which the first began at `group`."""
    if in_group == 0:
        return True
    prepaid = calendar.agreement.prepaid_periods
    if prepaid > 1:
        return in_group % prepaid == 0
    return calendar.group(position) != calendar.group(group)


def _next(
    card: Card,
    terms: Terms,
    prices: Prices,
    waiting: Sequence[PlanChanged],
    span: Span,
    in_group: int,
    group: date,
) -> _Change | None:
    """The next change of plan, if it takes effect in this period or at its end."""
    for change in waiting:
        new = card.get(change.price_id)
        if new is None or new.price.kind != "retainer" or new.price.id == terms.price.id:
            continue
        rule = terms.plan_change
        smaller = prices.amount(new.price.id, span.start) < span.amount
        at_once = ((rule.downgrade or rule.when) if smaller else rule.when) == "at_once"
        effective = max(change.told_on + timedelta(days=rule.notice_days), span.start + (ONE if at_once else 0 * ONE))
        if at_once and effective < span.end:
            return _Change(effective, change, new, at_once=True)
        if effective <= span.end and (at_once or _new_group(span.calendar, span.end, in_group, group)):
            return _Change(span.end, change, new, at_once=False)
        return None
    return None


def _phantoms(cut: Span, in_group: int, group: date, over: End | None) -> Iterator[Span]:
    """Whole periods of the cut one's invoice that come after it."""
    told_on = cut.cut.told_on if cut.cut is not None else over.told_on if over is not None else cut.issued_on
    if told_on <= cut.issued_on:
        return
    code = cut.cut.code if cut.cut is not None else "end_credit"
    position = cut.whole[1]
    number = cut.number
    while not _new_group(cut.calendar, position, in_group, group) and position < (cut.agreed_end or date.max):
        number += 1
        whole = (position, cut.calendar.periods.after(position))
        yield replace(
            cut, number=number, whole=whole, start=position, end=cut.end, cut=Cut(told_on, code), phantom=True
        )
        position, in_group = whole[1], in_group + 1
