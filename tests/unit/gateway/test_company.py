"""Acting for a company: what is sent, what a stale claim is worth, what the pages show to whom."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.session import Checks
from shared.contracts import accounts, companies, matching, requests, work
from shared.platform.errors import Forbidden
from tests.unit.gateway.canned_path import BRIEF, COLLEAGUES, COMPANY, ME, answer_path, timesheet
from tests.unit.gateway.conftest import SignIn, signed_in
from tests.unit.gateway.fake_rpc import FakeRpc
from tests.unit.gateway.test_pages import assert_sound

STUDIO = {"company_id": "studio", "name": "Studio Neri", "role": "approver"}


def membership(rpc: FakeRpc, *held: dict[str, Any]) -> None:
    """What the session's check tells from now on."""
    rpc.on(accounts.CheckSession, signed_in(companies=list(held)))


@pytest.fixture
def dora(sign_in: SignIn, rpc: FakeRpc) -> FlaskClient:
    """Somebody's browser who belongs to a company."""
    answer_path(rpc)
    return sign_in("client", "assistant", companies=[STUDIO])


def act_for(browser: FlaskClient, company: str = "studio") -> None:
    assert browser.post("/acting", data={"company": company}).status_code == 303


def test_services_are_told_for_whom_and_as_what(dora: FlaskClient, rpc: FakeRpc) -> None:
    dora.get("/briefs")
    alone = rpc.calls(requests.ListBriefs)[-1].headers
    assert (alone["actor"], alone["acting_for"], alone["roles"]) == (ME, "", "assistant,client")

    act_for(dora)
    dora.get("/briefs")

    told = rpc.calls(requests.ListBriefs)[-1].headers
    assert (told["actor"], told["acting_for"], told["acting_as"]) == (ME, "studio", "approver")
    assert (told["roles"], told["actor_name"]) == ("client", "Clara Bassi")


def test_nobody_acts_for_what_is_not_theirs(dora: FlaskClient) -> None:
    assert dora.post("/acting", data={"company": "another"}).status_code == 403


def test_who_was_removed_sees_nothing_more(dora: FlaskClient, rpc: FakeRpc) -> None:
    act_for(dora)
    membership(rpc)

    answer = dora.get("/briefs")

    assert answer.status_code == 403
    assert "Studio Neri" in answer.text
    assert BRIEF["title"] not in answer.text
    dora.get("/briefs")
    assert rpc.calls(requests.ListBriefs)[-1].headers["acting_for"] == ""


def test_a_role_that_was_taken_is_not_used_for_one_more_command(dora: FlaskClient, rpc: FakeRpc) -> None:
    membership(rpc, {**STUDIO, "role": "owner"})
    dora.get("/home")
    act_for(dora)
    rpc.on(requests.PauseBrief, BRIEF)
    membership(rpc, {**STUDIO, "role": "viewer"})

    dora.post("/briefs/br-1/pause")

    assert rpc.calls(requests.PauseBrief)[-1].headers["acting_as"] == "viewer", "services refuse a viewer"


def test_an_old_cookie_has_no_part_in_what_is_known_of_the_session(app: Flask, dora: FlaskClient, rpc: FakeRpc) -> None:
    """A check of the session as it is says nothing of a role that an older cookie claims."""
    app.extensions["dextra.checks"] = Checks(60)
    act_for(dora)
    old = dora.get_cookie("dextra")
    assert old is not None
    membership(rpc)
    act_for(dora, "")
    dora.get("/home")
    rpc.forget()
    dora.set_cookie("dextra", old.value)
    app.extensions["dextra.checks"].forget(f"{'t' * 40}:studio:approver")

    answer = dora.get("/briefs")

    assert answer.status_code == 403
    assert rpc.calls(accounts.CheckSession)


@pytest.mark.parametrize(
    ("role", "may_approve", "may_write"), [("owner", True, True), ("approver", True, False), ("viewer", False, False)]
)
def test_pages_offer_what_the_role_may_do(
    sign_in: SignIn, rpc: FakeRpc, role: str, may_approve: bool, may_write: bool
) -> None:
    browser = sign_in("client", companies=[{**STUDIO, "role": role}])
    answer_path(rpc).on(requests.GetBrief, {**BRIEF, "client_id": "studio"})
    rpc.on(work.GetTimesheet, {**timesheet(), "client_id": "studio"})
    act_for(browser)

    sheet, brief = browser.get("/timesheets/ts-1").text, browser.get("/briefs/br-1").text

    assert_sound(brief, "en")
    assert ("/timesheets/ts-1/approve" in sheet) == may_approve
    assert ("/briefs/br-1/pause" in brief) == may_write
    assert (browser.get("/briefs/new").status_code == 200) == may_write
    assert "Act for yourself" in brief


