"""The matching service on a real broker and database: copies, matches, offers, contracts, capacity, replicas."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from services.matching.domain.browse import Filters
from services.matching.domain.capacity import Capacity
from services.matching.domain.weights import DEFAULT_WEIGHTS
from services.matching.price_job import PriceJob
from services.matching.store import MatchingStore
from shared.contracts import accounts, profiles, requests
from shared.contracts import matching as c
from shared.platform.clock import utc_now
from shared.platform.context import Actor, Context
from shared.platform.contract import Event
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable
from shared.platform.ids import new_id
from shared.platform.outbox import Publisher
from shared.platform.run import provider_of
from tests.support.broker import Broker
from tests.support.services import actor, running

Json = dict[str, Any]
OPERATOR = actor("olga", "operator")
SOON = (utc_now() + timedelta(days=7)).date()


class Stage:
    """Matching alone; what other services would tell it is published as they would."""

    def __init__(self, world: InProcess, amqp_uri: str) -> None:
        self.world = world
        self.publisher = Publisher(amqp_uri)
        self.sequences: Counter[str] = Counter()

    @property
    def store(self) -> MatchingStore:
        return store_of(self.world)

    def call(self, contract: Any, payload: Json, by: str | Actor = "", key: str = "") -> Any:
        who = by if isinstance(by, Actor) else actor(by, "client", "assistant") if by else Actor()
        return self.world.call(contract, payload, who, key=key)

    def tell(self, event: Event, aggregate_id: str, data: Json, sequence: int = 0) -> None:
        """Publishes a fact and waits until it has had its effect."""
        self.sequences[aggregate_id] += 1
        message = {
            "id": new_id(),
            "name": event.name,
            "version": event.version,
            "aggregate_id": aggregate_id,
            "sequence": sequence or self.sequences[aggregate_id],
            "occurred_at": utc_now().isoformat(),
            "context": Context().to_headers(),
            "data": event.dump(event.load(data)),
        }
        self.publisher.publish([(event.name, json.dumps(message))])
        until(lambda: self.store.inbox.raw.find_one({"_id": message["id"]}) is not None)

    def assistant(self, **changes: Any) -> str:
        """A published practice."""
        id = new_id()
        self.tell(profiles.ProfilePublished, id, a_profile(id, **changes))
        return id

    def brief(self, client_id: str = "", **changes: Any) -> Json:
        """An open brief of a new client, whose name has arrived."""
        client_id = client_id or new_id()
        self.tell(accounts.AccountRegistered, client_id, an_account(client_id))
        brief = a_brief(new_id(), client_id, **changes)
        self.tell(requests.BriefOpened, brief["brief_id"], brief)
        return brief

    def offer(self, brief: Json, assistant_id: str, **terms: Any) -> Json:
        payload = {"brief_id": brief["brief_id"], "assistant_id": assistant_id, "terms": some_terms(**terms)}
        sent: Json = self.call(c.SendOffer, {**payload, "message": "Join me"}, brief["client_id"])
        return sent

    def hired(self, **terms: Any) -> Json:
        """A contract in trial."""
        brief, assistant = self.brief(), self.assistant()
        sent = self.offer(brief, assistant, **terms)
        contract: Json = self.call(c.AcceptOffer, {"offer_id": sent["id"]}, assistant)
        return contract

    def matches(self, brief: Json) -> Json:
        found: Json = self.call(c.FindMatches, {"brief_id": brief["brief_id"], "limit": 50}, brief["client_id"])
        return found

    def shown(self, brief: Json) -> list[str]:
        return [match["assistant"]["assistant_id"] for match in self.matches(brief)["matches"]]

    def capacity(self, assistant_id: str) -> Capacity:
        return self.store.capacities.get(assistant_id)

    def told(self, aggregate_id: str) -> list[str]:
        events = self.store.events.raw.find({"aggregate_id": aggregate_id}).sort("sequence", 1)
        return [event["name"] for event in events]

    def state(self, offer: Json) -> str:
        return self.store.offers.get(offer["id"]).state.value


def store_of(world: InProcess) -> MatchingStore:
    store = provider_of(world.containers["matching"]).database
    assert isinstance(store, MatchingStore)
    return store


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    with eventlet.Timeout(seconds):
        while not holds():
            eventlet.sleep(0.01)


def a_profile(id: str, **changes: Any) -> Json:
    return {
        "assistant_id": id,
        "display_name": "Anna Rossi",
        "headline": "Calm in the storm",
        "level": "executive",
        "services": ["calendar", "bookkeeping"],
        "skills": [{"code": "mail.inbox", "level": 3}],
        "languages": [{"code": "en", "cefr": "C1"}],
        "time_zone": "Europe/Rome",
        "working_hours": [
            {"day": day, "start": "09:00", "end": "18:00"} for day in ("mon", "tue", "wed", "thu", "fri")
        ],
        "capacity_minutes": 1200,
        "hourly_rate": {"amount": 3000, "currency": "EUR"},
        "published_at": "2026-01-15T10:00:00+00:00",
        **changes,
    }


def a_brief(id: str, client_id: str, **changes: Any) -> Json:
    return {
        "brief_id": id,
        "client_id": client_id,
        "title": "My right hand",
        "state": "open",
        "version": 1,
        "level": "executive",
        "services": ["calendar"],
        "required_skills": [{"code": "mail.inbox", "level": 2}],
        "languages": [{"code": "en", "cefr": "B2"}],
        "engagement": "hourly",
        "weekly_minutes": 600,
        "budget": {"amount": 4000, "currency": "EUR"},
        "time_zone": "Europe/Rome",
        "start_on": SOON.isoformat(),
        **changes,
    }


def an_account(id: str, name: str = "Carla Verdi") -> Json:
    return {
        "account_id": id,
        "email": f"{id}@example.com",
        "name": name,
        "roles": ["client"],
        "locale": "en",
        "time_zone": "Europe/Rome",
        "email_confirmed": True,
    }


def some_terms(**changes: Any) -> Json:
    return {
        "engagement": "hourly",
        "rate": {"amount": 3200, "currency": "EUR"},
        "weekly_minutes": 600,
        "start_on": SOON.isoformat(),
        **changes,
    }


@pytest.fixture(scope="module")
def prefix() -> str:
    return f"t{new_id()[-8:]}_"


@pytest.fixture(scope="module")
def stage(amqp_uri: str, mongo_uri: str, prefix: str) -> Iterator[Stage]:
    """One for all tests here: each makes people of its own."""
    with running(["matching"], amqp_uri, mongo_uri, prefix) as world:
        stage = Stage(world, amqp_uri)
        yield stage
        stage.publisher.close()
        stage.store.client.drop_database(f"{prefix}matching")


@pytest.fixture
def own_vhost(broker: Broker) -> str:
    return broker.new_vhost()


@pytest.fixture
def own_stage(own_vhost: str, mongo_uri: str, database_prefix: str) -> Iterator[Stage]:
    """For a test that moves the clock."""
    with running(["matching"], own_vhost, mongo_uri, database_prefix) as world:
        stage = Stage(world, own_vhost)
        yield stage
        stage.publisher.close()


# -- copies and matches ----------------------------------------------------------------------------------------------


def test_who_fits_is_shown_with_a_score_that_its_contributions_sum_to(stage: Stage) -> None:
    brief = stage.brief()
    anna, dear = stage.assistant(), stage.assistant(hourly_rate={"amount": 9000, "currency": "EUR"})

    found = stage.matches(brief)

    match = next(match for match in found["matches"] if match["assistant"]["assistant_id"] == anna)
    assert match["score"] == pytest.approx(sum(share["points"] for share in match["contributions"]), abs=1e-9)
    assert match["assistant"]["free_minutes"] == 1200
    assert match["assistant"]["hourly_rate"] == {"amount": 3000, "currency": "EUR"}
    assert dear not in stage.shown(brief)
    assert found["considered"] > found["eligible"]
    assert next(e for e in found["exclusions"] if e["criterion"] == "price")["only_this"] >= 1
    assert found["weights_version"] == DEFAULT_WEIGHTS.number


def test_a_change_of_a_profile_is_seen_by_the_next_query_and_an_older_event_is_not(stage: Stage) -> None:
    brief, anna = stage.brief(), stage.assistant()
    assert anna in stage.shown(brief)

    stage.tell(profiles.ProfileChanged, anna, a_profile(anna, level="administrative"), sequence=5)
    assert anna not in stage.shown(brief)
    stage.tell(profiles.ProfileChanged, anna, a_profile(anna, level="executive"), sequence=4)
    assert anna not in stage.shown(brief)
    stage.tell(profiles.ProfileChanged, anna, a_profile(anna, level="executive"), sequence=6)
    assert anna in stage.shown(brief)


def test_a_profile_that_was_taken_down_is_gone_whatever_arrives_late(stage: Stage) -> None:
    brief, anna, early = stage.brief(), stage.assistant(), new_id()

    stage.tell(profiles.ProfileUnpublished, anna, {"assistant_id": anna})
    stage.tell(profiles.ProfileUnpublished, early, {"assistant_id": early}, sequence=2)
    stage.tell(profiles.ProfilePublished, early, a_profile(early), sequence=1)

    assert not {anna, early} & set(stage.shown(brief))
    for id in (anna, early):
        with pytest.raises(NotFound):
            stage.call(c.GetAssistantCard, {"id": id})
    explained = stage.call(c.ExplainMatch, {"brief_id": brief["brief_id"], "assistant_id": anna}, brief["client_id"])
    assert [failure["criterion"] for failure in explained["failures"]] == ["published"]


def test_somebody_who_is_not_shown_is_explained(stage: Stage) -> None:
    brief, anna = stage.brief(weekly_minutes=1300), stage.assistant()

    explained = stage.call(c.ExplainMatch, {"brief_id": brief["brief_id"], "assistant_id": anna}, brief["client_id"])

    assert not explained["eligible"]
    assert explained["failures"] == [{"criterion": "capacity", "facts": {"asked": 1300, "found": 1200}}]


def test_a_brief_is_read_by_its_client_and_operators_only(stage: Stage) -> None:
    brief = stage.brief()
    asked = {"brief_id": brief["brief_id"]}

    assert stage.call(c.FindMatches, asked, OPERATOR)["brief_id"] == brief["brief_id"]
    with pytest.raises(Forbidden):
        stage.call(c.FindMatches, asked, "somebody")
    with pytest.raises(Unauthenticated):
        stage.call(c.FindMatches, asked)
    with pytest.raises(NotFound):
        stage.call(c.FindMatches, {"brief_id": "none"}, "somebody")


def test_a_query_waits_for_the_version_it_asks_for(stage: Stage) -> None:
    brief = stage.brief()
    asked = {"brief_id": brief["brief_id"], "at_least_version": 2}
    changed = {**brief, "version": 2, "level": "administrative"}

    eventlet.spawn_after(0.3, stage.tell, requests.BriefChanged, brief["brief_id"], changed)
    stage.call(c.FindMatches, asked, brief["client_id"])

    assert stage.store.briefs.get(brief["brief_id"]).version == 2
    with pytest.raises(Unavailable, match="still reading your brief"):
        stage.call(c.FindMatches, {**asked, "at_least_version": 3}, brief["client_id"])


def test_anybody_browses_and_sees_cards(stage: Stage) -> None:
    anna = stage.assistant(display_name="Zoë Quadrifoglio", services=["bookkeeping"])

    by_name = stage.call(c.BrowseAssistants, {"text": "zoe quadrif"})
    by_label = stage.call(c.BrowseAssistants, {"text": "contabilita quadrif", "skills": ["mail.inbox"], "limit": 1})

    assert by_name["total"] == 1
    assert by_name["next"] is None
    assert by_label["items"] == by_name["items"] == [stage.call(c.GetAssistantCard, {"id": anna})]


def test_what_is_on_offer_is_told_to_anybody(own_stage: Stage) -> None:
    people = sorted(own_stage.assistant(services=["events"]) for _ in range(5))

    directory = own_stage.call(c.GetDirectory, {})
    work = own_stage.call(c.DescribeWork, {"code": "events"})

    assert directory["assistants"] == 5
    assert directory["services"] == [{"code": "events", "count": 5}]
    assert (work["count"], work["available"], work["rates"], work["levels"]) == (5, 5, [], [])
    assert own_stage.call(c.ListPublished, {})["ids"] == people
    assert own_stage.call(c.ListPublished, {"from_id": people[2], "limit": 2})["ids"] == people[2:4]
    assert own_stage.call(c.ListPublished, {"parts": True, "limit": 2})["ids"] == people[::2]
    with pytest.raises(Invalid):
        own_stage.call(c.DescribeWork, {"code": "juggling"})


def test_a_saved_search_tells_of_who_is_new_once(own_stage: Stage) -> None:
    carla, other = new_id(), new_id()
    own_stage.assistant(services=["events"])
    asked = {"name": "Events", "filters": {"services": ["events"], "language": "en"}}
    search = own_stage.call(c.SaveSearch, asked, carla)
    with pytest.raises(NotFound):
        own_stage.call(c.GetSearch, {"id": search["id"]}, other)

    own_stage.world.advance(utc_now() + timedelta(hours=2))
    own_stage.assistant(services=["travel"], published_at=utc_now().isoformat())
    new = own_stage.assistant(services=["events"], published_at=utc_now().isoformat())
    for days in (1, 2, 3):
        own_stage.world.advance(utc_now() + timedelta(days=days))

    told = list(own_stage.store.events.raw.find({"name": "search.found"}))
    assert [event["data"]["assistant_ids"] for event in told] == [[new]]
    assert told[0]["data"]["client_id"] == carla
    own_stage.call(c.DropSearch, {"id": search["id"]}, carla)
    assert own_stage.call(c.ListSearches, {}, carla)["items"] == []


def test_several_cards_come_in_the_order_asked(stage: Stage) -> None:
    first, second = stage.assistant(), stage.assistant()

    told = stage.call(c.GetAssistantCards, {"ids": [second, new_id(), first]})

    assert [card["assistant_id"] for card in told["items"]] == [second, first]


def test_weights_are_drafted_previewed_and_put_in_force(own_stage: Stage) -> None:
    brief = own_stage.brief()
    own_stage.assistant()
    before = own_stage.call(c.GetWeights, {})
    assert before["version"] == DEFAULT_WEIGHTS.number
    assert {w["criterion"]: w["weight"] for w in before["weights"]} == DEFAULT_WEIGHTS.points
    points = {**DEFAULT_WEIGHTS.points, "level": 10.0, "price": 5.0}
    payload = {"weights": [{"criterion": k, "weight": v} for k, v in points.items()], "note": "Level first"}

    with pytest.raises(Forbidden):
        own_stage.call(c.DraftWeights, payload, brief["client_id"])
    with pytest.raises(Invalid):
        wrong = [{"criterion": k, "weight": v + 1} for k, v in points.items()]
        own_stage.call(c.DraftWeights, {"weights": wrong}, OPERATOR)
    drafted = own_stage.call(c.DraftWeights, payload, OPERATOR)
    assert own_stage.matches(brief)["weights_version"] == DEFAULT_WEIGHTS.number
    with pytest.raises(Conflict, match="Preview"):
        own_stage.call(c.EnforceWeights, {"id": drafted["id"]}, OPERATOR)
    preview = own_stage.call(c.PreviewWeights, {"weights_id": drafted["id"]}, OPERATOR)
    assert (preview["briefs"], preview["before_version"]) == (1, DEFAULT_WEIGHTS.number)
    assert preview["after"]["mean_score"] != preview["before"]["mean_score"]
    own_stage.call(c.EnforceWeights, {"id": drafted["id"], "reason": "Agreed"}, OPERATOR)

    assert own_stage.matches(brief)["weights_version"] == drafted["version"]
    listed = own_stage.call(c.ListWeights, {}, OPERATOR)["items"]
    assert [(w["version"], w["state"]) for w in listed] == [(drafted["version"], "in_force"), (2, "past")]
    kept = own_stage.store.weights.get(drafted["id"])
    assert [(entry.by, entry.note) for entry in kept.history] == [("olga", "Agreed")]
    own_stage.call(c.EnforceWeights, {"id": before["id"], "reason": "Back"}, OPERATOR)
    assert own_stage.matches(brief)["weights_version"] == DEFAULT_WEIGHTS.number


def test_a_list_that_was_shown_takes_a_little_room_in_others_lists(own_stage: Stage) -> None:
    anna, first, second = own_stage.assistant(), own_stage.brief(), own_stage.brief()

    def room(brief: Json) -> float:
        parts = own_stage.matches(brief)["matches"][0]["contributions"]
        return next(float(part["points"]) for part in parts if part["criterion"] == "room")

    assert room(first) == 0
    assert room(first) == 0  # what it promised itself does not count
    assert room(second) < 0
    offer = own_stage.offer(first, anna)
    offered = room(second)
    own_stage.call(c.DeclineOffer, {"offer_id": offer["id"], "reason": ""}, anna)
    assert offered < 0
    assert room(second) == 0


def test_answers_and_engagements_become_a_record(own_stage: Stage) -> None:
    contract = own_stage.hired()
    anna = contract["assistant_id"]
    own_stage.call(c.DeclineOffer, {"offer_id": own_stage.offer(own_stage.brief(), anna)["id"], "reason": ""}, anna)
    own_stage.call(c.PassTrial, {"id": contract["id"]}, contract["client_id"])

    parts = own_stage.matches(own_stage.brief())["matches"][0]["contributions"]
    facts = {part["criterion"]: part["facts"] for part in parts}

    assert (facts["acceptance"]["yes"], facts["acceptance"]["no"]) == (1, 1)
    assert facts["record"] == {"well": 1, "badly": 0}
    assert facts["newcomer"]["engagements"] == 1
    assert facts["newcomer"]["width"] < 1


def test_the_price_job_prices_who_is_wanted_by_many(own_stage: Stage) -> None:
    anna = own_stage.assistant(capacity_minutes=600)
    briefs = [own_stage.brief() for _ in range(4)]

    figures = PriceJob(own_stage.store).run(own_stage.store.index)

    assert (figures["briefs"], figures["assistants"], figures["priced"]) == (4, 1, 1)
    parts = own_stage.matches(briefs[0])["matches"][0]["contributions"]
    demand = next(part for part in parts if part["criterion"] == "demand")
    assert demand["points"] < 0
    assert demand["facts"]["price"] == pytest.approx(figures["highest"], abs=1e-3)
    for brief in briefs[1:]:
        own_stage.tell(requests.BriefEnded, brief["brief_id"], {**brief, "state": "removed"})
    PriceJob(own_stage.store).run(own_stage.store.index)
    assert own_stage.store.prices.get(anna).price < figures["highest"]
    status = own_stage.call(c.GetIndexStatus, {}, OPERATOR)
    assert status["prices"]["briefs"] == 1
    assert status["assistants"] == 1


def test_why_not_by_name_similar_and_briefs_for_her(own_stage: Stage) -> None:
    anna = own_stage.assistant(display_name="Anna Ferrari")
    dear = own_stage.assistant(display_name="Zita Ferrari", hourly_rate={"amount": 90_00, "currency": "EUR"})
    brief = own_stage.brief()
    own_stage.brief(budget={"amount": 10_00, "currency": "EUR"})

    told = own_stage.call(c.ExplainByName, {"brief_id": brief["brief_id"], "name": "ferari"}, brief["client_id"])
    found = {why["assistant"]["assistant_id"]: why for why in told["items"]}
    similar = own_stage.call(c.FindSimilar, {"id": anna})["items"]
    suits = own_stage.call(c.FindBriefsForMe, {}, anna)

    assert (found[anna]["eligible"], found[anna]["rank"]) == (True, 1)
    assert [failure["criterion"] for failure in found[dear]["failures"]] == ["price"]
    assert [one["assistant"]["assistant_id"] for one in similar] == [dear]
    assert (suits["suitable"], suits["considered"]) == (1, 2)
    assert suits["items"][0]["brief"]["brief_id"] == brief["brief_id"]
    assert (suits["items"][0]["rank"], suits["items"][0]["eligible"]) == (1, 1)
    assert "client_id" not in suits["items"][0]["brief"]
    assert suits["more"] == []


def test_a_team_covers_what_nobody_does_alone(own_stage: Stage) -> None:
    one = own_stage.assistant(skills=[{"code": "calendar.management", "level": 3}])
    two = own_stage.assistant(skills=[{"code": "travel.booking", "level": 3}])
    skills = [{"code": "calendar.management", "level": 2}, {"code": "travel.booking", "level": 2}]
    brief = own_stage.brief(required_skills=skills)

    found = own_stage.call(c.FindTeams, {"brief_id": brief["brief_id"]}, brief["client_id"])

    assert (found["needed"], found["exact"]) == (True, True)
    members = {m["assistant"]["assistant_id"]: m for m in found["items"][0]["members"]}
    assert {id: m["skills"] for id, m in members.items()} == {one: ["calendar.management"], two: ["travel.booking"]}
    assert sum(m["weekly_minutes"] for m in members.values()) == brief["weekly_minutes"]


def test_the_self_check_finds_what_went_wrong_and_mends_it(own_stage: Stage) -> None:
    anna = own_stage.assistant()
    index = own_stage.store.index
    engine, _ = index.fresh()
    version = index.version
    index.rebuild()
    assert (index.self_check.checked, index.self_check.differing) == (1, 0)
    engine, _ = index.fresh()
    engine.table.set_free(anna, 7)

    index.rebuild()

    assert (index.self_check.differing, index.self_check.ids) == (1, (anna,))
    assert index.fresh()[0].free_minutes(anna) == own_stage.capacity(anna).free_minutes
    assert index.version > version


# -- offers ----------------------------------------------------------------------------------------------------------


def test_an_offer_is_sent_countered_and_accepted(stage: Stage) -> None:
    brief, anna = stage.brief(), stage.assistant()
    client = brief["client_id"]

    sent = stage.offer(brief, anna)
    counter = {"offer_id": sent["id"], "terms": some_terms(weekly_minutes=480), "message": "A little less?"}
    countered = stage.call(c.CounterOffer, counter, anna)
    contract = stage.call(c.AcceptOffer, {"offer_id": countered["id"]}, client)

    assert (sent["client_name"], sent["assistant_name"], sent["brief_title"]) == (
        "Carla Verdi",
        "Anna Rossi",
        "My right hand",
    )
    thread = stage.call(c.GetOffer, {"id": sent["id"]}, client)["offers"]
    assert [(offer["number"], offer["by"], offer["state"]) for offer in thread] == [
        (2, "assistant", "accepted"),
        (1, "client", "countered"),
    ]
    assert thread[0]["contract_id"] == contract["id"]
    assert (contract["state"], contract["terms"]["weekly_minutes"]) == ("trial", 480)
    assert stage.capacity(anna) == Capacity(anna, 1200, 480, 720)
    assert stage.told(sent["id"]) == ["offer.sent", "offer.countered"]
    assert stage.told(countered["id"]) == ["offer.sent", "offer.accepted"]
    assert stage.told(contract["id"]) == ["contract.started"]


def test_only_the_briefs_client_offers_and_one_offer_waits_at_a_time(stage: Stage) -> None:
    brief, anna = stage.brief(), stage.assistant()
    payload = {"brief_id": brief["brief_id"], "assistant_id": anna, "terms": some_terms()}

    with pytest.raises(Forbidden):
        stage.call(c.SendOffer, payload, anna)
    with pytest.raises(Forbidden):
        stage.call(c.SendOffer, payload, OPERATOR)
    with pytest.raises(NotFound):
        stage.call(c.SendOffer, {**payload, "assistant_id": "nobody"}, brief["client_id"])
    with pytest.raises(Invalid) as refused:
        stage.offer(brief, anna, start_on="2026-01-01")
    assert list(refused.value.fields) == ["terms.start_on"]
    first = stage.offer(brief, anna)
    with pytest.raises(Conflict, match="waits for an answer already"):
        stage.offer(brief, anna)
    stage.call(c.WithdrawOffer, {"offer_id": first["id"], "reason": "Typo"}, brief["client_id"])
    assert stage.offer(brief, anna)["number"] == 2


def test_two_offers_of_a_thread_at_once_leave_one(stage: Stage) -> None:
    brief, anna = stage.brief(), stage.assistant()

    answers = at_once(*(lambda: stage.offer(brief, anna) for _ in range(4)))

    assert sorted(kinds(answers)) == ["Conflict"] * 3 + ["dict"]


def test_offers_are_read_by_their_sides_and_operators(stage: Stage) -> None:
    brief, anna = stage.brief(), stage.assistant()
    sent = stage.offer(brief, anna)

    for reader in (brief["client_id"], anna, OPERATOR):
        assert stage.call(c.GetOffer, {"id": sent["id"]}, reader)["offers"][0]["id"] == sent["id"]
    with pytest.raises(Forbidden):
        stage.call(c.GetOffer, {"id": sent["id"]}, "somebody")
    with pytest.raises(Forbidden):
        stage.call(c.AcceptOffer, {"offer_id": sent["id"]}, OPERATOR)
    assert ids(stage.call(c.ListOffers, {}, anna)) == [sent["id"]]
    assert ids(stage.call(c.ListOffers, {"brief_id": brief["brief_id"]}, OPERATOR)) == [sent["id"]]
    assert ids(stage.call(c.ListOffers, {}, "somebody")) == []
    stage.call(c.DeclineOffer, {"offer_id": sent["id"], "reason": "Too far"}, anna)
    assert ids(stage.call(c.ListOffers, {"open_only": True}, anna)) == []
    assert stage.told(sent["id"]) == ["offer.sent", "offer.declined"]


def test_a_hire_withdraws_the_briefs_other_offers_and_keeps_its_one_seat(stage: Stage) -> None:
    brief, anna, bea, zoe = stage.brief(), stage.assistant(), stage.assistant(), stage.assistant()
    hers, others = stage.offer(brief, anna), stage.offer(brief, bea)

    stage.call(c.AcceptOffer, {"offer_id": hers["id"]}, anna)

    lost = stage.store.offers.get(others["id"])
    assert (lost.state, lost.reason) == ("withdrawn", "Somebody else was hired for this brief.")
    assert stage.told(others["id"]) == ["offer.sent", "offer.withdrawn"]
    with pytest.raises(Conflict, match="withdrawn"):
        stage.call(c.AcceptOffer, {"offer_id": others["id"]}, bea)
    with pytest.raises(Conflict, match="hired for this brief already"):
        stage.offer(brief, zoe)


@pytest.mark.parametrize("state", ["closed", "expired", "removed", "filled"])
def test_an_ended_brief_withdraws_its_offers(stage: Stage, state: str) -> None:
    brief, anna = stage.brief(), stage.assistant()
    sent = stage.offer(brief, anna)

    stage.tell(requests.BriefEnded, brief["brief_id"], {**brief, "state": state, "version": 2})

    assert stage.state(sent) == "withdrawn"
    with pytest.raises(Conflict, match=f"This brief is {state}"):
        stage.offer(brief, anna)


def test_a_paused_brief_takes_no_new_offers_but_those_under_way_live_on(stage: Stage) -> None:
    brief, anna, bea = stage.brief(), stage.assistant(), stage.assistant()
    sent = stage.offer(brief, anna)

    stage.tell(requests.BriefChanged, brief["brief_id"], {**brief, "state": "paused", "version": 2})

    with pytest.raises(Conflict, match="paused"):
        stage.offer(brief, bea)
    assert stage.call(c.AcceptOffer, {"offer_id": sent["id"]}, anna)["state"] == "trial"


def test_an_offer_reminds_and_expires_by_itself(own_stage: Stage) -> None:
    brief, anna, bea = own_stage.brief(), own_stage.assistant(), own_stage.assistant()
    sent, answered = own_stage.offer(brief, anna), own_stage.offer(brief, bea)
    own_stage.call(c.DeclineOffer, {"offer_id": answered["id"]}, bea)

    own_stage.world.advance(utc_now() + timedelta(days=6, minutes=1))
    assert own_stage.told(sent["id"]) == ["offer.sent", "offer.expiring"]
    assert own_stage.state(sent) == "sent"
    own_stage.world.advance(utc_now() + timedelta(days=7, minutes=1))

    assert own_stage.told(sent["id"]) == ["offer.sent", "offer.expiring", "offer.expired"]
    assert own_stage.told(answered["id"]) == ["offer.sent", "offer.declined"]
    assert own_stage.store.timers.count() == 0
    with pytest.raises(Conflict, match="expired"):
        own_stage.call(c.AcceptOffer, {"offer_id": sent["id"]}, anna)


# -- capacity --------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs all of them side by side; gives results and errors."""

    def tried(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except (Conflict, Unavailable) as error:
            return error

    pile = eventlet.GreenPile()
    for act in acts:
        pile.spawn(tried, act)
    return list(pile)


def kinds(answers: list[Any]) -> list[str]:
    return [type(answer).__name__ for answer in answers]


def test_two_acceptances_at_once_reserve_the_hours_once(stage: Stage) -> None:
    anna = stage.assistant(capacity_minutes=1000)
    offers = [stage.offer(stage.brief(), anna) for _ in range(2)]

    answers = at_once(*(accepting(stage, offer, anna) for offer in offers))

    assert sorted(kinds(answers)) == ["Conflict", "dict"]
    assert "Only 6.67 hours a week are left" in str(next(answer for answer in answers if isinstance(answer, Conflict)))
    assert stage.capacity(anna) == Capacity(anna, 1000, 600, 400)
    assert sorted(map(stage.state, offers)) == ["accepted", "sent"]


def test_many_acceptances_at_once_fill_the_week_and_not_more(stage: Stage) -> None:
    anna = stage.assistant(capacity_minutes=1200)
    offers = [stage.offer(stage.brief(), anna, weekly_minutes=300) for _ in range(7)]

    answers = at_once(*(accepting(stage, offer, anna) for offer in offers))

    assert kinds(answers).count("dict") == 4
    assert stage.capacity(anna) == Capacity(anna, 1200, 1200, 0)
    assert stage.store.contracts.count({"assistant_id": anna}) == 4


def test_one_offer_accepted_many_times_at_once_makes_one_contract(stage: Stage) -> None:
    anna = stage.assistant()
    sent = stage.offer(stage.brief(), anna)

    answers = at_once(*(accepting(stage, sent, anna) for _ in range(5)))

    assert kinds(answers).count("dict") == 1
    assert stage.store.contracts.count({"offer_id": sent["id"]}) == 1
    assert stage.capacity(anna).committed_minutes == 600


def test_two_assistants_accepting_at_once_fill_one_seat(stage: Stage) -> None:
    brief, people = stage.brief(), [stage.assistant() for _ in range(3)]
    offers = [stage.offer(brief, id) for id in people]

    answers = at_once(*(accepting(stage, offer, id) for offer, id in zip(offers, people, strict=True)))

    assert kinds(answers).count("dict") == 1
    assert stage.store.contracts.count({"brief_id": brief["brief_id"]}) == 1
    assert sorted(map(stage.state, offers)) == ["accepted", "withdrawn", "withdrawn"]
    assert sum(stage.capacity(id).committed_minutes for id in people) == 600


def test_accepting_and_withdrawing_at_once_lets_one_win(stage: Stage) -> None:
    brief, anna = stage.brief(), stage.assistant()
    sent = stage.offer(brief, anna)
    withdraw = {"offer_id": sent["id"]}

    answers = at_once(accepting(stage, sent, anna), lambda: stage.call(c.WithdrawOffer, withdraw, brief["client_id"]))

    assert sorted(kinds(answers)) == ["Conflict", "dict"]
    accepted = stage.state(sent) == "accepted"
    assert stage.capacity(anna).committed_minutes == (600 if accepted else 0)


def accepting(stage: Stage, offer: Json, by: str) -> Callable[[], Any]:
    return lambda: stage.call(c.AcceptOffer, {"offer_id": offer["id"]}, by)


def test_the_same_key_accepts_once(stage: Stage) -> None:
    anna = stage.assistant()
    accept = {"offer_id": stage.offer(stage.brief(), anna)["id"]}

    first = stage.call(c.AcceptOffer, accept, anna, key="k1")
    again = stage.call(c.AcceptOffer, accept, anna, key="k1")

    assert first == again
    assert stage.capacity(anna).committed_minutes == 600


def test_a_new_capacity_keeps_what_is_promised(stage: Stage) -> None:
    contract = stage.hired()
    anna = contract["assistant_id"]

    stage.tell(profiles.ProfileChanged, anna, a_profile(anna, capacity_minutes=2000))
    assert stage.capacity(anna) == Capacity(anna, 2000, 600, 1400)
    stage.tell(profiles.ProfileChanged, anna, a_profile(anna, capacity_minutes=500))
    assert stage.capacity(anna) == Capacity(anna, 500, 600, -100)
    assert stage.call(c.GetAssistantCard, {"id": anna})["free_minutes"] == 0

    with pytest.raises(Conflict, match="Only 0 hours a week are left"):
        accepting(stage, stage.offer(stage.brief(), anna), anna)()


def test_a_hire_is_seen_by_the_next_query(stage: Stage) -> None:
    brief, contract = stage.brief(weekly_minutes=700), stage.hired()
    anna = contract["assistant_id"]
    assert anna not in stage.shown(brief)

    stage.call(c.TerminateContract, {"id": contract["id"], "reason": "It was a mistake"}, anna)

    assert anna in stage.shown(brief)


# -- contracts -------------------------------------------------------------------------------------------------------


def test_a_contract_goes_its_way_and_tells_every_step(own_stage: Stage) -> None:
    contract = own_stage.hired(notice_days=7)
    client, anna, by_id = contract["client_id"], contract["assistant_id"], {"id": contract["id"]}
    with pytest.raises(Forbidden):
        own_stage.call(c.PassTrial, by_id, anna)
    with pytest.raises(Conflict, match="state trial"):
        own_stage.call(c.PauseContract, by_id, anna)

    states = [
        own_stage.call(c.PassTrial, by_id, client)["state"],
        own_stage.call(c.PauseContract, {**by_id, "reason": "August"}, anna)["state"],
        own_stage.call(c.ResumeContract, by_id, client)["state"],
    ]
    under_notice = own_stage.call(c.GiveNotice, {**by_id, "reason": "Moving on"}, anna)

    assert [*states, under_notice["state"]] == ["active", "paused", "active", "notice"]
    last_day = date.fromisoformat(under_notice["ends_on"])
    own_stage.world.advance(datetime(last_day.year, last_day.month, last_day.day, 12, tzinfo=UTC))
    assert own_stage.call(c.GetContract, by_id, client)["state"] == "notice"
    assert own_stage.capacity(anna).committed_minutes == 600
    own_stage.world.advance(datetime(last_day.year, last_day.month, last_day.day, 12, tzinfo=UTC) + timedelta(days=1))
    assert own_stage.call(c.GetContract, by_id, client)["state"] == "ended"
    assert own_stage.capacity(anna) == Capacity(anna, 1200, 0, 1200)
    assert own_stage.told(contract["id"]) == ["contract.started", *["contract.changed"] * 4, "contract.ended"]
    left = {row["event"] for row in own_stage.store.timers.raw.find()}
    assert left == {"review.remind", "review.close"}


def test_a_trial_passes_by_itself(own_stage: Stage) -> None:
    contract = own_stage.hired()

    own_stage.world.advance(datetime.fromisoformat(contract["trial_ends_at"]) + timedelta(minutes=1))

    assert own_stage.call(c.GetContract, {"id": contract["id"]}, OPERATOR)["state"] == "active"
    assert own_stage.told(contract["id"]) == ["contract.started", "contract.changed"]


def test_terminating_gives_the_hours_back_once_and_frees_the_seat(stage: Stage) -> None:
    contract = stage.hired()
    client, anna = contract["client_id"], contract["assistant_id"]
    end = {"id": contract["id"], "reason": "Did not appear"}
    with pytest.raises(Invalid):
        stage.call(c.TerminateContract, {**end, "reason": ""}, client)

    answers = at_once(*(lambda: stage.call(c.TerminateContract, end, client) for _ in range(4)))

    assert kinds(answers).count("dict") == 1
    assert stage.capacity(anna) == Capacity(anna, 1200, 0, 1200)
    assert stage.told(contract["id"]) == ["contract.started", "contract.ended"]
    assert stage.store.timers.count({"entity_id": contract["id"]}) == 0
    brief = {"brief_id": contract["brief_id"], "client_id": client}
    assert stage.offer(brief, anna)["number"] == 2


def test_contracts_are_read_by_their_sides_and_operators(stage: Stage) -> None:
    contract = stage.hired()
    asked = {"id": contract["id"]}

    for reader in (contract["client_id"], contract["assistant_id"], OPERATOR):
        assert stage.call(c.GetContract, asked, reader)["id"] == contract["id"]
    with pytest.raises(Forbidden):
        stage.call(c.GetContract, asked, "somebody")
    with pytest.raises(Forbidden):
        stage.call(c.TerminateContract, {**asked, "reason": "x"}, OPERATOR)
    mine = contract["assistant_id"]
    assert ids(stage.call(c.ListContracts, {"states": ["trial"]}, mine)) == [contract["id"]]
    assert ids(stage.call(c.ListContracts, {"states": ["ended"]}, mine)) == []


def ids(page: Json) -> list[str]:
    return [item["id"] for item in page["items"]]


# -- replicas --------------------------------------------------------------------------------------------------------


def test_each_replica_sees_what_the_other_one_wrote(own_vhost: str, mongo_uri: str, database_prefix: str) -> None:
    with (
        running(["matching"], own_vhost, mongo_uri, database_prefix) as first,
        running(["matching"], own_vhost, mongo_uri, database_prefix) as second,
    ):
        stage = Stage(first, own_vhost)
        people = {stage.assistant() for _ in range(6)}
        gone = people.pop()
        stage.tell(profiles.ProfileUnpublished, gone, {"assistant_id": gone})
        eventlet.sleep(0.3)

        for world in (first, second):
            engine, _ = store_of(world).index.fresh()
            assert set(engine.browse(Filters(), 50, "").ids) == people
        stage.publisher.close()


def test_a_restarted_service_builds_its_index_from_the_database(own_stage: Stage) -> None:
    brief, contract, bea = own_stage.brief(), own_stage.hired(weekly_minutes=900), own_stage.assistant()

    own_stage.world.kill("matching")
    own_stage.world.restart("matching")
    until(lambda: bool(own_stage.world.status("matching").get("ready")))

    assert own_stage.shown(brief) == [bea]
    assert contract["assistant_id"] not in own_stage.shown(brief)
