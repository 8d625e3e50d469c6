"""A reader's shortlist."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.requests.domain.shortlist import MOST, keep, key
from shared.platform.errors import Conflict

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_an_assistant_is_on_a_list_once_with_a_note() -> None:
    kept = keep("carla", "anna", "  Call on Monday ", NOW, 0)

    assert (kept.id, kept.note) == (key("carla", "anna"), "Call on Monday")
    assert kept.noted(" Away until May ").note == "Away until May"
    assert key("carla", "anna") != key("anna", "carla")


def test_a_list_has_an_end() -> None:
    keep("carla", "anna", "", NOW, MOST - 1)

    with pytest.raises(Conflict, match="full"):
        keep("carla", "anna", "", NOW, MOST)
