"""Browsing: filters, words and the order of the public list of assistants."""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.matching.domain.candidate import Candidate, Card, cefr_rank
from services.matching.domain.practice import Practice
from shared.platform.errors import Invalid

Labels = Callable[[str], Iterable[str]]
"""The names of a service or skill code, in every language."""
SortKey = tuple[float, float, str]

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What somebody who browses asks for; all of it must hold. `max_rate_amount` is in minor units of `currency`."""

    text: str = ""
    level: str = ""
    services: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    language: str = ""
    cefr: str = "B1"
    currency: str = "EUR"
    max_rate_amount: int | None = None
    free_minutes: int = 0
    sort: str = "newest"


@dataclass(frozen=True, slots=True)
class Cards:
    """A part of the list, how many there are in all, and the cursor of the next part (None at the end)."""

    items: tuple[Card, ...]
    total: int
    next: str | None


def search_words(practice: Practice, labels: Labels) -> tuple[str, ...]:
    """All words under which a practice is found, sorted."""
    texts = [practice.display_name, practice.headline]
    for code in (*practice.services, *(skill.code for skill in practice.skills)):
        texts.extend(labels(code))
    return tuple(sorted({word for text in texts for word in words(text)}))


def words(text: str) -> list[str]:
    """Words without case and accents: "Contabilità" is found by "contabilita"."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return _WORD.findall(plain)


def select(candidates: Iterable[Candidate], filters: Filters, limit: int, cursor: str) -> Cards:
    """The part of the list after `cursor`, stable while others come and go. Raises Invalid for a bad cursor."""
    after = _decode(cursor) if cursor else None
    asked = words(filters.text)
    order = _ORDERS[filters.sort]
    found = sorted(
        ((order(candidate, filters), candidate) for candidate in candidates if _passes(candidate, filters, asked)),
        key=lambda pair: pair[0],
    )
    rest = [pair for pair in found if after is None or pair[0] > after]
    page = rest[:limit]
    following = _encode(page[-1][0]) if len(rest) > limit else None
    return Cards(tuple(candidate.card() for _, candidate in page), len(found), following)


def _passes(candidate: Candidate, filters: Filters, asked: Sequence[str]) -> bool:
    practice = candidate.practice
    return (
        (not filters.level or practice.level == filters.level)
        and candidate.free_minutes >= filters.free_minutes
        and all(code in candidate.services for code in filters.services)
        and all(code in candidate.skills for code in filters.skills)
        and (not filters.language or candidate.languages.get(filters.language, -1) >= cefr_rank(filters.cefr))
        and _within_rate(practice, filters)
        and all(_begins_one(candidate.words, word) for word in asked)
    )


def _within_rate(practice: Practice, filters: Filters) -> bool:
    if filters.max_rate_amount is None:
        return True
    rate = practice.hourly_rate
    return rate.currency == filters.currency and rate.amount <= filters.max_rate_amount


def _begins_one(sorted_words: Sequence[str], prefix: str) -> bool:
    at = bisect_left(sorted_words, prefix)
    return at < len(sorted_words) and sorted_words[at].startswith(prefix)


def _newest(candidate: Candidate, _filters: Filters) -> SortKey:
    published_at = candidate.practice.published_at
    return (-published_at.timestamp() if published_at else 0.0, 0.0, candidate.id)


def _cheapest(candidate: Candidate, filters: Filters) -> SortKey:
    """Rates in another currency come last: they cannot be compared."""
    rate = candidate.practice.hourly_rate
    return (float(rate.currency != filters.currency), float(rate.amount), candidate.id)


def _freest(candidate: Candidate, _filters: Filters) -> SortKey:
    return (-float(candidate.free_minutes), 0.0, candidate.id)


_ORDERS: dict[str, Callable[[Candidate, Filters], SortKey]] = {"newest": _newest, "rate": _cheapest, "free": _freest}


def _encode(key: SortKey) -> str:
    return urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _decode(cursor: str) -> SortKey:
    try:
        first, second, id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return float(first), float(second), str(id)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid("This page of the list is not there any more. Start again from the first one.") from error
