"""What was typed outlives the session: a page that holds all of it, for after signing in again.

Only for views that say so (`keeps_typed`), whose forms keep a draft and do nothing else of weight: a page that sends on
what somebody else's page had put into it must not be able to do more than that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, request
from werkzeug.wrappers import Response

from gateway.web import page

V = TypeVar("V", bound=Callable[..., Response])
NOT_TYPED = ("csrf_token", "publish", "save", "count", "drop", "sure", "ask", "all")
"""Of the form's own machinery: the token of a session that is over, and the button that was pressed."""


def keeps_typed(view: V) -> V:
    """The view's forms keep drafts: what was typed into them is given back when the session has ended."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def kept_page(status: int) -> Response | None:
    """What was posted from a page of ours, in a form that keeps it as a draft; None where there is nothing to keep."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or not getattr(view, "keeps_typed", False):
        return None
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return None
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_TYPED]
    return page("errors/kept.html", status=status, kept=kept, text=request.form.get("text", ""), checked=True)
