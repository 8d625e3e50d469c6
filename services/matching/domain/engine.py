"""The match engine: who of all published practices fits a brief, exactly, and why.

It is fed by `upsert`, `remove`, `set_capacity`, `set_standing`, `set_away`, `set_prices` and `promise`, holds a table
in memory, and is advisory: what it says about free hours is checked again when an offer is accepted. A client is never
matched with themselves. Everything here is exact: no sampling, no approximate neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np

from services.matching.domain.asked import Asked
from services.matching.domain.availability import Availability
from services.matching.domain.brief import Brief
from services.matching.domain.browse import Filters, Page, browse
from services.matching.domain.candidate import Candidate, Card, Wanted
from services.matching.domain.capacity import Capacity
from services.matching.domain.columns import Array
from services.matching.domain.conditions import CONDITIONS, Facts, failures
from services.matching.domain.facts import FACTS, Compared, Situation
from services.matching.domain.practice import Practice
from services.matching.domain.score import Estimates, Scoring, estimates
from services.matching.domain.similar import Likeness, similar
from services.matching.domain.table import Rows, Standing, Table, rows_of
from services.matching.domain.terms_index import NO_TERMS, TermIndex
from services.matching.domain.weights import SIDES, TOTAL, Dials, Weights
from services.matching.domain.what_if import Suggestion, what_if

Run = Callable[..., Any]
OFFLOAD_FROM = 5_000
"""Candidates from which on the scoring is handed to `run`."""


def in_this_thread(do: Callable[..., Any], *arguments: Any) -> Any:
    return do(*arguments)


@dataclass(frozen=True, slots=True)
class Share:
    """A criterion's share of a score: `weight` × `fit`."""

    criterion: str
    weight: float
    fit: float

    @property
    def points(self) -> float:
        return self.weight * self.fit


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place in the list of a brief; `score` is the sum of the shares."""

    id: str
    score: float
    shares: tuple[Share, ...]
    situation: Situation


@dataclass(frozen=True, slots=True)
class Found:
    """The best of a brief, best first; how many meet its conditions, of how many looked at, in which index."""

    ranked: tuple[Ranked, ...]
    eligible: int
    considered: int
    version: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """A criterion's share of a score with the facts it comes from; `side` is client, assistant or market."""

    criterion: str
    side: str
    weight: float
    fit: float
    points: float
    facts: Facts


@dataclass(frozen=True, slots=True)
class Match:
    """An assistant for a brief; `score` is the sum of the contributions' points."""

    assistant: Card
    score: float
    behind: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """How many a condition keeps out: those that fail it, and those that fail nothing else."""

    criterion: str
    failing: int
    only_this: int


@dataclass(frozen=True, slots=True)
class Fits:
    """How many fit, of how many looked at; what keeps the others out, and what would let more in."""

    eligible: int
    considered: int
    exclusions: tuple[Exclusion, ...]
    what_if: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A condition that is not met, with what was asked and what was found."""

    criterion: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody is, or is not, among the matches of a brief. Who is not has no score and no rank."""

    assistant: Card
    eligible: bool
    failures: tuple[Failure, ...]
    score: float
    contributions: tuple[Contribution, ...]
    rank: int = 0
    weights_version: int = 0


class Engine(Protocol):
    """The seam: what the service and the benchmarks ask of a match engine."""

    @property
    def version(self) -> int:
        """Grows with every change."""

    def build(self, practices: Iterable[tuple[Practice, Capacity]]) -> None: ...

    def upsert(self, practice: Practice) -> None: ...

    def remove(self, assistant_id: str) -> None: ...

    def set_capacity(self, capacity: Capacity) -> None: ...

    def set_standing(self, standing: Standing) -> None: ...

    def set_away(self, assistant_id: str, weeks: Iterable[date]) -> None: ...
    def set_rating(self, assistant_id: str, hundredths: int) -> None: ...

    def set_prices(self, prices: Mapping[str, float]) -> None: ...

    def promise(self, brief_id: str, minutes: Mapping[str, float]) -> None: ...

    def query(self, brief: Brief, weights: Weights, at: datetime, limit: int) -> Found: ...

    def explain(
        self,
        brief: Brief,
        practice: Practice,
        capacity: Capacity,
        weights: Weights,
        at: datetime,
        availability: Availability | None = None,
    ) -> Explanation: ...

    def what_if(self, brief: Brief) -> tuple[Suggestion, ...]: ...

    def exclusions(self, brief: Brief) -> tuple[Exclusion, ...]: ...

    def count(self, brief: Brief, unsaid: Collection[str]) -> Fits: ...

    def browse(self, filters: Filters, limit: int, cursor: str) -> Page: ...

    def similar(self, assistant_id: str, limit: int) -> tuple[Likeness, ...]: ...


