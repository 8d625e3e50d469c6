"""What work needs to know of a contract: its sides, its terms, and when time may be logged on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.platform.errors import Conflict, NotFound
from shared.platform.money import Money

RUNNING = frozenset({"trial", "active", "notice"})
OVER = frozenset({"ended", "terminated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """As agreed: see the contract's schema. Copied with a timesheet's events, so that their readers need nothing
    else."""

    engagement: str
    rate: Money
    weekly_minutes: int
    included_minutes: int = 0
    start_on: date
    notice_days: int = 14
    payment_days: int = 14
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkContract:
    """A copy of matching's contract. Its days (`start_on`, `ends_on`) are days of `time_zone`, the brief's."""

    id: str
    brief_title: str
    client_id: str
    client_name: str
    assistant_id: str
    assistant_name: str
    terms: Terms
    state: str
    time_zone: str = "UTC"
    ends_on: date | None = None

    def require_assistant(self, party_id: str) -> None:
        """Raises NotFound for everybody but the contract's assistant."""
        if party_id != self.assistant_id:
            raise NotFound("This contract does not exist, or it is not yours.")

    def require_side(self, party_id: str) -> None:
        if party_id not in (self.client_id, self.assistant_id):
            raise NotFound("This contract does not exist, or it is not yours.")

    def require_running(self, started_at: datetime) -> None:
        """Raises Conflict when time of this instant cannot be logged on the contract."""
        if self.state == "paused":
            raise Conflict("This contract is paused. Resume it before you log time.")
        day = started_at.astimezone(ZoneInfo(self.time_zone)).date()
        if day < self.terms.start_on:
            raise Conflict(
                "This contract starts on %(day)s; earlier time cannot be logged.", day=str(self.terms.start_on)
            )
        if self.state in OVER and (self.ends_on is None or day > self.ends_on):
            raise Conflict("This contract has ended; later time cannot be logged.")
        if self.ends_on is not None and day > self.ends_on:
            raise Conflict("This contract ends on %(day)s; later time cannot be logged.", day=str(self.ends_on))
