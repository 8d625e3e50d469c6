"""Builds the images, starts docker-compose.yml, hires once through it, restarts every container, hires again, stops.

`make compose-test`. Works with `docker compose` and with docker-compose 1.29. Ends with a line of JSON; exit code 1 on
failure.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.processes import free_port
from tests.support.person import Person

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("accounts", "profiles", "requests", "matching", "work", "billing", "messaging", "gateway")


class Compose:
    """docker-compose.yml under a project name and secrets of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": f"dextra{secrets.token_hex(3)}",
            "DEXTRA_VERSION": "compose-test",
            "PUBLIC_URL": self.base_url,
            "SECRET_KEY": secrets.token_hex(24),
            "SEALING_KEYS": secrets.token_hex(24),
            "RABBITMQ_USER": "dextra",
            "RABBITMQ_PASSWORD": secrets.token_hex(12),
            "HTTP_PORT": str(self.port),
            "COOKIE_SECURE": "0",
            "MAILBOX": "1",
            "LOG_LEVEL": "WARNING",
        }
        self.command = self._find()

    @staticmethod
    def _find() -> list[str]:
        if shutil.which("docker"):
            v2 = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
            if v2.returncode == 0:
                return ["docker", "compose"]
        if shutil.which("docker-compose"):
            return ["docker-compose"]
        sys.exit("This test needs Docker with Compose (docker compose, or docker-compose 1.29 or later).")

    def __call__(self, *arguments: str, quiet: bool = True) -> str:
        done = subprocess.run(
            [*self.command, *arguments], cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stdout[-4000:], done.stderr[-4000:], sep="\n", flush=True)
            raise RuntimeError(f"compose {' '.join(arguments)} failed")
        return done.stdout

    def bring(self, *arguments: str) -> None:
        """Runs the command and waits until everything answers."""
        self(*arguments)
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 180) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.base_url}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(1)
        raise RuntimeError("not ready in time")

    def confirmation_token(self, email: str) -> str:
        """From the mailbox pages, which this deployment has switched on."""
        for _ in range(120):
            found = httpx.get(f"{self.base_url}/mailbox", params={"to": email}, timeout=15)
            for path in dict.fromkeys(re.findall(r'href="(/mailbox/[^"/?]+)"', found.text)):
                token = re.search(r"/confirm/([A-Za-z0-9_\-]+)", httpx.get(f"{self.base_url}{path}", timeout=15).text)
                if token:
                    return token.group(1)
            time.sleep(0.5)
        raise RuntimeError("no confirmation e-mail arrived")


def hire_once(compose: Compose) -> dict[str, Any]:
    """The whole path: sign up, brief, matches, offer, contract, time, approval, invoice. Gives the invoice."""
    assistant = Person(compose.base_url).sign_up("Anna Conte", "assistant", compose.confirmation_token)
    assistant.publish_profile()
    client = Person(compose.base_url).sign_up("Marco Riva", "client", compose.confirmation_token)
    brief = client.publish_brief()
    client.wait_for(
        "she is in the list",
        lambda: any(m["assistant"]["assistant_id"] == assistant.account["id"] for m in client.matches(brief)),
    )
    contract = assistant.accept(client.offer(brief, assistant.account["id"]))
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=2)
    midnight = start.replace(hour=0, minute=0)
    entry = assistant.wait_for("time is logged", lambda: assistant.log_time(contract, max(start, midnight), 1))
    assistant.submit(entry["timesheet_id"])
    client.approve(entry["timesheet_id"])
    invoice: dict[str, Any] = client.wait_for("the invoice is there", lambda: client.invoices(contract))[0]
    assert invoice["total"] == {"amount": 50, "currency": "EUR"}, invoice
    return invoice


def main() -> int:
    compose = Compose()
    figures: dict[str, Any] = {}

    def step(name: str, work: Any) -> Any:
        started = time.monotonic()
        result = work()
        figures[name] = round(time.monotonic() - started, 1)
        print(f"{name:44}{figures[name]:>8} s", flush=True)
        return result

    try:
        step("images built", lambda: compose("build"))
        step("started", lambda: compose.bring("up", "-d"))
        step("hired once", lambda: hire_once(compose))
        for name in ("rabbitmq", "mongo", *SERVICES):
            step(f"{name} restarted", lambda name=name: compose.bring("restart", name))
        step("hired again", lambda: hire_once(compose))
        step("matching scaled to 3", lambda: compose.bring("up", "-d", "--scale", "matching=3"))
        step("hired with three", lambda: hire_once(compose))
        figures["passed"] = True
    except Exception as error:  # noqa: BLE001 - whatever it was, the containers must go
        figures["passed"] = False
        figures["error"] = str(error)
        print(compose("logs", "--tail", "60"), flush=True)
    finally:
        step("stopped", lambda: compose("down", "--volumes", "--timeout", "12"))
    print(json.dumps(figures))
    return 0 if figures["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
