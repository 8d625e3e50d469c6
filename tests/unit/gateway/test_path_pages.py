"""Pages of the path: drawn for both sides, in both languages, empty and full; what is posted reaches the services."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from gateway import reasons
from shared.contracts import billing, matching, profiles, requests, work
from shared.platform.errors import Conflict, Forbidden, Invalid, Text, Unavailable
from tests.unit.gateway.canned_path import (
    BRIEF,
    CONTRIBUTIONS,
    FAILURES,
    TERMS,
    answer_path,
    as_assistant,
    contract,
    entry,
    invoice,
    listed,
    offer,
    timesheet,
)
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc
from tests.unit.gateway.test_pages import assert_sound

BOTH = (
    "/home",
    "/offers",
    "/offers?show=all",
    "/offers/of-1",
    "/offers/of-1/counter",
    "/contracts",
    "/contracts?show=ended",
    "/contracts/co-1",
    "/timesheets",
    "/timesheets?show=all",
    "/timesheets/ts-1",
    "/invoices",
    "/invoices?show=paid",
    "/invoices?show=all",
    "/invoices/in-1",
)
CLIENT = (
    "/briefs",
    "/briefs?state=draft",
    "/company",
    "/company/colleagues",
    "/join/some-token",
    "/briefs/new",
    "/briefs/new?example=1",
    "/briefs/new/fields",
    "/briefs/begun/sk-1",
    "/briefs/begun/sk-1/words",
    "/briefs/begun/sk-1/fields",
    "/briefs/br-1",
    "/briefs/br-1/edit",
    "/briefs/br-1/assistants/as-1",
    "/briefs/br-1/edit?change=price&to=5000",
    "/briefs/br-1/why?name=livia",
    "/briefs/br-1/teams",
    "/offers/new?assistant=as-1&brief=br-1",
)
ASSISTANT = ("/profile", "/work-for-me", "/contracts/co-1/time", "/timesheets/ts-1/entries/en-1")
TWO_WAITS = ("/timesheets/ts-1",)
"""What they show beside the week is known only from the week."""


@pytest.mark.parametrize("locale", ["en", "it"])
@pytest.mark.parametrize("empty", [False, True], ids=["full", "empty"])
@pytest.mark.parametrize("path", [*BOTH, *CLIENT])
def test_a_client_sees_every_page(sign_in: SignIn, rpc: FakeRpc, path: str, empty: bool, locale: str) -> None:
    browser = sign_in("client", locale=locale)
    answer_path(rpc, empty=empty)

    response = browser.get(path)

    assert response.status_code == 200, response.text
    assert_sound(response.text, locale)
    assert rpc.waits <= (2 if path in TWO_WAITS else 1)


@pytest.mark.parametrize("locale", ["en", "it"])
@pytest.mark.parametrize("empty", [False, True], ids=["full", "empty"])
@pytest.mark.parametrize("path", [*BOTH, *ASSISTANT])
def test_an_assistant_sees_every_page(sign_in: SignIn, rpc: FakeRpc, path: str, empty: bool, locale: str) -> None:
    browser = sign_in("assistant", locale=locale)
    answer_path(rpc, assistant=True, empty=empty)

    response = browser.get(path)

    assert response.status_code == 200, response.text
    assert_sound(response.text, locale)


@pytest.mark.parametrize("path", ["/briefs", "/briefs/new", "/briefs/br-1", "/offers/new?assistant=as-1"])
def test_assistants_have_no_briefs(sign_in: SignIn, rpc: FakeRpc, path: str) -> None:
    answer_path(rpc)
    assert sign_in("assistant").get(path).status_code == 403


@pytest.mark.parametrize("path", [path for path in (*BOTH, *CLIENT, "/profile") if not path.startswith("/join/")])
def test_visitors_sign_in_first(app: Flask, path: str) -> None:
    response = app.test_client().get(path)

    assert response.status_code in (302, 303)
    assert response.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("state", ["trial", "active", "paused", "notice", "ended", "terminated"])
@pytest.mark.parametrize("assistant", [False, True], ids=["client", "assistant"])
def test_every_state_of_a_contract(sign_in: SignIn, rpc: FakeRpc, state: str, assistant: bool) -> None:
    browser = sign_in("assistant" if assistant else "client")
    answer_path(rpc, assistant=assistant)
    one = contract(state=state, ends_on="2026-12-20" if state in ("notice", "ended", "terminated") else None)
    rpc.on(matching.GetContract, as_assistant(one) if assistant else one)

    html = browser.get("/contracts/co-1").text

    assert_sound(html, "en")
    assert ("/contracts/co-1/pause" in html) == (state == "active")
    assert ("/contracts/co-1/resume" in html) == (state == "paused")
    assert ("/contracts/co-1/pass-trial" in html) == (state == "trial" and not assistant)
    assert ("/contracts/co-1/notice" in html) == (state in ("active", "paused"))
    assert ("/contracts/co-1/terminate" in html) == (state not in ("ended", "terminated"))
    assert ("/contracts/co-1/time" in html) == (assistant and state in ("trial", "active", "notice"))


@pytest.mark.parametrize("state", ["sent", "accepted", "declined", "countered", "withdrawn", "expired"])
@pytest.mark.parametrize("by", ["client", "assistant"])
def test_every_state_of_an_offer(sign_in: SignIn, rpc: FakeRpc, state: str, by: str) -> None:
    browser = sign_in("client")
    answer_path(rpc)
    newest = offer(state=state, by=by, number=2, terms={**TERMS, "rate": {"amount": 4100, "currency": "EUR"}})
    rpc.on(matching.GetOffer, {"offers": [newest, offer(id="of-0", state="countered")]})

    html = browser.get("/offers/of-1").text

    assert_sound(html, "en")
    assert ("/offers/of-1/accept" in html) == (state == "sent" and by == "assistant")
    assert ("/offers/of-1/withdraw" in html) == (state == "sent" and by == "client")
    assert "before: €38.50" in html


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("The brief was ended.", "La richiesta è stata chiusa."),
        ("The account was deleted.", "L’account è stato eliminato."),
        ("100 % booked, %(sorry)s", "100 % booked, %(sorry)s"),
    ],
)
def test_why_an_offer_ended_is_said_in_the_readers_language(
    sign_in: SignIn, rpc: FakeRpc, reason: str, shown: str
) -> None:
    browser = sign_in("client", locale="it")
    answer_path(rpc)
    rpc.on(matching.GetOffer, {"offers": [offer(state="withdrawn", reason=reason)]})

    assert f'<p class="quote">{shown}</p>' in browser.get("/offers/of-1").text


@pytest.mark.parametrize("number", ["²", "x", "-1", "9" * 5000])
@pytest.mark.parametrize(
    "path", ["/briefs/new?example={}", "/briefs/br-1?v={}", "/briefs/br-1/edit?change=price&to={}"]
)
def test_a_number_in_the_address_that_is_none_breaks_nothing(
    sign_in: SignIn, rpc: FakeRpc, path: str, number: str
) -> None:
    browser = sign_in("client")
    answer_path(rpc)

    assert browser.get(path.format(number)).status_code == 200


@pytest.mark.parametrize("state", ["open", "submitted", "approved", "disputed"])
@pytest.mark.parametrize("assistant", [False, True], ids=["client", "assistant"])
def test_every_state_of_a_timesheet(sign_in: SignIn, rpc: FakeRpc, state: str, assistant: bool) -> None:
    browser = sign_in("assistant" if assistant else "client")
    answer_path(rpc, assistant=assistant)
    entries = [entry("en-1", 9, disputed=state == "disputed", reason="We did not meet"), entry("en-2", 10)]
    sheet = timesheet(state=state, entries=entries, approved_at="2026-11-17T10:00:00+00:00", approved_by="silence")
    rpc.on(work.GetTimesheet, as_assistant(sheet) if assistant else sheet)

    html = browser.get("/timesheets/ts-1").text

    assert_sound(html, "en")
    assert ("/timesheets/ts-1/submit" in html) == (assistant and state in ("open", "disputed"))
    assert ("/entries/en-1/delete" in html) == (assistant and state in ("open", "disputed"))
    assert ("/timesheets/ts-1/approve" in html) == (not assistant and state in ("submitted", "disputed"))
    assert ("/timesheets/ts-1/dispute" in html) == (not assistant and state == "submitted")
    assert ("We did not meet" in html) == (state == "disputed")
    assert "/invoices/in-1" in html


def test_times_are_on_the_readers_clock(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client", time_zone="America/New_York")
    answer_path(rpc)

    assert "03:00–04:30" in browser.get("/timesheets/ts-1").text


# -- what waits, on the home page --------------------------------------------------------------------------------------


def test_the_home_page_says_what_waits_for_a_client(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc)
    rpc.on(matching.ListOffers, listed(offer(by="assistant"), offer(id="of-9", by="client")))
    rpc.on(requests.ListBriefs, listed({**BRIEF, "state": "draft"}))

    html = browser.get("/home").text

    assert "Approve 3\N{NO-BREAK SPACE}h of Livia Conti" in html
    assert "/offers/of-1" in html
    assert "/offers/of-9" not in html
    assert "Pay invoice 2026-0007" in html
    assert "Finish and publish your brief" in html
    assert "€231.00" in html


def test_the_home_page_says_what_waits_for_an_assistant(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc, assistant=True)
    sheets = [timesheet(id="ts-8", state="open"), timesheet(id="ts-9", state="disputed"), timesheet(id="ts-7")]
    rpc.on(work.ListTimesheets, listed(*map(as_assistant, sheets)))

    html = browser.get("/home").text

    assert "/timesheets/ts-8" in html
    assert "/timesheets/ts-9" in html
    assert "/timesheets/ts-7" not in html
    assert "Remind Livia Conti: invoice 2026-0007" in html


def test_an_operators_home_shows_only_their_own(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client", "operator")
    answer_path(rpc)
    others = {"client_id": "somebody", "assistant_id": "somebody-else"}
    rpc.on(matching.ListOffers, listed(offer(id="of-x", by="assistant", **others)))
    rpc.on(matching.ListContracts, listed(contract(id="co-x", **others)))
    rpc.on(requests.ListBriefs, listed({**BRIEF, "id": "br-x", "client_id": "somebody", "state": "draft"}))

    html = browser.get("/home").text

    assert not any(id in html for id in ("of-x", "co-x", "br-x"))


def test_the_home_page_stands_while_services_are_away(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc)
    rpc.on(matching.ListContracts, Unavailable("away")).on(billing.ListInvoices, Unavailable("away"))

    response = browser.get("/home")

    assert response.status_code == 200
    assert "cannot be shown at this moment" in response.text


def test_a_brief_stands_while_matching_is_away(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc)
    rpc.on(matching.FindMatches, Unavailable("away"))

    response = browser.get("/briefs/br-1")

    assert response.status_code == 200
    assert "The matches cannot be shown at this moment" in response.text


# -- what is posted ----------------------------------------------------------------------------------------------------


def brief_form(**changed: Any) -> MultiDict[str, Any]:
    typed = {
        "title": "Calendar",
        "level": "executive",
        "services": ["calendar", "travel"],
        "required_skills-0-code": "calendar.management",
        "required_skills-0-level": "3",
        "required_skills-1-code": "",
        "required_skills-1-level": "2",
        "engagement": "hourly",
        "weekly_minutes": "12:30",
        "budget": "45",
        "budget_currency": "EUR",
        "start_on": "2026-12-01",
        "time_zone": "Europe/Rome",
        "day_start": "09:00",
        "day_end": "18:00",
        "overlap_minutes": "2",
        "version": "3",
        "_key": "key-1",
        **changed,
    }
    return MultiDict(typed)


def test_a_brief_is_saved_as_typed(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc).on(requests.SaveBrief, BRIEF)

    response = browser.post("/briefs/begun/sk-1/fields", data=brief_form())

    assert response.status_code == 303
    (asked,) = rpc.calls(requests.SaveBrief)
    assert "id" not in asked.payload
    assert asked.payload["weekly_minutes"] == 750
    assert asked.payload["budget"] == {"amount": 4500, "currency": "EUR"}
    assert asked.payload["required_skills"] == [{"code": "calendar.management", "level": 3}]
    assert asked.headers["idempotency_key"] == "key-1"
    assert requests.SaveBrief.request().load(asked.payload)


def test_publishing_saves_first_and_shows_the_matches_of_that_version(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc).on(requests.SaveBrief, BRIEF).on(requests.PublishBrief, {**BRIEF, "version": 4})

    response = browser.post("/briefs/br-1/edit", data=brief_form(publish="1"))

    assert response.headers["Location"] == "/briefs/br-1?v=4"
    assert [asked.headers["idempotency_key"] for asked in rpc.calls(requests.PublishBrief)] == ["key-1-publish"]
    browser.get("/briefs/br-1?v=4")
    assert rpc.calls(matching.FindMatches)[-1].payload["at_least_version"] == 4


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"weekly_minutes": "some"}, "weekly_minutes"),
        ({"budget": "a lot"}, "budget"),
        ({"start_on": "soon"}, "start_on"),
        ({"level": "royal"}, "level"),
        ({"required_skills-0-level": "9"}, "required_skills"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_lost(
    sign_in: SignIn, rpc: FakeRpc, typed: dict[str, str], field: str
) -> None:
    browser = sign_in("client")
    answer_path(rpc)

    response = browser.post("/briefs/begun/sk-1/fields", data=brief_form(**typed))

    assert response.status_code == 422
    assert f'id="f-{field}-error"' in response.text
    assert 'value="12:30"' in response.text or "weekly_minutes" in typed
    assert not rpc.calls(requests.SaveBrief)


def test_what_the_service_finds_wrong_is_said_beside_the_field(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc).on(
        requests.SaveBrief,
        Invalid(
            fields={
                "required_skills.0.code": [Text("This is in the list twice.")],
                "day_end": [Text("Your day must end after it starts.")],
            }
        ),
    )

    response = browser.post("/briefs/begun/sk-1/fields", data=brief_form())

    assert response.status_code == 422
    assert 'id="f-day_end-error"' in response.text
    assert "This is in the list twice." in response.text


@pytest.mark.parametrize(
    ("path", "contract_", "payload"),
    [
        ("/briefs/br-1/publish", requests.PublishBrief, {"id": "br-1"}),
        ("/briefs/br-1/pause", requests.PauseBrief, {"id": "br-1"}),
        ("/briefs/br-1/resume", requests.ResumeBrief, {"id": "br-1"}),
        ("/briefs/br-1/reopen", requests.ReopenBrief, {"id": "br-1"}),
        ("/briefs/br-1/close", requests.CloseBrief, {"id": "br-1", "reason": "why"}),
        ("/offers/of-1/accept", matching.AcceptOffer, {"offer_id": "of-1"}),
        ("/offers/of-1/decline", matching.DeclineOffer, {"offer_id": "of-1", "reason": "why"}),
        ("/offers/of-1/withdraw", matching.WithdrawOffer, {"offer_id": "of-1", "reason": "why"}),
        ("/contracts/co-1/pass-trial", matching.PassTrial, {"id": "co-1"}),
        ("/contracts/co-1/pause", matching.PauseContract, {"id": "co-1", "reason": "why"}),
        ("/contracts/co-1/resume", matching.ResumeContract, {"id": "co-1"}),
        ("/contracts/co-1/notice", matching.GiveNotice, {"id": "co-1", "reason": "why"}),
        ("/contracts/co-1/terminate", matching.TerminateContract, {"id": "co-1", "reason": "why"}),
        ("/timesheets/ts-1/approve", work.ApproveTimesheet, {"timesheet_id": "ts-1"}),
        ("/timesheets/ts-1/submit", work.SubmitTimesheet, {"timesheet_id": "ts-1"}),
        ("/timesheets/ts-1/entries/en-1/delete", work.DeleteTime, {"entry_id": "en-1"}),
        ("/invoices/in-1/credit", billing.CreditInvoice, {"invoice_id": "in-1", "reason": "why"}),
        ("/invoices/in-1/write-off", billing.WriteOffInvoice, {"invoice_id": "in-1", "reason": "why"}),
        ("/profile/publish", profiles.PublishProfile, {}),
        ("/profile/unpublish", profiles.UnpublishProfile, {}),
    ],
)
def test_buttons(sign_in: SignIn, rpc: FakeRpc, path: str, contract_: Any, payload: dict[str, Any]) -> None:
    browser = sign_in("client", "assistant")
    answer_path(rpc).on(contract_, {"id": "x-1", "version": 5})

    response = browser.post(path, data={"_key": "key-7", "reason": "why"})

    assert response.status_code == 303
    (asked,) = rpc.calls(contract_)
    assert asked.payload == payload
    assert asked.headers["idempotency_key"] == "key-7"
    for refusal in (Conflict("Too late."), Forbidden("Not you."), Invalid.field("reason", "Say why.")):
        rpc.on(contract_, refusal)
        refused = browser.post(path, data={"reason": ""}, follow_redirects=True)
        assert refused.status_code == 200
        assert 'role="alert"' in refused.text


def test_an_offer_begins_with_the_briefs_terms_at_the_assistants_price(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc)

    html = browser.get("/offers/new?assistant=as-1&brief=br-1").text

    assert 'name="rate"' in html
    assert 'value="38"' in html
    assert 'name="weekly_minutes"' in html
    assert 'value="10"' in html


def test_an_offer_is_sent_as_typed(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc).on(matching.SendOffer, offer(id="of-5"))
    typed = {
        "brief_id": "br-1",
        "engagement": "hourly",
        "rate": "41.50",
        "rate_currency": "EUR",
        "weekly_minutes": "10",
        "start_on": "2026-12-01",
        "notice_days": "7",
        "payment_days": "30",
        "scope": "All of it",
        "message": "Please",
        "_key": "key-2",
    }

    response = browser.post("/offers/new?assistant=as-1&brief=br-1", data=typed)

    assert response.headers["Location"] == "/offers/of-5"
    (asked,) = rpc.calls(matching.SendOffer)
    loaded = matching.SendOffer.request().load(asked.payload)
    assert loaded["assistant_id"] == "as-1"
    assert loaded["terms"]["rate"].amount == 4150
    assert loaded["terms"]["notice_days"] == 7

    response = browser.post("/offers/new?assistant=as-1&brief=br-1", data={**typed, "engagement": "retainer"})
    assert response.status_code == 422
    assert 'id="f-included_minutes-error"' in response.text


def test_without_an_open_brief_there_is_nothing_to_offer(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc).on(requests.ListBriefs, listed())

    html = browser.get("/offers/new?assistant=as-1").text

    assert "You have no open brief" in html
    assert '<form class="form' not in html


def test_time_is_typed_on_the_readers_clock(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant", time_zone="America/New_York")
    answer_path(rpc, assistant=True).on(work.LogTime, entry("en-9", 10))
    typed = {"day": "2026-11-10", "start": "22:30", "end": "00:00", "memo": "Late call", "_key": "key-3"}

    response = browser.post("/contracts/co-1/time", data=typed)

    assert response.headers["Location"] == "/timesheets/ts-1"
    (asked,) = rpc.calls(work.LogTime)
    assert asked.payload["started_at"] == "2026-11-11T03:30:00+00:00"
    assert asked.payload["ended_at"] == "2026-11-11T05:00:00+00:00"
    another = browser.post("/contracts/co-1/time", data={**typed, "another": "1"})
    assert another.headers["Location"] == "/contracts/co-1/time?day=2026-11-10"


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (Invalid.field("ended_at", "The end must be later than the start."), "end"),
        (Invalid.field("started_at", "Use whole minutes."), "start"),
    ],
)
def test_wrong_times_are_said_beside_their_field(sign_in: SignIn, rpc: FakeRpc, error: Invalid, field: str) -> None:
    browser = sign_in("assistant")
    answer_path(rpc, assistant=True).on(work.LogTime, error)

    response = browser.post(
        "/contracts/co-1/time", data={"day": "2026-11-10", "start": "10:00", "end": "09:00", "memo": "A call"}
    )

    assert response.status_code == 422
    assert f'id="f-{field}-error"' in response.text
    assert 'value="A call"' in response.text


def test_time_is_logged_by_the_contracts_assistant_alone(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client", "assistant")
    answer_path(rpc)

    assert browser.get("/contracts/co-1/time").status_code == 404
    assert browser.get("/timesheets/ts-1/entries/en-1").status_code == 404


def test_a_dispute_names_entries_and_a_reason(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc).on(work.DisputeTimesheet, timesheet(state="disputed"))

    nothing = browser.post("/timesheets/ts-1/dispute", data={"reason": "No"})
    assert nothing.status_code == 422
    assert "Tick the entries that you dispute." in nothing.text
    silent = browser.post("/timesheets/ts-1/dispute", data={"entry": "en-2", "reason": ""})
    assert silent.status_code == 422
    assert not rpc.calls(work.DisputeTimesheet)
    assert 'value="en-2" id="e-en-2" aria-label="Dispute this entry" checked' in silent.text

    done = browser.post("/timesheets/ts-1/dispute", data={"entry": ["en-1", "en-2"], "reason": "Not ours"})
    assert done.status_code == 303
    (asked,) = rpc.calls(work.DisputeTimesheet)
    assert asked.payload == {"timesheet_id": "ts-1", "entry_ids": ["en-1", "en-2"], "reason": "Not ours"}


def test_a_payment_is_recorded_in_the_invoices_currency(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("assistant")
    answer_path(rpc, assistant=True).on(billing.RecordPayment, invoice(payment_state="paid"))

    html = browser.get("/invoices/in-1").text
    assert 'name="amount_currency" value="EUR"' in html
    assert 'value="115.50"' in html
    typed = {"amount": "115.50", "amount_currency": "EUR", "received_on": "2026-11-20", "reference": "SEPA 1"}
    assert browser.post("/invoices/in-1/payments", data=typed).status_code == 303
    (asked,) = rpc.calls(billing.RecordPayment)
    assert billing.RecordPayment.request().load(asked.payload)["amount"].amount == 11550


def test_a_clients_invoice_offers_no_corrections(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    answer_path(rpc)

    html = browser.get("/invoices/in-1").text

    assert "/payments" not in html
    assert "/write-off" not in html


# -- reasons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["en", "it"])
def test_every_criterion_has_a_sentence(app: Flask, locale: str) -> None:
    with app.test_request_context(headers={"Accept-Language": locale}):
        for part in CONTRIBUTIONS:
            assert reasons.why(part), part
        for failure in FAILURES:
            assert "_" not in reasons.why_not(failure), failure


def test_reasons_name_what_the_brief_asks_for(app: Flask) -> None:
    with app.test_request_context():
        assert reasons.why(CONTRIBUTIONS[0]) == "Calendar management: expert (asked: advanced)"
        assert reasons.why(CONTRIBUTIONS[2]) == "Offers 1 of 2: Calendar and scheduling."
        assert reasons.why(CONTRIBUTIONS[4]) == "€38.50, where you pay at most €45."
        assert reasons.why_not(FAILURES[5]) == "Charges €50, more than your €40."
        nothing_asked = {
            "criterion": "services",
            "side": "client",
            "points": 15,
            "weight": 15,
            "facts": {"asked": [], "found": []},
        }
        best = reasons.best([nothing_asked, *CONTRIBUTIONS], 2)
        assert [part["criterion"] for part in best] == ["overlap", "skills_required"]
        weak = reasons.weakest(CONTRIBUTIONS)
        assert weak is not None
        assert weak["criterion"] == "skills_preferred"
