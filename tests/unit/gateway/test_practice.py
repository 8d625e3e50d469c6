"""The practice area: a profile written part by part, what it lacks, and what is worth adding."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from shared.contracts import profiles
from shared.platform.errors import Invalid, NotFound, Text
from tests.unit.gateway.canned import MY_PROFILE
from tests.unit.gateway.canned_path import ME, answer_path
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc

PARTS = ("/profile", "/profile/work", "/profile/hours", "/profile/clients")
ABOUT = {"display_name": "Studio Bassi", "headline_en": "Calendars and travel", "story_locale": "en", "version": "2"}


def saved(rpc: FakeRpc) -> dict[str, Any]:
    """What the last save asked for, as the service reads it."""
    loaded: dict[str, Any] = profiles.ChangeProfile.load_request(rpc.calls(profiles.ChangeProfile)[-1].payload)
    return loaded


def a_draft(rpc: FakeRpc, **changed: Any) -> None:
    draft = {**MY_PROFILE, "assistant_id": ME, "state": "draft", "first": True, "published_at": None, **changed}
    rpc.on(profiles.GetMyProfile, draft)


@pytest.mark.parametrize("path", [*PARTS, "/profile/review"])
@pytest.mark.parametrize("locale", ["en", "it"])
def test_every_part_is_shown_with_what_was_written(sign_in: SignIn, rpc: FakeRpc, path: str, locale: str) -> None:
    browser = sign_in("assistant", locale=locale)
    answer_path(rpc)

    response = browser.get(path)

    assert response.status_code == 200
    assert path == "/profile/review" or 'aria-current="page"' in response.text
    assert "84" in response.text


@pytest.mark.parametrize("path", [*PARTS, "/profile/review"])
def test_every_part_is_shown_before_anything_is_written(sign_in: SignIn, rpc: FakeRpc, path: str) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.GetMyProfile, NotFound("none"))

    html = browser.get(path).text

    assert "stepper__step--now" in html
    assert "field__error" not in html


def test_a_first_profile_begins_with_what_the_account_says(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant", locale="it")
    answer_path(rpc).on(profiles.GetMyProfile, NotFound("none"))

    html = browser.get("/profile").text

    assert 'value="Clara Bassi"' in html
    assert 'name="version" value="0"' in html
    assert html.index('name="headline_it"') < html.index('name="headline_en"')


def test_texts_are_kept_by_language(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, {})

    form = {**ABOUT, "headline_it": "Agende e viaggi", "story_it": "Da anni", "story_locale": "it"}
    assert browser.post("/profile", data=form).status_code == 303

    asked = saved(rpc)
    assert (asked["headline"], asked["story"], asked["story_locale"]) == ("Agende e viaggi", "Da anni", "it")
    assert asked["translations"] == [{"locale": "en", "headline": "Calendars and travel", "story": ""}]
    assert asked["version"] == 2
    assert "services" not in asked


def test_the_language_shown_to_others_is_one_that_has_a_text(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, {})

    browser.post("/profile", data={**ABOUT, "story_locale": "it"})

    assert (saved(rpc)["story_locale"], saved(rpc)["headline"], saved(rpc)["translations"]) == (
        "en",
        "Calendars and travel",
        [],
    )


def test_a_story_needs_a_headline_in_its_language(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc)

    response = browser.post("/profile", data={**ABOUT, "story_it": "Da anni"})

    assert response.status_code == 422
    assert 'id="f-headline_it-error"' in response.text
    assert "Da anni" in response.text
    assert not rpc.calls(profiles.ChangeProfile)


@pytest.mark.parametrize(
    ("path", "wrong", "field"),
    [
        ("headline", "headline", "headline_en"),
        ("translations.0.headline", "headline", "headline_it"),
        ("translations.0.story", "story", "story_it"),
        ("display_name", "name", "display_name"),
    ],
)
def test_what_the_service_finds_wrong_is_said_at_the_text(
    sign_in: SignIn, rpc: FakeRpc, path: str, wrong: str, field: str
) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, Invalid(fields={path: [Text("Shorten this.")]}))

    response = browser.post("/profile", data={**ABOUT, "headline_it": "Agende", "story_it": "Da anni"})

    assert f'id="f-{field}-error"' in response.text, wrong


@pytest.mark.parametrize("path", PARTS)
def test_a_draft_may_lack_what_a_published_profile_needs(sign_in: SignIn, rpc: FakeRpc, path: str) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, {})
    a_draft(rpc)

    assert browser.post(path, data={"version": "2", "go": "on"}).status_code == 303
    assert saved(rpc)["version"] == 2


def test_a_published_profile_is_told_what_it_needs_at_the_field(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc)

    response = browser.post("/profile/work", data={"version": "2"})

    assert response.status_code == 422
    for field in ("level", "services", "skills", "languages"):
        assert f'id="f-{field}-error"' in response.text, field


def test_saving_goes_on_to_the_next_step_and_at_last_to_a_look_at_all(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, {})
    a_draft(rpc)

    went, path = [], "/profile"
    while path != "/profile/review":
        path = browser.post(path, data={"version": "2", "go": "on"}).location
        went.append(path)
        if path not in PARTS:
            break

    assert went[:3] == list(PARTS[1:])


def test_hours_and_clients_are_saved_as_typed(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, {})

    typed = MultiDict(
        [
            ("minimum_weekly_minutes", "3"),
            ("notice_days", "7"),
            ("target_sizes", "micro"),
            ("target_sizes", "small"),
            ("target_countries", "IT"),
            ("assurances", "nda"),
            ("equipment", "Two lines"),
            ("version", "2"),
        ]
    )
    browser.post("/profile/clients", data=typed)

    asked = saved(rpc)
    assert (asked["minimum_weekly_minutes"], asked["notice_days"]) == (180, 7)
    assert (asked["target_sizes"], asked["target_countries"], asked["assurances"]) == (
        ["micro", "small"],
        ["IT"],
        ["nda"],
    )
    assert asked["target_industries"] == []


def test_points_say_why_and_lead_to_their_part(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc)

    html = browser.get("/profile/review").text

    assert "Clients filter by service" in html
    assert re.search(r'href="/profile/work">Change', html)
    assert "unheard of" in html
    assert "/profile/publish" not in html


def test_who_is_no_assistant_is_told_so(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc)

    assert all(browser.get(path).status_code == 403 for path in PARTS)
