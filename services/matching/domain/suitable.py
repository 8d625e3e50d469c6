"""The assistant's side: open briefs that suit her, and what would bring her more of them.

What would bring more is counted on the briefs that she misses by one condition only. Nothing here tells her to charge
less, or to be away less.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.matching.domain.brief import Brief
from services.matching.domain.candidate import Candidate, Wanted
from services.matching.domain.conditions import Facts, failures
from services.matching.domain.practice import CEFR
from services.matching.domain.what_if import Suggestion

NEVER = ("price", "absence")
"""She is told neither to charge less nor to give up her days off."""


@dataclass(frozen=True, slots=True)
class Suitable:
    """The briefs that she meets every condition of, of how many looked at, and what would bring more."""

    briefs: tuple[Brief, ...]
    considered: int
    more: tuple[Suggestion, ...]


def suitable(candidate: Candidate, briefs: Iterable[Brief]) -> Suitable:
    """Of open briefs, her own aside."""
    fitting: list[Brief] = []
    missed: list[tuple[Brief, str, Facts]] = []
    considered = 0
    for brief in briefs:
        if brief.client_id == candidate.id:
            continue
        considered += 1
        failed = failures(Wanted.of(brief), candidate)
        if not failed:
            fitting.append(brief)
        elif len(failed) == 1:
            ((criterion, facts),) = failed.items()
            missed.append((brief, criterion, facts))
    return Suitable(tuple(fitting), considered, _more(missed, len(fitting)))


def _more(missed: Iterable[tuple[Brief, str, Facts]], now: int) -> tuple[Suggestion, ...]:
    by_criterion: defaultdict[str, list[Facts]] = defaultdict(list)
    for _, criterion, facts in missed:
        if criterion not in NEVER:
            by_criterion[criterion].append(facts)
    found = [
        Suggestion(criterion, facts, now, gain)
        for criterion, listed in by_criterion.items()
        for facts, gain in _WAYS[criterion](listed)
    ]
    return tuple(sorted(found, key=lambda suggestion: (-suggestion.gain, suggestion.criterion)))


def _skills(listed: list[Facts]) -> list[tuple[Facts, int]]:
    """One skill at the level that most of the briefs ask which lack just that one."""
    return [
        ({"skill": code, "asked": found, "proposed": level}, gain)
        for code, found, level, gain in _one_of(listed, "skills", order=int)
    ]


def _languages(listed: list[Facts]) -> list[tuple[Facts, int]]:
    return [
        ({"language": code, "asked": found, "proposed": cefr}, gain)
        for code, found, cefr, gain in _one_of(listed, "languages", order=CEFR.index)
    ]


def _one_of(listed: list[Facts], codes: str, order: Callable[[Any], int]) -> Iterator[tuple[str, Any, Any, int]]:
    """Code, level held, level proposed and gain: of several levels the one that brings the most, then the lowest."""
    asked: defaultdict[str, list[Any]] = defaultdict(list)
    held: dict[str, Any] = {}
    for facts in (dict[str, Any](facts) for facts in listed):
        if len(facts[codes]) == 1:
            (code,), (level,), (found,) = facts[codes], facts["asked"], facts["found"]
            asked[code].append(level)
            held[code] = found
    for code, levels in asked.items():
        highest = max(levels, key=order)
        yield code, held[code], highest, len(levels)


def _hours(listed: list[Facts]) -> list[tuple[Facts, int]]:
    """As many free hours as half of the missed briefs ask for."""
    asked = sorted(_minutes(facts) for facts in listed)
    proposed = asked[len(asked) // 2]
    gain = sum(minutes <= proposed for minutes in asked)
    return [({"asked": listed[0]["found"], "proposed": proposed}, gain)]


def _minimum(listed: list[Facts]) -> list[tuple[Facts, int]]:
    asked = sorted(_minutes(facts) for facts in listed)
    proposed = asked[(len(asked) - 1) // 2]
    gain = sum(minutes >= proposed for minutes in asked)
    return [({"asked": listed[0]["found"], "proposed": proposed}, gain)]


def _minutes(facts: Facts) -> int:
    asked = facts["asked"]
    return asked if isinstance(asked, int) else 0


def _overlap(listed: list[Facts]) -> list[tuple[Facts, int]]:
    days = Counter(str(facts["day"]) for facts in listed)
    day, gain = max(sorted(days.items()), key=lambda pair: pair[1])
    return [({"day": day, "asked": listed[0]["found"], "proposed": listed[0]["asked"]}, gain)]


Way = Callable[[list[Facts]], list[tuple[Facts, int]]]
_WAYS: Mapping[str, Way] = {
    "skills_required": _skills,
    "languages": _languages,
    "capacity": _hours,
    "minimum_hours": _minimum,
    "overlap": _overlap,
    "level": lambda listed: [({"asked": "administrative", "proposed": "executive"}, len(listed))],
    "engagement": lambda listed: [({"asked": "hourly", "proposed": "retainer"}, len(listed))],
}
