"""Contracts: accepted terms. trial → active ⇄ paused → notice → ended; terminated for cause from any live state.

A live contract holds its weekly minutes of the assistant's capacity until it is over; notice ends at the close of its
last day. Days are counted in the brief's time zone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.matching.domain.offers import Offer
from services.matching.domain.terms import Side, Terms, day_at, end_of, side_of, start_of
from shared.platform.errors import Invalid
from shared.platform.machine import Machine, Step

TRIAL_DAYS = 14


class ContractState(StrEnum):
    TRIAL = "trial"
    ACTIVE = "active"
    PAUSED = "paused"
    NOTICE = "notice"
    ENDED = "ended"
    TERMINATED = "terminated"


class Role(StrEnum):
    CLIENT = "client"
    ASSISTANT = "assistant"
    SYSTEM = "system"


LIVE = frozenset({ContractState.TRIAL, ContractState.ACTIVE, ContractState.PAUSED, ContractState.NOTICE})
_EITHER = frozenset({Role.CLIENT, Role.ASSISTANT})

CONTRACTS: Machine[ContractState, Role] = Machine(
    {
        "pass_trial": Step(
            frozenset({ContractState.TRIAL}),
            ContractState.ACTIVE,
            frozenset({Role.CLIENT, Role.SYSTEM}),
            "Only the client can end the trial early; it passes by itself after 14 days.",
        ),
        "pause": Step(frozenset({ContractState.ACTIVE}), ContractState.PAUSED, _EITHER),
        "resume": Step(frozenset({ContractState.PAUSED}), ContractState.ACTIVE, _EITHER),
        "give_notice": Step(frozenset({ContractState.ACTIVE, ContractState.PAUSED}), ContractState.NOTICE, _EITHER),
        "end": Step(frozenset({ContractState.NOTICE}), ContractState.ENDED, frozenset({Role.SYSTEM})),
        "terminate": Step(LIVE, ContractState.TERMINATED, _EITHER),
    },
    not_now="This contract is in the state %(state)s. What you can do now: %(allowed)s.",
    no_more="This contract is in the state %(state)s; it can no longer be changed.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """`ends_on` is the last day of a contract under notice, or the day on which it was terminated."""

    id: str
    offer_id: str
    thread_id: str
    brief_id: str
    brief_title: str
    client_id: str
    client_name: str
    assistant_id: str
    assistant_name: str
    time_zone: str
    terms: Terms
    created_at: datetime
    trial_ends_at: datetime
    state: ContractState = ContractState.TRIAL
    reason: str = ""
    ends_on: date | None = None
    version: int = 0

    @classmethod
    def begin(cls, offer: Offer, at: datetime) -> Contract:
        """The contract of an accepted offer. The trial takes 14 days from its start, or from a later acceptance."""
        first_day = max(offer.terms.start_on, day_at(at, offer.time_zone))
        return cls(
            id=offer.contract_id,
            offer_id=offer.id,
            thread_id=offer.thread_id,
            brief_id=offer.brief_id,
            brief_title=offer.brief_title,
            client_id=offer.client_id,
            client_name=offer.client_name,
            assistant_id=offer.assistant_id,
            assistant_name=offer.assistant_name,
            time_zone=offer.time_zone,
            terms=offer.terms,
            created_at=at,
            trial_ends_at=start_of(first_day + timedelta(days=TRIAL_DAYS), offer.time_zone),
        )

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def held_minutes(self) -> int:
        """What it holds of the assistant's week."""
        return self.terms.weekly_minutes if self.is_live else 0

    @property
    def ends_at(self) -> datetime:
        """When notice runs out: the close of the last day (UTC)."""
        assert self.ends_on is not None, "only a contract under notice has a last day"
        return end_of(self.ends_on, self.time_zone)

    def side_of(self, party_id: str) -> Side:
        """Raises Forbidden for a stranger."""
        return side_of(party_id, self.client_id, self.assistant_id)

    def pass_trial(self, by: str) -> Contract:
        return self._moved("pass_trial", self._role(by))

    def pass_trial_by_time(self) -> Contract:
        return self._moved("pass_trial", Role.SYSTEM)

    def pause(self, by: str, reason: str) -> Contract:
        return replace(self._moved("pause", self._role(by)), reason=reason)

    def resume(self, by: str) -> Contract:
        return replace(self._moved("resume", self._role(by)), reason="")

    def give_notice(self, by: str, at: datetime, reason: str) -> Contract:
        """The last day is today and the agreed days of notice later."""
        moved = self._moved("give_notice", self._role(by))
        last_day = day_at(at, self.time_zone) + timedelta(days=self.terms.notice_days)
        return replace(moved, reason=reason, ends_on=last_day)

    def end(self) -> Contract:
        return self._moved("end", Role.SYSTEM)

    def terminate(self, by: str, at: datetime, reason: str) -> Contract:
        """At once and for cause: the reason is required."""
        moved = self._moved("terminate", self._role(by))
        if not reason.strip():
            raise Invalid.field("reason", "Say why the contract ends at once.")
        return replace(moved, reason=reason.strip(), ends_on=day_at(at, self.time_zone))

    def _role(self, party_id: str) -> Role:
        return Role(self.side_of(party_id).value)

    def _moved(self, event: str, role: Role) -> Contract:
        return replace(self, state=CONTRACTS.target(self.state, event, role))
