"""Random practices and briefs that meet each other often enough for every condition and criterion to matter."""

from __future__ import annotations

import random
from datetime import timedelta

from services.matching.domain.brief import Brief
from services.matching.domain.capacity import Capacity
from services.matching.domain.practice import CEFR, LanguageLevel, Practice, Retainer, SkillLevel
from services.matching.domain.table import Standing
from shared.platform.money import Money
from tests.unit.matching.world import MONDAY, NOW, a_brief, a_practice, week

SKILLS = ("inbox", "excel", "minutes", "travel", "crm", "canva")
SERVICES = ("calendar", "travel", "events", "website")
ZONES = ("Europe/Rome", "Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham")
INDUSTRIES = ("legal", "health", "arts")


def some_practice(dice: random.Random, id: str) -> Practice:
    start, rate = dice.randint(6, 12), dice.choice(("EUR", "EUR", "EUR", "USD"))
    amount = dice.randrange(2000, 6000, 250)
    capacity = dice.randrange(300, 2700, 30)
    retainer = Retainer(Money(amount * 18, rate), dice.choice((600, 1200, 2400))) if dice.random() < 0.5 else None
    return a_practice(
        id,
        level=dice.choice(("executive", "executive", "administrative")),
        services=tuple(dice.sample(SERVICES, dice.randint(1, 3))),
        skills=tuple(SkillLevel(code, dice.randint(1, 4)) for code in dice.sample(SKILLS, dice.randint(2, 5))),
        languages=tuple(LanguageLevel(code, dice.choice(CEFR[2:])) for code in ("en", "it")[: dice.randint(1, 2)]),
        time_zone=dice.choice(ZONES[:2] if dice.random() < 0.7 else ZONES),
        working_hours=week(f"{start:02}:00", f"{start + dice.randint(4, 9):02}:30"),
        capacity_minutes=capacity,
        minimum_weekly_minutes=dice.choice((0, 0, 0, 150, 300, 600)),
        hourly_rate=Money(amount, rate),
        retainer=retainer,
        target_industries=tuple(dice.sample(INDUSTRIES, dice.randint(0, 2))),
        notice_days=dice.choice((0, 0, 7, 30)),
        published_at=NOW - timedelta(days=dice.randint(0, 300)),
    )


def some_capacity(dice: random.Random, practice: Practice) -> Capacity:
    free = dice.choice((practice.capacity_minutes, dice.randint(-100, practice.capacity_minutes)))
    return Capacity(practice.id, practice.capacity_minutes, practice.capacity_minutes - free, free)


def some_standing(dice: random.Random, id: str) -> Standing:
    return Standing(id, *(dice.randint(0, 5) for _ in range(4)))


def some_brief(dice: random.Random, id: str = "brief") -> Brief:
    listed = dice.sample(SKILLS, 3)
    required = dice.randint(0, 2)
    hourly = dice.random() < 0.7
    return a_brief(
        id=id,
        level=dice.choice(("executive", "administrative")),
        services=tuple(dice.sample(SERVICES, dice.randint(0, 3))),
        required_skills=tuple(SkillLevel(code, dice.randint(1, 3)) for code in listed[:required]),
        preferred_skills=tuple(SkillLevel(code, dice.randint(1, 4)) for code in listed[required:]),
        languages=tuple(LanguageLevel(code, dice.choice(CEFR[1:5])) for code in ("en", "it")[: dice.randint(0, 2)]),
        engagement="hourly" if hourly else "retainer",
        weekly_minutes=dice.randrange(60, 1500, 30),
        budget=Money(dice.randrange(2500, 7000, 250) * (1 if hourly else 25), dice.choice(("EUR", "EUR", "USD"))),
        time_zone=dice.choice(ZONES[:3]),
        day_start="08:30",
        day_end=dice.choice(("08:30", "12:00", "18:00")),
        overlap_minutes=dice.choice((0, 60, 120, 240)),
        start_on=MONDAY + timedelta(days=dice.choice((0, 3, 12, 119))),
        industry=dice.choice(("", *INDUSTRIES)),
    )
