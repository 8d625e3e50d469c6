"""The circuit breaker, driven by a table: what happens when, and what is allowed then."""

from __future__ import annotations

import pytest

from shared.platform.circuit import CircuitBreaker, State

FAILURES, COOL_DOWN = 3, 10.0

# Steps are (second, what happens, state afterwards). `yes` and `no`: a call asks, and is or is not let through.
STORIES = {
    "few failures change nothing": [
        (0, "fail", State.CLOSED),
        (0, "fail", State.CLOSED),
        (0, "yes", State.CLOSED),
    ],
    "an answer between failures starts the count anew": [
        (0, "fail", State.CLOSED),
        (0, "fail", State.CLOSED),
        (1, "answer", State.CLOSED),
        (2, "fail", State.CLOSED),
        (2, "fail", State.CLOSED),
        (2, "yes", State.CLOSED),
    ],
    "failures in a row open the circuit": [
        (0, "fail", State.CLOSED),
        (0, "fail", State.CLOSED),
        (0, "fail", State.OPEN),
        (0, "no", State.OPEN),
        (9.9, "no", State.OPEN),
    ],
    "after the cool-down one probe goes through, and its answer closes the circuit": [
        (0, "fail 3 times", State.OPEN),
        (10, "yes", State.HALF_OPEN),
        (10, "no", State.HALF_OPEN),
        (11, "answer", State.CLOSED),
        (11, "yes", State.CLOSED),
    ],
    "a failed probe opens the circuit for another cool-down": [
        (0, "fail 3 times", State.OPEN),
        (10, "yes", State.HALF_OPEN),
        (12, "fail", State.OPEN),
        (21.9, "no", State.OPEN),
        (22, "yes", State.HALF_OPEN),
    ],
    "a probe that never ends blocks the next one for one cool-down only": [
        (0, "fail 3 times", State.OPEN),
        (10, "yes", State.HALF_OPEN),
        (19, "no", State.HALF_OPEN),
        (20, "yes", State.HALF_OPEN),
    ],
    "the late answer of an earlier call closes the circuit": [
        (0, "fail 3 times", State.OPEN),
        (1, "answer", State.CLOSED),
        (1, "yes", State.CLOSED),
    ],
    "one failure after recovery does not open it": [
        (0, "fail 3 times", State.OPEN),
        (10, "yes", State.HALF_OPEN),
        (10, "answer", State.CLOSED),
        (11, "fail", State.CLOSED),
    ],
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_circuit_follows_its_table(story: list[tuple[float, str, State]]) -> None:
    now = 0.0
    breaker = CircuitBreaker(FAILURES, COOL_DOWN, clock=lambda: now)

    for second, happens, state in story:
        now = second
        match happens:
            case "yes" | "no":
                assert breaker.allow() is (happens == "yes"), f"at {second}"
            case "answer":
                breaker.succeeded()
            case "fail":
                breaker.failed()
            case _:
                for _ in range(FAILURES):
                    breaker.failed()
        assert breaker.state is state, f"after {happens!r} at {second}"
