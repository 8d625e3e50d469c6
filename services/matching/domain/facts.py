"""The facts behind a score's shares, for people to read: numbers, codes and parallel lists of them.

| criterion | facts |
| --- | --- |
| skills_required, skills_preferred | skills, asked, found (levels) |
| services | asked, found |
| overlap | asked, found, day (minutes a day), away (of her working days of the first week) |
| price | asked, found (minor units), currency |
| languages | languages, asked, found |
| level | asked, found |
| record | well, badly (engagements) |
| pay | asked (her price), offered (the budget), currency |
| hours | asked, free (minutes a week) |
| market | industry, targets |
| notice | days (until the start), needed |
| acceptance | probability, yes, no (her answers to offers so far) |
| demand | price |
| room | promised, free (minutes a week) |
| newcomer | width (1: nothing is known yet), engagements |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.matching.domain.availability import days_away
from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.conditions import Facts
from services.matching.domain.practice import CEFR, SkillLevel
from services.matching.domain.table import Standing


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an assistant stands in the market now, beside what she offers. `promised` is in minutes a week."""

    standing: Standing
    price: float
    promised: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A brief, a candidate and her situation; `fits` are those of the score, by criterion."""

    wanted: Wanted
    candidate: Candidate
    situation: Situation
    fits: Mapping[str, float]
    at: datetime


def _skills(asked: Sequence[SkillLevel], candidate: Candidate) -> Facts:
    return {
        "skills": [skill.code for skill in asked],
        "asked": [skill.level for skill in asked],
        "found": [candidate.skills.get(skill.code, 0) for skill in asked],
    }


def _services(of: Compared) -> Facts:
    asked = of.wanted.brief.services
    return {"asked": list(asked), "found": [code for code in asked if code in of.candidate.services]}


def _overlap(of: Compared) -> Facts:
    found = min(of.wanted.shared_with(of.candidate))
    facts = {"asked": of.wanted.brief.overlap_minutes, "found": found, "day": of.wanted.day_minutes, "away": 0}
    if of.candidate.availability is not None:
        practice = of.candidate.practice
        facts["away"] = days_away(
            practice.time_zone, practice.working_hours, of.candidate.availability, of.wanted.monday
        )
    return facts


def _price(of: Compared) -> Facts:
    budget, found = of.wanted.brief.budget, of.wanted.price_of(of.candidate.practice)
    return {"asked": budget.amount, "found": found.rounded_up if found else 0, "currency": budget.currency}


def _pay(of: Compared) -> Facts:
    budget, found = of.wanted.brief.budget, of.wanted.price_of(of.candidate.practice)
    return {"asked": found.rounded_up if found else 0, "offered": budget.amount, "currency": budget.currency}


def _languages(of: Compared) -> Facts:
    spoken, asked = of.candidate.languages, of.wanted.languages
    return {
        "languages": [code for code, _ in asked],
        "asked": [CEFR[rank] for _, rank in asked],
        "found": [CEFR[spoken[code]] if code in spoken else "" for code, _ in asked],
    }


def _market(of: Compared) -> Facts:
    return {"industry": of.wanted.brief.industry, "targets": list(of.candidate.practice.target_industries)}


def _notice(of: Compared) -> Facts:
    days = max((of.wanted.brief.start_on - of.at.date()).days, 0)
    return {"days": days, "needed": of.candidate.practice.notice_days}


def _acceptance(of: Compared) -> Facts:
    standing = of.situation.standing
    return {"probability": round(1.0 + of.fits["acceptance"], 4), "yes": standing.yes, "no": standing.no}


def _newcomer(of: Compared) -> Facts:
    standing = of.situation.standing
    return {"width": round(of.fits["newcomer"], 4), "engagements": standing.well + standing.badly}


FACTS: Mapping[str, Callable[[Compared], Facts]] = {
    "skills_required": lambda of: _skills(of.wanted.brief.required_skills, of.candidate),
    "skills_preferred": lambda of: _skills(of.wanted.brief.preferred_skills, of.candidate),
    "services": _services,
    "overlap": _overlap,
    "price": _price,
    "languages": _languages,
    "level": lambda of: {"asked": of.wanted.brief.level, "found": of.candidate.practice.level},
    "record": lambda of: {"well": of.situation.standing.well, "badly": of.situation.standing.badly},
    "pay": _pay,
    "hours": lambda of: {"asked": of.wanted.brief.weekly_minutes, "free": of.candidate.free_minutes},
    "market": _market,
    "notice": _notice,
    "acceptance": _acceptance,
    "demand": lambda of: {"price": round(of.situation.price, 4)},
    "room": lambda of: {"promised": round(of.situation.promised), "free": of.candidate.free_minutes},
    "newcomer": _newcomer,
}
