"""Dextra deployed on this machine for a test: a process a service, gunicorn before them, a real broker and a real
database.

What a test breaks, it breaks from outside, as a machine would: `kill -9`, restarts.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.database import DatabaseProcess
from deploy.processes import ChildProcess, free_port
from deploy.services import SERVICES
from tests.support import broker as brokers

PREFIX = "dextra_"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class Cluster:
    """`replicas` says how many processes a service has (one where nothing is said)."""

    def __init__(self, replicas: dict[str, int] | None = None, web_workers: int = 2, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dextra-cluster-"))
        self.broker = brokers.own_broker()
        self.database = DatabaseProcess(self.folder / "database")
        self.port = free_port()
        self.base_url = f"http://localhost:{self.port}"
        """By name: browsers keep passkeys for names only."""
        self.settings = settings
        self.replicas = replicas or {}
        self.web_workers = web_workers
        self.services: dict[str, ChildProcess] = {}
        self.gateway: ChildProcess | None = None

    def start(self) -> None:
        self.broker.start()
        self.database.start()
        environ = self._environ()
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "deploy.topology"], env=environ, check=True, capture_output=True
        )
        for name in SERVICES:
            for number in range(self.replicas.get(name, 1)):
                self.services[f"{name}.{number}"] = self._service(name, f"{name}.{number}", environ)
        for child in self.services.values():
            child._ready = lambda: True  # started side by side; readiness is asked below
            child.start()
        self.gateway = self._gateway(environ)
        self.gateway.start()
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not _answers(f"{self.base_url}/healthz"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not ready; logs are in {self.folder}")
            time.sleep(0.2)

    def stop(self) -> None:
        if self.gateway is not None:
            self.gateway.kill()  # and its workers with it
        for child in self.services.values():
            child.kill()
        self.broker.remove()
        self.database.kill()

    def revive(self) -> list[str]:
        """Starts what ended by itself, as a container's restart policy would; gives the names."""
        ended = [name for name, child in self.services.items() if not child.running]
        for name in ended:
            self.services[name].start()
        if self.gateway is not None and not self.gateway.running:
            ended.append("gateway")
            self.gateway.start()
        return ended

    # -- breaking things -----------------------------------------------------------------------------------------

    def kill_service(self, name: str) -> None:
        """`kill -9`, and a new process at once, as a container's restart policy would."""
        self.services[name].kill()
        self.services[name].start()

    def kill_gateway_worker(self) -> bool:
        """`kill -9` of one worker; gunicorn's master makes a new one."""
        if self.gateway is None or self.gateway.pid is None:
            return False
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.gateway.pid)], capture_output=True, text=True, check=False
        )
        workers = [int(line) for line in listed.stdout.split()]
        if not workers:
            return False
        with suppress(ProcessLookupError):
            os.kill(secrets.choice(workers), signal.SIGKILL)
        return True

    def restart_broker(self) -> None:
        self.broker.kill()
        self.broker.start()

    def restart_database(self) -> None:
        self.database.kill()
        self.database.start()

    # -- looking inside ------------------------------------------------------------------------------------------

    def databases(self) -> dict[str, Any]:
        client: MongoClient[dict[str, Any]] = MongoClient(self.database.uri, tz_aware=True)
        return {name: client[f"{PREFIX}{name}"] for name in SERVICES}

    def confirmation_token(self, email: str, seconds: float = 60) -> str:
        """The token in the confirmation e-mail to the address: read from the mailbox of kept e-mails."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(Exception):
                mail = self.databases()["messaging"]["mails"].find_one({"to": email, "text": {"$regex": "/confirm/"}})
                if mail:
                    return str(mail["text"].split("/confirm/")[1].split()[0].strip(".,)>\"'"))
            time.sleep(0.1)
        raise RuntimeError("no confirmation e-mail arrived")

    # -- processes -----------------------------------------------------------------------------------------------

    def _environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "AMQP_URI": self.broker.uri,
            "MONGO_URI": self.database.uri,
            "DATABASE_PREFIX": PREFIX,
            "LOG_LEVEL": "WARNING",
            "SECRET_KEY": secrets.token_hex(24),
            "SEALING_KEYS": secrets.token_hex(24),
            "PUBLIC_URL": self.base_url,
            "COOKIE_SECURE": "0",
            "MAILBOX": "1",
            "RATE_LIMITS": "0",
            "WEB_WORKERS": str(self.web_workers),
            "PYTHONWARNINGS": "ignore",
            "TIMER_POLL_SECONDS": "0.5",
            **self.settings,
        }

    def _service(self, name: str, label: str, environ: dict[str, str]) -> ChildProcess:
        port = free_port()
        return ChildProcess(
            [sys.executable, "-m", "shared.platform.run", SERVICES[name]],
            log=self.folder / f"{label}.log",
            ready=lambda: _answers(f"http://127.0.0.1:{port}/livez"),
            env={**environ, "HEALTH_PORT": str(port)},
        )

    def _gateway(self, environ: dict[str, str]) -> ChildProcess:
        command = [
            *(sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"),
            *("--bind", f"127.0.0.1:{self.port}", "gateway.app:create_app()"),
        ]
        return ChildProcess(
            command, log=self.folder / "gateway.log", ready=lambda: _answers(f"{self.base_url}/livez"), env=environ
        )
