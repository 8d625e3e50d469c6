"""Reads a brief: what was found, on which words, and what is still to be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.requests.domain.own_words.amounts import FLAT, HOURLY, Budget, Time, budgets, times
from services.requests.domain.own_words.dates import starts
from services.requests.domain.own_words.names import Name, Names
from services.requests.domain.own_words.scopes import negated, same_clause, wished
from services.requests.domain.own_words.tokens import Token, numbers, stem, tokens

ASKED_FOR = ("services", "hours", "budget", "engagement", "level", "zone", "start")
"""What a brief needs and what is asked for when the text does not say it."""

Value = Mapping[str, Any]

_SKILL_LEVELS = {
    4: ("expert", "esperto", "esperta", "guru", "excellent", "ottima", "ottimo", "eccellente", "mastery", "padronanza"),
    3: ("advanced", "avanzato", "avanzata", "strong", "solid", "solida", "solido", "proficient", "approfondita"),
    2: ("good", "buona", "buono", "working", "confident", "discreta", "decent"),
    1: ("basic", "base", "basics", "elementare", "basilare", "beginner"),
}
_CEFR = {
    "C2": ("native", "madrelingua", "mother", "bilingual", "bilingue"),
    "C1": ("fluent", "fluency", "fluente", "fluently", "fluentemente", "excellent", "ottimo", "ottima", "perfect",
           "perfetto", "eccellente", "perfettamente", "correntemente", "advanced", "avanzato"),
    "B2": ("good", "buono", "buon", "buona", "bene", "well", "solid", "strong"),
    "B1": ("intermediate", "intermedio", "discreto", "conversational"),
    "A2": ("basic", "base", "scolastico", "elementary", "elementare"),
}  # fmt: skip
_CEFR_STEMS = {cefr: frozenset(map(stem, words)) for cefr, words in _CEFR.items()}
_CODES = frozenset({"EN", "IT", "DE", "FR", "ES", "PT", "NL"})
_EXPLICIT = {"a1", "a2", "b1", "b2", "c1", "c2"}
_SPOKEN_AFTER = frozenset(
    [
        "speaker",
        "speakers",
        "speaking",
        "speak",
        "native",
        "fluent",
        "fluently",
        "fluente",
        "madrelingua",
        "mother",
        "language",
        "lingua",
        "parlato",
        "scritto",
        "and",
        "e",
        "ed",
        "or",
        "o",
        "oppure",
        "required",
        "richiesto",
        "necessario",
        "necessary",
        "obbligatorio",
        "gradito",
        "welcome",
        "preferred",
        "is",
        "would",
        "a",
        "at",
        "level",
        "livello",
        "almeno",
        "al",
        "c",
        "c1",
        "c2",
        "b",
        "b1",
        "b2",
        "a1",
        "a2",
        "plus",
        "also",
        "anche",
        "ottimo",
        "buono",
        "perfetto",
        "bilingual",
        "bilingue",
        "would",
        "nice",
        "deve",
        "dev",
        "must",
        "should",
        "has",
        "sia",
        "essential",
        "fondamentale",
        "indispensabile",
        "please",
        "minimum",
        "min",
        "minimo",
        "both",
        "non",
        "not",
        "serve",
        "needed",
        "well",
        "bene",
        "per",
        "with",
        "in",
        "spoken",
        "written",
        "skills",
        "translation",
        "translations",
        "to",
        "into",
        "from",
        "but",
        "ma",
        "come",
        "as",
        "un",
        "una",
        "optional",
        "helpful",
        "useful",
        "utile",
        "preferibile",
        "documents",
        "documenti",
        "texts",
        "testi",
        "emails",
        "base",
        "basic",
        "intermediate",
        "intermedio",
        "scolastico",
        "avanzato",
        "advanced",
        "corrente",
        "con",
    ]
)
_SPOKEN_STEMS = frozenset(map(stem, _SPOKEN_AFTER))
_SPOKEN_BEFORE = frozenset(
    map(
        stem,
        [
            "native",
            "madrelingua",
            "fluent",
            "fluente",
            "bilingual",
            "bilingue",
            "lingua",
            "language",
            "speak",
            "speaks",
            "speaking",
            "speaker",
            "parla",
            "parlare",
            "parli",
            "parlato",
            "parlata",
            "scritto",
            "writes",
            "knows",
            "conosca",
        ],
    )
)
_NATION_BEFORE = frozenset(
    [
        "azienda",
        "aziende",
        "societa",
        "studio",
        "mercato",
        "ufficio",
        "clienti",
        "cliente",
        "fornitori",
        "fornitore",
        "ora",
        "orario",
        "team",
        "law",
        "ristorante",
        "impresa",
        "startup",
        "cucina",
        "tempo",
        "fuso",
        "fatturazione",
        "legge",
        "diritto",
        "gruppo",
        "filiale",
    ]
)
_ZONES = {
    "Europe/Rome": "rome roma milan milano turin torino bologna naples napoli florence firenze venice venezia italy "
    "italia genova palermo verona bari catania padova trieste",
    "Europe/London": "london londra uk manchester edinburgh gmt bst",
    "Europe/Dublin": "dublin dublino ireland irlanda",
    "Europe/Paris": "paris parigi france francia lyon",
    "Europe/Berlin": "berlin berlino munich monaco germany germania hamburg amburgo frankfurt francoforte cet cest",
    "Europe/Madrid": "madrid spain spagna barcelona barcellona",
    "Europe/Zurich": "zurich zurigo geneva ginevra switzerland svizzera lugano",
    "Europe/Amsterdam": "amsterdam netherlands olanda",
    "Europe/Lisbon": "lisbon lisbona portugal portogallo",
    "Europe/Stockholm": "stockholm stoccolma sweden svezia",
    "Europe/Warsaw": "warsaw varsavia poland polonia",
    "Europe/Bucharest": "bucharest bucarest romania",
    "America/New_York": "york boston miami toronto est edt eastern washington atlanta",
    "America/Chicago": "chicago texas dallas houston austin cst",
    "America/Denver": "denver mst",
    "America/Los_Angeles": "angeles francisco seattle pst pdt pacific california",
    "America/Sao_Paulo": "paulo brasil brazil brasile",
    "Asia/Dubai": "dubai emirates emirati",
    "Asia/Kolkata": "mumbai delhi bangalore india",
    "Asia/Singapore": "singapore",
    "Asia/Manila": "manila philippines filippine",
    "Asia/Tokyo": "tokyo japan giappone",
    "Asia/Shanghai": "shanghai beijing china cina",
    "Australia/Sydney": "sydney melbourne australia",
}  # fmt: skip
_ZONE_OF = {place: zone for zone, places in _ZONES.items() for place in places.split()}
_TIME_OF = {
    pair: zone
    for zone, english, italian in (
        ("Europe/Rome", "italian", "italiana italiano"),
        ("Europe/London", "uk", "inglese britannica"),
        ("Europe/Paris", "french", "francese"),
        ("Europe/Berlin", "german", "tedesca tedesco"),
        ("Europe/Madrid", "spanish", "spagnola spagnolo"),
        ("Europe/Zurich", "swiss", "svizzera svizzero"),
    )
    for pair in (
        *((english, word) for word in ("time", "hours")),
        *((word, nation) for word in ("ora", "ore", "orario", "fuso") for nation in italian.split()),
    )
}
_ZONE_SIGNS = frozenset(["cet", "cest", "gmt", "bst", "est", "edt", "cst", "mst", "pst", "pdt"])
_ZONE_BEFORE = frozenset(
    ["in", "from", "a", "da", "di", "based", "near", "office", "sede", "time", "fuso", "ora", "orario", "studio", "our"]
)
_ZONE_AFTER = frozenset(["time", "timezone", "hours", "based", "zone"])
_ZONE_NOT = frozenset(
    [
        "trip",
        "trips",
        "travel",
        "fly",
        "flights",
        "viaggi",
        "viaggio",
        "voli",
        "trasferte",
        "fiera",
        "market",
        "clients",
        "clienti",
        "to",
    ]
)
_LEVELS = (
    (
        "executive",
        (
            ("executive", "assistant"),
            ("executive", "level"),
            ("executive", "va"),
            ("executive", "support"),
            ("executive", "pa"),
            ("assistente", "di", "direzione"),
            ("braccio", "destro"),
            ("right", "hand"),
            ("chief", "of", "staff"),
            ("assistente", "esecutiva"),
            ("assistente", "esecutivo"),
            ("segretaria", "di", "direzione"),
            ("livello", "executive"),
            ("assistente", "executive"),
            ("segretaria", "executive"),
            ("supporto", "executive"),
        ),
    ),
    (
        "administrative",
        (
            ("administrative", "assistant"),
            ("administrative", "level"),
            ("administrative", "support"),
            ("administrative", "va"),
            ("admin", "assistant"),
            ("admin", "support"),
            ("segretaria",),
            ("segretario",),
            ("segreteria",),
            ("secretary",),
            ("assistente", "amministrativa"),
            ("assistente", "amministrativo"),
            ("livello", "amministrativo"),
        ),
    ),
)
_DURATIONS = (
    (
        "one_off",
        (
            ("one", "-", "off"),
            ("one", "off"),
            ("one", "time"),
            ("one", "-", "time"),
            ("una", "tantum"),
            ("single", "project"),
            ("only", "once"),
            ("progetto", "singolo"),
            ("occasionale",),
            ("una", "volta", "sola"),
            ("one", "project"),
            ("once", "-", "off"),
            ("once", "off"),
            ("one", "shot"),
            ("single", "job"),
        ),
    ),
    (
        "ongoing",
        (
            ("ongoing",),
            ("long", "term"),
            ("long", "-", "term"),
            ("continuativo",),
            ("continuativa",),
            ("lungo", "termine"),
            ("lungo", "periodo"),
            ("stabile",),
            ("permanent",),
            ("a", "tempo", "indeterminato"),
        ),
    ),
)
_HOURLY_PHRASES = (("by", "the", "hour"), ("a", "ore"), ("tariffa", "oraria"), ("hourly", "rate"), ("per", "hour"))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the text says, on the characters `start` to `end`.

    `kind` and `value`: skill (code, level 1 to 4 or None, required), service (code), language (code, cefr or None,
    required), industry (code), hours (minutes, per week or month), overlap (minutes a day), budget (amount in minor
    units, currency, per hour or month or ""), engagement (code), level (code), zone (name), start (date, ISO 8601),
    duration (code). Not `sure`: a typo was read as a name, or a day as eight hours. `negated`: is not wanted.
    """

    kind: str
    value: Value
    start: int
    end: int
    negated: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """All findings in the order of the text, and the kinds to ask for."""

    findings: tuple[Finding, ...]
    missing: tuple[str, ...]


