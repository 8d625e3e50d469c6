"""The API's ways: tokens, keys, problem details, one wait a call, and a description that names every route."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.api.routes import ROUTES
from shared.contracts import accounts, billing, matching, requests, work
from shared.platform.errors import (
    KEY_USED,
    Conflict,
    Internal,
    Invalid,
    NotFound,
    Text,
    Unauthenticated,
    Unavailable,
    key_used,
)
from tests.unit.gateway.conftest import signed_in
from tests.unit.gateway.fake_rpc import FakeRpc


def body(answer: Any) -> Any:
    """The JSON of an answer."""
    return answer.json


BRIEF = {"id": "b1", "title": "A right hand", "state": "draft", "version": 1}


@pytest.fixture
def token(client: FlaskClient, rpc: FakeRpc) -> str:
    rpc.on(accounts.SignIn, signed_in()).on(accounts.CheckSession, signed_in())
    answer = client.post("/api/v1/sessions", json={"email": "clara@example.com", "password": "a long password"})
    assert answer.status_code == 201, answer.text
    rpc.forget()
    return str(body(answer)["token"])


def bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


def test_a_call_is_one_wait_with_the_sessions_check(client: FlaskClient, rpc: FakeRpc, token: str) -> None:
    rpc.on(requests.GetBrief, BRIEF)

    answer = client.get("/api/v1/briefs/b1", headers=bearer(token))

    assert body(answer) == BRIEF
    assert rpc.waits == 1
    assert rpc.calls(accounts.CheckSession)
    assert rpc.calls(requests.GetBrief)[0].payload == {"id": "b1"}
    assert rpc.calls(requests.GetBrief)[0].headers["actor"] == "acc-1"
    assert "Set-Cookie" not in answer.headers


def test_a_key_travels_with_the_command(client: FlaskClient, rpc: FakeRpc, token: str) -> None:
    rpc.on(matching.AcceptOffer, {"id": "c1"})

    answer = client.post("/api/v1/offers/o1/accept", headers=bearer(token, **{"Idempotency-Key": "k1"}))

    assert (answer.status_code, body(answer)) == (201, {"id": "c1"})
    asked = rpc.calls(matching.AcceptOffer)[0]
    assert asked.payload == {"offer_id": "o1"}
    assert asked.headers["idempotency_key"] == "k1"


def test_a_key_stands_for_the_password_too(client: FlaskClient, rpc: FakeRpc) -> None:
    """Services keep no trace of passwords: with the bare key they would repeat the answer to the right one."""
    rpc.on(accounts.SignIn, signed_in())

    for password in ("a long password", "a long password", "another password"):
        sent = {"email": "clara@example.com", "password": password}
        client.post("/api/v1/sessions", json=sent, headers={"Idempotency-Key": "k1"})

    first, again, other = (asked.headers["idempotency_key"] for asked in rpc.calls(accounts.SignIn))
    assert first == again
    assert len({first, other, "k1"}) == 3


def test_a_program_is_told_of_a_key_that_was_used(client: FlaskClient, rpc: FakeRpc, token: str) -> None:
    rpc.on(matching.AcceptOffer, key_used())

    answer = client.post("/api/v1/offers/o1/accept", headers=bearer(token, **{"Idempotency-Key": "k1"}))

    assert (answer.status_code, body(answer)["detail"]) == (409, KEY_USED)


def test_a_key_stands_for_the_links_token_too(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.ConfirmEmail, signed_in()["account"])

    for token in ("one", "two"):
        client.post("/api/v1/accounts/confirm", json={"token": token}, headers={"Idempotency-Key": "k1"})

    one, two = rpc.calls(accounts.ConfirmEmail)
    assert one.headers["idempotency_key"] != two.headers["idempotency_key"]


def test_the_path_wins_over_the_body(client: FlaskClient, rpc: FakeRpc, token: str) -> None:
    rpc.on(work.DisputeTimesheet, {})

    client.post("/api/v1/timesheets/t1/dispute", json={"timesheet_id": "other", "reason": "x"}, headers=bearer(token))

    assert rpc.calls(work.DisputeTimesheet)[0].payload["timesheet_id"] == "t1"


def test_lists_in_the_query_may_be_repeated(client: FlaskClient, rpc: FakeRpc, token: str) -> None:
    rpc.on(billing.ListInvoices, {"items": [], "next": None})

    client.get("/api/v1/invoices?payment_states=paid&payment_states=unpaid&limit=5&foreign=1", headers=bearer(token))

    assert rpc.calls(billing.ListInvoices)[0].payload == {"payment_states": ["paid", "unpaid"], "limit": "5"}


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}]
)
def test_without_a_good_token_nothing_is_asked(client: FlaskClient, rpc: FakeRpc, headers: dict[str, str]) -> None:
    answer = client.get("/api/v1/briefs/b1", headers=headers)

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert rpc.calls(requests.GetBrief) == []


def test_a_revoked_session_is_out_at_once(client: FlaskClient, rpc: FakeRpc, token: str) -> None:
    rpc.on(accounts.CheckSession, Unauthenticated("This session has ended.")).on(requests.GetBrief, BRIEF)

    answer = client.get("/api/v1/briefs/b1", headers=bearer(token))

    assert answer.status_code == 401
    assert "right hand" not in answer.text


def test_a_browsers_cookie_means_nothing_here(sign_in: Any, rpc: FakeRpc) -> None:
    rpc.on(requests.GetBrief, BRIEF)

    assert sign_in("client").get("/api/v1/briefs/b1").status_code == 401


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("This does not exist, or not any more."), 404),
        (Conflict("Too late."), 409),
        (Unavailable("Later."), 503),
        (Internal("x"), 500),
    ],
)
def test_errors_are_problem_details(
    client: FlaskClient, rpc: FakeRpc, token: str, error: Exception, status: int
) -> None:
    rpc.on(requests.GetBrief, error)

    answer = client.get("/api/v1/briefs/b1", headers=bearer(token))

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert body(answer)["status"] == status
    assert body(answer)["instance"].startswith("urn:request:")
    assert {"type", "title", "detail"} <= body(answer).keys()


def test_wrong_fields_are_listed(client: FlaskClient, rpc: FakeRpc, token: str) -> None:
    rpc.on(requests.SaveBrief, Invalid(fields={"budget": [Text("Enter at least %(min)s.", min=5)]}))

    answer = client.post("/api/v1/briefs", json={"title": "x"}, headers=bearer(token))

    assert answer.status_code == 422
    assert body(answer)["errors"] == [{"field": "budget", "message": "Enter at least 5."}]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/api/v1/nowhere", {}, 404),
        ("DELETE", "/api/v1/briefs", {}, 405),
        ("POST", "/api/v1/briefs", {"data": "{", "content_type": "application/json"}, 400),
        ("POST", "/api/v1/briefs", {"data": "a=1", "content_type": "application/x-www-form-urlencoded"}, 415),
        ("POST", "/api/v1/briefs", {"json": [1]}, 422),
        ("POST", "/api/v1/briefs", {"data": '{"a": ' * 50 + "1" + "}" * 50, "content_type": "application/json"}, 422),
        ("POST", "/api/v1/briefs", {"data": "[" * 20_000, "content_type": "application/json"}, 422),
    ],
)
def test_malformed_requests_are_problems_too(
    client: FlaskClient, token: str, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    answer = client.open(path, method=method, headers=bearer(token), **sent)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_a_crash_tells_nothing(app: Flask, client: FlaskClient, rpc: FakeRpc, token: str) -> None:
    app.config["TESTING"] = app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(payload: dict[str, Any]) -> None:
        raise RuntimeError("the secret recipe")

    rpc.on(requests.GetBrief, broken)

    answer = client.get("/api/v1/briefs/b1", headers=bearer(token))

    assert answer.status_code == 500
    assert "recipe" not in answer.text


def test_the_description_names_every_route(client: FlaskClient) -> None:
    spec = body(client.get("/api/v1/openapi.json"))

    assert spec["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, item in spec["paths"].items() for method in item}
    for route in ROUTES:
        assert (route.method, "/api/v1" + route.path.replace("<", "{").replace(">", "}")) in described
    assert spec["paths"]["/api/v1/briefs"]["post"]["requestBody"]
    assert "matching.Match" in spec["components"]["schemas"]


def test_the_readable_description_opens(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs")

    assert page.status_code == 200
    assert "/api/v1/timesheets/&lt;id&gt;/approve" in page.text


def test_every_call_that_people_may_make_has_a_route() -> None:
    from shared.contracts import messaging, profiles
    from shared.platform.contract import Call

    inside = {"check_session", "get_counts", "list_mails", "get_mail"}
    pages_only = {
        "sign_out",
        "revoke_other_sessions",
        "import_accounts",
        "list_accounts",
        "import_profiles",
        "remove_brief",
        *("list_weights", "draft_weights", "preview_weights", "replay_weights", "enforce_weights"),
        *("get_index_status", "list_published", "get_assistant_cards"),
        *("hide_review", "list_reported", "list_checks", "decide_check"),
        *("start_second_step", "start_passkey_sign_in", "sign_in_with_passkey", "start_proof", "prove"),
        *("get_security", "start_app", "confirm_app", "remove_app", "ask_second_step", "renew_recovery_codes"),
        *("start_passkey", "add_passkey", "rename_passkey", "remove_passkey", "change_password"),
        *("request_new_address", "confirm_new_address", "look_at_unsubscribe", "unsubscribe"),
        *("get_closing", "request_closing", "cancel_closing", "keep_account"),
    }
    routed = {route.call for route in ROUTES}
    for module in (accounts, profiles, requests, matching, work, billing, messaging):
        for value in vars(module).values():
            if isinstance(value, Call) and value.service == module.SERVICE:
                assert value in routed or value.name in inside | pages_only, value.name
