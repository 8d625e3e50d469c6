"""Random contracts: terms composed of any rules, and what happens in them. `plain` ones stay with the rules that the
naive reference of tests/support charges too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from services.billing.domain.charging.happenings import (
    Agreement,
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
from shared.contracts.rate_cards import (
    ANCHORS,
    BILLED,
    METHODS,
    OVERAGE_RATES,
    OVERAGES,
    PERIODS,
    RULES,
    RateCardContent,
)

ZONES = tuple(
    ZoneInfo(name) for name in ("Europe/Rome", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
)
FIRST = date(2025, 11, 1)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contract:
    content: Json
    agreement: Agreement
    happenings: list[Happening]
    until: date


def contract(random: Random, *, months: int = 12, plain: bool = False) -> Contract:
    """A contract of so many months."""
    prices = _prices(random, plain=plain)
    rules = (_plain_rules if plain else _rules)(random, prices)
    content = RateCardContent().load(
        {"currency": random.choice(("EUR", "USD", "JPY")), "prices": prices, "rules": rules}
    )
    start = FIRST + timedelta(days=random.randrange(200))
    until = start + timedelta(days=30 * months)
    main = prices[0]
    agreement = Agreement(
        price_id=main["id"],
        start_on=start,
        signed_on=start if plain else start - timedelta(days=random.choice((0, 0, 5, 40))),
        zone=random.choice(ZONES),
        ends_on=start + timedelta(days=random.randrange(20, 30 * months))
        if random.random() < 0.2 and not plain
        else None,
        prepaid_periods=0 if plain else random.choice((0, 0, 0, 3)),
        commitment_months=random.choice((0, 6, 12)),
        agreed=random.random() < 0.5,
        pays_on_time=plain or random.random() < 0.9,
        method=random.choice(METHODS),
    )
    happenings = _work(random, agreement, until, months * random.randrange(3, 12))
    happenings += [
        Spent(
            id=f"s{number}",
            on=_day(random, agreement, until),
            amount=random.randrange(1, 9_000),
            agreed=random.random() < 0.7,
        )
        for number in range(random.randrange(4))
    ]
    if not plain:
        happenings += _others(random, agreement, prices, until)
    random.shuffle(happenings)
    return Contract(content, agreement, happenings, until)


def _day(random: Random, agreement: Agreement, until: date) -> date:
    return agreement.start_on + timedelta(days=random.randrange((until - agreement.start_on).days + 1))


# -- terms -----------------------------------------------------------------------------------------------


def _prices(random: Random, *, plain: bool) -> list[Json]:
    """The contract's own price first, then others of the card."""
    kind = random.choice(
        ("hourly", "retainer", "retainer")
        if plain
        else ("hourly", "retainer", "retainer", "retainer", "block", "project", "piece")
    )
    main: Json = {"id": "main", "kind": kind, "amount": random.randrange(1_000, 200_000), "unit": "post"}
    if kind in ("retainer", "block"):
        main["minutes"] = (
            random.choice((0, 60, 600, 900, 2_400))
            if kind == "retainer" and not plain
            else random.choice((300, 600, 905, 2_400))
        )
    if kind == "hourly":
        main["amount"] = random.randrange(1_000, 9_000)
    if kind == "retainer" and not plain:
        main["period"] = random.choice(("month", "month", *PERIODS))
    if kind == "project":
        main["stages"] = [{"percent": 33, "when": "acceptance"}, {"percent": 67, "when": "completion"}]
    if random.random() < 0.2 and kind in ("hourly", "retainer"):
        main["weekly_limit_minutes"] = random.choice((300, 600))
    prices = [main, {"id": "hourly", "kind": "hourly", "amount": random.randrange(1_000, 9_000)}]
    if not plain:
        prices += [
            {"id": "books", "kind": "hourly", "amount": random.randrange(1_000, 9_000), "services": ["bookkeeping"]},
            {
                "id": "block",
                "kind": "block",
                "amount": random.randrange(9_000, 90_000),
                "minutes": 300,
                "valid_days": 60,
            },
            {"id": "post", "kind": "piece", "amount": random.randrange(100, 9_000), "unit": "post"},
            {"id": "plan", "kind": "retainer", "amount": random.randrange(1_000, 200_000), "minutes": 1_200},
        ]
    return prices


def _some(random: Random, chance: float, *rules: Json) -> list[Json]:
    return [rule for rule in rules if random.random() < chance]


