"""From other services' facts to our copies of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.matching.domain.availability import Availability, ClockSpan, DayException, Span, away_weeks
from services.matching.domain.brief import ENDED, Brief
from services.matching.domain.company import Company
from services.matching.domain.practice import LanguageLevel, Practice, Retainer, Said, SkillLevel, WorkingDay
from services.matching.domain.so_far import SoFar
from services.matching.domain.terms import Terms

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """An account's name, whether its e-mail address is confirmed, and since when it is here."""

    id: str
    name: str
    email_confirmed: bool = False
    since: datetime | None = None


def person_of(data: Data, held: Person | None, at: datetime) -> Person:
    """It stays as old as what was `held` of it."""
    since = held.since if held is not None and held.since else at
    return Person(data["account_id"], data["name"], bool(data.get("email_confirmed")), since)


@dataclass(frozen=True, slots=True)
class Worked:
    """Minutes approved of somebody on one side; `id` is that of `store.side_key`."""

    id: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Payer:
    """A client's invoices that were paid in full, and those of them by the day they were due."""

    id: str
    paid: int = 0
    on_time: int = 0


def practice_of(data: Data, held: Practice | None) -> Practice:
    """The published profile; it stays as old as what was `held` of it."""
    retainer = data.get("retainer")
    return Practice(
        id=data["assistant_id"],
        display_name=data["display_name"],
        headline=data["headline"],
        locale=data.get("story_locale", "en"),
        translations=tuple(Said(told["locale"], told["headline"]) for told in data.get("translations", ())),
        level=data["level"],
        services=tuple(data["services"]),
        skills=_skills(data["skills"]),
        languages=_languages(data["languages"]),
        time_zone=data["time_zone"],
        working_hours=tuple(WorkingDay(entry["day"], entry["start"], entry["end"]) for entry in data["working_hours"]),
        capacity_minutes=data["capacity_minutes"],
        minimum_weekly_minutes=data.get("minimum_weekly_minutes", 0),
        hourly_rate=data["hourly_rate"],
        retainer=Retainer(retainer["fee"], retainer["included_minutes"]) if retainer else None,
        target_industries=tuple(data.get("target_industries", ())),
        notice_days=data.get("notice_days", 0),
        photo_id=data.get("photo_id", ""),
        address=data.get("address", ""),
        published=True,
        published_at=_earlier(held.published_at if held else None, data["published_at"]),
    )


def withdrawn(assistant_id: str, held: Practice | None) -> Practice:
    """A profile that was taken down; its withdrawal may be the first that we hear of it."""
    return replace(held or Practice(id=assistant_id), published=False)


def availability_of(data: Data) -> Availability:
    """Exceptions to the weekly hours, and what calendars say is taken."""
    return Availability(
        id=data["assistant_id"],
        exceptions=tuple(
            DayException(
                one["kind"],
                one["first_on"],
                one["last_on"],
                tuple(ClockSpan(part["start"], part["end"]) for part in one["spans"]),
            )
            for one in data["exceptions"]
        ),
        busy=tuple(Span(one["start"], one["end"]) for one in data["busy"]),
    )


def on_dates(availability: Availability, practice: Practice | None, at: datetime) -> Availability:
    """With the weeks that it takes away of a practice's hours; none while the practice is not known."""
    if practice is None or not practice.working_hours:
        return replace(availability, away_weeks=())
    weeks = away_weeks(practice.time_zone, practice.working_hours, availability, at.date())
    return replace(availability, away_weeks=weeks)


def brief_of(data: Data) -> Brief:
    return Brief(
        id=data["brief_id"],
        client_id=data["client_id"],
        title=data["title"],
        state=data["state"],
        version=data["version"],
        level=data["level"],
        services=tuple(data["services"]),
        required_skills=_skills(data["required_skills"]),
        preferred_skills=_skills(data["preferred_skills"]),
        languages=_languages(data["languages"]),
        engagement=data["engagement"],
        weekly_minutes=data["weekly_minutes"],
        budget=data["budget"],
        time_zone=data["time_zone"],
        day_start=data["day_start"],
        day_end=data["day_end"],
        overlap_minutes=data["overlap_minutes"],
        start_on=data["start_on"],
        industry=data.get("industry", ""),
    )


def dated(brief: Brief, held: Brief | None, at: datetime) -> Brief:
    """A brief that is told of at an instant: since when it is looked for somebody, and whether that is over."""
    opened_at = held.opened_at if held and held.opened_at else at
    return replace(brief, opened_at=opened_at, ended_at=at if brief.state in ENDED else None)


def company_of(data: Data) -> Company:
    return Company(id=data["company_id"], **{name: data[name] for name in Company.__slots__ if name != "id"})


def so_far_of(data: Data) -> SoFar:
    """What a request says of a brief that is not written yet."""
    said = {name: data[name] for name in SoFar.__slots__ if data[name] is not None}
    said |= {"required_skills": _skills(data["required_skills"]), "languages": _languages(data["languages"])}
    return SoFar(**said)


def terms_of(data: Data) -> Terms:
    """The terms of a request."""
    return Terms(**{name: data[name] for name in Terms.__slots__})


def _skills(listed: Sequence[Data]) -> tuple[SkillLevel, ...]:
    return tuple(SkillLevel(entry["code"], entry["level"]) for entry in listed)


def _languages(listed: Sequence[Data]) -> tuple[LanguageLevel, ...]:
    return tuple(LanguageLevel(entry["code"], entry["cefr"]) for entry in listed)


def _earlier(held: datetime | None, published_at: datetime) -> datetime:
    return min(held, published_at) if held else published_at
