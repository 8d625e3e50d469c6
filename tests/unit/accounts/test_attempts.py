"""Failed sign-ins slow down the next ones, and are forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.attempts import FORGOTTEN_AFTER, FREE, LONGEST_WAIT, Attempts, wait_after
from shared.platform.errors import TooMany

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(0, 0), (1, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (10_000, 900)],
)
def test_waits_grow_up_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    assert wait_after(count) == timedelta(seconds=seconds)


def failed(times: int) -> Attempts:
    attempts = Attempts(id=Attempts.key("anna@example.com"))
    for _ in range(times):
        attempts = attempts.another(attempts.next_at or NOW)
    return attempts


def test_the_first_few_may_follow_each_other_at_once() -> None:
    assert failed(FREE).count == FREE


@pytest.mark.parametrize(
    ("failures", "says"),
    [(FREE, "in a minute"), (FREE + 1, "in a minute"), (FREE + 2, "in 2 minutes"), (20, "in 15 minutes")],
)
def test_the_sentence_says_when_to_try_again(failures: int, says: str) -> None:
    attempts = failed(failures)
    assert attempts.next_at is not None
    last = attempts.next_at - wait_after(failures)

    with pytest.raises(TooMany, match=says):
        attempts.another(last)
    assert attempts.another(attempts.next_at).count == failures + 1


def test_after_an_hour_of_quiet_the_count_begins_anew() -> None:
    attempts = failed(FREE + 1)
    assert attempts.next_at is not None

    assert attempts.another(attempts.next_at + FORGOTTEN_AFTER).count == 1


def test_the_address_itself_is_not_kept() -> None:
    assert "anna" not in repr(failed(1))


@given(st.lists(st.integers(0, 120), min_size=1, max_size=400))
def test_guesses_per_hour_are_few_however_they_are_timed(pauses: list[int]) -> None:
    attempts = Attempts(id="a")
    at = NOW
    passed = []

    for pause in pauses:
        at += timedelta(seconds=pause)
        try:
            attempts = attempts.another(at)
        except TooMany:
            continue
        passed.append(at)

    for start in passed:
        window = [one for one in passed if start <= one < start + timedelta(hours=1)]
        assert len(window) <= FREE + 5 + timedelta(hours=1) / LONGEST_WAIT
