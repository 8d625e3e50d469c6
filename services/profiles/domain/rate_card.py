"""Rate cards: prices, and the rules that they are charged by. Whether a card makes sense, and what it comes to in one
line. What each rule charges is billing's."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import holidays

from services.profiles.domain.profile import Retainer
from shared.platform.errors import Conflict, Invalid, Text
from shared.platform.money import Money

REPEATABLE = frozenset({"surcharge", "discount", "payment_fee", "tiers", "minimum", "set_up_fee", "cancellation"})
"""Kinds of which several may hold for one price; of the others a second one would contradict the first."""
WEEKDAYS = 7
SHORTEST_RETAINER = 60
LONGEST_RETAINER = 60 * 200
"""Minutes a month that a profile's retainer may include."""


@dataclass(frozen=True, slots=True)
class Stage:
    percent: int
    when: str
    text: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """`amount` in minor units of the card's currency: an hour's, a block's, a period's, a project's or a piece's."""

    id: str
    kind: str
    name: str = ""
    amount: int
    minutes: int = 0
    period: str = "month"
    valid_days: int = 0
    weekly_limit_minutes: int = 0
    services: tuple[str, ...] = ()
    includes: str = ""
    unit: str = ""
    stages: tuple[Stage, ...] = ()

    @property
    def includes_hours(self) -> bool:
        return self.kind in ("block", "retainer") and self.minutes > 0

    @property
    def limits_hours(self) -> bool:
        return self.includes_hours or self.weekly_limit_minutes > 0


Rule = Mapping[str, Any]
"""`kind`, `prices`, and what the kind's schema holds; amounts in minor units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCard:
    """`id` is the assistant's account. `updated_at` in UTC."""

    id: str
    currency: str
    prices: tuple[Price, ...]
    rules: tuple[dict[str, Any], ...] = ()
    updated_at: datetime
    version: int = 0

    @classmethod
    def proposed(cls, id: str, hourly_rate: Money, retainer: Retainer | None, at: datetime) -> RateCard:
        """A first card from a profile's rates, to go on from."""
        prices = [Price(id="p1", kind="hourly", amount=hourly_rate.amount)]
        if retainer is not None:
            prices.append(
                Price(id="p2", kind="retainer", amount=retainer.fee.amount, minutes=retainer.included_minutes)
            )
        return cls(id=id, currency=hourly_rate.currency, prices=tuple(prices), updated_at=at)

    @classmethod
    def of(cls, id: str, request: Mapping[str, Any], at: datetime) -> RateCard:
        """A first card, from a loaded request. Raises Invalid for one that contradicts itself."""
        card = cls(
            id=id,
            currency=request["currency"],
            prices=tuple(_price(price) for price in request["prices"]),
            rules=tuple(dict(rule) for rule in request["rules"]),
            updated_at=at,
        )
        card.check()
        return card

    def changed(self, request: Mapping[str, Any], at: datetime) -> RateCard:
        """Raises Conflict when it was changed since the request's version, Invalid for a contradiction."""
        if request["version"] != self.version:
            raise Conflict("This rate card was changed in another window. Reload it, then repeat your change.")
        return replace(self.of(self.id, request, at), version=self.version)

    # -- what it comes to in one line ------------------------------------------------------------------------------

    @property
    def hourly_rate(self) -> Money | None:
        """The first price by the hour, one for all work first; else what an hour of the first plan or block costs;
        None where nothing is sold by time."""
        hourly = sorted(
            (price for price in self.prices if price.kind == "hourly"), key=lambda price: bool(price.services)
        )
        if hourly:
            return Money(hourly[0].amount, self.currency)
        with_hours = next((price for price in self.prices if price.includes_hours), None)
        if with_hours is None:
            return None
        return Money(max(1, round(with_hours.amount * 60 / with_hours.minutes)), self.currency)

    @property
    def retainer(self) -> Retainer | None:
        """The smallest plan by the month that a profile can show."""
        plans = [
            price
            for price in self.prices
            if price.kind == "retainer"
            and price.period == "month"
            and SHORTEST_RETAINER <= price.minutes <= LONGEST_RETAINER
        ]
        if not plans:
            return None
        plan = min(plans, key=lambda price: price.minutes)
        return Retainer(fee=Money(plan.amount, self.currency), included_minutes=plan.minutes)

    # -- whether it makes sense ------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raises Invalid with everything that does not hold, at the place where it stands."""
        wrong: dict[str, list[Text]] = {}
        for number, price in enumerate(self.prices):
            _note(wrong, f"prices.{number}", _wrong_price(price))
        _note(wrong, "prices", self._wrong_prices())
        for number, rule in enumerate(self.rules):
            _note(wrong, f"rules.{number}", {**self._wrong_reach(number, rule), **_wrong_rule(rule)})
        if wrong:
            raise Invalid(fields=wrong)

    def _wrong_prices(self) -> dict[str, Text]:
        ids = [price.id for price in self.prices]
        wrong = {f"{number}.id": Text("This is in the list twice.") for number in _repeated(ids)}
        labels = [price.name.strip().casefold() for price in self.prices]
        for number in _repeated(labels):
            if labels[number]:
                wrong[f"{number}.name"] = Text("Another price has this name.")
        return wrong

    def _wrong_reach(self, number: int, rule: Rule) -> dict[str, Text]:
        """A rule for prices that are not there or not of its sort, or one beside another of its kind."""
        known = {price.id: price for price in self.prices}
        wrong: dict[str, Text] = {}
        if any(id not in known for id in rule["prices"]):
            wrong["prices"] = Text("A price that this holds for is no longer on the card. Choose again.")
            return wrong
        reached = self._reach(rule)
        text = _unsuitable(rule["kind"], [known[id] for id in reached])
        if text is not None:
            wrong["prices"] = text
        if rule["kind"] not in REPEATABLE:
            earlier = [other for other in self.rules[:number] if other["kind"] == rule["kind"]]
            if any(reached & self._reach(other) for other in earlier):
                wrong["prices"] = Text("Another rule of this kind holds for the same price already.")
        return wrong

    def _reach(self, rule: Rule) -> set[str]:
        return set(rule["prices"]) or {price.id for price in self.prices}


