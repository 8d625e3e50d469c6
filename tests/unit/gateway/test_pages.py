"""Every page of the foundation is drawn, in both languages, in one wait, and without a slip into raw codes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.contracts import accounts, matching, messaging, operations
from shared.platform.errors import NotFound, Unauthenticated, Unavailable
from tests.unit.gateway.canned import SERVICES, answer_all, status
from tests.unit.gateway.conftest import SignIn
from tests.unit.gateway.fake_rpc import FakeRpc

PUBLIC = (
    "/",
    "/assistants",
    "/assistants?text=travel&level=executive&services=travel&services=events&skills=travel.booking&language=it&rate=40",
    "/assistants/as-1",
    "/how-matching-works",
    "/skills",
    "/compare",
    "/compare?id=as-1&id=as-2&id=as-3",
    "/skills/travel",
    "/skills/travel.booking",
    "/sign-up",
    "/sign-up?as=assistant",
    "/sign-in",
    "/confirm/token",
    "/reset",
    "/reset/token",
    "/mailbox",
    "/mailbox/ml-1",
    "/new-address/token",
    "/unsubscribe/token",
    "/keep-account/token",
)
ACCOUNT = (
    "/account/security",
    "/account/prove",
    "/account/security/password",
    "/account/security/address",
    "/account/security/passkeys/new",
    "/account/security/passkeys/pk-1",
    "/account/notifications",
    "/account/data",
    "/account/data/delete",
)
SIGNED_IN = ("/account", "/conversations", "/conversations/th-1", "/notifications", "/assistants/as-1", "/")
OPERATOR = ("/operator", "/operator/dead-letters", "/operator/ledger", "/operator/accounts")


def assert_sound(html: str, locale: str) -> None:
    assert f'<html lang="{locale}">' in html
    assert len(re.findall("<h1[ >]", html)) == 1
    assert 'style="' not in html
    assert not re.search(r"<script(?! type=\"application/ld\+json\")(?![^>]*src=)", html)
    assert not re.search(r"%\(\w+\)s", html)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id is used twice"


@pytest.mark.parametrize("locale", ["en", "it"])
@pytest.mark.parametrize("path", PUBLIC)
def test_visitors_see_public_pages_in_at_most_one_wait(
    client: FlaskClient, rpc: FakeRpc, path: str, locale: str
) -> None:
    answer_all(rpc)

    response = client.get(path, headers={"Accept-Language": locale})

    assert response.status_code == 200
    assert_sound(response.text, locale)
    assert rpc.waits <= 1


@pytest.mark.parametrize("locale", ["en", "it"])
@pytest.mark.parametrize(
    ("role", "path"), [("client", p) for p in (*SIGNED_IN, *ACCOUNT)] + [("operator", p) for p in OPERATOR]
)
def test_pages_for_people_who_are_signed_in_take_exactly_one_wait(
    sign_in: SignIn, rpc: FakeRpc, role: str, path: str, locale: str
) -> None:
    answer_all(rpc)
    browser = sign_in(role, locale=locale)

    response = browser.get(path)

    assert response.status_code == 200
    assert_sound(response.text, locale)
    assert rpc.waits == 1
    assert len(rpc.calls(accounts.CheckSession)) == 1
    assert len(rpc.calls(messaging.GetCounts)) == 1


def test_the_header_shows_what_waits(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)

    html = sign_in("client").get("/account").text

    assert re.search(r'badge">3<span class="hidden"> new', html)
    assert re.search(r'badge">2<span class="hidden"> unread', html)


@pytest.mark.parametrize("path", SIGNED_IN[:4])
def test_visitors_are_asked_to_sign_in_and_come_back(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 302
    assert response.location == f"/sign-in?next={path}"


@pytest.mark.parametrize("path", OPERATOR)
def test_the_console_is_for_operators(sign_in: SignIn, rpc: FakeRpc, path: str) -> None:
    answer_all(rpc)

    assert sign_in("client", "assistant").get(path).status_code == 403


def test_the_start_page_stands_when_matching_is_away(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(matching.BrowseAssistants, Unavailable("Try again."))

    assert client.get("/").status_code == 200


def test_an_empty_list_says_what_to_do(client: FlaskClient, rpc: FakeRpc) -> None:
    rpc.on(matching.BrowseAssistants, {"items": [], "total": 0, "next": None})

    html = client.get("/assistants?text=zzz").text

    assert "Nobody fits all of this" in html
    assert "Clear all filters" in html


def test_filters_reach_the_service_typed(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    client.get(
        "/assistants?services=travel&services=events&skills=travel.booking&rate=42,50&rate_currency=CHF&free_minutes=12:30",
        headers={"Accept-Language": "it"},
    )

    asked = rpc.calls(matching.BrowseAssistants)[0].payload
    assert asked["services"] == ["travel", "events"]
    assert asked["skills"] == ["travel.booking"]
    assert (asked["max_rate_amount"], asked["currency"]) == (4250, "CHF")
    assert asked["free_minutes"] == 750


def test_a_filter_that_cannot_be_read_is_named_and_left_out(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    response = client.get("/assistants?rate=plenty")

    assert response.status_code == 200
    assert "Enter a number, such as 42.50." in response.text
    assert "max_rate_amount" not in rpc.calls(matching.BrowseAssistants)[0].payload


def test_htmx_gets_the_list_alone(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    html = client.get("/assistants", headers={"HX-Request": "true", "HX-Target": "results"}).text

    assert html.lstrip().startswith('<section id="results"')


def test_the_next_page_keeps_the_filters(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    html = client.get("/assistants?level=executive&services=travel&services=events").text

    assert "/assistants?level=executive&amp;services=travel&amp;services=events&amp;cursor=c2" in html


def test_a_profile_shows_hours_in_both_zones(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)

    html = sign_in("client", time_zone="America/New_York").get("/assistants/as-1").text

    assert "Monday – Friday" in html
    assert "08:30–16:30" in html
    assert "For you, in New York" in html


def test_somebody_who_does_not_exist_is_a_404(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    response = client.get("/assistants/nobody")

    assert response.status_code == 404
    assert "This profile does not exist or is not published." in response.text


def test_health_is_200_once_every_service_is_ready(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    response = client.get("/healthz")

    assert response.status_code == 200
    assert rpc.waits == 1
    assert client.get("/livez").status_code == 200


def test_health_names_the_service_that_is_not(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(operations.get_status("billing"), status("billing", ready=False))
    rpc.on(operations.get_status("work"), Unavailable("No answer."))

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json
    assert response.json["not_ready"] == ["work", "billing"]


def test_the_console_shows_a_service_that_does_not_answer(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(operations.get_status("work"), Unavailable("No answer."))

    html = sign_in("operator").get("/operator").text

    assert "no answer" in html
    assert all(name in html for name in SERVICES)


def test_a_dead_letter_is_tried_again(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("operator")

    response = browser.post(
        "/operator/dead-letters/billing/replay", data={"letter": "dl-1", "_key": "k"}, follow_redirects=True
    )

    assert "1 event will be tried again." in response.text
    (call,) = rpc.calls(operations.replay_dead_letters("billing"))
    assert call.payload == {"id": "dl-1"}
    assert call.headers["idempotency_key"] == "k"


def test_the_mailbox_is_off_unless_switched_on(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)
    settings = client.application.extensions["dextra.settings"]
    object.__setattr__(settings, "mailbox", False)
    try:
        assert client.get("/mailbox").status_code == 404
        assert client.get("/mailbox/ml-1/html").status_code == 404
    finally:
        object.__setattr__(settings, "mailbox", True)


def test_an_email_is_framed_under_a_policy_of_its_own(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    response = client.get("/mailbox/ml-1/html")

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert '<base target="_top">' in response.text


def test_a_conversation_is_seen_and_answered(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(messaging.PostMessage, {"id": "m9"})
    browser = sign_in("client")

    html = browser.get("/conversations/th-1").text
    assert 'href="https://example.com/livia"' in html
    assert len(rpc.calls(messaging.MarkConversationSeen)) == 1

    response = browser.post("/conversations/th-1", data={"body": "Gladly.", "_key": "k9"})
    assert response.status_code == 303
    (call,) = rpc.calls(messaging.PostMessage)
    assert call.payload == {"conversation_id": "th-1", "body": "Gladly."}
    assert call.headers["idempotency_key"] == "k9"


def test_notifications_become_sentences_and_are_marked_read(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")

    html = browser.get("/notifications").text
    assert "Clara Bassi has made you an offer for" in html
    assert "Something has changed that concerns you." in html

    fragment = browser.post("/notifications/read", headers={"HX-Request": "true", "HX-Target": "mark-read"})
    assert "All seen" in fragment.text
    assert browser.post("/notifications/read").status_code == 303
    assert len(rpc.calls(messaging.MarkNotificationsRead)) == 2


def test_markup_in_what_people_write_stays_text(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    hostile = "<img src=x onerror=alert(1)>"
    page: Any = rpc.answers["messaging.read_conversation"]
    rpc.on(messaging.ReadConversation, {**page, "messages": [{**page["messages"][0], "body": hostile}]})

    html = sign_in("client").get("/conversations/th-1").text

    assert hostile not in html
    assert "&lt;img src=x" in html


def test_a_revoked_session_is_out_at_once(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")
    rpc.on(accounts.CheckSession, Unauthenticated("This session has ended."))

    response = browser.get("/conversations")

    assert response.location == "/sign-in?next=/conversations"
    assert "Livia" not in response.text
    followed = browser.get("/conversations")
    assert followed.status_code == 302


def test_a_revoked_session_reads_public_pages_as_a_visitor(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")
    rpc.on(accounts.CheckSession, Unauthenticated("This session has ended."))

    html = browser.get("/assistants/as-1", follow_redirects=True).text

    assert "Livia Conti" in html
    assert "Your account" not in html


def test_a_revoked_session_commands_nothing(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")
    rpc.on(accounts.CheckSession, Unauthenticated("This session has ended."))

    browser.post("/conversations/th-1", data={"body": "Gladly."})

    assert not rpc.calls(messaging.PostMessage)


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")
    rpc.on(accounts.CheckSession, Unauthenticated("This session has ended."))

    response = browser.post("/notifications/read", headers={"HX-Request": "true", "HX-Target": "mark-read"})

    assert response.headers["HX-Redirect"].startswith("/sign-in")


def test_a_role_that_was_added_elsewhere_is_taken_over(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")
    answer: Any = rpc.answers["accounts.check_session"]
    rpc.on(accounts.CheckSession, {**answer, "account": {**answer["account"], "roles": ["client", "operator"]}})

    assert browser.get("/operator").status_code == 403
    assert browser.get("/account").status_code == 200
    assert browser.get("/operator").status_code == 200


def test_accounts_being_away_is_said_and_signs_nobody_out(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client")
    rpc.on(
        accounts.CheckSession,
        Unavailable("This part of Dextra does not answer just now. Please try again in a moment."),
    )

    assert browser.get("/conversations").status_code == 503
    rpc.on(accounts.CheckSession, rpc.answers["accounts.sign_in"])
    assert browser.get("/conversations").status_code == 200


def test_not_found_of_a_service_is_a_page(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    rpc.on(messaging.ReadConversation, NotFound("This conversation does not exist."))

    response = sign_in("client").get("/conversations/none")

    assert response.status_code == 404
    assert "This conversation does not exist." in response.text


@pytest.mark.parametrize(
    ("before", "asked", "step"),
    [
        ("", "text=tra", "HX-Replace-Url"),
        ("?text=tra&sort=newest", "text=travel&sort=newest", "HX-Replace-Url"),
        ("?text=tra", "text=tra&level=executive", "HX-Push-Url"),
        ("?text=tra&services=travel", "text=tra&services=travel&services=events", "HX-Push-Url"),
        ("?level=executive", "level=&text=tra", "HX-Push-Url"),
    ],
)
def test_each_filter_is_a_step_back_but_not_each_letter(
    client: FlaskClient, rpc: FakeRpc, before: str, asked: str, step: str
) -> None:
    answer_all(rpc)
    headers = {
        "HX-Request": "true",
        "HX-Target": "results",
        "HX-Current-URL": f"http://localhost/assistants{before}",
    }

    told = client.get(f"/assistants?{asked}", headers=headers).headers

    assert [name for name in ("HX-Replace-Url", "HX-Push-Url") if name in told] == [step]
