"""Time and timesheets: what may be logged, a week's life, deadlines, disputes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.work.domain.contract import Terms, WorkContract
from services.work.domain.timesheet import (
    TIMESHEETS,
    Role,
    SheetState,
    TimeEntry,
    Timesheet,
    check_overlap,
    check_times,
    check_weekly_limit,
    dispute_entries,
    minutes_between,
    sheet_id,
)
from services.work.domain.week import end_of, review_due, start_of, submit_due, week_of
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid, NotFound
from shared.platform.money import Money

MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
S = SheetState
CLIENT, ASSISTANT, SYSTEM = Role.CLIENT, Role.ASSISTANT, Role.SYSTEM


def at(day: int, clock: str) -> datetime:
    """Of November 2026, in UTC."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 11, day, hours, minutes, tzinfo=UTC)


def contract(**changes: Any) -> WorkContract:
    terms = Terms(
        engagement="hourly", rate=Money(4000, "EUR"), weekly_minutes=600, start_on=MONDAY, scope="", payment_days=14
    )
    made = WorkContract(
        id="co",
        brief_title="Calendar",
        client_id="carla",
        client_name="Carla",
        assistant_id="anna",
        assistant_name="Anna",
        terms=terms,
        state="active",
    )
    return replace(made, **changes)


def entry(id: str = "e1", **more: Any) -> TimeEntry:
    made = TimeEntry(
        id=id,
        contract_id="co",
        timesheet_id="ts",
        assistant_id="anna",
        started_at=at(17, "09:00"),
        ended_at=at(17, "10:30"),
        memo="Mail",
    )
    return replace(made, **more)


def sheet(state: SheetState = S.OPEN, **changes: Any) -> Timesheet:
    return replace(Timesheet.of_week(contract(), MONDAY), state=state, minutes=90, **changes)


# -- times -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (at(17, "09:00"), at(17, "10:30"), None),
        (at(17, "09:00"), at(17, "09:01"), None),
        (at(17, "22:00"), at(18, "02:00"), None),
        (at(17, "09:00"), at(18, "09:00"), None),
        (at(20, "17:00"), at(20, "18:00"), None),
        (at(9, "20:00"), at(9, "23:00"), None),
        (at(15, "20:00"), at(16, "00:00"), None),
        (at(17, "09:00"), at(17, "09:00"), "ended_at"),
        (at(17, "10:00"), at(17, "09:00"), "ended_at"),
        (at(17, "09:00"), at(18, "09:01"), "ended_at"),
        (at(20, "17:00"), at(20, "18:01"), "ended_at"),
        (at(15, "23:00"), at(16, "01:00"), "ended_at"),
        (at(17, "09:00") + timedelta(seconds=1), at(17, "10:00"), "started_at"),
        (at(17, "09:00"), at(17, "10:00") + timedelta(microseconds=1), "ended_at"),
    ],
)
def test_times_that_can_have_been_worked(start: datetime, end: datetime, field: str | None) -> None:
    if field is None:
        check_times(start, end, NOW)
        return
    with pytest.raises(Invalid) as refused:
        check_times(start, end, NOW)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        (at(17, "08:00"), at(17, "09:00"), False),
        (at(17, "10:30"), at(17, "11:00"), False),
        (at(17, "08:00"), at(17, "09:01"), True),
        (at(17, "10:29"), at(17, "11:00"), True),
        (at(17, "09:10"), at(17, "09:20"), True),
        (at(17, "08:00"), at(17, "12:00"), True),
    ],
)
def test_nobody_works_twice_at_once(start: datetime, end: datetime, touches: bool) -> None:
    if touches:
        with pytest.raises(Conflict):
            check_overlap([entry()], start, end)
    else:
        check_overlap([entry()], start, end)


@pytest.mark.parametrize(
    ("logged", "minutes", "engagement", "fits"),
    [
        (0, 600, "hourly", True),
        (540, 60, "hourly", True),
        (540, 61, "hourly", False),
        (600, 1, "hourly", False),
        (900, 1, "hourly", False),
        (6000, 6000, "retainer", True),
    ],
)
def test_an_hourly_week_ends_at_what_was_agreed(logged: int, minutes: int, engagement: str, fits: bool) -> None:
    agreed = contract(terms=replace(contract().terms, engagement=engagement))
    if fits:
        check_weekly_limit(logged, minutes, agreed)
        return
    with pytest.raises(Invalid) as refused:
        check_weekly_limit(logged, minutes, agreed)
    assert f"Only {max(600 - logged, 0)} minutes are left of the 10 hours" in str(refused.value.fields["ended_at"][0])


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.integers(1, 1440))
def test_minutes_are_exact(start: datetime, minutes: int) -> None:
    assert minutes_between(start, start + timedelta(minutes=minutes)) == minutes


