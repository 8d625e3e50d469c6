"""Work on bytes of strangers in a process of its own: with a limit of time and memory, and without our secrets.

A file made to harm (a bomb, a loop, a hole in a decoder) ends that process and nothing else; other calls go on while it
works. The child reads standard input and writes standard output; `limit` is its first line.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ChildFailed(Exception):
    """It ended without an answer: killed by a limit, or broken by what it read."""


def run_child(module: str, data: bytes, *, seconds: float) -> bytes:
    """What `python -m module` writes when it reads `data`. Raises ChildFailed."""
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
    try:
        answer: bytes = child.communicate(data, timeout=seconds)[0]
    except subprocess.TimeoutExpired as error:
        raise ChildFailed("no answer in time") from error
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if child.returncode != 0:
        raise ChildFailed(f"ended with {child.returncode}")
    return answer


def limit(*, memory: int, seconds: int) -> None:
    """For the child: how much memory (bytes) and processor time it may use; it may write no files."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
