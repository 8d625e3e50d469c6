"""Timesheets and their entries: open → submitted → approved | disputed; disputed → submitted (corrected) | approved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from services.work.domain.contract import WorkContract
from services.work.domain.week import REMINDERS, end_of, review_due, start_of, submit_due, week_of
from shared.platform.errors import Conflict, Invalid, NotFound
from shared.platform.machine import Machine, Step

DAY_MINUTES = 24 * 60


class SheetState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DISPUTED = "disputed"


class Role(StrEnum):
    CLIENT = "client"
    ASSISTANT = "assistant"
    SYSTEM = "system"


_S = SheetState
TIMESHEETS: Machine[SheetState, Role] = Machine(
    {
        "submit": Step(
            frozenset({_S.OPEN, _S.DISPUTED}),
            _S.SUBMITTED,
            frozenset({Role.ASSISTANT, Role.SYSTEM}),
            "Only the assistant can submit a timesheet.",
        ),
        "approve": Step(
            frozenset({_S.SUBMITTED, _S.DISPUTED}),
            _S.APPROVED,
            frozenset({Role.CLIENT}),
            "Only the client can approve a timesheet.",
        ),
        "approve_by_silence": Step(frozenset({_S.SUBMITTED}), _S.APPROVED, frozenset({Role.SYSTEM})),
        "dispute": Step(
            frozenset({_S.SUBMITTED}),
            _S.DISPUTED,
            frozenset({Role.CLIENT}),
            "Only the client can dispute a timesheet.",
        ),
    },
    not_now="This timesheet is in the state %(state)s. What you can do now: %(allowed)s.",
    no_more="This timesheet is in the state %(state)s; you cannot change it now.",
)
CORRECTABLE = frozenset({_S.OPEN, _S.DISPUTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEntry:
    """A stretch of work within one week. Instants are in UTC, on whole minutes."""

    id: str
    contract_id: str
    timesheet_id: str
    assistant_id: str
    started_at: datetime
    ended_at: datetime
    memo: str
    disputed: bool = False
    reason: str = ""
    version: int = 0

    @property
    def minutes(self) -> int:
        return minutes_between(self.started_at, self.ended_at)

    def overlaps(self, started_at: datetime, ended_at: datetime) -> bool:
        return self.started_at < ended_at and started_at < self.ended_at

    def corrected(self, started_at: datetime, ended_at: datetime, memo: str) -> TimeEntry:
        """The entry with other times; a dispute of it is answered by that."""
        return replace(self, started_at=started_at, ended_at=ended_at, memo=memo, disputed=False, reason="")


def minutes_between(started_at: datetime, ended_at: datetime) -> int:
    return int((ended_at - started_at) / timedelta(minutes=1))


def check_times(started_at: datetime, ended_at: datetime, at: datetime) -> None:
    """Raises Invalid for times that nobody can have worked."""
    if started_at.second or started_at.microsecond:
        raise Invalid.field("started_at", "Use whole minutes.")
    if ended_at.second or ended_at.microsecond:
        raise Invalid.field("ended_at", "Use whole minutes.")
    if ended_at <= started_at:
        raise Invalid.field("ended_at", "The end must be later than the start.")
    if ended_at > at:
        raise Invalid.field("ended_at", "This lies in the future. Log time once it is worked.")
    if minutes_between(started_at, ended_at) > DAY_MINUTES:
        raise Invalid.field("ended_at", "An entry can be 24 hours long at most. Split it.")
    if ended_at > end_of(week_of(started_at)):
        raise Invalid.field("ended_at", "The week ends on Sunday at 24:00 UTC. Log the rest as a second entry.")


def check_overlap(others: Iterable[TimeEntry], started_at: datetime, ended_at: datetime) -> None:
    """Raises Conflict when the person has logged some of this time already, on whichever contract."""
    for other in others:
        if other.overlaps(started_at, ended_at):
            raise Conflict("You have logged some of this time already. Correct the times, or the other entry.")


def check_weekly_limit(logged_minutes: int, minutes: int, contract: WorkContract) -> None:
    """Raises Invalid when an hourly contract's week would grow beyond what was agreed."""
    if contract.terms.engagement != "hourly":
        return
    left = contract.terms.weekly_minutes - logged_minutes
    if minutes > left:
        raise Invalid.field(
            "ended_at",
            "Only %(left)s minutes are left of the %(limit)s hours agreed for this week. Ask your client for more.",
            left=max(left, 0),
            limit=f"{contract.terms.weekly_minutes / 60:g}",
        )


