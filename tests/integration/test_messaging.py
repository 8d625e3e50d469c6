"""Messaging on a real broker and database: conversations, who is told of what, and e-mails on their way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from services.messaging.domain.mail import LEASE, WAITS
from shared.contracts import accounts, operations
from shared.contracts import messaging as c
from shared.platform.clock import to_millis, utc_now
from shared.platform.context import Actor, Context
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from shared.platform.ids import new_id
from shared.platform.outbox import Publisher
from shared.platform.run import make_container, provider_of
from shared.platform.service import set_clock
from tests.integration.test_profiles_and_requests import PROFILE
from tests.support.broker import Broker
from tests.support.services import actor, running
from tests.support.smtp import SmtpServer
from tests.unit.messaging.facts import data_of

Json = dict[str, Any]
OPERATOR = actor("olga", "operator")
PUBLISHED = {**PROFILE, "published_at": "2026-03-02T09:00:00+00:00"}
ACCOUNT = {"roles": ["client"], "email_confirmed": True}


class World:
    """Messaging, and a voice for the services that it listens to."""

    def __init__(self, services: InProcess) -> None:
        self.services = services
        self.publisher = Publisher(services.environ["AMQP_URI"])
        suffix = new_id()
        self.carla = actor(f"carla-{suffix}", "client")
        self.anna = actor(f"anna-{suffix}", "assistant")
        self.thread = f"thread-{suffix}"
        self.account(self.carla, "Carla", "it")
        self.account(self.anna, "Anna", "en")

    @property
    def database(self) -> Any:
        return provider_of(self.services.containers["messaging"]).database

    def call(self, contract: Any, payload: Json | None = None, by: Actor | None = None, key: str = "") -> Any:
        return self.services.call(contract, payload, by, key=key)

    def event(self, name: str, aggregate_id: str, data: Json, *, by: str = "", sequence: int = 1, id: str = "") -> Json:
        return {
            "id": id or new_id(),
            "name": name,
            "version": 1,
            "aggregate_id": aggregate_id,
            "sequence": sequence,
            "occurred_at": utc_now().isoformat(),
            "context": Context(Actor(by)).to_headers(),
            "data": data,
        }

    def publish(self, *events: Json) -> None:
        """Returns when all have had their effect."""
        self.publisher.publish((event["name"], json.dumps(event)) for event in events)
        ids = {event["id"] for event in events}
        until(lambda: self.database.inbox.raw.count_documents({"_id": {"$in": list(ids)}}) == len(ids))

    def account(self, who: Actor, name: str, locale: str, sequence: int = 1, email: str = "") -> None:
        email = email or self.address(who)
        data = {**ACCOUNT, "account_id": who.account_id, "email": email, "name": name, "locale": locale}
        event = self.event("account.changed", who.account_id, {**data, "time_zone": "Europe/Rome"}, sequence=sequence)
        self.publish(event)

    @staticmethod
    def address(who: Actor) -> str:
        return f"{who.account_id}@example.com"

    def step(self, kind: str, acting: Actor | None = None, /, **changes: Any) -> Json:
        """An event about Carla's and Anna's negotiation, as it would come."""
        sides = {"client_id": self.carla.account_id}
        sides |= (
            {"issuer_id": self.anna.account_id}
            if kind.startswith("invoice.")
            else {"assistant_id": self.anna.account_id}
        )
        data = data_of(kind, **sides, **changes)
        if "thread_id" in data:
            data["thread_id"] = self.thread
        event = self.event(kind, new_id(), data, by=acting.account_id if acting else "system:test")
        self.publish(event)
        return event

    def notifications(self, who: Actor) -> list[Json]:
        items: list[Json] = self.call(c.ListNotifications, {"limit": 100}, who)["items"]
        return items

    def mails(self, who: Actor) -> list[Any]:
        return list(self.database.mails.find({"to": self.address(who)}, sort=[("created_at", 1), ("_id", 1)]))

    def counts(self, who: Actor) -> Json:
        counts: Json = self.call(c.GetCounts, {}, who)
        return counts

    def read(self, who: Actor) -> Json:
        answer: Json = self.call(c.ReadConversation, {"conversation_id": self.thread}, who)
        return answer

    def post(self, who: Actor, body: str, key: str = "") -> Json:
        payload = {"conversation_id": self.thread, "body": body}
        message: Json = self.call(c.PostMessage, payload, who, key=key)
        return message


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        eventlet.sleep(0.02)


@pytest.fixture(scope="module")
def services(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    """One for all tests that need no server: each has its own two people."""
    prefix = f"t{new_id()[-8:]}_"
    settings = {"MAILBOX": "1", "PUBLIC_URL": "https://dextra.example/", "RETRY_SECONDS": "0.05,0.1,0.2"}
    with running(["messaging"], amqp_uri, mongo_uri, prefix, **settings) as started:
        yield started
        provider_of(started.containers["messaging"]).database.client.drop_database(f"{prefix}messaging")


@pytest.fixture
def world(services: InProcess) -> Iterator[World]:
    made = World(services)
    yield made
    made.publisher.close()
    set_clock(None)


# -- conversations ---------------------------------------------------------------------------------------------------


def test_an_offer_opens_a_conversation_with_what_its_author_wrote(world: World) -> None:
    world.step("offer.sent", world.carla, message="Shall we talk?")

    [listed] = world.call(c.ListConversations, {}, world.anna)["items"]
    assert (listed["id"], listed["title"], listed["unread"]) == (world.thread, "Calendar and travel", 1)
    assert (listed["client_name"], listed["assistant_name"]) == ("Carla", "Anna")
    assert listed["last_body"] == "Shall we talk?"
    line, message = world.read(world.anna)["messages"]
    assert (line["author_id"], line["author_name"]) == ("", "Dextra")
    assert line["body"].startswith("Carla made an offer: €42.00 an hour")
    assert (message["author_id"], message["author_name"]) == (world.carla.account_id, "Carla")
    assert world.call(c.ListConversations, {}, world.carla)["items"][0]["unread"] == 0


def test_lines_are_in_the_readers_language(world: World) -> None:
    world.step("offer.sent", world.carla)
    world.step("offer.declined", world.anna, reason="Troppo lontano")
    headers = {**Context(world.carla, locale="it").to_headers()}

    answer = world.services.rpc.call(
        "messaging", "read_conversation", {"conversation_id": world.thread}, headers=headers
    )

    assert [message["body"].split(":")[0] for message in answer["messages"]] == [
        "Carla ha fatto un’offerta",
        "Anna ha rifiutato l’offerta. Troppo lontano",
    ]


def test_the_contract_carries_the_conversation_on(world: World) -> None:
    world.step("offer.sent", world.carla)
    world.step("contract.started", world.anna, id="contract-9")
    world.step("contract.changed", world.carla, id="contract-9", state="paused", reason="Holidays")

    answer = world.read(world.carla)

    assert answer["conversation"]["contract_id"] == "contract-9"
    assert answer["messages"][-1]["body"] == "The contract was paused. Holidays"


def test_messages_are_unread_until_the_other_side_has_looked(world: World) -> None:
    world.step("offer.sent", world.carla)

    for body in ("One", "Two"):
        world.post(world.carla, body)
    world.post(world.anna, "Three")

    assert world.counts(world.anna)["messages"] == 2
    assert world.counts(world.carla)["messages"] == 1
    world.call(c.MarkConversationSeen, {"conversation_id": world.thread}, world.anna)
    assert world.counts(world.anna)["messages"] == 0
    assert world.counts(world.carla)["messages"] == 1
    assert [message["body"] for message in world.read(world.anna)["messages"]][1:] == ["One", "Two", "Three"]


def test_posting_tells_the_other_services(world: World) -> None:
    world.step("offer.sent", world.carla)

    posted = world.post(world.anna, "Hello")

    [event] = world.database.events.raw.find({"aggregate_id": world.thread})
    assert event["name"] == "message.posted"
    assert event["data"]["message_id"] == posted["id"]
    assert event["data"]["recipient_id"] == world.carla.account_id
    assert "Hello" not in str(event)
    assert posted["locale"] == "en", "the language that its author reads in"


def test_a_form_sent_twice_posts_once(world: World) -> None:
    world.step("offer.sent", world.carla)

    pile = eventlet.GreenPile()
    for _ in range(4):
        pile.spawn(world.post, world.anna, "Hello", key="the form")
    answers = list(pile)

    assert answers == [answers[0]] * 4
    assert world.counts(world.carla)["messages"] == 1


def test_messages_at_once_are_all_counted(world: World) -> None:
    world.step("offer.sent", world.carla)

    pile = eventlet.GreenPile()
    for number in range(8):
        pile.spawn(world.post, world.anna, f"Message {number}")
    list(pile)

    assert world.counts(world.carla)["messages"] == 8
    assert len(world.read(world.carla)["messages"]) == 9


def test_only_the_two_sides_read_and_write_and_operators_read(world: World) -> None:
    world.step("offer.sent", world.carla)
    dora = actor("dora", "client")
    conversation = {"conversation_id": world.thread}

    for contract, payload in (
        (c.ReadConversation, conversation),
        (c.MarkConversationSeen, conversation),
        (c.PostMessage, {**conversation, "body": "Hello"}),
    ):
        with pytest.raises(Forbidden):
            world.call(contract, payload, dora)
        with pytest.raises(Unauthenticated):
            world.call(contract, payload)
    assert world.call(c.ListConversations, {}, dora)["items"] == []
    assert world.read(OPERATOR)["messages"]
    world.call(c.MarkConversationSeen, conversation, OPERATOR)
    with pytest.raises(Forbidden):
        world.post(OPERATOR, "Hello")
    with pytest.raises(NotFound):
        world.call(c.ReadConversation, {"conversation_id": "nothing"}, world.anna)
    with pytest.raises(Invalid):
        world.post(world.anna, "   ")


def test_a_long_conversation_is_read_in_pages(world: World) -> None:
    world.step("offer.sent", world.carla)
    for number in range(5):
        world.post(world.anna, f"Message {number}")
    payload: Json = {"conversation_id": world.thread, "limit": 3}

    last = world.call(c.ReadConversation, payload, world.carla)
    first = world.call(c.ReadConversation, {**payload, "cursor": last["earlier"]}, world.carla)

    assert [message["body"] for message in last["messages"]] == ["Message 2", "Message 3", "Message 4"]
    assert [message["body"] for message in first["messages"]][1:] == ["Message 0", "Message 1"]
    assert first["earlier"] is None


def test_conversations_are_listed_by_their_last_message(world: World) -> None:
    threads = [f"{world.thread}-{number}" for number in range(3)]
    for thread in threads:
        world.thread = thread
        world.step("offer.sent", world.carla)
        eventlet.sleep(0.002)
    world.thread = threads[0]
    world.post(world.anna, "Hello")

    first = world.call(c.ListConversations, {"limit": 2}, world.carla)
    second = world.call(c.ListConversations, {"limit": 2, "cursor": first["next"]}, world.carla)

    assert [item["id"] for item in first["items"] + second["items"]] == [threads[0], threads[2], threads[1]]


# -- notifications ---------------------------------------------------------------------------------------------------


def test_a_step_is_told_in_the_app_and_by_mail(world: World) -> None:
    event = world.step("timesheet.submitted", world.anna, id="timesheet-9")

    [item] = world.notifications(world.carla)
    assert (item["kind"], item["path"], item["read_at"]) == ("timesheet.submitted", "/timesheets/timesheet-9", None)
    assert (item["params"]["name"], item["params"]["minutes"]) == ("Anna", 570)
    [mail] = world.mails(world.carla)
    assert (mail.event_id, mail.locale, mail.state) == (event["id"], "it", "kept")
    assert mail.subject == "Anna ha inviato le ore della settimana"
    assert "https://dextra.example/timesheets/timesheet-9" in mail.text
    assert world.notifications(world.anna) == world.mails(world.anna) == []


def test_declines_and_expiries_reach_the_other_side_with_the_reason(world: World) -> None:
    world.step("offer.declined", world.anna, by="client", reason="Too far")
    world.step("offer.expired")

    declined, expired = world.mails(world.carla)
    assert "> Too far" in declined.text
    assert "senza risposta" in expired.text
    assert [item["params"].get("reason") for item in world.notifications(world.carla)] == ["", "Too far"]
    assert [item["kind"] for item in world.notifications(world.anna)] == ["offer.expired"]


def test_an_event_that_comes_twice_is_told_once(world: World) -> None:
    event = world.step("offer.sent", world.carla, message="Hello")
    world.publisher.publish([(event["name"], json.dumps(event))])
    world.database.inbox.raw.delete_one({"_id": event["id"]})
    world.publish(event)

    assert len(world.notifications(world.anna)) == len(world.mails(world.anna)) == 1
    assert len(world.read(world.anna)["messages"]) == 2
    assert world.counts(world.anna) == {"notifications": 1, "messages": 1, "photo_id": ""}


def test_an_event_that_comes_before_its_recipients_account_is_told_later(world: World) -> None:
    newcomer = actor(f"new-{new_id()}", "assistant")
    data = data_of("offer.sent", client_id=world.carla.account_id, assistant_id=newcomer.account_id)
    event = world.event("offer.sent", new_id(), {**data, "thread_id": new_id()}, by=world.carla.account_id)
    world.publisher.publish([(event["name"], json.dumps(event))])
    until(lambda: world.database.parked.raw.count_documents({"_id": event["id"]}) == 1)

    world.account(newcomer, "Nora", "en")

    until(lambda: len(world.mails(newcomer)) == 1)
    assert world.database.dead_letters.raw.count_documents({"_id": event["id"]}) == 0


def test_a_photo_is_shown_while_its_profile_is_published(world: World) -> None:
    world.step("offer.sent", world.carla)

    def told(name: str, photo_id: str, sequence: int) -> None:
        data = {**PUBLISHED, "assistant_id": world.anna.account_id, "photo_id": photo_id}
        world.publish(world.event(name, world.anna.account_id, data, sequence=sequence))

    def shown() -> tuple[str, str]:
        (talk,) = world.call(c.ListConversations, {}, world.carla)["items"]
        return talk["assistant_photo_id"], world.counts(world.anna)["photo_id"]

    told("profile.published", "photo-1", 1)
    assert shown() == ("photo-1", "photo-1")
    told("profile.changed", "photo-3", 3)
    told("profile.changed", "photo-2", 2)  # late
    assert shown() == ("photo-3", "photo-3")
    assert world.counts(world.carla)["photo_id"] == ""
    told("profile.unpublished", "", 4)
    assert shown() == ("", "")


def test_the_newest_copy_of_an_account_stays(world: World) -> None:
    world.account(world.carla, "Carla B.", "en", sequence=3)
    world.account(world.carla, "Carla A.", "it", sequence=2)

    person = world.database.people.get(world.carla.account_id)
    assert (person.name, person.locale) == ("Carla B.", "en")


def test_notifications_are_marked_read(world: World) -> None:
    for kind in ("timesheet.submitted", "invoice.issued", "brief.expiring"):
        world.step(kind)
    assert world.counts(world.carla)["notifications"] == 3

    world.call(c.MarkNotificationsRead, {}, world.carla)

    assert world.counts(world.carla)["notifications"] == 0
    assert all(item["read_at"] for item in world.notifications(world.carla))


def test_visitors_have_no_notifications(world: World) -> None:
    for contract in (c.ListNotifications, c.MarkNotificationsRead, c.GetCounts, c.ListConversations):
        with pytest.raises(Unauthenticated):
            world.call(contract)


def test_people_are_told_what_they_chose_and_where(world: World) -> None:
    quiet = {"kind": "offer.sent", "app": True, "mail": False}
    silent = {"kind": "offer.withdrawn", "app": False, "mail": False}
    unheard, fixed = {"kind": "unheard.of"}, {"kind": "account.secured", "app": False, "mail": False}
    chosen = world.call(c.SaveChoices, {"items": [quiet, silent, unheard, fixed]}, world.anna)["items"]
    by_kind = {item["kind"]: (item["app"], item["mail"]) for item in chosen}
    assert (by_kind["offer.sent"], by_kind["account.secured"]) == ((True, False), (True, True))

    world.step("offer.sent", world.carla)
    world.step("offer.withdrawn", world.carla)
    world.step("offer.expiring", by="client")

    assert [item["kind"] for item in world.notifications(world.anna)] == ["offer.expiring", "offer.sent"]
    assert [mail.kind for mail in world.mails(world.anna)] == ["offer.expiring"]
    again = world.call(c.SaveChoices, {"items": [{**quiet, "mail": True}, {**silent, "mail": True}]}, world.anna)
    assert {item["kind"]: item["mail"] for item in again["items"]}["offer.sent"]
    world.step("offer.sent", world.carla)
    world.step("offer.withdrawn", world.carla)
    assert [mail.kind for mail in world.mails(world.anna)][1:] == ["offer.sent", "offer.withdrawn"]
    assert [item["kind"] for item in world.notifications(world.anna)].count("offer.withdrawn") == 0


def test_the_link_of_a_mail_ends_its_kind_without_signing_in_and_takes_it_back(world: World) -> None:
    world.step("offer.sent", world.carla)
    [mail] = world.mails(world.anna)
    token = mail.unsubscribe.rpartition("/")[2]
    assert mail.unsubscribe.startswith("https://dextra.example/unsubscribe/")

    assert world.call(c.LookAtUnsubscribe, {"token": token})["mail"]
    world.call(c.Unsubscribe, {"token": token})
    world.step("offer.sent", world.carla, number=2)
    assert len(world.mails(world.anna)) == 1
    assert len(world.notifications(world.anna)) == 2

    world.call(c.Unsubscribe, {"token": token, "on": True})
    world.step("offer.sent", world.carla, number=3)
    assert len(world.mails(world.anna)) == 2
    with pytest.raises(NotFound):
        world.call(c.Unsubscribe, {"token": token[:-2]})


def test_what_happens_to_an_accounts_security_goes_to_the_address_it_had(world: World) -> None:
    fact = {"account_id": world.carla.account_id, "email": "old@example.com", "name": "Carla", "locale": "it"}
    fact |= {"what": "address_changed", "detail": "new@example.com", "at": "2026-03-04T10:00:00+00:00"}

    event = world.event("account.secured", new_id(), fact)
    world.publish(event, event)

    [mail] = world.database.mails.find(to="old@example.com")
    assert mail.subject == "L’indirizzo e-mail del tuo account è cambiato"
    assert "new@example.com" in mail.text
    assert mail.unsubscribe == ""
    assert [item["kind"] for item in world.notifications(world.carla)] == ["account.secured"]


def test_one_mail_tells_of_all_messages_until_they_are_seen(world: World) -> None:
    world.step("offer.sent", world.carla, message="Shall we talk?")
    world.post(world.carla, "Hello?")
    assert [mail.kind for mail in world.mails(world.anna)] == ["offer.sent"]  # which quotes what is unread

    world.call(c.MarkConversationSeen, {"conversation_id": world.thread}, world.anna)
    for body in ("One", "Two", "Three"):
        world.post(world.carla, body)
    assert [mail.kind for mail in world.mails(world.anna)] == ["offer.sent", "message.posted"]
    assert [item["kind"] for item in world.notifications(world.anna) if not item["read_at"]][:1] == ["message.posted"]

    world.call(c.MarkConversationSeen, {"conversation_id": world.thread}, world.anna)
    assert "message.posted" not in [item["kind"] for item in world.notifications(world.anna) if not item["read_at"]]
    world.post(world.carla, "Four")

    assert [mail.kind for mail in world.mails(world.anna)][2:] == ["message.posted"]
    assert "> Four" in world.mails(world.anna)[-1].text


# -- companies -------------------------------------------------------------------------------------------------------


def team(world: World, **roles: str) -> dict[str, Actor]:
    """Carla's company with colleagues by name; each as the actor that they are when they act for it."""
    people = {name: actor(f"{name}-{new_id()}", "client") for name in roles}
    for name, person in people.items():
        world.account(person, name.title(), "en")
    members = [{"account_id": world.carla.account_id, "role": "owner"}]
    members += [{"account_id": people[name].account_id, "role": role} for name, role in roles.items()]
    fact = {"company_id": world.carla.account_id, "members": members}
    world.publish(world.event("company.changed", f"company-{world.carla.account_id}", fact))
    return {
        name: Actor(one.account_id, frozenset({"client"}), world.carla.account_id, roles[name], name.title())
        for name, one in people.items()
    }


