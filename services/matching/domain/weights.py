"""Weights: what each criterion of the score is worth, as data. The set in force is in the database, every set is kept.

These are the first ones, of version 1. They add up to 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """A numbered set: criterion → points for a perfect fit. A criterion that is not named counts nothing."""

    id: str
    number: int
    points: Mapping[str, float]

    @classmethod
    def numbered(cls, number: int, points: Mapping[str, float]) -> Weights:
        return cls(f"{number:06d}", number, points)


DEFAULT_WEIGHTS = Weights.numbered(
    1,
    {
        "skills_preferred": 20.0,
        "skills_required": 15.0,
        "services": 15.0,
        "overlap": 15.0,
        "price": 15.0,
        "languages": 5.0,
        "level": 5.0,
        "capacity": 5.0,
        "newcomer": 5.0,
    },
)
