"""The exact match engine by number of practices: build, query, exclusions; what grows with their number and how.

`python -m tests.load.bench_matching`; the last line is JSON.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.matching.domain.brief import Brief
from services.matching.domain.capacity import Capacity
from services.matching.domain.engine import TableEngine as ExactEngine
from services.matching.domain.practice import LanguageLevel, Practice, SkillLevel, WorkingDay
from services.matching.domain.weights import DEFAULT_WEIGHTS
from shared.contracts import taxonomy
from shared.platform.money import Money

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SIZES = (1_000, 4_000)
ZONES = ("Europe/Rome", "Europe/London", "America/New_York", "Asia/Manila")
SKILLS = sorted(taxonomy.SKILLS)
SERVICES = sorted(taxonomy.SERVICES)
DAYS = ("mon", "tue", "wed", "thu", "fri")


def practice(number: int, dice: random.Random) -> Practice:
    held = dice.sample(SKILLS, 12)
    start = dice.choice((7, 8, 9, 10))
    return Practice(
        id=f"a{number:07}",
        display_name=f"Practice {number}",
        headline="Calendars, travel, correspondence",
        level=dice.choice(("administrative", "executive")),
        services=tuple(dice.sample(SERVICES, 5)),
        skills=tuple(SkillLevel(code, dice.randint(1, 4)) for code in held),
        languages=(LanguageLevel("en", dice.choice(("B2", "C1", "C2"))), LanguageLevel("it", "C2")),
        time_zone=dice.choices(ZONES, (5, 2, 2, 1))[0],
        working_hours=tuple(WorkingDay(day, f"{start:02}:00", f"{start + 8:02}:00") for day in DAYS),
        capacity_minutes=60 * dice.randint(5, 40),
        hourly_rate=Money(100 * dice.randint(15, 70), "EUR"),
        published=True,
        published_at=NOW - timedelta(days=dice.randint(0, 400)),
    )


def briefs(dice: random.Random) -> list[Brief]:
    """Forty, from those that nearly everybody meets to those that hardly anybody does."""
    made = []
    for number in range(40):
        required = tuple(SkillLevel(code, dice.randint(1, 2)) for code in dice.sample(SKILLS, number % 3))
        brief = Brief(
            id=f"b{number}",
            client_id="client",
            title="A right hand",
            state="open",
            version=1,
            level=dice.choice(("administrative", "executive")),
            services=tuple(dice.sample(SERVICES, 2)),
            required_skills=required,
            preferred_skills=tuple(SkillLevel(code, 2) for code in dice.sample(SKILLS, 3)),
            languages=(LanguageLevel("en", "B2"),),
            engagement="hourly",
            weekly_minutes=60 * dice.randint(3, 15),
            budget=Money(100 * dice.randint(25, 70), "EUR"),
            time_zone="Europe/Rome",
            day_start="09:00",
            day_end="18:00",
            overlap_minutes=120,
            start_on=date(2026, 11, 30),
        )
        made.append(replace(brief, id=f"b{number}"))
    return made


def milliseconds(do: Callable[[], Any]) -> float:
    started = time.perf_counter()
    do()
    return (time.perf_counter() - started) * 1000


def percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"p50_ms": round(statistics.median(ordered), 2), "p99_ms": round(ordered[int(len(ordered) * 0.99)], 2)}


def measured(size: int) -> dict[str, Any]:
    dice = random.Random(7)
    practices = [practice(number, dice) for number in range(size)]
    engine = ExactEngine()
    built = milliseconds(lambda: engine.build((p, Capacity.all_free(p.id, p.capacity_minutes)) for p in practices))
    asked = briefs(dice)
    queries = [milliseconds(lambda b=b: engine.query(b, DEFAULT_WEIGHTS, NOW, 20)) for b in asked for _ in range(3)]  # type: ignore[misc]
    outs = [milliseconds(lambda b=b: engine.exclusions(b)) for b in asked[:10]]  # type: ignore[misc]
    eligible = [engine.query(b, DEFAULT_WEIGHTS, NOW, 20).eligible for b in asked]
    return {
        "practices": size,
        "build_ms": round(built, 1),
        "query": percentiles(queries),
        "exclusions": percentiles(outs),
        "eligible_median": int(statistics.median(eligible)),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    rows = [measured(size) for size in SIZES]
    print(f"{'practices':>10} {'build ms':>9} {'query p50':>10} {'p99 ms':>8} {'exclusions p50':>15} {'eligible':>9}")
    for row in rows:
        print(
            f"{row['practices']:>10,} {row['build_ms']:>9,.0f} {row['query']['p50_ms']:>10.1f} "
            f"{row['query']['p99_ms']:>8.1f} {row['exclusions']['p50_ms']:>15.1f} {row['eligible_median']:>9}"
        )
    growth = rows[-1]["query"]["p50_ms"] / rows[0]["query"]["p50_ms"]
    print(f"query time grows {growth:.1f}-fold for {SIZES[-1] // SIZES[0]}-fold practices")
    print(json.dumps({"sizes": rows, "growth": round(growth, 2)}))


if __name__ == "__main__":
    main()