@dataclass
class _Text:
    listed: list[Token]
    no: set[int] = field(default_factory=set)
    wish: set[int] = field(default_factory=set)

    def finding(self, kind: str, value: Value, first: int, last: int, *, sure: bool = True) -> Finding:
        whole = kind in ("skill", "service")  # a name may hold the sign that ends a no: "no check-in"
        negative = first in self.no and (whole or last in self.no)
        return Finding(kind, value, self.listed[first].start, self.listed[last].end, negative, sure)

    def required(self, name: Name) -> bool:
        return name.first not in self.wish


class Reader:
    """Reads texts with the names that it was given: kind (skill, service, language, industry) → code → names, and which
    of them are names of products (see Names)."""

    def __init__(
        self, names: Mapping[str, Mapping[str, Iterable[str]]], proper: Mapping[str, str] | None = None
    ) -> None:
        self._names = Names(names, proper)

    def read(self, text: str, today: date) -> Reading:
        """What a text says. Never raises; an empty text says nothing."""
        listed = tokens(text)
        of = _Text(listed, negated(listed), wished(listed))
        counted = numbers(listed)
        findings = [
            *self._named(of),
            *self._languages(of),
            *_money(of, budgets(listed, counted)),
            *_hours(of, times(listed, counted)),
            *_phrases(of, "level", _LEVELS),
            *_phrases(of, "duration", _DURATIONS),
            *_zones(of),
            *(
                of.finding("start", {"date": start.day.isoformat()}, start.first, start.last, sure=start.sure)
                for start in starts(listed, counted, today)[:1]
            ),
        ]
        ordered = tuple(sorted(_once(findings), key=lambda finding: (finding.start, finding.end, finding.kind)))
        said = {_ASKED_AS.get(finding.kind, finding.kind) for finding in ordered if not finding.negated}
        return Reading(ordered, tuple(kind for kind in ASKED_FOR if kind not in said))

    def _languages(self, of: _Text) -> Iterator[Finding]:
        """Codes in a pair: "EN/IT", "IT > EN"."""
        for at in range(len(of.listed) - 2):
            pair = of.listed[at], of.listed[at + 2]
            if of.listed[at + 1].folded in ("/", ">", "+", "&", "-") and all(one.text in _CODES for one in pair):
                for place in (at, at + 2):
                    code = of.listed[place].folded
                    cefr = _cefr(of.listed, Name("language", code, at, at + 2, True))
                    yield of.finding("language", {"code": code, "cefr": cefr, "required": True}, place, place)

    def _named(self, of: _Text) -> Iterator[Finding]:
        for name in self._names.find(of.listed):
            value: dict[str, Any] = {"code": name.code}
            if name.kind == "language":
                if not _is_language(of.listed, name):
                    continue
                value |= {"cefr": _cefr(of.listed, name), "required": of.required(name)}
            elif name.kind == "skill":
                value |= {"level": _level(of.listed, name), "required": of.required(name)}
            yield of.finding(name.kind, value, name.first, name.last, sure=name.sure)


