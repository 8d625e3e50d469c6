"""Profiles on real parts, the harder cases: clicks at once, facts out of order, imports, whose a profile is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from shared.contracts import profiles, rate_cards
from shared.platform.context import Actor
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid, NotFound, Unauthenticated
from shared.platform.ids import new_id
from shared.platform.run import provider_of
from tests.integration.test_profiles_and_requests import OPERATOR, PROFILE, Json, Stage, attempt
from tests.support.services import running


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    with running(["profiles"], amqp_uri, mongo_uri, f"t{new_id()[-6:]}_") as started:
        yield started


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    """After each test: no event has failed."""
    yield Stage(world, amqp_uri)
    assert provider_of(world.containers["profiles"]).database.dead_letters.count() == 0


def persist(stage: Stage, contract: Any, payload: Json, by: Actor) -> str:
    """As the gateway's client would: what was not done because of others is tried again."""
    for _ in range(40):
        outcome = attempt(stage, contract, payload, by)
        if outcome != "Unavailable":
            return outcome
        eventlet.sleep(0.05)
    return "gave up"


def at_once(stage: Stage, contract: Any, payloads: list[Json], by: Actor) -> Counter[str]:
    pile = eventlet.GreenPile()
    for payload in payloads:
        pile.spawn(persist, stage, contract, payload, by)
    return Counter(pile)


def test_many_clicks_at_once_publish_once(stage: Stage) -> None:
    anna = stage.person("assistant")
    stage.call(profiles.SaveProfile, PROFILE, anna)

    assert at_once(stage, profiles.PublishProfile, [{}] * 5, anna) == {"ok": 1, "Conflict": 4}
    assert stage.told("profiles", anna.account_id) == ["profile.published"]
    assert at_once(stage, profiles.UnpublishProfile, [{}] * 5, anna) == {"ok": 1, "Conflict": 4}
    assert stage.told("profiles", anna.account_id) == ["profile.published", "profile.unpublished"]


def test_first_saves_from_many_windows_make_one_profile(stage: Stage) -> None:
    anna = stage.person("assistant")

    outcomes = at_once(stage, profiles.SaveProfile, [{**PROFILE, "headline": f"No {n}"} for n in range(5)], anna)

    assert outcomes == {"ok": 1, "Conflict": 4}
    assert stage.call(profiles.GetMyProfile, {}, anna)["version"] == 1


def test_a_draft_is_changed_in_silence_and_a_published_profile_is_told_whole(stage: Stage) -> None:
    anna = stage.person("assistant")
    stage.call(profiles.SaveProfile, PROFILE, anna)
    stage.call(profiles.SaveProfile, {**PROFILE, "headline": "Second", "version": 1}, anna)
    assert stage.told("profiles", anna.account_id) == []
    published = stage.call(profiles.PublishProfile, {}, anna)
    changed = {**PROFILE, "headline": "Third", "version": published["version"]}
    stage.call(profiles.SaveProfile, changed, anna)

    rows = provider_of(stage.world.containers["profiles"]).database.events.raw.find({"aggregate_id": anna.account_id})
    told = [(row["name"], row["data"]["headline"]) for row in rows.sort("sequence", 1)]

    assert told == [("profile.published", "Second"), ("profile.changed", "Third")]


def test_who_comes_back_keeps_the_day_of_the_first_publication(stage: Stage) -> None:
    anna = stage.person("assistant")
    stage.call(profiles.SaveProfile, PROFILE, anna)
    first = stage.call(profiles.PublishProfile, {}, anna)
    down = stage.call(profiles.UnpublishProfile, {}, anna)
    again = stage.call(profiles.PublishProfile, {}, anna)

    assert first["published_at"] == again["published_at"]
    assert [first["state"], again["state"]] == ["published", "published"]
    assert down["state"] != "published"


def test_an_older_word_about_an_account_does_not_take_its_confirmation_back(stage: Stage) -> None:
    anna = stage.person("assistant")
    stage.account(anna, confirmed=True)
    stage.sequences[anna.account_id] = 0
    stage.account(anna, confirmed=False)
    stage.call(profiles.SaveProfile, PROFILE, anna)

    assert stage.call(profiles.PublishProfile, {}, anna)["state"] == "published"


