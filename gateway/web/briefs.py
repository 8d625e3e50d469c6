"""A client's briefs: written, published, and who fits them and why."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import formats, reasons, session
from gateway.caller import caller, maybe
from gateway.forms import (
    Choose,
    ChooseNumber,
    ChooseSome,
    Date,
    Form,
    Hidden,
    Hours,
    LongText,
    MoneyInput,
    Rows,
    SkillName,
    Text,
    half_hours,
    industries,
    languages,
    named,
    posted_key,
    services,
    time_zones,
)
from gateway.session import needs
from gateway.web import act, done, page
from shared.contracts import matching
from shared.contracts import requests as c
from shared.contracts.fields import CEFR

pages = Blueprint("briefs", __name__)

NOBODY: dict[str, Any] = {"items": []}

TABS = (
    ("", _l("All"), ()),
    ("open", _l("Open"), ("open", "paused")),
    ("draft", _l("Drafts"), ("draft",)),
    ("ended", _l("Ended"), ("filled", "closed", "expired", "removed")),
)


class BriefForm(Form):
    title = Text(
        _l("In one line: what do you need?"), most=140, placeholder=_l("Calendar and travel for two directors")
    )
    text = LongText(
        _l("In your own words"),
        most=5000,
        rows=6,
        optional=True,
        hint=_l("A usual week, the tools you use, what must never go wrong."),
    )
    level = Choose(
        _l("Level"),
        named("level"),
        radios=True,
        hint=_l("Administrative: carries out what you set. Executive: decides small things on your behalf."),
    )
    services = ChooseSome(_l("Services"), services, optional=True)
    required_skills = Rows(
        _l("Skills you require"),
        {
            "code": SkillName(_l("Skill"), placeholder=_l("Type a name, such as Xero")),
            "level": ChooseNumber(_l("Level"), named("skill_level"), default=2),
        },
        optional=True,
        most=20,
        add=_l("Another skill"),
        hint=_l("Nobody is shown who lacks one of these."),
    )
    preferred_skills = Rows(
        _l("Skills you would like"),
        {
            "code": SkillName(_l("Skill"), placeholder=_l("Type a name, such as Xero")),
            "level": ChooseNumber(_l("Level"), named("skill_level"), default=2),
        },
        optional=True,
        most=20,
        add=_l("Another skill"),
        hint=_l("These give points, and keep nobody out."),
    )
    languages = Rows(
        _l("Languages you require"),
        {
            "code": Choose(_l("Language"), languages, blank=_l("Choose a language")),
            "cefr": Choose(_l("Level"), named("cefr"), default="B2"),
        },
        optional=True,
        most=8,
        add=_l("Another language"),
    )
    engagement = Choose(_l("How do you want to pay?"), named("engagement"), radios=True, default="hourly")
    weekly_minutes = Hours(_l("Hours a week"), hint=_l("As many as you expect to need, such as 10 or 12:30."))
    budget = MoneyInput(_l("You pay at most"), hint=_l("An hour, or a month for a retainer."))
    start_on = Date(_l("From"))
    time_zone = Choose(_l("Your time zone"), time_zones)
    day_start = Choose(_l("Your day starts"), half_hours, default="09:00")
    day_end = Choose(_l("Your day ends"), half_hours, default="18:00")
    overlap_minutes = Hours(_l("Hours a day you want to share"), default=120, hint=_l("Both of you at work, each day."))
    duration = Choose(_l("For how long?"), named("duration"), optional=True, blank=_l("Not said"))
    industry = Choose(
        _l("Your line of business"),
        industries,
        optional=True,
        blank=_l("Not said"),
        hint=_l("Some assistants know it well."),
    )
    text_locale = Hidden(_l("Language of the text"), optional=True)
    version = Hidden(_l("Version"), optional=True)


@pages.get("/briefs")
@needs("client")
def index() -> Response:
    tab = request.args.get("state", "")
    states = next((list(codes) for code, _name, codes in TABS if code == tab), [])
    got = caller.queries(
        listed=(c.ListBriefs, {"states": states, "cursor": request.args.get("cursor", "")}),
        sketches=maybe(c.ListSketches),
    )
    tabs = [(name, url_for("briefs.index", state=code or None), code == tab, 0) for code, name, _codes in TABS]
    sketches = begun(got["sketches"]) if tab in ("", "draft") and not request.args.get("cursor") else []
    return page("briefs/index.html", listed=got["listed"], sketches=sketches, tabs=tabs, tab=tab)


def begun(sketches: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Briefs that are still being written, each with a line to know it by."""
    listed = (sketches or {"items": ()})["items"]
    return [{**sketch, "title": _line_of(sketch)} for sketch in listed]


def _line_of(sketch: dict[str, Any]) -> str:
    title: str = next(iter(sketch["answers"].get("title", ())), "")
    return title or " ".join(sketch["text"].split())[:140]


@pages.route("/briefs/<id>/edit", methods=["GET", "POST"])
@needs("client", to=c.SaveBrief)
def edit(id: str) -> Response:
    kept = caller.query(c.GetBrief, {"id": id})
    return _edited(BriefForm(initial=_with_change(kept)), id, kept)


