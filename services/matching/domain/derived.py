"""Sets of rows that follow from what never changes in a row: made when first asked for, and kept up with new rows.

Who shares so many hours with a reader's day, or was published after a day, is worked out once for all rows there are;
asking again costs the look at the rows that were added since.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

KEPT = 96
"""Sets; each takes an eighth of a byte a row at most."""

Chosen = Callable[[slice], npt.NDArray[np.bool_]]


class Derived:
    """The sets used last, by key. Retired rows stay in them."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._sets: OrderedDict[Hashable, tuple[int, BitMap]] = OrderedDict()

    def rows(self, key: Hashable, count: int, chosen: Chosen) -> BitMap:
        """The rows, of the first `count`, that `chosen` picks from a slice of them. Not to be changed."""
        seen, found = self._sets.get(key, (0, BitMap()))
        if seen < count:
            picked = np.flatnonzero(chosen(slice(seen, count))) + seen
            found.update(array("I", picked.astype(np.uint32).tobytes()))
            self._sets[key] = (count, found)
        self._sets.move_to_end(key)
        while len(self._sets) > self._kept:
            self._sets.popitem(last=False)
        return found
