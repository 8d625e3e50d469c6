"""The loops over many rows, compiled: who meets a brief's numbers, whose score is among the best, who holds what.

They say again, for speed, what `asked.py` and `score.py` mean; tests hold them to the shares of an explanation.
Rows ascend. Nothing here holds the interpreter's lock, so that they may run in another thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

CAPACITY, MINIMUM, PRICE, OVERLAP = 1, 2, 4, 8
"""Bits of `checks`: which numbers are looked at."""
HOURLY, RETAINER = 0, 1
SLACK = 1e-9
"""Of points: what rounding may take from a bound."""

_U1, _U2, _U4 = (numba.types.Array(kind, 1, "C") for kind in (numba.uint8, numba.uint16, numba.uint32))
_I2, _I4, _I8 = (numba.types.Array(kind, 1, "C") for kind in (numba.int16, numba.int32, numba.int64))
_F4, _F8 = (numba.types.Array(kind, 1, "C") for kind in (numba.float32, numba.float64))


def _compiled(*arguments: Any, returns: Any) -> Callable[[F], F]:
    """Compiled for these types when the module is imported, and kept on disk for the next time where that can be."""

    def compiled(function: F) -> F:
        try:
            made = numba.njit(returns(*arguments), nogil=True, cache=True)(function)
        except RuntimeError:  # no directory to write to
            made = numba.njit(returns(*arguments), nogil=True)(function)
        return cast(F, made)

    return compiled


_long = numba.int64
_real = numba.float64


@_compiled(_U4, _I8, _long, _long, _I4, _I4, _long, _I8, _I8, _I4, _long, _I4, _I2, _long, _long, returns=_long)
def meeting(
    rows: Any,
    found: Any,
    own: int,
    checks: int,
    free: Any,
    minimum: Any,
    weekly: int,
    rate: Any,
    fee: Any,
    included: Any,
    budget: int,
    schedule: Any,
    shared: Any,
    overlap: int,
    kind: int,
) -> int:
    """Writes those of `rows` that pass the checks, without the row `own`, to `found`; returns how many.

    Minutes a week, minor units an hour or a month; `shared` holds minutes by number of a schedule. A practice without
    a retainer has no fee to fail by.
    """
    count = 0
    for row in rows:  # without a branch that depends on the row: half of them are guessed wrong
        met = row != own
        if checks & CAPACITY:
            met &= free[row] >= weekly
        if checks & MINIMUM:
            met &= minimum[row] <= weekly
        if checks & PRICE:
            if kind == HOURLY:
                met &= rate[row] <= budget
            else:
                a_year = np.int64(included[row]) * 12
                met &= (a_year == 0) | (fee[row] * max(a_year, weekly * 52) <= budget * a_year)
        if checks & OVERLAP:
            met &= shared[schedule[row]] >= overlap
        found[count] = row
        count += met
    return count


@_compiled(_I8, _U1, _U2, _U2, returns=numba.void)
def add_parts(rows: Any, levels: Any, parts: Any, total: Any) -> None:
    """Adds to `total` what each row's level is worth; `parts` is by level."""
    for at in range(len(rows)):
        total[at] += parts[levels[rows[at]]]


@_compiled(_I8, _U4, _U2, _U4, _U4, returns=numba.void)
def add_held(rows: Any, starts: Any, held: Any, worth: Any, total: Any) -> None:
    """Adds to `total` what all that each row holds is worth; `held` are the rows' lists, which begin at `starts`."""
    for at in range(len(rows)):
        row = rows[at]
        found = np.uint32(0)
        for place in range(starts[row], starts[row + 1]):
            found += worth[held[place]]
        total[at] += found


@_compiled(_U4, numba.uint32, _U4, returns=numba.void)
def add_to(rows: Any, worth: int, total: Any) -> None:
    """Adds to `total`, which is by row, the same for all `rows`."""
    for row in rows:
        total[row] += worth


@_compiled(_U4, _U4, _U2, _I8, returns=numba.void)
def count_held(rows: Any, starts: Any, held: Any, counts: Any) -> None:
    """Adds to `counts` how many of the rows hold each."""
    for row in rows:
        for place in range(starts[row], starts[np.int64(row) + 1]):
            counts[held[place]] += 1


