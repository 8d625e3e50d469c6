"""What people are told of and how: their choices, and the links of e-mails that turn one kind off."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.caller import caller
from gateway.forms import posted_key
from gateway.security import csrf, limiter
from gateway.session import needs
from gateway.web import act, done, page
from shared.contracts import messaging

pages = Blueprint("choices", __name__)


@pages.get("/account/notifications")
@needs()
def index() -> Response:
    items = caller.query(messaging.GetChoices)["items"]
    groups = [(group, list(listed)) for group, listed in groupby(items, key=lambda item: item["group"])]
    return page("account/notifications.html", groups=groups)


@pages.post("/account/notifications")
@needs()
def save() -> Response:
    key, typed = posted_key(), request.form
    told = {channel: set(typed.getlist(channel)) for channel in ("app", "mail")}
    items = [{"kind": kind, **{name: kind in told[name] for name in told}} for kind in typed.getlist("kind")]
    return act(
        lambda: caller.command(messaging.SaveChoices, {"items": items}, key=key),
        said=_("Your choices are saved."),
        to=url_for("choices.index"),
    )


@pages.route("/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("60 per minute")
def unsubscribe(token: str) -> Response:
    """A look changes nothing; a post does, also one by a mail program, which brings no cookie (RFC 8058)."""
    asked: dict[str, Any] = {"token": token}
    if request.method == "GET":
        return page("account/unsubscribe.html", choice=caller.query(messaging.LookAtUnsubscribe, asked))
    on = request.form.get("on") == "1"
    caller.command(messaging.Unsubscribe, {**asked, "on": on}, key="")
    said = _("You get these e-mails again.") if on else _("Done: you get no more e-mails of this kind.")
    return done(said, url_for("choices.unsubscribe", token=token))
