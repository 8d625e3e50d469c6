"""The terms that a contract is charged by: a price and the rules that hold for it. Each rule knows its place on the
card; one with place -1 is what holds where the card says nothing. What the fields mean: shared/contracts/rate_cards.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import time
from fractions import Fraction
from typing import Any, ClassVar, TypeVar

WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    percent: int
    when: str
    text: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    id: str
    kind: str
    name: str = ""
    amount: int
    minutes: int = 0
    period: str = "month"
    valid_days: int = 0
    weekly_limit_minutes: int = 0
    services: tuple[str, ...] = ()
    unit: str = ""
    stages: tuple[Stage, ...] = ()

    @property
    def includes_hours(self) -> bool:
        return self.kind in ("retainer", "block") and self.minutes > 0

    def hour_of(self, amount: int) -> Fraction:
        """What an hour costs where the price is `amount`: exact, in minor units."""
        return Fraction(amount * 60, self.minutes) if self.includes_hours else Fraction(amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    kind: ClassVar[str] = ""
    index: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment(Rule):
    kind: ClassVar[str] = "increment"
    minutes: int
    rounding: str = "up"
    per: str = "entry"

    def step(self, seconds: int) -> int:
        """The time in whole steps; `nearest` takes half a step up."""
        step = self.minutes * 60
        if self.rounding == "down":
            return seconds // step * step
        return (seconds + (step - 1 if self.rounding == "up" else step // 2)) // step * step


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum(Rule):
    kind: ClassVar[str] = "minimum"
    minutes: int = 0
    amount: int = 0
    per: str = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers(Rule):
    kind: ClassVar[str] = "tiers"
    from_minutes: int = 0
    from_count: int = 0
    amount: int
    all_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing(Rule):
    kind: ClassVar[str] = "billing"
    every: str
    timing: str = "arrears"
    anchor: str = "calendar"
    days: tuple[int, ...] = ()
    weekday: str = ""
    includes_day: bool = False
    ahead_days: int = 0
    estimate_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due(Rule):
    kind: ClassVar[str] = "due"
    days: int = 0
    business_days: bool = False
    before_start: bool = False
    from_month_end: bool = False
    day_of_month: int = 0
    country: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollover(Rule):
    kind: ClassVar[str] = "rollover"
    percent: int = 100
    most_minutes: int = 0
    most_percent: int = 0
    periods: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundUnused(Rule):
    kind: ClassVar[str] = "refund_unused"
    percent: int = 100
    notice_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overage(Rule):
    kind: ClassVar[str] = "overage"
    treatment: str = "asked"
    rate: str = "plan"
    percent: int = 100
    amount: int = 0
    block_minutes: int = 0
    free_minutes: int = 0
    asked_from_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surcharge(Rule):
    kind: ClassVar[str] = "surcharge"
    causes: tuple[str, ...]
    percent: int = 0
    amount: int = 0
    flat: int = 0
    hours: int = 24
    evening_from: str = "18:00"
    morning_until: str = "08:00"
    weekend: tuple[str, ...] = ("sat", "sun")
    country: str = ""
    region: str = ""
    day_minutes: int = 0
    week_minutes: int = 0
    on_included: str = "charged"
    add: bool = False

    def on(self, hour: Fraction, seconds: int) -> Fraction:
        """What it comes to for so much time at an hour's rate, without `flat`."""
        return (hour * self.percent / 100 + self.amount) * seconds / HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTier:
    notice_days: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit(Rule):
    kind: ClassVar[str] = "deposit"
    amount: int = 0
    percent: int = 0
    refunds: tuple[RefundTier, ...] = ()
    offset: bool = False

    def share_back(self, notice_days: int) -> int:
        """Percent that comes back after so many days of notice."""
        if not self.refunds:
            return 100
        reached = [tier for tier in self.refunds if notice_days >= tier.notice_days]
        return max(reached, key=lambda tier: tier.notice_days).percent if reached else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpFee(Rule):
    kind: ClassVar[str] = "set_up_fee"
    amount: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proration(Rule):
    kind: ClassVar[str] = "proration"
    first: str = "days"
    last: str = "days"
    percents: tuple[int, ...] = ()
    full_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFee(Rule):
    kind: ClassVar[str] = "late_fee"
    percent_bp: int = 0
    amount: int = 0
    greater: bool = False
    days: int = 0
    business_day: int = 0
    country: str = ""
    region: str = ""
    repeats: str = "once"
    suspend_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFee(Rule):
    kind: ClassVar[str] = "payment_fee"
    methods: tuple[str, ...]
    percent_bp: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expenses(Rule):
    kind: ClassVar[str] = "expenses"
    approval: str = "written"
    above: int = 0
    markup: int = 0
    apart_above: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount(Rule):
    kind: ClassVar[str] = "discount"
    when: str
    percent: int = 0
    amount: int = 0
    count: int = 0
    from_minutes: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Rule):
    kind: ClassVar[str] = "notice"
    days: int = 0
    months: int = 0
    from_period_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(Rule):
    kind: ClassVar[str] = "trial"
    days: int
    percent: int = 100
    free_minutes: int = 0
    refund: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment(Rule):
    kind: ClassVar[str] = "commitment"
    months: int
    percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLock(Rule):
    kind: ClassVar[str] = "price_lock"
    months: int
    most_percent: int = 0
    notice_days: int = 30
    rise_bp: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation(Rule):
    kind: ClassVar[str] = "cancellation"
    hours: int
    minutes: int = 0
    percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceCredit(Rule):
    kind: ClassVar[str] = "absence_credit"
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange(Rule):
    kind: ClassVar[str] = "plan_change"
    when: str = "next_period"
    downgrade: str = ""
    notice_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Rule):
    kind: ClassVar[str] = "pause"
    days: int
    notice_days: int = 0
    percent: int = 0


