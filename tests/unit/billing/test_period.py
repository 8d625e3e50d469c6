"""Months of a retainer: they follow each other without a gap, whatever the length of months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.period import period


@pytest.mark.parametrize(
    ("anchor", "number", "start", "end"),
    [
        (date(2026, 1, 1), 0, date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 1, 15), 0, date(2026, 1, 15), date(2026, 2, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 1, 31), 2, date(2026, 3, 31), date(2026, 4, 29)),
        (date(2028, 1, 31), 1, date(2028, 2, 29), date(2028, 3, 30)),
        (date(2026, 12, 5), 0, date(2026, 12, 5), date(2027, 1, 4)),
        (date(2026, 11, 30), 3, date(2027, 2, 28), date(2027, 3, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28), date(2029, 3, 28)),
    ],
)
def test_worked_examples(anchor: date, number: int, start: date, end: date) -> None:
    month = period(anchor, number)

    assert (month.start, month.end, month.number) == (start, end, number)
    assert month.starts_at == datetime(start.year, start.month, start.day, tzinfo=UTC)


@given(st.dates(date(2024, 1, 1), date(2060, 1, 1)), st.integers(0, 240))
def test_months_follow_each_other(anchor: date, number: int) -> None:
    month, following = period(anchor, number), period(anchor, number + 1)

    assert month.end + timedelta(days=1) == following.start
    assert 28 <= (following.start - month.start).days <= 31
    assert month.start.day == anchor.day or month.start.day < anchor.day
