"""Cover: one assistant stands in for another. invited → accepted → ended, or declined; shown when both agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.platform.errors import Conflict, Invalid, NotFound
from shared.platform.machine import Machine, Step

MOST_COVERS = 10


class CoverState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class Party(StrEnum):
    INVITER = "inviter"
    PARTNER = "partner"


_PARTNER = frozenset({Party.PARTNER})
COVERS: Machine[CoverState, Party] = Machine(
    {
        "accept": Step(
            frozenset({CoverState.INVITED}), CoverState.ACCEPTED, _PARTNER, "Only who was invited can accept."
        ),
        "decline": Step(
            frozenset({CoverState.INVITED}), CoverState.DECLINED, _PARTNER, "Only who was invited can decline."
        ),
        "end": Step(
            frozenset({CoverState.INVITED, CoverState.ACCEPTED}),
            CoverState.ENDED,
            frozenset(Party),
            "Only the two can end this.",
        ),
    },
    not_now="This invitation is in the state %(state)s. What you can do now: %(allowed)s.",
    no_more="This invitation is in the state %(state)s; it can no longer be changed.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """`address` is the invited account's; whose it is becomes known when they accept. Instants in UTC."""

    id: str
    inviter_id: str
    inviter_name: str
    address: str
    partner_id: str = ""
    partner_name: str = ""
    state: CoverState = CoverState.INVITED
    invited_at: datetime
    version: int = 0

    @property
    def is_live(self) -> bool:
        return self.state in (CoverState.INVITED, CoverState.ACCEPTED)

    def side_of(self, party_id: str, address: str) -> Party:
        """Raises NotFound for a stranger, as if there were none."""
        if party_id == self.inviter_id:
            return Party.INVITER
        if party_id and party_id == self.partner_id:
            return Party.PARTNER
        if party_id and not self.partner_id and address and address == self.address:
            return Party.PARTNER
        raise NotFound("This invitation does not exist, or not any more.")

    def answer(self, event: str, party_id: str, address: str, name: str) -> Cover:
        """`accept` or `decline`, by who has the address."""
        state = COVERS.target(self.state, event, self.side_of(party_id, address))
        return replace(self, state=state, partner_id=party_id, partner_name=name)

    def end(self, party_id: str, address: str) -> Cover:
        return replace(self, state=COVERS.target(self.state, "end", self.side_of(party_id, address)))


def invite(
    id: str, inviter_id: str, inviter_name: str, own: str, address: str, live: list[Cover], at: datetime
) -> Cover:
    """Raises Invalid for oneself or somebody who was invited already, Conflict for too many."""
    if address == own:
        raise Invalid.field("address", "This is your own address. Enter that of another assistant.")
    if any(cover.address == address for cover in live):
        raise Invalid.field("address", "You have invited this address already.")
    if len(live) >= MOST_COVERS:
        raise Conflict("You can have ten people to stand in for you. End one to invite another.")
    return Cover(id=id, inviter_id=inviter_id, inviter_name=inviter_name, address=address, invited_at=at)
