"""The ledger: double entry, append-only. Every group of postings has its cause and sums to nothing in its currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.billing.domain.invoice import Invoice
from shared.platform.money import Money


@dataclass(frozen=True, slots=True)
class Posting:
    """A debit (positive) or a credit (negative) of an account."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Postings of one cause at one instant. Raises ValueError when they do not balance."""

    id: str
    cause: str
    at: datetime
    postings: tuple[Posting, ...]
    version: int = 0

    def __post_init__(self) -> None:
        if len(self.postings) < 2:
            raise ValueError("an entry has two sides")
        if any(sums(self.postings).values()):
            raise ValueError(f"{self.cause} does not balance")


def sums(postings: Iterable[Posting]) -> dict[str, int]:
    """Minor units by currency."""
    totals: dict[str, int] = defaultdict(int)
    for posting in postings:
        totals[posting.amount.currency] += posting.amount.amount
    return dict(totals)


def receivable(invoice: Invoice) -> str:
    return f"receivable:{invoice.parties.issuer_id}:{invoice.parties.client_id}"


def _group(id: str, cause: str, at: datetime, debit: str, credit: str, amount: Money) -> Group:
    return Group(id=id, cause=cause, at=at, postings=(Posting(debit, amount), Posting(credit, -amount)))


def of_issue(id: str, invoice: Invoice, at: datetime) -> Group:
    """The client owes, the practice has earned."""
    revenue = f"revenue:{invoice.parties.issuer_id}"
    return _group(id, f"invoice:{invoice.id}", at, receivable(invoice), revenue, invoice.total)


def of_payment(id: str, invoice: Invoice, amount: Money, payment_id: str, at: datetime) -> Group:
    cash = f"cash:{invoice.parties.issuer_id}"
    return _group(id, f"payment:{payment_id}", at, cash, receivable(invoice), amount)


def of_credit(id: str, invoice: Invoice, note: Invoice, at: datetime) -> Group:
    credited = f"credit_notes:{invoice.parties.issuer_id}"
    return _group(id, f"credit_note:{note.id}", at, credited, receivable(invoice), -note.total)


def of_write_off(id: str, invoice: Invoice, amount: Money, at: datetime) -> Group:
    lost = f"write_offs:{invoice.parties.issuer_id}"
    return _group(id, f"write_off:{invoice.id}", at, lost, receivable(invoice), amount)
