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
    shared = {"found": formats.duration(facts["found"]), "asked": formats.duration(facts["asked"])}
    away = facts.get("away", 0)
    if not away:
        return _("You both work %(found)s at the same time each day; you ask for %(asked)s.", **shared)
    said: str = ngettext(
        "You both work %(found)s at the same time each day; you ask for %(asked)s. "
        "Away on %(num)s day of the first week.",
        "You both work %(found)s at the same time each day; you ask for %(asked)s. "
        "Away on %(num)s days of the first week.",
        away,
        **shared,
    )
    return said


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


def _record(facts: Facts) -> str:
    well, badly = int(facts["well"]), int(facts["badly"])
    if not well + badly:
        return _("No engagement here yet: judged as the usual newcomer.")
    return str(
        ngettext(
            "%(well)s of %(num)s engagement here went well.",
            "%(well)s of %(num)s engagements here went well.",
            well + badly,
            well=well,
        )
    )


def _pay(facts: Facts) -> str:
    return _(
        "Asks %(asked)s; the brief offers up to %(offered)s.",
        asked=_amount(facts["asked"], facts["currency"]),
        offered=_amount(facts["offered"], facts["currency"]),
    )


def _hours(facts: Facts) -> str:
    return _(
        "The brief fills %(asked)s of %(free)s that are free.",
        asked=formats.duration(facts["asked"]),
        free=formats.duration(facts["free"]),
    )


def _market(facts: Facts) -> str:
    targets, industry = facts["targets"], facts["industry"]
    if not targets:
        return _("Works for every line of business alike.")
    liked = _named(targets)
    if not industry:
        return _("Works best for: %(liked)s. The brief names no line of business.", liked=liked)
    if industry in targets:
        return _("Knows this line of business: %(industry)s.", industry=formats.taxon(industry))
    return _("Works best for: %(liked)s.", liked=liked)


def _notice(facts: Facts) -> str:
    days, needed = int(facts["days"]), int(facts["needed"])
    if not needed:
        return _("Can begin at once.")
    return _("Needs %(needed)s days of notice; it starts in %(days)s.", needed=needed, days=days)


def _acceptance(facts: Facts) -> str:
    chance = formats.percent(facts["probability"])
    answers = int(facts["yes"]) + int(facts["no"])
    if not answers:
        return _("Likely to accept: %(chance)s. An estimate: no answers to offers so far.", chance=chance)
    return _(
        "Likely to accept: %(chance)s. Said yes to %(yes)s of %(answers)s offers.",
        chance=chance,
        yes=facts["yes"],
        answers=answers,
    )


def _demand(facts: Facts) -> str:
    if facts["price"] <= 0:
        return _("Not more sought after at present than there is room for.")
    return _("More briefs ask for this person at present than there is room for.")


def _room(facts: Facts) -> str:
    if not facts["promised"]:
        return _("No hours are held by other lists or offers.")
    return _(
        "Other lists and offers that wait may take %(promised)s of the free %(free)s.",
        promised=formats.duration(facts["promised"]),
        free=formats.duration(facts["free"]),
    )


def _newcomer(facts: Facts) -> str:
    if not facts["engagements"]:
        return _("New here: little is known yet, so a chance is given.")
    return _("The more is known about the work, the smaller this becomes.")


def _amount(amount: int, currency: str) -> str:
    return formats.money({"amount": amount, "currency": currency}, cents="auto")


