"""Pages of reviews, of what is known of people, and of checks: whom they show what, and what they send."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.contracts import matching as c
from shared.platform.errors import Conflict, NotFound
from tests.unit.gateway.canned import answer_all
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc
from tests.unit.gateway.test_pages import assert_sound

STARS = dict.fromkeys(c.REVIEW_CRITERIA["assistant"], 4)
OPINION: dict[str, Any] = {
    "scores": STARS,
    "mean": 400,
    "text": "Puntuale e discreta.",
    "locale": "it",
    "written_at": "2026-11-20T10:00:00+00:00",
    "reply": "Grazie!",
    "reply_locale": "it",
    "replied_at": "2026-11-21T10:00:00+00:00",
    "report": "",
    "reported_at": None,
    "hidden_reason": "",
    "hidden_at": None,
}
HIDDEN = {**OPINION, "scores": {}, "text": "", "hidden_reason": "It named a child.", "hidden_at": OPINION["written_at"]}
REVIEW: dict[str, Any] = {
    "id": "co-1",
    "brief_title": "Calendar and travel",
    "client_id": "acc-1",
    "client_name": "Clara Bassi",
    "assistant_id": "as-1",
    "assistant_name": "Livia Conti",
    "engagement": "retainer",
    "weekly_minutes": 600,
    "started_on": "2026-03-01",
    "ended_on": "2026-11-10",
    "days": 255,
    "opened_at": "2026-11-10T10:00:00+00:00",
    "closes_at": "2026-11-24T10:00:00+00:00",
    "state": "revealed",
    "by_client": OPINION,
    "by_assistant": {**OPINION, "scores": {"clarity": 5}, "mean": 500, "reply": "", "replied_at": None},
    "revealed_at": "2026-11-20T10:00:00+00:00",
    "version": 3,
}
OPEN = {**REVIEW, "state": "window_open", "by_client": None, "by_assistant": None}
SEALED = {**OPEN, "state": "sealed", "by_client": OPINION}
TRUST: dict[str, Any] = {
    "account_id": "as-1",
    "side": "assistant",
    "name": "Livia Conti",
    "since": "2026-01-05T10:00:00+00:00",
    "email_confirmed": True,
    "marks": [{"kind": "phone", "since": "2026-10-01T10:00:00+00:00"}],
    "rating": {
        "value": 482,
        "count": 50,
        "mean": 490,
        "prior": 400,
        "prior_weight": 5,
        "criteria": [{"criterion": "quality", "mean": 490}],
    },
    "response_minutes": 185,
    "response_cases": 12,
    "offers_received": 10,
    "offers_answered": 9,
    "contracts": 6,
    "completed": 4,
    "partners": 5,
    "repeat_partners": 1,
    "approved_minutes": 7450,
    "invoices_paid": 4,
    "invoices_on_time": 3,
}
NOTHING = {
    **TRUST,
    **dict.fromkeys(("offers_received", "offers_answered", "contracts", "completed", "partners"), 0),
    **dict.fromkeys(("repeat_partners", "approved_minutes", "invoices_paid", "invoices_on_time"), 0),
    "marks": [],
    "since": None,
    "rating": {"value": 0, "count": 0, "mean": 0, "prior": 400, "prior_weight": 5, "criteria": []},
    "response_minutes": None,
    "response_cases": 1,
}
CHECK: dict[str, Any] = {
    "id": "as-1:phone",
    "account_id": "as-1",
    "name": "Livia Conti",
    "kind": "phone",
    "state": "asked",
    "history": [{"event": "ask", "by": "as-1", "at": "2026-10-01T10:00:00+00:00", "note": "Mornings"}],
    "version": 1,
}


def answered(rpc: FakeRpc, review: dict[str, Any] = REVIEW, known: dict[str, Any] = TRUST) -> FakeRpc:
    answer_all(rpc)
    rpc.on(c.GetReview, review).on(c.ListMyReviews, {"items": [review, {**review, "state": "lapsed"}], "next": None})
    rpc.on(c.ListReviewsOf, {"items": [review], "next": None}).on(c.GetTrust, known)
    rpc.on(c.ListReported, {"items": [{**REVIEW, "by_client": {**OPINION, "reported_at": "2026-11-22"}}], "next": None})
    rpc.on(c.ListMyChecks, {"items": [CHECK]}).on(c.ListChecks, {"items": [CHECK]})
    return rpc


PAGES = [
    ("client", "/contracts/co-1/review", REVIEW, TRUST),
    ("client", "/contracts/co-1/review", OPEN, TRUST),
    ("client", "/contracts/co-1/review", SEALED, TRUST),
    ("client", "/contracts/co-1/review", {**REVIEW, "by_assistant": None}, TRUST),
    ("client", "/contracts/co-1/review", {**REVIEW, "by_client": HIDDEN}, TRUST),
    ("client", "/reviews", REVIEW, TRUST),
    ("client", "/reviews", OPEN, TRUST),
    ("client", "/assistants/as-1", REVIEW, TRUST),
    ("client", "/assistants/as-1", REVIEW, NOTHING),
    ("client", "/assistants/as-1/reviews", REVIEW, TRUST),
    ("client", "/clients/acc-1/record", REVIEW, TRUST),
    ("client", "/clients/acc-1/record", {**REVIEW, "by_assistant": HIDDEN}, NOTHING),
    ("client", "/checks", REVIEW, TRUST),
    ("operator", "/operator/checks", REVIEW, TRUST),
    ("operator", "/operator/checks?account=as-1", REVIEW, TRUST),
    ("operator", "/operator/reviews", REVIEW, TRUST),
]


@pytest.mark.parametrize("locale", ["en", "it"])
@pytest.mark.parametrize(("role", "path", "review", "known"), PAGES)
def test_pages_are_sound_and_take_one_wait(
    sign_in: SignIn, rpc: FakeRpc, role: str, path: str, review: Any, known: Any, locale: str
) -> None:
    answered(rpc, review, known)

    response = sign_in(role, locale=locale).get(path)

    assert response.status_code == 200
    assert_sound(response.text, locale)
    assert rpc.waits == 1


def test_a_rating_is_explained_with_its_numbers(client: FlaskClient, rpc: FakeRpc) -> None:
    answered(rpc)

    html = client.get("/assistants/as-1").text

    assert "4.82 of 5 from 50 reviews" in html
    assert "50 reviews gave 4.9 stars on average." in html
    assert "taken to have 5 of 4 stars; together that makes 4.82" in html
    for id in re.findall(r'aria-describedby="(why-[^"]+)"', html):
        assert f'id="{id}" role="tooltip"' in html
    assert '<p class="prose text" lang="it">Puntuale e discreta.</p>' in html


def test_what_is_not_enough_yet_is_said_and_not_guessed(client: FlaskClient, rpc: FakeRpc) -> None:
    answered(rpc, REVIEW, NOTHING)

    html = client.get("/assistants/as-1").text

    assert "Response time: not enough yet" in html
    assert "there are 1 so far" in html
    assert "contracts completed" not in html


def test_a_review_is_sent_whole_and_stays_typed_when_it_is_refused(sign_in: SignIn, rpc: FakeRpc) -> None:
    answered(rpc, OPEN)
    rpc.on(c.WriteReview, SEALED)
    browser = sign_in("client")
    typed = {"about": "assistant", "text": "Calm.", "locale": "en", **dict.fromkeys(STARS, "5")}

    done = browser.post("/contracts/co-1/review", data=typed)
    missing = browser.post("/contracts/co-1/review", data={**typed, "quality": ""})
    rpc.on(c.WriteReview, Conflict("The time for reviews of this contract is over."))
    late = browser.post("/contracts/co-1/review", data=typed)

    assert done.status_code == 303
    sent = rpc.calls(c.WriteReview)[0].payload
    assert sent == {"id": "co-1", "scores": dict.fromkeys(STARS, 5), "text": "Calm.", "locale": "en"}
    assert missing.status_code == 422
    assert "Calm." in missing.text
    assert late.status_code == 409
    assert "The time for reviews of this contract is over." in late.text
    assert len(rpc.calls(c.WriteReview)) == 2


def test_assistants_are_asked_about_the_client(sign_in: SignIn, rpc: FakeRpc) -> None:
    answered(rpc, {**OPEN, "client_id": "cl-9", "client_name": "Carla", "assistant_id": "acc-1"})
    rpc.on(c.WriteReview, REVIEW)

    browser = sign_in("assistant")
    html = browser.get("/contracts/co-1/review").text
    given = dict.fromkeys(c.REVIEW_CRITERIA["client"], "4")
    browser.post("/contracts/co-1/review", data={"about": "client", "locale": "it", **given})

    assert "Pays as agreed" in html
    assert "Initiative" not in html
    assert rpc.calls(c.WriteReview)[0].payload["scores"] == dict.fromkeys(c.REVIEW_CRITERIA["client"], 4)


def test_replies_reports_checks_and_decisions_are_sent(sign_in: SignIn, rpc: FakeRpc) -> None:
    answered(rpc)
    for call in (c.ReplyToReview, c.ReportReview, c.HideReview):
        rpc.on(call, REVIEW)
    rpc.on(c.AskForCheck, CHECK).on(c.DecideCheck, CHECK)
    decided = {"account_id": "as-1", "kind": "phone", "decision": "grant", "note": "Rang her"}

    person = sign_in("client")
    person.post("/contracts/co-1/review/reply", data={"text": "Thanks", "locale": "en"})
    person.post("/contracts/co-1/review/report", data={"reason": "Names"})
    person.post("/checks", data={"kind": "identity", "note": "Mornings"})
    assert rpc.calls(c.ReplyToReview)[0].payload == {"id": "co-1", "text": "Thanks", "locale": "en"}
    assert rpc.calls(c.ReportReview)[0].payload == {"id": "co-1", "reason": "Names"}
    assert rpc.calls(c.AskForCheck)[0].payload == {"kind": "identity", "note": "Mornings"}
    operator = sign_in("operator")
    hidden = operator.post("/operator/reviews/co-1/hide", data={"author": "client", "reason": "Names a child"})
    operator.post("/operator/checks", data=decided)

    assert hidden.status_code == 303
    assert rpc.calls(c.HideReview)[0].payload == {"id": "co-1", "author": "client", "reason": "Names a child"}
    assert rpc.calls(c.DecideCheck)[0].payload == decided


def test_who_is_nobody_has_no_record(sign_in: SignIn, rpc: FakeRpc) -> None:
    answered(rpc, REVIEW, {**NOTHING, "name": ""})
    rpc.on(c.GetAssistantCard, NotFound("Not published."))
    browser = sign_in("client")

    assert browser.get("/clients/nobody/record").status_code == 404
    assert browser.get("/assistants/nobody/reviews").status_code == 404


@pytest.mark.parametrize("path", ["/operator/checks", "/operator/reviews"])
def test_the_console_is_for_operators(sign_in: SignIn, rpc: FakeRpc, path: str) -> None:
    answered(rpc)

    assert sign_in("client").get(path).status_code == 403


def test_clients_records_are_for_those_signed_in(client: FlaskClient, rpc: FakeRpc) -> None:
    answered(rpc)

    assert client.get("/clients/acc-1/record").status_code == 302