def test_each_colleague_is_told_of_what_concerns_their_role(world: World) -> None:
    people = team(world, olga="owner", dora="approver", vera="viewer")

    world.step("timesheet.submitted", world.anna)
    world.step("invoice.issued")

    told = {name: [one["kind"] for one in world.notifications(one)] for name, one in people.items()}
    assert {name: sorted(kinds) for name, kinds in told.items()} == {
        "olga": ["invoice.issued", "timesheet.submitted"],
        "dora": ["timesheet.submitted"],
        "vera": [],
    }
    assert len(world.notifications(world.carla)) == 2
    [mail] = world.mails(people["dora"])
    assert f"?for={world.carla.account_id}" in mail.text
    assert all("?for=" not in mail.text for mail in world.mails(world.carla))


def test_colleagues_write_under_their_own_names(world: World) -> None:
    dora = team(world, dora="approver", vera="viewer")["dora"]
    world.step("offer.sent", world.carla)

    world.post(dora, "I answer for Carla.")

    message = world.read(world.anna)["messages"][-1]
    assert (message["author_id"], message["author_name"]) == (world.carla.account_id, "Dora")
    assert message["written_by"] == dora.account_id
    assert world.counts(world.anna)["messages"] == 1
    world.post(world.anna, "Thank you, Dora.")
    assert world.counts(dora)["messages"] == 1
    world.call(c.MarkConversationSeen, {"conversation_id": world.thread}, dora)
    assert world.counts(world.carla)["messages"] == 0, "the company has looked"


