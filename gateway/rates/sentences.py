"""Rate cards read back as plain sentences, in the reader's language: each price with what it includes, then the rules
by topic. What the assistant reads while she edits is what clients read on her page.

A card is as its contract shows it (shared/contracts/rate_cards.py). Sentences are text, or markup where the card's
language is named and is not the reader's: then the practice's own words in them are marked with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from babel.dates import get_day_names
from babel.lists import format_list
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from gateway import formats, i18n, labels
from shared.contracts.fields import DAYS
from shared.platform.money import Money, round_half_up

Json = Mapping[str, Any]
TOPICS: dict[str, Any] = {
    "price": _l("What it costs"),
    "time": _l("How time is counted"),
    "extra": _l("Surcharges and discounts"),
    "plan": _l("Plans and unused hours"),
    "pay": _l("Invoices and payment"),
    "start": _l("At the start"),
    "end": _l("How long, and how it ends"),
}
"""What rules are about, in the order in which they are read."""
TOPIC_OF = {
    "increment": "time", "minimum": "time", "tiers": "time",
    "surcharge": "extra", "cancellation": "extra", "discount": "extra",
    "rollover": "plan", "refund_unused": "plan", "overage": "plan", "proration": "plan", "plan_change": "plan",
    "pause": "plan", "absence_credit": "plan",
    "billing": "pay", "due": "pay", "payment_fee": "pay", "late_fee": "pay", "expenses": "pay",
    "deposit": "start", "set_up_fee": "start", "trial": "start",
    "commitment": "end", "price_lock": "end", "notice": "end",
}  # fmt: skip


def _(template: str, **params: Any) -> str:
    """The sentence with its parameters; markup when one of them is."""
    translated = str(gettext(template))
    if any(isinstance(value, Markup) for value in params.values()):
        return Markup(translated) % params  # noqa: S704 - the template is ours; parameters are escaped
    return translated % params if params else translated


@dataclass(frozen=True, slots=True)
class Passage:
    """What is said under one heading, an entry for each rule. `topic` is one of TOPICS; prices have one passage each,
    with `amount` in words and what the practice says that is included."""

    topic: str
    heading: str
    sentences: tuple[str, ...]
    amount: str = ""
    includes: str = ""


def of_card(card: Json, lang: str = "") -> list[Passage]:
    """The whole card. `lang`: the language of the practice's own words, where it is known."""
    reading = Reading(card, lang)
    passages = [reading.of_price(price) for price in card["prices"]]
    by_topic: dict[str, list[str]] = {}
    for rule in card["rules"]:
        by_topic.setdefault(topic_of(rule["kind"]), []).append(_together(reading.of_rule(rule)))
    for topic, sentence in reading.unsaid():
        by_topic.setdefault(topic, []).append(sentence)
    passages += [
        Passage(topic, str(heading), tuple(by_topic[topic])) for topic, heading in TOPICS.items() if topic in by_topic
    ]
    return passages


def of_rule(rule: Json, card: Json) -> list[str]:
    return Reading(card, "").of_rule(rule)


def topic_of(kind: str) -> str:
    return TOPIC_OF.get(kind, "end")


