"""Terms that practices publish, composed from rules and charged to the cent."""

from __future__ import annotations

import pytest

from services.billing.domain.charging.happenings import NoticeGiven, Paid, PlanChanged, Spent, StageReached
from tests.support.charges import (
    HOUR,
    agreement,
    amounts,
    at,
    card,
    charged,
    day,
    invoices,
    lines,
    price,
    rule,
    worked,
)


def test_a_plan_paid_ahead_whose_unused_hours_lapse_and_that_changes_from_the_next_period() -> None:
    plans = [price("retainer", 40_000, id="small", hours=10), price("retainer", 75_000, id="large", hours=20)]
    terms = card(
        plans, rule("billing", every="month", timing="advance", anchor="signing"), rule("overage", treatment="charged")
    )

    found = charged(
        terms,
        agreement("small", "1-10"),
        [worked("a", "1-12 09:00", 4), PlanChanged(id="c", told_on=day("1-20"), price_id="large")],
        until="3-8",
    )

    assert invoices(found) == [("1-10", 40_000), ("2-10", 75_000)]
    assert [(lot.seconds, lot.used, lot.carried, lot.lapsed) for lot in found.lots] == [
        (10 * HOUR, 4 * HOUR, 0, 6 * HOUR),
        (20 * HOUR, 0, 0, 0),
    ]


def test_hours_invoiced_at_each_weeks_end() -> None:
    terms = card(
        [price("hourly", 3_000)], rule("billing", every="week", weekday="fri", includes_day=True), rule("due", days=7)
    )

    found = charged(
        terms,
        agreement("hourly", "1-5"),
        [worked("mon", "1-5 09:00", 2), worked("fri", "1-9 09:00", 1.5), worked("sat", "1-10 09:00", 1)],
        until="1-16",
    )

    assert invoices(found) == [("1-9", 10_500), ("1-16", 3_000)]
    assert [invoice.due_on for invoice in found.invoices] == [day("1-16"), day("1-23")]
    assert [line.entries for line in lines(found)] == [("mon", "fri"), ("sat",)]


def test_quarter_hours_with_a_least_time_invoiced_on_the_first_and_the_fifteenth() -> None:
    terms = card(
        [price("hourly", 4_000)],
        rule("increment", minutes=15),
        rule("minimum", minutes=180),
        rule("billing", every="half_month", days=[1, 15]),
        rule("due", days=0),
    )

    found = charged(
        terms,
        agreement("hourly", "1-1"),
        [worked("short", "1-3 09:00", 1), worked("long", "1-14 09:00", 3.1), worked("next", "1-15 09:00", 4)],
        until="2-1",
    )

    # 1 h is charged as 3 h, 3 h 6 min as 3 h 15 min; the 15th begins a new half.
    assert invoices(found) == [("1-15", 12_000 + 13_000), ("2-1", 16_000)]
    assert found.invoices[0].due_on == day("1-15")
    assert found.time.logged == round(8.1 * HOUR)


def test_a_project_in_two_halves() -> None:
    halves = [{"percent": 50, "when": "acceptance"}, {"percent": 50, "when": "completion"}]
    terms = card([price("project", 99_999, stages=halves)])

    found = charged(
        terms,
        agreement("project", "2-1", signed="1-20"),
        [worked("a", "2-2 09:00", 30), StageReached(id="done", on=day("3-5"), stage=1)],
    )

    assert invoices(found) == [("1-20", 50_000), ("3-5", 49_999)]
    assert found.time.covered == 30 * HOUR


def test_hours_over_the_plan_are_taken_off_the_next_month() -> None:
    terms = card(
        [price("retainer", 50_000, hours=10)],
        rule("billing", every="month", timing="advance", anchor="signing"),
        rule("overage", treatment="deferred"),
    )

    found = charged(terms, agreement("retainer", "1-31"), [worked("a", "2-2 09:00", 13)], until="2-28")

    assert invoices(found) == [("1-31", 50_000), ("2-28", 50_000)]
    assert [lot.left for lot in found.lots] == [0, 7 * HOUR]
    assert (found.time.covered, found.time.deferred) == (13 * HOUR, 0)


def test_what_was_deferred_and_never_taken_off_is_charged_in_the_end() -> None:
    terms = card([price("retainer", 50_000, hours=10)], rule("overage", treatment="deferred"))

    found = charged(terms, agreement("retainer", "1-1", ends="1-31"), [worked("a", "1-5 09:00", 12)])

    assert amounts(found) == [("fee", 50_000), ("overage", 10_000)]
    assert (found.time.covered, found.time.overage, found.time.deferred) == (10 * HOUR, 2 * HOUR, 0)


