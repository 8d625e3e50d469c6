"""Reviews, ratings, facts and checks on a real broker and database: sealed, revealed, counted, and who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.matching.domain.reviews import WINDOW
from shared.contracts import accounts, billing, messaging, work
from shared.contracts import matching as c
from shared.platform.clock import utc_now
from shared.platform.context import Actor
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from shared.platform.ids import new_id
from tests.integration.test_matching import OPERATOR, Stage, an_account, some_terms
from tests.support.broker import Broker
from tests.support.services import running

Json = dict[str, Any]
OF_ASSISTANT = dict.fromkeys(c.REVIEW_CRITERIA["assistant"], 5)
OF_CLIENT = dict.fromkeys(c.REVIEW_CRITERIA["client"], 4)


@pytest.fixture
def stage(broker: Broker, mongo_uri: str, database_prefix: str) -> Iterator[Stage]:
    """With a clock of its own."""
    vhost = broker.new_vhost()
    with running(["matching"], vhost, mongo_uri, database_prefix) as world:
        made = Stage(world, vhost)
        yield made
        made.publisher.close()


def over(stage: Stage) -> Json:
    """A contract that began today and was ended by notice."""
    (contract,) = all_over(stage, 1)
    return contract


def all_over(stage: Stage, count: int) -> list[Json]:
    contracts = [stage.hired(start_on=utc_now().date().isoformat(), notice_days=0) for _ in range(count)]
    for contract in contracts:
        by = contract["client_id"]
        stage.call(c.PassTrial, {"id": contract["id"]}, by)
        ended: Json = stage.call(c.GiveNotice, {"id": contract["id"], "reason": "Done"}, by)
        last = datetime.fromisoformat(ended["ends_on"]).replace(tzinfo=UTC)
    stage.world.advance(last + timedelta(days=1, hours=1))
    return contracts


def trust(stage: Stage, id: str, side: str, by: str = "") -> Json:
    told: Json = stage.call(c.GetTrust, {"id": id, "side": side}, by)
    return told


def write(stage: Stage, contract: Json, side: str, **changes: Any) -> Json:
    asked = {"id": contract["id"], "text": f"By the {side}", "locale": "en", **changes}
    asked.setdefault("scores", OF_ASSISTANT if side == "client" else OF_CLIENT)
    written: Json = stage.call(c.WriteReview, asked, contract[f"{side}_id"])
    return written


def test_from_the_seal_to_the_reveal_and_what_it_counts_for(stage: Stage) -> None:
    contract = over(stage)
    anna, carla, id = contract["assistant_id"], contract["client_id"], contract["id"]
    assert trust(stage, anna, "assistant")["rating"]["value"] == 0

    assert write(stage, contract, "client")["state"] == "sealed"
    sealed = stage.call(c.GetReview, {"id": id}, anna)
    assert (sealed["by_client"], sealed["by_assistant"]) == (None, None)
    assert stage.call(c.ListReviewsOf, {"subject_id": anna})["items"] == []
    assert stage.call(c.GetReview, {"id": id}, OPERATOR)["by_client"] is None
    fact = stage.store.events.raw.find_one({"name": "review.written"})
    assert "By the client" not in str(fact)
    with pytest.raises(Conflict):
        write(stage, contract, "client")
    with pytest.raises(Forbidden):
        stage.call(c.WriteReview, {"id": id, "scores": OF_ASSISTANT}, "stranger")
    with pytest.raises(Invalid):
        write(stage, contract, "assistant", scores={"clarity": 9})

    assert write(stage, contract, "assistant")["state"] == "revealed"
    (public,) = stage.call(c.ListReviewsOf, {"subject_id": anna})["items"]
    assert (public["by_client"]["text"], public["client_name"], public["brief_title"]) == ("By the client", "", "")
    assert public["days"] >= 1
    known = trust(stage, anna, "assistant")
    assert (known["rating"]["value"], known["rating"]["count"], known["completed"]) == (417, 1, 1)
    assert trust(stage, carla, "client", anna)["rating"]["value"] == 400
    card = stage.call(c.BrowseAssistants, {"min_rating": 417, "sort": "rating"})["items"][0]
    assert (card["assistant_id"], card["trust"]["rating"], card["trust"]["completed"]) == (anna, 417, 1)
    assert stage.told(f"review:{id}") == ["review.opened", "review.written", "review.revealed"]

    stage.call(c.ReplyToReview, {"id": id, "text": "Thank you"}, anna)
    stage.call(c.ReportReview, {"id": id, "reason": "It names my daughter"}, anna)
    with pytest.raises(Forbidden):
        stage.call(c.HideReview, {"id": id, "author": "client", "reason": "x"}, anna)
    assert [one["id"] for one in stage.call(c.ListReported, {}, OPERATOR)["items"]] == [id]
    stage.call(c.HideReview, {"id": id, "author": "client", "reason": "It named a child"}, OPERATOR)
    (hidden,) = stage.call(c.ListReviewsOf, {"subject_id": anna})["items"]
    assert (hidden["by_client"]["text"], hidden["by_client"]["hidden_reason"]) == ("", "It named a child")
    assert trust(stage, anna, "assistant")["rating"]["count"] == 0
    assert stage.call(c.BrowseAssistants, {"min_rating": 300})["total"] == 0
    assert stage.call(c.ListReported, {}, OPERATOR)["items"] == []


def test_when_the_time_is_over_what_was_written_is_revealed(stage: Stage) -> None:
    one, other = all_over(stage, 2)
    write(stage, one, "client")

    stage.world.advance(utc_now() + WINDOW + timedelta(days=3))

    states = {id: stage.store.reviews.get(id).state.value for id in (one["id"], other["id"])}
    assert states == {one["id"]: "revealed", other["id"]: "lapsed"}
    told = stage.told(f"review:{one['id']}")
    assert told == ["review.opened", "review.written", "review.closing", "review.revealed"]
    assert stage.told(f"review:{other['id']}") == ["review.opened", "review.closing", "review.lapsed"]
    with pytest.raises(Conflict):
        write(stage, one, "assistant")
    assert len(stage.call(c.ListMyReviews, {}, one["client_id"])["items"]) == 1


def test_facts_come_from_what_happened(stage: Stage) -> None:
    contract = over(stage)
    anna, carla = contract["assistant_id"], contract["client_id"]
    stage.tell(work.TimesheetApproved, new_id(), {**_sheet(contract), "minutes": 150, "terms": some_terms()})
    stage.tell(billing.InvoicePaid, new_id(), _invoice(contract, received_on="2026-03-01"))
    stage.tell(billing.InvoicePaid, new_id(), _invoice(contract, received_on="2026-03-02"))
    began = utc_now().replace(microsecond=0) - timedelta(hours=5)
    for talk in range(3):
        for author, recipient, hours in ((carla, anna, 0), (carla, anna, 1), (anna, carla, 2)):
            stage.tell(messaging.MessagePosted, new_id(), _message(f"t{talk}", author, recipient, began, hours))

    of_anna, of_carla = trust(stage, anna, "assistant"), trust(stage, carla, "client", anna)

    assert (of_anna["approved_minutes"], of_carla["approved_minutes"]) == (150, 150)
    assert (of_carla["invoices_paid"], of_carla["invoices_on_time"]) == (2, 1)
    assert (of_anna["response_minutes"], of_anna["response_cases"]) == (120, 4)
    assert (of_anna["offers_received"], of_anna["offers_answered"], of_anna["contracts"]) == (1, 1, 1)
    assert of_carla["name"] == "Carla Verdi"
    assert of_carla["email_confirmed"] is True
    with pytest.raises(Unauthenticated):
        trust(stage, carla, "client")
    with pytest.raises(NotFound):
        trust(stage, carla, "assistant")


def test_a_check_is_asked_for_granted_and_taken_back(stage: Stage) -> None:
    anna = stage.assistant()
    asked = {"kind": "phone", "note": "Mornings"}
    decided = {"account_id": anna, "kind": "phone", "decision": "grant", "note": "Rang her"}
    with pytest.raises(NotFound):
        stage.call(c.DecideCheck, decided, OPERATOR)
    stage.tell(accounts.AccountRegistered, anna, an_account(anna, "Anna Rossi"))

    stage.call(c.AskForCheck, asked, anna)
    assert [one["account_id"] for one in stage.call(c.ListChecks, {}, OPERATOR)["items"]] == [anna]
    with pytest.raises(Conflict):
        stage.call(c.AskForCheck, asked, anna)
    with pytest.raises(Forbidden):
        stage.call(c.DecideCheck, decided, anna)
    stage.call(c.DecideCheck, decided, OPERATOR)
    assert [mark["kind"] for mark in trust(stage, anna, "assistant")["marks"]] == ["phone"]
    assert stage.call(c.GetAssistantCard, {"id": anna})["trust"]["marks"] == ["phone"]
    stage.call(c.DecideCheck, {**decided, "decision": "revoke", "note": "The number changed"}, OPERATOR)

    assert trust(stage, anna, "assistant")["marks"] == []
    (check,) = stage.call(c.ListMyChecks, {}, anna)["items"]
    assert [entry["event"] for entry in check["history"]] == ["ask", "grant", "revoke"]
    assert stage.told(check["id"]) == ["check.asked", "check.granted", "check.revoked"]


def _sheet(contract: Json) -> Json:
    names = ("client_id", "client_name", "assistant_id", "assistant_name", "brief_title")
    return {**{name: contract[name] for name in names}, "id": new_id(), "contract_id": contract["id"], "entries": []}


def _invoice(contract: Json, **changes: Any) -> Json:
    return {
        "id": new_id(),
        "kind": "invoice",
        "client_id": contract["client_id"],
        "issuer_id": contract["assistant_id"],
        "due_on": "2026-03-01",
        **changes,
    }


def _message(talk: str, author: str, recipient: str, began: datetime, hours: int) -> Json:
    return {
        "message_id": new_id(),
        "conversation_id": talk,
        "author_id": author,
        "recipient_id": recipient,
        "sent_at": (began + timedelta(hours=hours)).isoformat(),
    }


def test_a_colleague_has_no_part_in_what_the_founder_does_as_an_assistant(stage: Stage) -> None:
    """A company's id is its founder's account id, and its founder may be an assistant to others."""
    contract = over(stage)
    anna, id = contract["assistant_id"], contract["id"]
    colleague = Actor("dora", frozenset({"client"}), acting_for=anna, acting_as="owner", name="Dora")
    write(stage, contract, "client")

    with pytest.raises(Forbidden):
        stage.call(c.WriteReview, {"id": id, "text": "x", "locale": "en", "scores": OF_CLIENT}, colleague)
    write(stage, contract, "assistant")
    for query in (c.GetReview, c.GetContract):
        assert stage.call(query, {"id": id}, anna)
        with pytest.raises(Forbidden):
            stage.call(query, {"id": id}, colleague)
    for query in (c.ListMyReviews, c.ListContracts, c.ListOffers):
        assert stage.call(query, {}, anna)["items"]
        assert stage.call(query, {}, colleague)["items"] == []
    (shown,) = stage.call(c.ListReviewsOf, {"subject_id": anna}, colleague)["items"]
    assert (shown["client_name"], shown["brief_title"]) == ("", "")
