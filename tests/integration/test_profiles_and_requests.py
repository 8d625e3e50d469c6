"""Profiles and requests on a real broker and database: saved, published, changed from two windows, expiring, filled."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from shared.contracts import accounts, matching, profiles, requests
from shared.platform.clock import utc_now
from shared.platform.context import Actor, Context
from shared.platform.contract import Event
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid, NotFound
from shared.platform.ids import new_id
from shared.platform.outbox import Publisher
from shared.platform.run import provider_of
from shared.platform.service import now, set_clock
from tests.support.services import actor, running

Json = dict[str, Any]
OPERATOR = actor("olga", "operator")
PROFILE: Json = {
    "display_name": "Anna Rossi",
    "headline": "Calm in the storm",
    "level": "executive",
    "services": ["calendar"],
    "skills": [{"code": "mail.inbox", "level": 3}],
    "languages": [{"code": "en", "cefr": "C1"}],
    "time_zone": "Europe/Rome",
    "working_hours": [{"day": "mon", "start": "09:00", "end": "18:00"}],
    "capacity_minutes": 1200,
    "hourly_rate": {"amount": 3000, "currency": "EUR"},
}


def a_brief(**changes: Any) -> Json:
    return {
        "title": "My right hand",
        "level": "executive",
        "engagement": "hourly",
        "weekly_minutes": 600,
        "budget": {"amount": 4000, "currency": "EUR"},
        "time_zone": "Europe/Rome",
        "start_on": (utc_now() + timedelta(days=3)).date().isoformat(),
        **changes,
    }


class Stage:
    """The two services, and a voice for those that they listen to."""

    def __init__(self, world: InProcess, amqp_uri: str) -> None:
        self.world = world
        self.publisher = Publisher(amqp_uri)
        self.sequences: Counter[str] = Counter()

    def call(self, contract: Any, payload: Json | None, by: Actor, key: str = "") -> Any:
        return self.world.call(contract, payload, by, key=key)

    def tell(self, event: Event, aggregate_id: str, data: Json) -> None:
        self.sequences[aggregate_id] += 1
        message = {
            "id": new_id(),
            "name": event.name,
            "version": event.version,
            "aggregate_id": aggregate_id,
            "sequence": self.sequences[aggregate_id],
            "occurred_at": now().isoformat(),
            "context": Context().to_headers(),
            "data": data,
        }
        self.publisher.publish([(event.name, json.dumps(message))])
        names = [name for name in self.world.names if event.name in self.world._subscribed[name]]
        with eventlet.Timeout(10):
            for name in names:
                inbox = provider_of(self.world.containers[name]).database.inbox.raw
                while inbox.find_one({"_id": message["id"]}) is None:
                    eventlet.sleep(0.01)

    def person(self, role: str, *, confirmed: bool = True) -> Actor:
        """Somebody whose account the services have heard of."""
        who = actor(new_id(), role)
        self.account(who, confirmed=confirmed)
        return who

    def account(self, who: Actor, *, confirmed: bool) -> None:
        data = {
            "account_id": who.account_id,
            "email": f"{who.account_id}@example.com",
            "name": "Somebody",
            "roles": sorted(who.roles),
            "locale": "en",
            "time_zone": "UTC",
            "email_confirmed": confirmed,
        }
        self.tell(accounts.AccountChanged, who.account_id, data)

    def told(self, service: str, aggregate_id: str) -> list[str]:
        events = provider_of(self.world.containers[service]).database.events.raw.find({"aggregate_id": aggregate_id})
        return [event["name"] for event in events.sort("sequence", 1)]

    def open_brief(self, client: Actor, **changes: Any) -> Json:
        saved = self.call(requests.SaveBrief, a_brief(**changes), client)
        opened: Json = self.call(requests.PublishBrief, {"id": saved["id"]}, client)
        return opened


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    prefix = f"t{new_id()[-6:]}_"
    with running(["profiles", "requests"], amqp_uri, mongo_uri, prefix, TIMER_POLL_SECONDS="3600") as started:
        yield started


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    yield Stage(world, amqp_uri)
    set_clock(None)
    world._offset_to = None


# -- profiles ----------------------------------------------------------------------------------------------------------


def test_a_profile_is_a_draft_then_published_then_changed_in_public(stage: Stage) -> None:
    anna = stage.person("assistant")
    visitor = Actor()

    saved = stage.call(profiles.SaveProfile, PROFILE, anna)
    assert (saved["state"], saved["version"]) == ("draft", 1)
    with pytest.raises(NotFound):
        stage.call(profiles.GetProfile, {"id": anna.account_id}, visitor)
    assert stage.call(profiles.GetProfile, {"id": anna.account_id}, anna)["state"] == "draft"
    assert stage.told("profiles", anna.account_id) == []

    stage.call(profiles.PublishProfile, {}, anna)
    assert stage.call(profiles.GetProfile, {"id": anna.account_id}, visitor)["display_name"] == "Anna Rossi"
    changed = {**PROFILE, "display_name": "Studio Rossi", "version": 2}
    stage.call(profiles.SaveProfile, changed, anna)
    assert stage.call(profiles.GetProfile, {"id": anna.account_id}, visitor)["display_name"] == "Studio Rossi"
    stage.call(profiles.UnpublishProfile, {}, anna)
    with pytest.raises(NotFound):
        stage.call(profiles.GetProfile, {"id": anna.account_id}, visitor)
    assert stage.told("profiles", anna.account_id) == ["profile.published", "profile.changed", "profile.unpublished"]


def test_two_windows_do_not_overwrite_each_other(stage: Stage) -> None:
    anna = stage.person("assistant")
    stage.call(profiles.SaveProfile, PROFILE, anna)

    pile = eventlet.GreenPile()
    for number in range(5):
        pile.spawn(attempt, stage, profiles.SaveProfile, {**PROFILE, "headline": f"No {number}", "version": 1}, anna)
    outcomes = Counter(pile)

    assert outcomes["ok"] == 1
    assert outcomes["Conflict"] + outcomes["Unavailable"] == 4
    assert stage.call(profiles.GetMyProfile, {}, anna)["version"] == 2


def attempt(stage: Stage, contract: Any, payload: Json, by: Actor) -> str:
    try:
        stage.call(contract, payload, by)
    except DextraError as error:
        return type(error).__name__
    return "ok"


def test_who_has_not_confirmed_an_address_is_not_published(stage: Stage) -> None:
    anna = stage.person("assistant", confirmed=False)
    stage.call(profiles.SaveProfile, PROFILE, anna)

    with pytest.raises(Conflict, match="Confirm your e-mail address"):
        stage.call(profiles.PublishProfile, {}, anna)
    stage.account(anna, confirmed=True)
    assert stage.call(profiles.PublishProfile, {}, anna)["state"] == "published"


def test_profiles_are_for_assistants_and_import_for_operators(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        stage.call(profiles.SaveProfile, PROFILE, stage.person("client"))
    row = {**PROFILE, "assistant_id": new_id()}
    with pytest.raises(Forbidden):
        stage.call(profiles.ImportProfiles, {"profiles": [row]}, stage.person("assistant"))
    stage.call(profiles.ImportProfiles, {"profiles": [row]}, OPERATOR)
    assert stage.call(profiles.GetProfile, {"id": row["assistant_id"]}, Actor())["state"] == "published"


def test_all_that_is_wrong_with_a_profile_is_said_at_once(stage: Stage) -> None:
    wrong = {
        **PROFILE,
        "skills": [{"code": "mail.inbox", "level": 3}, {"code": "mail.inbox", "level": 2}],
        "working_hours": [{"day": "mon", "start": "18:00", "end": "09:00"}],
        "minimum_weekly_minutes": 2000,
    }

    with pytest.raises(Invalid) as refused:
        stage.call(profiles.SaveProfile, wrong, stage.person("assistant"))

    assert set(refused.value.fields) == {"skills.1.code", "working_hours.0.end", "minimum_weekly_minutes"}


# -- briefs ------------------------------------------------------------------------------------------------------------


def test_a_brief_goes_its_way_and_tells_of_each_step(stage: Stage) -> None:
    clara = stage.person("client")
    saved = stage.call(requests.SaveBrief, a_brief(), clara)
    brief = {"id": saved["id"]}
    assert saved["state"] == "draft"

    opened = stage.call(requests.PublishBrief, brief, clara)
    assert opened["state"] == "open"
    stage.call(requests.SaveBrief, {**a_brief(title="Other words"), **brief, "version": opened["version"]}, clara)
    stage.call(requests.PauseBrief, brief, clara)
    stage.call(requests.ResumeBrief, brief, clara)
    stage.call(requests.CloseBrief, {**brief, "reason": "Found somebody"}, clara)
    with pytest.raises(Conflict):
        stage.call(requests.PauseBrief, brief, clara)
    again = stage.call(requests.ReopenBrief, brief, clara)

    assert (again["state"], again["title"]) == ("open", "Other words")
    assert stage.told("requests", saved["id"]) == [
        "brief.opened",
        "brief.changed",
        "brief.changed",
        "brief.changed",
        "brief.ended",
        "brief.opened",
    ]


def test_a_brief_is_its_clients_alone(stage: Stage) -> None:
    clara, other = stage.person("client"), stage.person("client")
    brief = stage.open_brief(clara)

    for contract in (requests.GetBrief, requests.PauseBrief, requests.PublishBrief):
        with pytest.raises(NotFound):
            stage.call(contract, {"id": brief["id"]}, other)
    with pytest.raises(NotFound):
        stage.call(requests.SaveBrief, {**a_brief(), "id": brief["id"], "version": brief["version"]}, other)
    assert stage.call(requests.ListBriefs, {}, other)["items"] == []
    assert [one["id"] for one in stage.call(requests.ListBriefs, {}, clara)["items"]] == [brief["id"]]
    with pytest.raises(Forbidden):
        stage.call(requests.RemoveBrief, {"id": brief["id"], "reason": "Spam"}, clara)
    assert stage.call(requests.RemoveBrief, {"id": brief["id"], "reason": "Spam"}, OPERATOR)["state"] == "removed"


def test_an_old_window_does_not_overwrite_a_brief(stage: Stage) -> None:
    clara = stage.person("client")
    brief = stage.open_brief(clara)
    newer = {**a_brief(title="Newer"), "id": brief["id"], "version": brief["version"]}
    stage.call(requests.SaveBrief, newer, clara)

    with pytest.raises(Conflict, match="another window"):
        stage.call(requests.SaveBrief, {**newer, "title": "Older"}, clara)
    assert stage.call(requests.GetBrief, {"id": brief["id"]}, clara)["title"] == "Newer"


def test_the_same_key_makes_one_brief(stage: Stage) -> None:
    clara = stage.person("client")

    made = [stage.call(requests.SaveBrief, a_brief(start_on="2030-01-07"), clara, key="k-1") for _ in range(3)]

    assert len({brief["id"] for brief in made}) == 1
    assert len(stage.call(requests.ListBriefs, {}, clara)["items"]) == 1
    with pytest.raises(Conflict):
        stage.call(requests.SaveBrief, a_brief(title="Another", start_on="2030-01-07"), clara, key="k-1")


def test_a_brief_of_which_nothing_is_heard_expires_after_a_warning(stage: Stage) -> None:
    clara = stage.person("client")
    brief = stage.open_brief(clara)
    silent = stage.open_brief(clara)

    stage.world.advance(utc_now() + timedelta(days=20))
    fact = {"brief_id": brief["id"], "client_id": clara.account_id, "assistant_id": "anna", "id": "offer"}
    stage.tell(matching.OfferSent, "offer", offer_fact(fact))
    stage.world.advance(utc_now() + timedelta(days=31))

    assert stage.call(requests.GetBrief, {"id": silent["id"]}, clara)["state"] == "expired"
    assert stage.told("requests", silent["id"]) == ["brief.opened", "brief.expiring", "brief.ended"]
    assert stage.call(requests.GetBrief, {"id": brief["id"]}, clara)["state"] == "open"
    assert stage.call(requests.ReopenBrief, {"id": silent["id"]}, clara)["state"] == "open"


def offer_fact(changes: Json) -> Json:
    terms = {"engagement": "hourly", "rate": {"amount": 4000, "currency": "EUR"}, "weekly_minutes": 600}
    return {"terms": {**terms, "start_on": utc_now().date().isoformat()}, "state": "sent", "by": "client", **changes}


def test_a_hired_brief_is_filled(stage: Stage) -> None:
    clara = stage.person("client")
    brief = stage.open_brief(clara)
    fact = {
        "brief_id": brief["id"],
        "client_id": clara.account_id,
        "assistant_id": "anna",
        "id": "contract",
        "client_name": "Clara",
        "brief_title": brief["title"],
        "ends_on": None,
    }

    stage.tell(matching.ContractStarted, "contract", {**offer_fact(fact), "state": "trial"})

    assert stage.call(requests.GetBrief, {"id": brief["id"]}, clara)["state"] == "filled"


def test_all_that_is_wrong_with_a_brief_is_said_at_once(stage: Stage) -> None:
    skills = [{"code": "mail.inbox", "level": 2}]
    wrong = a_brief(required_skills=skills, preferred_skills=skills, day_start="18:00", day_end="09:00")

    with pytest.raises(Invalid) as refused:
        stage.call(requests.SaveBrief, wrong, stage.person("client"))

    assert set(refused.value.fields) == {"preferred_skills.0.code", "day_end"}
