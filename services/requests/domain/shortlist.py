"""A reader's shortlist: assistants kept for later, each with a note that nobody else reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.platform.errors import Conflict

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An assistant on somebody's shortlist."""

    id: str
    owner_id: str
    assistant_id: str
    note: str = ""
    kept_at: datetime
    version: int = 0

    def noted(self, note: str) -> Kept:
        return replace(self, note=note.strip())


def key(owner_id: str, assistant_id: str) -> str:
    """Each assistant is on a list once."""
    return f"{owner_id}:{assistant_id}"


def keep(owner_id: str, assistant_id: str, note: str, at: datetime, held: int) -> Kept:
    """A new one on a list that holds `held`. Raises Conflict when it is full."""
    if held >= MOST:
        raise Conflict("Your shortlist is full: it holds 100 assistants. Take somebody off it first.")
    id = key(owner_id, assistant_id)
    return Kept(id=id, owner_id=owner_id, assistant_id=assistant_id, note=note.strip(), kept_at=at)
