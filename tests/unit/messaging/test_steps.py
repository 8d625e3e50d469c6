"""Who is told of what: the whole table, side by side with who acted."""

from __future__ import annotations

import json

import pytest

from services.messaging.domain.steps import STEPS, line_of, notices, parties_of
from tests.unit.messaging.facts import ENTRY, EVENTS, fact

CLIENT, ASSISTANT, TIME = "carla", "anna", "system:work"
BOTH = {CLIENT, ASSISTANT}

TABLE = [
    # kind, changes, who acts, who is told
    ("offer.sent", {"by": "client"}, CLIENT, {ASSISTANT}),
    ("offer.sent", {"by": "assistant"}, ASSISTANT, {CLIENT}),
    ("offer.accepted", {"by": "client"}, ASSISTANT, {CLIENT}),
    ("offer.accepted", {"by": "assistant"}, CLIENT, {ASSISTANT}),
    ("offer.declined", {"by": "client", "reason": "Too far"}, ASSISTANT, {CLIENT}),
    ("offer.declined", {"by": "assistant"}, CLIENT, {ASSISTANT}),
    ("offer.withdrawn", {"by": "client"}, CLIENT, {ASSISTANT}),
    ("offer.withdrawn", {"by": "assistant"}, ASSISTANT, {CLIENT}),
    ("offer.withdrawn", {"by": "client"}, "another-assistant", {ASSISTANT}),
    ("offer.withdrawn", {"by": "assistant"}, CLIENT, {ASSISTANT}),
    ("offer.withdrawn", {"by": "assistant"}, TIME, {ASSISTANT}),
    ("offer.expiring", {"by": "client"}, TIME, {ASSISTANT}),
    ("offer.expiring", {"by": "assistant"}, TIME, {CLIENT}),
    ("offer.expired", {"by": "client"}, TIME, BOTH),
    ("contract.started", {}, ASSISTANT, BOTH),
    ("contract.started", {}, CLIENT, BOTH),
    ("contract.changed", {"state": "paused"}, CLIENT, {ASSISTANT}),
    ("contract.changed", {"state": "notice"}, ASSISTANT, {CLIENT}),
    ("contract.changed", {"state": "active"}, TIME, BOTH),
    ("contract.ended", {"state": "ended"}, TIME, BOTH),
    ("contract.ended", {"state": "terminated"}, CLIENT, {ASSISTANT}),
    ("timesheet.submitted", {}, ASSISTANT, {CLIENT}),
    ("timesheet.submitted", {}, TIME, {CLIENT}),
    ("timesheet.approved", {"approved_by": "client"}, CLIENT, {ASSISTANT}),
    ("timesheet.approved", {"approved_by": "silence"}, TIME, BOTH),
    ("timesheet.disputed", {}, CLIENT, {ASSISTANT}),
    ("timesheet.review_due", {}, TIME, {CLIENT}),
    ("invoice.issued", {}, TIME, {CLIENT}),
    ("invoice.issued", {"kind": "credit_note"}, ASSISTANT, set()),
    ("invoice.paid", {}, ASSISTANT, {CLIENT}),
    ("invoice.paid", {}, "olga", BOTH),
    ("invoice.overdue", {}, TIME, BOTH),
    ("invoice.credited", {}, ASSISTANT, {CLIENT}),
    ("invoice.credited", {}, "olga", BOTH),
    ("invoice.written_off", {}, ASSISTANT, {CLIENT}),
    ("brief.expiring", {}, TIME, {CLIENT}),
    ("brief.ended", {"state": "expired"}, TIME, {CLIENT}),
    ("brief.ended", {"state": "removed", "reason": "It names a person."}, "olga", {CLIENT}),
    ("brief.ended", {"state": "filled"}, CLIENT, set()),
    ("brief.ended", {"state": "closed"}, CLIENT, set()),
    ("search.found", {}, TIME, {CLIENT}),
    ("search.found", {"count": 4}, TIME, {CLIENT}),
    ("proposal.decided", {}, "olga", {ASSISTANT}),
    ("proposal.decided", {"state": "declined", "reason": "It is no skill."}, "olga", {ASSISTANT}),
    ("review.opened", {}, TIME, BOTH),
    ("review.written", {"by": "client"}, CLIENT, {ASSISTANT}),
    ("review.closing", {"missing": ["client", "assistant"]}, TIME, BOTH),
    ("review.closing", {"missing": ["assistant"]}, TIME, {ASSISTANT}),
    ("review.revealed", {}, ASSISTANT, BOTH),
    ("review.replied", {"by": "assistant"}, ASSISTANT, {CLIENT}),
    ("review.hidden", {"by": "client"}, "olga", {CLIENT}),
    ("check.granted", {}, "olga", {ASSISTANT}),
    ("check.refused", {}, "olga", {ASSISTANT}),
    ("check.revoked", {"kind": "identity"}, "olga", {ASSISTANT}),
]


