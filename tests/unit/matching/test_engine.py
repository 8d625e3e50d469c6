"""The engine: matches, exclusions, explanations, and its being fed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from services.matching.domain.brief import Brief
from services.matching.domain.candidate import Wanted
from services.matching.domain.conditions import CONDITIONS, failures
from services.matching.domain.engine import Exclusion, TableEngine
from services.matching.domain.practice import Practice
from services.matching.domain.weights import DEFAULT_WEIGHTS
from tests.unit.matching.test_score import briefs, populations
from tests.unit.matching.world import (
    CLIENT,
    NOW,
    a_brief,
    a_practice,
    an_engine,
    candidate,
    eur,
    free,
)


def shown(engine: TableEngine, brief: Brief | None = None, limit: int = 20) -> list[str]:
    found = engine.query(brief or a_brief(), DEFAULT_WEIGHTS, NOW, limit)
    return [place.id for place in found.ranked]


def test_the_best_come_first_and_equals_by_id() -> None:
    engine = an_engine(a_practice("b"), a_practice("a"), a_practice("cheap", hourly_rate=eur(2000)))

    assert shown(engine) == ["cheap", "a", "b"]
    assert shown(engine, limit=2) == ["cheap", "a"]


def test_numbers_say_how_many_were_looked_at_and_fit() -> None:
    engine = an_engine(a_practice("a"), a_practice("b"), a_practice("dear", hourly_rate=eur(9000)))

    found = engine.query(a_brief(), DEFAULT_WEIGHTS, NOW, limit=1)

    assert (len(found.ranked), found.eligible, found.considered) == (1, 2, 3)


def test_what_is_fed_is_seen_at_once() -> None:
    engine = an_engine(a_practice("a"))
    anna = a_practice("b", hourly_rate=eur(2000))

    version = engine.version
    engine.upsert(anna)
    assert engine.version > version
    assert shown(engine) == ["b", "a"]
    engine.set_capacity(free(anna, 599))
    assert shown(engine) == ["a"]
    engine.upsert(replace(anna, headline="New"))
    assert shown(engine) == ["a"]
    engine.set_capacity(free(anna))
    assert shown(engine) == ["b", "a"]
    engine.upsert(replace(anna, published=False))
    assert shown(engine) == ["a"]
    engine.remove("a")
    assert shown(engine) == []


def test_capacity_may_arrive_before_its_practice() -> None:
    engine = an_engine()
    engine.set_capacity(free(a_practice("a"), 60))

    engine.upsert(a_practice("a"))

    assert shown(engine) == []


def test_clients_are_not_matched_with_themselves() -> None:
    engine = an_engine(a_practice(CLIENT))

    assert engine.query(a_brief(), DEFAULT_WEIGHTS, NOW, 20).considered == 0


def test_exclusions_count_who_fails_and_who_fails_nothing_else() -> None:
    engine = an_engine(
        a_practice("fits"),
        a_practice("dear", hourly_rate=eur(9000)),
        a_practice("dear too", hourly_rate=eur(9000)),
        a_practice("dear and silent", hourly_rate=eur(9000), languages=()),
    )

    counted = {exclusion.criterion: exclusion for exclusion in engine.exclusions(a_brief())}

    assert list(counted) == list(CONDITIONS)
    assert counted["price"] == Exclusion("price", failing=3, only_this=2)
    assert counted["languages"] == Exclusion("languages", failing=1, only_this=0)
    assert counted["level"] == Exclusion("level", failing=0, only_this=0)


@settings(deadline=None)
@given(briefs, populations)
def test_exclusions_agree_with_everybodys_own_explanation(brief: Brief, population: list[Practice]) -> None:
    engine = an_engine(*population)
    failed = [set(failures(Wanted.of(brief), candidate(practice))) for practice in population]

    for exclusion in engine.exclusions(brief):
        assert exclusion.failing == sum(exclusion.criterion in names for names in failed)
        assert exclusion.only_this == failed.count({exclusion.criterion})
    assert engine.query(brief, DEFAULT_WEIGHTS, NOW, 50).eligible == failed.count(set())


def test_an_explanation_names_every_reason_for_not_being_shown() -> None:
    away = a_practice("a", published=False, hourly_rate=eur(4100))

    explained = an_engine().explain(a_brief(), away, free(away, 360), DEFAULT_WEIGHTS, NOW)

    assert not explained.eligible
    assert (explained.score, explained.contributions) == (0.0, ())
    assert [failure.criterion for failure in explained.failures] == ["published", "capacity", "price"]
    assert explained.failures[1].facts == {"asked": 600, "found": 360}
