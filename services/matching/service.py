"""nameko entry points of matching: matches and lists, offers, contracts; copies of profiles, briefs and names."""

from __future__ import annotations

import functools
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from weakref import WeakSet

import structlog
from eventlet import tpool

from services.matching.copies import (
    Person,
    availability_of,
    brief_of,
    dated,
    on_dates,
    practice_of,
    so_far_of,
    terms_of,
    withdrawn,
)
from services.matching.domain.brief import ENDED, OPEN, Brief
from services.matching.domain.browse import Filters, by_name
from services.matching.domain.candidate import Candidate, Card, Wanted
from services.matching.domain.capacity import Capacity
from services.matching.domain.contracts import Contract, ContractState
from services.matching.domain.directory import Directory, Work, directory
from services.matching.domain.directory import work as work_told
from services.matching.domain.engine import Explanation, Fits, TableEngine, matches_of
from services.matching.domain.offers import Offer, OfferState, send, thread_of
from services.matching.domain.practice import Practice
from services.matching.domain.promises import promised
from services.matching.domain.replay import Listed, Replay, replay
from services.matching.domain.searches import LOOKED_THROUGH, Search
from services.matching.domain.searches import save as save_search
from services.matching.domain.suitable import suitable
from services.matching.domain.teams import MOST_CANDIDATES, Team, teams
from services.matching.domain.terms_index import TermIndex
from services.matching.domain.weights import SIDES, Weights
from services.matching.live_index import LiveIndex
from services.matching.price_job import PriceJob
from services.matching.store import MatchingStore, Promise
from shared.contracts import accounts, profiles, requests, taxonomy, vocabulary
from shared.contracts import matching as c
from shared.platform.additions import watched
from shared.platform.context import Actor
from shared.platform.errors import Conflict, NotFound, Unavailable
from shared.platform.ids import new_id
from shared.platform.service import IMPORTED, Call, Received, Service, StoreProvider, command, query, subscribe, timer
from shared.platform.storage import PageOf

log = structlog.get_logger(__name__)
Request = dict[str, Any]

NAMED = 3
NAMESAKES = 5
MORE_TOLD = 6
MOST_REPLAYED = 500
NO_PRICES = {
    "at": None,
    **dict.fromkeys(("iterations", "briefs", "assistants", "priced"), 0),
    **dict.fromkeys(("seconds", "mean", "highest"), 0.0),
}
BRIEF_WAIT = 2.0
"""Seconds to wait for a brief's event that is still on its way."""
FILLED = "Somebody else was hired for this brief."
BRIEF_OVER = "The brief was ended."

OFFER_EVENTS = {
    OfferState.SENT: c.OfferSent,
    OfferState.ACCEPTED: c.OfferAccepted,
    OfferState.DECLINED: c.OfferDeclined,
    OfferState.COUNTERED: c.OfferCountered,
    OfferState.WITHDRAWN: c.OfferWithdrawn,
    OfferState.EXPIRED: c.OfferExpired,
}


@functools.lru_cache(maxsize=1)
def terms(_version: int) -> TermIndex:
    """Of all names of the taxonomy in a version of it."""
    return TermIndex(taxonomy.names())


