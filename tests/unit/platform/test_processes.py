"""Child processes: what is killed takes its own children with it, and can be started again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from deploy.processes import ChildProcess, StartFailed


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


def test_a_killed_child_takes_its_children_with_it_and_starts_again(tmp_path: Path) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("reads /proc")
    noted = tmp_path / "pid"
    child = ChildProcess(
        ["sh", "-c", f"sleep 60 & echo $! > {noted}.new; mv {noted}.new {noted}; wait"],
        log=tmp_path / "log",
        ready=noted.exists,
    )

    child.start()
    grandchild = int(noted.read_text())
    child.kill()
    deadline = time.monotonic() + 10
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not alive(grandchild)
    assert not child.running
    noted.unlink()
    child.start()
    assert child.running
    child.kill()


def test_a_child_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    child = ChildProcess(["sh", "-c", "echo no such thing; exit 3"], log=tmp_path / "log", ready=lambda: False)

    with pytest.raises(StartFailed, match="no such thing"):
        child.start()
