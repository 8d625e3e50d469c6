"""Rate cards: what a practice charges, as prices, and on which terms, as rules that hold for some or all of them.

A card is composed: each rule says one thing (how time is rounded, what becomes of unused hours, when it is due), and
together they say what billing charges. Amounts are whole minor units of the card's one currency; shares are percent,
in hundredths of a percent where the name ends in `_bp` (25 = 0.25 %); lengths are minutes unless the name says days,
months or periods. Times of day are of the practice's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.fields import (
    DAYS,
    ById,
    Id,
    Instant,
    MoneyField,
    between,
    clock_time,
    fail,
    items,
    known_work,
    length,
    one_of,
    optional,
)
from shared.contracts.profiles import Retainer
from shared.platform.contract import Command, Empty, Event, Message, Query
from shared.platform.money import EXPONENTS

SERVICE = "profiles"

PRICE_KINDS = ("hourly", "block", "retainer", "project", "piece")
PERIODS = ("week", "two_weeks", "month", "quarter", "year")
STAGES = ("acceptance", "start", "milestone", "completion", "date")
ROUNDINGS = ("up", "nearest", "down")
PER_INCREMENT = ("entry", "day", "period")
PER_MINIMUM = ("entry", "day", "week", "period")
BILLED = ("entry", "week", "two_weeks", "half_month", "month", "quarter", "year", "completion")
TIMINGS = ("arrears", "advance", "estimate")
ANCHORS = ("calendar", "signing")
OVERAGES = ("charged", "deferred", "asked", "stopped", "recorded")
OVERAGE_RATES = ("plan", "hourly", "amount")
CAUSES = ("short_notice", "evening", "weekend", "holiday")
PRORATIONS = ("full", "days", "weekdays", "skip")
REPEATS = ("once", "daily", "weekly", "monthly")
METHODS = ("bank_transfer", "direct_debit", "card", "paypal", "cheque", "cash")
APPROVALS = ("none", "written", "above")
DISCOUNTS = ("prepaid", "volume", "first_periods", "commitment", "agreed")
PLAN_CHANGES = ("next_period", "at_once")
MONEY_LIMIT = 10**10
COUNTRY_CODE_LENGTH = 2

amounts = between(0, MONEY_LIMIT)
percents = between(1, 1000)
shares = between(0, 100)
basis_points = between(0, 100_00)
month_minutes = between(0, 60 * 24 * 31)


def country_code(value: str) -> None:
    """ISO 3166-1 alpha-2; which countries' holidays are known is for the services to say."""
    if not (len(value) == COUNTRY_CODE_LENGTH and value.isalpha() and value.isupper()):
        raise fail("Choose a country of the list.")


class Stage(Message):
    """A part of a project's price. `text` names a milestone; `days` counts from the start for `date`."""

    percent = fields.Integer(required=True, validate=between(1, 100))
    when = fields.String(required=True, validate=one_of(STAGES))
    text = fields.String(load_default="", validate=length(0, 120))
    days = fields.Integer(load_default=0, validate=between(0, 1000))


class Price(Message):
    """What is sold. `amount` is for an hour (hourly), all its hours (block), a period (retainer), the whole (project)
    or one (piece).

    `minutes` are those of a block, or included in a retainer's period (0: by what is delivered). `valid_days`: a
    block's (0: without end). `weekly_limit_minutes`: what may be charged a week (0: no limit). `services`: codes that
    it is for (none: all work). `includes`: what comes with it, in the practice's words. `unit`: of a piece.
    """

    id = Id()
    kind = fields.String(required=True, validate=one_of(PRICE_KINDS))
    name = fields.String(load_default="", validate=length(0, 80))
    amount = fields.Integer(required=True, validate=amounts)
    minutes = fields.Integer(load_default=0, validate=month_minutes)
    period = fields.String(load_default="month", validate=one_of(PERIODS))
    valid_days = fields.Integer(load_default=0, validate=between(0, 3660))
    weekly_limit_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 168))
    services = fields.List(fields.String(validate=known_work), load_default=list, validate=items(0, 40))
    includes = fields.String(load_default="", validate=length(0, 500))
    unit = fields.String(load_default="", validate=length(0, 60))
    stages = fields.List(fields.Nested(Stage), load_default=list, validate=items(0, 12))