class MatchingService(Service):
    name = "matching"
    store = StoreProvider(MatchingStore)
    indexes: ClassVar[WeakSet[LiveIndex]] = WeakSet()
    """Those of this process: one for each container."""

    @classmethod
    def on_start(cls, store: MatchingStore, _settings: Any) -> None:
        store.weights.add_default()
        watched(store.taxonomy_additions)
        index = store.index = LiveIndex(store, lambda: terms(taxonomy.fresh()), run=tpool.execute)
        cls.indexes.add(index)
        gone = weakref.ref(index)
        threading.Thread(target=index.build, name="matching-index", daemon=True).start()
        for name, work in (
            ("matching-index-checks", LiveIndex.check),
            ("matching-prices", PriceJob(store, tpool.execute).run_if_due),
        ):
            threading.Thread(target=_repeat, args=(work, gone), name=name, daemon=True).start()

    @classmethod
    def is_ready(cls) -> bool:
        return all(index.built for index in cls.indexes)

    # -- who fits ------------------------------------------------------------------------------------------------

    @query(c.FindMatches)
    def find_matches(self, call: Call, request: Request) -> dict[str, Any]:
        brief = self._brief_read_by(call, request["brief_id"], request["at_least_version"])
        engine, weights = self._fresh()
        found = engine.query(brief, weights, call.now, request["limit"])
        candidates = self._candidates(place.id for place in found.ranked)
        if brief.state == OPEN and call.actor.party_id == brief.client_id:
            self._shown(brief, [place.id for place in found.ranked], call.now)
        return {
            "brief_id": brief.id,
            "weights_version": weights.number,
            "index_version": self.store.index.version,
            "eligible": found.eligible,
            "considered": found.considered,
            "matches": matches_of(found.ranked, Wanted.of(brief), candidates, call.now),
            "exclusions": engine.exclusions(brief),
            "what_if": engine.what_if(brief),
        }

    @query(c.CountFits)
    def count_fits(self, call: Call, request: Request) -> Fits:
        call.actor.require()
        so_far = so_far_of(request)
        engine, _ = self._fresh()
        return engine.count(so_far.as_brief(call.actor.party_id, call.now.date()), so_far.unsaid)

    @query(c.ExplainMatch)
    def explain_match(self, call: Call, request: Request) -> Explanation:
        brief = self._brief_read_by(call, request["brief_id"])
        practice = self.store.practices.get(request["assistant_id"])
        engine, weights = self._fresh()
        hers = self.store.availabilities.find_one(id=practice.id)
        return engine.explain(brief, practice, self._capacity_of(practice), weights, call.now, hers)

    @query(c.ExplainByName)
    def explain_by_name(self, call: Call, request: Request) -> dict[str, Any]:
        brief = self._brief_read_by(call, request["brief_id"])
        engine, weights = self._fresh()
        ids = by_name(engine.table, request["name"], NAMESAKES)
        known = self._candidates(ids)
        told = [
            engine.explain(brief, known[id].practice, known[id].capacity, weights, call.now, known[id].availability)
            for id in ids
            if id in known and id != brief.client_id
        ]
        return {"items": told}

    @query(c.FindTeams)
    def find_teams(self, call: Call, request: Request) -> dict[str, Any]:
        brief = self._brief_read_by(call, request["brief_id"])
        engine, _ = self._fresh()
        if engine.eligible(brief):
            return {"items": [], "needed": False, "exact": True, "considered": 0, "uncovered": []}
        ids = engine.able_ids(brief, MOST_CANDIDATES + 1)
        found = teams(brief, list(self._candidates(ids).values()), request["limit"])
        return {
            "items": [_team_told(team, call.now) for team in found.teams],
            "needed": True,
            "exact": found.exact,
            "considered": found.considered,
            "uncovered": found.uncovered,
        }

    @query(c.FindSimilar)
    def find_similar(self, call: Call, request: Request) -> dict[str, Any]:
        self.store.practices.published(request["id"])
        likenesses = self._fresh()[0].similar(request["id"], request["limit"])
        known = self._candidates(likeness.id for likeness in likenesses)
        return {
            "items": [
                {
                    "assistant": known[likeness.id].card(call.now),
                    "likeness": likeness.likeness,
                    "skills": likeness.skills,
                    "services": likeness.services,
                }
                for likeness in likenesses
                if likeness.id in known
            ]
        }

    @query(c.FindBriefsForMe)
    def find_briefs_for_me(self, call: Call, request: Request) -> dict[str, Any]:
        """With the place that each brief's client sees her in."""
        call.actor.require()
        practice = self.store.practices.published(call.actor.party_id)
        capacity = self._capacity_of(practice)
        hers = self.store.availabilities.find_one(id=practice.id)
        found = suitable(Candidate(practice, capacity, availability=hers), self.store.briefs.open())
        engine, weights = self._fresh()
        told = [(brief, engine.explain(brief, practice, capacity, weights, call.now, hers)) for brief in found.briefs]
        told.sort(key=lambda pair: (-pair[1].score, pair[0].id))
        return {
            "items": [
                {
                    "brief": _open_brief(brief),
                    "score": why.score,
                    "rank": why.rank,
                    "eligible": engine.eligible(brief),
                    "contributions": why.contributions,
                }
                for brief, why in told[: request["limit"]]
            ],
            "suitable": len(found.briefs),
            "considered": found.considered,
            "more": found.more[:MORE_TOLD],
            "weights_version": weights.number,
        }

    @query(c.BrowseAssistants)
    def browse_assistants(self, call: Call, request: Request) -> dict[str, Any]:
        asked = {name: _hashable(request[name]) for name in Filters.__slots__ if name in request}
        filters = Filters(**asked, at=call.now)
        found = self._fresh()[0].browse(filters, request["limit"], request["cursor"])
        known = self._candidates(found.ids)
        return {
            "items": [known[id].card(call.now) for id in found.ids if id in known],
            "total": found.total,
            "next": found.next,
            "facets": found.facets,
            "corrections": found.corrections,
        }

    @query(c.GetAssistantCards)
    def get_assistant_cards(self, call: Call, request: Request) -> dict[str, Any]:
        known = self._candidates(request["ids"])
        return {
            "items": [known[id].card(call.now) for id in request["ids"] if id in known and known[id].practice.published]
        }

    # -- saved searches ------------------------------------------------------------------------------------------

    @command(c.SaveSearch)
    def save_search(self, call: Call, request: Request) -> Search:
        call.actor.require()
        owner = call.actor.party_id
        held = call.tx.searches.count(owner_id=owner)
        search: Search = call.tx.searches.save(
            save_search(new_id(), owner, request["name"], request["filters"], call.now, held)
        )
        call.set_timer("search.look", search.id, search.due_at)
        return search

    @command(c.DropSearch)
    def drop_search(self, call: Call, request: Request) -> Search:
        search = _own_search(call, call.tx, request["id"])
        call.tx.searches.delete(search.id)
        return search

    @query(c.GetSearch)
    def get_search(self, call: Call, request: Request) -> Search:
        return _own_search(call, self.store, request["id"])

    @query(c.ListSearches)
    def list_searches(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        return {"items": self.store.searches.of(call.actor.party_id)}

    @timer("search.look")
    def look_again(self, call: Call, entity_id: str) -> None:
        """Once a day, until the search is removed. Who is new is told of once."""
        search = call.tx.searches.find_one(id=entity_id)
        if search is None:
            return
        found = self._fresh()[0].browse(search.since(call.now), LOOKED_THROUGH, "")
        looked, news = search.looked(found.ids, call.now)
        call.tx.searches.save(looked)
        call.set_timer("search.look", search.id, looked.due_at)
        if news:
            known = self._candidates(news[:NAMED])
            fact = {
                "search_id": search.id,
                "client_id": search.owner_id,
                "search_name": search.name,
                "count": len(news),
                "assistant_ids": news[:NAMED],
                "names": ", ".join(candidate.practice.display_name for candidate in known.values()),
            }
            call.emit(c.SearchFound, search.id, fact)

    @query(c.GetDirectory)
    def get_directory(self, call: Call, request: Request) -> Directory:
        return directory(self._fresh()[0].table)

    @query(c.DescribeWork)
    def describe_work(self, call: Call, request: Request) -> Work:
        return work_told(self._fresh()[0].table, request["code"])

    @query(c.ListPublished)
    def list_published(self, call: Call, request: Request) -> dict[str, Any]:
        from_id, limit = request["from_id"], request["limit"]
        if request["parts"]:
            return {"ids": self.store.practices.part_starts(from_id, limit), "addresses": []}
        found = self.store.practices.published_addresses(from_id, limit)
        return {"ids": list(found), "addresses": list(found.values())}

    @query(c.GetAssistantCard)
    def get_assistant_card(self, call: Call, request: Request) -> Card:
        practice = self.store.practices.published(request["id"])
        return self._candidates([practice.id])[practice.id].card(call.now)

    def _fresh(self) -> tuple[TableEngine, Weights]:
        index: LiveIndex = self.store.index
        return index.fresh()

    def _candidates(self, ids: Iterable[str]) -> dict[str, Candidate]:
        """In the order of the ids; those that are known."""
        listed = list(ids)
        practices = {practice.id: practice for practice in self.store.practices.several(listed)}
        capacities = {capacity.id: capacity for capacity in self.store.capacities.several(listed)}
        hers = {availability.id: availability for availability in self.store.availabilities.several(listed)}
        return {
            id: Candidate(practices[id], capacities.get(id) or _all_free(practices[id]), availability=hers.get(id))
            for id in listed
            if id in practices
        }

    def _shown(self, brief: Brief, ids: Iterable[str], at: datetime) -> None:
        live = self.store.offers.live_of_brief(brief.id)
        self.store.promises.stand(Promise(brief.id, promised(brief, ids, live), at))

    # -- weights, and how the index does -------------------------------------------------------------------------

    @query(c.GetWeights)
    def get_weights(self, call: Call, request: Request) -> dict[str, Any]:
        return _weights_told(self.store.weights.in_force())

    @query(c.ListWeights)
    def list_weights(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        return {"items": [_weights_told(weights) for weights in self.store.weights.all()]}

    @command(c.DraftWeights)
    def draft_weights(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        drafted = Weights.draft(
            call.tx.weights.next_number(),
            {row["criterion"]: row["weight"] for row in request["weights"] if row["criterion"] != "acceptance"},
            request["dials"],
            note=request["note"],
            by=call.actor.account_id,
            at=call.now,
        )
        return _weights_told(call.tx.weights.save(drafted))

    @command(c.PreviewWeights)
    def preview_weights(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        weights: Weights = call.tx.weights.get(request["weights_id"])
        told = self._replayed(weights, request, call.now)
        call.tx.weights.save(weights.previewed(call.now))
        return told

    @query(c.ReplayWeights)
    def replay_weights(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        return self._replayed(self.store.weights.get(request["weights_id"]), request, call.now)

    @command(c.EnforceWeights)
    def enforce_weights(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        chosen: Weights = call.tx.weights.get(request["id"])
        enforced = chosen.enforce(call.now, by=call.actor.account_id, note=request["reason"])
        call.tx.weights.save(call.tx.weights.in_force().retire())
        self.store.index.touch()
        return _weights_told(call.tx.weights.save(enforced))

    @query(c.GetIndexStatus)
    def get_index_status(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        engine, _ = self._fresh()
        index: LiveIndex = self.store.index
        return {
            "version": index.version,
            "ready": index.built,
            "assistants": len(engine),
            "rows": engine.table.rows,
            "bytes": engine.table.bytes,
            "build_seconds": index.build_seconds,
            "self_check": index.self_check,
            "prices": {**NO_PRICES, **self.store.jobs.told("prices")},
        }

    def _replayed(self, other: Weights, request: Request, at: datetime) -> dict[str, Any]:
        days = timedelta(days=request["days"])
        begin = _midnight(request["from_on"]) if request["from_on"] else at - days
        engine, now = self._fresh()
        briefs = self.store.briefs.open_between(begin, begin + days)[:MOST_REPLAYED]
        found = replay(engine, briefs, now, other, at)
        names = self._names(found)
        return {
            "from_on": begin.date(),
            "days": request["days"],
            "briefs": found.briefs,
            "changed": found.changed,
            "shared": found.shared,
            "before_version": now.number,
            "before": found.before,
            "after": found.after,
            "lists": [
                {
                    "brief_id": one.brief.id,
                    "brief_title": one.brief.title,
                    "before": _named(one.before, names),
                    "after": _named(one.after, names),
                    "shared": one.shared,
                }
                for one in found.lists
            ],
        }

    def _names(self, found: Replay) -> dict[str, str]:
        ids = {place.assistant_id for one in found.lists for place in (*one.before, *one.after)}
        return {practice.id: practice.display_name for practice in self.store.practices.several(ids)}

    def _capacity_of(self, practice: Practice) -> Capacity:
        held: Capacity | None = self.store.capacities.find_one(id=practice.id)
        return held or Capacity.all_free(practice.id, practice.capacity_minutes)

    def _brief_read_by(self, call: Call, brief_id: str, at_least_version: int = 0) -> Brief:
        """The brief for its client or an operator. Waits a little for a version that is still on its way."""
        call.actor.require()
        brief = self._awaited(brief_id, at_least_version)
        if not call.actor.has("operator"):
            brief.require_client(call.actor.party_id)
        return brief

    def _awaited(self, brief_id: str, at_least_version: int) -> Brief:
        deadline = time.monotonic() + BRIEF_WAIT
        while True:
            brief: Brief | None = self.store.briefs.find_one(id=brief_id)
            if brief is not None and brief.version >= at_least_version:
                return brief
            if not at_least_version:
                raise NotFound("This brief does not exist, or was not published yet.")
            if time.monotonic() >= deadline:
                raise Unavailable("We are still reading your brief; try again in a moment.")
            time.sleep(0.02)

    # -- offers --------------------------------------------------------------------------------------------------

    @command(c.SendOffer)
    def send_offer(self, call: Call, request: Request) -> Offer:
        call.actor.require()
        brief: Brief = call.tx.briefs.claim(request["brief_id"])
        brief.require_client(call.actor.party_id)
        assistant = call.tx.practices.published(request["assistant_id"])
        _require_vacant(call, brief.id)
        offer = send(
            brief,
            assistant,
            terms_of(request["terms"]),
            message=request["message"],
            client_name=call.tx.people.name_of(brief.client_id),
            earlier=call.tx.offers.thread(thread_of(brief.id, assistant.id)),
            at=call.now,
        )
        return _record(call, offer)

    @command(c.CounterOffer)
    def counter_offer(self, call: Call, request: Request) -> Offer:
        offer = _offer(call, request["offer_id"])
        terms = terms_of(request["terms"])
        countered, following = offer.counter(call.actor.party_id, call.now, terms, request["message"])
        call.tx.briefs.claim(offer.brief_id).require_not_ended()
        _record(call, countered)
        return _record(call, following)

    @command(c.AcceptOffer)
    def accept_offer(self, call: Call, request: Request) -> Contract:
        offer = _offer(call, request["offer_id"])
        accepted = offer.accept(call.actor.party_id, call.now, contract_id=new_id())
        call.tx.briefs.claim(offer.brief_id).require_not_ended()
        _require_vacant(call, offer.brief_id)
        contract = Contract.begin(accepted, call.now)
        self.store.index.touch()
        call.tx.capacities.reserve(contract.assistant_id, contract.held_minutes)
        _record(call, accepted)
        contract = call.tx.contracts.save(contract)
        call.set_timer("contract.trial_end", contract.id, contract.trial_ends_at)
        call.emit(c.ContractStarted, contract.id, contract)
        _withdraw_live(call, contract.brief_id, FILLED)
        return contract

    @command(c.DeclineOffer)
    def decline_offer(self, call: Call, request: Request) -> Offer:
        offer = _offer(call, request["offer_id"])
        return _record(call, offer.decline(call.actor.party_id, call.now, request["reason"]))

    @command(c.WithdrawOffer)
    def withdraw_offer(self, call: Call, request: Request) -> Offer:
        offer = _offer(call, request["offer_id"])
        return _record(call, offer.withdraw(call.actor.party_id, call.now, request["reason"]))

    @query(c.GetOffer)
    def get_offer(self, call: Call, request: Request) -> dict[str, Any]:
        offer = _offer(call, request["id"])
        if not call.actor.has("operator"):
            offer.side_of(call.actor.party_id)
        return {"offers": self.store.offers.thread(offer.thread_id)}

    @query(c.ListOffers)
    def list_offers(self, call: Call, request: Request) -> PageOf[Offer]:
        conditions = _own(call.actor)
        if request["open_only"]:
            conditions["state"] = OfferState.SENT.value
        if request["brief_id"]:
            conditions["brief_id"] = request["brief_id"]
        page: PageOf[Offer] = self.store.offers.page(conditions, limit=request["limit"], cursor=request["cursor"])
        return page

    @timer("offer.remind")
    def remind_of_offer(self, call: Call, entity_id: str) -> None:
        offer: Offer = call.tx.offers.get(entity_id)
        if offer.is_live:
            call.emit(c.OfferExpiring, offer.id, offer)

    @timer("offer.expire")
    def expire_offer(self, call: Call, entity_id: str) -> None:
        offer: Offer = call.tx.offers.get(entity_id)
        if offer.is_live:
            _record(call, offer.expire(call.now))

    # -- contracts -----------------------------------------------------------------------------------------------

    @command(c.PassTrial)
    def pass_trial(self, call: Call, request: Request) -> Contract:
        contract = _contract(call, request["id"]).pass_trial(call.actor.party_id)
        call.clear_timer("contract.trial_end", contract.id)
        return self._passed(call, contract)

    @command(c.PauseContract)
    def pause_contract(self, call: Call, request: Request) -> Contract:
        return self._changed(call, _contract(call, request["id"]).pause(call.actor.party_id, request["reason"]))

    @command(c.ResumeContract)
    def resume_contract(self, call: Call, request: Request) -> Contract:
        return self._changed(call, _contract(call, request["id"]).resume(call.actor.party_id))

    @command(c.GiveNotice)
    def give_notice(self, call: Call, request: Request) -> Contract:
        contract = _contract(call, request["id"]).give_notice(call.actor.party_id, call.now, request["reason"])
        call.set_timer("contract.end", contract.id, contract.ends_at)
        return self._changed(call, contract)

    @command(c.TerminateContract)
    def terminate_contract(self, call: Call, request: Request) -> Contract:
        contract = _contract(call, request["id"]).terminate(call.actor.party_id, call.now, request["reason"])
        return self._over(call, contract)

    @timer("contract.trial_end")
    def end_trial(self, call: Call, entity_id: str) -> None:
        contract: Contract = call.tx.contracts.get(entity_id)
        if contract.state is ContractState.TRIAL:
            self._passed(call, contract.pass_trial_by_time())

    @timer("contract.end")
    def end_contract(self, call: Call, entity_id: str) -> None:
        contract: Contract = call.tx.contracts.get(entity_id)
        if contract.state is ContractState.NOTICE:
            self._over(call, contract.end())

    @query(c.GetContract)
    def get_contract(self, call: Call, request: Request) -> Contract:
        contract = _contract(call, request["id"])
        if not call.actor.has("operator"):
            contract.side_of(call.actor.party_id)
        return contract

    @query(c.ListContracts)
    def list_contracts(self, call: Call, request: Request) -> PageOf[Contract]:
        conditions = _own(call.actor)
        if request["states"]:
            conditions["state"] = {"$in": request["states"]}
        page: PageOf[Contract] = self.store.contracts.page(conditions, limit=request["limit"], cursor=request["cursor"])
        return page

    def _passed(self, call: Call, contract: Contract) -> Contract:
        call.tx.standings.count(contract.assistant_id, well=1)
        return self._changed(call, contract)

    def _changed(self, call: Call, contract: Contract) -> Contract:
        saved: Contract = call.tx.contracts.save(contract)
        call.emit(c.ContractChanged, saved.id, saved)
        return saved

    def _over(self, call: Call, contract: Contract) -> Contract:
        """Saves a contract that is over and gives its hours back."""
        self.store.index.touch()
        call.tx.capacities.release(contract.assistant_id, contract.terms.weekly_minutes)
        call.clear_timer("contract.trial_end", contract.id)
        call.clear_timer("contract.end", contract.id)
        saved: Contract = call.tx.contracts.save(contract)
        if contract.state is ContractState.TERMINATED:
            call.tx.standings.count(contract.assistant_id, badly=1)
        call.emit(c.ContractEnded, saved.id, saved)
        return saved

    # -- copies of what others own -------------------------------------------------------------------------------

    @subscribe(profiles.ProfilePublished, profiles.ProfileChanged)
    def on_profile(self, call: Call, event: Received) -> None:
        held = call.tx.practices.find_one(id=event.data["assistant_id"])
        practice = practice_of(event.data, held)
        self.store.index.touch()
        if call.tx.practices.put_if_newer(practice, event.sequence):
            call.tx.capacities.resize(practice.id, practice.capacity_minutes)
            self._on_dates(call, practice)

    @subscribe(profiles.AvailabilityChanged)
    def on_availability(self, call: Call, event: Received) -> None:
        told = availability_of(event.data)
        practice = call.tx.practices.find_one(id=told.id)
        self.store.index.touch()
        call.tx.availabilities.put_if_newer(on_dates(told, practice, call.now), event.sequence)

    def _on_dates(self, call: Call, practice: Practice) -> None:
        """Other hours, other weeks that exceptions take away."""
        held = call.tx.availabilities.find_one(id=practice.id)
        if held is not None and (anew := on_dates(held, practice, call.now)) != held:
            call.tx.availabilities.change_weeks(anew)

    @subscribe(profiles.ProfilesImported)
    def on_profiles_imported(self, call: Call, event: Received) -> None:
        told = event.data["profiles"]
        held = {practice.id: practice for practice in call.tx.practices.several(row["assistant_id"] for row in told)}
        practices = [practice_of(row, held.get(row["assistant_id"])) for row in told]
        self.store.index.touch()
        put = call.tx.practices.put_all_if_newer(practices, IMPORTED)
        call.tx.capacities.resize_all({practice.id: practice.capacity_minutes for practice in put})

    @subscribe(profiles.ProfileUnpublished)
    def on_profile_unpublished(self, call: Call, event: Received) -> None:
        held = call.tx.practices.find_one(id=event.data["assistant_id"])
        self.store.index.touch()
        call.tx.practices.put_if_newer(withdrawn(event.data["assistant_id"], held), event.sequence)

    @subscribe(requests.BriefOpened, requests.BriefChanged, requests.BriefEnded)
    def on_brief(self, call: Call, event: Received) -> None:
        brief = dated(brief_of(event.data), call.tx.briefs.find_one(id=event.data["brief_id"]), event.occurred_at)
        if brief.state in ENDED:
            call.tx.promises.stand(Promise(brief.id, {}, call.now))
        if call.tx.briefs.put_if_newer(brief, event.sequence) and brief.state in ENDED:
            _withdraw_live(call, brief.id, FILLED if brief.state == "filled" else BRIEF_OVER)

    @subscribe(accounts.AccountRegistered, accounts.AccountChanged)
    def on_account(self, call: Call, event: Received) -> None:
        call.tx.people.put_if_newer(Person(event.data["account_id"], event.data["name"]), event.sequence)

    @subscribe(vocabulary.TaxonomyExtended)
    def on_taxonomy_extended(self, call: Call, event: Received) -> None:
        call.tx.taxonomy_additions.keep(event.data)

    @subscribe(accounts.AccountsImported)
    def on_accounts_imported(self, call: Call, event: Received) -> None:
        people = [Person(account["account_id"], account["name"]) for account in event.data["accounts"]]
        call.tx.people.put_all_if_newer(people, IMPORTED)


def _offer(call: Call, offer_id: str) -> Offer:
    call.actor.require()
    offer: Offer = call.tx.offers.get(offer_id)
    return offer


def _own_search(call: Call, store: MatchingStore, search_id: str) -> Search:
    """Raises NotFound in the same words for somebody else's."""
    call.actor.require()
    search: Search | None = store.searches.find_one(id=search_id, owner_id=call.actor.party_id)
    if search is None:
        raise NotFound("This search does not exist, or it is not yours.")
    return search


def _contract(call: Call, contract_id: str) -> Contract:
    call.actor.require()
    contract: Contract = call.tx.contracts.get(contract_id)
    return contract


def _own(actor: Actor) -> dict[str, Any]:
    """The condition for what the caller is a side of; operators read all."""
    actor.require()
    return {} if actor.has("operator") else {"sides": actor.party_id}


def _record(call: Call, offer: Offer) -> Offer:
    """Saves an offer with the event of its state; sets its timers while it is live."""
    saved: Offer = call.tx.offers.save(offer)
    if saved.is_live:
        call.set_timer("offer.remind", saved.id, saved.reminder_at)
        call.set_timer("offer.expire", saved.id, saved.expires_at)
    else:
        call.clear_timer("offer.remind", saved.id)
        call.clear_timer("offer.expire", saved.id)
    call.emit(OFFER_EVENTS[saved.state], saved.id, saved)
    _count_answer(call, saved)
    live = call.tx.offers.live_of_brief(saved.brief_id)
    call.tx.promises.stand(Promise(saved.brief_id, {offer.assistant_id: _minutes(offer) for offer in live}, call.now))
    return saved


def _minutes(offer: Offer) -> float:
    return float(offer.terms.weekly_minutes)


def _count_answer(call: Call, offer: Offer) -> None:
    """An assistant's own answers to what clients offered. A counter-offer is a yes to the work."""
    if offer.by != "client":
        return
    if offer.state in (OfferState.ACCEPTED, OfferState.COUNTERED):
        call.tx.standings.count(offer.assistant_id, yes=1)
    elif offer.state in (OfferState.DECLINED, OfferState.EXPIRED):
        call.tx.standings.count(offer.assistant_id, no=1)


def _require_vacant(call: Call, brief_id: str) -> None:
    if call.tx.contracts.live_of_brief(brief_id) is not None:
        raise Conflict("Somebody was hired for this brief already. Publish another brief to hire one more.")


def _withdraw_live(call: Call, brief_id: str, reason: str) -> None:
    for offer in call.tx.offers.live_of_brief(brief_id):
        _record(call, offer.withdraw_by_system(call.now, reason))


def _all_free(practice: Practice) -> Capacity:
    return Capacity.all_free(practice.id, practice.capacity_minutes)


def _repeat(work: Callable[[LiveIndex], None], index: weakref.ref[LiveIndex], pause: float = 5.0) -> None:
    """A background job, as long as its container lives. A failure is told and the next turn tries again."""
    while True:
        time.sleep(pause)
        living = index()
        if living is None:
            return
        if living.built:
            try:
                work(living)
            except Exception as error:  # noqa: BLE001
                log.warning("background_job_failed", job=str(work), error=repr(error))
        del living


def _weights_told(weights: Weights) -> dict[str, Any]:
    points = [{"criterion": name, "side": SIDES[name], "weight": value} for name, value in weights.points.items()]
    told = {name: getattr(weights, name) for name in ("id", "formula", "note", "made_by", "made_at", "previewed_at")}
    return {
        **told,
        "version": weights.number,
        "state": weights.state.value,
        "in_force_at": weights.in_force_at,
        "weights": points,
        "dials": asdict(weights.dials),
    }


def _team_told(team: Team, at: datetime) -> dict[str, Any]:
    members = [
        {
            "assistant": member.candidate.card(at),
            "weekly_minutes": member.weekly_minutes,
            "skills": member.skills,
            "services": member.services,
            "cost": member.cost,
        }
        for member in team.members
    ]
    return {"members": members, "score": team.score, "cost": team.cost, "overlap_minutes": team.overlap_minutes}


def _open_brief(brief: Brief) -> dict[str, Any]:
    names = c.OpenBrief().fields.keys() - {"brief_id"}
    return {"brief_id": brief.id, **{name: getattr(brief, name) for name in names}}


def _named(listed: Iterable[Listed], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"assistant_id": place.assistant_id, "display_name": names.get(place.assistant_id, ""), "score": place.score}
        for place in listed
    ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
