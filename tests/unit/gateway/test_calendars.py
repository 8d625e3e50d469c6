"""Calendars: those that she follows, and her own as other programs read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from flask.testing import FlaskClient

from shared.contracts import profiles
from shared.platform.errors import Invalid, NotFound
from tests.unit.gateway.canned_path import ME, answer_path
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc

FEED = {
    "assistant_id": "as-1",
    "display_name": "Livia Conti",
    "locale": "it",
    "time_zone": "Europe/Rome",
    "working_hours": [
        {"day": "mon", "start": "09:00", "end": "13:00"},
        {"day": "mon", "start": "14:00", "end": "24:00"},
    ],
    "exceptions": [
        {
            "id": "ex-1", "kind": "away", "first_on": "2026-12-07", "last_on": "2026-12-08", "spans": [],
            "reason": "Neve", "locale": "it", "public": False, "source": "own", "names": {},
        },
        {
            "id": "ex-2", "kind": "extra", "first_on": "2026-12-12", "last_on": "2026-12-13",
            "spans": [{"start": "10:00", "end": "12:00"}], "reason": "", "locale": "it", "public": False,
            "source": "own", "names": {},
        },
    ],
    "commitments": [
        {
            "id": "co-1", "client_name": "Clara Bassi", "title": "Braccio destro", "weekly_minutes": 600,
            "start_on": "2026-11-18", "ends_on": "2026-12-18",
        },
        {
            "id": "co-2", "client_name": "Luca Donati", "title": "Conti", "weekly_minutes": 300,
            "start_on": "2026-11-23", "ends_on": None,
        },
    ],
    "updated_at": "2026-11-20T08:00:00+00:00",
}  # fmt: skip
AVAILABILITY = {
    "assistant_id": ME, "exceptions": [], "holidays_country": "", "feed_key": "secret-key",
    "calendars": [
        {"id": "ca-1", "host": "calendar.example", "read_at": "2026-11-20T08:00:00+00:00", "problem": "", "busy": 12},
        {
            "id": "ca-2", "host": "old.example", "read_at": None, "busy": 0,
            "problem": "The calendar is not shared at this address, or not any more. Copy its address again.",
        },
    ],
}  # fmt: skip


def entries(client: FlaskClient, rpc: FakeRpc, **changed: Any) -> dict[str, Any]:
    answer_path(rpc).on(profiles.GetCalendar, {**FEED, **changed})
    response = client.get("/calendar/secret-key.ics")
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    read = icalendar.Calendar.from_ical(response.data)
    assert {zone["TZID"] for zone in read.walk("VTIMEZONE")} == {changed.get("time_zone", "Europe/Rome")}
    return {str(event["UID"]).removesuffix("-as-1@dextra"): event for event in read.walk("VEVENT")}


def test_a_calendar_holds_hours_days_off_and_commitments_in_her_language(client: FlaskClient, rpc: FakeRpc) -> None:
    found = entries(client, rpc)

    assert {uid: str(event["SUMMARY"]) for uid, event in found.items()} == {
        "hours-mon-0900": "Orari di lavoro",
        "hours-mon-1400": "Orari di lavoro",
        "day-ex-1": "Assente: Neve",
        "day-ex-2-0": "Ore in più",
        "contract-co-1": "10\N{NO-BREAK SPACE}h per Clara Bassi",
        "contract-co-1-end": "Ultimo giorno per Clara Bassi",
        "contract-co-2": "5\N{NO-BREAK SPACE}h per Luca Donati",
    }
    assert [uid for uid, event in found.items() if event["TRANSP"] == "OPAQUE"] == ["day-ex-1"]
    assert (found["day-ex-1"]["DTSTART"].dt, found["day-ex-1"]["DTEND"].dt) == (date(2026, 12, 7), date(2026, 12, 9))
    assert found["hours-mon-1400"]["DTEND"].dt.strftime("%H:%M") == "00:00"
    assert found["hours-mon-0900"]["EXDATE"].dts[0].dt.date() == date(2026, 12, 7)


def test_commitments_stand_on_mondays_until_they_end(client: FlaskClient, rpc: FakeRpc) -> None:
    event = entries(client, rpc)["contract-co-1"]

    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=datetime(2026, 11, 23))
    assert event["DTSTART"].dt == date(2026, 11, 23)
    assert [day.day for day in rule] == [23, 30, 7, 14]


def test_ids_stay_the_same(client: FlaskClient, rpc: FakeRpc) -> None:
    first = set(entries(client, rpc))

    assert set(entries(client, rpc, updated_at=(datetime.now(UTC) + timedelta(days=3)).isoformat())) == first


def test_hostile_text_stays_text(client: FlaskClient, rpc: FakeRpc) -> None:
    wicked = {**FEED["exceptions"][0], "reason": "x\r\nEND:VCALENDAR\r\nBEGIN:VEVENT;\\n"}  # type: ignore[index,dict-item]

    assert set(entries(client, rpc, exceptions=[wicked], commitments=[], working_hours=FEED["working_hours"])) == {
        "hours-mon-0900",
        "hours-mon-1400",
        "day-ex-1",
    }


def test_a_key_that_opens_nothing(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_path(rpc).on(profiles.GetCalendar, NotFound("There is no calendar at this address, or not any more."))

    assert client.get("/calendar/other.ics").status_code == 404


@pytest.mark.parametrize("locale", ["en", "it"])
def test_followed_calendars_say_how_they_are(sign_in: SignIn, rpc: FakeRpc, locale: str) -> None:
    browser = sign_in("assistant", locale=locale)
    answer_path(rpc).on(profiles.GetMyAvailability, AVAILABILITY)

    html = browser.get("/profile/calendars").text

    assert "calendar.example" in html
    assert ("Copy its address again" in html) == (locale == "en")
    assert "/calendar/secret-key.ics" in html
    assert 'action="/profile/calendars/ca-2/read"' in html


def test_an_address_is_followed_as_typed_and_its_problem_said_at_the_field(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.GetMyAvailability, AVAILABILITY).on(profiles.FollowCalendar, AVAILABILITY)

    assert browser.post("/profile/calendars", data={"url": "https://cal.example/a.ics"}).status_code == 303
    assert rpc.calls(profiles.FollowCalendar)[-1].payload == {"url": "https://cal.example/a.ics"}

    rpc.on(profiles.FollowCalendar, Invalid.field("url", "There is no server of this name. Check the address."))
    refused = browser.post("/profile/calendars", data={"url": "https://nowhere.example/"})
    assert refused.status_code == 422
    assert 'id="f-url-error"' in refused.text
    assert 'value="https://nowhere.example/"' in refused.text


@pytest.mark.parametrize(
    ("path", "contract", "payload"),
    [
        ("/profile/calendars/ca-1/read", profiles.ReadCalendar, {"id": "ca-1"}),
        ("/profile/calendars/ca-1/remove", profiles.UnfollowCalendar, {"id": "ca-1"}),
        ("/profile/calendars/share", profiles.ShareCalendar, {}),
        ("/profile/calendars/unshare", profiles.UnshareCalendar, {}),
    ],
)
def test_buttons(sign_in: SignIn, rpc: FakeRpc, path: str, contract: Any, payload: dict[str, Any]) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(contract, AVAILABILITY)

    assert browser.post(path, data={"_key": "k"}).status_code == 303
    assert rpc.calls(contract)[-1].payload == payload
