"""Days: periods and where they begin, months that clamp, working and business days."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from services.billing.domain.charging.terms import WEEKDAYS, Billing, Proration

DAY = timedelta(days=1)
SATURDAY = 5
WHOLE, NONE = Fraction(1), Fraction(0)
WEEKS = {"week": 7, "two_weeks": 14}
MONTHS = {"half_month": 1, "month": 1, "quarter": 3, "year": 12}

Holidays = Callable[[str, str, int], frozenset[date]]
"""Public holidays of a country (ISO 3166-1) and its region ("" for the whole country) in a year."""


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day: a month after 31 January is 28 February."""
    return day_of_month(day.year * 12 + day.month - 1 + months, day.day)


def day_of_month(month: int, day: int) -> date:
    """`month` counts from year 0; the last day stands for days that a month has not."""
    year, number = divmod(month, 12)
    return date(year, number + 1, min(day, monthrange(year, number + 1)[1]))


@dataclass(frozen=True, slots=True)
class Cycle:
    """Where periods begin: every `step_days` from `origin`, or on `days` of each `step_months`th month from
    `origin`'s. `shift`: 1 where the day itself still belongs to the period before."""

    origin: date
    step_days: int = 0
    step_months: int = 0
    days: tuple[int, ...] = ()
    shift: int = 0

    def start_of(self, day: date) -> date:
        """Where the period of a day began."""
        if self.step_days:
            return day - timedelta(days=(day - self.origin).days % self.step_days)
        month = day.year * 12 + day.month - 1
        while True:
            for begin in reversed(self._in_month(month)):
                if begin <= day:
                    return begin
            month -= 1

    def after(self, day: date) -> date:
        """The first beginning after a day."""
        if self.step_days:
            return self.start_of(day) + timedelta(days=self.step_days)
        month = day.year * 12 + day.month - 2
        while True:
            for begin in self._in_month(month):
                if begin > day:
                    return begin
            month += 1

    def _in_month(self, month: int) -> list[date]:
        if (month - self.origin.year * 12 - self.origin.month + 1) % self.step_months:
            return []
        if len(self.days) == 1:
            return [day_of_month(month, self.days[0]) + timedelta(days=self.shift)]
        return sorted({day_of_month(month, day) + timedelta(days=self.shift) for day in self.days})

    def invoice_day(self, begin: date) -> date:
        """The day on which what ends at `begin` is invoiced, and what begins then."""
        return begin - timedelta(days=self.shift)

    def periods(self, start: date, end: date) -> Iterator[tuple[date, date]]:
        """From `start` to before `end`, cut where periods begin; the end of each is not part of it."""
        while start < end:
            following = self.after(start)
            yield start, min(following, end)
            start = following


def cycle(billing: Billing, every: str, signed: date, start: date) -> Cycle:
    """The periods of length `every` by the billing's anchor. Longer ones than the billing's begin on its first day."""
    shift = int(billing.includes_day)
    at_signing = billing.anchor == "signing"
    if every in WEEKS:
        weekday = signed.weekday() if at_signing else WEEKDAYS[billing.weekday or "mon"]
        origin = start - timedelta(days=(start.weekday() - weekday - shift) % 7)
        return Cycle(origin, step_days=WEEKS[every], shift=shift)
    if at_signing:
        other = signed.day + 15 if signed.day <= 15 else signed.day - 15
        both = every == "half_month"
        return Cycle(
            signed, step_months=MONTHS[every], days=(signed.day, other) if both else (signed.day,), shift=shift
        )
    ends_months = shift and not billing.days
    origin = date(start.year - 1, 12, 1) if ends_months else date(start.year, 1, 1)
    days: tuple[int, ...]
    if every == "half_month":
        days = billing.days if len(billing.days) == 2 else (1, 16)
    else:
        days = billing.days[:1] or ((31,) if shift else (1,))
    return Cycle(origin, step_months=MONTHS[every], days=days, shift=shift)


def working_days(start: date, end: date) -> int:
    """Mondays to Fridays from `start` to before `end`."""
    weeks, rest = divmod((end - start).days, 7)
    first = start.weekday()
    return weeks * 5 + sum((first + number) % 7 < SATURDAY for number in range(rest))


def _share(how: str, part: tuple[date, date], whole: tuple[date, date]) -> Fraction:
    count = working_days if how == "working_days" else lambda start, end: (end - start).days
    of = count(*whole)
    return Fraction(count(*part), of) if of else Fraction(1)


def share(rule: Proration, part: tuple[date, date], whole: tuple[date, date]) -> Fraction:
    """How much of the period `whole` is charged when the contract runs only in `part` of it."""
    (start, end), (begins, ends) = part, whole
    if start <= begins and end >= ends:
        return WHOLE
    first = WHOLE
    if start > begins:
        if rule.first == "weekdays":
            first = Fraction(rule.percents[start.weekday()], 100)
        elif rule.first not in ("full", "skip"):
            first = _share(rule.first, (start, ends), whole)
    cut = NONE
    if end < ends and rule.last != "full":
        cut = _share(rule.last, (end, ends), whole)
    return max(first - cut, NONE)


def is_business_day(day: date, country: str, region: str, holidays: Holidays) -> bool:
    return day.weekday() < SATURDAY and not (country and day in holidays(country, region, day.year))


def business_days_later(day: date, count: int, country: str, region: str, holidays: Holidays) -> date:
    """The `count`th business day after a day; with none, the day itself or the next business day."""
    while count > 0 or not is_business_day(day, country, region, holidays):
        day += DAY
        count -= is_business_day(day, country, region, holidays)
        if count <= 0 and is_business_day(day, country, region, holidays):
            break
    return day


def business_day_of_month(month: int, number: int, country: str, region: str, holidays: Holidays) -> date:
    """The month's `number`th business day."""
    day = day_of_month(month, 1) - DAY
    return business_days_later(day, number, country, region, holidays)


def business_days_before(day: date, count: int, country: str, region: str, holidays: Holidays) -> date:
    while count > 0:
        day -= DAY
        count -= is_business_day(day, country, region, holidays)
    return day
