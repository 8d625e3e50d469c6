"""Requests on real parts, the harder cases: clicks at once, silence put off, facts told twice or out of order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from services.requests.store import RequestsStore
from shared.contracts import accounts, matching, requests
from shared.platform.clock import utc_now
from shared.platform.context import Actor
from shared.platform.errors import Conflict, Forbidden, NotFound, Unauthenticated
from shared.platform.ids import new_id
from shared.platform.run import provider_of
from shared.platform.service import set_clock
from tests.integration.test_profiles_and_requests import Json, Stage, a_brief, attempt, offer_fact
from tests.support.services import actor, running


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    with running(["requests"], amqp_uri, mongo_uri, f"t{new_id()[-6:]}_", TIMER_POLL_SECONDS="3600") as started:
        yield started


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    """After each test: no event or timer has failed."""
    yield Stage(world, amqp_uri)
    set_clock(None)
    world._offset_to = None
    store = store_of(world)
    assert store.dead_letters.count() == 0
    assert store.timers.raw.count_documents({"attempts": {"$gt": 0}}) == 0
    store.timers.raw.delete_many({})  # briefs of this test would expire in the next ones that move the clock


def store_of(world: InProcess) -> RequestsStore:
    store = provider_of(world.containers["requests"]).database
    assert isinstance(store, RequestsStore)
    return store


def state(stage: Stage, brief: Json, client: Actor) -> str:
    found: str = stage.call(requests.GetBrief, {"id": brief["id"]}, client)["state"]
    return found


def timers(stage: Stage, brief: Json) -> dict[str, datetime]:
    rows = store_of(stage.world).timers.raw.find({"entity_id": brief["id"]})
    return {row["event"]: row["due_at"] for row in rows}


def test_a_shortlist_is_its_owners(stage: Stage) -> None:
    carla, other = actor(new_id(), "client"), actor(new_id(), "client")
    anna, ben = new_id(), new_id()

    stage.call(requests.KeepAssistant, {"assistant_id": anna, "note": "Call her"}, carla)
    stage.call(requests.KeepAssistant, {"assistant_id": ben}, carla)
    stage.call(requests.KeepAssistant, {"assistant_id": anna, "note": "Called"}, carla)

    listed = stage.call(requests.GetShortlist, {}, carla)["items"]
    assert [(one["assistant_id"], one["note"]) for one in listed] == [(ben, ""), (anna, "Called")]
    assert stage.call(requests.GetShortlist, {}, other)["items"] == []
    stage.call(requests.DropAssistant, {"assistant_id": anna}, other)
    left = stage.call(requests.DropAssistant, {"assistant_id": ben}, carla)["items"]
    assert [one["assistant_id"] for one in left] == [anna]
    with pytest.raises(Unauthenticated):
        stage.call(requests.GetShortlist, {}, Actor())


def persist(stage: Stage, contract: Any, payload: Json, by: Actor) -> str:
    """As the gateway's client would: what was not done because of others is tried again."""
    for _ in range(40):
        outcome = attempt(stage, contract, payload, by)
        if outcome != "Unavailable":
            return outcome
        eventlet.sleep(0.05)
    return "gave up"


def started(brief: Json, client: Actor) -> Json:
    fact = {"brief_id": brief["id"], "client_id": client.account_id, "assistant_id": "anna", "id": new_id()}
    return {**offer_fact(fact), "state": "trial"}


# -- at once -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contract", "wins"), [(requests.PublishBrief, "brief.opened"), (requests.CloseBrief, "brief.ended")]
)
def test_many_clicks_at_once_make_one_step(stage: Stage, contract: Any, wins: str) -> None:
    clara = stage.person("client")
    brief = stage.call(requests.SaveBrief, a_brief(), clara)
    if contract is requests.CloseBrief:
        stage.call(requests.PublishBrief, {"id": brief["id"]}, clara)
    pile = eventlet.GreenPile()
    for _ in range(5):
        pile.spawn(persist, stage, contract, {"id": brief["id"]}, clara)

    assert Counter(pile) == {"ok": 1, "Conflict": 4}
    assert stage.told("requests", brief["id"]).count(wins) == 1


