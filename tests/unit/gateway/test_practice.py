"""The practice area: a profile written part by part, what it lacks, and what is worth adding."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from shared.contracts import matching, profiles
from shared.platform.errors import Invalid, NotFound, Text, key_used
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


def week_form(**changed: str) -> dict[str, str]:
    return {
        "time_zone": "Europe/Rome",
        "working_hours-mon-0-start": "09:00",
        "working_hours-mon-0-end": "13:00",
        "working_hours-mon-1-start": "14:00",
        "working_hours-mon-1-end": "00:00",
        "working_hours-sat-1-start": "10:00",
        "working_hours-sat-1-end": "12:30",
        "capacity_minutes": "12:30",
        "version": "2",
        **changed,
    }


def test_a_week_is_saved_as_typed(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, {})

    assert browser.post("/profile/hours", data=week_form()).status_code == 303

    asked = saved(rpc)
    assert [(one["day"], one["start"], one["end"]) for one in asked["working_hours"]] == [
        ("mon", "09:00", "13:00"),
        ("mon", "14:00", "24:00"),
        ("sat", "10:00", "12:30"),
    ]
    assert asked["capacity_minutes"] == 750


def test_a_day_is_copied_to_the_working_week_and_nothing_is_saved(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc)

    html = browser.post("/profile/hours", data=week_form(_copy="mon")).text

    for day in ("mon", "tue", "wed", "thu", "fri"):
        assert f'name="working_hours-{day}-1-start" value="14:00"' in html, day
    assert 'name="working_hours-sat-0-start" value="10:00"' in html
    assert 'name="working_hours-sun-0-start" value=""' in html
    assert not rpc.calls(profiles.ChangeProfile)


def test_a_day_may_have_one_more_time(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc)

    html = browser.post("/profile/hours", data=week_form(_more="working_hours-mon")).text

    assert 'name="working_hours-mon-2-start" value=""' in html
    assert 'name="working_hours-tue-2-start"' not in html


def test_a_wrong_time_is_said_at_the_day_and_kept(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc)

    half = browser.post("/profile/hours", data=week_form(**{"working_hours-mon-1-end": ""}))
    assert half.status_code == 422
    assert 'id="f-working_hours-mon-1-error"' in half.text
    assert 'value="14:00"' in half.text

    rpc.on(
        profiles.ChangeProfile, Invalid(fields={"working_hours.2.end": [Text("This must be later than the start.")]})
    )
    refused = browser.post("/profile/hours", data=week_form())
    assert 'id="f-working_hours-sat-0-error"' in refused.text


AVAILABILITY = {
    "assistant_id": ME,
    "holidays_country": "IT",
    "exceptions": [
        {
            "id": "ex-1", "kind": "away", "first_on": "2026-12-24", "last_on": "2027-01-06", "spans": [],
            "reason": "In montagna", "locale": "it", "public": False, "source": "own", "names": {},
        },
        {
            "id": "ex-2", "kind": "instead", "first_on": "2026-12-10", "last_on": "2026-12-10",
            "spans": [{"start": "14:00", "end": "18:00"}], "reason": "", "locale": "en", "public": False,
            "source": "own", "names": {},
        },
        {
            "id": "ex-3", "kind": "away", "first_on": "2026-12-08", "last_on": "2026-12-08", "spans": [], "reason": "",
            "locale": "en", "public": True, "source": "holiday",
            "names": {"en": "Immaculate Conception", "it": "Immacolata"},
        },
    ],
}  # fmt: skip


def test_days_that_are_different_are_listed_in_the_readers_language(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.GetMyAvailability, AVAILABILITY)

    html = browser.get("/profile/hours").text

    assert '<span lang="it">In montagna</span>' in html
    assert '<span lang="en">Immaculate Conception</span>' in html
    assert "14:00–18:00" in html
    assert 'action="/profile/hours/days/ex-1/remove"' in html


def test_days_are_noted_as_typed(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.GetMyAvailability, AVAILABILITY).on(profiles.AddException, AVAILABILITY)

    typed = {"kind": "extra", "first_on": "2026-12-05", "start": "20:00", "end": "00:00", "reason": "Fair"}
    assert browser.post("/profile/hours/days", data=typed).status_code == 303
    asked = profiles.AddException.load_request(rpc.calls(profiles.AddException)[-1].payload)
    assert asked["spans"] == [{"start": "20:00", "end": "24:00"}]
    assert (asked["last_on"], asked["public"]) == (None, False)

    rpc.on(
        profiles.AddException, Invalid(fields={"spans.0.start": [Text("Say from when.")], "last_on": [Text("Over.")]})
    )
    refused = browser.post("/profile/hours/days", data=typed)
    assert refused.status_code == 422
    assert 'id="f-start-error"' in refused.text
    assert 'id="f-last_on-error"' in refused.text
    assert 'value="Fair"' in refused.text


@pytest.mark.parametrize("country", ["IT", ""])
def test_public_holidays_are_one_press(sign_in: SignIn, rpc: FakeRpc, country: str) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ImportHolidays, AVAILABILITY)

    assert browser.post("/profile/hours/holidays", data={"country": country}).status_code == 303
    assert rpc.calls(profiles.ImportHolidays)[-1].payload == {"country": country}


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


# -- as clients see it -------------------------------------------------------------------------------------------------


def test_a_preview_shows_what_is_typed_and_saves_nothing(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc)

    response = browser.post("/profile", data={**ABOUT, "story_en": "Mornings <b>first</b>.", "_preview": "1"})

    assert response.status_code == 200
    seen = response.text[response.text.index('id="preview"') :]
    assert "Calendars and travel" in seen
    assert "Mornings &lt;b&gt;first&lt;/b&gt;." in seen
    assert "Travel booking" in seen
    assert "Make an offer" not in seen
    assert 'value="Calendars and travel"' in response.text
    assert not rpc.calls(profiles.ChangeProfile)


def test_a_preview_leaves_out_what_could_not_be_read(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc)
    skills = {"skills-0-code": "Travel booking", "skills-0-level": "3", "skills-1-code": "Zzyzx", "skills-1-level": "9"}

    response = browser.post("/profile/work", data={**skills, "languages-0-code": "xx", "_preview": "1"})

    assert response.status_code == 200
    seen = response.text[response.text.index('id="preview"') :]
    assert "Travel booking" in seen
    assert "Zzyzx" not in seen
    assert 'value="Zzyzx"' in response.text


@pytest.mark.parametrize("version", ["x", "²", "9" * 5000, "-1"])
def test_a_version_that_was_tampered_with_is_none(sign_in: SignIn, rpc: FakeRpc, version: str) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, {})

    assert browser.post("/profile", data={**ABOUT, "version": version}).status_code == 303
    assert rpc.calls(profiles.ChangeProfile)[0].payload["version"] == 0


def test_a_form_that_was_sent_before_says_so_and_can_be_sent_again(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, key_used())

    response = browser.post("/profile", data={**ABOUT, "_key": "used"})

    assert response.status_code == 409
    assert "This form was sent before, with something else in it." in response.text
    assert "idempotency" not in response.text
    assert 'value="Calendars and travel"' in response.text
    assert 'name="_key" value="used"' not in response.text


@pytest.mark.parametrize("path", PARTS)
def test_even_an_empty_draft_can_be_looked_at(sign_in: SignIn, rpc: FakeRpc, path: str) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.GetMyProfile, NotFound("none"))

    response = browser.post(path, data={"version": "0", "_preview": "1"})

    assert response.status_code == 200
    assert 'class="preview__page"' in response.text


@pytest.mark.parametrize(("locale", "headline"), [("en", "Fifteen years beside"), ("it", "Quindici anni accanto")])
def test_clients_read_her_in_their_language(client: Any, rpc: FakeRpc, locale: str, headline: str) -> None:
    answer_path(rpc)
    rpc.on(profiles.GetProfile, {**MY_PROFILE, "away": [AVAILABILITY["exceptions"][2]]})

    html = client.get("/assistants/as-1", headers={"Accept-Language": locale}).text

    assert re.search(rf'<p class="lead flush"><span>{headline}', html)
    assert 'lang="en">I have worked beside' in html
    assert ("Written in" in html or "Testo in" in html) == (locale == "it")
    assert ("Immacolata" if locale == "it" else "Immaculate Conception") in html


def test_what_she_declares_is_said_to_be_unchecked(client: Any, rpc: FakeRpc) -> None:
    answer_path(rpc)
    rpc.on(profiles.GetProfile, {**MY_PROFILE, "away": []})

    html = client.get("/assistants/as-1").text

    assert "Signs a confidentiality agreement" in html
    assert "Dextra has not checked it" in html
    assert "Italy and Switzerland" in html


# -- capacity ----------------------------------------------------------------------------------------------------------

WEEK = {
    "capacity_minutes": 1800,
    "committed_minutes": 1200,
    "free_minutes": 600,
    "held": [
        {
            "contract_id": "co-1", "client_id": "acc-1", "client_name": "Clara Bassi", "brief_title": "Right hand",
            "state": "notice", "weekly_minutes": 900, "frees_on": "2026-12-10", "ending": True,
        },
        {
            "contract_id": "co-2", "client_id": "acc-2", "client_name": "Luca Donati", "brief_title": "Books",
            "state": "active", "weekly_minutes": 300, "frees_on": "2026-12-12", "ending": False,
        },
    ],
    "waiting": [
        {
            "offer_id": "of-1", "client_id": "acc-3", "client_name": "Grace Chen", "brief_title": "Travel",
            "by": "client", "weekly_minutes": 720, "expires_at": "2026-12-01T10:00:00+00:00", "fits": False,
        }
    ],
}  # fmt: skip


def test_the_week_says_who_holds_it_and_when_it_frees(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(matching.GetMyWeek, WEEK)

    html = browser.get("/profile/capacity").text

    assert html.count("weekbar__part") == 2
    assert "Free from 10 Dec 2026: notice was given." in html
    assert "Free from 12 Dec 2026 at the earliest" in html
    assert "does not fit now" in html
    assert 'href="/offers/of-1"' in html


def test_more_promised_than_offered_is_said(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(matching.GetMyWeek, {**WEEK, "capacity_minutes": 900, "free_minutes": -300})

    assert "Contracts hold 5" in browser.get("/profile/capacity").text


def test_before_the_first_publication_there_is_no_week(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(matching.GetMyWeek, NotFound("none"))

    assert "counted from the first publication" in browser.get("/profile/capacity").text


# -- team and cover ----------------------------------------------------------------------------------------------------

COVER = {
    "id": "cv-1", "inviter_id": "as-2", "inviter_name": "Marta Kowalczyk", "partner_id": "", "partner_name": "",
    "address": "", "state": "invited", "invited_at": "2026-11-20T08:00:00+00:00",
}  # fmt: skip
COVERS = {"mine": [{**COVER, "id": "cv-2", "address": "bea@example.com"}], "others": [COVER]}


def test_people_are_saved_as_typed(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ChangeProfile, {}).on(profiles.ListCovers, COVERS)

    typed = {
        "team-0-name": "Silvia", "team-0-role": "French", "team-0-first": "it", "team-0-second": "it",
        "team-0-public": "1", "team-1-name": "", "team-1-role": "nobody", "version": "2",
    }  # fmt: skip
    assert browser.post("/profile/team", data=typed).status_code == 303

    (one,) = saved(rpc)["team"]
    assert one == {"name": "Silvia", "role": "French", "languages": ["it"], "public": True}


def test_the_team_page_shows_people_and_invitations(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ListCovers, COVERS)
    team = [{"name": "Silvia", "role": "", "languages": ["it", "fr"], "public": False}]
    rpc.on(profiles.GetMyProfile, {**MY_PROFILE, "team": team})

    html = browser.get("/profile/team").text

    assert 'value="Silvia"' in html
    assert "bea@example.com" in html
    assert 'action="/profile/team/cover/cv-1/accept"' in html
    assert 'action="/profile/team/cover/cv-2/end"' in html


def test_an_invitation_is_sent_as_typed_and_refused_at_its_field(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ListCovers, COVERS).on(profiles.InviteCover, COVER)

    assert browser.post("/profile/team/cover", data={"address": "bea@example.com"}).status_code == 303
    assert rpc.calls(profiles.InviteCover)[-1].payload == {"address": "bea@example.com"}
    rpc.on(profiles.InviteCover, Invalid.field("address", "You have invited this address already."))
    refused = browser.post("/profile/team/cover", data={"address": "bea@example.com"})
    assert refused.status_code == 422
    assert 'id="f-address-error"' in refused.text


@pytest.mark.parametrize(
    ("what", "contract"),
    [("accept", profiles.AcceptCover), ("decline", profiles.DeclineCover), ("end", profiles.EndCover)],
)
def test_invitations_are_answered(sign_in: SignIn, rpc: FakeRpc, what: str, contract: Any) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(contract, COVER)

    assert browser.post(f"/profile/team/cover/cv-1/{what}").status_code == 303
    assert rpc.calls(contract)[-1].payload == {"id": "cv-1"}


def test_home_tells_of_an_invitation_and_of_the_next_best_step(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc).on(profiles.ListCovers, COVERS)

    html = browser.get("/home").text

    assert "Answer Marta Kowalczyk, who asks you to stand in" in html
    assert "84% complete" in html
    assert "Next: Your story" in html


def test_clients_see_people_and_who_covers(client: Any, rpc: FakeRpc) -> None:
    answer_path(rpc)
    team = [{"name": "Silvia Ratti", "role": "French", "languages": ["it"], "public": True}]
    covered = [{"assistant_id": "as-3", "name": "Øyvind"}]
    rpc.on(profiles.GetProfile, {**MY_PROFILE, "away": [], "team": team, "covered_by": covered})

    html = client.get("/assistants/as-1").text

    assert "Silvia Ratti" in html
    assert re.search(r'covered by <a href="/assistants/as-3">Øyvind</a>', html)
