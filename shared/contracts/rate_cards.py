"""Rate cards: what a practice charges, as prices, and on which terms, as rules that hold for some or all of them.

A card is composed: each rule says one thing (how time is rounded, what becomes of unused hours, when it is due), and
together they say what billing charges. Amounts are whole minor units of the card's one currency; shares are percent,
in hundredths of a percent where the name ends in `_bp` (25 = 0.25 %); lengths are minutes unless the name says days,
months or periods. Times of day, days and weeks (from Monday) are of the practice's zone; work belongs to the day on
which it starts. Where no rule says anything: docs/charging.md.
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
PER_INCREMENT = ("entry", "day", "week", "period")
PER_MINIMUM = ("entry", "day", "week", "period")
BILLED = ("entry", "week", "two_weeks", "half_month", "month", "quarter", "year", "completion")
TIMINGS = ("arrears", "advance", "estimate")
ANCHORS = ("calendar", "signing")
OVERAGES = ("charged", "deferred", "asked", "stopped", "recorded", "renewed")
OVERAGE_RATES = ("plan", "hourly", "amount")
CAUSES = ("short_notice", "evening", "weekend", "holiday", "overtime")
ON_INCLUDED = ("charged", "time", "free")
PRORATIONS = ("full", "days", "working_days", "weekdays", "skip")
LAST_PRORATIONS = ("full", "days", "working_days")
REPEATS = ("once", "daily", "weekly", "monthly", "yearly")
METHODS = ("bank_transfer", "direct_debit", "card", "paypal", "cheque", "cash")
APPROVALS = ("none", "written", "above")
DISCOUNTS = ("prepaid", "volume", "first_periods", "commitment", "agreed", "paid_early")
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
    """A part of a project's price, invoiced on the day that it is reached: on `acceptance` the day of signing, at the
    `start`, at a `milestone` (named by `text`), on `completion`, or `days` after the start (`date`)."""

    percent = fields.Integer(required=True, validate=between(1, 100))
    when = fields.String(required=True, validate=one_of(STAGES))
    text = fields.String(load_default="", validate=length(0, 120))
    days = fields.Integer(load_default=0, validate=between(0, 1000))


class Price(Message):
    """What is sold. `amount` is for an hour (hourly), all its hours (block), a period (retainer), the whole (project)
    or one (piece).

    `minutes` are those of a block, or included in each of a retainer's periods (0: by what is delivered, work costs
    nothing more). `period`: a retainer's. `valid_days`: a block's, from the day it is bought (0: without end).
    `weekly_limit_minutes`: what is charged of a week from Monday (0: no limit); more is overage. `services`: codes of
    the work that it is for (none: all work). An entry is charged by the price it names; else by the contract's own
    price, unless another by the hour is for its service. `includes`: what comes with it, in the practice's words.
    `unit`: of a piece (a newsletter, a kilometre, a day). `stages`: of a project (none: all on completion).
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
    """Time is charged in steps of `minutes`. `per` entry: each entry is rounded; day, week, period: their sum is,
    once. The time as it was worked is kept beside it."""

    minutes = fields.Integer(required=True, validate=between(1, 480))
    rounding = fields.String(load_default="up", validate=one_of(ROUNDINGS))
    per = fields.String(load_default="entry", validate=one_of(PER_INCREMENT))


class Minimum(Rule):
    """At least `minutes` are charged for each entry, or each day or week with work, or each period, worked in or not.
    Or, if `minutes` is 0, at least `amount` for the time of each period of a price by the hour. A first or last part of
    a period by its days; of a period only for the contract's own price. Several hold side by side."""

    minutes = fields.Integer(load_default=0, validate=between(0, 60 * 200))
    amount = fields.Integer(load_default=0, validate=amounts)
    per = fields.String(load_default="entry", validate=one_of(PER_MINIMUM))


class Tiers(Rule):
    """One step of a price list, for prices by the hour or piece: from `from_minutes` of a period on (pieces: from the
    `from_count`th) the hour or piece costs `amount`, for what is above, or for `all_hours` of the period."""

    from_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 400))
    from_count = fields.Integer(load_default=0, validate=between(0, 100_000))
    amount = fields.Integer(required=True, validate=between(1, MONEY_LIMIT))
    all_hours = fields.Boolean(load_default=False)


