"""Teams: the pairs and trios that cover a brief together when nobody does alone.

Each required skill is done by one member who has it at the level asked, each service by one who offers it, where
somebody does. The hours are shared out in equal parts of the tasks. A member must speak the languages, be of the
level, share the day and accept the hours; all together must keep within the budget: the mean of their hourly rates,
weighted by hours. Only briefs by the hour can be shared: nobody sets a retainer for part of a job.

The search is exact: all pairs, then all trios that no pair is part of that covers alone; when time runs out, it says
so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from services.matching.domain.brief import Brief
from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.conditions import languages, level, overlap
from shared.platform.money import Money

LARGEST = 3
TIME_LIMIT = 1.0
MOST_CANDIDATES = 400
"""The best of each skill; beyond, the search says that it is not exact."""
LEAST_MINUTES = 60
ROUNDED_TO = 30


@dataclass(frozen=True, slots=True)
class Member:
    """Who does what, for how many minutes a week, at what cost a week."""

    candidate: Candidate
    weekly_minutes: int
    skills: tuple[str, ...]
    services: tuple[str, ...]
    cost: Money


@dataclass(frozen=True, slots=True)
class Team:
    """`score` 0 to 100: how far above what is asked the skills are, and how much of the budget and services is met."""

    members: tuple[Member, ...]
    score: float
    cost: Money
    overlap_minutes: int

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(member.candidate.id for member in self.members))


@dataclass(frozen=True, slots=True)
class Teams:
    """The best first. Not `exact`: time or room ran out. `uncovered`: required skills that no possible member has."""

    teams: tuple[Team, ...]
    exact: bool
    considered: int
    uncovered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Possible:
    candidate: Candidate
    skills: frozenset[str]
    shared: int


def teams(
    brief: Brief, candidates: Sequence[Candidate], limit: int, clock: Callable[[], float] = time.monotonic
) -> Teams:
    """The best `limit` teams; a pair that covers the brief goes before every trio."""
    wanted = Wanted.of(brief)
    possible = list(_possible(wanted, candidates))
    needed = {skill.code for skill in brief.required_skills}
    covered = frozenset[str]().union(*(one.skills for one in possible))
    if brief.engagement != "hourly" or not needed <= covered:
        return Teams((), True, len(possible), tuple(sorted(needed - covered)))
    exact = len(possible) <= MOST_CANDIDATES
    ends_at = clock() + TIME_LIMIT
    found: list[Team] = []
    for size in range(2, LARGEST + 1):
        for number, chosen in enumerate(combinations(possible[:MOST_CANDIDATES], size)):
            if number % 256 == 0 and clock() > ends_at:
                exact = False
                break
            team = _team(wanted, chosen, needed)
            if team is not None:
                found.append(team)
        if found:
            break
    found.sort(key=lambda team: (-team.score, team.cost.amount, team.ids))
    return Teams(tuple(found[:limit]), exact, len(possible), ())


def _possible(wanted: Wanted, candidates: Sequence[Candidate]) -> Iterator[_Possible]:
    """Who could be a member at all: has a required skill or an asked service, and meets what cannot be shared."""
    brief = wanted.brief
    for candidate in candidates:
        if candidate.id == brief.client_id or candidate.practice.hourly_rate.currency != brief.budget.currency:
            continue
        if any(condition(wanted, candidate) is not None for condition in (level, languages, overlap)):
            continue
        held = frozenset(
            skill.code for skill in brief.required_skills if candidate.skills.get(skill.code, 0) >= skill.level
        )
        useful = held or candidate.services.intersection(brief.services)
        if useful and candidate.free_minutes >= LEAST_MINUTES:
            yield _Possible(candidate, held, min(wanted.shared_with(candidate)))


def _team(wanted: Wanted, chosen: Sequence[_Possible], needed: set[str]) -> Team | None:
    """The members' parts; None when they do not cover the brief, or one of them is not needed for it."""
    if frozenset[str]().union(*(one.skills for one in chosen)) < needed:
        return None
    brief = wanted.brief
    skills = _shared_out([skill.code for skill in brief.required_skills], [one.skills for one in chosen])
    services = _shared_out(list(brief.services), [one.candidate.services for one in chosen])
    minutes = _minutes(brief, chosen, [len(a) + len(b) for a, b in zip(skills, services, strict=True)])
    if minutes is None:
        return None
    members = tuple(
        Member(one.candidate, share, tuple(mine), tuple(hers), _cost(one.candidate, share))
        for one, share, mine, hers in zip(chosen, minutes, skills, services, strict=True)
    )
    cost = Money(sum(member.cost.amount for member in members), brief.budget.currency)
    if cost.amount * 60 > brief.budget.amount * brief.weekly_minutes:
        return None
    return Team(members, _score(brief, members, cost), cost, min(one.shared for one in chosen))


def _shared_out(codes: Sequence[str], holders: Sequence[frozenset[str]]) -> list[list[str]]:
    """Each code to one of those who hold it: the rarest first, to who has the least so far."""
    parts: list[list[str]] = [[] for _ in holders]
    for code in sorted(codes, key=lambda code: (sum(code in held for held in holders), code)):
        able = [number for number, held in enumerate(holders) if code in held]
        if able:
            parts[min(able, key=lambda number: (len(parts[number]), number))].append(code)
    return parts


def _minutes(brief: Brief, chosen: Sequence[_Possible], tasks: Sequence[int]) -> list[int] | None:
    """The week in shares of the tasks, as far as free hours and minimums allow; None when they do not."""
    if not all(tasks):
        return None
    least = [max(LEAST_MINUTES, one.candidate.practice.minimum_weekly_minutes) for one in chosen]
    most = [one.candidate.free_minutes for one in chosen]
    if sum(least) > brief.weekly_minutes or sum(most) < brief.weekly_minutes or any(map(int.__gt__, least, most)):
        return None
    wished = [brief.weekly_minutes * count // sum(tasks) // ROUNDED_TO * ROUNDED_TO for count in tasks]
    shares = [min(max(wish, low), high) for wish, low, high in zip(wished, least, most, strict=True)]
    for number in sorted(range(len(shares)), key=lambda number: -tasks[number]):
        missing = brief.weekly_minutes - sum(shares)
        shares[number] = min(max(shares[number] + missing, least[number]), most[number])
    return shares if sum(shares) == brief.weekly_minutes else None


def _cost(candidate: Candidate, minutes: int) -> Money:
    rate = candidate.practice.hourly_rate
    return replace(rate, amount=-(-rate.amount * minutes // 60))


def _score(brief: Brief, members: Sequence[Member], cost: Money) -> float:
    above = [
        member.candidate.skills[skill.code] - skill.level
        for skill in brief.required_skills
        for member in members
        if skill.code in member.skills
    ]
    skill = sum(0.5 + min(more, 2) / 4 for more in above) / len(above) if above else 1.0
    offered = {code for member in members for code in member.services}
    service = len(offered) / len(brief.services) if brief.services else 1.0
    saved = 1 - cost.amount * 60 / (brief.budget.amount * brief.weekly_minutes)
    return 100 * (0.5 * skill + 0.3 * service + 0.2 * saved)
