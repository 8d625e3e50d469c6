"""The table of published practices that the index searches: a row an assistant, bitmaps of rows and columns of numbers.

A row is written once. A changed practice gets a new row and its old one is retired: taken out of `live`, which every
question is cut with. What changes often stands in columns that are set in place: free hours, the record of answers and
engagements, the price of demand and the hours promised. Names are not kept, only the words they are found by.
"""

from __future__ import annotations

import gc
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from services.matching.domain.capacity import Capacity
from services.matching.domain.columns import Array, Columns, Ids, Numbers
from services.matching.domain.derived import Derived
from services.matching.domain.holdings import Holdings
from services.matching.domain.practice import CEFR, Practice
from services.matching.domain.schedules import Schedules
from services.matching.domain.vocabulary import Vocabulary, words

HOURS = 40
"""Free hours have a bitmap each, up to this."""
BUCKETS = 64
RECENT_PARTS = (0.01, 0.05, 0.25, 0.5)
SIZES_KEPT = 1000
BATCH = 50_000
RATING_STEPS = (300, 350, 400, 450, 480)
"""Ratings, in hundredths, that have a bitmap each: of all from there on."""
LEVELS = {"administrative": 0, "executive": 1}
CEFR_NUMBER = {cefr: number for number, cefr in enumerate(CEFR, 1)}
"""1 for A1 to 6 for C2; 0 is a language that is not spoken."""

COLUMNS = {
    "rate": "i8", "currency": "u1", "fee": "i8", "fee_currency": "u1", "included": "i4",
    "free": "i4", "capacity": "i4", "minimum": "i4", "schedule": "i4", "level": "u1",
    "services": "i8", "industries": "u4", "notice": "u1", "published": "f8",
    "standing": "i4", "price": "f4", "promised": "f4", "rating": "u2",
}  # fmt: skip

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Standing:
    """What an assistant's history says: offers answered yes and no (or not at all), engagements well and badly."""

    id: str
    yes: int = 0
    no: int = 0
    well: int = 0
    badly: int = 0


Counts = tuple[int, int, int, int]
_NONE: Counts = (0, 0, 0, 0)
_MOST_COUNTED = 1000


