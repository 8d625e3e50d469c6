"""Child processes of a local run or a test: started, waited for, stopped, killed and started again in the same place.

A child must not outlive its parent, however that ends: on Linux the kernel sends it a signal when the parent dies;
elsewhere an exit handler does what it can. Each child leads its own session, so that Ctrl-C in a terminal reaches the
parent alone, which then stops its children in the right order.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class StartFailed(RuntimeError):
    """A child ended, or was not ready in time; the message holds the end of its log."""


class ChildProcess:
    """One program and its log file. Call `start` from a thread that lives as long as the child shall: on Linux the
    kernel counts the end of that thread as the parent's death."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        start_timeout: float = 60.0,
        stop_timeout: float = 20.0,
        orphaned: signal.Signals = signal.SIGTERM,
    ) -> None:
        """`orphaned`: what the child is sent when its parent dies."""
        self._command = list(command)
        self._log = log
        self._ready = ready
        self._env = dict(env) if env is not None else None
        self._start_timeout = start_timeout
        self._stop_timeout = stop_timeout
        self._orphaned = orphaned
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Returns when the child answers; raises StartFailed otherwise."""
        if self.running:
            return
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent(os.getpid(), self._orphaned),  # noqa: PLW1509 - one prctl call, which takes no lock
            )
        atexit.register(self.kill)
        deadline = time.monotonic() + self._start_timeout
        while not self._ready():
            if not self.running or time.monotonic() > deadline:
                self.kill()
                raise StartFailed(f"{self._command[0]} did not start: {self._log_end()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Asks the child to end and waits; kills it when it takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(self._stop_timeout)
        except subprocess.TimeoutExpired:
            self._kill_group()
        self._forget()

    def kill(self) -> None:
        """Ends the child and its own children at once and without warning, as a crash would."""
        if self._process is None:
            return
        self._kill_group()
        self._forget()

    def pause(self) -> None:
        """Freezes the child: it keeps its connections and answers nothing, as an overloaded or unreachable server
        would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def _kill_group(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # it leads its session, hence a group of its name

    def _forget(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None
            atexit.unregister(self.kill)

    def _log_end(self) -> str:
        with contextlib.suppress(OSError):
            return self._log.read_text(errors="replace")[-2000:].strip() or "it wrote nothing."
        return "it has no log."


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_parent(parent: int, orphaned: signal.Signals) -> Callable[[], None]:
    """What the child does between fork and exec. The parent may have died in that moment: then the child ends
    itself."""

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, orphaned)
            if os.getppid() != parent:
                os._exit(1)

    return prepare
