"""What a reader keeps: a shortlist with notes, saved searches; and assistants side by side."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import formats, i18n
from gateway.browsing import BrowseForm, described, typed
from gateway.caller import caller, maybe
from gateway.forms import Form, LongText, Text, posted_key
from gateway.session import needs, safe_next
from gateway.web import act, page
from shared.contracts import matching, requests

pages = Blueprint("shortlist", __name__)

MOST_COMPARED = 4


class NoteForm(Form):
    note = LongText(_l("Note, for you alone"), rows=2, most=1000, optional=True)


class SearchForm(Form):
    name = Text(_l("Name of the search"), most=80)


@pages.get("/shortlist")
@needs("client", "assistant", "operator")
def index() -> Response:
    got = caller.queries(shortlist=(requests.GetShortlist, {}), searches=maybe(matching.ListSearches))
    kept = got["shortlist"]["items"]
    cards = _cards([one["assistant_id"] for one in kept])
    listed = [(one, cards.get(one["assistant_id"]), NoteForm(one, posted=False)) for one in kept]
    searches = [(one, described(one["filters"])) for one in (got["searches"] or {"items": ()})["items"]]
    return page("shortlist/index.html", listed=listed, searches=searches, most=MOST_COMPARED)


@pages.post("/shortlist/<assistant_id>")
@needs("client", "assistant", "operator")
def keep(assistant_id: str) -> Response:
    key, form = posted_key(), NoteForm()
    payload = {**form.payload, "assistant_id": assistant_id}
    return act(
        lambda: caller.command(requests.KeepAssistant, payload, key=key),
        said=_("The note is saved.") if request.form.get("noted") else _("On your shortlist."),
        to=safe_next(url_for("shortlist.index")),
    )


@pages.post("/shortlist/<assistant_id>/remove")
@needs("client", "assistant", "operator")
def remove(assistant_id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(requests.DropAssistant, {"assistant_id": assistant_id}, key=key),
        said=_("No longer on your shortlist."),
        to=safe_next(url_for("shortlist.index")),
    )


@pages.get("/compare")
def compare() -> Response:
    """Up to four, in the order chosen; what all of them have is not repeated."""
    ids = list(dict.fromkeys(id for id in request.args.getlist("id") if id))
    cards = list(_cards(ids[:MOST_COMPARED]).values())
    levels = [{skill["code"]: skill["level"] for skill in card["skills"]} for card in cards]
    skills = _most_shared([list(level) for level in levels])
    hours = [formats.week(card["working_hours"], card["time_zone"]) for card in cards]
    return page(
        "shortlist/compare.html",
        cards=cards,
        skills=[(code, [level.get(code, 0) for level in levels]) for code in skills],
        services=_most_shared([card["services"] for card in cards]),
        hours=hours,
        other_zone=any(card["time_zone"] != i18n.current_zone() for card in cards),
        left_out=max(len(ids) - MOST_COMPARED, 0),
        most=MOST_COMPARED,
    )


@pages.post("/searches")
@needs("client", "assistant", "operator")
def save_search() -> Response:
    key, named, filters = posted_key(), SearchForm(), BrowseForm(data=request.form)
    wanted = filters.filters
    name = named.payload.get("name") or described(wanted) or _("My search")
    return act(
        lambda: caller.command(matching.SaveSearch, {"name": name[:80], "filters": wanted}, key=key),
        said=_("The search is saved. Once a day we look for who is new and tell you."),
        to=url_for("shortlist.index", _anchor="searches"),
        else_to=safe_next(url_for("shortlist.index")),
    )


@pages.get("/searches/<id>")
@needs("client", "assistant", "operator")
def search(id: str) -> Response:
    """The list as it is now."""
    found = caller.query(matching.GetSearch, {"id": id})
    return redirect(url_for("public.browse", **typed(found["filters"])))


@pages.post("/searches/<id>/remove")
@needs("client", "assistant", "operator")
def remove_search(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(matching.DropSearch, {"id": id}, key=key),
        said=_("The search is removed."),
        to=url_for("shortlist.index", _anchor="searches"),
    )


def _most_shared(listed: list[list[str]]) -> list[str]:
    """All codes, those that most of them have first, then by name."""
    counts = Counter(code for codes in listed for code in codes)
    return sorted(counts, key=lambda code: (-counts[code], formats.taxon(code).casefold()))


def _cards(ids: list[str]) -> dict[str, Any]:
    if not ids:
        return {}
    items = caller.query(matching.GetAssistantCards, {"ids": ids})["items"]
    return {card["assistant_id"]: card for card in items}