class Reading:
    """One card in one language."""

    def __init__(self, card: Json, lang: str) -> None:
        self.card = card
        self.currency = str(card["currency"])
        self.lang = lang if lang != i18n.current_locale() else ""
        self.prices = {price["id"]: price for price in card["prices"]}

    def money(self, amount: int) -> str:
        return formats.money(Money(amount, self.currency), cents="auto")

    def own(self, words: str) -> str:
        """The practice's own words."""
        return Markup('<span lang="{}">{}</span>').format(self.lang, words) if self.lang else words

    # -- prices ----------------------------------------------------------------------------------------------------

    def title(self, price: Json) -> str:
        """A price's name, or what it is."""
        if price["name"].strip():
            return self.own(price["name"].strip())
        if price["kind"] == "piece" and price["unit"].strip():
            return self.own(price["unit"].strip())
        if price["minutes"] and price["kind"] == "block":
            return _("Block of %(hours)s", hours=formats.duration(price["minutes"]))
        if price["minutes"] and price["kind"] == "retainer":
            return _PLAN_TITLES[price["period"]]() % {"hours": formats.duration(price["minutes"])}
        return labels.label(price["kind"], "price_kind")

    def amount(self, price: Json) -> str:
        """`42 € an hour`, as a table shows it."""
        amount = self.money(price["amount"])
        if price["kind"] == "hourly":
            return _("%(amount)s an hour", amount=amount)
        if price["kind"] == "retainer":
            return _PER_PERIOD[price["period"]]() % {"amount": amount}
        return amount

    def of_price(self, price: Json) -> Passage:
        sentences = [*_PRICES[price["kind"]](self, price), *self._limits(price)]
        includes = price["includes"].strip()
        return Passage(
            "price",
            self.title(price),
            tuple(sentences),
            amount=self.amount(price),
            includes=self.own(includes) if includes else "",
        )

    def _limits(self, price: Json) -> list[str]:
        said = []
        if price["weekly_limit_minutes"]:
            hours = formats.duration(price["weekly_limit_minutes"])
            said.append(_("At most %(hours)s a week are charged, unless the client agrees to more.", hours=hours))
        if price["services"]:
            said.append(_("For: %(services)s.", services=formats.listed([formats.taxon(c) for c in price["services"]])))
        return said

    def rate(self, price: Json) -> str:
        """What an hour of a block or a plan comes to."""
        return self.money(round_half_up(Fraction(price["amount"] * 60, price["minutes"])))

    # -- rules -----------------------------------------------------------------------------------------------------

    def of_rule(self, rule: Json) -> list[str]:
        """Its sentences; the last one says for which prices it holds, where not for all."""
        say = RULES.get(rule["kind"])
        if say is None:
            return [_("There is a further term: %(kind)s.", kind=str(rule["kind"]).replace("_", " "))]
        said = say(self, rule)
        reached = [self.prices[id] for id in rule["prices"] if id in self.prices]
        return [*said, *(self._only(reached) if reached else ())]

    def listed(self, titles: Sequence[str]) -> str:
        """`a, b and c`, of which some may be markup."""
        if not any(isinstance(title, Markup) for title in titles):
            return formats.listed(list(titles))
        return Markup(", ").join(titles)

    def unsaid(self) -> list[tuple[str, str]]:
        """What holds because no rule says otherwise, as billing charges it (services/billing/domain/charging)."""
        said = []
        for kind, takes, rule in USUAL:
            ruled = _reached(self.card, kind)
            without = [price for price in self.card["prices"] if takes(price) and price["id"] not in ruled]
            if without:
                lines = RULES[kind](self, rule) if rule else [_("Unused hours lapse when the period ends.")]
                said.append((topic_of(kind), _together([*lines, *self._only(without)])))
        highest = [rule for rule in self.card["rules"] if rule["kind"] == "surcharge" and not rule["add"]]
        if len(highest) > 1:
            said.append(("extra", _("Where several surcharges apply, the highest counts.")))
        return said

    def _only(self, prices: Sequence[Json]) -> list[str]:
        """For which prices something holds, where not for all."""
        if len(prices) == len(self.prices):
            return []
        return [_("Only for: %(prices)s.", prices=self.listed([self.title(price) for price in prices]))]


Takes = Callable[[Json], bool]


def _is(*kinds: str) -> Takes:
    return lambda price: price["kind"] in kinds


def _has_hours(price: Json) -> bool:
    return price["kind"] in ("block", "retainer") and bool(price["minutes"])


def _any(_price: Json) -> bool:
    return True


def _plan_each(period: str) -> Takes:
    return lambda price: price["kind"] == "retainer" and price["period"] == period


_BILLING: Json = {
    "every": "month", "timing": "arrears", "anchor": "calendar", "days": [], "weekday": "", "includes_day": False,
    "ahead_days": 0, "estimate_minutes": 0,
}  # fmt: skip
USUAL: tuple[tuple[str, Takes, Json], ...] = (
    ("rollover", lambda price: price["kind"] == "retainer" and bool(price["minutes"]), {}),
    (
        "overage",
        _has_hours,
        {"treatment": "asked", "rate": "plan", "percent": 100, "amount": 0, "block_minutes": 0, "free_minutes": 0,
         "asked_from_minutes": 0},
    ),
    ("billing", _is("hourly"), {**_BILLING, "every": "week"}),
    ("billing", _is("block", "project", "piece"), _BILLING),
    *(
        ("billing", _plan_each(period), {**_BILLING, "every": period, "timing": "advance", "anchor": "signing"})
        for period in ("week", "two_weeks", "month", "quarter", "year")
    ),
    (
        "due",
        _any,
        {"days": 0, "business_days": False, "before_start": False, "from_month_end": False, "day_of_month": 0,
         "country": "", "region": ""},
    ),
    ("expenses", _any, {"approval": "written", "above": 0, "markup": 0, "apart_above": 0}),
    ("notice", _any, {"days": 0, "months": 0, "from_period_end": False}),
)  # fmt: skip
"""Kinds of rules, which prices need one, and what is charged without it ({}: the hours lapse)."""


def _reached(card: Json, kind: str) -> set[str]:
    """Ids of the prices that a rule of this kind holds for."""
    everything = {price["id"] for price in card["prices"]}
    found: set[str] = set()
    for rule in card["rules"]:
        if rule["kind"] == kind:
            found |= set(rule["prices"]) or everything
    return found


def _together(said: Sequence[str]) -> str:
    """Sentences that follow each other."""
    return Markup(" ").join(said) if any(isinstance(one, Markup) for one in said) else " ".join(said)


# -- words that several sentences need ------------------------------------------------------------------------------


def _months(count: int) -> str:
    return str(ngettext("%(num)s month", "%(num)s months", count))


def _periods(count: int) -> str:
    return str(ngettext("%(num)s period", "%(num)s periods", count))


