"""Terms: what an offer proposes and a contract fixes; the two sides; and the calendar they are read by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared.platform.errors import Forbidden, Invalid
from shared.platform.money import Money


class Side(StrEnum):
    """A side of an offer or a contract."""

    CLIENT = "client"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`rate` is an hour's for hourly work, a month's fee for a retainer, which includes `included_minutes` a month.

    `weekly_minutes` is what the contract holds of the assistant's capacity. Dates are of the brief's time zone.
    """

    engagement: str
    rate: Money
    weekly_minutes: int
    included_minutes: int
    start_on: date
    notice_days: int
    payment_days: int
    scope: str

    def check(self, today: date) -> None:
        """Raises Invalid for terms that nobody can put today."""
        if self.start_on < today:
            raise Invalid.field("terms.start_on", "Choose a start that is not in the past.")
        if self.rate.amount <= 0:
            raise Invalid.field("terms.rate", "Enter an amount above zero.")
        if self.engagement == "retainer" and self.included_minutes <= 0:
            raise Invalid.field("terms.included_minutes", "Enter the hours that the monthly fee includes.")


def side_of(party_id: str, client_id: str, assistant_id: str) -> Side:
    """Which side a party is. Raises Forbidden for anybody else."""
    if party_id == client_id:
        return Side.CLIENT
    if party_id == assistant_id:
        return Side.ASSISTANT
    raise Forbidden("Only its client and its assistant may do this.")


def day_at(at: datetime, zone: str) -> date:
    """The date on the wall in `zone`."""
    return at.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The instant (UTC) at which `day` begins in `zone`."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    return start_of(day + timedelta(days=1), zone)
