"""What anyone may read: the start page, assistants, how matching works; and the health of this installation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from gateway import formats, i18n, session
from gateway.caller import caller, maybe
from gateway.forms import Choose, ChooseSome, Form, Hours, MoneyInput, Text, languages, named, new_key, services, skills
from gateway.web import fragment, page, wants_fragment
from gateway.web.operator import of_each
from shared.contracts import accounts, matching, operations, profiles

pages = Blueprint("public", __name__)


def orders() -> list[tuple[str, str]]:
    return [("newest", _("Newest first")), ("rate", _("Lowest rate first")), ("free", _("Most free hours first"))]


class BrowseForm(Form):
    """The filters of the list; all may be left empty."""

    text = Text(_l("Words"), most=200, optional=True, placeholder=_l("For example travel, newsletter"))
    level = Choose(_l("Level"), named("level"), optional=True, blank=_l("Any"))
    services = ChooseSome(_l("Services"), services, optional=True)
    skills = Choose(_l("Skill"), skills, optional=True, blank=_l("Any"))
    language = Choose(_l("Language"), languages, optional=True, blank=_l("Any"))
    free_minutes = Hours(_l("Free hours a week, at least"), optional=True)
    rate = MoneyInput(_l("Rate an hour, at most"), optional=True, path="-")
    sort = Choose(_l("Order"), orders, optional=True, default="newest")

    @property
    def query(self) -> dict[str, Any]:
        """What the matching service is asked; filters that could not be read are left out."""
        asked = {path: value for path, value in self.payload.items() if value not in (None, "", [])}
        if self.skills.value:
            asked["skills"] = [self.skills.value]
        if self.rate.value is not None:
            asked.update(max_rate_amount=self.rate.value.amount, currency=self.rate.value.currency)
        return asked

    @property
    def in_use(self) -> bool:
        return bool(self.query.keys() - {"sort"})


@pages.get("/")
def landing() -> Response:
    got = caller.queries(newest=maybe(matching.BrowseAssistants, {"limit": 3}))
    return page("public/landing.html", **got)


@pages.get("/assistants")
def browse() -> Response:
    form = BrowseForm(data=request.args)
    cards = caller.query(
        matching.BrowseAssistants, {**form.query, "cursor": request.args.get("cursor", ""), "limit": 12}
    )
    if wants_fragment("results"):
        response = fragment("public/_results.html", cards=cards, form=form)
        used = urlencode({name: values for name, values in request.args.lists() if any(values)}, doseq=True)
        response.headers["HX-Push-Url"] = f"{request.path}?{used}"
        return response
    return page("public/browse.html", cards=cards, form=form)


@pages.get("/assistants/<id>")
def assistant(id: str) -> Response:
    got = caller.queries(profile=(profiles.GetProfile, {"id": id}), card=maybe(matching.GetAssistantCard, {"id": id}))
    hours = formats.week(got["profile"]["working_hours"], got["profile"]["time_zone"])
    other_zone = session.current() is not None and i18n.current_zone() != got["profile"]["time_zone"]
    return page("public/assistant.html", hours=hours, other_zone=other_zone, **got)


@pages.get("/how-matching-works")
def how_matching_works() -> Response:
    return page("public/how_matching_works.html", weights=caller.query(matching.GetWeights))


@pages.route("/language/<code>", methods=["GET", "POST"])
def language(code: str) -> Response:
    """A visitor's choice stays in the browser; that of somebody signed in (by POST) becomes the account's."""
    if code not in i18n.LANGUAGES:
        raise NoSuchPage
    cookie["language"] = code
    cookie.permanent = True
    me = session.current()
    if me and request.method == "POST":
        wanted = {"name": me.name, "locale": code, "time_zone": me.time_zone}
        session.renew(caller.command(accounts.ChangeSettings, wanted, key=new_key()))
    return redirect(session.safe_next(url_for("public.landing")), 303)


@pages.get("/livez")
def livez() -> Response:
    """This process answers."""
    return jsonify(status="alive")


@pages.get("/healthz")
def healthz() -> Response:
    """Whether every service is ready: 200, or 503 with the names of those that are not."""
    caller.timeout = 2.0
    statuses = of_each(operations.get_status)
    services_ready = {name: bool(status and status.get("ready")) for name, status in statuses.items()}
    ready = all(services_ready.values())
    waiting = [name for name, fine in services_ready.items() if not fine]
    response = jsonify(status="ready" if ready else "unavailable", services=services_ready, not_ready=waiting)
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    return response
