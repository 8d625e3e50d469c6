"""Browsing: filters, words, orders and stable pages."""

from __future__ import annotations

import random
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.matching.domain import browse
from services.matching.domain.browse import Correction, Filters
from services.matching.domain.candidate import Candidate
from services.matching.domain.capacity import Capacity
from services.matching.domain.engine import TableEngine
from services.matching.domain.hours import shared_minutes
from services.matching.domain.practice import CEFR, Practice, Retainer
from services.matching.domain.vocabulary import words
from services.matching.domain.weights import DEFAULT_WEIGHTS
from shared.platform.errors import Invalid
from shared.platform.money import Money
from tests.unit.matching.population import some_capacity, some_practice
from tests.unit.matching.world import NOW, a_brief, a_practice, an_engine, eur, free, languages, skills, week

NAMES: dict[str, tuple[str, ...]] = {
    "bookkeeping": ("Bookkeeping", "Contabilità"),
    "travel": ("Travel", "Viaggi e trasferte"),
}
ANNA = a_practice(
    "anna", display_name="Anna Lucà", headline="Order, at last", services=("travel",), level="administrative"
)
BEN = a_practice(
    "ben",
    display_name="Ben O’Hara",
    headline="Numbers & notes",
    services=("bookkeeping",),
    skills=skills(excel=4),
    languages=languages(en="C2"),
    hourly_rate=eur(2000),
    published_at=NOW - timedelta(days=1),
)
ZOE = a_practice("zoe", display_name="Zoë", hourly_rate=Money(1500, "USD"), published_at=NOW - timedelta(days=2))


@pytest.fixture
def engine() -> TableEngine:
    made = an_engine(ANNA, BEN, ZOE, names=NAMES)
    made.set_capacity(free(ANNA, 300))
    return made


@pytest.fixture
def four(engine: TableEngine) -> TableEngine:
    """Two of them are rated, and Mia, of New York, came last year."""
    retainer = Retainer(eur(90_000), 1200)
    long_ago = NOW - timedelta(days=400)
    engine.upsert(a_practice("mia", time_zone="America/New_York", retainer=retainer, published_at=long_ago))
    engine.set_rating("ben", 450)
    engine.set_rating("zoe", 442)
    return engine


def ids(engine: TableEngine, limit: int = 20, cursor: str = "", **filters: Any) -> list[str]:
    return list(engine.browse(Filters(**filters), limit, cursor).ids)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, {"anna", "ben", "zoe"}),
        ({"text": "anna"}, {"anna"}),
        ({"text": "LUCA"}, {"anna"}),
        ({"text": "zoe"}, {"zoe"}),
        ({"text": "contabilita"}, {"ben"}),
        ({"text": "book notes"}, {"ben"}),
        ({"text": "ook"}, set()),
        ({"text": "anna notes"}, set()),
        ({"text": " -- "}, {"anna", "ben", "zoe"}),
        ({"text": "viag"}, {"anna", "zoe"}),
        ({"level": "administrative"}, {"anna"}),
        ({"services": ("calendar", "travel")}, {"zoe"}),
        ({"skills": ("excel", "inbox")}, {"anna", "zoe"}),
        ({"language": "it"}, {"anna", "zoe"}),
        ({"language": "en", "cefr": "C2"}, {"ben"}),
        ({"max_rate_amount": 2000}, {"ben"}),
        ({"max_rate_amount": 2000, "currency": "USD"}, {"zoe"}),
        ({"free_minutes": 301}, {"ben", "zoe"}),
    ],
)
def test_filters(engine: TableEngine, filters: dict[str, Any], expected: set[str]) -> None:
    assert set(ids(engine, **filters)) == expected
    assert engine.browse(Filters(**filters), 1, "").total == len(expected)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"skills": ("excel",), "skill_level": 3}, "ben"),
        ({"skills": ("excel",), "skill_level": 2}, "anna ben mia zoe"),
        ({"skills": ("unheard",)}, ""),
        ({"min_rate_amount": 2001}, "anna mia"),
        ({"min_rate_amount": 2000, "max_rate_amount": 2999}, "ben"),
        ({"min_rate_amount": 100, "currency": "CHF"}, ""),
        ({"retainer": True}, "mia"),
        ({"min_fee_amount": 90_000}, "mia"),
        ({"min_fee_amount": 90_001}, ""),
        ({"max_fee_amount": 90_000}, "mia"),
        ({"max_fee_amount": 89_999}, ""),
        ({"min_rating": 450}, "ben"),
        ({"min_rating": 442}, "ben zoe"),
        ({"min_rating": 443}, "ben"),
        ({"min_rating": 1}, "ben zoe"),
        ({"new": True}, "anna ben zoe"),
        ({"new": True, "at": NOW + timedelta(days=1)}, "ben zoe"),
        ({"overlap_minutes": 540, "time_zone": "Europe/Rome"}, "anna ben zoe"),
        ({"overlap_minutes": 180, "time_zone": "America/New_York"}, "anna ben mia zoe"),
        ({"overlap_minutes": 181, "time_zone": "America/New_York"}, "mia"),
        ({"overlap_minutes": 1, "time_zone": "America/New_York", "day_start": "12:30"}, "mia"),
    ],
)
def test_further_filters(four: TableEngine, filters: dict[str, Any], expected: str) -> None:
    assert ids_of(four, Filters(**{"at": NOW, **filters})) == set(expected.split())


