"""Money, hours and shared hours in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.requests.domain.own_words.tokens import Number, Token, ends_sentence

CURRENCIES = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "eur": "EUR", "$": "USD", "dollar": "USD", "dollars": "USD",
    "dollari": "USD", "usd": "USD", "bucks": "USD", "£": "GBP", "pound": "GBP", "pounds": "GBP", "gbp": "GBP",
    "sterline": "GBP", "quid": "GBP", "chf": "CHF", "francs": "CHF", "franchi": "CHF", "cad": "CAD", "aud": "AUD",
    "sek": "SEK", "pln": "PLN", "zloty": "PLN", "jpy": "JPY", "yen": "JPY",
}  # fmt: skip
WHOLE = frozenset({"JPY"})
HOUR = frozenset({"hour", "hours", "hr", "hrs", "h", "ph", "ora", "ore", "oretta", "orette"})
DAY = frozenset(
    {"day", "days", "giorno", "giorni", "daily", "giornaliere", "giornalieri", "die", "giornata", "giornate"}
)
WEEK = frozenset(
    {"week", "weeks", "wk", "settimana", "settimane", "weekly", "settimanali", "settimanale", "sett", "pw"}
)
MONTH = frozenset({"month", "months", "mo", "pcm", "mese", "mesi", "monthly", "mensili", "mensile", "mensilmente"})
HOURLY = frozenset({"hourly", "orari", "orario", "oraria", "orarie"})
FLAT = frozenset({"flat", "retainer", "forfait", "forfettario", "forfettaria", "canone", "fisso", "fissa", "lump"})
_LINKS = frozenset(
    {
        "a",
        "an",
        "per",
        "/",
        "al",
        "alla",
        "all",
        "l",
        "'",
        "’",
        "the",
        "la",
        "il",
        "each",
        "every",
        "ogni",
        "of",
        "di",
        "d",
        "work",
        "lavoro",
        "in",
        "at",
        "lordi",
        "netti",
        "max",
        "(",
        "circa",
        "about",
        "total",
    }
)
_BUDGET = frozenset(
    [
        "budget",
        "max",
        "maximum",
        "most",
        "massimo",
        "fino",
        "up",
        "pay",
        "paying",
        "paga",
        "pago",
        "pagare",
        "offro",
        "offriamo",
        "offer",
        "spend",
        "spendere",
        "spending",
        "tariffa",
        "rate",
        "compenso",
        "tetto",
        "cost",
        "costo",
        "retainer",
        "fee",
        "fees",
        "afford",
        "importo",
        "fixed",
        "fisso",
        "flat",
        "forfait",
        "sui",
    ]
)
_OVERLAP = frozenset(
    [
        "overlap",
        "overlapping",
        "overlaps",
        "shared",
        "common",
        "comune",
        "sovrapposizione",
        "sovrapposte",
        "coincidenti",
        "sovrapporre",
        "condivise",
    ]
)
_PER = {"hour": HOUR | HOURLY, "week": WEEK, "month": MONTH, "day": DAY}
DAY_MINUTES = 8 * 60
FULL_WEEK = 40 * 60


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that is paid, in minor units. `per` is hour or month, "" when the text does not say."""

    amount: int
    currency: str
    per: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Time:
    """Minutes of work. `per` is week or month; `shared`: hours a day that both are at work."""

    minutes: int
    per: str
    first: int
    last: int
    shared: bool = False
    sure: bool = True


def budgets(listed: Sequence[Token], numbers: Sequence[Number]) -> list[Budget]:
    """Amounts with a currency that are what is paid for the work, by their words or their unit of time."""
    found = []
    for number in numbers:
        money = _currency(listed, number)
        if money is None:
            continue
        currency, first, last = money
        per, last = _per(listed, last, ("hour", "month", "week", "day"))
        if not per:
            per = "month" if _near(listed, first, last, FLAT, 5, 3) else ""
            per = "hour" if first and listed[first - 1].folded == "@" else per  # "6 hours a week @ 20 euros"
            per = "hour" if not per and _near(listed, first, last, HOURLY, 4, 2) else per
        if per in ("week", "day") or (not per and not _near(listed, first, last, _BUDGET, 6, 3)):
            continue
        scale = 1 if currency in WHOLE else 100
        found.append(Budget(round(number.value * scale), currency, per, first, last))
    return found


def times(listed: Sequence[Token], numbers: Sequence[Number]) -> list[Time]:
    """Hours a week or a month, from hours or days a day, a week or a month; and hours shared."""
    found = [time for number in numbers if (time := _time(listed, number)) is not None]
    return found + _in_words(listed)


