"""Track records and checks: what is counted, from when, and by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.matching.domain import trust
from services.matching.domain.checks import By, Check, CheckState, new_check
from services.matching.domain.track import MOST_KEPT, Talks, Track, Wait, response, with_wait
from shared.contracts.matching import CHECK_STATES
from shared.platform.errors import Conflict, Forbidden, Invalid
from tests.unit.matching.world import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("waits", "minutes", "cases"),
    [
        ((), None, 0),
        (((1, 10), (1, 20)), None, 2),
        (((1, 10), (2, 90), (3, 20)), 20, 3),
        (((1, 10), (2, 90), (3, 20), (4, 30)), 20, 4),
        (((90, 10), (2, 90), (3, 20)), 20, 3),
        (((91, 10), (2, 90), (3, 20)), None, 2),
    ],
)
def test_response_time(waits: tuple[tuple[int, int], ...], minutes: int | None, cases: int) -> None:
    told = response([Wait(NOW - ago * DAY, long) for ago, long in waits], NOW)

    assert (told.minutes, told.cases) == (minutes, cases)


def test_waits_are_kept_for_as_long_as_they_count() -> None:
    waits = with_wait((Wait(NOW - 91 * DAY, 5), Wait(NOW - 90 * DAY, 6)), NOW - HOUR, NOW)

    assert [wait.minutes for wait in waits] == [6, 60]
    for _ in range(200):
        waits = with_wait(waits, NOW - HOUR, NOW)
    assert len(waits) == MOST_KEPT
    assert with_wait((), NOW + HOUR, NOW)[0].minutes == 0


def test_a_wait_begins_with_the_first_message_and_ends_with_the_next_answer() -> None:
    talks = Talks("anna").wrote("t", NOW).received("t", NOW).received("t", NOW + HOUR).received("u", NOW)
    talks = talks.wrote("t", NOW + 3 * HOUR).wrote("t", NOW + 4 * HOUR)

    assert [wait.minutes for wait in talks.waits] == [180]
    assert set(talks.waiting) == {"u"}


def test_facts_of_a_track_record() -> None:
    track = Track(id="anna").answered_offer(NOW - HOUR, NOW).answered_offer(NOW - 3 * HOUR, NOW).let_expire()
    track = track.began_with("carla").began_with("carla").began_with("dora").ended(well=True).ended(well=False)
    track = track.marked("phone", NOW).marked("identity", NOW).marked("phone", None)
    told = trust.facts("anna", "assistant", {"track": track, "talks": Talks("anna", waits=(Wait(NOW, 20),))}, NOW)

    assert {name: told[name] for name in ("offers_received", "offers_answered", "response_minutes")} == {
        "offers_received": 3,
        "offers_answered": 2,
        "response_minutes": 60,
    }
    assert (told["contracts"], told["completed"], told["partners"], told["repeat_partners"]) == (3, 1, 2, 1)
    assert told["marks"] == [{"kind": "identity", "since": NOW}]
    assert told["rating"]["value"] == 0
    assert trust.on_card(track, None, NOW).response_minutes is None
    assert trust.on_card(None, None, NOW).rating == 0


STEPS = [
    (CheckState.NEW, "ask", By.OWNER, CheckState.ASKED),
    (CheckState.ASKED, "grant", By.OPERATOR, CheckState.GRANTED),
    (CheckState.ASKED, "refuse", By.OPERATOR, CheckState.REFUSED),
    (CheckState.GRANTED, "revoke", By.OPERATOR, CheckState.REVOKED),
    (CheckState.NEW, "grant", By.OPERATOR, CheckState.GRANTED),
    (CheckState.REFUSED, "ask", By.OWNER, CheckState.ASKED),
    (CheckState.REVOKED, "ask", By.OWNER, CheckState.ASKED),
    (CheckState.REFUSED, "grant", By.OPERATOR, CheckState.GRANTED),
    (CheckState.REVOKED, "grant", By.OPERATOR, CheckState.GRANTED),
]


@pytest.mark.parametrize("state", CheckState)
@pytest.mark.parametrize("event", ["ask", "grant", "refuse", "revoke"])
@pytest.mark.parametrize("by", By)
def test_steps_of_a_check(state: CheckState, event: str, by: By) -> None:
    check = Check(id="anna:phone", account_id="anna", kind="phone", state=state)
    expected = next((row[3] for row in STEPS if row[:3] == (state, event, by)), None)
    if expected is None:
        with pytest.raises((Conflict, Forbidden)):
            check.step(event, by, "olga", "Note", NOW)
        return
    stepped = check.step(event, by, "olga", " Note ", NOW)

    assert stepped.state is expected
    assert (stepped.last.event, stepped.last.note, stepped.last.by) == (event, "Note", "olga")
    with pytest.raises(Invalid):
        check.step(event, by, "olga", "  ", NOW)


def test_a_new_check_is_ones_own() -> None:
    assert new_check("anna", "phone").id == "anna:phone"
    assert {state.value for state in CheckState} == set(CHECK_STATES)
