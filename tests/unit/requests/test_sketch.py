"""Briefs that are still being written: kept as typed, their client's alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.requests.domain.sketch import MOST, begin
from shared.platform.errors import Conflict, NotFound

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY, LATER = date(2026, 11, 23), date(2026, 11, 30)


def test_what_was_typed_is_kept_right_or_wrong() -> None:
    sketch = begin("s", "carla", TODAY, NOW, 0)

    written = sketch.written("dora", "Ten hours", "it", TODAY, {"weekly_minutes": ["ten"], "budget": [""]}, NOW)

    assert (written.client_id, written.by, written.text, written.text_locale) == ("carla", "dora", "Ten hours", "it")
    assert written.answers == {"weekly_minutes": ("ten",)}


def test_a_text_stays_as_it_was_read_until_it_changes() -> None:
    sketch = begin("s", "carla", TODAY, NOW, 0).written("carla", "from tomorrow", "en", TODAY, {}, NOW)
    week_on = NOW + timedelta(days=7)

    assert sketch.written("carla", "from tomorrow", "en", LATER, {}, week_on).read_on == TODAY
    assert sketch.written("carla", "from tomorrow on", "en", LATER, {}, week_on).read_on == LATER


def test_it_is_its_clients_alone() -> None:
    sketch = begin("s", "carla", TODAY, NOW, 0)

    sketch.require_client("carla")
    with pytest.raises(NotFound):
        sketch.require_client("max")


def test_there_is_an_end_to_beginning() -> None:
    begin("s", "carla", TODAY, NOW, MOST - 1)

    with pytest.raises(Conflict, match="Finish one"):
        begin("s", "carla", TODAY, NOW, MOST)