_ASKED_AS = {"service": "services", "skill": "services"}


def _money(of: _Text, found: Sequence[Budget]) -> Iterator[Finding]:
    """The first budget that names its unit, else the first; and how it is paid."""
    best = next((budget for budget in found if budget.per), found[0] if found else None)
    flat = next((at for at, token in enumerate(of.listed) if token.folded in FLAT - {"fisso", "fissa"}), None)
    if best is not None:
        per = best.per or ("month" if flat is not None else "")
        value = {"amount": best.amount, "currency": best.currency, "per": per}
        yield of.finding("budget", value, best.first, best.last)
        if per:
            code = "hourly" if per == "hour" else "retainer"
            yield of.finding("engagement", {"code": code}, best.first, best.last)
            return
    if flat is not None:
        yield of.finding("engagement", {"code": "retainer"}, flat, flat)
        return
    for at, token in enumerate(of.listed):
        length = next((len(phrase) for phrase in _HOURLY_PHRASES if _stands(of.listed, at, phrase)), 0)
        if length or token.folded in HOURLY - {"orario", "orari", "orarie"}:
            yield of.finding("engagement", {"code": "hourly"}, at, at + max(length - 1, 0))
            return


def _hours(of: _Text, found: Sequence[Time]) -> Iterator[Finding]:
    work = [time for time in found if not time.shared]
    shared = [time for time in found if time.shared]
    for time in sorted(work, key=lambda time: not time.sure)[:1]:
        yield of.finding("hours", {"minutes": time.minutes, "per": time.per}, time.first, time.last, sure=time.sure)
    for time in shared[:1]:
        yield of.finding("overlap", {"minutes": time.minutes}, time.first, time.last)


