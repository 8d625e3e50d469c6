"""An assistant's calendar as other programs subscribe to it: working hours, absences, what contracts hold. RFC 5545.

What is free stays free there: working hours and commitments are transparent, only absences take time. Ids are made of
what an entry is about, so that a program recognises it when it comes again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Calendar, Event, vRecur

from gateway import formats, labels, practice
from shared.contracts.fields import DAYS

Json = Mapping[str, Any]
HOURS_KEPT = timedelta(days=365)
"""Of exceptions to the weekly hours, which are told one by one."""


def calendar(feed: Json, now: datetime) -> bytes:
    """`feed` is what profiles tells of her; in the reader's language, which is hers."""
    made = Calendar()
    made.add("prodid", "-//Dextra//Calendar//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", _("Dextra: %(name)s", name=feed["display_name"]) if feed["display_name"] else "Dextra")
    made.add("x-wr-timezone", feed["time_zone"])
    made.add("refresh-interval;value=duration", "PT6H")
    changed = formats.instant(feed["updated_at"]).astimezone(UTC)
    for event in (*_hours(feed, now), *_days(feed), *_contracts(feed)):
        event.add("dtstamp", changed)
        made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(feed: Json, about: str, summary: str) -> Event:
    event = Event()
    event.add("uid", f"{about}-{feed['assistant_id']}@dextra")
    event.add("summary", summary)
    return event


def _hours(feed: Json, now: datetime) -> Iterator[Event]:
    """A weekly entry for each of her hours, without the days that are different."""
    place = ZoneInfo(feed["time_zone"])
    today = now.astimezone(place).date()
    monday = today - timedelta(days=today.weekday())
    different = set(_dates(feed, "away", "instead"))
    for entry in feed["working_hours"]:
        number = DAYS.index(entry["day"])
        first = monday + timedelta(days=number)
        event = _event(feed, f"hours-{entry['day']}-{entry['start'].replace(':', '')}", _("Working hours"))
        event.add("dtstart", _at(first, entry["start"], place))
        event.add("dtend", _at(first, entry["end"], place))
        event.add("rrule", vRecur({"FREQ": "WEEKLY"}))
        event.add("transp", "TRANSPARENT")
        left_out = [_at(day, entry["start"], place) for day in sorted(different) if day.weekday() == number]
        if left_out:
            event.add("exdate", left_out)
        yield event


def _dates(feed: Json, *kinds: str) -> Iterator[date]:
    for one in feed["exceptions"]:
        if one["kind"] in kinds:
            first, last = date.fromisoformat(one["first_on"]), date.fromisoformat(one["last_on"])
            for number in range(min((last - first).days, HOURS_KEPT.days) + 1):
                yield first + timedelta(days=number)


def _days(feed: Json) -> Iterator[Event]:
    """Absences take whole days; other hours stand on their days."""
    place = ZoneInfo(feed["time_zone"])
    for one in feed["exceptions"]:
        why = practice.why_away(one)["text"]
        name = labels.label(one["kind"], "exception")
        summary = _("%(what)s: %(why)s", what=name, why=why) if why else name
        first, last = date.fromisoformat(one["first_on"]), date.fromisoformat(one["last_on"])
        if one["kind"] == "away":
            event = _event(feed, f"day-{one['id']}", summary)
            event.add("dtstart", first)
            event.add("dtend", last + timedelta(days=1))
            event.add("transp", "OPAQUE")
            yield event
            continue
        for number, span in enumerate(one["spans"]):
            event = _event(feed, f"day-{one['id']}-{number}", summary)
            event.add("dtstart", _at(first, span["start"], place))
            event.add("dtend", _at(first, span["end"], place))
            if last > first:
                event.add("rrule", vRecur({"FREQ": "DAILY", "COUNT": (last - first).days + 1}))
            event.add("transp", "TRANSPARENT")
            yield event


def _contracts(feed: Json) -> Iterator[Event]:
    """On Mondays, how much of the week each contract holds; its first and its last day."""
    for one in feed["commitments"]:
        start = date.fromisoformat(one["start_on"])
        end = date.fromisoformat(one["ends_on"]) if one["ends_on"] else None
        monday = start + timedelta(days=-start.weekday() % 7)
        held = _("%(hours)s for %(name)s", hours=formats.duration(one["weekly_minutes"]), name=one["client_name"])
        if end is None or monday <= end:
            event = _event(feed, f"contract-{one['id']}", held)
            event.add("description", one["title"])
            event.add("dtstart", monday)
            event.add("dtend", monday + timedelta(days=1))
            event.add("rrule", vRecur({"FREQ": "WEEKLY", **({"UNTIL": end} if end else {})}))
            event.add("transp", "TRANSPARENT")
            yield event
        if end is not None:
            event = _event(feed, f"contract-{one['id']}-end", _("Last day for %(name)s", name=one["client_name"]))
            event.add("dtstart", end)
            event.add("dtend", end + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
            yield event


def _at(day: date, clock: str, place: ZoneInfo) -> datetime:
    """`24:00` is the next midnight."""
    hours, minutes = map(int, clock.split(":"))
    return datetime.combine(day + timedelta(days=hours // 24), time(hours % 24, minutes), place)
