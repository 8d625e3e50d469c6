"""Track records: facts about either side of the market, counted from what happened here. Nobody's opinion, no guess.

| fact | how it is counted |
| --- | --- |
| answers to offers | of the offers received that were answered or expired, those answered: yes, no or a counter-offer |
| response time | the median wait, nights and weekends included, of first answers in the last 90 days, from three on |
| contracts completed | those that began and ended by notice; not those terminated for cause |
| repeat partners | the others with whom a second contract was begun |

A wait runs from an offer to its answer, and from the first unanswered message of a conversation to the next one back.
Ratings stand beside the facts (`ratings.py`); hours and payments come from other services and stand in copies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median_low

from services.matching.domain.ratings import Tally

LOOKED_BACK = timedelta(days=90)
FEWEST_CASES = 3
MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Wait:
    """A first answer: when it came, and how many minutes after what it answers."""

    at: datetime
    minutes: int


Waits = tuple[Wait, ...]


def with_wait(waits: Waits, since: datetime, at: datetime) -> Waits:
    """One more, with those too old to count left out."""
    minutes = max(int((at - since) / timedelta(minutes=1)), 0)
    kept = [wait for wait in waits if at - wait.at <= LOOKED_BACK]
    return (*kept, Wait(at, minutes))[-MOST_KEPT:]


@dataclass(frozen=True, slots=True)
class Response:
    """Minutes (None below three cases) and how many cases there are."""

    minutes: int | None
    cases: int


def response(waits: Iterable[Wait], at: datetime) -> Response:
    """The median of the last 90 days' waits."""
    counted = [wait.minutes for wait in waits if timedelta() <= at - wait.at <= LOOKED_BACK]
    return Response(median_low(counted) if len(counted) >= FEWEST_CASES else None, len(counted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Of one person on one side. `partners`: contracts begun with each; `marks`: what an operator checked, and when."""

    id: str
    answered: int = 0
    unanswered: int = 0
    waits: Waits = ()
    partners: dict[str, int] = field(default_factory=dict)
    completed: int = 0
    terminated: int = 0
    reviews: Tally = field(default_factory=Tally)
    marks: dict[str, datetime] = field(default_factory=dict)

    def answered_offer(self, sent_at: datetime, at: datetime) -> Track:
        return replace(self, answered=self.answered + 1, waits=with_wait(self.waits, sent_at, at))

    def let_expire(self) -> Track:
        return replace(self, unanswered=self.unanswered + 1)

    def began_with(self, partner_id: str) -> Track:
        return replace(self, partners={**self.partners, partner_id: self.partners.get(partner_id, 0) + 1})

    def ended(self, *, well: bool) -> Track:
        if well:
            return replace(self, completed=self.completed + 1)
        return replace(self, terminated=self.terminated + 1)

    def reviewed(self, tally: Tally) -> Track:
        return replace(self, reviews=tally)

    def marked(self, kind: str, at: datetime | None) -> Track:
        """With a mark, or without it."""
        others = {name: since for name, since in self.marks.items() if name != kind}
        return replace(self, marks=others if at is None else {**others, kind: at})

    @property
    def contracts(self) -> int:
        return sum(self.partners.values())

    @property
    def repeat_partners(self) -> int:
        return sum(count > 1 for count in self.partners.values())


@dataclass(frozen=True, slots=True)
class Talks:
    """Somebody's part in conversations: since when a message of the other side waits in each, and past waits."""

    id: str
    waiting: dict[str, datetime] = field(default_factory=dict)
    waits: Waits = ()

    def received(self, conversation_id: str, at: datetime) -> Talks:
        """The first one that waits counts; what follows it does not make the wait shorter."""
        return replace(self, waiting={conversation_id: at, **self.waiting})

    def wrote(self, conversation_id: str, at: datetime) -> Talks:
        since = self.waiting.get(conversation_id)
        if since is None:
            return self
        others = {id: began for id, began in self.waiting.items() if id != conversation_id}
        return replace(self, waiting=others, waits=with_wait(self.waits, since, at))
