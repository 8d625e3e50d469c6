"""How many fit what is known of a brief so far: what was not said keeps nobody out, the rest counts exactly."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.capacity import Capacity
from services.matching.domain.conditions import failures
from services.matching.domain.engine import TableEngine
from services.matching.domain.practice import Practice
from services.matching.domain.so_far import SoFar
from shared.platform.errors import Invalid
from shared.platform.money import Money
from tests.unit.matching.population import some_brief, some_capacity, some_practice
from tests.unit.matching.world import NOW

CONDITIONS_OF = {
    "weekly_minutes": {"capacity", "minimum_hours"},
    "budget": {"price"},
    "level": {"level"},
    "engagement": {"engagement", "price"},
    "required_skills": {"skills_required"},
    "languages": {"languages"},
    "time_zone": {"overlap"},
}
EMPTY = SoFar()


def some_pairs(dice: random.Random, count: int) -> list[tuple[Practice, Capacity]]:
    practices = [some_practice(dice, f"a{number}") for number in range(count)]
    return [(practice, some_capacity(dice, practice)) for practice in practices]


def some_so_far(dice: random.Random, said: set[str]) -> SoFar:
    brief = some_brief(dice)
    known = SoFar(**{name: getattr(brief, name) for name in SoFar.__slots__})
    return replace(known, **{name: getattr(EMPTY, name) for name in CONDITIONS_OF.keys() - said})


@pytest.mark.parametrize("seed", range(30))
def test_only_what_was_said_is_counted(seed: int) -> None:
    dice = random.Random(seed)
    pairs = some_pairs(dice, 60)
    engine = TableEngine()
    engine.build(pairs)
    said = set(dice.sample(sorted(CONDITIONS_OF), dice.randint(0, len(CONDITIONS_OF))))
    so_far = some_so_far(dice, said)
    brief = so_far.as_brief("clara", NOW.date())

    found = engine.count(brief, so_far.unsaid)

    wanted = Wanted.of(brief)
    failed = [failures(wanted, Candidate(*pair)).keys() - so_far.unsaid for pair in pairs]
    assert (found.eligible, found.considered) == (sum(not each for each in failed), len(pairs))
    assert {one.criterion: one.failing for one in found.exclusions if one.failing} == {
        name: count for name in set().union(*failed) if (count := sum(name in each for each in failed))
    }
    asked_about = set().union(*(CONDITIONS_OF[name] for name in said))
    assert {one.criterion for one in found.exclusions if one.failing} <= asked_about
    assert {one.criterion for one in found.what_if} <= asked_about | {"overlap"}


def test_nothing_said_keeps_nobody_out() -> None:
    dice = random.Random(7)
    engine = TableEngine()
    engine.build(some_pairs(dice, 9))

    found = engine.count(EMPTY.as_brief("a3", NOW.date()), EMPTY.unsaid)

    assert (found.eligible, found.considered) == (8, 8), "the client's own practice aside"
    assert found.what_if == ()
    assert not any(one.failing for one in found.exclusions)


def test_a_retainers_price_waits_for_the_hours() -> None:
    monthly = SoFar(engagement="retainer", budget=Money(90_000, "EUR"))

    assert "price" in monthly.unsaid
    assert "price" not in replace(monthly, weekly_minutes=600).unsaid


def test_a_day_ends_after_it_starts() -> None:
    with pytest.raises(Invalid):
        SoFar(time_zone="Europe/Rome", day_start="18:00", day_end="09:00").as_brief("clara", NOW.date())
