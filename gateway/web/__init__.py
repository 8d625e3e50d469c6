"""Pages for people: one module an area, each with a blueprint called `pages`.

A view asks the services once, with `caller.queries`, or does one thing, with `caller.command`, and then redirects.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, flash, make_response, redirect, render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import sentences, session
from gateway.caller import caller
from shared.platform.errors import Conflict, Forbidden, Invalid, TooMany


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the header. Shown to `roles` when its page exists; `badge` names one of the counts."""

    endpoint: str
    label: Any
    icon: str
    roles: tuple[str, ...] = ("client", "assistant", "operator")
    badge: str = ""


PLACES = (
    Place("home.home", _l("Home"), "house", ("client", "assistant")),
    Place("profile.edit", _l("My profile"), "id-card", ("assistant",)),
    Place("suitable.index", _l("Briefs for you"), "list-checks", ("assistant",)),
    Place("briefs.index", _l("Briefs"), "clipboard-list", ("client",)),
    Place("offers.index", _l("Offers"), "handshake", ("client", "assistant")),
    Place("contracts.index", _l("Contracts"), "file-signature", ("client", "assistant")),
    Place("timesheets.index", _l("Hours"), "clock", ("client", "assistant")),
    Place("invoices.index", _l("Invoices"), "receipt", ("client", "assistant")),
    Place("operator.index", _l("Console"), "gauge", ("operator",)),
)
VISITORS = (
    Place("public.browse", _l("Find an assistant"), "search"),
    Place("directory.index", _l("Services and skills"), "list-checks"),
    Place("public.how_matching_works", _l("How matching works"), "scale"),
)


def places() -> list[Place]:
    """What the header shows to this reader."""
    found = session.current()
    known = current_app.view_functions
    if not found:
        return [place for place in VISITORS if place.endpoint in known]
    mine = [place for place in PLACES if place.endpoint in known and any(map(found.has, place.roles))]
    return [*mine, VISITORS[0]] if found.has("client") else mine


def page(template: str, *, status: int = 200, checked: bool = False, **context: Any) -> Response:
    """A whole page. Makes sure of the session first, where the view asked nothing that did (unless `checked`)."""
    if not checked and session.current() and not caller.checked:
        caller.queries()
    return make_response(render_template(template, **context), status)


def fragment(template: str, **context: Any) -> Response:
    """Part of a page, for htmx."""
    return make_response(render_template(template, **context))


def wants_fragment(target: str) -> bool:
    """Whether htmx asks only for the element with this id."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and not headers.get("HX-Boosted") and headers.get("HX-Target") == target


def done(sentence: str, to: str, tone: str = "good") -> Response:
    """After something was done: says so on the page that is shown next."""
    flash(sentence, tone)
    return redirect(to, 303)


def act(do: Callable[[], Any], *, said: str, to: str | Callable[[Any], str], else_to: str = "") -> Response:
    """Does what a button asks, then redirects: to an address, or to the one that `to` makes of the answer.

    What the service refuses is said on the page that is shown next, `else_to` where that is another one.
    """
    try:
        answer = do()
    except (Conflict, Invalid, Forbidden, TooMany) as error:
        texts = [text for listed in error.fields.values() for text in listed] or [error.text]
        for text in texts:
            flash(sentences.translate(text), "bad")
        return redirect(else_to or str(to), 303)
    return done(said, to(answer) if callable(to) else to)


def register(app: Flask) -> None:
    """Every module of this package that has `pages`; all are there first, for some add to the pages of another."""
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    for module in modules:
        if hasattr(module, "pages"):
            app.register_blueprint(module.pages)
