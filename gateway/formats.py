"""Money, dates, hours and numbers as people write them: shown and read in the reader's language and time zone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.lists import format_list
from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from gateway import i18n, labels
from shared.contracts import taxonomy
from shared.contracts.fields import DAYS, FIRST_YEAR, LAST_YEAR
from shared.contracts.matching import NEW_DAYS
from shared.platform.clock import utc_now
from shared.platform.errors import Text
from shared.platform.money import EXPONENTS, Money

NBSP = "\N{NO-BREAK SPACE}"


def locale() -> Locale:
    """Dates and numbers of English are British: the day before the month, the 24-hour clock."""
    code = i18n.current_locale()
    return Locale.parse("en_GB" if code == "en" else code)


# -- shown -----------------------------------------------------------------------------------------------------------


def as_money(value: Money | Mapping[str, Any] | None) -> Money | None:
    if value is None or isinstance(value, Money):
        return value
    return Money(int(value["amount"]), str(value["currency"]))


def money(value: Money | Mapping[str, Any] | None, cents: str = "always") -> str:
    """`42,00 €`. `cents="auto"` leaves `,00` out where there are none."""
    amount = as_money(value)
    if amount is None:
        return "–"
    whole = cents == "auto" and amount.decimal == amount.decimal.to_integral_value()
    return numbers.format_currency(
        amount.decimal,
        amount.currency,
        format=_whole_pattern() if whole else None,
        locale=locale(),
        currency_digits=not whole,
    )


def _whole_pattern() -> str:
    return "¤#,##0" if i18n.current_locale() == "en" else f"#,##0{NBSP}¤"


def instant(value: str | datetime) -> datetime:
    """An aware instant from the wire."""
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def day(value: str | date | datetime) -> date:
    """The reader's calendar day of an instant, or the date itself."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        return instant(value).astimezone(i18n.zone()).date()
    return value


def format_date(value: str | date | None, style: str = "medium") -> str:
    """`14 Mar 2026`; styles short, medium, long, full, or a pattern such as `EEEE d MMMM`."""
    return dates.format_date(day(value), format=style, locale=locale()) if value else "–"


def format_datetime(value: str | datetime | None, style: str = "medium") -> str:
    """`14 Mar 2026, 09:30` in the reader's zone."""
    if not value:
        return "–"
    local = instant(value).astimezone(i18n.zone())
    return f"{dates.format_date(local.date(), format=style, locale=locale())}, {local:%H:%M}"


def format_time(value: str | datetime | None) -> str:
    """`09:30` in the reader's zone."""
    return f"{instant(value).astimezone(i18n.zone()):%H:%M}" if value else "–"


def iso(value: str | date | datetime | None) -> str:
    """For the `datetime` attribute of `<time>`."""
    return value if isinstance(value, str) else value.isoformat() if value else ""


def relative(value: str | datetime | None) -> str:
    """`in 3 days`, `2 hours ago`."""
    if not value:
        return "–"
    delta = instant(value) - utc_now()
    if abs(delta) < timedelta(minutes=1):
        return str(_("just now"))
    return str(dates.format_timedelta(delta, add_direction=True, locale=locale(), threshold=1.1))


def duration(minutes: int | None) -> str:
    """`12 h 30`, `12 h`, `45 min`."""
    if minutes is None:
        return "–"
    sign, (hours, rest) = "−" if minutes < 0 else "", divmod(abs(int(minutes)), 60)
    if not hours:
        return f"{sign}{rest}{NBSP}min"
    return f"{sign}{hours}{NBSP}h{NBSP}{rest:02}" if rest else f"{sign}{hours}{NBSP}h"


def free_span(span: Mapping[str, Any], zone: str = "") -> str:
    """`Mon 30 Nov, 09:00–13:00` on the reader's clock, or on that of `zone`."""
    here = ZoneInfo(zone) if zone else i18n.zone()
    start, end = instant(span["start"]).astimezone(here), instant(span["end"]).astimezone(here)
    return f"{dates.format_date(start.date(), format='EEE d MMM', locale=locale())}, {start:%H:%M}–{end:%H:%M}"


def rating(hundredths: int | None) -> str:
    """`4.82` stars, from hundredths of a star."""
    return number((hundredths or 0) / 100, 2)


