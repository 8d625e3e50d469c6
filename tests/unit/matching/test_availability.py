"""Working time on dates: exceptions, calendars, daylight saving; the index beside the plain engine."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.availability import (
    Availability,
    ClockSpan,
    DayException,
    Span,
    away_weeks,
    days_away,
    hours_on,
    next_free_hours,
)
from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.conditions import is_eligible
from services.matching.domain.engine import TableEngine
from services.matching.domain.practice import WorkingDay
from services.matching.domain.weights import DEFAULT_WEIGHTS
from tests.unit.matching.population import some_brief, some_capacity, some_practice
from tests.unit.matching.world import ANNA, MONDAY, NOW, TODAY, a_brief, a_practice, an_engine, free, week

ROME = "Europe/Rome"
TUESDAY = MONDAY + timedelta(days=1)


def after(days: int) -> date:
    """A day counted from MONDAY."""
    return MONDAY + timedelta(days=days)


def away(first: date, last: date | None = None) -> DayException:
    return DayException("away", first, last or first)


def hours(kind: str, day: date, *spans: tuple[str, str]) -> DayException:
    return DayException(kind, day, day, tuple(ClockSpan(*span) for span in spans))


def free_on(exceptions: tuple[DayException, ...] = (), busy: tuple[Span, ...] = (), at: datetime = NOW) -> list[str]:
    """Day and UTC clock of each span."""
    found = next_free_hours(ROME, week("09:00", "12:00"), Availability(ANNA, exceptions, busy), at, 4)
    return [f"{span.start:%d %H:%M}-{span.end:%H:%M}" for span in found]


# NOW is Monday 23 November 2026, 10:00 UTC, 11:00 in Rome.
EXAMPLES = [
    ((), (), ["23 10:00-11:00", "24 08:00-11:00", "25 08:00-11:00", "26 08:00-11:00"]),
    ((away(TODAY),), (), ["24 08:00-11:00", "25 08:00-11:00", "26 08:00-11:00", "27 08:00-11:00"]),
    (
        (away(TODAY, date(2026, 11, 29)),),
        (),
        ["30 08:00-11:00", "01 08:00-11:00", "02 08:00-11:00", "03 08:00-11:00"],
    ),
    (
        (hours("instead", date(2026, 11, 24), ("15:00", "17:00")),),
        (),
        ["23 10:00-11:00", "24 14:00-16:00", "25 08:00-11:00", "26 08:00-11:00"],
    ),
    (
        (hours("extra", TODAY, ("12:00", "13:00"), ("20:00", "21:00")),),
        (),
        ["23 10:00-12:00", "23 19:00-20:00", "24 08:00-11:00", "25 08:00-11:00"],
    ),
    (
        (hours("extra", date(2026, 11, 28), ("10:00", "11:00")), away(date(2026, 11, 24), date(2026, 11, 27))),
        (),
        ["23 10:00-11:00", "28 09:00-10:00", "30 08:00-11:00", "01 08:00-11:00"],
    ),
    (
        (hours("extra", TODAY, ("20:00", "21:00")), away(TODAY)),
        (),
        ["24 08:00-11:00", "25 08:00-11:00", "26 08:00-11:00", "27 08:00-11:00"],
    ),
    (
        (),
        (Span(datetime(2026, 11, 24, 8, 50, tzinfo=UTC), datetime(2026, 11, 24, 10, 5, tzinfo=UTC)),),
        ["23 10:00-11:00", "24 08:00-08:45", "24 10:15-11:00", "25 08:00-11:00"],
    ),
    (
        (),
        (Span(datetime(2026, 11, 24, 8, 15, tzinfo=UTC), datetime(2026, 11, 24, 10, 45, tzinfo=UTC)),),
        ["23 10:00-11:00", "25 08:00-11:00", "26 08:00-11:00", "27 08:00-11:00"],
    ),
]


@pytest.mark.parametrize(("exceptions", "busy", "expected"), EXAMPLES)
def test_the_next_free_hours(exceptions: tuple[DayException, ...], busy: tuple[Span, ...], expected: list[str]) -> None:
    assert free_on(exceptions, busy) == expected


def test_an_instant_within_a_quarter_begins_with_the_next_one() -> None:
    assert free_on(at=NOW + timedelta(minutes=7))[0] == "23 10:15-11:00"
    assert free_on(at=NOW + timedelta(minutes=46))[0] == "24 08:00-11:00"


def test_the_clock_of_the_day_counts_not_that_of_today() -> None:
    sunday = datetime(2026, 10, 25, 12, tzinfo=UTC)

    assert free_on(at=datetime(2026, 10, 23, 11, tzinfo=UTC))[:2] == ["26 08:00-11:00", "27 08:00-11:00"]
    assert free_on(at=datetime(2026, 10, 22, 11, tzinfo=UTC))[0] == "23 07:00-10:00"
    assert free_on(at=sunday)[0] == "26 08:00-11:00"


def test_nobody_is_free_who_does_not_work_soon() -> None:
    assert free_on((away(TODAY, TODAY + timedelta(days=60)),)) == []
    assert next_free_hours(ROME, (), Availability(ANNA), NOW) == ()


spans = st.tuples(st.integers(-200, 3000), st.integers(1, 900)).map(
    lambda pair: Span(
        NOW + timedelta(minutes=5 * pair[0]), NOW + timedelta(minutes=5 * pair[0]) + timedelta(minutes=5 * pair[1])
    )
)
exceptions = st.builds(
    lambda kind, day, length, start: DayException(
        kind,
        TODAY + timedelta(days=day),
        TODAY + timedelta(days=day + length),
        (ClockSpan(f"{start:02}:00", f"{start + 2:02}:30"),) if kind != "away" else (),
    ),
    st.sampled_from(("away", "instead", "extra")),
    st.integers(-3, 20),
    st.integers(0, 9),
    st.integers(0, 21),
)


@given(st.lists(exceptions, max_size=4), st.lists(spans, max_size=6))
def test_what_is_free_is_worked_and_not_taken(listed: list[DayException], busy: list[Span]) -> None:
    availability = Availability(ANNA, tuple(listed), tuple(busy))
    working = week("09:00", "13:00")

    found = next_free_hours(ROME, working, availability, NOW, 5)

    assert list(found) == sorted(found, key=lambda span: span.start)
    for span in found:
        assert NOW <= span.start <= span.end - timedelta(minutes=30)
        assert all(taken.end <= span.start or span.end <= taken.start for taken in busy)
        middle = (span.start + timedelta(minutes=15)).astimezone(ZoneInfo(ROME))
        clock = f"{middle:%H:%M}"
        assert any(one.start <= clock < one.end for one in hours_on(middle.date(), working, listed))


# -- weeks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exceptions", "expected"),
    [
        ((), ()),
        ((away(MONDAY, after(4)),), (MONDAY,)),
        ((away(MONDAY, after(3)),), ()),
        ((away(TUESDAY, after(16)),), (after(7),)),
        ((away(MONDAY, after(2)), away(after(3), after(9))), (MONDAY,)),
        ((away(MONDAY, after(4)), hours("extra", after(5), ("09:00", "10:00"))), (MONDAY,)),
        ((away(after(-37), after(-17)),), ()),
    ],
)  # fmt: skip
def test_weeks_without_any_working_day(exceptions: tuple[DayException, ...], expected: tuple[date, ...]) -> None:
    assert away_weeks(ROME, week(), Availability(ANNA, exceptions), TODAY) == expected


def test_a_calendar_that_is_full_takes_a_week_away_as_well() -> None:
    full = Span(datetime(2026, 11, 29, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC))

    assert away_weeks(ROME, week(), Availability(ANNA, (), (full,)), TODAY) == (MONDAY,)
    assert days_away(ROME, week(), Availability(ANNA, (), (full,)), MONDAY) == 5


def test_days_away_are_working_days() -> None:
    availability = Availability(ANNA, (away(MONDAY, TUESDAY), away(after(5))))

    assert days_away(ROME, week(days="tue wed sat"), availability, MONDAY) == 1


def test_who_works_at_weekends_only_is_not_away() -> None:
    exceptions = (away(MONDAY, after(6)),)

    assert away_weeks(ROME, (WorkingDay("sat", "09:00", "12:00"),), Availability(ANNA, exceptions), TODAY) == ()


# -- matches -----------------------------------------------------------------------------------------------------------


def test_who_is_away_in_the_first_week_is_no_match_and_hears_why() -> None:
    engine, anna = an_engine(), a_practice()
    engine.build([(anna, free(anna, 2400))])
    brief = a_brief(start_on=MONDAY)
    hers = Availability(ANNA, (away(MONDAY, after(4)),), (), (MONDAY,))
    assert engine.eligible(brief) == 1

    engine.set_away(ANNA, hers.away_weeks)

    assert engine.eligible(brief) == 0
    assert engine.eligible(a_brief(start_on=after(7))) == 1
    told = engine.explain(brief, anna, free(anna, 2400), DEFAULT_WEIGHTS, NOW, hers)
    assert [(failure.criterion, failure.facts) for failure in told.failures] == [("absence", {"week": "2026-11-30"})]
    counted = {exclusion.criterion: exclusion for exclusion in engine.exclusions(brief)}
    assert (counted["absence"].failing, counted["absence"].only_this) == (1, 1)
    engine.set_away(ANNA, ())
    assert engine.eligible(brief) == 1


def test_some_days_away_are_told_and_exclude_nobody() -> None:
    engine, anna = an_engine(), a_practice()
    engine.build([(anna, free(anna, 2400))])
    hers = Availability(ANNA, (away(MONDAY),))

    told = engine.explain(a_brief(start_on=MONDAY), anna, free(anna, 2400), DEFAULT_WEIGHTS, NOW, hers)

    assert told.eligible
    assert next(part.facts["away"] for part in told.contributions if part.criterion == "overlap") == 1


def test_absences_outlive_a_change_of_the_profile_and_come_before_it() -> None:
    engine, anna = TableEngine(), a_practice()
    engine.set_away(ANNA, (MONDAY,))
    engine.upsert(anna)
    brief = a_brief(start_on=MONDAY)
    assert engine.eligible(brief) == 0

    engine.upsert(replace(anna, headline="Other"))
    assert engine.eligible(brief) == 0
    other = TableEngine()
    other.upsert(replace(anna, headline="Other"))
    assert other.contents(ANNA) != engine.contents(ANNA)
    other.set_away(ANNA, (MONDAY,))
    assert other.contents(ANNA) == engine.contents(ANNA)


@pytest.mark.parametrize("seed", range(4))
def test_the_index_leaves_out_whom_the_conditions_leave_out(seed: int) -> None:
    dice = random.Random(seed)
    practices = [some_practice(dice, f"a{number:03}") for number in range(60)]
    pairs = [(practice, some_capacity(dice, practice)) for practice in practices]
    engine = TableEngine()
    engine.build(pairs)
    weeks = {p.id: tuple(MONDAY + timedelta(weeks=dice.randint(-1, 3)) for _ in range(2)) for p in practices[::2]}
    for id, mondays in weeks.items():
        engine.set_away(id, mondays)

    for _ in range(20):
        brief = some_brief(dice)
        wanted = Wanted.of(brief)
        meeting = [
            practice.id
            for practice, capacity in pairs
            if practice.published
            and practice.id != brief.client_id
            and is_eligible(
                wanted,
                Candidate(
                    practice, capacity, availability=Availability(practice.id, (), (), weeks.get(practice.id, ()))
                ),
            )
        ]
        assert sorted(engine.eligible_ids(brief)) == sorted(meeting)


# -- cards -------------------------------------------------------------------------------------------------------------


def test_a_card_names_the_next_free_hours_unless_she_is_fully_booked() -> None:
    anna = a_practice()
    hers = Availability(ANNA, (away(TODAY),))

    card = Candidate(anna, free(anna, 60), availability=hers).card(NOW)

    assert card.next_free[0].start == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert len(card.next_free) == 3
    assert Candidate(anna, free(anna, 0), availability=hers).card(NOW).next_free == ()
