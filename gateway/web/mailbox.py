"""Every e-mail of this installation, for local runs without a mail server. A 404 unless the setting MAILBOX is on."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, make_response, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from gateway.caller import caller
from gateway.web import page
from shared.contracts import messaging

pages = Blueprint("mailbox", __name__)

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation allow-popups"
)
"""An e-mail may carry its own styles and nothing else; its links open in the whole window."""


@pages.before_request
def only_where_switched_on() -> None:
    if not current_app.extensions["dextra.settings"].mailbox:
        abort(404)


@pages.get("/mailbox")
def index() -> Response:
    to = request.args.get("to", "").strip()
    mails = caller.query(messaging.ListMails, {"to": to, "cursor": request.args.get("cursor", "")})
    return page("operator/mailbox.html", mails=mails, to=to)


@pages.get("/mailbox/<id>")
def mail(id: str) -> Response:
    return page("operator/mail.html", mail=caller.query(messaging.GetMail, {"mail_id": id}))


@pages.get("/mailbox/<id>/html")
def html(id: str) -> Response:
    """The e-mail as its reader's program shows it; drawn in a frame without scripts."""
    found = caller.query(messaging.GetMail, {"mail_id": id})
    body = Markup('<base target="_top">') + Markup(found["html"])  # noqa: S704  # harmless under the policy below
    response = make_response(str(body))
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response
