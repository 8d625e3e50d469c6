"""The gateway with its services faked, and people signed in to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.security import limiter
from gateway.session import Checks
from gateway.settings import GatewaySettings
from shared.contracts import accounts, messaging
from tests.unit.gateway.fake_rpc import FakeRpc

SETTINGS = GatewaySettings(
    amqp_uri="",
    secret_key="for tests " * 5,
    cookie_secure=False,
    rate_limits=False,
    session_check_seconds=0,
    taxonomy_seconds=float("inf"),
    mailbox=True,
)


def account(roles: tuple[str, ...] = ("client",), **changed: Any) -> dict[str, Any]:
    return {
        "id": "acc-1",
        "email": "clara@example.com",
        "name": "Clara Bassi",
        "roles": list(roles),
        "locale": "en",
        "time_zone": "Europe/Rome",
        "email_confirmed": True,
        "created_at": "2026-01-05T10:00:00+00:00",
        "version": 1,
        **changed,
    }


def signed_in(**changed: Any) -> dict[str, Any]:
    return {
        "token": "t" * 40,
        "session_id": "session-1",
        "expires_at": "2026-12-31T00:00:00+00:00",
        "account": account(**changed),
    }


@pytest.fixture
def rpc() -> FakeRpc:
    return FakeRpc().on(messaging.GetCounts, {"notifications": 0, "messages": 0})


@pytest.fixture(scope="session")
def shared_app() -> Flask:
    return create_app(SETTINGS, FakeRpc())


@pytest.fixture
def app(shared_app: Flask, rpc: FakeRpc) -> Flask:
    """One application for all tests (making it takes longer than most of them), with this test's services."""
    limiter.enabled = SETTINGS.rate_limits
    shared_app.config.update(WTF_CSRF_ENABLED=False, TESTING=True, PROPAGATE_EXCEPTIONS=None)
    shared_app.extensions["dextra.rpc"] = rpc
    shared_app.extensions["dextra.checks"] = Checks(SETTINGS.session_check_seconds)
    return shared_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client()


SignIn = Callable[..., FlaskClient]


@pytest.fixture
def sign_in(app: Flask, rpc: FakeRpc) -> SignIn:
    """`sign_in("assistant", locale="it")` gives the browser of somebody signed in; what that asked is forgotten."""

    def do(*roles: str, **changed: Any) -> FlaskClient:
        answer = signed_in(roles=roles or ("client",), **changed)
        rpc.on(accounts.SignIn, answer).on(accounts.CheckSession, answer)
        browser = app.test_client()
        response = browser.post("/sign-in", data={"email": "clara@example.com", "password": "a long password"})
        assert response.status_code == 303, response.text
        rpc.forget()
        return browser

    return do
