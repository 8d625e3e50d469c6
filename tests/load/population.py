"""A population of assistants and briefs for benchmarks: many, varied, made fast and always the same for a seed.

Skills come in trades (those who know Xero also invoice), popular ones more often; zones, hours, rates and languages are
drawn apart from them. Tuples are shared between practices, as an index shares them too.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from services.matching.domain.brief import Brief
from services.matching.domain.capacity import Capacity
from services.matching.domain.practice import LanguageLevel, Practice, Retainer, SkillLevel, WorkingDay
from shared.contracts import taxonomy
from shared.platform.money import Money

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
ZONES = (
    ("Europe/Rome", 30), ("Europe/London", 12), ("Europe/Berlin", 8), ("Europe/Madrid", 6), ("Europe/Bucharest", 4),
    ("America/New_York", 10), ("America/Chicago", 5), ("America/Los_Angeles", 5), ("Asia/Manila", 12),
    ("Asia/Kolkata", 6), ("Africa/Johannesburg", 2),
)  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri")
SKILLS = sorted(taxonomy.SKILLS)
SERVICES = sorted(taxonomy.SERVICES)
INDUSTRIES = sorted(taxonomy.INDUSTRIES)
LANGUAGES = (("en", 90), ("it", 45), ("fr", 18), ("de", 14), ("es", 22), ("pt", 8), ("tl", 12), ("pl", 4), ("ro", 5))
FIRST_NAMES = 400
LAST_NAMES = 6000
CAPACITIES = tuple(range(300, 2460, 60))


class Pools:
    """What practices are drawn from."""

    def __init__(self, dice: random.Random) -> None:
        popularity = {code: dice.paretovariate(1.1) for code in SKILLS}
        self.popular = sorted(SKILLS, key=lambda code: -popularity[code])
        self.skills = [self._trade(dice, popularity) for _ in range(4000)]
        self.languages = [self._languages(dice) for _ in range(300)]
        self.hours = [self._hours(dice) for _ in range(250)]
        self.targets = [(), (), *(tuple(dice.sample(INDUSTRIES, dice.randint(1, 3))) for _ in range(40))]

    @staticmethod
    def _trade(dice: random.Random, popularity: dict[str, float]) -> tuple[tuple[SkillLevel, ...], tuple[str, ...]]:
        services = dice.sample(SERVICES, dice.randint(2, 5))
        near = [code for code in SKILLS if taxonomy.SKILLS[code]["service"] in services]
        drawn = dict.fromkeys(dice.choices(near, [popularity[code] for code in near], k=8)) if near else {}
        drawn |= dict.fromkeys(dice.choices(SKILLS, list(popularity.values()), k=6))
        levels = [SkillLevel(code, dice.choices((1, 2, 3, 4), (2, 5, 4, 2))[0]) for code in drawn]
        return tuple(levels), tuple(services)

    @staticmethod
    def _languages(dice: random.Random) -> tuple[LanguageLevel, ...]:
        spoken = [
            LanguageLevel(code, dice.choices(("B1", "B2", "C1", "C2"), (1, 3, 3, 3))[0])
            for code, share in LANGUAGES
            if dice.random() * 100 < share
        ]
        return tuple(spoken) or (LanguageLevel("en", "C1"),)

    @staticmethod
    def _hours(dice: random.Random) -> tuple[WorkingDay, ...]:
        start, length = dice.choice((6, 7, 8, 8, 9, 9, 10, 13)), dice.choice((4, 6, 8, 9))
        days = dice.choice((DAYS, DAYS, DAYS, DAYS[:4], (*DAYS, "sat")))
        return tuple(
            WorkingDay(day, f"{start:02}:{half}", f"{start + length:02}:00") for day in days for half in ("00",)
        )


def practices(count: int, seed: int = 7) -> Iterator[tuple[Practice, Capacity]]:
    """One after the other, so that a million of them never stand in memory."""
    dice = random.Random(seed)
    pools = Pools(random.Random(seed))
    zones = [zone for zone, share in ZONES for _ in range(share)]
    draw = dice.random
    rates = [Money(100 * amount, "EUR") for amount in range(200)]
    for number in range(count):
        skills, services = pools.skills[int(draw() * 4000)]
        capacity = CAPACITIES[int(draw() * len(CAPACITIES))]
        rate = 14 + int(draw() * draw() * 60)
        id = f"{number * 2654435761 % 2**32:08x}-{number:07}"
        practice = Practice(
            id=id,
            display_name=f"First{int(draw() * FIRST_NAMES)} Last{int(draw() * LAST_NAMES)}",
            headline=HEADLINES[int(draw() * len(HEADLINES))],
            level="executive" if draw() < 0.35 else "administrative",
            services=services,
            skills=skills,
            languages=pools.languages[int(draw() * 300)],
            time_zone=zones[int(draw() * 100)],
            working_hours=pools.hours[int(draw() * 250)],
            capacity_minutes=capacity,
            minimum_weekly_minutes=0 if draw() < 0.6 else 60 * int(draw() * 10),
            hourly_rate=rates[rate],
            retainer=Retainer(rates[rate * 0 + min(rate * 4, 199)], 1200) if draw() < 0.4 else None,
            target_industries=pools.targets[int(draw() * 42)],
            notice_days=0 if draw() < 0.7 else int(draw() * 30),
            published=True,
            published_at=NOW - timedelta(minutes=int(draw() * 600_000)),
        )
        free = capacity if draw() < 0.4 else int(draw() * capacity) // 30 * 30
        yield practice, Capacity(id, capacity, capacity - free, free)


HEADLINES = tuple(
    f"{who} for {whom} in {what}"
    for who in ("Calm assistant", "Right hand", "Calendar and travel", "Bookkeeping and invoices", "Office from afar")
    for whom in ("founders", "directors", "lawyers", "architects", "clinics", "shops")
    for what in ("design", "food", "finance", "software", "the arts", "tourism")
)


def typical_brief(dice: random.Random, number: int, pools: Pools) -> Brief:
    """One to three required skills, one or two languages, a budget and hours as people ask for them."""
    asked = dice.sample(pools.popular[:45], 6)
    required = dice.choice((1, 2, 2, 3))
    zone = dice.choices([zone for zone, _ in ZONES], [share for _, share in ZONES])[0]
    return Brief(
        id=f"b{number}",
        client_id="client",
        title="A right hand",
        state="open",
        version=1,
        level=dice.choice(("administrative", "administrative", "executive")),
        services=tuple(dice.sample(SERVICES, dice.randint(1, 3))),
        required_skills=tuple(SkillLevel(code, dice.choice((1, 2, 2, 3))) for code in asked[:required]),
        preferred_skills=tuple(SkillLevel(code, dice.choice((2, 3))) for code in asked[required:]),
        languages=tuple(
            LanguageLevel(code, dice.choice(("B1", "B2", "C1"))) for code in ("en", "it")[: dice.choice((1, 1, 2))]
        ),
        engagement="hourly",
        weekly_minutes=60 * dice.choice((4, 6, 8, 10, 10, 12, 15, 20, 30)),
        budget=Money(100 * dice.randint(18, 50), "EUR"),
        time_zone=zone,
        day_start="09:00",
        day_end=dice.choice(("17:00", "18:00")),
        overlap_minutes=dice.choice((60, 120, 120, 240)),
        start_on=MONDAY + timedelta(days=7 * dice.randint(0, 8)),
        industry=dice.choice(("", *INDUSTRIES)),
    )


def broad_brief(dice: random.Random, number: int, pools: Pools) -> Brief:
    """Hardly any condition: about a quarter of everybody fits."""
    asked = dice.sample(pools.popular, 4)
    return replace(
        typical_brief(dice, number, pools),
        level="administrative",
        required_skills=(),
        preferred_skills=tuple(SkillLevel(code, 2) for code in asked),
        languages=(LanguageLevel("en", "B1"),),
        weekly_minutes=60 * dice.choice((4, 5, 6)),
        budget=Money(100 * dice.randint(28, 36), "EUR"),
        time_zone="Europe/Rome",
        overlap_minutes=240,
    )
