"""Work that keeps the processor busy, done in a thread of the system's, so that an event loop can go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from eventlet import patcher, tpool

P = ParamSpec("P")
R = TypeVar("R")


def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`work`'s result. It must not wait for anything; outside of eventlet's loop it simply runs here."""
    if not patcher.is_monkey_patched("thread"):
        return work(*args, **kwargs)
    result: R = tpool.execute(work, *args, **kwargs)
    return result