KINDS: dict[str, type[Rule]] = {kind.kind: kind for kind in Rule.__subclasses__()}
R = TypeVar("R", bound=Rule)

NO_DUE = Due()
NO_OVERAGE = Overage(treatment="asked")
NO_PRORATION = Proration()
NO_EXPENSES = Expenses()
NO_NOTICE = Notice()
NO_PLAN_CHANGE = PlanChange()
USUAL_BILLING = {
    "hourly": Billing(every="week"),
    "block": Billing(every="month"),
    "project": Billing(every="month"),
    "piece": Billing(every="month"),
}


def _usual_billing(price: Price) -> Billing:
    """A plan is paid ahead, from its own day on; the rest when its week or month is over."""
    return USUAL_BILLING.get(price.kind) or Billing(every=price.period, timing="advance", anchor="signing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A price with the rules that hold for it."""

    price: Price
    billing: Billing
    increment: Increment | None = None
    minimums: tuple[Minimum, ...] = ()
    tiers: tuple[Tiers, ...] = ()
    due: Due = NO_DUE
    rollover: Rollover | None = None
    refund_unused: RefundUnused | None = None
    overage: Overage = NO_OVERAGE
    surcharges: tuple[Surcharge, ...] = ()
    proration: Proration = NO_PRORATION
    deposit: Deposit | None = None
    set_up_fees: tuple[SetUpFee, ...] = ()
    late_fee: LateFee | None = None
    payment_fees: tuple[PaymentFee, ...] = ()
    expenses: Expenses = NO_EXPENSES
    discounts: tuple[Discount, ...] = ()
    notice: Notice = NO_NOTICE
    trial: Trial | None = None
    commitment: Commitment | None = None
    price_lock: PriceLock | None = None
    cancellations: tuple[Cancellation, ...] = ()
    absence_credit: AbsenceCredit | None = None
    plan_change: PlanChange = NO_PLAN_CHANGE
    pause: Pause | None = None

    @classmethod
    def of(cls, price: Price, rules: Iterable[Rule]) -> Terms:
        held = list(rules)
        one: dict[str, Any] = {kind.kind: rule for rule in held for kind in (type(rule),)}
        several = {
            "minimums": tuple(_all(held, Minimum)),
            "tiers": tuple(sorted(_all(held, Tiers), key=lambda tier: (tier.from_minutes, tier.from_count))),
            "surcharges": tuple(_all(held, Surcharge)),
            "set_up_fees": tuple(_all(held, SetUpFee)),
            "payment_fees": tuple(_all(held, PaymentFee)),
            "discounts": tuple(_all(held, Discount)),
            "cancellations": tuple(sorted(_all(held, Cancellation), key=lambda rule: rule.hours)),
        }
        single = {field.name: one[field.name] for field in fields(cls) if field.name in one and field.name != "tiers"}
        return cls(**{"price": price, "billing": _usual_billing(price), **single, **several})


def _all(rules: Iterable[Rule], kind: type[R]) -> list[R]:
    return [rule for rule in rules if isinstance(rule, kind)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Prices in their order, each with its terms."""

    currency: str
    terms: tuple[Terms, ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Card:
        """From the loaded content of a rate card, whose prices and rules are plain data."""
        prices = [_made(Price, price) for price in content["prices"]]
        reach = [
            (frozenset(rule["prices"]), _made(KINDS[rule["kind"]], rule, index=index))
            for index, rule in enumerate(content["rules"])
        ]
        return cls(
            currency=content["currency"],
            terms=tuple(
                Terms.of(price, [rule for ids, rule in reach if not ids or price.id in ids]) for price in prices
            ),
        )

    def get(self, price_id: str) -> Terms | None:
        return next((terms for terms in self.terms if terms.price.id == price_id), None)

    def hourly(self, service: str) -> Terms | None:
        """The price by the hour for a service: one made for it, else one for all work."""
        by_hour = [terms for terms in self.terms if terms.price.kind == "hourly"]
        for_it = [terms for terms in by_hour if service and service in terms.price.services]
        for_all = [terms for terms in by_hour if not terms.price.services]
        return next(iter((*for_it, *for_all)), None)


T = TypeVar("T")
NESTED: dict[tuple[str, str], type[Any]] = {("Price", "stages"): Stage, ("Deposit", "refunds"): RefundTier}


def _made(kind: type[T], data: Mapping[str, Any], **more: Any) -> T:
    """The dataclass from plain data; lists become tuples, what it does not know is left out."""
    values: dict[str, Any] = dict(more)
    assert is_dataclass(kind)
    for field in fields(kind):
        if field.name in data:
            value = data[field.name]
            nested = NESTED.get((kind.__name__, field.name))
            if nested is not None:
                value = tuple(_made(nested, part) for part in value)
            values[field.name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def clock(value: str) -> int:
    """Seconds from midnight: "18:30" is 66,600, "24:00" a whole day."""
    if value == "24:00":
        return 24 * HOUR
    at = time.fromisoformat(value)
    return at.hour * HOUR + at.minute * 60
