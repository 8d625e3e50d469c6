"""How well briefs in people's own words are read: micro-F1 by kind, on briefs that were tuned on and on others.

`python -m tests.load.bench_own_words [--wrong]`; the last line is JSON. The briefs and what they say are in
tests/data/own_words; those of held_out.json were written before the reader and never tuned on.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from services.requests.domain.own_words.reading import Reader, Reading
from shared.contracts import taxonomy

DATA = Path(__file__).resolve().parents[1] / "data" / "own_words"
TODAY = date(2026, 11, 23)
TARGETS = {"skills": 0.90, "hours": 0.95, "budget": 0.95, "engagement": 0.95, "languages": 0.95}

Json = dict[str, Any]


def reader() -> Reader:
    return Reader(taxonomy.all_names(), taxonomy.proper_names())


def load(name: str) -> list[Json]:
    briefs: list[Json] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return briefs


def expected(brief: Json) -> dict[str, set[Any]]:
    return {
        "skills": set(brief["skills"]),
        "hours": {tuple(brief["hours"])} if brief["hours"] else set(),
        "budget": {tuple(brief["budget"])} if brief["budget"] else set(),
        "engagement": {brief["engagement"]} if brief["engagement"] else set(),
        "languages": set(brief["languages"].items()),
    }


def found(reading: Reading) -> dict[str, set[Any]]:
    kept = [finding for finding in reading.findings if not finding.negated]

    def of(kind: str, *names: str) -> set[Any]:
        values = [tuple(f.value[name] for name in names) for f in kept if f.kind == kind]
        return {value[0] if len(names) == 1 else value for value in values}

    return {
        "skills": of("skill", "code"),
        "hours": of("hours", "minutes", "per"),
        "budget": of("budget", "amount", "currency", "per"),
        "engagement": of("engagement", "code"),
        "languages": of("language", "code", "cefr"),
    }


def measured(name: str, show_wrong: bool = False) -> dict[str, float]:
    """Micro-F1 by kind."""
    read, right, said, wanted = reader(), Counter[str](), Counter[str](), Counter[str]()
    for brief in load(name):
        told, asked = found(read.read(brief["text"], TODAY)), expected(brief)
        for kind in TARGETS:
            right[kind] += len(told[kind] & asked[kind])
            said[kind] += len(told[kind])
            wanted[kind] += len(asked[kind])
            if show_wrong and told[kind] != asked[kind]:
                extra, lacking = sorted(told[kind] - asked[kind]), sorted(asked[kind] - told[kind])
                print(f"{kind}: + {extra} − {lacking}\n    {brief['text'][:200]}")
    return {kind: 2 * right[kind] / max(said[kind] + wanted[kind], 1) for kind in TARGETS}


def run(show_wrong: bool = False) -> Json:
    figures: Json = {"briefs": {name: len(load(name)) for name in ("tuned", "held_out")}}
    for name in ("tuned", "held_out"):
        scores = measured(name, show_wrong and name == "tuned")
        figures[name] = {kind: round(score, 4) for kind, score in scores.items()}
    read = reader()
    spent = []
    for brief in load("held_out"):
        started = time.perf_counter()
        read.read(brief["text"], TODAY)
        spent.append((time.perf_counter() - started) * 1000)
    figures["median_ms"] = round(statistics.median(spent), 2)
    figures["missed"] = [kind for kind, target in TARGETS.items() if figures["held_out"][kind] < target]
    return figures


def table(figures: Json) -> str:
    lines = [f"{'micro-F1 of':<14}{'target':>8}{'tuned on':>10}{'held out':>10}"]
    for kind, target in TARGETS.items():
        score = figures["held_out"][kind]
        mark = "" if score >= target else "  MISSED"
        lines.append(f"{kind:<14}{target:>8.2f}{figures['tuned'][kind]:>10.3f}{score:>10.3f}{mark}")
    lines.append(f"{figures['briefs']}; one is read in {figures['median_ms']} ms (median)")
    return "\n".join(lines)


def main() -> None:
    figures = run("--wrong" in sys.argv)
    print(table(figures))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
