"""The score of many rows at once: a sum of shares, each weight × fit, exactly what its explanation adds up to.

What a brief does not ask for is fully met by everybody. Only professional terms are looked at: never a name, a photo,
sex, age or origin.

| criterion | fit |
| --- | --- |
| skills_required | half for what is asked, the rest for the way from there to expert; the mean |
| skills_preferred | found level / asked level, at most 1; the mean |
| services | share of the asked services that are offered |
| overlap | share of the client's day that is shared, on the week's poorest day |
| price | share of the budget that is saved |
| languages | half for what is asked, the rest for the way from there to C2; the mean |
| level | 1 for the level asked; 0.5 for an executive assistant on an administrative brief |
| record | mean of the Beta posterior of engagements that went well |
| pay | 0.5 at her ask, up to 1 at a budget a quarter above it |
| hours | share of her free hours that the brief fills, at most 1 |
| market | 1 when the client's industry is one of hers or she named none; 0.5 when the brief names none; else 0 |
| notice | days until the start / the days of notice she needs, at most 1 |
| acceptance | −(1 − p); its weight is what both sides come to |
| demand | −λ, the price of demand |
| room | −(minutes promised by lists shown to others / her free minutes), at least −1 |
| newcomer | standard deviation of the same posterior / that of the prior |

p is the Beta posterior's mean of her answers, times a part that her side's fit gives back (`acceptance_floor`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from services.matching.domain.asked import Asked
from services.matching.domain.columns import Array
from services.matching.domain.practice import CEFR, HIGHEST_SKILL_LEVEL
from services.matching.domain.table import CEFR_NUMBER, LEVELS, Rows, Table
from services.matching.domain.weights import ASSISTANT_SIDE, CLIENT_SIDE, Dials, Weights

Numbers = npt.NDArray[np.float64]
PAY_SURPLUS = 0.25
UNSAID_MARKET = 0.5
_NO_LEVEL = np.uint8(0)


@dataclass(frozen=True, slots=True)
class Estimates:
    """What histories come to, by number of a standing: chance of a yes, quality, and how little is known of it."""

    yes: Numbers
    quality: Numbers
    width: Numbers


def estimates(table: Table, dials: Dials) -> Estimates:
    """Means and widths of the Beta posteriors of all histories in a table."""
    yes, no, well, badly = np.array(table.standings.keys, dtype=np.float64).T
    good, bad = dials.prior_well + well, dials.prior_badly + badly
    return Estimates(
        yes=(dials.prior_yes + yes) / (dials.prior_yes + yes + dials.prior_no + no),
        quality=good / (good + bad),
        width=np.minimum(_deviation(good, bad) / _deviation(dials.prior_well, dials.prior_badly), 1.0),
    )


def _deviation(good: Array | float, bad: Array | float) -> Array:
    total = good + bad
    return np.sqrt(good * bad / (total * total * (total + 1.0)))


class Scoring:
    """The scores of rows for a brief, and their shares. Gathers columns when it is made; the rest needs no table."""

    def __init__(self, asked: Asked, rows: Rows, weights: Weights, known: Estimates, at: datetime) -> None:
        self.asked, self.rows, self.weights = asked, rows, weights
        self._known, self._at = known, at
        self._columns = asked.table.columns
        self._own_promise: Mapping[int, float] = {}

    def with_own_promise(self, minutes: Mapping[int, float]) -> Scoring:
        """Leaves out of `room` what this same brief has promised, by row."""
        self._own_promise = minutes
        return self

    def prepare(self) -> None:
        """Reads what may grow meanwhile, so that `scores` may run in another thread."""
        self._standing, self.asked.shared, self._columns["schedule"]

    def scores(self) -> Numbers:
        """Of all rows, in their order."""
        points = self.weights.points_of
        total = self.without_market()
        for name in ("demand", "room", "newcomer"):
            if points(name):
                total += FITS[name](self, points(name))
        return total

    def shares(self) -> dict[str, tuple[Numbers, Numbers]]:
        """By criterion, in order: weights and fits of all rows. Their products add up to the score."""
        ones, points = np.ones(len(self.rows)), self.weights.points_of
        found = {name: (points(name) * ones, FITS[name](self, 1.0) * ones) for name in (*CLIENT_SIDE, *ASSISTANT_SIDE)}
        both = _total(found.values())
        assistant = _total(found[name] for name in ASSISTANT_SIDE)
        found["acceptance"] = (both, self._acceptance(assistant) - 1.0)
        for name in ("demand", "room", "newcomer"):
            found[name] = (points(name) * ones, FITS[name](self, 1.0) * ones)
        return found

    def sides(self) -> tuple[Numbers, Numbers, Numbers]:
        """Points of what the client gets and of what the assistant gets, and the chance of a yes, of all rows."""
        client, assistant = self._side(CLIENT_SIDE), self._side(ASSISTANT_SIDE)
        return client, assistant, self._acceptance(assistant)

    def without_market(self) -> Numbers:
        """Scores as they were if nobody else were there."""
        client, assistant, probability = self.sides()
        return probability * (client + assistant)

    def _side(self, criteria: tuple[str, ...]) -> Numbers:
        total, points = np.zeros(len(self.rows)), self.weights.points_of
        for name in criteria:
            if points(name):
                total += FITS[name](self, points(name))
        return total

    def _acceptance(self, assistant: Numbers) -> Numbers:
        weight = sum(self.weights.points_of(name) for name in ASSISTANT_SIDE)
        floor = self.weights.dials.acceptance_floor
        suits = floor + (1.0 - floor) / weight * assistant if weight else 1.0
        return self._known.yes[self._standing] * suits

    @cached_property
    def _standing(self) -> Array:
        return self._columns["standing"][self.rows]

    @cached_property
    def _free(self) -> Array:
        return self._columns["free"][self.rows]

    @cached_property
    def _price(self) -> Numbers:
        """Price / budget."""
        amounts = self.asked.price_amounts(self.rows) * (1.0 / max(self.asked.brief.budget.amount, 1))
        per = self.asked.price_per(self.rows)
        return amounts if isinstance(per, int) else amounts / np.maximum(per, 1)

    def _by_level(self, column: str, table: Numbers) -> Numbers:
        if column not in self._columns:
            return np.full(len(self.rows), table[_NO_LEVEL])
        found: Numbers = table[self._columns[column][self.rows]]
        return found

    def skills_required(self, scale: float) -> Numbers | float:
        asked = self.asked.brief.required_skills
        return self._mean(
            [("skill:" + skill.code, _surplus(skill.level, HIGHEST_SKILL_LEVEL)) for skill in asked], scale
        )

    def skills_preferred(self, scale: float) -> Numbers | float:
        asked = self.asked.brief.preferred_skills
        levels = np.arange(HIGHEST_SKILL_LEVEL + 1)
        return self._mean([("skill:" + skill.code, np.minimum(levels / skill.level, 1.0)) for skill in asked], scale)

    def languages(self, scale: float) -> Numbers | float:
        asked = self.asked.brief.languages
        return self._mean(
            [("language:" + spoken.code, _surplus_of_cefr(CEFR_NUMBER[spoken.cefr])) for spoken in asked], scale
        )

    def _mean(self, listed: list[tuple[str, Numbers]], scale: float) -> Numbers | float:
        if not listed:
            return scale
        total = np.zeros(len(self.rows))
        for column, fits in listed:
            total += self._by_level(column, fits * (scale / len(listed)))
        return total

    def services(self, scale: float) -> Numbers | float:
        asked = self.asked.brief.services
        if not asked:
            return scale
        bits = 0
        for code in asked:
            number = self.asked.table.service_numbers.known(code)
            bits |= 1 << number if number is not None else 0
        held = self._columns["services"][self.rows] & np.uint64(bits)
        share: Numbers = np.bitwise_count(held) * (scale / len(asked))
        return share

    def overlap(self, scale: float) -> Numbers | float:
        day = self.asked.day_minutes
        if not day:
            return scale
        fits = np.minimum(self.asked.shared / day, 1.0) * scale
        return fits[self._columns["schedule"][self.rows]]

    def price(self, scale: float) -> Numbers | float:
        return (1.0 - self._price) * scale if self.asked.brief.budget.amount else 0.0

    def level(self, scale: float) -> Numbers | float:
        if LEVELS[self.asked.brief.level]:
            return scale
        fits: Numbers = np.array([scale, scale * 0.5])[self._columns["level"][self.rows]]
        return fits

    def record(self, scale: float) -> Numbers:
        return (self._known.quality * scale)[self._standing]

    def pay(self, scale: float) -> Numbers:
        surplus = 1.0 / np.maximum(self._price, 1e-9) - 1.0
        return np.clip(0.5 + surplus * (0.5 / PAY_SURPLUS), 0.0, 1.0) * scale

    def hours(self, scale: float) -> Numbers:
        return np.minimum((self.asked.brief.weekly_minutes * scale) / np.maximum(self._free, 1), scale)

    def market(self, scale: float) -> Numbers:
        industry, table = self.asked.brief.industry, self.asked.table
        targets = self._columns["industries"][self.rows]
        if not industry:
            return np.where(targets == 0, scale, scale * UNSAID_MARKET)
        number = table.industry_numbers.known(industry)
        hers = targets & np.uint64(1 << number if number is not None else 0)
        liked: Numbers = ((targets == 0) | (hers != 0)) * scale
        return liked

    def notice(self, scale: float) -> Numbers:
        days = max((self.asked.brief.start_on - self._at.date()).days, 0)
        needed = np.arange(256)
        fits = np.minimum(days / np.maximum(needed, 1), 1.0)
        fits[0] = 1.0
        return (fits * scale)[self._columns["notice"][self.rows]]

    def demand(self, scale: float) -> Numbers | float:
        if not self.asked.table.priced:
            return 0.0
        return self._columns["price"][self.rows] * -scale

    def room(self, scale: float) -> Numbers | float:
        promised = self._columns["promised"][self.rows].astype(np.float64)
        for row, minutes in self._own_promise.items():
            at = int(np.searchsorted(self.rows, row))
            if at < len(self.rows) and self.rows[at] == row:
                promised[at] = max(promised[at] - minutes, 0.0)
        return np.minimum(promised / np.maximum(self._free, 1), 1.0) * -scale

    def newcomer(self, scale: float) -> Numbers:
        return (self._known.width * scale)[self._standing]


Fit = Callable[[Scoring, float], Numbers | float]
FITS: Mapping[str, Fit] = {
    "skills_required": Scoring.skills_required,
    "skills_preferred": Scoring.skills_preferred,
    "services": Scoring.services,
    "overlap": Scoring.overlap,
    "price": Scoring.price,
    "languages": Scoring.languages,
    "level": Scoring.level,
    "record": Scoring.record,
    "pay": Scoring.pay,
    "hours": Scoring.hours,
    "market": Scoring.market,
    "notice": Scoring.notice,
    "demand": Scoring.demand,
    "room": Scoring.room,
    "newcomer": Scoring.newcomer,
}


def _surplus(asked: int, highest: int) -> Numbers:
    """By level found (0: none): half for meeting what is asked, up to 1 for the top of the scale."""
    found = np.arange(highest + 1)
    if asked >= highest:
        return (found >= asked).astype(np.float64)
    return np.maximum(0.5 + 0.5 * (found - asked) / (highest - asked), 0.0)


def _surplus_of_cefr(asked: int) -> Numbers:
    return _surplus(asked, len(CEFR))


def _total(shares: Iterable[tuple[Numbers, Numbers]]) -> Numbers:
    """One after the other: a reduction over an axis adds in an order that depends on how many rows there are."""
    return functools.reduce(np.add, (weight * fit for weight, fit in shares))