class Billing(Rule):
    """When invoices are made, and for which periods.

    `every`: `entry` invoices each piece of work on its day, `completion` all when the contract ends. `timing`:
    `advance` invoices a retainer's fee when its period begins and what comes on top when it is over; hours and pieces
    are always invoiced when their period is over, unless `estimate`: `estimate_minutes` of a period are invoiced when
    it begins, and the difference with the next invoice.

    Periods begin, and invoices are made, on the `days` of the month (month: one, 1 if none; half_month: two, 1 and 16
    if none; a shorter month's last day stands for those it has not), or the `weekday` (Monday if none); with `anchor`
    signing, on the contract's day of signing and its anniversaries instead. `includes_day`: the day belongs to the
    period that it ends ("every Friday", "on the month's last day") instead of the one that it begins. `ahead_days`: an
    invoice in advance is made that many days before its period begins.

    A retainer's own period may differ from `every`: longer invoices hold several fees, shorter ones equal parts of it.
    """

    every = fields.String(required=True, validate=one_of(BILLED))
    timing = fields.String(load_default="arrears", validate=one_of(TIMINGS))
    anchor = fields.String(load_default="calendar", validate=one_of(ANCHORS))
    days = fields.List(fields.Integer(validate=between(1, 31)), load_default=list, validate=items(0, 2))
    weekday = fields.String(load_default="", validate=optional(one_of(DAYS)))
    includes_day = fields.Boolean(load_default=False)
    ahead_days = fields.Integer(load_default=0, validate=between(0, 60))
    estimate_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 400))


class Due(Rule):
    """When an invoice is to be paid: `days` after it is made (0: on receipt). `from_month_end`: counted from the end
    of the month it is made in. `day_of_month`: moved on to the next such day (0: not). `before_start`: instead, `days`
    before the period that it is for begins, and not before the invoice's own day. `business_days`: `days` are counted
    from Monday to Friday without public holidays of `country` and `region` (none: without regard to holidays)."""

    days = fields.Integer(required=True, validate=between(0, 120))
    business_days = fields.Boolean(load_default=False)
    before_start = fields.Boolean(load_default=False)
    from_month_end = fields.Boolean(load_default=False)
    day_of_month = fields.Integer(load_default=0, validate=between(0, 31))
    country = fields.String(load_default="", validate=optional(country_code))
    region = fields.String(load_default="", validate=length(0, 10))


class Rollover(Rule):
    """Of a period's unused minutes `percent` carry over (rounded down to the second). What is carried into a period,
    with what is left of earlier carries, is at most `most_minutes` (0: no cap) and `most_percent` of the plan's
    minutes (0: no cap). It can be used for `periods` after its own (0: for as long as the contract runs), or instead,
    if not 0, for `days` after its own period's end. What expires first is used first. Without this rule unused minutes
    lapse when their period ends."""

    percent = fields.Integer(load_default=100, validate=between(1, 100))
    most_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 400))
    most_percent = fields.Integer(load_default=0, validate=between(0, 1000))
    periods = fields.Integer(load_default=0, validate=between(0, 60))
    days = fields.Integer(load_default=0, validate=between(0, 3660))


class RefundUnused(Rule):
    """When the contract ends, minutes that were paid for and not used come back at `percent` of what they cost, if
    notice of at least `notice_days` was given. Without this rule they lapse."""

    percent = fields.Integer(load_default=100, validate=between(1, 100))
    notice_days = fields.Integer(load_default=0, validate=between(0, 366))


class Overage(Rule):
    """What becomes of work beyond the included minutes or the weekly limit: `charged`; `deferred` (taken off the next
    period's minutes); `asked` (held back until the client agrees); `stopped` (not to be worked) or `recorded` (not
    charged). Work that the client agreed to is charged in any case. `renewed`: another block is bought when one is
    used up.

    The first `free_minutes` of a period beyond cost nothing. `asked_from_minutes`: if charged, what is beyond by more
    is asked about (0: never). `rate`: the plan's own hour (its amount by its minutes; an hourly price's own), the
    card's hourly price, or `amount` an hour; times `percent` (150: one and a half). Charged in started blocks of
    `block_minutes` of a period if not 0.
    """

    treatment = fields.String(required=True, validate=one_of(OVERAGES))
    rate = fields.String(load_default="plan", validate=one_of(OVERAGE_RATES))
    percent = fields.Integer(load_default=100, validate=percents)
    amount = fields.Integer(load_default=0, validate=amounts)
    block_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 200))
    free_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 200))
    asked_from_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 400))


