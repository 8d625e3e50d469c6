"""The second step, passkeys, proofs, and choices about e-mails, as people meet them in pages."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.contracts import accounts, messaging
from shared.platform.errors import Invalid, Unauthenticated, Unproven
from tests.unit.gateway.canned import SECURITY, answer_all
from tests.unit.gateway.conftest import SignIn, account, signed_in
from tests.unit.gateway.fake_rpc import FakeRpc

STEP = {"step_token": "s" * 40, "methods": ["app", "passkey", "recovery"]}
ASKED: dict[str, Any] = {"challenge_id": "ch-1", "options": {"challenge": "AAAA"}}
CREDENTIAL = '{"id": "x"}'
OTPAUTH = "otpauth://totp/Dextra:clara%40example.com?secret=GEZDGNBVGY3TQOJQ&issuer=Dextra"
CODES = {"codes": ["k7wq-9mzt-c4xh"]}


@pytest.fixture
def half_way(client: FlaskClient, rpc: FakeRpc) -> FlaskClient:
    """A browser between the two steps."""
    rpc.on(accounts.SignIn, STEP)
    response = client.post("/sign-in?next=/offers", data={"email": "clara@example.com", "password": "x"})
    assert response.location == "/sign-in/second-step?next=/offers"
    return client


def test_the_second_step_signs_in_and_leads_on(half_way: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.FinishSignIn, signed_in())

    page = half_way.get("/sign-in/second-step?next=/offers").text
    response = half_way.post("/sign-in/second-step?next=/offers", data={"passcode": "123 456"})

    assert 'autocomplete="one-time-code"' in page
    assert "with=recovery" in page
    assert response.location == "/offers"
    assert rpc.calls(accounts.FinishSignIn)[0].payload == {"token": "s" * 40, "passcode": "123 456"}
    with half_way.session_transaction() as cookie:
        assert cookie["who"]["account_id"] == "acc-1"
        assert "step" not in cookie


def test_nobody_is_signed_in_between_the_steps(half_way: FlaskClient) -> None:
    assert half_way.get("/account").status_code == 302
    with half_way.session_transaction() as cookie:
        assert "who" not in cookie


def test_a_wrong_code_is_said_at_its_field(half_way: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.FinishSignIn, Invalid.field("passcode", "This code is not right."))

    response = half_way.post("/sign-in/second-step", data={"passcode": "000000"})

    assert response.status_code == 422
    assert '<a href="#f-passcode">Code</a>: This code is not right.' in response.text


def test_too_late_begins_again(half_way: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.FinishSignIn, Unauthenticated("This sign-in took too long."))

    assert half_way.post("/sign-in/second-step", data={"passcode": "000000"}).location == "/sign-in"
    assert half_way.get("/sign-in/second-step").location == "/sign-in"


def test_without_a_first_step_there_is_no_second(client: FlaskClient) -> None:
    assert client.get("/sign-in/second-step").location == "/sign-in"
    assert client.post("/sign-in/second-step/passkey").location == "/sign-in"


def test_a_passkey_signs_in_by_the_challenge_of_this_browser(app: Flask, client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.StartPasskeySignIn, ASKED).on(accounts.SignInWithPasskey, signed_in())

    assert client.post("/sign-in/passkey/options").json == ASKED["options"]
    response = client.post("/sign-in/passkey?next=/offers", data={"credential": CREDENTIAL})

    assert response.location == "/offers"
    sent = rpc.calls(accounts.SignInWithPasskey)[0].payload
    assert (sent["challenge_id"], sent["credential"]) == ("ch-1", {"id": "x"})
    other = app.test_client()  # whose browser was asked nothing
    assert other.post("/sign-in/passkey", data={"credential": CREDENTIAL}).location == "/sign-in"
    assert len(rpc.calls(accounts.SignInWithPasskey)) == 1


@pytest.mark.parametrize("typed", ["", "[]", "{", "7", '{"a":' * 5000, "x" * 30_000])
def test_rubbish_from_the_browser_reaches_no_service(client: FlaskClient, rpc: FakeRpc, typed: str) -> None:
    rpc.on(accounts.StartPasskeySignIn, ASKED)
    client.post("/sign-in/passkey/options")

    assert client.post("/sign-in/passkey", data={"credential": typed}).location == "/sign-in"
    assert not rpc.calls(accounts.SignInWithPasskey)


def test_passkeys_are_offered_only_where_they_can_work(app: Flask, client: FlaskClient, rpc: FakeRpc) -> None:
    assert "passkeys.js" not in client.get("/sign-in").text
    assert "passkeys.js" in client.get("/sign-in", base_url="http://localhost:8000").text


def test_a_passkey_is_added_with_the_sessions_token(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(accounts.StartPasskey, ASKED).on(accounts.AddPasskey, {})
    browser = sign_in("client")

    browser.post("/account/security/passkeys/options")
    response = browser.post("/account/security/passkeys/new", data={"name": "My phone", "credential": CREDENTIAL})

    assert response.location == "/account/security"
    sent = rpc.calls(accounts.AddPasskey)[0].payload
    assert sent == {"token": "t" * 40, "name": "My phone", "challenge_id": "ch-1", "credential": {"id": "x"}}


@pytest.mark.parametrize(
    "path", ["/account/security/password", "/account/security/address", "/account/security/passkeys/new"]
)
def test_what_is_of_weight_asks_who_it_is_first(sign_in: SignIn, rpc: FakeRpc, path: str) -> None:
    rpc.on(accounts.GetSecurity, {**SECURITY, "proven": False}).on(accounts.Prove, {})
    browser = sign_in("client")

    response = browser.get(path)
    assert response.location == f"/account/prove?next={path}"
    assert browser.post(response.location, data={"password": "a long password"}).location == path
    assert rpc.calls(accounts.Prove)[0].payload == {"token": "t" * 40, "password": "a long password"}


def test_a_proof_that_ran_out_is_asked_for_again(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(accounts.RemoveApp, Unproven("Please show that it is you."))

    response = sign_in("client").post("/account/security/app/remove")

    assert response.location == "/account/prove?next=/account/security"


def test_a_proof_leads_only_to_pages_of_ours(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(accounts.Prove, {})

    response = sign_in("client").post("/account/prove?next=//evil.example", data={"password": "x"})

    assert response.location == "/account/security"


def test_an_app_is_set_up_with_a_picture_and_a_key(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(accounts.StartApp, {"seed": "GEZDGNBVGY3TQOJQ", "address": OTPAUTH})
    rpc.on(accounts.ConfirmApp, Invalid.field("passcode", "This code is not right."))
    browser = sign_in("client")

    shown = browser.post("/account/security/app/start").text
    wrong = browser.post("/account/security/app", data={"address": OTPAUTH, "passcode": "000000"})
    rpc.on(accounts.ConfirmApp, CODES)
    right = browser.post("/account/security/app", data={"address": OTPAUTH, "passcode": "123456"})

    assert "<svg" in shown
    assert 'name="address" value="otpauth://totp/' in shown
    assert "style=" not in shown
    assert "<span>GEZD</span>" in shown
    assert wrong.status_code == 422
    assert "<span>GEZD</span>" in wrong.text
    assert rpc.calls(accounts.ConfirmApp)[-1].payload == {"token": "t" * 40, "passcode": "123456"}
    assert "k7wq-9mzt-c4xh" in right.text
    assert right.headers["Cache-Control"] == "no-store"


def test_a_foreign_address_is_made_no_picture_of(sign_in: SignIn, rpc: FakeRpc) -> None:
    typed = {"address": "https://evil.example", "passcode": "1"}

    assert sign_in("client").post("/account/security/app", data=typed).location == "/account/security"


def test_new_recovery_codes_are_shown_by_the_answer_itself(sign_in: SignIn, rpc: FakeRpc) -> None:
    rpc.on(accounts.RenewRecoveryCodes, CODES).on(accounts.AskSecondStep, {"codes": []})
    browser = sign_in("client")

    assert "k7wq-9mzt-c4xh" in browser.post("/account/security/codes").text
    assert browser.post("/account/security/second-step/on").location == "/account/security"


def test_a_new_address_is_taken_over_by_a_press_not_by_a_look(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    rpc.on(accounts.ConfirmNewAddress, account(email="new@example.com"))

    browser.get("/new-address/tok")
    assert not rpc.calls(accounts.ConfirmNewAddress)
    assert browser.post("/new-address/tok").location == "/account"
    with browser.session_transaction() as cookie:
        assert cookie["who"]["email"] == "new@example.com"


# -- choices -------------------------------------------------------------------------------------------------------


def test_choices_are_sent_as_ticked_and_what_is_fixed_is_not_asked(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(messaging.SaveChoices, {"items": []})
    browser = sign_in("client")

    html = browser.get("/account/notifications").text
    typed: dict[str, Any] = {"kind": ["message.posted", "offer.sent"], "app": ["offer.sent"], "mail": []}
    assert browser.post("/account/notifications", data=typed).location == "/account/notifications"

    assert html.count('name="kind"') == 3
    assert 'value="account.secured" checked disabled' in html
    assert rpc.calls(messaging.SaveChoices)[0].payload["items"] == [
        {"kind": "message.posted", "app": False, "mail": False},
        {"kind": "offer.sent", "app": True, "mail": False},
    ]


def test_a_mail_program_unsubscribes_by_one_post_without_cookies(app: Flask, client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(messaging.Unsubscribe, {})
    app.config["WTF_CSRF_ENABLED"] = True

    assert client.get("/unsubscribe/tok").status_code == 200
    assert not rpc.calls(messaging.Unsubscribe)
    response = client.post("/unsubscribe/tok", data={"List-Unsubscribe": "One-Click"})

    assert response.status_code == 303
    assert rpc.calls(messaging.Unsubscribe)[0].payload == {"token": "tok", "on": False}
    client.post("/unsubscribe/tok", data={"on": "1"})
    assert rpc.calls(messaging.Unsubscribe)[1].payload == {"token": "tok", "on": True}
