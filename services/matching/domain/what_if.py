"""What would find more: each change of a brief that its client may make, with the exact number who then fit.

One thing is changed at a time and all else stays. Nothing here tells a client to pay less, or to ask for more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from services.matching.domain.asked import Asked
from services.matching.domain.brief import Brief
from services.matching.domain.conditions import Facts
from services.matching.domain.practice import CEFR
from services.matching.domain.table import Table
from shared.platform.money import EXPONENTS, Money

PAY_STEPS = (1.1, 1.25, 1.5)
HOUR_STEPS = (0.75, 0.5, 0.25)
LEAST_MINUTES = 60
HALF_HOUR = 30
WORTH = 0.1
"""A step is enough when it finds this much more; else the next one is tried."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change and what it finds: `gain` more than the `of` there are now. The facts are `asked` and `proposed`."""

    criterion: str
    facts: Facts
    of: int
    gain: int


@dataclass(frozen=True, slots=True)
class _Change:
    criterion: str
    facts: Facts
    brief: Brief


def what_if(table: Table, brief: Brief, unsaid: Collection[str] = ()) -> tuple[Suggestion, ...]:
    """The changes that find more, largest gain first; none about the criteria that are `unsaid` yet."""
    now = len(Asked(table, brief, unsaid).rows())
    found = []
    for steps in _ways(brief):
        best: Suggestion | None = None
        for change in steps:
            if change.criterion in unsaid:
                break
            gain = len(Asked(table, change.brief, unsaid).rows()) - now
            if gain > 0 and (best is None or gain > best.gain):
                best = Suggestion(change.criterion, change.facts, now, gain)
            if best is not None and best.gain >= max(WORTH * now, 1):
                break
        if best is not None:
            found.append(best)
    return tuple(sorted(found, key=lambda suggestion: (-suggestion.gain, suggestion.criterion)))


def _ways(brief: Brief) -> Iterator[list[_Change]]:
    """Each way of asking for less, as steps from the smallest."""
    yield _more_pay(brief)
    yield _fewer_hours(brief)
    yield _less_overlap(brief)
    if brief.level == "executive":
        facts = {"asked": "executive", "proposed": "administrative"}
        yield [_Change("level", facts, replace(brief, level="administrative"))]
    yield from _fewer_skills(brief)
    yield from _less_of_languages(brief)


def _more_pay(brief: Brief) -> list[_Change]:
    unit = 10 ** EXPONENTS[brief.budget.currency] * (1 if brief.engagement == "hourly" else 10)
    asked, currency = brief.budget.amount, brief.budget.currency
    amounts = sorted({-(-round(asked * step) // unit) * unit for step in PAY_STEPS} - {asked})
    return [
        _Change(
            "price",
            {"asked": asked, "proposed": amount, "currency": currency, "engagement": brief.engagement},
            replace(brief, budget=Money(amount, currency)),
        )
        for amount in amounts
    ]


def _fewer_hours(brief: Brief) -> list[_Change]:
    asked = brief.weekly_minutes
    minutes = [max(int(asked * step) // HALF_HOUR * HALF_HOUR, LEAST_MINUTES) for step in HOUR_STEPS]
    return [
        _Change("capacity", {"asked": asked, "proposed": fewer}, replace(brief, weekly_minutes=fewer))
        for fewer in dict.fromkeys(minutes)
        if fewer < asked
    ]


def _less_overlap(brief: Brief) -> list[_Change]:
    asked = brief.overlap_minutes
    minutes = [asked // 2 // HALF_HOUR * HALF_HOUR, 0]
    return [
        _Change("overlap", {"asked": asked, "proposed": less}, replace(brief, overlap_minutes=less))
        for less in dict.fromkeys(minutes)
        if less < asked
    ]


def _fewer_skills(brief: Brief) -> Iterator[list[_Change]]:
    """A required skill one level lower, then only preferred."""
    for number, skill in enumerate(brief.required_skills):
        others = brief.required_skills[:number] + brief.required_skills[number + 1 :]
        steps = []
        if skill.level > 1:
            lower = replace(skill, level=skill.level - 1)
            told: Facts = {"skill": skill.code, "asked": skill.level, "proposed": lower.level}
            steps.append(_Change("skills_required", told, replace(brief, required_skills=(*others, lower))))
        told = {"skill": skill.code, "asked": skill.level, "proposed": 0}
        steps.append(_Change("skills_required", told, replace(brief, required_skills=others)))
        yield steps


def _less_of_languages(brief: Brief) -> Iterator[list[_Change]]:
    """A language one level lower, then not at all."""
    for number, language in enumerate(brief.languages):
        others = brief.languages[:number] + brief.languages[number + 1 :]
        steps, rank = [], CEFR.index(language.cefr)
        if rank > 0:
            lower = replace(language, cefr=CEFR[rank - 1])
            told: Facts = {"language": language.code, "asked": language.cefr, "proposed": lower.cefr}
            steps.append(_Change("languages", told, replace(brief, languages=(*others, lower))))
        told = {"language": language.code, "asked": language.cefr, "proposed": ""}
        steps.append(_Change("languages", told, replace(brief, languages=others)))
        yield steps
