"""The taxonomy that briefs and profiles speak: services, skills and tools, languages and industries, with labels in
every language, what people call them, and their places in ESCO and O*NET.

Kept as data beside this file (`data/`). A code never changes its meaning and is never given again. A label is looked up
with `label(code, locale)`; a locale without labels falls back to English.

Operators extend it while everything runs: `take_up` puts what they added into force in this process; a process that is
asked about a code it does not know asks its source (`look_with`) once more before it says no. What comes with Dextra
stays as it is, but for synonyms.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

from shared.contracts.taxonomy.entries import WORK, Entry, read_folder

V = TypeVar("V")
DATA = Path(__file__).with_name("data")
FOLDER = "TAXONOMY_FOLDER"
"""The environment's name of a folder with more entries, in the form of `data/services`."""


class Live(Mapping[str, V], Generic[V]):
    """A mapping that is exchanged as a whole: who iterates it sees one state of it."""

    def __init__(self) -> None:
        self._now: Mapping[str, V] = {}

    def exchange(self, now: Mapping[str, V]) -> None:
        self._now = now

    def __getitem__(self, code: str) -> V:
        return self._now[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)


ENTRIES: Live[Entry] = Live()
"""Everything in force, by code."""
SERVICES: Live[Mapping[str, str]] = Live()
"""Kinds of work, by code: labels by locale."""
SKILLS: Live[Mapping[str, str]] = Live()
"""What somebody can do or a tool they know, by code: `service` it belongs to, `kind` "tool" for a software product,
labels by locale."""
LANGUAGES: Live[Mapping[str, str]] = Live()
"""Human languages by ISO 639-1 code: labels by locale."""
INDUSTRIES: Live[Mapping[str, str]] = Live()
"""Clients' lines of business, by code: labels by locale."""

_given: dict[str, Entry] = {}
"""What comes with Dextra and with the operator's folder."""
_added: dict[str, Entry] = {}
"""What was added since, by code: new entries, or more synonyms of given ones."""
_skills_of: dict[str, list[str]] = {}
_looks: list[Callable[[], None]] = []
_version = 0


def _in_force() -> None:
    """Makes the mappings anew from what is given and what was added."""
    global _version, _skills_of  # noqa: PLW0603 - the one state of this module, exchanged as a whole
    entries = dict(_given)
    for code, entry in _added.items():
        held = _given.get(code)
        entries[code] = held.with_synonyms(entry.synonyms) if held else entry
    skills_of: dict[str, list[str]] = {}
    for entry in entries.values():
        if entry.kind in ("skill", "tool"):
            skills_of.setdefault(entry.service, []).append(entry.code)
    ENTRIES.exchange(entries)
    SERVICES.exchange({entry.code: entry.labels for entry in entries.values() if entry.kind == "service"})
    SKILLS.exchange(
        {
            entry.code: {"kind": entry.kind, "service": entry.service, **entry.labels}
            for entry in entries.values()
            if entry.kind in ("skill", "tool")
        }
    )
    LANGUAGES.exchange({entry.code: entry.labels for entry in entries.values() if entry.kind == "language"})
    INDUSTRIES.exchange({entry.code: entry.labels for entry in entries.values() if entry.kind == "industry"})
    _skills_of = skills_of
    _version += 1


def _read_given() -> None:
    _given.clear()
    for entry in read_folder(DATA):
        _given[entry.code] = entry
    folder = os.environ.get(FOLDER, "")
    for entry in read_folder(Path(folder)) if folder else ():
        held = _given.get(entry.code)
        if held is None or held.added:
            _given[entry.code] = replace(entry, added=True)
        else:
            _given[entry.code] = held.with_synonyms(entry.synonyms)
    _in_force()


def version() -> int:
    """Grows whenever something else is in force in this process: indexes of names are made anew then."""
    return _version


def take_up(entries: Iterable[Entry]) -> None:
    """Puts into force what operators added or corrected. Told twice, nothing changes."""
    new = {entry.code: entry for entry in entries if entry.kind in WORK}
    changed = {code: entry for code, entry in new.items() if _added.get(code) != entry}
    if changed:
        _added.update(changed)
        _in_force()


def forget_added() -> None:
    """Only what is given is in force again (for tests, and for processes that start with an empty database)."""
    if _added:
        _added.clear()
        _in_force()


def look_with(look: Callable[[], None]) -> None:
    """`look` is called before a code is said to be unknown; it takes up what it finds and never fails."""
    if look not in _looks:
        _looks.append(look)


def look_no_more(look: Callable[[], None]) -> None:
    if look in _looks:
        _looks.remove(look)


def fresh() -> int:
    """The version in force, after a look for what is new."""
    for look in _looks:
        look()
    return _version


def find(code: str) -> Entry | None:
    """The entry in force; looks once more before it says None."""
    if code not in ENTRIES:
        for look in _looks:
            look()
    return ENTRIES.get(code)


def is_service(code: str) -> bool:
    entry = find(code)
    return entry is not None and entry.kind == "service"


def is_skill(code: str) -> bool:
    """A skill or a tool."""
    entry = find(code)
    return entry is not None and entry.kind in ("skill", "tool")


def is_tool(code: str) -> bool:
    """Whether a skill is knowing a software product, such as Xero."""
    entry = ENTRIES.get(code)
    return entry is not None and entry.kind == "tool"


def is_given(code: str) -> bool:
    """Whether it comes with Dextra or the operator's folder: only synonyms are added to it."""
    return code in _given


def all_names() -> dict[str, dict[str, set[str]]]:
    """Every name and synonym in every language, by kind (service, skill, language, industry) and code."""
    found: dict[str, dict[str, set[str]]] = {"service": {}, "skill": {}, "language": {}, "industry": {}}
    for entry in ENTRIES.values():
        found["skill" if entry.kind == "tool" else entry.kind][entry.code] = entry.names
    return found


def proper_names() -> dict[str, str]:
    """Names of tools, which nobody inflects, and of entries that are called like an ordinary word; and how a text must
    put them to mean the entry: "", "capital" or "beside"."""
    tools = [entry for entry in ENTRIES.values() if entry.kind == "tool"]
    found = {name: "" for entry in tools for name in entry.names}
    found.update(
        {name: entry.ordinary for entry in ENTRIES.values() for name in entry.labels.values() if entry.ordinary}
    )
    return found


def names() -> dict[str, set[str]]:
    """Every name and synonym of every service and skill, in every language, by code."""
    return {entry.code: entry.names for entry in ENTRIES.values() if entry.kind in WORK}


def label(code: str, locale: str) -> str:
    """The name of a service, skill, language or industry; the code itself when it is unknown (a newer taxonomy's)."""
    entry = ENTRIES.get(code)
    return entry.label(locale) if entry else code


def description(code: str, locale: str) -> str:
    """What a service or skill is, in a sentence; "" where there is none."""
    entry = ENTRIES.get(code)
    return entry.description(locale) if entry else ""


def service_of(code: str) -> str:
    """The service that a skill belongs to; "" for a service."""
    entry = ENTRIES.get(code)
    return entry.service if entry else ""


def skills_of(service: str) -> list[str]:
    """The codes of a service's skills."""
    return _skills_of.get(service, [])


_read_given()