class Rule(Message):
    """`prices`: ids of the prices that it holds for (none: all of the card)."""

    kind = fields.String(required=True)
    prices = fields.List(fields.String(validate=length(1, 80)), load_default=list, validate=items(0, 40))


class Increment(Rule):
    """Time is charged in steps of `minutes`, rounded for each entry, or once a day or period."""

    minutes = fields.Integer(required=True, validate=between(1, 480))
    rounding = fields.String(load_default="up", validate=one_of(ROUNDINGS))
    per = fields.String(load_default="entry", validate=one_of(PER_INCREMENT))


class Minimum(Rule):
    """At least `minutes` are charged for each entry, day or week with work, or each period."""

    minutes = fields.Integer(required=True, validate=between(1, 60 * 200))
    per = fields.String(load_default="entry", validate=one_of(PER_MINIMUM))


class Tiers(Rule):
    """The hour costs `amount` from `from_minutes` a period on: for the hours above only, or for `all_hours`."""

    from_minutes = fields.Integer(required=True, validate=between(1, 60 * 400))
    amount = fields.Integer(required=True, validate=between(1, MONEY_LIMIT))
    all_hours = fields.Boolean(load_default=False)


class Billing(Rule):
    """When invoices are made. `days` of the month for half_month and month (such as 1 and 15), `weekday` for weeks;
    `anchor` signing: on the anniversary of the contract's day. `estimate`: estimated minutes ahead, settled after."""

    every = fields.String(required=True, validate=one_of(BILLED))
    timing = fields.String(load_default="arrears", validate=one_of(TIMINGS))
    anchor = fields.String(load_default="calendar", validate=one_of(ANCHORS))
    days = fields.List(fields.Integer(validate=between(1, 31)), load_default=list, validate=items(0, 4))
    weekday = fields.String(load_default="", validate=optional(one_of(DAYS)))
    estimate_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 400))


class Due(Rule):
    """`days` after the invoice (0: on receipt), or before the period starts; counted in business days if so said."""

    days = fields.Integer(required=True, validate=between(0, 120))
    business_days = fields.Boolean(load_default=False)
    before_start = fields.Boolean(load_default=False)


class Rollover(Rule):
    """Of the unused minutes `percent` carry over, at most `most_minutes` (0: no cap), for `periods` (0: for ever)."""

    percent = fields.Integer(load_default=100, validate=between(1, 100))
    most_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 400))
    periods = fields.Integer(load_default=0, validate=between(0, 60))


class Overage(Rule):
    """Work beyond what is included: charged; deferred (taken off the next period); asked about first; stopped; or
    recorded and not charged.

    `rate`: the plan's own hour, the card's hourly price, or `amount`; times `percent`. In blocks of `block_minutes`
    if not 0.
    """

    treatment = fields.String(required=True, validate=one_of(OVERAGES))
    rate = fields.String(load_default="plan", validate=one_of(OVERAGE_RATES))
    percent = fields.Integer(load_default=100, validate=percents)
    amount = fields.Integer(load_default=0, validate=amounts)
    block_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 200))


class Surcharge(Rule):
    """For work of any of the `causes`: `percent` of the hour's rate, `amount` an hour, or `flat` for an entry.

    `hours`: notice below which it is short; `evening_from` to `morning_until`: the hours of evening and night;
    `weekend`: its days; `country` and `region`: whose public holidays. Of several surcharges on the same minutes the
    highest counts, and those that `add` come on top.
    """

    causes = fields.List(fields.String(validate=one_of(CAUSES)), required=True, validate=items(1, 4))
    percent = fields.Integer(load_default=0, validate=between(0, 1000))
    amount = fields.Integer(load_default=0, validate=amounts)
    flat = fields.Integer(load_default=0, validate=amounts)
    hours = fields.Integer(load_default=24, validate=between(1, 24 * 60))
    evening_from = fields.String(load_default="18:00", validate=clock_time)
    morning_until = fields.String(load_default="08:00", validate=clock_time)
    weekend = fields.List(
        fields.String(validate=one_of(DAYS)), load_default=lambda: ["sat", "sun"], validate=items(1, 7)
    )
    country = fields.String(load_default="", validate=optional(country_code))
    region = fields.String(load_default="", validate=length(0, 10))
    add = fields.Boolean(load_default=False)


