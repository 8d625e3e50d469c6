"""Entry points about the taxonomy: what assistants propose, what operators decide and add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.profiles.domain.vocabulary import (
    Proposal,
    Work,
    folded,
    require_new,
    require_proposer,
    require_room,
)
from services.profiles.store import ProfilesStore
from shared.contracts import taxonomy
from shared.contracts import vocabulary as c
from shared.contracts.taxonomy.entries import Entry
from shared.platform.additions import Added
from shared.platform.errors import Invalid, NotFound, Text
from shared.platform.ids import new_id
from shared.platform.service import Call, command, query

Request = dict[str, Any]
Json = dict[str, Any]


class VocabularyPart:
    store: ProfilesStore

    @query(c.GetAdditions)
    def get_additions(self, call: Call, request: Request) -> Json:
        return {"items": [_told(added) for added in self.store.taxonomy_additions.since(request["number"])]}

    # -- assistants ----------------------------------------------------------------------------------------------

    @command(c.ProposeWork)
    def propose_work(self, call: Call, request: Request) -> Json:
        call.actor.require()
        require_proposer(assistant=call.actor.has("assistant"))
        taxonomy.fresh()
        if request["kind"] != "service" and request["service"] and not taxonomy.is_service(request["service"]):
            raise Invalid.field("service", "This service is not in our list. Choose one of the list.")
        name = " ".join(request["name"].split())
        if not folded(name):
            raise Invalid.field("name", "Enter a name with letters.")
        require_new(name, called(request["kind"]).get(folded(name), ""))
        owner = call.actor.practice_id
        open_one = call.tx.proposals.open_by_name(folded(name))
        if open_one is None or owner not in open_one.by:
            require_room(call.tx.proposals.count({"by": owner, "state": "proposed"}))
        proposal = open_one.joined(owner) if open_one else _proposed(call, request, name)
        return shown_proposal(call.tx.proposals.save(proposal))

    @query(c.ListMyProposals)
    def list_my_proposals(self, call: Call, request: Request) -> Json:
        call.actor.require()
        return _listed(self.store.proposals, {"by": call.actor.practice_id}, request)

    # -- operators -----------------------------------------------------------------------------------------------

    @query(c.ListProposals)
    def list_proposals(self, call: Call, request: Request) -> Json:
        call.actor.require("operator")
        return _listed(self.store.proposals, {"state": request["state"]} if request["state"] else {}, request)

    @query(c.GetProposal)
    def get_proposal(self, call: Call, request: Request) -> Json:
        call.actor.require("operator")
        return shown_proposal(self.store.proposals.get(request["id"]))

    @command(c.AcceptProposal)
    def accept_proposal(self, call: Call, request: Request) -> Json:
        call.actor.require("operator")
        proposal: Proposal = call.tx.proposals.get(request["id"])
        proposal.accept("", call.now)  # refused before anything is in force, which no rollback would take back
        added = _added(call, Work.of(request))
        _decided(call, proposal.accept(added.id, call.now))
        return _told(added)

    @command(c.MergeProposal)
    def merge_proposal(self, call: Call, request: Request) -> Json:
        """Its name becomes a synonym of what is there."""
        call.actor.require("operator")
        taxonomy.fresh()
        proposal: Proposal = call.tx.proposals.get(request["id"])
        entry = _entry(call, request["code"])
        if entry is None or entry.kind not in ("service", "skill", "tool"):
            raise Invalid.field("code", "Choose one of the list.")
        merged = proposal.merge(entry.code, call.now)
        meant = called(entry.kind).get(folded(proposal.name))
        if meant not in (None, entry.code):
            raise Invalid(fields={"code": [Text("“%(name)s” is a name of %(code)s.", name=proposal.name, code=meant)]})
        held = call.tx.taxonomy_additions.find_one(id=entry.code)
        synonyms = dict(held.synonyms) if held else {}
        if meant is None:
            synonyms[proposal.locale] = (*synonyms.get(proposal.locale, ()), proposal.name)
        labels, told = (held.labels, held.descriptions) if held else (dict(entry.labels), dict(entry.descriptions))
        added = Added(entry.code, call.tx.taxonomy_numbers.take(), entry.kind, entry.service, labels, synonyms, told)
        _extended(call, added)
        _decided(call, merged)
        return _told(added)

    @command(c.DeclineProposal)
    def decline_proposal(self, call: Call, request: Request) -> Json:
        call.actor.require("operator")
        proposal: Proposal = call.tx.proposals.get(request["id"])
        return shown_proposal(_decided(call, proposal.decline(request["reason"], call.now)))

    @command(c.AddWork)
    def add_work(self, call: Call, request: Request) -> Json:
        call.actor.require("operator")
        return _told(_added(call, Work.of(request)))

    @command(c.CorrectWork)
    def correct_work(self, call: Call, request: Request) -> Json:
        call.actor.require("operator")
        taxonomy.fresh()
        entry = _entry(call, request["code"])
        if entry is None:
            raise NotFound("This does not exist, or not any more.")
        told = {**request, "kind": entry.kind, "service": entry.service}
        if taxonomy.is_given(entry.code):  # what comes with Dextra gets synonyms, nothing else
            told |= {"labels": dict(entry.labels), "descriptions": dict(entry.descriptions)}
        work = Work.of(told)
        work.check(taxonomy.SERVICES.keys(), called(entry.kind, but=entry.code))
        added = Added(
            entry.code,
            call.tx.taxonomy_numbers.take(),
            entry.kind,
            entry.service,
            dict(work.labels),
            dict(work.synonyms),
            dict(work.descriptions),
        )
        _extended(call, added)
        return _told(added)


def _entry(call: Call, code: str) -> Entry | None:
    """The entry in force, or one that was added a moment ago."""
    held = None if taxonomy.is_given(code) else call.tx.taxonomy_additions.find_one(id=code)
    return held.entry() if held else taxonomy.find(code)


def called(kind: str, but: str = "") -> dict[str, str]:
    """The code that each folded name means among entries of this kind; skills and tools are one kind."""
    names = taxonomy.all_names()["service" if kind == "service" else "skill"]
    return {folded(name): code for code, listed in names.items() if code != but for name in listed}


def _proposed(call: Call, request: Mapping[str, Any], name: str) -> Proposal:
    return Proposal(
        id=new_id(),
        kind=request["kind"],
        name=name,
        description=request["description"].strip(),
        service="" if request["kind"] == "service" else request["service"],
        locale=request["locale"],
        by=(call.actor.practice_id,),
        created_at=call.now,
    )


def _added(call: Call, work: Work) -> Added:
    """A new entry. The number is taken first: two operators at once wait for each other, and the second sees what the
    first has added."""
    number = call.tx.taxonomy_numbers.take()
    names = called(work.kind)
    own = call.tx.taxonomy_additions.find()
    group = ("service",) if work.kind == "service" else ("skill", "tool")
    for one in own:
        if one.kind in group:
            names |= {folded(name): one.id for name in one.entry().names}
    services = {*taxonomy.SERVICES, *(one.id for one in own if one.kind == "service")}
    work.check(services, names)
    code = work.code({*taxonomy.ENTRIES, *(one.id for one in own)})
    added = Added(
        code, number, work.kind, work.service, dict(work.labels), dict(work.synonyms), dict(work.descriptions)
    )
    _extended(call, added)
    return added


def _extended(call: Call, added: Added) -> None:
    """It counts in this process once it is committed, before the answer is there; others look for it."""
    call.afterwards.append(lambda: taxonomy.take_up([added.entry()]))
    call.tx.taxonomy_additions.keep(_told(added))
    call.emit(c.TaxonomyExtended, added.id, _told(added))


def _decided(call: Call, proposal: Proposal) -> Proposal:
    """Saves the decision; each who proposed it is told."""
    saved: Proposal = call.tx.proposals.save(proposal)
    held = call.tx.taxonomy_additions.find_one(id=saved.code) if saved.code else None
    label = (held.entry() if held else taxonomy.ENTRIES[saved.code]).label(saved.locale) if saved.code else ""
    for assistant_id in saved.by:
        fact = {
            "proposal_id": saved.id,
            "assistant_id": assistant_id,
            "title": saved.name,
            "state": saved.state.value,
            "code": saved.code,
            "label": label,
            "reason": saved.reason,
        }
        call.emit(c.ProposalDecided, f"{saved.id}:{assistant_id}", fact)
    return saved


def _told(added: Added) -> Json:
    return {
        "code": added.id,
        "number": added.number,
        "kind": added.kind,
        "service": added.service,
        "labels": dict(added.labels),
        "synonyms": {locale: list(names) for locale, names in added.synonyms.items()},
        "descriptions": dict(added.descriptions),
    }


def _listed(proposals: Any, where: Mapping[str, Any], request: Mapping[str, Any]) -> Json:
    page = proposals.page(where, limit=request["limit"], cursor=request["cursor"])
    return {"items": [shown_proposal(proposal) for proposal in page.items], "next": page.next}


def shown_proposal(proposal: Proposal) -> Json:
    names = (
        *("id", "kind", "name", "description", "service", "locale"),
        *("code", "reason", "created_at", "decided_at", "version", "proposers"),
    )
    return {**{name: getattr(proposal, name) for name in names}, "state": proposal.state.value}