def _time(listed: Sequence[Token], number: Number) -> Time | None:
    after = number.last + 1
    while after < len(listed) and listed[after].folded in ("di", "d", "of", "'", "’", "-", "or", "so"):
        after += 1
    if after >= len(listed) or listed[after].folded not in HOUR | {"days", "giorni", "giornate"}:
        return _after_the_unit(listed, number)
    unit = 60.0 if listed[after].folded in HOUR else float(DAY_MINUTES)
    shared = _near(listed, number.first, after, _OVERLAP, 4, 6)
    per, last = _per(listed, after, ("day", "week", "month"))
    if shared:
        return Time(round(number.value * unit), "day", number.first, last, shared=True)
    if not per:
        per = _per_before(listed, number.first)
    if not per or (unit != 60.0 and per == "day"):
        return None
    minutes = number.value * unit * (5 if per == "day" else 1)
    return Time(round(minutes), "month" if per == "month" else "week", number.first, last, sure=unit == 60.0)


def _after_the_unit(listed: Sequence[Token], number: Number) -> Time | None:
    """ "Hours: six a week"."""
    before = [token.folded for token in listed[max(number.first - 2, 0) : number.first]]
    if before[-1:] != [":"] or not HOUR.intersection(before):
        return None
    per, last = _per(listed, number.last, ("week", "month"))
    return Time(round(number.value * 60), per, number.first, last) if per else None


def _in_words(listed: Sequence[Token]) -> list[Time]:
    """Half a day a week; full time."""
    found = []
    for at, token in enumerate(listed):
        pair = (token.folded, listed[at + 1].folded if at + 1 < len(listed) else "")
        if pair in (("mezza", "giornata"), ("half", "a"), ("half", "day")):
            last = at + 1
            while last < len(listed) - 1 and listed[last].folded not in DAY:
                last += 1
            per, end = _per(listed, last, ("day", "week", "month"))
            days = 5 if per == "day" else 1
            if per and end - at < 8:
                found.append(Time(DAY_MINUTES // 2 * days, "month" if per == "month" else "week", at, end, sure=False))
        following = listed[at + 2].folded if pair[1] == "-" and at + 2 < len(listed) else pair[1]
        if (token.folded == "full" and following == "time") or pair == ("tempo", "pieno"):
            found.append(Time(FULL_WEEK, "week", at, at + (2 if pair[1] == "-" else 1), sure=False))
    return found


def _currency(listed: Sequence[Token], number: Number) -> tuple[str, int, int] | None:
    """The currency beside a number, and from which token to which both stand."""
    before = number.first - 1
    if before >= 0 and listed[before].folded in CURRENCIES and listed[before].end + 1 >= listed[number.first].start:
        return CURRENCIES[listed[before].folded], before, number.last
    after = number.last + 1
    if after < len(listed) and listed[after].folded in CURRENCIES:
        return CURRENCIES[listed[after].folded], number.first, after
    inside = [token.folded for token in listed[number.first : number.last + 1] if token.folded in CURRENCIES]
    return (CURRENCIES[inside[0]], number.first, number.last) if inside else None


def _per(listed: Sequence[Token], last: int, units: Sequence[str]) -> tuple[str, int]:
    """The unit of time that follows ("an hour", "/h", "al mese", "weekly"), and the last token of it."""
    at = last + 1
    while at < len(listed) and at - last <= 5:
        word = listed[at].folded
        for unit in units:
            if word in _PER[unit]:
                return unit, at
        if word not in _LINKS and word not in CURRENCIES and word not in FLAT:
            break
        at += 1
    return "", last


def _per_before(listed: Sequence[Token], first: int) -> str:
    """ "Weekly: 10 hours", "ogni settimana 10 ore"."""
    for token in reversed(listed[max(first - 5, 0) : first]):
        if ends_sentence(token) and token.folded != ":":
            return ""
        for unit in ("week", "month"):
            if token.folded in _PER[unit]:
                return unit
    return ""


def _near(listed: Sequence[Token], first: int, last: int, words: frozenset[str], before: int, after: int) -> bool:
    """Whether one of the words stands close by, in the same sentence."""
    for token in reversed(listed[max(first - before, 0) : first]):
        if ends_sentence(token) and token.folded != ":":
            break
        if token.folded in words:
            return True
    for token in listed[first : last + 1 + after]:
        if ends_sentence(token):
            break
        if token.folded in words:
            return True
    return False