def test_a_colleague_reads_and_writes_nothing_of_what_the_founder_does_as_an_assistant(world: World) -> None:
    """A company's id is its founder's account id."""
    world.step("offer.sent", world.carla)
    world.post(world.carla, "Between the two of us")
    dora = Actor(f"dora-{new_id()}", frozenset({"client"}), world.anna.account_id, "owner", "Dora")

    assert world.counts(world.anna)["messages"] > 0 == world.counts(dora)["messages"]
    assert world.call(c.ListConversations, {}, world.anna)["items"]
    assert world.call(c.ListConversations, {}, dora)["items"] == []
    for contract in (c.ReadConversation, c.MarkConversationSeen):
        with pytest.raises(Forbidden):
            world.call(contract, {"conversation_id": world.thread}, dora)
    with pytest.raises(Forbidden):
        world.post(dora, "I answer for Anna.")


def test_whoever_is_removed_is_told_of_nothing_more(world: World) -> None:
    dora = team(world, dora="owner")["dora"]
    fact = {"company_id": world.carla.account_id, "members": [{"account_id": world.carla.account_id, "role": "owner"}]}
    world.publish(world.event("company.changed", f"company-{world.carla.account_id}", fact, sequence=2))

    world.step("invoice.issued")

    assert world.notifications(dora) == []