def test_closing_while_somebody_is_hired_ends_the_brief_once(stage: Stage) -> None:
    clara = stage.person("client")
    brief = stage.open_brief(clara)
    pile = eventlet.GreenPile()
    pile.spawn(stage.tell, matching.ContractStarted, "contract-of-" + brief["id"], started(brief, clara))
    pile.spawn(persist, stage, requests.CloseBrief, {"id": brief["id"]}, clara)
    outcomes = list(pile)

    ended = state(stage, brief, clara)
    assert ended == ("closed" if outcomes[1] == "ok" else "filled")
    assert stage.told("requests", brief["id"]) == ["brief.opened", "brief.ended"]


# -- silence -----------------------------------------------------------------------------------------------------------


def test_a_pause_stops_the_clock_and_resuming_starts_it_anew(stage: Stage) -> None:
    clara = stage.person("client")
    brief = stage.open_brief(clara)
    assert set(timers(stage, brief)) == {"brief.warn", "brief.expire"}
    stage.call(requests.PauseBrief, {"id": brief["id"]}, clara)
    assert timers(stage, brief) == {}

    stage.world.advance(utc_now() + timedelta(days=60))
    assert state(stage, brief, clara) == "paused"
    stage.call(requests.ResumeBrief, {"id": brief["id"]}, clara)
    stage.world.advance(utc_now() + timedelta(days=89))
    assert state(stage, brief, clara) == "open"
    stage.world.advance(utc_now() + timedelta(days=91))

    assert state(stage, brief, clara) == "expired"
    assert timers(stage, brief) == {}


def test_an_edit_puts_the_end_off_and_an_offer_does_too_without_a_new_version(stage: Stage) -> None:
    clara = stage.person("client")
    brief = stage.open_brief(clara)
    first = timers(stage, brief)
    stage.world.advance(utc_now() + timedelta(days=10))

    edit = {**a_brief(title="Other words"), "id": brief["id"], "version": brief["version"]}
    edited = stage.call(requests.SaveBrief, edit, clara)
    second = timers(stage, brief)
    stage.world.advance(utc_now() + timedelta(days=15))
    fact = {"brief_id": brief["id"], "client_id": clara.account_id, "assistant_id": "anna", "id": new_id()}
    stage.tell(matching.OfferSent, fact["id"], offer_fact(fact))
    third = timers(stage, brief)

    assert first["brief.expire"] < second["brief.expire"] < third["brief.expire"]
    assert all(due["brief.expire"] - due["brief.warn"] == timedelta(days=5) for due in (first, second, third))
    again = {**edit, "title": "Once more", "version": edited["version"]}
    assert stage.call(requests.SaveBrief, again, clara)["title"] == "Once more"


@pytest.mark.parametrize("days", [89, 91])
def test_what_was_closed_is_opened_again_within_ninety_days(stage: Stage, days: int) -> None:
    clara = stage.person("client")
    brief = stage.open_brief(clara)
    stage.call(requests.CloseBrief, {"id": brief["id"]}, clara)
    stage.world._set(utc_now() + timedelta(days=days))

    if days <= 90:
        again = stage.call(requests.ReopenBrief, {"id": brief["id"]}, clara)
        assert again["state"] == "open"
        assert again["start_on"] > brief["start_on"]
    else:
        with pytest.raises(Conflict, match="more than 90 days ago"):
            stage.call(requests.ReopenBrief, {"id": brief["id"]}, clara)
        assert state(stage, brief, clara) == "closed"


# -- what others tell --------------------------------------------------------------------------------------------------


def test_a_paused_brief_is_filled_and_a_second_hire_changes_nothing(stage: Stage) -> None:
    clara = stage.person("client")
    brief = stage.open_brief(clara)
    stage.call(requests.PauseBrief, {"id": brief["id"]}, clara)

    for _ in range(2):
        stage.tell(matching.ContractStarted, "contract-of-" + brief["id"], started(brief, clara))

    assert state(stage, brief, clara) == "filled"
    assert stage.told("requests", brief["id"]) == ["brief.opened", "brief.changed", "brief.ended"]
    assert timers(stage, brief) == {}


def test_an_offer_for_a_brief_that_nobody_knows_disturbs_nothing(stage: Stage) -> None:
    clara = stage.person("client")
    fact = {"brief_id": new_id(), "client_id": clara.account_id, "assistant_id": "anna", "id": new_id()}

    stage.tell(matching.OfferSent, fact["id"], offer_fact(fact))
    stage.tell(matching.ContractStarted, new_id(), started({"id": fact["brief_id"]}, clara))

    assert store_of(stage.world).briefs.count({"_id": fact["brief_id"]}) == 0