def test_nobody_writes_to_the_profile_of_another(stage: Stage) -> None:
    anna, bea = stage.person("assistant"), stage.person("assistant")
    stage.call(profiles.SaveProfile, PROFILE, anna)
    stage.call(profiles.PublishProfile, {}, anna)

    stage.call(profiles.SaveProfile, {**PROFILE, "headline": "Bea's"}, bea)
    for contract, payload in (
        (profiles.SaveProfile, PROFILE),
        (profiles.PublishProfile, {}),
        (profiles.UnpublishProfile, {}),
        (profiles.GetMyProfile, {}),
    ):
        with pytest.raises(Unauthenticated):
            stage.call(contract, payload, Actor())
    with pytest.raises(NotFound):
        stage.call(profiles.GetProfile, {"id": bea.account_id}, anna)

    assert stage.call(profiles.GetProfile, {"id": anna.account_id}, bea)["headline"] == PROFILE["headline"]
    assert stage.call(profiles.GetProfile, {"id": bea.account_id}, OPERATOR)["headline"] == "Bea's"


@pytest.mark.parametrize("contract", [profiles.PublishProfile, profiles.UnpublishProfile, profiles.GetMyProfile])
def test_who_has_no_profile_is_told_to_write_one(stage: Stage, contract: Any) -> None:
    with pytest.raises(NotFound, match="You have no profile yet"):
        stage.call(contract, {}, stage.person("assistant"))


def test_an_import_is_whole_or_not_at_all_and_says_where_it_is_wrong(stage: Stage) -> None:
    good, bad = ({**PROFILE, "assistant_id": new_id()} for _ in range(2))
    bad = {**bad, "minimum_weekly_minutes": 2000}

    with pytest.raises(Invalid) as refused:
        stage.call(profiles.ImportProfiles, {"profiles": [good, bad]}, OPERATOR)

    assert list(refused.value.fields) == ["profiles.1.minimum_weekly_minutes"]
    with pytest.raises(NotFound):
        stage.call(profiles.GetProfile, {"id": good["assistant_id"]}, OPERATOR)


def test_what_is_there_already_is_not_imported_over(stage: Stage) -> None:
    anna = stage.person("assistant")
    stage.call(profiles.SaveProfile, PROFILE, anna)
    row = {**PROFILE, "assistant_id": anna.account_id, "headline": "Imported"}

    with pytest.raises(Conflict):
        stage.call(profiles.ImportProfiles, {"profiles": [row]}, OPERATOR)

    assert stage.call(profiles.GetMyProfile, {}, anna)["headline"] == PROFILE["headline"]


@pytest.mark.parametrize(("role", "error"), [("client", Forbidden), ("", Unauthenticated)])
def test_profiles_are_written_by_assistants(stage: Stage, role: str, error: type[DextraError]) -> None:
    who = stage.person(role) if role else Actor()

    with pytest.raises(error):
        stage.call(profiles.SaveProfile, PROFILE, who)
    with pytest.raises(NotFound):
        stage.call(profiles.GetProfile, {"id": who.account_id or "nobody"}, OPERATOR)


# -- rate cards --------------------------------------------------------------------------------------------------------

CARD: Json = {
    "currency": "EUR",
    "prices": [
        {"id": "p1", "kind": "hourly", "amount": 4200},
        {"id": "p2", "kind": "retainer", "amount": 140000, "minutes": 2400},
    ],
    "rules": [{"kind": "deposit", "amount": 500, "refunds": [{"notice_days": 60, "percent": 100}]}],
}