SURCHARGED = (
    rule("surcharge", causes=["short_notice"], percent=25, hours=24),
    rule("surcharge", causes=["evening", "weekend", "holiday"], percent=50, country="IT"),
)


@pytest.mark.parametrize(
    ("start", "hours", "notice", "expected"),
    [
        ("1-7 10:00", 2, 48, [("hours", 8_000)]),
        ("1-7 10:00", 2, 24, [("hours", 8_000)]),
        ("1-7 10:00", 2, 23.9, [("hours", 8_000), ("surcharge", 2_000)]),
        ("1-7 17:00", 3, 48, [("hours", 12_000), ("surcharge", 4_000)]),
        ("1-7 06:30", 3, 48, [("hours", 12_000), ("surcharge", 3_000)]),
        ("1-10 10:00", 2, 48, [("hours", 8_000), ("surcharge", 4_000)]),
        ("1-6 10:00", 2, 48, [("hours", 8_000), ("surcharge", 4_000)]),  # Epiphany
        ("1-7 17:00", 2, 1, [("hours", 8_000), ("surcharge", 1_000), ("surcharge", 2_000)]),  # the higher on each hour
        ("1-9 23:00", 2, 48, [("hours", 8_000), ("surcharge", 4_000)]),  # Friday night into Saturday
        ("1-11 23:00", 10, 48, [("hours", 40_000), ("surcharge", 18_000)]),  # Sunday night to Monday 09:00
    ],
)
def test_surcharges_by_notice_evening_weekend_and_holiday(
    start: str, hours: float, notice: float, expected: list[tuple[str, int]]
) -> None:
    terms = card([price("hourly", 4_000)], *SURCHARGED, rule("increment", minutes=15), rule("billing", every="month"))

    found = charged(terms, agreement("hourly", "1-1"), [worked("a", start, hours, notice=notice)], until="2-1")

    assert amounts(found) == expected


def test_a_plan_on_the_first_a_small_late_fee_and_expenses_that_were_agreed() -> None:
    terms = card(
        [price("retainer", 60_000, hours=15)],
        rule("billing", every="month", timing="advance", days=[1]),
        rule("due", days=0),
        rule("late_fee", percent_bp=25),
        rule("expenses", approval="written", apart_above=5_000),
    )
    happened = [
        Spent(id="stamps", on=day("1-10"), amount=1_250, agreed=True),
        Spent(id="flight", on=day("1-12"), amount=5_001, agreed=True),
        Spent(id="fifty", on=day("1-13"), amount=5_000, agreed=True),
        Spent(id="lunch", on=day("1-14"), amount=3_000),
        Paid(id="late", on=day("1-5"), invoice=1),
    ]

    found = charged(terms, agreement("retainer", "1-1"), happened, until="2-1")

    assert invoices(found) == [("1-1", 60_000), ("1-12", 5_001), ("2-1", 60_000 + 1_250 + 5_000 + 150)]
    assert [invoice.kind for invoice in found.invoices] == ["charges", "expenses", "charges"]
    assert [held.entry for held in found.held] == ["lunch"]


@pytest.mark.parametrize(
    ("notice", "last", "returned", "kept"),
    [
        ("1-1", "3-2", 50_000, 0),
        ("1-1", "3-1", 25_000, 25_000),
        ("1-1", "1-31", 25_000, 25_000),
        ("1-1", "1-30", 0, 50_000),
    ],
)
def test_a_deposit_comes_back_by_the_notice_that_was_given(notice: str, last: str, returned: int, kept: int) -> None:
    terms = card(
        [price("hourly", 4_000)],
        rule(
            "deposit",
            amount=50_000,
            refunds=[{"notice_days": 60, "percent": 100}, {"notice_days": 30, "percent": 50}],
        ),
    )

    found = charged(
        terms, agreement("hourly", "2025-12-01"), [NoticeGiven(id="n", told_on=day(notice), last=day(last))]
    )

    (deposit,) = found.deposits
    assert (deposit.amount, deposit.returned, deposit.kept, deposit.left) == (50_000, returned, kept, 0)
    assert found.total == kept
    assert sum(invoice.total for invoice in found.invoices) == kept


@pytest.mark.parametrize(("plan", "used", "carried"), [("p40", 25, 10), ("p40", 33, 7), ("p80", 30, 20)])
def test_of_two_plans_each_carries_its_own_hours_over(plan: str, used: int, carried: int) -> None:
    terms = card(
        [price("retainer", 120_000, id="p40", hours=40), price("retainer", 220_000, id="p80", hours=80)],
        rule("rollover", prices=["p40"], most_minutes=600, periods=1),
        rule("rollover", prices=["p80"], most_minutes=1_200, periods=1),
    )

    found = charged(terms, agreement(plan, "1-1"), [worked("a", "1-5 00:00", used)], until="2-1")

    assert [lot.seconds for lot in found.lots if lot.kind == "carried"] == [carried * HOUR]


