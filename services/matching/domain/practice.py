"""Practices: our copy of what assistants publish, reduced to what matching and its lists need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shared.platform.money import Money

LEVELS = ("administrative", "executive")
CEFR = ("A1", "A2", "B1", "B2", "C1", "C2")
"""The Common European Framework's levels, lowest first."""
HIGHEST_SKILL_LEVEL = 4


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """A skill of the taxonomy at a level: 1 basic, 2 working, 3 advanced, 4 expert."""

    code: str
    level: int


@dataclass(frozen=True, slots=True)
class LanguageLevel:
    """A language (ISO 639-1) at a CEFR level."""

    code: str
    cefr: str


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """Working hours of one weekday (mon … sun), HH:MM wall clock. An `end` before `start` is on the next day."""

    day: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Retainer:
    """A flat fee a month that includes `included_minutes` of work."""

    fee: Money
    included_minutes: int


@dataclass(frozen=True, slots=True)
class Said:
    """A headline in one more language."""

    locale: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """An assistant's published profile; `id` is the account's. One without content was withdrawn before we saw it."""

    id: str
    display_name: str = ""
    headline: str = ""
    locale: str = "en"
    """The language of the headline."""
    translations: tuple[Said, ...] = ()
    level: str = LEVELS[0]
    services: tuple[str, ...] = ()
    skills: tuple[SkillLevel, ...] = ()
    languages: tuple[LanguageLevel, ...] = ()
    time_zone: str = "UTC"
    working_hours: tuple[WorkingDay, ...] = ()
    capacity_minutes: int = 0
    minimum_weekly_minutes: int = 0
    hourly_rate: Money = field(default_factory=lambda: Money.zero("EUR"))
    retainer: Retainer | None = None
    target_industries: tuple[str, ...] = ()
    notice_days: int = 0
    photo_id: str = ""
    address: str = ""
    """For drawing a card and linking it; the index and the score know neither."""
    published: bool = False
    published_at: datetime | None = None
    """When it was first published: going away and coming back makes nobody a newcomer."""