def _with_change(kept: dict[str, Any]) -> dict[str, Any]:
    """The brief with the change that a suggestion proposes, for the form; what makes no sense changes nothing."""
    kind, to, of = (request.args.get(name, "") for name in ("change", "to", "of"))
    number = formats.read_whole(to)
    if kind == "price" and number:
        return {**kept, "budget": {**kept["budget"], "amount": number}}
    if kind == "capacity" and number:
        return {**kept, "weekly_minutes": number}
    if kind == "overlap":
        return {**kept, "overlap_minutes": number}
    if kind == "level":
        return {**kept, "level": "administrative"}
    if kind == "skills_required":
        lowered = [{**wish, "level": number} if wish["code"] == of else wish for wish in kept["required_skills"]]
        return {**kept, "required_skills": [wish for wish in lowered if wish["level"]]}
    if kind == "languages":
        lowered = [{**wish, "cefr": to} if wish["code"] == of else wish for wish in kept["languages"]]
        return {**kept, "languages": [wish for wish in lowered if wish["cefr"] in CEFR]}
    return kept


def _edited(form: BriefForm, id: str, kept: dict[str, Any]) -> Response:
    if form.valid:
        with form.catching():
            payload = {**form.payload, "version": formats.read_whole(form.version.value), "id": id}
            payload["text_locale"] = payload["text_locale"] or session.required().locale
            saved = caller.command(c.SaveBrief, payload, key=form.key)
            if "publish" not in request.form:
                return done(_("Your brief is saved."), url_for("briefs.brief", id=saved["id"], v=saved["version"]))
            return publish_saved(saved["id"], f"{form.key}-publish")
    return form.page("briefs/edit.html", kept=kept, reasons=reasons)


@pages.get("/briefs/<id>")
@needs("client", "operator")
def brief(id: str) -> Response:
    at_least = formats.read_whole(request.args.get("v", ""))
    got = caller.queries(
        brief=(c.GetBrief, {"id": id}),
        matches=maybe(matching.FindMatches, {"brief_id": id, "at_least_version": at_least}),
        offers=maybe(matching.ListOffers, {"brief_id": id, "limit": 50}),
    )
    offered = {offer["assistant_id"]: offer for offer in reversed((got["offers"] or {"items": []})["items"])}
    return page("briefs/brief.html", reasons=reasons, offered=offered, **got)


@pages.get("/briefs/<id>/assistants/<assistant_id>")
@needs("client", "operator")
def explain(id: str, assistant_id: str) -> Response:
    """Why this assistant is, or is not, among the matches."""
    got = caller.queries(
        brief=(c.GetBrief, {"id": id}),
        why=(matching.ExplainMatch, {"brief_id": id, "assistant_id": assistant_id}),
    )
    return page("briefs/explain.html", reasons=reasons, **got)


@pages.get("/briefs/<id>/why")
@needs("client", "operator")
def why(id: str) -> Response:
    """Why somebody, by name, is not among the matches."""
    name = request.args.get("name", "").strip()[:100]
    asked = maybe(matching.ExplainByName, {"brief_id": id, "name": name}) if len(name) >= 2 else None
    got = caller.queries(brief=(c.GetBrief, {"id": id}), **({"found": asked} if asked else {}))
    return page("briefs/why.html", reasons=reasons, name=name, brief=got["brief"], found=got.get("found") or NOBODY)


@pages.get("/briefs/<id>/teams")
@needs("client", "operator")
def teams(id: str) -> Response:
    """Pairs and trios that cover the brief together."""
    got = caller.queries(brief=(c.GetBrief, {"id": id}), found=(matching.FindTeams, {"brief_id": id}))
    return page("briefs/teams.html", **got)


def publish_saved(id: str, key: str) -> Response:
    """Publishes, and shows the matches as soon as they are there."""
    return act(
        lambda: caller.command(c.PublishBrief, {"id": id}, key=key),
        said=_("Your brief is open. These assistants fit it."),
        to=lambda opened: url_for("briefs.brief", id=id, v=opened["version"]),
        else_to=url_for("briefs.brief", id=id),
    )


@pages.post("/briefs/<id>/publish")
@needs("client")
def publish(id: str) -> Response:
    return publish_saved(id, posted_key())


@pages.post("/briefs/<id>/pause")
@needs("client")
def pause(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.PauseBrief, {"id": id}, key=key),
        said=_("Your brief is paused: nothing new happens until you resume it."),
        to=url_for("briefs.brief", id=id),
    )


@pages.post("/briefs/<id>/resume")
@needs("client")
def resume(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.ResumeBrief, {"id": id}, key=key),
        said=_("Your brief is open again."),
        to=url_for("briefs.brief", id=id),
    )


@pages.post("/briefs/<id>/reopen")
@needs("client")
def reopen(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.ReopenBrief, {"id": id}, key=key),
        said=_("Your brief is open again."),
        to=url_for("briefs.brief", id=id),
    )


@pages.post("/briefs/<id>/close")
@needs("client")
def close(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.CloseBrief, {"id": id, "reason": reason}, key=key),
        said=_("Your brief is closed. Offers that were waiting are withdrawn."),
        to=url_for("briefs.brief", id=id),
    )