def _business_days(count: int) -> str:
    return str(ngettext("%(num)s business day", "%(num)s business days", count))


def _percent(value: float) -> str:
    """25 as `25%`, `25 %`."""
    digits = formats.number(value, 2)
    return _("%(number)s%%", number=digits)


def _bp(value: int) -> str:
    return _percent(value / 100)


def _or(values: Iterable[str]) -> str:
    return str(format_list(list(values), style="or", locale=formats.locale()))


def _weekday(code: str) -> str:
    """As it stands in a sentence: `Friday`, `venerdì`."""
    return str(get_day_names("wide", locale=formats.locale())[DAYS.index(code)])


Lazy = Callable[[], str]
_PLAN_TITLES: dict[str, Lazy] = {
    "week": lambda: str(gettext("%(hours)s a week")),
    "two_weeks": lambda: str(gettext("%(hours)s every two weeks")),
    "month": lambda: str(gettext("%(hours)s a month")),
    "quarter": lambda: str(gettext("%(hours)s a quarter")),
    "year": lambda: str(gettext("%(hours)s a year")),
}
_PER_PERIOD: dict[str, Lazy] = {
    "week": lambda: str(gettext("%(amount)s a week")),
    "two_weeks": lambda: str(gettext("%(amount)s every two weeks")),
    "month": lambda: str(gettext("%(amount)s a month")),
    "quarter": lambda: str(gettext("%(amount)s a quarter")),
    "year": lambda: str(gettext("%(amount)s a year")),
}
_PLAN: dict[str, Lazy] = {
    "week": lambda: str(gettext("A week costs %(amount)s.")),
    "two_weeks": lambda: str(gettext("Two weeks cost %(amount)s.")),
    "month": lambda: str(gettext("A month costs %(amount)s.")),
    "quarter": lambda: str(gettext("A quarter costs %(amount)s.")),
    "year": lambda: str(gettext("A year costs %(amount)s.")),
}


# -- prices ---------------------------------------------------------------------------------------------------------


def _hourly(reading: Reading, price: Json) -> list[str]:
    return [_("An hour of work costs %(amount)s.", amount=reading.money(price["amount"]))]


def _block(reading: Reading, price: Json) -> list[str]:
    said = [_("A block costs %(amount)s.", amount=reading.money(price["amount"]))]
    if price["minutes"]:
        hours = formats.duration(price["minutes"])
        said.append(_("It holds %(hours)s of work: %(rate)s an hour.", hours=hours, rate=reading.rate(price)))
    if price["valid_days"]:
        said.append(_("Its hours can be used for %(days)s.", days=formats.plural_days(price["valid_days"])))
    else:
        said.append(_("Its hours do not expire."))
    return said


def _retainer(reading: Reading, price: Json) -> list[str]:
    said = [_PLAN[price["period"]]() % {"amount": reading.money(price["amount"])}]
    if price["minutes"]:
        hours = formats.duration(price["minutes"])
        said.append(_("It includes %(hours)s of work: %(rate)s an hour.", hours=hours, rate=reading.rate(price)))
    else:
        said.append(_("What counts is the work delivered, not the hours."))
    return said


def _project(reading: Reading, price: Json) -> list[str]:
    said = [_("The whole project costs %(amount)s.", amount=reading.money(price["amount"]))]
    stages = [_stage(reading, stage) for stage in price["stages"]]
    said.append(_("It is paid in parts: %(parts)s.", parts=reading.listed(stages)) if stages else _("Paid when done."))
    return said


def _stage(reading: Reading, stage: Json) -> str:
    share = _percent(stage["percent"])
    if stage["when"] == "milestone":
        return _("%(share)s at “%(milestone)s”", share=share, milestone=reading.own(stage["text"].strip() or "…"))
    if stage["when"] == "date":
        days = formats.plural_days(stage["days"])
        return _("%(share)s %(days)s after the start", share=share, days=days)
    if stage["when"] == "acceptance":
        return _("%(share)s on acceptance of the offer", share=share)
    if stage["when"] == "start":
        return _("%(share)s at the start", share=share)
    return _("%(share)s on completion", share=share)


def _piece(reading: Reading, price: Json) -> list[str]:
    amount, unit = reading.money(price["amount"]), reading.own(price["unit"].strip() or "…")
    return [_("One costs %(amount)s (%(unit)s).", amount=amount, unit=unit)]


_PRICES: dict[str, Callable[[Reading, Json], list[str]]] = {
    "hourly": _hourly,
    "block": _block,
    "retainer": _retainer,
    "project": _project,
    "piece": _piece,
}


# -- how time is counted --------------------------------------------------------------------------------------------

