"""Hard conditions: a table of what keeps somebody out, and with which facts."""

from __future__ import annotations

from typing import Any

import pytest

from services.matching.domain.conditions import CONDITIONS, failures, is_eligible
from services.matching.domain.practice import Retainer
from shared.platform.money import Money
from tests.unit.matching.world import a_practice, candidate, eur, languages, skills, wanted, week

MONTHLY = {"engagement": "retainer", "weekly_minutes": 600, "budget": eur(150_000)}  # 2,600 minutes a month


@pytest.mark.parametrize(
    ("criterion", "brief", "practice", "facts"),
    [
        (
            "skills_required",
            {"required_skills": skills(inbox=4, excel=2, sap=1)},
            {},
            {"skills": ["inbox", "sap"], "asked": [4, 1], "found": [3, 0]},
        ),
        (
            "level",
            {"level": "executive"},
            {"level": "administrative"},
            {"asked": "executive", "found": "administrative"},
        ),
        (
            "languages",
            {"languages": languages(en="C2", it="C1", de="A1")},
            {},
            {"languages": ["en", "de"], "asked": ["C2", "A1"], "found": ["C1", ""]},
        ),
        ("engagement", MONTHLY, {"retainer": None}, {"asked": "retainer", "found": "hourly"}),
        (
            "price",
            {"budget": eur(2999)},
            {},
            {"asked": 2999, "found": 3000, "asked_currency": "EUR", "found_currency": "EUR"},
        ),
        (
            "price",
            {"budget": Money(9000, "USD")},
            {},
            {"asked": 9000, "found": 3000, "asked_currency": "USD", "found_currency": "EUR"},
        ),
        (
            "price",
            MONTHLY,
            {"retainer": Retainer(eur(100_000), 1300)},
            {"asked": 150_000, "found": 200_000, "asked_currency": "EUR", "found_currency": "EUR"},
        ),
        ("minimum_hours", {"weekly_minutes": 300}, {"minimum_weekly_minutes": 301}, {"asked": 300, "found": 301}),
        (
            "overlap",
            {"overlap_minutes": 121},
            {"working_hours": (*week("09:00", "11:00", "wed"), *week(days="mon tue thu fri"))},
            {"asked": 121, "found": 120, "day": "wed"},
        ),
    ],
)
def test_each_condition_fails_alone_with_its_facts(
    criterion: str, brief: dict[str, Any], practice: dict[str, Any], facts: dict[str, Any]
) -> None:
    assert failures(wanted(**brief), candidate(a_practice(**practice))) == {criterion: facts}


@pytest.mark.parametrize(
    ("brief", "practice"),
    [
        ({}, {}),
        ({"required_skills": skills(inbox=3)}, {}),
        ({"level": "administrative"}, {"level": "executive"}),
        ({"languages": languages(it="C2")}, {}),
        ({"languages": ()}, {"languages": ()}),
        ({"budget": eur(3000)}, {}),
        ({"overlap_minutes": 0}, {"time_zone": "Asia/Manila"}),
        (MONTHLY, {"retainer": Retainer(eur(150_000), 2600)}),
        (MONTHLY, {"retainer": Retainer(eur(75_000), 1300)}),
        (MONTHLY, {"retainer": Retainer(eur(150_000), 9000)}),
        ({"weekly_minutes": 300}, {"minimum_weekly_minutes": 300}),
    ],
)
def test_meeting_a_condition_exactly_is_enough(brief: dict[str, Any], practice: dict[str, Any]) -> None:
    assert failures(wanted(**brief), candidate(a_practice(**practice))) == {}


def test_a_cent_above_the_months_budget_is_too_much() -> None:
    offered = candidate(a_practice(retainer=Retainer(eur(75_001), 1300)))

    assert not is_eligible(wanted(**MONTHLY), offered)


@pytest.mark.parametrize(("left", "eligible"), [(600, True), (599, False), (-60, False)])
def test_only_free_hours_count(left: int, eligible: bool) -> None:
    held = candidate(minutes=left)

    assert is_eligible(wanted(), held) is eligible
    if not eligible:
        assert failures(wanted(), held) == {"capacity": {"asked": 600, "found": max(left, 0)}}


def test_all_failures_are_told_not_only_the_first() -> None:
    nobody = candidate(a_practice(skills=(), languages=(), level="administrative", working_hours=week(days="sat")))

    assert set(failures(wanted(), nobody)) == {"skills_required", "languages", "level", "overlap"}
    assert set(failures(wanted(), nobody)) < set(CONDITIONS)
