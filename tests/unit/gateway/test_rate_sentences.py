"""Rate cards read back: a table of rules and what they say, in both languages, and no card that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from markupsafe import Markup

from gateway import i18n
from gateway.rates import kinds, sentences
from shared.contracts import rate_cards as c
from tests.unit.gateway.cards import any_card, card, price, rule

PLAN = price("retainer", 140000, "p1", minutes=2400)
HOUR = price("hourly", 4200, "p2")


@pytest.fixture(autouse=True)
def reader(shared_app: Flask) -> Iterator[None]:
    with shared_app.test_request_context():
        yield


def said(of: dict[str, Any], locale: str, whole: dict[str, Any] | None = None) -> str:
    with i18n.in_language(locale):
        return " ".join(sentences.of_rule(of, whole or card(PLAN, HOUR))).replace("\N{NO-BREAK SPACE}", " ")


TABLE: list[tuple[dict[str, Any], str, str]] = [
    (
        rule("increment", minutes=15),
        "Time is charged in steps of 15 min; each entry is rounded up.",
        "Il tempo si fattura a scatti di 15 min; ogni registrazione si arrotonda per eccesso.",
    ),
    (
        rule("minimum", minutes=180, prices=["p2"]),
        "At least 3 h are charged for each piece of work. Only for: By the hour.",
        "Per ogni lavoro si fatturano almeno 3 h. Solo per: A ore.",
    ),
    (
        rule("minimum", amount=30000, per="period"),
        "At least €300 are charged for each period.",
        "Per ogni periodo si fatturano almeno 300 €.",
    ),
    (
        rule("tiers", from_minutes=1200, amount=3800),
        "Beyond 20 h in a period an hour costs €38.",
        "Oltre 20 h in un periodo un’ora costa 38 €.",
    ),
    (
        rule("tiers", from_count=5, amount=9000, all_hours=True),
        "Who takes 5 or more in a period pays €90 for each.",
        "Chi ne prende 5 o più in un periodo paga 90 € per ognuno.",
    ),
    (
        rule("billing", every="half_month", days=[1, 15]),
        "There are invoices on days 1 and 15 of each month. It is for what was worked until then.",
        "Le fatture si emettono nei giorni 1 e 15 di ogni mese. Riguarda il lavoro svolto fino ad allora.",
    ),
    (
        rule("billing", every="month", timing="advance", anchor="signing"),
        (
            "There is an invoice each month, on the signing's day of the month. "
            "Plans are paid in advance, for the period that begins; the rest afterwards."
        ),
        (
            "C’è una fattura ogni mese, nel giorno del mese in cui si è firmato. "
            "I piani si pagano in anticipo, per il periodo che inizia; il resto dopo."
        ),
    ),
    (
        rule("billing", every="week", weekday="fri", includes_day=True),
        "There is an invoice each week (Friday). It is for what was worked until then. That day's work is on it.",
        (
            "C’è una fattura ogni settimana (venerdì). Riguarda il lavoro svolto fino ad allora. "
            "Vi è compreso il lavoro di quel giorno."
        ),
    ),
    (rule("due", days=0), "Invoices are due on receipt.", "Le fatture si pagano alla ricezione."),
    (rule("due", days=1), "Invoices are due within 1 day.", "Le fatture si pagano entro 1 giorno."),
    (
        rule("due", days=5, business_days=True, country="IT"),
        "Invoices are due within 5 business days. Public holidays are not counted (Italy).",
        "Le fatture si pagano entro 5 giorni lavorativi. I giorni festivi non si contano (Italia).",
    ),
    (
        rule("due", days=7, before_start=True),
        "Invoices are due 7 days before the period begins.",
        "Le fatture scadono 7 giorni prima che inizi il periodo.",
    ),
    (
        rule("rollover", percent=10, periods=1),
        "Of the unused hours 10% carry over to the next period. They can then be used for 1 period.",
        "Delle ore non usate il 10% passa al periodo successivo. Si possono poi usare per 1 periodo.",
    ),
    (
        rule("rollover", most_minutes=600),
        "Unused hours carry over to the next period, at most 10 h. They do not expire.",
        "Le ore non usate passano al periodo successivo, al massimo 10 h. Non scadono.",
    ),
    (
        rule("refund_unused", percent=50, notice_days=30),
        "Of hours paid for and not used, 50% comes back when the contract ends. This needs 30 days of notice.",
        "Delle ore pagate e non usate si rimborsa il 50% alla fine del contratto. Servono 30 giorni di preavviso.",
    ),
    (
        rule("overage", treatment="charged", rate="hourly", percent=150),
        "Hours beyond those included cost 150% of the hourly rate.",
        "Le ore oltre quelle comprese costano il 150% della tariffa oraria.",
    ),
    (
        rule("overage", treatment="asked", rate="amount", amount=5000, block_minutes=60),
        (
            "Hours beyond those included need the client's consent first. An hour beyond those included costs €50. "
            "They are charged in blocks of 1 h."
        ),
        (
            "Le ore oltre quelle comprese richiedono prima il consenso del cliente. "
            "Un’ora oltre quelle comprese costa 50 €. Si fatturano in blocchi di 1 h."
        ),
    ),
    (
        rule("overage", treatment="recorded"),
        "Hours beyond those included are recorded, but not charged.",
        "Le ore oltre quelle comprese si segnano, ma non si fatturano.",
    ),
    (
        rule("surcharge", causes=["evening", "weekend", "holiday"], percent=50, country="IT"),
        "Work between 18:00 and 08:00, on Saturday and Sunday or on public holidays (Italy) costs 50% more.",
        "Il lavoro tra le 18:00 e le 08:00, di sabato e domenica o nei giorni festivi (Italia) costa il 50% in più.",
    ),
    (
        rule("surcharge", causes=["short_notice"], percent=25, flat=1000, add=True),
        (
            "Work asked for less than 24 h before costs 25% more. "
            "Work asked for less than 24 h before costs €10 more each time. This comes on top of other surcharges."
        ),
        (
            "Il lavoro chiesto meno di 24 h prima costa il 25% in più. "
            "Il lavoro chiesto meno di 24 h prima costa 10 € in più ogni volta. Si aggiunge ad altre maggiorazioni."
        ),
    ),
    (
        rule("surcharge", causes=["overtime"], amount=1000, day_minutes=480, on_included="free"),
        "Work beyond 8 h a day costs €10 more an hour. Included hours cost no more.",
        "Il lavoro oltre 8 h al giorno costa 10 € in più l’ora. Le ore comprese non costano di più.",
    ),
    (
        rule("proration", first="weekdays", percents=[100, 80, 60, 40, 20, 20, 20]),
        (
            "What the first period costs goes by the weekday of its start: Monday 100%, Tuesday 80%, Wednesday 60%, "
            "Thursday 40%, Friday 20%, Saturday 20%, Sunday 20%. The last period is charged by its days."
        ),
        (
            "Il costo del primo periodo dipende dal giorno in cui inizia: lunedì 100%, martedì 80%, mercoledì 60%, "
            "giovedì 40%, venerdì 20%, sabato 20%, domenica 20%. L’ultimo periodo si fattura in base ai giorni."
        ),
    ),
    (
        rule(
            "deposit",
            amount=50000,
            refunds=[{"notice_days": 60, "percent": 100}, {"notice_days": 30, "percent": 50}],
        ),
        (
            "A deposit of €500 is paid at the signing. With 60 days of notice or more it comes back in full. "
            "With 30 days of notice or more, 50% of it comes back. With less notice it does not come back."
        ),
        (
            "Alla firma si versa un deposito di 500 €. Con 60 giorni o più di preavviso si restituisce per intero. "
            "Con 30 giorni o più di preavviso se ne restituisce il 50%. Con meno preavviso non si restituisce."
        ),
    ),
    (
        rule("deposit", percent=100, offset=True),
        "A deposit of 100% of the price is paid at the signing. It is set off against the last invoice.",
        "Alla firma si versa un deposito pari al 100% del prezzo. Si compensa con l’ultima fattura.",
    ),
    (
        rule("set_up_fee", amount=15000, text="access"),
        "Setting up costs €150, once, at the signing. It is for: access.",
        "L’avvio costa 150 €, una volta, alla firma. Serve per: access.",
    ),
    (
        rule("late_fee", percent_bp=25),
        "Late payment costs 0.25% of what is due.",
        "Il ritardo nel pagamento costa il 0,25% di quanto è dovuto.",
    ),
    (
        rule("late_fee", percent_bp=500, business_day=5, country="US", suspend_days=10),
        (
            "From business day 5 of the month on, late payment costs 5% of what is due. "
            "Public holidays are not counted (United States). Work may stop when an invoice is 10 days overdue."
        ),
        (
            "Dal giorno lavorativo 5 del mese, il ritardo nel pagamento costa il 5% di quanto è dovuto. "
            "I giorni festivi non si contano (Stati Uniti). Il lavoro può fermarsi quando una fattura è scaduta da "
            "10 giorni."
        ),
    ),
    (
        rule("late_fee", percent_bp=800, repeats="yearly", days=5),
        "Payment more than 5 days late costs 8% interest a year, for each day.",
        "Un ritardo di oltre 5 giorni nel pagamento costa il 8% di interessi annui, per ogni giorno.",
    ),
    (
        rule("payment_fee", methods=["card", "direct_debit"], percent_bp=300),
        "Who pays by card or direct debit pays 3% more.",
        "Chi paga con carta o addebito diretto paga in più: 3%.",
    ),
    (
        rule("expenses", approval="written", apart_above=5000),
        (
            "Expenses are charged only as agreed in writing. They are charged at cost. "
            "Those of more than €50 are invoiced apart, before the work starts."
        ),
        (
            "Le spese si fatturano solo se concordate per iscritto. Si fatturano al costo. "
            "Quelle di oltre 50 € si fatturano a parte, prima che inizi il lavoro."
        ),
    ),
    (
        rule("discount", when="prepaid", percent=10, count=3),
        "10% less for those who pay 3 periods at once.",
        "10% in meno per chi paga 3 periodi insieme.",
    ),
    (
        rule("discount", when="first_periods", amount=5000, count=1),
        "€50 less in the first period.",
        "50 € in meno nel primo periodo.",
    ),
    (
        rule("discount", when="agreed", percent=20, text="charities"),
        "20% less for: charities.",
        "20% in meno per: charities.",
    ),
    (
        rule("trial", days=14, percent=50, free_minutes=120, refund=True),
        (
            "The first 14 days are a trial at 50% of the price. In it 2 h of work are free. "
            "Who is not content after it gets the money back."
        ),
        (
            "La prova dura 14 giorni, al 50% del prezzo. Vi sono comprese 2 h di lavoro gratuite. "
            "Chi alla fine non è soddisfatto riceve indietro i soldi."
        ),
    ),
    (
        rule("commitment", months=6, percent=50),
        "The contract is for at least 6 months. Who leaves earlier pays 50% of what is left.",
        "Il contratto dura almeno 6 mesi. Chi smette prima paga il 50% di ciò che resta.",
    ),
    (
        rule("price_lock", months=12, most_percent=5),
        (
            "Prices stay the same for 12 months. After that they rise by 5% at most. "
            "A new price is announced 30 days before."
        ),
        (
            "I prezzi restano gli stessi per 12 mesi. Poi aumentano del 5% al massimo. "
            "Un nuovo prezzo si comunica 30 giorni prima."
        ),
    ),
    (
        rule("notice", months=1, from_period_end=True),
        "The contract can be ended with notice of 1 month. It then ends together with the period.",
        "Il contratto si può chiudere con preavviso di 1 mese. Finisce allora insieme al periodo.",
    ),
    (
        rule("cancellation", hours=24, minutes=60),
        "For an appointment cancelled less than 24 h before, 1 h are charged.",
        "Per un appuntamento disdetto meno di 24 h prima si fatturano 1 h.",
    ),
    (
        rule("absence_credit", days=5),
        "When the practice is away for more than 5 days in a period, the days beyond are credited.",
        "Se lo studio è assente per più di 5 giorni in un periodo, i giorni oltre si accreditano.",
    ),
    (
        rule("plan_change", when="at_once", downgrade="next_period", notice_days=7),
        (
            "A larger plan can be had at once, a smaller one from the next period on. "
            "A change of plan is announced 7 days before."
        ),
        (
            "Un piano più grande si può avere subito, uno più piccolo dal periodo successivo. "
            "Un cambio di piano si comunica 7 giorni prima."
        ),
    ),
    (
        rule("pause", days=28, notice_days=14),
        "The client may pause for up to 28 days a year without paying. A pause is announced 14 days before.",
        "Il cliente può fare una pausa fino a 28 giorni l’anno senza pagare. Una pausa si comunica 14 giorni prima.",
    ),
]


@pytest.mark.parametrize(
    ("of", "english", "italian"), TABLE, ids=[f"{row[0]['kind']}-{n}" for n, row in enumerate(TABLE)]
)
def test_a_rule_says_what_it_means(of: dict[str, Any], english: str, italian: str) -> None:
    assert said(of, "en") == english
    assert said(of, "it") == italian


def test_the_table_and_the_editor_know_every_kind() -> None:
    assert {row[0]["kind"] for row in TABLE} == set(c.RULES) == set(kinds.RULES) == set(sentences.RULES)
    assert set(kinds.PRICES) == set(c.PRICE_KINDS)
    assert {sentences.topic_of(kind) for kind in c.RULES} == set(sentences.TOPICS) - {"price"}


@pytest.mark.parametrize(
    ("of", "heading", "english"),
    [
        (price("hourly", 4200), "By the hour", "€42 an hour: An hour of work costs €42."),
        (
            price("block", 38000, minutes=600, valid_days=90),
            "Block of 10 h",
            "€380: A block costs €380. It holds 10 h of work: €38 an hour. Its hours can be used for 90 days.",
        ),
        (
            price("retainer", 140000, minutes=2400, name="Studio 40", weekly_limit_minutes=720),
            "Studio 40",
            (
                "€1,400 a month: A month costs €1,400. It includes 40 h of work: €35 an hour. "
                "At most 12 h a week are charged, unless the client agrees to more."
            ),
        ),
        (
            price("retainer", 30000, period="week", includes="Post and diary"),
            "Plan",
            "€300 a week: A week costs €300. What counts is the work delivered, not the hours.",
        ),
        (
            price(
                "project",
                90000,
                name="Website",
                stages=[{"percent": 50, "when": "acceptance"}, {"percent": 50, "when": "milestone", "text": "Launch"}],
            ),
            "Website",
            (
                "€900: The whole project costs €900. "
                "It is paid in parts: 50% on acceptance of the offer and 50% at “Launch”."
            ),
        ),
        (price("piece", 9000, unit="newsletter"), "newsletter", "€90: One costs €90 (newsletter)."),
    ],
)
def test_a_price_says_what_it_means(of: dict[str, Any], heading: str, english: str) -> None:
    passage = sentences.of_card(card(of))[0]

    assert passage.heading.replace("\N{NO-BREAK SPACE}", " ") == heading
    assert f"{passage.amount}: {' '.join(passage.sentences)}".replace("\N{NO-BREAK SPACE}", " ") == english


def test_what_no_rule_says_is_said_too() -> None:
    whole = card(PLAN, HOUR, rules=(rule("surcharge", causes=["evening"], percent=20),) * 2)
    words = [
        sentence.replace("\N{NO-BREAK SPACE}", " ")
        for passage in sentences.of_card(whole)
        for sentence in passage.sentences
    ]

    assert "Unused hours lapse when the period ends. Only for: 40 h a month." in words
    assert "Where several surcharges apply, the highest counts." in words
    assert (
        "There is an invoice each week (Monday). It is for what was worked until then. Only for: By the hour." in words
    )
    assert "Invoices are due on receipt." in words
    assert "The contract can be ended at any time." in words
    said = card(PLAN, HOUR, rules=(rule("rollover"), rule("due", days=7, prices=["p1"]), rule("notice", days=30)))
    words = [sentence for passage in sentences.of_card(said) for sentence in passage.sentences]
    assert not any("lapse" in sentence or "at any time" in sentence for sentence in words)
    assert "Invoices are due on receipt. Only for: By the hour." in words


def test_the_practices_own_words_are_marked_with_their_language_and_cannot_be_markup() -> None:
    named = price("retainer", 140000, "p1", minutes=2400, name="<b>Piano</b>", includes="Posta & agenda")
    whole = card(named, HOUR, rules=(rule("overage", treatment="stopped", prices=["p1"]),))

    passages = sentences.of_card(whole, "it")

    assert isinstance(passages[0].heading, Markup)
    assert passages[0].heading == '<span lang="it">&lt;b&gt;Piano&lt;/b&gt;</span>'
    assert passages[0].includes == '<span lang="it">Posta &amp; agenda</span>'
    told = next(passage for passage in passages if passage.topic == "plan").sentences[0]
    assert told.endswith('Only for: <span lang="it">&lt;b&gt;Piano&lt;/b&gt;</span>.')
    assert sentences.of_card(whole, "en")[0].heading == "<b>Piano</b>"


def test_a_rule_of_a_newer_service_does_not_break_the_page() -> None:
    assert sentences.of_rule({"kind": "moon_phase", "prices": []}, card(HOUR)) == [
        "There is a further term: moon phase."
    ]


@given(any_card())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_card_reads_back_in_every_language_and_names_every_rule(whole: dict[str, Any]) -> None:
    for locale in i18n.LANGUAGES:
        with i18n.in_language(locale):
            passages = sentences.of_card(whole)
            words = "\n".join(sentence for passage in passages for sentence in passage.sentences)
            assert all(" ".join(sentences.of_rule(each, whole)) in words for each in whole["rules"])
            assert len(sentences.of_card(whole, "fr")) == len(passages) >= len(whole["prices"])
            assert not re.search(r"%\(\w+\)s", words)
