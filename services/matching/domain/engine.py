"""The match engine's seam: what the service asks of it, and a plain, exact implementation.

An engine holds published practices with their free hours in memory. It is fed by `upsert`, `remove` and `set_capacity`
and is advisory: what it says about free hours is checked again when an offer is accepted.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.matching.domain.brief import Brief
from services.matching.domain.candidate import Candidate, Card, Wanted
from services.matching.domain.capacity import Capacity
from services.matching.domain.conditions import CONDITIONS, Facts, failures, is_eligible
from services.matching.domain.practice import Practice
from services.matching.domain.score import Contribution, contributions, score
from services.matching.domain.search import Cards, Filters, Labels, search_words, select
from services.matching.domain.weights import Weights


@dataclass(frozen=True, slots=True)
class Match:
    """An assistant for a brief; `score` is the sum of the contributions' points."""

    assistant: Card
    score: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The best matches of a brief, best first; how many meet its conditions, of how many looked at."""

    matches: tuple[Match, ...]
    eligible: int
    considered: int


@dataclass(frozen=True, slots=True)
class Exclusion:
    """How many a condition keeps out: those that fail it, and those that fail nothing else."""

    criterion: str
    failing: int
    only_this: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A condition that is not met, with what was asked and what was found."""

    criterion: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody is, or is not, among the matches of a brief. Who is not has no score."""

    assistant: Card
    eligible: bool
    failures: tuple[Failure, ...]
    score: float
    contributions: tuple[Contribution, ...]


class Engine(Protocol):
    """Who fits a brief, exactly, and why. A client is never matched with themselves."""

    def build(self, practices: Iterable[tuple[Practice, Capacity]]) -> None:
        """Forgets everything and begins with these."""

    def upsert(self, practice: Practice) -> None:
        """Adds a practice, or takes over its change; one that is not published is removed."""

    def remove(self, assistant_id: str) -> None: ...

    def set_capacity(self, capacity: Capacity) -> None:
        """Also before its practice is there."""

    def query(self, brief: Brief, weights: Weights, at: datetime, limit: int) -> Found:
        """The best `limit` of those that meet all conditions, ordered by score, then id."""

    def explain(
        self, brief: Brief, practice: Practice, capacity: Capacity, weights: Weights, at: datetime
    ) -> Explanation:
        """About one practice, whether the engine holds it or not."""

    def exclusions(self, brief: Brief) -> tuple[Exclusion, ...]:
        """For every condition, in their order."""

    def browse(self, filters: Filters, limit: int, cursor: str) -> Cards: ...


class ExactEngine:
    """Looks at every practice each time. Right for thousands, too slow for hundreds of thousands."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._candidates: dict[str, Candidate] = {}
        self._capacities: dict[str, Capacity] = {}

    def build(self, practices: Iterable[tuple[Practice, Capacity]]) -> None:
        self._candidates, self._capacities = {}, {}
        for practice, capacity in practices:
            self.set_capacity(capacity)
            self.upsert(practice)

    def upsert(self, practice: Practice) -> None:
        if not practice.published:
            self.remove(practice.id)
            return
        capacity = self._capacities.get(practice.id) or Capacity.all_free(practice.id, practice.capacity_minutes)
        self._candidates[practice.id] = Candidate(practice, capacity, search_words(practice, self._labels))

    def remove(self, assistant_id: str) -> None:
        self._candidates.pop(assistant_id, None)

    def set_capacity(self, capacity: Capacity) -> None:
        self._capacities[capacity.id] = capacity
        if (candidate := self._candidates.get(capacity.id)) is not None:
            candidate.capacity = capacity

    def query(self, brief: Brief, weights: Weights, at: datetime, limit: int) -> Found:
        wanted = Wanted.of(brief)
        considered = self._considered(brief)
        eligible = [candidate for candidate in considered if is_eligible(wanted, candidate)]
        scored = ((-score(wanted, candidate, weights, at), candidate.id, candidate) for candidate in eligible)
        best = heapq.nsmallest(limit, scored)
        matches = (
            Match(candidate.card(), -lost, contributions(wanted, candidate, weights, at)) for lost, _, candidate in best
        )
        return Found(tuple(matches), len(eligible), len(considered))

    def explain(
        self, brief: Brief, practice: Practice, capacity: Capacity, weights: Weights, at: datetime
    ) -> Explanation:
        wanted, candidate = Wanted.of(brief), Candidate(practice, capacity)
        failed = failures(wanted, candidate)
        if not practice.published:
            failed = {"published": {}, **failed}
        if failed:
            listed = tuple(Failure(criterion, facts) for criterion, facts in failed.items())
            return Explanation(candidate.card(), False, listed, 0.0, ())
        shares = contributions(wanted, candidate, weights, at)
        return Explanation(candidate.card(), True, (), score(wanted, candidate, weights, at), shares)

    def exclusions(self, brief: Brief) -> tuple[Exclusion, ...]:
        wanted = Wanted.of(brief)
        failing: Counter[str] = Counter()
        only: Counter[str] = Counter()
        for candidate in self._considered(brief):
            failed = failures(wanted, candidate)
            failing.update(failed.keys())
            if len(failed) == 1:
                only.update(failed.keys())
        return tuple(Exclusion(name, failing[name], only[name]) for name in CONDITIONS)

    def browse(self, filters: Filters, limit: int, cursor: str) -> Cards:
        return select(self._candidates.values(), filters, limit, cursor)

    def _considered(self, brief: Brief) -> list[Candidate]:
        return [candidate for candidate in self._candidates.values() if candidate.id != brief.client_id]
