"""Hard conditions: who can be shown for a brief at all. Each says nothing, or the facts of its failure.

Facts are flat: numbers (minutes, minor units, levels), codes, and parallel lists of them. Only what a brief asks for
and a practice offers is looked at: never a name, a photo, sex, age or origin.

| criterion | fails when | facts |
| --- | --- | --- |
| skills_required | a required skill is missing or below the level | skills, asked, found (0: not at all) |
| level | an executive brief, an administrative practice | asked, found |
| languages | a language is missing or below the level | languages, asked, found ("": not at all) |
| engagement | a retainer is asked and none is on the rate card | asked, found |
| price | above the budget, or in another currency | asked, found, asked_currency, found_currency |
| capacity | fewer free minutes a week than asked | asked, found |
| minimum_hours | her minimum a week is more than asked | asked, found |
| overlap | on a day of the first week too few shared minutes | asked, found, day |
| absence | she does not work at all in the first week | week (its Monday) |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.hours import DAYS
from services.matching.domain.practice import CEFR

Fact = int | float | str | Sequence[int] | Sequence[str]
Facts = Mapping[str, Fact]
Condition = Callable[[Wanted, Candidate], Facts | None]


def skills_required(wanted: Wanted, candidate: Candidate) -> Facts | None:
    held = candidate.skills
    short = [skill for skill in wanted.brief.required_skills if held.get(skill.code, 0) < skill.level]
    if not short:
        return None
    return {
        "skills": [skill.code for skill in short],
        "asked": [skill.level for skill in short],
        "found": [held.get(skill.code, 0) for skill in short],
    }


def level(wanted: Wanted, candidate: Candidate) -> Facts | None:
    """An executive assistant can do what an administrative one does; not the other way round."""
    asked, found = wanted.brief.level, candidate.practice.level
    return {"asked": asked, "found": found} if asked == "executive" != found else None


def languages(wanted: Wanted, candidate: Candidate) -> Facts | None:
    spoken = candidate.languages
    short = [(code, rank) for code, rank in wanted.languages if spoken.get(code, -1) < rank]
    if not short:
        return None
    return {
        "languages": [code for code, _ in short],
        "asked": [CEFR[rank] for _, rank in short],
        "found": [CEFR[spoken[code]] if code in spoken else "" for code, _ in short],
    }


def engagement(wanted: Wanted, candidate: Candidate) -> Facts | None:
    if wanted.brief.engagement == "hourly" or candidate.practice.retainer is not None:
        return None
    return {"asked": wanted.brief.engagement, "found": "hourly"}


def price(wanted: Wanted, candidate: Candidate) -> Facts | None:
    budget = wanted.brief.budget
    found = wanted.price_of(candidate.practice)
    if found is None or found.within(budget):  # without a price it is the engagement that fails
        return None
    return {
        "asked": budget.amount,
        "found": found.rounded_up,
        "asked_currency": budget.currency,
        "found_currency": found.currency,
    }


def capacity(wanted: Wanted, candidate: Candidate) -> Facts | None:
    asked, found = wanted.brief.weekly_minutes, candidate.free_minutes
    return {"asked": asked, "found": found} if found < asked else None


def minimum_hours(wanted: Wanted, candidate: Candidate) -> Facts | None:
    asked, found = wanted.brief.weekly_minutes, candidate.practice.minimum_weekly_minutes
    return {"asked": asked, "found": found} if found > asked else None


def overlap(wanted: Wanted, candidate: Candidate) -> Facts | None:
    shared = wanted.shared_with(candidate)
    least = min(shared)
    if least >= wanted.brief.overlap_minutes:
        return None
    return {"asked": wanted.brief.overlap_minutes, "found": least, "day": DAYS[shared.index(least)]}


def absence(wanted: Wanted, candidate: Candidate) -> Facts | None:
    away = candidate.availability.away_weeks if candidate.availability else ()
    return {"week": wanted.monday.isoformat()} if wanted.monday in away else None


CONDITIONS: Mapping[str, Condition] = {
    "capacity": capacity,
    "level": level,
    "engagement": engagement,
    "price": price,
    "minimum_hours": minimum_hours,
    "skills_required": skills_required,
    "languages": languages,
    "overlap": overlap,
    "absence": absence,
}
"""All of them must hold; the cheap ones come first."""


def is_eligible(wanted: Wanted, candidate: Candidate) -> bool:
    return all(condition(wanted, candidate) is None for condition in CONDITIONS.values())


def failures(wanted: Wanted, candidate: Candidate) -> dict[str, Facts]:
    """The conditions that a candidate fails, with their facts."""
    checked = ((name, condition(wanted, candidate)) for name, condition in CONDITIONS.items())
    return {name: facts for name, facts in checked if facts is not None}
