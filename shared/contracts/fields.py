"""Fields and validators that several contracts use. Their sentences are templates, translated where they are shown."""

from __future__ import annotations

import functools
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields

from shared.contracts import taxonomy
from shared.platform.contract import Message
from shared.platform.errors import Text
from shared.platform.money import EXPONENTS
from shared.platform.money import Money as MoneyValue

EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")
LOCALES = ("en", "it")
LEVELS = ("administrative", "executive")
CEFR = ("A1", "A2", "B1", "B2", "C1", "C2")
SKILL_LEVELS = (1, 2, 3, 4)
"""1 basic, 2 working, 3 advanced, 4 expert."""
FIRST_YEAR, LAST_YEAR = 2000, 2099
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COUNTRIES = (
    "AD", "AE", "AL", "AR", "AT", "AU", "BA", "BE", "BG", "BR", "CA", "CH", "CL", "CN", "CO", "CY", "CZ",
    "DE", "DK", "EE", "EG", "ES", "FI", "FR", "GB", "GR", "HK", "HR", "HU", "IE", "IL", "IN", "IS", "IT",
    "JP", "KE", "KR", "LI", "LT", "LU", "LV", "MA", "MC", "MD", "ME", "MK", "MT", "MX", "MY", "NG", "NL",
    "NO", "NZ", "PE", "PH", "PK", "PL", "PT", "RO", "RS", "SA", "SE", "SG", "SI", "SK", "SM", "TH", "TN",
    "TR", "TW", "UA", "US", "UY", "VA", "VN", "ZA",
)  # fmt: skip
"""ISO 3166 codes of the countries that forms offer."""

Check = Callable[[Any], None]


def fail(template: str, /, **params: Any) -> ValidationError:
    return ValidationError([Text(template, **params)])


def between(low: int, high: int) -> Check:
    """A number from `low` to `high`, both included."""

    def check(value: int) -> None:
        if not low <= value <= high:
            raise fail("Enter a number from %(low)s to %(high)s.", low=low, high=high)

    return check


def length(low: int, high: int) -> Check:
    """Text of `low` to `high` characters."""

    def check(value: str) -> None:
        if len(value) > high:
            raise fail("Shorten this to %(high)s characters at most.", high=high)
        if len(value.strip()) < low:
            raise fail("Please fill this in.") if low == 1 else fail("Write at least %(low)s characters.", low=low)

    return check


def items(low: int, high: int) -> Check:
    """A list of `low` to `high` items."""

    def check(value: list[Any]) -> None:
        if len(value) < low:
            raise fail("Choose at least one.") if low == 1 else fail("Choose at least %(low)s.", low=low)
        if len(value) > high:
            raise fail("Choose %(high)s at most.", high=high)

    return check


def one_of(choices: Iterable[Any]) -> Check:
    allowed = tuple(choices)

    def check(value: Any) -> None:
        if value not in allowed:
            raise fail("Choose one of the list.")

    return check


def optional(check: Check) -> Check:
    """The same check, which lets an empty text pass."""
    return lambda value: check(value) if value else None


def known_skill(value: str) -> None:
    if not taxonomy.is_skill(value):
        raise fail("This skill is not in our list. Choose one of the list.")


def known_service(value: str) -> None:
    if not taxonomy.is_service(value):
        raise fail("This service is not in our list. Choose one of the list.")


def known_work(value: str) -> None:
    """A service's code or a skill's."""
    if not taxonomy.is_service(value) and not taxonomy.is_skill(value):
        raise fail("This service is not in our list. Choose one of the list.")


def known_industry(value: str) -> None:
    if value not in taxonomy.INDUSTRIES:
        raise fail("This line of business is not in our list. Choose one of the list.")


def known_zone(value: str) -> None:
    """An IANA time zone such as Europe/Rome."""
    if value not in _zones():
        raise fail("Choose a time zone of the list, such as Europe/Rome.")


