"""Worked examples of each rule, to the cent and the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.billing.domain.charging.happenings import (
    Away,
    Bought,
    Cancelled,
    Credited,
    Delivered,
    Happening,
    NoticeGiven,
    Paid,
    Paused,
    PlanChanged,
    PriceChanged,
    Spent,
    StageReached,
    Worked,
)
from services.billing.domain.charging.statement import Statement
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

MONTHLY = rule("billing", every="month")
AHEAD = rule("billing", every="month", timing="advance")
PLAN = price("retainer", 60_000, hours=15)
HOURLY = price("hourly", 4_000)


def hourly(*rules: dict[str, Any], happened: list[Happening], until: str = "2-1", **values: Any) -> Statement:
    """A month by the hour, at 40.00."""
    return charged(card([HOURLY], MONTHLY, *rules), agreement("hourly", "1-1", **values), happened, until=until)


def retainer(*rules: dict[str, Any], happened: list[Happening], until: str = "2-1", **values: Any) -> Statement:
    """A plan of 15 hours a month for 600.00, paid ahead on the first: 40.00 an hour."""
    start = values.pop("start", "1-1")
    return charged(card([PLAN], AHEAD, *rules), agreement("retainer", start, **values), happened, until=until)


# -- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounding", "per", "minutes", "expected"),
    [
        ("up", "entry", [90], 90),  # 13:00 to 14:30 stays 1 h 30 min
        ("up", "entry", [5, 5], 30),
        ("up", "day", [5, 5], 15),
        ("down", "entry", [14, 16], 15),
        ("down", "day", [14, 16], 30),
        ("nearest", "entry", [7], 0),
        ("nearest", "entry", [7.5], 15),
        ("nearest", "entry", [22], 15),
        ("up", "week", [16, 16], 45),
        ("up", "period", [16, 16, 16], 60),
        ("down", "period", [16, 16, 13], 45),
    ],
)
def test_increments(rounding: str, per: str, minutes: list[float], expected: int) -> None:
    found = hourly(
        rule("increment", minutes=15, rounding=rounding, per=per),
        happened=[worked(str(n), f"1-5 {9 + n}:00", length / 60) for n, length in enumerate(minutes)],
    )

    assert sum(line.seconds for line in lines(found)) == expected * 60
    assert found.total == expected * 4_000 // 60
    assert sum(line.worked_seconds for line in lines(found)) + found.time.rounded_off == sum(minutes) * 60


def test_time_of_a_day_is_rounded_once_and_kept_as_it_was_worked() -> None:
    """Two entries of five minutes on the same day, up to 30, are 30 minutes, not 60."""
    found = hourly(
        rule("increment", minutes=30, per="day"),
        happened=[worked("a", "1-5 09:00", 5 / 60), worked("b", "1-5 15:00", 5 / 60), worked("c", "1-6 09:00", 5 / 60)],
    )

    (line,) = lines(found)
    assert (line.seconds, line.worked_seconds, line.entries) == (HOUR, 15 * 60, ("a", "b", "c"))


@pytest.mark.parametrize(
    ("per", "expected"),
    [
        ("entry", (60 + 60 + 120 + 60)),
        ("day", (60 + 120 + 60)),
        ("week", (150 + 60)),
        ("period", 170),
    ],
)
def test_minimums(per: str, expected: int) -> None:
    found = hourly(
        rule("minimum", minutes={"entry": 60, "day": 60, "week": 60, "period": 170}[per], per=per),
        happened=[
            worked("a", "1-5 09:00", 0.25),
            worked("b", "1-5 15:00", 0.25),
            worked("c", "1-6 09:00", 2),
            worked("d", "1-13 09:00", 1 / 6),
        ],
    )

    assert sum(line.seconds for line in lines(found)) == expected * 60


def test_a_month_without_work_still_costs_its_least_time_by_its_days() -> None:
    least = rule("minimum", minutes=300, per="period")

    found = charged(card([HOURLY], MONTHLY, least), agreement("hourly", "1-17"), until="3-1")

    # 15 of January's 31 days: 300 min x 15/31 = 145 min 9.7 s, to the second below.
    assert [(line.code, line.seconds) for line in lines(found)] == [("minimum", 8_709), ("minimum", 18_000)]
    assert [line.amount for line in lines(found)] == [9_677, 20_000]


def test_the_least_time_of_a_week_that_a_period_cuts_counts_once_where_the_week_ends() -> None:
    least = rule("minimum", minutes=120, per="week")

    found = hourly(least, happened=[worked("a", "1-30 09:00", 1), worked("b", "2-1 09:00", 0.5)], until="3-1")

    assert [(str(one.issued_on), [(line.code, line.seconds) for line in one.lines]) for one in found.invoices] == [
        ("2026-02-01", [("hours", HOUR)]),
        ("2026-03-01", [("hours", HOUR // 2), ("minimum", HOUR // 2)]),
    ]


def test_a_least_amount_of_a_period() -> None:
    found = hourly(rule("minimum", amount=10_000, per="period"), happened=[worked("a", "1-5 09:00", 2)])

    assert amounts(found) == [("hours", 8_000), ("minimum_amount", 2_000)]


@pytest.mark.parametrize(
    ("all_hours", "hours", "expected"),
    [
        (False, 10, [("hours", 40_000)]),
        (False, 12, [("hours", 40_000), ("hours", 7_000)]),
        (False, 25, [("hours", 40_000), ("hours", 35_000), ("hours", 15_000)]),
        (True, 9.99, [("hours", 39_960)]),
        (True, 10, [("hours", 35_000)]),
        (True, 20, [("hours", 60_000)]),
    ],
)
def test_tiers(all_hours: bool, hours: float, expected: list[tuple[str, int]]) -> None:
    tiers = [
        rule("tiers", from_minutes=600, amount=3_500, all_hours=all_hours),
        rule("tiers", from_minutes=1200, amount=3_000, all_hours=all_hours),
    ]

    assert amounts(hourly(*tiers, happened=[worked("a", "1-5 00:00", hours)])) == expected


# -- periods and invoices --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("billing", "start", "expected"),
    [
        ({"every": "month"}, "1-10", ["2-1", "3-1", "4-1"]),
        ({"every": "month", "days": [15]}, "1-10", ["1-15", "2-15", "3-15"]),
        ({"every": "month", "days": [31]}, "1-10", ["1-31", "2-28", "3-31"]),
        ({"every": "month", "includes_day": True}, "1-10", ["1-31", "2-28", "3-31"]),
        ({"every": "month", "anchor": "signing"}, "1-31", ["2-28", "3-31"]),
        ({"every": "half_month"}, "1-10", ["1-16", "2-1", "2-16", "3-1", "3-16", "4-1"]),
        ({"every": "half_month", "days": [1, 15]}, "2-20", ["3-1", "3-15", "4-1"]),
        ({"every": "half_month", "days": [30, 15]}, "2-1", ["2-15", "2-28", "3-15", "3-30"]),
        ({"every": "half_month", "anchor": "signing"}, "1-10", ["1-25", "2-10", "2-25", "3-10", "3-25"]),
        ({"every": "week"}, "3-11", ["3-16", "3-23", "3-30"]),
        ({"every": "week", "weekday": "wed"}, "3-11", ["3-18", "3-25", "4-1"]),
        ({"every": "week", "weekday": "fri", "includes_day": True}, "3-11", ["3-13", "3-20", "3-27"]),
        ({"every": "two_weeks"}, "3-11", ["3-23"]),
        ({"every": "two_weeks", "anchor": "signing"}, "3-11", ["3-25"]),
        ({"every": "quarter"}, "1-10", ["4-1"]),
        ({"every": "quarter", "includes_day": True}, "1-10", ["3-31"]),
        ({"every": "quarter", "anchor": "signing"}, "1-10", []),
        ({"every": "entry"}, "3-30", ["3-30", "3-31", "4-1"]),
    ],
)
def test_hours_are_invoiced_when_their_period_is_over(billing: dict[str, Any], start: str, expected: list[str]) -> None:
    first = day(start)
    last = day("4-1")
    happened: list[Happening] = [
        worked(str(n), f"{first + timedelta(days=n)} 09:00", 1) for n in range((last - first).days + 1)
    ]

    found = charged(card([HOURLY], rule("billing", **billing)), agreement("hourly", start), happened, until="4-1")

    assert [on for on, _ in invoices(found)] == expected
    assert found.total + sum(line.amount for line in found.open) == 4_000 * len(happened)


@pytest.mark.parametrize(
    ("billing", "period", "start", "expected"),
    [
        (
            {"every": "month", "timing": "advance", "anchor": "signing"},
            "month",
            "1-31",
            [("1-31", 600), ("2-28", 600), ("3-31", 600)],
        ),
        (
            {"every": "month", "timing": "advance"},
            "month",
            "1-31",
            [("1-31", 19.35), ("2-1", 600), ("3-1", 600), ("4-1", 600)],
        ),
        ({"every": "month"}, "month", "1-31", [("2-1", 19.35), ("3-1", 600), ("4-1", 600)]),
        (
            {"every": "month", "timing": "advance", "ahead_days": 10},
            "month",
            "2-1",
            [("2-1", 600), ("2-19", 600), ("3-22", 600)],
        ),
        ({"every": "quarter", "timing": "advance"}, "month", "2-1", [("2-1", 1_200), ("4-1", 1_800)]),
        ({"every": "quarter"}, "month", "2-1", [("4-1", 1_200)]),
        (
            {"every": "half_month", "timing": "advance"},
            "month",
            "2-1",
            [("2-1", 300), ("2-16", 300), ("3-1", 300), ("3-16", 300), ("4-1", 300)],
        ),
        ({"every": "week", "timing": "advance"}, "week", "3-16", [("3-16", 600), ("3-23", 600), ("3-30", 600)]),
        ({"every": "completion"}, "month", "2-1", []),
    ],
)
def test_a_fee_is_invoiced_ahead_or_when_its_period_is_over(
    billing: dict[str, Any], period: str, start: str, expected: list[tuple[str, float]]
) -> None:
    terms = card([{**PLAN, "period": period}], rule("billing", **billing))

    found = charged(terms, agreement("retainer", start), until="4-1")

    assert [(on, total / 100) for on, total in invoices(found)] == expected


def test_a_fee_in_parts_loses_no_cent() -> None:
    terms = card([price("retainer", 10_001, hours=5)], rule("billing", every="week", timing="advance"))

    found = charged(terms, agreement("retainer", "2-2"), until="2-28")

    assert sum(line.amount for line in lines(found)) == round(10_001 * 27 / 28)
    assert [line.amount for line in lines(found)] == [2_411, 2_411, 2_411, 2_411]


def test_an_estimate_is_settled_with_the_next_invoice() -> None:
    terms = card([HOURLY], rule("billing", every="month", timing="estimate", estimate_minutes=600))

    found = charged(
        terms, agreement("hourly", "1-1"), [worked("a", "1-5 09:00", 12), worked("b", "2-5 09:00", 7)], until="3-1"
    )

    assert invoices(found) == [("1-1", 40_000), ("2-1", 40_000 + 8_000), ("3-1", 40_000 - 12_000)]
    assert found.total == 19 * 4_000 + 40_000


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ({"days": 0}, "1-30"),
        ({"days": 14}, "2-13"),
        ({"days": 30, "from_month_end": True}, "3-2"),
        ({"days": 0, "day_of_month": 10}, "2-10"),
        ({"days": 0, "day_of_month": 30}, "1-30"),
        ({"days": 30, "from_month_end": True, "day_of_month": 31}, "3-31"),
        ({"days": 5, "business_days": True}, "2-6"),
        ({"days": 1, "business_days": True}, "2-2"),
        ({"days": 3, "before_start": True}, "1-30"),
    ],
)
def test_when_an_invoice_is_due(due: dict[str, Any], expected: str) -> None:
    terms = card([HOURLY], rule("billing", every="entry"), rule("due", **due))

    found = charged(terms, agreement("hourly", "1-1"), [worked("a", "1-30 09:00", 1)], until="1-31")

    assert found.invoices[0].due_on == day(expected)


def test_due_before_the_period_that_is_paid_ahead() -> None:
    terms = card(
        [PLAN], rule("billing", every="month", timing="advance", ahead_days=10), rule("due", days=3, before_start=True)
    )

    found = charged(terms, agreement("retainer", "2-1", signed="1-5"), until="3-1")

    assert [(one.issued_on, one.due_on) for one in found.invoices] == [
        (day("1-22"), day("1-29")),
        (day("2-19"), day("2-26")),
    ]


def test_business_days_before_a_period() -> None:
    due = rule("due", days=2, before_start=True, business_days=True, country="IT")
    terms = card([PLAN], rule("billing", every="month", timing="advance", ahead_days=20), due)

    found = charged(terms, agreement("retainer", "1-1", signed="2025-12-01"), until="1-1")

    # Before 1 January: the 31st and 30th; Christmas does not matter yet.
    assert found.invoices[0].due_on == date(2025, 12, 30)


# -- a part of a period ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "start", "expected"),
    [(14_650, "2-22", 3_663), (10_650, "2-8", 7_988), (15_350, "2-22", 3_838), (20_000, "2-8", 15_000)],
)
def test_a_first_part_by_days_is_exact_to_half_a_cent(amount: int, start: str, expected: int) -> None:
    found = charged(card([price("retainer", amount, hours=10)], AHEAD), agreement("retainer", start), until="2-28")

    assert amounts(found) == [("fee", expected)]


def test_a_part_and_a_share_are_rounded_once() -> None:
    """29 of 30 parts of 200.00, and a fourth of it on top, are 241.67; rounded in between they would be 241.66."""
    overage = rule("overage", treatment="charged", rate="amount", amount=20_000, percent=125)

    found = retainer(overage, happened=[worked("a", "1-5 00:00", 15 + 29 / 30)])

    assert amounts(found)[1] == ("overage", 24_167)


def test_a_discount_is_taken_of_what_the_other_lines_show() -> None:
    terms = card([price("retainer", 20_000, hours=10)], MONTHLY, rule("discount", when="agreed", percent=25))

    found = charged(terms, agreement("retainer", "4-2", agreed=True), until="5-1")

    assert amounts(found) == [("fee", 19_333), ("discount", -4_833)]


@pytest.mark.parametrize(
    ("proration", "start", "fee", "hours"),
    [
        ({"first": "full"}, "1-17", 60_000, 15),
        ({"first": "days"}, "1-17", 29_032, 15 * 15 / 31),
        ({"first": "days", "full_hours": True}, "1-17", 29_032, 15),
        ({"first": "working_days"}, "1-17", 27_273, 15 * 10 / 22),
        ({"first": "working_days"}, "1-31", 0, 0),
    ],
)
def test_how_a_first_part_is_charged(proration: dict[str, Any], start: str, fee: int, hours: float) -> None:
    found = retainer(rule("proration", **proration), happened=[], start=start, until="1-31")

    assert found.total == fee
    assert found.lots[0].seconds == int(hours * HOUR)


def test_a_first_part_that_is_not_charged_counts_to_the_first_whole_period() -> None:
    found = retainer(
        rule("proration", first="skip"),
        rule("overage", treatment="charged"),
        happened=[worked("a", "1-20 09:00", 10), worked("b", "2-10 09:00", 7)],
        start="1-17",
        until="3-1",
    )

    assert amounts(found) == [("fee", 60_000), ("overage", 8_000), ("fee", 60_000)]
    assert [on for on, _ in invoices(found)] == ["2-1", "3-1"]


@pytest.mark.parametrize(
    ("last", "told", "expected"),
    [
        ("days", "1-5", [("2-1", 60_000), ("2-15", -30_000)]),  # told after it was paid: half of February comes back
        ("full", "1-5", [("2-1", 60_000)]),
        ("working_days", "1-5", [("2-1", 60_000), ("2-15", -30_000)]),
    ],
)
def test_how_a_last_part_is_charged(last: str, told: str, expected: list[tuple[str, int]]) -> None:
    happened: list[Happening] = [NoticeGiven(id="n", told_on=day("2-3"), last=day("2-14"))]

    found = retainer(rule("proration", first="days", last=last), happened=happened, start="2-1", until="4-1")

    assert invoices(found) == expected


def test_of_a_last_part_that_is_known_only_its_days_are_invoiced() -> None:
    found = retainer(happened=[], ends="2-14", until="4-1")

    assert invoices(found) == [("1-1", 60_000), ("2-1", 30_000)]
    assert found.ends_on == day("2-14")


def test_whole_periods_that_were_paid_ahead_come_back() -> None:
    terms = card([PLAN], rule("billing", every="quarter", timing="advance"))

    found = charged(
        terms, agreement("retainer", "1-1"), [NoticeGiven(id="n", told_on=day("2-3"), last=day("2-14"))], until="4-1"
    )

    assert amounts(found) == [("fee", 60_000)] * 3 + [("end_credit", -30_000), ("end_credit", -60_000)]


# -- included hours --------------------------------------------------------------------------------------------------


def test_carried_hours_are_used_first_and_expire_at_the_end_of_their_period() -> None:
    """80 hours, 70 used in January: 90 in February, the carried ones first; what is left of them then is gone."""
    terms = card([price("retainer", 320_000, hours=80)], AHEAD, rule("rollover", periods=1))

    found = charged(
        terms,
        agreement("retainer", "1-1"),
        [worked("jan", "1-5 00:00", 70), worked("feb", "2-2 00:00", 4)],
        until="3-1",
    )

    lots = [
        (lot.kind, lot.granted_on.month, lot.seconds // HOUR, lot.used // HOUR, lot.lapsed // HOUR)
        for lot in found.lots
    ]
    assert lots == [
        ("fee", 1, 80, 70, 0),
        ("carried", 2, 10, 4, 6),
        ("fee", 2, 80, 0, 0),
        ("carried", 3, 80, 0, 0),
        ("fee", 3, 80, 0, 0),
    ]


@pytest.mark.parametrize(
    ("rollover", "carried"),
    [
        ({}, [15, 30]),
        ({"most_minutes": 1_200}, [15, 20]),
        ({"most_percent": 100}, [15, 15]),
        ({"most_percent": 50}, [7.5, 7.5]),
        ({"percent": 50}, [7.5, 15]),
        ({"periods": 1}, [15, 15]),
        ({"days": 40}, [15, 30]),
        ({"days": 20}, [15, 15]),
    ],
)
def test_what_is_carried_over(rollover: dict[str, Any], carried: list[float]) -> None:
    """Nothing is used; what is there beside the plan's own hours in February and March."""
    found = [retainer(rule("rollover", **rollover), happened=[], until=until) for until in ("2-1", "3-1")]

    assert [sum(lot.left for lot in one.lots if lot.kind == "carried") / HOUR for one in found] == carried