# -- contracts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "ends_on", "started_at", "runs"),
    [
        ("trial", None, at(16, "00:00"), True),
        ("active", None, at(17, "09:00"), True),
        ("notice", date(2026, 11, 20), at(20, "23:00"), True),
        ("notice", date(2026, 11, 20), at(21, "00:00"), False),
        ("paused", None, at(17, "09:00"), False),
        ("ended", date(2026, 11, 18), at(18, "09:00"), True),
        ("ended", date(2026, 11, 18), at(19, "09:00"), False),
        ("terminated", date(2026, 11, 18), at(18, "09:00"), True),
        ("terminated", None, at(18, "09:00"), False),
        ("active", None, at(15, "23:59"), False),
    ],
)
def test_when_time_can_be_logged(state: str, ends_on: date | None, started_at: datetime, runs: bool) -> None:
    checked = contract(state=state, ends_on=ends_on)
    if runs:
        checked.require_running(started_at)
    else:
        with pytest.raises(Conflict):
            checked.require_running(started_at)


@pytest.mark.parametrize(
    ("zone", "started_at", "runs"),
    [
        ("Pacific/Auckland", at(15, "11:00"), True),  # midnight of Monday there
        ("Pacific/Auckland", at(15, "10:59"), False),
        ("Pacific/Honolulu", at(16, "09:59"), False),
        ("Pacific/Honolulu", at(16, "10:00"), True),
    ],
)
def test_a_contract_starts_by_its_own_calendar(zone: str, started_at: datetime, runs: bool) -> None:
    checked = contract(time_zone=zone)
    if runs:
        checked.require_running(started_at)
    else:
        with pytest.raises(Conflict, match="starts on 2026-11-16"):
            checked.require_running(started_at)


def test_a_contract_is_known_to_its_sides_alone() -> None:
    contract().require_assistant("anna")
    for side in ("anna", "carla"):
        contract().require_side(side)
    for check, who in ((contract().require_assistant, "carla"), (contract().require_side, "stranger")):
        with pytest.raises(NotFound):
            check(who)


# -- weeks and deadlines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "week_start"),
    [
        (at(16, "00:00"), MONDAY),
        (at(22, "23:59"), MONDAY),
        (at(23, "00:00"), date(2026, 11, 23)),
        (at(15, "23:59"), date(2026, 11, 9)),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), date(2026, 12, 28)),
    ],
)
def test_weeks_begin_on_monday_in_utc(instant: datetime, week_start: date) -> None:
    assert week_of(instant) == week_start
    assert start_of(week_start) <= instant < end_of(week_start)


def test_deadlines_of_a_week() -> None:
    assert submit_due(MONDAY) == at(23, "12:00")
    assert review_due(MONDAY, at(23, "12:00")) == at(28, "00:00")
    assert review_due(MONDAY, at(27, "09:00")) == at(29, "09:00")


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 60 * 24 * 30))
def test_a_client_always_has_two_days(day: date, minutes_after: int) -> None:
    week_start = day - timedelta(days=day.weekday())
    submitted_at = start_of(week_start) + timedelta(minutes=minutes_after)

    assert review_due(week_start, submitted_at) - submitted_at >= timedelta(hours=48)


def test_reminders_come_two_days_and_one_day_before_the_end() -> None:
    submitted = sheet().submit(ASSISTANT, at(23, "09:00"))

    assert submitted.next_reminder_at == at(26, "00:00")
    assert replace(submitted, reminded=1).next_reminder_at == at(27, "00:00")
    assert replace(submitted, reminded=2).next_reminder_at is None
    assert sheet().next_reminder_at is None


# -- a timesheet's life ------------------------------------------------------------------------------------------------

