"""The rate-card editor: practices typed in, read back and charged; nothing typed is lost on the way."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.rates import kinds, sentences
from gateway.rates.example import Happenings, of_charges
from gateway.rates.form import CardForm
from gateway.rates.lines import LINES
from services.billing.domain.charging import preview
from services.billing.domain.charging.engine import charge
from services.billing.domain.charging.terms import Card
from services.billing.public_holidays import countries, public_holidays
from services.billing.service import shown_charges
from services.profiles.domain.rate_card import RateCard
from shared.contracts import accounts, charging, profiles
from shared.contracts import rate_cards as c
from shared.platform.errors import Conflict, Invalid, NotFound, Text, Unavailable
from shared.platform.money import Money
from tests.unit.gateway.canned import answer_all
from tests.unit.gateway.cards import card, price
from tests.unit.gateway.conftest import SignIn, signed_in
from tests.unit.gateway.fake_rpc import FakeRpc
from tests.unit.gateway.practices import PRACTICES, Practice, typed
from tests.unit.gateway.test_pages import assert_sound

Json = dict[str, Any]
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
HX = {"HX-Request": "true"}
CARD: Json = {"currency": "EUR", "prices": [{"id": "p1", "kind": "hourly", "amount": 4200}], "rules": [], "version": 3}


def save(payload: Json) -> Json:
    """As profiles does it: the contract, then the domain."""
    made = RateCard.of("acc-1", c.SaveRateCard.load_request(payload), NOW)
    return {**c.RateCardContent().dump(payload), "version": made.version + 1}


def preview_charges(payload: Json) -> Json:
    """As billing does it."""
    asked = charging.PreviewCharges.load_request(payload)
    preview.check(asked, countries(), charging.LONGEST_PREVIEW_DAYS)
    found = charge(
        Card.of(asked["card"]),
        preview.agreement_of(asked),
        preview.happenings_of(asked),
        asked["until"],
        public_holidays,
    )
    dumped: Json = charging.PreviewCharges.dump_result(shown_charges(found))
    return dumped


@pytest.fixture
def services(rpc: FakeRpc) -> FakeRpc:
    answer_all(rpc).on(profiles.GetMyProfile, NotFound("You have no profile yet. Write one to be found."))
    shown = c.RateCard().dump({**c.RateCardContent().load(CARD), "version": 3, "hourly_rate": Money(4200, "EUR")})
    return rpc.on(c.GetMyRateCard, shown).on(c.SaveRateCard, save).on(charging.PreviewCharges, preview_charges)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


# -- practices -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRACTICES)
def test_a_practice_can_be_typed_in_and_saved(services: FakeRpc, sign_in: SignIn, name: str) -> None:
    response = sign_in("assistant").post("/practice/rates", data={**typed(PRACTICES[name]), "_do": "save"})

    assert response.status_code == 303, re.findall(r"<li><a href=.*?</li>", response.text)
    (asked,) = services.calls(c.SaveRateCard)
    assert [rule["kind"] for rule in asked.payload["rules"]] == [kind for kind, _ in PRACTICES[name].rules]


@pytest.mark.parametrize("locale", ["en", "it"])
@pytest.mark.parametrize("name", PRACTICES)
def test_a_practice_reads_back(services: FakeRpc, sign_in: SignIn, name: str, locale: str) -> None:
    practice = PRACTICES[name]
    browser = sign_in("assistant", locale=locale)

    response = browser.post("/practice/rates", data={**typed(practice), "_do": "refresh", "read_in": "en"})

    assert response.status_code == 200
    assert_sound(response.text, locale)
    text = plain(html.unescape(re.sub(r"<[^>]+>", "", response.text)))
    assert all(sentence in text for sentence in practice.reads), [s for s in practice.reads if s not in text]
    assert "What that comes to" in text


@pytest.mark.parametrize("name", PRACTICES)
def test_a_practices_example_month_is_what_billing_charges(shared_app: Flask, name: str, monkeypatch: Any) -> None:
    practice = PRACTICES[name]
    monkeypatch.setattr("gateway.rates.example.utc_now", lambda: NOW)

    with shared_app.test_request_context("/", method="POST", data=typed(practice)) as context:
        form = CardForm(data=context.request.form)
        asked = Happenings(form.draft, context.request.form)
        charges = preview_charges(wire(asked.asked() or {}))
        example = of_charges(asked, charges)

    sums: Counter[str] = Counter()
    for bill in example.bills:
        for row in bill.rows:
            sums[row.code] += row.minor
    if practice.charged:
        assert sums == dict(practice.charged)
    assert sums
    assert [plain(note) for note in example.notes if plain(note) in practice.notes] == list(practice.notes)
    assert not form.unfinished


def wire(payload: Json) -> Json:
    from gateway.caller import to_json

    sent: Json = to_json(payload)
    return sent


@pytest.mark.parametrize(
    "of",
    [
        price("hourly", 4000),
        price("block", 38000, minutes=600),
        price("retainer", 140000, minutes=2400),
        price("retainer", 40000, minutes=600, period="week"),
        price("piece", 9000, unit="newsletter"),
        price("project", 90000),
    ],
)
def test_what_is_said_without_a_rule_is_what_billing_does_without_one(of: Json) -> None:
    start = datetime(2026, 4, 1, 9, tzinfo=UTC)
    happenings: list[Json] = [
        {"kind": "worked", "id": f"w{day}", "start": (start + timedelta(days=day)).isoformat(), "seconds": 9 * 3600}
        for day in range(20)
    ]
    happenings += [
        {"kind": "spent", "id": "s", "on": "2026-04-10", "amount": 900},
        {"kind": "delivered", "id": "d", "on": "2026-04-10", "count": 2, "price_id": of["id"]},
        {"kind": "stage_reached", "id": "r", "on": "2026-04-20", "stage": 0},
        {"kind": "notice_given", "id": "n", "told_on": "2026-05-10"},
    ]
    explicit = [{"kind": kind, **rule} for kind, takes, rule in sentences.USUAL if rule and takes(of)]
    asked = {"price_id": of["id"], "start_on": "2026-04-01", "until": "2026-06-30", "happenings": happenings}

    bare, ruled = (preview_charges({**asked, "card": card(of, rules=tuple(rules))}) for rules in ([], explicit))

    for key in ("open", "invoices", "lots", "held", "time", "total", "ends_on"):
        assert _without_rules(bare[key]) == _without_rules(ruled[key])


def _without_rules(found: Any) -> Any:
    """What is charged, whatever made it."""
    if isinstance(found, list):
        return [_without_rules(one) for one in found]
    if isinstance(found, dict):
        return {key: _without_rules(value) for key, value in found.items() if key not in ("rule", "rule_index")}
    return found


def test_every_code_of_a_line_has_its_words() -> None:
    assert set(LINES) == set(charging.LINES)


# -- the form --------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_card_in_one_wait_and_asks_for_its_example_after(services: FakeRpc, sign_in: SignIn) -> None:
    response = sign_in("assistant").get("/practice/rates")

    assert response.status_code == 200
    assert_sound(response.text, "en")
    assert len({asked.together for asked in services.asked}) == 1
    assert 'hx-trigger="load"' in response.text
    assert 'value="42"' in response.text


@pytest.mark.parametrize("wish", [*(f"add-price:{k}" for k in kinds.PRICES), *(f"add-rule:{k}" for k in kinds.RULES)])
def test_adding_shows_the_fields_and_keeps_what_was_typed(services: FakeRpc, sign_in: SignIn, wish: str) -> None:
    what, _, kind = wish.partition(":")
    data = {"currency": "EUR", "prices-0-kind": "hourly", "prices-0-id": "p1", "prices-0-amount": "4x2", "_do": wish}

    response = sign_in("assistant").post("/practice/rates", data=data)

    assert response.status_code == 200
    assert_sound(response.text, "en")
    assert 'value="4x2"' in response.text
    assert "needs your attention" not in response.text
    side, number = ("prices", 1) if what == "add-price" else ("rules", 0)
    declared = (kinds.PRICES if side == "prices" else kinds.RULES)[kind].fields
    assert all(f'"{side}-{number}-{name}' in response.text for name in declared)


def test_a_rule_that_held_only_for_a_removed_price_goes_with_it(services: FakeRpc, sign_in: SignIn) -> None:
    practice = PRACTICES["deposit, two plans, card fee"]

    response = sign_in("assistant").post("/practice/rates", data={**typed(practice), "_do": "remove-price:1"})

    assert "Forty" not in response.text
    assert response.text.count('value="rollover"') == 1
    assert "With this price went what held only for it: Unused hours carry over." in plain(response.text)
    assert "add-rule:rollover" in response.text


def test_prices_move_and_rules_keep_holding_for_them(services: FakeRpc, sign_in: SignIn) -> None:
    practice = PRACTICES["deposit, two plans, card fee"]
    browser = sign_in("assistant")

    moved = browser.post("/practice/rates", data={**typed(practice), "_do": "up-price:2"}).text

    assert moved.index('value="Eighty"') < moved.index('value="Forty"')
    assert re.search(r'name="rules-2-prices" value="p3" checked', moved)


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(services: FakeRpc, sign_in: SignIn) -> None:
    data = {
        **typed(PRACTICES["by the newsletter"]),
        "prices-0-amount": "ninety",
        "rules-1-flat": "",
        "rules-1-causes": [],
        "_do": "save",
    }

    response = sign_in("assistant").post("/practice/rates", data=data)

    assert response.status_code == 422
    assert services.calls(c.SaveRateCard) == []
    assert 'value="ninety"' in response.text
    assert 'id="f-prices-0-amount-error"' in response.text
    assert 'id="f-rules-1-causes-error"' in response.text


def test_what_profiles_refuses_stands_at_its_field(services: FakeRpc, sign_in: SignIn) -> None:
    fields = {
        "rules.0.prices": [Text("This needs a plan that includes hours.")],
        "prices.0.stages.0.text": [Text("Name the milestone.")],
        "rules.9.days": [Text("Enter how long.")],
    }
    services.on(c.SaveRateCard, Invalid(fields=fields))
    practice = PRACTICES["half ahead, then by milestones"]
    swapped = Practice(practice.prices[::-1], practice.rules, ())

    response = sign_in("assistant").post("/practice/rates", data={**typed(swapped), "_do": "save"})

    assert response.status_code == 422
    assert 'id="f-rules-0-prices-error"' in response.text
    assert 'id="f-prices-0-stages-0-text-error"' in response.text
    assert "Enter how long." in response.text


def test_a_lost_race_and_a_service_away_keep_the_form(services: FakeRpc, sign_in: SignIn) -> None:
    browser = sign_in("assistant")
    for error, status in ((Conflict("This rate card was changed in another window."), 409), (Unavailable("Away"), 503)):
        services.on(c.SaveRateCard, error)

        response = browser.post("/practice/rates", data={**typed(PRACTICES["a day's rate"]), "_do": "save"})

        assert response.status_code == status
        assert 'value="280"' in response.text


def test_an_example_that_billing_cannot_make_is_said_kindly(services: FakeRpc, sign_in: SignIn) -> None:
    services.on(charging.PreviewCharges, Invalid.field("card.rules.0.days", "No."))
    data = {**typed(PRACTICES["a day's rate"]), "_do": "refresh"}

    response = sign_in("assistant").post("/practice/rates", data=data)

    assert response.status_code == 200
    assert "The example appears as soon as" in response.text


def test_the_reading_comes_alone_for_htmx_with_each_rules_sentence(services: FakeRpc, sign_in: SignIn) -> None:
    data = typed(PRACTICES["surcharges, late fee, expenses agreed"])

    response = sign_in("assistant").post("/practice/rates/reading", data=data, headers={**HX, "HX-Target": "reading"})

    assert response.status_code == 200
    assert "<html" not in response.text
    assert response.text.count("hx-swap-oob") == 7 + 1
    assert len({asked.together for asked in services.asked}) == 1


def test_pieces_that_were_made_up_by_hand_do_no_harm(services: FakeRpc, sign_in: SignIn) -> None:
    data = {
        "currency": "XXX",
        "version": "-5",
        "prices-0-kind": "lottery",
        "prices-1-kind": "hourly",
        "prices-1-id": "p" * 500,
        "prices-2-kind": "hourly",
        "prices-2-amount": "9" * 60,
        "rules-999-kind": "due",
        "rules-0-kind": "billing",
        "rules-0-days": "1,2,x",
        "rules-0-prices": ["gone", "<b>"],
        "ex-price": "gone",
        "ex-minutes": "-3",
        "_do": "remove-price:77",
    }

    response = sign_in("assistant").post("/practice/rates", data=data)

    assert response.status_code == 200
    assert "<b>" not in response.text.replace("<body", "")


def test_each_field_that_depends_on_another_is_shown_by_the_styles() -> None:
    styles = Path("gateway/static/css/rates.css").read_text(encoding="utf-8")
    shown = set(re.findall(r"\.(when--[a-z_-]+)", styles))

    for kind in [*kinds.PRICES.values(), *kinds.RULES.values()]:
        for conditions in kind.when.values():
            other, values = list(conditions.items())[-1]
            assert {f"when--{other}-{value}" for value in values} <= shown


def test_clients_may_not_write_rate_cards(services: FakeRpc, sign_in: SignIn) -> None:
    assert sign_in("client").get("/practice/rates").status_code == 403


# -- the API ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(client: FlaskClient, services: FakeRpc) -> dict[str, str]:
    answer = signed_in(roles=["assistant"])
    services.on(accounts.SignIn, answer).on(accounts.CheckSession, answer)
    given = client.post("/api/v1/sessions", json={"email": "clara@example.com", "password": "a long password"})
    services.forget()
    return {"Authorization": f"Bearer {(given.json or {})['token']}"}


def test_programs_save_a_card_once_for_each_key(client: FlaskClient, services: FakeRpc, token: dict[str, str]) -> None:
    sent = {**CARD, "version": 0}

    answer = client.put("/api/v1/practice/rate-card", json=sent, headers={**token, "Idempotency-Key": "k1"})

    assert answer.status_code == 200, answer.text
    (asked,) = services.calls(c.SaveRateCard)
    assert (asked.payload, asked.headers["idempotency_key"]) == (sent, "k1")
    assert client.get("/api/v1/practice/rate-card", headers=token).status_code == 200
    refused = client.put("/api/v1/practice/rate-card", json={**sent, "prices": []}, headers=token)
    assert refused.status_code == 422
    assert "prices" in str((refused.json or {})["errors"])


@pytest.mark.parametrize("name", PRACTICES)
def test_programs_see_what_a_card_charges(
    client: FlaskClient, services: FakeRpc, token: dict[str, str], shared_app: Flask, name: str
) -> None:
    with shared_app.test_request_context("/", method="POST", data=typed(PRACTICES[name])) as context:
        made = CardForm(data=context.request.form).payload
    sent = {"card": made, "price_id": PRACTICES[name].of, "start_on": "2026-04-01", "until": "2026-05-01"}

    answer = client.post("/api/v1/rate-cards/preview", json=sent, headers=token)

    assert answer.status_code == 200, answer.text
    assert services.waits == 1


def test_the_description_names_every_kind_of_rule_with_its_fields(client: FlaskClient) -> None:
    spec = client.get("/api/v1/openapi.json").json or {}
    schemas = spec["components"]["schemas"]
    rules = schemas["rate_cards.RateCardContent"]["properties"]["rules"]["items"]

    assert set(rules["discriminator"]["mapping"]) == set(c.RULES)
    assert "most_minutes" in schemas["rate_cards.Rollover"]["properties"]
    assert "post" in spec["paths"]["/api/v1/rate-cards/preview"]
    happenings = schemas["charging.PreviewRequest"]["properties"]["happenings"]["items"]
    assert set(happenings["discriminator"]["mapping"]) == set(charging.HAPPENINGS)
