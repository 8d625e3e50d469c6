"""Filters of the list of assistants: the form, what it asks of the service, its address, its chips, and its counts.

The address holds the whole state. What is at its default stays out of it, and so does the reader's day unless it
filters or orders by shared hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import available_timezones

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from gateway import formats, i18n
from gateway.formats import Unreadable
from gateway.forms import (
    Choice,
    Choose,
    ChooseNumber,
    ChooseSome,
    Form,
    MoneyInput,
    Text,
    Toggle,
    half_hours,
    industries,
    languages,
    named,
    services,
)
from gateway.labels import label
from shared.contracts import taxonomy
from shared.contracts.fields import SKILL_LEVELS
from shared.platform.money import Money

SHOWN = 8
"""Values of a facet that are shown at first, those chosen aside."""
DAY = ("09:00", "18:00")
CEFR_AT_FIRST = "B1"
ZONES = (
    "Europe/Rome", "Europe/London", "Europe/Athens", "Africa/Lagos", "Africa/Johannesburg", "Europe/Istanbul",
    "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Manila", "Asia/Tokyo",
    "Australia/Sydney", "Pacific/Auckland", "America/Sao_Paulo", "America/Halifax", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "UTC",
)  # fmt: skip
"""One or two of each distance from Greenwich; the reader's own comes first."""
Args = Mapping[str, list[str]]


def orders() -> list[Choice]:
    return [
        ("newest", _("Newest first")),
        ("rating", _("Best rated first")),
        ("rate", _("Lowest rate first")),
        ("free", _("Most free hours first")),
        ("overlap", _("Most shared hours first")),
    ]


def _skills(*, tools: bool) -> list[Choice]:
    locale = i18n.current_locale()
    known = ((code, taxonomy.label(code, locale)) for code in taxonomy.SKILLS if taxonomy.is_tool(code) is tools)
    return sorted(known, key=lambda pair: pair[1].casefold())


def _skill_levels() -> list[Choice]:
    return [(str(level), str(label(level, "skill_level"))) for level in SKILL_LEVELS]


def _ratings() -> list[Choice]:
    return [(str(least), _("%(rating)s and above", rating=formats.number(least / 100))) for least in (400, 450, 480)]


def _pays() -> list[Choice]:
    return [("hourly", _("an hour")), ("retainer", _("a month, on a retainer"))]


class HoursSteps(Choose):
    """Hours, at least: one of a few steps, or whatever the address says."""

    def __init__(self, name: Any, steps: tuple[int, ...], **options: Any) -> None:
        super().__init__(name, self._listed, optional=True, blank=_l("Any"), **options)
        self.steps = steps

    def _listed(self) -> list[Choice]:
        minutes = {*self.steps, self.value} if isinstance(self.value, int) and self.value else set(self.steps)
        return [(formats.typed_minutes(each), self._said(each)) for each in sorted(minutes)]

    def _said(self, minutes: int) -> str:
        return str(_("at least %(hours)s", hours=formats.duration(minutes)))

    def read(self, typed: str) -> int:
        return formats.read_minutes(typed)

    def write(self, value: int) -> str:
        return formats.typed_minutes(value) if value else ""


class Zone(Choose):
    """The reader's time zone, theirs unless the address says another."""

    def __init__(self, name: Any, **options: Any) -> None:
        super().__init__(name, self._listed, optional=True, **options)

    def _listed(self) -> list[Choice]:
        own = [zone for zone in (self.typed, i18n.current_zone()) if zone]
        return [(zone, formats.zone_name(zone)) for zone in dict.fromkeys((*own, *ZONES))]

    def read(self, typed: str) -> str:
        if typed not in available_timezones():
            raise Unreadable("Choose a time zone of the list, such as Europe/Rome.")
        return typed

    def empty(self) -> str:
        self.typed = i18n.current_zone()
        return self.typed


class RateFrom(MoneyInput):
    """The lower end of a range of prices, in the currency of its upper end."""

    widget = "input"
    suffix = ""

    def take(self, data: MultiDict[str, str]) -> None:
        own = MultiDict(data)
        own[f"{self.html_name}_currency"] = data.get("rate_currency", self.currency)
        super().take(own)


