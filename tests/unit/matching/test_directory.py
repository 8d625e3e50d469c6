"""The directory of work: counts and usual rates, against a plain look at everybody."""

from __future__ import annotations

import random
from math import ceil

import pytest

from services.matching.domain.directory import ENOUGH, directory, work
from services.matching.domain.engine import TableEngine
from shared.platform.money import Money
from tests.unit.matching.population import SERVICES, SKILLS, some_practice
from tests.unit.matching.world import a_practice, an_engine, eur, free, languages, skills

PEOPLE = [some_practice(random.Random(number), f"p{number:03}") for number in range(200)]


@pytest.fixture(scope="module")
def engine() -> TableEngine:
    made = an_engine(*PEOPLE)
    for gone in PEOPLE[150:160]:
        made.remove(gone.id)
    return made


HERE = [*PEOPLE[:150], *PEOPLE[160:]]


def test_everything_on_offer_is_counted(engine: TableEngine) -> None:
    told = directory(engine.table)

    assert told.assistants == len(HERE)
    assert {one.code: one.count for one in told.services} == {
        code: sum(code in person.services for person in HERE) for code in SERVICES
    }
    assert {one.code: one.count for one in told.skills} == {
        code: sum(code in {skill.code for skill in person.skills} for person in HERE) for code in SKILLS
    }
    assert [one.count for one in told.skills] == sorted((one.count for one in told.skills), reverse=True)


@pytest.mark.parametrize("code", SKILLS)
def test_a_skill_is_described_by_those_who_have_it(engine: TableEngine, code: str) -> None:
    told = work(engine.table, code)
    having = [person for person in HERE if code in {skill.code for skill in person.skills}]
    levels = [next(skill.level for skill in person.skills if skill.code == code) for person in having]

    assert told.count == len(having)
    assert told.levels == tuple(sum(level >= least for level in levels) for least in (1, 2, 3, 4))
    assert told.executive == sum(person.level == "executive" for person in having)
    assert told.retainers == sum(person.retainer is not None for person in having)
    assert told.available == sum(person.capacity_minutes >= 300 for person in having)
    assert code not in {other.code for other in told.related}
    assert sum(rates.count for rates in told.rates) == len(having)


@pytest.mark.parametrize("code", [code for code in SERVICES if code not in SKILLS])
def test_half_of_the_rates_are_among_the_usual(engine: TableEngine, code: str) -> None:
    told = work(engine.table, code)

    assert told.levels == ()
    for rates in told.rates:
        amounts = sorted(
            person.hourly_rate.amount
            for person in HERE
            if code in person.services and person.hourly_rate.currency == rates.currency
        )
        expected = [amounts[ceil(len(amounts) * share) - 1] for share in (0.25, 0.5, 0.75)]
        assert [rates.usual_low, rates.median, rates.usual_high] == expected
        assert rates.low <= rates.usual_low <= rates.median <= rates.usual_high <= rates.high
        assert sum(one.count for one in rates.bins) == sum(rates.low <= amount <= rates.high for amount in amounts)
        assert [one.high for one in rates.bins[:-1]] == [one.low for one in rates.bins[1:]]


def test_a_worked_example() -> None:
    rates = (2000, 2400, 2500, 2600, 2800, 3000, 3200, 3600, 4000, 9000)
    people = [
        a_practice(
            f"p{number}", hourly_rate=eur(amount), skills=skills(excel=number % 4 + 1), languages=languages(it="C1")
        )
        for number, amount in enumerate(rates)
    ]
    (found,) = work(an_engine(*people).table, "excel").rates

    assert (found.low, found.usual_low, found.median, found.usual_high, found.high) == (2000, 2500, 2800, 3600, 4000)
    assert sum(one.count for one in found.bins) == 9
    assert found.bins[0].low == 2000
    assert found.bins[-1].high == 4000


def test_of_too_few_rates_nothing_is_said() -> None:
    few = [a_practice(f"p{number}", hourly_rate=Money(3000, "CHF")) for number in range(ENOUGH - 1)]

    assert work(an_engine(*few).table, "excel").rates == ()
    assert (
        work(an_engine(*few, a_practice("one", hourly_rate=Money(3000, "CHF"))).table, "excel").rates[0].median == 3000
    )


def test_who_is_booked_out_is_counted_but_not_as_available() -> None:
    person = a_practice()
    engine = an_engine(person)
    engine.set_capacity(free(person, 299))

    told = work(engine.table, "excel")

    assert (told.count, told.available) == (1, 0)


def test_nobody_offers_what_is_not_known() -> None:
    assert work(an_engine(a_practice()).table, "juggling").count == 0
