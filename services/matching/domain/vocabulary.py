"""The words under which assistants are found: which rows a word is in, what begins with it, what is nearest to it."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, insort
from collections import defaultdict

from pyroaring import BitMap
from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Words without case and accents: "Contabilità" is found by "contabilita"."""
    if text.isascii():
        plain = text.lower()
        parts = plain.split()
        return parts if "".join(parts).isalnum() else _WORD.findall(plain)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return _WORD.findall(plain)


class Vocabulary:
    """Words of names and headlines, and the rows they stand in."""

    def __init__(self) -> None:
        self._rows: dict[str, BitMap] = {}
        self._sorted: list[str] = []
        self._waiting: dict[str, list[int]] = defaultdict(list)
        self._of_text: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: int, *texts: str) -> None:
        """Seen after the next `settle`."""
        waiting, known = self._waiting, self._of_text
        for text in texts:
            listed = known.get(text)
            if listed is None:
                if len(known) > 50_000:
                    known.clear()
                listed = known[text] = tuple(set(words(text)))
            for word in listed:
                waiting[word].append(row)

    def settle(self) -> None:
        new = []
        for word, rows in self._waiting.items():
            bitmap = self._rows.get(word)
            if bitmap is None:
                bitmap = self._rows[word] = BitMap()
                new.append(word)
            bitmap.update(array("I", rows))
        self._waiting.clear()
        if len(new) > 50:
            self._sorted = sorted(self._rows)
        else:
            for word in new:
                insort(self._sorted, word)

    def beginning_with(self, prefix: str) -> list[str]:
        at = bisect_left(self._sorted, prefix)
        found = []
        while at < len(self._sorted) and self._sorted[at].startswith(prefix):
            found.append(self._sorted[at])
            at += 1
        return found

    def rows(self, prefix: str) -> BitMap:
        """The rows in which a word begins like this."""
        found = self.beginning_with(prefix)
        return BitMap.union(*(self._rows[word] for word in found)) if found else BitMap()

    def nearest(self, word: str, most: int) -> list[str]:
        """The words at the smallest distance of at most `most` edits, in their order."""
        if not self._sorted:
            return []
        found = process.extract(word, self._sorted, scorer=OSA.distance, score_cutoff=most, limit=20)
        best = min((distance for _, distance, _ in found), default=0)
        return sorted(near for near, distance, _ in found if distance == best)

    @property
    def bytes(self) -> int:
        return sum(len(word) + 120 + len(bitmap.serialize()) for word, bitmap in self._rows.items())
