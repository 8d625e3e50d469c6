"""Browsing without a brief: words, filters, counts of what each further filter would leave, and stable pages."""

from __future__ import annotations

import json
from array import array
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from pyroaring import BitMap
from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.matching.domain.columns import Array
from services.matching.domain.hours import day_masks
from services.matching.domain.practice import CEFR
from services.matching.domain.table import CEFR_NUMBER, HOURS, LEVELS, RATING_STEPS, Buckets, Rows, Table, rows_of
from services.matching.domain.terms_index import TermIndex
from services.matching.domain.vocabulary import words
from shared.platform.errors import Invalid

SHORT = 3
"""Words up to this long are never read as others."""
LONG = 7
FREE_STEPS = (300, 600, 1200, 1800, 2400)
"""Minutes a week that the facet of free hours counts from."""
SHARED_STEPS = (60, 120, 240, 360, 480)
"""Minutes a day that the facet of shared hours counts from."""
SHOWN_RATINGS = (400, 450, 480)
WORKDAYS = 5
NEW_FOR = timedelta(days=30)
FACET_CEFR = "B1"
MANY = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What somebody who browses asks for; all of it must hold.

    Amounts are in minor units of `currency`: of an hour, or of a month's retainer (`fee`). Each skill is asked for at
    `skill_level`. `overlap_minutes` are to be shared, on the mean of next week's working days, with a day from
    `day_start` to `day_end` in `time_zone`. `min_rating` is in hundredths. `at` is the moment of asking.
    """

    text: str = ""
    level: str = ""
    services: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    skill_level: int = 1
    language: str = ""
    cefr: str = FACET_CEFR
    currency: str = "EUR"
    min_rate_amount: int | None = None
    max_rate_amount: int | None = None
    min_fee_amount: int | None = None
    max_fee_amount: int | None = None
    free_minutes: int = 0
    retainer: bool = False
    industry: str = ""
    overlap_minutes: int = 0
    time_zone: str = ""
    day_start: str = "09:00"
    day_end: str = "18:00"
    min_rating: int = 0
    new: bool = False
    published_after: float | None = None
    """Seconds since 1970."""
    facets: bool = False
    sort: str = "newest"
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def monday(self) -> date:
        """Of next week, on the calendar of `time_zone`."""
        today = self.at.astimezone(ZoneInfo(self.time_zone)).date()
        return today + timedelta(days=7 - today.weekday())

    @property
    def days(self) -> tuple[int, ...]:
        """The reader's working days as masks. Raises Invalid when it is not said where the reader is."""
        if not self.time_zone:
            raise Invalid.field("time_zone", "Choose a time zone of the list, such as Europe/Rome.")
        return day_masks(self.time_zone, self.day_start, self.day_end, self.monday)

    @property
    def new_since(self) -> float:
        """From the midnight (UTC) 30 days ago, as seconds: the same all day long."""
        day = (self.at - NEW_FOR).astimezone(UTC).date()
        return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """How many the list would have with each value; those with none are left out."""

    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A typed word that nobody has, and what was looked for instead."""

    typed: str
    read_as: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list, how many there are in all, and the cursor of the next part (None at the end)."""

    ids: tuple[str, ...]
    total: int
    next: str | None
    facets: tuple[Facet, ...] = ()
    corrections: tuple[Correction, ...] = ()


def browse(table: Table, terms: TermIndex, filters: Filters, limit: int, cursor: str) -> Page:
    """The part of the list after `cursor`, stable while others come and go. Raises Invalid for a bad cursor."""
    after = _decode(cursor) if cursor else None
    found, corrections = _by_text(table, terms, filters.text)
    meeting = _meeting(table, filters, found)
    total = len(meeting)
    rows, keys = _next(table, filters, meeting, limit + 1, after)
    ids = table.ids.several(rows)
    ordered = sorted(zip(keys.tolist(), ids, strict=True))[: limit + 1]
    following = _encode(*ordered[limit - 1]) if len(ordered) > limit else None
    facets = tuple(_facets(table, filters, found)) if filters.facets else ()
    return Page(tuple(id for _, id in ordered[:limit]), total, following, facets, tuple(corrections))


