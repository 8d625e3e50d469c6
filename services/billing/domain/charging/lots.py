"""Lots of hours: a plan's for a period, what was carried over, blocks, gifts. What expires first is used first."""

from __future__ import annotations

from bisect import insort
from datetime import date

from services.billing.domain.charging.statement import Lot
from services.billing.domain.charging.terms import Rollover


class Pool:
    """All lots of a contract."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self._open: list[Lot] = []

    def grant(self, lot: Lot) -> Lot:
        self.lots.append(lot)
        insort(self._open, lot, key=_order)
        return lot

    def burn(self, day: date, seconds: int, worth: int = 100) -> int:
        """How many of the seconds are covered on a day. A second uses `worth` percent of one."""
        covered = 0
        for lot in list(self._open):
            if covered == seconds:
                break
            if lot.left == 0 or (lot.expires_on is not None and lot.expires_on <= day):
                self._open.remove(lot)
            elif lot.granted_on <= day:
                covered += burn(lot, seconds - covered, worth)
        return covered

    def expire(self, through: date) -> None:
        """What had to be used by a day lapses."""
        for lot in self.lots:
            if lot.expires_on is not None and lot.expires_on <= through:
                lot.lapsed += lot.left

    def left_of_carried(self, day: date) -> int:
        return sum(
            lot.left for lot in self._open if lot.kind == "carried" and (lot.expires_on is None or lot.expires_on > day)
        )


def _order(lot: Lot) -> tuple[date, date]:
    return (lot.expires_on or date.max, lot.granted_on)


def burn(lot: Lot, seconds: int, worth: int = 100) -> int:
    """Of the seconds those that the lot covers. A part of a second is used in full."""
    needed = -(-seconds * worth // 100)
    if needed <= lot.left:
        lot.used += needed
        return seconds
    covered = lot.left * 100 // worth
    lot.used += -(-covered * worth // 100)
    return covered


def carried(rule: Rollover, unused: int, plan_seconds: int, already: int) -> int:
    """Seconds of a period's unused ones that carry over, when `already` are left of earlier carries."""
    most = unused * rule.percent // 100
    if rule.most_minutes:
        most = min(most, rule.most_minutes * 60 - already)
    if rule.most_percent:
        most = min(most, plan_seconds * rule.most_percent // 100 - already)
    return max(most, 0)
