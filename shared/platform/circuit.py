"""A circuit breaker: after several failures in a row calls fail at once; one probe at a time finds out if it is over.

Pure: the clock is passed in, so that tests need no waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum


class State(StrEnum):
    CLOSED = "closed"
    """Calls go through."""
    OPEN = "open"
    """Calls fail at once."""
    HALF_OPEN = "half_open"
    """The cool-down is over: one probe may go through, or is under way."""


class CircuitBreaker:
    """Guards one callee. Ask `allow` before each call, and say `succeeded` or `failed` after it. Thread-safe.

    A probe whose end is never told (its thread was killed) blocks nobody for longer than another cool-down.
    """

    def __init__(self, failures: int = 5, cool_down: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        """`failures` in a row open the circuit; after `cool_down` seconds a probe is let through."""
        self._limit = failures
        self._cool_down = cool_down
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._probe_at: float | None = None  # None: closed
        self._probing = False

    @property
    def state(self) -> State:
        if self._probe_at is None:
            return State.CLOSED
        return State.HALF_OPEN if self._probing or self._clock() >= self._probe_at else State.OPEN

    def allow(self) -> bool:
        """Whether a call may go out now. A true answer when half open makes this call the probe."""
        with self._lock:
            if self._probe_at is None:
                return True
            now = self._clock()
            if now < self._probe_at:
                return False
            self._probing = True
            self._probe_at = now + self._cool_down
            return True

    def succeeded(self) -> None:
        if self._failures or self._probe_at is not None:
            with self._lock:
                self._failures, self._probe_at, self._probing = 0, None, False

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._probing = False
            if self._failures >= self._limit:
                self._probe_at = self._clock() + self._cool_down