_STEPS: dict[tuple[str, str], Lazy] = {
    ("entry", "up"): lambda: str(gettext("Time is charged in steps of %(step)s; each entry is rounded up.")),
    ("entry", "nearest"): lambda: str(
        gettext("Time is charged in steps of %(step)s; each entry is rounded to the nearest.")
    ),
    ("entry", "down"): lambda: str(gettext("Time is charged in steps of %(step)s; each entry is rounded down.")),
    ("day", "up"): lambda: str(gettext("Time is charged in steps of %(step)s; each day's sum is rounded up.")),
    ("day", "nearest"): lambda: str(
        gettext("Time is charged in steps of %(step)s; each day's sum is rounded to the nearest.")
    ),
    ("day", "down"): lambda: str(gettext("Time is charged in steps of %(step)s; each day's sum is rounded down.")),
    ("week", "up"): lambda: str(gettext("Time is charged in steps of %(step)s; each week's sum is rounded up.")),
    ("week", "nearest"): lambda: str(
        gettext("Time is charged in steps of %(step)s; each week's sum is rounded to the nearest.")
    ),
    ("week", "down"): lambda: str(gettext("Time is charged in steps of %(step)s; each week's sum is rounded down.")),
    ("period", "up"): lambda: str(gettext("Time is charged in steps of %(step)s; each period's sum is rounded up.")),
    ("period", "nearest"): lambda: str(
        gettext("Time is charged in steps of %(step)s; each period's sum is rounded to the nearest.")
    ),
    ("period", "down"): lambda: str(
        gettext("Time is charged in steps of %(step)s; each period's sum is rounded down.")
    ),
}


def _increment(_reading: Reading, rule: Json) -> list[str]:
    return [_STEPS[rule["per"], rule["rounding"]]() % {"step": formats.duration(rule["minutes"])}]


def _minimum(reading: Reading, rule: Json) -> list[str]:
    if not rule["minutes"]:
        return [_("At least %(amount)s are charged for each period.", amount=reading.money(rule["amount"]))]
    time = formats.duration(rule["minutes"])
    if rule["per"] == "entry":
        return [_("At least %(time)s are charged for each piece of work.", time=time)]
    if rule["per"] == "day":
        return [_("At least %(time)s are charged for each day with work.", time=time)]
    if rule["per"] == "week":
        return [_("At least %(time)s are charged for each week with work.", time=time)]
    return [_("At least %(time)s are charged for each period.", time=time)]


def _tiers(reading: Reading, rule: Json) -> list[str]:
    amount = reading.money(rule["amount"])
    if rule["from_count"]:
        count = formats.number(rule["from_count"], 0)
        if rule["all_hours"]:
            return [_("Who takes %(count)s or more in a period pays %(amount)s for each.", count=count, amount=amount)]
        return [_("From number %(count)s of a period on, one costs %(amount)s.", count=count, amount=amount)]
    time = formats.duration(rule["from_minutes"])
    if rule["all_hours"]:
        return [_("Who uses %(time)s or more in a period pays %(amount)s for every hour.", time=time, amount=amount)]
    return [_("Beyond %(time)s in a period an hour costs %(amount)s.", time=time, amount=amount)]


# -- surcharges, discounts ------------------------------------------------------------------------------------------


def _surcharge(reading: Reading, rule: Json) -> list[str]:
    when = _or(phrase for cause in rule["causes"] for phrase in _cause(cause, rule))
    said = []
    if rule["percent"]:
        said.append(_("Work %(when)s costs %(percent)s more.", when=when, percent=_percent(rule["percent"])))
    if rule["amount"]:
        said.append(_("Work %(when)s costs %(amount)s more an hour.", when=when, amount=reading.money(rule["amount"])))
    if rule["flat"]:
        said.append(_("Work %(when)s costs %(amount)s more each time.", when=when, amount=reading.money(rule["flat"])))
    if not said:
        said.append(_("Work %(when)s costs more.", when=when))
    if rule["on_included"] == "time":
        said.append(_("On included hours it is taken as more time."))
    if rule["on_included"] == "free":
        said.append(_("Included hours cost no more."))
    if rule["add"]:
        said.append(_("This comes on top of other surcharges."))
    return said


def _cause(cause: str, rule: Json) -> list[str]:
    if cause == "short_notice":
        return [_("asked for less than %(hours)s before", hours=formats.duration(rule["hours"] * 60))]
    if cause == "evening":
        return [_("between %(start)s and %(end)s", start=rule["evening_from"], end=rule["morning_until"])]
    if cause == "weekend":
        return [_("on %(days)s", days=formats.listed([_weekday(day) for day in rule["weekend"]]))]
    if cause == "overtime":
        day, week = formats.duration(rule["day_minutes"]), formats.duration(rule["week_minutes"])
        longs = [_("beyond %(hours)s a day", hours=day)] if rule["day_minutes"] else []
        return longs + ([_("beyond %(hours)s a week", hours=week)] if rule["week_minutes"] else [])
    return [_("on public holidays (%(place)s)", place=place(rule["country"], rule["region"]))]


def place(country: str, region: str = "") -> str:
    """A country's name, with the code of its region."""
    name = str(formats.locale().territories.get(country, country)) if country else "…"
    return f"{name}, {region}" if region else name


