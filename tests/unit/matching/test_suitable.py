"""Open briefs that suit an assistant, and what would bring her more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.matching.domain.availability import Availability
from services.matching.domain.candidate import Candidate
from services.matching.domain.suitable import suitable
from tests.unit.matching.world import ANNA, MONDAY, a_brief, a_practice, eur, free, languages, skills, week


def anna(away: tuple[date, ...] = (), minutes: int | None = None, **changes: Any) -> Candidate:
    practice = a_practice(**changes)
    return Candidate(practice, free(practice, minutes), availability=Availability(ANNA, away_weeks=away))


def test_a_brief_that_she_meets_suits_and_nothing_would_bring_more() -> None:
    found = suitable(anna(), [a_brief()])

    assert ([brief.id for brief in found.briefs], found.considered, found.more) == (["brief"], 1, ())


def test_her_own_brief_is_not_looked_at() -> None:
    assert suitable(anna(), [a_brief(client_id=ANNA)]).considered == 0


@pytest.mark.parametrize(
    ("held", "asked", "criterion", "facts"),
    [
        (
            {},
            {"required_skills": skills(inbox=4)},
            "skills_required",
            {"skill": "inbox", "asked": 3, "proposed": 4},
        ),
        ({}, {"languages": languages(de="B1")}, "languages", {"language": "de", "asked": "", "proposed": "B1"}),
        ({"minutes": 300}, {}, "capacity", {"asked": 300, "proposed": 600}),
        ({"minimum_weekly_minutes": 700}, {}, "minimum_hours", {"asked": 700, "proposed": 600}),
        ({"level": "administrative"}, {}, "level", {"asked": "administrative", "proposed": "executive"}),
        (
            {"retainer": None},
            {"engagement": "retainer", "budget": eur(150_000)},
            "engagement",
            {"asked": "hourly", "proposed": "retainer"},
        ),
        (
            {"working_hours": (*week("09:00", "10:00", "wed"), *week(days="mon tue thu fri"))},
            {},
            "overlap",
            {"day": "wed", "asked": 60, "proposed": 120},
        ),
    ],
)
def test_what_one_missed_condition_would_bring(
    held: dict[str, Any], asked: dict[str, Any], criterion: str, facts: dict[str, Any]
) -> None:
    (suggestion,) = suitable(anna(**held), [a_brief(**asked)]).more

    assert (suggestion.criterion, suggestion.facts, suggestion.of, suggestion.gain) == (criterion, facts, 0, 1)


@pytest.mark.parametrize(
    ("held", "asked"),
    [({}, {"budget": eur(100)}), ({"away": (MONDAY,)}, {})],
)
def test_she_is_told_neither_to_charge_less_nor_to_work_on_her_days_off(
    held: dict[str, Any], asked: dict[str, Any]
) -> None:
    found = suitable(anna(**held), [a_brief(**asked)])

    assert (found.briefs, found.considered, found.more) == ((), 1, ())