LIFE: dict[tuple[SheetState, str, Role], SheetState] = {
    (S.OPEN, "submit", ASSISTANT): S.SUBMITTED,
    (S.OPEN, "submit", SYSTEM): S.SUBMITTED,
    (S.DISPUTED, "submit", ASSISTANT): S.SUBMITTED,
    (S.DISPUTED, "submit", SYSTEM): S.SUBMITTED,
    (S.SUBMITTED, "approve", CLIENT): S.APPROVED,
    (S.DISPUTED, "approve", CLIENT): S.APPROVED,
    (S.SUBMITTED, "approve_by_silence", SYSTEM): S.APPROVED,
    (S.SUBMITTED, "dispute", CLIENT): S.DISPUTED,
}
EVENTS = ("submit", "approve", "approve_by_silence", "dispute")


@pytest.mark.parametrize(("state", "event", "role"), list(product(S, EVENTS, Role)))
def test_every_step_and_no_other(state: SheetState, event: str, role: Role) -> None:
    target = LIFE.get((state, event, role))
    if target is not None:
        assert TIMESHEETS.target(state, event, role) is target
        return
    with pytest.raises((Conflict, Forbidden)):
        TIMESHEETS.target(state, event, role)


def test_an_empty_week_is_not_submitted() -> None:
    with pytest.raises(Conflict, match="no time in this week"):
        replace(sheet(), minutes=0).submit(ASSISTANT, NOW)


def test_what_each_step_notes() -> None:
    submitted = sheet().submit(ASSISTANT, at(23, "09:00"))
    assert (submitted.submitted_at, submitted.review_due_at) == (at(23, "09:00"), at(28, "00:00"))
    approved = submitted.approve(CLIENT, at(24, "09:00"))
    assert (approved.approved_by, approved.approved_at, approved.review_due_at) == ("client", at(24, "09:00"), None)
    silent = submitted.approve_by_silence(at(28, "00:00"))
    assert silent.approved_by == "silence"
    disputed = submitted.dispute(CLIENT)
    assert disputed.review_due_at is None
    again = replace(disputed, reminded=2).submit(ASSISTANT, at(27, "09:00"))
    assert (again.review_due_at, again.reminded) == (at(29, "09:00"), 0)


@pytest.mark.parametrize("state", list(S))
def test_entries_are_corrected_while_the_week_is_with_the_assistant(state: SheetState) -> None:
    if state in (S.OPEN, S.DISPUTED):
        sheet(state).require_correctable()
    else:
        with pytest.raises(Conflict):
            sheet(state).require_correctable()


def test_one_timesheet_a_contract_and_week() -> None:
    assert sheet_id("co", MONDAY) == Timesheet.of_week(contract(), MONDAY).id
    assert len({sheet_id(c, w) for c, w in product(("co", "other"), (MONDAY, MONDAY + timedelta(days=7)))}) == 4


def test_strangers_do_not_learn_that_it_exists() -> None:
    assert sheet().role_of("carla") is CLIENT
    assert sheet().role_of("anna") is ASSISTANT
    with pytest.raises(NotFound):
        sheet().role_of("stranger")


# -- disputes ----------------------------------------------------------------------------------------------------------


def test_a_dispute_marks_the_named_entries_once_each() -> None:
    marked = dispute_entries([entry("a"), entry("b"), entry("c")], ["b", "c", "b"], "  We did not meet ")

    assert [(one.id, one.disputed, one.reason) for one in marked] == [
        ("b", True, "We did not meet"),
        ("c", True, "We did not meet"),
    ]


def test_a_dispute_of_something_else_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        dispute_entries([entry("a")], ["a", "z"], "No")
    assert list(refused.value.fields) == ["entry_ids"]


def test_a_correction_answers_the_dispute() -> None:
    corrected = entry(disputed=True, reason="No").corrected(at(17, "09:00"), at(17, "10:00"), "Mail, less of it")

    assert (corrected.minutes, corrected.disputed, corrected.reason) == (60, False, "")


Refusal = Callable[[], object]


@pytest.mark.parametrize(
    "refusal",
    [
        lambda: sheet(S.APPROVED).submit(ASSISTANT, NOW),
        lambda: sheet(S.APPROVED).dispute(CLIENT),
        lambda: sheet(S.OPEN).approve(CLIENT, NOW),
        lambda: sheet(S.SUBMITTED).approve(ASSISTANT, NOW),
    ],
)
def test_refusals_say_what_can_be_done(refusal: Refusal) -> None:
    with pytest.raises(DextraError) as refused:
        refusal()
    assert len(str(refused.value)) > 20
