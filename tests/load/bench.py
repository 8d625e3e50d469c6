"""`make bench`: every part in a process of its own, its table, and a last line of JSON with all figures.

`python -m tests.load.bench outbox` runs one part. Parts: messaging, outbox, matching, charging.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.support.broker import shared_broker


def messaging() -> dict[str, Any]:
    """Round trips a second of the gateway's RPC client beside nameko's own and beside the bare protocol."""
    from tests.load import bench_messaging

    broker = shared_broker()
    try:
        figures = bench_messaging.run(broker.new_vhost())
        print(bench_messaging.table(figures), flush=True)
    finally:
        broker.remove()
    return figures


def _in_child(module: str) -> dict[str, Any]:
    """A part that needs eventlet's patch, which must not reach the others: its last line is its figures."""
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module], stdout=subprocess.PIPE, text=True, check=True, timeout=1500
    )
    *shown, last = child.stdout.rstrip().splitlines()
    print("\n".join(shown), flush=True)
    figures: dict[str, Any] = json.loads(last)
    return figures


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "messaging": messaging,
    "outbox": lambda: _in_child("tests.load.bench_outbox"),
    "matching": lambda: {
        "engine": _in_child("tests.load.bench_matching"),
        "own_words": _in_child("tests.load.bench_own_words"),
        "market": _in_child("tests.load.bench_market"),
    },
    "charging": lambda: _in_child("tests.load.bench_charging"),
}


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"No part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
        return 2
    figures = {}
    for name in wanted or PARTS:
        print(f"\n== {name}", flush=True)
        figures[name] = PARTS[name]()
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
