"""A preview of charges as it is asked for and answered: what cannot be charged is refused at its field."""

from __future__ import annotations

from typing import Any

import pytest

from services.billing.domain.charging import preview
from services.billing.domain.charging.engine import charge
from services.billing.domain.charging.terms import Card
from services.billing.public_holidays import countries, public_holidays
from services.billing.service import shown_charges
from shared.contracts.charging import LONGEST_PREVIEW_DAYS, PreviewCharges
from shared.platform.errors import Invalid
from tests.support.charges import price, rule

PLAN = price("retainer", 60_000, hours=15)
ENTRY = {"kind": "worked", "id": "e", "start": "2026-01-05T09:00:00+01:00", "seconds": 3600}


def asked(**changes: Any) -> dict[str, Any]:
    request = {
        "card": {"currency": "EUR", "prices": [PLAN, price("hourly", 5_000)], "rules": [rule("due", days=14)]},
        "price_id": "retainer",
        "start_on": "2026-01-01",
        "time_zone": "Europe/Rome",
        "happenings": [ENTRY],
    }
    return PreviewCharges.load_request({**request, **changes})


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """As the service works it out."""
    preview.check(request, countries(), LONGEST_PREVIEW_DAYS)
    terms, agreement = Card.of(request["card"]), preview.agreement_of(request)
    until = request["until"] or preview.through(terms, agreement, request["periods"])
    found = charge(terms, agreement, preview.happenings_of(request), until, public_holidays)
    dumped = PreviewCharges.dump_result(shown_charges(found))
    loaded: dict[str, Any] = PreviewCharges.load_result(dumped)
    assert PreviewCharges.dump_result(loaded) == dumped
    return dumped


def test_a_preview_says_which_invoices_come_when() -> None:
    found = answer(asked(periods=2))

    assert [(one["number"], one["issued_on"], one["due_on"], one["total"]) for one in found["invoices"]] == [
        (1, "2026-01-01", "2026-01-15", 60_000),
        (2, "2026-02-01", "2026-02-15", 60_000),
        (3, "2026-03-01", "2026-03-15", 60_000),
    ]
    (line,) = found["invoices"][0]["lines"]
    assert (line["code"], line["rule"], line["rule_index"], line["amount"]) == ("fee", "price", -1, 60_000)
    assert found["lots"][0]["used_seconds"] == 3600
    assert found["lots"][0]["lapsed_seconds"] == 14 * 3600
    assert found["time"]["logged"] == found["time"]["covered"] == 3600
    assert found["total"] == 180_000


def test_work_of_a_period_that_is_not_over_is_shown_as_open() -> None:
    found = answer(asked(price_id="hourly", until="2026-01-05"))

    assert found["invoices"] == []
    assert [(line["code"], line["amount"]) for line in found["open"]] == [("hours", 5_000)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price_id": "gone"}, "price_id"),
        ({"signed_on": "2026-01-02"}, "signed_on"),
        ({"signed_on": "2020-01-02"}, "signed_on"),
        ({"ends_on": "2025-12-31"}, "ends_on"),
        ({"until": "2025-12-01"}, "until"),
        ({"until": "2036-12-01"}, "until"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"happenings": [ENTRY, ENTRY]}, "happenings.1.id"),
        ({"happenings": [{**ENTRY, "price_id": "gone"}]}, "happenings.0.price_id"),
        ({"happenings": [{**ENTRY, "kind": "danced"}]}, "happenings.0.kind"),
        ({"happenings": [{**ENTRY, "seconds": 10**9}]}, "happenings.0.seconds"),
        (
            {"happenings": [{"kind": "away", "id": "a", "first": "2026-02-02", "last": "2026-02-01"}]},
            "happenings.0.last",
        ),
    ],
)
def test_what_cannot_be_previewed_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        answer(asked(**changes))

    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("of", "held", "field"),
    [
        (PLAN, rule("proration", first="weekdays", percents=[100]), "card.rules.0.percents"),
        (PLAN, rule("surcharge", causes=["holiday"], percent=50, country="XX"), "card.rules.0.country"),
        (PLAN, rule("late_fee", amount=5, country="IT", region="XX"), "card.rules.0.region"),
        ({**PLAN, "kind": "block", "minutes": 0}, rule("due", days=1), "card.prices.0.minutes"),
    ],
)
def test_a_card_that_cannot_be_charged_is_refused(of: dict[str, Any], held: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        answer(asked(card={"currency": "EUR", "prices": [of], "rules": [held]}))

    assert list(refused.value.fields) == [field]


def test_a_block_of_a_minute_that_renews_itself_comes_to_an_end() -> None:
    tiny = price("block", 1, minutes=1)
    held = [rule("overage", treatment="renewed")]
    week = [{**ENTRY, "id": str(number), "seconds": 7 * 24 * 3600} for number in range(3)]

    found = answer(asked(card={"currency": "EUR", "prices": [tiny], "rules": held}, price_id="block", happenings=week))

    assert found["time"]["logged"] == found["time"]["covered"] + found["time"]["overage"]


def test_what_would_keep_everybody_waiting_is_refused() -> None:
    """A week in each of a thousand entries, against sixty surcharges, took ten seconds of the whole service."""
    surcharge = rule("surcharge", causes=["evening", "weekend", "overtime"], percent=50, day_minutes=60, add=True)
    card = {"currency": "EUR", "prices": [PLAN], "rules": [surcharge] * 60}
    entries = [{**ENTRY, "id": str(number), "seconds": 7 * 86_400} for number in range(50)]
    with pytest.raises(Invalid) as refused:
        preview.check(asked(card=card, happenings=entries), countries(), LONGEST_PREVIEW_DAYS)
    assert "happenings" in refused.value.fields

    three_years = [{**ENTRY, "id": str(number)} for number in range(750)]
    preview.check(
        asked(card={**card, "rules": [surcharge] * 12}, happenings=three_years), countries(), LONGEST_PREVIEW_DAYS
    )
