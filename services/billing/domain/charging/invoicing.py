"""From charges on their days to invoices in their order, with what payments, late or by a costly method, add."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from services.billing.domain.charging.calendar import (
    Holidays,
    business_day_of_month,
    business_days_before,
    business_days_later,
    day_of_month,
    months_later,
)
from services.billing.domain.charging.happenings import Agreement, Paid
from services.billing.domain.charging.statement import DISCOUNTED, EARNED, HeldDeposit, Invoice, Line
from services.billing.domain.charging.terms import Due, LateFee, Terms
from shared.platform.money import round_half_up

ONE = timedelta(days=1)
LATE, CHARGE, ISSUE, PAY = range(4)
"""What comes first on one day: that work may stop, what is charged, invoices, payments."""
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Charges of a day, for the days from `start` to `end`. `calls`: an invoice is made for them that day; others wait
    for the next. `apart`: on one of their own, of this kind."""

    on: date
    lines: tuple[Line, ...]
    start: date
    end: date
    calls: bool = True
    apart: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What happens with the last invoice: the notice that was given, and whether a trial's money comes back."""

    on: date
    notice_days: int
    refund: int = -1
    """Place of the trial's rule whose money comes back."""
    refunds: bool = False


@dataclass(slots=True)
class _Arrears:
    """Fees for one invoice being late: `times` so far; `amount` and `count` since the last invoice. `fees` of the
    invoice are fees themselves."""

    rule: LateFee
    first: date
    fees: int
    times: int = 0
    amount: int = 0
    count: int = 0
    start: date | None = None
    end: date | None = None


