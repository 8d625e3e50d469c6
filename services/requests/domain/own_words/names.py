"""Skills, services, languages and industries in a text, by the names and synonyms they are given; also mistyped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.requests.domain.own_words.tokens import Token, fold, stem, tokens

Phrase = tuple[str, ...]
LONGEST = 7
TYPO_FROM = 6
"""Shorter words are read as they stand."""
TWO_TYPOS_FROM = 10

_LINKS = frozenset(
    [
        "of",
        "the",
        "a",
        "an",
        "my",
        "our",
        "your",
        "for",
        "in",
        "to",
        "and",
        "with",
        "il",
        "lo",
        "la",
        "i",
        "gli",
        "le",
        "l",
        "un",
        "una",
        "di",
        "del",
        "dello",
        "della",
        "dei",
        "degli",
        "delle",
        "d",
        "dell",
        "dell'",
        "al",
        "allo",
        "alla",
        "ai",
        "agli",
        "alle",
        "all",
        "nel",
        "nella",
        "sul",
        "sulla",
        "da",
        "dal",
        "e",
        "per",
        "con",
        "mio",
        "mia",
        "miei",
        "mie",
        "nostro",
        "nostra",
        "nostri",
        "nostre",
        "suo",
        "sua",
        "'",
        "’",
        "-",
    ]
)
_NEVER_TYPOS = frozenset(
    [
        "trasferire",
        "trasferisco",
        "trasferirsi",
        "trovare",
        "travels",
        "prendere",
        "vendere",
        "rendere",
        "tendere",
        "ricerco",
        "ricerca",
        "cercare",
        "scrivo",
        "scrivere",
        "contare",
        "contratto",
        "contatto",
        "meeting",
        "weekly",
        "monthly",
        "someone",
        "something",
        "already",
        "another",
        "personal",
        "person",
        "persona",
        "persone",
        "research",
        "reading",
        "writing",
        "company",
        "business",
        "support",
        "supporto",
        "assistant",
        "assistente",
        "assistenza",
        "agenzia",
        "azienda",
        "working",
        "looking",
        "helping",
        "provide",
        "provided",
        "privato",
        "private",
        "giorno",
        "giorni",
        "settimana",
        "settimane",
        "minimo",
        "massimo",
        "gestire",
        "gestione",
    ]
)


_USE = frozenset(
    [
        *("use", "uses", "using", "used", "user", "tool", "tools", "software", "platform", "app", "apps", "account"),
        *("crm", "experience", "proficient", "proficiency", "expert", "ai", "ia"),
        *("usa", "uso", "usare", "usiamo", "usano", "utilizza", "utilizzo", "utilizziamo", "utilizzare", "strumento"),
        *("strumenti", "programma", "piattaforma", "esperienza", "conosce", "conoscenza", "esperta", "esperto"),
    ]
)
"""Words that say of the name beside them that it is a product."""
_BETWEEN = frozenset(["of", "with", "in", "the", "di", "con", "il", "lo", "la", "l", "su", "'", "’", "-", ":", "our"])
_LISTED = frozenset([",", "/", "and", "or", "e", "ed", "o", "&", "+"])
_ENDS = frozenset(".!?\n")

_ONLY_IN_PHRASES = frozenset(["post", "posts", "nota", "conto"])
"""Words that alone have the stem of a name that they do not mean: a post on a page is no mail."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that stands in the text: what it means, and the tokens from `first` to `last`."""

    kind: str
    code: str
    first: int
    last: int
    sure: bool