def run_for(days: int) -> str:
    """How long a contract ran, as people say it."""
    if days < 14:
        return plural_days(days)
    if days < 70:
        weeks = round(days / 7)
        return str(ngettext("%(num)s week", "%(num)s weeks", weeks))
    months = round(days * 12 / 365)
    return str(ngettext("%(num)s month", "%(num)s months", months))


def is_new(published_at: str | datetime | None) -> bool:
    """Whether somebody came in the last days (NEW_DAYS)."""
    return bool(published_at) and utc_now() - instant(published_at or utc_now()) <= timedelta(days=NEW_DAYS)


def number(value: float | None, digits: int = 1) -> str:
    """At most `digits` decimals."""
    if value is None:
        return "–"
    return numbers.format_decimal(value, format="#,##0." + "#" * digits if digits else "#,##0", locale=locale())


def percent(fraction: float) -> str:
    return numbers.format_percent(fraction, locale=locale())


def listed(values: list[str]) -> str:
    """`a, b and c`."""
    return format_list(values, locale=locale()) if values else ""


def work_description(code: str) -> str:
    """What a service or skill is, in a sentence."""
    return taxonomy.description(code, i18n.current_locale())


def work_group(code: str) -> str:
    """The name of the service that a skill or tool belongs to; "" for a service."""
    service = taxonomy.service_of(code)
    return taxonomy.label(service, i18n.current_locale()) if service else ""


def taxon(code: str) -> str:
    """The name of a service, skill or language."""
    return taxonomy.label(code, i18n.current_locale())


def zone_name(name: str) -> str:
    """`Rome (UTC+02:00)` for Europe/Rome."""
    offset = datetime.now(ZoneInfo(name)).strftime("%z")
    return f"{name.rsplit('/', maxsplit=1)[-1].replace('_', ' ')} (UTC{offset[:3]}:{offset[3:]})"


def country_name(code: str) -> str:
    """`Germany` for DE, in the reader's language."""
    return str(locale().territories.get(code, code))


def currency_name(code: str) -> str:
    return numbers.get_currency_name(code, locale=locale())


def host(link: str) -> str:
    """Where a link leads, as people say it: `example.com`."""
    return (urlsplit(link).hostname or "").removeprefix("www.")


def initials(name: str) -> str:
    """At most two letters for an avatar."""
    words = [
        word for word in re.split(r"[\s\-]+", name.strip()) if word and unicodedata.category(word[0]).startswith("L")
    ]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def hue(text: str) -> int:
    """One of eight colours for an avatar, always the same for the same id."""
    return sum(text.encode()) % 8


def plural_days(days: int) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", days))


def device(user_agent: str) -> str:
    """`Firefox on Windows`: enough to recognise one's own devices by."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return str(_("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(_("Unknown device"))


_BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours that several days share: in the practice's zone, and in the reader's."""

    days: str
    theirs: str
    mine: str


def week(working_hours: list[Mapping[str, str]], place: str) -> list[Hours]:
    """Days with the same hours in one line: `Monday – Friday`, `09:00–13:00, 14:00–18:00`."""
    by_day: dict[str, list[tuple[str, str]]] = {}
    for entry in sorted(working_hours, key=lambda entry: str(entry["start"])):
        by_day.setdefault(entry["day"], []).append((entry["start"], entry["end"]))
    runs: list[list[str]] = []
    for code in DAYS:
        if code not in by_day:
            continue
        joins = runs and DAYS.index(runs[-1][-1]) == DAYS.index(code) - 1 and by_day[runs[-1][0]] == by_day[code]
        if joins:
            runs[-1].append(code)
        else:
            runs.append([code])
    lines = []
    for run in runs:
        names = [labels.label(code, "day") for code in run]
        spans = by_day[run[0]]
        lines.append(
            Hours(
                days=names[0] if len(run) == 1 else f"{names[0]} – {names[-1]}",
                theirs=", ".join(f"{start}–{end}" for start, end in spans),
                mine=", ".join(f"{_elsewhere(start, place)}–{_elsewhere(end, place)}" for start, end in spans),
            )
        )
    return lines


