"""Past briefs against other weights: what would have changed in lists, in who is seen, and in how many are hired."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.matching.domain.brief import Brief
from services.matching.domain.engine import Found, Ranked
from services.matching.domain.weights import Weights

PLACES = 10
ASKED = 3
"""How far down a list a client is taken to ask."""
LISTED_CHANGES = 20


class Asks(Protocol):
    """What a replay needs of an engine."""

    def query(self, brief: Brief, weights: Weights, at: datetime, limit: int) -> Found: ...

    def eligible_ids(self, brief: Brief) -> Iterable[str]: ...

    def free_minutes(self, assistant_id: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Listed:
    assistant_id: str
    score: float


@dataclass(frozen=True, slots=True)
class ReplayedList:
    """A brief's first places with one set and the other; `shared` of them are in both."""

    brief: Brief
    before: tuple[Listed, ...]
    after: tuple[Listed, ...]
    shared: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one set: assistants shown; Gini of exposure (1/log₂(place + 1)) over all who could be shown; share of briefs
    filled when clients ask the first ASKED and they answer as estimated, each with her free hours only once; newcomers'
    share of the places; mean score of a place."""

    shown: int
    exposure_gini: float
    fill: float
    newcomers: float
    mean_score: float


@dataclass(frozen=True, slots=True)
class Replay:
    """`changed` of the briefs have another list; `shared` is the mean share of places that stay."""

    briefs: int
    changed: int
    shared: float
    before: Figures
    after: Figures
    lists: tuple[ReplayedList, ...]


def replay(engine: Asks, briefs: Sequence[Brief], now: Weights, other: Weights, at: datetime) -> Replay:
    """Today's assistants with today's free hours; the briefs are taken in the order given."""
    before = [engine.query(brief, now, at, PLACES).ranked for brief in briefs]
    after = [engine.query(brief, other, at, PLACES).ranked for brief in briefs]
    able = {id for brief in briefs for id in engine.eligible_ids(brief)}
    lists = [_compared(brief, one, two) for brief, one, two in zip(briefs, before, after, strict=True)]
    changed = [found for found in lists if _ids(found.before) != _ids(found.after)]
    shares = [found.shared / max(len(found.before), len(found.after), 1) for found in lists if found.before]
    return Replay(
        briefs=len(briefs),
        changed=len(changed),
        shared=math.fsum(shares) / len(shares) if shares else 1.0,
        before=_figures(engine, briefs, before, able),
        after=_figures(engine, briefs, after, able),
        lists=tuple(sorted(changed, key=lambda found: found.shared)[:LISTED_CHANGES]),
    )


def gini(amounts: Iterable[float]) -> float:
    """0 when all have the same, towards 1 when one has all."""
    ordered = sorted(amounts)
    total = math.fsum(ordered)
    if not ordered or total <= 0:
        return 0.0
    weighted = math.fsum(place * amount for place, amount in enumerate(ordered, 1))
    return 2 * weighted / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)


def _compared(brief: Brief, before: Sequence[Ranked], after: Sequence[Ranked]) -> ReplayedList:
    one, two = _listed(before), _listed(after)
    return ReplayedList(brief, one, two, len(set(_ids(one)) & set(_ids(two))))


def _listed(ranked: Sequence[Ranked]) -> tuple[Listed, ...]:
    return tuple(Listed(place.id, place.score) for place in ranked)


def _ids(listed: Sequence[Listed]) -> list[str]:
    return [place.assistant_id for place in listed]


def _figures(engine: Asks, briefs: Sequence[Brief], lists: Sequence[Sequence[Ranked]], able: set[str]) -> Figures:
    exposure: Counter[str] = Counter()
    places = [place for ranked in lists for place in ranked]
    for ranked in lists:
        for number, place in enumerate(ranked, 1):
            exposure[place.id] += 1 / math.log2(number + 1)  # type: ignore[assignment]
    new = sum(place.situation.standing.well + place.situation.standing.badly == 0 for place in places)
    return Figures(
        shown=len(exposure),
        exposure_gini=gini(float(exposure.get(id, 0.0)) for id in able),
        fill=_fill(engine, briefs, lists),
        newcomers=new / len(places) if places else 0.0,
        mean_score=math.fsum(place.score for place in places) / len(places) if places else 0.0,
    )


def _fill(engine: Asks, briefs: Sequence[Brief], lists: Sequence[Sequence[Ranked]]) -> float:
    taken: defaultdict[str, float] = defaultdict(float)
    filled = 0.0
    for brief, ranked in zip(briefs, lists, strict=True):
        waiting = 1.0
        for place in ranked[:ASKED]:
            left = engine.free_minutes(place.id) - taken[place.id]
            room = min(max(left / brief.weekly_minutes, 0.0), 1.0)
            chance = waiting * _probability(place) * room
            taken[place.id] += chance * brief.weekly_minutes
            waiting -= chance
        filled += 1.0 - waiting
    return filled / len(briefs) if briefs else 0.0


def _probability(place: Ranked) -> float:
    return 1.0 + next((share.fit for share in place.shares if share.criterion == "acceptance"), 0.0)
