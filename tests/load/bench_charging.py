"""The charging engine: 100,000 contract-months of random terms and events on one core, and whether what it comes to is
right: sums, seconds, the same from events in another order, and a naive second way to charge.

`python -m tests.load.bench_charging [contract-months]`; the last line is JSON. Time is processor time of the engine
alone, from plain data of the card to the statement; making the contracts is left out.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import sys
import time
from random import Random
from typing import Any

from services.billing.domain.charging.engine import charge
from services.billing.domain.charging.happenings import Worked
from services.billing.domain.charging.statement import Statement
from services.billing.domain.charging.terms import Card
from services.billing.public_holidays import public_holidays
from tests.load.contracts import Contract, contract
from tests.support.naive_charges import Naive

CONTRACT_MONTHS = 100_000
MONTHS = 12
PLAIN_EACH = 4
"""Each fourth contract stays with rules that the naive way knows."""
NAIVE_EACH = 20
"""Of those, each that is charged a second time, minute by minute."""
SHUFFLED_EACH = 10
WAYS = ("covered", "hours", "overage", "deferred", "asked", "stopped", "recorded", "free", "rounded_off", "open")
TARGET = 2_000
Json = dict[str, Any]


def charged(one: Contract) -> Statement:
    return charge(Card.of(one.content), one.agreement, one.happenings, one.until, public_holidays)


def wrong(number: int, one: Contract, found: Statement) -> list[str]:
    """What does not add up."""
    problems = []
    if any(invoice.total != sum(line.amount for line in invoice.lines) for invoice in found.invoices):
        problems.append("an invoice is not the sum of its lines")
    logged = sum(entry.seconds for entry in one.happenings if isinstance(entry, Worked))
    if not found.time.logged == logged == sum(getattr(found.time, way) for way in WAYS):
        problems.append("seconds are missing or charged twice")
    if any(lot.left < 0 or lot.used < 0 or lot.lapsed < 0 for lot in found.lots):
        problems.append("a lot is overdrawn")
    if number % SHUFFLED_EACH == 0:
        again = Contract(one.content, one.agreement, sorted(one.happenings, key=lambda e: e.id[::-1]), one.until)
        if charged(again) != found:
            problems.append("another order of events comes to something else")
    if number % PLAIN_EACH == 0 and number % (PLAIN_EACH * NAIVE_EACH) == 0 and Naive(one).total() != found.total:
        problems.append("the naive way comes to another total")
    return problems


def run(contract_months: int) -> Json:
    contracts = contract_months // MONTHS + 1
    random.seed(0)
    for country in ("IT", "US", "DE"):
        for year in (2025, 2026, 2027):
            public_holidays(country, "", year)
    spent, events, lines, naive = [], 0, 0, 0
    problems: list[str] = []
    for number in range(contracts):
        one = contract(Random(number), months=MONTHS, plain=number % PLAIN_EACH == 0)
        gc.disable()
        started = time.process_time()
        found = charged(one)
        spent.append(time.process_time() - started)
        gc.enable()
        events += len(one.happenings)
        lines += sum(len(invoice.lines) for invoice in found.invoices)
        naive += number % (PLAIN_EACH * NAIVE_EACH) == 0
        problems += [f"contract {number}: {problem}" for problem in wrong(number, one, found)]
    spent.sort()
    return {
        "contract_months": contracts * MONTHS,
        "events": events,
        "lines": lines,
        "seconds": round(sum(spent), 2),
        "contract_months_a_second": round(contracts * MONTHS / sum(spent)),
        "year_p50_ms": round(1000 * statistics.median(spent), 2),
        "year_p99_ms": round(1000 * spent[int(len(spent) * 0.99)], 2),
        "charged_a_second_way": naive,
        "problems": problems[:20],
    }


def table(figures: Json) -> str:
    return "\n".join(
        (
            f"{figures['contract_months']:,} contract-months, {figures['events']:,} events, {figures['lines']:,} lines",
            f"{figures['contract_months_a_second']:,} contract-months a second on one core (goal: {TARGET:,})",
            f"a contract's year: {figures['year_p50_ms']} ms median, {figures['year_p99_ms']} ms p99",
            f"{figures['charged_a_second_way']} contracts charged minute by minute as well",
            *(figures["problems"] or ["all add up"]),
        )
    )


if __name__ == "__main__":
    result = run(int(sys.argv[1]) if len(sys.argv) > 1 else CONTRACT_MONTHS)
    print(table(result))
    print(json.dumps(result))
    sys.exit(bool(result["problems"]))