def _phrases(of: _Text, kind: str, known: Sequence[tuple[str, Sequence[tuple[str, ...]]]]) -> Iterator[Finding]:
    """The first phrase that stands in the text and is not refused."""
    for at in range(len(of.listed)):
        for code, phrases in known:
            for phrase in phrases:
                if at not in of.no and _stands(of.listed, at, phrase):
                    yield of.finding(kind, {"code": code}, at, at + len(phrase) - 1)
                    return


def _zones(of: _Text) -> Iterator[Finding]:
    """A place that the client is at, or whose time they name; not one that they travel to."""
    for at, token in enumerate(of.listed):
        if (clock := _TIME_OF.get((token.folded, _folded_at(of.listed, at + 1)))) is not None:
            yield of.finding("zone", {"name": clock}, at, at + 1)
            return
        zone = _ZONE_OF.get(token.folded)
        if zone is None or (token.folded in _ZONE_SIGNS and token.text != token.text.upper()):
            continue
        if not token.text[:1].isupper() and token.folded not in _ZONE_SIGNS:
            continue
        before = [other.folded for other in of.listed[max(at - 5, 0) : at]]
        after = [other.folded for other in of.listed[at + 1 : at + 3]]
        placed = any(word in _ZONE_BEFORE for word in before[-3:]) or any(word in _ZONE_AFTER for word in after)
        alone = at + 1 >= len(of.listed) or of.listed[at + 1].folded in (",", ".", ")", ":")
        if (placed or alone or token.folded in _ZONE_SIGNS) and (
            token.folded in _ZONE_SIGNS or not _ZONE_NOT.intersection(before[-4:])
        ):
            yield of.finding("zone", {"name": zone}, at, at)
            return


