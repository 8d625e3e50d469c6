"""Entry points about when an assistant is away or works at other hours than usual."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.profiles.domain.availability import Availability, DayException
from services.profiles.domain.profile import require_assistant
from services.profiles.domain.public_holidays import holidays_of
from services.profiles.store import ProfilesStore
from shared.contracts import profiles as c
from shared.contracts.fields import LOCALES
from shared.platform.ids import new_id
from shared.platform.service import Call, command, query

Request = dict[str, Any]


class AvailabilityPart:
    """Exceptions to the weekly hours."""

    store: ProfilesStore

    @command(c.AddException)
    def add_exception(self, call: Call, request: Request) -> dict[str, Any]:
        held, today = self._availability(call)
        exception = DayException.of(new_id(), request, call.locale, today)
        return self._told(call, held.add(exception, today))

    @command(c.DropException)
    def drop_exception(self, call: Call, request: Request) -> dict[str, Any]:
        held, today = self._availability(call)
        return self._told(call, held.drop(request["id"], today))

    @command(c.ImportHolidays)
    def import_holidays(self, call: Call, request: Request) -> dict[str, Any]:
        held, today = self._availability(call)
        country = request["country"]
        days = holidays_of(country, today, LOCALES, new_id) if country else []
        return self._told(call, held.with_holidays(country, days, today))

    @query(c.GetMyAvailability)
    def get_my_availability(self, call: Call, request: Request) -> dict[str, Any]:
        held, today = self._availability(call)
        coming = [one for one in held.exceptions if one.last_on >= today]
        return {**self._shown(call, held), "exceptions": coming}

    def _availability(self, call: Call) -> tuple[Availability, date]:
        """Hers, and the day it is where she is."""
        call.actor.require()
        require_assistant(assistant=call.actor.has("assistant"))
        profile = call.tx.profiles.find_one(id=call.actor.practice_id)
        zone = profile.content.time_zone if profile else ""
        return call.tx.availabilities.of(call.actor.practice_id), today_in(zone, call.now)

    def _told(self, call: Call, changed: Availability) -> dict[str, Any]:
        """Saves it, with the fact that it changed."""
        saved = call.tx.availabilities.save(changed)
        self._tell(call, saved)
        return self._shown(call, saved)

    def _tell(self, call: Call, availability: Availability) -> None:
        """What is taken by calendars is told with it."""
        busy = [span for calendar in call.tx.calendars.of(availability.id) for span in calendar.busy]
        coming = sorted((span for span in busy if span.end > call.now), key=lambda span: span.start)
        fact = {"assistant_id": availability.id, "exceptions": availability.exceptions, "busy": coming}
        call.emit(c.AvailabilityChanged, availability.id, fact)

    def _shown(self, call: Call, availability: Availability) -> dict[str, Any]:
        calendars = call.tx.calendars.of(availability.id)
        return {
            "assistant_id": availability.id,
            "exceptions": availability.exceptions,
            "holidays_country": availability.holidays_country,
            "feed_key": availability.feed_key,
            "calendars": [
                {
                    "id": one.id,
                    "host": one.host,
                    "read_at": one.read_at,
                    "problem": one.problem,
                    "busy": len(one.busy),
                }
                for one in calendars
            ],
        }


def today_in(zone: str, at: datetime) -> date:
    """The day it is in a zone; UTC's while none is chosen."""
    return at.astimezone(ZoneInfo(zone or "UTC")).date()