class RefundTier(Message):
    """With at least `notice_days` of notice, `percent` of the deposit comes back."""

    notice_days = fields.Integer(required=True, validate=between(0, 366))
    percent = fields.Integer(required=True, validate=shares)


class Deposit(Rule):
    """Held from the signing on: `amount`, or `percent` of the price. Comes back by `refunds`; or is set off against
    the last invoice (`offset`)."""

    amount = fields.Integer(load_default=0, validate=amounts)
    percent = fields.Integer(load_default=0, validate=between(0, 1000))
    refunds = fields.List(fields.Nested(RefundTier), load_default=list, validate=items(0, 10))
    offset = fields.Boolean(load_default=False)


class SetUpFee(Rule):
    """Once, with the first invoice."""

    amount = fields.Integer(required=True, validate=between(1, MONEY_LIMIT))


class Proration(Rule):
    """A first period that began earlier: full, by its days, by the weekday of the start (`percents` from Monday to
    Sunday), or not charged at all (skip)."""

    first = fields.String(required=True, validate=one_of(PRORATIONS))
    percents = fields.List(fields.Integer(validate=shares), load_default=list, validate=items(0, 7))


class LateFee(Rule):
    """`percent_bp` of what is overdue, or `amount`: `days` after the due day, or from the `business_day`th business
    day of the month on; once, or again each day, week or month. Work may stop after `suspend_days` (0: never)."""

    percent_bp = fields.Integer(load_default=0, validate=basis_points)
    amount = fields.Integer(load_default=0, validate=amounts)
    days = fields.Integer(load_default=0, validate=between(0, 120))
    business_day = fields.Integer(load_default=0, validate=between(0, 20))
    repeats = fields.String(load_default="once", validate=one_of(REPEATS))
    suspend_days = fields.Integer(load_default=0, validate=between(0, 120))


class PaymentFee(Rule):
    """`percent_bp` of the invoice and `amount`, when it is paid by one of the `methods`."""

    methods = fields.List(fields.String(validate=one_of(METHODS)), required=True, validate=items(1, 6))
    percent_bp = fields.Integer(load_default=0, validate=basis_points)
    amount = fields.Integer(load_default=0, validate=amounts)


class Expenses(Rule):
    """Agreed in writing (all, or those `above` an amount) or not at all; passed on with `markup` percent; those of
    `apart_above` and more are invoiced apart and before the work (0: never)."""

    approval = fields.String(load_default="written", validate=one_of(APPROVALS))
    above = fields.Integer(load_default=0, validate=amounts)
    markup = fields.Integer(load_default=0, validate=shares)
    apart_above = fields.Integer(load_default=0, validate=amounts)


class Discount(Rule):
    """`percent` off: for `count` periods paid at once (prepaid), from `from_minutes` a period (volume), in the first
    `count` periods, for a commitment of `count` months, or for whom it is agreed with (`text`, such as charities)."""

    when = fields.String(required=True, validate=one_of(DISCOUNTS))
    percent = fields.Integer(required=True, validate=between(1, 100))
    count = fields.Integer(load_default=0, validate=between(0, 60))
    from_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 400))
    text = fields.String(load_default="", validate=length(0, 120))


class Notice(Rule):
    """To end the contract; `from_period_end`: it ends with the period in which the notice runs out."""

    days = fields.Integer(required=True, validate=between(0, 366))
    from_period_end = fields.Boolean(load_default=False)


class Trial(Rule):
    """The first `days`, at `percent` of the price, with `free_minutes` that cost nothing; money back if so said."""

    days = fields.Integer(required=True, validate=between(1, 366))
    percent = fields.Integer(load_default=100, validate=shares)
    free_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 200))
    refund = fields.Boolean(load_default=False)


class Commitment(Rule):
    """At least `months`; who leaves earlier pays `percent` of what is left."""

    months = fields.Integer(required=True, validate=between(1, 60))
    percent = fields.Integer(load_default=0, validate=shares)


class PriceLock(Rule):
    """Prices hold for `months`; then they rise by at most `most_percent` (0: no cap), told `notice_days` before."""

    months = fields.Integer(required=True, validate=between(1, 120))
    most_percent = fields.Integer(load_default=0, validate=shares)
    notice_days = fields.Integer(load_default=30, validate=between(0, 366))


