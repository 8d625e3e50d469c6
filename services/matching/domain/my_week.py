"""Her week as she plans by it: what contracts hold of her capacity, when hours come free, what offers ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.matching.domain.capacity import Capacity
from services.matching.domain.contracts import Contract, ContractState
from services.matching.domain.offers import Offer


@dataclass(frozen=True, slots=True)
class HeldBy:
    """A contract's hours. `frees_on`: the first day on which they can be free again; `ending`: notice was given, so
    that they will be."""

    contract_id: str
    client_id: str
    client_name: str
    brief_title: str
    state: str
    weekly_minutes: int
    frees_on: date
    ending: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An offer that would hold hours; `fits`: into what is free now, `by`: whose answer is not waited for."""

    offer_id: str
    client_id: str
    client_name: str
    brief_title: str
    by: str
    weekly_minutes: int
    expires_at: datetime
    fits: bool


@dataclass(frozen=True, slots=True)
class MyWeek:
    """`free_minutes` may be below zero: more was promised than is offered now."""

    capacity_minutes: int
    committed_minutes: int
    free_minutes: int
    held: tuple[HeldBy, ...]
    waiting: tuple[Waiting, ...]


def my_week(capacity: Capacity, contracts: Iterable[Contract], offers: Iterable[Offer], today: date) -> MyWeek:
    """Contracts that end come first, by day, then the largest; offers by the day on which they expire."""
    held = [_held(contract, today) for contract in contracts if contract.is_live]
    waiting = [_waiting(offer, capacity) for offer in offers if offer.is_live]
    return MyWeek(
        capacity.capacity_minutes,
        capacity.committed_minutes,
        capacity.free_minutes,
        tuple(
            sorted(held, key=lambda one: (not one.ending, one.frees_on if one.ending else today, -one.weekly_minutes))
        ),
        tuple(sorted(waiting, key=lambda one: one.expires_at)),
    )


def _held(contract: Contract, today: date) -> HeldBy:
    ending = contract.state is ContractState.NOTICE and contract.ends_on is not None
    last = contract.ends_on if ending and contract.ends_on else today + timedelta(days=contract.terms.notice_days)
    return HeldBy(
        contract.id,
        contract.client_id,
        contract.client_name,
        contract.brief_title,
        contract.state.value,
        contract.held_minutes,
        last + timedelta(days=1),
        ending,
    )


def _waiting(offer: Offer, capacity: Capacity) -> Waiting:
    minutes = offer.terms.weekly_minutes
    return Waiting(
        offer.id,
        offer.client_id,
        offer.client_name,
        offer.brief_title,
        offer.by,
        minutes,
        offer.expires_at,
        minutes <= capacity.free_minutes,
    )
