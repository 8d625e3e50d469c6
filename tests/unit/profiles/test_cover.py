"""Cover: two who agree that one stands in for the other, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from services.profiles.domain.cover import COVERS, MOST_COVERS, Cover, CoverState, Party, invite
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
INVITED, ACCEPTED, DECLINED, ENDED = CoverState
BEA = "bea@example.com"


def cover(state: CoverState = INVITED, **changes: str) -> Cover:
    made = invite("c1", "anna", "Anna", "anna@example.com", BEA, [], NOW)
    partner = "" if state is INVITED else "bea"
    return replace(made, state=state, partner_id=partner, **changes)  # type: ignore[arg-type]


DRAWN = {
    (INVITED, "accept", Party.PARTNER): ACCEPTED,
    (INVITED, "decline", Party.PARTNER): DECLINED,
    (INVITED, "end", Party.INVITER): ENDED,
    (INVITED, "end", Party.PARTNER): ENDED,
    (ACCEPTED, "end", Party.INVITER): ENDED,
    (ACCEPTED, "end", Party.PARTNER): ENDED,
}
WHO = {Party.INVITER: ("anna", "anna@example.com"), Party.PARTNER: ("bea", BEA)}


def act(held: Cover, event: str, party: Party) -> Cover:
    id, address = WHO[party]
    return held.end(id, address) if event == "end" else held.answer(event, id, address, "Bea")


@pytest.mark.parametrize(("state", "event", "party"), list(product(CoverState, COVERS.steps, Party)))
def test_only_drawn_transitions_happen(state: CoverState, event: str, party: Party) -> None:
    expected = DRAWN.get((state, event, party))
    if expected is None:
        with pytest.raises((Conflict, Forbidden)):
            act(cover(state), event, party)
    else:
        assert act(cover(state), event, party).state is expected


def test_who_accepts_is_known_from_then_on() -> None:
    accepted = cover().answer("accept", "bea", BEA, "Studio Bea")

    assert (accepted.partner_id, accepted.partner_name) == ("bea", "Studio Bea")
    with pytest.raises(NotFound):
        accepted.side_of("other", BEA)


@pytest.mark.parametrize(("party", "address"), [("carla", "carla@example.com"), ("carla", ""), ("", "")])
def test_strangers_see_nothing(party: str, address: str) -> None:
    with pytest.raises(NotFound):
        cover().side_of(party, address)


def test_who_may_be_invited() -> None:
    with pytest.raises(Invalid):
        invite("c2", "anna", "Anna", BEA, BEA, [], NOW)
    with pytest.raises(Invalid):
        invite("c2", "anna", "Anna", "anna@example.com", BEA, [cover()], NOW)
    many = [replace(cover(), address=f"{number}@example.com") for number in range(MOST_COVERS)]
    with pytest.raises(Conflict):
        invite("c2", "anna", "Anna", "anna@example.com", BEA, many, NOW)
