"""Cards, contracts and what happens in them, in a few words, for tests of the charging engine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.billing.domain.charging.engine import charge
from services.billing.domain.charging.happenings import (
    Agreement,
    Happening,
    Worked,
)
from services.billing.domain.charging.statement import Line, Statement
from services.billing.domain.charging.terms import Card
from services.billing.public_holidays import public_holidays
from shared.contracts.rate_cards import RateCardContent

ROME = ZoneInfo("Europe/Rome")
HOUR = 3600


def rule(kind: str, **values: Any) -> dict[str, Any]:
    return {"kind": kind, **values}


def price(kind: str, amount: int, **values: Any) -> dict[str, Any]:
    hours = values.pop("hours", None)
    if hours is not None:
        values["minutes"] = int(hours * 60)
    return {"id": values.pop("id", kind), "kind": kind, "amount": amount, **values}


def card(prices: Iterable[dict[str, Any]], *rules: dict[str, Any], currency: str = "EUR") -> Card:
    """As a rate card's schema reads it."""
    loaded = RateCardContent().load({"currency": currency, "prices": list(prices), "rules": list(rules)})
    return Card.of(loaded)


def day(text: str) -> date:
    """ "1-31" is 31 January 2026, "2025-12-24" that day."""
    parts = [int(part) for part in text.split("-")]
    return date(*parts) if len(parts) == 3 else date(2026, *parts)


def at(text: str, zone: ZoneInfo = ROME) -> datetime:
    """ "1-31 09:30" on the zone's clock, in UTC."""
    on, _, clock = text.partition(" ")
    hour, _, minute = clock.partition(":")
    local = datetime.combine(day(on), datetime.min.time(), zone).replace(hour=int(hour), minute=int(minute or 0))
    return local.astimezone(UTC)


def worked(id: str, start: str, hours: float, *, notice: float | None = None, **values: Any) -> Worked:
    """`notice`: hours between asking and the start."""
    begins = at(start)
    asked = begins - timedelta(hours=notice) if notice is not None else None
    return Worked(id=id, start=begins, seconds=round(hours * HOUR), asked_at=asked, **values)


def agreement(price_id: str, start: str, **values: Any) -> Agreement:
    begins = day(start)
    signed = values.pop("signed", None)
    ends = values.pop("ends", None)
    return Agreement(
        price_id=price_id,
        start_on=begins,
        signed_on=day(signed) if signed else begins,
        ends_on=day(ends) if ends else None,
        zone=values.pop("zone", ROME),
        **values,
    )


def charged(of: Card, contract: Agreement, happened: Iterable[Happening] = (), *, until: str = "12-31") -> Statement:
    return charge(of, contract, happened, day(until), public_holidays)


def lines(statement: Statement, code: str = "") -> list[Line]:
    return [line for invoice in statement.invoices for line in invoice.lines if code in ("", line.code)]


def amounts(statement: Statement) -> list[tuple[str, int]]:
    """Each line's code and amount, invoice by invoice."""
    return [(line.code, line.amount) for line in lines(statement)]


def invoices(statement: Statement) -> list[tuple[str, int]]:
    """Each invoice's day, as "month-day", and total."""
    return [(f"{one.issued_on.month}-{one.issued_on.day}", one.total) for one in statement.invoices]
