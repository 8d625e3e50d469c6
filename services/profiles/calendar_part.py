"""Entry points about calendars: those that an assistant follows, and her own that other programs read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from services.profiles.availability_part import AvailabilityPart
from services.profiles.domain.calendar import AHEAD, LEASE, READ_EVERY, Commitment, FollowedCalendar, require_room
from services.profiles.domain.calendars import BusySpan
from services.profiles.feeds import Fetched, fetch
from services.profiles.inspection.times import times
from shared.contracts import matching
from shared.contracts import profiles as c
from shared.platform.context import Actor, Context
from shared.platform.errors import Invalid, NotFound, Text
from shared.platform.ids import new_id
from shared.platform.service import Call, Received, StoreProvider, command, now, query, subscribe, timer

log = structlog.get_logger(__name__)
Request = dict[str, Any]
Reading = tuple[tuple[BusySpan, ...] | None, str]
"""What is taken (None: as it was), and the file's etag."""


class CalendarPart(AvailabilityPart):
    """Reads calendars outside of transactions: at once when one is added, then by a timer."""

    provider: StoreProvider
    run_aside: Callable[..., Any]
    """Begins what goes on by itself."""
    fetch = staticmethod(fetch)
    times = staticmethod(times)

    def _first_reading(self, call: Call, request: Request) -> Reading:
        """Raises Invalid at the field."""
        self._availability(call)
        require_room(len(call.tx.calendars.of(call.actor.practice_id)))
        try:
            return self._reading(request["url"], "", self._zone(call.actor.practice_id), call.now)
        except Invalid as error:
            raise Invalid.field("url", error.text.template) from error

    @command(c.FollowCalendar, before=_first_reading)
    def follow_calendar(self, call: Call, request: Request, reading: Reading | None) -> dict[str, Any]:
        held, _ = self._availability(call)
        require_room(len(call.tx.calendars.of(held.id)))
        calendar = FollowedCalendar(id=new_id(), assistant_id=held.id, url=request["url"].strip())
        if reading is not None:
            calendar = calendar.read(reading[0] or (), reading[1], call.now)
        calendar = call.tx.calendars.save(calendar)
        call.set_timer("calendar.read", calendar.id, call.now + READ_EVERY)
        return self._told(call, held)

    def _next_reading(self, call: Call, request: Request) -> Reading | Text:
        calendar = self._own_calendar(call, request["id"])
        return self._tried(calendar, call.now)

    @command(c.ReadCalendar, before=_next_reading)
    def read_calendar(self, call: Call, request: Request, reading: Reading | Text | None) -> dict[str, Any]:
        calendar = self._own_calendar(call, request["id"])
        held, _ = self._availability(call)
        if reading is not None:
            self._keep(call, calendar, reading)
        return self._told(call, held)

    @command(c.UnfollowCalendar)
    def unfollow_calendar(self, call: Call, request: Request) -> dict[str, Any]:
        calendar = self._own_calendar(call, request["id"])
        call.tx.calendars.delete(calendar.id)
        call.clear_timer("calendar.read", calendar.id)
        return self._told(call, self._availability(call)[0])

    @command(c.ShareCalendar)
    def share_calendar(self, call: Call, request: Request) -> dict[str, Any]:
        held, _ = self._availability(call)
        return self._told(call, held.shared(secrets.token_urlsafe(32)))

    @command(c.UnshareCalendar)
    def unshare_calendar(self, call: Call, request: Request) -> dict[str, Any]:
        return self._told(call, self._availability(call)[0].shared(""))

    @query(c.GetCalendar)
    def get_calendar(self, call: Call, request: Request) -> dict[str, Any]:
        shared = self.store.availabilities.find_one(feed_key=request["key"])
        profile = self.store.profiles.find_one(id=shared.id) if shared else None
        if shared is None or profile is None or not profile.content.time_zone:
            raise NotFound("There is no calendar at this address, or not any more.")
        content = profile.content
        return {
            "assistant_id": profile.id,
            "display_name": content.display_name,
            "locale": content.story_locale,
            "time_zone": content.time_zone,
            "working_hours": content.working_hours,
            "exceptions": shared.exceptions,
            "commitments": self.store.commitments.find(assistant_id=profile.id, live=True),
            "updated_at": profile.updated_at,
        }

    @timer("calendar.read")
    def read_by_time(self, call: Call, entity_id: str) -> None:
        """Begins a reading outside of this transaction. Should it never end, the next one begins soon."""
        calendar = call.tx.calendars.find_one(id=entity_id)
        if calendar is not None:
            call.set_timer("calendar.read", calendar.id, call.now + LEASE)
            self.run_aside(self._read_aside, calendar)

    def _read_aside(self, calendar: FollowedCalendar) -> None:
        at = now()
        outcome = self._tried(calendar, at)

        def effect(tx: Any) -> None:
            call = Call(tx, Context(Actor.system("profiles")), at)
            current = tx.calendars.find_one(id=calendar.id)
            if current is None:
                return
            if self._keep(call, current, outcome):
                self._tell(call, tx.availabilities.of(current.assistant_id))
            call.tell()

        try:
            self.provider.transact(effect)
        except Exception as error:  # noqa: BLE001 - the timer begins it again
            log.warning("calendar.not_kept", calendar=calendar.id, error=type(error).__name__)

    def _tried(self, calendar: FollowedCalendar, at: datetime) -> Reading | Text:
        """What was read, or what is wrong."""
        try:
            return self._reading(calendar.url, calendar.etag, self._zone(calendar.assistant_id), at)
        except Invalid as error:
            return error.text

    def _reading(self, url: str, etag: str, zone: str, at: datetime) -> Reading:
        """Raises Invalid. In a process of its own: files take a while, and some are made to take for ever."""
        fetched: Fetched = self.fetch(url, etag)
        if fetched.data is None:
            return None, fetched.etag
        return self.times(fetched.data, zone, at, at + AHEAD), fetched.etag

    def _keep(self, call: Call, calendar: FollowedCalendar, outcome: Reading | Text) -> bool:
        """Whether other times are taken than before."""
        call.set_timer("calendar.read", calendar.id, call.now + READ_EVERY)
        if isinstance(outcome, Text):
            call.tx.calendars.save(calendar.failed(outcome))
            return False
        busy = calendar.busy if outcome[0] is None else outcome[0]
        call.tx.calendars.save(calendar.read(busy, outcome[1], call.now))
        return busy != calendar.busy

    def _own_calendar(self, call: Call, id: str) -> FollowedCalendar:
        """Raises NotFound in the same words for somebody else's."""
        self._availability(call)
        calendar: FollowedCalendar | None = call.tx.calendars.find_one(id=id, assistant_id=call.actor.practice_id)
        if calendar is None:
            raise NotFound("This calendar is not there any more.")
        return calendar

    def _zone(self, assistant_id: str) -> str:
        profile = self.store.profiles.find_one(id=assistant_id)
        return (profile.content.time_zone if profile else "") or "UTC"

    @subscribe(matching.ContractStarted, matching.ContractChanged, matching.ContractEnded)
    def on_contract(self, call: Call, event: Received) -> None:
        data = event.data
        commitment = Commitment(
            id=data["id"],
            assistant_id=data["assistant_id"],
            client_id=data["client_id"],
            client_name=data["client_name"],
            title=data["brief_title"],
            weekly_minutes=data["terms"]["weekly_minutes"],
            start_on=data["terms"]["start_on"],
            ends_on=data["ends_on"],
            live=data["state"] not in ("ended", "terminated"),
        )
        call.tx.commitments.put_if_newer(commitment, event.sequence)
