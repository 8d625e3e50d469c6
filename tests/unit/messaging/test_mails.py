"""E-mails as they are read: in both languages, for every kind of event, with money and dates of the reader."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from string import Formatter

import pytest

from services.messaging.domain.mail import Letter, Mail
from services.messaging.domain.person import Person
from services.messaging.domain.steps import STEPS, Notice, line_of, notices, params_of
from services.messaging.mails.compose import QUOTE_LENGTH, letter, line
from services.messaging.mails.formats import Reader
from services.messaging.mails.smtp import Server, envelope, wrong_url
from services.messaging.mails.words import CATALOGUES, FACTS, LABELS
from shared.contracts.accounts import SECURITY
from tests.unit.messaging.facts import NOW, fact

ROME = Reader("it", "Europe/Rome")
LONDON = Reader("en", "Europe/London")
FORMS = [
    ("offer.sent", {"message": "Hello!"}),
    ("offer.sent", {"number": 2, "by": "assistant"}),
    ("offer.declined", {"reason": "Too far"}),
    ("offer.withdrawn", {"reason": "The brief was ended."}),
    ("offer.expiring", {}),
    ("offer.expired", {}),
    ("contract.started", {}),
    *[
        ("contract.changed", {"state": state, "ends_on": "2026-04-01"})
        for state in ("active", "paused", "notice", "trial")
    ],
    *[("contract.ended", {"state": state}) for state in ("ended", "terminated")],
    ("timesheet.submitted", {}),
    ("timesheet.approved", {"approved_by": "client"}),
    ("timesheet.approved", {"approved_by": "silence"}),
    ("timesheet.disputed", {}),
    ("timesheet.review_due", {}),
    ("invoice.issued", {}),
    ("invoice.paid", {}),
    ("invoice.overdue", {}),
    ("invoice.credited", {}),
    ("invoice.written_off", {}),
    ("brief.expiring", {}),
    *[(f"review.{step}", {}) for step in ("opened", "written", "closing", "revealed", "replied", "hidden")],
    *[(f"check.{to}", {"kind": kind}) for to in ("granted", "refused", "revoked") for kind in ("phone", "identity")],
    *[("brief.ended", {"state": state, "reason": "x"}) for state in ("expired", "removed")],
]


def written(notice: Notice, reader: Reader) -> Letter:
    return letter(
        notice.words,
        notice.params,
        reader=reader,
        to_name="Carla",
        url=f"https://dextra.example{notice.path}",
        home="https://dextra.example",
        quote=notice.quote,
    )


def of(kind: str, reader: Reader, /, **changes: object) -> Letter:
    return written(notices(kind, fact(kind, **changes), "")[0], reader)


@pytest.mark.parametrize("reader", [ROME, LONDON], ids=["it", "en"])
@pytest.mark.parametrize(("kind", "changes"), FORMS)
def test_every_step_is_put_into_words(kind: str, changes: dict[str, object], reader: Reader) -> None:
    for notice in notices(kind, fact(kind, **changes), ""):
        made = written(notice, reader)

        for part in (made.subject, made.text, made.html):
            assert part.strip()
            assert not re.search(r"[{}]", re.sub(r"<style>.*</style>", "", part, flags=re.DOTALL))
            assert not re.search(r"“”|«»|  +with|None", part.replace("\n", " "))
        assert f"https://dextra.example{notice.path}" in made.text
        assert f'href="https://dextra.example{notice.path}"' in made.html
        assert f'lang="{reader.locale}"' in made.html


def test_both_languages_say_the_same_things_with_the_same_parameters() -> None:
    english, italian = CATALOGUES["en"], CATALOGUES["it"]

    assert english.keys() == italian.keys()
    for key, said in english.items():
        for ours, theirs in zip(said, italian[key], strict=True):
            assert bool(ours) == bool(theirs), key
            assert names_in(ours) == names_in(theirs), key


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_step_has_words_and_every_fact_a_label() -> None:
    for kind, step in STEPS.items():
        keys = [key for key in CATALOGUES["en"] if key.partition("/")[0] == kind]
        assert keys, kind
        assert any(CATALOGUES["en"][key].subject for key in keys) is step.by_mail
        assert any(CATALOGUES["en"][key].line for key in keys) is step.line
    for labels in LABELS.values():
        assert {name for names in FACTS.values() for name in names} == set(labels)


def test_money_dates_and_hours_are_the_readers() -> None:
    in_rome, in_london = of("offer.sent", ROME), of("offer.sent", LONDON)

    assert "42,00\N{NO-BREAK SPACE}€ all’ora" in in_rome.text
    assert "11 marzo 2026, 10:00\N{NO-BREAK SPACE}CET" in in_rome.text
    assert "9 marzo 2026" in in_rome.text
    assert "€42.00 an hour" in in_london.text
    assert "11 March 2026, 09:00\N{NO-BREAK SPACE}GMT" in in_london.text
    assert "10\N{NO-BREAK SPACE}h" in in_london.text


def test_summer_time_of_the_readers_zone_is_heeded() -> None:
    made = of("timesheet.review_due", ROME, review_due_at="2026-04-03T23:00:00+00:00")

    assert "4 aprile 2026, 01:00" in made.text


def test_a_retainer_is_paid_by_the_month() -> None:
    terms = {
        "engagement": "retainer",
        "rate": {"amount": 120000, "currency": "EUR"},
        "weekly_minutes": 330,
        "start_on": "2026-03-09",
    }

    made = of("contract.started", LONDON, terms=terms)

    assert "€1,200.00 a month" in made.text
    assert "5\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30" in made.text


def test_the_systems_own_reasons_are_translated_and_peoples_are_quoted() -> None:
    ours = of("offer.withdrawn", ROME, reason="Somebody else was hired for this brief.")
    theirs = of("offer.withdrawn", ROME, reason="We moved to Turin.")

    assert "è stata scelta un’altra persona" in ours.text
    assert "> We moved to Turin." in theirs.text


def test_what_people_wrote_is_harmless_in_html_and_in_headers() -> None:
    made = of(
        "offer.sent",
        LONDON,
        client_name="Carla\r\nBcc: all@example.com",
        brief_title="<script>alert(1)</script> {rate}",
        message="<img src=x onerror=alert(1)>\n{0} %(x)s",
    )

    assert "\n" not in made.subject
    assert "<script" not in made.html
    assert "<img" not in made.html
    assert "{0} %(x)s" in made.text


def test_a_long_quote_is_shortened() -> None:
    made = of("offer.sent", LONDON, message="word " * 1000)

    assert len(made.text) < QUOTE_LENGTH + 1500
    assert "…" in made.text


def test_an_unknown_zone_or_language_falls_back() -> None:
    made = of("offer.sent", Reader("fr", "Mars/Olympus"))

    assert "has made you an offer" in made.subject
    assert "09:00\N{NO-BREAK SPACE}UTC" in made.text


LINES = [
    (
        ("offer.sent", {}),
        "Carla made an offer: €42.00 an hour, 10 h a week.",
        "Carla ha fatto un’offerta: 42,00 € all’ora, 10 h a settimana.",
    ),
    (
        ("offer.sent", {"number": 2, "by": "assistant"}),
        "Anna proposed new terms: €42.00 an hour, 10 h a week.",
        "Anna ha proposto nuove condizioni: 42,00 € all’ora, 10 h a settimana.",
    ),
    (
        ("offer.accepted", {}),
        "Anna accepted the offer. The contract begins.",
        "Anna ha accettato l’offerta. Il contratto comincia.",
    ),
    (
        ("offer.declined", {"reason": "Too far."}),
        "Anna declined the offer. Too far.",
        "Anna ha rifiutato l’offerta. Too far.",
    ),
    (
        ("contract.changed", {"state": "notice", "ends_on": "2026-04-01"}),
        "Notice was given; the last day is 1 April 2026.",
        "È stato dato il preavviso; l’ultimo giorno è il 1 aprile 2026.",
    ),
]


@pytest.mark.parametrize(("step", "english", "italian"), LINES)
def test_lines_of_a_conversation(step: tuple[str, dict[str, object]], english: str, italian: str) -> None:
    kind, changes = step
    data = fact(kind, **changes)
    key, params = line_of(kind, data), params_of(kind, data)

    said = [line(key, params, reader).replace("\N{NO-BREAK SPACE}", " ") for reader in (LONDON, ROME)]

    assert said == [english, italian]


def test_a_line_of_a_newer_release_is_left_empty() -> None:
    assert line("offer.voided", {}, LONDON) == ""


# -- on the way ----------------------------------------------------------------------------------------------------


def test_an_envelope_holds_both_forms_and_a_name_of_its_own() -> None:
    anna = Person(id="anna", email="anna@example.com", name="Anna", locale="it", time_zone="Europe/Rome")
    made = of("offer.sent", ROME, client_name="Élodie", message="Perché no?")
    mail = Mail.of(made, anna, event_id="e", kind="offer.sent", at=NOW, may_leave=True)

    sent = envelope(mail, "Dextra <no-reply@dextra.example>").as_bytes()
    read = message_from_bytes(sent, EmailMessage, policy=policy.default)

    assert read["Subject"] == "Élodie ti ha fatto un’offerta"
    assert read["Message-ID"] == f"<{mail.id}@dextra.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    plain = read.get_body(("plain",))
    assert plain is not None
    assert "Perché no?" in plain.get_content()
    again = envelope(replace(mail, attempts=2), "Dextra <no-reply@dextra.example>")
    assert again["Message-ID"] == read["Message-ID"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", Server("smtp", "mail.example", 587)),
        ("smtp://localhost:1025", Server("smtp", "localhost", 1025)),
        ("smtps://mail.example", Server("smtps", "mail.example", 465)),
        (
            "smtp://anna%40example.com:p%3Aw@mail.example:25",
            Server("smtp", "mail.example", 25, "anna@example.com", "p:w"),
        ),
    ],
)
def test_a_servers_address_is_read(url: str, expected: Server) -> None:
    assert Server.at(url) == expected
    assert wrong_url(url) is None


@pytest.mark.parametrize("url", ["mail.example:25", "http://mail.example", "smtp://", "smtp://host:port"])
def test_a_wrong_address_is_named_at_start(url: str) -> None:
    assert wrong_url(url)


def test_no_server_is_a_choice() -> None:
    assert wrong_url("") is None


def test_an_email_that_can_be_ended_says_how_in_its_text_and_to_mail_programs() -> None:
    made = letter(
        "offer.expired",
        {},
        reader=LONDON,
        to_name="C",
        url="https://d/x",
        home="https://d",
        unsubscribe="https://d/u/1",
    )
    kept = mail_of(made)

    for part in (made.text, made.html):
        assert "https://d/u/1" in part
        assert "https://d/account/notifications" in part
    message = envelope(replace(kept, unsubscribe="https://d/u/1"), "Dextra <no-reply@d.example>")
    assert message["List-Unsubscribe"] == "<https://d/u/1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in envelope(kept, "Dextra <no-reply@d.example>")


@pytest.mark.parametrize("reader", [ROME, LONDON], ids=["it", "en"])
@pytest.mark.parametrize("what", SECURITY)
def test_whatever_happens_to_an_accounts_security_is_put_into_words(what: str, reader: Reader) -> None:
    params = {"state": what, "detail": "My phone", "at": NOW.isoformat()}
    made = letter(f"account.secured/{what}", params, reader=reader, to_name="C", url="https://d/x", home="https://d")

    assert made.subject
    assert "unsubscribe" not in made.text
    assert made.text.count("CET" if reader is ROME else "GMT") == 1


def mail_of(made: Letter) -> Mail:
    person = Person(id="a", email="c@example.com", name="C", locale="en", time_zone="UTC")
    return Mail.of(made, person, event_id="e", kind="offer.expired", at=NOW, may_leave=True)
