"""Words with their places in the text, their clauses, and the numbers that they say."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TOKEN = re.compile(
    r"[0-9]{1,3}(?:[.,'’][0-9]{3})+(?:[.,][0-9]{1,2})?(?![0-9])|[0-9]+(?:[.,][0-9]{1,2})?"  # 1.200,50 or 12.5
    r"|[eE]-[^\W\d_]{3,}|[^\W\d_]+(?:\.com)?|[€$£&%@>/+\-–—.,;:!?()\n°’']"
)
_DIGITS = frozenset("0123456789")
_ENDS = frozenset(".;:!?()\n")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign: as it stands, folded (lower case, no accents), from where to where."""

    text: str
    folded: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.folded[:1].isalpha()

    @property
    def is_number(self) -> bool:
        return self.folded[:1] in _DIGITS


def fold(text: str) -> str:
    """Without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


_ENDINGS = ("iscono", "isca", "isce", "isco", "asse", "esse", "isse", "are", "ere", "ire", "ing", "ed")
_IRREGULAR = {"tenga": "ten", "tiene": "ten", "tengono": "ten", "tengano": "ten", "kept": "keep", "written": "writ"}


def stem(folded: str) -> str:
    """A word without the ending that number, gender and person change, in English and Italian; roughly."""
    if folded in _IRREGULAR:
        return _IRREGULAR[folded]
    if len(folded) <= 3:
        return folded
    for ending in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= 3:
            return _without_vowel(folded.removesuffix(ending))
    short = folded.removesuffix("s") if not folded.endswith("ss") else folded
    return _without_vowel(short)


def _without_vowel(word: str) -> str:
    if len(word) > 4 and word[-1] in "aeiou":
        word = word[:-1].removesuffix("i") if len(word) > 5 else word[:-1]
    return word.removesuffix("h") if len(word) > 4 and word.endswith(("ch", "gh")) else word


def _joined(folded: str) -> str:
    """ "e-mail" and "e-invoicing" are "email" and "einvoicing"."""
    return "e" + folded[2:] if folded.startswith("e-") else folded


_IN_ADDRESS = re.compile(r"(?<=[^\W_])\.(?=(?:io|ai|it|me|so|to)\b)")
"""The point of an address such as apollo.io, which ends nothing."""


def tokens(text: str) -> list[Token]:
    points = {match.start() for match in _IN_ADDRESS.finditer(text)}
    return [
        Token(match[0], "-" if match.start() in points else _joined(fold(match[0])), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def ends_sentence(token: Token) -> bool:
    return token.folded in _ENDS


_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12,
    "un": 1, "uno": 1, "una": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "otto": 8,
    "nove": 9, "dieci": 10, "undici": 11, "dodici": 12, "tredici": 13, "quattordici": 14, "quindici": 15,
    "sedici": 16, "diciassette": 17, "diciotto": 18, "diciannove": 19, "venti": 20, "trenta": 30, "quaranta": 40,
    "cinquanta": 50, "sessanta": 60, "settanta": 70, "ottanta": 80, "novanta": 90,
    "decina": 10, "dozzina": 12, "quindicina": 15, "ventina": 20, "trentina": 30, "quarantina": 40, "cinquantina": 50,
}  # fmt: skip
_TENS_IT = {
    "vent": 20,
    "trent": 30,
    "quarant": 40,
    "cinquant": 50,
    "sessant": 60,
    "settant": 70,
    "ottant": 80,
    "novant": 90,
}
_SCALES = {"hundred": 100, "cento": 100, "thousand": 1000, "mille": 1000, "mila": 1000, "k": 1000}
_WEAK = frozenset({"un", "uno", "una", "one"})


def number_of(word: str) -> float | None:
    """What one word says: "twenty", "ventidue", "milleduecento", "1.200,50"; None for no number."""
    if word[:1] in _DIGITS:
        return _digits(word)
    return _ONES[word] if word in _ONES else _italian(word)


def _digits(word: str) -> float | None:
    grouped = re.match(r"^(\d{1,3}(?:[.,'’]\d{3})+)(?:[.,](\d{1,2}))?$", word)
    if grouped:
        return float(re.sub(r"\D", "", grouped[1]) + "." + (grouped[2] or "0"))
    plain = re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", word)
    return float(word.replace(",", ".")) if plain else None


def _italian(word: str) -> float | None:
    for scale, value in (("mila", 1000), ("mille", 1000), ("cento", 100)):
        before, found, after = word.partition(scale)
        if found:
            many = 1.0 if not before else number_of(before)
            rest = 0.0 if not after else number_of(after)
            return None if many is None or rest is None else many * value + rest
    for tens, value in _TENS_IT.items():
        if word.startswith(tens):
            ones = _ONES.get(word[len(tens) :].lstrip("i") or "", _ONES.get(word[len(tens) :]))
            ones = _ONES.get(word[len(tens) + 1 :]) if ones is None and len(word) > len(tens) + 1 else ones
            if ones is not None and 0 < ones < 10:
                return value + ones
    return None


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the text; the highest, where it is a range. `first` to `last` are tokens; "a" alone is none."""

    value: float
    first: int
    last: int
    weak: bool = False


def numbers(listed: list[Token]) -> list[Number]:
    """All numbers, with "twenty-five", "two hundred", "1.5k", "10-15", "between 25 and 30" as one."""
    found: list[Number] = []
    at = 0
    while at < len(listed):
        number = _number_at(listed, at)
        if number is None:
            at += 1
            continue
        found.append(number)
        at = number.last + 1
    return _ranges(listed, found)


def _number_at(listed: list[Token], at: int) -> Number | None:
    value = number_of(listed[at].folded)
    if value is None:
        return None
    last = at
    while (more := _continued(listed, last, value)) is not None:
        value, last = more
    return Number(value, at, last, weak=last == at and listed[at].folded in _WEAK)


def _continued(listed: list[Token], last: int, value: float) -> tuple[float, int] | None:
    """One more word of the same number: "twenty-five", "two hundred", "2 mila"."""
    after = last + 1
    if after < len(listed) and listed[after].folded in _SCALES and value < 1000:
        return value * _SCALES[listed[after].folded], after
    if not listed[last].is_number and after + 1 < len(listed) and listed[after].folded in "-–":
        after += 1
    if after < len(listed) and not listed[after].is_number and not listed[last].is_number:
        more = _ONES.get(listed[after].folded)
        if more is not None and 0 < more < 10 and value >= 20 and value % 10 == 0:
            return value + more, after
    return None


def _ranges(listed: list[Token], found: list[Number]) -> list[Number]:
    joined: list[Number] = []
    for number in found:
        before = joined[-1] if joined else None
        if before is not None and _is_range(listed, before, number):
            joined[-1] = Number(max(before.value, number.value), before.first, number.last)
        else:
            joined.append(number)
    return joined


_MONEY_SIGNS = frozenset({"€", "$", "£", "euro", "eur", "usd"})


def _is_range(listed: list[Token], low: Number, high: Number) -> bool:
    between = [token.folded for token in listed[low.last + 1 : high.first] if token.folded not in _MONEY_SIGNS]
    if low.weak or high.weak or low.value > high.value:
        return False
    if between in (["-"], ["–"], ["—"], ["to"], ["a"], ["ai"], ["o"], ["or"], ["alle"]):
        return True
    begins = listed[low.first - 1].folded if low.first else ""
    if begins in _MONEY_SIGNS and low.first > 1:
        begins = listed[low.first - 2].folded
    return between in (["and"], ["e"], ["e", "i"], ["e", "le"], ["ed"]) and begins in (
        "between",
        "tra",
        "fra",
        "i",
        "le",
    )