def test_an_invitation_is_mailed_in_the_language_that_is_known(world: World) -> None:
    fact = {
        "invitation_id": new_id(),
        "company_name": "Studio Bassi",
        "inviter_name": "Clara",
        "email": f"{new_id()}@example.com",
        "role": "viewer",
        "locale": "it",
        "token": "secret-join",
        "expires_at": "2026-03-04T10:00:00+00:00",
    }

    world.publish(world.event("company.colleague_invited", fact["invitation_id"], fact))

    [mail] = world.database.mails.find({"to": fact["email"]})
    assert mail.subject == "Clara ti invita in Studio Bassi"
    assert "https://dextra.example/join/secret-join" in mail.text


# -- links and the mailbox -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "page", "subject"),
    [
        (accounts.ConfirmationRequested, "confirm", "Conferma il tuo indirizzo"),
        (accounts.ResetRequested, "reset", "Scegli una nuova password"),
        (accounts.NewAddressRequested, "new-address", "Conferma il tuo nuovo indirizzo"),
    ],
)
def test_one_time_links_are_mailed(world: World, event: Any, page: str, subject: str) -> None:
    data = {"account_id": world.carla.account_id, "email": world.address(world.carla), "name": "Carla", "locale": "it"}
    link = {"token": f"secret-{page}", "expires_at": "2026-03-04T10:00:00+00:00"}

    world.publish(world.event(event.name, new_id(), {**data, **link}))

    [mail] = world.mails(world.carla)
    assert mail.subject == subject
    assert f"https://dextra.example/{page}/secret-{page}" in mail.text
    assert "4 marzo 2026, 11:00" in mail.text
    assert world.notifications(world.carla) == []


