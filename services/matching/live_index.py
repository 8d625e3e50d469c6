"""Keeps a match engine in step with the database.

Several replicas share the service's events, so none sees them all; each follows the documents instead. What changed
since the last look is read before an answer when that look is older than a quarter of a second, and always for a moment
after this process changed something itself. The first look reads everything: the index is built from the database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from services.matching.domain.capacity import Capacity
from services.matching.domain.engine import Engine
from services.matching.domain.practice import Practice
from services.matching.domain.weights import DEFAULT_WEIGHTS, Weights
from services.matching.store import MatchingStore, Stamped
from shared.platform.storage import is_outage

E = TypeVar("E")

MAX_AGE = 0.25
"""Seconds for which a look at the database is good enough."""
MOMENT = 1.0
"""Seconds after a change of our own during which every answer looks again: its transaction commits a little later."""
MARGIN = timedelta(seconds=15)
"""Looked back again each time: replicas' clocks differ, and a document is stamped before its transaction commits."""
BATCH = 1000


class Follower(Generic[E]):
    """Reads what changed in a collection since it was last asked."""

    def __init__(self, collection: Stamped[E]) -> None:
        self.collection = collection
        self._latest: datetime | None = None
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


class LiveIndex:
    """An engine that is never further behind the database than `MAX_AGE`, and the weights in force."""

    def __init__(self, store: MatchingStore, engine: Engine) -> None:
        self.built = False
        self._store = store
        self._engine = engine
        self._weights = DEFAULT_WEIGHTS
        self._practices: Follower[Practice] = Follower(store.practices)
        self._capacities: Follower[Capacity] = Follower(store.capacities)
        self._looking = threading.Lock()
        self._looked_at = float("-inf")
        self._touched_at = float("-inf")

    def touch(self) -> None:
        """Says that this process is about to change practices or capacities."""
        self._touched_at = time.monotonic()

    def fresh(self) -> tuple[Engine, Weights]:
        """The engine and the weights, in step with the database. Raises what the database raises."""
        asked_at = time.monotonic()
        if not self._is_fresh(asked_at):
            with self._looking:
                if not self._is_fresh(asked_at):
                    self._look()
        return self._engine, self._weights

    def build(self, pause: float = 1.0) -> None:
        """The first look, repeated until the database answers."""
        while not self.built:
            try:
                self.fresh()
            except Exception as error:
                if not is_outage(error):
                    raise
                time.sleep(pause)

    def _is_fresh(self, asked_at: float) -> bool:
        if asked_at - self._touched_at < MOMENT:
            return self._looked_at >= asked_at
        return asked_at - self._looked_at < MAX_AGE

    def _look(self) -> None:
        started = time.monotonic()
        for capacity in self._capacities.changed():
            self._engine.set_capacity(capacity)
        for practice in self._practices.changed():
            self._engine.upsert(practice)
        self._weights = self._store.weights.in_force()
        self._looked_at = started
        self.built = True


def _batches(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