def _elsewhere(clock: str, place: str) -> str:
    """A wall clock's time of `place` on the reader's clock, by today's offsets; `(+1)` where it is another day."""
    hours, minutes = map(int, clock.split(":"))
    midnight = datetime.combine(utc_now().astimezone(ZoneInfo(place)).date(), time(), ZoneInfo(place))
    there = (midnight + timedelta(hours=hours, minutes=minutes)).astimezone(i18n.zone())
    shift = (there.date() - midnight.date()).days - (1 if clock == "24:00" else 0)
    return f"{there:%H:%M}" + (f" ({shift:+d})" if shift else "")


OFFICE = (time(9), time(18))
"""Of a usual working day, Monday to Friday."""


def shared_minutes(
    working_hours: Sequence[Mapping[str, str]], place: str, zone: str = "", start: str = "", end: str = ""
) -> int:
    """Minutes a day that her working hours, on the clock of `place`, share with the reader's day: the mean of next
    week's five, clocks that change included. The day is OFFICE on the reader's clock, unless it is said.
    """
    here, there = ZoneInfo(zone) if zone else i18n.zone(), ZoneInfo(place)
    office = [f"{clock:%H:%M}" for clock in OFFICE]
    start, end = start or office[0], end or office[1]
    today = utc_now().astimezone(here).date()
    monday = today + timedelta(days=7 - today.weekday())
    hers = [
        _span(day, entry["start"], entry["end"], there)
        for number in range(-1, 6)
        for day in [monday + timedelta(days=number)]
        for entry in working_hours
        if DAYS.index(entry["day"]) == day.weekday()
    ]
    total = timedelta()
    for number in range(5):
        begin, close = _span(monday + timedelta(days=number), start, end, here)
        total += sum((max(min(close, stop) - max(begin, at), timedelta()) for at, stop in hers), timedelta())
    return round(total / timedelta(minutes=5))


def _span(day: date, start: str, end: str, place: ZoneInfo) -> tuple[datetime, datetime]:
    """An end before the start is on the next day."""
    last = day + timedelta(days=1) if end < start else day
    return _instant(day, start, place), _instant(last, end, place)


def _instant(day: date, clock: str, place: ZoneInfo) -> datetime:
    """`24:00` is the next midnight."""
    hours, minutes = map(int, clock.split(":"))
    return (datetime.combine(day, time(), place) + timedelta(hours=hours, minutes=minutes)).astimezone(UTC)


def plain(value: Any) -> Any:
    """A parameter of a sentence, ready to be put in: money, lists and instants in words."""
    if isinstance(value, Mapping) and {"amount", "currency"} <= value.keys():
        return money(value)
    if isinstance(value, list | tuple):
        return listed([str(plain(item)) for item in value])
    if isinstance(value, str) and re.match(r"^\d{4}-\d\d-\d\d$", value):
        return format_date(value)
    if isinstance(value, str) and re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d", value):
        return format_datetime(value)
    return value


# -- read ------------------------------------------------------------------------------------------------------------


class Unreadable(ValueError):
    """What was typed is not of the kind asked for; `text` says what to type."""

    def __init__(self, template: str, **params: Any) -> None:
        self.text = Text(template, **params)
        super().__init__(str(self.text))


MOST_DIGITS = 24
"""Of a number that somebody types; below the precision at which sums with it begin to be rounded."""


def read_decimal(typed: str) -> Decimal:
    """`1.234,50` in Italian, `1,234.50` in English; the other sign is understood where it can only mean one thing."""
    cleaned = re.sub(r"[\s'’€$£]|\N{NO-BREAK SPACE}|\N{NARROW NO-BREAK SPACE}", "", typed)
    point = str(locale().number_symbols["latn"]["decimal"])
    comma = "," if point == "." else "."
    if len(cleaned) > MOST_DIGITS or not re.fullmatch(r"[+\-−]?[\d.,]*\d[\d.,]*", cleaned):
        raise Unreadable("Enter a number, such as %(example)s.", example=f"42{point}50")
    cleaned = cleaned.replace("−", "-")
    grouped = re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(comma)}\d{{3}})+({re.escape(point)}\d*)?", cleaned)
    if grouped:
        cleaned = cleaned.replace(comma, "").replace(point, ".")
    elif cleaned.count(point) + cleaned.count(comma) == 1:
        cleaned = cleaned.replace(",", ".")
    elif point in cleaned or comma in cleaned:
        raise Unreadable("Enter a number, such as %(example)s.", example=f"42{point}50")
    try:
        return Decimal(cleaned)
    except InvalidOperation as error:
        raise Unreadable("Enter a number, such as %(example)s.", example=f"42{point}50") from error


