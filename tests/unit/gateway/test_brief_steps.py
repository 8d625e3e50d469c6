"""A brief written step by step: what was read stands on its words, what is left is asked, nothing typed is lost."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from services.requests.domain.own_words.reading import Reader
from shared.contracts import accounts, matching, requests, taxonomy
from shared.platform.errors import Unauthenticated, Unavailable
from tests.unit.gateway.canned_path import BRIEF, FITS
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc
from tests.unit.gateway.test_pages import assert_sound

TEXT = (
    "Ten hours a week for Mailchimp and travel, 35 euros an hour, English C1. No bookkeeping. <b>Now</b>, dal 3 marzo"
)
READER = Reader(taxonomy.all_names(), taxonomy.proper_names())


@pytest.fixture(autouse=True)
def service(rpc: FakeRpc) -> None:
    """Requests and matching, as far as the steps ask them: sketches are really kept."""
    kept: dict[str, Any] = {}

    def read(asked: dict[str, Any]) -> Any:
        found = READER.read(asked["text"], date(2026, 11, 23))
        return json.loads(json.dumps(requests.ReadBrief.result().dump(found)))

    def save(asked: dict[str, Any]) -> Any:
        schema = requests.SaveSketch.request()
        kept[asked["id"]] = {**schema.dump(schema.load(asked)), **read(asked)}
        return kept[asked["id"]]

    rpc.on(requests.ReadBrief, read).on(requests.SaveBrief, {**BRIEF, "state": "draft"})
    rpc.on(requests.SaveSketch, save).on(requests.GetSketch, lambda asked: kept[asked["id"]])
    rpc.on(matching.CountFits, FITS).on(requests.PublishBrief, BRIEF)


def begin(browser: FlaskClient, text: str = TEXT) -> str:
    """Writes the words; the address of what was read."""
    answer = browser.post("/briefs/new", data={"text": text, "sketch": "sketch-of-clara-1"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def inputs(html: str) -> MultiDict[str, str]:
    """What a browser would send of the page's form."""
    form = html[html.index('<form class="form"') :]
    pairs = re.findall(r'<input type="(?:hidden|text|date)"[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form)
    pairs += re.findall(r'<input id="[^"]+" name="([^"]+)"[^>]*?value="([^"]*)"', form)
    pairs += re.findall(r'<input type="(?:radio|checkbox)" name="([^"]+)" value="([^"]+)" checked', form)
    pairs += [(name, unescape(text)) for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<', form)]
    return MultiDict((name, unescape(value)) for name, value in pairs)


@pytest.mark.parametrize("locale", ["en", "it"])
def test_what_was_read_stands_on_its_words_and_only_the_rest_is_asked(sign_in: SignIn, locale: str) -> None:
    browser = sign_in("client", locale=locale)
    assert_sound(browser.get("/briefs/new").text, locale)

    page = browser.get(begin(browser))

    assert_sound(page.text, locale)
    assert '<mark class="own__mark">Mailchimp</mark>' in page.text
    assert '<mark class="own__mark own__mark--no">bookkeeping</mark>' in page.text
    assert "<b>Now" not in page.text
    assert re.findall(r'name="_shown" value="([^"]+)"', page.text) == ["level"]
    typed = inputs(page.text)
    assert (typed["weekly_minutes"], typed["required_skills-0-code"]) == ("10", "Mailchimp")


def test_a_removed_chip_leaves_the_answers_and_all_else_stays(sign_in: SignIn) -> None:
    browser = sign_in("client")
    here = begin(browser)
    typed = inputs(browser.get(here).text)
    typed["title"] = "My own title"

    browser.post(here, data=MultiDict([*typed.items(multi=True), ("drop", "required_skills:newsletter.mailchimp")]))

    page = browser.get(here).text
    assert "required_skills-0-code" not in inputs(page)
    assert '<mark class="own__mark">Mailchimp</mark>' not in page
    assert inputs(page)["title"] == "My own title"
    assert inputs(page)["weekly_minutes"] == "10"


def test_a_chip_can_be_changed_in_its_place(sign_in: SignIn) -> None:
    browser = sign_in("client")
    here = begin(browser)
    typed = inputs(browser.get(here).text)

    asked = browser.post(here, data=MultiDict([*typed.items(multi=True), ("ask", "weekly_minutes")]))

    assert asked.headers["Location"].endswith("?ask=weekly_minutes#f-weekly_minutes")
    page = browser.get(asked.headers["Location"].split("#")[0]).text
    assert 'id="f-weekly_minutes"' in page


def test_what_is_unsure_is_asked_once(sign_in: SignIn) -> None:
    browser = sign_in("client")
    here = begin(browser, "Two days a week for travel, at most 30 euros an hour")
    page = browser.get(here).text
    assert "answer--asks" in page
    typed = inputs(page)

    browser.post(here, data=MultiDict([*typed.items(multi=True), ("sure", "weekly_minutes")]))

    assert "answer--asks" not in browser.get(here).text


def test_a_mistake_is_kept_and_said_at_its_field(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    here = begin(browser)
    typed = inputs(browser.get(here).text)
    typed["weekly_minutes"] = "nonsense"

    wrong = browser.post(here, data=typed)

    assert wrong.status_code == 422
    assert 'id="f-weekly_minutes-error"' in wrong.text
    assert 'value="nonsense"' in wrong.text
    assert 'value="nonsense"' in browser.get(here).text, "and it is there after a reload"


def test_the_whole_way_to_a_published_brief(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    here = begin(browser)
    typed = inputs(browser.get(here).text)
    typed["level"] = "executive"

    on = browser.post(here, data=typed)

    assert on.headers["Location"] == f"{here}/check"
    last = browser.get(f"{here}/check")
    assert_sound(last.text, "en")
    look = inputs(last.text)
    assert look["title"].startswith("Ten hours a week")
    look["title"] = "Newsletters and travel"
    made = browser.post(f"{here}/check", data=MultiDict([*look.items(multi=True), ("publish", "1")]))
    assert made.status_code == 303, made.text
    saved = rpc.calls(requests.SaveBrief)[0].payload
    assert saved["sketch_id"] == "sketch-of-clara-1"
    assert (saved["title"], saved["text"], saved["weekly_minutes"]) == ("Newsletters and travel", TEXT, 600)
    assert saved["budget"] == {"amount": 3500, "currency": "EUR"}
    assert saved["required_skills"] == [{"code": "newsletter.mailchimp", "level": 2}]
    assert requests.SaveBrief.request().load(saved)
    assert rpc.calls(requests.PublishBrief)


def test_other_words_win_where_they_say_something(sign_in: SignIn) -> None:
    browser = sign_in("client")
    here = begin(browser)
    typed = inputs(browser.get(here).text)
    typed["level"] = "executive"
    browser.post(here, data=typed)
    again = inputs(browser.get(f"{here}/words").text)
    again["text"] = "Twenty hours a week"

    browser.post(f"{here}/words", data=again)

    page = inputs(browser.get(here).text)
    assert (page["weekly_minutes"], page["level"], page["budget"]) == ("20", "executive", "35")


def test_the_count_asks_only_what_can_be_read(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    typed = {"weekly_minutes": "ten", "budget": "35", "budget_currency": "EUR", "level": "executive"}

    page = browser.post("/briefs/count", data={**typed, "required_skills-0-code": "mail.inbox", "overlap_minutes": "2"})

    assert page.status_code == 200
    assert "12" in page.text
    assert "Pay up to €5 more an hour" in page.text
    (asked,) = rpc.calls(matching.CountFits)
    assert asked.payload["budget"] == {"amount": 3500, "currency": "EUR"}
    assert "weekly_minutes" not in asked.payload
    assert matching.CountFits.request().load(asked.payload)


def test_words_are_counted_while_they_are_written(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")

    page = browser.post("/briefs/count", data={"_step": "words", "text": TEXT})

    assert "What we read so far" in page.text
    assert rpc.calls(matching.CountFits)[0].payload["weekly_minutes"] == 600
    nothing = browser.post("/briefs/count", data={"_step": "words", "text": " "})
    assert nothing.status_code == 200
    rpc.on(matching.CountFits, Unavailable("away"))
    assert browser.post("/briefs/count", data={"_step": "words", "text": TEXT}).status_code == 200


def test_counting_works_with_a_button_alone(sign_in: SignIn) -> None:
    browser = sign_in("client")
    here = begin(browser)
    typed = MultiDict([*inputs(browser.get(here).text).items(multi=True), ("count", "1")])

    for address, data in ((here, typed), (f"{here}/fields", typed), ("/briefs/new", {"text": TEXT, "count": "1"})):
        page = browser.post(address, data=data)
        assert page.status_code == 200
        assert "assistants fit so far" in page.text
        assert "field--wrong" not in page.text


def test_a_silent_service_loses_no_word(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(requests.SaveSketch, Unavailable("Try again in a moment."))

    page = sign_in("client").post("/briefs/new", data={"text": TEXT})

    assert page.status_code == 503
    assert "Ten hours a week for Mailchimp" in page.text


def test_the_end_of_a_session_loses_no_word(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    here = begin(browser)
    typed = inputs(browser.get(here).text)
    typed["weekly_minutes"] = "12"
    rpc.on(accounts.CheckSession, Unauthenticated("Your session has ended."))

    ended = browser.post(here, data=typed)

    assert ended.status_code == 401
    assert_sound(ended.text, "en")
    kept = inputs(ended.text)
    assert (kept["weekly_minutes"], kept["text"], kept["look"]) == ("12", TEXT, "1")
    assert "publish" not in kept
    assert browser.post("/briefs/new", data={"text": TEXT}).status_code == 401, "and as a visitor"
    signed_out = browser.post("/briefs/count", data={"_step": "words", "text": TEXT})
    assert "You are signed out" in signed_out.text

    again = sign_in("client")
    assert again.post(here, data=kept).status_code in (303, 422)
    assert inputs(again.get(here).text)["weekly_minutes"] == "12"


def test_a_form_of_an_earlier_session_is_asked_for_once_more(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("client")
    app.config["WTF_CSRF_ENABLED"] = True
    typed = {"text": TEXT, "csrf_token": "of another session", "publish": "1"}

    answer = browser.post("/briefs/new", data=typed, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 400
    assert inputs(answer.text)["text"] == TEXT
    assert inputs(answer.text)["csrf_token"] != "of another session"
    forged = browser.post("/briefs/new", data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert TEXT not in forged.text
