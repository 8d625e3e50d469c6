"""What anyone may read: the start page, assistants, how matching works; and the health of this installation."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Blueprint, jsonify, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from gateway import formats, i18n, reasons, session
from gateway.caller import caller, maybe
from gateway.forms import (
    Choose,
    ChooseSome,
    Form,
    Hours,
    MoneyInput,
    Text,
    Toggle,
    industries,
    languages,
    named,
    new_key,
    services,
    skills,
)
from gateway.rates import sentences as rate_sentences
from gateway.web import fragment, page, wants_fragment
from gateway.web.operator import of_each
from shared.contracts import accounts, matching, operations, profiles, rate_cards, requests

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
    industry = Choose(_l("Line of business"), industries, optional=True, blank=_l("Any"))
    retainer = Toggle(_l("Offers a retainer"), optional=True)
    sort = Choose(_l("Order"), orders, optional=True, default="newest")

    @property
    def query(self) -> dict[str, Any]:
        """What the matching service is asked; filters that could not be read are left out."""
        asked = {path: value for path, value in self.payload.items() if value not in (None, "", [], False)}
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
        matching.BrowseAssistants,
        {**form.query, "cursor": request.args.get("cursor", ""), "limit": 12, "facets": True},
    )
    facets = _facets(cards)
    if wants_fragment("results"):
        response = fragment("public/_results.html", cards=cards, form=form, facets=facets)
        used = urlencode({name: values for name, values in request.args.lists() if any(values)}, doseq=True)
        step = "HX-Replace-Url" if _only_typed_on() else "HX-Push-Url"
        response.headers[step] = f"{request.path}?{used}"
        return response
    return page("public/browse.html", cards=cards, form=form, facets=facets)


TYPED = ("text", "cursor", "sort", "rate_currency", "lang")


def _only_typed_on() -> bool:
    """Whether at most the words changed: a letter more is no step to go back to."""
    before = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    now = {name: values for name, values in request.args.lists() if any(values)}
    rest = [{k: v for k, v in args.items() if k not in TYPED} for args in (before, now)]
    return rest[0] == rest[1]


FACETS = {"services": 8, "skills": 8, "languages": 5, "industries": 5}
"""Those that are links to one more filter, and how many values of each."""
ONE_FILTER = {"languages": "language", "industries": "industry"}


def _facets(cards: dict[str, Any]) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """By name: value, count, and the address of the list with it added; those already in use are left out."""
    held = {name: values for name, values in request.args.lists() if name != "cursor" and any(values)}
    shown = []
    for facet in cards.get("facets", ()):
        name = ONE_FILTER.get(facet["name"], facet["name"])
        values = []
        for value in facet["values"] if facet["name"] in FACETS else ():
            if value["value"] in held.get(name, ()) or (facet["name"] in ONE_FILTER and name in held):
                continue
            added = [*held.get(name, ()), value["value"]] if name == "services" else [value["value"]]
            values.append(
                (
                    value["value"],
                    value["count"],
                    url_for("public.browse") + "?" + urlencode({**held, name: added}, doseq=True),
                )
            )
        if values:
            shown.append((facet["name"], values[: FACETS[facet["name"]]]))
    return shown


@pages.get("/assistants/<id>")
def assistant(id: str) -> Response:
    got = caller.queries(
        profile=(profiles.GetProfile, {"id": id}),
        card=maybe(matching.GetAssistantCard, {"id": id}),
        rates=maybe(rate_cards.GetRateCard, {"id": id}),
        similar=maybe(matching.FindSimilar, {"id": id, "limit": 3}),
        **({"shortlist": maybe(requests.GetShortlist)} if session.current() is not None else {}),
    )
    shortlist = got.pop("shortlist", None) or {"items": ()}
    kept = any(one["assistant_id"] == id for one in shortlist["items"])
    hours = formats.week(got["profile"]["working_hours"], got["profile"]["time_zone"])
    other_zone = session.current() is not None and i18n.current_zone() != got["profile"]["time_zone"]
    rates = got.pop("rates")
    passages = rate_sentences.of_card(rates, got["profile"]["story_locale"]) if rates else []
    return page("public/assistant.html", passages=passages, hours=hours, other_zone=other_zone, kept=kept, **got)


@pages.get("/how-matching-works")
def how_matching_works() -> Response:
    weights = caller.query(matching.GetWeights)
    example = _example(weights)
    return page(
        "public/how_matching_works.html", weights=weights, example=example, example_sides=reasons.sides(example)
    )


EXAMPLE_FITS = {
    "skills_required": 0.75, "skills_preferred": 0.5, "services": 0.75, "overlap": 0.6, "price": 0.2, "languages": 0.75,
    "level": 1.0, "pay": 1.0, "hours": 0.5, "market": 1.0, "notice": 1.0,
    "demand": -0.02, "room": 0.0, "newcomer": 1.0,
}  # fmt: skip
"""Of an invented pair; the record and the chance of a yes follow from the dials."""


def _example(weights: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a score with the weights in force, worked out as the engine does."""
    dials, listed = weights["dials"], {row["criterion"]: row for row in weights["weights"]}
    fits = {**EXAMPLE_FITS, "record": dials["prior_well"] / (dials["prior_well"] + dials["prior_badly"])}
    parts = [
        {**row, "fit": fits[name], "points": row["weight"] * fits[name], "facts": {}}
        for name, row in listed.items()
        if name in fits
    ]
    hers = [part for part in parts if part["side"] == "assistant"]
    suits = sum(part["points"] for part in hers) / max(sum(part["weight"] for part in hers), 1e-9)
    yes = dials["prior_yes"] / (dials["prior_yes"] + dials["prior_no"])
    chance = yes * (dials["acceptance_floor"] + (1 - dials["acceptance_floor"]) * suits)
    both = sum(part["points"] for part in parts if part["side"] != "market")
    acceptance = {"criterion": "acceptance", "side": "market", "weight": both, "fit": chance - 1, "facts": {}}
    return [*parts, {**acceptance, "points": both * (chance - 1)}]


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