def test_the_hours_shared_are_the_mean_of_the_week(four: TableEngine) -> None:
    four.upsert(replace(BEN, working_hours=week(days="mon tue wed thu")))
    asked = Filters(overlap_minutes=432, time_zone="Europe/Rome", at=NOW)

    assert ids_of(four, asked) == {"anna", "ben", "zoe"}
    assert ids_of(four, replace(asked, overlap_minutes=433)) == {"anna", "zoe"}


def test_where_the_reader_is_must_be_said_for_shared_hours(engine: TableEngine) -> None:
    for asked in (Filters(overlap_minutes=60, at=NOW), Filters(sort="overlap", at=NOW)):
        with pytest.raises(Invalid) as wrong:
            engine.browse(asked, 20, "")
        assert list(wrong.value.fields) == ["time_zone"]


def test_sets_that_are_kept_follow_changes(engine: TableEngine) -> None:
    new, shared = Filters(new=True, at=NOW), Filters(overlap_minutes=540, time_zone="Europe/Rome", at=NOW)
    assert ids_of(engine, new) == ids_of(engine, shared) == {"anna", "ben", "zoe"}

    engine.upsert(a_practice("ivo", published_at=NOW))
    engine.upsert(replace(BEN, working_hours=week("18:00", "23:00")))
    engine.set_rating("ben", 450)
    engine.remove("zoe")
    engine.set_rating("zoe", 500)
    engine.upsert(ZOE)

    assert ids_of(engine, new) == {"anna", "ben", "zoe", "ivo"}
    assert ids_of(engine, shared) == {"anna", "zoe", "ivo"}
    assert ids_of(engine, Filters(min_rating=480)) == {"zoe"}
    engine.set_rating("zoe", 0)
    assert ids_of(engine, Filters(min_rating=300)) == {"ben"}


def ids_of(engine: TableEngine, filters: Filters) -> set[str]:
    found = engine.browse(filters, 50, "")
    assert found.total == len(found.ids)
    return set(found.ids)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", ["ben", "zoe", "anna"]), ("rate", ["ben", "anna", "zoe"]), ("free", ["ben", "zoe", "anna"])],
)
def test_orders(engine: TableEngine, sort: str, expected: list[str]) -> None:
    assert ids(engine, sort=sort) == expected


def test_orders_by_rating_and_by_shared_hours(four: TableEngine) -> None:
    assert ids(four, sort="rating") == ["ben", "zoe", "anna", "mia"]
    assert ids(four, sort="overlap", time_zone="America/New_York", at=NOW) == ["mia", "anna", "ben", "zoe"]


def test_pages_stay_stable_while_others_come() -> None:
    engine = an_engine(*(a_practice(f"{n:02d}", published_at=NOW - timedelta(days=n)) for n in range(10)))
    first = engine.browse(Filters(), 4, "")
    engine.upsert(a_practice("new", published_at=NOW + timedelta(days=1)))
    engine.remove("03")

    second = engine.browse(Filters(), 4, first.next or "")
    third = engine.browse(Filters(), 4, second.next or "")

    assert list(second.ids) == ["04", "05", "06", "07"]
    assert list(third.ids) == ["08", "09"]
    assert third.next is None
    assert third.total == 10


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "W10",
        "W251bGwsIDEsICJhIl0",
        "é",
        b64encode(b"[" * 6000).decode(),
        b64encode(b"[1%0400d, 1, 1]" % 0).decode(),
    ],
)
def test_a_broken_cursor_is_refused_kindly(engine: TableEngine, cursor: str) -> None:
    with pytest.raises(Invalid, match="Start again from the first one"):
        engine.browse(Filters(), 4, cursor)


def test_words_lose_case_accents_and_signs() -> None:
    assert words("Contabilità, STRASSE/straße_2") == ["contabilita", "strasse", "strasse", "2"]


@pytest.mark.parametrize(
    ("text", "expected", "read_as"),
    [
        ("bookeeping", {"ben"}, "bookkeeping"),
        ("viagi", {"anna", "zoe"}, "viaggi"),
        ("contabilitta", {"ben"}, "contabilita"),
        ("zoq", set(), None),
        ("xyzzyplugh", set(), None),
    ],
)
def test_typos(engine: TableEngine, text: str, expected: set[str], read_as: str | None) -> None:
    page = engine.browse(Filters(text=text), 20, "")

    assert set(page.ids) == expected
    assert page.corrections == ((Correction(text, read_as),) if read_as else ())


