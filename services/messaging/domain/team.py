"""Teams: our copy of who acts for a client's company, and as what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    account_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Team:
    """`id` is the client's."""

    id: str
    members: tuple[Member, ...]