def test_hours_over_the_plan_at_one_and_a_half_times_the_hourly_price() -> None:
    terms = card(
        [price("retainer", 120_000, hours=40), price("hourly", 3_500)],
        rule("overage", prices=["retainer"], treatment="charged", rate="hourly", percent=150),
    )

    found = charged(terms, agreement("retainer", "1-1"), [worked("a", "1-5 00:00", 41.5)], until="2-1")

    assert amounts(found) == [("fee", 120_000), ("overage", 7_875), ("fee", 120_000)]


@pytest.mark.parametrize(("method", "fee"), [("card", 3_600), ("direct_debit", 3_600), ("cheque", 0), ("cash", 0)])
def test_a_fee_for_costly_methods_of_payment(method: str, fee: int) -> None:
    terms = card(
        [price("retainer", 120_000, hours=40)], rule("payment_fee", methods=["card", "direct_debit"], percent_bp=300)
    )

    found = charged(terms, agreement("retainer", "1-1", method=method), until="2-1")

    assert found.total == 240_000 + fee


@pytest.mark.parametrize(
    ("country", "paid", "fee"),
    [
        ("", "1-6", 0),
        ("", "1-7", 6_000),  # 1, 2, 5, 6, 7 January
        ("IT", "1-8", 0),
        ("IT", "1-9", 6_000),  # 1 and 6 January are holidays: 2, 5, 7, 8, 9
        ("IT", "1-30", 6_000),
    ],
)
def test_a_late_fee_from_the_fifth_business_day_of_the_month(country: str, paid: str, fee: int) -> None:
    terms = card(
        [price("retainer", 120_000, hours=40)],
        rule("billing", every="month", timing="advance"),
        rule("late_fee", percent_bp=500, business_day=5, country=country),
    )

    found = charged(terms, agreement("retainer", "1-1"), [Paid(id="p", on=day(paid), invoice=1)], until="2-1")

    assert found.total == 240_000 + fee


def test_hours_over_the_plan_at_its_own_rate_and_a_tenth_of_the_unused_carried_over() -> None:
    terms = card(
        [price("retainer", 60_000, hours=15)],
        rule("overage", treatment="charged", rate="plan"),
        rule("rollover", percent=10, periods=1),
    )

    found = charged(
        terms, agreement("retainer", "1-1"), [worked("a", "1-5 09:00", 12), worked("b", "2-5 00:00", 16)], until="3-1"
    )

    assert [lot.seconds for lot in found.lots if lot.kind == "carried"] == [18 * 60]
    # 16 h in February: 15 h and the 18 minutes are paid for; 42 minutes at 40.00 an hour.
    assert amounts(found)[2] == ("overage", 2_800)
    assert invoices(found)[-1] == ("3-1", 62_800)


@pytest.mark.parametrize(
    ("start", "first"),
    [("1-5", 25_000), ("1-6", 20_000), ("1-7", 15_000), ("1-8", 10_000), ("1-9", 5_000), ("1-11", 5_000)],
)
def test_a_weeks_payment_by_the_day_on_which_the_contract_begins(start: str, first: int) -> None:
    terms = card(
        [price("retainer", 25_000, period="week", hours=10)],
        rule("billing", every="week", timing="advance"),
        rule("proration", first="weekdays", percents=[100, 80, 60, 40, 20, 20, 20]),
        rule("overage", treatment="recorded"),
    )

    found = charged(terms, agreement("retainer", start), until="1-12")

    assert [invoice.total for invoice in found.invoices] == [first, 25_000]


def test_hours_over_a_limit_are_recorded_and_charged_only_if_agreed() -> None:
    terms = card([price("hourly", 2_500, weekly_limit_minutes=600)], rule("overage", treatment="recorded"))
    happened = [worked("a", "1-5 09:00", 9), worked("b", "1-6 09:00", 4), worked("c", "1-7 09:00", 1, agreed=True)]

    found = charged(terms, agreement("hourly", "1-5"), happened, until="1-12")

    assert amounts(found) == [("hours", 25_000), ("overage", 2_500)]
    assert [(held.entry, held.reason, held.seconds) for held in found.held] == [("b", "recorded", 3 * HOUR)]


def test_instants_are_read_on_the_practices_clock() -> None:
    assert at("1-7 10:00").hour == 9
