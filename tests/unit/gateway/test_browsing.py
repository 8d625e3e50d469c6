"""Filters of the list: what is asked, what the address keeps, chips that take one away, counts, further values."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from gateway.browsing import BrowseForm, active, address_of, described, typed
from shared.contracts import matching
from shared.contracts.taxonomy import SKILLS, is_tool
from tests.unit.gateway.canned import answer_all
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc

TOOL = next(code for code in SKILLS if is_tool(code))
SKILL = next(code for code in SKILLS if not is_tool(code))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (f"skills={SKILL}&tools={TOOL}&skill_level=3", {"skills": [SKILL, TOOL], "skill_level": 3}),
        ("skill_level=3", {}),
        ("language=it&cefr=C1", {"language": "it", "cefr": "C1"}),
        ("cefr=C1", {}),
        ("least=20&rate=35.50", {"min_rate_amount": 2000, "max_rate_amount": 3550, "currency": "EUR"}),
        (
            "pay=retainer&least=500&rate_currency=USD",
            {"retainer": True, "min_fee_amount": 50000, "currency": "USD"},
        ),
        ("pay=retainer", {"retainer": True}),
        (
            "overlap=2&day_start=10:00&zone=Asia/Tokyo",
            {"overlap_minutes": 120, "time_zone": "Asia/Tokyo", "day_start": "10:00", "day_end": "18:00"},
        ),
        ("day_start=10:00&zone=Asia/Tokyo", {}),
        ("overlap=plenty&rating=9&new=1", {"new": True}),
        ("rating=450", {"min_rating": 450}),
        ("zone=Mars/Base&overlap=1", {"overlap_minutes": 60, "day_start": "09:00", "day_end": "18:00"}),
    ],
)
def test_what_the_service_is_asked(app: Flask, asked: str, expected: dict[str, Any]) -> None:
    with app.test_request_context(f"/assistants?{asked}"):
        assert {k: v for k, v in BrowseForm(data=request.args).query.items() if k != "sort"} == expected


def test_the_readers_own_day_is_counted_with(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)

    sign_in("client", time_zone="America/New_York").get("/assistants")

    asked = rpc.calls(matching.BrowseAssistants)[0].payload
    assert (asked["time_zone"], asked["day_start"], asked["day_end"]) == ("America/New_York", "09:00", "18:00")


def test_the_address_leaves_out_what_says_nothing() -> None:
    given = {"text": [""], "sort": ["newest"], "zone": ["UTC"], "cefr": ["C1"], "services": ["travel", "events"]}
    shared = {"overlap": ["2"], "zone": ["Europe/Rome"], "day_start": ["09:00"], "cursor": ["x"]}

    assert address_of(given) == {"services": ["travel", "events"]}
    assert address_of(shared) == {"overlap": ["2"], "zone": ["Europe/Rome"], "day_start": ["09:00"]}


def test_each_chip_takes_one_filter_away(app: Flask) -> None:
    asked = f"text=board&services=travel&services=events&skills={SKILL}&skill_level=3&overlap=2&rate=40&new=1"
    with app.test_request_context(f"/assistants?{asked}"):
        chips = active(BrowseForm(data=request.args), dict(request.args.lists()))
        left = []
        for chip in chips:
            with app.test_request_context(chip.url):
                left.append(active(BrowseForm(data=request.args), dict(request.args.lists())))

    assert len(chips) == 8
    said = {chip.text for chip in chips}
    for chip, rest in zip(chips, left, strict=True):
        lost = said - {other.text for other in rest}
        expected = {chip.text, "each at least advanced"} if "skills=" not in chip.url else {chip.text}
        assert lost == expected


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"min_rate_amount": 2000, "max_rate_amount": 3000}, "€20 to €30 an hour"),
        ({"retainer": True, "max_fee_amount": 90000, "currency": "USD"}, "with a retainer, up to US$900 a month"),
        ({"overlap_minutes": 120, "time_zone": "Europe/Rome"}, "2 h a day shared with mine"),
        ({"language": "it", "cefr": "C2", "min_rating": 450}, "Italian from C2, rated 4.5 and above"),
        ({"skills": ["docs.excel"], "skill_level": 4}, "Spreadsheets with Excel, each at least expert"),
    ],
)  # fmt: skip
def test_a_search_in_words(app: Flask, filters: dict[str, Any], said: str) -> None:
    with app.test_request_context("/"):
        words = described(filters).replace("\N{NO-BREAK SPACE}", " ")
    expected = said.replace("Spreadsheets with Excel", SKILLS["docs.excel"]["en"])
    assert words == expected


def test_counts_stand_beside_the_values(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    html = client.get("/assistants?language=it").text

    assert re.search(r'value="4"[^>]*>at least 4\s*h · 17<', html)
    assert ">a month, on a retainer · 8<" in html
    assert "4.5 and above · 3" in html
    assert re.search(r'name="services" value="travel"><span>[^<]+<span class="dim">12</span>', html)
    assert '<span class="dim">5</span>' in html


def test_a_new_list_brings_new_counts(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    html = client.get("/assistants?level=executive", headers={"HX-Request": "true", "HX-Target": "results"}).text

    assert set(re.findall(r'id="(facets-\w+)"[^>]* hx-swap-oob="true"', html)) == {
        "facets-hours",
        "facets-pay",
        "facets-kinds",
        "facets-work",
    }


def test_further_values_are_a_page_of_links_or_come_in_place(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    listed = [code for code in list(SKILLS)[:30] if not is_tool(code)]

    html = client.get(f"/assistants/values/skills?level=executive&skills={listed[0]}").text
    placed = client.get("/assistants/values/skills", headers={"HX-Request": "true", "HX-Target": "more-skills"}).text
    narrowed = client.get("/assistants/values/skills?q=zzz").text

    assert f"level=executive&amp;skills={listed[0]}&amp;skills={listed[1]}" in html
    assert f"skills={listed[0]}&amp;skills={listed[0]}" not in html
    assert placed.count('type="checkbox"') == len(listed)
    assert "<h1" not in placed
    assert "Nothing of that name" in narrowed
    assert client.get("/assistants/values/secrets").status_code == 404


def test_a_saved_search_comes_back_whole(app: Flask) -> None:
    filters = {"skills": [SKILL, TOOL], "skill_level": 2, "min_rate_amount": 1250, "currency": "GBP", "new": True}
    with app.test_request_context("/"):
        args = typed(filters)
    with app.test_request_context("/assistants", query_string=args):
        assert BrowseForm(data=request.args).filters == filters


def test_a_card_shows_the_next_free_hours_in_my_zone_and_the_facts(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)

    html = sign_in("client", time_zone="America/New_York").get("/assistants").text
    theirs = sign_in("client", time_zone="America/New_York").get("/assistants?overlap=2&zone=Asia/Kathmandu").text

    assert "next: Mon 30 Nov, 03:00–07:00" in html
    assert "next: Mon 30 Nov, 13:45–17:45" in theirs
    assert "<strong>4.82</strong>" in html
    assert re.search(r"answers within 1\s*h\s*35", html)
    assert "Phone number checked" in html
