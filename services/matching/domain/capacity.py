"""Capacity: an assistant's week in minutes, what contracts hold of it and what is free.

The store reserves with one conditional write, so that two acceptances in the same instant cannot promise the same
hours.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.platform.errors import Conflict


@dataclass(frozen=True, slots=True)
class Capacity:
    """`free_minutes` is what contracts leave; below zero where an assistant promised more than she now offers."""

    id: str
    capacity_minutes: int
    committed_minutes: int
    free_minutes: int

    @classmethod
    def all_free(cls, assistant_id: str, capacity_minutes: int) -> Capacity:
        return cls(assistant_id, capacity_minutes, 0, capacity_minutes)


def not_enough(left_minutes: int, asked_minutes: int) -> Conflict:
    """The refusal of an acceptance that would promise hours twice."""
    return Conflict(
        "Only %(left)s hours a week are left, and these terms ask for %(asked)s. Agree on fewer hours.",
        left=hours(max(left_minutes, 0)),
        asked=hours(asked_minutes),
    )


def hours(minutes: int) -> str:
    """Minutes as hours in digits: 360 is "6", 390 is "6.5"."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
