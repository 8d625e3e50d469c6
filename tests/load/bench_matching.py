"""The match engine at 10,000, 100,000 and 1,000,000 assistants: build, memory, updates, latency, throughput, beside a
naive Python loop and a numpy scan of all rows in the same run; browsing; what-if.

`python -m tests.load.bench_matching [size ...]`; the last line is JSON. What is measured is the call in the process.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from services.matching.domain.asked import Asked
from services.matching.domain.brief import Brief
from services.matching.domain.browse import Filters
from services.matching.domain.capacity import Capacity
from services.matching.domain.columns import Array
from services.matching.domain.engine import TableEngine
from services.matching.domain.practice import Practice
from services.matching.domain.score import Scoring, estimates
from services.matching.domain.table import Standing
from services.matching.domain.terms_index import TermIndex
from services.matching.domain.weights import DEFAULT_WEIGHTS
from shared.contracts import taxonomy
from tests.load.population import NOW, Pools, broad_brief, practices, typical_brief
from tests.support.reference import ReferenceEngine

SIZES = (10_000, 100_000, 1_000_000)
LARGEST = SIZES[-1]
MODULE = "tests.load.bench_matching"
TYPICAL, BROAD = 1000, 100
NAIVE_AT_MOST = 10_000
"""Practices in the naive loop: it is measured there and grows with their number."""
TARGETS: dict[str, float] = {
    "typical_p50_ms": 0.5, "typical_p99_ms": 6, "broad_p50_ms": 9, "broad_p99_ms": 20, "megabytes": 400,
    "build_seconds": 15, "browse_p99_ms": 25,
}  # fmt: skip
Json = dict[str, Any]
T = TypeVar("T")


class Untimed(Iterator[T]):
    """An iterator that knows how long its source took, so that it can be left out."""

    def __init__(self, source: Iterable[T]) -> None:
        self._source = iter(source)
        self.seconds = 0.0

    def __next__(self) -> T:
        started = time.perf_counter()
        try:
            return next(self._source)
        finally:
            self.seconds += time.perf_counter() - started


def milliseconds(do: Callable[[], Any]) -> float:
    started = time.perf_counter()
    do()
    return (time.perf_counter() - started) * 1000


def percentiles(name: str, spent: list[float]) -> Json:
    ordered = sorted(spent)
    return {
        f"{name}_p50_ms": round(statistics.median(ordered), 3),
        f"{name}_p99_ms": round(ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)], 3),
    }


def resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def skill_columns(engine: TableEngine, briefs: list[Brief]) -> dict[str, Array]:
    """Of the skills that are required, for the scan: every row's level, which the index does not keep like this."""
    every = np.arange(engine.table.rows)
    codes = {skill.code for brief in briefs for skill in brief.required_skills}
    return {code: engine.table.held.levels(code, every).astype(np.uint8) for code in codes}


def numpy_scan(engine: TableEngine, brief: Brief, skills: dict[str, Array]) -> list[tuple[str, float]]:
    """The same answer with columns alone: every condition on every row, then the same scores."""
    table, asked = engine.table, Asked(engine.table, brief)
    columns = table.columns
    mask = columns["free"] >= brief.weekly_minutes
    mask &= columns["minimum"] <= brief.weekly_minutes
    mask &= columns["rate"] <= brief.budget.amount
    mask &= columns["currency"] == (table.currencies.known(brief.budget.currency) or 0)
    if brief.level == "executive":
        mask &= columns["level"] == 1
    for skill in brief.required_skills:
        mask &= skills[skill.code] >= skill.level
    for language in brief.languages:
        mask &= columns["language:" + language.code] >= ("A1", "A2", "B1", "B2", "C1", "C2").index(language.cefr) + 1
    mask &= (asked.shared >= brief.overlap_minutes)[columns["schedule"]]
    rows = np.flatnonzero(mask)
    scores = Scoring(asked, rows, DEFAULT_WEIGHTS, estimates(table, DEFAULT_WEIGHTS.dials), NOW).scores()
    best = sorted((-score, table.ids.of(int(row))) for row, score in zip(rows, scores, strict=True))[:20]
    return [(id, -lost) for lost, id in best]