def test_links_say_which_company_they_are_about(dora: FlaskClient, rpc: FakeRpc) -> None:
    answer = dora.get("/timesheets/ts-1?for=studio&x=1")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/timesheets/ts-1?x=1")
    dora.get("/briefs")
    assert rpc.calls(requests.ListBriefs)[-1].headers["acting_for"] == "studio"
    assert dora.get(f"/briefs?for={ME}").status_code == 302
    dora.get("/briefs?for=strangers")
    dora.get("/briefs")
    assert rpc.calls(requests.ListBriefs)[-1].headers["acting_for"] == ""


def test_an_invitation_is_accepted_by_a_press_and_acted_for_at_once(dora: FlaskClient, rpc: FakeRpc) -> None:
    new = {"company_id": "bassi", "name": "Studio Bassi", "role": "owner"}
    rpc.on(companies.AcceptInvitation, signed_in(companies=[STUDIO, new])["account"])
    assert dora.get("/join/token").status_code == 200
    assert not rpc.calls(companies.AcceptInvitation)
    membership(rpc, STUDIO, new)

    assert dora.post("/join/token").status_code == 303

    dora.get("/briefs")
    assert rpc.calls(requests.ListBriefs)[-1].headers["acting_for"] == "bassi"


def test_visitors_see_an_invitation_and_sign_in_to_accept(app: Flask, rpc: FakeRpc) -> None:
    answer_path(rpc)
    page = app.test_client().get("/join/token").text

    assert "Studio Bassi" in page
    assert "/sign-in?next=/join/token" in page


def test_what_the_company_says_begins_a_brief(dora: FlaskClient) -> None:
    page = dora.get("/briefs/new/fields").text

    assert '<option value="Europe/Paris" selected>' in page
    assert '<option value="legal" selected>' in page
    assert '<option value="08:30" selected>' in page
    assert '<option value="17:30" selected>' in page
    assert "<option selected>CHF</option>" in page


def test_colleagues_are_managed_by_owners(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc)
    page = browser.get("/company/colleagues").text
    assert "/company/colleagues/acc-9/remove" in page
    assert f"/company/colleagues/{ME}/remove" not in page, "the founder stays"

    rpc.on(companies.ListColleagues, {**COLLEAGUES, "role": "viewer"})

    page = browser.get("/company/colleagues").text
    assert "/remove" not in page
    assert "Invite a colleague" not in page


def test_a_refusal_is_said(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc).on(companies.InviteColleague, Forbidden("Only owners of the company may do this."))

    assert browser.post("/company/colleagues", data={"email": "a@example.com", "role": "owner"}).status_code == 403


def test_assistants_see_the_client_on_offers(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc, assistant=True)

    page = browser.get("/offers/of-1").text

    assert "Studio Bassi &amp; Figli &lt;srl&gt;" in page
    assert 'lang="it">Notai dal 1950.' in page
    assert rpc.calls(matching.GetClient)[-1].payload == {"offer_id": "of-1"}


def test_the_api_names_the_company_in_a_header(app: Flask, rpc: FakeRpc) -> None:
    answer_path(rpc).on(accounts.SignIn, signed_in())
    browser = app.test_client()
    answer = browser.post("/api/v1/sessions", json={"email": "d@example.com", "password": "long enough"})
    token = answer.get_json()["token"]
    membership(rpc, STUDIO)
    headers = {"Authorization": f"Bearer {token}"}

    assert browser.get("/api/v1/briefs", headers={**headers, "X-Acting-For": "studio"}).status_code == 200

    told = rpc.calls(requests.ListBriefs)[-1].headers
    assert (told["acting_for"], told["acting_as"]) == ("studio", "approver")
    assert browser.get("/api/v1/briefs", headers={**headers, "X-Acting-For": "another"}).status_code == 403
    browser.get("/api/v1/briefs", headers=headers)
    assert rpc.calls(requests.ListBriefs)[-1].headers["acting_for"] == ""


def test_the_company_is_saved_as_typed(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc).on(companies.SaveCompany, COMPANY)
    typed = {
        "name": "Studio Bassi",
        "website": "https://bassi.example",
        "working_hours-0-day": "mon",
        "working_hours-0-start": "09:00",
        "working_hours-0-end": "13:00",
        "description_locale": "it",
        "shows": "all",
        "version": "2",
    }

    assert browser.post("/company", data=typed).status_code == 303

    saved = rpc.calls(companies.SaveCompany)[0].payload
    assert companies.SaveCompany.request().load(saved)["version"] == 2
    assert saved["working_hours"] == [{"day": "mon", "start": "09:00", "end": "13:00"}]
