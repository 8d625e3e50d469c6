"""What assistants propose for the taxonomy and operators decide: states, names, codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.profiles.domain.vocabulary import (
    OPEN_PROPOSALS,
    Proposal,
    ProposalState,
    Work,
    folded,
    require_new,
    require_proposer,
    require_room,
)
from shared.platform.errors import Conflict, Forbidden, Invalid

AT = datetime(2026, 11, 27, 10, tzinfo=UTC)
PROPOSAL = Proposal(
    id="p1", kind="tool", name="Ledger Frog", description="", service="bookkeeping", locale="en", by=("anna",),
    created_at=AT,
)  # fmt: skip
REQUEST = {
    "kind": "tool",
    "service": "bookkeeping",
    "labels": {"en": "  Ledger   Frog ", "it": "Ledger Frog"},
    "synonyms": {"en": ["ledgerfrog", "LedgerFrog", "ledger-frog", " "], "it": ["rana dei conti"]},
    "descriptions": {"en": "Ledgers in Ledger Frog", "it": "Registri in Ledger Frog."},
}
SERVICES = {"bookkeeping"}


def test_names_that_fold_alike_are_one() -> None:
    assert folded("  Ledger-Frog! ") == folded("LEDGER frög")
    assert folded("…") == ""


def test_a_request_becomes_tidy() -> None:
    work = Work.of(REQUEST)

    assert work.labels["en"] == "Ledger Frog"
    assert work.synonyms == {"en": ("ledgerfrog",), "it": ("rana dei conti",)}
    assert work.descriptions["en"] == "Ledgers in Ledger Frog."
    assert Work.of({**REQUEST, "kind": "service"}).service == ""


@pytest.mark.parametrize(
    ("changes", "called", "field"),
    [
        ({"service": "ponds"}, {}, "service"),
        ({"labels": {"en": "…", "it": "Rana"}}, {}, "labels.en"),
        ({}, {"ledger frog": "own.frog"}, "labels.en"),
        ({}, {"rana dei conti": "own.frog"}, "synonyms.it"),
    ],
)
def test_what_an_operator_got_wrong_is_said_at_its_field(
    changes: dict[str, object], called: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        Work.of({**REQUEST, **changes}).check(SERVICES, called)
    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("kind", "label", "taken", "code"),
    [
        ("tool", "Ledger Frog", set(), "own.ledger_frog"),
        ("skill", "Café & Più", set(), "own.cafe_piu"),
        ("service", "Pond care", set(), "own_pond_care"),
        ("tool", "Ledger Frog", {"own.ledger_frog", "own.ledger_frog_2"}, "own.ledger_frog_3"),
        ("tool", "会計", set(), "own.work"),
    ],
)
def test_codes_are_made_of_the_english_name_and_never_twice(kind: str, label: str, taken: set[str], code: str) -> None:
    work = Work.of({**REQUEST, "kind": kind, "labels": {"en": label, "it": label}})
    assert work.code(taken) == code


def test_a_proposal_is_decided_once() -> None:
    accepted = PROPOSAL.accept("own.ledger_frog", AT)
    merged = PROPOSAL.merge("books.xero", AT)
    declined = PROPOSAL.decline("  Nobody sells it any more. ", AT)

    assert (accepted.state, accepted.code) == (ProposalState.ACCEPTED, "own.ledger_frog")
    assert (merged.state, merged.code) == (ProposalState.MERGED, "books.xero")
    assert (declined.state, declined.reason) == (ProposalState.DECLINED, "Nobody sells it any more.")
    for decided in (accepted, merged, declined):
        assert decided.open_name == ""
        for again in (
            lambda one: one.accept("x", AT),
            lambda one: one.merge("x", AT),
            lambda one: one.decline("x", AT),
        ):
            with pytest.raises(Conflict):
                again(decided)


def test_a_refusal_has_a_reason() -> None:
    with pytest.raises(Invalid):
        PROPOSAL.decline("  ", AT)


def test_several_may_propose_the_same() -> None:
    joined = PROPOSAL.joined("bea").joined("anna").joined("bea")
    assert joined.by == ("anna", "bea")
    assert replace(joined, by=()).proposers == 0


def test_who_may_propose_and_how_much() -> None:
    require_proposer(assistant=True)
    with pytest.raises(Forbidden):
        require_proposer(assistant=False)
    require_room(OPEN_PROPOSALS - 1)
    with pytest.raises(Conflict):
        require_room(OPEN_PROPOSALS)
    require_new("Ledger Frog", "")
    with pytest.raises(Invalid):
        require_new("Xero", "books.xero")
