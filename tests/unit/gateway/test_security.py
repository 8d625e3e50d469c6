"""Headers, cookies, CSRF tokens, limits, and error pages that give nothing away."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.app import create_app
from shared.contracts import accounts, matching
from shared.platform.errors import Internal
from tests.unit.gateway.canned import answer_all
from tests.unit.gateway.conftest import SETTINGS, SignIn, signed_in
from tests.unit.gateway.fake_rpc import FakeRpc


def make(rpc: FakeRpc, **changed: Any) -> Flask:
    return create_app(dataclasses.replace(SETTINGS, **changed), rpc)


def test_every_answer_carries_the_protective_headers(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    for path in ("/", "/nope", "/healthz", "/static/css/dextra.css"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"]
        assert headers["Permissions-Policy"]
        assert headers["X-Request-Id"]


def test_https_is_insisted_on_only_where_it_is_spoken(rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = make(rpc).test_client()

    assert "Strict-Transport-Security" not in browser.get("/").headers
    assert "Strict-Transport-Security" in browser.get("/", base_url="https://dextra.example").headers


def test_a_proxy_is_believed_only_where_it_is_set(rpc: FakeRpc) -> None:
    answer_all(rpc)
    headers = {"X-Forwarded-Proto": "https", "X-Request-Id": "from-the-proxy-1"}

    plain = make(rpc).test_client().get("/", headers=headers)
    behind = make(rpc, proxies=1).test_client().get("/", headers=headers)

    assert "Strict-Transport-Security" not in plain.headers
    assert plain.headers["X-Request-Id"] != "from-the-proxy-1"
    assert "Strict-Transport-Security" in behind.headers
    assert behind.headers["X-Request-Id"] == "from-the-proxy-1"


def test_the_cookie_is_closed_to_scripts_and_other_sites(rpc: FakeRpc) -> None:
    rpc.on(accounts.SignIn, signed_in())
    app = make(rpc, cookie_secure=True)
    app.config["WTF_CSRF_ENABLED"] = False

    response = app.test_client().post(
        "/sign-in", data={"email": "a@b.it", "password": "x"}, base_url="https://d.example"
    )

    cookie = response.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax", "Expires="))


def test_a_tampered_cookie_is_nobody(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    client.set_cookie("dextra", "eyJ3aG8iOnsicm9sZXMiOlsib3BlcmF0b3IiXX19.aaaa.bbbb")

    assert client.get("/operator").status_code == 302


def test_a_form_without_its_token_does_nothing(rpc: FakeRpc) -> None:
    rpc.on(accounts.SignIn, signed_in())

    response = make(rpc).test_client().post("/sign-in", data={"email": "a@b.it", "password": "x"})

    assert response.status_code == 400
    assert "This form was open for too long" in response.text
    assert not rpc.calls(accounts.SignIn)


def test_a_form_with_its_token_works(rpc: FakeRpc) -> None:
    rpc.on(accounts.SignIn, signed_in())
    browser = make(rpc).test_client()
    html = browser.get("/sign-in").text
    token = html.split('name="csrf_token" value="')[1].split('"')[0]

    response = browser.post("/sign-in", data={"email": "a@b.it", "password": "x", "csrf_token": token})

    assert response.status_code == 303


def test_guessing_passwords_is_slowed_down(rpc: FakeRpc) -> None:
    app = make(rpc, rate_limits=True)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()

    statuses = [browser.post("/sign-in", data={"email": "a@b.it", "password": ""}).status_code for _ in range(11)]

    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {422}
    assert browser.get("/sign-in").status_code == 200


def test_a_crash_is_a_page_without_its_traceback(app: Flask, rpc: FakeRpc) -> None:
    app.config["TESTING"] = False

    def crash(_payload: dict[str, Any]) -> None:
        raise RuntimeError("the secret detail")

    rpc.on(matching.GetWeights, crash)

    response = app.test_client().get("/how-matching-works", headers={"Accept-Language": "it"})

    assert response.status_code == 500
    assert '<html lang="it">' in response.text
    assert "secret detail" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["X-Request-Id"] in response.text


def test_a_services_crash_keeps_its_words_to_itself(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(matching.GetWeights, Internal("row 7 of the table"))

    response = client.get("/how-matching-works")

    assert response.status_code == 500
    assert "row 7" not in response.text


@pytest.mark.parametrize(("path", "status"), [("/nope", 404), ("/sign-out", 405), ("/language/xx", 404)])
@pytest.mark.parametrize("locale", ["en", "it"])
def test_errors_are_pages_in_the_readers_language(client: FlaskClient, path: str, status: int, locale: str) -> None:
    response = client.get(path, headers={"Accept-Language": locale})

    assert response.status_code == status
    assert f'<html lang="{locale}">' in response.text


def test_pages_of_somebody_signed_in_are_stored_nowhere(sign_in: SignIn, client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    assert sign_in("client").get("/account").headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cache-Control"] == "no-cache"


def test_static_files_are_kept_for_a_year_at_an_address_of_their_content(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    html = client.get("/").text
    address = html.split('rel="stylesheet" href="')[1].split('"')[0]

    response = client.get(address)

    assert "?v=" in address
    assert "immutable" in response.headers["Cache-Control"]


def test_who_acts_travels_with_each_call(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    response = sign_in("client", locale="it").get("/conversations", headers={"traceparent": trace})

    headers = rpc.asked[0].headers
    assert headers["actor"] == "acc-1"
    assert headers["roles"] == "client"
    assert headers["locale"] == "it"
    assert headers["request_id"] == response.headers["X-Request-Id"]
    assert headers["traceparent"].split("-")[1] == trace.split("-")[1]
    assert headers["traceparent"].split("-")[2] != trace.split("-")[2]


def test_a_burst_of_requests_checks_the_session_once(rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(accounts.SignIn, signed_in()).on(accounts.CheckSession, signed_in())
    app = make(rpc, session_check_seconds=5.0)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    browser.post("/sign-in", data={"email": "a@b.it", "password": "x"})

    for _ in range(3):
        assert browser.get("/conversations").status_code == 200

    assert not rpc.calls(accounts.CheckSession)
