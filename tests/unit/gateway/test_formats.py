"""Hours that are shared with an assistant, on the reader's clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from gateway import formats, i18n

WEEK = ("mon", "tue", "wed", "thu", "fri")


def hours(start: str, end: str, days: tuple[str, ...] = WEEK) -> list[dict[str, str]]:
    return [{"day": day, "start": start, "end": end} for day in days]


@pytest.mark.parametrize(
    ("reader", "hers", "place", "today", "minutes"),
    [
        ("Europe/Rome", hours("09:00", "18:00"), "Europe/Rome", "2026-11-24", 540),
        ("Europe/Rome", hours("08:00", "12:00"), "Europe/Rome", "2026-11-24", 180),
        ("Europe/Rome", hours("19:00", "23:00"), "Europe/Rome", "2026-11-24", 0),
        ("Europe/Rome", hours("09:00", "13:00") + hours("17:00", "20:00"), "Europe/Rome", "2026-11-24", 300),
        ("Europe/Rome", hours("09:00", "17:00"), "America/New_York", "2026-11-24", 180),
        ("America/New_York", hours("09:00", "17:00"), "Europe/Rome", "2026-11-24", 120),
        # Manila's evening of Monday to Friday; then its nights, which begin on the day before.
        ("America/New_York", hours("21:00", "24:00"), "Asia/Manila", "2026-11-24", 120),
        (
            "America/New_York",
            hours("00:00", "07:00", ("tue", "wed", "thu", "fri", "sat")),
            "Asia/Manila",
            "2026-11-24",
            420,
        ),
        # The week from 26 October 2026: Europe has left summer time, America has not yet.
        ("Europe/Rome", hours("09:00", "17:00"), "America/New_York", "2026-10-20", 240),
        ("Europe/Rome", hours("09:00", "18:00", ("sat", "sun")), "Europe/Rome", "2026-11-24", 0),
        ("Europe/Rome", hours("09:00", "18:00", ("mon",)), "Europe/Rome", "2026-11-24", 108),
        ("Europe/Rome", [], "Europe/Rome", "2026-11-24", 0),
    ],
)
def test_hours_shared_with_the_readers_office_day(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    reader: str,
    hers: list[dict[str, str]],
    place: str,
    today: str,
    minutes: int,
) -> None:
    monkeypatch.setattr(i18n, "current_zone", lambda: reader)
    monkeypatch.setattr(formats, "utc_now", lambda: datetime.fromisoformat(today).replace(hour=12, tzinfo=UTC))

    with app.test_request_context("/"):
        assert formats.shared_minutes(hers, place) == minutes