def by_name(table: Table, text: str, limit: int) -> list[str]:
    """The ids of those whose name or headline holds these words, also mistyped; those with fewest rows first."""
    found, _ = _by_text(table, TermIndex({}), text)
    return table.ids.several(rows_of(found & table.live)[:limit])


def _by_text(table: Table, terms: TermIndex, text: str) -> tuple[BitMap, list[Correction]]:
    """The rows in which every word of the text is found, and the words that were read as others."""
    found, corrections = table.live, []
    for word in dict.fromkeys(words(text)):
        rows = _with_word(table, terms, word)
        if not rows and len(word) > SHORT:
            most = 1 if len(word) <= LONG else 2
            near = _nearest(table, terms, word, most)
            if near:
                rows = BitMap.union(*(_with_word(table, terms, other) for other in near))
                corrections.append(Correction(word, near[0]))
        found = found & rows
    return found, corrections


def _with_word(table: Table, terms: TermIndex, prefix: str) -> BitMap:
    sets = [table.vocabulary.rows(prefix)]
    for code in terms.codes(prefix):
        if code in table.skills:
            sets.append(table.skills[code][0])
        elif code in table.services:
            sets.append(table.services[code])
    return sets[0] if len(sets) == 1 else BitMap.union(*sets)


def _nearest(table: Table, terms: TermIndex, word: str, most: int) -> list[str]:
    listed = process.extract(word, terms.words, scorer=OSA.distance, score_cutoff=most, limit=20)
    best = min((distance for _, distance, _ in listed), default=most + 1)
    close = sorted(near for near, distance, _ in listed if distance == best)
    return close or table.vocabulary.nearest(word, most)


def _meeting(table: Table, filters: Filters, found: BitMap) -> BitMap:
    """Who meets all filters."""
    sets = sorted(_sets(table, filters), key=len)
    for rows in sets:
        found = found & rows
    if filters.published_after is not None:
        some = rows_of(found)
        some = some[table.columns["published"][some] > filters.published_after]
        return BitMap(array("I", some.astype(np.uint32).tobytes()))
    return found


def _sets(table: Table, filters: Filters) -> list[BitMap]:
    nobody = BitMap()
    sets = [table.services.get(code, nobody) for code in filters.services]
    rank = filters.skill_level - 1
    sets += [table.skills[code][rank] if code in table.skills else nobody for code in filters.skills]
    if filters.level:
        sets.append(table.executive if LEVELS[filters.level] else table.live - table.executive)
    if filters.language:
        levels = table.languages.get(filters.language)
        sets.append(levels[CEFR_NUMBER[filters.cefr] - 1] if levels else nobody)
    rate, fee = table.rates.get(filters.currency), table.fees.get(filters.currency)
    sets += _between(rate, table.columns["rate"], filters.min_rate_amount, filters.max_rate_amount)
    sets += _between(fee, table.columns["fee"], filters.min_fee_amount, filters.max_fee_amount)
    if filters.overlap_minutes:
        sets.append(_sharing(table, filters, filters.overlap_minutes))
    if filters.min_rating:
        sets.append(_rated(table, filters.min_rating))
    if filters.new:
        sets.append(table.published_since(filters.new_since))
    if filters.free_minutes:
        sets.append(_with_free(table, filters.free_minutes))
    if filters.retainer:
        sets.append(table.retainers)
    if filters.industry:
        sets.append(table.industries.get(filters.industry, nobody))
    return sets


def _between(buckets: Buckets | None, amounts: Array, least: int | None, most: int | None) -> list[BitMap]:
    """Those who ask at least and at most so much; nothing where neither is said. Other currencies are never within."""
    if least is None and most is None:
        return []
    if buckets is None:
        return [BitMap()]
    found = buckets.bitmaps[-1] if most is None else buckets.exactly_at_most(most, amounts)
    return [found if not least else found - buckets.exactly_at_most(least - 1, amounts)]


