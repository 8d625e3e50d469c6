"""`make run` as a child process: it says where it is, keeps its data, stops when asked, and says what is wrong."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.processes import free_port

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = {
    "email": "clara@example.com",
    "password": "four plain words here",
    "name": "Clara",
    "roles": ["client"],
    "locale": "en",
    "time_zone": "Europe/Rome",
}


def start(folder: Path, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.local"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder), "DEMO": "0", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address, once it is ready; afterwards it is stopped as by Ctrl-C."""
    port = free_port()
    child = start(folder, PORT=str(port))
    address = f"http://127.0.0.1:{port}"
    assert child.stdout is not None
    try:
        said = []
        for line in child.stdout:
            said.append(line)
            if "is ready" in line:
                assert f"http://localhost:{port}" in line
                break
        else:
            pytest.fail("".join(said))
        yield address
    finally:
        child.send_signal(signal.SIGINT)
        rest = child.stdout.read()
        assert child.wait(20) == 0
    assert "Stopped." in rest
    assert not children_of(folder), "something still runs"


def children_of(folder: Path) -> list[str]:
    """Command lines of processes that use the folder."""
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if str(folder) in line]


def ask(url: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)


def test_it_starts_keeps_what_was_done_and_stops(tmp_path: Path) -> None:
    with running(tmp_path) as address:
        assert ask(f"{address}/healthz")["status"] == "ready"
        assert ask(f"{address}/api/v1/accounts", ACCOUNT)["account"]["email"] == ACCOUNT["email"]
    with running(tmp_path) as address:
        sign_in = {"email": ACCOUNT["email"], "password": ACCOUNT["password"]}
        assert ask(f"{address}/api/v1/sessions", sign_in)["account"]["name"] == "Clara"


def test_a_taken_port_is_said_so(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said, _ = start(tmp_path, PORT=str(port)).communicate(timeout=60)

    assert f"Port {port} is taken by another program" in said
    assert "Traceback" not in said
    assert not children_of(tmp_path)


@pytest.mark.parametrize(("name", "value", "sentence"), [("PORT", "eighty", "PORT must be a number")])
def test_a_wrong_setting_is_said_so(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    child = start(tmp_path, **{name: value})
    said, _ = child.communicate(timeout=60)

    assert sentence in said
    assert "Traceback" not in said
    assert child.returncode != 0