def test_facets_count_what_each_further_filter_would_leave(engine: TableEngine) -> None:
    asked = Filters(level="executive", facets=True)
    facets = {facet.name: {v.value: v.count for v in facet.values} for facet in engine.browse(asked, 20, "").facets}

    for code in ("bookkeeping", "calendar", "travel"):
        assert facets["services"][code] == engine.browse(Filters(level="executive", services=(code,)), 1, "").total
    for code in ("excel", "inbox"):
        assert facets["skills"][code] == engine.browse(Filters(level="executive", skills=(code,)), 1, "").total
    assert facets["level"] == {"administrative": 1, "executive": 2}
    assert facets["languages"] == {"en": 2, "it": 1}
    assert facets["free_minutes"] == {"300": 2, "600": 2, "1200": 2, "1800": 2, "2400": 2}
    assert facets["retainer"] == {}
    assert facets["min_rating"] == {}
    assert "overlap_minutes" not in facets


def test_facets_of_what_is_asked_at_least(four: TableEngine) -> None:
    asked = Filters(facets=True, at=NOW, language="en", cefr="C2", new=True, time_zone="America/New_York")
    asked = replace(asked, min_rating=480, overlap_minutes=240)
    facets = {facet.name: {v.value: v.count for v in facet.values} for facet in four.browse(asked, 1, "").facets}

    assert not any(facets.values())
    asked = replace(asked, min_rating=0, overlap_minutes=0)
    facets = {facet.name: {v.value: v.count for v in facet.values} for facet in four.browse(asked, 1, "").facets}
    everybody = {rank: four.browse(replace(asked, cefr=rank), 1, "").total for rank in CEFR}
    assert facets["cefr"] == {rank: count for rank, count in everybody.items() if count} == {**facets["cefr"], "C2": 1}
    assert facets["new"] == {"yes": 1}
    assert facets["min_rating"] == {"400": 1, "450": 1}
    assert facets["overlap_minutes"] == {"60": 1, "120": 1}
    assert {v.value: v.count for v in four.browse(Filters(facets=True, at=NOW), 1, "").facets[-1].values} == {"yes": 3}


@pytest.mark.parametrize("many", [20_000, 5])
def test_pages_and_facets_of_a_population_are_exact(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse, "MANY", many)
    dice = random.Random(3)
    practices = [some_practice(dice, f"a{number:03}") for number in range(120)]
    engine = TableEngine()
    population = [(practice, some_capacity(dice, practice)) for practice in practices]
    engine.build(population[:90])
    for practice, capacity in population[90:]:
        engine.set_capacity(capacity)
        engine.upsert(practice)
    for practice in practices[::3]:
        engine.set_rating(practice.id, dice.choice((0, 280, 415, 450, 480, 495)))
    for sort in ("newest", "rate", "free", "rating", "overlap"):
        for rate in (None, 3130):
            asked = Filters(sort=sort, max_rate_amount=rate, free_minutes=330, facets=True, **ROME)
            seen: list[str] = []
            page = engine.browse(asked, 7, "")
            first = page
            seen += page.ids
            while page.next:
                page = engine.browse(asked, 7, page.next)
                seen += page.ids
            assert len(seen) == len(set(seen)) == first.total
            held = {practice.id: (practice, capacity) for practice, capacity in population}
            assert seen == sorted(seen, key=lambda id: (order(engine, sort, *held[id]), id))
            for facet in first.facets:
                for value in facet.values if facet.name in ("services", "skills") else ():
                    narrower = replace(asked, **{facet.name: (value.value,)})  # type: ignore[arg-type]
                    assert engine.browse(narrower, 1, "").total == value.count


ROME: dict[str, Any] = {"time_zone": "Europe/Rome", "at": NOW}


def order(engine: TableEngine, sort: str, practice: Practice, capacity: Capacity) -> float:
    if sort == "rating":
        return -float(engine.table.columns["rating"][engine.table.ids.row(practice.id)])
    if sort == "overlap":
        asked = Filters(**ROME)
        return -sum(shared_minutes(asked.days, Candidate(practice, capacity).week(asked.monday)))
    if sort == "newest":
        assert practice.published_at is not None
        return -practice.published_at.timestamp()
    if sort == "free":
        return -max(capacity.free_minutes, 0)
    return practice.hourly_rate.amount + (0 if practice.hourly_rate.currency == "EUR" else 1e13)


def test_there_is_room_for_many_services() -> None:
    codes = [f"s{number}" for number in range(60)]
    made = an_engine(*(a_practice(code, services=(code, "calendar")) for code in codes))

    found = made.query(a_brief(services=("s59", "s40")), DEFAULT_WEIGHTS, NOW, 60).ranked
    points = {place.id: next(s.points for s in place.shares if s.criterion == "services") for place in found}

    assert {id for id, share in points.items() if share > 0} == {"s59", "s40"}
    assert found[0].score == pytest.approx(sum(share.points for share in found[0].shares))
