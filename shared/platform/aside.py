"""Work that an event loop must not wait for: in a thread of the system's, or for so long and no longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from eventlet import Timeout, patcher, tpool

P = ParamSpec("P")
R = TypeVar("R")


def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`work`'s result. It must not wait for anything; outside of eventlet's loop it simply runs here."""
    if not patcher.is_monkey_patched("thread"):
        return work(*args, **kwargs)
    result: R = tpool.execute(work, *args, **kwargs)
    return result


def in_time(seconds: float, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
    """`work`'s result, or None where that is not there in time: what it waits for (sockets, sleeps) is left."""
    with Timeout(seconds, False):
        return work(*args, **kwargs)
    return None
