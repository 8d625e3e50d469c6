"""Practices as they would be typed into the editor: the terms that assistants publish, and more of their kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.rates import kinds

Fields = dict[str, Any]
OUT_OF_HOURS = {"causes": ["evening", "weekend", "holiday"], "country": "US"}


@dataclass(frozen=True)
class Practice:
    """Kinds with what is typed into their fields. `charged`: sums by the lines' codes in the example month of a client
    with price `of`, in which `happens`."""

    prices: list[tuple[str, Fields]]
    rules: list[tuple[str, Fields]]
    reads: tuple[str, ...]
    of: str = "p1"
    happens: Fields = field(default_factory=dict)
    charged: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


PRACTICES: dict[str, Practice] = {
    "plans in advance, hours weekly": Practice(
        [("hourly", {"amount": "30"}), ("retainer", {"amount": "540", "minutes": "20"})],
        [
            ("billing", {"every": "week", "weekday": "sun", "includes_day": "1", "prices": ["p1"]}),
            ("billing", {"every": "month", "timing": "advance", "prices": ["p2"]}),
            ("plan_change", {"when": "next_period"}),
        ],
        (
            "There is an invoice each week (Sunday).",
            "Unused hours lapse when the period ends.",
            "from the next period on",
        ),
        of="p2",
        happens={"minutes": "15"},
        charged=(("fee", 54000),),
        notes=("5 h are not used and lapse.",),
    ),
    "quarters of an hour, three hours at least": Practice(
        [
            ("hourly", {"amount": "40"}),
            (
                "project",
                {
                    "name": "Website",
                    "amount": "900",
                    "stages-0-percent": "50",
                    "stages-0-when": "acceptance",
                    "stages-1-percent": "50",
                    "stages-1-when": "completion",
                },
            ),
            ("retainer", {"amount": "720", "minutes": "20"}),
        ],
        [
            ("increment", {"minutes": "15"}),
            ("minimum", {"minutes": "3", "prices": ["p1"]}),
            ("billing", {"every": "half_month", "days": "1, 15", "prices": ["p1"]}),
            ("billing", {"every": "month", "timing": "advance", "anchor": "signing", "prices": ["p3"]}),
            ("due", {"days": "0"}),
            ("overage", {"treatment": "deferred", "prices": ["p3"]}),
        ],
        ("At least 3 h are charged for each piece of work.", "50% on acceptance", "taken off the next period's"),
        of="p3",
        happens={"minutes": "22"},
        charged=(("fee", 72000),),
        notes=("3 h 30 are taken off the next period's hours.",),
    ),
    "surcharges, late fee, expenses agreed": Practice(
        [("hourly", {"amount": "60"}), ("retainer", {"amount": "500", "minutes": "10"})],
        [
            ("increment", {"minutes": "15"}),
            ("surcharge", {"causes": ["short_notice"], "percent": "25", "hours": "24"}),
            ("surcharge", {**OUT_OF_HOURS, "percent": "50"}),
            ("billing", {"every": "month", "timing": "advance", "prices": ["p2"]}),
            ("due", {"days": "0", "prices": ["p2"]}),
            ("late_fee", {"percent_bp": "0.25"}),
            ("expenses", {"approval": "written", "apart_above": "50"}),
        ],
        ("asked for less than 24 h before costs 25% more", "public holidays (United States)", "0.25% of what is due"),
        happens={"minutes": "0", "rushed": "2", "evening": "1", "weekend": "2", "holiday": "0", "expense": "30"},
        charged=(("hours", 30000), ("surcharge", 12000), ("expense", 3000)),
    ),
    "deposit, two plans, card fee": Practice(
        [
            ("hourly", {"amount": "40"}),
            ("retainer", {"name": "Forty", "amount": "1400", "minutes": "40"}),
            ("retainer", {"name": "Eighty", "amount": "2600", "minutes": "80"}),
        ],
        [
            (
                "deposit",
                {
                    "amount": "500",
                    "refunds-0-notice_days": "60",
                    "refunds-0-percent": "100",
                    "refunds-1-notice_days": "30",
                    "refunds-1-percent": "50",
                },
            ),
            ("rollover", {"percent": "100", "most_minutes": "10", "prices": ["p2"]}),
            ("rollover", {"percent": "100", "most_minutes": "20", "prices": ["p3"]}),
            ("overage", {"treatment": "charged", "rate": "hourly", "percent": "150", "prices": ["p2", "p3"]}),
            ("billing", {"every": "month", "timing": "advance", "prices": ["p2", "p3"]}),
            ("payment_fee", {"methods": ["card", "direct_debit"], "percent_bp": "3"}),
            ("late_fee", {"percent_bp": "5", "business_day": "5"}),
        ],
        (
            "A deposit of €500",
            "at most 10 h",
            "150% of the hourly rate",
            "Who pays by card or direct debit pays 3% more.",
        ),
        of="p2",
        happens={"minutes": "42", "method": "card"},
        charged=(("deposit", 50000), ("fee", 140000), ("overage", 12000), ("payment_fee", 1500 + 4200)),
        notes=("A deposit of €500.00 is held.",),
    ),
    "a tenth carries over": Practice(
        [("retainer", {"amount": "450", "minutes": "15"})],
        [
            ("rollover", {"percent": "10"}),
            ("overage", {"treatment": "charged", "rate": "plan", "percent": "100"}),
            ("billing", {"every": "month", "timing": "advance"}),
        ],
        ("Of the unused hours 10% carry over", "what an hour of the plan costs"),
        happens={"minutes": "12"},
        charged=(("fee", 45000),),
        notes=("18 min carry over to the next period.", "2 h 42 are not used and lapse."),
    ),
    "a fixed week by its first day": Practice(
        [
            ("hourly", {"amount": "35"}),
            ("retainer", {"amount": "300", "period": "week", "minutes": "10", "weekly_limit_minutes": "10"}),
        ],
        [
            ("proration", {"first": "weekdays", "percents": "100, 80, 60, 40, 20, 20, 20"}),
            ("overage", {"treatment": "recorded", "prices": ["p2"]}),
            ("billing", {"every": "week", "timing": "advance", "prices": ["p2"]}),
        ],
        ("Monday 100%, Tuesday 80%", "recorded, but not charged", "At most 10 h a week"),
        of="p2",
        happens={"minutes": "30"},
        charged=(("fee", 4 * 30000),),
    ),
    "prepaid blocks that expire": Practice(
        [("block", {"minutes": "10", "amount": "380", "valid_days": "90"})],
        [
            ("overage", {"treatment": "renewed"}),
            ("refund_unused", {"percent": "50", "notice_days": "14"}),
        ],
        ("Its hours can be used for 90 days.", "the next one is bought by itself", "50% comes back"),
        happens={"minutes": "12"},
        charged=(("block", 2 * 38000),),
        notes=("8 h of the block are left.",),
    ),
    "cheaper from many hours on": Practice(
        [("hourly", {"amount": "40"})],
        [
            ("tiers", {"from_minutes": "10", "amount": "36"}),
            ("tiers", {"from_minutes": "20", "amount": "32"}),
            ("billing", {"every": "month"}),
        ],
        ("Beyond 10 h in a period an hour costs €36.", "Beyond 20 h in a period an hour costs €32."),
        happens={"minutes": "25"},
        charged=(("hours", 40000 + 36000 + 16000),),
    ),
    "half a year, a tenth less": Practice(
        [("retainer", {"amount": "1000", "minutes": "30"})],
        [
            ("commitment", {"months": "6", "percent": "50"}),
            ("discount", {"when": "commitment", "percent": "10", "count": "6"}),
            ("price_lock", {"months": "12", "most_percent": "5", "notice_days": "60"}),
            ("billing", {"every": "month", "timing": "advance"}),
            ("notice", {"days": "0", "months": "1", "from_period_end": "1"}),
        ],
        ("at least 6 months", "10% less for those who commit for 6 months", "they rise by 5% at most"),
        happens={"minutes": "30"},
        charged=(("fee", 100000), ("discount", -10000)),
    ),
    "by the newsletter": Practice(
        [("piece", {"unit": "newsletter", "amount": "90"})],
        [
            ("tiers", {"from_count": "4", "amount": "75"}),
            ("surcharge", {"causes": ["short_notice"], "flat": "20", "hours": "48"}),
            ("billing", {"every": "month"}),
        ],
        ("One costs €90 (newsletter).", "From number 4 of a period on, one costs €75.", "€20 more each time"),
        happens={"count": "5"},
        charged=(("piece", 3 * 9000 + 2 * 7500),),
    ),
    "double at weekends and on holidays": Practice(
        [("hourly", {"amount": "30"})],
        [
            ("surcharge", {"causes": ["weekend", "holiday"], "percent": "100", "weekend": ["sun"], "country": "IT"}),
            ("surcharge", {"causes": ["evening"], "percent": "30", "evening_from": "20:00", "add": "1"}),
            ("minimum", {"minutes": "1", "per": "day"}),
            ("increment", {"minutes": "30", "per": "day"}),
            ("billing", {"every": "month"}),
        ],
        ("on Sunday or on public holidays (Italy) costs 100% more", "on top of other surcharges"),
        happens={"minutes": "0", "evening": "0", "weekend": "2", "holiday": "2"},
        charged=(("hours", 12000), ("surcharge", 12000)),
    ),
    "half ahead, then by milestones": Practice(
        [
            ("hourly", {"amount": "45"}),
            (
                "project",
                {
                    "amount": "2000",
                    "stages-0-percent": "50",
                    "stages-0-when": "acceptance",
                    "stages-1-percent": "30",
                    "stages-1-when": "milestone",
                    "stages-1-text": "Draft",
                    "stages-2-percent": "20",
                    "stages-2-when": "completion",
                },
            ),
        ],
        [
            ("set_up_fee", {"amount": "150", "text": "Accounts", "prices": ["p2"]}),
            ("due", {"days": "30", "from_month_end": "1"}),
        ],
        ("50% on acceptance of the offer, 30% at “Draft” and 20% on completion", "30 days after the end of the month"),
        of="p2",
        charged=(("set_up_fee", 15000), ("stage", 200000)),
    ),
    "on the 15th, due a week before": Practice(
        [("retainer", {"amount": "800", "minutes": "20"})],
        [
            ("billing", {"every": "month", "timing": "advance", "days": "15", "ahead_days": "14"}),
            ("due", {"days": "7", "before_start": "1"}),
            ("absence_credit", {"days": "3"}),
            ("pause", {"days": "28", "notice_days": "14", "percent": "20"}),
        ],
        ("There is an invoice on day 15 of each month.", "14 days before the period begins", "for 20% of the fee"),
        happens={"minutes": "10"},
    ),
    "a day's rate": Practice(
        [("piece", {"unit": "day", "amount": "280", "includes": "Up to nine hours, fair use."})],
        [
            ("cancellation", {"hours": "48", "percent": "50"}),
            ("expenses", {"approval": "above", "above": "25", "markup": "10"}),
            ("discount", {"when": "agreed", "percent": "20", "text": "charities"}),
            ("billing", {"every": "month"}),
        ],
        ("One costs €280 (day).", "20% less for: charities.", "Expenses above €25"),
        happens={"count": "3", "expense": "20"},
        charged=(("piece", 84000), ("expense", 2200)),
    ),
    "a trial, then interest for the late": Practice(
        [("hourly", {"amount": "50"})],
        [
            ("trial", {"days": "14", "percent": "50", "free_minutes": "2", "refund": "1"}),
            ("late_fee", {"percent_bp": "8", "repeats": "yearly"}),
            ("discount", {"when": "paid_early", "percent": "2", "count": "8"}),
            ("minimum", {"amount": "300", "per": "period"}),
            ("billing", {"every": "month"}),
            ("due", {"days": "30"}),
        ],
        ("a trial at 50% of the price", "8% interest a year", "2% less for an invoice that is paid within 8 days."),
        happens={"minutes": "4", "rushed": "0"},
    ),
    "a quarter for what is delivered": Practice(
        [("retainer", {"amount": "2400", "period": "quarter", "includes": "Diary, post and two trips."})],
        [
            ("billing", {"every": "month", "timing": "advance"}),
            ("plan_change", {"when": "at_once", "downgrade": "next_period"}),
        ],
        ("A quarter costs €2,400.", "What counts is the work delivered", "A larger plan can be had at once"),
    ),
}


def _begun(side: str, kind: str) -> Fields:
    """What the fields of a new price or rule hold before anything is typed."""
    declared = (kinds.PRICES if side == "prices" else kinds.RULES)[kind].fields
    return {name: each.default for name, each in declared.items() if each.default}


def typed(practice: Practice) -> dict[str, Any]:
    """As a browser would post the finished form."""
    data: dict[str, Any] = {"currency": "EUR", "version": "0", "ex-price": practice.of}
    for side, pieces in (("prices", practice.prices), ("rules", practice.rules)):
        for number, (kind, fields) in enumerate(pieces):
            data[f"{side}-{number}-kind"] = kind
            data.update({f"{side}-{number}-{name}": value for name, value in {**_begun(side, kind), **fields}.items()})
            if side == "prices":
                data[f"prices-{number}-id"] = f"p{number + 1}"
    return {**data, **{f"ex-{name}": value for name, value in practice.happens.items()}}
