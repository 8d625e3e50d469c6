"""Keeps a match engine in step with the database.

Several replicas share the service's events, so none sees them all; each follows the documents instead. What changed
since the last look is read before an answer when that look is older than a quarter of a second, and always for a moment
after this process changed something itself.

The index is built from the database in batches, in a native thread, and takes the place of the old one only when it has
caught up. That is done at the start, once a day, and when too many of its rows are retired. The daily one is also the
self-check: what the old index held is compared with what the database says.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

import structlog

from services.matching.domain.availability import Availability
from services.matching.domain.capacity import Capacity
from services.matching.domain.engine import Run, TableEngine, in_this_thread
from services.matching.domain.practice import Practice
from services.matching.domain.table import Standing, Table
from services.matching.domain.terms_index import TermIndex
from services.matching.domain.track import Track
from services.matching.domain.weights import DEFAULT_WEIGHTS, Weights
from services.matching.store import MatchingStore, Price, Promise, Stamped
from shared.platform.clock import utc_now
from shared.platform.storage import Document, is_outage

log = structlog.get_logger(__name__)
E = TypeVar("E")

MAX_AGE = 0.25
"""Seconds for which a look at the database is good enough."""
MOMENT = 1.0
"""Seconds after a change of our own during which every answer looks again: its transaction commits a little later."""
MARGIN = timedelta(seconds=15)
"""Looked back again each time: replicas' clocks differ, and a document is stamped before its transaction commits."""
BATCH = 1000
SELF_CHECK_SECONDS = 24 * 3600.0
RETIRED_SHARE = 0.1
RETIRED_LEAST = 1000
IDS_TOLD = 20


class Follower(Generic[E]):
    """Reads what changed in a collection since it was last asked; at first, since a little before it was made."""

    def __init__(self, collection: Stamped[E]) -> None:
        self.collection = collection
        self._latest = collection.latest_change()
        self._recent: dict[str, tuple[datetime, str]] = {}

    def changed(self) -> Iterator[E]:
        since = self._latest - MARGIN if self._latest else None
        documents = self.collection.changes(since)
        new = [d["_id"] for d in documents if self._recent.get(d["_id"], (None, None))[1] != d["change"]]
        for ids in _batches(new):
            yield from self.collection.several(ids)
        if documents:
            self._latest = max(document["changed_at"] for document in documents)
            oldest = self._latest - MARGIN
            self._recent = {d["_id"]: (d["changed_at"], d["change"]) for d in documents if d["changed_at"] >= oldest}


class Replica:
    """An engine and what it follows. Made first, then filled with everything, then kept up."""

    def __init__(self, store: MatchingStore, engine: TableEngine) -> None:
        self.engine = engine
        self._store = store
        self._practices: Follower[Practice] = Follower(store.practices)
        self._capacities: Follower[Capacity] = Follower(store.capacities)
        self._standings: Follower[Standing] = Follower(store.standings)
        self._availabilities: Follower[Availability] = Follower(store.availabilities)
        self._prices: Follower[Price] = Follower(store.prices)
        self._promises: Follower[Promise] = Follower(store.promises)
        self._tracks: Follower[Track] = Follower(store.tracks)

    def fill(self, run: Run) -> None:
        """Everything that is published now. Reading gives way to others, and so does the filling, by `run`."""
        store, table = self._store, Table()
        for standing in store.standings.stream():
            table.set_standing(store.standings.from_document(standing))
        for document in store.tracks.stream({"reviews.count": {"$gt": 0}}):
            table.set_rating(document["_id"], store.tracks.from_document(document).reviews.rating())
        for away in store.availabilities.stream({"away_weeks": {"$ne": []}}):
            table.set_away(away["_id"], map(date.fromisoformat, away["away_weeks"]))
        for documents in _batches(store.practices.stream({"published": True})):
            run(_add, store, table, documents, store.capacities.documents([d["_id"] for d in documents]))
        run(table.filled)
        self.engine.adopt(table)
        self.engine.set_prices({d["_id"]: d["price"] for d in store.prices.stream({"price": {"$gt": 0}})})
        for promise in store.promises.find({"minutes": {"$ne": {}}}):
            self.engine.promise(promise.id, promise.minutes)

    def keep_up(self) -> None:
        engine = self.engine
        for capacity in self._capacities.changed():
            engine.set_capacity(capacity)
        practices = list(self._practices.changed())
        for capacity in self._store.capacities.several(practice.id for practice in practices) if practices else ():
            engine.set_capacity(capacity)
        for practice in practices:
            engine.upsert(practice)
        for standing in self._standings.changed():
            engine.set_standing(standing)
        for track in self._tracks.changed():
            engine.set_rating(track.id, track.reviews.rating())
        for availability in self._availabilities.changed():
            engine.set_away(availability.id, availability.away_weeks)
        prices = {price.id: price.price for price in self._prices.changed()}
        if prices:
            engine.set_prices(prices)
        for promise in self._promises.changed():
            engine.promise(promise.id, promise.minutes)

    def differing(self, other: Replica) -> tuple[int, list[str]]:
        """How many assistants were looked at, and the ids of those whom the two hold differently."""
        ids = sorted({*self.engine.ids(), *other.engine.ids()})
        return len(ids), [id for id in ids if self.engine.contents(id) != other.engine.contents(id)]


