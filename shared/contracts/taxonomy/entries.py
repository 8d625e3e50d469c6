"""Entries of the taxonomy and how they are read from files: one file a service with all its skills and tools, one of
languages, one of industries. The same form serves the taxonomy that comes with Dextra and what operators add."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

KINDS = ("service", "skill", "tool", "language", "industry")
WORK = ("service", "skill", "tool")
"""The kinds that people offer and ask for, and that may be added at run time."""
ORDINARY = ("", "capital", "beside")
"""Whether an entry's own name is an ordinary word too, and then when a text means the entry: where it is written with a
capital within a sentence, or only beside a word such as "using" or "app"."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A concept of another classification: ESCO's by URI, O*NET's by code, with its title there. `match`: exact, close,
    or broad (a tool's class)."""

    code: str
    title: str
    match: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody can offer or ask for. `service` is the one that a skill or tool belongs to; `added` says that an
    operator of this installation added it."""

    code: str
    kind: str
    service: str = ""
    labels: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    ordinary: str = ""
    esco: tuple[Reference, ...] = ()
    onet: tuple[Reference, ...] = ()
    added: bool = False

    def label(self, locale: str) -> str:
        return self.labels.get(locale) or self.labels["en"]

    def description(self, locale: str) -> str:
        return self.descriptions.get(locale) or self.descriptions.get("en", "")

    @property
    def names(self) -> set[str]:
        """Labels and synonyms in every language."""
        return {*self.labels.values(), *(name for names in self.synonyms.values() for name in names)}

    def with_synonyms(self, more: Mapping[str, tuple[str, ...]]) -> Entry:
        """Further synonyms; none twice."""
        locales = {*self.synonyms, *more}
        joined = {one: tuple(dict.fromkeys((*self.synonyms.get(one, ()), *more.get(one, ())))) for one in locales}
        return replace(self, synonyms=joined)


class Unreadable(ValueError):
    """A file of the taxonomy that cannot be used, and why."""


def read_folder(folder: Path) -> Iterator[Entry]:
    """All entries below a folder, as files say them. Raises Unreadable with the file's name."""
    for path in sorted((folder / "services").glob("*.json")):
        yield from _of_service(path)
    for kind, name in (("language", "languages.json"), ("industry", "industries.json")):
        path = folder / name
        if path.exists():
            for code, told in _loaded(path).items():
                yield _entry(path, code, kind, told)


def _of_service(path: Path) -> Iterator[Entry]:
    told = _loaded(path)
    if "label" in told:
        yield _entry(path, told["code"], "service", told)
    for code, skill in told.get("skills", {}).items():
        yield _entry(path, code, skill.get("kind", ""), skill, told.get("code", ""))


def _loaded(path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error
    return told


def _entry(path: Path, code: str, kind: str, told: Mapping[str, Any], service: str = "") -> Entry:
    try:
        return Entry(
            code=code,
            kind=kind,
            service=service,
            labels=dict(told["label"]),
            synonyms={locale: tuple(names) for locale, names in told.get("synonyms", {}).items()},
            descriptions=dict(told.get("description", {})),
            ordinary=told.get("ordinary", ""),
            esco=tuple(Reference(one["uri"], one["label"], one["match"]) for one in told.get("esco", ())),
            onet=tuple(Reference(one["code"], one["title"], one["match"]) for one in told.get("onet", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"{path}: {code}: {error!r}") from error