def read_money(typed: str, currency: str) -> Money:
    amount = read_decimal(typed)
    if currency not in EXPONENTS:
        raise Unreadable("Choose a currency of the list.")
    try:
        return Money.of(amount, currency)
    except ValueError as error:
        raise Unreadable(
            "Amounts in %(currency)s have %(digits)s decimals at most.", currency=currency, digits=EXPONENTS[currency]
        ) from error


def typed_money(value: Money | Mapping[str, Any] | None) -> str:
    """As an input shows it, readable by `read_money`."""
    amount = as_money(value)
    if amount is None:
        return ""
    digits = EXPONENTS[amount.currency]
    pattern = "0." + "0" * digits if digits and amount.amount % 10**digits else "0"
    return numbers.format_decimal(amount.decimal, format=pattern, locale=locale())


def read_whole(typed: object) -> int:
    """A number that a page of ours wrote into an address, a button or a hidden field; 0 when it was tampered with."""
    written = str(typed)
    return int(written) if re.fullmatch(r"[0-9]{1,15}", written) else 0


def read_minutes(typed: str) -> int:
    """Hours as `12`, `12:30`, `12h30` or `12,5`, in minutes."""
    cleaned = re.sub(r"\s|\N{NO-BREAK SPACE}", "", typed.lower())
    clock = re.fullmatch(r"(\d{1,4})(?::|h)([0-5]\d)?(?:m|min)?", cleaned)
    if clock:
        return int(clock[1]) * 60 + int(clock[2] or 0)
    try:
        minutes = read_decimal(cleaned.removesuffix("h")) * 60
    except Unreadable as error:
        raise Unreadable("Enter hours, such as 12 or 12:30.") from error
    if minutes != minutes.to_integral_value() or minutes < 0:
        raise Unreadable("Enter hours, such as 12 or 12:30.")
    return int(minutes)


def typed_minutes(minutes: int | None) -> str:
    """As an input shows it: `12` or `12:30`."""
    if minutes is None:
        return ""
    hours, rest = divmod(int(minutes), 60)
    return f"{hours}:{rest:02}" if rest else str(hours)


def read_date(typed: str) -> date:
    """ISO as date inputs send it, or day/month/year as people type it where there is no date input."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        written = re.fullmatch(r"(\d{1,2})[./\-](\d{1,2})[./\-](\d{4})", typed)
        if written:
            try:
                return date(int(written[3]), int(written[2]), int(written[1]))
            except ValueError:
                pass
    raise Unreadable("Enter a date: day, month and year.")


def read_time(typed: str) -> time:
    written = re.fullmatch(r"(\d{1,2})[:.h](\d{2})(?::\d{2})?", typed.strip())
    if written and int(written[1]) < 24 and int(written[2]) < 60:
        return time(int(written[1]), int(written[2]))
    raise Unreadable("Enter a time, such as 09:30.")


def local_instant(on: date, at: time, zone: str = "") -> datetime:
    """The instant, in UTC, of a wall clock in the reader's zone. Raises Unreadable in an hour that the clocks skip."""
    place = ZoneInfo(zone) if zone else i18n.zone()
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise Unreadable("Enter a date in the years %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)
    local = datetime.combine(on, at, place)
    if local.astimezone(UTC).astimezone(place).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Unreadable("The clocks skip this hour that night. Choose another.")
    return local.astimezone(UTC)


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money,
    "date": format_date,
    "datetime": format_datetime,
    "time": format_time,
    "iso": iso,
    "relative": relative,
    "duration": duration,
    "number": number,
    "percent": percent,
    "listed": listed,
    "taxon": taxon,
    "host": host,
    "work_description": work_description,
    "work_group": work_group,
    "zone_name": zone_name,
    "country_name": country_name,
    "currency_name": currency_name,
    "device": device,
    "initials": initials,
    "shared_minutes": shared_minutes,
    "is_new": is_new,
    "free_span": free_span,
    "rating": rating,
    "run_for": run_for,
    "hue": hue,
    "days": plural_days,
    "typed_money": typed_money,
    "typed_minutes": typed_minutes,
}


def init_formats(app: Flask) -> None:
    app.jinja_env.filters.update({name: i18n.per_reader(show) for name, show in FILTERS.items()})
