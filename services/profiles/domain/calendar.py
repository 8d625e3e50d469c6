"""A calendar that an assistant follows: where it is, when it was read, what is taken by it, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from services.profiles.domain.calendars import BusySpan
from shared.platform.errors import Conflict, Text

MOST_CALENDARS = 3
READ_EVERY = timedelta(hours=4)
LEASE = timedelta(minutes=10)
"""When a reading that was begun and told of nothing is begun again."""
AHEAD = timedelta(days=120)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedCalendar:
    """`problem` is a sentence that says what to do, "" while all is well; what was read before still counts."""

    id: str
    assistant_id: str
    url: str
    etag: str = ""
    read_at: datetime | None = None
    problem: str = ""
    busy: tuple[BusySpan, ...] = ()
    version: int = 0

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    def read(self, busy: tuple[BusySpan, ...], etag: str, at: datetime) -> FollowedCalendar:
        return replace(self, busy=busy, etag=etag, read_at=at, problem="")

    def failed(self, text: Text) -> FollowedCalendar:
        return replace(self, problem=text.template)


def require_room(held: int) -> None:
    """Raises Conflict."""
    if held >= MOST_CALENDARS:
        raise Conflict("You can follow three calendars. Remove one to add another.")


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a contract holds of her weeks: our copy, for her own calendar."""

    id: str
    assistant_id: str
    client_name: str
    title: str
    weekly_minutes: int
    start_on: date
    ends_on: date | None
    live: bool
    client_id: str = ""
