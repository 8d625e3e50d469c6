"""Events' data as the other services send it, for messaging's tests: loaded by the contracts' own schemas."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shared.contracts import billing, matching, requests, vocabulary, work
from shared.platform.contract import Event

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
SIDES = {"client_id": "carla", "client_name": "Carla", "assistant_id": "anna", "assistant_name": "Anna"}
EUR_42 = {"amount": 4200, "currency": "EUR"}
EUR_840 = {"amount": 84000, "currency": "EUR"}
TERMS = {"engagement": "hourly", "rate": EUR_42, "weekly_minutes": 600, "start_on": "2026-03-09"}

OFFER = {
    **SIDES,
    "id": "offer-1",
    "thread_id": "thread-1",
    "number": 1,
    "brief_id": "brief-1",
    "brief_title": "Calendar and travel",
    "by": "client",
    "terms": TERMS,
    "message": "",
    "state": "sent",
    "reason": "",
    "created_at": "2026-03-04T09:00:00+00:00",
    "expires_at": "2026-03-11T09:00:00+00:00",
    "contract_id": "",
}
CONTRACT = {
    **SIDES,
    "id": "contract-1",
    "thread_id": "thread-1",
    "brief_title": "Calendar and travel",
    "terms": TERMS,
    "state": "trial",
    "reason": "",
    "ends_on": None,
}
TIMESHEET = {
    **SIDES,
    "id": "timesheet-1",
    "contract_id": "contract-1",
    "brief_title": "Calendar and travel",
    "week_start": "2026-03-09",
    "state": "submitted",
    "approved_by": "",
    "minutes": 570,
    "review_due_at": "2026-03-20T23:00:00+00:00",
    "entries": [],
    "terms": TERMS,
}
ENTRY = {"id": "e", "minutes": 90, "disputed": True, "reason": "This was a private call.", "memo": "Calls"}
INVOICE = {
    "id": "invoice-1",
    "kind": "invoice",
    "number": "2026-0007",
    "issuer_id": "anna",
    "issuer_name": "Anna",
    "client_id": "carla",
    "client_name": "Carla",
    "subject": "Calendar and travel",
    "total": EUR_840,
    "paid": {"amount": 0, "currency": "EUR"},
    "due": EUR_840,
    "state": "issued",
    "due_on": "2026-04-03",
    "reason": "",
}
BRIEF = {
    "brief_id": "brief-1",
    "client_id": "carla",
    "state": "open",
    "version": 3,
    "title": "Calendar and travel",
    "level": "executive",
    "engagement": "hourly",
    "weekly_minutes": 600,
    "budget": EUR_42,
    "time_zone": "Europe/Rome",
    "start_on": "2026-03-09",
    "reason": "",
}

SEARCH = {
    "search_id": "search-1",
    "client_id": "carla",
    "search_name": "Bookkeepers in Rome",
    "count": 1,
    "assistant_ids": ["anna"],
    "names": "Anna",
}

PROPOSAL = {
    "proposal_id": "proposal-1",
    "assistant_id": "anna",
    "title": "Calendar and travel",
    "state": "accepted",
    "code": "own.calendar_and_travel",
    "label": "Calendars and travel",
    "reason": "",
}

STEP: dict[str, Any] = {
    **SIDES,
    "contract_id": "contract-1",
    "brief_title": "Calendar and travel",
    "closes_at": "2026-03-24T10:00:00+00:00",
    "state": "sealed",
    "missing": ["assistant"],
    "by": "client",
}
REVIEW: dict[str, Any] = {
    **{name: value for name, value in STEP.items() if name != "missing"},
    "id": "contract-1",
    "engagement": "hourly",
    "weekly_minutes": 600,
    "started_on": "2026-01-05",
    "ended_on": "2026-03-10",
    "days": 65,
    "opened_at": "2026-03-10T10:00:00+00:00",
    "by_client": None,
    "by_assistant": None,
    "revealed_at": "2026-03-12T10:00:00+00:00",
    "version": 3,
}
CHECK: dict[str, Any] = {
    "id": "anna:phone",
    "account_id": "anna",
    "assistant_id": "anna",
    "name": "Anna Rossi",
    "kind": "phone",
    "state": "granted",
    "history": [],
    "note": "Rang her on Monday.",
    "version": 1,
}

EVENTS: dict[str, tuple[Event, dict[str, Any]]] = {
    event.name: (event, data)
    for data, events in (
        (PROPOSAL, (vocabulary.ProposalDecided,)),
        (
            OFFER,
            (
                matching.OfferSent,
                matching.OfferAccepted,
                matching.OfferDeclined,
                matching.OfferWithdrawn,
                matching.OfferExpiring,
                matching.OfferExpired,
            ),
        ),
        (CONTRACT, (matching.ContractStarted, matching.ContractChanged, matching.ContractEnded)),
        (
            TIMESHEET,
            (work.TimesheetSubmitted, work.TimesheetApproved, work.TimesheetDisputed, work.TimesheetReviewDue),
        ),
        (
            INVOICE,
            (
                billing.InvoiceIssued,
                billing.InvoicePaid,
                billing.InvoiceOverdue,
                billing.InvoiceCredited,
                billing.InvoiceWrittenOff,
            ),
        ),
        (BRIEF, (requests.BriefExpiring, requests.BriefEnded)),
        (SEARCH, (matching.SearchFound,)),
        (STEP, (matching.ReviewOpened, matching.ReviewWritten, matching.ReviewClosing)),
        (REVIEW, (matching.ReviewRevealed, matching.ReviewReplied, matching.ReviewHidden)),
        (CHECK, (matching.CheckGranted, matching.CheckRefused, matching.CheckRevoked)),
    )
    for event in events
}


def data_of(kind: str, /, **changes: Any) -> dict[str, Any]:
    """As it crosses the broker."""
    return {**EVENTS[kind][1], **changes}


def fact(kind: str, /, **changes: Any) -> dict[str, Any]:
    """As a handler gets it."""
    return EVENTS[kind][0].load(data_of(kind, **changes))
