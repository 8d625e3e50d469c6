"""nameko entry points of requests: briefs and their lives."""

from __future__ import annotations

import functools
from typing import Any

from services.requests.domain.brief import Brief, BriefState, Content, Role, require_client_account, role_of
from services.requests.domain.own_words.reading import Reader, Reading
from services.requests.domain.shortlist import Kept, keep, key
from services.requests.domain.sketch import Sketch, begin, unknown
from services.requests.store import Client, RequestsStore
from shared.contracts import accounts, matching, taxonomy, vocabulary
from shared.contracts import requests as c
from shared.platform.additions import watched
from shared.platform.contract import Event
from shared.platform.ids import new_id
from shared.platform.service import IMPORTED, Call, Received, Service, StoreProvider, command, query, subscribe, timer
from shared.platform.storage import NEWEST_FIRST

Request = dict[str, Any]

EVENTS: dict[str, Event] = {
    "publish": c.BriefOpened,
    "reopen": c.BriefOpened,
    "pause": c.BriefChanged,
    "resume": c.BriefChanged,
    "edit": c.BriefChanged,
    "close": c.BriefEnded,
    "expire": c.BriefEnded,
    "fill": c.BriefEnded,
    "remove": c.BriefEnded,
}


@functools.lru_cache(maxsize=1)
def reader(_version: int) -> Reader:
    """Of all names of the taxonomy in a version of it."""
    return Reader(taxonomy.all_names(), taxonomy.proper_names())


