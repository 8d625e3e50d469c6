"""Hours that are promised to nobody yet but may soon be: by a list that was shown, or by offers that wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from services.matching.domain.brief import Brief
from services.matching.domain.offers import Offer

SHOWN = 10
"""Places of a list that count as shown."""
LIFETIME = timedelta(days=7)
"""A list that led to nothing for so long promises nothing any more."""


def promised(brief: Brief, shown: Iterable[str], live: Sequence[Offer]) -> dict[str, float]:
    """Minutes a week by assistant: those of the offers that wait; without any, the brief's hours in equal parts."""
    if live:
        return {offer.assistant_id: float(offer.terms.weekly_minutes) for offer in live}
    first = list(shown)[:SHOWN]
    return {id: brief.weekly_minutes / len(first) for id in first}
