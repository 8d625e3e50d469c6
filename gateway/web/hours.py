"""When an assistant works: her zone, her week, how much of it she sells, and the days that are different."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.caller import caller, maybe
from gateway.forms import Choose, Date, Form, Hours, Text, Time, Toggle, Week, countries, named, posted_key, time_zones
from gateway.session import needs
from gateway.web import act, done, page
from gateway.web.profile import PartForm, fresh, part
from shared.contracts import profiles as c
from shared.platform.errors import Text as Sentence

pages = Blueprint("hours", __name__)
OFFICE_HOURS = [{"day": day, "start": "09:00", "end": "17:00"} for day in ("mon", "tue", "wed", "thu", "fri")]


class HoursForm(PartForm):
    time_zone = Choose(_l("Time zone"), time_zones)
    working_hours = Week(
        _l("Working hours"),
        hint=_l("In your zone; clients see them on their own clock. A pause makes two times of a day."),
    )
    capacity_minutes = Hours(
        _l("Hours you sell a week, in all"), default=0, hint=_l("What contracts may hold together; it may be less.")
    )


class ExceptionForm(Form):
    kind = Choose(_l("What is different"), named("exception"), radios=True, default="away")
    first_on = Date(_l("First day"))
    last_on = Date(_l("Last day"), optional=True, hint=_l("Leave empty for one day."))
    start = Time(_l("From"), step=30, optional=True, path="spans.0.start")
    end = Time(_l("To"), step=30, optional=True, path="spans.0.end")
    reason = Text(_l("Reason"), most=140, optional=True)
    public = Toggle(_l("Clients may see the reason"))

    def _place(self, path: str, text: Sentence) -> None:
        super()._place("spans.0.start" if path == "spans" else path, text)

    @property
    def request(self) -> dict[str, Any]:
        span = {"start": self.start.value, "end": "24:00" if self.end.value == "00:00" else self.end.value}
        spans = [span] if self.kind.value != "away" and self.start.value and self.end.value else []
        names = ("kind", "first_on", "last_on", "reason", "public")
        return {**{name: self[name].value for name in names}, "spans": spans}


class HolidaysForm(Form):
    country = Choose(_l("Country"), countries, blank=_l("Please choose"))


@pages.route("/profile/hours", methods=["GET", "POST"])
@needs("assistant")
def edit() -> Response:
    kept, availability = _kept()
    return part("hours", _week(kept), kept, "practice/hours.html", **_others(availability))


@pages.post("/profile/hours/days")
@needs("assistant")
def add() -> Response:
    form = ExceptionForm()
    if form.valid:
        with form.catching():
            caller.command(c.AddException, form.request, key=form.key)
            return done(_("These days are noted."), url_for("hours.edit") + "#exceptions")
    kept, availability = _kept()
    context = {**_others(availability), "exception": form, "form": _week(kept, posted=False), "kept": kept}
    return page("practice/hours.html", status=form.status, **context)


@pages.post("/profile/hours/days/<id>/remove")
@needs("assistant")
def drop(id: str) -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.DropException, {"id": id}, key=key),
        said=_("Removed: your usual hours hold again."),
        to=url_for("hours.edit") + "#exceptions",
    )


@pages.post("/profile/hours/holidays")
@needs("assistant")
def holidays() -> Response:
    country, key = request.form.get("country", ""), posted_key()
    added, out = _("The public holidays of a year are among your days off."), _("The public holidays are out.")
    return act(
        lambda: caller.command(c.ImportHolidays, {"country": country}, key=key),
        said=added if country else out,
        to=url_for("hours.edit") + "#holidays",
    )


def _kept() -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    got = caller.queries(profile=maybe(c.GetMyProfile), availability=maybe(c.GetMyAvailability))
    return got["profile"], got["availability"]


def _week(kept: Mapping[str, Any] | None, *, posted: bool = True) -> HoursForm:
    """What is kept; where nothing is, the account's zone and office hours."""
    begun = {"version": 0, "state": "draft", **(kept or fresh())}
    begun["time_zone"] = begun.get("time_zone") or fresh()["time_zone"]
    begun["working_hours"] = begun.get("working_hours") or OFFICE_HOURS
    return HoursForm(begun, posted=posted)


def _others(availability: Any) -> dict[str, Any]:
    """The page's other forms, empty."""
    return {
        "availability": availability,
        "exception": ExceptionForm(posted=False),
        "holidays": HolidaysForm(posted=False),
    }
