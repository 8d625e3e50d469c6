"""Invoices: lines, totals, what is due, payments, credit notes, write-offs; and the ledger that follows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain import ledger
from services.billing.domain.invoice import (
    Invoice,
    InvoiceState,
    Kind,
    Line,
    Parties,
    PaymentState,
    fee_line,
    hours_line,
    total_of,
)
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound
from shared.platform.money import CurrencyMismatch, Money

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
PARTIES = Parties(
    contract_id="co", issuer_id="anna", issuer_name="Anna", client_id="carla", client_name="Carla", subject="Calendar"
)


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def hours(minutes: int, rate: int, cause: str = "timesheet:ts") -> Line:
    return hours_line(minutes=minutes, rate=eur(rate), cause=cause, description="Calendar", start=MONDAY, end=SUNDAY)


def invoice(*lines: Line, **changes: Any) -> Invoice:
    issued = Invoice.issue(
        id="in", number="2026-0001", parties=PARTIES, lines=lines or (hours(600, 4000),), at=NOW, payment_days=14
    )
    return replace(issued, **changes)


# -- lines and totals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "rate", "amount"),
    [
        (60, 4000, 4000),
        (90, 2501, 3752),  # 37.515 is rounded half up
        (1, 3000, 50),
        (1, 2999, 50),  # 49.98 cents
        (20, 1000, 333),
        (40, 1000, 667),
        (30, 1, 1),  # half a cent
        (29, 1, 0),
        (2400, 12345, 493800),
    ],
)
def test_time_at_an_hours_rate(minutes: int, rate: int, amount: int) -> None:
    assert hours(minutes, rate).amount == eur(amount)


def test_a_flat_fee_is_its_own_rate() -> None:
    line = fee_line(fee=eur(90000), cause="retainer:co:2026-11-16", description="Month", start=MONDAY, end=SUNDAY)

    assert (line.amount, line.rate, line.minutes, line.kind) == (eur(90000), eur(90000), 0, "retainer")


@given(st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 100_000)), min_size=1, max_size=8))
def test_a_total_is_the_sum_of_its_lines(worked: list[tuple[int, int]]) -> None:
    lines = [hours(minutes, rate) for minutes, rate in worked]

    assert total_of(lines).amount == sum(line.amount.amount for line in lines)


def test_a_total_needs_lines_of_one_currency() -> None:
    with pytest.raises(ValueError, match="needs a line"):
        total_of([])
    other = replace(hours(60, 4000), amount=Money(4000, "USD"))
    with pytest.raises(CurrencyMismatch):
        total_of([hours(60, 4000), other])
    with pytest.raises(ValueError, match="charges something"):
        invoice(hours(0, 4000))


@pytest.mark.parametrize(
    ("days", "due_on"), [(0, date(2026, 11, 23)), (14, date(2026, 12, 7)), (60, date(2027, 1, 22))]
)
def test_the_due_day_follows_the_terms(days: int, due_on: date) -> None:
    issued = Invoice.issue(
        id="in", number="2026-0001", parties=PARTIES, lines=(hours(60, 4000),), at=NOW, payment_days=days
    )

    assert issued.due_on == due_on
    assert not issued.is_overdue(datetime(due_on.year, due_on.month, due_on.day, 23, 59, tzinfo=UTC))
    assert issued.is_overdue(datetime(due_on.year, due_on.month, due_on.day, tzinfo=UTC) + timedelta(days=1))


# -- what becomes of it ------------------------------------------------------------------------------------------------


def test_payments_take_an_invoice_from_unpaid_to_paid() -> None:
    one = invoice()
    part = one.record_payment(eur(15000))
    whole = part.record_payment(eur(25000))

    assert [each.payment_state for each in (one, part, whole)] == [
        PaymentState.UNPAID,
        PaymentState.PARTLY_PAID,
        PaymentState.PAID,
    ]
    assert [each.due for each in (one, part, whole)] == [eur(40000), eur(25000), eur(0)]
    assert not whole.is_overdue(NOW + timedelta(days=365))
    with pytest.raises(Conflict, match="Nothing is due"):
        whole.record_payment(eur(1))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (eur(0), "Enter what arrived"),
        (eur(-100), "Enter what arrived"),
        (eur(40001), "at most 400.00"),
        (Money(100, "USD"), "in EUR"),
    ],
)
def test_wrong_payments_are_refused(amount: Money, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        invoice().record_payment(amount)
    assert said in str(refused.value.fields["amount"][0])


def test_a_credit_note_takes_back_what_is_due() -> None:
    one = invoice(hours(60, 4000), hours(30, 4000, "timesheet:b")).record_payment(eur(1000))

    credited, note = one.credit(id="cn", number="2026-0002", at=NOW, reason="Wrong week")

    assert (credited.state, credited.due, credited.credited) == (InvoiceState.CREDITED, eur(0), eur(5000))
    assert (note.kind, note.total, note.credits_invoice_id) == (Kind.CREDIT_NOTE, eur(-5000), "in")
    assert note.due == eur(0)
    assert total_of(note.lines) == note.total
    assert credited.payment_state is PaymentState.PAID


def test_an_unpaid_invoice_that_is_credited_is_refunded() -> None:
    credited, _ = invoice().credit(id="cn", number="2026-0002", at=NOW, reason="Wrong week")

    assert credited.payment_state is PaymentState.REFUNDED


@given(
    st.lists(st.tuples(st.integers(1, 6000), st.integers(60, 100_000)), min_size=1, max_size=6), st.integers(0, 10**9)
)
def test_credit_lines_sum_to_what_is_credited(worked: list[tuple[int, int]], paid: int) -> None:
    one = invoice(*(hours(minutes, rate) for minutes, rate in worked))
    part = paid % one.total.amount
    if part:
        one = one.record_payment(eur(part))

    credited, note = one.credit(id="cn", number="2026-0002", at=NOW, reason="x")

    assert total_of(note.lines) == note.total == -(one.total - one.paid)
    assert credited.due == eur(0)


def test_what_is_written_off_is_not_expected_any_more() -> None:
    lost = invoice().write_off("Insolvent")

    assert (lost.state, lost.due, lost.reason) == (InvoiceState.WRITTEN_OFF, eur(0), "Insolvent")
    assert not lost.is_overdue(NOW + timedelta(days=100))


Act = Callable[[Invoice], object]
ACTS: list[Act] = [
    lambda one: one.record_payment(eur(1)),
    lambda one: one.credit(id="x", number="2026-0009", at=NOW, reason="x"),
    lambda one: one.write_off("x"),
]


@pytest.mark.parametrize("act", ACTS)
def test_what_is_settled_stays_as_it_is(act: Act) -> None:
    credited, note = invoice().credit(id="cn", number="2026-0002", at=NOW, reason="x")
    for settled in (credited, note, invoice().write_off("x"), invoice().record_payment(eur(40000))):
        with pytest.raises(Conflict):
            act(settled)


def test_who_may_read_and_correct() -> None:
    one = invoice()
    for side in ("anna", "carla"):
        one.require_reader(side)
    one.require_issuer("anna")
    with pytest.raises(Forbidden):
        one.require_issuer("carla")
    for check in (one.require_reader, one.require_issuer):
        with pytest.raises(NotFound):
            check("stranger")


# -- the ledger --------------------------------------------------------------------------------------------------------


def balances(groups: list[ledger.Group]) -> dict[str, int]:
    found: dict[str, int] = {}
    for group in groups:
        for posting in group.postings:
            found[posting.account] = found.get(posting.account, 0) + posting.amount.amount
    return found


@given(
    minutes=st.integers(60, 6000),
    rate=st.integers(100, 100_000),
    payments=st.lists(st.integers(1, 10**7), max_size=5),
    ending=st.sampled_from(("nothing", "credit", "write off")),
)
def test_the_ledger_always_balances_and_says_what_is_due(
    minutes: int, rate: int, payments: list[int], ending: str
) -> None:
    one = invoice(hours(minutes, rate))
    groups = [ledger.of_issue("g0", one, NOW)]
    for number, payment in enumerate(payments):
        if payment < one.due.amount:
            one = one.record_payment(eur(payment))
            groups.append(ledger.of_payment(f"g{number + 1}", one, eur(payment), f"p{number}", NOW))
    if ending == "credit":
        one, note = one.credit(id="cn", number="2026-0002", at=NOW, reason="x")
        groups.append(ledger.of_credit("gc", one, note, NOW))
    elif ending == "write off":
        due = one.due
        one = one.write_off("x")
        groups.append(ledger.of_write_off("gw", one, due, NOW))

    found = balances(groups)
    assert sum(found.values()) == 0
    assert all(not any(ledger.sums(group.postings).values()) for group in groups)
    assert found["receivable:anna:carla"] == one.due.amount
    assert found["revenue:anna"] == -one.total.amount
    assert found.get("cash:anna", 0) == one.paid.amount
    assert len({group.cause for group in groups}) == len(groups)


def test_a_group_that_does_not_balance_cannot_be_made() -> None:
    def group(*postings: ledger.Posting) -> ledger.Group:
        return ledger.Group(id="g", cause="x", at=NOW, postings=postings)

    with pytest.raises(ValueError, match="does not balance"):
        group(ledger.Posting("a", eur(1)), ledger.Posting("b", eur(-2)))
    with pytest.raises(ValueError, match="does not balance"):
        group(ledger.Posting("a", eur(1)), ledger.Posting("b", Money(-1, "USD")))
    with pytest.raises(ValueError, match="two sides"):
        group(ledger.Posting("a", eur(0)))