def test_unused_minutes_come_back_in_the_end_if_the_terms_say_so() -> None:
    refund = rule("refund_unused", percent=50, notice_days=10)
    happened: list[Happening] = [
        worked("a", "1-5 09:00", 12),
        NoticeGiven(id="n", told_on=day("1-5"), last=day("1-31")),
    ]

    found = retainer(refund, happened=happened)

    assert amounts(found) == [("fee", 60_000), ("unused_credit", -6_000)]
    assert found.lots[0].left == 0


@pytest.mark.parametrize(
    ("overage", "expected", "held"),
    [
        ({"treatment": "charged"}, 12_000, 0),
        ({"treatment": "charged", "percent": 150}, 18_000, 0),
        ({"treatment": "charged", "rate": "hourly"}, 15_000, 0),
        ({"treatment": "charged", "rate": "amount", "amount": 4_500}, 13_500, 0),
        ({"treatment": "charged", "block_minutes": 120}, 16_000, 0),
        ({"treatment": "charged", "free_minutes": 60}, 8_000, 0),
        ({"treatment": "charged", "asked_from_minutes": 90}, 6_000, 1.5),
        ({"treatment": "charged", "asked_from_minutes": 90, "free_minutes": 30}, 4_000, 1.5),
        ({"treatment": "asked"}, 0, 3),
        ({"treatment": "stopped"}, 0, 3),
        ({"treatment": "recorded"}, 0, 3),
    ],
)
def test_hours_beyond_the_plan(overage: dict[str, Any], expected: int, held: float) -> None:
    terms = card([PLAN, price("hourly", 5_000)], AHEAD, rule("overage", prices=["retainer"], **overage))

    found = charged(terms, agreement("retainer", "1-1"), [worked("a", "1-5 00:00", 18)], until="2-1")

    assert found.total == 120_000 + expected
    assert sum(one.seconds for one in found.held) == held * HOUR


