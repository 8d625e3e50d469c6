"""What must change nobody's list: other ids, a clock a day later, people who do not fit, names."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.domain.browse import Filters
from services.matching.domain.capacity import Capacity
from services.matching.domain.engine import TableEngine
from services.matching.domain.practice import Practice
from services.matching.domain.weights import DEFAULT_WEIGHTS
from tests.unit.matching.population import some_brief, some_capacity, some_practice, some_standing
from tests.unit.matching.world import NOW, a_practice

DAY = timedelta(days=1)


class People:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        practices = [some_practice(self.dice, f"a{number:03}") for number in range(80)]
        self.pairs = [(practice, some_capacity(self.dice, practice)) for practice in practices]
        self.standings = [some_standing(self.dice, practice.id) for practice in practices]
        self.prices = {practice.id: self.dice.choice((0.0, 0.0, 0.05)) for practice in practices}
        self.briefs = [some_brief(self.dice, f"b{number}") for number in range(30)]

    def engine(self, pairs: list[tuple[Practice, Capacity]] | None = None) -> TableEngine:
        engine = TableEngine()
        engine.build(pairs or self.pairs)
        for standing in self.standings:
            engine.set_standing(standing)
        engine.set_prices(self.prices)
        return engine


@pytest.fixture(params=range(3))
def people(request: pytest.FixtureRequest) -> People:
    return People(request.param)


def test_ids_mean_nothing(people: People) -> None:
    order = [practice.id for practice, _ in people.pairs]
    people.dice.shuffle(order)
    name = dict(zip((practice.id for practice, _ in people.pairs), order, strict=True))
    before = people.engine()
    after = TableEngine()
    after.build([(replace(p, id=name[p.id]), replace(c, id=name[p.id])) for p, c in people.pairs])
    for standing in people.standings:
        after.set_standing(replace(standing, id=name[standing.id]))
    after.set_prices({name[id]: price for id, price in people.prices.items()})

    for brief in people.briefs:
        scores = {name[id]: score for id, score in before.top(brief, DEFAULT_WEIGHTS, NOW, 100)}
        assert dict(after.top(brief, DEFAULT_WEIGHTS, NOW, 100)) == scores


def test_a_clock_a_day_later_means_nothing(people: People) -> None:
    later = [(replace(p, published_at=p.published_at + DAY), c) for p, c in people.pairs if p.published_at]
    before, after = people.engine(), people.engine(later)

    for brief in people.briefs:
        if brief.start_on.weekday() == 4:
            continue  # a day later is another week
        told = before.top(brief, DEFAULT_WEIGHTS, NOW, 20)
        moved = replace(brief, start_on=brief.start_on + DAY)
        assert after.top(moved, DEFAULT_WEIGHTS, NOW + DAY, 20) == told


def test_people_who_do_not_fit_mean_nothing(people: People) -> None:
    strangers = [
        a_practice(f"z{number}", hourly_rate=replace(p.hourly_rate, amount=10**7))
        for number, (p, _) in enumerate(people.pairs)
    ]
    before = people.engine()
    after = people.engine([*people.pairs, *((p, Capacity.all_free(p.id, p.capacity_minutes)) for p in strangers)])

    for brief in people.briefs:
        assert after.top(brief, DEFAULT_WEIGHTS, NOW, 20) == before.top(brief, DEFAULT_WEIGHTS, NOW, 20)


def test_names_mean_nothing(people: People) -> None:
    names = ("Anna", "Ahmed", "Mei", "John")
    renamed = [(replace(p, display_name=people.dice.choice(names), headline="x"), c) for p, c in people.pairs]
    before, after = people.engine(), people.engine(renamed)

    for brief in people.briefs:
        assert after.top(brief, DEFAULT_WEIGHTS, NOW, 20) == before.top(brief, DEFAULT_WEIGHTS, NOW, 20)


@pytest.mark.parametrize("way", ["skill", "price", "language", "service", "notice", "minimum"])
def test_a_better_fit_never_ranks_lower(people: People, way: str) -> None:
    before = people.engine()
    for brief in people.briefs:
        ids = [id for id, _ in before.top(brief, DEFAULT_WEIGHTS, NOW, 100)]
        for practice, capacity in people.pairs[:12]:
            better = improved(practice, way)
            after = people.engine([(better if p.id == practice.id else p, c) for p, c in people.pairs])
            place = [id for id, _ in after.top(brief, DEFAULT_WEIGHTS, NOW, 100)]
            if practice.id in ids:
                assert place.index(practice.id) <= ids.index(practice.id), (brief, practice, capacity)
        break


def improved(practice: Practice, way: str) -> Practice:
    if way == "skill":
        return replace(practice, skills=tuple(replace(s, level=min(s.level + 1, 4)) for s in practice.skills))
    if way == "price":
        retainer = practice.retainer
        cheaper = replace(retainer, fee=replace(retainer.fee, amount=retainer.fee.amount // 2)) if retainer else None
        rate = replace(practice.hourly_rate, amount=practice.hourly_rate.amount // 2)
        return replace(practice, hourly_rate=rate, retainer=cheaper)
    if way == "language":
        return replace(practice, languages=tuple(replace(spoken, cefr="C2") for spoken in practice.languages))
    if way == "service":
        return replace(practice, services=("calendar", "events", "travel", "website"))
    if way == "notice":
        return replace(practice, notice_days=0)
    return replace(practice, minimum_weekly_minutes=0)


def test_photos_and_addresses_mean_nothing(people: People) -> None:
    before = people.engine()
    shown = [(replace(p, photo_id=f"photo of {p.id}", address=f"at-{p.id}"), c) for p, c in people.pairs]
    after = people.engine(shown)

    for brief in people.briefs:
        assert before.top(brief, DEFAULT_WEIGHTS, NOW, 100) == after.top(brief, DEFAULT_WEIGHTS, NOW, 100)
    for text in ("photo", "at-a001"):
        assert after.browse(Filters(text=text), 100, "").ids == before.browse(Filters(text=text), 100, "").ids