def _cancellation(_reading: Reading, rule: Json) -> list[str]:
    hours = formats.duration(rule["hours"] * 60)
    said = []
    if rule["minutes"]:
        time = formats.duration(rule["minutes"])
        said.append(
            _("For an appointment cancelled less than %(hours)s before, %(time)s are charged.", hours=hours, time=time)
        )
    if rule["percent"]:
        share = _percent(rule["percent"])
        said.append(
            _(
                "For an appointment cancelled less than %(hours)s before, %(share)s of its time is charged.",
                hours=hours,
                share=share,
            )
        )
    return said or [_("An appointment cancelled less than %(hours)s before is charged.", hours=hours)]


def _discount(reading: Reading, rule: Json) -> list[str]:
    count = rule["count"]
    less = _percent(rule["percent"]) if rule["percent"] else reading.money(rule["amount"])
    if rule["when"] == "prepaid":
        said = _("%(less)s less for those who pay %(periods)s at once.", less=less, periods=_periods(count))
    elif rule["when"] == "volume":
        time = formats.duration(rule["from_minutes"])
        said = _("%(less)s less for those who use %(time)s or more in a period.", less=less, time=time)
    elif rule["when"] == "first_periods":
        said = str(
            ngettext(
                "%(less)s less in the first period.", "%(less)s less in the first %(num)s periods.", count, less=less
            )
        )
    elif rule["when"] == "commitment":
        said = _("%(less)s less for those who commit for %(months)s.", less=less, months=_months(count))
    elif rule["when"] == "paid_early":
        days = formats.plural_days(count)
        said = _("%(less)s less for an invoice that is paid within %(days)s.", less=less, days=days)
    else:
        said = _("%(less)s less for: %(whom)s.", less=less, whom=reading.own(rule["text"].strip() or "…"))
    return [said]


# -- plans ----------------------------------------------------------------------------------------------------------


def _rollover(_reading: Reading, rule: Json) -> list[str]:
    share, most = _percent(rule["percent"]), formats.duration(rule["most_minutes"])
    if rule["percent"] < 100 and rule["most_minutes"]:
        first = _(
            "Of the unused hours %(share)s carry over to the next period, at most %(most)s.", share=share, most=most
        )
    elif rule["percent"] < 100:
        first = _("Of the unused hours %(share)s carry over to the next period.", share=share)
    elif rule["most_minutes"]:
        first = _("Unused hours carry over to the next period, at most %(most)s.", most=most)
    else:
        first = _("Unused hours carry over to the next period.")
    said = [first]
    if rule["most_percent"]:
        share = _percent(rule["most_percent"])
        said.append(_("Never more than %(share)s of the plan's hours.", share=share))
    if rule["days"]:
        said.append(_("They can then be used for %(days)s.", days=formats.plural_days(rule["days"])))
    elif rule["periods"]:
        said.append(_("They can then be used for %(periods)s.", periods=_periods(rule["periods"])))
    else:
        said.append(_("They do not expire."))
    return said


def _refund_unused(_reading: Reading, rule: Json) -> list[str]:
    days = formats.plural_days(rule["notice_days"])
    if rule["percent"] == 100:
        said = [_("Hours that are paid for and not used come back in full when the contract ends.")]
    else:
        share = _percent(rule["percent"])
        said = [_("Of hours paid for and not used, %(share)s comes back when the contract ends.", share=share)]
    if rule["notice_days"]:
        said.append(_("This needs %(days)s of notice.", days=days))
    return said


_NOT_CHARGED: dict[str, Lazy] = {
    "deferred": lambda: str(gettext("Hours beyond those included are taken off the next period's.")),
    "stopped": lambda: str(gettext("When the included hours are used up, work stops.")),
    "recorded": lambda: str(gettext("Hours beyond those included are recorded, but not charged.")),
    "renewed": lambda: str(gettext("When a block is used up, the next one is bought by itself.")),
}


def _overage(reading: Reading, rule: Json) -> list[str]:
    treatment = rule["treatment"]
    said = []
    if rule["free_minutes"]:
        time = formats.duration(rule["free_minutes"])
        said.append(_("The first %(time)s beyond the included hours of a period are free.", time=time))
    if treatment in _NOT_CHARGED:
        return [*said, _NOT_CHARGED[treatment]()]
    if treatment == "asked":
        said.append(_("Hours beyond those included need the client's consent first."))
    said.append(_beyond(reading, rule))
    if rule["block_minutes"]:
        time = formats.duration(rule["block_minutes"])
        said.append(_("They are charged in blocks of %(time)s.", time=time))
    if rule["asked_from_minutes"] and treatment == "charged":
        time = formats.duration(rule["asked_from_minutes"])
        said.append(_("More than %(time)s beyond need the client's consent.", time=time))
    return said


def _beyond(reading: Reading, rule: Json) -> str:
    percent = rule["percent"]
    if rule["rate"] == "amount":
        amount = reading.money(round_half_up(Fraction(rule["amount"] * percent, 100)))
        return _("An hour beyond those included costs %(amount)s.", amount=amount)
    if rule["rate"] == "hourly":
        if percent == 100:
            return _("Hours beyond those included cost the hourly rate.")
        return _("Hours beyond those included cost %(share)s of the hourly rate.", share=_percent(percent))
    if percent == 100:
        return _("Hours beyond those included cost what an hour of the plan costs.")
    return _("Hours beyond those included cost %(share)s of what an hour of the plan costs.", share=_percent(percent))


