"""nameko entry points of work: logging time, and a week's timesheet on its way to approval."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.work.domain.contract import Terms, WorkContract
from services.work.domain.timesheet import (
    Role,
    SheetState,
    TimeEntry,
    Timesheet,
    check_overlap,
    check_times,
    check_weekly_limit,
    dispute_entries,
    minutes_between,
    sheet_id,
)
from services.work.domain.week import submit_due, week_of
from services.work.store import WorkStore
from shared.contracts import matching
from shared.contracts import work as c
from shared.platform.contract import Event
from shared.platform.errors import Conflict, NotFound, Unavailable
from shared.platform.ids import new_id
from shared.platform.service import Call, Received, Service, StoreProvider, command, query, subscribe, timer

Request = dict[str, Any]
BY_WEEK = (("week_start", -1), ("_id", -1))


class WorkService(Service):
    name = "work"
    store = StoreProvider(WorkStore)

    # -- the assistant -------------------------------------------------------------------------------------------

    @command(c.LogTime)
    def log_time(self, call: Call, request: Request) -> TimeEntry:
        call.actor.require()
        contract = _contract(call, request["contract_id"])
        contract.require_assistant(call.actor.practice_id)
        started_at, ended_at = request["started_at"], request["ended_at"]
        check_times(started_at, ended_at, call.now)
        contract.require_running(started_at)
        call.tx.turns.take(contract.assistant_id)
        sheet = _sheet_of(call, contract, started_at)
        sheet.require_correctable()
        check_overlap(
            call.tx.entries.of_person_within(contract.assistant_id, started_at, ended_at), started_at, ended_at
        )
        minutes = minutes_between(started_at, ended_at)
        check_weekly_limit(sheet.minutes, minutes, contract)
        entry = TimeEntry(
            id=new_id(),
            contract_id=contract.id,
            timesheet_id=sheet.id,
            assistant_id=contract.assistant_id,
            started_at=started_at,
            ended_at=ended_at,
            memo=request["memo"].strip(),
        )
        saved: TimeEntry = call.tx.entries.save(entry)
        _save(call, sheet.holding(sheet.minutes + minutes, call.now))
        return saved

    @command(c.EditTime)
    def edit_time(self, call: Call, request: Request) -> TimeEntry:
        entry, contract, sheet = self._entry(call, request["entry_id"])
        started_at, ended_at = request["started_at"], request["ended_at"]
        check_times(started_at, ended_at, call.now)
        contract.require_running(started_at)
        if week_of(started_at) != sheet.week_start:
            raise Conflict("This entry belongs to another week. Remove it, then log it in the right one.")
        others = call.tx.entries.of_person_within(entry.assistant_id, started_at, ended_at)
        check_overlap((other for other in others if other.id != entry.id), started_at, ended_at)
        minutes = minutes_between(started_at, ended_at)
        check_weekly_limit(sheet.minutes - entry.minutes, minutes, contract)
        saved: TimeEntry = call.tx.entries.save(entry.corrected(started_at, ended_at, request["memo"].strip()))
        _save(call, sheet.holding(sheet.minutes - entry.minutes + minutes, call.now))
        return saved

    @command(c.DeleteTime)
    def delete_time(self, call: Call, request: Request) -> None:
        entry, _, sheet = self._entry(call, request["entry_id"])
        call.tx.entries.delete(entry.id)
        _save(call, sheet.holding(sheet.minutes - entry.minutes, call.now))

    @command(c.SubmitTimesheet)
    def submit_timesheet(self, call: Call, request: Request) -> dict[str, Any]:
        sheet, contract, role = self._sheet(call, request["timesheet_id"])
        call.tx.turns.take(sheet.assistant_id)
        return _told(call, sheet.submit(role, call.now), contract, c.TimesheetSubmitted)

    # -- the client ----------------------------------------------------------------------------------------------

    @command(c.ApproveTimesheet)
    def approve_timesheet(self, call: Call, request: Request) -> dict[str, Any]:
        sheet, contract, role = self._sheet(call, request["timesheet_id"])
        approved = sheet.approve(role, call.now, call.actor.name)
        for entry in call.tx.entries.of_sheet(sheet.id):
            if entry.disputed:  # approved after all
                call.tx.entries.save(replace(entry, disputed=False, reason=""))
        return _told(call, approved, contract, c.TimesheetApproved)

    @command(c.DisputeTimesheet)
    def dispute_timesheet(self, call: Call, request: Request) -> dict[str, Any]:
        sheet, contract, role = self._sheet(call, request["timesheet_id"])
        disputed = sheet.dispute(role)
        entries = call.tx.entries.of_sheet(sheet.id)
        for entry in dispute_entries(entries, request["entry_ids"], request["reason"]):
            call.tx.entries.save(entry)
        return _told(call, disputed, contract, c.TimesheetDisputed)

    # -- reading -------------------------------------------------------------------------------------------------

    @query(c.GetTimesheet)
    def get_timesheet(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        sheet = self.store.timesheets.get(request["id"])
        if not call.actor.has("operator"):
            sheet.role_of(call.actor.party_in(sheet.client_id))
        return shown(sheet, self.store.contracts.get(sheet.contract_id), self.store.entries.of_sheet(sheet.id))

    @query(c.ListTimesheets)
    def list_timesheets(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        conditions: dict[str, Any] = {"sides": call.actor.party_id}
        if call.actor.acting_for:
            conditions["client_id"] = call.actor.acting_for
        if request["contract_id"]:
            conditions["contract_id"] = request["contract_id"]
        if request["states"]:
            conditions["state"] = {"$in": request["states"]}
        page = self.store.timesheets.page(conditions, sort=BY_WEEK, limit=request["limit"], cursor=request["cursor"])
        ids = {sheet.contract_id for sheet in page.items}
        contracts = {contract.id: contract for contract in self.store.contracts.find({"_id": {"$in": list(ids)}})}
        entries = self.store.entries.of_sheets([sheet.id for sheet in page.items])
        items = [
            shown(sheet, contracts[sheet.contract_id], [e for e in entries if e.timesheet_id == sheet.id])
            for sheet in page.items
        ]
        return {"items": items, "next": page.next}

    # -- contracts -----------------------------------------------------------------------------------------------

    @subscribe(matching.ContractStarted, matching.ContractChanged, matching.ContractEnded)
    def on_contract(self, call: Call, event: Received) -> None:
        data = event.data
        names = ("brief_title", "client_id", "client_name", "assistant_id", "assistant_name", "state", "ends_on")
        terms = Terms(**{name: data["terms"][name] for name in Terms.__slots__})
        zone = data.get("time_zone") or "UTC"
        contract = WorkContract(id=data["id"], terms=terms, time_zone=zone, **{name: data.get(name) for name in names})
        call.tx.contracts.put_if_newer(contract, event.sequence)

    # -- time ----------------------------------------------------------------------------------------------------

    @timer("timesheet.submit")
    def submit_by_itself(self, call: Call, entity_id: str) -> None:
        """Monday noon: what is in the week goes to the client."""
        sheet: Timesheet = call.tx.timesheets.get(entity_id)
        if sheet.state is SheetState.OPEN and sheet.minutes:
            contract = call.tx.contracts.get(sheet.contract_id)
            _told(call, sheet.submit(Role.SYSTEM, call.now), contract, c.TimesheetSubmitted)

    @timer("timesheet.remind")
    def remind(self, call: Call, entity_id: str) -> None:
        sheet: Timesheet = call.tx.timesheets.get(entity_id)
        if sheet.state is SheetState.SUBMITTED:
            contract = call.tx.contracts.get(sheet.contract_id)
            _told(call, replace(sheet, reminded=sheet.reminded + 1), contract, c.TimesheetReviewDue)

    @timer("timesheet.approve")
    def approve_by_silence(self, call: Call, entity_id: str) -> None:
        sheet: Timesheet = call.tx.timesheets.get(entity_id)
        if sheet.state is SheetState.SUBMITTED:
            contract = call.tx.contracts.get(sheet.contract_id)
            _told(call, sheet.approve_by_silence(call.now), contract, c.TimesheetApproved)

    # -- help ----------------------------------------------------------------------------------------------------

    def _entry(self, call: Call, entry_id: str) -> tuple[TimeEntry, WorkContract, Timesheet]:
        """An entry that its assistant may still change. Raises NotFound or Conflict."""
        call.actor.require()
        entry: TimeEntry | None = call.tx.entries.find_one(id=entry_id)
        if entry is None or entry.assistant_id != call.actor.practice_id:
            raise NotFound("This entry does not exist, or it is not yours.")
        call.tx.turns.take(entry.assistant_id)
        sheet: Timesheet = call.tx.timesheets.get(entry.timesheet_id)
        sheet.require_correctable()
        return entry, _contract(call, entry.contract_id), sheet

    def _sheet(self, call: Call, timesheet_id: str) -> tuple[Timesheet, WorkContract, Role]:
        call.actor.require()
        sheet: Timesheet = call.tx.timesheets.get(timesheet_id)
        role = sheet.role_of(call.actor.party_in(sheet.client_id))
        return sheet, _contract(call, sheet.contract_id), role


def _contract(call: Call, contract_id: str) -> WorkContract:
    """Raises Unavailable while the contract's event is still on its way."""
    found: WorkContract | None = call.tx.contracts.find_one(id=contract_id)
    if found is None:
        raise Unavailable("This contract is still being set up; try again in a moment.")
    return found