class Surcharge(Rule):
    """For work of any of the `causes`: `percent` of the rate at which it is charged, and `amount` an hour, for the
    minutes that it holds for, and `flat` once for an entry that has such minutes.

    `short_notice`: the work (or piece) begins less than `hours` after it was asked for; the whole of it counts.
    `evening`: minutes from `evening_from` to `morning_until`; `weekend`: on its days; `holiday`: on public holidays of
    `country` and `region`; `overtime`: beyond `day_minutes` of a day or `week_minutes` of a week (0: not so limited).
    Of several surcharges on the same minute the one that comes to most counts (the first of equals), and those that
    `add` come on top of it. `on_included`: on minutes that a plan or block includes the surcharge is `charged` by the
    plan's own hour; or is taken as more `time` from what is included (50 %: an hour counts 90 minutes; percent only);
    or is `free`.
    """

    causes = fields.List(fields.String(validate=one_of(CAUSES)), required=True, validate=items(1, 5))
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
    day_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 24))
    week_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 168))
    on_included = fields.String(load_default="charged", validate=one_of(ON_INCLUDED))
    add = fields.Boolean(load_default=False)


class RefundTier(Message):
    """With at least `notice_days` of notice, `percent` of the deposit comes back."""

    notice_days = fields.Integer(required=True, validate=between(0, 366))
    percent = fields.Integer(required=True, validate=shares)


class Deposit(Rule):
    """Held from the day of signing on, asked for apart: `amount`, or `percent` of the price's amount.

    When the contract ends it is set off against the last invoice (`offset`; what is over comes back), or comes back:
    by the tier of `refunds` with the most notice that was given (none reached: nothing), in full without `refunds`.
    What does not come back is kept as a charge. The two may be combined: what comes back is set off."""

    amount = fields.Integer(load_default=0, validate=amounts)
    percent = fields.Integer(load_default=0, validate=between(0, 1000))
    refunds = fields.List(fields.Nested(RefundTier), load_default=list, validate=items(0, 10))
    offset = fields.Boolean(load_default=False)


class SetUpFee(Rule):
    """Once, invoiced on the day of signing. `text`: what for."""

    amount = fields.Integer(required=True, validate=between(1, MONEY_LIMIT))
    text = fields.String(load_default="", validate=length(0, 120))


class Proration(Rule):
    """A retainer's `first` period that began before the contract starts: charged in full; by its days, or its working
    days (Monday to Friday), from the start on; by the weekday of the start (`percents` from Monday to Sunday); or not
    at all (`skip`: the work counts to the first whole period). Its minutes shrink alike (rounded down to the second),
    unless `full_hours`. `last`: a period in which the contract ends, likewise; `full` lets nothing come back. Without
    this rule both are charged by days."""

    first = fields.String(required=True, validate=one_of(PRORATIONS))
    last = fields.String(load_default="days", validate=one_of(LAST_PRORATIONS))
    percents = fields.List(fields.Integer(validate=shares), load_default=list, validate=items(0, 7))
    full_hours = fields.Boolean(load_default=False)


class LateFee(Rule):
    """On an invoice not paid when due: `percent_bp` of what is still to be paid and `amount` (`greater`: the higher of
    the two instead of both). First from the day after `days` have gone by since the due day; or, with `business_day`,
    on the first such business day of a month after the due day (Monday to Friday without public holidays of `country`
    and `region`). `repeats`: once, or again each day, week or month until it is paid; `yearly`: `percent_bp` is a
    year's interest, for each day late, of 365. Fees bear no fees. Work may stop `suspend_days` after the due day (0:
    never)."""

    percent_bp = fields.Integer(load_default=0, validate=basis_points)
    amount = fields.Integer(load_default=0, validate=amounts)
    greater = fields.Boolean(load_default=False)
    days = fields.Integer(load_default=0, validate=between(0, 120))
    business_day = fields.Integer(load_default=0, validate=between(0, 20))
    country = fields.String(load_default="", validate=optional(country_code))
    region = fields.String(load_default="", validate=length(0, 10))
    repeats = fields.String(load_default="once", validate=one_of(REPEATS))
    suspend_days = fields.Integer(load_default=0, validate=between(0, 120))


class PaymentFee(Rule):
    """`percent_bp` of what is paid, and `amount` for each payment, by one of the `methods`; with the next invoice. The
    part of a payment that pays such a fee bears none."""

    methods = fields.List(fields.String(validate=one_of(METHODS)), required=True, validate=items(1, 6))
    percent_bp = fields.Integer(load_default=0, validate=basis_points)
    amount = fields.Integer(load_default=0, validate=amounts)


class Expenses(Rule):
    """Passed on with `markup` percent. Only if agreed in writing (`written`), or if agreed or of not more than `above`
    (`above`), or in any case (`none`); others are held back. Those of more than `apart_above` are invoiced apart, at
    once, before the work they are for (0: never); others with the next invoice. Without this rule: as `written`."""

    approval = fields.String(load_default="written", validate=one_of(APPROVALS))
    above = fields.Integer(load_default=0, validate=amounts)
    markup = fields.Integer(load_default=0, validate=shares)
    apart_above = fields.Integer(load_default=0, validate=amounts)


