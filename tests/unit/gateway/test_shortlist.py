"""The shortlist, saved searches and assistants side by side."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from gateway.browsing import BrowseForm, described, typed
from shared.contracts import matching, requests
from shared.platform.errors import Conflict
from tests.unit.gateway.canned import SEARCH, answer_all
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc
from tests.unit.gateway.test_pages import assert_sound

FILTERS: dict[str, Any] = SEARCH["filters"]  # type: ignore[assignment]


@pytest.mark.parametrize("locale", ["en", "it"])
def test_the_shortlist_shows_who_is_kept_and_why(sign_in: SignIn, rpc: FakeRpc, locale: str) -> None:
    answer_all(rpc)

    html = sign_in("client", locale=locale).get("/shortlist").text

    assert_sound(html, locale)
    assert "Livia Conti" in html
    assert "Call her on Monday" in html
    assert "Travel under 40" in html


def test_an_empty_shortlist_says_how_to_fill_it(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(requests.GetShortlist, {"items": []}).on(matching.ListSearches, {"items": []})

    html = sign_in("client").get("/shortlist").text

    assert "Nobody on it yet" in html
    assert "No search saved yet" in html
    assert rpc.calls(matching.GetAssistantCards) == []


def test_who_is_kept_is_marked_on_the_profile(sign_in: SignIn, rpc: FakeRpc, client: FlaskClient) -> None:
    answer_all(rpc)
    browser = sign_in("client")

    assert "On your shortlist" in browser.get("/assistants/as-1").text
    rpc.on(requests.GetShortlist, {"items": []})
    assert "Keep on my shortlist" in browser.get("/assistants/as-1").text
    assert "shortlist" not in client.get("/assistants/as-1").text


def test_a_note_is_kept(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(requests.KeepAssistant, {})

    response = sign_in("client").post("/shortlist/as-1", data={"note": "Away until May", "next": "/assistants/as-1"})

    assert response.location == "/assistants/as-1"
    assert rpc.calls(requests.KeepAssistant)[0].payload == {"assistant_id": "as-1", "note": "Away until May"}


def test_a_search_is_saved_with_its_filters_alone(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(matching.SaveSearch, SEARCH)
    typed_in = {
        "text": "board",
        "services": ["travel", "events"],
        "rate": "40.50",
        "rate_currency": "CHF",
        "sort": "rate",
    }

    sign_in("client").post("/searches", data={**typed_in, "name": ""})

    (asked,) = rpc.calls(matching.SaveSearch)
    assert asked.payload["filters"] == {
        "text": "board",
        "services": ["travel", "events"],
        "max_rate_amount": 4050,
        "currency": "CHF",
    }
    assert asked.payload["name"] == "“board”, Travel, Events, up to CHF40.50 an hour"


def test_too_many_searches_are_refused_in_words(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(matching.SaveSearch, Conflict("You keep 20 searches already. Remove one of them first."))
    browser = sign_in("client")

    response = browser.post("/searches", data={"name": "One more", "text": "x", "next": "/assistants?text=x"})

    assert response.location == "/assistants?text=x"
    assert "You keep 20 searches already." in browser.get(response.location).text


def test_a_saved_search_leads_to_the_list_as_it_was_filtered(app: Flask, sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(matching.GetSearch, SEARCH)

    response = sign_in("client").get("/searches/se-1")

    found = urlsplit(response.location)
    assert found.path == "/assistants"
    with app.test_request_context(response.location):
        query = BrowseForm(data=request.args).query
    assert {name: query.get(name, value) for name, value in FILTERS.items()} == FILTERS
    assert parse_qs(found.query)["free_minutes"] == ["5:30"]


def test_a_search_without_filters_leads_to_everybody(app: Flask) -> None:
    with app.test_request_context("/"):
        assert typed({"text": "", "services": [], "max_rate_amount": None}) == {}
        assert described({}) == ""


def test_at_most_four_are_compared(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    html = client.get("/compare?id=as-1&id=as-2&id=as-3&id=as-4&id=as-5&id=as-1").text

    assert "Only the first 4" in html
    assert rpc.calls(matching.GetAssistantCards)[0].payload["ids"] == ["as-1", "as-2", "as-3", "as-4"]


def test_one_is_not_compared(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    assert "Choose at least two" in client.get("/compare?id=as-1").text
    assert "Choose at least two" in client.get("/compare").text
