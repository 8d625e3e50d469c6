"""A brief, prepared against a table: its hard conditions as sets of rows, and exact checks where a set is too wide.

The conditions are those of `conditions.py`, which says them of one candidate; here they are said of all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from services.matching.domain.brief import Brief
from services.matching.domain.columns import Array
from services.matching.domain.hours import day_masks, shared_minutes, week_of
from services.matching.domain.table import CEFR_NUMBER, HOURS, LEVELS, Rows, Table, rows_of

WEEKS_A_YEAR = 52
MONTHS_A_YEAR = 12
Mask = npt.NDArray[np.bool_]
Check = Callable[[Rows], Mask]

_NOBODY = BitMap()


@dataclass(frozen=True, slots=True)
class Condition:
    """`within` holds all rows that meet it (None: all rows there are); `check`, where it is wider, which ones do."""

    criterion: str
    within: BitMap | None
    check: Check | None = None


class Asked:
    """What a brief asks of a table, as it stands now."""

    def __init__(self, table: Table, brief: Brief) -> None:
        self.table = table
        self.brief = brief
        self.monday: date = week_of(brief.start_on)
        self.days, self.day_minutes = _day(brief.time_zone, brief.day_start, brief.day_end, self.monday)

    @cached_property
    def shared(self) -> Array:
        """By schedule, the minutes shared on the poorest day."""
        return self.table.schedules.shared(self.days, self.monday)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """In the order in which they are told."""
        return (
            self._capacity(),
            *self._level(),
            *self._engagement(),
            self._price(),
            self._minimum(),
            *self._skills(),
            *self._languages(),
            *self._overlap(),
        )

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
            if "skill:" + skill.code in self.table.columns:
                total += self.table.columns["skill:" + skill.code][rows] >= skill.level
        for code in self.brief.services:
            number = self.table.service_numbers.known(code)
            if number is not None:
                total += 0.1 * ((self.table.columns["services"][rows] >> np.uint64(number)) & np.uint64(1))
        return total

    def meeting(self, criterion: str) -> int:
        """How many of those that are published meet this criterion, the client's own practice aside."""
        kept = [condition for condition in self.conditions if condition.criterion == criterion]
        if criterion == "overlap" and kept:
            return self._sharing()
        if len(kept) == 1 and kept[0].check is None and kept[0].within is not None:
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
        rows = rows_of(_intersection(self.table, sets))
        own = self.own_row
        if own is not None:
            rows = rows[rows != own]
        checks = [condition.check for condition in listed if condition.check is not None]
        if not checks or not len(rows):
            return rows
        met = checks[0](rows)
        for check in checks[1:]:
            met &= check(rows)
        return rows[met]

    def _sharing(self) -> int:
        enough = self.shared[: len(self.table.by_schedule)] >= self.brief.overlap_minutes
        count = int(self.table.by_schedule[enough].sum())
        own = self.own_row
        return count - int(own is not None and bool(enough[self.table.columns["schedule"][own]]))

    def _capacity(self) -> Condition:
        asked, free = self.brief.weekly_minutes, self.table.columns["free"]
        hours = min(asked // 60, HOURS)
        check = None if asked == hours * 60 else lambda rows: free[rows] >= asked
        return Condition("capacity", self.table.free[hours], check)

    def _minimum(self) -> Condition:
        asked, minimum = self.brief.weekly_minutes, self.table.columns["minimum"]
        hours = -(-asked // 60)
        if hours > HOURS:
            return Condition("minimum_hours", None, lambda rows: minimum[rows] <= asked)
        check = None if asked == hours * 60 else lambda rows: minimum[rows] <= asked
        return Condition("minimum_hours", self.table.minimum[hours], check)

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
        if hourly:
            rate = self.table.columns["rate"]
            return Condition("price", within, lambda rows: rate[rows] <= budget.amount)
        included = self.table.columns["included"]
        without = self.table.live - self.table.retainers
        return Condition(
            "price",
            within | without,
            lambda rows: (included[rows] == 0) | (self.price_amounts(rows) <= budget.amount * self.price_per(rows)),
        )

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
        asked = self.brief.overlap_minutes
        if asked <= 0:
            return []
        schedule = self.table.columns["schedule"]
        return [Condition("overlap", None, lambda rows: self.shared[schedule[rows]] >= asked)]


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
