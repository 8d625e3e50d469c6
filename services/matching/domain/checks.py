"""Checks of who somebody is, by an operator: of a phone number or an identity document. asked → granted | refused;
granted → revoked. Every step stays in the history, with who took it, when and why; the mark itself is a fact for all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.platform.errors import Invalid
from shared.platform.machine import Machine, Step

KINDS = ("phone", "identity")


class CheckState(StrEnum):
    NEW = "new"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


class By(StrEnum):
    OWNER = "owner"
    OPERATOR = "operator"


_S = CheckState
_UNCHECKED = frozenset({_S.NEW, _S.REFUSED, _S.REVOKED})
_OPERATOR = frozenset({By.OPERATOR})
_REFUSAL = "Operators do this."
CHECKS: Machine[CheckState, By] = Machine(
    {
        "ask": Step(_UNCHECKED, _S.ASKED, frozenset({By.OWNER}), "It is for its owner to ask."),
        "grant": Step(_UNCHECKED | {_S.ASKED}, _S.GRANTED, _OPERATOR, _REFUSAL),
        "refuse": Step(frozenset({_S.ASKED}), _S.REFUSED, _OPERATOR, _REFUSAL),
        "revoke": Step(frozenset({_S.GRANTED}), _S.REVOKED, _OPERATOR, _REFUSAL),
    },
    not_now="This check is %(state)s. What you can do now: %(allowed)s.",
    no_more="This check is %(state)s; there is nothing to do now.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A step of a check: what, by whom, when, and the note that goes with it."""

    event: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    id: str
    account_id: str
    kind: str
    state: CheckState = CheckState.NEW
    history: tuple[Entry, ...] = ()
    version: int = 0

    @property
    def last(self) -> Entry:
        return self.history[-1]

    def step(self, event: str, role: By, by: str, note: str, at: datetime) -> Check:
        """Raises Conflict where it does not follow, Invalid where a note is missing."""
        state = CHECKS.target(self.state, event, role)
        if not note.strip():
            raise _without_note(event)
        return replace(self, state=state, history=(*self.history, Entry(event, by, at, note.strip())))


def _without_note(event: str) -> Invalid:
    if event == "ask":
        return Invalid.field("note", "Say how and when an operator can reach you for the check.")
    if event == "grant":
        return Invalid.field("note", "Write down what you looked at.")
    return Invalid.field("note", "Write down why.")


def check_id(account_id: str, kind: str) -> str:
    return f"{account_id}:{kind}"


def new_check(account_id: str, kind: str) -> Check:
    return Check(id=check_id(account_id, kind), account_id=account_id, kind=kind)
