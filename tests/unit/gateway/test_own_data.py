"""Taking one's data along, and leaving, as people meet it in pages."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from shared.contracts import accounts, operations
from shared.platform.errors import Conflict, Unavailable
from tests.unit.gateway.canned import CLOSING, SECURITY, SERVICES, answer_all
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc

TIES = [
    {"kind": "contract", "id": "c1", "title": "Calendar <b>"},
    {"kind": "hours", "id": "t1", "title": "Calendar"},
    {"kind": "invoice", "id": "i1", "title": "2026-0007"},
    {"kind": "company", "id": "acc-1", "title": ""},
]


def test_all_services_parts_are_one_file_asked_for_in_one_wait(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")

    response = browser.get("/account/data/export")

    told = json.loads(response.text)
    assert set(told["services"]) == set(SERVICES)
    assert told["services"]["work"] == {"things": [{"id": "t-1", "title": "Agenda è piena"}]}
    assert (told["format"], told["account_id"]) == ("dextra-export-1", "acc-1")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="dextra-')
    assert response.headers["Cache-Control"] == "no-store"
    assert rpc.waits == 1


def test_no_half_a_file_is_given_out(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(operations.export_account("billing"), Unavailable("No answer."))

    response = sign_in("client").get("/account/data/export", follow_redirects=True)

    assert "half a file is no help" in response.text
    assert "text/html" in response.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/account/data/export", "/account/data/delete"])
def test_it_asks_who_it_is_first(sign_in: SignIn, rpc: FakeRpc, path: str) -> None:
    answer_all(rpc)
    rpc.on(accounts.GetSecurity, {**SECURITY, "proven": False})

    assert sign_in("client").get(path).location == f"/account/prove?next={path}"


def test_what_is_open_is_named_and_leads_there(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(accounts.GetClosing, {**CLOSING, "ties": TIES})

    html = sign_in("client").get("/account/data/delete").text

    for path in ("/contracts/c1", "/timesheets/t1", "/invoices/i1"):
        assert f'href="{path}"' in html
    assert "Calendar &lt;b&gt;" in html
    assert 'name="typed"' not in html


def test_deleting_takes_the_address_typed_by_hand(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(accounts.RequestClosing, CLOSING)
    browser = sign_in("client")

    assert browser.post("/account/data/delete", data={"typed": ""}).status_code == 422
    assert not rpc.calls(accounts.RequestClosing)
    assert browser.post("/account/data/delete", data={"typed": "clara@example.com"}).location == "/account/data"
    assert rpc.calls(accounts.RequestClosing)[0].payload == {"token": "t" * 40, "typed": "clara@example.com"}
    rpc.on(accounts.RequestClosing, Conflict("Something of yours is still open."))
    refused = browser.post("/account/data/delete", data={"typed": "clara@example.com"})
    assert (refused.status_code, "Something of yours is still open." in refused.text) == (409, True)


def test_a_change_of_mind_is_one_press(sign_in: SignIn, rpc: FakeRpc, client: FlaskClient) -> None:
    answer_all(rpc)
    rpc.on(accounts.GetClosing, {**CLOSING, "due_at": "2026-03-24T16:00:00+00:00"})
    rpc.on(accounts.CancelClosing, CLOSING).on(accounts.KeepAccount, {})
    browser = sign_in("client")

    assert "Your account will be deleted on 24 Mar 2026" in browser.get("/account/data").text
    assert browser.post("/account/data/keep").location == "/account/data"
    client.get("/keep-account/tok")
    assert not rpc.calls(accounts.KeepAccount)
    client.post("/keep-account/tok")
    assert rpc.calls(accounts.KeepAccount)[0].payload == {"token": "tok"}