WHY: dict[str, Words] = {
    "skills_required": _skills,
    "skills_preferred": _skills,
    "services": _services,
    "overlap": _overlap,
    "price": _price,
    "languages": _languages,
    "level": _level,
    "record": _record,
    "pay": _pay,
    "hours": _hours,
    "market": _market,
    "notice": _notice,
    "acceptance": _acceptance,
    "demand": _demand,
    "room": _room,
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
    "absence": lambda facts: _(
        "Away in the week of %(date)s, in which you start.", date=formats.format_date(facts["week"])
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
    earned = (
        part
        for part in parts
        if part["points"] > 0 and part["side"] == "client" and part["facts"].get("asked") != [] and _is_known(part)
    )
    return sorted(earned, key=lambda part: -part["points"])[:most]


def weakest(parts: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What costs the most points."""
    losing = [part for part in parts if _lost(part) > 0.05 and _is_known(part)]
    return max(losing, key=_lost, default=None)


def _is_known(part: Mapping[str, Any]) -> bool:
    """A record of nothing is no reason."""
    return bool(part["criterion"] != "record" or part["facts"]["well"] + part["facts"]["badly"] > 0)


def _lost(part: Mapping[str, Any]) -> float:
    """Points that a wish which is not fully met costs; what the market takes is told apart."""
    return float(part["weight"] - part["points"]) if part["side"] == "client" else 0.0


def sides(parts: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]], float]]:
    """Contributions by side, with the points of each side; those that count nothing are left out."""
    listed = [part for part in parts if part["weight"] or part["points"]]
    found = []
    for side in ("client", "assistant", "market"):
        mine = [part for part in listed if part["side"] == side]
        if mine:
            found.append((side, mine, sum(part["points"] for part in mine)))
    return found


def change(suggestion: Mapping[str, Any]) -> str:
    """A change of a brief, as its client would say it."""
    facts = suggestion["facts"]
    return _CHANGES[suggestion["criterion"]](facts)


def changed_fields(suggestion: Mapping[str, Any]) -> dict[str, str]:
    """The same change for the address of the form."""
    facts = suggestion["facts"]
    value = facts.get("proposed")
    about = facts.get("skill") or facts.get("language") or ""
    return {"change": suggestion["criterion"], "to": str(value), **({"of": about} if about else {})}


def _pay_more(facts: Facts) -> str:
    more = _amount(facts["proposed"] - facts["asked"], facts["currency"])
    if facts.get("engagement") == "retainer":
        return _("Pay up to %(more)s more a month", more=more)
    return _("Pay up to %(more)s more an hour", more=more)


def _change_skill(facts: Facts) -> str:
    name = formats.taxon(facts["skill"])
    if not facts["proposed"]:
        return _("Do not require %(skill)s", skill=name)
    level = labels.label(facts["proposed"], "skill_level")
    return _("Require %(skill)s at the level “%(level)s”", skill=name, level=level)


def _change_language(facts: Facts) -> str:
    name = formats.taxon(facts["language"])
    if not facts["proposed"]:
        return _("Do not require %(skill)s", skill=name)
    return _("Require %(language)s at %(cefr)s", language=name, cefr=facts["proposed"])


def _change_overlap(facts: Facts) -> str:
    if not facts["proposed"]:
        return _("Share no working hours")
    return _("Share %(hours)s a day", hours=formats.duration(facts["proposed"]))


_CHANGES: dict[str, Words] = {
    "price": _pay_more,
    "capacity": lambda facts: _(
        "%(fewer)s a week instead of %(asked)s",
        fewer=formats.duration(facts["proposed"]),
        asked=formats.duration(facts["asked"]),
    ),
    "overlap": _change_overlap,
    "skills_required": _change_skill,
    "languages": _change_language,
    "level": lambda _facts: _("Take administrative assistants too"),
}


def more(suggestion: Mapping[str, Any]) -> str:
    """What would bring an assistant more work."""
    facts = suggestion["facts"]
    return _MORE[suggestion["criterion"]](facts)


def _more_skill(facts: Facts) -> str:
    return _(
        "%(skill)s, at the level “%(level)s”",
        skill=formats.taxon(facts["skill"]),
        level=labels.label(facts["proposed"], "skill_level"),
    )


_MORE: dict[str, Words] = {
    "skills_required": _more_skill,
    "languages": lambda facts: _(
        "%(language)s at %(cefr)s", language=formats.taxon(facts["language"]), cefr=facts["proposed"]
    ),
    "capacity": lambda facts: _("%(hours)s free a week", hours=formats.duration(facts["proposed"])),
    "minimum_hours": lambda facts: _("Taking on work from %(hours)s a week", hours=formats.duration(facts["proposed"])),
    "overlap": lambda facts: _(
        "Other working hours: some clients ask for %(hours)s in common each day",
        hours=formats.duration(facts["proposed"]),
    ),
    "level": lambda _facts: _("Working at the executive level"),
    "engagement": lambda _facts: _("A monthly retainer on your rate card"),
}
