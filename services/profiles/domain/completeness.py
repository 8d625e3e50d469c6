"""How complete a profile is: what is there, what is needed before clients see it, and what else is worth adding.

Why each point is worth it is for the page to say; that it is, follows from how matching and its lists work. Nobody has
to reach a hundred: what is not needed stays as optional as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from services.profiles.domain.profile import NEEDED, Content

NEEDED_PARTS = {
    "display_name": "about",
    "headline": "about",
    "level": "work",
    "services": "work",
    "skills": "work",
    "languages": "work",
    "time_zone": "hours",
    "working_hours": "hours",
    "capacity_minutes": "hours",
    "hourly_rate": "rates",
}
NEEDED_WEIGHT = 6
"""Of each needed point."""
SKILLS_ENOUGH = 5
STORY_ENOUGH = 300
"""Characters: a few sentences."""


@dataclass(frozen=True, slots=True)
class Point:
    """`have` of `enough` there; `part` of the profile where it is written; `weight` beside the others."""

    code: str
    part: str
    weight: int
    have: int
    enough: int = 1
    needed: bool = False

    @property
    def done(self) -> bool:
        return self.have >= self.enough


@dataclass(frozen=True, slots=True)
class Completeness:
    """`next` is the code of the point to do next: what is needed first, then what weighs most; "" at the end."""

    points: tuple[Point, ...]

    @property
    def percent(self) -> int:
        """Rounded down: a hundred only when all is there."""
        there = sum(Fraction(point.weight * min(point.have, point.enough), point.enough) for point in self.points)
        return int(100 * there / sum(point.weight for point in self.points))

    @property
    def publishable(self) -> bool:
        return all(point.done for point in self.points if point.needed)

    @property
    def next(self) -> str:
        left = [point for point in self.points if not point.done]
        return min(left, key=lambda point: (not point.needed, -point.weight)).code if left else ""


WORTH: tuple[tuple[str, str, int, int, Callable[[Content], int]], ...] = (
    ("story", "about", 10, STORY_ENOUGH, lambda of: len(of.story.strip())),
    ("more_skills", "work", 10, SKILLS_ENOUGH, lambda of: len(of.skills)),
    ("translations", "about", 6, 1, lambda of: len(of.translations)),
    ("retainer", "rates", 5, 1, lambda of: int(of.retainer is not None)),
    ("target_industries", "clients", 5, 1, lambda of: len(of.target_industries)),
    ("assurances", "clients", 2, 1, lambda of: len(of.assurances)),
    ("equipment", "clients", 2, 1, lambda of: int(bool(of.equipment.strip()))),
)
"""Code, part, weight, from how many on it counts in full, and how many there are."""


BESIDE = (("evidence", 8), ("photo", 4))
"""Code (which is also the part) and weight of what is not in the text."""


def completeness(content: Content, *, photo: int, evidence: int) -> Completeness:
    """`photo` and `evidence`: how many there are."""
    needed = [
        Point(name, NEEDED_PARTS[name], NEEDED_WEIGHT, int(is_there(content)), needed=True)
        for name, (is_there, _) in NEEDED.items()
    ]
    worth = [Point(code, part, weight, count(content), enough) for code, part, weight, enough, count in WORTH]
    have = {"photo": photo, "evidence": evidence}
    beside = [Point(code, code, weight, have[code]) for code, weight in BESIDE]
    return Completeness((*needed, *worth, *beside))
