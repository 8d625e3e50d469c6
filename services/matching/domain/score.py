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
from services.matching.domain.practice import CEFR, HIGHEST_SKILL_LEVEL, SkillLevel
from services.matching.domain.weights import Weights

NEWCOMER_DAYS = 60
HIGHEST_CEFR = len(CEFR) - 1

Fit = Callable[[Wanted, Candidate, datetime], float]
Basis = Callable[[Wanted, Candidate, datetime], Facts]


@dataclass(frozen=True, slots=True)
class Criterion:
    """How well a candidate fits in one respect, 0 to 1, and the facts that an explanation of it shows."""

    fit: Fit
    facts: Basis


@dataclass(frozen=True, slots=True)
class Contribution:
    """A criterion's share of a score: `points` is `weight` × `fit`."""

    criterion: str
    weight: float
    fit: float
    points: float
    facts: Facts


def contributions(wanted: Wanted, candidate: Candidate, weights: Weights, at: datetime) -> tuple[Contribution, ...]:
    """Every criterion's share, also those that give nothing, in the order of the table above."""
    shares = []
    for name, criterion in CRITERIA.items():
        weight, fit = weights.points.get(name, 0.0), criterion.fit(wanted, candidate, at)
        shares.append(Contribution(name, weight, fit, weight * fit, criterion.facts(wanted, candidate, at)))
    return tuple(shares)


def score(wanted: Wanted, candidate: Candidate, weights: Weights, at: datetime) -> float:
    """The sum of the contributions' points, without their facts: for ranking many."""
    points = weights.points
    return math.fsum(
        points.get(name, 0.0) * criterion.fit(wanted, candidate, at) for name, criterion in CRITERIA.items()
    )


def _required_fit(wanted: Wanted, candidate: Candidate, _at: datetime) -> float:
    held = candidate.skills
    return _mean(
        [_surplus(skill.level, held.get(skill.code, 0), HIGHEST_SKILL_LEVEL) for skill in wanted.brief.required_skills]
    )


def _required_facts(wanted: Wanted, candidate: Candidate, _at: datetime) -> Facts:
    return _skill_facts(wanted.brief.required_skills, candidate)


def _preferred_fit(wanted: Wanted, candidate: Candidate, _at: datetime) -> float:
    held = candidate.skills
    return _mean([min(held.get(skill.code, 0) / skill.level, 1.0) for skill in wanted.brief.preferred_skills])


def _preferred_facts(wanted: Wanted, candidate: Candidate, _at: datetime) -> Facts:
    return _skill_facts(wanted.brief.preferred_skills, candidate)


def _services_fit(wanted: Wanted, candidate: Candidate, _at: datetime) -> float:
    asked = wanted.brief.services
    return sum(code in candidate.services for code in asked) / len(asked) if asked else 1.0


def _services_facts(wanted: Wanted, candidate: Candidate, _at: datetime) -> Facts:
    asked = wanted.brief.services
    return {"asked": list(asked), "found": [code for code in asked if code in candidate.services]}


def _overlap_fit(wanted: Wanted, candidate: Candidate, _at: datetime) -> float:
    day = wanted.day_minutes
    return min(min(wanted.shared_with(candidate)) / day, 1.0) if day else 1.0


def _overlap_facts(wanted: Wanted, candidate: Candidate, _at: datetime) -> Facts:
    found = min(wanted.shared_with(candidate))
    return {"asked": wanted.brief.overlap_minutes, "found": found, "day": wanted.day_minutes}


def _price_fit(wanted: Wanted, candidate: Candidate, _at: datetime) -> float:
    budget, found = wanted.brief.budget, wanted.price_of(candidate.practice)
    if found is None or not budget.amount:
        return 0.0
    return 1.0 - found.amount / (found.per * budget.amount)


def _price_facts(wanted: Wanted, candidate: Candidate, _at: datetime) -> Facts:
    budget, found = wanted.brief.budget, wanted.price_of(candidate.practice)
    return {"asked": budget.amount, "found": found.rounded_up if found else 0, "currency": budget.currency}


def _languages_fit(wanted: Wanted, candidate: Candidate, _at: datetime) -> float:
    spoken = candidate.languages
    return _mean([_surplus(rank, spoken.get(code, -1), HIGHEST_CEFR) for code, rank in wanted.languages])


def _languages_facts(wanted: Wanted, candidate: Candidate, _at: datetime) -> Facts:
    spoken = candidate.languages
    return {
        "languages": [code for code, _ in wanted.languages],
        "asked": [CEFR[rank] for _, rank in wanted.languages],
        "found": [CEFR[spoken[code]] if code in spoken else "" for code, _ in wanted.languages],
    }


def _level_fit(wanted: Wanted, candidate: Candidate, _at: datetime) -> float:
    return 1.0 if wanted.brief.level == candidate.practice.level else 0.5


def _level_facts(wanted: Wanted, candidate: Candidate, _at: datetime) -> Facts:
    return {"asked": wanted.brief.level, "found": candidate.practice.level}


def _capacity_fit(_wanted: Wanted, candidate: Candidate, _at: datetime) -> float:
    whole = candidate.practice.capacity_minutes
    return min(candidate.free_minutes / whole, 1.0) if whole else 0.0


def _capacity_facts(_wanted: Wanted, candidate: Candidate, _at: datetime) -> Facts:
    return {"free": candidate.free_minutes, "capacity": candidate.practice.capacity_minutes}


def _newcomer_fit(_wanted: Wanted, candidate: Candidate, at: datetime) -> float:
    return max(1.0 - _days_listed(candidate, at) / NEWCOMER_DAYS, 0.0)


def _newcomer_facts(_wanted: Wanted, candidate: Candidate, at: datetime) -> Facts:
    return {"days": _days_listed(candidate, at), "of": NEWCOMER_DAYS}


CRITERIA: Mapping[str, Criterion] = {
    "skills_required": Criterion(_required_fit, _required_facts),
    "skills_preferred": Criterion(_preferred_fit, _preferred_facts),
    "services": Criterion(_services_fit, _services_facts),
    "overlap": Criterion(_overlap_fit, _overlap_facts),
    "price": Criterion(_price_fit, _price_facts),
    "languages": Criterion(_languages_fit, _languages_facts),
    "level": Criterion(_level_fit, _level_facts),
    "capacity": Criterion(_capacity_fit, _capacity_facts),
    "newcomer": Criterion(_newcomer_fit, _newcomer_facts),
}


def _skill_facts(asked: Sequence[SkillLevel], candidate: Candidate) -> Facts:
    return {
        "skills": [skill.code for skill in asked],
        "asked": [skill.level for skill in asked],
        "found": [candidate.skills.get(skill.code, 0) for skill in asked],
    }


def _days_listed(candidate: Candidate, at: datetime) -> int:
    published_at = candidate.practice.published_at
    return max((at - published_at).days, 0) if published_at else NEWCOMER_DAYS


def _surplus(asked: int, found: int, highest: int) -> float:
    """Half for meeting what is asked, up to 1 for the top of the scale."""
    if asked >= highest:
        return 1.0 if found >= asked else 0.0
    return max(0.5 + 0.5 * (found - asked) / (highest - asked), 0.0)


def _mean(fits: Sequence[float]) -> float:
    return math.fsum(fits) / len(fits) if fits else 1.0
