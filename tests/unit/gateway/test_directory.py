"""The directory of work, and what search engines read of all pages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.web.directory import PLOT_HEIGHT, bars
from shared.contracts import matching, profiles, taxonomy
from shared.contracts.fields import LOCALES
from shared.platform.errors import Unavailable
from tests.unit.gateway.canned import WORK, answer_all, profile
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc

INDEXED = ("/", "/assistants", "/assistants/as-1", "/how-matching-works", "/skills", "/skills/travel")
NOT_INDEXED = ("/sign-in", "/sign-up", "/assistants?text=travel", "/assistants?cursor=c2", "/nowhere")


def structured(html: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return [node for text in found for node in json.loads(text)["@graph"]]


@pytest.mark.parametrize("path", INDEXED)
def test_public_pages_name_their_address_in_each_language(client: FlaskClient, rpc: FakeRpc, path: str) -> None:
    answer_all(rpc)

    html = client.get(path + "?lang=it").text

    assert f'<link rel="canonical" href="http://localhost:8000{path}">' in html
    for locale in LOCALES:
        assert f'hreflang="{locale}" href="http://localhost:8000{path}?lang={locale}"' in html
    assert "noindex" not in html
    assert '<html lang="it">' in html


@pytest.mark.parametrize("path", NOT_INDEXED)
def test_other_pages_ask_not_to_be_kept(client: FlaskClient, rpc: FakeRpc, path: str) -> None:
    answer_all(rpc)

    html = client.get(path).text

    assert '<meta name="robots" content="noindex">' in html
    assert "canonical" not in html


def test_the_language_of_an_address_holds_for_the_next_page(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    client.get("/skills?lang=it")

    assert '<html lang="it">' in client.get("/").text


def test_the_language_of_an_address_does_not_change_an_accounts(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)

    assert '<html lang="en">' in sign_in("client", locale="en").get("/skills?lang=it").text


def test_a_service_is_described_for_machines(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    service, term, crumbs = structured(client.get("/skills/travel.booking").text)

    assert service["@type"] == "Service"
    assert (term["@type"], term["termCode"]) == ("DefinedTerm", "travel.booking")
    assert service["name"] == "Travel booking"
    assert service["description"] == taxonomy.description("travel.booking", "en")
    assert service["offers"] == {
        "@type": "AggregateOffer",
        "priceCurrency": "EUR",
        "lowPrice": "20.00",
        "highPrice": "50.00",
        "offerCount": 22,
    }
    assert [step["name"] for step in crumbs["itemListElement"]] == ["Services and skills", "Travel", "Travel booking"]


def test_what_people_write_cannot_end_the_structured_data(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    evil = "</script><script>alert(1)</script>"
    rpc.on(profiles.GetProfile, lambda asked: {**profile(asked), "headline": evil})

    html = client.get("/assistants/as-1").text

    assert evil not in html
    (page,) = structured(html)
    assert page["mainEntity"]["description"] == evil


def test_rates_are_plotted_to_scale() -> None:
    tall, short = bars(WORK["rates"][0])  # type: ignore[index]

    assert tall["height"] == PLOT_HEIGHT
    assert short["height"] == pytest.approx(PLOT_HEIGHT * 4 / 14, abs=0.1)
    assert (tall["usual"], short["usual"]) == (True, True)
    assert tall["x"] + tall["width"] < short["x"]


def test_nobody_offers_it_yet(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    nothing = {**WORK, "count": 0, "levels": [], "rates": [], "languages": [], "related": []}
    rpc.on(matching.DescribeWork, {**nothing, "code": "phone.voip"})
    rpc.on(matching.BrowseAssistants, {"items": [], "total": 0, "next": None})

    html = client.get("/skills/phone.voip").text

    assert "Nobody offers this yet" in html
    assert "Too few offer this yet" in html


def test_an_unknown_skill_is_not_found(client: FlaskClient) -> None:
    assert client.get("/skills/juggling").status_code == 404


def test_a_skills_page_stands_without_the_list(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(matching.BrowseAssistants, Unavailable("Try again."))
    rpc.on(matching.GetDirectory, Unavailable("Try again."))

    assert client.get("/skills/travel").status_code == 200


def locations(text: str) -> list[str]:
    return [unescape(found) for found in re.findall("<loc>(.*?)</loc>", text)]


def test_sitemaps_lead_to_every_page(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(matching.ListPublished, lambda asked: {"ids": ["a", "c"] if asked.get("parts") else ["a", "b"]})

    listed = locations(client.get("/sitemap.xml").text)
    pages = locations(client.get("/sitemaps/pages.xml").text)
    people = locations(client.get("/sitemaps/assistants.xml?from_id=a").text)

    assert listed == [
        f"http://localhost:8000/sitemaps/{path}"
        for path in ("pages.xml", "assistants.xml?from_id=a", "assistants.xml?from_id=c")
    ]
    assert {f"http://localhost:8000/skills/{code}" for code in (*taxonomy.SERVICES, *taxonomy.SKILLS)} < set(pages)
    assert people == ["http://localhost:8000/assistants/a", "http://localhost:8000/assistants/b"]


def test_robots_are_told_where_to_look(client: FlaskClient) -> None:
    response = client.get("/robots.txt")

    assert response.mimetype == "text/plain"
    assert "Sitemap: http://localhost:8000/sitemap.xml" in response.text
    assert "Disallow: /api/" in response.text


def test_every_service_and_skill_has_a_sentence_in_each_language() -> None:
    for code in (*taxonomy.SERVICES, *taxonomy.SKILLS):
        told = {taxonomy.description(code, locale) for locale in LOCALES}
        assert len(told) == len(LOCALES), code
        assert all(sentence.endswith(".") for sentence in told), code


def test_the_style_guide_is_for_local_runs(client: FlaskClient, app: Flask) -> None:
    page = client.get("/styleguide")
    assert page.status_code == 200
    assert page.text.count("<section") > 10
    settings = app.extensions["dextra.settings"]
    app.extensions["dextra.settings"] = replace(settings, mailbox=False)

    try:
        assert client.get("/styleguide").status_code == 404
    finally:
        app.extensions["dextra.settings"] = settings


def test_tools_are_told_from_skills() -> None:
    assert taxonomy.is_tool("books.xero")
    assert not taxonomy.is_tool("books.invoicing")
    assert not taxonomy.is_tool("bookkeeping")
    assert not taxonomy.is_tool("no.such_code")
    assert not {"tool", "bookkeeping"} & taxonomy.names()["books.xero"]


def test_what_other_classifications_call_it_is_linked_and_credited(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    page = client.get("/skills/books.invoicing").text
    term = structured(page)[1]

    assert all(uri.startswith("http://data.europa.eu/esco/skill/") for uri in term["sameAs"])
    assert f'href="{term["sameAs"][0]}"' in page
    assert "ESCO classification of the European Commission" in page
    assert "O*NET" in client.get("/skills/data.analysis").text
    assert "What others call it" not in client.get("/skills/errands").text