class BrowseForm(Form):
    """All may be left empty."""

    text = Text(_l("Words"), most=200, optional=True, placeholder=_l("For example travel, newsletter"))
    sort = Choose(_l("Order"), orders, optional=True, default="newest")
    level = Choose(_l("Level"), named("level"), optional=True, blank=_l("Any"))
    free_minutes = HoursSteps(_l("Free hours a week"), (300, 600, 1200, 1800, 2400))
    overlap = HoursSteps(_l("Hours a day shared with mine"), (60, 120, 240, 360, 480), path="overlap_minutes")
    day_start = Choose(_l("My day from"), half_hours, optional=True, default=DAY[0])
    day_end = Choose(_l("until"), half_hours, optional=True, default=DAY[1])
    zone = Zone(_l("My time zone"), path="time_zone")
    pay = Choose(_l("Price"), _pays, optional=True, default="hourly", path="-")
    least = RateFrom(_l("from"), optional=True, path="-")
    rate = MoneyInput(_l("to"), optional=True, path="-")
    language = Choose(_l("Language"), languages, optional=True, blank=_l("Any"))
    cefr = Choose(_l("spoken at least"), named("cefr"), optional=True, default=CEFR_AT_FIRST)
    rating = ChooseNumber(_l("Rating"), _ratings, optional=True, blank=_l("Any"), path="min_rating")
    industry = Choose(_l("Line of business"), industries, optional=True, blank=_l("Any"))
    new = Toggle(_l("New here"), optional=True)
    services = ChooseSome(_l("Services"), services, optional=True)
    skill_level = ChooseNumber(_l("Skills and tools, at least"), _skill_levels, optional=True, default=1)
    skills = ChooseSome(_l("Skills"), lambda: _skills(tools=False), optional=True, path="-")
    tools = ChooseSome(_l("Tools"), lambda: _skills(tools=True), optional=True, path="-")

    @property
    def query(self) -> dict[str, Any]:
        """What the matching service is asked; filters that could not be read, or say nothing, are left out."""
        asked = {path: value for path, value in self.payload.items() if value not in (None, "", [], False, 0)}
        asked["skills"] = [*(self.skills.value or ()), *(self.tools.value or ())]
        if not asked["skills"] or asked.get("skill_level") == 1:
            asked.pop("skill_level", None)
        if not asked["skills"]:
            del asked["skills"]
        if not asked.get("language") or asked.get("cefr") == CEFR_AT_FIRST:
            asked.pop("cefr", None)
        if "overlap_minutes" not in asked and asked.get("sort") != "overlap":
            for name in ("time_zone", "day_start", "day_end"):
                asked.pop(name, None)
        return {**asked, **self._prices()}

    def _prices(self) -> dict[str, Any]:
        retainer = self.pay.value == "retainer"
        names = ("min_fee_amount", "max_fee_amount") if retainer else ("min_rate_amount", "max_rate_amount")
        ends = [(name, end.value) for name, end in zip(names, (self.least, self.rate), strict=True)]
        found: dict[str, Any] = {name: amount.amount for name, amount in ends if amount is not None}
        if found:
            found["currency"] = self.rate.currency
        return {**found, "retainer": True} if retainer else found

    @property
    def reader(self) -> dict[str, Any]:
        """The reader's day, for counts of shared hours also where nothing is asked of them."""
        return {"time_zone": self.zone.value or i18n.current_zone(), "day_start": self.start, "day_end": self.end}

    @property
    def start(self) -> str:
        return self.day_start.value or DAY[0]

    @property
    def end(self) -> str:
        return self.day_end.value or DAY[1]

    @property
    def filters(self) -> dict[str, Any]:
        """What a saved search keeps."""
        kept = {name: value for name, value in self.query.items() if name != "sort"}
        if "overlap_minutes" not in kept:
            for name in ("time_zone", "day_start", "day_end"):
                kept.pop(name, None)
        return kept

    @property
    def in_use(self) -> bool:
        return bool(self.filters)


# -- the address -------------------------------------------------------------------------------------------------------

DEFAULTS = {
    "sort": "newest", "cefr": CEFR_AT_FIRST, "pay": "hourly", "skill_level": "1", "day_start": DAY[0],
    "day_end": DAY[1], "rate_currency": "EUR",
}  # fmt: skip
OF_THE_DAY = ("zone", "day_start", "day_end")


