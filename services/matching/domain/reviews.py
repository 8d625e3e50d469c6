"""Reviews of a contract that is over: window_open → sealed → revealed; lapsed when nobody wrote.

Both sides write within fourteen days, each without seeing the other's; what they wrote is revealed when both are in or
when the time is over. Each may then reply once to what was written of it. An operator may hide a review that was
reported, with a written reason that stays to be read in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.matching.domain.contracts import Contract, ContractState
from services.matching.domain.ratings import CRITERIA, HIGHEST, LOWEST, mean_of
from services.matching.domain.terms import Side, day_at, side_of
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound
from shared.platform.machine import Machine, Step

WINDOW = timedelta(days=14)
REMINDER = timedelta(days=3)
"""How long before the window closes those who have not written are reminded."""


class ReviewState(StrEnum):
    WINDOW_OPEN = "window_open"
    SEALED = "sealed"
    REVEALED = "revealed"
    LAPSED = "lapsed"


class By(StrEnum):
    CLIENT = "client"
    ASSISTANT = "assistant"
    SYSTEM = "system"


_S = ReviewState
_EITHER = frozenset({By.CLIENT, By.ASSISTANT})
REVIEWS: Machine[ReviewState, By] = Machine(
    {
        "write": Step(frozenset({_S.WINDOW_OPEN}), _S.SEALED, _EITHER),
        "complete": Step(frozenset({_S.SEALED}), _S.REVEALED, _EITHER),
        "reveal": Step(frozenset({_S.SEALED}), _S.REVEALED, frozenset({By.SYSTEM})),
        "lapse": Step(frozenset({_S.WINDOW_OPEN}), _S.LAPSED, frozenset({By.SYSTEM})),
    },
    not_now="The time for reviews of this contract is over.",
    no_more="The time for reviews of this contract is over.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one side wrote of the other, with stars by criterion; the other's reply; whether it was reported, hidden."""

    scores: dict[str, int]
    text: str
    locale: str
    written_at: datetime
    reply: str = ""
    reply_locale: str = ""
    replied_at: datetime | None = None
    report: str = ""
    reported_at: datetime | None = None
    hidden_reason: str = ""
    hidden_at: datetime | None = None

    @property
    def mean(self) -> int:
        """In hundredths of a star; 0 where the stars are out of sight."""
        return mean_of(self.scores) if self.scores else 0

    @property
    def hidden(self) -> bool:
        return self.hidden_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What both sides of a contract write of each other; `id` is the contract's. Names are as they were at its end."""

    id: str
    brief_title: str
    client_id: str
    client_name: str
    assistant_id: str
    assistant_name: str
    engagement: str
    weekly_minutes: int
    started_on: date
    ended_on: date
    opened_at: datetime
    closes_at: datetime
    state: ReviewState = ReviewState.WINDOW_OPEN
    by_client: Opinion | None = None
    by_assistant: Opinion | None = None
    revealed_at: datetime | None = None
    version: int = 0

    @property
    def contract_id(self) -> str:
        return self.id

    @property
    def thread(self) -> str:
        """Its facts are ordered among themselves, not with the contract's."""
        return f"review:{self.id}"

    @property
    def days(self) -> int:
        """How long the contract ran."""
        return (self.ended_on - self.started_on).days + 1

    @property
    def is_revealed(self) -> bool:
        return self.state is ReviewState.REVEALED

    @property
    def is_open(self) -> bool:
        return self.state in (ReviewState.WINDOW_OPEN, ReviewState.SEALED)

    @property
    def remind_at(self) -> datetime:
        return self.closes_at - REMINDER

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides that have not written."""
        return tuple(side for side in Side if self.opinion(side) is None)

    def side_of(self, party_id: str) -> Side:
        """Raises Forbidden for a stranger."""
        return side_of(party_id, self.client_id, self.assistant_id)

    def opinion(self, author: Side) -> Opinion | None:
        return self.by_client if author is Side.CLIENT else self.by_assistant

    def id_of(self, side: Side) -> str:
        return self.client_id if side is Side.CLIENT else self.assistant_id

    def write(self, by: str, scores: Mapping[str, int], text: str, locale: str, at: datetime) -> Review:
        """Raises Conflict when the time is over or this side has written; Invalid where stars are missing."""
        side = self.side_of(by)
        if self.opinion(side) is not None:
            raise Conflict("You have written your review already. What is written stays as it is.")
        if at >= self.closes_at or not self.is_open:
            raise Conflict("The time for reviews of this contract is over.")
        event = "complete" if self.state is ReviewState.SEALED else "write"
        state = REVIEWS.target(self.state, event, By(side.value))
        opinion = Opinion(scores=_checked(scores, other(side)), text=text.strip(), locale=locale, written_at=at)
        written = replace(self._with(side, opinion), state=state)
        return replace(written, revealed_at=at) if written.is_revealed else written

    def close(self, at: datetime) -> Review:
        """The time is over: what was written is revealed."""
        event = "lapse" if self.state is ReviewState.WINDOW_OPEN else "reveal"
        closed = replace(self, state=REVIEWS.target(self.state, event, By.SYSTEM))
        return replace(closed, revealed_at=at) if closed.is_revealed else closed

    def reply(self, by: str, text: str, locale: str, at: datetime) -> Review:
        """Once, by the side that was written of."""
        author = other(self.side_of(by))
        opinion = self._revealed(author)
        if opinion.replied_at is not None:
            raise Conflict("You have replied to this review already. One reply is all there is.")
        if opinion.hidden:
            raise Conflict("This review is hidden; there is nothing to reply to.")
        if not text.strip():
            raise Invalid.field("text", "Write something first.")
        return self._with(author, replace(opinion, reply=text.strip(), reply_locale=locale, replied_at=at))

    def report_it(self, by: str, reason: str, at: datetime) -> Review:
        """By the side that was written of, to the operators. Raises Conflict when it was reported before."""
        author = other(self.side_of(by))
        opinion = self._revealed(author)
        if opinion.reported_at is not None:
            raise Conflict("This review was reported already.")
        if not reason.strip():
            raise Invalid.field("reason", "Say what is wrong with it.")
        return self._with(author, replace(opinion, report=reason.strip(), reported_at=at))

    def hide(self, author: Side, reason: str, at: datetime) -> Review:
        """By an operator. The reason is read in the review's place."""
        opinion = self._revealed(author)
        if opinion.hidden:
            raise Conflict("This review is hidden already.")
        if not reason.strip():
            raise Invalid.field("reason", "Write down why: the reason is read in the review's place.")
        return self._with(author, replace(opinion, hidden_reason=reason.strip(), hidden_at=at))

    def seen_by(self, party_id: str) -> Review:
        """As one of the sides may see it: the other's words only once they are revealed."""
        side = self.side_of(party_id)
        return self.shown() if self.is_revealed else self._with(other(side), None)

    def for_others(self, reader_id: str) -> Review:
        """A client's name, and what the work was called, are for the two sides alone."""
        if reader_id in (self.client_id, self.assistant_id):
            return self
        return replace(self, client_id="", client_name="", brief_title="")

    def shown(self) -> Review:
        """Without what an operator took out of sight, and without reports."""
        seen = self
        for author in Side:
            opinion = self.opinion(author)
            if opinion is not None and opinion.hidden:
                opinion = replace(opinion, scores={}, text="", reply="")
            seen = seen._with(author, replace(opinion, report="") if opinion is not None else None)
        return seen

    def _revealed(self, author: Side) -> Opinion:
        opinion = self.opinion(author) if self.is_revealed else None
        if opinion is None:
            raise NotFound("There is no such review, or it is not to be seen yet.")
        return opinion

    def _with(self, author: Side, opinion: Opinion | None) -> Review:
        return replace(self, by_client=opinion) if author is Side.CLIENT else replace(self, by_assistant=opinion)


