"""Work on bytes of strangers in a process of its own: with a limit of time and memory, and without our secrets.

A file made to harm (a bomb, a loop, a hole in a decoder) ends that process and nothing else; other calls go on while it
works. The child reads standard input and writes standard output; `limit` is its first line.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


SEATS = 2
"""Children at work at the same time, for each process: each may take what its limit allows."""


class ChildFailed(Exception):
    """It ended without an answer: killed by a limit, or broken by what it read."""


class AllBusy(Exception):
    """No seat came free in time."""


@cache
def _seats() -> Any:
    from eventlet.semaphore import Semaphore

    return Semaphore(SEATS)


def run_child(module: str, data: bytes, *, seconds: float) -> bytes:
    """What `python -m module` writes when it reads `data`. Raises ChildFailed, or AllBusy (after half of it)."""
    seats = _seats()
    if not seats.acquire(timeout=seconds / 2):
        raise AllBusy
    try:
        return _run(module, data, seconds)
    finally:
        seats.release()


def _run(module: str, data: bytes, seconds: float) -> bytes:
    from eventlet import Timeout
    from eventlet.green import subprocess  # the child imports this module too, and needs no event loop

    environ = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**environ, "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,  # Ctrl-C in a terminal is the parent's affair
    )
    answer: bytes | None = None
    try:
        with Timeout(seconds, False):  # not communicate's own: eventlet raises a class of its making for that
            answer = child.communicate(data)[0]
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if answer is None:
        raise ChildFailed("no answer in time")
    if child.returncode != 0:
        raise ChildFailed(f"ended with {child.returncode}")
    return answer


def limit(*, memory: int, seconds: int) -> None:
    """For the child: how much memory (bytes) and processor time it may use; it may write no files."""
    limits = {"RLIMIT_AS": memory, "RLIMIT_CPU": seconds, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    for name, most in limits.items():
        with suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(getattr(resource, name), (most, most))
