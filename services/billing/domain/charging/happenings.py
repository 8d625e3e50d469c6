"""A contract as it is charged, and what happens in it. Instants in UTC, days of the practice's time zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Which price of the card, from when, and what the client chose beyond what the rules demand."""

    price_id: str
    start_on: date
    signed_on: date
    zone: ZoneInfo
    ends_on: date | None = None
    prepaid_periods: int = 0
    commitment_months: int = 0
    agreed: bool = False
    pays_on_time: bool = True
    method: str = "bank_transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    kind: ClassVar[str] = ""
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked(Happening):
    kind: ClassVar[str] = "worked"
    start: datetime
    seconds: int
    service: str = ""
    asked_at: datetime | None = None
    agreed: bool = False
    price_id: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Happening):
    kind: ClassVar[str] = "cancelled"
    start: datetime
    seconds: int
    cancelled_at: datetime
    service: str = ""
    price_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent(Happening):
    kind: ClassVar[str] = "spent"
    on: date
    amount: int
    agreed: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Happening):
    kind: ClassVar[str] = "delivered"
    on: date
    count: int = 1
    price_id: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought(Happening):
    kind: ClassVar[str] = "bought"
    on: date
    price_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReached(Happening):
    kind: ClassVar[str] = "stage_reached"
    on: date
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid(Happening):
    kind: ClassVar[str] = "paid"
    on: date
    invoice: int = 0
    amount: int = 0
    method: str = "bank_transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Away(Happening):
    kind: ClassVar[str] = "away"
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Happening):
    kind: ClassVar[str] = "paused"
    told_on: date
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(Happening):
    kind: ClassVar[str] = "plan_changed"
    told_on: date
    price_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChanged(Happening):
    kind: ClassVar[str] = "price_changed"
    told_on: date
    from_on: date
    price_id: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGiven(Happening):
    kind: ClassVar[str] = "notice_given"
    told_on: date
    by: str = "client"
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited(Happening):
    kind: ClassVar[str] = "credited"
    on: date
    amount: int = 0
    seconds: int = 0
    last: date | None = None
    text: str = ""


KINDS: dict[str, type[Happening]] = {kind.kind: kind for kind in Happening.__subclasses__()}
H = TypeVar("H", bound=Happening)


def happening(data: Mapping[str, Any]) -> Happening:
    """From loaded plain data with its `kind`."""
    kind = KINDS[data["kind"]]
    return kind(**{field.name: data[field.name] for field in fields(kind) if field.name in data})


def of_kind(happenings: Iterable[Happening], kind: type[H]) -> list[H]:
    return [one for one in happenings if isinstance(one, kind)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Time to charge: an entry of work, or a cancelled appointment (`worked` 0, `charged` what is charged for it).

    `day` and `wall` are of the practice's zone: the day on which it starts, and the seconds since that midnight.
    """

    id: str
    start: datetime
    day: date
    wall: int
    worked: int
    charged: int
    asked_at: datetime | None = None
    agreed: bool = False
    rule: int = -1