class Buckets:
    """Cumulative bitmaps of an amount, in BUCKETS steps of a twelfth around the first amounts."""

    def __init__(self, around: float) -> None:
        self._edges = [round(max(around, 1.0) * 1.085 ** (number - BUCKETS // 2)) for number in range(BUCKETS - 1)]
        self.bitmaps = [BitMap() for _ in range(BUCKETS)]

    def add(self, rows: Array, amounts: Array) -> None:
        for number, edge in enumerate(self._edges):
            self.bitmaps[number].update(_as_bits(rows[amounts <= edge]))
        self.bitmaps[-1].update(_as_bits(rows))

    def add_one(self, row: int, amount: int) -> None:
        for number in range(bisect_left(self._edges, amount), BUCKETS):
            self.bitmaps[number].add(row)

    def at_most(self, amount: int) -> BitMap:
        """All rows up to `amount`, and some above it."""
        return self.bitmaps[bisect_left(self._edges, amount)]

    def exactly_at_most(self, amount: int, amounts: Array) -> BitMap:
        """All rows up to `amount`, by the column of amounts, and no others: only one step needs a look at it."""
        step = bisect_left(self._edges, amount)
        below = self.bitmaps[step - 1] if step else BitMap()
        rows = rows_of(self.bitmaps[step] - below)
        return below | BitMap(_as_bits(rows[amounts[rows] <= amount]))


class Table:
    """Rows, bitmaps and columns. Not safe for threads; what it returns is not to be changed."""

    def __init__(self) -> None:
        self.columns = Columns(COLUMNS)
        self.ids = Ids()
        self.schedules = Schedules()
        self.vocabulary = Vocabulary()
        self.currencies: Numbers[str] = Numbers()
        self.service_numbers: Numbers[str] = Numbers()
        self.industry_numbers: Numbers[str] = Numbers()
        self.standings: Numbers[Counts] = Numbers()
        self.standings.of(_NONE)
        self.held = Holdings()
        self.skills = self.held.rows
        """By code: rows at level ≥ 1 … ≥ 4."""
        self.languages: dict[str, list[BitMap]] = {}
        """By code: rows at CEFR ≥ A1 … ≥ C2."""
        self.services: dict[str, BitMap] = defaultdict(BitMap)
        self.industries: dict[str, BitMap] = defaultdict(BitMap)
        self.rates: dict[str, Buckets] = {}
        self.fees: dict[str, Buckets] = {}
        self.executive = BitMap()
        self.retainers = BitMap()
        self.free = [BitMap() for _ in range(HOURS + 1)]
        self.minimum = [BitMap() for _ in range(HOURS + 1)]
        self.recent = [BitMap() for _ in RECENT_PARTS]
        """The most recently published parts of those there were at first, and all after."""
        self._recent_edges: list[float] = []
        self.by_schedule: Array = np.zeros(0, np.int64)
        self.priced = BitMap()
        """Rows with a price of demand, and rows with minutes promised."""
        self.promised = BitMap()
        self.rated = {step: BitMap() for step in RATING_STEPS}
        self.longest_notice = 0
        self.away: dict[date, BitMap] = {}
        """By Monday: rows of those who do not work at all in that week."""
        self._away_of: dict[str, tuple[date, ...]] = {}
        self._history: dict[str, Counts] = {}
        self._ratings: dict[str, int] = {}
        self._derived = Derived()
        self._filling: list[str] = []
        self._sizes: dict[int, int] = {}
        self._sized_at = 0

    def __len__(self) -> int:
        return len(self.live)

    @property
    def live(self) -> BitMap:
        """The rows of practices that are published now."""
        return self.free[0]

    @property
    def rows(self) -> int:
        """All rows, also retired ones."""
        return self.columns.length

    def size(self, rows: BitMap) -> int:
        """About how many rows a set of this table has: good for an order, and not counted anew for every question."""
        if abs(self.rows - self._sized_at) > SIZES_KEPT:
            self._sizes.clear()
            self._sized_at = self.rows
        known = self._sizes.get(id(rows))
        if known is None:
            known = len(rows)
            if len(self._sizes) < SIZES_KEPT:
                self._sizes[id(rows)] = known
        return known

    # -- filling ---------------------------------------------------------------------------------------------------

    def fill(self, practices: Iterable[tuple[Practice, Capacity]]) -> None:
        """Into an empty table; ids are distinct, and all are published."""
        source = iter(practices)
        while batch := list(islice(source, BATCH)):
            self.fill_batch(batch)
        self.filled()

    def fill_batch(self, batch: Sequence[tuple[Practice, Capacity]]) -> None:
        """A part of them; nothing is found before `filled`."""
        with _without_collector():
            self._filling.extend(practice.id for practice, _ in batch)
            self._append(batch)

    def filled(self) -> None:
        self.ids = Ids(self._filling)
        self._filling = []
        for id in self._away_of:
            self._mark_away(id)
        self.columns.trim()
        self.held.trim()

    def put(self, practice: Practice, capacity: Capacity) -> None:
        """Adds a practice, or retires its row and adds another."""
        row = self.ids.row(practice.id)
        kept = (0.0, 0.0) if row is None else (self.columns["price"][row], self.columns["promised"][row])
        if row is not None:
            self.retire(practice.id)
        self._append([(practice, capacity)])
        self.ids.append(practice.id)
        self.set_price(practice.id, float(kept[0]))
        self.promise(practice.id, float(kept[1]))
        self._mark_away(practice.id)

    def retire(self, id: str) -> None:
        """Nobody finds this practice any more."""
        row = self.ids.row(id)
        if row is None:
            return
        self.by_schedule[self.columns["schedule"][row]] -= 1
        self._history[id] = self.standings.keys[int(self.columns["standing"][row])]
        if rating := int(self.columns["rating"][row]):
            self._ratings[id] = rating
        for bitmap in self.free:
            bitmap.discard(row)
        self.held.retire(row)
        self.ids.forget(id)

    def _append(self, batch: Sequence[tuple[Practice, Capacity]]) -> None:
        first = self.columns.append(len(batch))
        rows = np.arange(first, first + len(batch), dtype=np.uint32)
        practices = [practice for practice, _ in batch]
        self._append_numbers(batch, rows)
        self.held.append([practice.skills for practice in practices])
        self._append_languages(practices, first)
        self._append_codes(practices, first)
        for row, practice in enumerate(practices, first):
            told = (said.headline for said in practice.translations)
            self.vocabulary.add(row, practice.display_name, practice.headline, *told)
        self.vocabulary.settle()

    def _append_numbers(self, batch: Sequence[tuple[Practice, Capacity]], rows: Array) -> None:
        columns, here = self.columns, slice(int(rows[0]), int(rows[-1]) + 1)
        number = self.currencies.of
        schedule = self.schedules.number
        values = np.array(
            [
                (
                    p.hourly_rate.amount,
                    number(p.hourly_rate.currency),
                    max(c.free_minutes, 0),
                    p.capacity_minutes,
                    p.minimum_weekly_minutes,
                    schedule(p.time_zone, p.working_hours),
                    LEVELS[p.level],
                    min(p.notice_days, 255),
                )
                for p, c in batch
            ],
            dtype=np.int64,
        ).T
        self.longest_notice = max(self.longest_notice, int(values[-1].max()))
        for name, column in zip(
            ("rate", "currency", "free", "capacity", "minimum", "schedule", "level", "notice"), values, strict=True
        ):
            columns[name][here] = column
        columns["published"][here] = [p.published_at.timestamp() if p.published_at else 0.0 for p, _ in batch]
        if self._history:
            columns["standing"][here] = [self.standings.of(self._history.pop(p.id, _NONE)) for p, _ in batch]
        if self._ratings:
            columns["rating"][here] = ratings = np.array([self._ratings.pop(p.id, 0) for p, _ in batch], np.uint16)
            for step, bitmap in self.rated.items():
                bitmap.update(_as_bits(rows[ratings >= step]))
        self._spread_published(columns["published"][here], rows)
        self._append_retainers([p for p, _ in batch], rows)
        self._spread(rows, values)

    def _spread(self, rows: Array, values: Array) -> None:
        """Numbers into their bitmaps."""
        rate, currency, free, _, minimum, schedule, level, _ = values
        needed = len(self.schedules) - len(self.by_schedule)
        if needed > 0:
            self.by_schedule = np.concatenate([self.by_schedule, np.zeros(needed, np.int64)])
        np.add.at(self.by_schedule, schedule, 1)
        self.executive.update(_as_bits(rows[level == 1]))
        for code in np.unique(currency):
            mine = currency == code
            _into(self.rates, self.currencies.keys[int(code)], rows[mine], rate[mine])
        if len(rows) == 1:
            for hour in range(min(int(free[0]) // 60, HOURS) + 1):
                self.free[hour].add(int(rows[0]))
            for hour in range(-(-int(minimum[0]) // 60), HOURS + 1):
                self.minimum[hour].add(int(rows[0]))
            return
        for hour in range(HOURS + 1):
            self.free[hour].update(_as_bits(rows[free >= hour * 60]))
            self.minimum[hour].update(_as_bits(rows[minimum <= hour * 60]))

    def _spread_published(self, published: Array, rows: Array) -> None:
        if not self._recent_edges:
            self._recent_edges = [float(edge) for edge in np.quantile(published, [1 - part for part in RECENT_PARTS])]
        for bitmap, edge in zip(self.recent, self._recent_edges, strict=True):
            bitmap.update(_as_bits(rows[published >= edge]))

    def _append_retainers(self, practices: Sequence[Practice], rows: Array) -> None:
        offered = [
            (int(row), p.retainer.fee.amount, self.currencies.of(p.retainer.fee.currency), p.retainer.included_minutes)
            for row, p in zip(rows, practices, strict=True)
            if p.retainer is not None and p.retainer.included_minutes > 0
        ]
        if not offered:
            return
        at, fee, currency, included = np.array(offered, dtype=np.int64).T
        self.columns["fee"][at], self.columns["fee_currency"][at], self.columns["included"][at] = (
            fee,
            currency,
            included,
        )
        self.retainers.update(_as_bits(at))
        for code in np.unique(currency):
            mine = currency == code
            _into(self.fees, self.currencies.keys[int(code)], at[mine], fee[mine])

    def _append_languages(self, practices: Sequence[Practice], first: int) -> None:
        """Dense columns of levels, and a bitmap for each level and more."""
        spoken: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row, practice in enumerate(practices, first):
            for language in practice.languages:
                spoken[language.code][CEFR_NUMBER[language.cefr]].append(row)
        for code, levels in spoken.items():
            if code not in self.languages:
                self.languages[code] = [BitMap() for _ in CEFR]
                self.columns.add("language:" + code, "u1")
            bitmaps, dense = self.languages[code], self.columns["language:" + code]
            for level, rows in levels.items():
                listed = array("I", rows)
                dense[np.frombuffer(listed, np.uint32)] = level
                for bitmap in bitmaps[:level]:
                    bitmap.update(listed)

    def _append_codes(self, practices: Sequence[Practice], first: int) -> None:
        """Services and target industries: a bitmap each, and all of a row's as bits of one number."""
        service_bits, industry_bits = self.columns["services"], self.columns["industries"]
        offered: dict[str, list[int]] = defaultdict(list)
        targeted: dict[str, list[int]] = defaultdict(list)
        bit = _bits_of(self.service_numbers)
        for row, practice in enumerate(practices, first):
            bits = 0
            for code in practice.services:
                bits |= bit(code)
                offered[code].append(row)
            service_bits[row] = bits
            for code in practice.target_industries:
                targeted[code].append(row)
        for code, rows in offered.items():
            self.services[code].update(array("I", rows))
        for code, rows in targeted.items():
            self.industries[code].update(array("I", rows))
            industry_bits[rows] |= np.uint32(1 << self.industry_numbers.of(code))

    # -- what changes in place -------------------------------------------------------------------------------------

    def set_free(self, id: str, minutes: int) -> None:
        row = self.ids.row(id)
        if row is None:
            return
        minutes = max(minutes, 0)
        before, after = (min(int(value) // 60, HOURS) for value in (self.columns["free"][row], minutes))
        for hour in range(before + 1, after + 1):
            self.free[hour].add(row)
        for hour in range(after + 1, before + 1):
            self.free[hour].discard(row)
        self.columns["free"][row] = minutes

    def set_standing(self, standing: Standing) -> None:
        """Also before its practice is there."""
        row = self.ids.row(standing.id)
        if row is None:
            self._history[standing.id] = _counts(standing)
        else:
            self.columns["standing"][row] = self.standings.of(_counts(standing))

    def set_away(self, id: str, weeks: Iterable[date]) -> None:
        """Replaces what was said before; also before the practice is there."""
        row = self.ids.row(id)
        for monday in self._away_of.pop(id, ()):
            if row is not None and monday in self.away:
                self.away[monday].discard(row)
        if kept := tuple(sorted(weeks)):
            self._away_of[id] = kept
        self._mark_away(id)

    def _mark_away(self, id: str) -> None:
        row = self.ids.row(id)
        if row is not None:
            for monday in self._away_of.get(id, ()):
                self.away.setdefault(monday, BitMap()).add(row)

    def set_rating(self, id: str, hundredths: int) -> None:
        """Also before its practice is there; 0 is no rating."""
        row = self.ids.row(id)
        if row is None:
            self._ratings[id] = hundredths
            return
        self.columns["rating"][row] = hundredths
        for step, bitmap in self.rated.items():
            (bitmap.add if hundredths >= step else bitmap.discard)(row)

    def set_price(self, id: str, price: float) -> None:
        row = self.ids.row(id)
        if row is not None:
            self.columns["price"][row] = max(price, 0.0)
            (self.priced.add if price > 0 else self.priced.discard)(row)

    def promise(self, id: str, minutes: float) -> None:
        """Adds to the minutes promised; less than nothing takes them back."""
        row = self.ids.row(id)
        if row is not None:
            column = self.columns["promised"]
            column[row] = max(column[row] + minutes, 0.0)
            (self.promised.add if column[row] > 0 else self.promised.discard)(row)

    # -- what follows from a row -----------------------------------------------------------------------------------

    def published_since(self, instant: float) -> BitMap:
        """Rows of those first published at this second since 1970, or later; retired ones among them."""
        published = self.columns["published"]
        return self._derived.rows(("published", instant), self.rows, lambda some: published[some] >= instant)

    def sharing(self, days: tuple[int, ...], monday: date, minutes: int) -> BitMap:
        """Rows of those who work at least so many minutes of all `days` together; retired ones among them."""
        shared, schedule = self.schedules.shared_together(days, monday), self.columns["schedule"]
        key = ("shared", days, monday, minutes)
        return self._derived.rows(key, self.rows, lambda some: shared[schedule[some]] >= minutes)

    def contents(self, row: int) -> tuple[object, ...]:
        """All that a row holds, with codes in the place of numbers; prices and promises aside."""
        columns = self.columns
        plain = ("rate", "fee", "included", "free", "capacity", "minimum", "level", "notice", "published", "rating")
        levels = {name: int(columns[name][row]) for name in columns.names if ":" in name and columns[name][row]}
        levels |= {"skill:" + code: level for code, level in self.held.of(row).items()}
        services, industries = int(columns["services"][row]), int(columns["industries"][row])
        return (
            tuple(columns[name][row].item() for name in plain),
            self.currencies.keys[int(columns["currency"][row])],
            self.schedules.of(int(columns["schedule"][row])),
            self.standings.keys[int(columns["standing"][row])],
            tuple(sorted(code for bit, code in enumerate(self.service_numbers.keys) if services >> bit & 1)),
            tuple(sorted(code for bit, code in enumerate(self.industry_numbers.keys) if industries >> bit & 1)),
            tuple(sorted(levels.items())),
            tuple(sorted(monday for monday, rows in self.away.items() if row in rows)),
        )

    @property
    def bytes(self) -> int:
        """What the table takes in memory: columns, ids, words, bitmaps by their serialised size."""
        return (
            self.columns.bytes
            + self.held.bytes
            + self.ids.bytes
            + self.vocabulary.bytes
            + sum(len(bitmap.serialize()) for bitmap in self._bitmaps())
        )

    def _bitmaps(self) -> Iterator[BitMap]:
        for levels in (*self.skills.values(), *self.languages.values(), self.free, self.minimum, self.recent):
            yield from levels
        yield from self.rated.values()
        for buckets in (*self.rates.values(), *self.fees.values()):
            yield from buckets.bitmaps
        yield from self.away.values()
        yield from (self.executive, self.retainers, *self.services.values(), *self.industries.values())


def rows_of(bitmap: BitMap) -> Rows:
    """The rows of a bitmap, ascending."""
    return np.frombuffer(bitmap.to_array(), np.uint32).astype(np.intp)


def _into(buckets: dict[str, Buckets], currency: str, rows: Array, amounts: Array) -> None:
    if currency not in buckets:
        buckets[currency] = Buckets(float(np.median(amounts)))
    if len(rows) == 1:
        buckets[currency].add_one(int(rows[0]), int(amounts[0]))
    else:
        buckets[currency].add(rows, amounts)


def _bits_of(numbers: Numbers[str]):  # type: ignore[no-untyped-def]
    known: dict[str, int] = {}

    def bit(code: str) -> int:
        found = known.get(code)
        if found is None:
            found = known[code] = 1 << numbers.of(code)
        return found

    return bit


def _as_bits(rows: Array) -> array[int]:
    return array("I", rows.astype(np.uint32, copy=False).tobytes())


def _counts(standing: Standing) -> Counts:
    yes, no, well, badly = (
        min(count, _MOST_COUNTED) for count in (standing.yes, standing.no, standing.well, standing.badly)
    )
    return yes, no, well, badly


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of short-lived objects without cycles: the collector would only look at them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


__all__ = ["COLUMNS", "Standing", "Table", "rows_of", "words"]
