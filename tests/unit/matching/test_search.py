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
from services.matching.domain.capacity import Capacity
from services.matching.domain.engine import TableEngine
from services.matching.domain.practice import Practice
from services.matching.domain.vocabulary import words
from shared.platform.errors import Invalid
from shared.platform.money import Money
from tests.unit.matching.population import some_capacity, some_practice
from tests.unit.matching.world import NOW, a_practice, an_engine, eur, free, languages, skills

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
    ("sort", "expected"),
    [("newest", ["ben", "zoe", "anna"]), ("rate", ["ben", "anna", "zoe"]), ("free", ["ben", "zoe", "anna"])],
)
def test_orders(engine: TableEngine, sort: str, expected: list[str]) -> None:
    assert ids(engine, sort=sort) == expected


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
    for sort in ("newest", "rate", "free"):
        for rate in (None, 3130):
            asked = Filters(sort=sort, max_rate_amount=rate, free_minutes=330, facets=True)
            seen: list[str] = []
            page = engine.browse(asked, 7, "")
            first = page
            seen += page.ids
            while page.next:
                page = engine.browse(asked, 7, page.next)
                seen += page.ids
            assert len(seen) == len(set(seen)) == first.total
            held = {practice.id: (practice, capacity) for practice, capacity in population}
            assert seen == sorted(seen, key=lambda id: (order(sort, *held[id]), id))
            for facet in first.facets:
                for value in facet.values if facet.name in ("services", "skills") else ():
                    narrower = replace(asked, **{facet.name: (value.value,)})  # type: ignore[arg-type]
                    assert engine.browse(narrower, 1, "").total == value.count


def order(sort: str, practice: Practice, capacity: Capacity) -> float:
    if sort == "newest":
        assert practice.published_at is not None
        return -practice.published_at.timestamp()
    if sort == "free":
        return -max(capacity.free_minutes, 0)
    return practice.hourly_rate.amount + (0 if practice.hourly_rate.currency == "EUR" else 1e13)
