"""The assistant's side of matching: open briefs that suit her, and what would bring her more of them."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from gateway import reasons
from gateway.caller import caller, maybe
from gateway.session import needs
from gateway.web import page
from shared.contracts import matching, profiles

pages = Blueprint("suitable", __name__)


@pages.get("/work-for-me")
@needs("assistant")
def index() -> Response:
    got = caller.queries(profile=maybe(profiles.GetMyProfile), found=maybe(matching.FindBriefsForMe))
    return page("suitable/index.html", reasons=reasons, **got)
