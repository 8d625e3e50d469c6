"""The local run with demo data, for tests and pictures: made once for all parts of a test run, copied for each."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.processes import free_port

ROOT = Path(__file__).resolve().parents[2]
SHARED = "DEMO_DATA_FOLDER"
"""Names the folder that the parts of one test run share (tests/run.py sets it)."""
START_SECONDS = 300
STOP_SECONDS = 30


@contextmanager
def marketplace(folder: Path) -> Iterator[str]:
    """A local run on data of this folder; its address."""
    port = free_port()
    environ = {**os.environ, "PORT": str(port), "DATA_DIR": str(folder)}
    child = subprocess.Popen([sys.executable, "-m", "deploy.local"], cwd=ROOT, env=environ)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 - our own
                break
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The local run did not start.")
            time.sleep(0.3)
        yield address
    finally:
        child.terminate()
        child.wait(STOP_SECONDS)


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """A marketplace with fresh demo data in `folder`; copied, where another part of this test run has made them."""
    shared = os.environ.get(SHARED)
    if shared:
        shutil.copytree(_made(Path(shared)), folder, dirs_exist_ok=True)
    with marketplace(folder) as address:
        yield address


def _made(shared: Path) -> Path:
    """The shared data; whoever comes first makes them, and the others wait."""
    data = shared / "data"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "made").exists():
            shutil.rmtree(data, ignore_errors=True)
            with marketplace(data):
                pass
            (shared / "made").touch()
    return data
