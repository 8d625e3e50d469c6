"""The price job: every few minutes one replica works out the prices of demand for all, from open and recent briefs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import structlog

from services.matching.domain.brief import Brief
from services.matching.domain.engine import Run, TableEngine, in_this_thread
from services.matching.domain.prices import Edges, Indices, Numbers, Prices, PriceSettings, solve
from services.matching.domain.promises import LIFETIME
from services.matching.domain.weights import Weights
from services.matching.live_index import LiveIndex
from services.matching.store import MatchingStore, Price
from shared.platform.clock import utc_now
from shared.platform.service import now
from shared.platform.storage import Document

log = structlog.get_logger(__name__)

EVERY = 120.0
"""Seconds from one run to the next, of all replicas together."""
CANDIDATES = 200
"""Of each brief: those beyond are not what it competes for."""
RECENT = timedelta(days=14)
"""Briefs that ended so recently stand for those that are about to come."""
MOST_BRIEFS = 10_000
WORTH_TELLING = 1e-3
"""A price that moves less is not written again."""
PRICED_FROM = 1e-4


@dataclass
class PriceJob:
    """Claims the job, solves in a native thread, writes what changed; all replicas follow the prices."""

    store: MatchingStore
    call: Run = in_this_thread
    every: float = EVERY

    def run_if_due(self, index: LiveIndex) -> None:
        if self.store.jobs.claim("prices", self.every):
            self.run(index)

    def run(self, index: LiveIndex) -> Document:
        """Works out the prices now and returns the run's figures."""
        started, at = time.monotonic(), utc_now()
        self.store.promises.lapse(now() - LIFETIME)
        engine, weights = index.fresh()
        briefs = self._briefs()
        held = self._held()
        ids, edges = edges_of(engine, briefs, weights, now())
        gathered = time.monotonic()
        settings = PriceSettings(weights.dials.price_epsilon, weights.dials.price_outside)
        start = np.array([-held.get(id, 0.0) / settings.epsilon for id in ids])
        prices: Prices = self.call(solve, edges, settings, start)
        self._write(dict(zip(ids, prices.values.tolist(), strict=True)), held)
        figures = _figures(at, time.monotonic() - started, briefs, prices)
        self.store.jobs.tell("prices", figures)
        fitting = round(time.monotonic() - gathered, 3)
        log.info("prices_worked_out", **{**figures, "at": at.isoformat()}, edges=len(edges.brief), fitting=fitting)
        return figures

    def _briefs(self) -> list[Brief]:
        recent = self.store.briefs.open_between(now() - RECENT, now())
        return [brief for brief in recent if brief.state != "removed"][-MOST_BRIEFS:]

    def _held(self) -> dict[str, float]:
        return {document["_id"]: document["price"] for document in self.store.prices.stream({"price": {"$gt": 0}})}

    def _write(self, prices: dict[str, float], held: dict[str, float]) -> None:
        """Those that moved, and nothing any more for those whom nobody looks for."""
        for id in {*held, *prices}:
            price = prices.get(id, 0.0)
            price = price if price > PRICED_FROM else 0.0
            before = held.get(id, 0.0)
            if abs(price - before) > WORTH_TELLING or (price == 0.0) != (before == 0.0):
                self.store.prices.put(Price(id, round(price, 6)))


def edges_of(engine: TableEngine, briefs: list[Brief], weights: Weights, at: datetime) -> tuple[list[str], Edges]:
    """The assistants' ids, and who of them could work for which brief. Gives way to others after each brief."""
    numbers: dict[str, int] = {}
    assistants: list[int] = []
    of_brief, client, hers, chance = [], [], [], []
    asked: list[float] = []
    for number, brief in enumerate(briefs):
        ids, u, v, p = engine.edges(brief, weights, at, CANDIDATES)
        assistants += [numbers.setdefault(id, len(numbers)) for id in ids]
        of_brief.append(np.full(len(ids), number))
        client.append(u)
        hers.append(v)
        chance.append(p)
        asked += [float(brief.weekly_minutes)] * len(ids)
        time.sleep(0)
    assistant = np.array(assistants, dtype=np.intp)
    return list(numbers), Edges(
        brief=_joined(of_brief).astype(np.intp),
        assistant=assistant,
        client_gain=_joined(client),
        assistant_gain=_joined(hers),
        probability=_joined(chance),
        seats=_seats(engine, list(numbers), assistant, np.array(asked)),
        demand=np.ones(len(briefs)),
    )


def _seats(engine: TableEngine, ids: list[str], assistant: Indices, asked: Numbers) -> Numbers:
    """How many engagements of the usual size among those that suit her each has room for."""
    count = np.maximum(np.bincount(assistant, minlength=len(ids)), 1)
    usual = np.bincount(assistant, weights=asked, minlength=len(ids)) / count
    free = np.array([engine.free_minutes(id) for id in ids], dtype=np.float64)
    return free / np.maximum(usual, 1.0)


def _figures(at: datetime, seconds: float, briefs: list[Brief], prices: Prices) -> Document:
    priced = prices.values[prices.values > PRICED_FROM]
    return {
        "at": at,
        "seconds": round(seconds, 3),
        "iterations": prices.iterations,
        "briefs": len(briefs),
        "assistants": len(prices.values),
        "priced": len(priced),
        "mean": float(priced.mean()) if len(priced) else 0.0,
        "highest": float(priced.max()) if len(priced) else 0.0,
    }


def _joined(parts: list[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.zeros(0)
