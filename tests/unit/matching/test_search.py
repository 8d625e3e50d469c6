"""Browsing: filters, words, orders and stable pages."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from services.matching.domain.engine import ExactEngine
from services.matching.domain.search import Filters, words
from shared.platform.errors import Invalid
from shared.platform.money import Money
from tests.unit.matching.world import NOW, a_practice, an_engine, eur, free, languages, skills

LABELS: dict[str, tuple[str, ...]] = {
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
def engine() -> ExactEngine:
    made = an_engine(ANNA, BEN, ZOE, labels=LABELS)
    made.set_capacity(free(ANNA, 300))
    return made


def ids(engine: ExactEngine, limit: int = 20, cursor: str = "", **filters: Any) -> list[str]:
    return [card.assistant_id for card in engine.browse(Filters(**filters), limit, cursor).items]


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
def test_filters(engine: ExactEngine, filters: dict[str, Any], expected: set[str]) -> None:
    assert set(ids(engine, **filters)) == expected
    assert engine.browse(Filters(**filters), 1, "").total == len(expected)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", ["ben", "zoe", "anna"]), ("rate", ["ben", "anna", "zoe"]), ("free", ["ben", "zoe", "anna"])],
)
def test_orders(engine: ExactEngine, sort: str, expected: list[str]) -> None:
    assert ids(engine, sort=sort) == expected


def test_pages_stay_stable_while_others_come() -> None:
    engine = an_engine(*(a_practice(f"{n:02d}", published_at=NOW - timedelta(days=n)) for n in range(10)))
    first = engine.browse(Filters(), 4, "")
    engine.upsert(a_practice("new", published_at=NOW + timedelta(days=1)))
    engine.remove("03")

    second = engine.browse(Filters(), 4, first.next or "")
    third = engine.browse(Filters(), 4, second.next or "")

    assert [card.assistant_id for card in second.items] == ["04", "05", "06", "07"]
    assert [card.assistant_id for card in third.items] == ["08", "09"]
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
def test_a_broken_cursor_is_refused_kindly(engine: ExactEngine, cursor: str) -> None:
    with pytest.raises(Invalid, match="Start again from the first one"):
        engine.browse(Filters(), 4, cursor)


def test_words_lose_case_accents_and_signs() -> None:
    assert words("Contabilità, STRASSE/straße_2") == ["contabilita", "strasse", "strasse", "2"]


def test_cards_show_what_is_left_never_less_than_nothing(engine: ExactEngine) -> None:
    engine.set_capacity(free(BEN, -60))

    cards = {card.assistant_id: card for card in engine.browse(Filters(), 20, "").items}

    assert (cards["anna"].free_minutes, cards["anna"].capacity_minutes) == (300, 2400)
    assert cards["ben"].free_minutes == 0
