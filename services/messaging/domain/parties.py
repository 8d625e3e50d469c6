"""The two sides of an offer, a contract and all that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    CLIENT = "client"
    ASSISTANT = "assistant"

    @property
    def other(self) -> Side:
        return Side.ASSISTANT if self is Side.CLIENT else Side.CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Ids are those of accounts. A brief has no assistant yet: an empty id."""

    client_id: str
    client_name: str
    assistant_id: str = ""
    assistant_name: str = ""

    def id_of(self, side: Side) -> str:
        return self.client_id if side is Side.CLIENT else self.assistant_id

    def name_of(self, side: Side) -> str:
        return self.client_name if side is Side.CLIENT else self.assistant_name

    def side_of(self, account_id: str) -> Side | None:
        """None for a stranger, an operator and the system."""
        return next((side for side in Side if account_id and self.id_of(side) == account_id), None)
