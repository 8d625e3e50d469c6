"""Working hours across time zones: daylight saving, midnight, quarter-hour zones, and a minute-by-minute oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.hours import DAYS, day_masks, shared_minutes, span, week_mask, week_of
from services.matching.domain.practice import WorkingDay
from tests.unit.matching.world import week


def utc(zone: str, day: str, start: str, end: str) -> tuple[str, str]:
    first, last = (datetime.fromtimestamp(slot * 900, UTC) for slot in span(zone, date.fromisoformat(day), start, end))
    return f"{first:%d %H:%M}", f"{last:%d %H:%M}"


def shared(client: tuple[str, str, str], assistant: tuple[str, str, str], day: str) -> int:
    """Shared minutes on a weekday, for two people who work Monday to Friday."""
    on = date.fromisoformat(day)
    zone, start, end = client
    hers = week_mask(assistant[0], week(*assistant[1:]), week_of(on))
    return shared_minutes(day_masks(zone, start, end, week_of(on)), hers)[on.weekday()]


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-03-07", ("07 18:00", "07 23:00")), ("2026-03-08", ("08 17:00", "08 22:00"))],
)
def test_new_yorks_afternoon_moves_with_daylight_saving(day: str, expected: tuple[str, str]) -> None:
    assert utc("America/New_York", day, "13:00", "18:00") == expected


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-04", 3), ("2026-03-11", 4), ("2026-03-25", 4), ("2026-04-01", 3), ("2026-10-28", 4), ("2026-11-04", 3)],
)
def test_rome_and_new_york_share_what_the_calendar_says(day: str, hours: int) -> None:
    rome, new_york = ("Europe/Rome", "09:00", "18:00"), ("America/New_York", "09:00", "17:00")

    assert shared(rome, new_york, day) == hours * 60
    assert shared(new_york, rome, day) == hours * 60


@pytest.mark.parametrize(
    ("client", "assistant", "minutes"),
    [
        pytest.param(("Europe/Rome", "09:00", "18:00"), ("Asia/Manila", "22:00", "06:00"), 180, id="night shift"),
        pytest.param(
            ("America/Los_Angeles", "09:00", "17:00"), ("Asia/Manila", "22:00", "06:00"), 300, id="over midnight"
        ),
        pytest.param(
            ("Asia/Kathmandu", "09:00", "17:00"), ("Asia/Kathmandu", "09:00", "17:00"), 480, id="quarter zone"
        ),
        pytest.param(
            ("Asia/Kathmandu", "09:00", "17:00"), ("Asia/Kolkata", "09:00", "17:00"), 465, id="15 minutes apart"
        ),
        pytest.param(("Europe/Rome", "00:00", "24:00"), ("Europe/Rome", "00:00", "24:00"), 1440, id="round the clock"),
        pytest.param(("Europe/Rome", "22:00", "06:00"), ("Europe/Rome", "00:00", "02:00"), 120, id="client's night"),
        pytest.param(("Europe/Rome", "09:00", "09:00"), ("Europe/Rome", "09:00", "17:00"), 0, id="no hours at all"),
    ],
)
def test_hours_are_shared_over_midnight_and_odd_zones(
    client: tuple[str, str, str], assistant: tuple[str, str, str], minutes: int
) -> None:
    assert shared(client, assistant, "2026-11-25") == minutes


def test_the_date_line_is_no_obstacle() -> None:
    """Monday 09:00 in Kiritimati is Sunday 09:00 in Honolulu, 24 hours behind."""
    kiritimati = day_masks("Pacific/Kiritimati", "09:00", "17:00", date(2026, 11, 23))
    honolulu = week_mask("Pacific/Honolulu", week("09:00", "17:00", "sun mon"), date(2026, 11, 23))

    assert shared_minutes(kiritimati, honolulu) == (480, 480, 0, 0, 0)


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        ("2026-11-23", "2026-11-23"),
        ("2026-11-27", "2026-11-23"),
        ("2026-11-28", "2026-11-30"),
        ("2026-11-29", "2026-11-30"),
    ],
)
def test_a_start_at_the_weekend_is_in_the_next_working_week(day: str, monday: str) -> None:
    assert week_of(date.fromisoformat(day)) == date.fromisoformat(monday)


ZONES = [
    "Europe/Rome",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Manila",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Cairo",
    "UTC",
]
day_hours = st.integers(6, 43)  # half-hours: not in the nights in which clocks change


@settings(max_examples=150, deadline=None)
@given(
    zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
    mine=st.tuples(day_hours, day_hours).map(sorted),
    hers=st.tuples(day_hours, day_hours).map(sorted),
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)).filter(lambda day: day.weekday() < 5),
)
def test_shared_minutes_are_those_of_an_oracle_that_looks_at_every_minute(
    zones: tuple[str, str], mine: list[int], hers: list[int], day: date
) -> None:
    every_day = [WorkingDay(name, clock(hers[0]), clock(hers[1])) for name in DAYS]

    masks = day_masks(zones[0], clock(mine[0]), clock(mine[1]), week_of(day))
    minutes = shared_minutes(masks, week_mask(zones[1], every_day, week_of(day)))[day.weekday()]

    assert minutes == minutes_by_looking(zones, mine, hers, day)


def clock(half_hours: int) -> str:
    return f"{half_hours // 2:02d}:{half_hours % 2 * 30:02d}"


def minutes_by_looking(zones: tuple[str, str], mine: list[int], hers: list[int], day: date) -> int:
    """Five minutes at a time: no zone's offset is finer."""
    instant = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zones[0])).astimezone(UTC)
    count = 0
    for step in range(24 * 12):
        local, there = ((instant + timedelta(minutes=5 * step)).astimezone(ZoneInfo(zone)) for zone in zones)
        at_work = local.date() == day and mine[0] * 30 <= local.hour * 60 + local.minute < mine[1] * 30
        count += at_work and hers[0] * 30 <= there.hour * 60 + there.minute < hers[1] * 30
    return count * 5
