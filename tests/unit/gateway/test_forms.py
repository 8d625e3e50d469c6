"""Forms read what people type, in their language, and say what is wrong where it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, g
from werkzeug.datastructures import MultiDict

from gateway import formats, forms, i18n, sentences
from gateway.formats import Unreadable
from shared.platform.errors import Conflict, Invalid, Text
from shared.platform.money import Money


class OfferForm(forms.Form):
    scope = forms.LongText("Scope", path="terms.scope", optional=True)
    rate = forms.MoneyInput("Rate", path="terms.rate")
    weekly = forms.Hours("Hours a week", path="terms.weekly_minutes")
    start_on = forms.Date("Start", path="terms.start_on")
    level = forms.Choose("Level", forms.named("level"), radios=True)
    services = forms.ChooseSome("Services", forms.services, optional=True)
    skills = forms.Rows(
        "Skills",
        {
            "code": forms.SkillName("Skill"),
            "level": forms.ChooseNumber("Level", forms.named("skill_level"), default=2),
        },
        optional=True,
    )
    agreed = forms.Toggle("I agree", path="-", optional=False)


TYPED = {
    "rate": "1.234,50",
    "rate_currency": "EUR",
    "weekly": "12:30",
    "start_on": "2026-03-02",
    "level": "executive",
    "services": ["travel", "nonsense"],
    "skills-0-code": "travel.booking",
    "skills-0-level": "4",
    "skills-1-code": "",
    "skills-1-level": "2",
    "skills-2-code": "mail.outlook",
    "skills-2-level": "3",
    "agreed": "1",
    "_key": "key-1",
}


@pytest.fixture
def italian(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        g.locale = "it"
        yield


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        g.locale = "en"
        yield


def bound(typed: dict[str, Any]) -> OfferForm:
    return OfferForm(data=MultiDict(typed))


@pytest.mark.usefixtures("italian")
def test_a_form_becomes_the_contracts_request() -> None:
    form = bound(TYPED)

    assert form.valid
    assert form.payload == {
        "terms": {
            "scope": "",
            "rate": Money(123450, "EUR"),
            "weekly_minutes": 750,
            "start_on": date(2026, 3, 2),
        },
        "level": "executive",
        "services": ["travel"],
        "skills": [{"code": "travel.booking", "level": 4}, {"code": "mail.outlook", "level": 3}],
    }


@pytest.mark.usefixtures("italian")
def test_a_form_shows_what_a_service_gave() -> None:
    form = OfferForm(
        initial={
            "terms": {"rate": {"amount": 123450, "currency": "CHF"}, "weekly_minutes": 750, "start_on": "2026-03-02"},
            "skills": [{"code": "travel.booking", "level": 4}],
        }
    )

    assert form["rate"].typed == "1234,50"
    assert form["weekly"].typed == "12:30"
    assert form["start_on"].typed == "2026-03-02"
    rows = form["skills"]
    assert isinstance(rows, forms.Rows)
    assert [row["code"].typed for row in rows.rows] == ["Prenotazione viaggi", ""]
    assert formats.read_money(form["rate"].typed, "CHF") == Money(123450, "CHF")


@pytest.mark.usefixtures("english")
def test_everything_wrong_is_said_at_once() -> None:
    typed = {**TYPED, "rate": "abc", "weekly": "soon", "start_on": "", "level": "boss", "skills-0-level": "9"}
    del typed["agreed"]
    form = bound(typed)

    assert not form.valid
    assert form.status == 422
    wrong = {field.html_name for field, _ in form.errors}
    assert wrong == {"rate", "weekly", "start_on", "level", "skills", "skills-0-level", "agreed"}
    assert form["rate"].typed == "abc"


@pytest.mark.usefixtures("italian")
def test_a_services_errors_find_their_fields_through_their_paths() -> None:
    form = bound(TYPED)

    with form.catching():
        raise Invalid(
            fields={
                "terms.rate": [Text("Too low.")],
                "skills.1.level": [Text("Not that much.")],
                "terms.weekly_minutes.x": [Text("Deep.")],
                "brief_id": [Text("Unknown.")],
            }
        )

    rows = form["skills"]
    assert isinstance(rows, forms.Rows)
    assert form["rate"].errors == ["Too low."]
    assert rows.rows[1]["level"].errors == ["Not that much."]
    assert form["weekly"].errors == ["Deep."]
    assert form.alerts == ["Unknown."]
    assert form.status == 422
    assert not form.valid


@pytest.mark.usefixtures("italian")
def test_a_conflict_stands_at_the_top() -> None:
    form = bound(TYPED)

    with form.catching():
        raise Conflict("This offer is %(state)s.", state="accepted")

    assert form.status == 409
    assert form.alerts == ["This offer is accepted."]
    assert form.key != "key-1"


@pytest.mark.usefixtures("english")
def test_another_row_can_be_asked_for_without_scripts() -> None:
    form = bound({**TYPED, "rate": "", "_more": "skills"})

    rows = form["skills"]
    assert isinstance(rows, forms.Rows)
    assert form.more
    assert not form.valid
    assert not form.errors
    assert len(rows.rows) == 2 + 3
    assert form.status == 200


@pytest.mark.parametrize(
    ("locale", "typed", "value"),
    [
        ("it", "1.234,50", "1234.50"),
        ("it", "1.234", "1234"),
        ("it", "12.50", "12.50"),
        ("it", "12,5", "12.5"),
        ("it", "€ 1.000.000,00", "1000000.00"),
        ("en", "1,234.50", "1234.50"),
        ("en", "1,234", "1234"),
        ("en", "12,50", "12.50"),
        ("en", "1 234.50", "1234.50"),
        ("en", "0.5", "0.5"),
        ("en", "−3", "-3"),
    ],
)
def test_numbers_are_read_as_people_of_the_language_write_them(app: Flask, locale: str, typed: str, value: str) -> None:
    with app.test_request_context("/"):
        g.locale = locale
        assert formats.read_decimal(typed) == Decimal(value)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("typed", ["", "abc", "1,2,3", "1.2.3", "12.50.3,1", "--4", "4-", "1e5", "9" * 5000])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        formats.read_decimal(typed)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("12", 720), ("12:30", 750), ("12h30", 750), ("12 h", 720), ("0.25", 15), ("12,5", 750), ("1h05min", 65)],
)
def test_hours_are_read_in_every_usual_way(typed: str, minutes: int) -> None:
    assert formats.read_minutes(typed) == minutes
    assert formats.read_minutes(formats.typed_minutes(minutes)) == minutes


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("typed", ["12:60", "-3", "soon", "12:3:4", "0.001"])
def test_what_is_no_length_of_time_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        formats.read_minutes(typed)


@pytest.mark.usefixtures("english")
def test_amounts_have_no_more_decimals_than_their_currency() -> None:
    assert formats.read_money("12.5", "EUR") == Money(1250, "EUR")
    assert formats.read_money("1200", "JPY") == Money(1200, "JPY")
    for typed, currency in (("12.505", "EUR"), ("12.5", "JPY"), ("12", "XXX")):
        with pytest.raises(Unreadable):
            formats.read_money(typed, currency)


@pytest.mark.usefixtures("english")
def test_a_wall_clock_becomes_an_instant_of_the_readers_zone() -> None:
    day = date(2026, 3, 29)

    assert formats.local_instant(day, formats.read_time("09:30")) == datetime(2026, 3, 29, 7, 30, tzinfo=UTC)
    with pytest.raises(Unreadable):
        formats.local_instant(day, formats.read_time("02:30"))


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_at_the_calendars_ends_is_no_instant_everywhere(day: date) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with pytest.raises(Unreadable):
            formats.local_instant(day, formats.read_time("12:00"), zone)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("typed", "day"),
    [("2026-03-02", date(2026, 3, 2)), ("2/3/2026", date(2026, 3, 2)), ("02.03.2026", date(2026, 3, 2))],
)
def test_dates_are_read_with_and_without_a_date_input(typed: str, day: date) -> None:
    assert formats.read_date(typed) == day


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("typed", ["30/2/2026", "tomorrow", "2026-13-01"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        formats.read_date(typed)


def test_amounts_dates_and_hours_are_shown_in_the_readers_language(app: Flask) -> None:
    price = {"amount": 123400, "currency": "EUR"}
    with app.test_request_context("/"):
        g.locale = "it"
        assert formats.money(price).replace("\xa0", " ") == "1.234,00 €"
        assert formats.money(price, cents="auto").replace("\xa0", " ") == "1.234 €"
        assert formats.format_datetime("2026-03-14T08:30:00+00:00") == "14 mar 2026, 09:30"
        assert formats.duration(750).replace("\xa0", " ") == "12 h 30"
        g.locale = "en"
        assert formats.money(price, cents="auto") == "€1,234"
        assert formats.money({"amount": 123450, "currency": "EUR"}, cents="auto") == "€1,234.50"
        assert formats.format_date("2026-03-14T23:30:00+00:00") == "15 Mar 2026"
        assert formats.duration(45).replace("\xa0", " ") == "45 min"


@pytest.mark.usefixtures("italian")
def test_a_services_sentence_is_shown_with_its_parameters_in_words() -> None:
    text = Text("This offer is %(state)s; it can no longer be accepted.", state="accepted")

    assert "accettata" in sentences.translate(text) or "accepted" in sentences.translate(text)
    assert (
        sentences.translate("An unheard-of sentence about %(thing)s.", {"thing": "x"})
        == "An unheard-of sentence about x."
    )
    assert sentences.translate(Text("Broken %(a)s")) == "Broken %(a)s"


def test_the_language_is_the_accounts_then_the_browsers_choice_then_its_wish(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "fr-CH, it-CH;q=0.9, en;q=0.8"}):
        assert i18n.choose_locale() == "it"
    with app.test_request_context("/", headers={"Accept-Language": "fr"}):
        assert i18n.choose_locale() == "en"