def _is_language(listed: Sequence[Token], name: Name) -> bool:
    """A language, not a nation: "Italian" alone or before "speaker", not "an Italian law firm"."""
    before = listed[name.first - 1].folded if name.first else ""
    after = next(iter(listed[name.last + 1 : name.last + 2]), None)
    if before in _NATION_BEFORE:
        return False
    if stem(before) in _SPOKEN_BEFORE:
        return True
    return after is None or not after.is_word or stem(after.folded) in _SPOKEN_STEMS


def _cefr(listed: Sequence[Token], name: Name) -> str | None:
    """The level said of a language: right after it, else before it, else after the list that it is in.

    A level in brackets is only the language's that it follows.
    """
    following = [
        at for at in range(name.last + 1, min(name.last + 8, len(listed))) if listed[at].folded not in _AT_LEAST
    ]
    after = _measured(listed, following[:5])
    beside = _measured(listed, range(name.first - 1, max(name.first - 2, -1), -1))
    if beside is not None and not _explicit(listed[beside[1]]) and (after is None or after[1] > name.last + 1):
        return beside[0]
    near = after is not None and after[1] in following[:2]
    if after is not None and (near or "(" not in _folded(listed, name.last + 1, after[1])):
        between = _folded(listed, name.last + 1, after[1])
        if near and not _JOINED.intersection(between):
            return after[0]
    before = _measured(listed, range(name.first - 1, max(name.first - 6, -1), -1))
    if before is not None and not _is_anothers(listed, before[1], name.first):
        return before[0]
    if after is not None and "(" not in _folded(listed, name.last + 1, after[1]):
        return after[0]
    return None


def _is_anothers(listed: Sequence[Token], at: int, first: int) -> bool:
    """Whether a level such as C1 that stands before a language was said of the one before: "English C1 and Italian"."""
    return _explicit(listed[at]) and bool(_JOINED.intersection(_folded(listed, at, first)))


_JOINED = frozenset({"and", "e", "ed"})
_AT_LEAST = frozenset({"almeno", "least", "at", "minimum", "min", "minimo", "livello", "level", "da"})


def _folded(listed: Sequence[Token], first: int, end: int) -> list[str]:
    return [token.folded for token in listed[first:end]]


def _explicit(token: Token) -> bool:
    return token.folded in "abc" or token.folded in _EXPLICIT


def _measured(listed: Sequence[Token], places: Iterable[int]) -> tuple[str, int] | None:
    """The nearest CEFR level in a direction; another language or the end of the clause stops it."""
    for at in places:
        token = listed[at]
        if token.folded in ".;:!?\n," or token.folded in ("but", "ma"):
            return None
        if token.folded in "abc" and at + 1 < len(listed) and listed[at + 1].folded in ("1", "2"):
            return (token.folded + listed[at + 1].folded).upper(), at
        if token.folded in _EXPLICIT:
            return token.folded.upper(), at
        for cefr, words in _CEFR_STEMS.items():
            if stem(token.folded) in words:
                return cefr, at
    return None


def _level(listed: Sequence[Token], name: Name) -> int | None:
    """The level said of a skill, up to four words before it or two after; None when none is said."""
    places = [
        *range(name.first - 1, max(name.first - 5, -1), -1),
        *range(name.last + 1, min(name.last + 3, len(listed))),
    ]
    for at in places:
        if listed[at].folded == "," or not same_clause(listed, at, name.first):
            continue
        for level, words in _SKILL_LEVELS.items():
            if listed[at].folded in words:
                return level
    return None


def _folded_at(listed: Sequence[Token], at: int) -> str:
    return listed[at].folded if at < len(listed) else ""


def _stands(listed: Sequence[Token], at: int, words: Sequence[str]) -> bool:
    return [token.folded for token in listed[at : at + len(words)]] == list(words)


def _says_more(finding: Finding, held: Finding) -> bool:
    if held.negated != finding.negated:
        return held.negated
    unsaid = held.value.get("cefr", "") is None or held.value.get("level", "") is None
    return unsaid and bool(finding.value.get("cefr") or finding.value.get("level"))


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Each skill, service, language and industry once; what is wanted goes before what is not."""
    kept: dict[tuple[str, Any], Finding] = {}
    for finding in findings:
        key = (finding.kind, finding.value.get("code"))
        held = kept.get(key)
        if held is None or _says_more(finding, held):
            kept[key] = finding
    return list(kept.values())
