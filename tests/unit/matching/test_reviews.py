"""Reviews and ratings: the window, the seal, the reveal; one reply; hiding; and what stars come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.contracts import ContractState
from services.matching.domain.ratings import CRITERIA, Prior, Tally, mean_of
from services.matching.domain.reviews import WINDOW, Review, ReviewState, open_window
from services.matching.domain.terms import Side
from shared.contracts.matching import REVIEW_CRITERIA, REVIEW_STATES
from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound
from tests.unit.matching.world import ANNA, CLIENT, NOW, a_contract

OF_ASSISTANT = dict.fromkeys(CRITERIA["assistant"], 5)
OF_CLIENT = dict.fromkeys(CRITERIA["client"], 4)
LATER = NOW + timedelta(days=3)


def a_review(**changes: Any) -> Review:
    over = replace(a_contract(), state=ContractState.ENDED, ends_on=NOW.date())
    opened = open_window(replace(over, terms=replace(over.terms, start_on=date(2026, 9, 1))), NOW)
    assert opened is not None
    return replace(opened, **changes)


def by_client(review: Review) -> Review:
    return review.write(CLIENT, OF_ASSISTANT, " Calm. ", "en", LATER)


def by_both(review: Review) -> Review:
    return by_client(review).write(ANNA, OF_CLIENT, "Chiaro.", "it", LATER)


def test_the_contracts_of_the_language_name_the_same_things() -> None:
    assert dict(REVIEW_CRITERIA) == dict(CRITERIA)
    assert {state.value for state in ReviewState} == set(REVIEW_STATES)


def test_what_one_side_wrote_is_sealed_until_the_other_has_written() -> None:
    sealed = by_client(a_review())

    assert sealed.state is ReviewState.SEALED
    assert sealed.missing == (Side.ASSISTANT,)
    assert sealed.seen_by(ANNA).by_client is None
    own = sealed.seen_by(CLIENT).by_client
    assert own is not None
    assert (own.text, own.mean) == ("Calm.", 500)
    revealed = by_both(a_review())
    assert (revealed.state, revealed.revealed_at) == (ReviewState.REVEALED, LATER)
    assert revealed.seen_by(ANNA) == revealed.seen_by(CLIENT) == revealed


@pytest.mark.parametrize(("written", "state"), [(lambda r: r, ReviewState.LAPSED), (by_client, ReviewState.REVEALED)])
def test_when_the_time_is_over_it_is_revealed_or_lapses(written: Any, state: ReviewState) -> None:
    review = written(a_review()).close(NOW + WINDOW)

    assert review.state is state
    with pytest.raises(Conflict, match="time for reviews"):
        review.write(ANNA, OF_CLIENT, "", "en", NOW + timedelta(days=1))
    with pytest.raises(Conflict):
        review.close(NOW + WINDOW)


def test_nobody_writes_twice_or_late_or_for_another() -> None:
    with pytest.raises(Conflict, match="already"):
        by_client(by_client(a_review()))
    with pytest.raises(Conflict, match="time for reviews"):
        a_review().write(CLIENT, OF_ASSISTANT, "", "en", NOW + WINDOW)
    with pytest.raises(Forbidden):
        a_review().write("stranger", OF_ASSISTANT, "", "en", LATER)
    with pytest.raises(Forbidden):
        a_review().seen_by("stranger")


@pytest.mark.parametrize(
    ("by", "scores", "field"),
    [
        (CLIENT, {}, "scores.quality"),
        (CLIENT, {**OF_ASSISTANT, "initiative": 0}, "scores.initiative"),
        (CLIENT, {**OF_ASSISTANT, "quality": 6}, "scores.quality"),
        (ANNA, OF_ASSISTANT, "scores.clarity"),
    ],
)
def test_every_criterion_gets_one_to_five_stars(by: str, scores: dict[str, int], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        a_review().write(by, scores, "", "en", LATER)

    assert list(wrong.value.fields) == [field]


def test_one_reply_by_whom_it_is_about() -> None:
    review = by_both(a_review()).reply(ANNA, "Thank you.", "en", LATER)

    assert review.by_client is not None
    assert review.by_client.reply == "Thank you."
    with pytest.raises(Conflict, match="One reply"):
        review.reply(ANNA, "And more.", "en", LATER)
    with pytest.raises(NotFound):
        by_client(a_review()).reply(ANNA, "I know what it says", "en", LATER)
    with pytest.raises(Invalid):
        by_both(a_review()).reply(CLIENT, "  ", "en", LATER)


def test_a_reported_review_can_be_hidden_and_the_reason_stays() -> None:
    reported = by_both(a_review()).report_it(ANNA, "It names my daughter.", LATER)
    hidden = reported.hide(Side.CLIENT, "It named a child.", LATER)
    seen = hidden.seen_by(CLIENT).by_client

    assert seen is not None
    assert (seen.text, seen.scores, seen.mean, seen.hidden_reason) == ("", {}, 0, "It named a child.")
    with pytest.raises(Conflict):
        reported.report_it(ANNA, "Again", LATER)
    with pytest.raises(Conflict):
        hidden.hide(Side.CLIENT, "Again", LATER)
    with pytest.raises(Conflict):
        hidden.reply(ANNA, "But", "en", LATER)
    with pytest.raises(Invalid):
        by_both(a_review()).hide(Side.CLIENT, " ", LATER)


def test_strangers_do_not_read_who_the_client_is() -> None:
    review = by_both(a_review())

    assert review.for_others("stranger").client_name == review.for_others("").brief_title == ""
    assert review.for_others(ANNA) == review.for_others(CLIENT) == review


def test_a_contract_that_never_began_is_not_reviewed() -> None:
    over = replace(a_contract(), state=ContractState.TERMINATED, ends_on=NOW.date())

    assert over.terms.start_on > NOW.date()
    assert open_window(over, NOW) is None
    with pytest.raises(Forbidden):
        open_window(a_contract(), NOW)


def test_how_long_it_ran_is_counted_with_both_days() -> None:
    assert a_review(started_on=date(2026, 11, 1), ended_on=date(2026, 11, 30)).days == 30


# -- ratings -----------------------------------------------------------------------------------------------------------


def tally(*stars: int) -> Tally:
    total = Tally()
    for star in stars:
        total = total.with_review({"quality": star})
    return total


@pytest.mark.parametrize(
    ("stars", "mean", "rating"),
    [
        ((), 0, 0),
        ((5,), 500, 417),
        ((5, 5), 500, 429),
        ((1,), 100, 350),
        ((4,) * 10, 400, 400),
        ((5,) * 45 + (4,) * 5, 490, 482),
        ((5,) * 500, 500, 499),
    ],
)
def test_ratings(stars: tuple[int, ...], mean: int, rating: int) -> None:
    assert (tally(*stars).mean, tally(*stars).rating()) == (mean, rating)


def test_one_five_star_review_does_not_beat_fifty_at_4_9() -> None:
    assert tally(5).rating() < tally(*(5,) * 45, *(4,) * 5).rating()


def test_the_prior_is_data() -> None:
    assert tally(5).rating(Prior(hundredths=300, weight=1)) == 400


@pytest.mark.parametrize(("scores", "mean"), [({"a": 5, "b": 4}, 450), ({"a": 5, "b": 5, "c": 4}, 467)])
def test_a_reviews_own_mean_is_rounded_half_up(scores: dict[str, int], mean: int) -> None:
    assert mean_of(scores) == mean


@given(st.lists(st.integers(1, 5), max_size=60), st.integers(1, 5))
def test_another_review_moves_the_rating_towards_itself_and_hiding_it_back(stars: list[int], next_one: int) -> None:
    before = tally(*stars)
    after = before.with_review({"quality": next_one})

    held = before.rating() or 400
    assert min(held, next_one * 100) - 1 <= after.rating() <= max(held, next_one * 100) + 1
    assert after.without_review({"quality": next_one}).rating() == before.rating()
    assert after.of_criterion("quality") == after.mean