class RequestsService(Service):
    name = "requests"
    store = StoreProvider(RequestsStore)

    @classmethod
    def on_start(cls, store: RequestsStore, _settings: Any) -> None:
        watched(store.taxonomy_additions)

    @query(c.ReadBrief)
    def read_brief(self, call: Call, request: Request) -> Reading:
        call.actor.require()
        return reader(taxonomy.fresh()).read(request["text"], request["today"] or call.now.date())

    # -- briefs that are still being written -----------------------------------------------------------------------

    @command(c.SaveSketch)
    def save_sketch(self, call: Call, request: Request) -> dict[str, Any]:
        """Whoever saves last is right: what is typed now is worth more than a warning about what was typed before."""
        require_client_account(client=call.actor.has("client"))
        id, party, day = request["id"], call.actor.party_id, request["today"] or call.now.date()
        held = call.tx.sketches.find_one(id=id)
        if held is None:
            held = begin(id, party, day, call.now, call.tx.sketches.count(client_id=party))
        held.require_client(party)
        text, locale, answers = request["text"], request["text_locale"], request["answers"]
        written = held.written(call.actor.account_id, text, locale, day, answers, call.now)
        return sketched(call.tx.sketches.save(written))

    @command(c.DropSketch)
    def drop_sketch(self, call: Call, request: Request) -> None:
        call.actor.require()
        _drop_sketch(call, request["id"])

    @query(c.GetSketch)
    def get_sketch(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        held = self.store.sketches.find_one(id=request["id"])
        if held is None:
            raise unknown()
        held.require_client(call.actor.party_id)
        return sketched(held)

    @query(c.ListSketches)
    def list_sketches(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        return {"items": self.store.sketches.of(call.actor.party_id)}

    # -- the client ----------------------------------------------------------------------------------------------

    @command(c.SaveBrief)
    def save_brief(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        content = Content.of(request)
        if request["id"]:
            brief = self._own(call, request["id"]).edit(content, call.now, request["version"])
            return shown(_record(call, brief, "edit"))
        require_client_account(client=call.actor.has("client"))
        content.check()
        if request["sketch_id"]:
            _drop_sketch(call, request["sketch_id"])
        brief = Brief(
            id=new_id(), client_id=call.actor.party_id, content=content, created_at=call.now, updated_at=call.now
        )
        return shown(call.tx.briefs.save(brief))

    @command(c.PublishBrief)
    def publish_brief(self, call: Call, request: Request) -> dict[str, Any]:
        brief, role = self._acted_on(call, request["id"])
        client = call.tx.clients.find_one(id=brief.client_id)
        confirmed = client is not None and client.email_confirmed
        return shown(_record(call, brief.publish(role, call.now, address_confirmed=confirmed), "publish"))

    @command(c.PauseBrief)
    def pause_brief(self, call: Call, request: Request) -> dict[str, Any]:
        brief, role = self._acted_on(call, request["id"])
        return shown(_record(call, brief.pause(role, call.now), "pause"))

    @command(c.ResumeBrief)
    def resume_brief(self, call: Call, request: Request) -> dict[str, Any]:
        brief, role = self._acted_on(call, request["id"])
        return shown(_record(call, brief.resume(role, call.now), "resume"))

    @command(c.CloseBrief)
    def close_brief(self, call: Call, request: Request) -> dict[str, Any]:
        brief, role = self._acted_on(call, request["id"])
        return shown(_record(call, brief.close(role, call.now, request["reason"]), "close"))

    @command(c.ReopenBrief)
    def reopen_brief(self, call: Call, request: Request) -> dict[str, Any]:
        brief, role = self._acted_on(call, request["id"])
        return shown(_record(call, brief.reopen(role, call.now), "reopen"))

    @command(c.RemoveBrief)
    def remove_brief(self, call: Call, request: Request) -> dict[str, Any]:
        brief, role = self._acted_on(call, request["id"])
        role = Role.OPERATOR if call.actor.has("operator") else role
        return shown(_record(call, brief.remove(role, call.now, request["reason"]), "remove"))

    # -- reading -------------------------------------------------------------------------------------------------

    @query(c.GetBrief)
    def get_brief(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        brief = self.store.briefs.known(request["id"])
        role_of(brief, call.actor.party_id, operator=call.actor.has("operator"))
        return shown(brief)

    @query(c.ListBriefs)
    def list_briefs(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        conditions: dict[str, Any] = {} if call.actor.has("operator") else {"client_id": call.actor.party_id}
        if request["states"]:
            conditions["state"] = {"$in": request["states"]}
        page = self.store.briefs.page(conditions, sort=NEWEST_FIRST, limit=request["limit"], cursor=request["cursor"])
        return {"items": [shown(brief) for brief in page.items], "next": page.next}

    # -- the shortlist -------------------------------------------------------------------------------------------

    @command(c.KeepAssistant)
    def keep_assistant(self, call: Call, request: Request) -> Kept:
        call.actor.require()
        owner, assistant = call.actor.party_id, request["assistant_id"]
        held = call.tx.shortlists.find_one(id=key(owner, assistant))
        if held is not None:
            return call.tx.shortlists.save(held.noted(request["note"]))
        count = call.tx.shortlists.count(owner_id=owner)
        return call.tx.shortlists.save(keep(owner, assistant, request["note"], call.now, count))

    @command(c.DropAssistant)
    def drop_assistant(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        call.tx.shortlists.delete(key(call.actor.party_id, request["assistant_id"]))
        return {"items": call.tx.shortlists.of(call.actor.party_id)}

    @query(c.GetShortlist)
    def get_shortlist(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        return {"items": self.store.shortlists.of(call.actor.party_id)}

    # -- what others did -----------------------------------------------------------------------------------------

    @subscribe(accounts.AccountRegistered, accounts.AccountChanged)
    def on_account(self, call: Call, event: Received) -> None:
        if "client" not in event.data["roles"]:
            return
        client = Client(event.data["account_id"], event.data["email_confirmed"])
        call.tx.clients.put_if_newer(client, event.sequence)

    @subscribe(accounts.AccountsImported)
    def on_accounts_imported(self, call: Call, event: Received) -> None:
        told = [account for account in event.data["accounts"] if "client" in account["roles"]]
        clients = [Client(account["account_id"], account["email_confirmed"]) for account in told]
        call.tx.clients.put_all_if_newer(clients, IMPORTED)

    @subscribe(matching.OfferSent, matching.OfferCountered, matching.OfferDeclined, matching.OfferWithdrawn)
    def on_offer(self, call: Call, event: Received) -> None:
        """Activity: the brief lives on. Nobody's open form of it grows old by that: the version stays."""
        brief = call.tx.briefs.find_one(id=event.data["brief_id"])
        if brief is None or brief.state is not BriefState.OPEN:
            return
        alive = brief.touched(event.occurred_at)
        if call.tx.briefs.keep_alive(alive):
            _set_timers(call, alive)

    @subscribe(vocabulary.TaxonomyExtended)
    def on_taxonomy_extended(self, call: Call, event: Received) -> None:
        call.tx.taxonomy_additions.keep(event.data)

    @subscribe(matching.ContractStarted)
    def on_contract_started(self, call: Call, event: Received) -> None:
        brief = call.tx.briefs.find_one(id=event.data["brief_id"])
        if brief is not None and brief.state in (BriefState.OPEN, BriefState.PAUSED):
            _record(call, brief.fill(call.now), "fill")

    # -- time ----------------------------------------------------------------------------------------------------

    @timer("brief.warn")
    def warn(self, call: Call, entity_id: str) -> None:
        brief = call.tx.briefs.get(entity_id)
        if brief.state is BriefState.OPEN:
            call.emit(c.BriefExpiring, brief.id, fact(brief))

    @timer("brief.expire")
    def expire(self, call: Call, entity_id: str) -> None:
        brief = call.tx.briefs.get(entity_id)
        if brief.state is BriefState.OPEN and brief.expires_at is not None and brief.expires_at <= call.now:
            _record(call, brief.expire(call.now), "expire")

    # -- help ----------------------------------------------------------------------------------------------------

    def _own(self, call: Call, brief_id: str) -> Brief:
        brief: Brief = call.tx.briefs.known(brief_id)
        brief.require_client(call.actor.party_id)
        return brief

    def _acted_on(self, call: Call, brief_id: str) -> tuple[Brief, Role]:
        call.actor.require()
        brief: Brief = call.tx.briefs.known(brief_id)
        return brief, role_of(brief, call.actor.party_id, operator=call.actor.has("operator"))


def shown(brief: Brief) -> dict[str, Any]:
    """The brief as its contract shows it: content and state on one level."""
    content = {name: getattr(brief.content, name) for name in Content.__slots__}
    outer = {name: getattr(brief, name) for name in Brief.__slots__ if name != "content"}
    return {**content, **outer, "state": brief.state.value}


def sketched(sketch: Sketch) -> dict[str, Any]:
    """The sketch with what its words say."""
    reading = reader(taxonomy.fresh()).read(sketch.text, sketch.read_on)
    told = {name: getattr(sketch, name) for name in Sketch.__slots__}
    return {**told, "findings": reading.findings, "missing": reading.missing}


def _drop_sketch(call: Call, sketch_id: str) -> None:
    held = call.tx.sketches.find_one(id=sketch_id)
    if held is not None:
        held.require_client(call.actor.party_id)
        call.tx.sketches.delete(held.id)


def fact(brief: Brief) -> dict[str, Any]:
    return {**shown(brief), "brief_id": brief.id, "reason": brief.end_reason}


def _record(call: Call, brief: Brief, event: str) -> Brief:
    """Saves the brief with its event and its timers. A draft is nobody's business yet."""
    saved: Brief = call.tx.briefs.save(brief)
    _set_timers(call, saved)
    if saved.state is not BriefState.DRAFT:
        call.emit(EVENTS[event], saved.id, fact(saved))
    return saved


def _set_timers(call: Call, brief: Brief) -> None:
    if brief.expires_at is None or brief.warn_at is None:
        call.clear_timer("brief.warn", brief.id)
        call.clear_timer("brief.expire", brief.id)
        return
    call.set_timer("brief.warn", brief.id, brief.warn_at)
    call.set_timer("brief.expire", brief.id, brief.expires_at)
