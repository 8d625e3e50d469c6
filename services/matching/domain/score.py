"""The score: a sum over criteria of weight × fit, exactly what its explanation adds up to.

Each criterion gives a fit from 0 to 1 and the facts it comes from (numbers, codes and parallel lists of them). What a
brief does not ask for is fully met by everybody. Only professional terms are looked at: never a name, a photo, sex, age
or origin.

| criterion | fit | facts |
| --- | --- | --- |
| skills_required | half for what is asked, the rest for the way from there to expert; the mean | skills, asked, found |
| skills_preferred | found level / asked level, at most 1; the mean | skills, asked, found |
| services | share of the asked services that are offered | asked, found |
| overlap | share of the client's day that is shared, on the week's poorest day | asked, found, day |
| price | share of the budget that is saved | asked, found, currency |
| languages | half for what is asked, the rest for the way from there to C2; the mean | languages, asked, found |
| level | 1 for the level asked; 0.5 for an executive assistant on an administrative brief | asked, found |
| capacity | free share of her week | free, capacity |
| newcomer | from 1 on the day of publication to 0 after 60 days | days, of |
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.conditions import Facts
from services.matching.domain.hours import SLOT_MINUTES, shared_minutes
from services.matching.domain.practice import CEFR, HIGHEST_SKILL_LEVEL, SkillLevel
from services.matching.domain.weights import Weights

NEWCOMER_DAYS = 60
HIGHEST_CEFR = len(CEFR) - 1

Criterion = Callable[[Wanted, Candidate, datetime], tuple[float, Facts]]


@dataclass(frozen=True, slots=True)
class Contribution:
    """A criterion's share of a score: `points` is `weight` × `fit`."""

    criterion: str
    weight: float
    fit: float
    points: float
    facts: Facts


def skills_required(wanted: Wanted, candidate: Candidate, _at: datetime) -> tuple[float, Facts]:
    asked = wanted.brief.required_skills
    found = _levels(asked, candidate)
    fits = [_surplus(skill.level, level, HIGHEST_SKILL_LEVEL) for skill, level in zip(asked, found, strict=True)]
    return _mean(fits), _skill_facts(asked, found)


def skills_preferred(wanted: Wanted, candidate: Candidate, _at: datetime) -> tuple[float, Facts]:
    asked = wanted.brief.preferred_skills
    found = _levels(asked, candidate)
    fits = [min(level / skill.level, 1.0) for skill, level in zip(asked, found, strict=True)]
    return _mean(fits), _skill_facts(asked, found)


def services(wanted: Wanted, candidate: Candidate, _at: datetime) -> tuple[float, Facts]:
    asked = wanted.brief.services
    found = [code for code in asked if code in candidate.services]
    return len(found) / len(asked) if asked else 1.0, {"asked": list(asked), "found": found}


def overlap(wanted: Wanted, candidate: Candidate, _at: datetime) -> tuple[float, Facts]:
    day = min(mask.bit_count() for mask in wanted.days) * SLOT_MINUTES
    found = min(shared_minutes(wanted.days, candidate.week(wanted.monday)))
    fit = min(found / day, 1.0) if day else 1.0
    return fit, {"asked": wanted.brief.overlap_minutes, "found": found, "day": day}


def price(wanted: Wanted, candidate: Candidate, _at: datetime) -> tuple[float, Facts]:
    budget = wanted.brief.budget
    found = wanted.price_of(candidate.practice)
    if found is None or not budget.amount:
        return 0.0, {"asked": budget.amount, "found": found.rounded_up if found else 0, "currency": budget.currency}
    fit = 1.0 - found.amount / (found.per * budget.amount)
    return fit, {"asked": budget.amount, "found": found.rounded_up, "currency": budget.currency}


def languages(wanted: Wanted, candidate: Candidate, _at: datetime) -> tuple[float, Facts]:
    found = [candidate.languages.get(code, -1) for code, _ in wanted.languages]
    fits = [_surplus(rank, held, HIGHEST_CEFR) for (_, rank), held in zip(wanted.languages, found, strict=True)]
    return _mean(fits), {
        "languages": [code for code, _ in wanted.languages],
        "asked": [CEFR[rank] for _, rank in wanted.languages],
        "found": [CEFR[rank] if rank >= 0 else "" for rank in found],
    }


def level(wanted: Wanted, candidate: Candidate, _at: datetime) -> tuple[float, Facts]:
    asked, found = wanted.brief.level, candidate.practice.level
    return 1.0 if asked == found else 0.5, {"asked": asked, "found": found}


def capacity(_wanted: Wanted, candidate: Candidate, _at: datetime) -> tuple[float, Facts]:
    free, whole = candidate.free_minutes, candidate.practice.capacity_minutes
    return min(free / whole, 1.0) if whole else 0.0, {"free": free, "capacity": whole}


def newcomer(_wanted: Wanted, candidate: Candidate, at: datetime) -> tuple[float, Facts]:
    published_at = candidate.practice.published_at
    days = max((at - published_at).days, 0) if published_at else NEWCOMER_DAYS
    return max(1.0 - days / NEWCOMER_DAYS, 0.0), {"days": days, "of": NEWCOMER_DAYS}


CRITERIA: Mapping[str, Criterion] = {
    "skills_required": skills_required,
    "skills_preferred": skills_preferred,
    "services": services,
    "overlap": overlap,
    "price": price,
    "languages": languages,
    "level": level,
    "capacity": capacity,
    "newcomer": newcomer,
}


def contributions(wanted: Wanted, candidate: Candidate, weights: Weights, at: datetime) -> tuple[Contribution, ...]:
    """Every criterion's share, also those that give nothing, in the order of the table above."""
    shares = []
    for name, criterion in CRITERIA.items():
        weight = weights.points.get(name, 0.0)
        fit, facts = criterion(wanted, candidate, at)
        shares.append(Contribution(name, weight, fit, weight * fit, facts))
    return tuple(shares)


def total(shares: Sequence[Contribution]) -> float:
    return math.fsum(share.points for share in shares)


def _levels(asked: Sequence[SkillLevel], candidate: Candidate) -> list[int]:
    return [candidate.skills.get(skill.code, 0) for skill in asked]


def _skill_facts(asked: Sequence[SkillLevel], found: list[int]) -> Facts:
    return {"skills": [skill.code for skill in asked], "asked": [skill.level for skill in asked], "found": found}


def _surplus(asked: int, found: int, highest: int) -> float:
    """Half for meeting what is asked, up to 1 for the top of the scale."""
    if asked >= highest:
        return 1.0 if found >= asked else 0.0
    return max(0.5 + 0.5 * (found - asked) / (highest - asked), 0.0)


def _mean(fits: Sequence[float]) -> float:
    return math.fsum(fits) / len(fits) if fits else 1.0
