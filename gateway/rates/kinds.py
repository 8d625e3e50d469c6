"""What the editor asks for each kind of price and rule, as data: how fields are called, when they matter, which are
rarely needed. A new kind of rule is a row here, a sentence in sentences.py and a schema in the contract."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import holidays
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, missing
from marshmallow import fields as ma
from werkzeug.datastructures import MultiDict

from gateway import formats, i18n
from gateway.formats import Unreadable
from gateway.forms import (
    Choose,
    ChooseSome,
    Field,
    Hours,
    LongText,
    Number,
    Rows,
    Text,
    Toggle,
    half_hours,
    named,
    services,
)
from gateway.rates import sentences
from shared.contracts import taxonomy
from shared.platform.money import EXPONENTS, Money

Json = dict[str, Any]


# -- fields that rate cards need ------------------------------------------------------------------------------------


class _EmptyIsNone(Field):
    """Where it may be left empty, nothing typed and zero are the same."""

    def __init__(self, label: Any, *, suffix: Any = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.suffix = suffix

    def empty(self) -> Any:
        return self.default or 0

    def show(self, value: Any) -> None:
        super().show(value)
        if self.optional and not value:
            self.typed = ""


class Count(_EmptyIsNone, Number):
    """A whole number with its unit beside it."""


class Length(_EmptyIsNone, Hours):
    """Hours and minutes."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, **{"suffix": "h", **options})


class BasisPoints(_EmptyIsNone):
    """A percentage with up to two decimals, in hundredths of a percent."""

    inputmode = "decimal"

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, **{"suffix": "%", **options})

    def read(self, typed: str) -> int:
        value = formats.read_decimal(typed.removesuffix("%")) * 100
        if value != value.to_integral_value():
            raise Unreadable("Enter a percentage with two decimals at most.")
        return int(value)

    def write(self, value: int) -> str:
        return formats.number(value / 100, 2)


class Amount(_EmptyIsNone):
    """Money in the card's currency, in its minor units."""

    inputmode = "decimal"
    currency = "EUR"

    def read(self, typed: str) -> int:
        amount = formats.read_money(typed, self.currency)
        if amount.amount < 0:
            raise Unreadable("An amount cannot be negative.")
        return amount.amount

    def write(self, value: int) -> str:
        return formats.typed_money(Money(value, self.currency))

    def use(self, currency: str) -> None:
        """Before it reads or shows: what its numbers mean."""
        self.currency = currency
        self.suffix = f"{currency} {self.suffix}" if self.suffix else currency


class Numbers(Text):
    """Whole numbers in a row, such as `1, 15`."""

    def read(self, typed: str) -> list[int]:
        try:
            return [int(part) for part in re.split(r"[\s,;%]+", typed) if part]
        except ValueError as error:
            raise Unreadable("Enter whole numbers with a comma between them.") from error

    def empty(self) -> list[int]:
        return []

    def write(self, value: Sequence[int]) -> str:
        return ", ".join(map(str, value))


class Days(ChooseSome):
    """Days of the week; none chosen means Saturday and Sunday."""

    def take(self, data: MultiDict[str, str]) -> None:
        super().take(data)
        self.value = self.value or ["sat", "sun"]


class Work(ChooseSome):
    """Services; and skills, where the card names some already."""

    def show(self, value: Any) -> None:
        super().show(value)
        self._with(self.value)

    def take(self, data: MultiDict[str, str]) -> None:
        self._with([code for code in data.getlist(self.html_name) if code in taxonomy.SKILLS])
        super().take(data)

    def _with(self, codes: Sequence[str]) -> None:
        skills = [(code, formats.taxon(code)) for code in codes if code in taxonomy.SKILLS]
        self._choices = [*services(), *skills]


def currencies() -> list[tuple[str, str]]:
    return [(code, f"{code} · {formats.currency_name(code)}") for code in EXPONENTS]


def countries() -> list[tuple[str, str]]:
    """Those whose public holidays are known, by name."""
    return _countries(i18n.current_locale())


@functools.cache
def _countries(locale: str) -> list[tuple[str, str]]:
    known = holidays.list_supported_countries(include_aliases=False)
    names = formats.locale().territories
    assert locale
    return sorted(((code, str(names.get(code, code))) for code in known), key=lambda pair: pair[1].casefold())