def _unsuitable(kind: str, prices: list[Price]) -> Text | None:
    """What a rule needs that none of its prices has."""
    if kind == "rollover" and not any(price.kind == "retainer" and price.includes_hours for price in prices):
        return Text("This needs a plan that includes hours.")
    if kind == "refund_unused" and not any(price.includes_hours for price in prices):
        return Text("This needs a plan or a block that includes hours.")
    if kind == "overage" and not any(price.limits_hours for price in prices):
        return Text("This needs a plan or a block that includes hours, or a price with a weekly limit.")
    return None


def _price(data: Mapping[str, Any]) -> Price:
    values = {name: data[name] for name in Price.__slots__ if name in data}
    values["services"] = tuple(data.get("services", ()))
    values["stages"] = tuple(Stage(**stage) for stage in data.get("stages", ()))
    return Price(**values)


def _note(wrong: dict[str, list[Text]], path: str, found: Mapping[str, Text]) -> None:
    for name, text in found.items():
        wrong.setdefault(f"{path}.{name}", []).append(text)


def _repeated(values: Iterable[str]) -> list[int]:
    """Positions of values that stand further up already."""
    listed = list(values)
    return [number for number, value in enumerate(listed) if value in listed[:number]]


def _wrong_price(price: Price) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if price.amount <= 0:
        wrong["amount"] = Text("Enter an amount above zero.")
    if price.kind == "block" and price.minutes <= 0:
        wrong["minutes"] = Text("Enter the hours of the block.")
    if price.kind == "retainer" and not price.minutes and not price.includes.strip():
        wrong["minutes"] = Text("Enter the hours that the fee includes, or say below what it includes.")
    if price.kind == "piece" and not price.unit.strip():
        wrong["unit"] = Text("Say what one is, such as a newsletter.")
    if price.kind == "project":
        if price.stages and sum(stage.percent for stage in price.stages) != 100:
            wrong["stages"] = Text("The parts must come to 100 percent.")
        for number, stage in enumerate(price.stages):
            if stage.when == "milestone" and not stage.text.strip():
                wrong[f"stages.{number}.text"] = Text("Name the milestone.")
    return wrong


def _wrong_rule(rule: Rule) -> dict[str, Text]:
    """What contradicts itself within one rule."""
    check = _CHECKS.get(rule["kind"])
    return check(rule) if check else {}


def _minimum(rule: Rule) -> dict[str, Text]:
    if not (rule["minutes"] or rule["amount"]):
        return {"minutes": Text("Enter how much is charged at least.")}
    if rule["minutes"] and rule["amount"]:
        return {"amount": Text("Either time or an amount.")}
    if rule["amount"] and rule["per"] != "period":
        return {"per": Text("A least amount is for each period.")}
    return {}


def _tiers(rule: Rule) -> dict[str, Text]:
    if bool(rule["from_minutes"]) == bool(rule["from_count"]):
        return {"from_minutes": Text("Enter from how many hours on, or from how many pieces.")}
    return {}


def _due(rule: Rule) -> dict[str, Text]:
    if rule["before_start"] and (rule["from_month_end"] or rule["day_of_month"]):
        return {"before_start": Text("Either before the period starts, or after the invoice.")}
    return _wrong_place(rule["country"], rule["region"]) if rule["country"] else {}


def _rollover(rule: Rule) -> dict[str, Text]:
    if rule["periods"] and rule["days"]:
        return {"days": Text("Either periods or days.")}
    return {}


def _overage(rule: Rule) -> dict[str, Text]:
    if rule["rate"] == "amount" and rule["amount"] <= 0:
        return {"amount": Text("Enter what an hour beyond the plan costs.")}
    return {}