class Cancellation(Rule):
    """An agreed appointment cancelled less than `hours` before: `minutes` are charged, or `percent` of its time."""

    hours = fields.Integer(required=True, validate=between(1, 24 * 60))
    minutes = fields.Integer(load_default=0, validate=between(0, 60 * 24))
    percent = fields.Integer(load_default=0, validate=shares)


class AbsenceCredit(Rule):
    """When the practice is away more than `days` a period, the fee is credited by the working days beyond."""

    days = fields.Integer(load_default=0, validate=between(0, 31))


class PlanChange(Rule):
    """To another plan, with `notice_days`: from the next period, or at once with what is left set off."""

    when = fields.String(load_default="next_period", validate=one_of(PLAN_CHANGES))
    notice_days = fields.Integer(load_default=0, validate=between(0, 120))


class Pause(Rule):
    """The client may pause for `days` a year, told `notice_days` before, without paying."""

    days = fields.Integer(required=True, validate=between(1, 366))
    notice_days = fields.Integer(load_default=0, validate=between(0, 120))


RULES: dict[str, type[Rule]] = {
    "increment": Increment,
    "minimum": Minimum,
    "tiers": Tiers,
    "billing": Billing,
    "due": Due,
    "rollover": Rollover,
    "overage": Overage,
    "surcharge": Surcharge,
    "proration": Proration,
    "deposit": Deposit,
    "set_up_fee": SetUpFee,
    "late_fee": LateFee,
    "payment_fee": PaymentFee,
    "expenses": Expenses,
    "discount": Discount,
    "trial": Trial,
    "commitment": Commitment,
    "price_lock": PriceLock,
    "notice": Notice,
    "cancellation": Cancellation,
    "absence_credit": AbsenceCredit,
    "plan_change": PlanChange,
    "pause": Pause,
}
"""Every kind of rule with its schema."""


class RuleField(fields.Field[dict[str, Any]]):
    """A rule of any kind: `kind` says by which schema the rest is read."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise fail("Choose one of the list.")
        schema = RULES.get(str(value.get("kind", "")))
        if schema is None:
            raise ValidationError({"kind": fail("Choose one of the list.").messages})
        loaded: dict[str, Any] = schema().load(value)
        return loaded

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None or value.get("kind") not in RULES:
            return value
        return RULES[value["kind"]]().dump(value)


class RateCardContent(Message):
    currency = fields.String(required=True, validate=one_of(EXPONENTS))
    prices = fields.List(fields.Nested(Price), required=True, validate=items(1, 20))
    rules = fields.List(RuleField(), load_default=list, validate=items(0, 60))


class RateCard(RateCardContent):
    """`hourly_rate` and `retainer` are what the card comes to in one line. Version 0: not written yet, but made from
    the profile's rates; without prices where there is no profile either."""

    assistant_id = fields.String()
    hourly_rate = MoneyField(allow_none=True)
    retainer = fields.Nested(Retainer, allow_none=True)
    version = fields.Integer()
    updated_at = Instant()


class SaveRateCardRequest(RateCardContent):
    """`version` is the one the form was made from (0 for a first save): a lost race is a Conflict."""

    version = fields.Integer(load_default=0)


# The assistant's own card; the profile's hourly rate and retainer follow its prices.
SaveRateCard = Command(SERVICE, "save_rate_card", SaveRateCardRequest, RateCard)
GetMyRateCard = Query(SERVICE, "get_my_rate_card", Empty, RateCard)
# Anyone; NotFound while the profile is not published, except for its owner and operators. `id` is the assistant's.
GetRateCard = Query(SERVICE, "get_rate_card", ById, RateCard)


class ImportedRateCard(RateCardContent):
    assistant_id = fields.String(required=True)


class ImportRateCardsRequest(Message):
    cards = fields.List(fields.Nested(ImportedRateCard), required=True, validate=items(1, 500))


# Operators: first cards of imported profiles.
ImportRateCards = Command(SERVICE, "import_rate_cards", ImportRateCardsRequest, Empty)


class RateCardFact(RateCardContent):
    """The whole card, whether its profile is published or not."""

    assistant_id = fields.String(required=True)


RateCardChanged = Event(SERVICE, "rate_card.changed", RateCardFact)
