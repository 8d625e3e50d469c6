"""Her own week: what is held, from when it is free, and what offers would hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.matching.domain.capacity import Capacity
from services.matching.domain.contracts import ContractState
from services.matching.domain.my_week import my_week
from services.matching.domain.offers import OfferState
from tests.unit.matching.world import ANNA, TODAY, a_contract, an_offer

CAPACITY = Capacity(ANNA, 2400, 1200, 1200)


def test_contracts_that_end_come_first_and_others_may_end_after_notice() -> None:
    running = replace(a_contract(), id="running", state=ContractState.ACTIVE)
    ending = replace(a_contract(), id="ending", state=ContractState.NOTICE, ends_on=TODAY + timedelta(days=3))
    over = replace(a_contract(), id="over", state=ContractState.ENDED)

    week = my_week(CAPACITY, [running, over, ending], [], TODAY)

    assert [(one.contract_id, one.ending) for one in week.held] == [("ending", True), ("running", False)]
    assert week.held[0].frees_on == TODAY + timedelta(days=4)
    assert week.held[1].frees_on == TODAY + timedelta(days=running.terms.notice_days + 1)
    assert (week.capacity_minutes, week.committed_minutes, week.free_minutes) == (2400, 1200, 1200)


def test_open_offers_say_whether_they_fit() -> None:
    offer = an_offer()
    small = replace(offer, id="small", terms=replace(offer.terms, weekly_minutes=1200))
    large = replace(small, id="large", terms=replace(offer.terms, weekly_minutes=1201))
    gone = replace(small, id="gone", state=OfferState.DECLINED)

    week = my_week(CAPACITY, [], [large, gone, small], TODAY)

    assert {one.offer_id: one.fits for one in week.waiting} == {"small": True, "large": False}
