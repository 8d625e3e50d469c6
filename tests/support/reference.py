"""The match engine said plainly: a loop over candidates, one brief and one assistant at a time.

Nothing here is fast. It is what the table engine is compared with: in tests, where both must agree on every list and
every share, and in the benchmark, as the naive loop.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.matching.domain.brief import Brief
from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.capacity import Capacity
from services.matching.domain.conditions import CONDITIONS, failures, is_eligible
from services.matching.domain.practice import CEFR, HIGHEST_SKILL_LEVEL, Practice
from services.matching.domain.table import Standing
from services.matching.domain.weights import ASSISTANT_SIDE, CLIENT_SIDE, Dials, Weights


class ReferenceEngine:
    """Looks at every practice each time."""

    def __init__(self) -> None:
        self.candidates: dict[str, Candidate] = {}
        self.standings: dict[str, Standing] = {}
        self.prices: dict[str, float] = {}
        self.promises: dict[str, dict[str, float]] = {}

    def build(self, practices: Iterable[tuple[Practice, Capacity]]) -> None:
        self.candidates = {p.id: Candidate(p, capacity) for p, capacity in practices if p.published}

    def eligible(self, brief: Brief) -> list[Candidate]:
        wanted = Wanted.of(brief)
        return [c for c in self._considered(brief) if is_eligible(wanted, c)]

    def query(self, brief: Brief, weights: Weights, at: datetime, limit: int) -> list[tuple[str, float]]:
        """Ids and scores of the best, ordered by score, then id."""
        wanted = Wanted.of(brief)
        eligible = (c for c in self._considered(brief) if is_eligible(wanted, c))
        scored = ((-math.fsum(self.shares(wanted, c, weights, at).values()), c.id) for c in eligible)
        return [(id, -lost) for lost, id in heapq.nsmallest(limit, scored)]

    def exclusions(self, brief: Brief) -> list[tuple[str, int, int]]:
        wanted, failing, only = Wanted.of(brief), Counter[str](), Counter[str]()
        for candidate in self._considered(brief):
            failed = failures(wanted, candidate)
            failing.update(failed.keys())
            if len(failed) == 1:
                only.update(failed.keys())
        return [(name, failing[name], only[name]) for name in CONDITIONS]

    def shares(self, wanted: Wanted, candidate: Candidate, weights: Weights, at: datetime) -> dict[str, float]:
        """Points by criterion."""
        standing = self.standings.get(candidate.id, Standing(candidate.id))
        fits = {**client_fits(wanted, candidate), **assistant_fits(wanted, candidate, at)}
        fits["record"] = quality(standing, weights.dials)
        points = {name: weights.points_of(name) * fits[name] for name in (*CLIENT_SIDE, *ASSISTANT_SIDE)}
        probability = self.probability(standing, fits, weights)
        points["acceptance"] = -(1 - probability) * math.fsum(points.values())
        points["demand"] = -weights.points_of("demand") * self.prices.get(candidate.id, 0.0)
        points["room"] = -weights.points_of("room") * self._promised(wanted.brief.id, candidate)
        points["newcomer"] = weights.points_of("newcomer") * width(standing, weights.dials)
        return points

    def probability(self, standing: Standing, fits: Mapping[str, float], weights: Weights) -> float:
        dials = weights.dials
        yes = (dials.prior_yes + standing.yes) / (dials.prior_yes + standing.yes + dials.prior_no + standing.no)
        total = sum(weights.points_of(name) for name in ASSISTANT_SIDE)
        suits = math.fsum(weights.points_of(name) * fits[name] for name in ASSISTANT_SIDE) / total if total else 1.0
        return yes * (dials.acceptance_floor + (1 - dials.acceptance_floor) * suits)

    def _promised(self, brief_id: str, candidate: Candidate) -> float:
        others = (held.get(candidate.id, 0.0) for brief, held in self.promises.items() if brief != brief_id)
        return min(math.fsum(others) / max(candidate.free_minutes, 1), 1.0)

    def _considered(self, brief: Brief) -> list[Candidate]:
        return [candidate for candidate in self.candidates.values() if candidate.id != brief.client_id]


def client_fits(wanted: Wanted, candidate: Candidate) -> dict[str, float]:
    brief, held = wanted.brief, candidate.skills
    price = wanted.price_of(candidate.practice)
    day = wanted.day_minutes
    required = [surplus(skill.level, held.get(skill.code, 0), HIGHEST_SKILL_LEVEL) for skill in brief.required_skills]
    return {
        "skills_required": mean(required),
        "skills_preferred": mean([min(held.get(s.code, 0) / s.level, 1.0) for s in brief.preferred_skills]),
        "services": mean([float(code in candidate.services) for code in brief.services]),
        "overlap": min(min(wanted.shared_with(candidate)) / day, 1.0) if day else 1.0,
        "price": 1.0 - price.amount / (price.per * brief.budget.amount) if price and brief.budget.amount else 0.0,
        "languages": mean(
            [surplus(rank, candidate.languages.get(code, -1), len(CEFR) - 1) for code, rank in wanted.languages]
        ),
        "level": 1.0 if brief.level == candidate.practice.level else 0.5,
    }


def assistant_fits(wanted: Wanted, candidate: Candidate, at: datetime) -> dict[str, float]:
    brief, practice = wanted.brief, candidate.practice
    price = wanted.price_of(practice)
    above = brief.budget.amount * price.per / price.amount - 1.0 if price and price.amount else 0.0
    targets = practice.target_industries
    days = max((brief.start_on - at.date()).days, 0)
    liked = 1.0 if not targets or brief.industry in targets else 0.0
    return {
        "pay": min(max(0.5 + 2.0 * above, 0.0), 1.0),
        "hours": min(brief.weekly_minutes / max(candidate.free_minutes, 1), 1.0),
        "market": 0.5 if targets and not brief.industry else liked,
        "notice": min(days / practice.notice_days, 1.0) if practice.notice_days else 1.0,
    }


def quality(standing: Standing, dials: Dials) -> float:
    good = dials.prior_well + standing.well
    return good / (good + dials.prior_badly + standing.badly)


def width(standing: Standing, dials: Dials) -> float:
    def deviation(good: float, bad: float) -> float:
        return math.sqrt(good * bad / ((good + bad) ** 2 * (good + bad + 1)))

    now = deviation(dials.prior_well + standing.well, dials.prior_badly + standing.badly)
    return min(now / deviation(dials.prior_well, dials.prior_badly), 1.0)


def surplus(asked: int, found: int, highest: int) -> float:
    """Half for meeting what is asked, up to 1 for the top of the scale."""
    if asked >= highest:
        return 1.0 if found >= asked else 0.0
    return max(0.5 + 0.5 * (found - asked) / (highest - asked), 0.0)


def mean(fits: Sequence[float]) -> float:
    return math.fsum(fits) / len(fits) if fits else 1.0
