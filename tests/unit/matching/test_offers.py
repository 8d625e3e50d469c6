"""Offers: who may do what in which state, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.matching.domain.offers import OFFERS, Offer, OfferState, Part, send, thread_of
from services.matching.domain.terms import Side
from shared.platform.errors import Conflict, DextraError, Forbidden, Invalid
from shared.platform.money import Money
from tests.unit.matching.world import ANNA, CLIENT, MONDAY, NOW, TODAY, a_brief, a_practice, an_offer, terms

LATER = NOW + timedelta(days=2)
ACTS: dict[str, Callable[[Offer, str], Any]] = {
    "accept": lambda offer, by: offer.accept(by, LATER, "contract"),
    "decline": lambda offer, by: offer.decline(by, LATER, "No"),
    "counter": lambda offer, by: offer.counter(by, LATER, terms(), "")[0],
    "withdraw": lambda offer, by: offer.withdraw(by, LATER, "Oh"),
}
DRAWN = {("accept", ANNA): "accepted", ("decline", ANNA): "declined", ("counter", ANNA): "countered"} | {
    ("withdraw", CLIENT): "withdrawn"
}


@pytest.mark.parametrize("by", [ANNA, CLIENT, "stranger"])
@pytest.mark.parametrize("act", ACTS)
def test_only_the_drawn_moves_are_made_by_those_who_may(act: str, by: str) -> None:
    if target := DRAWN.get((act, by)):
        moved = ACTS[act](an_offer(), by)
        assert moved.state == target
        assert moved.answered_at == LATER
    else:
        with pytest.raises(Forbidden):
            ACTS[act](an_offer(), by)


@pytest.mark.parametrize("state", [state for state in OfferState if state is not OfferState.SENT])
@pytest.mark.parametrize(("act", "by"), DRAWN)
def test_an_answered_offer_is_final(act: str, by: str, state: OfferState) -> None:
    with pytest.raises(Conflict, match=f"This offer is {state}; it can no longer be changed or answered"):
        ACTS[act](an_offer(state=state), by)


@pytest.mark.parametrize(("act", "by"), DRAWN)
def test_what_has_expired_cannot_be_answered_even_before_its_timer(act: str, by: str) -> None:
    with pytest.raises(Conflict, match="expired"):
        ACTS[act](an_offer(expires_at=LATER), by)


def test_the_table_names_every_state_and_leaves_none_but_sent() -> None:
    assert {step.target for step in OFFERS.steps.values()} == set(OfferState) - {OfferState.SENT}
    assert OFFERS.allowed(OfferState.SENT, Part.RECIPIENT) == ("accept", "decline", "counter")
    assert all(OFFERS.allowed(state, part) == () for state in OfferState for part in Part if state != "sent")


def test_a_counter_is_the_other_sides_offer_in_the_same_thread() -> None:
    offer = an_offer()

    countered, following = offer.counter(ANNA, LATER, terms(weekly_minutes=480), "Fewer hours?")

    assert (countered.state, countered.id) == (OfferState.COUNTERED, offer.id)
    assert (following.state, following.by, following.number) == (OfferState.SENT, Side.ASSISTANT, 2)
    assert (following.thread_id, following.version) == (offer.thread_id, 0)
    assert following.terms.weekly_minutes == 480
    assert following.expires_at == LATER + timedelta(days=7)
    assert following.accept(CLIENT, LATER, "contract").state is OfferState.ACCEPTED
    with pytest.raises(Forbidden):
        following.accept(ANNA, LATER, "contract")


def test_an_offer_lives_seven_days_and_reminds_a_day_before() -> None:
    offer = an_offer()

    assert offer.expires_at == NOW + timedelta(days=7)
    assert offer.reminder_at == NOW + timedelta(days=6)
    assert offer.expire(offer.expires_at).state is OfferState.EXPIRED


def test_the_system_withdraws_with_a_reason() -> None:
    withdrawn = an_offer(by=Side.ASSISTANT).withdraw_by_system(LATER, "The brief was ended.")

    assert (withdrawn.state, withdrawn.reason) == (OfferState.WITHDRAWN, "The brief was ended.")


def offered(**changes: Any) -> Offer:
    given: dict[str, Any] = {"brief": a_brief(), "assistant": a_practice(), "terms": terms(), "earlier": ()} | changes
    return send(**given, message="Hello", client_name="Carla", at=NOW)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"brief": a_brief(state="paused")}, Conflict),
        ({"brief": a_brief(state="filled")}, Conflict),
        ({"assistant": a_practice(CLIENT)}, Conflict),
        ({"earlier": (an_offer(),)}, Conflict),
        ({"terms": terms(start_on=TODAY - timedelta(days=1))}, Invalid),
        ({"terms": terms(rate=Money(0, "EUR"))}, Invalid),
        ({"terms": terms(engagement="retainer", included_minutes=0)}, Invalid),
    ],
)
def test_what_cannot_be_offered(changes: dict[str, Any], error: type[DextraError]) -> None:
    with pytest.raises(error):
        offered(**changes)


def test_an_offer_carries_the_names_and_its_place_in_the_thread() -> None:
    earlier = an_offer(state=OfferState.DECLINED)

    offer = offered(earlier=(earlier,), terms=terms(start_on=MONDAY))

    assert (offer.client_name, offer.assistant_name, offer.brief_title) == ("Carla", "Anna Rossi", "My right hand")
    assert (offer.number, offer.thread_id) == (2, earlier.thread_id)
    assert offer.thread_id == thread_of("brief", ANNA)


def test_the_day_of_the_briefs_zone_decides_what_is_past() -> None:
    """At 10:00 UTC on the 23rd it is the 24th in Kiritimati."""
    with pytest.raises(Invalid) as refused:
        offered(brief=a_brief(time_zone="Pacific/Kiritimati"), terms=terms(start_on=TODAY))
    assert list(refused.value.fields) == ["terms.start_on"]

    assert offered(terms=terms(start_on=TODAY)).terms.start_on == TODAY
