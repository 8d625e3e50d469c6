"""Prices of demand: worked examples and what must hold of any market."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.prices import Edges, Prices, PriceSettings, masses, solve


def market(pairs: list[tuple[int, int, float]], seats: list[float], briefs: int) -> Edges:
    """Edges (brief, assistant, gain of both together), certain to be accepted."""
    brief, assistant, gain = zip(*pairs, strict=True) if pairs else ((), (), ())
    return Edges(
        np.array(brief, dtype=np.intp),
        np.array(assistant, dtype=np.intp),
        np.array(gain, dtype=np.float64),
        np.zeros(len(pairs)),
        np.ones(len(pairs)),
        np.array(seats, dtype=np.float64),
        np.ones(briefs),
    )


@pytest.mark.parametrize(
    ("pairs", "seats", "priced"),
    [
        ([(0, 0, 0.8)], [1.0], [False]),
        ([(0, 0, 0.8)], [5.0], [False]),
        ([(0, 0, 0.8), (1, 0, 0.7)], [1.0], [True]),
        ([(0, 0, 0.8), (1, 0, 0.7)], [2.0], [False]),
        ([(0, 0, 0.8), (0, 1, 0.2), (1, 0, 0.8), (1, 1, 0.2)], [1.0, 2.0], [True, False]),
        ([(0, 0, 0.8), (1, 0, 0.8), (2, 0, 0.8), (0, 1, 0.8)], [0.5, 1.0], [True, False]),
    ],
)
def test_only_who_is_wanted_by_more_than_she_has_room_for_costs(
    pairs: list[tuple[int, int, float]], seats: list[float], priced: list[bool]
) -> None:
    edges = market(pairs, seats, 1 + max(brief for brief, _, _ in pairs))

    prices = solve(edges, PriceSettings(tolerance=1e-7, iterations=5000))

    assert [bool(value > 1e-4) for value in prices.values] == priced


def test_of_two_who_are_wanted_alike_the_one_with_less_room_costs_more() -> None:
    pairs = [(brief, assistant, 0.7) for brief in range(6) for assistant in range(2)]
    prices = solve(market(pairs, [1.0, 3.0], 6), PriceSettings())
    assert prices.values[0] > prices.values[1] > 0


def test_nobody_anywhere() -> None:
    assert solve(market([], [], 0), PriceSettings()).values.tolist() == []
    assert solve(market([(0, 1, 0.5)], [1.0, 1.0], 2), PriceSettings()).values.tolist() == [0.0, 0.0]


markets = st.integers(1, 5).flatmap(
    lambda briefs: st.integers(1, 5).flatmap(
        lambda assistants: st.tuples(
            st.lists(
                st.tuples(st.integers(0, briefs - 1), st.integers(0, assistants - 1), st.floats(0, 1)),
                min_size=1,
                max_size=20,
                unique_by=lambda pair: pair[:2],
            ),
            st.lists(st.floats(0.1, 3), min_size=assistants, max_size=assistants),
            st.just(briefs),
        )
    )
)


def solved(edges: Edges, epsilon: float = 0.05, start: Prices | None = None) -> Prices:
    given = PriceSettings(epsilon=epsilon, tolerance=1e-9, iterations=20_000)
    return solve(edges, given, start.log_b if start else None)


@settings(deadline=None, max_examples=80)
@given(markets, st.sampled_from((0.001, 0.05, 1.0)))
def test_no_price_is_below_nothing_and_nobody_gets_more_than_she_has_room_for(
    given: tuple[list[tuple[int, int, float]], list[float], int], epsilon: float
) -> None:
    edges = market(*given)
    prices = solve(edges, PriceSettings(epsilon=epsilon, tolerance=1e-9, iterations=2000))

    assert np.isfinite(prices.values).all()
    assert (prices.values >= 0).all()
    if prices.residual < 1e-8:
        mass = masses(edges, PriceSettings(epsilon=epsilon), prices)
        taken = np.bincount(edges.assistant, mass, len(edges.seats))
        assert (taken <= edges.seats * 1.001 + 1e-6).all()
        given_away = np.bincount(edges.brief, mass, len(edges.demand))
        assert (given_away <= 1 + 1e-6).all()


@settings(deadline=None, max_examples=40)
@given(markets)
def test_a_warm_start_ends_where_a_cold_one_does_and_sooner(
    given: tuple[list[tuple[int, int, float]], list[float], int],
) -> None:
    edges = market(*given)
    cold = solved(edges)
    warm = solved(edges, start=cold)

    assert warm.values == pytest.approx(cold.values, abs=1e-5)
    assert warm.iterations <= cold.iterations


@settings(deadline=None, max_examples=40)
@given(markets, st.randoms(use_true_random=False))
def test_numbers_of_people_mean_nothing(
    given: tuple[list[tuple[int, int, float]], list[float], int], dice: object
) -> None:
    pairs, seats, briefs = given
    order = list(range(len(seats)))
    dice.shuffle(order)  # type: ignore[attr-defined]
    renamed = market([(b, order.index(a), g) for b, a, g in pairs], [seats[a] for a in order], briefs)

    before, after = solved(market(pairs, seats, briefs)).values, solved(renamed).values

    assert after == pytest.approx([before[a] for a in order], abs=1e-6)
