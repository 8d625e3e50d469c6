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
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from services.matching.domain import kernel
from services.matching.domain.asked import Asked
from services.matching.domain.columns import Array
from services.matching.domain.holdings import Whole
from services.matching.domain.practice import CEFR, HIGHEST_SKILL_LEVEL
from services.matching.domain.table import CEFR_NUMBER, LEVELS, Rows, Table, rows_of
from services.matching.domain.weights import ASSISTANT_SIDE, CLIENT_SIDE, Dials, Weights

Numbers = npt.NDArray[np.float64]
PAY_SURPLUS = 0.25
UNSAID_MARKET = 0.5
OPEN = ("overlap", *ASSISTANT_SIDE)
"""Criteria that the kernel comes to last: until then a row is thought to have all their points."""
Levels = npt.NDArray[np.uint8]
Parts = Callable[[Levels, int], Levels]
Asks = list[tuple[str, int, Parts]]
"""Codes of skills or of languages, the level asked, and what a level is worth."""


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
        _ = self._arrays

    def scores(self) -> Numbers:
        """Of all rows, in their order."""
        return self._best(0)[1]

    def top(self, limit: int) -> tuple[Rows, Numbers]:
        """Rows and scores that hold the best `limit`, and all that equal the last of them.

        Who cannot reach the best even with all points of the criteria in OPEN is left out; the answer is the same.
        """
        at, scores = self._best(limit)
        return self.rows[at], scores

    def _best(self, limit: int) -> tuple[Rows, Numbers]:
        scores, kept = np.empty(len(self.rows)), np.empty(len(self.rows), np.int64)
        count = kernel.best(self.rows, scores, kept, limit, *self._arrays)
        return kept[:count], scores[:count]

    @cached_property
    def _arrays(self) -> tuple[Any, ...]:
        """What the kernel reads, in its order."""
        points, brief, table, columns = self.weights.points_of, self.asked.brief, self.asked.table, self._columns
        required, a_required, no_required = self._parts(
            self._required, self._of_skills[0], 12, points("skills_required")
        )
        preferred, a_preferred, no_preferred = self._parts(
            self._preferred, self._of_skills[1], 12, points("skills_preferred")
        )
        spoken, a_language, no_language = self._parts(self._spoken, self._of_languages, 120, points("languages"))
        services, industry, day = len(brief.services), self._industry, self.asked.day_minutes
        notice, days = points("notice"), self._days
        soon = days < table.longest_notice
        weight = self._assistant_weight
        floor = self.weights.dials.acceptance_floor
        real = (
            no_required
            + no_preferred
            + no_language
            + (0.0 if services else points("services"))
            + (0.0 if day else points("overlap"))
            + points("level"),
            a_required,
            a_preferred,
            a_language,
            points("services") / services if services else 0.0,
            points("record"),
            points("price") if brief.budget.amount else 0.0,
            1.0 / max(brief.budget.amount, 1),
            0.0 if LEVELS[brief.level] else 0.5 * points("level"),
            points("overlap") if day else 0.0,
            points("overlap") / day if day else 0.0,
            sum(points(name) for name in OPEN),
            0.0 if soon else notice,
            points("pay"),
            PAY_SURPLUS,
            points("hours"),
            points("market"),
            UNSAID_MARKET,
            notice if soon else 0.0,
            floor if weight else 1.0,
            (1.0 - floor) / weight if weight else 0.0,
            points("demand"),
            points("room"),
            points("newcomer"),
        )
        whole = (self._service_bits, industry, bool(brief.industry), brief.weekly_minutes)
        own = self._own_promise
        return (
            np.array(real),
            np.array(whole, np.int64),
            required,
            preferred,
            spoken,
            columns["services"],
            columns["schedule"],
            self.asked.shared if day else np.zeros(len(table.schedules), np.int16),
            kernel.HOURLY if brief.engagement == "hourly" else kernel.RETAINER,
            columns["rate"],
            columns["fee"],
            columns["included"],
            columns["level"],
            columns["standing"],
            self._known.quality,
            self._known.yes,
            self._known.width,
            columns["free"],
            columns["industries"],
            columns["notice"],
            _notice_fits(days if soon else 0),
            columns["price"],
            columns["promised"],
            np.fromiter(own.keys(), np.int64, len(own)),
            np.fromiter(own.values(), np.float64, len(own)),
        )

    def _parts(self, listed: Asks, sums: Whole, whole: int, scale: float) -> tuple[Whole, float, float]:
        """For each row its whole parts; how many points a part is; the points of everybody if nothing is asked."""
        return (sums, scale / (whole * len(listed)), 0.0) if listed else (sums, 0.0, scale)

    @cached_property
    def _of_skills(self) -> tuple[Whole, Whole]:
        """For each row the sums of its whole parts, of required and of preferred skills."""
        required, preferred = (
            [(code, _worth(parts, asked)) for code, asked, parts in listed]
            for listed in (self._required, self._preferred)
        )
        return self.asked.table.held.sums(self.rows, required, preferred)

    @cached_property
    def _of_languages(self) -> Whole:
        total = np.zeros(len(self.rows), np.uint16)
        for code, asked, parts in self._spoken:
            if "language:" + code in self._columns:
                kernel.add_parts(self.rows, self._columns["language:" + code], _worth(parts, asked), total)
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
        client, assistant = self.side(CLIENT_SIDE), self.side(ASSISTANT_SIDE)
        return client, assistant, self._acceptance(assistant)

    def without_market(self) -> Numbers:
        """Scores as they were if nobody else were there."""
        client, assistant, probability = self.sides()
        return probability * (client + assistant)

    def side(self, criteria: tuple[str, ...]) -> Numbers:
        """Points of some criteria of a side, of all rows."""
        total, points = np.zeros(len(self.rows)), self.weights.points_of
        for name in criteria:
            if points(name):
                total += FITS[name](self, points(name))
        return total

    def _acceptance(self, assistant: Numbers) -> Numbers:
        weight = self._assistant_weight
        floor = self.weights.dials.acceptance_floor
        suits = floor + (1.0 - floor) / weight * assistant if weight else 1.0
        return self._known.yes[self._standing] * suits

    @property
    def _required(self) -> Asks:
        return [(skill.code, skill.level, _surplus_of_skill) for skill in self.asked.brief.required_skills]

    @property
    def _preferred(self) -> Asks:
        return [(skill.code, skill.level, _share_of_skill) for skill in self.asked.brief.preferred_skills]

    @property
    def _spoken(self) -> Asks:
        return [(spoken.code, CEFR_NUMBER[spoken.cefr], _surplus_of_cefr) for spoken in self.asked.brief.languages]

    @property
    def _service_bits(self) -> int:
        numbers = (self.asked.table.service_numbers.known(code) for code in self.asked.brief.services)
        return sum(1 << number for number in numbers if number is not None)

    @property
    def _industry(self) -> int:
        number = self.asked.table.industry_numbers.known(self.asked.brief.industry)
        return 0 if number is None else 1 << number

    @property
    def _days(self) -> int:
        """Until the start."""
        return max((self.asked.brief.start_on - self._at.date()).days, 0)

    @property
    def _assistant_weight(self) -> float:
        return sum(self.weights.points_of(name) for name in ASSISTANT_SIDE)

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

    def skills_required(self, scale: float) -> Numbers | float:
        return self._mean(self._required, self._of_skills[0], 12, scale)

    def skills_preferred(self, scale: float) -> Numbers | float:
        return self._mean(self._preferred, self._of_skills[1], 12, scale)

    def languages(self, scale: float) -> Numbers | float:
        return self._mean(self._spoken, self._of_languages, 120, scale)

    def _mean(self, listed: Asks, sums: Whole, whole: int, scale: float) -> Numbers | float:
        """Of fits that are counted in whole parts: `whole` of them are a perfect fit."""
        return np.multiply(sums, scale / (whole * len(listed)), dtype=np.float64) if listed else scale

    def services(self, scale: float) -> Numbers | float:
        asked = self.asked.brief.services
        if not asked:
            return scale
        held = self._columns["services"][self.rows] & np.int64(self._service_bits)
        share: Numbers = np.bitwise_count(held) * (scale / len(asked))
        return share

    def overlap(self, scale: float) -> Numbers | float:
        day = self.asked.day_minutes
        if not day:
            return scale
        shared = self.asked.shared
        numbers = self._columns["schedule"][self.rows]
        if len(shared) > 4 * len(numbers):
            return np.minimum(shared[numbers] * (scale / day), scale)
        return np.minimum(shared * (scale / day), scale)[numbers]

    def price(self, scale: float) -> Numbers | float:
        return (1.0 - self._price) * scale if self.asked.brief.budget.amount else 0.0

    def level(self, scale: float) -> Numbers | float:
        if LEVELS[self.asked.brief.level]:
            return scale
        fits: Numbers = scale - self._columns["level"][self.rows] * (scale * 0.5)
        return fits

    def record(self, scale: float) -> Numbers:
        return (self._known.quality * scale)[self._standing]

    def pay(self, scale: float) -> Numbers:
        """The rows are within the budget: their surplus is not below nothing."""
        rate = 0.5 / PAY_SURPLUS * scale
        fits = rate / np.maximum(self._price, 1e-9)
        fits += 0.5 * scale - rate
        return np.minimum(fits, scale, out=fits)

    def hours(self, scale: float) -> Numbers:
        return np.minimum((self.asked.brief.weekly_minutes * scale) / np.maximum(self._free, 1), scale)

    def market(self, scale: float) -> Numbers:
        targets = self._columns["industries"][self.rows]
        if not self.asked.brief.industry:
            return np.where(targets == 0, scale, scale * UNSAID_MARKET)
        hers = targets & np.uint32(self._industry)
        liked: Numbers = ((targets == 0) | (hers != 0)) * scale
        return liked

    def notice(self, scale: float) -> Numbers | float:
        if self._days >= self.asked.table.longest_notice:
            return scale
        return (_notice_fits(self._days) * scale)[self._columns["notice"][self.rows]]

    def demand(self, scale: float) -> Numbers | float:
        return self._sparse(self.asked.table.priced, lambda rows: self._columns["price"][rows] * -scale)

    def room(self, scale: float) -> Numbers | float:
        def fits(rows: Rows) -> Numbers:
            promised = self._columns["promised"][rows].astype(np.float64)
            for row, minutes in self._own_promise.items():
                promised[rows == row] -= minutes
            taken: Numbers = np.maximum(promised, 0.0) / np.maximum(self._columns["free"][rows], 1)
            return np.minimum(taken, 1.0) * -scale

        return self._sparse(self.asked.table.promised, fits)

    def _sparse(self, some: BitMap, fits: Callable[[Rows], Numbers]) -> Numbers | float:
        """What counts for some rows only, and is nothing for the others."""
        if not some or not len(self.rows):
            return 0.0
        if len(self.rows) <= len(some):
            return fits(self.rows)
        near = rows_of(some)
        at = np.minimum(np.searchsorted(self.rows, near), len(self.rows) - 1)
        here = self.rows[at] == near
        if not here.any():
            return 0.0
        found = np.zeros(len(self.rows))
        found[at[here]] = fits(near[here])
        return found

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


