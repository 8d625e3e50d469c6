"""What assistants propose and operators add, on real parts: from the proposal to profiles, briefs, search and news."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from shared.contracts import matching, messaging, profiles, requests, taxonomy
from shared.contracts import vocabulary as c
from shared.platform.context import Actor
from shared.platform.errors import Conflict, Forbidden, Invalid
from shared.platform.ids import new_id
from shared.platform.run import provider_of
from tests.integration.test_profiles_and_requests import OPERATOR, PROFILE, Json, Stage
from tests.support.services import running

SERVICES = ["profiles", "requests", "matching", "messaging"]


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    with running(SERVICES, amqp_uri, mongo_uri, f"t{new_id()[-6:]}_") as started:
        yield started
    taxonomy.forget_added()


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    yield Stage(world, amqp_uri)
    for name in SERVICES:
        assert provider_of(world.containers[name]).database.dead_letters.count() == 0


def entry(name: str, **changes: Any) -> Json:
    return {
        "kind": "tool",
        "service": "bookkeeping",
        "labels": {"en": name, "it": name},
        "synonyms": {"en": [], "it": []},
        "descriptions": {"en": f"Ledgers in {name}.", "it": f"Registri in {name}."},
        **changes,
    }


def proposed(stage: Stage, by: Actor, name: str, **changes: Any) -> Json:
    asked = {"kind": "tool", "name": name, "service": "bookkeeping", "locale": "it", **changes}
    answer: Json = stage.call(c.ProposeWork, asked, by)
    return answer


def test_an_accepted_proposal_counts_everywhere(stage: Stage) -> None:
    anna, bea, clara = stage.person("assistant"), stage.person("assistant"), stage.person("client")
    first = proposed(stage, anna, "Ledger Frog")
    assert proposed(stage, bea, "ledger-frog")["id"] == first["id"]

    added = stage.call(c.AcceptProposal, {"id": first["id"], **entry("Ledger Frog")}, OPERATOR)

    assert added["code"] == "own.ledger_frog"
    assert [one["code"] for one in stage.call(c.GetAdditions, {"number": added["number"] - 1}, Actor())["items"]] == [
        "own.ledger_frog"
    ]
    stage.call(profiles.SaveProfile, {**PROFILE, "skills": [{"code": "own.ledger_frog", "level": 4}]}, anna)
    stage.call(profiles.PublishProfile, {}, anna)
    read = lambda: stage.call(requests.ReadBrief, {"text": "Invoices in Ledger Frog, 10 hours a week."}, clara)  # noqa: E731
    found = lambda: stage.call(matching.BrowseAssistants, {"text": "frog"}, clara)["total"]  # noqa: E731
    for _ in range(100):
        codes = [one["value"].get("code") for one in read()["findings"]]
        if found() == 1 and "own.ledger_frog" in codes:
            break
        eventlet.sleep(0.05)
    assert found() == 1
    assert "own.ledger_frog" in codes
    for person in (anna, bea):
        told = news(stage, person)
        assert told["kind"] == "proposal.decided"
        assert told["params"]["label"] == "Ledger Frog"
    mine = stage.call(c.ListMyProposals, {}, bea)["items"]
    assert [(one["state"], one["code"]) for one in mine] == [("accepted", "own.ledger_frog")]


def news(stage: Stage, person: Actor) -> Json:
    for _ in range(100):
        listed: list[Json] = stage.call(messaging.ListNotifications, {}, person)["items"]
        if listed:
            return listed[0]
        eventlet.sleep(0.05)
    raise AssertionError("nobody was told")


def test_other_processes_learn_of_it_when_they_are_asked(stage: Stage) -> None:
    added = stage.call(c.AddWork, entry("Pond Keeper"), OPERATOR)
    eventlet.sleep(0.3)
    taxonomy.forget_added()  # as in a process that was told nothing
    for name in SERVICES[:3]:
        held: Any = provider_of(stage.world.containers[name]).database
        for _ in range(60):
            if name == "profiles" or held.taxonomy_additions.find_one(id=added["code"]) is not None:
                break
            eventlet.sleep(0.05)
    anna = stage.person("assistant")
    forget_what_was_seen()

    stage.call(profiles.SaveProfile, {**PROFILE, "skills": [{"code": added["code"], "level": 1}]}, anna)


def forget_what_was_seen() -> None:
    for look in taxonomy._looks:
        watch = look.__self__  # type: ignore[attr-defined]
        watch._seen, watch._looked_at = set(), float("-inf")


def test_a_merged_proposal_becomes_a_synonym(stage: Stage) -> None:
    anna = stage.person("assistant")
    proposal = proposed(stage, anna, "Zeero contabile")

    merged = stage.call(c.MergeProposal, {"id": proposal["id"], "code": "books.xero"}, OPERATOR)

    assert merged["synonyms"]["it"] == ["Zeero contabile"]
    assert taxonomy.fresh()
    eventlet.sleep(0.3)
    taxonomy.fresh()
    assert "Zeero contabile" in taxonomy.names()["books.xero"]
    assert taxonomy.label("books.xero", "en") == "Xero"
    with pytest.raises(Conflict):
        stage.call(c.DeclineProposal, {"id": proposal["id"], "reason": "Too late"}, OPERATOR)
    with pytest.raises(Invalid):
        proposed(stage, anna, "ZEERO contabile")


def test_a_declined_one_has_a_reason_that_is_told_and_may_be_proposed_again(stage: Stage) -> None:
    anna = stage.person("assistant")
    proposal = proposed(stage, anna, "Thinking hard", kind="skill")

    with pytest.raises(Invalid):
        stage.call(c.DeclineProposal, {"id": proposal["id"], "reason": " "}, OPERATOR)
    stage.call(c.DeclineProposal, {"id": proposal["id"], "reason": "Everybody does that."}, OPERATOR)

    assert news(stage, anna)["params"]["reason"] == "Everybody does that."
    assert proposed(stage, anna, "Thinking hard", kind="skill")["id"] != proposal["id"]


def test_an_operator_corrects_what_was_added_and_nothing_that_comes_with_dextra(stage: Stage) -> None:
    added = stage.call(c.AddWork, entry("Frogg Desk"), OPERATOR)
    corrected = {**entry("Frog Desk"), "code": added["code"], "kind": "skill"}

    again = stage.call(c.CorrectWork, corrected, OPERATOR)
    given = stage.call(
        c.CorrectWork, {**entry("Other"), "code": "books.quickbooks", "synonyms": {"en": ["qbooks"]}}, OPERATOR
    )

    assert (again["labels"]["en"], again["kind"], again["code"]) == ("Frog Desk", "tool", added["code"])
    assert (given["labels"]["en"], given["synonyms"]["en"]) == ("QuickBooks", ["qbooks"])


def test_two_operators_at_once_add_one(stage: Stage) -> None:
    def add() -> str:
        try:
            return str(stage.call(c.AddWork, entry("Twin Frog"), OPERATOR)["code"])
        except Invalid:
            return "taken"

    pile = eventlet.GreenPile()
    for _ in range(4):
        pile.spawn(add)
    assert sorted(pile) == ["own.twin_frog", "taken", "taken", "taken"]


def test_what_was_decided_already_adds_nothing_not_even_in_memory(stage: Stage) -> None:
    proposal = proposed(stage, stage.person("assistant"), "Stale frog")
    stage.call(c.DeclineProposal, {"id": proposal["id"], "reason": "Because"}, OPERATOR)

    with pytest.raises(Conflict):
        stage.call(c.AcceptProposal, {"id": proposal["id"], **entry("Stale frog")}, OPERATOR)

    assert taxonomy.find("own.stale_frog") is None


def test_whose_business_it_is(stage: Stage) -> None:
    anna, clara = stage.person("assistant"), stage.person("client")
    proposal = proposed(stage, anna, "Lily pads")

    for contract, payload in (
        (c.AcceptProposal, {"id": proposal["id"], **entry("Lily pads")}),
        (c.MergeProposal, {"id": proposal["id"], "code": "books.xero"}),
        (c.DeclineProposal, {"id": proposal["id"], "reason": "Because"}),
        (c.AddWork, entry("Lily pads")),
        (c.CorrectWork, {**entry("Lily pads"), "code": "books.xero"}),
        (c.ListProposals, {}),
        (c.GetProposal, {"id": proposal["id"]}),
    ):
        with pytest.raises(Forbidden):
            stage.call(contract, payload, anna)
    with pytest.raises(Forbidden):
        proposed(stage, clara, "Lily pads")
    assert stage.call(c.ListMyProposals, {}, clara)["items"] == []
    with pytest.raises(Invalid):
        proposed(stage, anna, "Xero")