class Desk:
    """Makes the invoices of a contract, day after day until `until`."""

    def __init__(self, terms: Terms, agreement: Agreement, holidays: Holidays, until: date) -> None:
        self.invoices: list[Invoice] = []
        self.deposits: list[HeldDeposit] = []
        self.work_may_stop_on: list[date] = []
        self._terms = terms
        self._agreement = agreement
        self._holidays = holidays
        self._until = until
        self._queue: list[tuple[date, int, int, Any]] = []
        self._count = 0
        self._pending: list[Item] = []
        self._arrears: dict[int, _Arrears] = {}
        self._named: dict[int, list[Paid]] = {}
        self._closed_on = date.max

    def run(self, items: Iterable[Item], payments: Sequence[Paid], closing: Closing | None) -> tuple[Line, ...]:
        """The lines that wait for an invoice after `until`."""
        later: list[Item] = []
        for item in items:
            if item.on > self._until:
                later.append(item)
                continue
            self._push(item.on, CHARGE, item)
        for day in sorted({item.on for _, _, _, item in self._queue if item.calls}):
            if closing is None or day != closing.on:
                self._push(day, ISSUE, None)
        if closing is not None:
            self._closed_on = closing.on
            self._push(closing.on, ISSUE, closing)
        for payment in payments:
            if payment.invoice:
                self._named.setdefault(payment.invoice, []).append(payment)
            else:
                self._push(payment.on, PAY, payment)
        while self._queue:
            day, what, _, about = heapq.heappop(self._queue)
            self._step(day, what, about)
        waiting = sorted((*self._pending, *self._late_items(self._until), *later), key=lambda item: item.on)
        return tuple(line for item in waiting for line in item.lines)

    def _push(self, on: date, what: int, about: Any) -> None:
        if on <= self._until:
            self._count += 1
            heapq.heappush(self._queue, (on, what, self._count, about))

    def _step(self, day: date, what: int, about: Any) -> None:
        if what == CHARGE:
            self._pending.append(about)
        elif what == ISSUE:
            self._issue_all(day, about)
        elif what == LATE:
            self._may_stop(day, about)
        else:
            invoice, payment = about if isinstance(about, tuple) else (self._oldest_unpaid(), about)
            if invoice is not None:
                self._pay(day, invoice, payment)

    # -- issuing ---------------------------------------------------------------------------------------------------

    def _issue_all(self, day: date, closing: Closing | None) -> None:
        apart = [item for item in self._pending if item.apart]
        together = [item for item in self._pending if not item.apart]
        self._pending = []
        for item in apart:
            self._issue(day, item.apart, [item])
        if closing is None and day < self._closed_on and not any(item.calls for item in together):
            self._pending = together
            return
        together += self._late_items(day)
        if closing is not None:
            together += self._closing_items(closing, [line for item in together for line in item.lines])
        if any(item.lines for item in together):
            self._issue(day, "charges", together)

    def _issue(self, day: date, kind: str, items: Sequence[Item]) -> None:
        lines = tuple(line for item in items for line in item.lines)
        calling = [item for item in items if item.calls] or items
        total = sum(line.amount for line in lines)
        start = min(item.start for item in calling)
        invoice = Invoice(
            number=len(self.invoices) + 1,
            kind="credit" if total < 0 and kind != "deposit" else kind,
            period_start=start,
            period_end=max(item.end for item in calling),
            issued_on=day,
            due_on=due_on(self._terms.due, day, start, self._holidays),
            lines=lines,
            total=total,
        )
        self.invoices.append(invoice)
        if kind == "deposit" and total > 0:
            self.deposits.append(HeldDeposit(amount=total, held_on=day))
        if total <= 0:
            invoice.paid_on = day
            return
        self._expect(invoice)

    def _expect(self, invoice: Invoice) -> None:
        """Payments that are known to come, and what happens if none does."""
        named = self._named.get(invoice.number, [])
        for payment in named:
            self._push(max(payment.on, invoice.issued_on), PAY, (invoice, payment))
        if not named and self._agreement.pays_on_time:
            on_time = Paid(id="", on=invoice.due_on, method=self._agreement.method)
            self._push(invoice.due_on, PAY, (invoice, on_time))
        rule = self._terms.late_fee
        if rule is not None:
            if rule.suspend_days:
                self._push(invoice.due_on + timedelta(days=rule.suspend_days + 1), LATE, invoice)
            if rule.percent_bp or rule.amount:
                first = first_late_day(rule, invoice.due_on, self._holidays)
                fees = sum(line.amount for line in invoice.lines if line.code == "late_fee")
                self._arrears[invoice.number] = _Arrears(rule, first, fees)

    # -- payments --------------------------------------------------------------------------------------------------

    def _oldest_unpaid(self) -> Invoice | None:
        return next((invoice for invoice in self.invoices if invoice.due), None)

    def _pay(self, day: date, invoice: Invoice, payment: Paid) -> None:
        amount = min(payment.amount or invoice.due, invoice.due)
        if not amount:
            return
        self._accrue(day, invoice)
        invoice.paid += amount
        entries = (payment.id,) if payment.id else ()
        costly = [fee for fee in self._terms.payment_fees if payment.method in fee.methods]
        fees = sum(line.amount for line in invoice.lines if line.code == "payment_fee")
        base = Fraction(amount * (invoice.total - fees), invoice.total) if costly else Fraction(0)
        for fee in costly:
            if base > 0:
                self._wait(
                    day,
                    Line(
                        code="payment_fee",
                        rule=fee.kind,
                        rule_index=fee.index,
                        params={"method": payment.method, "percent_bp": fee.percent_bp, "invoice": invoice.number},
                        unit_amount=fee.amount,
                        amount=round_half_up(base * fee.percent_bp / 10_000) + fee.amount,
                        entries=entries,
                    ),
                )
        if not invoice.due:
            invoice.paid_on = day
            self._paid_early(day, invoice, entries)
            if day >= self._closed_on:
                self._push(day, ISSUE, None)

    def _paid_early(self, day: date, invoice: Invoice, entries: tuple[str, ...]) -> None:
        rules = [rule for rule in self._terms.discounts if rule.when == "paid_early"]
        discounted = (line.amount for line in invoice.lines if line.code in DISCOUNTED or line.code == "discount")
        base = sum(discounted) if rules else 0
        for rule in rules:
            if (day - invoice.issued_on).days <= rule.count and base > 0:
                self._wait(
                    day,
                    Line(
                        code="paid_early",
                        rule=rule.kind,
                        rule_index=rule.index,
                        params={"percent": rule.percent, "days": rule.count, "invoice": invoice.number},
                        amount=-round_half_up(Fraction(base * rule.percent, 100)),
                        entries=entries,
                    ),
                )

    def _may_stop(self, day: date, invoice: Invoice) -> None:
        if invoice.due:
            self.work_may_stop_on.append(day)

    def _accrue(self, day: date, invoice: Invoice) -> None:
        """Late fees up to a day, of what has been unpaid since the last time; nothing was paid in between."""
        late = self._arrears.get(invoice.number)
        if late is None or late.first > day or not invoice.due:
            return
        rule = late.rule
        if late.times and rule.repeats == "once":
            return
        overdue = max(invoice.due - late.fees, 0)
        times = late_times(rule, late.first, day)
        more = times - late.times
        if more <= 0:
            return
        if rule.repeats == "yearly":
            # Interest is rounded on the sum of its days.
            daily = Fraction(overdue * rule.percent_bp, 10_000 * YEAR_DAYS)
            amount = round_half_up(daily * times) - round_half_up(daily * late.times)
        else:
            percent = round_half_up(Fraction(overdue * rule.percent_bp, 10_000))
            amount = more * (max(percent, rule.amount) if rule.greater else percent + rule.amount)
        late.start = late.start or day_of_fee(rule, late.first, late.times)
        late.end = day_of_fee(rule, late.first, times - 1)
        late.times, late.count, late.amount = times, late.count + more, late.amount + amount

    def _late_items(self, day: date) -> Iterator[Item]:
        """What was added for being late since the last invoice, a line for each invoice that is."""
        for number, late in list(self._arrears.items()):
            invoice = self.invoices[number - 1]
            self._accrue(day, invoice)
            if not invoice.due:
                del self._arrears[number]
            if late.amount and late.start and late.end:
                line = Line(
                    code="late_fee",
                    rule=late.rule.kind,
                    rule_index=late.rule.index,
                    params={"percent_bp": late.rule.percent_bp, "invoice": number, "repeats": late.rule.repeats},
                    start=late.start,
                    end=late.end,
                    count=late.count,
                    unit_amount=late.rule.amount,
                    amount=late.amount,
                )
                yield Item(on=late.end, lines=(line,), start=late.start, end=late.end, calls=False)
            late.amount, late.count, late.start = 0, 0, None

    def _wait(self, day: date, line: Line) -> None:
        if line.amount:
            self._pending.append(Item(on=day, lines=(line,), start=day, end=day, calls=False))

    # -- the end of the contract -----------------------------------------------------------------------------------

    def _closing_items(self, closing: Closing, lines: list[Line]) -> list[Item]:
        more: list[Line] = []
        if closing.refunds:
            issued = [line for invoice in self.invoices for line in invoice.lines]
            earned = sum(line.amount for line in (*issued, *lines) if line.code in EARNED)
            if earned > 0:
                more.append(Line(code="trial_refund", rule="trial", rule_index=closing.refund, amount=-earned))
        items = [self._closing_item(closing, more)] if more else []
        total = sum(line.amount for line in (*lines, *more))
        for deposit in self.deposits:
            charged, returned = self._deposit_lines(deposit, closing, total)
            total += sum(line.amount for line in charged)
            items.append(self._closing_item(closing, charged))
            if returned:
                self._issue(closing.on, "deposit", [self._closing_item(closing, returned)])
        return items

    def _closing_item(self, closing: Closing, lines: list[Line]) -> Item:
        return Item(on=closing.on, lines=tuple(lines), start=closing.on, end=closing.on, calls=False)

    def _deposit_lines(self, deposit: HeldDeposit, closing: Closing, total: int) -> tuple[list[Line], list[Line]]:
        """What is kept becomes a charge that the deposit pays; what comes back is set off or returned."""
        rule = self._terms.deposit
        if rule is None or not deposit.left:
            return [], []
        percent = rule.share_back(closing.notice_days)
        back = round_half_up(Fraction(deposit.amount * percent, 100))
        deposit.kept = deposit.amount - back
        deposit.set_off = max(min(back, total), 0) if rule.offset else 0
        deposit.returned = back - deposit.set_off
        made: dict[str, Any] = {
            "rule": rule.kind,
            "rule_index": rule.index,
            "params": {"percent": percent, "days": closing.notice_days},
        }
        charged = [
            Line(code="deposit_kept", amount=deposit.kept, **made),
            Line(code="deposit_set_off", amount=-deposit.kept - deposit.set_off, **made),
        ]
        returned = [Line(code="deposit_returned", amount=-deposit.returned, **made)]
        return [line for line in charged if line.amount], [line for line in returned if line.amount]


