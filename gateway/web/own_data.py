"""One's own data: all of it in a file, and the end of the account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, json, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.caller import caller
from gateway.forms import Email, Form, posted_key
from gateway.session import needs, required
from gateway.web import act, done, page
from gateway.web.operator import SERVICES
from gateway.web.protection import mine, to_proof
from shared.contracts import accounts, operations
from shared.platform.clock import utc_now
from shared.platform.errors import Unavailable

pages = Blueprint("own_data", __name__)

FORMAT = "dextra-export-1"


class ClosingForm(Form):
    typed = Email(
        _l("Your e-mail address"), most=254, hint=_l("Type it, so that nobody deletes an account by mistake.")
    )


@pages.get("/account/data")
@needs()
def index() -> Response:
    return page("account/data.html", closing=caller.query(accounts.GetClosing))


@pages.get("/account/data/export")
@needs()
def export() -> Response:
    """Every service's part, asked for side by side. All of it, or none: a file with gaps would look complete."""
    asked: dict[str, Any] = {name: operations.export_account(name) for name in SERVICES}
    try:
        got = caller.queries(held=(accounts.GetSecurity, mine()), **asked)
    except Unavailable:
        said = _("One part of Dextra does not answer just now, and half a file is no help. Try again in a moment.")
        return done(said, url_for("own_data.index"), "bad")
    if not got.pop("held")["proven"]:
        return to_proof(request.path)
    parts = {name: {part["name"]: part["items"] for part in answer["parts"]} for name, answer in got.items()}
    at = utc_now()
    told = {"format": FORMAT, "made_at": at.isoformat(), "account_id": required().account_id, "services": parts}
    response = make_response(json.dumps(told, indent=2, ensure_ascii=False, sort_keys=False))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="dextra-{at:%Y-%m-%d}.json"'
    return response


@pages.route("/account/data/delete", methods=["GET", "POST"])
@needs()
def delete() -> Response:
    form = ClosingForm()
    if form.valid:
        with form.catching():
            caller.command(accounts.RequestClosing, mine(**form.payload), key=form.key)
            said = _("Your account will be deleted in two weeks. We have sent you an e-mail with a link to keep it.")
            return done(said, url_for("own_data.index"))
    got = caller.queries(held=(accounts.GetSecurity, mine()), closing=accounts.GetClosing)
    if not got["held"]["proven"]:
        return to_proof(request.path)
    return form.page("account/delete.html", closing=got["closing"])


@pages.post("/account/data/keep")
@needs()
def keep() -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(accounts.CancelClosing, key=key),
        said=_("Your account stays."),
        to=url_for("own_data.index"),
    )


@pages.route("/keep-account/<token>", methods=["GET", "POST"])
def keep_by_link(token: str) -> Response:
    """A link from an e-mail. A press of the button counts, not the look."""
    if request.method == "GET":
        return page("account/keep.html")
    caller.command(accounts.KeepAccount, {"token": token}, key=posted_key())
    return done(_("Your account stays."), url_for("public.landing"))
