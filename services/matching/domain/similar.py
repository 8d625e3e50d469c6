"""Similar assistants: the same work done by somebody else.

Likeness is the mean of two shares: of skills (Σ min of both levels / Σ max of both levels) and of services (those both
offer / those either offers). Only those of the same level are looked at who speak one of her languages well and offer
at least one of her services.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from services.matching.domain.columns import Array
from services.matching.domain.holdings import LEVELS
from services.matching.domain.table import CEFR_NUMBER, Rows, Table, rows_of

MOST = 20_000
"""Rows compared; beyond, those without her rarest skills are left out first."""
WELL = CEFR_NUMBER["B2"]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Somebody similar, 0 to 1, and the skills and services that both offer."""

    id: str
    likeness: float
    skills: tuple[str, ...]
    services: tuple[str, ...]


def similar(table: Table, assistant_id: str, limit: int) -> tuple[Likeness, ...]:
    """The most similar first, equals by id; nobody for somebody who is not published."""
    row = table.ids.row(assistant_id)
    if row is None:
        return ()
    skills = table.held.of(row)
    rows = _comparable(table, row, skills)
    likeness = _likeness(table, row, rows, skills)
    if len(rows) > limit:
        border = np.partition(likeness, len(rows) - limit)[len(rows) - limit]
        kept = likeness >= border
        rows, likeness = rows[kept], likeness[kept]
    ids = table.ids.several(rows)
    best = sorted(zip((-likeness).tolist(), ids, rows.tolist(), strict=True))[:limit]
    mine = int(table.columns["services"][row])
    return tuple(
        Likeness(
            id,
            -unlike,
            _both(table, skills, other),
            tuple(_codes(table, mine & int(table.columns["services"][other]))),
        )
        for unlike, id, other in best
        if unlike < 0
    )


def _both(table: Table, skills: dict[str, int], other: int) -> tuple[str, ...]:
    theirs = table.held.of(other)
    return tuple(code for code in skills if code in theirs)


def _codes(table: Table, bits: int) -> list[str]:
    return [code for number, code in enumerate(table.service_numbers.keys) if bits >> number & 1]


def _comparable(table: Table, row: int, skills: dict[str, int]) -> Rows:
    level = table.executive if row in table.executive else table.live - table.executive
    services = [table.services[code] for code in _codes(table, int(table.columns["services"][row]))]
    spoken = [levels[WELL - 1] for levels in table.languages.values() if row in levels[WELL - 1]]
    found = table.live & level
    if services:
        found &= BitMap.union(*services)
    if spoken:
        found &= BitMap.union(*spoken)
    for _, holders in sorted((len(table.skills[code][0]), code) for code in skills):
        if len(found) <= MOST:
            break
        narrower = found & table.skills[holders][0]
        if len(narrower) < 100:
            break
        found = narrower
    rows = rows_of(found)
    others: Rows = rows[rows != row]
    return others


def _likeness(table: Table, row: int, rows: Rows, skills: dict[str, int]) -> Array:
    lesser = [(code, np.minimum(LEVELS, np.uint16(mine))) for code, mine in skills.items()]
    both = table.held.sums(rows, lesser)[0].astype(np.float64)
    either = table.held.all_levels(rows) + sum(skills.values()) - both  # Σ max = Σ theirs + Σ mine − Σ min
    services = table.columns["services"]
    shared = np.bitwise_count(services[rows] & services[row])
    offered = np.bitwise_count(services[rows] | services[row])
    likeness: Array = 0.5 * both / np.maximum(either, 1.0) + 0.5 * shared / np.maximum(offered, 1)
    return likeness