@functools.cache
def _zones() -> frozenset[str]:
    """Asked of the list, not of ZoneInfo(value), which opens whatever file has that name."""
    return frozenset(available_timezones())


def plausible_day(value: date) -> None:
    """A day, or an instant, that leaves room for time zones, weeks and terms of notice around it."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise fail("Enter a date in the years %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)


def plausible_email(value: str) -> None:
    if len(value) > 254 or not EMAIL.match(value):
        raise fail("Enter an e-mail address such as anna@example.com.")


def strong_password(value: str) -> None:
    if len(value) < 10:
        raise fail("Use at least %(low)s characters; a few words in a row are easy to remember.", low=10)
    if len(value) > 200:
        raise fail("Shorten this to %(high)s characters at most.", high=200)


def clock_time(value: str) -> None:
    """HH:MM on the half hour, 00:00 to 24:00."""
    if not re.match(r"^(([01]\d|2[0-3]):(00|30)|24:00)$", value):
        raise fail("Use full or half hours, such as 09:00 or 17:30.")


class MoneyField(fields.Field[MoneyValue]):
    """`{"amount": 4200, "currency": "EUR"}` on the wire, `Money` in Python. Refuses negative amounts unless
    `signed`."""

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        self.signed = signed
        super().__init__(**kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None or isinstance(value, Mapping):
            return value
        return {"amount": value.amount, "currency": value.currency}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> MoneyValue:
        if isinstance(value, MoneyValue):
            return value
        if not isinstance(value, Mapping):
            raise fail("Enter an amount of money.")
        amount, currency = value.get("amount"), value.get("currency")
        if not isinstance(currency, str) or currency not in EXPONENTS:
            raise fail("Choose a currency of the list.")
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise fail("Enter an amount of money.")
        if amount < 0 and not self.signed:
            raise fail("An amount cannot be negative.")
        if abs(amount) > 10**12:
            raise fail("This amount is too large.")
        return MoneyValue(amount, currency)


class BytesField(fields.Field[bytes]):
    """Base64 on the wire, bytes in Python; at most `most` of them."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def _serialize(self, value: bytes | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else b64encode(value).decode("ascii")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        try:
            found = b64decode(value, validate=True)
        except (ValueError, TypeError) as error:
            raise fail("This part of the file arrived broken. Please send the file again.") from error
        if len(found) > self.most:
            raise fail("This part of the file is too large.")
        return found


def Id(**kwargs: Any) -> fields.String:
    """An identifier that Dextra gave out."""
    return fields.String(required=kwargs.pop("required", True), validate=length(1, 80), **kwargs)


def Instant(**kwargs: Any) -> fields.AwareDateTime:
    """An instant: ISO 8601 with an offset."""
    from datetime import UTC

    return fields.AwareDateTime(format="iso", default_timezone=UTC, **kwargs)


class SkillWish(Message):
    """A skill of the taxonomy at a level (1 basic, 2 working, 3 advanced, 4 expert)."""

    code = fields.String(required=True, validate=known_skill)
    level = fields.Integer(load_default=2, validate=one_of(SKILL_LEVELS))


class Language(Message):
    """A language (ISO 639-1) at a level of the Common European Framework."""

    code = fields.String(required=True, validate=one_of(taxonomy.LANGUAGES))
    cefr = fields.String(load_default="B2", validate=one_of(CEFR))


class WorkingDay(Message):
    """Working hours of one weekday in the person's own zone, on the half hour; several a day are several entries."""

    day = fields.String(required=True, validate=one_of(DAYS))
    start = fields.String(required=True, validate=clock_time)
    end = fields.String(required=True, validate=clock_time)


class Page(Message):
    """A request for a page of a list: what `next` of the previous page said goes into `cursor`."""

    cursor = fields.String(load_default="")
    limit = fields.Integer(load_default=20, validate=between(1, 100))


class ById(Message):
    id = Id()


class Reason(Message):
    id = Id()
    reason = fields.String(load_default="", validate=length(0, 1000))