@pytest.mark.parametrize(("kind", "changes", "acting", "told"), TABLE)
def test_each_step_reaches_the_sides_that_should_know(
    kind: str, changes: dict[str, str], acting: str, told: set[str]
) -> None:
    assert {notice.account_id for notice in notices(kind, fact(kind, **changes), acting)} == told


def test_the_table_above_knows_every_step() -> None:
    assert {row[0] for row in TABLE} == set(STEPS) == set(EVENTS)


PATHS = [
    ("offer.sent", "/offers/offer-1"),
    ("contract.started", "/contracts/contract-1"),
    ("review.revealed", "/contracts/contract-1/review"),
    ("check.granted", "/checks"),
    ("timesheet.submitted", "/timesheets/timesheet-1"),
    ("invoice.issued", "/invoices/invoice-1"),
    ("brief.expiring", "/briefs/brief-1"),
]


@pytest.mark.parametrize(("kind", "path"), PATHS)
def test_a_notice_leads_to_what_it_is_about(kind: str, path: str) -> None:
    assert {notice.path for notice in notices(kind, fact(kind), "")} == {path}


@pytest.mark.parametrize("kind", STEPS)
def test_params_are_flat_and_can_be_stored(kind: str) -> None:
    for notice in notices(kind, fact(kind), ""):
        assert notice.params.get("title", "Calendar and travel") == "Calendar and travel"
        for value in json.loads(json.dumps(dict(notice.params))).values():
            assert isinstance(value, str | int) or set(value) == {"amount", "currency"}


def test_each_reads_the_other_sides_name() -> None:
    names = {
        notice.account_id: notice.params["name"] for notice in notices("contract.started", fact("contract.started"), "")
    }

    assert names == {CLIENT: "Anna", ASSISTANT: "Carla"}


@pytest.mark.parametrize(
    ("kind", "changes", "quote"),
    [
        ("offer.sent", {"message": "I would love to work with you."}, "I would love to work with you."),
        ("offer.declined", {"reason": "Too far away"}, "Too far away"),
        ("offer.withdrawn", {"reason": "We found somebody"}, "We found somebody"),
        ("contract.ended", {"state": "terminated", "reason": "Breach"}, "Breach"),
        ("timesheet.disputed", {"entries": [ENTRY]}, "This was a private call."),
        ("brief.ended", {"state": "removed", "reason": "It names a person."}, "It names a person."),
    ],
)
def test_reasons_and_messages_reach_the_other_side(kind: str, changes: dict[str, object], quote: str) -> None:
    assert {notice.quote for notice in notices(kind, fact(kind, **changes), "")} == {quote}


def test_a_dispute_names_its_minutes() -> None:
    entries = [ENTRY, {**ENTRY, "minutes": 30}, {**ENTRY, "disputed": False}]

    [notice] = notices("timesheet.disputed", fact("timesheet.disputed", entries=entries), CLIENT)

    assert notice.params["disputed_minutes"] == 120


@pytest.mark.parametrize(
    ("kind", "changes", "line"),
    [
        ("offer.sent", {}, "offer.sent"),
        ("offer.sent", {"number": 3}, "offer.sent/again"),
        ("offer.declined", {}, "offer.declined"),
        ("contract.changed", {"state": "paused"}, "contract.changed/paused"),
        ("contract.started", {}, ""),
        ("timesheet.submitted", {}, ""),
        ("invoice.paid", {}, ""),
    ],
)
def test_steps_of_the_negotiation_are_lines_of_the_conversation(
    kind: str, changes: dict[str, object], line: str
) -> None:
    assert line_of(kind, fact(kind, **changes)) == line


def test_an_invoices_issuer_is_the_assistant() -> None:
    parties = parties_of(fact("invoice.issued"))

    assert (parties.assistant_id, parties.assistant_name) == ("anna", "Anna")