class TableEngine:
    """The engine on one table. Not safe for threads, but for what `run` gets: it is called with a function and its
    arguments and may call it in another thread while changes are made here."""

    def __init__(self, terms: TermIndex = NO_TERMS, run: Run = in_this_thread) -> None:
        self._terms = terms
        self._run = run
        self._table = Table()
        self._capacities: dict[str, Capacity] = {}
        self._promises: dict[str, Mapping[str, float]] = {}
        self._known: tuple[Dials, int, Estimates] | None = None
        self.version = 0

    def __len__(self) -> int:
        return len(self._table)

    @property
    def table(self) -> Table:
        return self._table

    # -- feeding ---------------------------------------------------------------------------------------------------

    def build(self, practices: Iterable[tuple[Practice, Capacity]]) -> None:
        """Forgets everything and begins with these; those that are not published are left out."""
        self._table = Table()
        self._table.fill((practice, capacity) for practice, capacity in practices if practice.published)
        self._capacities.clear()
        self._promises.clear()
        self._known = None
        self.version += 1

    def set_terms(self, terms: TermIndex) -> None:
        """The names of services and skills, when there are new ones."""
        self._terms = terms

    def adopt(self, table: Table) -> None:
        """Takes a table that was filled elsewhere."""
        self._table = table
        self._known = None
        self.version += 1

    def upsert(self, practice: Practice) -> None:
        """Adds a practice, or takes over its change; one that is not published is removed."""
        if not practice.published:
            self.remove(practice.id)
            return
        row = self._table.ids.row(practice.id)
        capacity = self._capacities.pop(practice.id, None)
        if capacity is None:
            free = practice.capacity_minutes if row is None else int(self._table.columns["free"][row])
            capacity = Capacity(practice.id, practice.capacity_minutes, 0, free)
        self._table.put(practice, capacity)
        self.version += 1

    def remove(self, assistant_id: str) -> None:
        row = self._table.ids.row(assistant_id)
        if row is not None:
            free = int(self._table.columns["free"][row])
            self._capacities[assistant_id] = Capacity(assistant_id, free, 0, free)
            self._table.retire(assistant_id)
        self.version += 1

    def set_capacity(self, capacity: Capacity) -> None:
        """Also before its practice is there."""
        if self._table.ids.row(capacity.id) is None:
            self._capacities[capacity.id] = capacity
        else:
            self._table.set_free(capacity.id, capacity.free_minutes)
        self.version += 1

    def set_standing(self, standing: Standing) -> None:
        """Also before its practice is there."""
        self._table.set_standing(standing)
        self.version += 1

    def set_away(self, assistant_id: str, weeks: Iterable[date]) -> None:
        """The weeks (their Mondays) in which she does not work. Also before her practice is there."""
        self._table.set_away(assistant_id, weeks)

    def set_rating(self, assistant_id: str, hundredths: int) -> None:
        """Also before its practice is there. Lists filter and order by it; no score reads it."""
        self._table.set_rating(assistant_id, hundredths)
        self.version += 1

    def set_prices(self, prices: Mapping[str, float]) -> None:
        """Prices of demand by assistant; those that are not named keep theirs."""
        for id, price in prices.items():
            self._table.set_price(id, price)
        self.version += 1

    def promise(self, brief_id: str, minutes: Mapping[str, float]) -> None:
        """The minutes a week that a brief's list may take of those it showed; replaces what it promised before."""
        for id, promised in self._promises.pop(brief_id, {}).items():
            self._table.promise(id, -promised)
        for id, promised in minutes.items():
            self._table.promise(id, promised)
        if minutes:
            self._promises[brief_id] = dict(minutes)
        self.version += 1

    # -- asking ----------------------------------------------------------------------------------------------------

    def query(self, brief: Brief, weights: Weights, at: datetime, limit: int) -> Found:
        """The best `limit` of those that meet all conditions, ordered by score, then id."""
        asked = Asked(self._table, brief)
        rows = asked.rows()
        some, scores = self._top(self._scoring(asked, rows, weights, at), limit)
        best = self._best(some, scores, limit)
        ranked = self._ranked(asked, some[best], weights, at)
        return Found(ranked, len(rows), asked.considered, self.version)

    def top(self, brief: Brief, weights: Weights, at: datetime, limit: int) -> list[tuple[str, float]]:
        """Ids and scores of the best, without their shares."""
        asked = Asked(self._table, brief)
        rows, scores = self._top(self._scoring(asked, asked.rows(), weights, at), limit)
        best = self._best(rows, scores, limit)
        return list(zip(self._table.ids.several(rows[best]), scores[best].tolist(), strict=True))

    def eligible(self, brief: Brief) -> int:
        return len(Asked(self._table, brief).rows())

    def eligible_ids(self, brief: Brief) -> list[str]:
        return self._table.ids.several(Asked(self._table, brief).rows())

    def free_minutes(self, assistant_id: str) -> int:
        row = self._table.ids.row(assistant_id)
        return 0 if row is None else int(self._table.columns["free"][row])

    def able_ids(self, brief: Brief, limit: int) -> list[str]:
        """For teams: those who meet what cannot be shared (level, languages, shared hours) and have a required skill at
        the level asked or offer an asked service; those with most of it first."""
        asked = Asked(self._table, brief)
        rows = asked.able()
        if len(rows) > limit:
            useful = asked.usefulness(rows)
            rows = rows[np.argsort(-useful, kind="stable")[:limit]]
        return self._table.ids.several(rows)

    def contents(self, assistant_id: str) -> tuple[object, ...] | None:
        """All that is held of an assistant, to be compared with what another engine holds; None for nobody."""
        row = self._table.ids.row(assistant_id)
        return None if row is None else self._table.contents(row)

    def ids(self) -> list[str]:
        """Of all that are published."""
        return self._table.ids.several(rows_of(self._table.live))

    def edges(self, brief: Brief, weights: Weights, at: datetime, limit: int) -> tuple[list[str], Array, Array, Array]:
        """The best of a brief for the price job: ids, what each side gets (parts of 1), chance of a yes."""
        asked = Asked(self._table, brief)
        rows = asked.rows()
        if not len(rows):
            return [], np.zeros(0), np.zeros(0), np.zeros(0)
        scoring = self._scoring(asked, rows, weights, at)
        if len(rows) > limit:
            gains = scoring.without_market()
            rows = np.sort(rows[np.argpartition(-gains, limit - 1)[:limit]])
            scoring = self._scoring(asked, rows, weights, at)
        client, assistant, probability = scoring.sides()
        return self._table.ids.several(rows), client / TOTAL, assistant / TOTAL, probability

    def explain(
        self,
        brief: Brief,
        practice: Practice,
        capacity: Capacity,
        weights: Weights,
        at: datetime,
        availability: Availability | None = None,
    ) -> Explanation:
        """About one practice, whether the engine holds it or not."""
        wanted, candidate = Wanted.of(brief), Candidate(practice, capacity, availability=availability)
        failed = failures(wanted, candidate)
        if not practice.published:
            failed = {"published": {}, **failed}
        if failed or practice.id == brief.client_id:
            listed = tuple(Failure(criterion, facts) for criterion, facts in failed.items())
            return Explanation(candidate.card(at), False, listed, 0.0, (), 0, weights.number)
        rank, ranked = self._place(brief, practice.id, weights, at)
        if ranked is None:
            alone = TableEngine(run=self._run)
            alone.build([(practice, capacity)])
            rank, ranked = 0, alone.query(brief, weights, at, 1).ranked[0]
        match = matches_of([ranked], wanted, {practice.id: candidate}, at)[0]
        return Explanation(match.assistant, True, (), match.score, match.contributions, rank, weights.number)

    def count(self, brief: Brief, unsaid: Collection[str]) -> Fits:
        """How many meet all conditions but those that are `unsaid`, which keeps out most, and what would find more."""
        asked = Asked(self._table, brief, unsaid)
        return Fits(
            len(asked.rows()),
            asked.considered,
            self.exclusions(brief, unsaid),
            what_if(self._table, brief, unsaid),
        )

    def exclusions(self, brief: Brief, unsaid: Collection[str] = ()) -> tuple[Exclusion, ...]:
        """For every condition, in their order."""
        asked = Asked(self._table, brief, unsaid)
        eligible = len(asked.rows())
        return tuple(
            Exclusion(name, asked.considered - asked.meeting(name), len(asked.rows(without=name)) - eligible)
            for name in CONDITIONS
        )

    def what_if(self, brief: Brief) -> tuple[Suggestion, ...]:
        return what_if(self._table, brief)

    def browse(self, filters: Filters, limit: int, cursor: str) -> Page:
        return browse(self._table, self._terms, filters, limit, cursor)

    def similar(self, assistant_id: str, limit: int) -> tuple[Likeness, ...]:
        return similar(self._table, assistant_id, limit)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _scoring(self, asked: Asked, rows: Rows, weights: Weights, at: datetime) -> Scoring:
        scoring = Scoring(asked, rows, weights, self._estimates(weights.dials), at)
        own = self._promises.get(asked.brief.id, {})
        held = ((self._table.ids.row(id), minutes) for id, minutes in own.items())
        return scoring.with_own_promise({row: minutes for row, minutes in held if row is not None})

    def _top(self, scoring: Scoring, limit: int) -> tuple[Rows, Array]:
        if len(scoring.rows) < OFFLOAD_FROM:
            return scoring.top(limit)
        scoring.prepare()
        found: tuple[Rows, Array] = self._run(scoring.top, limit)
        return found

    def _scores(self, scoring: Scoring) -> Array:
        if len(scoring.rows) < OFFLOAD_FROM:
            return scoring.scores()
        scoring.prepare()
        scores: Array = self._run(scoring.scores)
        return scores

    def _estimates(self, dials: Dials) -> Estimates:
        count = len(self._table.standings)
        if self._known is None or self._known[:2] != (dials, count):
            self._known = (dials, count, estimates(self._table, dials))
        return self._known[2]

    def _best(self, rows: Rows, scores: Array, limit: int) -> Array:
        """Positions of the best, in order; equals by id."""
        if len(rows) > 2 * limit:
            border = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            positions = np.flatnonzero(scores >= border)
        else:
            positions = np.arange(len(rows))
        ordered = positions[np.argsort(-scores[positions], kind="stable")]
        some = scores[ordered[: limit + 1]]
        if not (some[1:] == some[:-1]).any():
            return ordered[:limit]
        ids = self._table.ids.several(rows[positions])
        named = sorted(zip(-scores[positions], ids, positions, strict=True))[:limit]
        return np.array([position for _, _, position in named], dtype=np.intp)

    def _ranked(self, asked: Asked, rows: Rows, weights: Weights, at: datetime) -> tuple[Ranked, ...]:
        if not len(rows):
            return ()
        order = np.argsort(rows)
        scoring = self._scoring(asked, rows[order], weights, at)
        shares = {name: (weight.tolist(), fit.tolist()) for name, (weight, fit) in scoring.shares().items()}
        back = np.argsort(order).tolist()
        ids, columns = self._table.ids.several(rows), self._table.columns
        ranked = []
        for number, (row, position) in enumerate(zip(rows.tolist(), back, strict=True)):
            parts = tuple(Share(name, weight[position], fit[position]) for name, (weight, fit) in shares.items())
            counts = self._table.standings.keys[columns["standing"][row]]
            own = self._promises.get(asked.brief.id, {}).get(ids[number], 0.0)
            situation = Situation(
                Standing(ids[number], *counts),
                float(columns["price"][row]),
                max(float(columns["promised"][row]) - own, 0.0),
            )
            ranked.append(Ranked(ids[number], sum(part.points for part in parts), parts, situation))
        return tuple(ranked)

    def _place(self, brief: Brief, id: str, weights: Weights, at: datetime) -> tuple[int, Ranked | None]:
        """The rank among the eligible, from 1, and the shares; (0, None) for somebody who is not among them here."""
        asked = Asked(self._table, brief)
        rows, row = asked.rows(), self._table.ids.row(id)
        position = int(np.searchsorted(rows, row)) if row is not None else len(rows)
        if position >= len(rows) or rows[position] != row:
            return 0, None
        scores = self._scores(self._scoring(asked, rows, weights, at))
        mine = scores[position]
        equal = rows[scores == mine]
        before = int((scores > mine).sum()) + sum(other < id for other in self._table.ids.several(equal))
        return before + 1, self._ranked(asked, rows[position : position + 1], weights, at)[0]


def matches_of(
    ranked: Iterable[Ranked], wanted: Wanted, candidates: Mapping[str, Candidate], at: datetime
) -> tuple[Match, ...]:
    """Places with their cards and facts; who is not among the candidates is left out."""
    matches: list[Match] = []
    above: float | None = None
    for place in ranked:
        candidate = candidates.get(place.id)
        if candidate is None:
            continue
        of = Compared(wanted, candidate, place.situation, {share.criterion: share.fit for share in place.shares}, at)
        contributions = tuple(
            Contribution(
                share.criterion,
                SIDES[share.criterion],
                share.weight,
                share.fit,
                share.points,
                FACTS[share.criterion](of),
            )
            for share in place.shares
        )
        behind = 0.0 if above is None else max(above - place.score, 0.0)
        matches.append(Match(candidate.card(at), place.score, behind, contributions))
        above = place.score
    return tuple(matches)
