"""The price of demand: what it costs a brief, in points, to ask for somebody whom others want too.

Briefs and assistants with room are matched by entropic transport with capacities ("TU matching"): on every edge
K = exp((p·(u + v) − outside) / ε), and the fitting repeats

    a = h / (1 + K·b),   b = min(1, seats / (Kᵀ·a))

until b stands still; then λ = −ε·log b. An assistant whom few want has b = 1 and costs nothing; one whom more want
than she has room for costs as much as brings demand down to her room. All in the log domain, so that small ε neither
overflows nor vanishes, and started from the last prices, from which the next ones are never far.

Sources: Tomita, Togashi, Hashizume, Ohsaka, "Fast and Examination-agnostic Reciprocal Recommendation in Matching
Markets" (RecSys 2023) and "Matching Theory-based Recommender Systems in Online Dating" (RecSys 2022); Su, Bayoumi,
Joachims, "Optimizing Rankings for Recommendation in Matching Markets" (WWW 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Edges:
    """Who could work for whom: parallel arrays of brief and assistant numbers, what each side gains (parts of 1) and
    the chance of a yes. `seats`: how many such engagements each assistant has room for; `demand`: how many each brief
    has to give."""

    brief: Indices
    assistant: Indices
    client_gain: Numbers
    assistant_gain: Numbers
    probability: Numbers
    seats: Numbers
    demand: Numbers


@dataclass(frozen=True, slots=True)
class PriceSettings:
    """`epsilon` is the noise in people's choice, in parts of a perfect score; `outside` what staying alone is worth."""

    epsilon: float = 0.05
    outside: float = 0.0
    iterations: int = 500
    tolerance: float = 1e-4


@dataclass(frozen=True, slots=True)
class Prices:
    """λ ≥ 0 by assistant; `log_b` is the start of the next fitting; `residual` the last step's largest change of λ."""

    values: Numbers
    log_b: Numbers
    iterations: int
    residual: float


class _Sums:
    """log Σ exp over the edges of each node."""

    def __init__(self, node: Indices, count: int) -> None:
        self._order = np.argsort(node, kind="stable")
        ordered = node[self._order]
        self._starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(node) else np.zeros(0, np.intp)
        self._nodes = ordered[self._starts] if len(node) else np.zeros(0, np.intp)
        self._lengths = np.diff(np.r_[self._starts, len(node)])
        self._count = count

    def __call__(self, values: Numbers) -> Numbers:
        """−inf for a node without edges."""
        found = np.full(self._count, -np.inf)
        if len(values):
            ordered = values[self._order]
            highest = np.maximum.reduceat(ordered, self._starts)
            sums = np.add.reduceat(np.exp(ordered - np.repeat(highest, self._lengths)), self._starts)
            found[self._nodes] = highest + np.log(sums)
        return found


def solve(edges: Edges, settings: PriceSettings, start: Numbers | None = None) -> Prices:
    """The prices at which nobody is wanted more than she has room. Who has no room must not be in the edges."""
    count = len(edges.seats)
    log_k = (edges.probability * (edges.client_gain + edges.assistant_gain) - settings.outside) / settings.epsilon
    by_brief, by_assistant = _Sums(edges.brief, len(edges.demand)), _Sums(edges.assistant, count)
    log_h = np.log(np.maximum(edges.demand, 1e-12))
    log_seats = np.log(np.maximum(edges.seats, 1e-12))
    log_b = np.zeros(count) if start is None else np.minimum(start, 0.0)
    change, step = np.inf, 0
    while change > settings.tolerance and step < settings.iterations:
        log_a = _log_a(log_h, log_k, log_b, edges, by_brief)
        wanted = by_assistant(log_k + log_a[edges.brief])
        following = np.minimum(0.0, log_seats - wanted)
        change = float(np.abs(following - log_b).max(initial=0.0)) * settings.epsilon
        log_b, step = following, step + 1
    return Prices(-settings.epsilon * log_b + 0.0, log_b, step, change)


def masses(edges: Edges, settings: PriceSettings, prices: Prices) -> Numbers:
    """How much of each brief goes along each edge at these prices."""
    log_k = (edges.probability * (edges.client_gain + edges.assistant_gain) - settings.outside) / settings.epsilon
    log_h = np.log(np.maximum(edges.demand, 1e-12))
    log_a = _log_a(log_h, log_k, prices.log_b, edges, _Sums(edges.brief, len(edges.demand)))
    found: Numbers = np.exp(log_k + log_a[edges.brief] + prices.log_b[edges.assistant])
    return found


def _log_a(log_h: Numbers, log_k: Numbers, log_b: Numbers, edges: Edges, by_brief: _Sums) -> Numbers:
    found: Numbers = log_h - np.logaddexp(0.0, by_brief(log_k + log_b[edges.assistant]))
    return found