def test_an_older_word_about_an_account_does_not_take_its_confirmation_back(stage: Stage) -> None:
    clara = stage.person("client")
    stage.account(clara, confirmed=True)
    stage.sequences[clara.account_id] = 0
    stage.account(clara, confirmed=False)

    assert stage.open_brief(clara)["state"] == "open"


def test_an_account_that_is_no_client_publishes_nothing(stage: Stage) -> None:
    clara = stage.person("client", confirmed=False)
    saved = stage.call(requests.SaveBrief, a_brief(), clara)
    stage.tell(
        accounts.AccountChanged,
        clara.account_id,
        {
            "account_id": clara.account_id,
            "email": "clara@example.com",
            "name": "Clara",
            "roles": ["assistant"],
            "locale": "en",
            "time_zone": "UTC",
            "email_confirmed": True,
        },
    )

    with pytest.raises(Conflict, match="Confirm your e-mail address"):
        stage.call(requests.PublishBrief, {"id": saved["id"]}, clara)


# -- whose it is -------------------------------------------------------------------------------------------------------


def test_every_step_of_a_brief_is_its_clients(stage: Stage) -> None:
    clara, other = stage.person("client"), stage.person("client")
    brief = stage.open_brief(clara)
    steps = ("PublishBrief", "PauseBrief", "ResumeBrief", "CloseBrief", "ReopenBrief", "RemoveBrief", "GetBrief")

    for step in steps:
        payload = {"id": brief["id"], "reason": "x"} if step in ("CloseBrief", "RemoveBrief") else {"id": brief["id"]}
        with pytest.raises(NotFound):
            stage.call(getattr(requests, step), payload, other)
        with pytest.raises(Unauthenticated):
            stage.call(getattr(requests, step), payload, Actor())
    assert stage.call(requests.GetBrief, {"id": brief["id"]}, clara)["version"] == brief["version"]
    approver = Actor(other.account_id, other.roles, acting_for=clara.account_id, acting_as="approver")
    with pytest.raises(Forbidden):
        stage.call(requests.PauseBrief, {"id": brief["id"]}, approver)
    colleague = replace(approver, acting_as="owner")
    assert stage.call(requests.PauseBrief, {"id": brief["id"]}, colleague)["state"] == "paused"


def test_briefs_are_listed_newest_first_page_by_page(stage: Stage) -> None:
    clara = stage.person("client")
    made = [stage.call(requests.SaveBrief, a_brief(title=f"Brief {n}"), clara)["id"] for n in range(5)]
    stage.call(requests.PublishBrief, {"id": made[1]}, clara)

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = stage.call(requests.ListBriefs, {"limit": 2, "cursor": cursor}, clara)
        seen += [brief["id"] for brief in page["items"]]
        cursor = page["next"]

    assert seen == made[::-1]
    opened = stage.call(requests.ListBriefs, {"states": ["open"]}, clara)["items"]
    assert [brief["id"] for brief in opened] == [made[1]]


def test_a_sketch_is_kept_as_typed_until_its_brief_is_made(stage: Stage) -> None:
    carla, other, sketch = actor(new_id(), "client"), actor(new_id(), "client"), f"sketch-{new_id()}"
    answers = {"weekly_minutes": ["ten"], "_sure": ["a"]}
    typed = {"id": sketch, "text": "Ten hours a week for travel", "answers": answers}

    kept = [stage.call(requests.SaveSketch, typed, carla) for _ in range(2)][-1]

    assert kept["answers"] == answers
    assert {finding["kind"] for finding in kept["findings"]} == {"hours", "service"}
    assert [one["id"] for one in stage.call(requests.ListSketches, {}, carla)["items"]] == [sketch]
    assert stage.call(requests.ListSketches, {}, other)["items"] == []
    for contract, payload in (
        (requests.GetSketch, {"id": sketch}),
        (requests.DropSketch, {"id": sketch}),
        (requests.SaveSketch, {**typed, "text": "mine now"}),
        (requests.SaveBrief, a_brief(sketch_id=sketch)),
    ):
        assert attempt(stage, contract, payload, other) == "NotFound", contract.name

    stage.call(requests.SaveBrief, a_brief(sketch_id=sketch), carla)

    assert stage.call(requests.ListSketches, {}, carla)["items"] == []