def test_what_the_client_agreed_to_is_charged_whatever_the_terms_do_with_the_rest() -> None:
    for treatment in ("asked", "stopped", "recorded", "deferred"):
        happened = [worked("a", "1-5 00:00", 16), worked("b", "1-7 00:00", 2, agreed=True)]
        found = retainer(rule("overage", treatment=treatment), happened=list(happened))

        assert amounts(found)[1] == ("overage", 8_000)


def test_without_a_rule_the_client_is_asked_about_hours_beyond() -> None:
    found = retainer(happened=[worked("a", "1-5 00:00", 16)])

    assert [(one.reason, one.seconds, one.amount) for one in found.held] == [("asked", HOUR, 4_000)]


def test_a_weekly_limit_runs_from_monday_also_where_a_period_cuts_the_week() -> None:
    terms = card([price("hourly", 4_000, weekly_limit_minutes=300)], MONTHLY, rule("overage", treatment="stopped"))

    found = charged(
        terms, agreement("hourly", "1-1"), [worked("a", "1-30 09:00", 4), worked("b", "2-1 09:00", 4)], until="3-1"
    )

    assert [line.seconds for line in lines(found)] == [4 * HOUR, HOUR]
    assert (found.time.hours, found.time.stopped) == (5 * HOUR, 3 * HOUR)


