"""A brief in the client's own words: what was read in it, on the words themselves, to be kept, corrected or removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import formats, labels, session
from gateway.caller import caller
from gateway.forms import Form, LongText, Rows
from gateway.session import needs
from gateway.web import done
from gateway.web.briefs import BriefForm
from shared.contracts import requests as c


def _(template: str, **params: Any) -> str:
    return str(gettext(template, **params))


pages = Blueprint("own_words", __name__)

LONGEST_TITLE = 80
MONTHS_A_YEAR, WEEKS_A_YEAR = 12, 52
HALF_HOUR = 30
WISHED_LEVEL, WISHED_CEFR = 2, "B2"
"""What the form proposes where the text names a skill or a language without a level."""

Json = Mapping[str, Any]


class WordsForm(Form):
    text = LongText(
        _l("What do you need?"),
        most=5000,
        rows=10,
        hint=_l("Write as you would to a colleague, in English or Italian: the work, hours, budget, languages, start."),
        placeholder=_l(
            "For example: ten hours a week for calendar and travel, up to 35 euros an hour, English C1. No bookkeeping."
        ),
    )


@pages.route("/briefs/new/words", methods=["GET", "POST"])
@needs("client")
def new() -> Response:
    """First the text alone; then the text with what was found, and the brief's form filled from it."""
    if request.method == "GET":
        return WordsForm().page("own_words/write.html")
    words = WordsForm()
    if not words.valid:
        return words.page("own_words/write.html")
    reading: Json | None = None
    with words.catching():
        reading = caller.query(c.ReadBrief, {"text": words.text.value, "today": _today()})
    return _found(words.text.value, reading) if reading else words.page("own_words/write.html")


def _found(text: str, reading: Json) -> Response:
    dropped = {int(number) for number in request.form.getlist("dropped") if number.isdigit()}
    if "drop" in request.form and request.form["drop"].isdigit():
        dropped.add(int(request.form["drop"]))
    findings = [
        {**finding, "number": number, "dropped": number in dropped}
        for number, finding in enumerate(reading["findings"])
    ]
    kept = [finding for finding in findings if not finding["dropped"] and not finding["negated"]]
    begun = "read" in request.form
    form = BriefForm() if begun else BriefForm(initial=_initial(text, kept), posted=False)
    if begun and "drop" in request.form:
        _without(form, findings[int(request.form["drop"])])
        form.forget_errors()
        form.status = 200
    elif begun and form.valid:
        with form.catching():
            payload = {**form.payload, "version": 0, "text": text, "text_locale": session.required().locale}
            saved = caller.command(c.SaveBrief, payload, key=form.key)
            return done(_("Your brief is saved. Publish it to see who fits."), url_for("briefs.brief", id=saved["id"]))
    return form.page(
        "own_words/found.html",
        text=text,
        parts=list(_parts(text, findings)),
        findings=findings,
        missing=reading["missing"],
        shown=shown,
    )


def _today() -> str:
    return datetime.now(ZoneInfo(session.required().time_zone)).date().isoformat()


def _initial(text: str, findings: Sequence[Json]) -> dict[str, Any]:
    """What the form begins with: only what was found, and what the account knows."""
    first = _first(findings)
    hours, budget, overlap = first.get("hours"), first.get("budget"), first.get("overlap")
    skills = [finding["value"] for finding in findings if finding["kind"] == "skill"]
    return {
        "title": _title(text),
        "text": text,
        "text_locale": session.required().locale,
        "version": 0,
        "level": first.get("level", {}).get("code"),
        "services": [finding["value"]["code"] for finding in findings if finding["kind"] == "service"],
        "required_skills": [_leveled(skill) for skill in skills if skill["required"]],
        "preferred_skills": [_leveled(skill) for skill in skills if not skill["required"]],
        "languages": [
            {"code": finding["value"]["code"], "cefr": finding["value"]["cefr"] or WISHED_CEFR}
            for finding in findings
            if finding["kind"] == "language" and finding["value"]["required"]
        ],
        "engagement": first.get("engagement", {}).get("code", ""),
        "weekly_minutes": _weekly(hours) if hours else None,
        "budget": {"amount": budget["amount"], "currency": budget["currency"]} if budget else None,
        "time_zone": first.get("zone", {}).get("name") or session.required().time_zone,
        "overlap_minutes": overlap["minutes"] if overlap else None,
        "start_on": first.get("start", {}).get("date"),
        "duration": first.get("duration", {}).get("code"),
        "industry": first.get("industry", {}).get("code"),
    }


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


FIELDS = {
    "hours": "weekly_minutes", "budget": "budget", "engagement": "engagement", "level": "level", "start": "start_on",
    "duration": "duration", "industry": "industry", "overlap": "overlap_minutes",
}  # fmt: skip
"""The field of the form that a kind fills."""


def _without(form: BriefForm, finding: Json) -> None:
    """Takes out of the form what a removed finding had put there; all else that was typed stays."""
    kind, code = finding["kind"], finding["value"].get("code")
    for name in ("required_skills", "preferred_skills") if kind == "skill" else ("languages",) * (kind == "language"):
        rows = form[name]
        if isinstance(rows, Rows):
            rows.drop(lambda row: row["code"].value == code)
    if kind == "service":
        form["services"].value = [held for held in form["services"].value if held != code]
    elif kind in FIELDS:
        form[FIELDS[kind]].show(None)


def _parts(text: str, findings: Sequence[Json]) -> Iterator[tuple[str, list[Json]]]:
    """The text in pieces, each with the findings on it; where two overlap, the piece is theirs together."""
    at = 0
    marks = sorted((finding for finding in findings if not finding["dropped"]), key=lambda finding: finding["start"])
    while marks:
        start, end = marks[0]["start"], marks[0]["end"]
        group = [mark for mark in marks if mark["start"] < end]
        end = max(mark["end"] for mark in group)
        yield text[at:start], []
        yield text[start:end], group
        at, marks = end, [mark for mark in marks if mark["start"] >= end]
    yield text[at:], []


def shown(finding: Json) -> str:
    """A finding's value, for people."""
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
