"""A practice on real parts: days off and calendars reach matching, and take hours and weeks away there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import eventlet
import pytest

from deploy.in_process import InProcess
from services.profiles.feeds import Fetched
from services.profiles.service import ProfilesService
from shared.contracts import matching, profiles
from shared.platform.context import Actor
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound
from shared.platform.ids import new_id
from shared.platform.run import provider_of
from tests.integration.test_profiles_and_requests import PROFILE, Json, Stage
from tests.support.services import actor, running


@pytest.fixture(scope="module")
def world(amqp_uri: str, mongo_uri: str) -> Iterator[InProcess]:
    prefix = f"t{new_id()[-6:]}_"
    with running(["profiles", "matching"], amqp_uri, mongo_uri, prefix, TIMER_POLL_SECONDS="3600") as started:
        yield started


@pytest.fixture
def stage(world: InProcess, amqp_uri: str) -> Iterator[Stage]:
    yield Stage(world, amqp_uri)
    for name in ("profiles", "matching"):
        assert provider_of(world.containers[name]).database.dead_letters.count() == 0


WEEK = [{"day": day, "start": "09:00", "end": "17:00"} for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]


def published(stage: Stage) -> Actor:
    anna = stage.person("assistant")
    stage.call(profiles.SaveProfile, {**PROFILE, "working_hours": WEEK}, anna)
    stage.call(profiles.PublishProfile, {}, anna)
    return anna


def next_free(stage: Stage, who: Actor) -> list[Json]:
    stage.world.settle()
    card = stage.call(matching.GetAssistantCard, {"id": who.account_id}, Actor())
    return list(card["next_free"])


def calendar(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", "")).encode()


def busy(start: datetime, hours: int) -> bytes:
    begin, end = (f"{moment:%Y%m%dT%H%M%SZ}" for moment in (start, start + timedelta(hours=hours)))
    return calendar("BEGIN:VEVENT", "UID:1", "SUMMARY:Secret", f"DTSTART:{begin}", f"DTEND:{end}", "END:VEVENT")


def test_a_draft_grows_part_by_part_and_is_published_when_it_is_whole(stage: Stage) -> None:
    anna = stage.person("assistant")
    about = stage.call(profiles.ChangeProfile, {"display_name": "Anna", "headline": "Calm", "version": 0}, anna)
    with pytest.raises(Invalid) as refused:
        stage.call(profiles.PublishProfile, {}, anna)
    assert {"level", "services", "hourly_rate"} <= set(refused.value.fields)
    assert not stage.call(profiles.GetMyProfile, {}, anna)["completeness"]["publishable"]

    rest = {name: value for name, value in PROFILE.items() if name not in ("display_name", "headline")}
    stage.call(profiles.ChangeProfile, {**rest, "version": about["version"]}, anna)
    shown = stage.call(profiles.PublishProfile, {}, anna)

    assert (shown["state"], shown["headline"]) == ("published", "Calm")
    with pytest.raises(Invalid):
        stage.call(profiles.ChangeProfile, {"services": [], "version": shown["version"]}, anna)


def test_days_off_take_the_next_free_hours_away_and_give_them_back(stage: Stage) -> None:
    anna = published(stage)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    before = next_free(stage, anna)
    away = {"kind": "away", "first_on": tomorrow.isoformat(), "last_on": (tomorrow + timedelta(days=9)).isoformat()}

    noted = stage.call(profiles.AddException, {**away, "reason": "Mountains"}, anna)
    during = next_free(stage, anna)
    public = stage.call(profiles.GetProfile, {"id": anna.account_id}, Actor())["away"]
    stage.call(profiles.DropException, {"id": noted["exceptions"][0]["id"]}, anna)

    assert all(
        not tomorrow.isoformat() <= span["start"][:10] < (tomorrow + timedelta(days=10)).isoformat() for span in during
    )
    assert (public[0]["first_on"], public[0]["reason"]) == (tomorrow.isoformat(), "")
    assert next_free(stage, anna)[-1] == before[-1]
    facts = provider_of(stage.world.containers["profiles"]).database.events.raw.find({"name": "availability.changed"})
    assert all("Mountains" not in str(fact["data"]) for fact in facts)


def test_a_calendar_takes_its_times_and_only_those(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = published(stage)
    first = datetime.fromisoformat(next_free(stage, anna)[1]["start"])
    files = {"https://cal.example/a.ics": Fetched(busy(first, 3), '"1"')}
    monkeypatch.setattr(ProfilesService, "fetch", staticmethod(lambda url, _etag: files[url]))

    followed = stage.call(profiles.FollowCalendar, {"url": "https://cal.example/a.ics"}, anna)
    taken = next_free(stage, anna)

    assert (followed["calendars"][0]["host"], followed["calendars"][0]["busy"]) == ("cal.example", 1)
    assert datetime.fromisoformat(taken[1]["start"]) == first + timedelta(hours=3)
    database: Any = provider_of(stage.world.containers["profiles"]).database
    kept = database.calendars.raw.find_one({"assistant_id": anna.account_id})
    assert "Secret" not in str(kept)
    id = followed["calendars"][0]["id"]
    files["https://cal.example/a.ics"] = Fetched(None, '"1"')
    assert stage.call(profiles.ReadCalendar, {"id": id}, anna)["calendars"][0]["busy"] == 1

    with pytest.raises(NotFound):
        stage.call(profiles.ReadCalendar, {"id": id}, stage.person("assistant"))
    stage.call(profiles.UnfollowCalendar, {"id": id}, anna)
    assert datetime.fromisoformat(next_free(stage, anna)[1]["start"]) == first


def test_what_goes_wrong_is_told_and_what_was_read_still_counts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = published(stage)
    monkeypatch.setattr(ProfilesService, "fetch", staticmethod(lambda _url, _etag: Fetched(b"<html>", "")))
    with pytest.raises(Invalid) as refused:
        stage.call(profiles.FollowCalendar, {"url": "https://cal.example/a.ics"}, anna)
    assert "url" in refused.value.fields

    file = busy(datetime.now(UTC) + timedelta(days=1), 2)
    monkeypatch.setattr(ProfilesService, "fetch", staticmethod(lambda _url, _etag: Fetched(file, "")))
    for number in range(3):
        told = stage.call(profiles.FollowCalendar, {"url": f"https://cal.example/{number}.ics"}, anna)
    with pytest.raises(Conflict):
        stage.call(profiles.FollowCalendar, {"url": "https://cal.example/4.ics"}, anna)
    monkeypatch.setattr(ProfilesService, "fetch", staticmethod(lambda _url, _etag: Fetched(b"<html>", "")))
    told = stage.call(profiles.ReadCalendar, {"id": told["calendars"][0]["id"]}, anna)

    assert "does not give a calendar" in told["calendars"][0]["problem"]
    assert told["calendars"][0]["busy"] == 1


def test_the_timer_reads_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = published(stage)
    first = datetime.fromisoformat(next_free(stage, anna)[1]["start"])
    files = [busy(first - timedelta(days=30), 1)]
    monkeypatch.setattr(ProfilesService, "fetch", staticmethod(lambda _url, _etag: Fetched(files[-1], "")))
    id = stage.call(profiles.FollowCalendar, {"url": "https://cal.example/a.ics"}, anna)["calendars"][0]["id"]
    files.append(busy(first, 2))

    provider: Any = provider_of(stage.world.containers["profiles"])
    provider.database.timers.raw.update_one({"entity_id": id}, {"$set": {"due_at": datetime.now(UTC)}})
    provider.fire_due()
    with eventlet.Timeout(10):
        while not provider.database.calendars.raw.find_one({"_id": id})["busy"]:
            eventlet.sleep(0.01)

    assert datetime.fromisoformat(next_free(stage, anna)[1]["start"]) == first + timedelta(hours=2)


def test_her_own_calendar_opens_by_its_present_key_only(stage: Stage) -> None:
    anna = published(stage)
    old = stage.call(profiles.ShareCalendar, {}, anna)["feed_key"]
    assert stage.call(profiles.GetCalendar, {"key": old}, Actor())["time_zone"] == "Europe/Rome"
    new = stage.call(profiles.ShareCalendar, {}, anna)["feed_key"]

    assert len({old, new}) == 2
    for key in (old, "x", new + "x"):
        with pytest.raises(NotFound):
            stage.call(profiles.GetCalendar, {"key": key}, Actor())
    stage.call(profiles.UnshareCalendar, {}, anna)
    with pytest.raises(NotFound):
        stage.call(profiles.GetCalendar, {"key": new}, Actor())


def test_availability_is_for_assistants(stage: Stage) -> None:
    for contract, payload in (
        (profiles.ImportHolidays, {"country": "IT"}),
        (profiles.ShareCalendar, {}),
        (profiles.GetMyAvailability, {}),
        (profiles.FollowCalendar, {"url": "https://cal.example/a.ics"}),
    ):
        with pytest.raises(Forbidden):
            stage.call(contract, payload, actor(new_id(), "client"))


def test_her_week_is_hers(stage: Stage) -> None:
    anna = published(stage)
    stage.world.settle()

    week: dict[str, Any] = stage.call(matching.GetMyWeek, {}, anna)

    assert (week["capacity_minutes"], week["free_minutes"], week["held"]) == (1200, 1200, [])
    with pytest.raises(NotFound):
        stage.call(matching.GetMyWeek, {}, actor(new_id(), "assistant"))


def test_cover_is_shown_when_both_agree_and_until_one_ends_it(stage: Stage) -> None:
    anna, bea, carla = published(stage), published(stage), published(stage)
    address = f"{bea.account_id}@Example.com"

    invited = stage.call(profiles.InviteCover, {"address": address}, anna)
    assert stage.call(profiles.GetProfile, {"id": anna.account_id}, Actor())["covered_by"] == []
    (asked,) = stage.call(profiles.ListCovers, {}, bea)["others"]
    assert (asked["id"], asked["address"]) == (invited["id"], "")
    assert stage.call(profiles.ListCovers, {}, carla)["others"] == []
    for contract in (profiles.AcceptCover, profiles.EndCover):
        with pytest.raises(NotFound):
            stage.call(contract, {"id": invited["id"]}, carla)

    stage.call(profiles.AcceptCover, {"id": invited["id"]}, bea)
    shown = stage.call(profiles.GetProfile, {"id": anna.account_id}, Actor())["covered_by"]
    assert [one["assistant_id"] for one in shown] == [bea.account_id]
    stage.call(profiles.EndCover, {"id": invited["id"]}, bea)

    assert stage.call(profiles.GetProfile, {"id": anna.account_id}, Actor())["covered_by"] == []
    assert stage.told("profiles", invited["id"]) == ["cover.invited", "cover.accepted", "cover.ended"]


def test_an_unknown_address_is_answered_like_a_known_one(stage: Stage) -> None:
    anna = published(stage)

    known = stage.call(profiles.InviteCover, {"address": f"{published(stage).account_id}@example.com"}, anna)
    unknown = stage.call(profiles.InviteCover, {"address": "nobody@example.com"}, anna)

    assert {name: type(value) for name, value in known.items()} == {n: type(v) for n, v in unknown.items()}
    assert (known["partner_id"], unknown["partner_id"]) == ("", "")
    with pytest.raises(Invalid):
        stage.call(profiles.InviteCover, {"address": "Nobody@example.com"}, anna)


def test_clients_see_only_the_people_who_are_shown(stage: Stage) -> None:
    anna = published(stage)
    team = [{"name": "Silvia", "languages": ["it"], "public": True}, {"name": "Paolo"}]
    version = stage.call(profiles.GetMyProfile, {}, anna)["version"]
    stage.call(profiles.ChangeProfile, {"team": team, "version": version}, anna)

    assert [one["name"] for one in stage.call(profiles.GetProfile, {"id": anna.account_id}, Actor())["team"]] == [
        "Silvia"
    ]
    assert len(stage.call(profiles.GetMyProfile, {}, anna)["team"]) == 2
    facts = provider_of(stage.world.containers["profiles"]).database.events.raw.find({"aggregate_id": anna.account_id})
    assert all("Paolo" not in str(fact["data"]) for fact in facts)
