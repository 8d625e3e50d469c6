"""The vanity address of a practice: `/a/<name>`."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.caller import caller, maybe
from gateway.forms import Form, Text, posted_key
from gateway.session import needs
from gateway.web import act, done, fragment
from shared.contracts import practice_files as c
from shared.contracts import profiles
from shared.platform.errors import Text as Sentence

pages = Blueprint("address", __name__)


class AddressForm(Form):
    name = Text(
        _l("Your address"),
        most=60,
        hint=_l("3 to 40 letters from a to z, digits, and hyphens. Choose what you would say on the phone."),
    )


@pages.route("/practice/address", methods=["GET", "POST"])
@needs("assistant")
def edit() -> Response:
    got = caller.queries(mine=(c.GetMyAddress, {}), profile=maybe(profiles.GetMyProfile))
    form = AddressForm()
    if form.valid and got["profile"]:
        with form.catching():
            caller.command(c.ChooseAddress, form.payload, key=form.key)
            return done(_("This is your address now."), url_for("address.edit"))
    return form.page("practice/address.html", kept=got["profile"], **got["mine"])


@pages.get("/practice/address/check")
@needs("assistant")
def check() -> Response:
    """While she types: whether the name can be had."""
    name = request.args.get("name", "")[:200]
    checked = caller.query(c.CheckAddress, {"name": name}) if name.strip() else None
    problem = Sentence.from_wire(checked["problem"]) if checked and checked["problem"] else None
    return fragment("practice/_address_check.html", checked=checked, problem=problem)


@pages.post("/practice/address/drop")
@needs("assistant")
def drop() -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.DropAddress, key=key),
        said=_("Your practice has no address of its own any more. The old one leads to your profile for some months."),
        to=url_for("address.edit"),
    )
