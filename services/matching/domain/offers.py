"""Offers: terms that one side puts to the other. sent → accepted | declined | countered | withdrawn | expired.

All offers about one brief and one assistant are a thread, of which at most one is live.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from services.matching.domain.brief import Brief
from services.matching.domain.practice import Practice
from services.matching.domain.terms import Side, Terms, day_at, side_of
from shared.platform.errors import Conflict
from shared.platform.ids import new_id
from shared.platform.machine import Machine, Step

LIFETIME = timedelta(days=7)
REMINDER = timedelta(days=1)
"""How long before it expires the other side is reminded."""
THREADS = UUID("5a1d2f6e-7c39-4d0b-9f57-0a4f9ce2b1d3")


class OfferState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    COUNTERED = "countered"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Part(StrEnum):
    """What somebody is to an offer."""

    AUTHOR = "author"
    RECIPIENT = "recipient"
    SYSTEM = "system"


_LIVE = frozenset({OfferState.SENT})
_RECIPIENT = frozenset({Part.RECIPIENT})

OFFERS: Machine[OfferState, Part] = Machine(
    {
        "accept": Step(
            _LIVE,
            OfferState.ACCEPTED,
            _RECIPIENT,
            "An offer is accepted by the side that received it.",
        ),
        "decline": Step(
            _LIVE,
            OfferState.DECLINED,
            _RECIPIENT,
            "An offer is declined by the side that received it. Withdraw your own instead.",
        ),
        "counter": Step(
            _LIVE,
            OfferState.COUNTERED,
            _RECIPIENT,
            "An offer is countered by the side that received it. Withdraw your own, then send another.",
        ),
        "withdraw": Step(
            _LIVE,
            OfferState.WITHDRAWN,
            frozenset({Part.AUTHOR, Part.SYSTEM}),
            "An offer is withdrawn by the side that sent it. Decline it instead.",
        ),
        "expire": Step(_LIVE, OfferState.EXPIRED, frozenset({Part.SYSTEM})),
    },
    not_now="This offer is %(state)s. What you can do now: %(allowed)s.",
    no_more="This offer is %(state)s; it can no longer be changed or answered.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`by` is the side that put it; `number` counts within the thread. Names are as they were when it was sent."""

    id: str
    thread_id: str
    number: int
    brief_id: str
    brief_title: str
    client_id: str
    client_name: str
    assistant_id: str
    assistant_name: str
    time_zone: str
    by: Side
    terms: Terms
    message: str
    created_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.SENT
    reason: str = ""
    answered_at: datetime | None = None
    contract_id: str = ""
    by_name: str = ""
    """The colleague who put it for the client's company."""
    message_locale: str = ""
    version: int = 0

    @property
    def is_live(self) -> bool:
        return self.state in _LIVE

    @property
    def reminder_at(self) -> datetime:
        return self.expires_at - REMINDER

    def side_of(self, party_id: str) -> Side:
        """Raises Forbidden for a stranger."""
        return side_of(party_id, self.client_id, self.assistant_id)

    def accept(self, by: str, at: datetime, contract_id: str) -> Offer:
        """Raises Conflict when it is no longer live, Forbidden when its author accepts it."""
        return replace(self._answered("accept", by, at), contract_id=contract_id)

    def decline(self, by: str, at: datetime, reason: str) -> Offer:
        return self._answered("decline", by, at, reason)

    def withdraw(self, by: str, at: datetime, reason: str) -> Offer:
        return self._answered("withdraw", by, at, reason)

    def counter(self, by: str, at: datetime, terms: Terms, message: str, by_name: str = "") -> tuple[Offer, Offer]:
        """This offer, countered, and the new one that takes its place."""
        answered = self._answered("counter", by, at)
        terms.check(day_at(at, self.time_zone))
        following = replace(
            self,
            id=new_id(),
            number=self.number + 1,
            by=self.side_of(by),
            terms=terms,
            message=message,
            by_name=by_name,
            created_at=at,
            expires_at=at + LIFETIME,
            version=0,
        )
        return answered, following

    def withdraw_by_system(self, at: datetime, reason: str) -> Offer:
        """Because its brief ended or was filled."""
        return self._moved("withdraw", Part.SYSTEM, at, reason)

    def expire(self, at: datetime) -> Offer:
        return self._moved("expire", Part.SYSTEM, at, "")

    def _answered(self, event: str, by: str, at: datetime, reason: str = "") -> Offer:
        part = Part.AUTHOR if self.side_of(by) is self.by else Part.RECIPIENT
        moved = self._moved(event, part, at, reason)
        if at >= self.expires_at:
            raise Conflict("This offer has expired. Ask for a new one.")
        return moved

    def _moved(self, event: str, part: Part, at: datetime, reason: str) -> Offer:
        return replace(self, state=OFFERS.target(self.state, event, part), answered_at=at, reason=reason)


def send(
    brief: Brief,
    assistant: Practice,
    terms: Terms,
    *,
    message: str,
    client_name: str,
    earlier: Sequence[Offer],
    at: datetime,
    by_name: str = "",
) -> Offer:
    """The client's offer to an assistant; `earlier` are those of its thread.

    Raises Conflict when the brief is not open, or another offer of the thread is live.
    """
    brief.require_open()
    if assistant.id == brief.client_id:
        raise Conflict("You cannot hire yourself. Choose another assistant.")
    if any(offer.is_live for offer in earlier):
        raise Conflict("An offer to this assistant waits for an answer already. Withdraw it before you send another.")
    terms.check(day_at(at, brief.time_zone))
    return Offer(
        id=new_id(),
        thread_id=thread_of(brief.id, assistant.id),
        number=max((offer.number for offer in earlier), default=0) + 1,
        brief_id=brief.id,
        brief_title=brief.title,
        client_id=brief.client_id,
        client_name=client_name,
        assistant_id=assistant.id,
        assistant_name=assistant.display_name,
        time_zone=brief.time_zone,
        by=Side.CLIENT,
        terms=terms,
        message=message,
        by_name=by_name,
        created_at=at,
        expires_at=at + LIFETIME,
    )


def thread_of(brief_id: str, assistant_id: str) -> str:
    """The id of the negotiation about a brief with an assistant: always the same."""
    return str(uuid5(THREADS, f"{brief_id}:{assistant_id}"))
