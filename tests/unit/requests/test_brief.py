"""Briefs: what may be asked for, and a brief's life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.requests.domain.brief import (
    BRIEFS,
    EDITABLE,
    LIFETIME,
    WARNING,
    Brief,
    BriefState,
    Content,
    LanguageWish,
    Role,
    SkillWish,
    require_client_account,
    role_of,
)
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid, NotFound
from shared.platform.money import Money

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = NOW.date()
LATER = NOW + timedelta(hours=3)
S = BriefState
CLIENT, OPERATOR, SYSTEM = Role.CLIENT, Role.OPERATOR, Role.SYSTEM


def content(**changes: Any) -> Content:
    written = Content(
        title="My right hand",
        level="executive",
        services=("calendar", "travel"),
        required_skills=(SkillWish("mail.inbox", 3),),
        preferred_skills=(SkillWish("docs.excel", 2),),
        languages=(LanguageWish("it", "C1"),),
        engagement="hourly",
        weekly_minutes=600,
        budget=Money(4000, "EUR"),
        time_zone="Europe/Rome",
        start_on=TODAY,
    )
    return replace(written, **changes)


def brief(state: BriefState = S.DRAFT, **changes: Any) -> Brief:
    ended = state in (S.FILLED, S.CLOSED, S.EXPIRED, S.REMOVED)
    made = Brief(
        id="brief",
        client_id="carla",
        content=content(),
        state=state,
        created_at=NOW,
        updated_at=NOW,
        opened_at=None if state is S.DRAFT else NOW,
        ended_at=NOW if ended else None,
        expires_at=NOW + LIFETIME if state is S.OPEN else None,
        end_reason="no longer needed" if ended else "",
        version=3,
    )
    return replace(made, **changes)


def wrong_fields(**changes: Any) -> set[str]:
    with pytest.raises(Invalid) as refused:
        content(**changes).check()
    return set(refused.value.fields)


# -- content ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"required_skills": (SkillWish("a", 1), SkillWish("a", 2))}, {"required_skills.1.code"}),
        ({"preferred_skills": (SkillWish("a", 1), SkillWish("a", 2))}, {"preferred_skills.1.code"}),
        ({"preferred_skills": (SkillWish("docs.word", 1), SkillWish("mail.inbox", 4))}, {"preferred_skills.1.code"}),
        ({"languages": (LanguageWish("it", "B1"), LanguageWish("it", "C1"))}, {"languages.1.code"}),
        ({"services": ("calendar", "calendar")}, {"services.1"}),
        ({"budget": Money(0, "EUR")}, {"budget"}),
        ({"day_start": "18:00", "day_end": "09:00"}, {"day_end"}),
        ({"day_start": "09:00", "day_end": "11:00", "overlap_minutes": 150}, {"overlap_minutes"}),
        ({"budget": Money(0, "EUR"), "services": ("x", "x")}, {"budget", "services.1"}),
    ],
)
def test_every_wrong_field_is_named(changes: dict[str, Any], fields: set[str]) -> None:
    assert wrong_fields(**changes) == fields


def test_a_modest_brief_passes() -> None:
    content().check()
    content(services=(), required_skills=(), preferred_skills=(), languages=()).check()
    content(day_start="22:00", day_end="24:00", overlap_minutes=120).check()


# -- states ----------------------------------------------------------------------------------------------------------

EVENTS: dict[str, Callable[[Brief, Role, datetime], Brief]] = {
    "publish": lambda held, by, at: held.publish(by, at, address_confirmed=True),
    "pause": lambda held, by, at: held.pause(by, at),
    "resume": lambda held, by, at: held.resume(by, at),
    "close": lambda held, by, at: held.close(by, at, "found somebody"),
    "reopen": lambda held, by, at: held.reopen(by, at),
    "remove": lambda held, by, at: held.remove(by, at, "against our terms"),
    "expire": lambda held, by, at: held.expire(at),
    "fill": lambda held, by, at: held.fill(at),
}
DRAWN: dict[tuple[BriefState, str], BriefState] = {
    (S.DRAFT, "publish"): S.OPEN,
    (S.OPEN, "pause"): S.PAUSED,
    (S.PAUSED, "resume"): S.OPEN,
    (S.OPEN, "close"): S.CLOSED,
    (S.PAUSED, "close"): S.CLOSED,
    (S.CLOSED, "reopen"): S.OPEN,
    (S.EXPIRED, "reopen"): S.OPEN,
    (S.OPEN, "expire"): S.EXPIRED,
    (S.OPEN, "fill"): S.FILLED,
    (S.PAUSED, "fill"): S.FILLED,
    **{(state, "remove"): S.REMOVED for state in S if state is not S.REMOVED},
}
WHO = {"remove": OPERATOR, "expire": SYSTEM, "fill": SYSTEM}


def who(event: str) -> Role:
    return WHO.get(event, CLIENT)


def test_the_table_holds_all_events() -> None:
    assert set(EVENTS) == set(BRIEFS.steps)


@pytest.mark.parametrize(("state", "event"), list(product(S, EVENTS)))
def test_only_drawn_transitions_happen(state: BriefState, event: str) -> None:
    if (state, event) in DRAWN:
        moved = EVENTS[event](brief(state), who(event), LATER)
        assert (moved.state, moved.updated_at) == (DRAWN[state, event], LATER)
        return
    with pytest.raises(Conflict) as refused:
        EVENTS[event](brief(state), who(event), LATER)
    allowed = [name for name in EVENTS if (state, name) in DRAWN and who(name) is who(event)]
    assert f"in the state {state.value}" in str(refused.value)
    assert all(name in str(refused.value) for name in allowed)


@pytest.mark.parametrize(
    ("event", "role"), list(product(("publish", "pause", "resume", "close", "reopen", "remove"), Role))
)
def test_only_its_own_role_causes_an_event(event: str, role: Role) -> None:
    state = next(state for state, name in DRAWN if name == event)

    if role is who(event):
        EVENTS[event](brief(state), role, LATER)
        return
    with pytest.raises(Forbidden, match=r"^Only "):
        EVENTS[event](brief(state), role, LATER)


@given(st.lists(st.tuples(st.sampled_from((*EVENTS, "edit", "touch")), st.integers(0, 60 * 24)), max_size=40))
def test_no_trace_of_events_leaves_the_table(events: list[tuple[str, int]]) -> None:
    held, at = brief(), NOW
    for event, hours in events:
        before, at = held, at + timedelta(hours=hours)
        try:
            if event == "edit":
                held = held.edit(content(title=f"at {at}", start_on=at.date()), at, held.version)
            elif event == "touch":
                held = held.touched(at)
            else:
                held = EVENTS[event](held, who(event), at)
        except DextraError:
            assert held is before
        assert held.state is before.state or DRAWN[before.state, event] is held.state
        assert (held.expires_at is not None) == (held.state is S.OPEN)
        assert (held.ended_at is not None) == (held.state in (S.FILLED, S.CLOSED, S.EXPIRED, S.REMOVED))
        held.content.check()


# -- publishing ------------------------------------------------------------------------------------------------------


def test_an_open_brief_lives_for_thirty_days_and_warns_five_days_before() -> None:
    opened = brief().publish(CLIENT, NOW, address_confirmed=True)

    assert opened.opened_at == NOW
    assert opened.expires_at == NOW + timedelta(days=30)
    assert opened.warn_at == opened.expires_at - timedelta(days=5) == NOW + LIFETIME - WARNING


def test_publishing_needs_a_confirmed_address_and_says_how() -> None:
    with pytest.raises(Conflict, match=r"Confirm your e-mail address first: use the link that we sent you"):
        brief().publish(CLIENT, NOW, address_confirmed=False)


@pytest.mark.parametrize(("days_ago", "sound"), [(-30, True), (0, True), (7, True), (8, False)])
def test_a_start_long_past_is_refused(days_ago: int, sound: bool) -> None:
    draft = brief(content=content(start_on=TODAY - timedelta(days=days_ago)))

    if sound:
        draft.publish(CLIENT, NOW, address_confirmed=True)
        return
    with pytest.raises(Invalid) as refused:
        draft.publish(CLIENT, NOW, address_confirmed=True)
    assert list(refused.value.fields) == ["start_on"]


def test_unsound_content_is_not_published() -> None:
    with pytest.raises(Invalid):
        brief(content=content(budget=Money(0, "EUR"))).publish(CLIENT, NOW, address_confirmed=True)


# -- editing and activity --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", S)
def test_a_brief_is_edited_until_it_is_over(state: BriefState) -> None:
    if state in EDITABLE:
        edited = brief(state).edit(content(title="New"), LATER, seen_version=3)
        assert (edited.content.title, edited.state, edited.updated_at) == ("New", state, LATER)
        return
    with pytest.raises(Conflict, match=f"in the state {state.value}"):
        brief(state).edit(content(), LATER, seen_version=3)


@pytest.mark.parametrize("seen", [0, 2, 4])
def test_a_change_of_an_older_version_is_refused(seen: int) -> None:
    with pytest.raises(Conflict, match="Reload"):
        brief().edit(content(), LATER, seen_version=seen)


def test_an_unsound_change_is_refused() -> None:
    with pytest.raises(Invalid):
        brief().edit(content(budget=Money(0, "EUR")), LATER, seen_version=3)


@pytest.mark.parametrize("state", S)
def test_activity_keeps_an_open_brief_alive_and_no_other(state: BriefState) -> None:
    held = brief(state)

    touched = held.touched(LATER)

    assert touched == (replace(held, expires_at=LATER + LIFETIME) if state is S.OPEN else held)


def test_a_paused_brief_does_not_expire() -> None:
    paused = brief(S.OPEN).pause(CLIENT, LATER)

    assert (paused.expires_at, paused.warn_at) == (None, None)
    assert paused.resume(CLIENT, LATER + timedelta(days=60)).expires_at == LATER + timedelta(days=90)


# -- the end, and after ----------------------------------------------------------------------------------------------


def test_the_end_keeps_its_reason_and_its_instant() -> None:
    closed = brief(S.OPEN).close(CLIENT, LATER, "  found somebody ")

    assert (closed.end_reason, closed.ended_at, closed.expires_at) == ("found somebody", LATER, None)


def test_a_removal_states_its_reason() -> None:
    with pytest.raises(Invalid) as refused:
        brief(S.OPEN).remove(OPERATOR, LATER, "  ")

    assert list(refused.value.fields) == ["reason"]


@pytest.mark.parametrize("state", [S.CLOSED, S.EXPIRED])
def test_a_brief_opens_again_for_ninety_days(state: BriefState) -> None:
    last_moment = NOW + timedelta(days=90)

    again = brief(state).reopen(CLIENT, last_moment)

    assert (again.state, again.ended_at, again.end_reason) == (S.OPEN, None, "")
    assert again.expires_at == last_moment + LIFETIME
    with pytest.raises(Conflict, match="90 days"):
        brief(state).reopen(CLIENT, last_moment + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("zone", "start_on", "expected"),
    [
        ("Europe/Rome", date(2026, 12, 24), date(2026, 12, 24)),
        ("Europe/Rome", date(2026, 11, 1), date(2026, 12, 7)),
        ("Asia/Manila", date(2026, 11, 1), date(2026, 12, 8)),
    ],
)
def test_a_start_that_has_passed_moves_to_the_day_of_reopening(zone: str, start_on: date, expected: date) -> None:
    closed = brief(S.CLOSED, content=content(time_zone=zone, start_on=start_on))

    again = closed.reopen(CLIENT, datetime(2026, 12, 7, 20, tzinfo=UTC))

    assert again.content.start_on == expected


# -- who -------------------------------------------------------------------------------------------------------------


def test_strangers_do_not_learn_that_a_brief_exists() -> None:
    assert role_of(brief(), "carla", operator=False) is CLIENT
    assert role_of(brief(), "carla", operator=True) is CLIENT
    assert role_of(brief(), "olga", operator=True) is OPERATOR
    with pytest.raises(NotFound):
        role_of(brief(), "stranger", operator=False)
    with pytest.raises(NotFound):
        brief().require_client("olga")


def test_briefs_are_written_by_clients() -> None:
    require_client_account(client=True)
    with pytest.raises(Forbidden, match="role of a client"):
        require_client_account(client=False)
