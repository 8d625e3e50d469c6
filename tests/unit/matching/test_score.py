"""The score: a table of fits, and what must hold of any brief and any population."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.brief import Brief
from services.matching.domain.candidate import Wanted
from services.matching.domain.engine import Match, TableEngine, matches_of
from services.matching.domain.practice import CEFR, LanguageLevel, Practice, Retainer
from services.matching.domain.table import Standing
from services.matching.domain.weights import ASSISTANT_SIDE, CLIENT_SIDE, CRITERIA, DEFAULT_WEIGHTS, MARKET, Weights
from tests.unit.matching.world import (
    NOW,
    a_brief,
    a_practice,
    an_engine,
    candidate,
    eur,
    languages,
    skills,
    week,
)


@pytest.mark.parametrize(
    ("criterion", "brief", "practice", "fit"),
    [
        ("skills_required", {"required_skills": skills(inbox=3)}, {}, 0.5),
        ("skills_required", {"required_skills": skills(inbox=2, excel=1)}, {}, (0.75 + 2 / 3) / 2),
        ("skills_required", {"required_skills": skills(inbox=4)}, {"skills": skills(inbox=4)}, 1.0),
        ("skills_required", {"required_skills": ()}, {}, 1.0),
        ("skills_preferred", {"preferred_skills": skills(excel=4, inbox=1, sap=2)}, {}, 0.5),
        ("skills_preferred", {"preferred_skills": skills(sap=2)}, {}, 0.0),
        ("skills_preferred", {"preferred_skills": ()}, {}, 1.0),
        ("services", {"services": ("calendar", "events", "travel", "phone")}, {}, 0.5),
        ("services", {"services": ()}, {}, 1.0),
        ("overlap", {}, {}, 1.0),
        ("overlap", {}, {"working_hours": week("15:00", "20:00")}, 1 / 3),
        ("price", {"budget": eur(4000)}, {}, 0.25),
        ("price", {"budget": eur(3000)}, {}, 0.0),
        (
            "price",
            {"engagement": "retainer", "budget": eur(200_000)},
            {"retainer": Retainer(eur(75_000), 1300)},
            0.25,
        ),
        ("languages", {"languages": languages(it="C2", en="B1")}, {}, (1 + 0.5 + 0.5 * 2 / 3) / 2),
        ("level", {}, {}, 1.0),
        ("level", {"level": "administrative"}, {}, 0.5),
        ("record", {}, {}, 0.8),
        ("pay", {"budget": eur(3000)}, {}, 0.5),
        ("pay", {"budget": eur(3375)}, {}, 0.75),
        ("pay", {"budget": eur(4000)}, {}, 1.0),
        ("hours", {"weekly_minutes": 600}, {}, 0.25),
        ("hours", {"weekly_minutes": 600}, {"capacity_minutes": 600}, 1.0),
        ("market", {}, {}, 1.0),
        ("market", {}, {"target_industries": ("legal",)}, 0.5),
        ("market", {"industry": "legal"}, {"target_industries": ("arts", "legal")}, 1.0),
        ("market", {"industry": "health"}, {"target_industries": ("arts", "legal")}, 0.0),
        ("notice", {}, {"notice_days": 7}, 1.0),
        ("notice", {}, {"notice_days": 14}, 0.5),
        ("notice", {"start_on": NOW.date()}, {}, 1.0),
        ("notice", {"start_on": NOW.date()}, {"notice_days": 1}, 0.0),
        ("acceptance", {}, {"capacity_minutes": 600}, -0.2),
        ("acceptance", {}, {}, 0.8 * (0.5 + 0.5 * 13 / 16) - 1),
        ("demand", {}, {}, 0.0),
        ("room", {}, {}, 0.0),
        ("newcomer", {}, {}, 1.0),
    ],
)
def test_fits(criterion: str, brief: dict[str, Any], practice: dict[str, Any], fit: float) -> None:
    (place,) = an_engine(a_practice(**practice)).query(a_brief(**brief), DEFAULT_WEIGHTS, NOW, 1).ranked

    share = next(share for share in place.shares if share.criterion == criterion)
    assert share.fit == pytest.approx(fit)
    assert share.points == share.weight * share.fit


@pytest.mark.parametrize(
    ("history", "record", "width", "yes"),
    [
        (Standing("anna"), 0.8, 1.0, 0.8),
        (Standing("anna", yes=5, no=0, well=5), 0.9, 0.55391, 0.9),
        (Standing("anna", yes=0, no=5, badly=5), 0.4, 0.90453, 0.4),
    ],
)
def test_histories(history: Standing, record: float, width: float, yes: float) -> None:
    engine = an_engine(a_practice(capacity_minutes=600))
    engine.set_standing(history)

    shares = {s.criterion: s for s in engine.query(a_brief(), DEFAULT_WEIGHTS, NOW, 1).ranked[0].shares}

    assert shares["record"].fit == pytest.approx(record)
    assert shares["newcomer"].fit == pytest.approx(width, abs=1e-4)
    assert shares["acceptance"].fit == pytest.approx(yes - 1)


def test_the_first_weights_give_both_sides_100_points_and_name_every_criterion() -> None:
    both = [DEFAULT_WEIGHTS.points[name] for name in (*CLIENT_SIDE, *ASSISTANT_SIDE)]
    assert sum(both) == 100
    assert set(DEFAULT_WEIGHTS.points) == set(CRITERIA) - {"acceptance"}


def test_prices_and_promises_count_against_a_place() -> None:
    engine = an_engine(a_practice(capacity_minutes=600))
    plain = engine.query(a_brief(), DEFAULT_WEIGHTS, NOW, 1).ranked[0].score
    engine.set_prices({"anna": 0.125})
    engine.promise("other", {"anna": 300.0})
    engine.promise("brief", {"anna": 60.0})

    place = engine.query(a_brief(), DEFAULT_WEIGHTS, NOW, 1).ranked[0]

    assert place.score == pytest.approx(plain - 12.5 - 1.5)
    assert (place.situation.price, place.situation.promised) == (0.125, 300.0)
    engine.set_prices({"anna": 0.0})
    engine.promise("other", {})
    assert engine.query(a_brief(), DEFAULT_WEIGHTS, NOW, 1).ranked[0].score == pytest.approx(plain)


def test_explanations_hold_numbers_and_codes_only() -> None:
    (match,) = matches(a_brief(), [a_practice()])

    for share in match.contributions:
        for value in share.facts.values():
            parts = value if isinstance(value, list) else [value]
            assert all(isinstance(part, int | float | str) for part in parts)
        assert "Anna" not in json.dumps(dict(share.facts))


# -- any brief, any population ---------------------------------------------------------------------------------------

CODES = ("inbox", "excel", "minutes", "sap")
SERVICES = ("calendar", "travel", "events")
practices = st.builds(
    a_practice,
    id=st.uuids().map(str),
    level=st.sampled_from(("administrative", "executive")),
    services=st.sets(st.sampled_from(SERVICES)).map(lambda s: tuple(sorted(s))),
    skills=st.dictionaries(st.sampled_from(CODES), st.integers(1, 4)).map(lambda d: skills(**d)),
    languages=st.dictionaries(st.sampled_from(("en", "it")), st.sampled_from(CEFR)).map(lambda d: languages(**d)),
    time_zone=st.sampled_from(("Europe/Rome", "America/New_York", "Asia/Manila")),
    working_hours=st.sampled_from((week(), week("07:00", "12:00"), week("22:00", "06:00"))),
    capacity_minutes=st.integers(300, 2400),
    hourly_rate=st.integers(1000, 6000).map(eur),
    retainer=st.none() | st.builds(Retainer, st.integers(50_000, 200_000).map(eur), st.integers(600, 6000)),
    published_at=st.integers(0, 100).map(lambda days: NOW - timedelta(days=days)),
)
briefs = st.builds(
    a_brief,
    level=st.sampled_from(("administrative", "executive")),
    services=st.sets(st.sampled_from(SERVICES)).map(lambda s: tuple(sorted(s))),
    required_skills=st.dictionaries(st.sampled_from(CODES), st.integers(1, 3), max_size=1).map(lambda d: skills(**d)),
    preferred_skills=st.dictionaries(st.sampled_from(CODES), st.integers(1, 4)).map(lambda d: skills(**d)),
    languages=st.dictionaries(st.just("en"), st.sampled_from(CEFR[:4])).map(lambda d: languages(**d)),
    engagement=st.sampled_from(("hourly", "hourly", "retainer")),
    weekly_minutes=st.integers(60, 900),
    budget=st.integers(2000, 200_000).map(eur),
    overlap_minutes=st.sampled_from((0, 60, 120)),
)
populations = st.lists(practices, min_size=1, max_size=8, unique_by=lambda practice: practice.id)
weight_sets = st.fixed_dictionaries({name: st.floats(0, 30) for name in (*CLIENT_SIDE, *ASSISTANT_SIDE, *MARKET)}).map(
    lambda points: Weights.numbered(2, points)
)


def matches(brief: Brief, population: list[Practice], weights: Weights = DEFAULT_WEIGHTS) -> tuple[Match, ...]:
    return listed(an_engine(*population), brief, population, weights)


def listed(
    engine: TableEngine, brief: Brief, population: list[Practice], weights: Weights = DEFAULT_WEIGHTS
) -> tuple[Match, ...]:
    known = {practice.id: candidate(practice) for practice in population}
    return matches_of(engine.query(brief, weights, NOW, 50).ranked, Wanted.of(brief), known, NOW)


def order(found: tuple[Match, ...]) -> list[str]:
    return [match.assistant.assistant_id for match in found]


@settings(deadline=None)
@given(briefs, populations, weight_sets)
def test_contributions_sum_to_the_score(brief: Brief, population: list[Practice], weights: Weights) -> None:
    for match in matches(brief, population, weights):
        assert match.score == pytest.approx(sum(share.points for share in match.contributions), abs=1e-9)
        assert [share.criterion for share in match.contributions] == list(CRITERIA)
        assert all((-1 if share.side == "market" else 0) <= share.fit <= 1 for share in match.contributions)


@settings(deadline=None)
@given(briefs, populations)
def test_scores_are_out_of_100_and_in_order(brief: Brief, population: list[Practice]) -> None:
    found = matches(brief, population)

    assert all(0 <= match.score <= 100 + DEFAULT_WEIGHTS.points["newcomer"] for match in found)
    assert found == tuple(sorted(found, key=lambda match: (-match.score, match.assistant.assistant_id)))


def better(practice: Practice, brief: Brief, way: str) -> Practice:
    """The same practice, a better fit in one respect."""
    if way == "skills":
        levels = {skill.code: skill.level for skill in practice.skills}
        for skill in (*brief.required_skills, *brief.preferred_skills):
            levels[skill.code] = min(levels.get(skill.code, 0) + 1, 4)
        return replace(practice, skills=skills(**levels))
    if way == "services":
        return replace(practice, services=tuple({*practice.services, *brief.services}))
    if way == "languages":
        return replace(practice, languages=tuple(LanguageLevel(code, "C2") for code in ("en", "it")))
    if way == "price":
        retainer = practice.retainer
        cheaper = replace(retainer, fee=eur(retainer.fee.amount // 2)) if retainer else None
        return replace(practice, hourly_rate=eur(practice.hourly_rate.amount // 2), retainer=cheaper)
    return replace(practice, working_hours=(*practice.working_hours, *week(days="mon tue wed thu fri")))


@settings(deadline=None, max_examples=200)
@given(briefs, populations, st.sampled_from(("skills", "services", "languages", "price", "hours")))
def test_a_better_fit_never_ranks_lower(brief: Brief, population: list[Practice], way: str) -> None:
    before = order(matches(brief, population))
    improved = [better(population[0], brief, way), *population[1:]]

    after = order(matches(brief, improved))

    id = population[0].id
    if id in before:
        assert id in after
        assert after.index(id) <= before.index(id)


@settings(deadline=None)
@given(briefs, populations, st.randoms(use_true_random=False))
def test_ids_mean_nothing(brief: Brief, population: list[Practice], chance: random.Random) -> None:
    ids = [practice.id for practice in population]
    chance.shuffle(ids)
    renamed = [replace(practice, id=id) for practice, id in zip(population, ids, strict=True)]
    was = dict(zip(ids, (practice.id for practice in population), strict=True))

    before = {match.assistant.assistant_id: match.score for match in matches(brief, population)}
    after = {was[match.assistant.assistant_id]: match.score for match in matches(brief, renamed)}

    assert before == after


@settings(deadline=None)
@given(briefs, populations, populations)
def test_others_change_nobodys_order(brief: Brief, population: list[Practice], others: list[Practice]) -> None:
    before = matches(brief, population)

    after = matches(brief, [*population, *(other for other in others if other.id not in ids_of(population))])

    kept = [match for match in after if match.assistant.assistant_id in ids_of(population)]
    assert order(tuple(kept)) == order(before)
    assert [match.score for match in kept] == [match.score for match in before]


def ids_of(population: list[Practice]) -> set[str]:
    return {practice.id for practice in population}


@settings(deadline=None)
@given(briefs, populations, st.text(), st.text())
def test_names_and_headlines_mean_nothing(brief: Brief, population: list[Practice], name: str, headline: str) -> None:
    renamed = [replace(practice, display_name=name, headline=headline) for practice in population]

    assert [m.score for m in matches(brief, renamed)] == [m.score for m in matches(brief, population)]
