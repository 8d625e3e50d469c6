"""Work: what is done under a contract; time entries and a week's timesheet."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import ById, Id, Instant, Page, items, length, one_of, plausible_day
from shared.contracts.matching import Terms
from shared.platform.contract import Command, Empty, Event, Message, Query

SERVICE = "work"
TIMESHEET_STATES = ("open", "submitted", "approved", "disputed", "locked")


class TimeEntry(Message):
    """`disputed` with the client's reason; `minutes` is the exact length."""

    id = fields.String()
    contract_id = fields.String()
    timesheet_id = fields.String()
    assistant_id = fields.String()
    started_at = Instant()
    ended_at = Instant()
    minutes = fields.Integer()
    memo = fields.String()
    disputed = fields.Boolean()
    reason = fields.String()
    version = fields.Integer()


class Timesheet(Message):
    """A contract's week, Monday 00:00 to Sunday 24:00 UTC. `approved_by`: client, silence, or
    empty; `approved_by_name` names the colleague who approved it for a company."""

    id = fields.String()
    contract_id = fields.String()
    brief_title = fields.String()
    client_id = fields.String()
    client_name = fields.String()
    assistant_id = fields.String()
    assistant_name = fields.String()
    week_start = fields.Date()
    state = fields.String()
    approved_by = fields.String()
    approved_by_name = fields.String()
    minutes = fields.Integer()
    weekly_limit_minutes = fields.Integer()
    submit_due_at = Instant()
    review_due_at = Instant(allow_none=True)
    submitted_at = Instant(allow_none=True)
    approved_at = Instant(allow_none=True)
    entries = fields.List(fields.Nested(TimeEntry))
    version = fields.Integer()


class LogTimeRequest(Message):
    contract_id = Id()
    started_at = Instant(required=True, validate=plausible_day)
    ended_at = Instant(required=True, validate=plausible_day)
    memo = fields.String(required=True, validate=length(1, 500))


class EditTimeRequest(Message):
    entry_id = Id()
    started_at = Instant(required=True, validate=plausible_day)
    ended_at = Instant(required=True, validate=plausible_day)
    memo = fields.String(required=True, validate=length(1, 500))


class EntryRequest(Message):
    entry_id = Id()


class DisputeRequest(Message):
    timesheet_id = Id()
    entry_ids = fields.List(fields.String(), required=True, validate=items(1, 200))
    reason = fields.String(required=True, validate=length(1, 1000))


class TimesheetRequest(Message):
    timesheet_id = Id()


class ListTimesheetsRequest(Page):
    """Those the caller is a side of, newest week first."""

    contract_id = fields.String(load_default="")
    states = fields.List(fields.String(validate=one_of(TIMESHEET_STATES)), load_default=list)


class Timesheets(Message):
    items = fields.List(fields.Nested(Timesheet))
    next = fields.String(allow_none=True)


class WeekRequest(Message):
    """Minutes logged on the caller's contracts in the week that begins on `week_start` (a Monday)."""

    week_start = fields.Date(required=True)


# The assistant, while the contract runs and the week is open (or disputed, for corrections).
LogTime = Command(SERVICE, "log_time", LogTimeRequest, TimeEntry)
EditTime = Command(SERVICE, "edit_time", EditTimeRequest, TimeEntry)
DeleteTime = Command(SERVICE, "delete_time", EntryRequest, Empty)
SubmitTimesheet = Command(SERVICE, "submit_timesheet", TimesheetRequest, Timesheet)
# The client.
ApproveTimesheet = Command(SERVICE, "approve_timesheet", TimesheetRequest, Timesheet, colleagues=("owner", "approver"))
# The client names entries; the assistant corrects and submits again, or the client approves after all.
DisputeTimesheet = Command(SERVICE, "dispute_timesheet", DisputeRequest, Timesheet, colleagues=("owner", "approver"))
GetTimesheet = Query(SERVICE, "get_timesheet", ById, Timesheet)
ListTimesheets = Query(SERVICE, "list_timesheets", ListTimesheetsRequest, Timesheets)


class TimesheetFact(Timesheet):
    """The whole timesheet, with the contract's terms so that a reader needs nothing else."""

    terms = fields.Nested(Terms, required=True)


TimesheetSubmitted = Event(SERVICE, "timesheet.submitted", TimesheetFact)
TimesheetApproved = Event(SERVICE, "timesheet.approved", TimesheetFact)
TimesheetDisputed = Event(SERVICE, "timesheet.disputed", TimesheetFact)
TimesheetReviewDue = Event(SERVICE, "timesheet.review_due", TimesheetFact)
