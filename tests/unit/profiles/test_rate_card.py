"""Rate cards: what makes sense together, what they come to in one line, and who was first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.profiles.domain.profile import Content, Profile, Retainer
from services.profiles.domain.rate_card import RateCard, holidays_of
from shared.contracts import rate_cards as c
from shared.platform.errors import Conflict, Invalid
from shared.platform.money import Money

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
Json = dict[str, Any]


def price(kind: str, amount: int, id: str = "p1", **more: Any) -> Json:
    return {"id": id, "kind": kind, "amount": amount, **more}


HOUR = price("hourly", 4200)
PLAN = price("retainer", 140000, "p2", minutes=2400)
BLOCK = price("block", 38000, "p3", minutes=600)
PIECE = price("piece", 9000, "p4", unit="newsletter")


def request(*prices: Json, rules: tuple[Json, ...] = (), currency: str = "EUR", version: int = 0) -> Json:
    asked = {"currency": currency, "prices": list(prices), "rules": list(rules), "version": version}
    return c.SaveRateCard.load_request(asked)


def card(*prices: Json, rules: tuple[Json, ...] = (), currency: str = "EUR") -> RateCard:
    return RateCard.of("anna", request(*prices, rules=rules, currency=currency), NOW)


def wrong(*prices: Json, rules: tuple[Json, ...] = ()) -> set[str]:
    with pytest.raises(Invalid) as refused:
        card(*prices, rules=rules)
    return set(refused.value.fields)


@pytest.mark.parametrize(
    ("prices", "hourly", "retainer"),
    [
        ((HOUR,), 4200, None),
        ((HOUR, PLAN), 4200, Retainer(Money(140000, "EUR"), 2400)),
        ((PLAN,), 3500, Retainer(Money(140000, "EUR"), 2400)),
        ((BLOCK,), 3800, None),
        ((PIECE,), None, None),
        ((PIECE, PLAN), 3500, Retainer(Money(140000, "EUR"), 2400)),
        ((price("hourly", 5000, services=["travel"]), price("hourly", 4000, "p9")), 4000, None),
        ((PLAN, price("retainer", 80000, "p5", minutes=1200)), 3500, Retainer(Money(80000, "EUR"), 1200)),
        ((HOUR, price("retainer", 30000, "p5", minutes=600, period="week")), 4200, None),
    ],
)
def test_a_card_comes_to_one_line(prices: tuple[Json, ...], hourly: int | None, retainer: Retainer | None) -> None:
    made = card(*prices)

    assert made.hourly_rate == (None if hourly is None else Money(hourly, "EUR"))
    assert made.retainer == retainer


def test_a_first_card_is_proposed_from_the_profiles_rates() -> None:
    proposed = RateCard.proposed("anna", Money(4200, "GBP"), Retainer(Money(140000, "GBP"), 2400), NOW)

    proposed.check()
    assert (proposed.currency, proposed.version) == ("GBP", 0)
    assert proposed.hourly_rate == Money(4200, "GBP")
    assert proposed.retainer == Retainer(Money(140000, "GBP"), 2400)


@pytest.mark.parametrize(
    ("prices", "rules", "fields"),
    [
        ((price("hourly", 0),), (), {"prices.0.amount"}),
        ((HOUR, price("block", 100, "p2")), (), {"prices.1.minutes"}),
        ((HOUR, price("retainer", 100, "p2")), (), {"prices.1.minutes"}),
        ((HOUR, price("piece", 100, "p2")), (), {"prices.1.unit"}),
        ((HOUR, HOUR), (), {"prices.1.id"}),
        ((HOUR, price("hourly", 1, "p2", name="A"), price("hourly", 1, "p3", name=" a ")), (), {"prices.2.name"}),
        (
            (HOUR, price("project", 1, "p2", stages=[{"percent": 40, "when": "start"}])),
            (),
            {"prices.1.stages"},
        ),
        ((HOUR,), ({"kind": "due", "days": 3, "prices": ["gone"]},), {"rules.0.prices"}),
        ((HOUR,), ({"kind": "due", "days": 3}, {"kind": "due", "days": 5}), {"rules.1.prices"}),
        ((HOUR,), ({"kind": "rollover"},), {"rules.0.prices"}),
        ((HOUR,), ({"kind": "surcharge", "causes": ["evening"]},), {"rules.0.percent"}),
        ((HOUR,), ({"kind": "surcharge", "causes": ["holiday"], "percent": 50},), {"rules.0.country"}),
        (
            (HOUR,),
            ({"kind": "surcharge", "causes": ["holiday"], "percent": 50, "country": "XX"},),
            {"rules.0.country"},
        ),
        (
            (HOUR,),
            ({"kind": "surcharge", "causes": ["holiday"], "percent": 50, "country": "IT", "region": "XX"},),
            {"rules.0.region"},
        ),
        ((HOUR,), ({"kind": "due", "days": 3, "country": "XX"},), {"rules.0.country"}),
    ],
)
def test_a_card_that_contradicts_itself_is_refused_at_the_place(
    prices: tuple[Json, ...], rules: tuple[Json, ...], fields: set[str]
) -> None:
    assert wrong(*prices, rules=rules) == fields


def test_rules_of_one_kind_may_hold_for_different_prices() -> None:
    card(HOUR, PLAN, rules=({"kind": "due", "days": 3, "prices": ["p1"]}, {"kind": "due", "days": 5, "prices": ["p2"]}))


def test_who_saves_from_an_older_window_is_refused() -> None:
    first = card(HOUR)

    changed = first.changed(request(HOUR, PLAN), LATER)

    assert (len(changed.prices), changed.updated_at, changed.version) == (2, LATER, 0)
    with pytest.raises(Conflict):
        first.changed(request(HOUR, version=3), LATER)


def test_a_profiles_rates_follow_its_card_and_only_then_it_changes() -> None:
    content = Content(display_name="Anna", hourly_rate=Money(3000, "EUR"))
    profile = Profile(id="anna", content=content, updated_at=NOW)

    priced = profile.priced(Money(4200, "EUR"), None, LATER)

    assert (priced.content.hourly_rate, priced.updated_at) == (Money(4200, "EUR"), LATER)
    assert priced.priced(Money(4200, "EUR"), None, LATER) is priced
    assert priced.priced(None, None, LATER) is priced


def test_the_public_holidays_of_many_countries_are_known() -> None:
    assert {"IT", "DE", "GB", "US", "FR", "ES", "CH"} <= set(holidays_of())
    assert "BZ" in holidays_of()["IT"]
