"""Services, skills and tools by what somebody types: the entry that a name means, and those that are like it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from shared.contracts import taxonomy
from shared.contracts.taxonomy.check import folded
from shared.contracts.taxonomy.entries import WORK

NEAR = 78
"""From here on (of 100) two names are like each other."""


@dataclass(frozen=True, slots=True)
class _Index:
    codes: dict[str, tuple[str, ...]]
    """By folded name: what it means."""
    names: tuple[str, ...]


@functools.lru_cache(maxsize=1)
def _index(_version: int) -> _Index:
    codes: dict[str, list[str]] = {}
    for entry in taxonomy.ENTRIES.values():
        if entry.kind in WORK:
            for name in entry.names:
                held = codes.setdefault(folded(name), [])
                if entry.code not in held:
                    held.append(entry.code)
    return _Index({name: tuple(listed) for name, listed in codes.items()}, tuple(codes))


def meant(typed: str, kinds: tuple[str, ...] = WORK) -> str:
    """The code that a name or synonym, or the code itself, stands for; "" when it is none or could be several."""
    if typed in taxonomy.ENTRIES and taxonomy.ENTRIES[typed].kind in kinds:
        return typed
    found = [code for code in _index(taxonomy.version()).codes.get(folded(typed), ()) if _is(code, kinds)]
    return found[0] if len(found) == 1 else ""


def like(typed: str, kinds: tuple[str, ...] = WORK, limit: int = 6) -> list[str]:
    """Codes of entries called like this, the nearest first: names that begin with the words, hold them, or are nearly
    spelled so."""
    asked = folded(typed)
    if len(asked) < 2:
        return []
    index = _index(taxonomy.version())
    scores: dict[str, float] = {}
    for name in index.names:
        score = _score(asked, name)
        for code in index.codes[name] if score else ():
            scores[code] = max(scores.get(code, 0), score)
    for name, near, _ in process.extract(asked, index.names, scorer=fuzz.ratio, score_cutoff=NEAR, limit=20):
        for code in index.codes[name]:
            scores[code] = max(scores.get(code, 0), near / 100)
    ranked = sorted((code for code in scores if _is(code, kinds)), key=lambda code: (-scores[code], code))
    return ranked[:limit]


def _score(asked: str, name: str) -> float:
    if name == asked:
        return 1.2
    if name.startswith(asked):
        return 1.1
    words = name.split()
    if all(any(word.startswith(one) for word in words) for one in asked.split()):
        return 1.0
    return 0.9 if len(name) > 3 and f" {name} " in f" {asked} " else 0.0


def _is(code: str, kinds: tuple[str, ...]) -> bool:
    entry = taxonomy.ENTRIES.get(code)
    return entry is not None and entry.kind in kinds
