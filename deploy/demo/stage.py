"""Where the demo's stories are played: who acts, what time it is, and whose turn is next.

A story is a generator that yields the instants (UTC) at which it goes on. What lies after the present is left out.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Generator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deploy.demo.people import CLIENTS, PASSWORD, SIGNING_IN, Person
from deploy.in_process import InProcess
from shared.contracts import accounts, messaging
from shared.platform.context import Actor
from shared.platform.contract import Call

Json = dict[str, Any]
Story = Generator[datetime, None, None]

ASSISTANT = frozenset({"assistant"})
SYSTEM = Actor.system("demo")
OPERATOR = Actor(account_id="system:demo", roles=frozenset({"operator"}))


class Stage:
    """`ends_at` is the present: the last instant of all stories."""

    def __init__(self, world: InProcess, ends_at: datetime, seed: int = 7) -> None:
        self.world = world
        self.ends_at = ends_at
        self.rng = random.Random(seed)  # noqa: S311 - the same story every time
        self.at = ends_at
        self.people: dict[str, Person] = {person.key: person for person in (*SIGNING_IN, *CLIENTS)}
        self.ids: dict[str, str] = {}
        self.hired: set[str] = set()
        self._turns: list[tuple[datetime, int, Story]] = []
        self._numbers = itertools.count()

    # -- turns ---------------------------------------------------------------------------------------------------

    def begin(self, story: Story) -> None:
        """Runs a story up to its first instant; `play` does the rest."""
        self._go_on(story)

    def play(self) -> None:
        """All stories, each step when its instant has come."""
        while self._turns:
            at, _, story = heapq.heappop(self._turns)
            self.world.settle()
            if at > self.at:
                self.world.advance(at)
                self.at = at
            self._go_on(story)
        self.world.settle()
        self.world.advance(self.ends_at)

    def _go_on(self, story: Story) -> None:
        try:
            at = next(story)
        except StopIteration:
            return
        if at <= self.ends_at:
            heapq.heappush(self._turns, (max(at, self.at), next(self._numbers), story))

    def start_at(self, at: datetime) -> None:
        self.at = at
        self.world.advance(at)

    # -- time ----------------------------------------------------------------------------------------------------

    def ago(self, days: float, clock: str = "08:30") -> datetime:
        """So many days before the present, on a working day, at this hour UTC."""
        day = (self.ends_at - timedelta(days=days)).date()
        day -= timedelta(days=max(day.weekday() - 4, 0))
        return datetime.combine(day, time.fromisoformat(clock), UTC)

    def recently(self, hours: float) -> datetime:
        return self.ends_at - timedelta(hours=hours)

    def later(self, hours: float) -> datetime:
        """So many hours from this moment; in the night it becomes the next morning."""
        at = self.at + timedelta(hours=hours)
        return at if 6 <= at.hour < 19 else (at + timedelta(hours=12))

    def local(self, day: date, clock: str, zone: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)

    # -- acting --------------------------------------------------------------------------------------------------

    def do(self, contract: Call, payload: Mapping[str, Any] | None, actor: Actor) -> Any:
        """A command or query of one of the services, as `actor`."""
        return self.world.call(contract, payload, actor, timeout=120)

    def actor(self, key: str) -> Actor:
        """Somebody by the stories' name of them."""
        return Actor(account_id=self.ids[key], roles=frozenset(self.people[key].roles))

    # -- people --------------------------------------------------------------------------------------------------

    def welcome(self) -> None:
        """Those who can sign in, by the front door; the other clients by import."""
        for person in SIGNING_IN:
            signed_in = self.do(
                accounts.SignUp,
                {
                    "email": person.email,
                    "password": PASSWORD,
                    "name": person.name,
                    "roles": list(person.roles),
                    "locale": person.locale,
                    "time_zone": person.time_zone,
                    "user_agent": "Firefox",
                },
                Actor(),
            )
            self.ids[person.key] = signed_in["account"]["id"]
        self.world.settle()
        for person in SIGNING_IN:
            self.do(accounts.ConfirmEmail, {"token": self._confirmation_token(person)}, Actor())
        rows = [
            {"email": p.email, "name": p.name, "roles": ["client"], "locale": p.locale, "time_zone": p.time_zone}
            for p in CLIENTS
        ]
        ids = self.do(accounts.ImportAccounts, {"accounts": rows}, SYSTEM)["ids"]
        self.ids |= dict(zip((person.key for person in CLIENTS), ids, strict=True))
        self.world.settle()

    def _confirmation_token(self, person: Person) -> str:
        mails = self.do(messaging.ListMails, {"to": person.email, "limit": 5}, SYSTEM)["items"]
        text = next(mail["text"] for mail in mails if "/confirm/" in mail["text"])
        return str(text.split("/confirm/")[1].split()[0])


__all__ = ["ASSISTANT", "OPERATOR", "SYSTEM", "Json", "Stage", "Story"]
