"""The taxonomy that briefs and profiles speak: services, skills, languages and industries, with labels in
every language.

Kept as data: `taxonomy.json`, what people call them in `synonyms.json`, a sentence on each in `descriptions.json`. A
code never changes its meaning and is never given again. A label is looked up with `label(code, locale)`; a locale
without labels falls back to English.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_DATA: dict[str, Any] = json.loads(Path(__file__).with_name("taxonomy.json").read_text(encoding="utf-8"))

_SYNONYMS: dict[str, dict[str, dict[str, list[str]]]] = json.loads(
    Path(__file__).with_name("synonyms.json").read_text(encoding="utf-8")
)
_DESCRIPTIONS: dict[str, dict[str, dict[str, str]]] = json.loads(
    Path(__file__).with_name("descriptions.json").read_text(encoding="utf-8")
)
_NOT_NAMES = ("service", "kind")
_PLURALS = {"service": "services", "skill": "skills", "language": "languages", "industry": "industries"}

SERVICES: dict[str, dict[str, str]] = _DATA["services"]
"""Kinds of work, by code: labels by locale."""
SKILLS: dict[str, dict[str, str]] = _DATA["skills"]
"""What somebody can do or a tool they know, by code: `service` it belongs to, `kind` "tool" for a software product,
labels by locale."""
LANGUAGES: dict[str, dict[str, str]] = _DATA["languages"]
"""Human languages by ISO 639-1 code: labels by locale."""
INDUSTRIES: dict[str, dict[str, str]] = _DATA["industries"]
"""Clients' lines of business, by code: labels by locale."""


def all_names() -> dict[str, dict[str, set[str]]]:
    """Every name and synonym in every language, by kind (service, skill, language, industry) and code."""
    found: dict[str, dict[str, set[str]]] = {}
    for kind, entries in (("service", SERVICES), ("skill", SKILLS), ("language", LANGUAGES), ("industry", INDUSTRIES)):
        others = _SYNONYMS[_PLURALS[kind]]
        found[kind] = {
            code: {
                *(name for key, name in entry.items() if key not in _NOT_NAMES),
                *(name for names in others.get(code, {}).values() for name in names),
            }
            for code, entry in entries.items()
        }
    return found


def names() -> dict[str, set[str]]:
    """Every name and synonym of every service and skill, in every language, by code."""
    found = all_names()
    return {**found["service"], **found["skill"]}


def label(code: str, locale: str) -> str:
    """The name of a service, skill, language or industry; the code itself when it is unknown (a newer taxonomy's)."""
    entry = SERVICES.get(code) or SKILLS.get(code) or LANGUAGES.get(code) or INDUSTRIES.get(code)
    if entry is None:
        return code
    return entry.get(locale) or entry["en"]


def description(code: str, locale: str) -> str:
    """What a service or skill is, in a sentence; "" where there is none."""
    entry = _DESCRIPTIONS["services"].get(code) or _DESCRIPTIONS["skills"].get(code) or {}
    return entry.get(locale) or entry.get("en", "")


def service_of(code: str) -> str:
    """The service that a skill belongs to; "" for a service."""
    return SKILLS[code]["service"] if code in SKILLS else ""


def is_tool(code: str) -> bool:
    """Whether a skill is knowing a software product, such as Xero."""
    return SKILLS.get(code, {}).get("kind") == "tool"


def skills_of(service: str) -> list[str]:
    """The codes of a service's skills."""
    return [code for code, entry in SKILLS.items() if entry["service"] == service]
