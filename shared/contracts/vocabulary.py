"""Vocabulary: what assistants propose for the taxonomy and what operators add to it while everything runs.

Owned by the profiles service. Others keep what was added from its event; programs and the gateway ask for what is newer
than a number. What comes with Dextra is in shared/contracts/taxonomy and gets synonyms here, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from shared.contracts.fields import LOCALES, ById, Id, Instant, Page, fail, items, length, one_of
from shared.contracts.taxonomy.entries import WORK, Entry
from shared.platform.contract import Command, Event, Message, Query

SERVICE = "profiles"
LONGEST_NAME, LONGEST_DESCRIPTION, MOST_SYNONYMS = 60, 200, 12
STATES = ("proposed", "accepted", "merged", "declined")


def of_each_locale(low: int, high: int) -> Any:
    """A text of `low` to `high` characters in every language."""
    each = length(low, high)

    def check(value: Mapping[str, str]) -> None:
        for locale in LOCALES:
            if locale not in value:
                raise fail("Please fill this in, in every language.")
            each(value[locale])

    return check


def Texts(low: int, high: int, **options: Any) -> fields.Dict:
    """Text by language."""
    return fields.Dict(keys=fields.String(validate=one_of(LOCALES)), values=fields.String(),
                       validate=of_each_locale(low, high), **options)  # fmt: skip


def Names(**options: Any) -> fields.Dict:
    """Synonyms by language."""
    names = fields.List(fields.String(validate=length(1, LONGEST_NAME)), validate=items(0, MOST_SYNONYMS))
    return fields.Dict(keys=fields.String(validate=one_of(LOCALES)), values=names, load_default=dict, **options)


class WorkContent(Message):
    """What an operator says of an entry. `service`: the one a skill or tool belongs to; empty for a service."""

    kind = fields.String(required=True, validate=one_of(WORK))
    service = fields.String(load_default="", validate=length(0, 60))
    labels = Texts(1, LONGEST_NAME, required=True)
    synonyms = Names()
    descriptions = Texts(1, LONGEST_DESCRIPTION, required=True)


class Addition(Message):
    """An entry that was added, or synonyms for one that comes with Dextra. `number` grows with every change of any."""

    code = fields.String(required=True)
    number = fields.Integer(required=True)
    kind = fields.String(required=True)
    service = fields.String(load_default="")
    labels = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    synonyms = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), load_default=dict)
    descriptions = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class AdditionsSince(Message):
    number = fields.Integer(load_default=0)


class Additions(Message):
    items = fields.List(fields.Nested(Addition), required=True)


class ProposeWorkRequest(Message):
    """In the proposer's language. `description`: what it is, for whoever decides."""

    kind = fields.String(required=True, validate=one_of(WORK))
    name = fields.String(required=True, validate=length(2, LONGEST_NAME))
    description = fields.String(load_default="", validate=length(0, 500))
    service = fields.String(load_default="", validate=length(0, 60))
    locale = fields.String(load_default="en", validate=one_of(LOCALES))


class Proposal(Message):
    """`proposers`: how many assistants asked for it. `code`: what it became, or what it is called here already."""

    id = fields.String()
    kind = fields.String()
    name = fields.String()
    description = fields.String()
    service = fields.String()
    locale = fields.String()
    state = fields.String()
    proposers = fields.Integer()
    code = fields.String()
    reason = fields.String()
    created_at = Instant()
    decided_at = Instant(allow_none=True)
    version = fields.Integer()


class Proposals(Message):
    items = fields.List(fields.Nested(Proposal), required=True)
    next = fields.String(allow_none=True, load_default=None)


class ListProposalsRequest(Page):
    state = fields.String(load_default="", validate=one_of(("", *STATES)))


class AcceptProposalRequest(WorkContent):
    id = Id()


class MergeProposalRequest(Message):
    """Its name becomes a synonym of `code`."""

    id = Id()
    code = fields.String(required=True, validate=length(1, 60))


class DeclineProposalRequest(Message):
    id = Id()
    reason = fields.String(required=True, validate=length(3, 500))


class CorrectWorkRequest(WorkContent):
    """Of an added entry: all but its code, kind and service. Of one that comes with Dextra: its added synonyms only."""

    code = fields.String(required=True, validate=length(1, 60))


# Anybody: what was added or changed after `number`, in its order.
GetAdditions = Query(SERVICE, "get_additions", AdditionsSince, Additions)
# Assistants. Conflict when it is here already, with where. The same name proposed by several is one proposal.
ProposeWork = Command(SERVICE, "propose_work", ProposeWorkRequest, Proposal)
ListMyProposals = Query(SERVICE, "list_my_proposals", Page, Proposals)
# Operators.
ListProposals = Query(SERVICE, "list_proposals", ListProposalsRequest, Proposals)
GetProposal = Query(SERVICE, "get_proposal", ById, Proposal)
AcceptProposal = Command(SERVICE, "accept_proposal", AcceptProposalRequest, Addition)
MergeProposal = Command(SERVICE, "merge_proposal", MergeProposalRequest, Addition)
DeclineProposal = Command(SERVICE, "decline_proposal", DeclineProposalRequest, Proposal)
AddWork = Command(SERVICE, "add_work", WorkContent, Addition)
CorrectWork = Command(SERVICE, "correct_work", CorrectWorkRequest, Addition)


class ProposalFact(Message):
    """Told once for each who proposed it. `title`: the name proposed; `label`: the entry's, in the proposal's words."""

    proposal_id = fields.String(required=True)
    assistant_id = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    code = fields.String(load_default="")
    label = fields.String(load_default="")
    reason = fields.String(load_default="")


TaxonomyExtended = Event(SERVICE, "taxonomy.extended", Addition)
ProposalDecided = Event(SERVICE, "proposal.decided", ProposalFact)


def entry_of(told: Mapping[str, Any]) -> Entry:
    """An addition as the taxonomy holds it."""
    return Entry(
        code=told["code"],
        kind=told["kind"],
        service=told["service"],
        labels=dict(told["labels"]),
        synonyms={locale: tuple(names) for locale, names in told["synonyms"].items()},
        descriptions=dict(told["descriptions"]),
        added=True,
    )