_FIRST: dict[str, Lazy] = {
    "full": lambda: str(gettext("A first period that is not whole is charged in full.")),
    "days": lambda: str(gettext("A first period that is not whole is charged by its days.")),
    "working_days": lambda: str(gettext("A first period that is not whole is charged by its working days.")),
    "skip": lambda: str(gettext("A first period that is not whole is not charged.")),
}
_LAST: dict[str, Lazy] = {
    "full": lambda: str(gettext("The last period is charged in full.")),
    "days": lambda: str(gettext("The last period is charged by its days.")),
    "working_days": lambda: str(gettext("The last period is charged by its working days.")),
}


def _proration(_reading: Reading, rule: Json) -> list[str]:
    if rule["first"] == "weekdays":
        shares = [
            _("%(day)s %(share)s", day=_weekday(day), share=_percent(percent))
            for day, percent in zip(DAYS, rule["percents"], strict=False)
        ]
        listed = ", ".join(shares or ["…"])
        said = [_("What the first period costs goes by the weekday of its start: %(shares)s.", shares=listed)]
    else:
        said = [_FIRST[rule["first"]]()]
    said.append(_LAST[rule["last"]]())
    if rule["full_hours"]:
        said.append(_("All the hours of such a period are there."))
    return said


_CHANGED: dict[tuple[str, str], Lazy] = {
    ("next_period", "next_period"): lambda: str(gettext("The plan can be changed from the next period on.")),
    ("at_once", "at_once"): lambda: str(
        gettext("The plan can be changed at once; what is left of the old one is set off.")
    ),
    ("at_once", "next_period"): lambda: str(
        gettext("A larger plan can be had at once, a smaller one from the next period on.")
    ),
    ("next_period", "at_once"): lambda: str(
        gettext("A smaller plan can be had at once, a larger one from the next period on.")
    ),
}


def _plan_change(_reading: Reading, rule: Json) -> list[str]:
    said = [_CHANGED[rule["when"], rule["downgrade"] or rule["when"]]()]
    if rule["notice_days"]:
        days = formats.plural_days(rule["notice_days"])
        said.append(_("A change of plan is announced %(days)s before.", days=days))
    return said


def _pause(_reading: Reading, rule: Json) -> list[str]:
    days = formats.plural_days(rule["days"])
    if rule["percent"]:
        share = _percent(rule["percent"])
        said = [_("The client may pause for up to %(days)s a year, for %(share)s of the fee.", days=days, share=share)]
    else:
        said = [_("The client may pause for up to %(days)s a year without paying.", days=days)]
    if rule["notice_days"]:
        said.append(_("A pause is announced %(days)s before.", days=formats.plural_days(rule["notice_days"])))
    return said


def _absence_credit(_reading: Reading, rule: Json) -> list[str]:
    if not rule["days"]:
        return [_("Working days on which the practice is away are credited.")]
    days = formats.plural_days(rule["days"])
    return [_("When the practice is away for more than %(days)s in a period, the days beyond are credited.", days=days)]


# -- invoices and payment -------------------------------------------------------------------------------------------

_INVOICED: dict[str, Lazy] = {
    "entry": lambda: str(gettext("Each piece of work is invoiced on its day.")),
    "week": lambda: str(gettext("There is an invoice each week (%(day)s).")),
    "two_weeks": lambda: str(gettext("There is an invoice every two weeks (%(day)s).")),
    "half_month": lambda: str(gettext("There are invoices on days %(days)s of each month.")),
    "month": lambda: str(gettext("There is an invoice on day %(days)s of each month.")),
    "quarter": lambda: str(gettext("There is an invoice each quarter.")),
    "year": lambda: str(gettext("There is an invoice each year.")),
    "completion": lambda: str(gettext("There is one invoice, when the contract ends.")),
}
_INVOICED_AT_SIGNING: dict[str, Lazy] = {
    "week": lambda: str(gettext("There is an invoice each week, on the weekday of the signing.")),
    "two_weeks": lambda: str(gettext("There is an invoice every two weeks, counted from the signing.")),
    "half_month": lambda: str(gettext("There is an invoice twice a month, counted from the signing.")),
    "month": lambda: str(gettext("There is an invoice each month, on the signing's day of the month.")),
    "quarter": lambda: str(gettext("There is an invoice each quarter, counted from the signing.")),
    "year": lambda: str(gettext("There is an invoice each year, on the day of the signing.")),
}
_USUAL_DAYS = {"month": [1], "half_month": [1, 16]}


