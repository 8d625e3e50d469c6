"""Books under any sequence of invoices, payments, credit notes and write-offs: what must hold after every step."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from services.billing.domain import ledger
from services.billing.domain.invoice import (
    Invoice,
    InvoiceState,
    Kind,
    Parties,
    PaymentState,
    fee_line,
    hours_line,
    total_of,
)
from shared.platform.errors import Conflict, Invalid
from shared.platform.money import Money

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = date(2026, 11, 16)
SETTLED = (InvoiceState.CREDITED, InvoiceState.WRITTEN_OFF)


def parties(issuer: str, client: str) -> Parties:
    return Parties(
        contract_id="co", issuer_id=issuer, issuer_name=issuer, client_id=client, client_name=client, subject="Mail"
    )


class Books(RuleBasedStateMachine):
    """Two practices and two clients, in three currencies, one of them without decimals."""

    invoices = Bundle("invoices")

    def __init__(self) -> None:
        super().__init__()
        self.now: dict[str, Invoice] = {}
        self.first: dict[str, Invoice] = {}
        self.notes: list[Invoice] = []
        self.groups: list[ledger.Group] = []

    def next_id(self) -> str:
        return f"g{len(self.groups)}"

    @rule(
        target=invoices,
        issuer=st.sampled_from(("anna", "bea")),
        client=st.sampled_from(("carla", "dora")),
        currency=st.sampled_from(("EUR", "USD", "JPY")),
        worked=st.lists(st.tuples(st.integers(1, 3000), st.integers(60, 50_000)), min_size=1, max_size=4),
        fee=st.integers(1, 200_000),
    )
    def issue(self, issuer: str, client: str, currency: str, worked: list[tuple[int, int]], fee: int) -> str:
        id = f"in{len(self.now)}"
        hours = [
            hours_line(minutes=m, rate=Money(r, currency), cause=f"{id}:{n}", description="", start=DAY, end=DAY)
            for n, (m, r) in enumerate(worked)
        ]
        flat = fee_line(fee=Money(fee, currency), cause=f"{id}:fee", description="", start=DAY, end=DAY)
        made = Invoice.issue(
            id=id, number=id, parties=parties(issuer, client), lines=(*hours, flat), at=NOW, payment_days=14
        )
        self.now[id] = self.first[id] = made
        self.groups.append(ledger.of_issue(self.next_id(), made, NOW))
        return id

    @rule(id=invoices, share=st.fractions(0, 1))
    def pay(self, id: str, share: Fraction) -> None:
        one = self.now[id]
        amount = one.due.times(share)
        if amount.amount == 0:
            with pytest.raises((Conflict, Invalid)):
                one.record_payment(amount)
            return
        self.now[id] = one.record_payment(amount)
        self.groups.append(ledger.of_payment(self.next_id(), self.now[id], amount, self.next_id(), NOW))

    @rule(id=invoices)
    def pay_too_much(self, id: str) -> None:
        one = self.now[id]
        with pytest.raises((Conflict, Invalid)):
            one.record_payment(Money(one.due.amount + 1, one.total.currency))

    @rule(id=invoices)
    def credit(self, id: str) -> None:
        one = self.now[id]
        if one.due.amount == 0:
            with pytest.raises(Conflict):
                one.credit(id="x", number="x", at=NOW, reason="x")
            return
        self.now[id], note = one.credit(id=f"cn{id}", number=f"cn{id}", at=NOW, reason="Wrong week")
        self.notes.append(note)
        self.groups.append(ledger.of_credit(self.next_id(), self.now[id], note, NOW))

    @rule(id=invoices)
    def write_off(self, id: str) -> None:
        one = self.now[id]
        if one.due.amount == 0:
            with pytest.raises(Conflict):
                one.write_off("x")
            return
        self.now[id] = one.write_off("Insolvent")
        self.groups.append(ledger.of_write_off(self.next_id(), self.now[id], one.due, NOW))

    @invariant()
    def the_ledger_sums_to_nothing_in_each_currency(self) -> None:
        postings = [posting for group in self.groups for posting in group.postings]
        assert not any(ledger.sums(postings).values())

    @invariant()
    def accounts_say_what_the_documents_say(self) -> None:
        balances: dict[tuple[str, str], int] = defaultdict(int)
        for group in self.groups:
            for posting in group.postings:
                balances[posting.account, posting.amount.currency] += posting.amount.amount
        expected: dict[tuple[str, str], int] = defaultdict(int)
        for one in self.now.values():
            issuer, currency = one.parties.issuer_id, one.total.currency
            expected[f"receivable:{issuer}:{one.parties.client_id}", currency] += one.due.amount
            expected[f"revenue:{issuer}", currency] -= one.total.amount
            expected[f"cash:{issuer}", currency] += one.paid.amount
            expected[f"credit_notes:{issuer}", currency] += one.credited.amount
            if one.state is InvoiceState.WRITTEN_OFF:
                expected[f"write_offs:{issuer}", currency] += (one.total - one.paid - one.credited).amount
        assert _nonzero(balances) == _nonzero(expected)

    @invariant()
    def what_was_issued_is_never_changed(self) -> None:
        for id, one in self.now.items():
            before = self.first[id]
            for name in ("id", "kind", "number", "parties", "lines", "total", "issued_at", "due_on"):
                assert getattr(one, name) == getattr(before, name), name

    @invariant()
    def totals_are_the_sums_of_their_lines_and_nothing_is_due_below_zero(self) -> None:
        for one in [*self.now.values(), *self.notes]:
            assert total_of(one.lines) == one.total
            assert one.due.amount >= 0
            if one.kind is Kind.CREDIT_NOTE or one.state in SETTLED:
                assert one.due.amount == 0
            elif one.due.amount == 0:
                assert one.payment_state is PaymentState.PAID


def _nonzero(balances: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return {key: amount for key, amount in balances.items() if amount}


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
