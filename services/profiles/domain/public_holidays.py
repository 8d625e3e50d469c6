"""Public holidays of countries, as days on which an assistant does not work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache

import holidays

from services.profiles.domain.availability import DayException
from shared.platform.errors import Invalid

AHEAD = timedelta(days=365)
FALLBACK = "en"
"""What countries without translations name their days in, for nearly all of them."""


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """ISO 3166 codes of those that are known."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == len("IT"))


def holidays_of(country: str, first: date, locales: Sequence[str], new_id: Callable[[], str]) -> list[DayException]:
    """Those of a year from `first` on, named in those of `locales` in which names are known. Raises Invalid."""
    if country not in countries():
        raise Invalid.field("country", "We do not know the public holidays of this country. Add the days yourself.")
    years = range(first.year, (first + AHEAD).year + 1)
    known = holidays.country_holidays(country).supported_languages
    tags = {locale: tag for locale in locales if (tag := _tag(locale, known)) is not None}
    named = {locale: holidays.country_holidays(country, years=years, language=tag) for locale, tag in tags.items()}
    if not named:
        named = {FALLBACK: holidays.country_holidays(country, years=years)}
    days = sorted(day for day in next(iter(named.values())) if first <= day <= first + AHEAD)
    return [
        DayException(
            id=new_id(),
            kind="away",
            first_on=day,
            last_on=day,
            public=True,
            source="holiday",
            names={locale: listed.get(day, "") for locale, listed in named.items()},
        )
        for day in days
    ]


def _tag(locale: str, known: Sequence[str]) -> str | None:
    """The language as the data of a country name it: `it_IT` for it; None for one that they lack."""
    return next((tag for tag in sorted(known, reverse=True) if tag.split("_")[0] == locale), None)
