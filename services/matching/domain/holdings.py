"""Which skills each row holds, and how well: of every row the list of what it has, one list after the other.

A taxonomy has hundreds of skills and an assistant a dozen of them: a column for each skill would be nearly empty. A
skill at a level is one number, a *holding*: four for each skill, in the order in which skills were first seen.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from services.matching.domain import kernel
from services.matching.domain.columns import Array
from services.matching.domain.practice import HIGHEST_SKILL_LEVEL, SkillLevel

_SMALLEST = 1024
Whole = npt.NDArray[np.uint16]
LEVELS: Whole = np.arange(HIGHEST_SKILL_LEVEL + 1, dtype=np.uint16)
"""All levels; 0 is a skill that is not held."""
Worth = Iterable[tuple[str, Whole]]
Steps = list[tuple[str, list[int]]]
FEW = 4096
HOLDERS_A_ROW = 8
"""A row's list is read in the time in which so many holders are read from bitmaps."""


class Holdings:
    """Rows are appended and never move. Codes of a row's skills are distinct."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.rows: dict[str, list[BitMap]] = {}
        """By code: rows at level ≥ 1 … ≥ 4."""
        self._before_first: defaultdict[str, int] = defaultdict(self._next)
        """By code: what a level is added to."""
        self._starts: Array = np.zeros(_SMALLEST, np.uint32)
        self._held: Array = np.zeros(_SMALLEST, np.uint16)
        self._rows = 0
        self._totals: Array = np.zeros(0, np.int64)
        """By holding: how many of the rows that were not retired have it."""

    def __contains__(self, code: str) -> bool:
        return code in self._before_first

    def _next(self) -> int:
        return HIGHEST_SKILL_LEVEL * len(self._before_first) - 1

    # -- filling ---------------------------------------------------------------------------------------------------

    def append(self, listed: Sequence[Sequence[SkillLevel]]) -> None:
        """The next rows' skills."""
        before = self._before_first
        held = np.frombuffer(
            array("H", [before[skill.code] + skill.level for skills in listed for skill in skills]), np.uint16
        )
        if len(before) > len(self.codes):
            self.codes = list(before)
            grown = np.zeros(HIGHEST_SKILL_LEVEL * len(self.codes), np.int64)
            grown[: len(self._totals)] = self._totals
            self._totals = grown
            self.rows |= {code: [BitMap() for _ in LEVELS[1:]] for code in self.codes[len(self.rows) :]}
        counts = np.array([len(skills) for skills in listed], np.uint32)
        first, at = self._rows, int(self._starts[self._rows])
        self._starts = _with_room(self._starts, first + 1, len(listed))
        self._held = _with_room(self._held, at, len(held))
        self._starts[first + 1 : first + 1 + len(listed)] = at + np.cumsum(counts)
        self._held[at : at + len(held)] = held
        self._rows += len(listed)
        np.add.at(self._totals, held, 1)
        if len(listed) == 1:
            for one in held.tolist():
                for bitmap in self.rows[self.codes[one // HIGHEST_SKILL_LEVEL]][: _level(one)]:
                    bitmap.add(first)
        else:
            self._spread(np.repeat(np.arange(first, self._rows, dtype=np.uint32), counts), held)

    def _spread(self, rows: Array, held: Array) -> None:
        """Into the bitmaps: sorted by holding, a level and those above it are one piece of the rows."""
        order = np.argsort(held, kind="stable")
        rows = rows[order]
        begins = np.searchsorted(held[order], np.arange(len(self._totals) + 1)).tolist()
        for number, bitmaps in enumerate(self.rows.values()):
            at = HIGHEST_SKILL_LEVEL * number
            end = begins[at + HIGHEST_SKILL_LEVEL]
            for begin, bitmap in zip(begins[at : at + HIGHEST_SKILL_LEVEL], bitmaps, strict=True):
                if begin < end:
                    bitmap.update(array("I", rows[begin:end].tobytes()))

    def retire(self, row: int) -> None:
        """Its list stays where it is, but is not counted any more."""
        np.subtract.at(self._totals, self._of(row), 1)

    def trim(self) -> None:
        """Gives back the room beyond the last row, but for a little."""
        self._starts = _trimmed(self._starts, self._rows + 1)
        self._held = _trimmed(self._held, int(self._starts[self._rows]))
        for bitmaps in self.rows.values():
            for bitmap in bitmaps:
                bitmap.shrink_to_fit()

    @property
    def bytes(self) -> int:
        return int(self._starts.nbytes + self._held.nbytes + self._totals.nbytes)

    # -- asking ----------------------------------------------------------------------------------------------------

    def of(self, row: int) -> dict[str, int]:
        """A row's levels by code, in the order of the codes."""
        return {self.codes[held // HIGHEST_SKILL_LEVEL]: _level(held) for held in sorted(self._of(row).tolist())}

    def levels(self, code: str, rows: Array) -> Whole:
        """Of one skill; 0 is not held."""
        return self.sums(rows, [(code, LEVELS)])[0]

    def sums(self, rows: Array, worth: Worth, other: Worth = ()) -> tuple[Whole, Whole]:
        """For each row the sum over some skills of what its level is worth, and the same by other skills or worths.

        A worth is by level, from 0. A skill that nobody ever held is worth nothing. Both sums are made at once, as the
        halves of one number: what carries over when something below nothing is added, comes back in the end.
        """
        none, steps = 0, []
        for listed, unit in ((worth, 1), (other, 1 << 16)):
            for code, by_level in listed:
                if code in self:
                    values = [int(value) * unit for value in by_level[: HIGHEST_SKILL_LEVEL + 1]]
                    none += values[0]
                    steps.append((code, values))
        total = np.full(len(rows), none, np.uint32)
        if len(rows) > FEW and self._holders(steps) + self._rows // 8 < HOLDERS_A_ROW * len(rows):
            total += self._by_holder(steps)[rows]
        elif steps:
            worths = np.zeros(len(self._totals), np.int64)
            for code, values in steps:
                first = self._before_first[code] + 1
                worths[first : first + HIGHEST_SKILL_LEVEL] += [value - values[0] for value in values[1:]]
            kernel.add_held(rows, self._starts, self._held, worths.astype(np.uint32), total)
        return total.astype(np.uint16), (total >> 16).astype(np.uint16)

    def _holders(self, steps: Steps) -> int:
        return sum(len(rows) for rows, _ in self._added(steps))

    def _by_holder(self, steps: Steps) -> Array:
        """Of all rows, from the bitmaps: quick when few hold what is looked for."""
        every = np.zeros(self._rows, np.uint32)
        for rows, added in self._added(steps):
            if rows:
                kernel.add_to(np.frombuffer(rows.to_array(), np.uint32), added & 0xFFFFFFFF, every)
        return every

    def _added(self, steps: Steps) -> Iterator[tuple[BitMap, int]]:
        """Rows at a level or above, and what that level is worth more than the one below."""
        for code, values in steps:
            for rows, before, value in zip(self.rows[code], values, values[1:], strict=False):
                if value != before:
                    yield rows, value - before

    def all_levels(self, rows: Array) -> Array:
        """For each row the sum of the levels of all its skills."""
        total = np.zeros(len(rows), np.uint32)
        kernel.add_held(rows, self._starts, self._held, np.tile(LEVELS[1:], len(self.codes)).astype(np.uint32), total)
        return total

    def counts(self, within: BitMap, live: BitMap, level: int = 1) -> Iterable[tuple[str, int]]:
        """How many of some rows hold each skill at a level or above it; the rows are all live.

        Of the rows and those that are missing, the fewer are counted.
        """
        many = 2 * len(within) > len(live)
        found = self._totals - self._counted(live - within) if many else self._counted(within)
        by_code = found.reshape(-1, HIGHEST_SKILL_LEVEL)[:, level - 1 :].sum(axis=1)
        return zip(self.codes, by_code.tolist(), strict=True)

    def _of(self, row: int) -> Array:
        held: Array = self._held[self._starts[row] : self._starts[row + 1]]
        return held

    def _counted(self, rows: BitMap) -> Array:
        found = np.zeros(len(self._totals), np.int64)
        if rows:
            kernel.count_held(np.frombuffer(rows.to_array(), np.uint32), self._starts, self._held, found)
        return found


def _level(held: int) -> int:
    return held % HIGHEST_SKILL_LEVEL + 1


def _with_room(numbers: Array, used: int, more: int) -> Array:
    needed, size = used + more, len(numbers)
    if needed <= size:
        return numbers
    larger = np.zeros(max(needed, size + size // 8 if size > 100_000 else size * 2), numbers.dtype)
    larger[:used] = numbers[:used]
    return larger


def _trimmed(numbers: Array, used: int) -> Array:
    size = max(used + used // 64, _SMALLEST)
    return numbers[:size].copy() if len(numbers) > size else numbers
