"""A brief, prepared against a table: its hard conditions as sets of rows, and exact checks where a set is too wide.

The conditions are those of `conditions.py`, which says them of one candidate; here they are said of all at once.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from pyroaring import BitMap

from services.matching.domain import kernel
from services.matching.domain.brief import Brief
from services.matching.domain.columns import Array
from services.matching.domain.hours import day_masks, shared_minutes, week_of
from services.matching.domain.table import CEFR_NUMBER, HOURS, LEVELS, Rows, Table

WEEKS_A_YEAR = 52
MONTHS_A_YEAR = 12

_NOBODY = BitMap()
_NOTHING_SHARED = np.zeros(0, np.int16)


@dataclass(frozen=True, slots=True)
class Condition:
    """`within` holds all rows that meet it (None: all rows there are); `check` is what the kernel looks at where that
    is wider, and 0 where it is exact."""

    criterion: str
    within: BitMap | None
    check: int = 0


class Asked:
    """What a brief asks of a table, as it stands now."""

    def __init__(self, table: Table, brief: Brief, unsaid: Collection[str] = ()) -> None:
        """`unsaid` are criteria that are not asked for, whatever the brief holds."""
        self.table = table
        self.brief = brief
        self.unsaid = unsaid
        self.monday: date = week_of(brief.start_on)
        self.days, self.day_minutes = _day(brief.time_zone, brief.day_start, brief.day_end, self.monday)

    @cached_property
    def shared(self) -> Array:
        """By schedule, the minutes shared on the poorest day."""
        return self.table.schedules.shared(self.days, self.monday)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """In the order in which they are told."""
        every = (
            self._capacity(),
            *self._level(),
            *self._engagement(),
            self._price(),
            self._minimum(),
            *self._skills(),
            *self._languages(),
            *self._overlap(),
            *self._absence(),
        )
        return tuple(condition for condition in every if condition.criterion not in self.unsaid)

    def rows(self, without: str = "") -> Rows:
        """Who meets every condition, but for those of the criterion `without`; ascending."""
        kept = [condition for condition in self.conditions if condition.criterion != without]
        return self._meeting(kept)

    def able(self) -> Rows:
        """Who meets level, languages and shared hours, and has a part of the skills or services."""
        kept = [condition for condition in self.conditions if condition.criterion in ("level", "languages", "overlap")]
        parts = [skill.within for skill in self._skills() if skill.within is not None]
        parts += [self.table.services[code] for code in self.brief.services if code in self.table.services]
        useful = BitMap.union(*parts) if parts else BitMap()
        return self._meeting([*kept, Condition("useful", useful)])

    def usefulness(self, rows: Rows) -> Array:
        """Required skills held at the level asked, and a tenth for each asked service offered."""
        total = np.zeros(len(rows))
        for skill in self.brief.required_skills:
            total += self.table.held.levels(skill.code, rows) >= skill.level
        for code in self.brief.services:
            number = self.table.service_numbers.known(code)
            if number is not None:
                total += 0.1 * ((self.table.columns["services"][rows] >> number) & 1)
        return total

    def meeting(self, criterion: str) -> int:
        """How many of those that are published meet this criterion, the client's own practice aside."""
        kept = [condition for condition in self.conditions if condition.criterion == criterion]
        if criterion == "overlap" and kept:
            return self._sharing()
        if len(kept) == 1 and not kept[0].check and kept[0].within is not None:
            within = kept[0].within
            own = self.own_row
            return within.intersection_cardinality(self.table.live) - int(own is not None and own in within)
        return len(self._meeting(kept)) if kept else self.considered

    @property
    def own_row(self) -> int | None:
        row = self.table.ids.row(self.brief.client_id)
        return row if row is not None and row in self.table.live else None

    @property
    def considered(self) -> int:
        return len(self.table) - int(self.own_row is not None)

    def _meeting(self, conditions: Iterable[Condition]) -> Rows:
        listed = list(conditions)
        sets = [condition.within for condition in listed if condition.within is not None]
        if not any(condition.criterion == "capacity" for condition in listed):
            sets.append(self.table.live)  # who has free hours is published
        some = np.frombuffer(_intersection(self.table, sets).to_array(), np.uint32)
        checks = functools.reduce(operator.or_, (condition.check for condition in listed), 0)
        own, columns, brief = self.own_row, self.table.columns, self.brief
        found = np.empty(len(some), np.int64)
        count = kernel.meeting(
            some,
            found,
            -1 if own is None else own,
            checks,
            columns["free"],
            columns["minimum"],
            brief.weekly_minutes,
            columns["rate"],
            columns["fee"],
            columns["included"],
            brief.budget.amount,
            columns["schedule"],
            self.shared if checks & kernel.OVERLAP else _NOTHING_SHARED,
            brief.overlap_minutes,
            kernel.HOURLY if brief.engagement == "hourly" else kernel.RETAINER,
        )
        return found[:count]

    def _sharing(self) -> int:
        enough = self.shared[: len(self.table.by_schedule)] >= self.brief.overlap_minutes
        count = int(self.table.by_schedule[enough].sum())
        own = self.own_row
        return count - int(own is not None and bool(enough[self.table.columns["schedule"][own]]))

    def _capacity(self) -> Condition:
        asked = self.brief.weekly_minutes
        hours = min(asked // 60, HOURS)
        return Condition("capacity", self.table.free[hours], 0 if asked == hours * 60 else kernel.CAPACITY)

    def _minimum(self) -> Condition:
        asked = self.brief.weekly_minutes
        hours = -(-asked // 60)
        if hours > HOURS:
            return Condition("minimum_hours", None, kernel.MINIMUM)
        return Condition("minimum_hours", self.table.minimum[hours], 0 if asked == hours * 60 else kernel.MINIMUM)

    def _level(self) -> list[Condition]:
        if not LEVELS[self.brief.level]:
            return []
        return [Condition("level", self.table.executive)]

    def _engagement(self) -> list[Condition]:
        return [] if self.brief.engagement == "hourly" else [Condition("engagement", self.table.retainers)]

    def _price(self) -> Condition:
        """An hourly rate, or a retainer's fee, within the budget and in its currency.

        Who offers no retainer fails `engagement`, and not the price.
        """
        budget, hourly = self.brief.budget, self.brief.engagement == "hourly"
        buckets = (self.table.rates if hourly else self.table.fees).get(budget.currency)
        within = buckets.at_most(budget.amount) if buckets else _NOBODY
        if not hourly:
            within = within | (self.table.live - self.table.retainers)
        return Condition("price", within, kernel.PRICE)

    def price_amounts(self, rows: Rows) -> Array:
        """What they cost: times `price_per`, in minor units of their own currency, an hour or a month."""
        columns = self.table.columns
        if self.brief.engagement == "hourly":
            return columns["rate"][rows]
        needed = self.brief.weekly_minutes * WEEKS_A_YEAR
        return columns["fee"][rows] * np.maximum(columns["included"][rows].astype(np.int64) * MONTHS_A_YEAR, needed)

    def price_per(self, rows: Rows) -> Array | int:
        if self.brief.engagement == "hourly":
            return 1
        return self.table.columns["included"][rows].astype(np.int64) * MONTHS_A_YEAR

    def _skills(self) -> list[Condition]:
        wanted = []
        for skill in self.brief.required_skills:
            levels = self.table.skills.get(skill.code)
            wanted.append(Condition("skills_required", levels[skill.level - 1] if levels else _NOBODY))
        return wanted

    def _languages(self) -> list[Condition]:
        wanted = []
        for language in self.brief.languages:
            levels = self.table.languages.get(language.code)
            wanted.append(Condition("languages", levels[CEFR_NUMBER[language.cefr] - 1] if levels else _NOBODY))
        return wanted

    def _overlap(self) -> list[Condition]:
        if self.brief.overlap_minutes <= 0:
            return []
        return [Condition("overlap", None, kernel.OVERLAP)]

    def _absence(self) -> list[Condition]:
        away = self.table.away.get(self.monday)
        return [Condition("absence", self.table.live - away)] if away else []


@lru_cache(maxsize=4096)
def _day(zone: str, start: str, end: str, monday: date) -> tuple[tuple[int, ...], int]:
    """The masks of a working week and the minutes of its shortest day."""
    days = day_masks(zone, start, end, monday)
    return days, min(shared_minutes(days, -1))


def _intersection(table: Table, sets: list[BitMap]) -> BitMap:
    """Rarest first; the client's own row and what needs an exact look are still in it."""
    if len(sets) == 1:
        return sets[0]
    ordered = sorted(sets, key=table.size)
    found = ordered[0] & ordered[1]
    for other in ordered[2:]:
        if not found:
            break
        found &= other
    return found
