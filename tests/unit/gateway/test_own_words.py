"""The page of a brief in one's own words: what was found stands on its words, and nothing typed is lost."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from gateway.forms import KEY
from services.requests.domain.own_words.reading import Reader
from shared.contracts import requests, taxonomy
from shared.platform.errors import Unavailable
from tests.unit.gateway.canned_path import BRIEF
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc
from tests.unit.gateway.test_pages import assert_sound

TEXT = (
    "Ten hours a week for Mailchimp and travel, 35 euros an hour, English C1. No bookkeeping. <b>Now</b>, dal 3 marzo"
)
READER = Reader(taxonomy.all_names())


@pytest.fixture(autouse=True)
def service(rpc: FakeRpc) -> None:
    def read(asked: dict[str, Any]) -> Any:
        result = requests.ReadBrief.result()
        return json.loads(json.dumps(result.dump(READER.read(asked["text"], date(2026, 11, 23)))))

    rpc.on(requests.ReadBrief, read).on(requests.SaveBrief, {**BRIEF, "state": "draft"})


@pytest.mark.parametrize("locale", ["en", "it"])
def test_what_was_found_stands_on_its_words(sign_in: SignIn, locale: str) -> None:
    browser = sign_in("client", locale=locale)
    assert_sound(browser.get("/briefs/new/words").text, locale)

    page = browser.post("/briefs/new/words", data={"text": TEXT})

    assert_sound(page.text, locale)
    assert '<mark class="own__mark">Mailchimp</mark>' in page.text
    assert '<mark class="own__mark own__mark--no">bookkeeping</mark>' in page.text
    assert "<b>Now" not in page.text
    assert 'name="required_skills-0-code"' in page.text
    assert 'name="weekly_minutes" value="10"' in page.text or 'value="10"' in page.text


def test_a_removed_finding_leaves_the_form_and_all_else_stays(sign_in: SignIn) -> None:
    browser = sign_in("client")
    number = next(n for n, f in enumerate(READER.read(TEXT, date(2026, 11, 23)).findings) if f.kind == "skill")
    typed = {
        "text": TEXT,
        "read": "1",
        "title": "My own title",
        "required_skills-0-code": "newsletter.mailchimp",
        "required_skills-0-level": "2",
        "services": "travel",
        "weekly_minutes": "nonsense",
        "drop": str(number),
    }

    page = browser.post("/briefs/new/words", data=typed)

    assert page.status_code == 200
    assert "My own title" in page.text
    assert "nonsense" in page.text
    assert '<option value="newsletter.mailchimp" selected>' not in page.text
    assert '<mark class="own__mark">Mailchimp</mark>' not in page.text
    assert f'name="dropped" value="{number}"' in page.text


def test_the_brief_is_made_of_what_stands_in_the_form(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    typed = {
        "text": TEXT,
        "read": "1",
        "title": "Travel and newsletters",
        "level": "executive",
        "services": "travel",
        "engagement": "hourly",
        "weekly_minutes": "10",
        "budget": "35",
        "budget-currency": "EUR",
        "start_on": "2026-12-01",
        "time_zone": "Europe/Rome",
        "day_start": "09:00",
        "day_end": "18:00",
        "overlap_minutes": "2",
        KEY: "k-1",
    }
    incomplete = browser.post("/briefs/new/words", data={**typed, "start_on": "", "budget": ""})
    assert incomplete.status_code == 422
    assert "Travel and newsletters" in incomplete.text
    assert not rpc.calls(requests.SaveBrief)

    made = browser.post("/briefs/new/words", data=typed)

    assert made.status_code == 303, made.text
    saved = rpc.calls(requests.SaveBrief)[0].payload
    assert (saved["text"], saved["weekly_minutes"], saved["services"]) == (TEXT, 600, ["travel"])
    assert saved["budget"] == {"amount": 3500, "currency": "EUR"}


def test_a_silent_service_loses_no_word(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(requests.ReadBrief, Unavailable("Try again in a moment."))

    page = sign_in("client").post("/briefs/new/words", data={"text": TEXT})

    assert page.status_code == 503
    assert "Ten hours a week for Mailchimp" in page.text
