"""Somebody takes their data along and leaves: everything of theirs goes but what the law keeps, and nothing brings it
back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.in_process import InProcess
from deploy.rebuild import rebuild
from services.accounts.domain.closing import GRACE
from shared.contracts import accounts as c
from shared.contracts import billing, matching, messaging, operations
from shared.platform import personal
from shared.platform.context import Actor
from shared.platform.errors import Conflict, Invalid, NotFound, Unauthenticated
from shared.platform.personal import Fate, Held
from shared.platform.run import provider_of
from shared.platform.service import now
from shared.platform.settings import ServiceSettings, load_settings
from tests.integration.test_rebuild import EVERYBODY, PASSWORD, hired
from tests.support.services import actor, running

OTHERS_MAILS = ("messaging", "mails")
"""What was sent to the other side: forgotten after 90 days, like every e-mail."""


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    prefix = "tleaving_"
    with running(EVERYBODY, amqp_uri, mongo_uri, prefix) as started:
        hired(started)
        yield started
        client = store(started, "accounts").client
        for name in EVERYBODY:
            client.drop_database(f"{prefix}{name}")


def store(world: InProcess, name: str) -> Any:
    return provider_of(world.containers[name]).database


class Person:
    """Somebody of `hired`, signed in."""

    def __init__(self, world: InProcess, name: str, *roles: str) -> None:
        self.world, self.name, self.email = world, name, f"{name}@example.com"
        self.sign_in()
        self.actor = actor(self.id, *roles)

    def sign_in(self) -> None:
        signed_in = self.world.call(c.SignIn, {"email": self.email, "password": PASSWORD})
        self.id, self.token = signed_in["account"]["id"], signed_in["token"]

    def asks_to_leave(self, typed: str = "") -> Any:
        request = {"token": self.token, "typed": typed or self.email}
        return self.world.call(c.RequestClosing, request, self.actor)

    def ties(self) -> set[str]:
        return {tie["kind"] for tie in self.world.call(c.GetClosing, {}, self.actor)["ties"]}

    def traces(self) -> dict[tuple[str, str], int]:
        """Documents that still name the person or hold their address, by service and collection."""
        found: dict[tuple[str, str], int] = {}
        for service in EVERYBODY:
            database = store(self.world, service)
            for kind in type(database).collections().values():
                rows = [str(row).casefold() for row in database.raw[kind.name].find()]
                if count := sum(self.name in row for row in rows):
                    found[service, kind.name] = count
        return found


def kept(world: InProcess) -> set[tuple[str, str]]:
    """Where the law keeps names, by the services' own tables; the history of those facts is in `events`."""
    places = {("matching", "events"), ("work", "events"), ("billing", "events")}
    for service in EVERYBODY:
        for kind in type(store(world, service)).collections().values():
            if isinstance(kind.personal, Held) and kind.personal.fate is Fate.KEPT:
                places.add((service, kind.name))
    return places


def test_all_that_is_held_is_taken_along_and_nothing_of_others(world: InProcess) -> None:
    clara, anna = Person(world, "clara", "client"), Person(world, "anna", "assistant")

    parts = {name: world.call(operations.export_account(name), {}, clara.actor) for name in EVERYBODY}
    held = {part["name"]: part["items"] for answer in parts.values() for part in answer["parts"] if part["items"]}

    assert {"accounts", "sessions", "briefs", "offers", "invoices", "timesheets", "notifications"} <= set(held)
    assert held["accounts"][0]["email"] == clara.email
    text = json.dumps(parts)
    assert "password_hash" not in text
    assert "token_hash" not in text
    assert anna.email not in text
    with pytest.raises(Unauthenticated):
        world.call(operations.export_account("accounts"), {})
    assert world.call(operations.export_account("accounts"), {}, actor("nobody"))["parts"][0]["items"] == []


def test_nobody_leaves_while_something_is_open(world: InProcess) -> None:
    clara, anna = Person(world, "clara", "client"), Person(world, "anna", "assistant")

    assert clara.ties() == anna.ties() == {"contract"}
    for person in (clara, anna):
        with pytest.raises(Conflict):
            person.asks_to_leave()