def test_a_first_card_is_proposed_and_what_is_saved_comes_back(stage: Stage) -> None:
    anna = stage.person("assistant")
    assert stage.call(rate_cards.GetMyRateCard, {}, anna)["prices"] == []
    stage.call(profiles.SaveProfile, PROFILE, anna)
    proposed = stage.call(rate_cards.GetMyRateCard, {}, anna)
    assert (proposed["version"], proposed["prices"][0]["amount"]) == (0, 3000)

    stage.call(rate_cards.SaveRateCard, CARD, anna)

    kept = stage.call(rate_cards.GetMyRateCard, {}, anna)
    assert (kept["version"], kept["hourly_rate"]) == (1, {"amount": 4200, "currency": "EUR"})
    assert kept["rules"][0]["refunds"] == [{"notice_days": 60, "percent": 100}]
    assert stage.told("profiles", anna.account_id) == ["rate_card.changed"]


def test_a_profiles_rates_follow_its_card_whichever_is_written_last(stage: Stage) -> None:
    anna = stage.person("assistant")
    stage.call(profiles.SaveProfile, PROFILE, anna)
    published = stage.call(profiles.PublishProfile, {}, anna)
    stage.call(rate_cards.SaveRateCard, CARD, anna)
    mine = stage.call(profiles.GetMyProfile, {}, anna)

    written = stage.call(profiles.SaveProfile, {**PROFILE, "version": mine["version"]}, anna)

    assert mine["version"] == published["version"] + 1
    for profile in (mine, written):
        assert profile["hourly_rate"] == {"amount": 4200, "currency": "EUR"}
        assert profile["retainer"] == {"fee": {"amount": 140000, "currency": "EUR"}, "included_minutes": 2400}
    told = stage.told("profiles", anna.account_id)
    assert told == ["profile.published", "rate_card.changed", "profile.changed", "profile.changed"]


def test_two_windows_cannot_save_over_each_other(stage: Stage) -> None:
    anna = stage.person("assistant")

    assert at_once(stage, rate_cards.SaveRateCard, [CARD] * 4, anna) == {"ok": 1, "Conflict": 3}

    stage.call(rate_cards.SaveRateCard, {**CARD, "version": 1}, anna)
    with pytest.raises(Conflict):
        stage.call(rate_cards.SaveRateCard, {**CARD, "version": 1}, anna)


def test_a_card_is_read_where_its_profile_may_be_read(stage: Stage) -> None:
    anna, clara = stage.person("assistant"), stage.person("client")
    stage.call(profiles.SaveProfile, PROFILE, anna)
    stage.call(rate_cards.SaveRateCard, CARD, anna)
    asked = {"id": anna.account_id}
    assert stage.call(rate_cards.GetRateCard, asked, anna)["version"] == 1
    for stranger in (clara, Actor()):
        with pytest.raises(NotFound):
            stage.call(rate_cards.GetRateCard, asked, stranger)

    stage.call(profiles.PublishProfile, {}, anna)

    assert stage.call(rate_cards.GetRateCard, asked, Actor())["prices"][1]["minutes"] == 2400
    with pytest.raises(Forbidden):
        stage.call(rate_cards.SaveRateCard, CARD, clara)


def test_cards_are_imported_whole_or_not_at_all(stage: Stage) -> None:
    ids = [new_id() for _ in range(2)]
    stage.call(profiles.ImportProfiles, {"profiles": [{**PROFILE, "assistant_id": id} for id in ids]}, OPERATOR)
    good, bad = ({**CARD, "assistant_id": id} for id in ids)

    with pytest.raises(Invalid) as refused:
        wrong = {**bad, "prices": [{"id": "p1", "kind": "block", "amount": 5}]}
        stage.call(rate_cards.ImportRateCards, {"cards": [good, wrong]}, OPERATOR)
    assert "cards.1.prices.0.minutes" in refused.value.fields
    assert stage.call(rate_cards.GetRateCard, {"id": ids[0]}, Actor())["version"] == 0

    stage.call(rate_cards.ImportRateCards, {"cards": [good, bad]}, OPERATOR)
    assert stage.call(rate_cards.GetRateCard, {"id": ids[0]}, Actor())["version"] == 1
    assert stage.call(profiles.GetProfile, {"id": ids[1]}, Actor())["hourly_rate"]["amount"] == 4200
    with pytest.raises(Forbidden):
        stage.call(rate_cards.ImportRateCards, {"cards": [good]}, stage.person("assistant"))