def other(side: Side) -> Side:
    return Side.ASSISTANT if side is Side.CLIENT else Side.CLIENT


def open_window(contract: Contract, at: datetime) -> Review | None:
    """For a contract that is over. None where it ended before its first day: there is nothing to tell of."""
    if contract.state not in (ContractState.ENDED, ContractState.TERMINATED):
        raise Forbidden("A contract is reviewed when it is over.")
    ended_on = min(contract.ends_on or day_at(at, contract.time_zone), day_at(at, contract.time_zone))
    if ended_on < contract.terms.start_on:
        return None
    return Review(
        id=contract.id,
        brief_title=contract.brief_title,
        client_id=contract.client_id,
        client_name=contract.client_name,
        assistant_id=contract.assistant_id,
        assistant_name=contract.assistant_name,
        engagement=contract.terms.engagement,
        weekly_minutes=contract.terms.weekly_minutes,
        started_on=contract.terms.start_on,
        ended_on=ended_on,
        opened_at=at,
        closes_at=at + WINDOW,
    )


def _checked(scores: Mapping[str, int], subject: Side) -> dict[str, int]:
    criteria = CRITERIA[subject.value]
    missing = [name for name in criteria if not LOWEST <= scores.get(name, 0) <= HIGHEST]
    if missing:
        raise Invalid.field(f"scores.{missing[0]}", "Give one to five stars.")
    return {name: scores[name] for name in criteria}
