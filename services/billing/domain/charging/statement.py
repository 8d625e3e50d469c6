"""What charging comes to: lines, invoices, lots of hours, and where each second went."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

NOTHING: dict[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One charge. `rule` and `rule_index`: what made it. Amounts in minor units; see shared/contracts/charging.py."""

    code: str
    rule: str = "price"
    rule_index: int = -1
    price_id: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    seconds: int = 0
    worked_seconds: int = 0
    count: int = 0
    unit_amount: int = 0
    amount: int
    entries: tuple[str, ...] = ()


DISCOUNTED = frozenset(
    {"fee", "hours", "minimum", "minimum_amount", "estimate", "estimate_settled", "block", "piece", "stage", "overage",
     "surcharge", "surcharge_flat", "trial"}
)  # fmt: skip
"""Codes of lines that discounts are taken of."""
EARNED = DISCOUNTED | {"discount", "absence_credit", "pause_credit", "change_credit", "end_credit"}
"""Codes of lines that come back when a trial's money does."""
HELD_MONEY = frozenset({"deposit", "deposit_set_off", "deposit_returned"})
"""Codes of lines that are no charge: money is held, pays, or is handed back."""


@dataclass(slots=True, kw_only=True)
class Invoice:
    number: int
    kind: str
    period_start: date
    period_end: date
    issued_on: date
    due_on: date
    lines: tuple[Line, ...]
    total: int
    paid: int = 0
    paid_on: date | None = None

    @property
    def due(self) -> int:
        return max(self.total - self.paid, 0)


@dataclass(slots=True, kw_only=True)
class Lot:
    """Seconds that were paid for or given. `expires_on`: the first day without them. `hour`-cost is the price's."""

    kind: str
    price_id: str
    granted_on: date
    expires_on: date | None
    seconds: int
    used: int = 0
    carried: int = 0
    lapsed: int = 0

    @property
    def left(self) -> int:
        return self.seconds - self.used - self.carried - self.lapsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is not charged: as long as the client has not agreed, or at all."""

    entry: str
    reason: str
    seconds: int = 0
    amount: int = 0


@dataclass(slots=True, kw_only=True)
class HeldDeposit:
    amount: int
    held_on: date
    returned: int = 0
    set_off: int = 0
    kept: int = 0

    @property
    def left(self) -> int:
        return self.amount - self.returned - self.set_off - self.kept


@dataclass(slots=True, kw_only=True)
class TimeSums:
    """Seconds that were worked, by where they went; `logged` is their sum."""

    logged: int = 0
    covered: int = 0
    hours: int = 0
    overage: int = 0
    deferred: int = 0
    asked: int = 0
    stopped: int = 0
    recorded: int = 0
    free: int = 0
    rounded_off: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    currency: str
    invoices: tuple[Invoice, ...]
    open: tuple[Line, ...]
    lots: tuple[Lot, ...]
    held: tuple[Held, ...]
    deposits: tuple[HeldDeposit, ...]
    time: TimeSums
    ends_on: date | None
    charged_until: date
    work_may_stop_on: tuple[date, ...]

    @property
    def total(self) -> int:
        """What all invoices charge; money that is only held, or was, is no charge."""
        return sum(line.amount for invoice in self.invoices for line in invoice.lines if line.code not in HELD_MONEY)
