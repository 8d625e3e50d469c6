"""Discounts: each is a line of its own, taken of the undiscounted price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.billing.domain.charging.happenings import Agreement
from services.billing.domain.charging.statement import DISCOUNTED, Line
from services.billing.domain.charging.terms import Discount, Terms
from shared.platform.money import round_half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Lines that are charged together: of the period `number` (from 0), in which `seconds` were worked as far as is
    known. `whole`: an amount that is taken off a period is taken off these."""

    number: int
    start: date
    end: date
    seconds: int = 0
    whole: bool = True


def committed_months(terms: Terms, agreement: Agreement) -> int:
    return max(agreement.commitment_months, terms.commitment.months if terms.commitment else 0)


def discounts(terms: Terms, agreement: Agreement, batch: Batch, lines: Iterable[Line]) -> Iterator[Line]:
    if not terms.discounts:
        return
    base = left = sum(line.amount for line in lines if line.code in DISCOUNTED)
    percent_left = 100
    for rule in terms.discounts:
        if not _holds(rule, terms, agreement, batch):
            continue
        percent = min(rule.percent, percent_left)
        percent_left -= percent
        amount = round_half_up(Fraction(base * percent, 100))
        if not rule.percent and batch.whole:
            amount = min(rule.amount, max(left, 0))
        left -= amount
        if amount:
            yield Line(
                code="discount",
                rule=rule.kind,
                rule_index=rule.index,
                price_id=terms.price.id,
                params={"when": rule.when, "percent": percent, "count": rule.count, "text": rule.text},
                start=batch.start,
                end=batch.end,
                amount=-amount,
            )


def _holds(rule: Discount, terms: Terms, agreement: Agreement, batch: Batch) -> bool:
    holds = {
        "prepaid": agreement.prepaid_periods >= max(rule.count, 1),
        "volume": batch.seconds >= rule.from_minutes * 60,
        "first_periods": batch.number < rule.count,
        "commitment": committed_months(terms, agreement) >= rule.count,
        "agreed": agreement.agreed,
    }
    return holds.get(rule.when, False)