class Discount(Rule):
    """`percent` off fees, time, pieces and their surcharges, or `amount` off each period's, if `percent` is 0.

    `prepaid`: when at least `count` periods are paid at once; `volume`: for a period of at least `from_minutes` of
    work; `first_periods`: in the first `count`; `commitment`: for a contract of at least `count` months; `agreed`: for
    whom `text` says, such as charities, if the contract says so; `paid_early`: credited with the next invoice, for one
    paid in full within `count` days. Several add up, to 100 % at most; each is taken of the undiscounted price."""

    when = fields.String(required=True, validate=one_of(DISCOUNTS))
    percent = fields.Integer(load_default=0, validate=shares)
    amount = fields.Integer(load_default=0, validate=amounts)
    count = fields.Integer(load_default=0, validate=between(0, 60))
    from_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 400))
    text = fields.String(load_default="", validate=length(0, 120))


class Notice(Rule):
    """To end the contract: `months` and `days` from the day it is given; the contract's last day is the one on which
    it runs out, or with `from_period_end` the last day of the billing period that day is in."""

    days = fields.Integer(load_default=0, validate=between(0, 366))
    months = fields.Integer(load_default=0, validate=between(0, 12))
    from_period_end = fields.Boolean(load_default=False)


class Trial(Rule):
    """The first `days`: time and pieces cost `percent` of the price, a fee `percent` of those days' share; the first
    `free_minutes` cost nothing (nor are they taken from what is included). `refund`: who gives notice within these
    days gets back what their work and fees cost."""

    days = fields.Integer(required=True, validate=between(1, 366))
    percent = fields.Integer(load_default=100, validate=shares)
    free_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 200))
    refund = fields.Boolean(load_default=False)


class Commitment(Rule):
    """At least `months` from the start; who leaves earlier pays `percent` of the fees of what is left, by days."""

    months = fields.Integer(required=True, validate=between(1, 60))
    percent = fields.Integer(load_default=0, validate=shares)


class PriceLock(Rule):
    """Prices hold for `months` from the start and after each rise; they rise by at most `most_percent` (0: no cap),
    told `notice_days` before. `rise_bp`: by so much they rise by themselves each time (0: only when told)."""

    months = fields.Integer(required=True, validate=between(1, 120))
    most_percent = fields.Integer(load_default=0, validate=shares)
    notice_days = fields.Integer(load_default=30, validate=between(0, 366))
    rise_bp = fields.Integer(load_default=0, validate=basis_points)


class Cancellation(Rule):
    """An agreed appointment cancelled less than `hours` before it begins: `minutes`, or else `percent` of its time,
    are charged as worked. Of several the one with the fewest hours that still holds counts."""

    hours = fields.Integer(required=True, validate=between(1, 24 * 60))
    minutes = fields.Integer(load_default=0, validate=between(0, 60 * 24))
    percent = fields.Integer(load_default=0, validate=shares)


class AbsenceCredit(Rule):
    """When the practice is away on more than `days` working days (Monday to Friday) of a retainer's period, the fee is
    credited by the days beyond, as a share of the period's working days."""

    days = fields.Integer(load_default=0, validate=between(0, 31))


class PlanChange(Rule):
    """To a bigger plan (`when`) or a smaller one (`downgrade`; empty: as `when`), told `notice_days` before: from the
    next period; or at once, the rest of the old fee credited and the new one charged by days, minutes alike. Without
    this rule: from the next period."""

    when = fields.String(load_default="next_period", validate=one_of(PLAN_CHANGES))
    downgrade = fields.String(load_default="", validate=optional(one_of(PLAN_CHANGES)))
    notice_days = fields.Integer(load_default=0, validate=between(0, 120))


class Pause(Rule):
    """The client may pause, told `notice_days` before, on `days` of a year from the start at most. Those days of a fee
    are credited but for `percent`; their minutes are not granted."""

    days = fields.Integer(required=True, validate=between(1, 366))
    notice_days = fields.Integer(load_default=0, validate=between(0, 120))
    percent = fields.Integer(load_default=0, validate=shares)


RULES: dict[str, type[Rule]] = {
    "increment": Increment,
    "minimum": Minimum,
    "tiers": Tiers,
    "billing": Billing,
    "due": Due,
    "rollover": Rollover,
    "refund_unused": RefundUnused,
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
    """`hourly_rate` (None: nothing is sold by time) and `retainer` are what the card comes to in one line. Version 0:
    not written yet, but made from the profile's rates; without prices where there is no profile either."""

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