# -- kinds ----------------------------------------------------------------------------------------------------------

When = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a price or a rule of this kind asks for. `more`: fields that few need. `when`: fields that matter only while
    others have one of the values. `suits`: kinds of prices that a rule can hold for (none: all)."""

    title: Any
    about: Any
    icon: str
    fields: Mapping[str, Field]
    more: tuple[str, ...] = ()
    when: When = field(default_factory=dict)
    suits: tuple[str, ...] = ()


def _name(example: Any) -> Text:
    return Text(_l("Name"), optional=True, most=80, placeholder=example)


def _services() -> Work:
    return Work(_l("Only for some work"), services, optional=True, hint=_l("None chosen: for all your work."))


def _includes() -> LongText:
    return LongText(
        _l("What comes with it"),
        optional=True,
        most=500,
        rows=2,
        hint=_l("In your own words; clients read it as you write it."),
    )


def _weekly_limit() -> Length:
    return Length(
        _l("Charged at most, a week"), optional=True, hint=_l("More only when the client agrees. Leave empty for none.")
    )


STAGE = {
    "percent": Count(_l("Share"), suffix="%"),
    "when": Choose(_l("When"), named("stage"), default="acceptance"),
    "text": Text(_l("Name of the milestone"), optional=True, most=120, placeholder=_l("Name of the milestone")),
    "days": Count(_l("Days after the start"), optional=True, suffix=_l("days")),
}

PRICES: dict[str, Kind] = {
    "hourly": Kind(
        _l("By the hour"),
        _l("You charge the time that you work."),
        "clock",
        {
            "amount": Amount(_l("An hour costs"), suffix=_l("/ h")),
            "name": _name(_l("For example Translations")),
            "weekly_limit_minutes": _weekly_limit(),
            "services": _services(),
            "includes": _includes(),
        },
        more=("name", "weekly_limit_minutes", "services", "includes"),
    ),
    "block": Kind(
        _l("Block of hours"),
        _l("Clients buy a number of hours and use them when they need them."),
        "package",
        {
            "minutes": Length(_l("Hours in the block")),
            "amount": Amount(_l("The block costs")),
            "valid_days": Count(
                _l("Can be used for"), optional=True, suffix=_l("days"), hint=_l("Leave empty: for ever.")
            ),
            "name": _name(_l("For example Ten hours")),
            "services": _services(),
            "includes": _includes(),
        },
        more=("services", "includes"),
    ),
    "retainer": Kind(
        _l("Plan"),
        _l("A fixed fee each month, week or quarter, with hours or for what you deliver."),
        "repeat",
        {
            "amount": Amount(_l("It costs")),
            "period": Choose(_l("Each"), named("period"), default="month"),
            "minutes": Length(
                _l("Hours included"), optional=True, hint=_l("Leave empty when you are paid for what you deliver.")
            ),
            "name": _name(_l("For example Studio plan")),
            "weekly_limit_minutes": _weekly_limit(),
            "services": _services(),
            "includes": _includes(),
        },
        more=("weekly_limit_minutes", "services", "includes"),
    ),
    "project": Kind(
        _l("Project"),
        _l("One price for the whole, in one payment or in parts."),
        "flag",
        {
            "name": _name(_l("For example New website")),
            "amount": Amount(_l("The whole costs")),
            "stages": Rows(
                _l("Paid in parts"),
                STAGE,
                optional=True,
                most=12,
                add=_l("Another part"),
                hint=_l("The shares come to 100 percent. Without parts it is paid when done."),
            ),
            "services": _services(),
            "includes": _includes(),
        },
        more=("services", "includes"),
    ),
    "piece": Kind(
        _l("By the piece"),
        _l("A price for each thing you deliver: a newsletter, a trip, a set of minutes."),
        "file-text",
        {
            "unit": Text(_l("One of what"), most=60, placeholder=_l("For example newsletter")),
            "amount": Amount(_l("One costs")),
            "name": _name(_l("For example Newsletters")),
            "services": _services(),
            "includes": _includes(),
        },
        more=("services", "includes"),
    ),
}


def _region() -> Text:
    hint = _l("Its code, if it has holidays of its own: BZ, BY, SCT.")
    return Text(_l("Region"), optional=True, most=10, hint=hint)


_WITH_HOURS = ("block", "retainer")
_TIMED = ("hourly", "block", "retainer")
_REGULAR = ("week", "two_weeks", "half_month", "month", "quarter", "year")

RULES: dict[str, Kind] = {
    "increment": Kind(
        _l("Rounding of time"),
        _l("Time is charged in steps, such as quarters of an hour."),
        "clock",
        {
            "minutes": Count(_l("Steps of"), suffix=_l("min"), default=15),
            "rounding": Choose(_l("Rounded"), named("rounding"), default="up"),
            "per": Choose(_l("What is rounded"), named("increment_per"), default="entry"),
        },
        suits=_TIMED,
    ),
    "minimum": Kind(
        _l("Minimum time"),
        _l("However short the work, at least so much is charged."),
        "hourglass",
        {
            "minutes": Length(_l("Charged at least"), optional=True),
            "per": Choose(_l("For"), named("minimum_per"), default="entry"),
            "amount": Amount(_l("Or an amount, each period"), optional=True),
        },
        more=("amount",),
        suits=_TIMED,
    ),
    "tiers": Kind(
        _l("Another price from many on"),
        _l("An hour or a piece costs less from a number of them in a period on."),
        "trending-down",
        {
            "from_minutes": Length(_l("From so many hours, in a period"), optional=True),
            "from_count": Count(_l("Or from so many pieces"), optional=True),
            "amount": Amount(_l("One then costs")),
            "all_hours": Toggle(_l("Then for all of the period, not only for those beyond")),
        },
        suits=("hourly", "piece"),
    ),
    "surcharge": Kind(
        _l("Surcharge"),
        _l("Work at short notice, in the evening, at weekends or on public holidays costs more."),
        "plus",
        {
            "causes": ChooseSome(_l("For work"), named("cause")),
            "percent": Count(_l("Costs more by"), optional=True, suffix="%"),
            "hours": Count(_l("Short notice is less than"), suffix="h", default=24),
            "evening_from": Choose(_l("Evening from"), half_hours, default="18:00"),
            "morning_until": Choose(_l("Until, in the morning"), half_hours, default="08:00"),
            "weekend": Days(_l("Days of the weekend"), named("day"), optional=True, default=["sat", "sun"]),
            "country": Choose(_l("Public holidays of"), countries, blank=_l("Choose a country")),
            "region": _region(),
            "day_minutes": Length(_l("Long is a day beyond"), optional=True),
            "week_minutes": Length(_l("Or a week beyond"), optional=True),
            "amount": Amount(_l("Or more by an amount"), optional=True, suffix=_l("/ h")),
            "flat": Amount(_l("Or by an amount each time"), optional=True),
            "on_included": Choose(_l("On hours that a plan includes"), named("on_included"), default="charged"),
            "add": Toggle(_l("On top of other surcharges (else the highest counts)")),
        },
        more=("amount", "flat", "on_included", "add"),
        when={
            "hours": {"causes": ("short_notice",)},
            "evening_from": {"causes": ("evening",)},
            "morning_until": {"causes": ("evening",)},
            "weekend": {"causes": ("weekend",)},
            "country": {"causes": ("holiday",)},
            "region": {"causes": ("holiday",)},
            "day_minutes": {"causes": ("overtime",)},
            "week_minutes": {"causes": ("overtime",)},
        },
    ),
    "cancellation": Kind(
        _l("Late cancellation"),
        _l("An appointment that is called off too late is charged in part."),
        "calendar-x",
        {
            "hours": Count(_l("Called off less than"), suffix=_l("h before"), default=24),
            "minutes": Length(_l("Charged: time"), optional=True),
            "percent": Count(_l("Or a share of its time"), optional=True, suffix="%"),
        },
    ),
    "discount": Kind(
        _l("Discount"),
        _l("Less for those who pay ahead, buy much, commit, or for whom you choose."),
        "badge-percent",
        {
            "percent": Count(_l("Less by"), optional=True, suffix="%"),
            "amount": Amount(_l("Or less by an amount, each period"), optional=True),
            "when": Choose(_l("When"), named("discount"), default="prepaid"),
            "count": Count(_l("How many"), hint=_l("Periods, months of commitment, or days.")),
            "from_minutes": Length(_l("From, in a period")),
            "text": Text(_l("For whom"), most=120, placeholder=_l("For example charities")),
        },
        when={
            "count": {"when": ("prepaid", "first_periods", "commitment", "paid_early")},
            "from_minutes": {"when": ("volume",)},
            "text": {"when": ("agreed",)},
        },
    ),
    "rollover": Kind(
        _l("Unused hours carry over"),
        _l("Without this, hours of a plan that are not used lapse when its period ends."),
        "arrow-right",
        {
            "percent": Count(_l("Of the unused hours"), suffix="%", default=100),
            "most_minutes": Length(_l("At most"), optional=True, hint=_l("Leave empty for no limit.")),
            "periods": Count(
                _l("Usable for"), optional=True, suffix=_l("periods"), hint=_l("Leave empty: until they are used.")
            ),
            "days": Count(_l("Or usable for"), optional=True, suffix=_l("days")),
            "most_percent": Count(_l("Or at most, of the plan's hours"), optional=True, suffix="%"),
        },
        more=("days", "most_percent"),
        suits=("retainer",),
    ),
    "refund_unused": Kind(
        _l("Unused hours are paid back"),
        _l("At the end of the contract, hours that were paid for and not used."),
        "undo-2",
        {
            "percent": Count(_l("Of what they cost"), suffix="%", default=100),
            "notice_days": Count(_l("With notice of at least"), optional=True, suffix=_l("days")),
        },
        suits=_WITH_HOURS,
    ),
    "overage": Kind(
        _l("Hours beyond the plan"),
        _l("What happens when the included hours are used up."),
        "gauge",
        {
            "treatment": Choose(_l("They are"), named("overage"), default="charged"),
            "rate": Choose(_l("An hour costs"), named("overage_rate"), default="plan"),
            "percent": Count(_l("Of that"), suffix="%", default=100),
            "amount": Amount(_l("An hour costs"), suffix=_l("/ h")),
            "block_minutes": Length(_l("In blocks of"), optional=True, hint=_l("Leave empty: by the minute.")),
            "free_minutes": Length(_l("Free before that, a period"), optional=True),
            "asked_from_minutes": Length(
                _l("The client is asked beyond"), optional=True, hint=_l("Leave empty: never.")
            ),
        },
        more=("block_minutes", "free_minutes", "asked_from_minutes"),
        when={
            "rate": {"treatment": ("charged", "asked")},
            "percent": {"treatment": ("charged", "asked")},
            "amount": {"treatment": ("charged", "asked"), "rate": ("amount",)},
            "asked_from_minutes": {"treatment": ("charged",)},
        },
    ),
    "proration": Kind(
        _l("Periods that are not whole"),
        _l("What is charged when a contract begins or ends in the middle of a week or month."),
        "calendar",
        {
            "first": Choose(_l("The first is charged"), named("proration"), default="days"),
            "percents": Numbers(
                _l("Share by weekday of the start, Monday to Sunday"), placeholder="100, 80, 60, 40, 20, 20, 20"
            ),
            "last": Choose(
                _l("The last is charged"), named("proration", "full", "days", "working_days"), default="days"
            ),
            "full_hours": Toggle(_l("All the hours of the period are there nevertheless")),
        },
        more=("full_hours",),
        when={"percents": {"first": ("weekdays",)}},
        suits=("retainer",),
    ),
    "plan_change": Kind(
        _l("Change of plan"),
        _l("When clients may take a larger or a smaller plan."),
        "arrow-left-right",
        {
            "when": Choose(_l("It counts"), named("plan_change"), default="next_period"),
            "downgrade": Choose(
                _l("A smaller plan counts"), named("plan_change"), optional=True, blank=_l("Like a larger one")
            ),
            "notice_days": Count(_l("Told before"), optional=True, suffix=_l("days")),
        },
        suits=("retainer",),
    ),
    "pause": Kind(
        _l("Pause"),
        _l("Clients may stop for a while without paying."),
        "pause",
        {
            "days": Count(_l("In a year, at most"), suffix=_l("days")),
            "notice_days": Count(_l("Told before"), optional=True, suffix=_l("days")),
            "percent": Count(_l("Share of the fee that is still due"), optional=True, suffix="%"),
        },
        suits=("retainer",),
    ),
    "absence_credit": Kind(
        _l("When you are away"),
        _l("Part of the fee comes back for days on which you do not work."),
        "tree-palm",
        {"days": Count(_l("Beyond, in a period"), optional=True, suffix=_l("days"), hint=_l("Empty: every day."))},
        suits=("retainer",),
    ),
    "billing": Kind(
        _l("When you send invoices"),
        _l("Each week, on the 1st and the 15th, on the day of the signing, in advance or afterwards."),
        "receipt",
        {
            "every": Choose(_l("An invoice"), named("billed"), default="month"),
            "timing": Choose(_l("For what"), named("timing"), default="arrears"),
            "weekday": Choose(_l("On"), named("day"), optional=True, blank=_l("Monday")),
            "days": Numbers(
                _l("On the days of the month"),
                optional=True,
                placeholder="1, 15",
                hint=_l("Leave empty: the 1st, and the 16th."),
            ),
            "anchor": Choose(_l("Counted from"), named("anchor"), default="calendar"),
            "estimate_minutes": Length(_l("Estimated hours, a period")),
            "ahead_days": Count(_l("Made before the period begins"), optional=True, suffix=_l("days")),
            "includes_day": Toggle(_l("The day of the invoice still belongs to what it is for")),
        },
        more=("ahead_days", "includes_day"),
        when={
            "weekday": {"every": ("week", "two_weeks")},
            "days": {"every": ("half_month", "month"), "anchor": ("calendar",)},
            "anchor": {"every": _REGULAR},
            "estimate_minutes": {"timing": ("estimate",)},
            "ahead_days": {"timing": ("advance", "estimate")},
        },
    ),
    "due": Kind(
        _l("When invoices are due"),
        _l("On receipt, after some days, or before the work begins."),
        "calendar-check",
        {
            "days": Count(_l("Days"), suffix=_l("days"), default=14, hint=_l("0: on receipt.")),
            "business_days": Toggle(_l("Business days only")),
            "before_start": Toggle(_l("Before the period begins, not after the invoice")),
            "from_month_end": Toggle(_l("Counted from the end of the month")),
            "day_of_month": Count(_l("Moved on to the day of the month"), optional=True),
            "country": Choose(_l("Without public holidays of"), countries, optional=True, blank=_l("None")),
            "region": _region(),
        },
        more=("from_month_end", "day_of_month", "country", "region"),
    ),
    "payment_fee": Kind(
        _l("Fee for ways of paying"),
        _l("What payment by card or the like costs more."),
        "credit-card",
        {
            "methods": ChooseSome(_l("For payment by"), named("method")),
            "percent_bp": BasisPoints(_l("Share of the invoice"), optional=True),
            "amount": Amount(_l("And an amount"), optional=True),
        },
    ),
    "late_fee": Kind(
        _l("Late payment"),
        _l("What an overdue invoice costs, and when work stops."),
        "triangle-alert",
        {
            "percent_bp": BasisPoints(_l("Share of what is overdue"), optional=True),
            "amount": Amount(_l("And an amount"), optional=True),
            "days": Count(
                _l("After"), optional=True, suffix=_l("days"), hint=_l("Days of grace after the day it was due.")
            ),
            "business_day": Count(
                _l("Or from a business day of the month on"), optional=True, hint=_l("5: the month's fifth.")
            ),
            "repeats": Choose(_l("Charged"), named("repeats"), default="once"),
            "suspend_days": Count(
                _l("Work stops after"), optional=True, suffix=_l("days"), hint=_l("Leave empty: it goes on.")
            ),
            "greater": Toggle(_l("The higher of the two, not both")),
            "country": Choose(_l("Without public holidays of"), countries, optional=True, blank=_l("None")),
            "region": _region(),
        },
        more=("business_day", "country", "region", "suspend_days", "greater"),
    ),
    "expenses": Kind(
        _l("Expenses"),
        _l("Tickets, postage, tools: whether clients agree first, and how they are charged."),
        "ticket",
        {
            "approval": Choose(_l("The client's agreement"), named("approval"), default="written"),
            "above": Amount(_l("Above")),
            "markup": Count(_l("Added to them"), optional=True, suffix="%", hint=_l("Leave empty: at cost.")),
            "apart_above": Amount(
                _l("Invoiced apart and before, from"),
                optional=True,
                hint=_l("Leave empty: always with the next invoice."),
            ),
        },
        more=("apart_above",),
        when={"above": {"approval": ("above",)}},
    ),
    "deposit": Kind(
        _l("Deposit"),
        _l("Paid at the signing and held until the end."),
        "piggy-bank",
        {
            "amount": Amount(_l("Amount"), optional=True),
            "percent": Count(_l("Or a share of the price"), optional=True, suffix="%"),
            "refunds": Rows(
                _l("What comes back"),
                {
                    "notice_days": Count(_l("With notice of"), suffix=_l("days")),
                    "percent": Count(_l("Comes back"), suffix="%"),
                },
                optional=True,
                most=10,
                add=_l("Another line"),
                hint=_l("Without lines it comes back in full."),
            ),
            "offset": Toggle(_l("Set off against the last invoice")),
        },
    ),
    "set_up_fee": Kind(
        _l("Set-up fee"),
        _l("Once, for getting to know the client's world."),
        "settings",
        {
            "amount": Amount(_l("Once")),
            "text": Text(_l("For what"), optional=True, most=120, placeholder=_l("For example access and handbook")),
        },
    ),
    "trial": Kind(
        _l("Trial"),
        _l("Getting to know each other at the start, at a smaller price or for free."),
        "hand",
        {
            "days": Count(_l("The first"), suffix=_l("days"), default=14),
            "percent": Count(_l("At this share of the price"), suffix="%", default=100, hint=_l("0: for free.")),
            "free_minutes": Length(_l("Free hours in it"), optional=True),
            "refund": Toggle(_l("Money back for those who are not content")),
        },
    ),
    "commitment": Kind(
        _l("Minimum term"),
        _l("Clients stay for some months at least."),
        "lock",
        {
            "months": Count(_l("At least"), suffix=_l("months"), default=3),
            "percent": Count(
                _l("Who leaves earlier pays"), optional=True, suffix="%", hint=_l("Of what is left of the term.")
            ),
        },
    ),
    "price_lock": Kind(
        _l("Price lock"),
        _l("You promise not to raise your prices for some time."),
        "shield-check",
        {
            "months": Count(_l("Prices hold for"), suffix=_l("months"), default=12),
            "most_percent": Count(
                _l("Then they rise by at most"), optional=True, suffix="%", hint=_l("Leave empty for no limit.")
            ),
            "notice_days": Count(_l("Told before"), optional=True, suffix=_l("days"), default=30),
            "rise_bp": BasisPoints(
                _l("They rise by themselves by"), optional=True, hint=_l("Leave empty: only when you say so.")
            ),
        },
        more=("rise_bp",),
    ),
    "notice": Kind(
        _l("Notice"),
        _l("How long before the end either side says so."),
        "flag",
        {
            "days": Count(_l("Notice"), optional=True, suffix=_l("days"), default=30),
            "months": Count(_l("And"), optional=True, suffix=_l("months")),
            "from_period_end": Toggle(_l("The contract ends together with the period")),
        },
    ),
}
"""All kinds of rules, by topic in the order of the menu."""


def menu(kinds: Mapping[str, Kind] = RULES) -> list[tuple[Any, list[tuple[str, Kind]]]]:
    """Rules to add, under the topics they are read under."""
    return [
        (heading, [(code, kind) for code, kind in kinds.items() if sentences.topic_of(code) == topic])
        for topic, heading in sentences.TOPICS.items()
        if topic != "price"
    ]


def blank(schema: type[Schema], kind: str) -> Json:
    """What a new price or rule begins with: the contract's defaults, nothing where it has none."""
    values: Json = {}
    for name, each in schema().fields.items():
        if each.load_default is not missing:
            values[name] = each.load_default() if callable(each.load_default) else each.load_default
        else:
            values[name] = 0 if isinstance(each, ma.Integer) else [] if isinstance(each, ma.List) else ""
    return {**values, "kind": kind}
