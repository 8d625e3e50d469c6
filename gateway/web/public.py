"""What anyone may read: the start page, assistants, how matching works; and the health of this installation."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, g, jsonify, make_response, redirect, request, url_for
from flask import session as cookie
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from gateway import browsing, cards, formats, i18n, reasons, session
from gateway.caller import caller, maybe
from gateway.forms import new_key
from gateway.rates import sentences as rate_sentences
from gateway.security import limiter
from gateway.web import fragment, page, wants_fragment
from gateway.web.operator import of_each
from shared.contracts import accounts, matching, operations, practice_files, profiles, rate_cards, requests

pages = Blueprint("public", __name__)


@pages.get("/")
def landing() -> Response:
    got = caller.queries(newest=maybe(matching.BrowseAssistants, {"limit": 3}))
    return page("public/landing.html", **got)


@pages.get("/assistants")
def browse() -> Response:
    form, cards = _browsed(limit=12, cursor=request.args.get("cursor", ""))
    shown: dict[str, Any] = {
        "cards": cards,
        "form": form,
        "counts": browsing.counts_of(cards),
        "active": browsing.active(form, _args()),
        "state": browsing.address_of(_args()),
        "first_values": browsing.first_values,
    }
    if wants_fragment("results"):
        response = fragment("public/_results.html", refreshed=True, **shown)
        step = "HX-Replace-Url" if _only_typed_on() else "HX-Push-Url"
        response.headers[step] = browsing.list_url(shown["state"])
        return response
    return page("public/browse.html", **shown)


@pages.get("/assistants/values/<name>")
def values(name: str) -> Response:
    """All values of a facet, in place or as a page of links; `q` narrows them down."""
    if name not in browsing.MANY_VALUES:
        raise NoSuchPage
    form, cards = _browsed(limit=1)
    words = request.args.get("q", "")
    listed = browsing.all_values(browsing.counts_of(cards), name, words)
    chosen = form[name].value or []
    others = [row for row in listed if row[0] not in chosen]
    if wants_fragment(f"more-{name}"):
        return fragment("public/_values.html", name=name, field=form[name], values=others)
    args = {key: values for key, values in _args().items() if key != "q"}
    links = [(text, count, browsing.with_value(args, name, code)) for code, text, count in others]
    back = browsing.list_url(browsing.address_of(args))
    return page("public/values.html", name=name, field=form[name], links=links, words=words, args=args, back=back)


def _browsed(**asked: Any) -> tuple[browsing.BrowseForm, dict[str, Any]]:
    form = browsing.BrowseForm(data=request.args)
    return form, caller.query(matching.BrowseAssistants, {**form.reader, **form.query, "facets": True, **asked})


def _args() -> dict[str, list[str]]:
    return dict(request.args.lists())


TYPED = ("text", "sort", "lang")


def _only_typed_on() -> bool:
    """Whether at most the words changed: a letter more is no step to go back to."""
    before = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    rest = [{k: v for k, v in browsing.address_of(args).items() if k not in TYPED} for args in (before, _args())]
    return rest[0] == rest[1]


@pages.get("/a/<name>")
def by_name(name: str) -> Response:
    """The vanity address; a former one, or one typed in capitals, leads on to the present."""
    found = caller.query(practice_files.ResolveAddress, {"name": name[:100]})
    if found["name"] == name:
        return assistant(found["assistant_id"])
    to = url_for("public.by_name", name=found["name"]) if found["name"] else None
    response = redirect(to or url_for("public.assistant", id=found["assistant_id"]), 301)
    response.headers["Cache-Control"] = "public, max-age=3600"  # names change hands, if slowly
    return response


@pages.get("/assistants/<id>")
def assistant(id: str) -> Response:
    got = caller.queries(
        evidence=maybe(practice_files.ListEvidence, {"id": id}),
        profile=(profiles.GetProfile, {"id": id}),
        card=maybe(matching.GetAssistantCard, {"id": id}),
        rates=maybe(rate_cards.GetRateCard, {"id": id}),
        similar=maybe(matching.FindSimilar, {"id": id, "limit": 3}),
        trust=maybe(matching.GetTrust, {"id": id}),
        reviews=maybe(matching.ListReviewsOf, {"subject_id": id, "limit": 3}),
        **({"shortlist": maybe(requests.GetShortlist)} if session.current() is not None else {}),
    )
    shortlist = got.pop("shortlist", None) or {"items": ()}
    kept = any(one["assistant_id"] == id for one in shortlist["items"])
    hours = formats.week(got["profile"]["working_hours"], got["profile"]["time_zone"])
    other_zone = session.current() is not None and i18n.current_zone() != got["profile"]["time_zone"]
    if got["profile"].get("address"):
        g.canonical_path = url_for("public.by_name", name=got["profile"]["address"])
    evidence = got["evidence"] or {"items": ()}
    evident = {code for piece in evidence["items"] if not piece["expired"] for code in piece["about"]}
    got["evident"] = evident
    rates = got.pop("rates")
    got["passages"] = rate_sentences.of_card(rates, got["profile"]["story_locale"]) if rates else []
    return page("public/assistant.html", hours=hours, other_zone=other_zone, kept=kept, **got)


@pages.get("/assistants/<id>/card.png")
@limiter.limit("120 per minute")
def share_card(id: str) -> Response:
    """What is shown where somebody shares the profile. Drawn once for each version of it and each language."""
    profile = caller.query(profiles.GetProfile, {"id": id})
    locale = i18n.current_locale()
    png = cards.of(profile, locale, _photo)
    response = make_response(png)
    response.headers["Content-Type"] = "image/png"
    public = profile["state"] == "published"
    response.headers["Cache-Control"] = "public, max-age=86400" if public else "private, no-store"
    response.set_etag(f"{profile['version']}-{locale}")
    return response.make_conditional(request)


@pages.get("/a/<name>/card.png")
def share_card_by_name(name: str) -> Response:
    found = caller.query(practice_files.ResolveAddress, {"name": name[:100]})
    return redirect(url_for("public.share_card", id=found["assistant_id"], lang=request.args.get("lang")))


def _photo(file_id: str) -> bytes:
    """A square of the photo; none where it cannot be had just now: the card then shows initials."""
    answer = caller.queries(part=maybe(practice_files.ReadFile, {"id": file_id, "variant": "384"}))["part"]
    return practice_files.FilePart().load(answer)["data"] if answer else b""


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
