"""What was read in a brief in the client's own words: for the form, for chips, and on the words themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext

from gateway import formats, labels
from gateway.forms import ChooseSome, Form, Rows


def _(template: str, **params: Any) -> str:
    return str(gettext(template, **params))


LONGEST_TITLE = 80
MONTHS_A_YEAR, WEEKS_A_YEAR = 12, 52
HALF_HOUR = 30
WISHED_LEVEL, WISHED_CEFR = 2, "B2"
"""What the form proposes where the text names a skill or a language without a level."""

Json = Mapping[str, Any]


# -- from the text to the form -----------------------------------------------------------------------------------------


def form_values(text: str, findings: Sequence[Json]) -> dict[str, Any]:
    """The form's values that the text gives, by field; nothing else is among them."""
    held = [finding for finding in findings if not finding["negated"]]
    first = _first(held)
    hours, budget, overlap = first.get("hours"), first.get("budget"), first.get("overlap")
    skills = {finding["value"]["code"]: finding["value"] for finding in held if finding["kind"] == "skill"}.values()
    spoken = {finding["value"]["code"]: finding["value"] for finding in held if finding["kind"] == "language"}.values()
    values = {
        "title": _title(text),
        "level": first.get("level", {}).get("code"),
        "services": list(dict.fromkeys(finding["value"]["code"] for finding in held if finding["kind"] == "service")),
        "required_skills": [_leveled(skill) for skill in skills if skill["required"]],
        "preferred_skills": [_leveled(skill) for skill in skills if not skill["required"]],
        "languages": [
            {"code": language["code"], "cefr": language["cefr"] or WISHED_CEFR}
            for language in spoken
            if language["required"]
        ],
        "engagement": first.get("engagement", {}).get("code"),
        "weekly_minutes": _weekly(hours) if hours else None,
        "budget": {"amount": budget["amount"], "currency": budget["currency"]} if budget else None,
        "time_zone": first.get("zone", {}).get("name"),
        "overlap_minutes": overlap["minutes"] if overlap else None,
        "start_on": first.get("start", {}).get("date"),
        "duration": first.get("duration", {}).get("code"),
        "industry": first.get("industry", {}).get("code"),
    }
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _first(findings: Sequence[Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for finding in findings:
        found.setdefault(finding["kind"], finding["value"])
    return found


def _leveled(skill: Json) -> dict[str, Any]:
    return {"code": skill["code"], "level": skill["level"] or WISHED_LEVEL}


def _weekly(hours: Json) -> int:
    """Minutes a week; a month is a twelfth of 52 weeks, to the nearest half-hour."""
    minutes = hours["minutes"] * (MONTHS_A_YEAR / WEEKS_A_YEAR if hours["per"] == "month" else 1)
    return int(max(round(minutes / HALF_HOUR) * HALF_HOUR, HALF_HOUR * 2))


def _title(text: str) -> str:
    """The first sentence, cut at a word."""
    sentence = text.strip().split("\n")[0].split(". ")[0].strip()
    if len(sentence) <= LONGEST_TITLE:
        return sentence.rstrip(".")
    return sentence[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


# -- from the form to chips --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chip:
    """An answer of the form. `token` names it for removing, `field` for changing; `quote` are the words it was read
    from. `asks`: read from a typo or by convention, so that the client is asked whether it is so."""

    token: str
    field: str
    kind: str
    text: str
    quote: str = ""
    asks: bool = False


KINDS = {
    "hours": "weekly_minutes", "budget": "budget", "engagement": "engagement", "level": "level", "start": "start_on",
    "duration": "duration", "industry": "industry", "overlap": "overlap_minutes", "zone": "time_zone",
}  # fmt: skip
"""The field that a kind of finding fills alone."""
LISTS = (
    *(("service", "services"), ("skill", "required_skills"), ("skill", "preferred_skills")),
    ("language", "languages"),
)


def chips(form: Form, read: Form, text: str, findings: Sequence[Json], confirmed: Sequence[str]) -> list[Chip]:
    """What the form holds, the work first. `read` is a form with only what the text says."""
    found = list(_of_lists(form, findings, text))
    for kind, name in KINDS.items():
        field = form[name]
        if field.errors or field.value in (None, ""):
            continue
        finding = next((one for one in findings if one["kind"] == kind and not one["negated"]), None)
        if finding is not None and field.pairs() != read[name].pairs():
            finding = None
        found.append(_chip(name, name, kind, _ANSWERS[name](form), finding, text))
    return [replace(chip, asks=chip.asks and chip.token not in confirmed) for chip in found]


def _chip(token: str, field: str, kind: str, told: str, finding: Json | None, text: str) -> Chip:
    quote = text[finding["start"] : finding["end"]] if finding else ""
    return Chip(token, field, kind, told, quote, finding is not None and not finding["sure"])


def _of_lists(form: Form, findings: Sequence[Json], text: str) -> Iterator[Chip]:
    read = {(one["kind"], one["value"].get("code")): one for one in reversed(findings) if not one["negated"]}
    for kind, name in LISTS:
        for code, told in _listed(form, name):
            yield _chip(f"{name}:{code}", name, kind, told, read.get((kind, code)), text)


def _listed(form: Form, name: str) -> Iterator[tuple[str, str]]:
    """Codes of a list's answers, and each in words."""
    field = form[name]
    if isinstance(field, ChooseSome):
        yield from ((code, formats.taxon(code)) for code in field.value)
    elif isinstance(field, Rows):
        for row in field.rows:
            code = row["code"].value
            if code and not any(cell.errors for cell in row.values()):
                rank = row["cefr"].value if "cefr" in row else labels.label(row["level"].value, "skill_level")
                told = _("%(name)s, %(rank)s", name=formats.taxon(code), rank=rank)
                yield code, _("%(wish)s (a wish)", wish=told) if name == "preferred_skills" else told


def take_out(form: Form, token: str) -> None:
    """Clears the answer that a chip stands for; all else that was typed stays."""
    name, _separator, code = token.partition(":")
    field = form.fields.get(name)
    if isinstance(field, Rows):
        field.drop(lambda row: row["code"].value == code)
    elif isinstance(field, ChooseSome):
        field.value = [held for held in field.value if held != code]
    elif field is not None and name in KINDS.values():
        field.show(None)


def _budget_of(form: Form) -> str:
    amount = formats.money(form["budget"].value, cents="auto")
    if form["engagement"].value == "retainer":
        return _("up to %(fee)s a month", fee=amount)
    return _("up to %(rate)s an hour", rate=amount)


_ANSWERS: dict[str, Callable[[Form], str]] = {
    "weekly_minutes": lambda form: _("%(hours)s a week", hours=formats.duration(form["weekly_minutes"].value)),
    "budget": _budget_of,
    "engagement": lambda form: labels.label(form["engagement"].value, "engagement"),
    "level": lambda form: labels.label(form["level"].value, "level"),
    "start_on": lambda form: formats.format_date(form["start_on"].value),
    "duration": lambda form: labels.label(form["duration"].value, "duration"),
    "industry": lambda form: formats.taxon(form["industry"].value),
    "overlap_minutes": lambda form: _("%(hours)s a day", hours=formats.duration(form["overlap_minutes"].value)),
    "time_zone": lambda form: formats.zone_name(form["time_zone"].value),
}


# -- on the words ------------------------------------------------------------------------------------------------------


def quoted(found: Sequence[Chip], findings: Sequence[Json], text: str) -> list[Json]:
    """Findings that stand in the form, and those that the text says are not wanted."""
    quotes = {(chip.kind, chip.quote) for chip in found}
    return [one for one in findings if one["negated"] or (one["kind"], text[one["start"] : one["end"]]) in quotes]


def parts(text: str, findings: Sequence[Json]) -> Iterator[tuple[str, list[Json]]]:
    """The text in pieces, each with the findings on it; where two overlap, the piece is theirs together."""
    at = 0
    marks = sorted(findings, key=lambda finding: finding["start"])
    while marks:
        start, end = marks[0]["start"], marks[0]["end"]
        group = [mark for mark in marks if mark["start"] < end]
        end = max(mark["end"] for mark in group)
        yield text[at:start], []
        yield text[start:end], group
        at, marks = end, [mark for mark in marks if mark["start"] >= end]
    yield text[at:], []


def shown(finding: Json) -> str:
    """A finding's value, for people: of what is not wanted, which has no place in the form."""
    kind, value = finding["kind"], finding["value"]
    return _SHOWN[kind](value) if kind in _SHOWN else formats.taxon(value["code"])


def _skill(value: Json) -> str:
    name = formats.taxon(value["code"])
    return f"{name} ({labels.label(value['level'], 'skill_level')})" if value["level"] else name


def _language(value: Json) -> str:
    return " ".join(filter(None, (formats.taxon(value["code"]), value["cefr"])))


def _hours(value: Json) -> str:
    hours = formats.duration(value["minutes"])
    return _("%(hours)s a month", hours=hours) if value["per"] == "month" else _("%(hours)s a week", hours=hours)


def _budget(value: Json) -> str:
    amount = formats.money({"amount": value["amount"], "currency": value["currency"]}, cents="auto")
    if value["per"] == "hour":
        return _("%(rate)s an hour", rate=amount)
    return _("%(fee)s a month", fee=amount) if value["per"] else amount


_SHOWN: dict[str, Callable[[Json], str]] = {
    "skill": _skill,
    "language": _language,
    "hours": _hours,
    "budget": _budget,
    "overlap": lambda value: _("%(hours)s a day", hours=formats.duration(value["minutes"])),
    "engagement": lambda value: labels.label(value["code"], "engagement"),
    "level": lambda value: labels.label(value["code"], "level"),
    "duration": lambda value: labels.label(value["code"], "duration"),
    "zone": lambda value: formats.zone_name(value["name"]),
    "start": lambda value: formats.format_date(value["date"]),
}
