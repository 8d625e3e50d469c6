"""When the work is to start, from what a text says and the day on which it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.requests.domain.own_words.tokens import Number, Token, number_of

_MONTHS = (
    ("january", "gennaio"), ("february", "febbraio"), ("march", "marzo"), ("april", "aprile"), ("may", "maggio"),
    ("june", "giugno"), ("july", "luglio"), ("august", "agosto"), ("september", "settembre"), ("october", "ottobre"),
    ("november", "novembre"), ("december", "dicembre"),
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_DAYS = (
    ("monday", "lunedi"), ("tuesday", "martedi"), ("wednesday", "mercoledi"), ("thursday", "giovedi"),
    ("friday", "venerdi"), ("saturday", "sabato"), ("sunday", "domenica"),
)  # fmt: skip
WEEKDAYS = {name: number for number, names in enumerate(_DAYS) for name in names}
_FROM = frozenset(
    [
        "from",
        "starting",
        "start",
        "starts",
        "begin",
        "beginning",
        "dal",
        "dall",
        "da",
        "partire",
        "inizio",
        "iniziare",
        "decorrenza",
        "entro",
        "by",
    ]
)
_NEXT = frozenset(["next", "coming", "prossimo", "prossima"])
_SOON = (
    ("asap",),
    ("immediately",),
    ("right", "away"),
    ("as", "soon", "as"),
    ("subito",),
    ("prima", "possibile"),
    ("immediatamente",),
    ("straight", "away"),
)
_UNITS = {
    "day": 1,
    "days": 1,
    "giorni": 1,
    "giorno": 1,
    "week": 7,
    "weeks": 7,
    "settimana": 7,
    "settimane": 7,
    "month": 30,
    "months": 30,
    "mese": 30,
    "mesi": 30,
}


@dataclass(frozen=True, slots=True)
class Start:
    day: date
    first: int
    last: int
    sure: bool = True


def starts(listed: Sequence[Token], numbers: Sequence[Number], today: date) -> list[Start]:
    """All that is said of a start; nothing in the past, but for dates that name their year."""
    found = []
    for at, token in enumerate(listed):
        soon = next((words for words in _SOON if _stands(listed, at, words)), None)
        if soon:
            found.append(Start(today, at, at + len(soon) - 1, sure=False))
        elif token.folded in MONTHS and _is_start(listed, at):
            found.append(_of_month(listed, at, today))
        elif token.folded in WEEKDAYS and _is_start(listed, at) and not _is_range_of_days(listed, at):
            ahead = (WEEKDAYS[token.folded] - today.weekday() - 1) % 7 + 1
            found.append(Start(today + timedelta(days=ahead), at, at))
        elif token.folded in ("week", "settimana", "month", "mese") and _beside(listed, at, _NEXT):
            found.append(Start(_next(token.folded, today), max(at - 1, 0), at, sure=False))
        elif token.folded in _UNITS and (ahead_of := _in_so_long(listed, numbers, at)) is not None:
            number, first = ahead_of
            found.append(Start(today + timedelta(days=int(number) * _UNITS[token.folded]), first, at))
    return found + _in_digits(listed, today)


def _of_month(listed: Sequence[Token], at: int, today: date) -> Start:
    """ "1 March", "March 1st", "1° marzo 2027", "gennaio"."""
    month, first, last, day = MONTHS[listed[at].folded], at, at, 1
    before = at - 1
    while before >= 0 and listed[before].folded in ("°", "st", "nd", "rd", "th", "of", "di"):
        before -= 1
    said = number_of(listed[before].folded) if before >= 0 else None
    if said is not None and 1 <= said <= 31 and listed[before].folded not in ("a", "un", "una"):
        day, first = int(said), before
    elif at + 1 < len(listed) and 1 <= (number_of(listed[at + 1].folded) or 0) <= 31 and listed[at + 1].is_number:
        day, last = int(number_of(listed[at + 1].folded) or 1), at + 1
    year = _year(listed[last + 1 : last + 3])
    when = _day(year or today.year, month, day)
    if not year and when < today:
        when = _day(today.year + 1, month, day)
    return Start(when, first, last)


def _year(listed: Sequence[Token]) -> int:
    """A year of this century; 0 for none."""
    return next(
        (
            int(token.folded)
            for token in listed
            if len(token.folded) == 4 and token.folded.startswith("20") and token.folded.isdecimal()
        ),
        0,
    )


def _in_digits(listed: Sequence[Token], today: date) -> list[Start]:
    """ "1/3/2027": the day first."""
    found = []
    for at in range(len(listed) - 4):
        five = listed[at : at + 5]
        if five[1].folded != "/" or five[3].folded != "/" or not all(five[n].folded.isdecimal() for n in (0, 2, 4)):
            continue
        day, month, year = (int(five[n].folded) for n in (0, 2, 4))
        if 1 <= month <= 12 and 1 <= day <= 31 and abs(year % 100 - today.year % 100) < 5:
            found.append(Start(_day(2000 + year % 100, month, day), at, at + 4))
    return found


def _day(year: int, month: int, day: int) -> date:
    """The last day of the month where it has fewer."""
    for less in range(4):
        try:
            return date(year, month, day - less)
        except ValueError:
            continue
    return date(year, month, 1)


def _next(unit: str, today: date) -> date:
    if unit in ("week", "settimana"):
        return today + timedelta(days=7 - today.weekday())
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def _is_start(listed: Sequence[Token], at: int) -> bool:
    return any(token.folded in _FROM or token.folded in _NEXT for token in listed[max(at - 4, 0) : at]) or _beside(
        listed, at, _NEXT
    )


def _is_range_of_days(listed: Sequence[Token], at: int) -> bool:
    """ "From Monday to Friday" is a week, not a start."""
    return any(token.folded in WEEKDAYS for token in listed[at + 1 : at + 4]) or any(
        token.folded in WEEKDAYS for token in listed[max(at - 3, 0) : at]
    )


def _beside(listed: Sequence[Token], at: int, words: frozenset[str]) -> bool:
    return any(0 <= near < len(listed) and listed[near].folded in words for near in (at - 1, at + 1))


def _in_so_long(listed: Sequence[Token], numbers: Sequence[Number], at: int) -> tuple[float, int] | None:
    """ "In two weeks", "tra due settimane"."""
    number = next((number for number in numbers if number.last == at - 1), None)
    if number is None or not number.first or listed[number.first - 1].folded not in ("in", "tra", "fra"):
        return None
    return (number.value, number.first - 1) if number.value <= 52 else None


def _stands(listed: Sequence[Token], at: int, words: Sequence[str]) -> bool:
    return [token.folded for token in listed[at : at + len(words)]] == list(words)
