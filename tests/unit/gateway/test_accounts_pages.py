"""Signing up, in and out; settings, roles and sessions."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.contracts import accounts
from shared.platform.errors import Conflict, Invalid, Text, TooMany, Unauthenticated, Unavailable
from tests.unit.gateway.canned import answer_all
from tests.unit.gateway.conftest import SignIn, account, signed_in
from tests.unit.gateway.fake_rpc import FakeRpc

SIGN_UP: dict[str, Any] = {
    "side": "client",
    "name": "Clara Bassi",
    "email": "clara@example.com",
    "password": "  four words in a row ",
    "time_zone": "Europe/Rome",
    "_key": "key-1",
}


def test_signing_up_signs_in(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.SignUp, signed_in()).on(accounts.CheckSession, signed_in())

    response = client.post("/sign-up", data=SIGN_UP, headers={"Accept-Language": "it", "User-Agent": "Firefox"})

    assert response.status_code == 303
    (call,) = rpc.calls(accounts.SignUp)
    assert call.payload["roles"] == ["client"]
    assert call.payload["locale"] == "it"
    assert call.payload["password"] == SIGN_UP["password"]
    assert call.headers["idempotency_key"]
    assert client.get("/sign-in").status_code == 302


def test_a_form_keeps_what_was_typed_except_the_password(client: FlaskClient) -> None:
    response = client.post("/sign-up", data={**SIGN_UP, "name": "", "email": "clara@"})

    assert response.status_code == 422
    assert 'value="clara@"' in response.text
    assert "four words" not in response.text
    assert 'value="client" checked' in response.text
    assert '<a href="#f-name">Your name</a>: Please fill this in.' in response.text
    assert 'aria-describedby="f-name-error" aria-invalid="true"' in response.text


def test_what_the_service_finds_wrong_is_shown_at_the_field(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(
        accounts.SignUp,
        Invalid(fields={"password": [Text("Use at least %(low)s characters.", low=10)], "odd": [Text("Odd.")]}),
    )

    response = client.post("/sign-up", data=SIGN_UP)

    assert response.status_code == 422
    assert '<a href="#f-password">Password</a>: Use at least 10 characters.' in response.text
    assert "Odd." in response.text
    assert 'value="Clara Bassi"' in response.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Conflict("Somebody was first."), 409),
        (Unavailable("We cannot tell. Please look before you try again."), 503),
        (TooMany("Too many attempts. Try again in a while."), 429),
    ],
)
def test_other_refusals_stand_above_the_form_with_all_of_it_kept(
    client: FlaskClient, rpc: FakeRpc, error: Exception, status: int
) -> None:
    rpc.on(accounts.SignUp, error)

    response = client.post("/sign-up", data=SIGN_UP)

    assert response.status_code == status
    assert str(error) in response.text
    assert 'value="clara@example.com"' in response.text


def test_an_uncertain_answer_keeps_the_key_so_that_trying_again_does_it_once(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.SignUp, Unavailable("No answer."))

    assert 'name="_key" value="key-1"' in client.post("/sign-up", data=SIGN_UP).text


def test_a_refusal_gets_a_new_key(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.SignUp, Conflict("No."))

    assert 'value="key-1"' not in client.post("/sign-up", data=SIGN_UP).text


def test_a_wrong_password_is_said_without_a_hint_which(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.SignIn, Unauthenticated("The e-mail address or the password is wrong."))

    response = client.post("/sign-in", data={"email": "clara@example.com", "password": "wrong"})

    assert response.status_code == 422
    assert "The e-mail address or the password is wrong." in response.text
    assert 'value="clara@example.com"' in response.text


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/notifications", "/notifications"),
        ("//evil.example", "/home"),
        ("//[", "/home"),
        ("https://evil.example/", "/home"),
        ("/\\evil.example", "/home"),
        ("javascript:alert(1)", "/home"),
        ("", "/home"),
    ],
)
def test_signing_in_leads_back_only_to_pages_of_ours(
    client: FlaskClient, rpc: FakeRpc, target: str, lands: str
) -> None:
    rpc.on(accounts.SignIn, signed_in())

    response = client.post("/sign-in", query_string={"next": target}, data={"email": "a@b.it", "password": "x"})

    assert response.location == lands


def test_signing_in_drops_what_a_visitors_cookie_held(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.SignIn, signed_in())
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["language"] = "it"

    client.post("/sign-in", data={"email": "a@b.it", "password": "x"})

    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["language"] == "it"
        assert cookie["who"]["account_id"] == "acc-1"


def test_signing_out_forgets_the_session_even_when_accounts_is_away(sign_in: SignIn, rpc: FakeRpc) -> None:
    browser = sign_in("client")
    rpc.on(accounts.SignOut, Unavailable("No answer."))

    response = browser.post("/sign-out")

    assert response.status_code == 303
    assert rpc.calls(accounts.SignOut)[0].payload == {"token": "t" * 40}
    with browser.session_transaction() as cookie:
        assert "who" not in cookie


def test_looking_at_a_confirmation_link_confirms_nothing(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.ConfirmEmail, account())

    client.get("/confirm/abc")
    assert not rpc.calls(accounts.ConfirmEmail)

    assert client.post("/confirm/abc").status_code == 303
    assert rpc.calls(accounts.ConfirmEmail)[0].payload == {"token": "abc"}


def test_an_unconfirmed_address_is_reminded_of_until_it_is(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client", email_confirmed=False)
    rpc.on(accounts.ConfirmEmail, account())

    assert "Please confirm your e-mail address" in browser.get("/account").text
    rpc.on(accounts.CheckSession, signed_in())
    browser.post("/confirm/abc")
    assert "Please confirm your e-mail address" not in browser.get("/account").text


def test_asking_for_a_reset_answers_the_same_for_every_address(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.RequestReset, {})

    html = client.post("/reset", data={"email": "x@example.com"}).text

    assert "If x@example.com has an account here" in html


def test_a_new_password_leads_to_the_sign_in_page(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(accounts.ResetPassword, {})

    response = client.post("/reset/tok", data={"password": "another long one"})

    assert response.location == "/sign-in"
    assert rpc.calls(accounts.ResetPassword)[0].payload == {"token": "tok", "password": "another long one"}


def test_settings_change_the_language_at_once(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")
    changed = signed_in(locale="it", name="Clara B.")
    rpc.on(accounts.ChangeSettings, changed["account"]).on(accounts.CheckSession, changed)

    response = browser.post(
        "/account", data={"name": "Clara B.", "locale": "it", "time_zone": "Europe/Rome"}, follow_redirects=True
    )

    assert '<html lang="it">' in response.text
    assert rpc.calls(accounts.ChangeSettings)[0].payload == {
        "name": "Clara B.",
        "locale": "it",
        "time_zone": "Europe/Rome",
    }


def test_a_role_is_added(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")
    rpc.on(accounts.AddRole, account(("client", "assistant")))

    assert browser.post("/account/roles/assistant", data={"_key": "k"}).status_code == 303
    with browser.session_transaction() as cookie:
        assert cookie["who"]["roles"] == ["client", "assistant"]


def test_ending_ones_own_session_signs_out(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(accounts.RevokeSession, {}).on(accounts.RevokeOtherSessions, {})
    browser = sign_in("client")

    assert browser.post("/account/sessions/session-2/revoke").location == "/account/security"
    assert browser.post("/account/sessions/revoke-others").location == "/account/security"
    assert browser.post("/account/sessions/session-1/revoke").location == "/sign-in"
    with browser.session_transaction() as cookie:
        assert "who" not in cookie


def test_what_a_button_is_refused_is_said_on_the_next_page(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(accounts.ResendConfirmation, TooMany("Wait a minute before you ask for another."))
    browser = sign_in("client")

    html = browser.post("/account/resend-confirmation", follow_redirects=True).text

    assert "Wait a minute before you ask for another." in html