def _add(store: MatchingStore, table: Table, practices: list[Document], capacities: list[Document]) -> None:
    """Documents into a table; in another thread, for there is much to decode."""
    held = {document["_id"]: store.capacities.from_document(document) for document in capacities}
    decoded = [store.practices.from_document(document) for document in practices]
    table.fill_batch([(p, held.get(p.id) or Capacity.all_free(p.id, p.capacity_minutes)) for p in decoded])


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The index beside the database: what was looked at and what differed. `at` None: not yet."""

    at: datetime | None = None
    checked: int = 0
    differing: int = 0
    ids: tuple[str, ...] = ()


class LiveIndex:
    """An engine that is never further behind the database than `MAX_AGE`, and the weights in force."""

    def __init__(self, store: MatchingStore, terms: Callable[[], TermIndex], run: Run = in_this_thread) -> None:
        self.built = False
        self.build_seconds = 0.0
        self.self_check = SelfCheck()
        self._store = store
        self._terms = terms
        self._run: Run = run
        self._replica: Replica | None = None
        self._versions = 0
        self._weights = DEFAULT_WEIGHTS
        self._looking = threading.Lock()
        self._building = threading.Lock()
        self._built_at = float("-inf")
        self._looked_at = float("-inf")
        self._touched_at = float("-inf")

    def touch(self) -> None:
        """Says that this process is about to change practices or capacities."""
        self._touched_at = time.monotonic()

    def fresh(self) -> tuple[TableEngine, Weights]:
        """The engine and the weights, in step with the database. Raises what the database raises."""
        if self._replica is None:
            self.rebuild()
        asked_at = time.monotonic()
        if not self._is_fresh(asked_at):
            with self._looking:
                if not self._is_fresh(asked_at):
                    self._look()
        return self._current.engine, self._weights

    @property
    def version(self) -> int:
        """Grows with every change that was taken over, also across rebuilds."""
        return self._versions + (self._replica.engine.version if self._replica else 0)

    def build(self, pause: float = 1.0) -> None:
        """The first build, repeated until the database answers."""
        while not self.built:
            try:
                self.rebuild()
            except Exception as error:
                if not is_outage(error):
                    raise
                time.sleep(pause)

    def check(self) -> None:
        """Rebuilds and compares when a day has gone by, or when many rows are retired."""
        if self._is_due():
            self.rebuild()

    def rebuild(self) -> None:
        """A new index from the database takes the place of the old one, which is compared with it first."""
        with self._building:
            started = time.monotonic()
            made = Replica(self._store, TableEngine(self._terms(), self._run))
            made.fill(self._run)
            made.keep_up()
            with self._looking:
                made.keep_up()
                old = self._replica
                if old is not None:
                    old.keep_up()
                    self._versions += old.engine.version
                self._weights = self._store.weights.in_force()
                self._replica, self.built = made, True
            self._built_at, self.build_seconds = time.monotonic(), time.monotonic() - started
            if old is not None:
                self._compare(old, made)

    def _compare(self, old: Replica, made: Replica) -> None:
        checked, ids = self._run(old.differing, made)
        self.self_check = SelfCheck(utc_now(), checked, len(ids), tuple(ids[:IDS_TOLD]))
        note = log.error if ids else log.info
        note("index_checked", checked=checked, differing=len(ids), ids=ids[:IDS_TOLD])

    def _is_due(self) -> bool:
        table = self._current.engine.table
        retired = table.rows - len(table)
        if retired > max(RETIRED_LEAST, RETIRED_SHARE * table.rows):
            return True
        return time.monotonic() - self._built_at > SELF_CHECK_SECONDS

    @property
    def _current(self) -> Replica:
        assert self._replica is not None
        return self._replica

    def _is_fresh(self, asked_at: float) -> bool:
        if asked_at - self._touched_at < MOMENT:
            return self._looked_at >= asked_at
        return asked_at - self._looked_at < MAX_AGE

    def _look(self) -> None:
        started = time.monotonic()
        self._current.keep_up()
        self._current.engine.set_terms(self._terms())
        self._weights = self._store.weights.in_force()
        self._looked_at = started


T = TypeVar("T")


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
