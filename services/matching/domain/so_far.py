"""What is known of a brief so far, while its client still writes it. What was not said yet keeps nobody out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.matching.domain.brief import Brief
from services.matching.domain.practice import LanguageLevel, SkillLevel
from shared.platform.errors import Invalid
from shared.platform.money import Money

UNWRITTEN = "unwritten"
SOME_MONEY = Money(1, "EUR")
"""Stands for a budget that is not known, and is compared with nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """Empty texts and None: not said yet. Units as in `Brief`."""

    level: str = ""
    required_skills: tuple[SkillLevel, ...] = ()
    languages: tuple[LanguageLevel, ...] = ()
    engagement: str = ""
    weekly_minutes: int | None = None
    budget: Money | None = None
    time_zone: str = ""
    day_start: str = "09:00"
    day_end: str = "18:00"
    overlap_minutes: int = 0
    start_on: date | None = None

    @property
    def unsaid(self) -> frozenset[str]:
        """The conditions that nothing can be said about yet. A retainer's price needs the hours."""
        missing = set()
        if self.weekly_minutes is None:
            missing |= {"capacity", "minimum_hours"}
        if self.budget is None or (self.engagement == "retainer" and self.weekly_minutes is None):
            missing.add("price")
        return frozenset(missing)

    def as_brief(self, client_id: str, today: date) -> Brief:
        """Raises Invalid for a day that ends before it started."""
        if self.day_start > self.day_end:
            raise Invalid.field("day_end", "Your day must end after it starts.")
        return Brief(
            id="",
            client_id=client_id,
            title="",
            state=UNWRITTEN,
            version=0,
            level=self.level or "administrative",
            services=(),
            required_skills=self.required_skills,
            preferred_skills=(),
            languages=self.languages,
            engagement=self.engagement or "hourly",
            weekly_minutes=self.weekly_minutes or 0,
            budget=self.budget or SOME_MONEY,
            time_zone=self.time_zone or "UTC",
            day_start=self.day_start,
            day_end=self.day_end,
            overlap_minutes=self.overlap_minutes if self.time_zone else 0,
            start_on=self.start_on or today,
        )
