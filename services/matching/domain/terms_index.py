"""What people type for a skill or a service: its names and synonyms in every language, and the codes they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.matching.domain.vocabulary import words


class TermIndex:
    """From a word to the codes of which it begins a word. Codes of services and skills do not meet."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names` are all names of a code, in all languages."""
        self._codes: dict[str, set[str]] = {}
        for code, listed in names.items():
            for word in {word for name in listed for word in words(name)}:
                self._codes.setdefault(word, set()).add(code)
        self.words: tuple[str, ...] = tuple(sorted(self._codes))

    def codes(self, prefix: str) -> set[str]:
        """The codes that have a word that begins like this."""
        return {code for word in self.beginning_with(prefix) for code in self._codes[word]}

    def beginning_with(self, prefix: str) -> list[str]:
        return [word for word in self.words if word.startswith(prefix)]


NO_TERMS = TermIndex({})