def _surcharge(random: Random) -> Json:
    causes = random.sample(("short_notice", "evening", "weekend", "holiday"), random.randrange(1, 4))
    return {
        "kind": "surcharge",
        "causes": causes,
        "percent": random.choice((10, 25, 50, 100)),
        "country": random.choice(("IT", "US", "DE")),
        "evening_from": random.choice(("18:00", "20:30")),
        "morning_until": random.choice(("06:00", "08:30")),
        "add": random.random() < 0.2,
    }


def _plain_rules(random: Random, prices: list[Json]) -> list[Json]:
    own = ["main"]
    included = prices[0]["kind"] == "retainer"
    rules = [
        {"kind": "billing", "prices": own, "every": "month", "timing": "advance", "anchor": random.choice(ANCHORS)}
    ]
    rules += _some(
        random,
        0.6,
        {
            "kind": "increment",
            "prices": own,
            "minutes": random.choice((6, 15, 30)),
            "per": random.choice(("entry", "day", "period")),
            "rounding": random.choice(("up", "nearest", "down")),
        },
        {"kind": "minimum", "prices": own, "minutes": random.choice((15, 60)), "per": random.choice(("entry", "day"))},
        {
            "kind": "overage",
            "prices": own,
            "treatment": random.choice(OVERAGES[:5]),
            "rate": random.choice(OVERAGE_RATES),
            "amount": 4_321,
            "percent": random.choice((100, 150)),
            "free_minutes": random.choice((0, 45)),
        },
        {"kind": "discount", "when": "first_periods", "count": 2, "percent": 15},
        {"kind": "discount", "when": "agreed", "percent": 10, "text": "x"},
        {"kind": "set_up_fee", "amount": 7_777},
        {"kind": "expenses", "approval": random.choice(("none", "written")), "markup": 7},
    )
    if included:
        rules += _some(
            random,
            0.6,
            {
                "kind": "rollover",
                "prices": own,
                "percent": random.choice((10, 50, 100)),
                "most_minutes": random.choice((0, 300)),
                "periods": random.choice((0, 1, 2)),
            },
        )
    else:
        rules += _some(
            random,
            0.4,
            {"kind": "tiers", "prices": own, "from_minutes": 600, "amount": 2_345, "all_hours": random.random() < 0.5},
        )
    return rules + _some(random, 0.4, _surcharge(random), _surcharge(random))


def _rules(random: Random, prices: list[Json]) -> list[Json]:
    own = ["main"]
    rules = _some(
        random,
        0.5,
        {
            "kind": "billing",
            "prices": own,
            "every": random.choice(BILLED),
            "timing": random.choice(("arrears", "advance", "advance", "estimate")),
            "anchor": random.choice(ANCHORS),
            "includes_day": random.random() < 0.3,
            "ahead_days": random.choice((0, 0, 10)),
            "estimate_minutes": 600,
        },
        {
            "kind": "increment",
            "minutes": random.choice((6, 15, 60)),
            "per": random.choice(("entry", "day", "week", "period")),
            "rounding": random.choice(("up", "nearest", "down")),
        },
        {
            "kind": "minimum",
            "minutes": random.choice((15, 60, 300)),
            "per": random.choice(("entry", "day", "week", "period")),
        },
        {"kind": "minimum", "amount": 20_000, "per": "period"},
        {
            "kind": "due",
            "days": random.choice((0, 10)),
            "business_days": random.random() < 0.3,
            "from_month_end": random.random() < 0.3,
        },
        {
            "kind": "rollover",
            "percent": random.choice((10, 100)),
            "most_percent": random.choice((0, 50)),
            "days": random.choice((0, 45)),
        },
        {"kind": "refund_unused", "percent": 60},
        {
            "kind": "overage",
            "treatment": random.choice(OVERAGES),
            "rate": random.choice(OVERAGE_RATES),
            "amount": 5_000,
            "percent": 125,
            "block_minutes": random.choice((0, 60)),
            "asked_from_minutes": random.choice((0, 120)),
        },
        {
            "kind": "proration",
            "first": random.choice(("full", "days", "working_days", "skip")),
            "last": random.choice(("full", "days", "working_days")),
        },
        {
            "kind": "deposit",
            "amount": 50_000,
            "offset": random.random() < 0.5,
            "refunds": [{"notice_days": 30, "percent": 50}],
        },
        {"kind": "set_up_fee", "amount": 9_900},
        {
            "kind": "late_fee",
            "percent_bp": random.choice((25, 500)),
            "repeats": random.choice(("once", "daily", "monthly", "yearly")),
            "suspend_days": 10,
        },
        {"kind": "payment_fee", "methods": ["card", "paypal"], "percent_bp": 290, "amount": 30},
        {"kind": "expenses", "approval": "above", "above": 2_000, "markup": 10, "apart_above": 5_000},
        {
            "kind": "discount",
            "when": random.choice(("first_periods", "volume", "agreed", "prepaid", "commitment")),
            "count": 3,
            "percent": 10,
            "from_minutes": 300,
        },
        {"kind": "discount", "when": "paid_early", "count": 3, "percent": 2},
        {
            "kind": "trial",
            "days": random.choice((14, 30)),
            "percent": random.choice((0, 50, 100)),
            "free_minutes": random.choice((0, 60)),
            "refund": random.random() < 0.5,
        },
        {"kind": "commitment", "months": 6, "percent": 50},
        {"kind": "price_lock", "months": random.choice((3, 6)), "most_percent": 10, "rise_bp": random.choice((0, 300))},
        {"kind": "notice", "days": random.choice((7, 30)), "from_period_end": random.random() < 0.5},
        {"kind": "cancellation", "hours": 24, "minutes": 60},
        {"kind": "absence_credit", "days": 2},
        {
            "kind": "plan_change",
            "when": random.choice(("at_once", "next_period")),
            "notice_days": random.choice((0, 10)),
        },
        {"kind": "pause", "days": 30, "notice_days": 5, "percent": random.choice((0, 20))},
    )
    if prices[0]["kind"] in ("hourly", "piece"):
        rules += _some(
            random,
            0.5,
            {"kind": "tiers", "prices": own, "from_minutes": 600, "amount": 2_500, "all_hours": random.random() < 0.5},
        )
    overtime = {"kind": "surcharge", "causes": ["overtime"], "percent": 50, "day_minutes": 240}
    for surcharge in _some(random, 0.3, _surcharge(random), _surcharge(random), overtime):
        rules.append({**surcharge, "on_included": random.choice(("charged", "time", "free")), "flat": 0})
    assert {rule["kind"] for rule in rules} <= set(RULES)
    return rules