def _surcharge(rule: Rule) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not (rule["percent"] or rule["amount"] or rule["flat"]):
        wrong["percent"] = Text("Enter a percentage or an amount.")
    if rule["on_included"] == "time" and (rule["amount"] or rule["flat"] or not rule["percent"]):
        wrong["on_included"] = Text("Only a percentage can be taken as time.")
    if "overtime" in rule["causes"] and not (rule["day_minutes"] or rule["week_minutes"]):
        wrong["day_minutes"] = Text("Enter from how many hours a day or a week on.")
    if "holiday" in rule["causes"]:
        wrong.update(_wrong_place(rule["country"], rule["region"]))
    return wrong


def _wrong_place(country: str, region: str) -> dict[str, Text]:
    known = holidays_of()
    if not country:
        return {"country": Text("Choose the country whose public holidays count.")}
    if country not in known:
        return {"country": Text("We do not know the public holidays of this country. Choose one of the list.")}
    if region and region not in known[country]:
        return {"region": Text("Leave this empty, or use one of: %(regions)s.", regions=", ".join(known[country]))}
    return {}


@functools.cache
def holidays_of() -> dict[str, list[str]]:
    """Countries (ISO 3166-1) whose public holidays are known, with the codes of their regions."""
    return holidays.list_supported_countries(include_aliases=False)


def _deposit(rule: Rule) -> dict[str, Text]:
    if not (rule["amount"] or rule["percent"]):
        return {"amount": Text("Enter an amount or a percentage.")}
    tiers = sorted(rule["refunds"], key=lambda tier: int(tier["notice_days"]))
    if any(later["percent"] < earlier["percent"] for earlier, later in itertools.pairwise(tiers)):
        return {"refunds": Text("More notice cannot bring back less.")}
    if len({tier["notice_days"] for tier in tiers}) < len(tiers):
        return {"refunds": Text("Each number of days once.")}
    return {}


def _proration(rule: Rule) -> dict[str, Text]:
    if rule["first"] == "weekdays" and len(rule["percents"]) != WEEKDAYS:
        return {"percents": Text("Enter seven percentages, from Monday to Sunday.")}
    return {}


def _late_fee(rule: Rule) -> dict[str, Text]:
    if not (rule["percent_bp"] or rule["amount"] or rule["suspend_days"]):
        return {"percent_bp": Text("Enter a percentage or an amount.")}
    if rule["repeats"] == "yearly" and (rule["amount"] or rule["business_day"] or not rule["percent_bp"]):
        return {"repeats": Text("Interest by the year is a percentage alone.")}
    if rule["business_day"] and rule["days"]:
        return {"days": Text("Either days after the due day, or a business day of the month.")}
    return _wrong_place(rule["country"], rule["region"]) if rule["country"] else {}


def _fee(rule: Rule) -> dict[str, Text]:
    if not (rule["percent_bp"] or rule["amount"]):
        return {"percent_bp": Text("Enter a percentage or an amount.")}
    return {}


def _discount(rule: Rule) -> dict[str, Text]:
    if bool(rule["percent"]) == bool(rule["amount"]):
        return {"percent": Text("Enter a percentage or an amount.")}
    if rule["when"] == "paid_early" and not rule["percent"]:
        return {"percent": Text("Enter a percentage.")}
    if rule["when"] in ("prepaid", "first_periods", "commitment", "paid_early") and not rule["count"]:
        return {"count": Text("Enter how many.")}
    if rule["when"] == "volume" and not rule["from_minutes"]:
        return {"from_minutes": Text("Enter from how many hours on.")}
    if rule["when"] == "agreed" and not rule["text"].strip():
        return {"text": Text("Say for whom.")}
    return {}


def _billing(rule: Rule) -> dict[str, Text]:
    if rule["timing"] == "estimate" and not rule["estimate_minutes"]:
        return {"estimate_minutes": Text("Enter the hours that you estimate.")}
    if rule["every"] == "half_month" and rule["days"] and len(set(rule["days"])) != 2:
        return {"days": Text("Enter two days of the month, such as 1 and 15.")}
    if rule["every"] == "month" and len(rule["days"]) > 1:
        return {"days": Text("Enter one day of the month.")}
    return {}


def _notice(rule: Rule) -> dict[str, Text]:
    if not (rule["days"] or rule["months"] or rule["from_period_end"]):
        return {"days": Text("Enter how long.")}
    return {}


def _cancellation(rule: Rule) -> dict[str, Text]:
    if not (rule["minutes"] or rule["percent"]):
        return {"minutes": Text("Enter what is charged: time, or a percentage.")}
    return {}


def _expenses(rule: Rule) -> dict[str, Text]:
    if rule["approval"] == "above" and not rule["above"]:
        return {"above": Text("Enter the amount above which you ask.")}
    return {}


_CHECKS = {
    "minimum": _minimum,
    "tiers": _tiers,
    "due": _due,
    "rollover": _rollover,
    "notice": _notice,
    "overage": _overage,
    "surcharge": _surcharge,
    "deposit": _deposit,
    "proration": _proration,
    "late_fee": _late_fee,
    "payment_fee": _fee,
    "discount": _discount,
    "billing": _billing,
    "cancellation": _cancellation,
    "expenses": _expenses,
}