def address_of(args: Args) -> dict[str, list[str]]:
    """The parameters without those that say nothing."""
    held = {name: [value for value in values if value] for name, values in args.items() if name != "cursor"}
    shares = held.get("overlap") or held.get("sort") == ["overlap"]
    priced = held.get("rate") or held.get("least")
    return {
        name: values
        for name, values in held.items()
        if values
        and (values != [DEFAULTS.get(name)] or (name in OF_THE_DAY and shares))
        and (name not in OF_THE_DAY or shares)
        and (name != "rate_currency" or priced)
        and (name != "cefr" or held.get("language"))
        and (name != "skill_level" or held.get("skills") or held.get("tools"))
    }


def list_url(args: Args) -> str:
    used = urlencode(args, doseq=True)
    return url_for("public.browse") + (f"?{used}" if used else "")


def typed(filters: Mapping[str, Any]) -> dict[str, Any]:
    """A saved search as the parameters of the list's address."""
    retainer = bool(filters.get("retainer"))
    low, high = ("min_fee_amount", "max_fee_amount") if retainer else ("min_rate_amount", "max_rate_amount")
    currency = filters.get("currency") or "EUR"

    def price(name: str) -> str:
        return "" if filters.get(name) is None else formats.typed_money(Money(filters[name], currency))

    codes = filters.get("skills") or ()
    plain = {name: [str(filters.get(name) or "")] for name in ("text", "level", "language", "industry", "cefr")}
    args = {
        **plain,
        "services": list(filters.get("services") or ()),
        "skills": [code for code in codes if not taxonomy.is_tool(code)],
        "tools": [code for code in codes if taxonomy.is_tool(code)],
        "skill_level": [str(filters.get("skill_level") or "")],
        "free_minutes": [formats.typed_minutes(filters.get("free_minutes") or 0).removeprefix("0")],
        "overlap": [formats.typed_minutes(filters.get("overlap_minutes") or 0).removeprefix("0")],
        "zone": [filters.get("time_zone") or ""],
        "day_start": [filters.get("day_start") or ""],
        "day_end": [filters.get("day_end") or ""],
        "pay": ["retainer" if retainer else ""],
        "least": [price(low)],
        "rate": [price(high)],
        "rate_currency": [currency],
        "rating": [str(filters.get("min_rating") or "")],
        "new": ["1" if filters.get("new") else ""],
    }
    return {name: values if len(values) > 1 else values[0] for name, values in address_of(args).items()}


# -- in words ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Active:
    """A filter in use: what it says, and the address of the list without it."""

    text: str
    url: str


def active(form: BrowseForm, args: Args) -> list[Active]:
    """All filters in use, in words."""
    held, found = address_of(args), []

    def add(text: str, *names: str, value: str = "") -> None:
        left = {
            name: [each for each in values if name in names and value and each != value] if name in names else values
            for name, values in held.items()
        }
        found.append(Active(text, list_url(address_of({name: values for name, values in left.items() if values}))))

    for names, values, text in _said(form.filters):
        if values:
            for value in values:
                add(formats.taxon(value), *names, value=value)
        else:
            add(text, *names)
    return found


def described(filters: Mapping[str, Any]) -> str:
    """What a search asks, in a few words of the reader's language."""
    said = (", ".join(map(formats.taxon, values)) if values else text for _names, values, text in _said(filters))
    return ", ".join(said)


def _said(filters: Mapping[str, Any]) -> Iterable[tuple[tuple[str, ...], list[str], str]]:
    """Of each filter in use: its parameters, and either the codes it names or what it says."""
    if filters.get("text"):
        yield ("text",), [], f"“{filters['text']}”"
    yield from ((("services",), [code], "") for code in filters.get("services") or ())
    yield from ((("skills", "tools"), [code], "") for code in filters.get("skills") or ())
    if filters.get("skills") and (filters.get("skill_level") or 1) > 1:
        yield ("skill_level",), [], _("each at least %(level)s", level=label(filters["skill_level"], "skill_level"))
    if filters.get("language"):
        language, cefr = formats.taxon(filters["language"]), filters.get("cefr") or CEFR_AT_FIRST
        worded = language if cefr == CEFR_AT_FIRST else _("%(what)s from %(level)s", what=language, level=cefr)
        yield ("language", "cefr"), [], worded
    if filters.get("industry"):
        yield ("industry",), [filters["industry"]], ""
    if filters.get("level"):
        yield ("level",), [], str(label(filters["level"], "level"))
    yield from _said_of_prices(filters)
    if filters.get("free_minutes"):
        yield ("free_minutes",), [], _("%(hours)s free a week", hours=formats.duration(filters["free_minutes"]))
    if filters.get("overlap_minutes"):
        yield ("overlap",), [], _said_of_sharing(filters)
    if filters.get("min_rating"):
        yield ("rating",), [], _("rated %(rating)s and above", rating=formats.number(filters["min_rating"] / 100))
    if filters.get("new"):
        yield ("new",), [], _("new here")