def _sharing(table: Table, filters: Filters, minutes: int) -> BitMap:
    return table.sharing(filters.days, filters.monday, minutes * WORKDAYS)


def _rated(table: Table, least: int) -> BitMap:
    """Rated at least so much: the next step down, and an exact look at those between."""
    step = max((step for step in RATING_STEPS if step <= least), default=None)
    if step == least:
        return table.rated[step]
    rows = rows_of(table.live if step is None else table.rated[step])
    return BitMap(array("I", rows[table.columns["rating"][rows] >= least].astype(np.uint32).tobytes()))


def _with_free(table: Table, minutes: int) -> BitMap:
    hours = min(minutes // 60, HOURS)
    if minutes == hours * 60:
        return table.free[hours]
    surely = table.free[hours + 1] if hours < HOURS else BitMap()
    rows = rows_of(table.free[hours] - surely)
    return surely | BitMap(array("I", rows[table.columns["free"][rows] >= minutes].astype(np.uint32).tobytes()))


def _facets(table: Table, filters: Filters, found: BitMap) -> Iterable[Facet]:
    """Of filters that take several values, what one more would leave; of the others, what each would find instead."""

    def base(**changed: object) -> BitMap:
        return _meeting(table, replace(filters, **changed), found)  # type: ignore[arg-type]

    all_set = base()
    yield _facet("services", all_set, table.services.items())
    yield _ordered("skills", table.held.counts(all_set, table.live, filters.skill_level))
    levels = base(level="") if filters.level else all_set
    executive = levels.intersection_cardinality(table.executive)
    counts = (("administrative", len(levels) - executive), ("executive", executive))
    yield Facet("level", tuple(FacetValue(value, count) for value, count in counts if count))
    spoken = base(language="") if filters.language else all_set
    rank = CEFR_NUMBER[filters.cefr] - 1
    yield _facet("languages", spoken, ((code, levels[rank]) for code, levels in table.languages.items()))
    if filters.language in table.languages:
        ranks = zip(CEFR, table.languages[filters.language], strict=True)
        yield Facet("cefr", _counted(base(cefr=CEFR[0]), ranks))
    yield _facet("retainer", base(retainer=False) if filters.retainer else all_set, [("yes", table.retainers)])
    liked = base(industry="") if filters.industry else all_set
    yield _facet("industries", liked, table.industries.items())
    free = base(free_minutes=0) if filters.free_minutes else all_set
    yield Facet("free_minutes", _counted(free, ((str(step), table.free[step // 60]) for step in FREE_STEPS)))
    if filters.time_zone:
        shared = base(overlap_minutes=0) if filters.overlap_minutes else all_set
        steps = ((str(step), _sharing(table, filters, step)) for step in SHARED_STEPS)
        yield Facet("overlap_minutes", _counted(shared, steps))
    rated = base(min_rating=0) if filters.min_rating else all_set
    yield Facet("min_rating", _counted(rated, ((str(step), table.rated[step]) for step in SHOWN_RATINGS)))
    fresh = base(new=False) if filters.new else all_set
    yield Facet("new", _counted(fresh, [("yes", table.published_since(filters.new_since))]))


def _counted(within: BitMap, sets: Iterable[tuple[str, BitMap]]) -> tuple[FacetValue, ...]:
    """In their own order; values with none are left out."""
    values = (FacetValue(value, within.intersection_cardinality(rows)) for value, rows in sets)
    return tuple(value for value in values if value.count)


def _facet(name: str, within: BitMap, sets: Iterable[tuple[str, BitMap]]) -> Facet:
    return _ordered(name, ((code, within.intersection_cardinality(rows)) for code, rows in sets))


def _ordered(name: str, counts: Iterable[tuple[str, int]]) -> Facet:
    """The most frequent first."""
    values = [FacetValue(code, count) for code, count in counts if count]
    return Facet(name, tuple(sorted(values, key=lambda value: (-value.count, value.value))))


def _next(
    table: Table, filters: Filters, meeting: BitMap, limit: int, after: tuple[float, str] | None
) -> tuple[Rows, Array]:
    """Rows that hold the next `limit` of the order, with their keys.

    Of very many rows only the first part of the order is looked at, as sets that grow: whoever is not in a set comes
    after all who are.
    """
    sets = _GROWING[filters.sort](table, filters) if len(meeting) > MANY else []
    for rows_in in (*sets, meeting):
        some = meeting & rows_in if rows_in is not meeting else meeting
        if rows_in is not meeting and len(some) < limit:
            continue
        rows = rows_of(some)
        keys = _ORDERS[filters.sort](table, filters, rows)
        rows, keys = _first(table, rows, keys, limit, after)
        if len(rows) >= limit or rows_in is meeting:
            return rows, keys
    return rows, keys


def _first(table: Table, rows: Rows, keys: Array, limit: int, after: tuple[float, str] | None) -> tuple[Rows, Array]:
    """The next `limit` by key, then id, and perhaps a few more."""
    if after is not None:
        equal = table.ids.first(rows[keys == after[0]], limit, after[1])
        beyond = keys > after[0]
        rows = np.concatenate([equal, rows[beyond]])
        keys = np.concatenate([np.full(len(equal), after[0]), keys[beyond]])
    if len(rows) <= limit:
        return rows, keys
    border = np.partition(keys, limit - 1)[limit - 1]
    before = keys < border
    equal = table.ids.first(rows[keys == border], limit)
    return np.concatenate([rows[before], equal]), np.concatenate([keys[before], np.full(len(equal), border)])


def _newest(table: Table, _filters: Filters, rows: Rows) -> Array:
    return -table.columns["published"][rows]


def _cheapest(table: Table, filters: Filters, rows: Rows) -> Array:
    """Rates in another currency come last: they cannot be compared."""
    amounts = table.columns["rate"][rows].astype(np.float64)
    number = table.currencies.known(filters.currency)
    return np.where(table.columns["currency"][rows] == (-1 if number is None else number), amounts, amounts + 1e13)


def _freest(table: Table, _filters: Filters, rows: Rows) -> Array:
    return -table.columns["free"][rows].astype(np.float64)


def _best_rated(table: Table, _filters: Filters, rows: Rows) -> Array:
    """Who has no rating yet comes last."""
    return -table.columns["rating"][rows].astype(np.float64)


def _most_shared(table: Table, filters: Filters, rows: Rows) -> Array:
    minutes = table.schedules.shared_together(filters.days, filters.monday)
    return -minutes[table.columns["schedule"][rows]].astype(np.float64)


def _rates_growing(table: Table, filters: Filters) -> list[BitMap]:
    buckets = table.rates.get(filters.currency)
    return buckets.bitmaps[::4] if buckets else []


_GROWING: dict[str, Callable[[Table, Filters], list[BitMap]]] = {
    "newest": lambda table, _filters: table.recent,
    "rate": _rates_growing,
    "free": lambda table, _filters: table.free[::-4],
    "rating": lambda table, _filters: [table.rated[step] for step in reversed(RATING_STEPS)],
    "overlap": lambda table, filters: [_sharing(table, filters, step) for step in reversed(SHARED_STEPS)],
}
_ORDERS: dict[str, Callable[[Table, Filters, Rows], Array]] = {
    "newest": _newest,
    "rate": _cheapest,
    "free": _freest,
    "rating": _best_rated,
    "overlap": _most_shared,
}


def _encode(key: float, id: str) -> str:
    return urlsafe_b64encode(json.dumps([key, id]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[float, str]:
    try:
        key, id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return float(key), str(id)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid("This page of the list is not there any more. Start again from the first one.") from error
