"""Busy times in a process of their own: the same answer, the same refusal, and an end to what has none."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from services.profiles.domain.calendars import BusySpan
from services.profiles.inspection import times as module
from services.profiles.inspection.times import times
from shared.platform.errors import Invalid

BEGIN, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 10, 1, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n".encode()


def test_the_child_tells_what_is_taken() -> None:
    data = calendar("UID:1\r\nDTSTART:20261020T080000Z\r\nDURATION:PT1H")
    taken = BusySpan(datetime(2026, 10, 20, 8, tzinfo=UTC), datetime(2026, 10, 20, 9, tzinfo=UTC))
    assert times(data, "Europe/Rome", BEGIN, END) == (taken,)


def test_the_child_refuses_in_words() -> None:
    with pytest.raises(Invalid, match="does not give a calendar"):
        times(b"<html>", "Europe/Rome", BEGIN, END)


def test_a_file_that_would_take_minutes_is_left() -> None:
    """Seventy kilobytes: a thousand rules with thousands of days each."""
    daily = "DTSTART:19700101T090000\r\nDTEND:19700101T100000\r\nRRULE:FREQ=DAILY"
    data = calendar(*(f"UID:{number}\r\n{daily}" for number in range(1000)))
    began = time.monotonic()
    with pytest.raises(Invalid, match="too many events"):
        times(data, "Europe/Rome", BEGIN, END, seconds=1.0)
    assert time.monotonic() - began < 5 < module.SECONDS
