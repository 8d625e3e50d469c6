"""Briefs: our copy of what clients ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.matching.domain.practice import LanguageLevel, SkillLevel
from shared.platform.errors import Conflict, Forbidden
from shared.platform.money import Money

OPEN = "open"
PAUSED = "paused"
ENDED = ("filled", "closed", "expired", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a client needs. `version` is the brief's own, as the service of requests counts it.

    `budget` is the most they pay: an hour for `hourly`, a month for `retainer`. Their working day is Monday to Friday,
    `day_start` to `day_end` in `time_zone`; `overlap_minutes` of it are to be shared each day.
    """

    id: str
    client_id: str
    title: str
    state: str
    version: int
    level: str
    services: tuple[str, ...]
    required_skills: tuple[SkillLevel, ...]
    preferred_skills: tuple[SkillLevel, ...]
    languages: tuple[LanguageLevel, ...]
    engagement: str
    weekly_minutes: int
    budget: Money
    time_zone: str
    day_start: str
    day_end: str
    overlap_minutes: int
    start_on: date
    industry: str = ""
    opened_at: datetime | None = None
    """When it was first heard of, and when it ended: the days on which it was looked for somebody."""
    ended_at: datetime | None = None

    def require_client(self, party_id: str) -> None:
        if party_id != self.client_id:
            raise Forbidden("This brief is another client's.")

    def require_open(self) -> None:
        """New offers need a brief that is open."""
        if self.state != OPEN:
            raise Conflict("This brief is %(state)s. Open it again before you send offers.", state=self.state)

    def require_not_ended(self) -> None:
        """Offers under way live on while a brief is paused."""
        if self.state in ENDED:
            raise Conflict("This brief is %(state)s; nobody can be hired for it any more.", state=self.state)
