"""What a preview is asked for, checked, and how far it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.billing.domain.charging.calendar import DAY
from services.billing.domain.charging.happenings import Agreement, Happening, happening
from services.billing.domain.charging.plan import Calendar
from services.billing.domain.charging.terms import Card
from shared.platform.errors import Invalid, Text

WEEK = 7
SECONDS_OF_DAY = 86_400
MOST_WORK = 20_000
"""Days of work, times the surcharges that each of their minutes is held against: about a second of reckoning."""


def agreement_of(request: Mapping[str, Any]) -> Agreement:
    return Agreement(
        price_id=request["price_id"],
        start_on=request["start_on"],
        signed_on=request["signed_on"] or request["start_on"],
        zone=ZoneInfo(request["time_zone"]),
        ends_on=request["ends_on"],
        prepaid_periods=request["prepaid_periods"],
        commitment_months=request["commitment_months"],
        agreed=request["agreed"],
        pays_on_time=request["pays_on_time"],
        method=request["method"],
    )


def happenings_of(request: Mapping[str, Any]) -> list[Happening]:
    return [happening(data) for data in request["happenings"]]


def through(card: Card, agreement: Agreement, periods: int) -> date:
    """The day on which so many billing periods are over and invoiced."""
    terms = card.get(agreement.price_id)
    assert terms is not None
    invoices = Calendar(terms, agreement).invoices
    end = agreement.start_on
    for _ in range(periods):
        end = invoices.after(end)
    return max(invoices.invoice_day(end), agreement.start_on)


def check(request: Mapping[str, Any], countries: Mapping[str, frozenset[str]], longest_days: int) -> None:
    """Raises Invalid with everything that cannot be charged, at its field. Whether a card makes sense beyond that is
    for its own service to say."""
    wrong: dict[str, list[Text]] = {}
    prices = {price["id"]: price for price in request["card"]["prices"]}
    _check_days(request, longest_days, wrong)
    if request["price_id"] not in prices:
        wrong["price_id"] = [Text("Choose a price of this rate card.")]
    for number, price in enumerate(request["card"]["prices"]):
        if price["kind"] == "block" and not price["minutes"]:
            wrong[f"card.prices.{number}.minutes"] = [Text("Enter the hours of the block.")]
    for number, rule in enumerate(request["card"]["rules"]):
        _check_rule(f"card.rules.{number}", rule, countries, wrong)
    _check_happenings(request["happenings"], prices, wrong)
    if _work(request) > MOST_WORK:
        wrong["happenings"] = [Text("This is too much to work out at once. Send less work, or fewer surcharges.")]
    if wrong:
        raise Invalid(fields=wrong)


def _check_days(request: Mapping[str, Any], longest_days: int, wrong: dict[str, list[Text]]) -> None:
    start = request["start_on"]
    signed = request["signed_on"] or start
    if signed > start:
        wrong["signed_on"] = [Text("A contract is signed before it starts, or on that day.")]
    elif (start - signed).days > longest_days:
        wrong["signed_on"] = [Text("Choose a day that is closer to the start.")]
    if request["ends_on"] is not None and request["ends_on"] < start:
        wrong["ends_on"] = [Text("The last day cannot be before the first.")]
    until = request["until"]
    if until is not None and until < start - DAY:
        wrong["until"] = [Text("Choose a day after the start.")]
    if until is not None and (until - start).days > longest_days:
        wrong["until"] = [Text("Choose a day that is closer to the start.")]


def _check_rule(
    path: str, rule: Mapping[str, Any], countries: Mapping[str, frozenset[str]], wrong: dict[str, list[Text]]
) -> None:
    if rule["kind"] == "proration" and rule["first"] == "weekdays" and len(rule["percents"]) != WEEK:
        wrong[f"{path}.percents"] = [Text("Enter seven percentages, from Monday to Sunday.")]
    country = rule.get("country", "")
    if country and country not in countries:
        wrong[f"{path}.country"] = [Text("We do not know this country's public holidays. Choose another.")]
    elif country and rule["region"] and rule["region"] not in countries[country]:
        wrong[f"{path}.region"] = [Text("Choose a region of the list, or none.")]


def _check_happenings(
    happenings: Sequence[Mapping[str, Any]], prices: Mapping[str, Mapping[str, Any]], wrong: dict[str, list[Text]]
) -> None:
    seen: set[str] = set()
    for number, one in enumerate(happenings):
        path = f"happenings.{number}"
        if one["id"] in seen:
            wrong[f"{path}.id"] = [Text("This is in the list twice.")]
        seen.add(one["id"])
        if one.get("price_id") and one["price_id"] not in prices:
            wrong[f"{path}.price_id"] = [Text("Choose a price of this rate card.")]
        if _ends_first(one):
            wrong[f"{path}.last"] = [Text("The last day cannot be before the first.")]


def _work(request: Mapping[str, Any]) -> int:
    """How much is to be reckoned."""
    surcharges: int = sum(rule["kind"] == "surcharge" for rule in request["card"]["rules"])
    days: int = sum(1 + one["seconds"] // SECONDS_OF_DAY for one in request["happenings"] if one["kind"] == "worked")
    return (1 + surcharges) * days


def _ends_first(one: Mapping[str, Any]) -> bool:
    return one["kind"] in ("away", "paused") and bool(one["last"] < one["first"])


def at_most(until: date, start: date, longest_days: int) -> date:
    return min(until, start + timedelta(days=longest_days))
