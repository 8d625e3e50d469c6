"""Public holidays of countries and their regions, from the library `holidays`."""

from __future__ import annotations

import functools
from datetime import date

import holidays


@functools.cache
def countries() -> dict[str, frozenset[str]]:
    """The countries whose public holidays are known, with their regions."""
    return {code: frozenset(regions) for code, regions in holidays.list_supported_countries().items()}


@functools.lru_cache(maxsize=2_000)
def public_holidays(country: str, region: str, year: int) -> frozenset[date]:
    """None for a country that is not known; a region that is not known has its country's."""
    if country not in countries():
        return frozenset()
    subdivision = region if region in countries()[country] else None
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
