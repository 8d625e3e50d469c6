"""Growing columns of numbers, one row an assistant, and the numbers that stand for codes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

K = TypeVar("K", bound=Hashable)
Array = npt.NDArray[Any]

_SMALLEST = 1024


class Numbers(Generic[K]):
    """Gives every key the next number, from 0."""

    def __init__(self) -> None:
        self.keys: list[K] = []
        self._numbers: dict[K, int] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def of(self, key: K) -> int:
        """The number of a key; a new one the first time."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.keys)
            self.keys.append(key)
        return number

    def known(self, key: K) -> int | None:
        return self._numbers.get(key)


class Columns:
    """Columns by name, all of the same length. A row is appended and never moves."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self._arrays: dict[str, Array] = {name: np.zeros(_SMALLEST, kind) for name, kind in kinds.items()}
        self.length = 0

    def __getitem__(self, name: str) -> Array:
        """A view of the rows there are; do not keep it across an append."""
        return self._arrays[name][: self.length]

    def add(self, name: str, kind: str) -> None:
        """One more column, zero everywhere."""
        size = len(next(iter(self._arrays.values())))
        self._arrays[name] = np.zeros(size, kind)

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._arrays)

    def append(self, count: int) -> int:
        """Makes room for `count` rows of zeros and returns the first one's number."""
        first, needed = self.length, self.length + count
        size = len(next(iter(self._arrays.values())))
        if needed > size:
            grown = max(needed, size + size // 8 if size > 100_000 else size * 2)
            for name, array in self._arrays.items():
                larger = np.zeros(grown, array.dtype)
                larger[:first] = array[:first]
                self._arrays[name] = larger
        self.length = needed
        return first

    def trim(self) -> None:
        """Gives back the room beyond the last row, but for a little."""
        size = max(self.length + self.length // 64, _SMALLEST)
        for name, array in self._arrays.items():
            if len(array) > size:
                self._arrays[name] = array[:size].copy()

    @property
    def bytes(self) -> int:
        return sum(array.nbytes for array in self._arrays.values())


class Ids:
    """Which row an id has: sorted once, with what came later beside it."""

    def __init__(self, rows: Iterable[str] = ()) -> None:
        listed = [id.encode() for id in rows]
        self._of_row: Array = np.array(listed) if listed else np.zeros(0, "S1")
        self._order = np.argsort(self._of_row, kind="stable").astype(np.int32)
        self._places = np.empty(len(self._order), np.int32)
        self._places[self._order] = np.arange(len(self._order), dtype=np.int32)
        self._later: dict[str, int] = {}
        self._later_ids: list[str] = []

    def __len__(self) -> int:
        return len(self._of_row) + len(self._later_ids)

    def append(self, id: str) -> None:
        """The next row's id; an earlier row of the same id is no longer found."""
        self._later[id] = len(self)
        self._later_ids.append(id)

    def forget(self, id: str) -> None:
        self._later[id] = -1

    def first(self, rows: Array, limit: int, after: str = "") -> Array:
        """Of rows, the `limit` with the smallest ids, among those after an id; in no order, and perhaps a few more."""
        known = rows[rows < len(self._of_row)]
        if after:
            known = known[self._places[known] >= np.searchsorted(self._of_row, after.encode(), sorter=self._order)]
        if len(known) > limit + 1:
            known = known[np.argpartition(self._places[known], limit)[: limit + 1]]
        found = np.concatenate([known, rows[rows >= len(self._of_row)]])
        return found if not after else found[[self.of(int(row)) > after for row in found]]

    def row(self, id: str) -> int | None:
        later = self._later.get(id)
        if later is not None:
            return later if later >= 0 else None
        low, high, key = 0, len(self._order), id.encode()
        while low < high:
            middle = (low + high) // 2
            if self._of_row[self._order[middle]] < key:
                low = middle + 1
            else:
                high = middle
        if low < len(self._order) and self._of_row[self._order[low]] == key:
            return int(self._order[low])
        return None

    def of(self, row: int) -> str:
        sorted_part = len(self._of_row)
        return self._of_row[row].decode() if row < sorted_part else self._later_ids[row - sorted_part]

    def several(self, rows: Array) -> list[str]:
        if not self._later_ids:
            return [id.decode() for id in self._of_row[rows].tolist()]
        return [self.of(row) for row in rows.tolist()]

    @property
    def bytes(self) -> int:
        return self._of_row.nbytes + self._order.nbytes + self._places.nbytes + 200 * len(self._later_ids)