def _said_of_prices(filters: Mapping[str, Any]) -> Iterable[tuple[tuple[str, ...], list[str], str]]:
    retainer = bool(filters.get("retainer"))
    low, high = ("min_fee_amount", "max_fee_amount") if retainer else ("min_rate_amount", "max_rate_amount")
    currency = filters.get("currency") or "EUR"
    ends = {
        name: formats.money({"amount": filters[end], "currency": currency}, cents="auto")
        for name, end in (("low", low), ("high", high))
        if filters.get(end) is not None
    }
    if retainer:
        yield ("pay", "rate", "least"), [], _("with a retainer")
    sentence = {
        (False, ("low",)): _l("from %(low)s an hour"),
        (False, ("high",)): _l("up to %(rate)s an hour"),
        (False, ("low", "high")): _l("%(low)s to %(high)s an hour"),
        (True, ("low",)): _l("from %(low)s a month"),
        (True, ("high",)): _l("up to %(high)s a month"),
        (True, ("low", "high")): _l("%(low)s to %(high)s a month"),
    }.get((retainer, tuple(ends)))
    if sentence is not None:
        yield ("rate", "least"), [], str(sentence) % {**ends, "rate": ends.get("high", "")}


def _said_of_sharing(filters: Mapping[str, Any]) -> str:
    hours = formats.duration(filters["overlap_minutes"])
    start, end = filters.get("day_start") or DAY[0], filters.get("day_end") or DAY[1]
    zone = filters.get("time_zone") or i18n.current_zone()
    if (start, end) == DAY and zone == i18n.current_zone():
        return str(_("%(hours)s a day shared with mine", hours=hours))
    return str(
        _("%(hours)s a day shared with %(start)s–%(end)s in %(place)s",
          hours=hours, start=start, end=end, place=formats.zone_name(zone))
    )  # fmt: skip


# -- counts ------------------------------------------------------------------------------------------------------------

Counts = dict[str, dict[str, int]]


def counts_of(cards: Mapping[str, Any]) -> Counts:
    """How many the list would have, by facet and by the value of the form's field."""
    found = {facet["name"]: {v["value"]: v["count"] for v in facet["values"]} for facet in cards.get("facets") or ()}
    skills = found.pop("skills", {})
    hours = {
        field: {formats.typed_minutes(int(minutes)): count for minutes, count in found.pop(facet, {}).items()}
        for field, facet in (("free_minutes", "free_minutes"), ("overlap", "overlap_minutes"))
    }
    return {
        "level": {},
        "cefr": {},
        "new": {},
        "services": {},
        "language": found.pop("languages", {}),
        "industry": found.pop("industries", {}),
        "rating": found.pop("min_rating", {}),
        "pay": {"retainer": found.pop("retainer", {}).get("yes", 0)},
        **found,
        **hours,
        "skills": {code: count for code, count in skills.items() if not taxonomy.is_tool(code)},
        "tools": {code: count for code, count in skills.items() if taxonomy.is_tool(code)},
    }


MANY_VALUES = ("services", "skills", "tools")


def first_values(form: BrowseForm, counts: Counts, name: str) -> tuple[list[str], int]:
    """The codes chosen and those that most have; and how many more there are."""
    chosen, listed = form[name].value or [], counts.get(name, {})
    top = [code for code in listed if code not in chosen]
    return [*chosen, *top[:SHOWN]], max(len(top) - SHOWN, 0)


def all_values(counts: Counts, name: str, words: str = "") -> list[tuple[str, str, int]]:
    """Code, name and count of every value, by name; `words` narrow them down."""
    listed = [(code, formats.taxon(code), count) for code, count in counts.get(name, {}).items()]
    wanted = words.casefold().split()
    kept = [row for row in listed if all(word in row[1].casefold() for word in wanted)]
    return sorted(kept, key=lambda row: row[1].casefold())


def with_value(args: Args, name: str, value: str) -> str:
    """The address of the list with one more value."""
    held = address_of(args)
    return list_url({**held, name: [*held.get(name, []), value]})


__all__ = ["BrowseForm", "active", "address_of", "counts_of", "described", "typed"]
