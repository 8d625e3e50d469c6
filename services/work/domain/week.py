"""The week of a timesheet: Monday 00:00 to Sunday 24:00 UTC, and the deadlines that follow from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

SUBMIT_AFTER = timedelta(days=7, hours=12)
"""Monday 12:00 after the week: the assistant's corrections end, the timesheet goes to the client."""
LATE_CORRECTIONS = timedelta(hours=12)
"""What an assistant has to correct time that was logged later than that."""
REVIEW_UNTIL = timedelta(days=12)
"""Friday 24:00 after the week: without an answer it stands approved."""
REVIEW_AT_LEAST = timedelta(hours=48)
"""What a client has at least after a late or corrected submission."""
REMINDERS = (timedelta(hours=48), timedelta(hours=24))


def week_of(instant: datetime) -> date:
    """The Monday of the week that the instant lies in, in UTC."""
    day = instant.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def start_of(week_start: date) -> datetime:
    return datetime.combine(week_start, time(), UTC)


def end_of(week_start: date) -> datetime:
    return start_of(week_start) + timedelta(days=7)


def submit_due(week_start: date, changed_at: datetime | None = None) -> datetime:
    """Monday noon after the week; twelve hours after the last change of its time, when that came later still."""
    noon = start_of(week_start) + SUBMIT_AFTER
    return noon if changed_at is None or changed_at < noon else changed_at + LATE_CORRECTIONS


def review_due(week_start: date, submitted_at: datetime) -> datetime:
    """Friday 24:00 UTC after the week, and never less than 48 hours after the submission."""
    return max(start_of(week_start) + REVIEW_UNTIL, submitted_at + REVIEW_AT_LEAST)
