"""The rows' lists of skills: the same sums and counts whether many or few hold a skill, and however they are found."""

from __future__ import annotations

import random

import numpy as np
import pytest
from pyroaring import BitMap

from services.matching.domain import holdings
from services.matching.domain.browse import Filters
from services.matching.domain.engine import TableEngine
from services.matching.domain.holdings import LEVELS, Holdings, Worth
from services.matching.domain.practice import SkillLevel
from services.matching.domain.weights import DEFAULT_WEIGHTS
from tests.unit.matching.world import NOW, a_brief, a_practice, an_engine, free, skills

HELD_BY = {"inbox": 0.9, "excel": 0.4, "minutes": 0.05, "xero": 0.01}
"""Skills that nearly everybody has, and skills that nearly nobody has."""
ROWS = 400


def drawn(dice: random.Random) -> tuple[SkillLevel, ...]:
    held = [SkillLevel(code, dice.randint(1, 4)) for code, share in HELD_BY.items() if dice.random() < share]
    dice.shuffle(held)
    return tuple(held)


@pytest.fixture(params=("at once", "in batches", "one by one"))
def listed_and_held(request: pytest.FixtureRequest) -> tuple[list[dict[str, int]], Holdings]:
    dice, held = random.Random(7), Holdings()
    listed = [drawn(dice) for _ in range(ROWS)]
    step = {"at once": ROWS, "in batches": 70, "one by one": 1}[request.param]
    for begin in range(0, ROWS, step):
        held.append(listed[begin : begin + step])
    held.trim()
    return [{skill.code: skill.level for skill in one} for one in listed], held


@pytest.fixture(params=(0, 10**9), ids=("from bitmaps", "from lists"))
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdings, "FEW", request.param)
    monkeypatch.setattr(holdings, "HOLDERS_A_ROW", 10**9)


@pytest.mark.usefixtures("either_way")
def test_levels_of_common_and_rare_skills(listed_and_held: tuple[list[dict[str, int]], Holdings]) -> None:
    listed, held = listed_and_held
    for rows in (np.arange(ROWS), np.array([0, 3, ROWS - 1]), np.zeros(0, np.int64)):
        for code in (*HELD_BY, "nobody"):
            assert held.levels(code, rows).tolist() == [listed[row].get(code, 0) for row in rows]


@pytest.mark.usefixtures("either_way")
def test_two_sums_at_once_do_not_touch_each_other(listed_and_held: tuple[list[dict[str, int]], Holdings]) -> None:
    """Also where a level is worth less than none at all, and where a skill is in both."""
    listed, held = listed_and_held
    worth: Worth = [("inbox", np.array([9, 1, 0, 7, 3], np.uint16)), ("xero", np.array([2, 0, 0, 50, 1], np.uint16))]
    other: Worth = [("xero", np.array([8, 0, 5, 0, 960], np.uint16)), ("nobody", LEVELS), ("inbox", LEVELS[::-1])]
    first, second = held.sums(np.arange(ROWS), worth, other)
    for sums, by in ((first, worth), (second, other)):
        known = [(code, values.tolist()) for code, values in by if code in HELD_BY]
        assert sums.tolist() == [sum(values[row.get(code, 0)] for code, values in known) for row in listed]


def test_counts_are_those_of_the_bitmaps(listed_and_held: tuple[list[dict[str, int]], Holdings]) -> None:
    """Of most of those who are live (what is missing is counted), of some, of nobody; retired rows are not counted."""
    _, held = listed_and_held
    gone = BitMap([1, 2, 50, 399])
    for row in gone:
        held.retire(row)
    live = BitMap(range(ROWS)) - gone
    for within in (live, live - BitMap(range(40)), live & BitMap(range(40)), BitMap()):
        for level in (1, 2, 3, 4):
            counted = dict(held.counts(within, live, level))
            assert counted == {code: len(rows[level - 1] & within) for code, rows in held.rows.items()}


def test_of_a_row(listed_and_held: tuple[list[dict[str, int]], Holdings]) -> None:
    listed, held = listed_and_held
    assert [held.of(row) for row in range(ROWS)] == listed
    assert held.all_levels(np.arange(ROWS)).tolist() == [sum(row.values()) for row in listed]


def test_lists_and_facets_do_not_depend_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """A skill that all have and one that a single person has, in a score and in the facets; through a change."""
    people = [a_practice(f"a{number}", skills=skills(inbox=1 + number % 4, excel=2)) for number in range(40)]
    people[7] = a_practice("a7", skills=skills(xero=3, inbox=4))
    engine = an_engine(*people)
    brief = a_brief(required_skills=skills(inbox=2), preferred_skills=skills(xero=4, excel=2))
    found = engine.top(brief, DEFAULT_WEIGHTS, NOW, 40)
    monkeypatch.setattr(holdings, "FEW", 0)
    monkeypatch.setattr(holdings, "HOLDERS_A_ROW", 10**9)
    assert engine.top(brief, DEFAULT_WEIGHTS, NOW, 40) == found
    assert facet(engine) == {"inbox": 40, "excel": 39, "xero": 1}
    engine.upsert(a_practice("a7", skills=skills(xero=1)))
    engine.remove("a8")
    assert facet(engine) == {"inbox": 38, "excel": 38, "xero": 1}
    assert facet(engine, skill_level=3) == {"inbox": 19}
    assert facet(engine, skills=("xero",)) == {"xero": 1}


def facet(engine: TableEngine, **asked: object) -> dict[str, int]:
    page = engine.browse(Filters(facets=True, at=NOW, **asked), 5, "")  # type: ignore[arg-type]
    return {value.value: value.count for one in page.facets if one.name == "skills" for value in one.values}


def test_more_who_could_be_on_a_team_than_are_asked_for() -> None:
    """Those with more of the skills and services come first."""
    engine = TableEngine()
    people = [a_practice(f"a{number}", skills=skills(inbox=1), services=("calendar",)) for number in range(5)]
    people.append(a_practice("best", services=("calendar", "events")))
    engine.build((practice, free(practice)) for practice in people)
    assert engine.able_ids(a_brief(), 1) == ["best"]
