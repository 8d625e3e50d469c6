"""Skills, services, languages and industries in a text, by the names and synonyms they are given; also mistyped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.requests.domain.own_words.tokens import Token, fold, stem, tokens

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
    """Finds names. `given`: kind → code → names in all languages."""

    def __init__(self, given: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self._phrases: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for kind, entries in given.items():
            for code, listed in entries.items():
                for name in listed:
                    phrase = _stems(tokens(name))
                    known = self._phrases.setdefault(phrase, [])
                    if phrase and (kind, code) not in known:
                        known.append((kind, code))
        self._stems = sorted({word for phrase in self._phrases for word in phrase})
        self._known = set(self._stems)
        self._corrected: dict[str, str | None] = {}

    def find(self, listed: Sequence[Token]) -> list[Name]:
        """The longest names first; a word counts once for each kind."""
        words = [(at, token) for at, token in enumerate(listed) if token.is_word and token.folded not in _LINKS]
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
                for kind, code in self._phrases[phrase]:
                    used = taken.setdefault(kind, set())
                    if not used.intersection(range(first, last + 1)) or _is_same(found, kind, first, last):
                        sure = all(right for _, right in spoken[begin : begin + length])
                        found.append(Name(kind, code, first, last, sure))
                        used.update(range(first, last + 1))
        found = [name for name in found if not (name.kind == "industry" and _within_another(found, name))]
        return sorted(found, key=lambda name: (name.first, name.kind, name.code))

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
        most = 2 if len(word) >= TWO_TYPOS_FROM else 1
        close = process.extract(word, self._stems, scorer=OSA.distance, score_cutoff=most, limit=5)
        near = [(distance, name) for name, distance, _ in close if name[:1] == word[:1] and len(name) >= TYPO_FROM - 1]
        return min(near)[1] if near else None


def _stems(listed: Sequence[Token]) -> tuple[str, ...]:
    return tuple(stem(token.folded) for token in listed if token.is_word and token.folded not in _LINKS)


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