def settle_all(world: InProcess, clara: Actor, anna: Actor) -> None:
    [contract] = world.call(matching.ListContracts, {}, clara)["items"]
    if contract["state"] != "terminated":
        world.call(matching.TerminateContract, {"id": contract["id"], "reason": "We are done."}, clara)
    for invoice in world.call(billing.ListInvoices, {"kind": "invoice"}, anna)["items"]:
        if invoice["payment_state"] != "paid":
            paid = {"amount": invoice["total"], "received_on": now().date().isoformat()}
            world.call(billing.RecordPayment, {"invoice_id": invoice["id"], **paid}, anna)
    world.settle()


def test_a_change_of_mind_costs_nothing(world: InProcess) -> None:
    clara, anna = Person(world, "clara", "client"), Person(world, "anna", "assistant")
    settle_all(world, clara.actor, anna.actor)

    with pytest.raises(Invalid):
        clara.asks_to_leave("anna@example.com")
    assert clara.asks_to_leave(" Clara@Example.com ")["due_at"]
    first = store(world, "accounts").closings.get(clara.id)
    clara.asks_to_leave()  # a second time changes nothing
    assert store(world, "accounts").closings.get(clara.id) == first
    world.settle()
    [mail] = [mail for mail in store(world, "messaging").mails.find(to=clara.email) if "keep-account" in mail.text]
    link = mail.text.split("/keep-account/")[1].split()[0]
    world.call(c.KeepAccount, {"token": link})
    with pytest.raises(NotFound):
        world.call(c.KeepAccount, {"token": link})
    with pytest.raises(Conflict):
        world.call(c.CancelClosing, {}, clara.actor)
    world.advance(now() + GRACE + timedelta(days=1))

    assert Person(world, "clara", "client").id == clara.id


def test_who_leaves_is_forgotten_and_no_replay_brings_them_back(world: InProcess) -> None:
    clara, anna = Person(world, "clara", "client"), Person(world, "anna", "assistant")
    settle_all(world, clara.actor, anna.actor)
    settings = load_settings(ServiceSettings, world.environ)
    allowed = kept(world)
    talk = world.call(messaging.ListConversations, {}, anna.actor)["items"][0]["id"]
    world.call(messaging.PostMessage, {"conversation_id": talk, "body": "Clara was here"}, clara.actor)

    for person in (clara, anna):
        person.sign_in()
        person.asks_to_leave()
        if person is clara:
            put_off(world, person)
        world.advance(now() + GRACE + timedelta(minutes=1))
        with pytest.raises(Unauthenticated):
            world.call(c.CheckSession, {"token": person.token})
        with pytest.raises(Unauthenticated):
            person.sign_in()
        world.advance(now() + personal.AGAIN_AFTER + timedelta(minutes=1))
        world.settle()
        left = set(person.traces()) - allowed - ({OTHERS_MAILS} if person is clara else set())
        assert left == set(), person.traces()

        for reader, publisher in (("messaging", "accounts"), ("matching", "accounts"), ("matching", "requests")):
            rebuild(reader, publisher, settings)
        world.settle()
        assert set(person.traces()) - allowed - {OTHERS_MAILS} == set()

    assert ("billing", "invoices") in clara.traces()
    assert ("matching", "contracts") in anna.traces()
    for service in ("matching", "work", "billing"):
        database = store(world, service)
        with database.begin() as tx:
            for person in (clara, anna):
                personal.end_keeping(tx, person.id)
    assert set(clara.traces()) | set(anna.traces()) <= {OTHERS_MAILS}

    fresh = {"email": clara.email, "password": PASSWORD, "name": "New", "roles": ["client"], "locale": "en"}
    assert world.call(c.SignUp, {**fresh, "time_zone": "UTC"})["account"]["id"] != clara.id
    assert all(world.status(name)["dead_letters"] == 0 for name in EVERYBODY)


def put_off(world: InProcess, person: Person) -> None:
    """An invoice of the last moment puts the end off for as long as it is open."""
    ties = store(world, "accounts").invoice_ties.raw
    tie = ties.find_one({"sides": person.id})
    ties.update_one({"_id": tie["_id"]}, {"$set": {"open": True}})
    world.advance(now() + GRACE + timedelta(minutes=1))
    assert world.call(c.CheckSession, {"token": person.token})
    ties.update_one({"_id": tie["_id"]}, {"$set": {"open": False}})