def test_blocks_are_bought_used_and_expire() -> None:
    terms = card([price("block", 36_000, hours=10, valid_days=30)], rule("overage", treatment="charged"))

    found = charged(
        terms,
        agreement("block", "1-1"),
        [worked("a", "1-5 00:00", 8), Bought(id="b", on=day("1-10"), price_id="block"), worked("c", "2-5 00:00", 11)],
        until="3-1",
    )

    # The first block's last 2 hours expire on the 31st; of 11 hours in February the second covers 10.
    assert amounts(found) == [("block", 36_000), ("block", 36_000), ("overage", 3_600)]
    assert [(lot.used // HOUR, lot.lapsed // HOUR) for lot in found.lots] == [(8, 2), (10, 0)]


def test_a_block_renews_itself_when_it_is_used_up() -> None:
    terms = card([price("block", 36_000, hours=10)], rule("overage", treatment="renewed"))

    found = charged(
        terms, agreement("block", "1-1"), [worked("a", "1-5 00:00", 8), worked("b", "1-20 00:00", 15)], until="2-1"
    )

    assert invoices(found) == [("1-1", 36_000), ("1-20", 72_000)]
    assert [lot.left // HOUR for lot in found.lots] == [0, 0, 7]


def test_a_gift_of_hours_covers_before_anything_is_charged() -> None:
    found = hourly(happened=[Credited(id="g", on=day("1-1"), seconds=2 * HOUR), worked("a", "1-5 09:00", 3)])

    assert amounts(found) == [("hours", 4_000)]


# -- surcharges ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surcharges", "expected"),
    [
        ([{"causes": ["evening"], "percent": 50}], [4_000]),
        ([{"causes": ["evening"], "amount": 1_000}], [2_000]),
        ([{"causes": ["evening"], "flat": 1_500}], [1_500]),
        ([{"causes": ["evening"], "percent": 50}, {"causes": ["short_notice"], "percent": 25}], [4_000, 2_000]),
        (
            [{"causes": ["evening"], "percent": 50}, {"causes": ["short_notice"], "percent": 25, "add": True}],
            [4_000, 4_000],
        ),
        ([{"causes": ["evening"], "percent": 25}, {"causes": ["evening"], "amount": 1_200}], [2_400]),
        ([{"causes": ["overtime"], "day_minutes": 180, "percent": 100}], [4_000]),
        ([{"causes": ["overtime"], "week_minutes": 120, "percent": 100}], [8_000]),
    ],
)
def test_surcharges(surcharges: list[dict[str, Any]], expected: list[int]) -> None:
    """Four hours from 16:00 at an hour's notice, at 40.00: two of them after 18:00."""
    found = hourly(*[rule("surcharge", **one) for one in surcharges], happened=[worked("a", "1-7 16:00", 4, notice=1)])

    assert sorted(line.amount for line in lines(found) if line.code != "hours") == sorted(expected)


def test_a_surcharge_is_the_same_across_the_change_of_clocks() -> None:
    """In the night to 29 March clocks go from 02:00 to 03:00: three hours of that night count."""
    night = rule("surcharge", causes=["evening"], percent=50, evening_from="22:00", morning_until="03:00")
    start = at("3-28 23:00")

    found = hourly(night, happened=[Worked(id="a", start=start, seconds=5 * HOUR)], until="4-1")

    # 23:00 to 02:00 are three hours; then it is 03:00 at once.
    assert amounts(found) == [("hours", 20_000), ("surcharge", 6_000)]


def test_the_hour_that_comes_twice_is_charged_twice() -> None:
    night = rule("surcharge", causes=["evening"], percent=50, evening_from="22:00", morning_until="03:00")

    found = hourly(night, happened=[worked("a", "10-25 00:00", 5)], until="11-1")

    # 00:00 to 03:00 are four hours in that night.
    assert amounts(found) == [("hours", 20_000), ("surcharge", 8_000)]


def test_evenings_are_those_of_the_practices_zone() -> None:
    evening = rule("surcharge", causes=["evening"], percent=50)
    entry = Worked(id="a", start=datetime(2026, 3, 8, 22, 30, tzinfo=UTC), seconds=HOUR)

    found = {
        zone: hourly(evening, happened=[entry], until="4-1", zone=ZoneInfo(zone)).total
        for zone in ("America/New_York", "Europe/Rome", "Asia/Kathmandu")
    }

    # 18:30 in New York on the day its clocks went forward; 23:30 in Rome; 04:15 in Kathmandu.
    assert found == {"America/New_York": 6_000, "Europe/Rome": 6_000, "Asia/Kathmandu": 6_000}
    assert (
        hourly(
            evening,
            happened=[Worked(id="b", start=datetime(2026, 3, 7, 22, 30, tzinfo=UTC), seconds=HOUR)],
            until="4-1",
            zone=ZoneInfo("America/New_York"),
        ).total
        == 5_000
    )


@pytest.mark.parametrize(
    ("on_included", "expected", "used"), [("charged", [("surcharge", 4_000)], 4), ("time", [], 5), ("free", [], 4)]
)
def test_surcharges_on_hours_that_the_plan_includes(on_included: str, expected: list[Any], used: int) -> None:
    evening = rule("surcharge", causes=["evening"], percent=50, on_included=on_included)

    found = retainer(evening, happened=[worked("a", "1-7 16:00", 4)])

    assert [one for one in amounts(found) if one[0] != "fee"] == expected
    assert found.lots[0].used == used * HOUR
    assert found.time.covered == 4 * HOUR


def test_rounding_up_is_charged_as_the_minutes_it_follows() -> None:
    found = hourly(
        rule("increment", minutes=60),
        rule("surcharge", causes=["evening"], percent=50),
        happened=[worked("a", "1-7 17:30", 0.75)],
    )

    assert amounts(found) == [("hours", 4_000), ("surcharge", 1_000)]


# -- once, late, and by which method ---------------------------------------------------------------------------------


def test_a_deposit_is_set_off_against_the_last_invoice() -> None:
    terms = card([HOURLY], MONTHLY, rule("deposit", amount=10_000, offset=True), rule("set_up_fee", amount=5_000))

    found = charged(terms, agreement("hourly", "2-1", signed="1-20", ends="2-28"), [worked("a", "2-5 09:00", 2)])

    assert [(one.kind, one.total) for one in found.invoices] == [
        ("deposit", 10_000),
        ("charges", 5_000),
        ("deposit", -2_000),
        ("charges", 0),
    ]
    assert found.total == 13_000
    assert (found.deposits[0].set_off, found.deposits[0].returned) == (8_000, 2_000)


def test_a_deposit_that_is_a_share_of_the_price_comes_back_in_full() -> None:
    found = retainer(rule("deposit", percent=50), happened=[], ends="1-31")

    assert invoices(found) == [("1-1", 30_000), ("1-1", 60_000), ("2-1", -30_000)]


@pytest.mark.parametrize(
    ("late", "paid", "fees"),
    [
        ({"percent_bp": 25}, "1-15", 0),
        ({"percent_bp": 25}, "1-16", 150),
        ({"percent_bp": 25, "amount": 4_000}, "1-16", 4_150),
        ({"percent_bp": 500, "amount": 2_500, "greater": True}, "1-16", 3_000),
        ({"percent_bp": 100, "amount": 2_500, "greater": True}, "1-16", 2_500),
        ({"amount": 1_000, "days": 10}, "1-25", 0),
        ({"amount": 1_000, "days": 10}, "1-26", 1_000),
        ({"amount": 100, "repeats": "daily"}, "1-20", 500),
        ({"amount": 100, "repeats": "weekly"}, "1-30", 300),
        ({"percent_bp": 150, "repeats": "monthly"}, "3-16", 2_700),
        ({"percent_bp": 800, "repeats": "yearly"}, "1-25", 132),  # 600.00 x 8 % x 10 / 365
        ({"suspend_days": 5}, "1-30", 0),
    ],
)
def test_late_fees(late: dict[str, Any], paid: str, fees: int) -> None:
    terms = card([PLAN], AHEAD, rule("due", days=14), rule("late_fee", **late))

    found = charged(terms, agreement("retainer", "1-1"), [Paid(id="p", on=day(paid), invoice=1)], until="4-1")

    assert sum(line.amount for line in lines(found, "late_fee")) == fees
    assert found.work_may_stop_on == ((day("1-21"),) if "suspend_days" in late else ())


def test_a_late_fee_is_of_what_is_still_to_be_paid_and_bears_no_fee() -> None:
    terms = card([PLAN], AHEAD, rule("late_fee", percent_bp=1_000, repeats="monthly"))
    happened = [Paid(id="some", on=day("1-1"), invoice=1, amount=40_000)]

    found = charged(terms, agreement("retainer", "1-1", pays_on_time=False), happened, until="3-1")

    # January: 10 % of 200.00 on the 2nd; February: again, and 10 % of 600.00; its own fee of 20.00 bears none.
    assert [(line.params["invoice"], line.amount, line.count) for line in lines(found, "late_fee")] == [
        (1, 2_000, 1),
        (1, 2_000, 1),
        (2, 6_000, 1),
    ]


def test_payments_without_an_invoice_pay_the_oldest() -> None:
    happened = [Paid(id="a", on=day("2-10"), amount=70_000)]

    found = retainer(happened=list(happened), until="2-20", pays_on_time=False)

    assert [(one.paid, one.paid_on) for one in found.invoices] == [(60_000, day("2-10")), (0, None)]


@pytest.mark.parametrize(("fee", "expected"), [({"percent_bp": 290, "amount": 30}, 1_770), ({"amount": 100}, 100)])
def test_payment_fees(fee: dict[str, int], expected: int) -> None:
    found = retainer(rule("payment_fee", methods=["card"], **fee), happened=[], method="card")

    assert [line.amount for line in lines(found, "payment_fee")] == [expected]


# -- discounts, trials, credits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("discount", "contract", "expected"),
    [
        ({"when": "prepaid", "count": 3, "percent": 10}, {"prepaid_periods": 3}, [-6_000, -6_000, -6_000]),
        ({"when": "prepaid", "count": 3, "percent": 10}, {"prepaid_periods": 2}, []),
        ({"when": "first_periods", "count": 2, "percent": 50}, {}, [-30_000, -30_000]),
        ({"when": "first_periods", "count": 1, "amount": 10_000}, {}, [-10_000]),
        ({"when": "commitment", "count": 12, "percent": 5}, {"commitment_months": 12}, [-3_000] * 3),
        ({"when": "commitment", "count": 12, "percent": 5}, {"commitment_months": 6}, []),
        ({"when": "agreed", "percent": 20, "text": "charities"}, {"agreed": True}, [-12_000] * 3),
        ({"when": "agreed", "percent": 20, "text": "charities"}, {}, []),
    ],
)
def test_discounts_on_fees(discount: dict[str, Any], contract: dict[str, Any], expected: list[int]) -> None:
    found = retainer(rule("discount", **discount), happened=[], until="3-1", **contract)

    assert [line.amount for line in lines(found, "discount")] == expected


@pytest.mark.parametrize(("hours", "expected"), [(9.99, []), (10, [-4_000])])
def test_a_discount_for_much_work(hours: float, expected: list[int]) -> None:
    found = hourly(
        rule("discount", when="volume", from_minutes=600, percent=10), happened=[worked("a", "1-5 00:00", hours)]
    )

    assert [line.amount for line in lines(found, "discount")] == expected


def test_discounts_add_up_to_all_at_most() -> None:
    found = hourly(
        rule("discount", when="agreed", percent=70),
        rule("discount", when="first_periods", count=1, percent=50),
        happened=[worked("a", "1-5 09:00", 1)],
        agreed=True,
    )

    assert amounts(found) == [("hours", 4_000), ("discount", -2_800), ("discount", -1_200)]


def test_a_discount_for_paying_early_comes_with_the_next_invoice() -> None:
    found = retainer(
        rule("discount", when="paid_early", count=5, percent=2),
        rule("due", days=30),
        happened=[Paid(id="p", on=day("1-6"), invoice=1)],
    )

    assert invoices(found) == [("1-1", 60_000), ("2-1", 60_000 - 1_200)]


def test_prepaid_periods_are_invoiced_at_once() -> None:
    assert invoices(retainer(happened=[], until="4-1", prepaid_periods=3)) == [("1-1", 180_000), ("4-1", 180_000)]


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        ({"days": 14, "percent": 50}, [("hours", 4_000), ("hours", 4_000)]),
        ({"days": 14, "percent": 0}, [("hours", 0), ("hours", 4_000)]),
        ({"days": 14, "free_minutes": 90}, [("hours", 6_000)]),
    ],
)
def test_trials_by_the_hour(trial: dict[str, Any], expected: list[Any]) -> None:
    found = hourly(rule("trial", **trial), happened=[worked("a", "1-14 09:00", 2), worked("b", "1-15 09:00", 1)])

    assert amounts(found) == expected


