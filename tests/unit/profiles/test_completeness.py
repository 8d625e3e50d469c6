"""Completeness: what is needed comes first, what is optional stays so, and a hundred means that all is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.domain.completeness import BESIDE, NEEDED_PARTS, WORTH, Completeness, completeness
from services.profiles.domain.profile import NEEDED, Content, Told
from shared.contracts.profiles import SECTIONS
from tests.unit.profiles.test_profile import content

FULL = content(
    story="x" * 300,
    skills=tuple(replace(content().skills[0], code=f"skill.{number}") for number in range(5)),
    translations=(Told("it", "Calma nella tempesta"),),
    target_industries=("legal",),
    assurances=("nda",),
    equipment="Two lines",
)


def whole(content: Content) -> Completeness:
    """Of somebody who has shown a face and some work."""
    return completeness(content, photo=1, evidence=2)


def test_nothing_and_everything() -> None:
    nothing, everything = completeness(Content(), photo=0, evidence=0), whole(FULL)

    assert (nothing.percent, nothing.publishable, nothing.next) == (0, False, next(iter(NEEDED)))
    assert (everything.percent, everything.publishable, everything.next) == (100, True, "")


def test_every_needed_field_is_a_point_and_every_point_has_a_part() -> None:
    points = whole(Content()).points

    assert {point.code for point in points if point.needed} == set(NEEDED) == set(NEEDED_PARTS)
    assert {point.part for point in points} <= {*SECTIONS, *(code for code, _ in BESIDE)}


@pytest.mark.parametrize("name", list(NEEDED))
def test_what_is_needed_comes_before_what_is_worth_more(name: str) -> None:
    lacking = replace(content(), **{name: getattr(Content(), name)})

    assert whole(lacking).next == name
    assert not whole(lacking).publishable


def test_of_what_is_optional_the_weightiest_comes_next() -> None:
    assert whole(replace(FULL, story="", equipment="")).next == "story"
    assert whole(replace(FULL, equipment="", target_industries=())).next == "target_industries"


def test_a_part_of_a_point_counts_in_part_and_never_rounds_up_to_all() -> None:
    short, shorter = (whole(replace(FULL, story="x" * length)).percent for length in (299, 30))

    assert shorter < short < 100


@given(st.sets(st.sampled_from([*NEEDED, "story", "translations", "equipment", "assurances", "target_industries"])))
def test_taking_something_away_never_adds(names: set[str]) -> None:
    less = replace(FULL, **{name: getattr(Content(), name) for name in names})

    assert whole(less).percent <= whole(FULL).percent
    assert whole(less).publishable == (not names & set(NEEDED))
    assert (whole(less).percent == 100) == (not names)


def test_codes_are_unique() -> None:
    codes = [*NEEDED, *(code for code, *_ in (*WORTH, *BESIDE))]
    assert len(codes) == len(set(codes))


def test_a_face_and_something_to_show_are_points_as_well() -> None:
    assert completeness(FULL, photo=0, evidence=0).next == "evidence"
    assert completeness(FULL, photo=0, evidence=1).next == "photo"
    assert completeness(FULL, photo=0, evidence=1).publishable