def due_on(rule: Due, issued_on: date, starts: date, holidays: Holidays) -> date:
    """The day on which an invoice is to be paid."""
    if rule.before_start:
        if rule.business_days:
            due = business_days_before(starts, rule.days, rule.country, rule.region, holidays)
        else:
            due = starts - timedelta(days=rule.days)
        return max(due, issued_on)
    due = issued_on
    if rule.from_month_end:
        due = day_of_month(due.year * 12 + due.month - 1, 31)
    if not rule.business_days:
        due += timedelta(days=rule.days)
    elif rule.days:
        due = business_days_later(due, rule.days, rule.country, rule.region, holidays)
    if rule.day_of_month:
        month = due.year * 12 + due.month - 1
        on = day_of_month(month, rule.day_of_month)
        due = on if on >= due else day_of_month(month + 1, rule.day_of_month)
    return due


def first_late_day(rule: LateFee, due: date, holidays: Holidays) -> date:
    """The first day on which the fee falls due if nothing was paid by then."""
    if not rule.business_day:
        return due + timedelta(days=rule.days + 1)
    month = due.year * 12 + due.month - 1
    while True:
        day = business_day_of_month(month, rule.business_day, rule.country, rule.region, holidays)
        if day > due:
            return day
        month += 1


def day_of_fee(rule: LateFee, first: date, number: int) -> date:
    """The day of the fee with this number, from 0."""
    if rule.repeats == "monthly":
        return months_later(first, number)
    return first + timedelta(days=number * (7 if rule.repeats == "weekly" else 1))


def late_times(rule: LateFee, first: date, day: date) -> int:
    """How many fees there are up to a day."""
    if rule.repeats == "once":
        return 1
    if rule.repeats == "monthly":
        months = (day.year - first.year) * 12 + day.month - first.month
        return months + (months_later(first, months) <= day)
    return (day - first).days // (7 if rule.repeats == "weekly" else 1) + 1
