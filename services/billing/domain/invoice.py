"""Invoices and credit notes. What is issued is never changed: payments and corrections stand beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound
from shared.platform.money import Money


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceState(StrEnum):
    ISSUED = "issued"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"


class PaymentState(StrEnum):
    UNPAID = "unpaid"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`minutes` is 0 for a flat fee. `cause` is what is charged: `timesheet:<id>` or `retainer:<contract>:<day>`."""

    description: str
    kind: str
    minutes: int
    rate: Money
    amount: Money
    cause: str
    period_start: date
    period_end: date


def hours_line(*, minutes: int, rate: Money, cause: str, description: str, start: date, end: date) -> Line:
    """Minutes at an hour's rate, rounded half up once: 90 minutes at 25.01 are 37.52."""
    amount = rate.times(Fraction(minutes, 60))
    return Line(
        description=description,
        kind="hours",
        minutes=minutes,
        rate=rate,
        amount=amount,
        cause=cause,
        period_start=start,
        period_end=end,
    )


def fee_line(*, fee: Money, cause: str, description: str, start: date, end: date) -> Line:
    return Line(
        description=description,
        kind="retainer",
        minutes=0,
        rate=fee,
        amount=fee,
        cause=cause,
        period_start=start,
        period_end=end,
    )


def total_of(lines: Iterable[Line]) -> Money:
    """The sum of the lines. Raises ValueError without lines, CurrencyMismatch where currencies meet."""
    amounts = [line.amount for line in lines]
    if not amounts:
        raise ValueError("an invoice needs a line")
    total = amounts[0]
    for amount in amounts[1:]:
        total = total + amount
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who invoices whom for which contract, as it was when the document was issued."""

    contract_id: str
    issuer_id: str
    issuer_name: str
    client_id: str
    client_name: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An issued document and, beside it, what became of it: `paid`, `credited`, `written_off` are running sums."""

    id: str
    kind: Kind = Kind.INVOICE
    number: str
    parties: Parties
    lines: tuple[Line, ...]
    total: Money
    issued_at: datetime
    due_on: date
    state: InvoiceState = InvoiceState.ISSUED
    paid: Money
    credited: Money
    credits_invoice_id: str = ""
    reason: str = ""
    version: int = 0

    @classmethod
    def issue(
        cls, *, id: str, number: str, parties: Parties, lines: tuple[Line, ...], at: datetime, payment_days: int
    ) -> Invoice:
        """Raises ValueError when the lines do not make a positive total."""
        total = total_of(lines)
        if total.amount <= 0:
            raise ValueError("an invoice charges something")
        nothing = Money.zero(total.currency)
        return cls(
            id=id,
            number=number,
            parties=parties,
            lines=lines,
            total=total,
            issued_at=at,
            due_on=at.date() + timedelta(days=payment_days),
            paid=nothing,
            credited=nothing,
        )

    @property
    def due(self) -> Money:
        """What is still to be paid: nothing once it is written off, and never for a credit note."""
        if self.kind is Kind.CREDIT_NOTE or self.state is InvoiceState.WRITTEN_OFF:
            return Money.zero(self.total.currency)
        return self.total - self.paid - self.credited

    @property
    def payment_state(self) -> PaymentState:
        if self.state is InvoiceState.CREDITED and self.credited == self.total and self.paid.amount == 0:
            return PaymentState.REFUNDED
        if self.paid.amount == 0:
            return PaymentState.UNPAID
        return PaymentState.PAID if self.due.amount <= 0 else PaymentState.PARTLY_PAID

    def is_overdue(self, at: datetime) -> bool:
        return self.due.amount > 0 and at.date() > self.due_on

    def require_reader(self, party_id: str) -> None:
        """Raises NotFound for everybody but its two sides."""
        if party_id not in (self.parties.issuer_id, self.parties.client_id):
            raise NotFound("This invoice does not exist, or it is not yours.")

    def require_issuer(self, party_id: str) -> None:
        """Raises Forbidden for the client, NotFound for strangers."""
        self.require_reader(party_id)
        if party_id != self.parties.issuer_id:
            raise Forbidden("Only the practice that issued the invoice can do this.")

    def record_payment(self, amount: Money) -> Invoice:
        """Raises Conflict when nothing is due, Invalid for a wrong currency or more than is due."""
        self._require_due()
        if amount.currency != self.total.currency:
            raise Invalid.field("amount", "This invoice is in %(currency)s.", currency=self.total.currency)
        if amount.amount <= 0:
            raise Invalid.field("amount", "Enter what arrived.")
        if self.due < amount:
            raise Invalid.field("amount", "This is more than is due. Enter at most %(due)s.", due=str(self.due.decimal))
        return replace(self, paid=self.paid + amount)

    def credit(self, *, id: str, number: str, at: datetime, reason: str) -> tuple[Invoice, Invoice]:
        """The invoice with nothing due, and the credit note of all that was due: line by line, the last one absorbs."""
        self._require_due()
        due = self.due
        note = Invoice(
            id=id,
            kind=Kind.CREDIT_NOTE,
            number=number,
            parties=self.parties,
            lines=_credit_lines(self.lines, self.total, due),
            total=-due,
            issued_at=at,
            due_on=at.date(),
            paid=Money.zero(due.currency),
            credited=Money.zero(due.currency),
            credits_invoice_id=self.id,
            reason=reason,
        )
        return replace(self, state=InvoiceState.CREDITED, credited=self.credited + due, reason=reason), note

    def write_off(self, reason: str) -> Invoice:
        self._require_due()
        return replace(self, state=InvoiceState.WRITTEN_OFF, reason=reason)

    def _require_due(self) -> None:
        if self.kind is Kind.CREDIT_NOTE:
            raise Conflict("This is a credit note: there is nothing to pay or to correct.")
        if self.state is InvoiceState.WRITTEN_OFF:
            raise Conflict("This invoice was written off.")
        if self.due.amount <= 0:
            raise Conflict("Nothing is due on this invoice any more.")


def _credit_lines(lines: tuple[Line, ...], total: Money, due: Money) -> tuple[Line, ...]:
    """The lines' shares of what is credited, negative, summing to it exactly."""
    credited = []
    left = due
    for number, line in enumerate(lines):
        last = number == len(lines) - 1
        share = left if last else line.amount.times(Fraction(due.amount, total.amount))
        left = left - share
        credited.append(replace(line, minutes=0, amount=-share))
    return tuple(credited)