def _surplus_of_skill(levels: Levels, asked: int) -> Levels:
    """Of twelve: six for meeting what is asked, up to twelve for an expert. The rows meet it."""
    return _surplus(levels, asked, HIGHEST_SKILL_LEVEL, 6)


def _surplus_of_cefr(levels: Levels, asked: int) -> Levels:
    """Of 120: sixty for meeting what is asked, up to 120 for C2. The rows meet it."""
    return _surplus(levels, asked, len(CEFR), 60)


def _surplus(levels: Levels, asked: int, highest: int, half: int) -> Levels:
    if asked >= highest:
        return (levels >= asked).view(np.uint8) * np.uint8(2 * half)
    return (np.maximum(levels, asked) - np.uint8(asked)) * np.uint8(half // (highest - asked)) + np.uint8(half)


def _share_of_skill(levels: Levels, asked: int) -> Levels:
    """Of twelve: the level found / the level asked, at most all of it."""
    return np.minimum(levels, np.uint8(asked)) * np.uint8(12 // asked)


@functools.lru_cache(maxsize=64)
def _worth(parts: Parts, asked: int) -> Whole:
    """Parts by level. What is below the level asked is not looked at: such rows are not among those that fit."""
    return parts(np.arange(16, dtype=np.uint8), asked).astype(np.uint16)


@functools.lru_cache(maxsize=512)
def _notice_fits(days: int) -> Numbers:
    """By the days of notice needed."""
    needed = np.arange(256)
    fits = np.minimum(days / np.maximum(needed, 1), 1.0)
    fits[0] = 1.0
    return fits


def _total(shares: Iterable[tuple[Numbers, Numbers]]) -> Numbers:
    """One after the other: a reduction over an axis adds in an order that depends on how many rows there are."""
    return functools.reduce(np.add, (weight * fit for weight, fit in shares))