def test_a_new_account_is_confirmed_by_the_link_in_its_mail(
    broker: Broker, mongo_uri: str, database_prefix: str
) -> None:
    settings = {"MAILBOX": "1", "PUBLIC_URL": "https://dextra.example"}
    who = {"email": "Anna@example.com", "password": "a quiet green river", "name": "Anna", "roles": ["assistant"]}
    names = ["accounts", "messaging"]
    with running(names, broker.new_vhost(), mongo_uri, database_prefix, **settings) as started:
        started.call(accounts.SignUp, {**who, "locale": "it"})
        started.settle()

        [listed] = started.call(c.ListMails, {"to": "anna@example.com"})["items"]
        text = started.call(c.GetMail, {"mail_id": listed["id"]})["text"]
        token = text.partition("https://dextra.example/confirm/")[2].split()[0]

        assert "Conferma il tuo indirizzo" in listed["subject"]
        assert started.call(accounts.ConfirmEmail, {"token": token})["email_confirmed"]


def test_the_mailbox_shows_every_mail(world: World) -> None:
    world.step("invoice.issued")
    world.step("contract.started")

    listed = world.call(c.ListMails, {"to": world.address(world.carla).upper()})

    assert [mail["kind"] for mail in listed["items"]] == ["contract.started", "invoice.issued"]
    mail = world.call(c.GetMail, {"mail_id": listed["items"][0]["id"]})
    assert mail["html"].startswith("<!doctype html>")
    assert len(world.call(c.ListMails, {"limit": 1})["items"]) == 1


