"""The table engine beside the plain one: the same lists, scores, shares, counts; through every kind of change."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from services.matching.domain import engine
from services.matching.domain.candidate import Wanted
from services.matching.domain.engine import TableEngine
from services.matching.domain.practice import Practice
from services.matching.domain.weights import CRITERIA, DEFAULT_WEIGHTS, Dials, Weights
from tests.support.reference import ReferenceEngine
from tests.unit.matching.population import some_brief, some_capacity, some_practice, some_standing
from tests.unit.matching.world import NOW

OTHER_WEIGHTS = Weights.numbered(
    2,
    {**dict.fromkeys(DEFAULT_WEIGHTS.points, 100 / 12), "demand": 40.0, "room": 20.0, "newcomer": 8.0},
    Dials(prior_yes=2.0, prior_no=3.0, acceptance_floor=0.2, prior_well=1.0, prior_badly=1.0),
)


class Both:
    """The two engines, fed alike."""

    def __init__(self, dice: random.Random, size: int) -> None:
        self.dice = dice
        self.fast, self.plain = TableEngine(), ReferenceEngine()
        practices = [some_practice(dice, f"a{number:03}") for number in range(size)]
        pairs = [(practice, some_capacity(dice, practice)) for practice in practices]
        self.fast.build(pairs)
        self.plain.build(pairs)

    def upsert(self, practice: Practice) -> None:
        capacity = some_capacity(self.dice, practice)
        self.fast.upsert(practice)
        self.fast.set_capacity(capacity)
        others = [(c.practice, c.capacity) for c in self.plain.candidates.values() if c.id != practice.id]
        self.plain.build([*others, (practice, capacity)])

    def remove(self, id: str) -> None:
        self.fast.remove(id)
        self.plain.candidates.pop(id, None)

    def change(self) -> None:
        dice = self.dice
        id = f"a{dice.randint(0, 79):03}"
        kind = dice.choice(("upsert", "remove", "capacity", "standing", "price", "promise"))
        if kind == "upsert":
            self.upsert(some_practice(dice, id))
        elif kind == "remove":
            self.remove(id)
        elif kind == "capacity" and id in self.plain.candidates:
            candidate = self.plain.candidates[id]
            candidate.capacity = some_capacity(dice, candidate.practice)
            self.fast.set_capacity(candidate.capacity)
        elif kind == "standing":
            self.plain.standings[id] = some_standing(dice, id)
            self.fast.set_standing(self.plain.standings[id])
        elif kind == "price" and id in self.plain.candidates:
            self.plain.prices[id] = dice.choice((0.0, 0.125, 0.25))
            self.fast.set_prices({id: self.plain.prices[id]})
        elif kind == "promise":
            brief_id, held = f"b{dice.randint(0, 3)}", [f"a{number:03}" for number in dice.sample(range(60), 3)]
            minutes = {id: 60.0 * dice.randint(1, 4) for id in held if id in self.plain.candidates}
            self.fast.promise(brief_id, minutes)
            self.plain.promises[brief_id] = minutes


@pytest.fixture(params=range(6))
def both(request: pytest.FixtureRequest) -> Both:
    return Both(random.Random(request.param), 60)


def agree(both: Both, weights: Weights) -> None:
    brief = some_brief(both.dice, id=f"b{both.dice.randint(0, 5)}")
    brief = replace(brief, client_id=both.dice.choice(("client", "a001")))
    found = both.fast.query(brief, weights, NOW, 7)
    expected = both.plain.query(brief, weights, NOW, 7)
    assert [place.score for place in found.ranked] == pytest.approx([score for _, score in expected], abs=1e-6)
    certain = {id for id, score in expected if score > expected[-1][1] + 1e-6}
    assert certain <= {place.id for place in found.ranked}
    assert found.eligible == len(both.plain.eligible(brief)) == both.fast.eligible(brief)
    top = both.fast.top(brief, weights, NOW, 7)
    assert [id for id, _ in top] == [place.id for place in found.ranked]
    assert [score for _, score in top] == pytest.approx([place.score for place in found.ranked], abs=1e-9)
    for place in found.ranked:
        shares = {share.criterion: share.points for share in place.shares}
        assert tuple(shares) == CRITERIA
        assert sum(shares.values()) == pytest.approx(place.score, abs=1e-9)
        plain = both.plain.shares(Wanted.of(brief), both.plain.candidates[place.id], weights, NOW)
        assert shares == pytest.approx(plain, abs=1e-5)
    exclusions = [(out.criterion, out.failing, out.only_this) for out in both.fast.exclusions(brief)]
    assert exclusions == both.plain.exclusions(brief)


def test_leaving_out_who_cannot_reach_the_best_changes_nothing(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "OFFLOAD_FROM", 0)
    for _ in range(60):
        both.change()
        agree(both, both.dice.choice((DEFAULT_WEIGHTS, OTHER_WEIGHTS)))


def test_after_a_build(both: Both) -> None:
    for _ in range(40):
        agree(both, both.dice.choice((DEFAULT_WEIGHTS, OTHER_WEIGHTS)))


def test_through_changes(both: Both) -> None:
    for _ in range(150):
        both.change()
        if both.dice.random() < 0.4:
            agree(both, both.dice.choice((DEFAULT_WEIGHTS, OTHER_WEIGHTS)))


def test_what_if_counts_are_those_of_the_changed_brief(both: Both) -> None:
    told = 0
    for _ in range(30):
        brief = some_brief(both.dice)
        suggestions = both.fast.what_if(brief)
        told += len(suggestions)
        assert [s.gain for s in suggestions] == sorted((s.gain for s in suggestions), reverse=True)
        for suggestion in suggestions:
            assert suggestion.gain > 0
            assert suggestion.of == len(both.plain.eligible(brief))
            if suggestion.criterion == "price":
                assert suggestion.facts["proposed"] > suggestion.facts["asked"]  # type: ignore[operator]
                budget = replace(brief.budget, amount=suggestion.facts["proposed"])  # type: ignore[arg-type]
                changed = replace(brief, budget=budget)
            elif suggestion.criterion == "capacity":
                changed = replace(brief, weekly_minutes=suggestion.facts["proposed"])  # type: ignore[arg-type]
            elif suggestion.criterion == "overlap":
                changed = replace(brief, overlap_minutes=suggestion.facts["proposed"])  # type: ignore[arg-type]
            else:
                continue
            assert len(both.plain.eligible(changed)) == suggestion.of + suggestion.gain
    assert told


def test_an_explanation_agrees_with_the_list(both: Both) -> None:
    brief = some_brief(both.dice)
    ranked = both.fast.query(brief, DEFAULT_WEIGHTS, NOW, 60).ranked
    for number, place in enumerate(ranked, 1):
        candidate = both.plain.candidates[place.id]
        why = both.fast.explain(brief, candidate.practice, candidate.capacity, DEFAULT_WEIGHTS, NOW)
        assert (why.eligible, why.rank) == (True, number)
        assert why.score == pytest.approx(place.score, abs=1e-9)
        assert sum(part.points for part in why.contributions) == pytest.approx(why.score, abs=1e-9)
    listed = {place.id for place in ranked}
    for id, candidate in both.plain.candidates.items():
        why = both.fast.explain(brief, candidate.practice, candidate.capacity, DEFAULT_WEIGHTS, NOW)
        assert why.eligible == (id in listed) == (not why.failures)
