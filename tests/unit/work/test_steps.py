"""A timesheet's steps: every state, event and role, and what exactly a refusal says; and when a week is submitted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.work.domain.contract import Terms, WorkContract
from services.work.domain.timesheet import TIMESHEETS, Role, SheetState, Timesheet
from services.work.domain.week import submit_due
from shared.platform.errors import Conflict, DextraError, Forbidden
from shared.platform.money import Money

MONDAY = date(2026, 11, 16)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
S = SheetState
CLIENT, ASSISTANT, SYSTEM = Role.CLIENT, Role.ASSISTANT, Role.SYSTEM
ALSO = {
    (S.OPEN, ASSISTANT): "submit",
    (S.OPEN, SYSTEM): "submit",
    (S.SUBMITTED, CLIENT): "approve, dispute",
    (S.SUBMITTED, SYSTEM): "approve by silence",
    (S.DISPUTED, ASSISTANT): "submit",
    (S.DISPUTED, SYSTEM): "submit",
    (S.DISPUTED, CLIENT): "approve",
}
"""What a role can do in a state, as a refusal names it; where nothing stands here it says that nothing can be done."""

# event: who may cause it, and which state it leads to from where
DRAWN: dict[str, tuple[tuple[Role, ...], dict[SheetState, SheetState], str]] = {
    "submit": (
        (ASSISTANT, SYSTEM),
        {S.OPEN: S.SUBMITTED, S.DISPUTED: S.SUBMITTED},
        "Only the assistant can submit a timesheet.",
    ),
    "approve": (
        (CLIENT,),
        {S.SUBMITTED: S.APPROVED, S.DISPUTED: S.APPROVED},
        "Only the client can approve a timesheet.",
    ),
    "approve_by_silence": ((SYSTEM,), {S.SUBMITTED: S.APPROVED}, "This happens by itself when its time has come."),
    "dispute": ((CLIENT,), {S.SUBMITTED: S.DISPUTED}, "Only the client can dispute a timesheet."),
}


def sheet(state: SheetState = S.OPEN, minutes: int = 90) -> Timesheet:
    terms = Terms(engagement="hourly", rate=Money(4000, "EUR"), weekly_minutes=600, start_on=MONDAY)
    contract = WorkContract(
        id="co",
        brief_title="Calendar",
        client_id="carla",
        client_name="Carla",
        assistant_id="anna",
        assistant_name="Anna",
        terms=terms,
        state="active",
    )
    return replace(Timesheet.of_week(contract, MONDAY), state=state, minutes=minutes)


def taken(state: SheetState, event: str, role: Role) -> Timesheet:
    """The step as the handlers take it."""
    before = sheet(state)
    if event == "submit":
        return before.submit(role, NOON)
    if event == "approve":
        return before.approve(role, NOON)
    if event == "dispute":
        return before.dispute(role)
    return before.approve_by_silence(NOON)


@pytest.mark.parametrize(("state", "event", "role"), list(product(S, DRAWN, Role)))
def test_a_step_is_made_or_refused_with_the_reason(state: SheetState, event: str, role: Role) -> None:
    if event == "approve_by_silence" and role is not SYSTEM:
        with pytest.raises(Forbidden, match="by itself"):
            TIMESHEETS.target(state, event, role)
        return
    allowed, steps, refusal = DRAWN[event]
    if role in allowed and state in steps:
        assert taken(state, event, role).state is steps[state]
        return

    with pytest.raises(DextraError) as refused:
        taken(state, event, role)

    if role not in allowed:
        assert (type(refused.value), str(refused.value)) == (Forbidden, refusal)
    elif also := ALSO.get((state, role)):
        said = f"This timesheet is in the state {state.value}. What you can do now: {also}."
        assert (type(refused.value), str(refused.value)) == (Conflict, said)
    else:
        said = f"This timesheet is in the state {state.value}; you cannot change it now."
        assert (type(refused.value), str(refused.value)) == (Conflict, said)


@given(st.lists(st.tuples(st.sampled_from(sorted(DRAWN)), st.sampled_from(list(Role))), max_size=30))
def test_whatever_is_tried_an_approved_week_stays_approved(acts: list[tuple[str, Role]]) -> None:
    states = [S.OPEN]
    for event, role in acts:
        try:
            states.append(TIMESHEETS.target(states[-1], event, role))
        except (Conflict, Forbidden):
            states.append(states[-1])

    if S.APPROVED in states:
        assert set(states[states.index(S.APPROVED) :]) == {S.APPROVED}
    assert states.count(S.APPROVED) == 0 or S.SUBMITTED in states


# -- when a week goes to the client ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed_at", "due"),
    [
        (None, NOON),
        (NOON - timedelta(days=5), NOON),
        (NOON - timedelta(minutes=1), NOON),
        (NOON, NOON + timedelta(hours=12)),
        (NOON + timedelta(days=1), NOON + timedelta(days=1, hours=12)),
    ],
)
def test_a_week_goes_to_the_client_on_monday_noon_or_twelve_hours_after_late_time(
    changed_at: datetime | None, due: datetime
) -> None:
    assert submit_due(MONDAY, changed_at) == due


def test_time_that_comes_late_can_still_be_corrected() -> None:
    late = sheet(minutes=0).holding(90, NOON + timedelta(hours=5))
    later = late.holding(60, NOON + timedelta(hours=9))

    assert (late.minutes, late.submit_due_at) == (90, NOON + timedelta(hours=17))
    assert (later.minutes, later.submit_due_at) == (60, NOON + timedelta(hours=21))
    assert sheet().holding(60, NOON - timedelta(days=3)).submit_due_at == NOON
