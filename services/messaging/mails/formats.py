"""A notice's parameters as its reader writes them: money, dates, hours, in their language and time zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, dates, numbers

from services.messaging.mails import words
from shared.platform.money import Money

NBSP = "\N{NO-BREAK SPACE}"
_LOCALES = {"en": Locale.parse("en_GB"), "it": Locale.parse("it")}


@dataclass(frozen=True, slots=True)
class Reader:
    """`locale` is one of Dextra's languages, `time_zone` an IANA name."""

    locale: str
    time_zone: str = "UTC"

    @property
    def babel(self) -> Locale:
        return _LOCALES.get(self.locale, _LOCALES["en"])

    @property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


class Shown(dict[str, str]):
    """Parameters for `str.format_map`; one that is not there leaves nothing behind."""

    def __missing__(self, key: str) -> str:
        return ""


def shown(params: Mapping[str, Any], reader: Reader) -> Shown:
    """All parameters as text."""
    texts = {name: _text(name, value, reader) for name, value in params.items()}
    engagement = str(params.get("engagement", ""))
    if "rate" in texts and engagement:
        texts["rate"] = words.RATES.get(reader.locale, words.RATES["en"])[engagement].format(rate=texts["rate"])
    return Shown(texts)


def _text(name: str, value: Any, reader: Reader) -> str:
    if isinstance(value, Mapping):
        return money(Money(int(value["amount"]), str(value["currency"])), reader)
    formatter = _BY_NAME.get(name)
    return str(value) if formatter is None else formatter(value, reader)


def money(value: Money, reader: Reader) -> str:
    return str(numbers.format_currency(value.decimal, value.currency, locale=reader.babel))


def calendar_day(value: str, reader: Reader) -> str:
    return str(dates.format_date(date.fromisoformat(value), "long", locale=reader.babel))


def instant(value: str, reader: Reader) -> str:
    """`14 March 2026, 09:30 CET`: with the zone, since an e-mail is read anywhere."""
    local = datetime.fromisoformat(value).astimezone(reader.zone)
    zone = dates.get_timezone_name(local, width="short", locale=reader.babel)
    return f"{dates.format_date(local.date(), 'long', locale=reader.babel)}, {local:%H:%M}{NBSP}{zone}"


def hours(value: int, _reader: Reader) -> str:
    """`12 h 30`, `12 h`, `45 min`."""
    whole, rest = divmod(int(value), 60)
    if not whole:
        return f"{rest}{NBSP}min"
    return f"{whole}{NBSP}h{NBSP}{rest:02}" if rest else f"{whole}{NBSP}h"


def engagement(value: str, reader: Reader) -> str:
    return words.ENGAGEMENTS.get(reader.locale, words.ENGAGEMENTS["en"]).get(value, value)


def reason(value: str, reader: Reader) -> str:
    """The system's own reasons in the reader's language; people's as they are."""
    return words.REASONS.get(reader.locale, {}).get(value, value)


_BY_NAME: Mapping[str, Callable[[Any, Reader], str]] = {
    "start_on": calendar_day,
    "ends_on": calendar_day,
    "week_start": calendar_day,
    "due_on": calendar_day,
    "expires_at": instant,
    "at": instant,
    "review_due_at": instant,
    "weekly_minutes": hours,
    "minutes": hours,
    "disputed_minutes": hours,
    "engagement": engagement,
    "reason": reason,
}