# -- the post office -------------------------------------------------------------------------------------------------


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sending(broker: Broker, mongo_uri: str, database_prefix: str, smtp: SmtpServer) -> Iterator[World]:
    """Messaging with a server, on a broker's corner of its own, and without the mailbox."""
    settings = {"SMTP_URL": smtp.url, "MAIL_FROM": "Dextra <post@dextra.example>", "MAIL_POLL_SECONDS": "0.05"}
    with running(["messaging"], broker.new_vhost(), mongo_uri, database_prefix, **settings) as started:
        made = World(started)
        yield made
        made.publisher.close()


def state_of(world: World, who: Actor) -> str:
    [mail] = world.mails(who)
    return str(mail.state)


def test_mails_are_sent_in_both_forms(sending: World, smtp: SmtpServer) -> None:
    sending.step("timesheet.submitted", sending.anna)

    until(lambda: state_of(sending, sending.carla) == "sent")

    [mail] = smtp.mails
    assert (mail["From"], mail["To"]) == ("Dextra <post@dextra.example>", sending.address(sending.carla))
    assert mail["Subject"] == "Anna ha inviato le ore della settimana"
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert "9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30" in plain.get_content()
    assert "<h1" in html.get_content()
    with pytest.raises(Forbidden):
        sending.call(c.ListMails, {})
    with pytest.raises(Forbidden):
        sending.call(c.GetMail, {"mail_id": sending.mails(sending.carla)[0].id})


