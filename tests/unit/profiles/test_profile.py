"""Profiles: what may be written, when it may be shown, and to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.domain.profile import (
    NEEDED,
    PROFILES,
    Content,
    Hours,
    Profile,
    ProfileState,
    Retainer,
    Role,
    Skill,
    SpokenLanguage,
    Told,
    require_assistant,
    within,
)
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid, NotFound
from shared.platform.money import Money

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DRAFT, PUBLISHED, UNPUBLISHED = ProfileState.DRAFT, ProfileState.PUBLISHED, ProfileState.UNPUBLISHED


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def content(**changes: Any) -> Content:
    written = Content(
        display_name="Anna Bianchi",
        headline="Calm in the storm",
        level="executive",
        services=("calendar", "travel"),
        skills=(Skill("calendar.management", 4), Skill("travel.booking", 3)),
        languages=(SpokenLanguage("it", "C2"), SpokenLanguage("en", "C1")),
        time_zone="Europe/Rome",
        working_hours=(Hours("mon", "09:00", "13:00"), Hours("mon", "14:00", "18:00")),
        capacity_minutes=1800,
        minimum_weekly_minutes=300,
        hourly_rate=eur(3200),
        retainer=Retainer(eur(90000), 1800),
    )
    return replace(written, **changes)


def profile(state: ProfileState = DRAFT, **changes: Any) -> Profile:
    published_at = None if state is DRAFT else NOW
    made = Profile(id="anna", content=content(), state=state, published_at=published_at, updated_at=NOW, version=3)
    return replace(made, **changes)


def wrong_fields(**changes: Any) -> set[str]:
    with pytest.raises(Invalid) as refused:
        content(**changes).check()
    return set(refused.value.fields)


# -- content ---------------------------------------------------------------------------------------------------------


def test_a_sound_practice_passes() -> None:
    content().check()
    content(retainer=None, minimum_weekly_minutes=0).check()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        (
            {"skills": (Skill("a", 1), Skill("b", 1), Skill("c", 2), Skill("a", 4))},
            {"skills.3.code"},
        ),
        ({"languages": (SpokenLanguage("it", "C2"), SpokenLanguage("it", "B1"))}, {"languages.1.code"}),
        ({"services": ("calendar", "travel", "calendar", "travel")}, {"services.2", "services.3"}),
        ({"working_hours": (Hours("mon", "18:00", "09:00"),)}, {"working_hours.0.end"}),
        ({"working_hours": (Hours("mon", "09:00", "09:00"),)}, {"working_hours.0.end"}),
        (
            {"working_hours": (Hours("mon", "09:00", "13:00"), Hours("mon", "12:30", "18:00"))},
            {"working_hours.1.start"},
        ),
        (
            {"working_hours": (Hours("mon", "14:00", "18:00"), Hours("mon", "09:00", "14:30"))},
            {"working_hours.0.start"},
        ),
        (
            {
                "working_hours": (
                    Hours("fri", "09:00", "18:00"),
                    Hours("fri", "10:00", "11:00"),
                    Hours("fri", "12:00", "13:00"),
                )
            },
            {"working_hours.1.start", "working_hours.2.start"},
        ),
        ({"minimum_weekly_minutes": 1801}, {"minimum_weekly_minutes"}),
        ({"translations": (Told("en", "Again"),)}, {"translations.0.locale"}),
        ({"translations": (Told("it", "Di nuovo"), Told("it", "Ancora"))}, {"translations.1.locale"}),
        (
            {"target_countries": ("IT", "CH", "IT"), "assurances": ("nda", "nda")},
            {"target_countries.2", "assurances.1"},
        ),
        ({"hourly_rate": eur(0), "retainer": None}, {"hourly_rate"}),
        ({"retainer": Retainer(eur(0), 600)}, {"retainer.fee"}),
        ({"retainer": Retainer(Money(90000, "USD"), 600)}, {"retainer.fee"}),
        (
            {"skills": (Skill("a", 1), Skill("a", 1)), "hourly_rate": eur(0), "minimum_weekly_minutes": 9999},
            {"skills.1.code", "hourly_rate", "minimum_weekly_minutes"},
        ),
    ],
)
def test_every_wrong_field_is_named(changes: dict[str, Any], fields: set[str]) -> None:
    assert wrong_fields(**changes) == fields


@pytest.mark.parametrize(
    "hours",
    [
        (Hours("mon", "09:00", "13:00"), Hours("mon", "13:00", "18:00")),
        (Hours("mon", "09:00", "13:00"), Hours("tue", "09:00", "13:00")),
        (Hours("sat", "00:00", "24:00"),),
    ],
)
def test_hours_may_touch_and_fill_a_day(hours: tuple[Hours, ...]) -> None:
    content(working_hours=hours).check()


def clock(half_hours: int) -> str:
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


@given(
    st.lists(st.tuples(st.sampled_from(("mon", "tue")), st.integers(0, 48), st.integers(0, 48)), min_size=1, max_size=8)
)
def test_hours_pass_exactly_when_no_half_hour_is_taken_twice(listed: list[tuple[str, int, int]]) -> None:
    hours = tuple(Hours(day, clock(start), clock(end)) for day, start, end in listed)
    taken = [(day, half_hour) for day, start, end in listed for half_hour in range(start, end)]
    sound = all(start < end for _, start, end in listed) and len(set(taken)) == len(taken)

    if sound:
        content(working_hours=hours).check()
    else:
        assert all(name.startswith("working_hours.") for name in wrong_fields(working_hours=hours))


# -- states ----------------------------------------------------------------------------------------------------------

DRAWN = {
    (DRAFT, "publish"): PUBLISHED,
    (UNPUBLISHED, "publish"): PUBLISHED,
    (PUBLISHED, "unpublish"): UNPUBLISHED,
}


def apply(held: Profile, event: str) -> Profile:
    return held.publish(LATER, address_confirmed=True) if event == "publish" else held.unpublish(LATER)


@pytest.mark.parametrize(("state", "event"), list(product(ProfileState, PROFILES.steps)))
def test_only_drawn_transitions_happen(state: ProfileState, event: str) -> None:
    if (state, event) in DRAWN:
        assert apply(profile(state), event).state is DRAWN[state, event]
        return
    with pytest.raises(Conflict) as refused:
        apply(profile(state), event)
    allowed = [name for name in PROFILES.steps if (state, name) in DRAWN]
    assert state.value in str(refused.value)
    assert all(name in str(refused.value) for name in allowed)


def test_publishing_needs_a_confirmed_address_and_says_how() -> None:
    with pytest.raises(Conflict, match=r"Confirm your e-mail address first: use the link that we sent you"):
        profile().publish(NOW, address_confirmed=False)


@pytest.mark.parametrize("lacking", sorted(NEEDED))
def test_publishing_names_everything_that_is_lacking(lacking: str) -> None:
    bare = replace(content(), **{lacking: getattr(Content(), lacking)})

    assert set(bare.lacking()) == {lacking}
    with pytest.raises(Invalid) as refused:
        profile(content=bare).publish(NOW, address_confirmed=True)
    assert lacking in refused.value.fields


def test_a_draft_may_be_empty_and_a_published_profile_stays_complete() -> None:
    empty = Profile.draft("anna", Content(), NOW)

    assert set(empty.content.lacking()) == set(NEEDED)
    assert empty.edit(content(), LATER, 0).content == content()
    with pytest.raises(Invalid) as refused:
        profile(PUBLISHED).edit(content(skills=()), LATER, 3)
    assert list(refused.value.fields) == ["skills"]


def test_a_change_names_what_it_changes_and_leaves_the_rest() -> None:
    request = {"skills": [{"code": "docs.excel", "level": 2}], "headline": "New", "version": 3, "retainer": None}

    changed = content().changed(request)

    assert changed == content(skills=(Skill("docs.excel", 2),), headline="New", retainer=None)


def test_publishing_needs_sound_content() -> None:
    unsound = profile(content=content(hourly_rate=eur(0), retainer=None))

    with pytest.raises(Invalid):
        unsound.publish(NOW, address_confirmed=True)


def test_coming_back_keeps_the_day_of_the_first_publication() -> None:
    back = profile(UNPUBLISHED).publish(LATER, address_confirmed=True)

    assert (back.published_at, back.updated_at) == (NOW, LATER)


@given(st.lists(st.sampled_from((*PROFILES.steps, "edit", "edit unsound")), max_size=30))
def test_no_trace_of_events_leaves_the_table(events: list[str]) -> None:
    held = profile()
    for event in events:
        before = held
        try:
            if event.startswith("edit"):
                changed = content(hourly_rate=eur(0 if "unsound" in event else 4100))
                held = held.edit(changed, LATER, held.version)
            else:
                held = apply(held, event)
        except DextraError:
            assert held is before
        assert held.state is before.state or (before.state, event) in DRAWN
        assert held.is_published == (held.state is PUBLISHED)
        assert (held.published_at is None) == (held.state is DRAFT)
        held.content.check()


# -- changes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ProfileState)
def test_a_change_leaves_the_state_alone(state: ProfileState) -> None:
    changed = profile(state).edit(content(headline="New"), LATER, seen_version=3)

    assert (changed.state, changed.content.headline, changed.updated_at) == (state, "New", LATER)


@pytest.mark.parametrize("seen", [0, 2, 4])
def test_a_change_of_an_older_version_is_refused(seen: int) -> None:
    with pytest.raises(Conflict, match="Reload"):
        profile().edit(content(), LATER, seen_version=seen)


def test_an_unsound_change_is_refused() -> None:
    with pytest.raises(Invalid):
        profile().edit(content(hourly_rate=eur(0)), LATER, seen_version=3)


def test_imported_profiles_are_published_at_once() -> None:
    imported = Profile.imported("anna", content(), NOW)

    assert (imported.state, imported.published_at, imported.version) == (PUBLISHED, NOW, 0)


def test_an_unsound_profile_of_an_import_is_named_by_its_place() -> None:
    with pytest.raises(Invalid) as refused, within("profiles.7"):
        Profile.imported("anna", content(hourly_rate=eur(0), retainer=None), NOW)

    assert list(refused.value.fields) == ["profiles.7.hourly_rate"]


# -- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "party", "operator", "readable"),
    [
        (PUBLISHED, "", False, True),
        (PUBLISHED, "stranger", False, True),
        (DRAFT, "", False, False),
        (DRAFT, "stranger", False, False),
        (DRAFT, "anna", False, True),
        (DRAFT, "olga", True, True),
        (UNPUBLISHED, "stranger", False, False),
        (UNPUBLISHED, "anna", False, True),
        (UNPUBLISHED, "olga", True, True),
    ],
)
def test_who_reads_a_profile(state: ProfileState, party: str, operator: bool, readable: bool) -> None:
    if readable:
        profile(state).require_readable(party, operator=operator)
        return
    with pytest.raises(NotFound):
        profile(state).require_readable(party, operator=operator)


def test_profiles_are_for_assistants() -> None:
    require_assistant(assistant=True)
    with pytest.raises(Forbidden, match="role of an assistant"):
        require_assistant(assistant=False)


def test_only_the_owner_moves_a_profile() -> None:
    assert all(step.by == {Role.OWNER} for step in PROFILES.steps.values())