def _billing(_reading: Reading, rule: Json) -> list[str]:
    every = rule["every"]
    if rule["anchor"] == "signing" and every in _INVOICED_AT_SIGNING:
        said = [_INVOICED_AT_SIGNING[every]()]
    else:
        numbers = sorted(rule["days"] or _USUAL_DAYS.get(every, []))
        days = formats.listed([formats.number(day, 0) for day in numbers])
        said = [_INVOICED[every]() % {"day": _weekday(rule["weekday"] or "mon"), "days": days}]
    if rule["timing"] == "advance":
        said.append(_("Plans are paid in advance, for the period that begins; the rest afterwards."))
    elif rule["timing"] == "estimate":
        hours = formats.duration(rule["estimate_minutes"])
        said.append(_("It is for an estimate of %(hours)s ahead, and settled by what was worked.", hours=hours))
    elif every not in ("entry", "completion"):
        said.append(_("It is for what was worked until then."))
    if rule["timing"] != "arrears" and rule["ahead_days"]:
        days = formats.plural_days(rule["ahead_days"])
        said.append(_("It is made %(days)s before the period begins.", days=days))
    if rule["includes_day"]:
        said.append(_("That day's work is on it."))
    return said


def _due(_reading: Reading, rule: Json) -> list[str]:
    said = [_due_when(rule)]
    if rule["day_of_month"] and not rule["before_start"]:
        number = formats.number(rule["day_of_month"], 0)
        said.append(_("Payment is then due on the next day %(number)s of a month.", number=number))
    if rule["business_days"] and rule["country"]:
        where = place(rule["country"], rule["region"])
        said.append(_("Public holidays are not counted (%(place)s).", place=where))
    return said


def _due_when(rule: Json) -> str:
    count = rule["days"]
    days = _business_days(count) if rule["business_days"] else formats.plural_days(count)
    if rule["before_start"]:
        if not count:
            return _("Invoices are due by the day on which the period begins.")
        return _("Invoices are due %(days)s before the period begins.", days=days)
    if rule["from_month_end"]:
        if not count:
            return _("Invoices are due at the end of the month.")
        return _("Invoices are due %(days)s after the end of the month.", days=days)
    return _("Invoices are due within %(days)s.", days=days) if count else _("Invoices are due on receipt.")


def _payment_fee(reading: Reading, rule: Json) -> list[str]:
    methods = _or(labels.label(method, "method_by") for method in rule["methods"])
    fee = _fee(reading, rule)
    return [_("Who pays by %(methods)s pays %(fee)s more.", methods=methods, fee=fee)]


def _fee(reading: Reading, rule: Json) -> str:
    """A percentage of an invoice, an amount, or both."""
    if rule["percent_bp"] and rule["amount"]:
        return _("%(percent)s and %(amount)s", percent=_bp(rule["percent_bp"]), amount=reading.money(rule["amount"]))
    return _bp(rule["percent_bp"]) if rule["percent_bp"] else reading.money(rule["amount"])


_AGAIN: dict[str, Lazy] = {
    "daily": lambda: str(gettext("It is charged again each day until the invoice is paid.")),
    "weekly": lambda: str(gettext("It is charged again each week until the invoice is paid.")),
    "monthly": lambda: str(gettext("It is charged again each month until the invoice is paid.")),
}


def _late_fee(reading: Reading, rule: Json) -> list[str]:
    said = []
    if rule["percent_bp"] or rule["amount"]:
        said.append(_late(rule, _late_price(reading, rule)))
        if rule["repeats"] in _AGAIN:
            said.append(_AGAIN[rule["repeats"]]())
        if rule["business_day"] and rule["country"]:
            where = place(rule["country"], rule["region"])
            said.append(_("Public holidays are not counted (%(place)s).", place=where))
    if rule["suspend_days"]:
        days = formats.plural_days(rule["suspend_days"])
        said.append(_("Work may stop when an invoice is %(days)s overdue.", days=days))
    return said or [_("Late payment has a price.")]


def _late_price(reading: Reading, rule: Json) -> str:
    percent, amount = _bp(rule["percent_bp"]), reading.money(rule["amount"])
    if rule["repeats"] == "yearly":
        return _("%(percent)s interest a year, for each day", percent=percent)
    if rule["percent_bp"] and rule["amount"] and rule["greater"]:
        return _("%(percent)s of what is due, or %(amount)s if that is more", percent=percent, amount=amount)
    if rule["percent_bp"] and rule["amount"]:
        return _("%(percent)s of what is due and %(amount)s", percent=percent, amount=amount)
    return _("%(percent)s of what is due", percent=percent) if rule["percent_bp"] else amount


def _late(rule: Json, fee: str) -> str:
    if rule["business_day"]:
        number = formats.number(rule["business_day"], 0)
        return _("From business day %(number)s of the month on, late payment costs %(fee)s.", number=number, fee=fee)
    if rule["days"]:
        days = formats.plural_days(rule["days"])
        return _("Payment more than %(days)s late costs %(fee)s.", days=days, fee=fee)
    return _("Late payment costs %(fee)s.", fee=fee)