def test_a_trial_of_a_plan_costs_a_share_of_its_days() -> None:
    found = retainer(rule("trial", days=14, percent=50), happened=[], until="1-31")

    assert amounts(found) == [("fee", 60_000), ("trial", -13_548)]  # 600.00 x 14/31 x 50 %


def test_who_gives_notice_within_the_trial_gets_the_money_back() -> None:
    found = retainer(
        rule("trial", days=14, refund=True),
        rule("notice", days=30),
        rule("set_up_fee", amount=5_000),
        happened=[worked("a", "1-7 09:00", 2), NoticeGiven(id="n", told_on=day("1-10"))],
        until="3-1",
    )

    assert found.ends_on == day("1-10")
    assert found.total == 5_000


def test_days_on_which_the_practice_is_away_are_credited_beyond_those_agreed() -> None:
    away: list[Happening] = [Away(id="a", first=day("1-12"), last=day("1-18"))]

    found = retainer(rule("absence_credit", days=2), happened=away)

    # Five working days away, three beyond; January has 22.
    assert amounts(found) == [("fee", 60_000), ("absence_credit", -8_182), ("fee", 60_000)]


@pytest.mark.parametrize(
    ("pause", "told", "credit", "hours"),
    [
        ({"days": 30}, "1-1", -19_355, 15 * 21 / 31),
        ({"days": 5}, "1-1", -9_677, 15 * 26 / 31),
        ({"days": 30, "percent": 20}, "1-1", -15_484, 15 * 21 / 31),
        ({"days": 30, "notice_days": 14}, "1-1", -11_613, 15 * 25 / 31),
    ],
)
def test_paused_days_are_credited(pause: dict[str, int], told: str, credit: int, hours: float) -> None:
    paused = Paused(id="p", told_on=day(told), first=day("1-11"), last=day("1-20"))

    found = retainer(rule("pause", **pause), happened=[paused])

    assert amounts(found)[1] == ("pause_credit", credit)
    assert found.lots[0].seconds == int(hours * HOUR)


