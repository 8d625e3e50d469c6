"""Saved searches: who is news, and only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.domain.browse import Filters
from services.matching.domain.searches import MOST, OVERLAP, PAUSE, Search, save
from shared.platform.errors import Conflict
from tests.unit.matching.world import NOW, a_practice, an_engine

SEARCH = save("s1", "carla", "  Events ", {"services": ["events"], "text": ""}, NOW, 0)


def test_a_search_is_looked_at_a_day_later() -> None:
    assert SEARCH.name == "Events"
    assert SEARCH.due_at == NOW + PAUSE


def test_nobody_keeps_searches_without_end() -> None:
    with pytest.raises(Conflict, match="20"):
        save("s2", "carla", "More", {}, NOW, MOST)


def found(search: Search, *people: tuple[str, timedelta]) -> tuple[str, ...]:
    practices = [a_practice(id, services=("events",), published_at=NOW + when) for id, when in people]
    return an_engine(*practices).browse(search.since(NOW), 100, "").ids


def test_only_those_published_since_are_found() -> None:
    hour = timedelta(hours=1)

    assert set(found(SEARCH, ("old", -5 * hour), ("new", hour), ("late", -OVERLAP / 2))) == {"new", "late"}


def test_other_filters_hold_as_well() -> None:
    travel = replace(SEARCH, filters={"services": ["travel"]})

    assert found(travel, ("new", timedelta(hours=1))) == ()


def test_nobody_is_told_of_twice_and_never_of_themselves() -> None:
    first, news = SEARCH.looked(("anna", "carla", "ben"), NOW + PAUSE)
    second, more = first.looked(("ben", "zoe"), NOW + 2 * PAUSE)

    assert news == ("anna", "ben")
    assert more == ("zoe",)
    assert second.looked_at == NOW + 2 * PAUSE
    assert second.due_at == NOW + 3 * PAUSE


def test_without_a_moment_everybody_is_found() -> None:
    engine = an_engine(a_practice("a"), a_practice("b", published_at=NOW))

    assert engine.browse(Filters(), 10, "").total == 2
    assert engine.browse(Filters(published_after=(NOW - timedelta(days=1)).timestamp()), 10, "").ids == ("b",)
