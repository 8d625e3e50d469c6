"""An assistant's practice area: its parts in order, what each point of completeness is called and why it is worth it.

Which points there are, and which come first, is for profiles to say; the sentences here say only what is true of how
matching and its lists work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l

from gateway import formats, i18n, labels


@dataclass(frozen=True, slots=True)
class Part:
    """An entry of the sub-navigation, shown when its page exists. Those that are `step`s are gone through first."""

    code: str
    endpoint: str
    label: Any
    step: bool = False


PARTS = (
    Part("about", "profile.edit", _l("About"), step=True),
    Part("work", "profile.work", _l("Services and skills"), step=True),
    Part("hours", "hours.edit", _l("Working hours"), step=True),
    Part("calendars", "calendars.index", _l("Calendars")),
    Part("clients", "profile.clients", _l("Clients and terms"), step=True),
    Part("rates", "rates.edit", _l("Rates"), step=True),
    Part("evidence", "evidence.index", _l("Evidence")),
    Part("photo", "photo.edit", _l("Photo")),
    Part("address", "address.edit", _l("Address")),
    Part("team", "team.index", _l("Team and cover")),
    Part("capacity", "capacity.index", _l("Capacity")),
)


def parts() -> list[Part]:
    """Those whose page exists, each once."""
    known: dict[str, Part] = {}
    for part in PARTS:
        if part.endpoint in current_app.view_functions:
            known.setdefault(part.code, part)
    return list(known.values())


def steps() -> list[Part]:
    return [part for part in parts() if part.step]


def after(code: str) -> str:
    """The address of the step that follows a part; after the last one, that of the last look."""
    listed = steps()
    at = next((number for number, part in enumerate(listed) if part.code == code), len(listed))
    return url_for(listed[at + 1].endpoint) if at + 1 < len(listed) else url_for("profile.review")


def address_of(code: str) -> str:
    """Where a part is written."""
    return next((url_for(part.endpoint) for part in parts() if part.code == code), url_for("profile.edit"))


def tabs() -> list[tuple[str, str, bool, int]]:
    """For `ui.tabs`."""
    here = request.endpoint or ""
    return [
        (str(part.label), url_for(part.endpoint), here == part.endpoint or here.split(".")[0] == _area(part), 0)
        for part in parts()
    ]


def in_practice() -> bool:
    """Whether this is a page of the practice area."""
    return (request.blueprint or "-") in {_area(part) for part in PARTS}


def _area(part: Part) -> str:
    """The blueprint of a part that has one to itself."""
    area = part.endpoint.split(".")[0]
    return "" if area == "profile" else area


def phases(completeness: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """For the stepper of a first profile: name, phase (done, now, next) and address of each step."""
    points = completeness["points"] if completeness else []
    listed = []
    for part in steps():
        needed = [point["done"] for point in points if point["part"] == part.code and point["needed"]]
        optional = [point["done"] for point in points if point["part"] == part.code]
        done = all(needed) if needed else any(optional)
        here = request.endpoint == part.endpoint
        listed.append((str(part.label), "now" if here else "done" if done else "next", url_for(part.endpoint)))
    here = request.endpoint == "profile.review"
    return [*listed, (str(_l("Look it over")), "now" if here else "next", url_for("profile.review"))]


WORTH: dict[str, tuple[Any, Any]] = {
    "display_name": (_l("Your name"), _l("Clients see it first, in every list.")),
    "headline": (_l("A headline"), _l("The line that lists show under your name; the search looks through it.")),
    "level": (_l("Your level"), _l("Briefs for an executive assistant are matched with executive practices only.")),
    "services": (_l("Services"), _l("Clients filter by service, and the services of a brief count in its matches.")),
    "skills": (_l("Skills"), _l("A brief that requires a skill is not matched with a practice that does not name it.")),
    "languages": (_l("Languages"), _l("A brief that names a language leaves out who does not speak it well enough.")),
    "time_zone": (_l("Your time zone"), _l("Your hours are shown to clients on their own clock.")),
    "working_hours": (_l("Working hours"), _l("The hours that you share with a client are worked out from them.")),
    "capacity_minutes": (
        _l("Hours you sell a week"),
        _l("A brief is matched with you when it fits into your free hours."),
    ),
    "hourly_rate": (_l("Your rate"), _l("Budgets, and the filter by rate, are compared with it.")),
    "story": (
        _l("Your story"),
        _l("It is what your page says of you. A few sentences will do; matches do not count it."),
    ),
    "more_skills": (
        _l("More skills"),
        _l("A skill that a brief would like counts as missing where it is not named. Only name what you can show."),
    ),
    "translations": (
        _l("A second language"),
        _l("Who reads Dextra in that language reads your own words, and finds you by them."),
    ),
    "retainer": (_l("A monthly fee"), _l("Briefs for a monthly fee are matched with practices that offer one only.")),
    "target_industries": (
        _l("Lines of business"),
        _l("Clients can filter by them. A brief of another line of business then counts a little less for you."),
    ),
    "assurances": (_l("Confidentiality"), _l("Clients who need an agreement see that you are ready for one.")),
    "evidence": (_l("Evidence"), _l("Skills that something shows get a mark on your page. Matches do not count it.")),
    "photo": (_l("A photo"), _l("A face beside your name makes it easier to write to you. Matches do not count it.")),
    "equipment": (_l("Equipment"), _l("Clients read what you work with before they ask.")),
}
"""What a point is called, and why it is worth adding: what clients and matching do with it."""


def worth(point: Mapping[str, Any]) -> tuple[str, str]:
    """Name and reason; the code itself for one that a newer service knows."""
    name, why = WORTH.get(point["code"], (point["code"].replace("_", " "), ""))
    return str(name), str(why)


def next_point(completeness: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The point that is worth most now."""
    if not completeness:
        return None
    return next((point for point in completeness["points"] if point["code"] == completeness["next"]), None)


