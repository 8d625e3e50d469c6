"""The kernel's pure parts: money, errors and their sentences, context, settings, contract loading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from shared.contracts import accounts, billing, requests, work
from shared.contracts.fields import MoneyField, between, fail
from shared.platform.clock import to_millis
from shared.platform.context import Actor, Context, new_traceparent
from shared.platform.contract import Message, load
from shared.platform.documents import from_document, to_document
from shared.platform.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Text,
    TooMany,
    Unauthenticated,
    Unavailable,
    from_wire,
    to_wire,
)
from shared.platform.ids import new_id
from shared.platform.logs import without_personal_data
from shared.platform.money import CurrencyMismatch, Money, round_half_up
from shared.platform.settings import ServiceSettings, SettingsError, at_least, describe, load_settings, setting

amounts = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("5/2", 3), ("49/100", 0), ("-49/100", 0), ("7/3", 2), ("8/3", 3), ("0", 0)],
)
def test_halves_round_away_from_zero(value: str, rounded: int) -> None:
    assert round_half_up(Fraction(value)) == rounded


@pytest.mark.parametrize(
    ("fee", "factor", "expected"),
    [
        (14650, Fraction(7, 28), 3663),
        (10650, Fraction(21, 28), 7988),
        (15350, Fraction(7, 28), 3838),
        (2501, Fraction(90, 60), 3752),
        (20000, Fraction(29, 30) * Fraction(125, 100), 24167),
    ],
)
def test_exact_factors_round_once(fee: int, factor: Fraction, expected: int) -> None:
    assert Money(fee, "EUR").times(factor).amount == expected


@given(amounts, amounts)
def test_adding_and_taking_away_is_exact(a: int, b: int) -> None:
    assert Money(a, "EUR") + Money(b, "EUR") - Money(b, "EUR") == Money(a, "EUR")


@given(amounts)
def test_major_units_and_back(amount: int) -> None:
    money = Money(amount, "EUR")
    assert Money.of(money.decimal, "EUR") == money


def test_currencies_never_mix_silently() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(ValueError, match="decimals"):
        Money.of("1.234", "EUR")
    assert Money.of("1234", "JPY") == Money(1234, "JPY")


@pytest.mark.parametrize("kind", [NotFound, Forbidden, Conflict, Unavailable, Unauthenticated, TooMany])
def test_errors_cross_the_wire_with_template_and_parameters(kind: type[Conflict]) -> None:
    back = from_wire(to_wire(kind("Only %(left)s hours are left.", left=3)))

    assert type(back) is kind
    assert str(back) == "Only 3 hours are left."
    assert back.text.template == "Only %(left)s hours are left."
    assert back.text.params == {"left": 3}


def test_field_errors_cross_the_wire() -> None:
    back = from_wire(to_wire(Invalid.field("terms.rate", "At least %(min)s.", min=5)))

    assert back.fields == {"terms.rate": ["At least 5."]}
    assert back.fields["terms.rate"][0].params == {"min": 5}


def test_a_foreign_error_tells_nothing() -> None:
    wire = to_wire(KeyError("secret"))

    assert wire["code"] == "internal"
    assert "secret" not in str(wire)
    assert from_wire({"code": "of a newer release", "message": "x"}).code == "internal"


def test_a_template_with_a_percent_sign_and_no_parameters_stays() -> None:
    assert Text("100 %") == "100 %"


def test_nested_messages_become_dotted_fields() -> None:
    with pytest.raises(Invalid) as wrong:
        requests.SaveBrief.load_request(
            {"title": "", "required_skills": [{"code": "mail.inbox"}, {"code": "juggling"}], "weekly_minutes": 5}
        )

    assert "required_skills.1.code" in wrong.value.fields
    assert wrong.value.fields["weekly_minutes"][0].params == {"low": 60, "high": 3600}


def test_the_schema_of_sign_up_names_every_wrong_field() -> None:
    with pytest.raises(Invalid) as wrong:
        accounts.SignUp.load_request({"email": "no", "password": "short", "name": " ", "roles": ["king"]})

    assert set(wrong.value.fields) == {"email", "password", "name", "roles.0"}


@pytest.mark.parametrize(
    "value",
    [
        *("5", 5, None, []),
        *({"amount": amount, "currency": "EUR"} for amount in ("5", True, -1, 1.5, 10**13)),
        {"amount": 1, "currency": "XXX"},
    ],
)
def test_money_that_is_not_money_is_refused(value: object) -> None:
    class Priced(Message):
        price = MoneyField(required=True)

    with pytest.raises(Invalid):
        load(Priced(), {"price": value})


def test_a_validator_keeps_its_template() -> None:
    class Numbered(Message):
        number = fields.Integer(validate=between(1, 9))

    with pytest.raises(Invalid) as wrong:
        load(Numbered(), {"number": 10})

    assert wrong.value.fields["number"][0].template == "Enter a number from %(low)s to %(high)s."
    assert fail("a").messages == ["a"]


def test_context_survives_headers() -> None:
    context = Context(Actor("a1", frozenset({"client", "assistant"}), "company"), "r1", new_traceparent(), "it")

    assert Context.from_headers(context.to_headers()) == context
    assert context.actor.party_id == "company"


@pytest.mark.parametrize("headers", [{}, {"traceparent": "nonsense", "roles": None}, {"traceparent": "00-0-0-0"}])
def test_broken_headers_make_a_visitor_with_a_fresh_trace(headers: dict[str, str]) -> None:
    context = Context.from_headers(headers)

    assert context.actor == Actor()
    assert len(context.traceparent) == 55


def test_a_child_keeps_the_trace_and_changes_the_span() -> None:
    context = Context()
    child = context.child()

    assert child.traceparent[:36] == context.traceparent[:36]
    assert child.traceparent != context.traceparent


def test_authority() -> None:
    Actor("a", frozenset({"client"})).require("client", "operator")
    with pytest.raises(Forbidden):
        Actor("a", frozenset({"client"})).require("operator")
    with pytest.raises(Unauthenticated):
        Actor().require()


@dataclass(frozen=True, kw_only=True)
class Sample:
    port: int = setting("PORT", "the port", 8000, check=at_least(1))
    name: str = setting("NAME", "the name")
    key: str = setting("KEY", "the key", "", secret=True)
    flags: tuple[str, ...] = setting("FLAGS", "some words", ())
    debug: bool = setting("DEBUG", "talk more", False)
    pause: float = setting("PAUSE", "seconds", 1.5)


def test_settings_are_typed() -> None:
    sample = load_settings(Sample, {"NAME": " x ", "PORT": "81", "FLAGS": "a, b,,c", "DEBUG": "yes", "PAUSE": "0.5"})

    assert sample == Sample(port=81, name="x", key="", flags=("a", "b", "c"), debug=True, pause=0.5)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "NAME is not set (the name)"),
        ({"NAME": "x", "PORT": "many"}, "PORT must be a whole number, and 'many' is not"),
        ({"NAME": "x", "PORT": "0"}, "PORT must be at least 1"),
        ({"NAME": "x", "DEBUG": "perhaps"}, "DEBUG must be 1 or 0"),
        ({"NAME_FILE": "/nowhere/at/all"}, "NAME_FILE names /nowhere/at/all, which cannot be read"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        load_settings(Sample, environ)


def test_a_secret_comes_from_a_file_and_is_not_repeated(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "key").write_text("top secret\n")

    assert load_settings(Sample, {"NAME": "x", "KEY_FILE": str(tmp_path / "key")}).key == "top secret"


def test_every_setting_is_described() -> None:
    names = [name for name, _, _ in describe(ServiceSettings)]

    assert "AMQP_URI" in names
    assert len(names) == len(set(names))


@dataclass(frozen=True, slots=True)
class Nested:
    on: date
    price: Money


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    at: datetime
    nested: Nested | None
    words: frozenset[str]
    version: int = 0


def test_documents_and_back() -> None:
    entity = Entity(
        new_id(),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        Nested(date(2026, 2, 28), Money(5, "JPY")),
        frozenset({"x"}),
        3,
    )
    document = to_document(entity)

    assert document["_id"] == entity.id
    assert document["nested"] == {"on": "2026-02-28", "price": {"amount": 5, "currency": "JPY"}}
    assert from_document(Entity, {**document, "unknown": 1}) == entity


def test_instants_are_utc_milliseconds() -> None:
    rome = datetime(2026, 7, 1, 12, 0, 0, 123456, timezone(timedelta(hours=2)))

    assert to_millis(rome) == datetime(2026, 7, 1, 10, 0, 0, 123000, UTC)
    with pytest.raises(ValueError, match="time zone"):
        to_millis(datetime(2026, 7, 1))


def test_ids_sort_by_time() -> None:
    made = [new_id() for _ in range(200)]

    assert made == sorted(made)
    assert len(set(made)) == 200


def test_no_personal_data_reaches_a_log() -> None:
    event = without_personal_data(
        None, "info", {"event": "x", "email": "anna@example.com", "actor": "a1", "token": "t"}
    )

    assert event == {"event": "x", "email": "[withheld]", "actor": "a1", "token": "[withheld]"}


def test_money_field_shows_major_units() -> None:
    assert Money(123456, "EUR").decimal == Decimal("1234.56")


BRIEF = {
    "title": "A right hand",
    "level": "executive",
    "engagement": "hourly",
    "weekly_minutes": 600,
    "budget": {"amount": 4000, "currency": "EUR"},
    "time_zone": "Europe/Rome",
    "start_on": "2026-09-01",
}


@pytest.mark.parametrize("title", ["a\x00b", "half a \ud83d", "bell \a"])
def test_text_that_cannot_be_kept_is_refused_at_its_field(title: str) -> None:
    with pytest.raises(Invalid) as refused:
        load(requests.SaveBriefRequest(), {**BRIEF, "title": title})

    assert list(refused.value.fields) == ["title"]


@pytest.mark.parametrize("title", ["a\tb", "😀 \u202eabc", "Über\u00a0alles"])
def test_other_text_is_kept_as_it_is(title: str) -> None:
    assert load(requests.SaveBriefRequest(), {**BRIEF, "title": title})["title"] == title


@pytest.mark.parametrize("currency", [[], {}, ["EUR"], None, 1])
def test_a_currency_that_is_no_code_is_refused(currency: object) -> None:
    with pytest.raises(Invalid) as refused:
        load(requests.SaveBriefRequest(), {**BRIEF, "budget": {"amount": 1, "currency": currency}})

    assert list(refused.value.fields) == ["budget"]


@pytest.mark.parametrize("zone", ["Europe", "a" * 300, "../../etc/passwd", "tzdata.zi", "posixrules", ""])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    """`Europe` is a folder, and a long name no file name at all: neither may reach the file system."""
    with pytest.raises(Invalid) as refused:
        load(requests.SaveBriefRequest(), {**BRIEF, "time_zone": zone})

    assert list(refused.value.fields) == ["time_zone"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_calendars_ends_are_refused(day: str) -> None:
    """A week, a time zone or a term of notice around them would leave the calendar."""
    entry = {
        "contract_id": "c1",
        "memo": "m",
        "started_at": f"{day}T00:00:00+14:00",
        "ended_at": f"{day}T01:00:00-12:00",
    }
    payment = {"invoice_id": "i1", "amount": {"amount": 1, "currency": "EUR"}, "received_on": day}
    for schema, sent, fields_ in (
        (requests.SaveBriefRequest(), {**BRIEF, "start_on": day}, ["start_on"]),
        (work.LogTimeRequest(), entry, ["ended_at", "started_at"]),
        (billing.PaymentRequest(), payment, ["received_on"]),
    ):
        with pytest.raises(Invalid) as refused:
            load(schema, sent)

        assert sorted(refused.value.fields) == fields_
