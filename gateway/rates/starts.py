"""Rate cards to start from: each only fills in the form, with the practice's own currency and hourly rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from gateway.rates.form import CardForm
from shared.platform.money import EXPONENTS

Json = dict[str, Any]
USUAL_HOUR = 35


@dataclass(frozen=True, slots=True)
class Start:
    title: Any
    about: Any
    icon: str
    fill: Callable[[int], Json]
    """A card from what an hour costs."""


def hour(form: CardForm) -> int:
    """What an hour costs on the card as it stands; a usual amount where it does not say."""
    for price in form.prices:
        if price.code == "hourly" and price.draft["amount"]:
            return int(price.draft["amount"])
    return int(USUAL_HOUR * 10 ** EXPONENTS[form.card_currency])


def _plan(id: str, hours: int, amount: int, **more: Any) -> Json:
    return {"id": id, "kind": "retainer", "minutes": hours * 60, "amount": amount, "period": "month", **more}


def _hourly(amount: int) -> Json:
    return {
        "prices": [{"id": "p1", "kind": "hourly", "amount": amount}],
        "rules": [
            {"kind": "increment", "minutes": 15, "rounding": "up", "per": "entry"},
            {"kind": "billing", "every": "month", "timing": "arrears"},
            {"kind": "due", "days": 14},
        ],
    }


def _hourly_and_retainer(amount: int) -> Json:
    return {
        "prices": [{"id": "p1", "kind": "hourly", "amount": amount}, _plan("p2", 20, amount * 18)],
        "rules": [
            {"kind": "increment", "minutes": 15, "rounding": "up", "per": "entry"},
            {"kind": "billing", "every": "month", "timing": "arrears", "prices": ["p1"]},
            {"kind": "billing", "every": "month", "timing": "advance", "prices": ["p2"]},
            {"kind": "due", "days": 14},
            {"kind": "overage", "treatment": "charged", "rate": "hourly", "prices": ["p2"]},
            {"kind": "notice", "days": 30, "from_period_end": True},
        ],
    }


def _plans(amount: int) -> Json:
    return {
        "prices": [
            {"id": "p1", "kind": "hourly", "amount": amount},
            _plan("p2", 10, amount * 10 * 95 // 100),
            _plan("p3", 20, amount * 20 * 90 // 100),
            _plan("p4", 40, amount * 40 * 85 // 100),
        ],
        "rules": [
            {"kind": "billing", "every": "month", "timing": "advance", "prices": ["p2", "p3", "p4"]},
            {"kind": "due", "days": 7},
            {"kind": "rollover", "percent": 100, "most_minutes": 300, "periods": 1, "prices": ["p2", "p3", "p4"]},
            {"kind": "overage", "treatment": "charged", "rate": "plan", "prices": ["p2", "p3", "p4"]},
            {"kind": "plan_change", "when": "next_period", "notice_days": 7, "prices": ["p2", "p3", "p4"]},
            {"kind": "notice", "days": 30, "from_period_end": True},
        ],
    }


def _project(amount: int) -> Json:
    return {
        "prices": [
            {"id": "p1", "kind": "hourly", "amount": amount},
            {
                "id": "p2",
                "kind": "project",
                "amount": amount * 30,
                "stages": [
                    {"percent": 50, "when": "acceptance", "text": "", "days": 0},
                    {"percent": 50, "when": "completion", "text": "", "days": 0},
                ],
            },
        ],
        "rules": [
            {"kind": "due", "days": 14},
            {"kind": "expenses", "approval": "written"},
        ],
    }


STARTS: dict[str, Start] = {
    "hourly": Start(
        _l("By the hour only"), _l("Quarters of an hour, an invoice each month, two weeks to pay."), "clock", _hourly
    ),
    "retainer": Start(
        _l("By the hour, and a monthly plan"),
        _l("Twenty hours paid ahead a little cheaper; what is beyond at the hourly rate."),
        "repeat",
        _hourly_and_retainer,
    ),
    "plans": Start(
        _l("Plans in three sizes"),
        _l("Paid ahead; up to five unused hours carry over to the next month."),
        "list-checks",
        _plans,
    ),
    "project": Start(
        _l("Projects in stages"), _l("Half when accepted, half when done; further work by the hour."), "flag", _project
    ),
}


def fill(code: str, form: CardForm) -> Json:
    return STARTS[code].fill(hour(form))