def said(of: Mapping[str, Any]) -> dict[str, str]:
    """Headline and story of a profile or a card in the reader's language where she wrote them in it, and in which
    language each of them is."""
    main = of.get("story_locale") or of.get("locale") or "en"
    told = {
        "headline": of.get("headline") or "",
        "headline_locale": main,
        "story": of.get("story") or "",
        "story_locale": main,
    }
    mine = i18n.current_locale()
    for other in of.get("translations") or () if main != mine else ():
        if other["locale"] == mine:
            told.update(headline=other["headline"], headline_locale=mine)
            if other.get("story"):
                told.update(story=other["story"], story_locale=mine)
    return told


def labelled(codes: Iterable[str], kind: str) -> list[str]:
    return [labels.label(code, kind) for code in codes]


def days_said(exception: Mapping[str, Any]) -> str:
    """`24 Dec 2026`, or `24 Dec 2026 – 6 Jan 2027`."""
    first, last = (formats.format_date(exception[name], "EEE d MMM y") for name in ("first_on", "last_on"))
    return first if first == last else f"{first} – {last}"


def why_away(exception: Mapping[str, Any]) -> dict[str, str]:
    """The reason of an exception, or a holiday's name in the reader's language, and the language it is in."""
    names = exception.get("names") or {}
    for locale in (i18n.current_locale(), *names):
        if names.get(locale):
            return {"text": names[locale], "locale": locale}
    return {"text": exception.get("reason") or "", "locale": exception.get("locale") or "en"}


def init_practice(app: Flask) -> None:
    shown = {"said": said, "days_said": days_said, "why_away": why_away}
    app.jinja_env.filters.update({name: i18n.per_reader(show) for name, show in shown.items()})
    app.jinja_env.globals.update(labelled=labelled, in_practice=in_practice)
    app.jinja_env.globals.update(
        practice_tabs=tabs, practice_phases=phases, practice_place=address_of, worth=worth, next_point=next_point
    )
