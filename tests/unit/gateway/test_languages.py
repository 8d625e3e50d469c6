"""Two languages: how one is chosen, and that nothing is missing in either."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from gateway import translations
from gateway.i18n import load_catalogue
from shared.contracts import accounts
from tests.unit.gateway.canned import answer_all
from tests.unit.gateway.conftest import SignIn, signed_in
from tests.unit.gateway.fake_rpc import FakeRpc


def locale_of(html: str) -> str:
    found = re.search(r'<html lang="(\w+)">', html)
    assert found
    return found[1]


def test_a_visitors_choice_is_kept_in_the_browser(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    assert locale_of(client.get("/", headers={"Accept-Language": "en"}).text) == "en"
    response = client.get("/language/it?next=/assistants")
    assert response.location == "/assistants"
    assert locale_of(client.get("/", headers={"Accept-Language": "en"}).text) == "it"


def test_the_accounts_language_wins(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client", locale="it")

    browser.get("/language/en")

    assert locale_of(browser.get("/account").text) == "it"


def test_switching_while_signed_in_changes_the_account(sign_in: SignIn, rpc: FakeRpc) -> None:
    answer_all(rpc)
    browser = sign_in("client", locale="it")
    changed = signed_in(locale="en")
    rpc.on(accounts.ChangeSettings, changed["account"]).on(accounts.CheckSession, changed)

    browser.post("/language/en")

    assert rpc.calls(accounts.ChangeSettings)[0].payload["locale"] == "en"
    assert locale_of(browser.get("/account").text) == "en"


def test_sentences_are_collected_from_everywhere_people_read_them() -> None:
    collected = translations.collect()

    for sentence in (
        "Skip to the content",  # a template
        "Monday",  # a lazy name of a code
        "Please fill this in.",  # a contract's field
        "Please sign in first.",  # the platform
        "The e-mail address or the password is wrong.",  # a service
        "Missing data for required field.",  # marshmallow
        "The database does not answer just now. Please try again in a moment.",  # kept in a constant
    ):
        assert sentence in collected, sentence


def test_no_sentence_lacks_its_translation() -> None:
    found = translations.collect()

    assert [problem for locale in ("en", "it") for problem in translations.problems(found, locale)] == []


def test_catalogues_are_read_without_having_been_compiled() -> None:
    assert load_catalogue("it").gettext("Sign in") == "Accedi"
    assert load_catalogue("en").gettext("Sign in") == "Sign in"
    assert load_catalogue("en").gettext("Missing data for required field.") == "Please fill this in."


def test_a_page_drawn_first_in_one_language_is_drawn_next_in_the_other(client: FlaskClient, rpc: FakeRpc) -> None:
    answer_all(rpc)

    italian = client.get("/", headers={"Accept-Language": "it"}).text
    english = client.get("/", headers={"Accept-Language": "en"}).text

    assert "38\xa0€ / ora" in italian
    assert "€38 / hour" in english
    assert "Competenze gradite" not in english