def test_a_sent_link_does_not_stay_in_the_database(sending: World, smtp: SmtpServer) -> None:
    data = {"account_id": sending.carla.account_id, "email": sending.address(sending.carla), "name": "Carla"}
    link = {"locale": "en", "token": "a-secret", "expires_at": "2026-03-04T10:00:00+00:00"}
    sending.publish(sending.event("account.reset_requested", new_id(), {**data, **link}))

    until(lambda: state_of(sending, sending.carla) == "sent")

    assert "a-secret" in str(smtp.mails[0])
    assert "a-secret" not in str(list(sending.database.mails.raw.find()))


def test_while_the_server_is_away_mails_wait(sending: World, smtp: SmtpServer) -> None:
    smtp.stop()
    sending.step("timesheet.submitted", sending.anna)
    until(lambda: sending.mails(sending.carla)[0].attempts == 1 and sending.mails(sending.carla)[0].problem != "")
    [waiting] = sending.mails(sending.carla)
    assert (waiting.state, waiting.problem) == ("queued", "ConnectionRefusedError")

    smtp.start()
    later = utc_now() + WAITS[0]
    set_clock(lambda: to_millis(later))

    until(lambda: state_of(sending, sending.carla) == "sent")
    assert len(smtp.mails) == 1


def test_a_refused_recipient_is_final_and_a_busy_one_is_tried_again(sending: World, smtp: SmtpServer) -> None:
    smtp.answers = {sending.address(sending.carla): 550, sending.address(sending.anna): 451}
    sending.step("contract.started")

    until(lambda: state_of(sending, sending.carla) == "failed")
    until(lambda: bool(sending.mails(sending.anna)[0].problem))

    assert sending.mails(sending.carla)[0].problem == "SMTPRecipientsRefused 550"
    assert state_of(sending, sending.anna) == "queued"
    smtp.answers = {}
    later = utc_now() + WAITS[0]
    set_clock(lambda: to_millis(later))
    until(lambda: state_of(sending, sending.anna) == "sent")
    assert [mail["To"] for mail in smtp.mails] == [sending.address(sending.anna)]


