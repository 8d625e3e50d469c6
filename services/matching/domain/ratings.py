"""Ratings: what reviews come to, with a careful guess where there are few.

    rating = (prior × weight + sum of the reviews' own means) / (weight + number of reviews)

One review with five stars moves a rating a little; fifty at 4.9 move it almost all the way. All numbers are in
hundredths of a star, whole, rounded half up; the prior stands in `PRIOR` and is told wherever a rating is explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

LOWEST, HIGHEST = 1, 5
WHOLE = 100
"""Hundredths of a star."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is thought of somebody before any review: as if so many had given this."""

    hundredths: int
    weight: int


PRIOR = Prior(hundredths=400, weight=5)

CRITERIA: Mapping[str, tuple[str, ...]] = {
    "assistant": ("quality", "reliability", "communication", "discretion", "initiative"),
    "client": ("clarity", "terms", "payment", "communication"),
}
"""What each side is reviewed by."""


def mean_of(scores: Mapping[str, int]) -> int:
    """A review's own mean, in hundredths."""
    return _divided(sum(scores.values()) * WHOLE, len(scores))


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of somebody's reviews: how many, the sum of their means, and of stars by criterion."""

    count: int = 0
    total: int = 0
    stars: dict[str, int] = field(default_factory=dict)

    def with_review(self, scores: Mapping[str, int]) -> Tally:
        return self._changed(scores, 1)

    def without_review(self, scores: Mapping[str, int]) -> Tally:
        """One that was counted is hidden."""
        return self._changed(scores, -1)

    @property
    def mean(self) -> int:
        """Of the reviews alone; 0 without any."""
        return _divided(self.total, self.count) if self.count else 0

    def rating(self, prior: Prior = PRIOR) -> int:
        """0 without any review: a guess alone is no rating."""
        if not self.count:
            return 0
        return _divided(prior.hundredths * prior.weight + self.total, prior.weight + self.count)

    def of_criterion(self, criterion: str) -> int:
        """The plain mean."""
        return _divided(self.stars.get(criterion, 0) * WHOLE, self.count) if self.count else 0

    def _changed(self, scores: Mapping[str, int], sign: int) -> Tally:
        names = self.stars.keys() | scores.keys()
        stars = {name: self.stars.get(name, 0) + sign * scores.get(name, 0) for name in sorted(names)}
        return replace(self, count=self.count + sign, total=self.total + sign * mean_of(scores), stars=stars)


def _divided(number: int, by: int) -> int:
    """Rounded half up."""
    return (2 * number + by) // (2 * by)