def built(size: int) -> tuple[TableEngine, Json]:
    gc.collect()
    before = resident_megabytes()
    engine = TableEngine(TermIndex(taxonomy.names()))
    source: Untimed[tuple[Practice, Capacity]] = Untimed(practices(size))
    seconds = milliseconds(lambda: engine.build(source)) / 1000 - source.seconds
    dice = random.Random(5)
    for row in dice.sample(range(size), size * 3 // 10):
        engine.set_standing(Standing(engine.table.ids.of(row), *(dice.randint(0, 6) for _ in range(4))))
        engine.set_rating(engine.table.ids.of(row), dice.randint(250, 500))
    some = (engine.table.ids.of(row) for row in dice.sample(range(size), size // 100))
    engine.set_prices({id: dice.random() / 10 for id in some})
    gc.collect()
    return engine, {
        "build_seconds": round(seconds, 2),
        "megabytes": round(resident_megabytes() - before),
        "table_megabytes": round(engine.table.bytes / 1e6),
    }


def updates(engine: TableEngine, size: int) -> Json:
    """Microseconds of a change, and whether the next query sees it."""
    dice = random.Random(9)
    ids = dice.sample(engine.ids(), 1000)
    free = [milliseconds(lambda id=id: engine.set_capacity(Capacity(id, 600, 0, 600))) for id in ids]  # type: ignore[misc]
    changed = [practice for practice, _ in practices(2000, seed=11)][:1000]
    put = [milliseconds(lambda p=p: engine.upsert(p)) for p in changed]  # type: ignore[misc]
    seen = all(engine.table.ids.row(practice.id) is not None for practice in changed)
    return {
        "capacity_us": round(statistics.median(free) * 1000, 1),
        "upsert_us": round(statistics.median(put) * 1000, 1),
        "updates_seen": seen,
    }


def queried(engine: TableEngine, size: int) -> Json:
    dice, pools = random.Random(3), Pools(random.Random(7))
    typical = [typical_brief(dice, number, pools) for number in range(TYPICAL)]
    broad = [broad_brief(dice, number, pools) for number in range(BROAD)]
    for brief in typical[:50]:
        engine.top(brief, DEFAULT_WEIGHTS, NOW, 20)

    def spent(briefs: list[Brief], do: Callable[[Brief], Any]) -> list[float]:
        return [milliseconds(lambda b=b: do(b)) for b in briefs]  # type: ignore[misc]

    tops = spent(typical, lambda b: engine.top(b, DEFAULT_WEIGHTS, NOW, 20))
    eligible = [engine.eligible(brief) for brief in typical]
    exact = [engine.top(b, DEFAULT_WEIGHTS, NOW, 20) for b in typical[:30]]
    skills = skill_columns(engine, typical[:30])
    scanned = [numpy_scan(engine, b, skills) for b in typical[:30]]
    recall = statistics.mean(
        len({id for id, _ in one} & {id for id, _ in two}) / max(len(two), 1)
        for one, two in zip(exact, scanned, strict=True)
        if two
    )
    return {
        **percentiles("typical", tops),
        "queries_a_second": round(1000 * len(tops) / sum(tops)),
        "eligible_median": int(statistics.median(eligible)),
        "fewer_than_20": round(sum(count < 20 for count in eligible) / len(eligible), 3),
        "recall": round(recall, 4),
        **percentiles("broad", spent(broad, lambda b: engine.top(b, DEFAULT_WEIGHTS, NOW, 20))),
        "broad_eligible": int(statistics.median([engine.eligible(brief) for brief in broad])),
        **percentiles("explained", spent(typical[:300], lambda b: engine.query(b, DEFAULT_WEIGHTS, NOW, 20))),
        **percentiles("what_if", spent(typical[:300], engine.what_if)),
        **percentiles("numpy_scan", spent(typical[:30], lambda b: numpy_scan(engine, b, skills))),
    }


TEXTS = (
    "",
    "travel",
    "calendar founders",
    "first7",
    "mailchimp",
    "contabilita",
    "bookeeping",
    "fatture architects",
    "last12",
    "seo",
)


def browsed(engine: TableEngine) -> Json:
    """Words, filters, facets and a second page."""
    dice, spent, counts_exact = random.Random(4), [], True
    for number in range(120):
        asked = Filters(
            text=TEXTS[number % len(TEXTS)],
            level=dice.choice(("", "", "executive")),
            language=dice.choice(("", "it", "en")),
            max_rate_amount=dice.choice((None, None, 3050)),
            free_minutes=dice.choice((0, 0, 600)),
            overlap_minutes=dice.choice((0, 0, 240)),
            time_zone=dice.choice(("Europe/Rome", "America/New_York")),
            min_rating=dice.choice((0, 0, 450)),
            new=dice.random() < 0.2,
            sort=dice.choice(("newest", "rate", "free", "rating", "overlap")),
            facets=True,
            at=NOW,
        )
        started = time.perf_counter()
        page = engine.browse(asked, 12, "")
        spent.append((time.perf_counter() - started) * 1000)
        if page.next:
            spent.append(milliseconds(lambda p=page, a=asked: engine.browse(a, 12, p.next)))  # type: ignore[misc]
        level = next(facet for facet in page.facets if facet.name == "level")
        if not asked.level:
            counts_exact &= sum(value.count for value in level.values) == page.total
    return {**percentiles("browse", spent), "browse_counts_exact": counts_exact}


def naive() -> Json:
    """The plain loop on NAIVE_AT_MOST practices, and how much slower it is there than the engine."""
    plain, engine = ReferenceEngine(), TableEngine()
    population = list(practices(NAIVE_AT_MOST))
    plain.build(population)
    engine.build(population)
    dice, pools = random.Random(3), Pools(random.Random(7))
    briefs = [typical_brief(dice, number, pools) for number in range(30)]
    for brief in briefs[:3]:
        plain.query(brief, DEFAULT_WEIGHTS, NOW, 20)
    slow = [milliseconds(lambda b=b: plain.query(b, DEFAULT_WEIGHTS, NOW, 20)) for b in briefs]  # type: ignore[misc]
    fast = [milliseconds(lambda b=b: engine.top(b, DEFAULT_WEIGHTS, NOW, 20)) for b in briefs]  # type: ignore[misc]
    same = all(
        [id for id, _ in plain.query(b, DEFAULT_WEIGHTS, NOW, 20)]
        == [id for id, _ in engine.top(b, DEFAULT_WEIGHTS, NOW, 20)]
        for b in briefs
    )
    return {
        "practices": NAIVE_AT_MOST,
        **percentiles("naive", slow),
        "times_slower": round(statistics.median(slow) / statistics.median(fast)),
        "same_lists": same,
    }


def measured(size: int) -> Json:
    engine, figures = built(size)
    return {"practices": size, **figures, **queried(engine, size), **browsed(engine), **updates(engine, size)}


def in_child(size: int) -> Json:
    """Each size in a process of its own, so that memory is its own too."""
    command = [sys.executable, "-W", "ignore", "-m", MODULE, str(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=1200)
    figures: Json = json.loads(done.stdout.splitlines()[-1])
    return figures


SHOWN = (
    "build_seconds", "megabytes", "typical_p50_ms", "typical_p99_ms", "queries_a_second", "eligible_median", "recall",
    "explained_p50_ms", "what_if_p50_ms", "broad_eligible", "broad_p50_ms", "broad_p99_ms", "numpy_scan_p50_ms",
    "browse_p50_ms", "browse_p99_ms", "capacity_us", "upsert_us",
)  # fmt: skip


def run(sizes: Iterable[int] = SIZES) -> Json:
    rows = [in_child(size) for size in sizes]
    largest = rows[-1]
    missed = [name for name, most in TARGETS.items() if largest[name] > most] if largest["practices"] == LARGEST else []
    return {"sizes": rows, "naive": naive(), "targets": TARGETS, "missed": missed}


def table(figures: Json) -> str:
    rows = figures["sizes"]
    lines = [f"{'assistants':<20}" + "".join(f"{row['practices']:>14,}" for row in rows) + f"{'target':>10}"]
    for name in SHOWN:
        target = TARGETS.get(name)
        mark = "  MISSED" if name in figures["missed"] else ""
        cells = "".join(f"{row[name]:>14,}" for row in rows)
        lines.append(f"{name:<20}{cells}{f'≤ {target:g}' if target else '':>10}{mark}")
    slow = figures["naive"]
    lines.append(
        f"naive loop on {slow['practices']:,}: {slow['naive_p50_ms']} ms (p50), {slow['times_slower']} times the "
        f"engine's; same lists: {slow['same_lists']}"
    )
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    if len(arguments) == 1:
        print(json.dumps(measured(int(arguments[0]))))
        return
    figures = run([int(size) for size in arguments] or SIZES)
    print(table(figures))
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
