"""How a relay learns of a commit: polling, a change stream, or an in-process wake-up; measured in one run.

Delay is from the return of a commit to the broker's confirmation of its event; idle is the processor time that waiting
costs. Must run under eventlet, as the services do: `python -m tests.load.bench_outbox`.
"""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from marshmallow import fields
from pymongo.errors import PyMongoError

from deploy.database import DatabaseProcess
from shared.platform.clock import utc_now
from shared.platform.context import Context
from shared.platform.contract import Event, Message
from shared.platform.ids import new_id
from shared.platform.outbox import Relay, append, fact
from shared.platform.storage import Collection, Database, Document, connect
from tests.support import broker as brokers


class NumberFact(Message):
    number = fields.Integer()


Counted = Event("bench", "bench.counted", NumberFact)


class Numbers(Collection[Document]):
    name = "numbers"


class BenchStore(Database):
    service = "bench"
    numbers = Numbers


class TimedRelay(Relay):
    """Notes when each event was confirmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.confirmed: dict[str, float] = {}
        publish = self.publisher.publish

        def timed(messages: Iterable[tuple[str, str]]) -> None:
            batch = list(messages)
            publish(batch)
            at = time.perf_counter()
            for _, message in batch:
                self.confirmed.setdefault(json.loads(message)["id"], at)

        self.publisher.publish = timed  # type: ignore[method-assign]


@contextmanager
def polling(relay: Relay, seconds: float) -> Iterator[Callable[[], None]]:
    relay.poll_seconds = seconds
    thread = eventlet.spawn(relay.run)
    yield lambda: None
    relay.stop()
    thread.wait()


@contextmanager
def woken(relay: Relay) -> Iterator[Callable[[], None]]:
    relay.poll_seconds = 2.0
    thread = eventlet.spawn(relay.run)
    yield relay.wake
    relay.stop()
    thread.wait()


@contextmanager
def streamed(relay: Relay) -> Iterator[Callable[[], None]]:
    relay.poll_seconds = 2.0
    thread = eventlet.spawn(relay.run)
    stopping = False

    def watch() -> None:
        with suppress(PyMongoError):
            with relay.database.events.raw.watch(
                [{"$match": {"operationType": "insert"}}], max_await_time_ms=1000
            ) as stream:
                while not stopping:
                    if stream.try_next() is not None:
                        relay.wake()

    watcher = eventlet.spawn(watch)
    eventlet.sleep(0.2)
    yield lambda: None
    stopping = True
    relay.stop()
    thread.wait()
    watcher.kill()


STRATEGIES: dict[str, Callable[[Relay], Any]] = {
    "polling every 50 ms": lambda relay: polling(relay, 0.05),
    "polling every 1 s": lambda relay: polling(relay, 1.0),
    "change stream": streamed,
    "in-process wake-up": woken,
}


def measure(
    store: BenchStore, amqp_uri: str, strategy: Callable[[Relay], Any], events: int, idle_seconds: float
) -> dict:
    relay = TimedRelay(store, amqp_uri)
    committed: dict[str, float] = {}
    with strategy(relay) as after_commit:
        started = time.process_time()
        eventlet.sleep(idle_seconds)
        idle = (time.process_time() - started) / idle_seconds
        for number in range(events):
            with store.begin() as tx:
                counted = fact(Counted, new_id(), {"number": number}, Context(), utc_now())
                append(tx, [counted])
                id = counted["_id"]
            committed[id] = time.perf_counter()
            after_commit()
            eventlet.sleep(0.01)
        deadline = time.monotonic() + 10
        while len(relay.confirmed) < events and time.monotonic() < deadline:
            eventlet.sleep(0.05)
    delays = sorted(max(0.0, relay.confirmed[id] - at) * 1000 for id, at in committed.items() if id in relay.confirmed)
    return {
        "p50_ms": round(statistics.median(delays), 2),
        "p99_ms": round(delays[int(len(delays) * 0.99) - 1], 2),
        "idle_cpu_percent": round(idle * 100, 2),
        "not_published": events - len(delays),
    }


def run(amqp_uri: str, mongo_uri: str, events: int = 150, idle_seconds: float = 3.0) -> dict[str, dict]:
    """Figures by strategy; prints them as a table."""
    results = {}
    print(f"{'a relay learns of a commit by':32}{'p50 ms':>10}{'p99 ms':>10}{'idle CPU %':>12}")
    for name, strategy in STRATEGIES.items():
        store = BenchStore(connect(mongo_uri), f"bench{secrets.token_hex(3)}_")
        store.ensure_indexes()
        results[name] = measure(store, amqp_uri, strategy, events, idle_seconds)
        row = results[name]
        print(f"{name:32}{row['p50_ms']:>10}{row['p99_ms']:>10}{row['idle_cpu_percent']:>12}", flush=True)
        store.client.drop_database(store.raw.name)
    return results


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="dextra-bench-"))
    database = DatabaseProcess(folder)
    database.start()
    broker = brokers.own_broker()
    broker.start()
    try:
        print(json.dumps(run(broker.uri, database.uri)))
    finally:
        broker.remove()
        database.kill()


if __name__ == "__main__":
    main()