# -- changes and the end ---------------------------------------------------------------------------------------------


PLANS = [price("retainer", 60_000, id="small", hours=15), price("retainer", 110_000, id="large", hours=30)]


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        ({}, "large", [("1-1", 60_000), ("2-1", 110_000)]),
        ({"when": "at_once"}, "large", [("1-1", 60_000), ("1-17", 53_226 - 29_032), ("2-1", 110_000)]),
        ({"when": "at_once", "downgrade": "next_period"}, "small", [("1-1", 110_000), ("2-1", 60_000)]),
        ({"when": "at_once"}, "small", [("1-1", 110_000), ("1-17", 29_032 - 53_226), ("2-1", 60_000)]),
        ({"when": "next_period", "notice_days": 30}, "large", [("1-1", 60_000), ("2-1", 60_000)]),
        ({"when": "next_period", "notice_days": 15}, "large", [("1-1", 60_000), ("2-1", 110_000)]),
    ],
)
def test_changes_of_plan(change: dict[str, Any], to: str, expected: list[tuple[str, int]]) -> None:
    """Said on 17 January: 15 of its 31 days are left."""
    terms = card(PLANS, AHEAD, rule("plan_change", **change))
    begins = "small" if to == "large" else "large"

    found = charged(
        terms, agreement(begins, "1-1"), [PlanChanged(id="c", told_on=day("1-17"), price_id=to)], until="2-1"
    )

    assert invoices(found) == expected


