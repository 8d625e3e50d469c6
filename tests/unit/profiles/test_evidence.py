"""Evidence: what a piece must say, where links may lead, and its order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.domain.evidence import MOST, Evidence, Kind, Words, moved, safe_link
from shared.platform.errors import Conflict, Invalid

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAMPLE = Words(kind=Kind.SAMPLE, title="A plan", file_id="f1", may_show=True)
COURSE = Words(kind=Kind.CERTIFICATE, title="Course", issuer="A school")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (replace(SAMPLE, file_id=""), "file"),
        (replace(SAMPLE, may_show=False), "may_show"),
        (replace(SAMPLE, link="http://example.com"), "link"),
        (replace(COURSE, issuer="  "), "issuer"),
        (replace(COURSE, issued_on=date(2025, 5, 2), expires_on=date(2025, 5, 1)), "expires_on"),
        (replace(COURSE, file_id="f1"), "may_show"),
    ],
)
def test_what_is_missing_is_said_at_its_field(words: Words, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        words.check()

    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    "words",
    [
        SAMPLE,
        replace(SAMPLE, file_id="", may_show=False, link="https://example.com/work"),
        COURSE,
        replace(COURSE, issued_on=date(2025, 5, 1), expires_on=date(2025, 5, 1)),
    ],
)
def test_what_is_whole_is_taken(words: Words) -> None:
    words.check()


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://example.com", True), ("https://www.example.com/a?b=c#d", True), ("https://example.com:443/", True),
        ("https://xn--bcher-kva.example/ü", True), ("http://example.com", False), ("javascript:alert(1)", False),
        ("data:text/html,x", False), ("//example.com", False), ("https://", False), ("https://localhost/x", False),
        ("https://10.0.0.1/x", False), ("https://[::1]/x", False), ("https://user:pw@example.com", False),
        ("https://example.com:8443", False), ("https://exa mple.com", False), ("https://example.com/\n", False),
        ("https://example.com:x", False), ("HTTPS://example.com", True), ("https://example.com/" + "a" * 500, False),
    ],
)  # fmt: skip
def test_links_lead_to_public_hosts_by_https_alone(link: str, safe: bool) -> None:
    assert safe_link(link) is safe


def test_a_sample_has_no_issuer_and_names_each_skill_once() -> None:
    request: dict[str, Any] = {
        "kind": "sample", "title": "A", "issuer": "X", "issued_on": date(2025, 1, 1), "about": ["travel", "travel"],
    }  # fmt: skip

    words = Words.of(request)

    assert (words.issuer, words.issued_on, words.about) == ("", None, ("travel",))


def piece(id: str, place: int) -> Evidence:
    return Evidence(id=id, owner_id="anna", words=SAMPLE, place=place, created_at=NOW)


def test_a_new_piece_is_the_last_and_there_are_not_too_many() -> None:
    assert Evidence.add("e", "anna", SAMPLE, [1, 7, 3], NOW).place == 8
    assert Evidence.add("e", "anna", SAMPLE, list(range(MOST - 1)), NOW).place == MOST - 1
    with pytest.raises(Conflict):
        Evidence.add("e", "anna", SAMPLE, list(range(MOST)), NOW)


def test_a_change_from_another_window_is_refused() -> None:
    held = replace(piece("e", 1), version=3)

    assert held.edit(replace(SAMPLE, title="B"), 3).words.title == "B"
    with pytest.raises(Conflict):
        held.edit(SAMPLE, 2)


@pytest.mark.parametrize(("today", "expired"), [(date(2025, 5, 1), False), (date(2025, 5, 2), True)])
def test_a_certificate_expires_after_its_last_day(today: date, expired: bool) -> None:
    held = replace(piece("e", 1), words=replace(COURSE, expires_on=date(2025, 5, 1)))

    assert held.expired(today) is expired
    assert not piece("e", 1).expired(today)


@given(places=st.lists(st.integers(1, 99), min_size=1, max_size=8, unique=True), data=st.data())
def test_moving_changes_places_with_the_neighbour_and_nothing_else(places: list[int], data: st.DataObject) -> None:
    pieces = [piece(f"e{number}", place) for number, place in enumerate(places)]
    chosen, up = data.draw(st.sampled_from(pieces)), data.draw(st.booleans())
    order = [one.id for one in sorted(pieces, key=lambda one: one.place)]
    at = order.index(chosen.id)
    to = at - 1 if up else at + 1

    changed = {one.id: one for one in moved(pieces, chosen.id, up=up)}
    after = [one.id for one in sorted((changed.get(one.id, one) for one in pieces), key=lambda one: one.place)]

    if not 0 <= to < len(order):
        assert (changed, after) == ({}, order)
    else:
        order[at], order[to] = order[to], order[at]
        assert (len(changed), after) == (2, order)
