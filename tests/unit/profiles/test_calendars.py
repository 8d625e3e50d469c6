"""Busy times of calendars: samples as Google, Outlook and Apple write them; clocks that change; hostile files."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from services.profiles.domain.calendars import BusySpan, busy_times
from shared.platform.errors import Invalid

ROME = "Europe/Rome"
BEGIN, END = datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
VTIMEZONE = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def calendar(*events: str, head: str = "") -> bytes:
    inner = "\n".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n{head}\n{inner}\nEND:VCALENDAR\n"
    return text.replace("\n\n", "\n").replace("\n", "\r\n").encode()


def busy(data: bytes, zone: str = ROME) -> list[str]:
    """Day and clock in UTC."""
    return [f"{span.start:%d/%m %H:%M}-{span.end:%d/%m %H:%M}" for span in busy_times(data, zone, BEGIN, END)]


EXAMPLES = [
    ("a time in UTC", ["UID:1\nDTSTART:20261020T080000Z\nDTEND:20261020T093000Z"], ["20/10 08:00-20/10 09:30"]),
    ("a duration", ["UID:1\nDTSTART:20261020T080000Z\nDURATION:PT45M"], ["20/10 08:00-20/10 08:45"]),
    ("a floating time is on her clock", ["UID:1\nDTSTART:20261020T090000\nDTEND:20261020T100000"],
     ["20/10 07:00-20/10 08:00"]),
    ("a time that takes no time", ["UID:1\nDTSTART:20261020T080000Z"], []),
    ("a whole day", ["UID:1\nDTSTART;VALUE=DATE:20261021"], ["20/10 22:00-21/10 22:00"]),
    ("days across the change of clocks", ["UID:1\nDTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261027"],
     ["23/10 22:00-26/10 23:00"]),
    ("cancelled", ["UID:1\nSTATUS:CANCELLED\nDTSTART:20261020T080000Z\nDTEND:20261020T093000Z"], []),
    ("transparent", ["UID:1\nTRANSP:TRANSPARENT\nDTSTART;VALUE=DATE:20261020"], []),
    ("free by Outlook's word",
     ["UID:1\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z"], []),
    ("tentative counts", ["UID:1\nSTATUS:TENTATIVE\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z"],
     ["20/10 08:00-20/10 09:00"]),
    ("over before, after, and across the edges", [
        "UID:1\nDTSTART:20260920T080000Z\nDTEND:20260920T090000Z",
        "UID:2\nDTSTART:20261201T080000Z\nDTEND:20261201T090000Z",
        "UID:3\nDTSTART:20261018T230000Z\nDTEND:20261019T010000Z",
    ], ["19/10 00:00-19/10 01:00"]),
    ("what touches is one", [
        "UID:1\nDTSTART:20261020T080000Z\nDTEND:20261020T090000Z",
        "UID:2\nDTSTART:20261020T083000Z\nDTEND:20261020T100000Z",
        "UID:3\nDTSTART:20261020T100000Z\nDTEND:20261020T110000Z",
    ], ["20/10 08:00-20/10 11:00"]),
    ("every Monday at nine in Rome, through the change of clocks", [
        "UID:1\nDTSTART;TZID=Europe/Rome:20261005T090000\nDTEND;TZID=Europe/Rome:20261005T100000\nRRULE:FREQ=WEEKLY;UNTIL=20261102T080000Z",
    ], ["19/10 07:00-19/10 08:00", "26/10 08:00-26/10 09:00", "02/11 08:00-02/11 09:00"]),
    ("a count counts from the first one", [
        "UID:1\nDTSTART;TZID=Europe/Rome:20261012T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3",
    ], ["19/10 07:00-19/10 08:00", "26/10 08:00-26/10 09:00"]),
    ("one left out, one moved, one cancelled", [
        "UID:1\nDTSTART;TZID=Europe/Rome:20261019T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Europe/Rome:20261026T090000",
        "UID:1\nRECURRENCE-ID;TZID=Europe/Rome:20261102T090000\nDTSTART;TZID=Europe/Rome:20261103T150000\nDURATION:PT2H",
        "UID:1\nRECURRENCE-ID;TZID=Europe/Rome:20261109T090000\nSTATUS:CANCELLED\nDTSTART;TZID=Europe/Rome:20261109T090000\nDURATION:PT1H",
    ], ["19/10 07:00-19/10 08:00", "03/11 14:00-03/11 16:00", "16/11 08:00-16/11 09:00"]),
    ("exceptions told in UTC", [
        "UID:1\nDTSTART;TZID=Europe/Rome:20261019T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20261019T070000Z",
    ], ["20/10 07:00-20/10 08:00"]),
    ("extra dates", ["UID:1\nDTSTART:20261019T080000Z\nDURATION:PT1H\nRDATE:20261021T080000Z,20261022T080000Z"],
     ["19/10 08:00-19/10 09:00", "21/10 08:00-21/10 09:00", "22/10 08:00-22/10 09:00"]),
    ("the last Friday of the month, all day", ["UID:1\nDTSTART;VALUE=DATE:20260130\nRRULE:FREQ=MONTHLY;BYDAY=-1FR"],
     ["29/10 23:00-30/10 23:00", "26/11 23:00-27/11 23:00"]),
    ("a birthday of long ago", ["UID:1\nDTSTART;VALUE=DATE:19801101\nRRULE:FREQ=YEARLY"], ["31/10 23:00-01/11 23:00"]),
    ("New York's clock",
     ["UID:1\nDTSTART;TZID=America/New_York:20261026T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"],
     ["26/10 13:00-26/10 14:00", "02/11 14:00-02/11 15:00"]),
    ("no sense in one, the others count", [
        "UID:1\nDTSTART;VALUE=DATE:20261020\nDTEND:20261020T093000Z",
        "UID:2\nDTSTART:20261021T080000Z\nDTEND:20261021T070000Z",
        "UID:3\nDTSTART:20261022T080000Z\nDTEND:20261022T090000Z",
        "UID:4\nSUMMARY:without a start",
    ], ["22/10 08:00-22/10 09:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), [row[1:] for row in EXAMPLES], ids=[str(row[0]) for row in EXAMPLES])
def test_what_a_calendar_takes(events: list[str], expected: list[str]) -> None:
    assert busy(calendar(*events)) == expected


def test_outlooks_own_names_of_zones_are_understood() -> None:
    event = (
        "UID:1\nDTSTART;TZID=W. Europe Standard Time:20261019T090000\n"
        "DTEND;TZID=W. Europe Standard Time:20261019T100000\nRRULE:FREQ=WEEKLY;COUNT=2"
    )

    assert busy(calendar(event, head=VTIMEZONE)) == ["19/10 07:00-19/10 08:00", "26/10 08:00-26/10 09:00"]


def test_whole_days_are_hers_wherever_she_is() -> None:
    day = calendar("UID:1\nDTSTART;VALUE=DATE:20261021")

    assert busy(day, "America/New_York") == ["21/10 04:00-22/10 04:00"]
    assert busy(day, "Asia/Kathmandu") == ["20/10 18:15-21/10 18:15"]


def test_titles_are_not_kept() -> None:
    (span,) = busy_times(calendar("UID:1\nSUMMARY:Secret\nDTSTART:20261020T080000Z\nDURATION:PT1H"), ROME, BEGIN, END)

    assert span == BusySpan(datetime(2026, 10, 20, 8, tzinfo=UTC), datetime(2026, 10, 20, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    "data", [b"", b"<html>Sign in</html>", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"BEGIN:VCALENDAR\r\n"]
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="calendar"):
        busy_times(data, ROME, BEGIN, END)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=DAILY;INTERVAL=1;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=366",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=NEVER",
        "FREQ=WEEKLY;UNTIL=99991231T235959Z",
    ],
)
@pytest.mark.parametrize("start", ["19700101T000000Z", "20261019T080000Z", "00010101T000000Z", "99991231T000000Z"])
def test_a_hostile_rule_costs_little(rule: str, start: str) -> None:
    began = time.monotonic()

    busy(calendar(f"UID:1\nDTSTART:{start}\nDURATION:PT1H\nRRULE:{rule}"))

    assert time.monotonic() - began < 2


def test_too_many_events_are_refused() -> None:
    with pytest.raises(Invalid, match="too many"):
        busy_times(calendar(*["UID:1\nDTSTART:20261020T080000Z"] * 10_001), ROME, BEGIN, END)