def test_a_change_at_once_shares_the_hours_by_days() -> None:
    terms = card(PLANS, AHEAD, rule("plan_change", when="at_once"))

    found = charged(
        terms, agreement("small", "1-1"), [PlanChanged(id="c", told_on=day("1-17"), price_id="large")], until="1-31"
    )

    assert [lot.seconds for lot in found.lots] == [15 * HOUR * 16 // 31, 30 * HOUR * 15 // 31]


@pytest.mark.parametrize(
    ("lock", "change", "expected"),
    [
        (None, ("1-20", "2-1", 70_000), [60_000, 70_000, 70_000, 70_000, 70_000]),
        ({"months": 3, "notice_days": 0}, ("1-20", "2-1", 70_000), [60_000, 60_000, 60_000, 70_000, 70_000]),
        ({"months": 3, "notice_days": 0, "most_percent": 10}, ("1-20", "2-1", 70_000), [60_000] * 3 + [66_000] * 2),
        ({"months": 1, "notice_days": 60}, ("1-20", "2-1", 70_000), [60_000] * 3 + [70_000] * 2),
        ({"months": 3, "notice_days": 30}, ("1-20", "2-1", 50_000), [60_000, 50_000, 50_000, 50_000, 50_000]),
        ({"months": 2, "rise_bp": 500}, None, [60_000, 60_000, 63_000, 63_000, 66_150]),
    ],
)
def test_price_locks(lock: dict[str, int] | None, change: tuple[str, str, int] | None, expected: list[int]) -> None:
    rules = [rule("price_lock", **lock)] if lock else []
    happened: list[Happening] = []
    if change:
        told, since, amount = change
        happened = [PriceChanged(id="c", told_on=day(told), from_on=day(since), price_id="retainer", amount=amount)]

    found = retainer(*rules, happened=happened, until="5-1")

    assert [line.amount for line in lines(found, "fee")] == expected


@pytest.mark.parametrize(
    ("notice", "told", "wished", "last"),
    [
        ({"days": 30}, "1-10", None, "2-9"),
        ({"days": 30}, "1-10", "2-1", "2-9"),
        ({"days": 30}, "1-10", "3-1", "3-1"),
        ({"months": 1}, "1-31", None, "2-28"),
        ({"days": 14, "from_period_end": True}, "1-10", None, "1-31"),
        ({"days": 30, "from_period_end": True}, "1-10", None, "2-28"),
        (None, "1-10", None, "1-10"),
    ],
)
def test_notice(notice: dict[str, Any] | None, told: str, wished: str | None, last: str) -> None:
    given = NoticeGiven(id="n", told_on=day(told), last=day(wished) if wished else None)

    found = retainer(*([rule("notice", **notice)] if notice else []), happened=[given], until="4-1")

    assert found.ends_on == day(last)


@pytest.mark.parametrize(("by", "expected"), [("client", 75_000), ("practice", 0)])
def test_who_leaves_a_commitment_early_pays_a_share_of_what_is_left(by: str, expected: int) -> None:
    found = retainer(
        rule("commitment", months=6, percent=50),
        happened=[NoticeGiven(id="n", told_on=day("4-1"), last=day("4-15"), by=by)],
        until="6-1",
    )

    # Half of April, May and June: 2.5 x 600.00 x 50 %.
    assert sum(line.amount for line in lines(found, "early_exit")) == expected
    assert found.total == 3 * 60_000 + 30_000 + expected


@pytest.mark.parametrize(
    ("hours_before", "expected"),
    [(49, []), (48, []), (47, [("hours", 4_000)]), (3, [("hours", 8_000)]), (0, [("hours", 8_000)])],
)
def test_cancelled_appointments(hours_before: float, expected: list[Any]) -> None:
    start = at("1-20 10:00")
    cancelled = Cancelled(id="c", start=start, seconds=2 * HOUR, cancelled_at=start - timedelta(hours=hours_before))

    found = hourly(
        rule("cancellation", hours=48, percent=50), rule("cancellation", hours=4, minutes=120), happened=[cancelled]
    )

    assert amounts(found) == expected
    assert found.time.logged == 0


# -- pieces, projects, expenses --------------------------------------------------------------------------------------


def test_pieces_by_their_number_and_notice() -> None:
    terms = card(
        [price("piece", 2_000, unit="newsletter")],
        rule("tiers", from_count=4, amount=1_500),
        rule("surcharge", causes=["short_notice"], percent=50, hours=24),
    )
    happened: list[Happening] = [
        Delivered(id="a", on=day("1-5"), count=3),
        Delivered(id="b", on=day("1-20"), count=2, asked_at=at("1-19 12:00")),
        Delivered(id="c", on=day("2-3"), count=1, asked_at=at("1-19 12:00")),
    ]

    found = charged(terms, agreement("piece", "1-1"), happened, until="3-1")

    assert invoices(found) == [("2-1", 3 * 2_000 + 2 * 1_500 + 2_000), ("3-1", 2_000)]


def test_the_parts_of_a_project_come_when_they_are_reached() -> None:
    stages = [
        {"percent": 33, "when": "acceptance"},
        {"percent": 33, "when": "date", "days": 10},
        {"percent": 14, "when": "milestone", "text": "Draft"},
        {"percent": 20, "when": "completion"},
    ]
    terms = card([price("project", 10_001, stages=stages)])
    happened: list[Happening] = [StageReached(id="d", on=day("3-1"), stage=2)]

    found = charged(terms, agreement("project", "2-1", signed="1-15"), happened, until="4-1")
    whole = charged(
        terms, agreement("project", "2-1", signed="1-15"), [*happened, StageReached(id="e", on=day("3-9"), stage=3)]
    )

    assert invoices(found) == [("1-15", 3_300), ("2-11", 3_301), ("3-1", 1_400)]
    assert whole.total == 10_001


def test_work_for_another_service_is_charged_by_the_price_for_it() -> None:
    prices = [PLAN, price("hourly", 5_500, id="books", services=["bookkeeping"])]
    terms = card(prices, AHEAD, rule("billing", prices=["books"], every="month"))
    happened = [worked("a", "1-5 09:00", 2), worked("b", "1-6 09:00", 3, service="bookkeeping")]

    found = charged(terms, agreement("retainer", "1-1"), happened, until="2-1")
    so_far = charged(terms, agreement("retainer", "1-1"), happened, until="1-20")

    assert sorted(amounts(found)) == [("fee", 60_000), ("fee", 60_000), ("hours", 16_500)]
    assert so_far.lots[0].used == 2 * HOUR
    assert [(line.code, line.amount) for line in so_far.open] == [("hours", 16_500)]


@pytest.mark.parametrize(
    ("expenses", "amount", "agreed", "expected"),
    [
        (None, 3_000, True, 3_000),
        (None, 3_000, False, 0),
        ({"approval": "none"}, 3_000, False, 3_000),
        ({"approval": "above", "above": 3_000}, 3_000, False, 3_000),
        ({"approval": "above", "above": 3_000}, 3_001, False, 0),
        ({"markup": 15}, 3_333, True, 3_833),
    ],
)
def test_expenses(expenses: dict[str, Any] | None, amount: int, agreed: bool, expected: int) -> None:
    spent = Spent(id="s", on=day("1-20"), amount=amount, agreed=agreed)

    found = retainer(*([rule("expenses", **expenses)] if expenses else []), happened=[spent])

    assert found.total == 120_000 + expected
    assert [one.entry for one in found.held] == ([] if expected else ["s"])


def test_a_credit_comes_off_the_next_invoice() -> None:
    found = retainer(happened=[Credited(id="c", on=day("1-20"), amount=5_000, text="sorry")])

    assert invoices(found) == [("1-1", 60_000), ("2-1", 55_000)]


def test_a_currency_without_decimals_is_rounded_to_its_own_unit() -> None:
    terms = card([price("hourly", 2_500)], MONTHLY, currency="JPY")

    found = charged(terms, agreement("hourly", "1-1"), [worked("a", "1-5 09:00", 1 / 3)], until="2-1")

    assert (found.currency, found.total) == ("JPY", 833)
