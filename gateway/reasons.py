"""A match's facts in words: why somebody fits, and what keeps somebody out. See services/matching/domain/score.py and
conditions.py for the facts of each criterion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext, ngettext

from gateway import formats, labels

Facts = Mapping[str, Any]


def _(template: str, **params: Any) -> str:
    return str(gettext(template, **params))


Words = Callable[[Facts], str]


def _pairs(names: Iterable[str], facts: Facts, kind: str) -> str:
    """`Travel planning: expert (asked: working); …`."""
    said = []
    for name, asked, found in zip(names, facts["asked"], facts["found"], strict=False):
        has = _short(found, kind) if found else _("not on the profile")
        said.append(_("%(name)s: %(found)s (asked: %(asked)s)", name=name, found=has, asked=_short(asked, kind)))
    return "; ".join(said)


def _short(code: Any, kind: str) -> str:
    return str(code) if kind == "cefr" else labels.label(code, kind)


def _skills(facts: Facts) -> str:
    if not facts.get("skills"):
        return _("You ask for none in particular, so everybody has all the points.")
    return _pairs(map(formats.taxon, facts["skills"]), facts, "skill_level")


def _languages(facts: Facts) -> str:
    if not facts.get("languages"):
        return _("You ask for none in particular, so everybody has all the points.")
    return _pairs(map(formats.taxon, facts["languages"]), facts, "cefr")


def _services(facts: Facts) -> str:
    asked, found = facts["asked"], facts["found"]
    if not asked:
        return _("You ask for none in particular, so everybody has all the points.")
    if len(asked) == len(found):
        return _("Offers all that you ask for: %(services)s.", services=_named(found))
    if not found:
        return _("Offers none of those that you ask for.")
    return _("Offers %(found)s of %(asked)s: %(services)s.", found=len(found), asked=len(asked), services=_named(found))


def _named(codes: Iterable[str]) -> str:
    return formats.listed([formats.taxon(code) for code in codes])


def _overlap(facts: Facts) -> str:
    return _(
        "You both work %(found)s at the same time each day; you ask for %(asked)s.",
        found=formats.duration(facts["found"]),
        asked=formats.duration(facts["asked"]),
    )


def _price(facts: Facts) -> str:
    currency = facts["currency"]
    return _(
        "%(found)s, where you pay at most %(asked)s.",
        found=formats.money({"amount": facts["found"], "currency": currency}, cents="auto"),
        asked=formats.money({"amount": facts["asked"], "currency": currency}, cents="auto"),
    )


def _level(facts: Facts) -> str:
    if facts["asked"] == facts["found"]:
        return _("%(level)s, as you ask for.", level=labels.label(facts["found"], "level"))
    return _("%(level)s, which is more than you ask for.", level=labels.label(facts["found"], "level"))


def _capacity(facts: Facts) -> str:
    return _(
        "%(free)s of %(capacity)s a week are free.",
        free=formats.duration(facts["free"]),
        capacity=formats.duration(facts["capacity"]),
    )


def _newcomer(facts: Facts) -> str:
    days = int(facts["days"])
    if days == 0:
        return _("Published today.")
    if days >= int(facts["of"]):
        return _("Here for more than %(of)s days.", of=facts["of"])
    return str(ngettext("Here for %(num)s day.", "Here for %(num)s days.", days))


WHY: dict[str, Words] = {
    "skills_required": _skills,
    "skills_preferred": _skills,
    "services": _services,
    "overlap": _overlap,
    "price": _price,
    "languages": _languages,
    "level": _level,
    "capacity": _capacity,
    "newcomer": _newcomer,
}


def why(part: Mapping[str, Any]) -> str:
    """A contribution's facts in a sentence; nothing for a criterion that this release does not know."""
    words = WHY.get(part["criterion"])
    return words(part["facts"]) if words else ""


def _too_dear(facts: Facts) -> str:
    if facts["asked_currency"] != facts["found_currency"]:
        return _(
            "Charges in %(found)s; your budget is in %(asked)s.",
            found=facts["found_currency"],
            asked=facts["asked_currency"],
        )
    return _(
        "Charges %(found)s, more than your %(asked)s.",
        found=formats.money({"amount": facts["found"], "currency": facts["found_currency"]}, cents="auto"),
        asked=formats.money({"amount": facts["asked"], "currency": facts["asked_currency"]}, cents="auto"),
    )


WHY_NOT: dict[str, Words] = {
    "published": lambda _facts: _("The profile is not published now."),
    "skills_required": _skills,
    "languages": _languages,
    "level": lambda _facts: _("An administrative practice; you ask for an executive assistant."),
    "engagement": lambda _facts: _("Has no retainer on the rate card."),
    "price": _too_dear,
    "capacity": lambda facts: _(
        "Only %(found)s a week are free; you need %(asked)s.",
        found=formats.duration(facts["found"]),
        asked=formats.duration(facts["asked"]),
    ),
    "minimum_hours": lambda facts: _(
        "Takes on work from %(found)s a week; you offer %(asked)s.",
        found=formats.duration(facts["found"]),
        asked=formats.duration(facts["asked"]),
    ),
    "overlap": lambda facts: _(
        "Shares %(found)s of your working day; you ask for %(asked)s.",
        found=formats.duration(facts["found"]),
        asked=formats.duration(facts["asked"]),
    ),
}


def why_not(failure: Mapping[str, Any]) -> str:
    """A hard condition that is not met, in a sentence."""
    words = WHY_NOT.get(failure["criterion"])
    return words(failure["facts"]) if words else labels.label(failure["criterion"], "criterion")


def all_why(parts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Sentences by criterion, for the macro `contributions`."""
    return {part["criterion"]: why(part) for part in parts}


def best(parts: Iterable[Mapping[str, Any]], most: int = 3) -> list[Mapping[str, Any]]:
    """What gives the most points, for a short list of reasons; not what the brief does not ask for."""
    earned = (part for part in parts if part["points"] > 0 and part["facts"].get("asked") != [])
    return sorted(earned, key=lambda part: -part["points"])[:most]


def weakest(parts: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What costs the most points."""
    losing = [part for part in parts if part["weight"] - part["points"] > 0.05]
    return max(losing, key=lambda part: part["weight"] - part["points"], default=None)
