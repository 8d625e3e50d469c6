"""Calendars: those that an assistant follows, and her own at a secret address that other programs subscribe to."""

from __future__ import annotations

from flask import Blueprint, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import i18n, ical
from gateway.caller import caller, maybe
from gateway.forms import Form, Text, posted_key
from gateway.security import UPLOAD_LIMIT, limiter
from gateway.session import needs
from gateway.web import act, done, page
from shared.contracts import profiles as c
from shared.platform.clock import utc_now
from shared.platform.contract import Command

pages = Blueprint("calendars", __name__)
READING_SECONDS = 30.0
"""How long a calendar's server may take, and a little."""


class FollowForm(Form):
    url = Text(
        _l("Address of the calendar"),
        most=1000,
        placeholder="https://…/basic.ics",
        hint=_l("In Google: settings of the calendar, secret address in iCal format. In Outlook: publish, ICS link."),
    )


@pages.route("/profile/calendars", methods=["GET", "POST"])
@needs("assistant")
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
def index() -> Response:
    form = FollowForm()
    if form.valid:
        with form.catching():
            caller.timeout = READING_SECONDS
            caller.command(c.FollowCalendar, {"url": form.url.value}, key=form.key)
            return done(_("The calendar is read: its times are no longer free."), url_for("calendars.index"))
    got = caller.queries(kept=maybe(c.GetMyProfile), availability=c.GetMyAvailability)
    return page("practice/calendars.html", status=form.status, form=form, **got)


def _do(contract: Command, said: str, id: str = "") -> Response:
    key = posted_key()
    caller.timeout = READING_SECONDS
    payload = {"id": id} if id else {}
    return act(lambda: caller.command(contract, payload, key=key), said=said, to=url_for("calendars.index"))


@pages.post("/profile/calendars/<id>/read")
@needs("assistant")
@limiter.limit(UPLOAD_LIMIT)
def read(id: str) -> Response:
    return _do(c.ReadCalendar, _("The calendar was read again."), id)


@pages.post("/profile/calendars/<id>/remove")
@needs("assistant")
def remove(id: str) -> Response:
    return _do(c.UnfollowCalendar, _("The calendar is no longer followed; its times are free again."), id)


@pages.post("/profile/calendars/share")
@needs("assistant")
def share() -> Response:
    return _do(c.ShareCalendar, _("Your calendar has a new address. One that it had before no longer opens it."))


@pages.post("/profile/calendars/unshare")
@needs("assistant")
def unshare() -> Response:
    return _do(c.UnshareCalendar, _("Your calendar is no longer shared: its address is closed."))


@pages.get("/calendar/<key>.ics")
@limiter.limit("60 per minute")
def feed(key: str) -> Response:
    """For programs: no cookie, no page; whoever has the address reads it."""
    shown = caller.query(c.GetCalendar, {"key": key})
    if shown["locale"] in i18n.LANGUAGES:
        i18n.use_locale(shown["locale"])
    response = make_response(ical.calendar(shown, utc_now()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="dextra.ics"'
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)
