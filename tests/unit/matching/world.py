"""Small factories of matching's tests: a practice and a brief that fit each other, to be changed where a test cares."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.matching.domain.brief import Brief
from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.capacity import Capacity
from services.matching.domain.contracts import Contract
from services.matching.domain.engine import TableEngine
from services.matching.domain.offers import Offer, send
from services.matching.domain.practice import LanguageLevel, Practice, SkillLevel, WorkingDay
from services.matching.domain.terms import Terms
from services.matching.domain.terms_index import TermIndex
from shared.platform.money import Money

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)  # a Monday
TODAY = NOW.date()
MONDAY = date(2026, 11, 30)
CLIENT = "client"
ANNA = "anna"


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def week(start: str = "09:00", end: str = "18:00", days: str = "mon tue wed thu fri") -> tuple[WorkingDay, ...]:
    return tuple(WorkingDay(day, start, end) for day in days.split())


def skills(**levels: int) -> tuple[SkillLevel, ...]:
    return tuple(SkillLevel(code, level) for code, level in levels.items())


def languages(**levels: str) -> tuple[LanguageLevel, ...]:
    return tuple(LanguageLevel(code, cefr) for code, cefr in levels.items())


def a_practice(id: str = ANNA, **changes: Any) -> Practice:
    practice = Practice(
        id=id,
        display_name="Anna Rossi",
        headline="Calm in the storm",
        level="executive",
        services=("calendar", "travel"),
        skills=skills(inbox=3, excel=2, minutes=2),
        languages=languages(en="C1", it="C2"),
        time_zone="Europe/Rome",
        working_hours=week(),
        capacity_minutes=2400,
        hourly_rate=eur(3000),
        published=True,
        published_at=NOW - timedelta(days=30),
    )
    return replace(practice, **changes)


def a_brief(**changes: Any) -> Brief:
    brief = Brief(
        id="brief",
        client_id=CLIENT,
        title="My right hand",
        state="open",
        version=1,
        level="executive",
        services=("calendar", "events"),
        required_skills=skills(inbox=2),
        preferred_skills=skills(excel=4, minutes=2),
        languages=languages(en="B2"),
        engagement="hourly",
        weekly_minutes=600,
        budget=eur(4000),
        time_zone="Europe/Rome",
        day_start="09:00",
        day_end="18:00",
        overlap_minutes=120,
        start_on=MONDAY,
    )
    return replace(brief, **changes)


def free(practice: Practice, minutes: int | None = None) -> Capacity:
    """The capacity of a practice with `minutes` free; all of them by default."""
    left = practice.capacity_minutes if minutes is None else minutes
    return Capacity(practice.id, practice.capacity_minutes, practice.capacity_minutes - left, left)


def candidate(practice: Practice | None = None, minutes: int | None = None) -> Candidate:
    practice = practice or a_practice()
    return Candidate(practice, free(practice, minutes))


def wanted(**changes: Any) -> Wanted:
    return Wanted.of(a_brief(**changes))


def an_engine(*practices: Practice, names: dict[str, tuple[str, ...]] | None = None) -> TableEngine:
    """With all their hours free; `names` are those of skills and services."""
    engine = TableEngine(TermIndex(names or {}))
    engine.build((practice, free(practice)) for practice in practices)
    return engine


def terms(**changes: Any) -> Terms:
    usual = Terms(
        engagement="hourly",
        rate=eur(3500),
        weekly_minutes=600,
        included_minutes=0,
        start_on=MONDAY,
        notice_days=14,
        payment_days=14,
        scope="",
    )
    return replace(usual, **changes)


def an_offer(**changes: Any) -> Offer:
    """The client's, sent NOW to Anna."""
    offer = send(
        a_brief(), a_practice(), changes.pop("terms", terms()), message="", client_name="Carla", earlier=(), at=NOW
    )
    return replace(offer, **changes)


def a_contract(**changes: Any) -> Contract:
    """Accepted NOW by Anna."""
    offer = an_offer(terms=changes.pop("terms", terms()))
    return replace(Contract.begin(offer.accept(ANNA, NOW, "contract"), NOW), **changes)
