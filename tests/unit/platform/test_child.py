"""Work on bytes of strangers, in a process of its own: it answers, or its end harms nobody."""

from __future__ import annotations

import time

import pytest

from shared.platform import child
from shared.platform.child import AllBusy, ChildFailed, run_child

MODULE = "tests.support.child"


def test_what_it_writes_comes_back_whole() -> None:
    data = bytes(range(256)) * 2000

    assert run_child(MODULE, data, seconds=10) == data


@pytest.mark.parametrize("does", [b"crash", b"swell"])
def test_one_that_breaks_is_said_to_have_failed(does: bytes) -> None:
    with pytest.raises(ChildFailed):
        run_child(MODULE, does, seconds=10)


def test_one_that_does_not_end_is_ended() -> None:
    began = time.monotonic()

    with pytest.raises(ChildFailed):
        run_child(MODULE, b"sleep", seconds=0.5)

    assert time.monotonic() - began < 10


def test_it_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_SECRET_KEY", "a secret")
    monkeypatch.setenv("MONGO_URI", "mongodb://user:password@host")

    known = run_child(MODULE, b"secrets", seconds=10).decode().split()

    assert "PATH" in known
    assert not {"S3_SECRET_KEY", "MONGO_URI", "HOME"} & set(known)


def test_no_more_than_two_work_at_the_same_time_and_a_seat_is_given_back() -> None:
    seats = child._seats()
    assert seats.acquire(timeout=1)
    assert seats.acquire(timeout=1)

    try:
        with pytest.raises(AllBusy):
            run_child(MODULE, b"x", seconds=0.1)
    finally:
        seats.release()
        seats.release()

    for _ in range(3):
        with pytest.raises(ChildFailed):
            run_child(MODULE, b"crash", seconds=10)
    assert run_child(MODULE, b"x", seconds=10) == b"x"
