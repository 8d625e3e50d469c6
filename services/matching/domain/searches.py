"""Saved searches: what somebody looks for, looked at once a day for those who are new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.matching.domain.browse import Filters
from shared.platform.errors import Conflict

MOST = 20
PAUSE = timedelta(days=1)
OVERLAP = timedelta(hours=1)
"""How far each look goes back before the last one: copies of profiles may arrive late."""
LOOKED_THROUGH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`told` are those found at the last look that could be found again by the next."""

    id: str
    owner_id: str
    name: str
    filters: dict[str, Any]
    created_at: datetime
    looked_at: datetime
    told: tuple[str, ...] = ()
    version: int = 0

    @property
    def due_at(self) -> datetime:
        return self.looked_at + PAUSE

    def since(self, at: datetime) -> Filters:
        """Who was published since the last look."""
        after = (self.looked_at - OVERLAP).timestamp()
        asked = {name: _frozen(value) for name, value in self.filters.items()}
        return Filters(**asked, published_after=after, at=at)

    def looked(self, found: Iterable[str], at: datetime) -> tuple[Search, tuple[str, ...]]:
        """The search after a look, and who of those found is news: not the owner, and not told of before."""
        listed = tuple(found)
        before = {*self.told, self.owner_id}
        return replace(self, looked_at=at, told=listed), tuple(id for id in listed if id not in before)


def save(id: str, owner_id: str, name: str, filters: dict[str, Any], at: datetime, held: int) -> Search:
    """A new one beside `held` others. Raises Conflict when there are too many."""
    if held >= MOST:
        raise Conflict("You keep 20 searches already. Remove one of them first.")
    return Search(id=id, owner_id=owner_id, name=name.strip(), filters=filters, created_at=at, looked_at=at)


def _frozen(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value
