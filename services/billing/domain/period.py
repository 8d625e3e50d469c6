"""Months of a retainer, counted from the day on which the contract starts."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both days included. `number` counts from 0."""

    number: int
    start: date
    end: date

    @property
    def starts_at(self) -> datetime:
        """In UTC."""
        return datetime.combine(self.start, time(), UTC)


def period(anchor: date, number: int) -> Period:
    """The month `number` of a contract that started on `anchor`: the anchor's day, or a shorter month's last day.

    >>> period(date(2026, 1, 31), 1)
    Period(number=1, start=datetime.date(2026, 2, 28), end=datetime.date(2026, 3, 30))
    """
    return Period(number, _month_later(anchor, number), _month_later(anchor, number + 1) - timedelta(days=1))


def _month_later(anchor: date, months: int) -> date:
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))
