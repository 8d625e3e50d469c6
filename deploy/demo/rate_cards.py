"""Rate cards of the demo: those of the people one can sign in as, and some of the invented practices'. The first price
by the hour and the plan are the profile's, so that its rates stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
ONE_IN = 8
"""So many invented practices have written a rate card; of the others the profile says it all."""


def _price(id: str, kind: str, amount: int, **more: Any) -> Json:
    return {"id": id, "kind": kind, "amount": amount, **more}


def _plan(id: str, profile: Mapping[str, Any], **more: Any) -> list[Json]:
    kept = profile.get("retainer")
    return [_price(id, "retainer", kept["fee"]["amount"], minutes=kept["included_minutes"], **more)] if kept else []


def _hour(profile: Mapping[str, Any]) -> Json:
    return _price("p1", "hourly", profile["hourly_rate"]["amount"])


def _monthly(*prices: str) -> Json:
    return {"kind": "billing", "every": "month", "timing": "advance", "prices": list(prices)}


def _quarters() -> Json:
    return {"kind": "increment", "minutes": 15, "rounding": "up", "per": "entry"}


def anna(profile: Mapping[str, Any]) -> Json:
    """By the hour and a plan, with evenings, weekends and Italian holidays; meetings of boards by the piece."""
    prices = [
        _hour(profile),
        *_plan("p2", profile, name="Quaranta"),
        _price("p3", "piece", 18000, unit="verbale di CdA"),
    ]
    rules = [
        _quarters(),
        {"kind": "surcharge", "causes": ["evening", "weekend", "holiday"], "percent": 50, "country": "IT"},
        {"kind": "surcharge", "causes": ["short_notice"], "percent": 25, "hours": 24},
        {"kind": "billing", "every": "month", "prices": ["p1", "p3"]},
        _monthly("p2"),
        {"kind": "due", "days": 14},
        {"kind": "rollover", "percent": 100, "most_minutes": 600, "periods": 1, "prices": ["p2"]},
        {"kind": "overage", "treatment": "charged", "rate": "hourly", "prices": ["p2"]},
        {"kind": "expenses", "approval": "written"},
        {"kind": "late_fee", "percent_bp": 800, "repeats": "yearly", "suspend_days": 30},
        {"kind": "notice", "days": 30, "from_period_end": True},
    ]
    return {"currency": "EUR", "prices": prices, "rules": rules}


def james(profile: Mapping[str, Any]) -> Json:
    """A plan with a deposit, a block to begin with, and a promise about prices."""
    block = _price("p3", "block", 32000, minutes=600, valid_days=90, name="Ten hours to begin with")
    rules = [
        _quarters(),
        {"kind": "billing", "every": "half_month", "days": [1, 15], "prices": ["p1"]},
        _monthly("p2"),
        {"kind": "due", "days": 7},
        {
            "kind": "deposit",
            "amount": 40000,
            "refunds": [{"notice_days": 60, "percent": 100}, {"notice_days": 30, "percent": 50}],
            "prices": ["p2"],
        },
        {"kind": "overage", "treatment": "asked", "rate": "plan", "percent": 110, "prices": ["p2"]},
        {"kind": "cancellation", "hours": 24, "percent": 50},
        {"kind": "payment_fee", "methods": ["card", "paypal"], "percent_bp": 150},
        {"kind": "discount", "when": "prepaid", "percent": 5, "count": 3, "prices": ["p2"]},
        {"kind": "price_lock", "months": 12, "most_percent": 5, "notice_days": 60},
    ]
    return {"currency": "GBP", "prices": [_hour(profile), *_plan("p2", profile), block], "rules": rules}


def elena(profile: Mapping[str, Any]) -> Json:
    """Books by the month, a fixed price for the year's end in two parts."""
    project = _price(
        "p3",
        "project",
        90000,
        name="Chiusura dell'anno",
        stages=[{"percent": 50, "when": "acceptance"}, {"percent": 50, "when": "completion"}],
    )
    rules = [
        {"kind": "minimum", "minutes": 30, "prices": ["p1"]},
        {"kind": "billing", "every": "month"},
        {"kind": "due", "days": 30, "from_month_end": True},
        {"kind": "discount", "when": "agreed", "percent": 15, "text": "associazioni"},
        {"kind": "trial", "days": 30, "free_minutes": 60},
    ]
    return {"currency": "EUR", "prices": [_hour(profile), *_plan("p2", profile), project], "rules": rules}


OF_PEOPLE = {"anna": anna, "james": james, "elena": elena}


def of_invented(ids: Sequence[str], profiles: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Cards of every eighth, in turns of four sorts."""
    made = []
    for number, (id, profile) in enumerate(zip(ids, profiles, strict=True)):
        if number % ONE_IN == 0:
            plan = _plan("p2", profile)
            rules = [*_SORTS[number // ONE_IN % len(_SORTS)], *([_monthly("p2")] if plan else [])]
            currency = profile["hourly_rate"]["currency"]
            made.append({"assistant_id": id, "currency": currency, "prices": [_hour(profile), *plan], "rules": rules})
    return made


_SORTS: tuple[list[Json], ...] = (
    [_quarters(), {"kind": "due", "days": 14}],
    [{"kind": "minimum", "minutes": 60, "per": "day"}, {"kind": "notice", "days": 14}],
    [{"kind": "surcharge", "causes": ["weekend"], "percent": 50}, {"kind": "due", "days": 0}],
    [{"kind": "trial", "days": 14, "percent": 50}, {"kind": "expenses", "approval": "written"}],
)
