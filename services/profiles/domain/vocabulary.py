"""What assistants propose for the taxonomy and what operators add: proposed → accepted | merged | declined.

A code is made of the English name and is never given again; it begins with `own`, so that no later version of Dextra
has one like it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.platform.errors import Conflict, Forbidden, Invalid, Text
from shared.platform.machine import Machine, Step

OPEN_PROPOSALS = 20
LONGEST_SLUG = 40
_WORD = re.compile(r"[^\W_]+")


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    MERGED = "merged"
    DECLINED = "declined"


class Role(StrEnum):
    OPERATOR = "operator"


_PROPOSED = frozenset({ProposalState.PROPOSED})
_OPERATOR = frozenset({Role.OPERATOR})
_ONLY = "Only operators decide about the taxonomy."
PROPOSALS: Machine[ProposalState, Role] = Machine(
    {
        "accept": Step(_PROPOSED, ProposalState.ACCEPTED, _OPERATOR, _ONLY),
        "merge": Step(_PROPOSED, ProposalState.MERGED, _OPERATOR, _ONLY),
        "decline": Step(_PROPOSED, ProposalState.DECLINED, _OPERATOR, _ONLY),
    },
    not_now="This proposal is in the state %(state)s. What you can do now: %(allowed)s.",
    no_more="This proposal was decided already.",
)


def folded(name: str) -> str:
    """Words without case, accents and signs: two names that fold alike are one."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(_WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """In the words and the language of who proposed it first; `by` are all who did. `code`: what it became."""

    id: str
    kind: str
    name: str
    description: str
    service: str
    locale: str
    by: tuple[str, ...]
    state: ProposalState = ProposalState.PROPOSED
    code: str = ""
    reason: str = ""
    created_at: datetime
    decided_at: datetime | None = None
    version: int = 0

    @property
    def open_name(self) -> str:
        """What nobody can propose a second time while it is open; empty afterwards."""
        return folded(self.name) if self.state is ProposalState.PROPOSED else ""

    @property
    def proposers(self) -> int:
        return len(self.by)

    def joined(self, assistant_id: str) -> Proposal:
        """Somebody else proposes the same."""
        return self if assistant_id in self.by else replace(self, by=(*self.by, assistant_id))

    def accept(self, code: str, at: datetime) -> Proposal:
        return self._decided("accept", at, code=code)

    def merge(self, code: str, at: datetime) -> Proposal:
        return self._decided("merge", at, code=code)

    def decline(self, reason: str, at: datetime) -> Proposal:
        if not reason.strip():
            raise Invalid.field("reason", "Say why, so that whoever proposed it understands.")
        return self._decided("decline", at, reason=reason.strip())

    def _decided(self, action: str, at: datetime, *, code: str = "", reason: str = "") -> Proposal:
        state = PROPOSALS.target(self.state, action, Role.OPERATOR)
        return replace(self, state=state, code=code, reason=reason, decided_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an operator says of an entry."""

    kind: str
    service: str
    labels: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]
    descriptions: Mapping[str, str]

    @classmethod
    def of(cls, request: Mapping[str, object]) -> Work:
        """From a loaded request, without spaces around and without synonyms that repeat another name."""
        labels = {locale: " ".join(text.split()) for locale, text in _texts(request["labels"]).items()}
        taken = {folded(label) for label in labels.values()}
        return cls(
            kind=str(request["kind"]),
            service="" if request["kind"] == "service" else str(request["service"]),
            labels=labels,
            synonyms={locale: _distinct(names, taken) for locale, names in _lists(request["synonyms"]).items()},
            descriptions={locale: _sentence(text) for locale, text in _texts(request["descriptions"]).items()},
        )

    @property
    def names(self) -> set[str]:
        return {*self.labels.values(), *(name for names in self.synonyms.values() for name in names)}

    def check(self, services: Collection[str], called: Mapping[str, str]) -> None:
        """`called`: the code that each folded name means already, among entries of its kind; raises Invalid."""
        if self.kind != "service" and self.service not in services:
            raise Invalid.field("service", "Choose the service it belongs to.")
        for locale, label in self.labels.items():
            if not folded(label):
                raise Invalid.field(f"labels.{locale}", "Enter a name with letters.")
            if other := called.get(folded(label)):
                raise Invalid(fields={f"labels.{locale}": [_called(label, other)]})
        for locale, names in self.synonyms.items():
            for name in names:
                if other := called.get(folded(name)):
                    raise Invalid(fields={f"synonyms.{locale}": [_called(name, other)]})

    def code(self, taken: Collection[str]) -> str:
        """Made of the English name; with a number when there is one like it."""
        slug = "_".join(folded(self.labels["en"]).encode("ascii", "ignore").decode().split())[:LONGEST_SLUG].strip("_")
        stem = f"own_{slug or 'work'}" if self.kind == "service" else f"own.{slug or 'work'}"
        numbered = (f"{stem}_{number}" for number in range(2, 1000))
        return stem if stem not in taken else next(code for code in numbered if code not in taken)


def _called(name: str, code: str) -> Text:
    return Text(
        "“%(name)s” is a name of %(code)s already. Merge it there, or choose another name.", name=name, code=code
    )


def _texts(value: object) -> dict[str, str]:
    return dict(value) if isinstance(value, Mapping) else {}


def _lists(value: object) -> dict[str, list[str]]:
    return dict(value) if isinstance(value, Mapping) else {}


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


def _distinct(names: Iterable[str], taken: set[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for name in names:
        key = folded(name)
        if key and key not in taken:
            kept.setdefault(key, " ".join(name.split()))
    return tuple(kept.values())


def require_proposer(*, assistant: bool) -> None:
    if not assistant:
        raise Forbidden("Proposals come from assistants. Write to the operator if a skill is missing.")


def require_room(open_proposals: int) -> None:
    """Raises Conflict for who proposed a lot and has no answer yet."""
    if open_proposals >= OPEN_PROPOSALS:
        raise Conflict("You have %(count)s proposals without an answer. Wait for those first.", count=open_proposals)


def require_new(name: str, code: str) -> None:
    """`code`: what the name means already."""
    if code:
        raise Invalid(fields={"name": [Text("“%(name)s” is in the list already: choose it there.", name=name)]})
