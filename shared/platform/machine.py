"""State machines as tables: which event leads from which states to which, and who may cause it.

What is not drawn is refused with a Conflict that names the state and what can be done instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.platform.errors import Conflict, Forbidden, Text

S = TypeVar("S", bound=str)
R = TypeVar("R", bound=str)


BY_ITSELF = Text("This happens by itself when its time has come.").template


@dataclass(frozen=True, slots=True)
class Step(Generic[S, R]):
    """From any of `sources` to `target`, by one of the roles `by`; others read `refusal`."""

    sources: frozenset[S]
    target: S
    by: frozenset[R]
    refusal: str = BY_ITSELF


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, R]):
    """`steps` by event. `not_now` and `no_more` are the sentences of a refusal; they get `state` and `allowed`."""

    steps: Mapping[str, Step[S, R]]
    not_now: str
    no_more: str

    def target(self, state: S, event: str, by: R) -> S:
        """The state that follows. Raises Forbidden for the wrong role, Conflict for the wrong state."""
        step = self.steps[event]
        if by not in step.by:
            raise Forbidden(step.refusal)
        if state not in step.sources:
            raise self._refused(state, by)
        return step.target

    def allowed(self, state: S, by: R) -> tuple[str, ...]:
        """What the role can do in this state."""
        return tuple(event for event, step in self.steps.items() if state in step.sources and by in step.by)

    def _refused(self, state: S, by: R) -> Conflict:
        allowed = ", ".join(self.allowed(state, by))
        if not allowed:
            return Conflict(self.no_more, state=str(state))
        return Conflict(self.not_now, state=str(state), allowed=allowed.replace("_", " "))
