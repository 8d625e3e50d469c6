"""Contracts: the whole table of states, events and roles; dates; random traces of hiring that never oversell a week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from services.matching.domain.capacity import Capacity, not_enough
from services.matching.domain.contracts import CONTRACTS, Contract, ContractState, Role
from services.matching.domain.offers import Offer
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid
from tests.unit.matching.world import ANNA, CLIENT, NOW, TODAY, a_contract, an_offer, terms

EITHER = {"client", "assistant"}
DRAWN = {
    ("trial", "pass_trial"): ("active", {"client", "system"}),
    ("active", "pause"): ("paused", EITHER),
    ("paused", "resume"): ("active", EITHER),
    ("active", "give_notice"): ("notice", EITHER),
    ("paused", "give_notice"): ("notice", EITHER),
    ("notice", "end"): ("ended", {"system"}),
    ("trial", "terminate"): ("terminated", EITHER),
    ("active", "terminate"): ("terminated", EITHER),
    ("paused", "terminate"): ("terminated", EITHER),
    ("notice", "terminate"): ("terminated", EITHER),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("event", CONTRACTS.steps)
@pytest.mark.parametrize("state", ContractState)
def test_what_is_drawn_happens_and_nothing_else(state: ContractState, event: str, role: Role) -> None:
    target, roles = DRAWN.get((state, event), ("", set()))

    if role in roles:
        assert CONTRACTS.target(state, event, role) == target
    else:
        with pytest.raises((Conflict, Forbidden)):
            CONTRACTS.target(state, event, role)


def test_a_refusal_names_the_state_and_what_is_possible() -> None:
    with pytest.raises(Conflict) as refused:
        a_contract().pause(CLIENT, "Holidays")

    assert refused.value.text.params == {"state": "trial", "allowed": "pass trial, terminate"}
    with pytest.raises(Conflict, match="ended; it can no longer be changed"):
        a_contract(state=ContractState.ENDED).resume(ANNA)


def test_strangers_do_nothing() -> None:
    for act in (
        lambda c: c.pass_trial("x"),
        lambda c: c.give_notice("x", NOW, ""),
        lambda c: c.terminate("x", NOW, "I say so"),
    ):
        with pytest.raises(Forbidden):
            act(a_contract())


def test_a_contract_begins_in_trial_for_14_days_from_its_start_in_the_briefs_zone() -> None:
    contract = a_contract(terms=terms(start_on=date(2026, 11, 30)))

    assert contract.state is ContractState.TRIAL
    assert contract.trial_ends_at == datetime(2026, 12, 13, 23, tzinfo=UTC)  # 14 December, 00:00 in Rome
    assert contract.held_minutes == 600


def test_an_offer_accepted_after_its_start_has_its_whole_trial() -> None:
    offer = an_offer(terms=terms(start_on=TODAY))

    contract = Contract.begin(offer.accept(ANNA, NOW + timedelta(days=3), "contract"), NOW + timedelta(days=3))

    assert contract.trial_ends_at == datetime(2026, 12, 9, 23, tzinfo=UTC)


def test_notice_runs_to_the_end_of_its_last_day() -> None:
    contract = a_contract(state=ContractState.ACTIVE, terms=terms(notice_days=7))

    under_notice = contract.give_notice(ANNA, NOW, "Moving on")

    assert (under_notice.state, under_notice.reason) == (ContractState.NOTICE, "Moving on")
    assert under_notice.ends_on == date(2026, 11, 30)
    assert under_notice.ends_at == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert under_notice.held_minutes == 600
    assert under_notice.end().held_minutes == 0


def test_terminating_needs_a_reason_and_ends_today() -> None:
    with pytest.raises(Invalid) as refused:
        a_contract().terminate(CLIENT, NOW, "  ")
    assert list(refused.value.fields) == ["reason"]

    over = a_contract().terminate(CLIENT, NOW, "Did not appear")

    assert (over.state, over.reason, over.ends_on) == (ContractState.TERMINATED, "Did not appear", TODAY)
    assert over.held_minutes == 0


def test_a_pause_keeps_its_reason_until_it_is_over() -> None:
    paused = a_contract(state=ContractState.ACTIVE).pause(ANNA, "Away")

    assert (paused.reason, paused.held_minutes) == ("Away", 600)
    assert paused.resume(CLIENT).reason == ""


# -- random traces ---------------------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Contract, str], Contract]] = {
    "pass_trial": lambda contract, by: contract.pass_trial(by),
    "trial passes": lambda contract, _by: contract.pass_trial_by_time(),
    "pause": lambda contract, by: contract.pause(by, ""),
    "resume": lambda contract, by: contract.resume(by),
    "notice": lambda contract, by: contract.give_notice(by, NOW, ""),
    "end": lambda contract, _by: contract.end(),
    "terminate": lambda contract, by: contract.terminate(by, NOW, "cause"),
}


class Hiring(RuleBasedStateMachine):
    """Many clients, one assistant, anything in any order. The store's conditional write is the `if` in `_reserve`."""

    offers = Bundle("offers")

    def __init__(self) -> None:
        super().__init__()
        self.capacity = Capacity.all_free(ANNA, 1200)
        self.live: dict[str, Offer] = {}
        self.contracts: dict[str, Contract] = {}
        self.shrunk = False

    @rule(target=offers, minutes=st.sampled_from((60, 300, 600, 1200)))
    def send(self, minutes: int) -> str:
        offer = an_offer(terms=terms(weekly_minutes=minutes))
        self.live[offer.id] = offer
        return offer.id

    @rule(
        id=offers, act=st.sampled_from(("accept", "accept", "decline", "withdraw")), by=st.sampled_from((ANNA, CLIENT))
    )
    def answer(self, id: str, act: str, by: str) -> None:
        offer = self.live[id]
        try:
            if act == "accept":
                accepted = offer.accept(by, NOW, f"contract of {id}")
                self._reserve(accepted.terms.weekly_minutes)
                self.live[id] = accepted
                assert accepted.contract_id not in self.contracts
                self.contracts[accepted.contract_id] = Contract.begin(accepted, NOW)
            else:
                self.live[id] = getattr(offer, act)(by, NOW, "")
        except DextraError:
            assert self.live[id] is offer

    @rule(id=offers, act=st.sampled_from(sorted(ACTS)), by=st.sampled_from((ANNA, CLIENT, "stranger")))
    def work(self, id: str, act: str, by: str) -> None:
        contract = self.contracts.get(f"contract of {id}")
        if contract is None:
            return
        try:
            moved = ACTS[act](contract, by)
        except DextraError:
            return
        assert contract.is_live
        assert by != "stranger" or act in ("trial passes", "end")
        self._give_back(contract.held_minutes - moved.held_minutes)
        self.contracts[contract.id] = moved

    @rule(minutes=st.sampled_from((600, 1200, 1800)))
    def resize(self, minutes: int) -> None:
        self.shrunk |= minutes < self.capacity.committed_minutes
        difference = minutes - self.capacity.capacity_minutes
        free = self.capacity.free_minutes + difference
        self.capacity = replace(self.capacity, capacity_minutes=minutes, free_minutes=free)

    def _reserve(self, minutes: int) -> None:
        if self.capacity.free_minutes < minutes:
            raise not_enough(self.capacity.free_minutes, minutes)
        self._give_back(-minutes)

    def _give_back(self, minutes: int) -> None:
        self.capacity = replace(
            self.capacity,
            committed_minutes=self.capacity.committed_minutes - minutes,
            free_minutes=self.capacity.free_minutes + minutes,
        )

    @invariant()
    def what_is_committed_is_what_contracts_hold(self) -> None:
        held = sum(contract.held_minutes for contract in self.contracts.values())
        assert self.capacity.committed_minutes == held
        assert self.capacity.free_minutes == self.capacity.capacity_minutes - held

    @invariant()
    def no_week_is_promised_twice(self) -> None:
        if not self.shrunk:
            assert self.capacity.free_minutes >= 0


Hiring.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHiring = Hiring.TestCase


@pytest.mark.parametrize(("left", "said"), [(360, "6"), (390, "6.5"), (-30, "0"), (405, "6.75")])
def test_the_refusal_says_how_many_hours_are_left(left: int, said: str) -> None:
    assert str(not_enough(left, 600)) == (
        f"Only {said} hours a week are left, and these terms ask for 10. Agree on fewer hours."
    )
