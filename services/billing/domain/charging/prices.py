"""What prices cost as time goes by: locked, risen, changed; and what an hour of them comes to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from services.billing.domain.charging.calendar import months_later
from services.billing.domain.charging.happenings import PriceChanged
from services.billing.domain.charging.meter import Period
from services.billing.domain.charging.terms import Card, Terms
from shared.platform.money import round_half_up

Step = tuple[date, int, date]
"""From that day on the price is so much, as was told on another."""


LONGEST_AHEAD = timedelta(days=62)
"""That a price must be known before its period begins, to be invoiced."""


class Prices:
    def __init__(self, card: Card, start_on: date, until: date, changes: Iterable[PriceChanged]) -> None:
        changed = sorted(changes, key=lambda change: (change.told_on, change.from_on, change.id))
        self._card = card
        self._steps: dict[str, list[Step]] = {
            terms.price.id: _steps(terms, start_on, until, [one for one in changed if one.price_id == terms.price.id])
            for terms in card.terms
        }

    def amount(self, price_id: str, day: date, known: date = date.max) -> int:
        """What it costs on a day, as far as it was told by the day `known`."""
        steps = self._steps[price_id]
        amount = steps[0][1]
        for since, now, told in steps[1:]:
            if since > day:
                break
            if told <= known:
                amount = now
        return amount

    def plan_hour(self, terms: Terms, period: Period) -> Fraction:
        """An hour by the price itself, or by the hourly price where it has none."""
        if terms.price.includes_hours or terms.price.kind == "hourly":
            return terms.price.hour_of(period.amount)
        return self._hourly(period.start)

    def overage_hour(self, terms: Terms, period: Period) -> Fraction:
        rule = terms.overage
        if rule.rate == "amount":
            hour = Fraction(rule.amount)
        else:
            hour = self._hourly(period.start) if rule.rate == "hourly" else Fraction(0)
            hour = hour or self.plan_hour(terms, period)
        return hour * rule.percent / 100

    def _hourly(self, day: date) -> Fraction:
        by_hour = self._card.hourly("")
        return Fraction(self.amount(by_hour.price.id, day)) if by_hour else Fraction(0)


def _steps(terms: Terms, start_on: date, until: date, changes: list[PriceChanged]) -> list[Step]:
    """A lock holds from the start and from each rise; a price that falls need not wait for it."""
    lock = terms.price_lock
    amount = terms.price.amount
    steps = [(start_on, amount, start_on)]
    locked_from = start_on

    def rise(day: date, to: int, told: date) -> None:
        nonlocal amount, locked_from
        amount, locked_from = to, day
        steps.append((day, to, told))

    def rise_by_itself(through: date) -> None:
        while lock is not None and lock.rise_bp and months_later(locked_from, lock.months) <= through:
            risen = round_half_up(Fraction(amount * (10_000 + lock.rise_bp), 10_000))
            rise(months_later(locked_from, lock.months), risen, start_on)

    for change in changes:
        if lock is None:
            rise(max(change.from_on, change.told_on, start_on), change.amount, change.told_on)
            continue
        rise_by_itself(max(change.from_on, change.told_on))
        day, to = max(change.from_on, change.told_on, steps[-1][0]), change.amount
        if to > amount:
            told = change.told_on + timedelta(days=lock.notice_days)
            day = max(day, told, months_later(locked_from, lock.months))
            if lock.most_percent:
                to = min(to, amount * (100 + lock.most_percent) // 100)
        rise(day, to, change.told_on)
    rise_by_itself(until + LONGEST_AHEAD)
    return sorted(steps, key=lambda step: step[0])
