"""Vanity addresses: which names can be had, by whom, and for how long a former one leads on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.domain.address import (
    MOST_OLD,
    OLD_KEPT,
    PATTERN,
    Address,
    require_few_changes,
    require_free,
    suggestions,
    wanted,
)
from shared.platform.errors import Conflict, Invalid

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def held(name: str = "anna", owner: str = "anna", until: datetime | None = None) -> Address:
    return Address(id=name, owner_id=owner, until=until, taken_at=NOW)


@pytest.mark.parametrize(
    ("typed", "kept"), [("anna", "anna"), (" Anna-Rossi ", "anna-rossi"), ("studio-24", "studio-24"), ("a1b", "a1b")]
)
def test_names_are_kept_in_small_letters(typed: str, kept: str) -> None:
    assert wanted(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "ab", "a" * 41, "anna_rossi", "anna rossi", "-anna", "anna-", "an--na", "ännä", "anna/rossi", "anna.rossi",
        "admin", "Dextra", "sign-in", "support", "\u0440ayment",
    ],
)  # fmt: skip
def test_what_reads_badly_or_as_ours_is_refused_at_the_field(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        wanted(typed)

    assert list(refused.value.fields) == ["name"]


def test_a_name_is_free_for_its_owner_and_for_others_once_its_time_is_over() -> None:
    old = held(until=NOW + OLD_KEPT)

    require_free(None, "bea", NOW)
    require_free(held(), "anna", NOW)
    require_free(old, "anna", NOW)
    require_free(old, "bea", NOW + OLD_KEPT)
    for taken in (held(), old):
        with pytest.raises(Invalid):
            require_free(taken, "bea", NOW + OLD_KEPT - timedelta(seconds=1))


def test_few_names_are_held_back_for_one_practice() -> None:
    old = [held(f"name-{number}", until=NOW + OLD_KEPT) for number in range(MOST_OLD)]

    require_few_changes([*old[1:], held()], "another")
    require_few_changes(old, old[0].id)
    with pytest.raises(Conflict):
        require_few_changes(old, "another")


def test_who_comes_back_to_a_name_holds_it_again() -> None:
    again = held().given_up(NOW).taken_again(NOW + timedelta(days=1))

    assert again.is_current
    assert not again.is_over(NOW + 2 * OLD_KEPT)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Anna Bianchi", "anna-bianchi"), ("Øyvind Bergström", "oyvind-bergstrom"), ("Łucja Weiß", "lucja-weiss"),
        ("Studio Ferri & Associate", "studio-ferri-associate"), ("D'Amico", "d-amico"),
    ],
)  # fmt: skip
def test_names_are_proposed_of_hers(name: str, first: str) -> None:
    assert suggestions(name)[0] == first


@given(st.text(max_size=60))
def test_whatever_is_proposed_could_be_taken(name: str) -> None:
    for proposed in suggestions(name):
        assert PATTERN.fullmatch(proposed)
        assert wanted(proposed) == proposed