def test_two_post_offices_send_each_mail_once(sending: World, smtp: SmtpServer) -> None:
    from services.messaging.service import MessagingService

    second = make_container(MessagingService, sending.services.environ)
    second.start()
    for _ in range(20):
        sending.step("invoice.issued")

    until(lambda: sending.database.mails.count(state="queued") == 0)
    second.stop()

    assert len({mail["Message-ID"] for mail in smtp.mails}) == len(smtp.mails) == 20


def test_a_mail_whose_sender_died_is_sent_by_another(sending: World, smtp: SmtpServer) -> None:
    smtp.stop()
    mails = sending.database.mails
    sending.step("timesheet.submitted", sending.anna)
    until(lambda: bool(sending.mails(sending.carla)[0].problem))
    held = mails.lease(utc_now() + WAITS[0])
    smtp.start()
    eventlet.sleep(0.3)
    assert smtp.mails == []

    later = utc_now() + WAITS[0] + LEASE + timedelta(seconds=1)
    set_clock(lambda: to_millis(later))

    until(lambda: state_of(sending, sending.carla) == "sent")
    with pytest.raises(Conflict):
        mails.save(held)


def test_nothing_is_a_dead_letter_in_the_end(world: World) -> None:
    world.services.settle()

    assert world.call(operations.get_status("messaging"))["dead_letters"] == 0
