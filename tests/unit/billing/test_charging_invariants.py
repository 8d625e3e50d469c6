"""What holds for any terms and whatever happens: random cards and contracts, charged in ways that must agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.domain.charging.engine import charge, known_on
from services.billing.domain.charging.happenings import NoticeGiven, PlanChanged, Worked
from services.billing.domain.charging.statement import HELD_MONEY, Invoice, Statement
from services.billing.domain.charging.terms import Card
from services.billing.public_holidays import public_holidays
from shared.platform.money import round_half_up
from tests.load.contracts import Contract, contract
from tests.support.charges import HOUR, agreement, card, charged, day, lines, price, rule, worked
from tests.support.naive_charges import Naive

CATEGORIES = ("covered", "hours", "overage", "deferred", "asked", "stopped", "recorded", "free", "rounded_off", "open")
contracts = st.integers(0, 2**32).map(lambda seed: contract(Random(seed), months=6))


def charged_to(one: Contract, until: date | None = None) -> Statement:
    return charge(Card.of(one.content), one.agreement, one.happenings, until or one.until, public_holidays)


def as_issued(invoices: Any) -> list[Invoice]:
    """Without what became of them since."""
    return [replace(invoice, paid=0, paid_on=None) for invoice in invoices]


@settings(max_examples=80, deadline=None)
@given(contracts)
def test_totals_are_the_sums_of_their_lines(one: Contract) -> None:
    found = charged_to(one)

    assert all(invoice.total == sum(line.amount for line in invoice.lines) for invoice in found.invoices)
    held = sum(line.amount for invoice in found.invoices for line in invoice.lines if line.code in HELD_MONEY)
    assert sum(invoice.total for invoice in found.invoices) == found.total + held
    assert held == sum(deposit.left for deposit in found.deposits)
    assert [invoice.number for invoice in found.invoices] == list(range(1, len(found.invoices) + 1))
    assert sorted(invoice.issued_on for invoice in found.invoices) == [one.issued_on for one in found.invoices]
    assert all(one.issued_on <= one.due_on for one in found.invoices)


@settings(max_examples=80, deadline=None)
@given(contracts)
def test_no_second_is_charged_twice_or_forgotten(one: Contract) -> None:
    found = charged_to(one)
    until = found.charged_until
    logged = [e for e in one.happenings if isinstance(e, Worked) and known_on(e, one.agreement) <= until]

    assert found.time.logged == sum(entry.seconds for entry in logged)
    assert found.time.logged == sum(getattr(found.time, name) for name in CATEGORIES)
    every = [*lines(found), *found.open]
    for code, way in (("hours", "hours"), ("overage", "overage")):
        assert sum(line.worked_seconds for line in every if line.code == code) == getattr(found.time, way)
    held = Counter(
        {
            reason: sum(h.seconds for h in found.held if h.reason == reason)
            for reason in ("asked", "stopped", "recorded")
        }
    )
    assert all(held[reason] >= getattr(found.time, reason) for reason in held)


@settings(max_examples=80, deadline=None)
@given(contracts)
def test_lots_are_used_carried_lapsed_or_there(one: Contract) -> None:
    found = charged_to(one)

    assert all(lot.left >= 0 and lot.used >= 0 and lot.carried >= 0 and lot.lapsed >= 0 for lot in found.lots)
    carried = [lot for lot in found.lots if lot.kind == "carried"]
    assert sum(lot.seconds for lot in carried) == sum(lot.carried for lot in found.lots)
    if found.ends_on is not None and found.ends_on <= found.charged_until:
        assert all(lot.left == 0 for lot in found.lots)


@settings(max_examples=100, deadline=None)
@given(contracts, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_told_does_not_matter(one: Contract, random: Random) -> None:
    shuffled = list(one.happenings)
    random.shuffle(shuffled)

    assert charged_to(one) == charged_to(replace(one, happenings=shuffled))


@settings(max_examples=80, deadline=None)
@given(contracts, st.integers(1, 179))
def test_what_was_invoiced_stays_as_it_was_invoiced(one: Contract, days: int) -> None:
    """Charging up to a day makes the invoices of those days that charging further makes."""
    one = replace(one, agreement=replace(one.agreement, pays_on_time=False))  # no payment is taken for granted
    earlier = one.until - timedelta(days=days)
    before, after = charged_to(one, earlier), charged_to(one)

    assert as_issued(before.invoices) == as_issued(i for i in after.invoices if i.issued_on <= earlier)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32).map(lambda seed: contract(Random(seed), months=3, plain=True)))
def test_a_second_way_minute_by_minute_comes_to_the_same(one: Contract) -> None:
    assert charged_to(one).total == Naive(one).total()


@settings(max_examples=80, deadline=None)
@given(contracts)
def test_a_line_is_its_quantity_at_its_price_rounded_once(one: Contract) -> None:
    prices = {p["id"]: p for p in one.content["prices"]}
    for line in lines(charged_to(one)):
        if line.code in ("hours", "minimum") and "percent" not in line.params:
            assert line.amount == round_half_up(Fraction(line.unit_amount * line.seconds, HOUR))
        if line.code == "fee" and "part" not in line.params:
            assert line.amount == round_half_up(line.unit_amount * Fraction(line.params.get("percent", "100")) / 100)
        if line.code == "piece" and "percent" not in line.params:
            assert line.amount == line.unit_amount * line.count
        assert line.price_id in ("", *prices)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(1, 9 * 60)), min_size=1, max_size=25),
    st.integers(1_000, 9_999),
    st.sampled_from([{"minutes": 15}, {"minutes": 6, "rounding": "nearest"}, {"minutes": 30, "per": "day"}]),
)
def test_how_often_invoices_come_changes_nothing_but_rounding(
    work: list[tuple[int, int]], amount: int, step: dict[str, Any]
) -> None:
    entries = [
        worked(str(n), f"{day('1-1') + timedelta(days=d)} {n % 20:02}:00", minutes / 60)
        for n, (d, minutes) in enumerate(work)
    ]
    found = {
        every: charged(
            card([price("hourly", amount)], rule("billing", every=every), rule("increment", **step)),
            agreement("hourly", "1-1", ends="6-1"),
            entries,
        )
        for every in ("entry", "week", "half_month", "month", "quarter", "completion")
    }

    seconds = {every: sum(line.seconds for line in lines(one)) for every, one in found.items()}
    assert len(set(seconds.values())) == 1
    exact = Fraction(seconds["month"] * amount, HOUR)
    assert all(abs(one.total - exact) <= Fraction(len(lines(one)), 2) for one in found.values())


@settings(max_examples=60, deadline=None)
@given(st.integers(1_000, 99_999), st.dates(date(2026, 1, 2), date(2026, 1, 31)))
def test_a_period_that_is_split_costs_what_it_costs_whole(amount: int, on: date) -> None:
    """To a twin of the plan at once, in the middle of a period: nothing changes but the rounding of the parts."""
    plans = [price("retainer", amount, id="one", hours=10), price("retainer", amount, id="two", hours=10)]
    terms = card(plans, rule("billing", every="month", timing="advance"), rule("plan_change", when="at_once"))

    whole = charged(terms, agreement("one", "1-1"), until="1-31")
    split = charged(terms, agreement("one", "1-1"), [PlanChanged(id="c", told_on=on, price_id="two")], until="1-31")

    assert whole.total == amount
    assert abs(split.total - amount) <= 1
    assert 0 <= whole.lots[0].seconds - sum(lot.seconds for lot in split.lots) <= 2


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 99_999), st.dates(date(2026, 1, 1), date(2026, 2, 27)), st.integers(0, 40))
def test_what_is_told_late_comes_back_as_if_it_had_been_known(amount: int, last: date, late: int) -> None:
    """The fee of a last part is the same whether it was invoiced so, or invoiced whole and credited."""
    terms = card([price("retainer", amount, hours=10)], rule("billing", every="month", timing="advance"))
    notice = NoticeGiven(id="n", told_on=max(last - timedelta(days=late), day("1-1")), last=last)

    told = charged(terms, agreement("retainer", "1-1"), [notice], until="4-1")
    fixed = charged(terms, agreement("retainer", "1-1", ends=str(last)), until="4-1")

    assert told.total == fixed.total


def test_random_contracts_reach_every_kind_of_line() -> None:
    """The invariants above would be empty if the contracts were."""
    found = Counter(line.code for seed in range(200) for line in lines(charged_to(contract(Random(seed), months=5))))

    missing = {"fee", "hours", "overage", "surcharge", "minimum", "estimate", "block", "piece", "trial", "late_fee",
               "discount", "deposit", "payment_fee", "absence_credit", "pause_credit", "end_credit", "change_credit",
               "unused_credit", "early_exit", "expense", "credit"} - set(found)  # fmt: skip
    assert not missing
