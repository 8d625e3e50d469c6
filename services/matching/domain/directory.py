"""The directory of work: how many offer each service and skill, and what those who do usually charge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from services.matching.domain.columns import Array
from services.matching.domain.table import Table, rows_of

ENOUGH = 10
"""Of fewer rates nothing is said: they would be single people's."""
BINS = 12
SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
RELATED = 8
AVAILABLE_MINUTES = 300


@dataclass(frozen=True, slots=True)
class Counted:
    """A service, skill or language, and how many offer it."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Bin:
    """How many ask from `low` up to, but not, `high`; of the last one `high` too."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Hourly rates in one currency, in minor units. Between `usual_low` and `usual_high` are the middle half of them,
    between `low` and `high` eight of ten; the bins hold all between these two."""

    currency: str
    count: int
    low: int
    usual_low: int
    median: int
    usual_high: int
    high: int
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """Those with most first; what nobody offers is left out."""

    assistants: int
    services: tuple[Counted, ...]
    skills: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """Who offers a service or skill. `available`: with five hours a week free or more. `levels`: how many are at skill
    level 1 and above, 2 and above, and so on; empty for a service. `related`: skills most often beside it."""

    code: str
    count: int
    available: int
    executive: int
    retainers: int
    levels: tuple[int, ...]
    rates: tuple[Rates, ...]
    languages: tuple[Counted, ...]
    related: tuple[Counted, ...]


def directory(table: Table) -> Directory:
    """Exact, of those who are published now."""
    live = table.live
    skills = table.held.counts(live, live)
    services = ((code, live.intersection_cardinality(rows)) for code, rows in table.services.items())
    return Directory(len(live), _counted(services), _counted(skills))


def work(table: Table, code: str) -> Work:
    """Of a service's or skill's code. Nobody offers what is not known."""
    levels = [table.live & rows for rows in table.skills.get(code, ())]
    rows = levels[0] if levels else table.live & table.services.get(code, BitMap())
    skills = ((other, count) for other, count in table.held.counts(rows, table.live) if other != code)
    spoken = ((language, rows.intersection_cardinality(cefr[2])) for language, cefr in table.languages.items())
    return Work(
        code,
        len(rows),
        rows.intersection_cardinality(table.free[AVAILABLE_MINUTES // 60]),
        rows.intersection_cardinality(table.executive),
        rows.intersection_cardinality(table.retainers),
        tuple(len(level) for level in levels),
        _rates(table, rows),
        _counted(spoken)[:RELATED],
        _counted(skills)[:RELATED],
    )


def _counted(counts: Iterable[tuple[str, int]]) -> tuple[Counted, ...]:
    found = [Counted(code, count) for code, count in counts if count]
    return tuple(sorted(found, key=lambda one: (-one.count, one.code)))


def _rates(table: Table, rows: BitMap) -> tuple[Rates, ...]:
    """By currency, the one with most rates first."""
    listed = rows_of(rows)
    amounts, currencies = table.columns["rate"][listed], table.columns["currency"][listed]
    found = [
        _of_currency(currency, amounts[currencies == number])
        for number, currency in enumerate(table.currencies.keys)
        if np.count_nonzero(currencies == number) >= ENOUGH
    ]
    return tuple(sorted(found, key=lambda rates: (-rates.count, rates.currency)))


def _of_currency(currency: str, amounts: Array) -> Rates:
    low, usual_low, median, usual_high, high = (
        int(amount) for amount in np.quantile(amounts, SHARES, method="inverted_cdf")
    )
    within = amounts[(amounts >= low) & (amounts <= high)]
    edges = np.linspace(low, max(high, low + BINS), BINS + 1).round().astype(np.int64)
    counts, _ = np.histogram(within, bins=edges)
    bins = tuple(
        Bin(int(begin), int(end), int(count)) for begin, end, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
    return Rates(currency, len(amounts), low, usual_low, median, usual_high, high, bins)
