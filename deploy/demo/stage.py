"""Where the demo's stories are played: who acts, what time it is, and whose turn is next.

A story is a generator that yields the instants (UTC) at which it goes on. What lies after the present is left out.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Generator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from eventlet import GreenPile

from deploy.demo.delivery import Delivery
from deploy.demo.people import CLIENTS, COLLEAGUES, COMPANIES, PASSWORD, SIGNING_IN, Person
from deploy.in_process import InProcess
from shared.contracts import accounts, companies, messaging
from shared.platform.context import Actor
from shared.platform.contract import Call

Json = dict[str, Any]
Story = Generator[datetime, None, None]

ASSISTANT = frozenset({"assistant"})
SYSTEM = Actor.system("demo")
OPERATOR = Actor(account_id="system:demo", roles=frozenset({"operator"}))


class Stage:
    """`ends_at` is the present: the last instant of all stories."""

    def __init__(self, world: InProcess, delivery: Delivery, ends_at: datetime) -> None:
        self.world = world
        self.delivery = delivery
        self.ends_at = ends_at
        self.at = ends_at
        self.people: dict[str, Person] = {person.key: person for person in (*SIGNING_IN, *CLIENTS)}
        self.ids: dict[str, str] = {}
        self.hired: set[str] = set()
        """Names, and first names: two of the same name in one list would look like a mistake."""
        self._turns: list[tuple[datetime, int, Story]] = []
        self._numbers = itertools.count()

    # -- turns ---------------------------------------------------------------------------------------------------

    def begin(self, story: Story) -> None:
        """Runs a story up to its first instant; `play` does the rest."""
        self._go_on(story)

    def play(self) -> None:
        """All stories, each step when its instant has come; steps of the same instant go on side by side."""
        while self._turns:
            at = self._turns[0][0]
            self.world.settle()
            if at > self.at:
                self.world.advance(at)
                self.at = at
            side_by_side = GreenPile()
            while self._turns and self._turns[0][0] == at:
                side_by_side.spawn(self._go_on, heapq.heappop(self._turns)[-1])
            list(side_by_side)
        self.world.settle()
        self.world.advance(self.ends_at)

    def _go_on(self, story: Story) -> None:
        try:
            at = next(story)
        except StopIteration:
            return
        if at <= self.ends_at:
            at = max(min(_quarter(at), self.ends_at), self.at)
            heapq.heappush(self._turns, (at, next(self._numbers), story))

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
        """So many hours before the present; what would be a night or a weekend becomes the working day before."""
        at = self.ends_at - timedelta(hours=hours)
        if at.hour < 7:
            at = (at - timedelta(days=1)).replace(hour=16)
        if at.weekday() > 4:
            at = (at - timedelta(days=at.weekday() - 4)).replace(hour=15)
        return at.replace(hour=min(at.hour, 16))

    def later(self, hours: float) -> datetime:
        """So many hours from this moment; in the night it becomes the next morning."""
        at = self.at + timedelta(hours=hours)
        return at if 6 <= at.hour < 19 else (at + timedelta(hours=12))

    def local(self, day: date, clock: str, zone: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)

    # -- acting --------------------------------------------------------------------------------------------------

    def do(self, contract: Call, payload: Mapping[str, Any] | None, actor: Actor) -> Any:
        """A command or query of one of the services, as `actor`."""
        if contract.service == messaging.SERVICE:
            self.delivery.catch_up()
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
            self.do(accounts.ConfirmEmail, {"token": self._token_of(person, "/confirm/")}, Actor())
        rows = [
            {"email": p.email, "name": p.name, "roles": ["client"], "locale": p.locale, "time_zone": p.time_zone}
            for p in CLIENTS
        ]
        ids = self.do(accounts.ImportAccounts, {"accounts": rows}, SYSTEM)["ids"]
        self.ids |= dict(zip((person.key for person in CLIENTS), ids, strict=True))
        self._found_companies()
        self.world.settle()

    def _found_companies(self) -> None:
        for key, company in COMPANIES.items():
            self.do(companies.SaveCompany, {**company, "version": 0}, self.actor(key))
        for owner, colleague, role in COLLEAGUES:
            invited = {"email": self.people[colleague].email, "role": role}
            self.do(companies.InviteColleague, invited, self.actor(owner))
            self.world.settle()
            token = self._token_of(self.people[colleague], "/join/")
            self.do(companies.AcceptInvitation, {"token": token}, self.actor(colleague))

    def _token_of(self, person: Person, page: str) -> str:
        """The secret of the link to `page` that was mailed to them."""
        mails = self.do(messaging.ListMails, {"to": person.email, "limit": 5}, SYSTEM)["items"]
        text = next(mail["text"] for mail in mails if page in mail["text"])
        return str(text.split(page)[1].split()[0])


def _quarter(at: datetime) -> datetime:
    """The next of four instants of an hour: stories that go on together cost less."""
    start = at.replace(minute=7, second=0, microsecond=0)
    return next(each for each in (start + timedelta(minutes=15 * number) for number in range(5)) if each >= at)


__all__ = ["ASSISTANT", "OPERATOR", "SYSTEM", "Json", "Stage", "Story"]
