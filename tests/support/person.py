"""A person who uses Dextra through its API, and repeats what got no answer, with the same idempotency key.

Shared by the fault run, the compose test and the API's integration test.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

Json = dict[str, Any]
PASSWORD = "a long enough password"


class Refused(Exception):
    """The API said no, and repeating would not help: a conflict, wrong input."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('detail') or problem}")
        self.status = status
        self.problem = problem


class GaveUp(Exception):
    """No answer in the time that a patient person waits."""


class Person:
    """One account at `base_url`. `counts` gathers what was asked, repeated and refused."""

    def __init__(
        self, base_url: str, counts: Counter[str] | None = None, patience: float = 60.0, doubt: float = 0.0
    ) -> None:
        """`patience`: seconds for one answer. `doubt`: the share of answers that are asked for again with the same key,
        to see whether they stay the same."""
        self.client = httpx.Client(base_url=f"{base_url}/api/v1", timeout=15.0)
        self.counts = counts if counts is not None else Counter()
        self.patience = patience
        self.doubt = doubt
        self.account: Json = {}
        self.email = ""
        self._lock = threading.Lock()

    def close(self) -> None:
        self.client.close()

    # -- asking --------------------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, body: Json | None = None, *, key: str = "", **query: Any) -> Any:
        """The answer's JSON. Repeats what failed on the way (no answer, 429, 5xx). Raises Refused or GaveUp."""
        key = "" if method == "GET" else key or secrets.token_hex(16)
        answer = self._ask(method, path, body, key, query)
        if key and random.random() < self.doubt:
            self._count("asked again with the same key")
            try:
                again = self._ask(method, path, body, key, query)
            except Refused as refused:
                again = str(refused)
            if again != answer:
                self._count("another answer to the same key")
                print(f"{method} {path}: {answer}, then {again}", flush=True)
        return answer

    def _ask(self, method: str, path: str, body: Json | None, key: str, query: Json) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        deadline = time.monotonic() + self.patience
        pause = 0.1
        while True:
            self._count("requests")
            try:
                answer = self.client.request(method, path, json=body, params=query or None, headers=headers)
            except httpx.HTTPError as error:
                last = type(error).__name__
            else:
                if answer.status_code < 400:
                    return answer.json() if answer.content else None
                if answer.status_code not in (429, 500, 502, 503, 504):
                    raise Refused(answer.status_code, answer.json() if answer.content else {})
                last = str(answer.status_code)
                if answer.status_code == 500:
                    self._count("internal errors")
            if time.monotonic() > deadline:
                raise GaveUp(f"{method} {path}: {last}")
            self._count("repeated")
            time.sleep(pause * random.uniform(0.7, 1.3))
            pause = min(pause * 1.7, 2.0)

    def wait_for(self, what: str, get: Callable[[], Any], seconds: float | None = None) -> Any:
        """Asks until `get` gives something true. Raises GaveUp."""
        deadline = time.monotonic() + (seconds or self.patience)
        while True:
            try:
                found = get()
            except Refused as refused:
                if refused.status != 404:
                    raise
                found = None
            if found:
                return found
            if time.monotonic() > deadline:
                raise GaveUp(what)
            time.sleep(0.1)

    def _count(self, name: str) -> None:
        with self._lock:
            self.counts[name] += 1

    # -- what people do ------------------------------------------------------------------------------------------

    def sign_up(self, name: str, role: str, confirm: Callable[[str], str]) -> Person:
        """A new account, its address confirmed with the token that `confirm(address)` finds."""
        self.email = f"{name.lower().replace(' ', '.')}.{secrets.token_hex(4)}@dextra.example"
        try:
            signed_in = self.ask(
                "POST", "/accounts", {"email": self.email, "password": PASSWORD, "name": name, "roles": [role]}
            )
        except Refused:  # the first try came through, its answer did not
            signed_in = self.ask("POST", "/sessions", {"email": self.email, "password": PASSWORD})
        self.client.headers["Authorization"] = f"Bearer {signed_in['token']}"
        self.account = signed_in["account"]
        self.ask("POST", "/accounts/confirm", {"token": confirm(self.email)})
        return self

    def publish_profile(self, weekly_hours: int = 40, rate: int = 3000) -> Json:
        profile = {
            "display_name": self.account["name"],
            "headline": "Calm inboxes and calendars that hold",
            "level": "executive",
            "services": ["calendar", "correspondence"],
            "skills": [{"code": "calendar.management", "level": 4}, {"code": "mail.inbox", "level": 3}],
            "languages": [{"code": "en", "cefr": "C1"}, {"code": "it", "cefr": "C2"}],
            "time_zone": "Europe/Rome",
            "working_hours": [
                {"day": day, "start": "08:00", "end": "19:00"} for day in ("mon", "tue", "wed", "thu", "fri")
            ],
            "capacity_minutes": weekly_hours * 60,
            "hourly_rate": {"amount": rate, "currency": "EUR"},
            "retainer": {"fee": {"amount": 90000, "currency": "EUR"}, "included_minutes": 2400},
        }
        self.ask("PUT", "/profile", profile)
        published: Json = self.wait_for("the address counts as confirmed", self._publish)
        return published

    def _publish(self) -> Json | None:
        try:
            answer: Json = self.ask("POST", "/profile/publish")
        except Refused as refused:
            if refused.status == 409:  # the confirmation is still on its way to the profiles
                return None
            raise
        return answer

    def publish_brief(self, weekly_hours: int = 10, engagement: str = "hourly", budget: int = 4500) -> Json:
        today = datetime.now(UTC).date()
        brief = self.ask(
            "POST",
            "/briefs",
            {
                "title": "A right hand for a small studio",
                "text": "Calendar and mail, mornings.",
                "level": "executive",
                "services": ["calendar"],
                "required_skills": [{"code": "calendar.management", "level": 3}],
                "languages": [{"code": "en", "cefr": "B2"}],
                "engagement": engagement,
                "weekly_minutes": weekly_hours * 60,
                "budget": {"amount": budget, "currency": "EUR"},
                "time_zone": "Europe/Rome",
                "start_on": today.isoformat(),
            },
        )

        def publish() -> Json | None:
            try:
                answer: Json = self.ask("POST", f"/briefs/{brief['id']}/publish")
            except Refused as refused:
                if refused.status == 409:
                    current: Json = self.ask("GET", f"/briefs/{brief['id']}")
                    return current if current["state"] == "open" else None
                raise
            return answer

        published: Json = self.wait_for("the brief is open", publish)
        return published

    def matches(self, brief: Json) -> list[Json]:
        answer = self.ask("GET", f"/briefs/{brief['id']}/matches", at_least_version=brief["version"])
        found: list[Json] = answer["matches"]
        return found

    def offer(self, brief: Json, assistant_id: str, weekly_hours: int = 10, rate: int = 3000) -> Json:
        terms = {
            "engagement": brief["engagement"],
            "rate": {"amount": rate, "currency": "EUR"},
            "weekly_minutes": weekly_hours * 60,
            "included_minutes": 2400 if brief["engagement"] == "retainer" else 0,
            "start_on": brief["start_on"],
        }

        def send() -> Json | None:
            try:
                answer: Json = self.ask(
                    "POST",
                    "/offers",
                    {"brief_id": brief["id"], "assistant_id": assistant_id, "terms": terms, "message": "Shall we?"},
                )
            except Refused as refused:
                if refused.status == 404:  # brief or profile still on its way to matching
                    return None
                raise
            return answer

        sent: Json = self.wait_for("the offer is sent", send)
        return sent

    def accept(self, offer: Json) -> Json:
        contract: Json = self.ask("POST", f"/offers/{offer['id']}/accept")
        return contract

    def log_time(self, contract: Json, start: datetime, minutes: int) -> Json:
        entry: Json = self.ask(
            "POST",
            "/time-entries",
            {
                "contract_id": contract["id"],
                "started_at": start.isoformat(),
                "ended_at": (start + timedelta(minutes=minutes)).isoformat(),
                "memo": "Inbox and calendar",
            },
        )
        return entry

    def submit(self, timesheet_id: str) -> Json:
        sheet: Json = self.ask("POST", f"/timesheets/{timesheet_id}/submit")
        return sheet

    def approve(self, timesheet_id: str) -> Json:
        sheet: Json = self.ask("POST", f"/timesheets/{timesheet_id}/approve")
        return sheet

    def invoices(self, contract: Json) -> list[Json]:
        answer = self.ask("GET", "/invoices", contract_id=contract["id"])
        found: list[Json] = answer["items"]
        return found