def _sheet_of(call: Call, contract: WorkContract, started_at: Any) -> Timesheet:
    week_start = week_of(started_at)
    found: Timesheet | None = call.tx.timesheets.find_one(id=sheet_id(contract.id, week_start))
    return found or Timesheet.of_week(contract, week_start)


def _save(call: Call, sheet: Timesheet) -> Timesheet:
    """Saves the timesheet and sets the timers of its state."""
    saved: Timesheet = call.tx.timesheets.save(sheet)
    if saved.state is SheetState.OPEN:
        is_late = call.now >= submit_due(saved.week_start)
        if sheet.version == 0 or is_late:  # else it is set already, and the others are not
            call.set_timer("timesheet.submit", saved.id, saved.submit_due_at)
        return saved
    call.clear_timer("timesheet.submit", saved.id)
    if saved.state is SheetState.SUBMITTED and saved.review_due_at is not None:
        call.set_timer("timesheet.approve", saved.id, saved.review_due_at)
    else:
        call.clear_timer("timesheet.approve", saved.id)
    if saved.state is SheetState.SUBMITTED and saved.next_reminder_at is not None:
        call.set_timer("timesheet.remind", saved.id, saved.next_reminder_at)
    else:
        call.clear_timer("timesheet.remind", saved.id)
    return saved


def _told(call: Call, sheet: Timesheet, contract: WorkContract, event: Event) -> dict[str, Any]:
    """Saves the timesheet with its event; gives it as its contract shows it."""
    saved = _save(call, sheet)
    whole = shown(saved, contract, call.tx.entries.of_sheet(saved.id))
    call.emit(event, saved.id, {**whole, "terms": contract.terms})
    return whole


def shown(sheet: Timesheet, contract: WorkContract, entries: list[TimeEntry]) -> dict[str, Any]:
    own = {name: getattr(sheet, name) for name in Timesheet.__slots__}
    return {
        **own,
        "state": sheet.state.value,
        "submit_due_at": sheet.submit_due_at,
        "brief_title": contract.brief_title,
        "client_name": contract.client_name,
        "assistant_name": contract.assistant_name,
        "weekly_limit_minutes": contract.terms.weekly_minutes if contract.terms.engagement == "hourly" else 0,
        "entries": entries,
    }
