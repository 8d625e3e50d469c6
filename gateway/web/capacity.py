"""An assistant's week: what contracts hold of it, what is free, from when hours come free, what offers would hold."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from gateway.caller import caller, maybe
from gateway.session import needs
from gateway.web import page
from shared.contracts import matching
from shared.contracts import profiles as c

pages = Blueprint("capacity", __name__)


@pages.get("/profile/capacity")
@needs("assistant")
def index() -> Response:
    got = caller.queries(kept=maybe(c.GetMyProfile), week=maybe(matching.GetMyWeek))
    return page("practice/capacity.html", **got)