# -- what happens -----------------------------------------------------------------------------------------------


def _work(random: Random, agreement: Agreement, until: date, count: int) -> list[Happening]:
    """Entries of whole minutes, most in the day, some into the night; one after the other."""
    entries: list[Happening] = []
    days = (until - agreement.start_on).days
    for number in range(count):
        day = agreement.start_on + timedelta(days=random.randrange(days + 1))
        begin = datetime.combine(
            day, time(random.choice((7, 9, 10, 14, 16, 17, 22)), random.randrange(60)), agreement.zone
        )
        start = begin.astimezone(UTC)
        asked = start - timedelta(hours=random.choice((1, 23, 24, 72))) if random.random() < 0.5 else None
        entries.append(
            Worked(
                id=f"w{number:04}",
                start=start,
                seconds=60 * random.randrange(1, 300),
                service="bookkeeping" if random.random() < 0.1 else "",
                asked_at=asked,
                agreed=random.random() < 0.1,
            )
        )
    return entries


def _others(random: Random, agreement: Agreement, prices: list[Json], until: date) -> list[Happening]:
    def on() -> date:
        return _day(random, agreement, until)

    first = on()
    start = datetime.combine(on(), time(10), UTC)
    many: list[Happening] = [
        Away(id="away", first=first, last=first + timedelta(days=random.randrange(15))),
        Paused(id="pause", told_on=first, first=first, last=first + timedelta(days=random.randrange(40))),
        PlanChanged(id="change", told_on=on(), price_id=random.choice(("plan", "main"))),
        PlanChanged(id="back", told_on=on(), price_id="main"),
        PriceChanged(id="dearer", told_on=on(), from_on=on(), price_id="main", amount=random.randrange(1_000, 100_000)),
        Bought(id="bought", on=on(), price_id="block"),
        Delivered(id="post", on=on(), count=random.randrange(1, 9), price_id="post"),
        Cancelled(id="cancel", start=start, seconds=3_600, cancelled_at=start - timedelta(hours=random.randrange(50))),
        Credited(id="gift", on=on(), seconds=random.randrange(9_000)),
        Credited(id="sorry", on=on(), amount=random.randrange(9_000)),
        StageReached(id="done", on=on(), stage=1),
        Paid(id="paid", on=on(), amount=random.randrange(1, 99_999)),
        Paid(id="first", on=on(), invoice=1, method="card"),
    ]
    found = [one for one in many if random.random() < 0.3]
    if random.random() < 0.4:
        told = on()
        found.append(
            NoticeGiven(
                id="notice",
                told_on=told,
                by=random.choice(("client", "practice")),
                last=told + timedelta(days=random.randrange(60)),
            )
        )
    return found