def _expenses(reading: Reading, rule: Json) -> list[str]:
    if rule["approval"] == "written":
        said = [_("Expenses are charged only as agreed in writing.")]
    elif rule["approval"] == "above":
        said = [
            _("Expenses above %(amount)s are charged only as agreed in writing.", amount=reading.money(rule["above"]))
        ]
    else:
        said = [_("Expenses are charged without asking first.")]
    if rule["markup"]:
        said.append(_("They are charged with %(percent)s on top.", percent=_percent(rule["markup"])))
    else:
        said.append(_("They are charged at cost."))
    if rule["apart_above"]:
        amount = reading.money(rule["apart_above"])
        said.append(_("Those of more than %(amount)s are invoiced apart, before the work starts.", amount=amount))
    return said


# -- start and end --------------------------------------------------------------------------------------------------


def _deposit(reading: Reading, rule: Json) -> list[str]:
    if rule["amount"]:
        said = [_("A deposit of %(amount)s is paid at the signing.", amount=reading.money(rule["amount"]))]
    else:
        said = [_("A deposit of %(share)s of the price is paid at the signing.", share=_percent(rule["percent"]))]
    tiers = sorted(rule["refunds"], key=lambda tier: -int(tier["notice_days"]))
    for tier in tiers:
        days, share = formats.plural_days(tier["notice_days"]), _percent(tier["percent"])
        if tier["percent"] == 100:
            said.append(_("With %(days)s of notice or more it comes back in full.", days=days))
        elif tier["percent"]:
            said.append(_("With %(days)s of notice or more, %(share)s of it comes back.", days=days, share=share))
    if tiers and tiers[-1]["notice_days"]:
        said.append(_("With less notice it does not come back."))
    if rule["offset"]:
        said.append(_("It is set off against the last invoice."))
    elif not tiers:
        said.append(_("It comes back when the contract ends."))
    return said


def _set_up_fee(reading: Reading, rule: Json) -> list[str]:
    amount, what = reading.money(rule["amount"]), rule["text"].strip()
    said = [_("Setting up costs %(amount)s, once, at the signing.", amount=amount)]
    return [*said, _("It is for: %(what)s.", what=reading.own(what))] if what else said


def _trial(_reading: Reading, rule: Json) -> list[str]:
    days = formats.plural_days(rule["days"])
    if rule["percent"] == 0:
        said = [_("The first %(days)s are a trial that costs nothing.", days=days)]
    elif rule["percent"] < 100:
        share = _percent(rule["percent"])
        said = [_("The first %(days)s are a trial at %(share)s of the price.", days=days, share=share)]
    else:
        said = [_("The first %(days)s are a trial.", days=days)]
    if rule["free_minutes"]:
        said.append(_("In it %(hours)s of work are free.", hours=formats.duration(rule["free_minutes"])))
    if rule["refund"]:
        said.append(_("Who is not content after it gets the money back."))
    return said


def _commitment(_reading: Reading, rule: Json) -> list[str]:
    said = [_("The contract is for at least %(months)s.", months=_months(rule["months"]))]
    if rule["percent"]:
        said.append(_("Who leaves earlier pays %(share)s of what is left.", share=_percent(rule["percent"])))
    return said


def _price_lock(_reading: Reading, rule: Json) -> list[str]:
    said = [_("Prices stay the same for %(months)s.", months=_months(rule["months"]))]
    if rule["rise_bp"]:
        said.append(_("After that they rise by %(percent)s by themselves.", percent=_bp(rule["rise_bp"])))
    if rule["most_percent"]:
        said.append(_("After that they rise by %(percent)s at most.", percent=_percent(rule["most_percent"])))
    if rule["notice_days"]:
        said.append(_("A new price is announced %(days)s before.", days=formats.plural_days(rule["notice_days"])))
    return said


def _notice(_reading: Reading, rule: Json) -> list[str]:
    days, months = formats.plural_days(rule["days"]), _months(rule["months"])
    if rule["months"] and rule["days"]:
        said = [_("The contract can be ended with notice of %(months)s and %(days)s.", months=months, days=days)]
    elif rule["months"] or rule["days"]:
        term = months if rule["months"] else days
        said = [_("The contract can be ended with notice of %(term)s.", term=term)]
    else:
        said = [_("The contract can be ended at any time.")]
    if rule["from_period_end"]:
        said.append(_("It then ends together with the period."))
    return said


RULES: dict[str, Callable[[Reading, Json], list[str]]] = {
    "increment": _increment,
    "minimum": _minimum,
    "tiers": _tiers,
    "billing": _billing,
    "due": _due,
    "rollover": _rollover,
    "refund_unused": _refund_unused,
    "overage": _overage,
    "surcharge": _surcharge,
    "proration": _proration,
    "deposit": _deposit,
    "set_up_fee": _set_up_fee,
    "late_fee": _late_fee,
    "payment_fee": _payment_fee,
    "expenses": _expenses,
    "discount": _discount,
    "trial": _trial,
    "commitment": _commitment,
    "price_lock": _price_lock,
    "notice": _notice,
    "cancellation": _cancellation,
    "absence_credit": _absence_credit,
    "plan_change": _plan_change,
    "pause": _pause,
}
