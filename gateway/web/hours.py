"""When an assistant works: her zone, her week, and how much of it she sells."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.forms import Choose, Hours, Rows, half_hours, named, time_zones
from gateway.session import needs
from gateway.web.profile import PartForm, fresh, mine, part

pages = Blueprint("hours", __name__)
OFFICE_HOURS = [{"day": day, "start": "09:00", "end": "17:00"} for day in ("mon", "tue", "wed", "thu", "fri")]


class HoursForm(PartForm):
    time_zone = Choose(_l("Time zone"), time_zones)
    working_hours = Rows(
        _l("Working hours"),
        {
            "day": Choose(_l("Day"), named("day"), blank=_l("Choose a day")),
            "start": Choose(_l("From"), half_hours, default="09:00"),
            "end": Choose(_l("To"), half_hours, default="17:00"),
        },
        most=28,
        add=_l("More hours"),
        hint=_l("Clients see them on their own clock. For a pause at noon give the day twice."),
    )
    capacity_minutes = Hours(_l("Hours you sell a week, in all"), default=0)


@pages.route("/profile/hours", methods=["GET", "POST"])
@needs("assistant")
def edit() -> Response:
    kept = mine()
    begun = {**(kept or fresh())}
    if not begun.get("time_zone"):
        begun["time_zone"] = fresh()["time_zone"]
    if not begun.get("working_hours"):
        begun["working_hours"] = OFFICE_HOURS
    form = HoursForm({"version": 0, "state": "draft", **begun})
    return part("hours", form, kept, "practice/hours.html")