@_compiled(
    _I8, _F8, _I8, _long, _F8, _I8,
    _U2, _U2, _U2, _I8, _I4, _I2, _long, _I8, _I8, _I4, _U1, _I4, _F8, _F8, _F8, _I4, _U4, _U1, _F8, _F4, _F4,
    _I8, _F8, returns=_long,
)  # fmt: skip
def best(
    rows: Any,
    scores: Any,
    kept: Any,
    limit: int,
    real: Any,
    whole: Any,
    required: Any,
    preferred: Any,
    languages: Any,
    services: Any,
    schedule: Any,
    shared: Any,
    kind: int,
    rate: Any,
    fee: Any,
    included: Any,
    level: Any,
    standing: Any,
    quality: Any,
    yes: Any,
    width: Any,
    free: Any,
    industries: Any,
    notice: Any,
    notice_fits: Any,
    demand: Any,
    promised: Any,
    own_rows: Any,
    own_minutes: Any,
) -> int:
    """Writes scores, and at which of `rows` they stand, of those that may be among the best `limit`; returns how many.

    With `limit` 0 of all rows. Who cannot reach the best with all points that are still open is passed over; equals of
    the last of the best are kept. `real` and `whole` hold what is the same for all rows, in the order read below.
    """
    constant, a_required, a_preferred, a_language, a_service = real[0], real[1], real[2], real[3], real[4]
    record_points, price_points, a_budget, level_loss = real[5], real[6], real[7], real[8]
    overlap_points, a_shared, open_points = real[9], real[10], real[11]
    assistant_constant, pay_points, pay_surplus, hours_points = real[12], real[13], real[14], real[15]
    market_points, unsaid_market, notice_points = real[16], real[17], real[18]
    floor, a_suit, demand_points, room_points, newcomer_points = real[19], real[20], real[21], real[22], real[23]
    asked_services, asked_industry, industry_said, weekly = whole[0], whole[1], whole[2], whole[3]

    heap = np.full(max(limit, 1), -np.inf)  # the best so far, the least of them first
    pay_rate = 0.5 / pay_surplus * pay_points
    count = 0
    for at in range(len(rows)):
        row = rows[at]
        if kind == HOURLY:
            price = rate[row] * a_budget
        else:
            a_year = np.int64(included[row]) * 12
            price = fee[row] * max(a_year, weekly * 52) * a_budget / max(a_year, 1)
        history = standing[row]
        client = constant + record_points * quality[history] + price_points * (1.0 - price)
        client += required[at] * a_required + preferred[at] * a_preferred + languages[at] * a_language
        if a_service != 0.0:
            bits = services[row] & asked_services
            while bits:
                client += a_service
                bits &= bits - 1
        if limit and yes[history] * (client + open_points) + newcomer_points < heap[0] - SLACK:
            continue

        client += min(a_shared * shared[schedule[row]], overlap_points) - level[row] * level_loss
        assistant = assistant_constant + notice_points * notice_fits[notice[row]]
        assistant += min(pay_rate / max(price, 1e-9) + 0.5 * pay_points - pay_rate, pay_points)
        assistant += min(weekly * hours_points / max(free[row], 1), hours_points)
        targets = industries[row]
        if targets == 0:
            assistant += market_points
        elif not industry_said:
            assistant += market_points * unsaid_market
        elif targets & asked_industry:
            assistant += market_points
        score = yes[history] * (floor + a_suit * assistant) * (client + assistant)
        score -= demand[row] * demand_points
        taken = np.float64(promised[row])
        if taken > 0.0:
            for number in range(len(own_rows)):
                if own_rows[number] == row:
                    taken -= own_minutes[number]
            score -= min(max(taken, 0.0) / max(free[row], 1), 1.0) * room_points
        score += newcomer_points * width[history]

        if limit:
            if score < heap[0] - SLACK:
                continue
            if score > heap[0]:
                place = 0
                while True:
                    child = 2 * place + 1
                    if child + 1 < limit and heap[child + 1] < heap[child]:
                        child += 1
                    if child >= limit or heap[child] >= score:
                        break
                    heap[place] = heap[child]
                    place = child
                heap[place] = score
        scores[count] = score
        kept[count] = at
        count += 1
    return count