def sheet_id(contract_id: str, week_start: date) -> str:
    """One timesheet a contract and week, whoever makes it first."""
    return str(uuid5(NAMESPACE_URL, f"dextra:timesheet:{contract_id}:{week_start.isoformat()}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timesheet:
    """A contract's week. `minutes` is the sum of its entries, which changed last at `changed_at`; `approved_by` is
    client, silence or empty."""

    id: str
    contract_id: str
    client_id: str
    assistant_id: str
    week_start: date
    state: SheetState = SheetState.OPEN
    minutes: int = 0
    changed_at: datetime | None = None
    approved_by: str = ""
    approved_by_name: str = ""
    """The colleague who approved it for the client's company."""
    submitted_at: datetime | None = None
    review_due_at: datetime | None = None
    approved_at: datetime | None = None
    reminded: int = field(default=0)
    version: int = 0

    @classmethod
    def of_week(cls, contract: WorkContract, week_start: date) -> Timesheet:
        return cls(
            id=sheet_id(contract.id, week_start),
            contract_id=contract.id,
            client_id=contract.client_id,
            assistant_id=contract.assistant_id,
            week_start=week_start,
        )

    @property
    def submit_due_at(self) -> datetime:
        return submit_due(self.week_start, self.changed_at)

    @property
    def starts_at(self) -> datetime:
        return start_of(self.week_start)

    @property
    def next_reminder_at(self) -> datetime | None:
        """The next reminder before the review ends, or None after the last."""
        if self.review_due_at is None or self.reminded >= len(REMINDERS):
            return None
        return self.review_due_at - REMINDERS[self.reminded]

    def role_of(self, party_id: str) -> Role:
        """Raises NotFound for a stranger."""
        if party_id == self.client_id:
            return Role.CLIENT
        if party_id == self.assistant_id:
            return Role.ASSISTANT
        raise NotFound("This timesheet does not exist, or it is not yours.")

    def require_correctable(self) -> None:
        """Raises Conflict once it is with the client, or approved."""
        if self.state not in CORRECTABLE:
            raise Conflict(
                "The timesheet of this week is %(state)s; its entries can no longer be changed.", state=self.state.value
            )

    def holding(self, minutes: int, at: datetime) -> Timesheet:
        """With another sum of minutes."""
        return replace(self, minutes=minutes, changed_at=at)

    def submit(self, by: Role, at: datetime) -> Timesheet:
        """Raises Conflict in the wrong state or with no entries."""
        state = TIMESHEETS.target(self.state, "submit", by)
        if self.minutes == 0:
            raise Conflict("There is no time in this week yet. Log some before you submit.")
        return replace(self, state=state, submitted_at=at, review_due_at=review_due(self.week_start, at), reminded=0)

    def approve(self, by: Role, at: datetime, by_name: str = "") -> Timesheet:
        state = TIMESHEETS.target(self.state, "approve", by)
        approved = replace(self, state=state, approved_at=at, review_due_at=None)
        return replace(approved, approved_by="client", approved_by_name=by_name)

    def approve_by_silence(self, at: datetime) -> Timesheet:
        state = TIMESHEETS.target(self.state, "approve_by_silence", Role.SYSTEM)
        return replace(self, state=state, approved_by="silence", approved_at=at, review_due_at=None)

    def dispute(self, by: Role) -> Timesheet:
        return replace(self, state=TIMESHEETS.target(self.state, "dispute", by), review_due_at=None)


def dispute_entries(entries: Iterable[TimeEntry], named: Iterable[str], reason: str) -> list[TimeEntry]:
    """The named entries, marked with the client's reason. Raises Invalid for one that is not on the timesheet."""
    by_id = {entry.id: entry for entry in entries}
    unknown = [id for id in named if id not in by_id]
    if unknown:
        raise Invalid.field("entry_ids", "An entry that you named is not on this timesheet. Reload the page.")
    return [replace(by_id[id], disputed=True, reason=reason.strip()) for id in dict.fromkeys(named)]