class Names:
    """Finds names. `given`: kind → code → names in all languages. `proper`: those that nobody inflects or translates,
    names of products, and how they must stand in the text: "" anyhow; "capital": where a word like it means something
    else, with a capital within a sentence or beside a word of use; "beside": beside one, or in a list of products."""

    def __init__(
        self, given: Mapping[str, Mapping[str, Iterable[str]]], proper: Mapping[str, str] | None = None
    ) -> None:
        self._phrases: dict[Phrase, list[tuple[str, str]]] = {}
        self._proper: dict[Phrase, _Proper] = {}
        rules = proper or {}
        common: set[str] = set()
        for kind, entries in given.items():
            for code, listed in entries.items():
                for name in listed:
                    found = tokens(name)
                    phrase = _stems(found)
                    if not phrase or _is_more_than_words(found, phrase):
                        continue
                    known = self._phrases.setdefault(phrase, [])
                    if (kind, code) not in known:
                        known.append((kind, code))
                    if name in rules:
                        self._note(phrase, found, rules[name])
                    else:
                        common.update(phrase)
        self._near: dict[str, list[str]] = {}
        for word in sorted({word for phrase in self._phrases for word in phrase}):
            if len(word) >= TYPO_FROM - 1 and (word in common or len(word) >= TYPO_FROM):
                self._near.setdefault(word[0], []).append(word)
        self._known = {word for phrase in self._phrases for word in phrase}
        self._corrected: dict[str, str | None] = {}

    def _note(self, phrase: Phrase, found: Sequence[Token], rule: str) -> None:
        spelling = tuple(token.folded for token in found if token.is_word and not _is_link(token))
        held = self._proper.get(phrase)
        strictest = max(rule, held.rule, key=RULES.index) if held else rule
        self._proper[phrase] = _Proper({*held.spellings, spelling} if held else {spelling}, strictest)

    def find(self, listed: Sequence[Token]) -> list[Name]:
        """The longest names first; a word counts once for each kind."""
        words = [(at, token) for at, token in enumerate(listed) if token.is_word and not _is_link(token)]
        spoken = [self._word(token.folded) for _, token in words]
        found: list[Name] = []
        taken: dict[str, set[int]] = {}
        for length in range(LONGEST, 0, -1):
            for begin in range(len(words) - length + 1):
                phrase = tuple(word for word, _ in spoken[begin : begin + length])
                first, last = words[begin][0], words[begin + length - 1][0]
                if phrase not in self._phrases or not _together(listed, first, last):
                    continue
                if length == 1 and listed[first].folded in _ONLY_IN_PHRASES:
                    continue
                spelled = tuple(token.folded for _, token in words[begin : begin + length])
                sure = all(right for _, right in spoken[begin : begin + length])
                if not self._is_meant(listed, phrase, spelled, first, last, sure=sure):
                    continue
                for kind, code in self._phrases[phrase]:
                    used = taken.setdefault(kind, set())
                    if not used.intersection(range(first, last + 1)) or _is_same(found, kind, first, last):
                        found.append(Name(kind, code, first, last, sure))
                        used.update(range(first, last + 1))
        found = [name for name in found if not (name.kind == "industry" and _within_another(found, name))]
        return sorted(found, key=lambda name: (name.first, name.kind, name.code))

    def _is_meant(
        self, listed: Sequence[Token], phrase: Phrase, spelled: Phrase, first: int, last: int, *, sure: bool
    ) -> bool:
        """Whether a product's name is spelled like it, or mistyped; an ordinary word must also stand like a name."""
        proper = self._proper.get(phrase)
        if proper is None:
            return True
        if (sure or proper.rule) and spelled not in proper.spellings:
            return False
        if not proper.rule or _beside_use(listed, first, last):
            return True
        named = listed[first].text[:1].isupper()
        if proper.rule == "capital":
            return named and (not _begins_sentence(listed, first) or self._in_list(listed, first, last))
        return named and self._in_list(listed, first, last)

    def _in_list(self, listed: Sequence[Token], first: int, last: int) -> bool:
        """Whether it is one of several products, of which one is meant for certain: "using Later and Buffer"."""
        return self._joins(listed, first - 1, -1) or self._joins(listed, last + 1, 1)

    def _joins(self, listed: Sequence[Token], sign: int, step: int) -> bool:
        """Whether the sign at this place joins on another product that is meant for certain, or on one that does."""
        other = sign + step
        if not (min(sign, other) >= 0 and max(sign, other) < len(listed) and listed[sign].folded in _LISTED):
            return False
        held = self._proper.get((stem(listed[other].folded),))
        if held is None:
            return False
        return not held.rule or _beside_use(listed, other, other) or self._joins(listed, other + step, step)

    def _word(self, folded: str) -> tuple[str, bool]:
        """The stem of a word, or of the one that it is a mistyping of; and whether it was right."""
        stemmed = stem(folded)
        if stemmed in self._known or len(folded) < TYPO_FROM or folded in _NEVER_TYPOS:
            return stemmed, True
        if folded not in self._corrected:
            self._corrected[folded] = self._nearest(stemmed)
        near = self._corrected[folded]
        return (near, False) if near else (stemmed, True)

    def _nearest(self, word: str) -> str | None:
        """The first letter is seldom mistyped; short names, of products above all, are too near to other words."""
        most = 2 if len(word) >= TWO_TYPOS_FROM else 1
        close = process.extract(word, self._near.get(word[:1], ()), scorer=OSA.distance, score_cutoff=most, limit=5)
        return min((distance, name) for name, distance, _ in close)[1] if close else None


@dataclass(frozen=True, slots=True)
class _Proper:
    """How a product's name is spelled, and how it must stand."""

    spellings: set[Phrase]
    rule: str


RULES = ("", "capital", "beside")


def _is_link(token: Token) -> bool:
    """Articles and the like. "AI" in capitals is no Italian "ai"."""
    return token.folded in _LINKS and token.text != "AI"


def _stems(listed: Sequence[Token]) -> Phrase:
    return tuple(stem(token.folded) for token in listed if token.is_word and not _is_link(token))


def _is_more_than_words(listed: Sequence[Token], phrase: Phrase) -> bool:
    """Numbers are not read with names: of "Office 365" would be left the office."""
    return len(phrase) == 1 and len(phrase[0]) > 2 and any(token.is_number for token in listed)


def _beside_use(listed: Sequence[Token], first: int, last: int) -> bool:
    """Whether a word of use stands right before the name, but for links, or right behind it."""
    before = first - 1
    while before >= 0 and listed[before].folded in _BETWEEN:
        before -= 1
    after = listed[last + 1].folded if last + 1 < len(listed) else ""
    return (before >= 0 and listed[before].folded in _USE) or after in _USE


def _begins_sentence(listed: Sequence[Token], first: int) -> bool:
    return first == 0 or listed[first - 1].folded in _ENDS


def _together(listed: Sequence[Token], first: int, last: int) -> bool:
    """Nothing but words and links from the first word to the last."""
    return all(token.is_word or token.folded in _LINKS for token in listed[first : last + 1])


def _within_another(found: Sequence[Name], name: Name) -> bool:
    """Whether it is only a part of something longer: the bank of "bank statements"."""
    length = name.last - name.first
    return any(
        other.kind != name.kind
        and other.first <= name.first
        and name.last <= other.last
        and other.last - other.first > length
        for other in found
    )


def _is_same(found: Sequence[Name], kind: str, first: int, last: int) -> bool:
    return any(name.kind == kind and (name.first, name.last) == (first, last) for name in found)


def folded_words(text: str) -> list[str]:
    return [token.folded for token in tokens(fold(text)) if token.is_word]
