"""nameko entry points of matching: matches and lists, offers, contracts; copies of profiles, briefs and names."""

from __future__ import annotations

import functools
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from weakref import WeakSet

import structlog
from eventlet import tpool

from services.matching.copies import (
    availability_of,
    brief_of,
    company_of,
    dated,
    on_dates,
    person_of,
    practice_of,
    so_far_of,
    terms_of,
    withdrawn,
)
from services.matching.domain import trust
from services.matching.domain.brief import ENDED, OPEN, Brief
from services.matching.domain.browse import Filters, by_name
from services.matching.domain.candidate import Candidate, Card, Wanted
from services.matching.domain.capacity import Capacity
from services.matching.domain.checks import By, Check, CheckState, check_id, new_check
from services.matching.domain.company import Company
from services.matching.domain.contracts import Contract, ContractState
from services.matching.domain.directory import Directory, Work, directory
from services.matching.domain.directory import work as work_told
from services.matching.domain.engine import Explanation, Fits, TableEngine, matches_of
from services.matching.domain.my_week import MyWeek, my_week
from services.matching.domain.offers import Offer, OfferState, send, thread_of
from services.matching.domain.practice import Practice
from services.matching.domain.promises import promised
from services.matching.domain.ratings import Tally
from services.matching.domain.replay import Listed, Replay, replay
from services.matching.domain.reviews import Review, open_window, other
from services.matching.domain.searches import LOOKED_THROUGH, Search
from services.matching.domain.searches import save as save_search
from services.matching.domain.suitable import suitable
from services.matching.domain.teams import MOST_CANDIDATES, Team, teams
from services.matching.domain.terms import Side
from services.matching.domain.terms_index import TermIndex
from services.matching.domain.weights import SIDES, Weights
from services.matching.live_index import LiveIndex
from services.matching.price_job import PriceJob
from services.matching.store import MatchingStore, Promise
from shared.contracts import accounts, billing, companies, messaging, profiles, requests, taxonomy, vocabulary, work
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
LEFT = "The account was deleted."

OFFER_EVENTS = {
    OfferState.SENT: c.OfferSent,
    OfferState.ACCEPTED: c.OfferAccepted,
    OfferState.DECLINED: c.OfferDeclined,
    OfferState.COUNTERED: c.OfferCountered,
    OfferState.WITHDRAWN: c.OfferWithdrawn,
    OfferState.EXPIRED: c.OfferExpired,
}


CHECK_EVENTS = {
    CheckState.ASKED: c.CheckAsked,
    CheckState.GRANTED: c.CheckGranted,
    CheckState.REFUSED: c.CheckRefused,
    CheckState.REVOKED: c.CheckRevoked,
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
        for name, job in (
            ("matching-index-checks", LiveIndex.check),
            ("matching-prices", PriceJob(store, tpool.execute).run_if_due),
        ):
            threading.Thread(target=_repeat, args=(job, gone), name=name, daemon=True).start()

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
        practice = self.store.practices.published(call.actor.practice_id)
        capacity = self._capacity_of(practice)
        hers = self.store.availabilities.find_one(id=practice.id)
        found = suitable(Candidate(practice, capacity, availability=hers), self.store.briefs.open())
        engine, weights = self._fresh()
        told = [(brief, engine.explain(brief, practice, capacity, weights, call.now, hers)) for brief in found.briefs]
        told.sort(key=lambda pair: (-pair[1].score, pair[0].id))
        shown = told[: request["limit"]]
        said = self.store.companies.several(brief.client_id for brief, _ in shown)
        clients = {company.id: company for company in said}
        known = self._facts(Side.CLIENT.value, (brief.client_id for brief, _ in shown), call.now)
        return {
            "items": [
                {
                    "brief": _open_brief(brief, clients.get(brief.client_id)),
                    "client": {**known[brief.client_id], "account_id": "", "name": ""},
                    "score": why.score,
                    "rank": why.rank,
                    "eligible": engine.eligible(brief),
                    "contributions": why.contributions,
                }
                for brief, why in shown
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
            "items": self._cards((known[id] for id in found.ids if id in known), call.now),
            "total": found.total,
            "next": found.next,
            "facets": found.facets,
            "corrections": found.corrections,
        }

    @query(c.GetAssistantCards)
    def get_assistant_cards(self, call: Call, request: Request) -> dict[str, Any]:
        known = self._candidates(request["ids"])
        listed = (known[id] for id in request["ids"] if id in known and known[id].practice.published)
        return {"items": self._cards(listed, call.now)}

    @query(c.GetMyWeek)
    def get_my_week(self, call: Call, request: Request) -> MyWeek:
        call.actor.require()
        mine = call.actor.practice_id
        capacity = self.store.capacities.get(mine)
        contracts = self.store.contracts.live_of_assistant(mine)
        offers = self.store.offers.live_of_assistant(mine)
        return my_week(capacity, contracts, offers, call.now.date())

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
        (card,) = self._cards(self._candidates([practice.id]).values(), call.now)
        return card

    def _cards(self, candidates: Iterable[Candidate], at: datetime) -> list[Card]:
        """With the facts that a card has room for, in the order of the candidates."""
        listed = list(candidates)
        ids = [candidate.id for candidate in listed]
        tracks = {track.id: track for track in self.store.tracks.several(ids)} if ids else {}
        talks = {talk.id: talk for talk in self.store.talks.several(ids)} if ids else {}
        return [
            replace(candidate.card(at), trust=trust.on_card(tracks.get(candidate.id), talks.get(candidate.id), at))
            for candidate in listed
        ]

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
            client_name=_client_name(call, brief.client_id),
            earlier=call.tx.offers.thread(thread_of(brief.id, assistant.id)),
            at=call.now,
            by_name=call.actor.name,
        )
        return _record(call, replace(offer, message_locale=call.locale))

    @command(c.CounterOffer)
    def counter_offer(self, call: Call, request: Request) -> Offer:
        offer = _offer(call, request["offer_id"])
        terms = terms_of(request["terms"])
        countered, following = offer.counter(call.actor.party_id, call.now, terms, request["message"], call.actor.name)
        call.tx.briefs.claim(offer.brief_id).require_not_ended()
        _record(call, countered)
        return _record(call, replace(following, message_locale=call.locale))

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
        for side, partner in ((Side.ASSISTANT, contract.client_id), (Side.CLIENT, contract.assistant_id)):
            tracks = _tracks(call, side)
            own = contract.assistant_id if side is Side.ASSISTANT else contract.client_id
            tracks.put(tracks.of(own).began_with(partner))
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
        return {
            "offers": self.store.offers.thread(offer.thread_id),
            "client": self._facts(Side.CLIENT.value, [offer.client_id], call.now)[offer.client_id],
        }

    @query(c.GetClient)
    def get_client(self, call: Call, request: Request) -> Company:
        shared: Offer | Contract
        shared = _offer(call, request["offer_id"]) if request["offer_id"] else _contract(call, request["contract_id"])
        if not call.actor.has("operator"):
            shared.side_of(call.actor.party_id)
        return self.store.companies.find_one(id=shared.client_id) or Company(id=shared.client_id)

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
        self._ended(call, saved)
        return saved

    def _ended(self, call: Call, contract: Contract) -> None:
        """What the end means for both track records, and the time for reviews begins."""
        review = open_window(contract, call.now)
        if review is None:
            return
        for side, id in ((Side.ASSISTANT, contract.assistant_id), (Side.CLIENT, contract.client_id)):
            tracks = _tracks(call, side)
            tracks.put(tracks.of(id).ended(well=contract.state is ContractState.ENDED))
        call.tx.reviews.save(review)
        call.set_timer("review.remind", review.id, review.remind_at)
        call.set_timer("review.close", review.id, review.closes_at)
        call.emit(c.ReviewOpened, review.thread, _step_of(review))

    # -- reviews -------------------------------------------------------------------------------------------------

    @command(c.WriteReview)
    def write_review(self, call: Call, request: Request) -> Review:
        review = _review(call, request["id"])
        by = call.actor.party_id
        wrote = review.write(by, request["scores"], request["text"], request["locale"], call.now)
        written = call.tx.reviews.save(wrote)
        side = written.side_of(by)
        if written.is_revealed:
            self._revealed(call, written, by=side.value)
        else:
            call.emit(c.ReviewWritten, written.thread, _step_of(written, side.value))
        return written.seen_by(by)

    @command(c.ReplyToReview)
    def reply_to_review(self, call: Call, request: Request) -> Review:
        by = call.actor.party_id
        replied = _review(call, request["id"]).reply(by, request["text"], request["locale"], call.now)
        saved: Review = call.tx.reviews.save(replied)
        call.emit(c.ReviewReplied, saved.thread, _fact_of(saved, saved.side_of(by).value))
        return saved.shown()

    @command(c.ReportReview)
    def report_review(self, call: Call, request: Request) -> Review:
        by = call.actor.party_id
        saved: Review = call.tx.reviews.save(_review(call, request["id"]).report_it(by, request["reason"], call.now))
        call.emit(c.ReviewReported, saved.thread, _step_of(saved, saved.side_of(by).value))
        return saved.shown()

    @command(c.HideReview)
    def hide_review(self, call: Call, request: Request) -> Review:
        call.actor.require("operator")
        author = Side(request["author"])
        hidden = _review(call, request["id"]).hide(author, request["reason"], call.now)
        opinion = hidden.opinion(author)
        assert opinion is not None
        self._count_review(call, hidden, author, lambda tally: tally.without_review(opinion.scores))
        saved: Review = call.tx.reviews.save(hidden)
        call.emit(c.ReviewHidden, saved.thread, _fact_of(saved, author.value))
        return saved.shown()

    @query(c.GetReview)
    def get_review(self, call: Call, request: Request) -> Review:
        review = _review(call, request["id"])
        if call.actor.has("operator") and call.actor.party_id not in (review.client_id, review.assistant_id):
            return review if review.is_revealed else replace(review, by_client=None, by_assistant=None)
        return review.seen_by(call.actor.party_id)

    @query(c.ListMyReviews)
    def list_my_reviews(self, call: Call, request: Request) -> PageOf[Review]:
        call.actor.require()
        page = self.store.reviews.page(_sides(call.actor), limit=request["limit"], cursor=request["cursor"])
        return replace(page, items=[review.seen_by(call.actor.party_id) for review in page.items])

    @query(c.ListReviewsOf)
    def list_reviews_of(self, call: Call, request: Request) -> PageOf[Review]:
        if request["side"] == Side.CLIENT.value:
            call.actor.require()
        page = self.store.reviews.about(request["side"], request["subject_id"], request["limit"], request["cursor"])
        items = [review.shown().for_others(call.actor.party_in(review.client_id)) for review in page.items]
        return replace(page, items=items)

    @query(c.ListReported)
    def list_reported(self, call: Call, request: Request) -> PageOf[Review]:
        call.actor.require("operator")
        page: PageOf[Review] = self.store.reviews.page(
            {"reported": True}, limit=request["limit"], cursor=request["cursor"]
        )
        return page

    @timer("review.remind")
    def remind_of_review(self, call: Call, entity_id: str) -> None:
        review: Review = call.tx.reviews.get(entity_id)
        if review.is_open:
            call.emit(c.ReviewClosing, review.thread, _step_of(review))

    @timer("review.close")
    def close_review(self, call: Call, entity_id: str) -> None:
        review: Review = call.tx.reviews.get(entity_id)
        if not review.is_open:
            return
        closed: Review = call.tx.reviews.save(review.close(call.now))
        if closed.is_revealed:
            self._revealed(call, closed)
        else:
            call.emit(c.ReviewLapsed, closed.thread, _step_of(closed))

    def _revealed(self, call: Call, review: Review, by: str = "") -> None:
        """Both may be read now, and count."""
        for author in Side:
            opinion = review.opinion(author)
            if opinion is not None:
                scores = opinion.scores
                self._count_review(call, review, author, lambda tally, scores=scores: tally.with_review(scores))  # type: ignore[misc]
        call.clear_timer("review.remind", review.id)
        call.clear_timer("review.close", review.id)
        call.emit(c.ReviewRevealed, review.thread, _fact_of(review, by))

    def _count_review(self, call: Call, review: Review, author: Side, count: Callable[[Tally], Tally]) -> None:
        subject = other(author)
        self.store.index.touch()
        tracks = _tracks(call, subject)
        track = tracks.of(review.id_of(subject))
        tracks.put(track.reviewed(count(track.reviews)))

    # -- what is known of people ---------------------------------------------------------------------------------

    @query(c.GetTrust)
    def get_trust(self, call: Call, request: Request) -> dict[str, Any]:
        side, id = request["side"], request["id"]
        if side == Side.CLIENT.value:
            call.actor.require()
        elif call.actor.practice_id != id and not call.actor.has("operator"):
            self.store.practices.published(id)
        return self._facts(side, [id], call.now)[id]

    def _facts(self, side: str, ids: Iterable[str], at: datetime) -> dict[str, dict[str, Any]]:
        """What is known of people on a side, by id; of strangers that nothing is."""
        listed, store = list(dict.fromkeys(ids)), self.store
        if not listed:
            return {}
        tracks = store.tracks if side == Side.ASSISTANT.value else store.client_tracks
        found = {
            kind: {row.id: row for row in rows}
            for kind, rows in (
                ("track", tracks.several(listed)),
                ("talks", store.talks.several(listed)),
                ("worked", store.worked.several(side, listed)),
                ("payer", store.payers.several(listed)),
                ("person", store.people.several(listed)),
            )
        }
        return {id: trust.facts(id, side, {kind: rows.get(id) for kind, rows in found.items()}, at) for id in listed}

    @command(c.AskForCheck)
    def ask_for_check(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("assistant", "client")
        owner = call.actor.party_id
        return self._checked(call, owner, request["kind"], ("ask", By.OWNER, request["note"]))

    @command(c.DecideCheck)
    def decide_check(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        if call.tx.people.find_one(id=request["account_id"]) is None:
            raise NotFound("This account does not exist.")
        step = (request["decision"], By.OPERATOR, request["note"])
        return self._checked(call, request["account_id"], request["kind"], step)

    @query(c.ListMyChecks)
    def list_my_checks(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        return {"items": self._checks_told(self.store.checks.of(call.actor.party_id))}

    @query(c.ListChecks)
    def list_checks(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require("operator")
        of = request["account_id"]
        return {"items": self._checks_told(self.store.checks.of(of) if of else self.store.checks.asked())}

    def _checked(self, call: Call, account_id: str, kind: str, step: tuple[str, By, str]) -> dict[str, Any]:
        """Takes a step, tells of it, and puts the mark into the track records of both sides or takes it out."""
        event, role, note = step
        check = call.tx.checks.find_one(id=check_id(account_id, kind)) or new_check(account_id, kind)
        saved: Check = call.tx.checks.save(check.step(event, role, call.actor.account_id, note, call.now))
        if event in ("grant", "revoke"):
            for side in Side:
                tracks = _tracks(call, side)
                tracks.put(tracks.of(account_id).marked(kind, call.now if event == "grant" else None))
        (told,) = self._checks_told([saved])
        fact = {**told, "assistant_id": account_id, "note": saved.last.note}
        call.emit(CHECK_EVENTS[saved.state], saved.id, fact)
        return told

    def _checks_told(self, checks: list[Check]) -> list[dict[str, Any]]:
        ids = {check.account_id for check in checks}
        names = {person.id: person.name for person in self.store.people.several(ids)}
        parts = ("id", "account_id", "kind", "history", "version")
        return [
            {
                **{part: getattr(check, part) for part in parts},
                "state": check.state.value,
                "name": names.get(check.account_id, ""),
            }
            for check in checks
        ]

    @subscribe(messaging.MessagePosted)
    def on_message(self, call: Call, event: Received) -> None:
        fact = event.data
        talk, at = fact["conversation_id"], fact["sent_at"]
        call.tx.talks.put(call.tx.talks.of(fact["author_id"]).wrote(talk, at))
        call.tx.talks.put(call.tx.talks.of(fact["recipient_id"]).received(talk, at))

    @subscribe(work.TimesheetApproved)
    def on_timesheet_approved(self, call: Call, event: Received) -> None:
        for side in Side:
            call.tx.worked.add(side.value, event.data[f"{side.value}_id"], event.data["minutes"])

    @subscribe(billing.InvoicePaid)
    def on_invoice_paid(self, call: Call, event: Received) -> None:
        fact = event.data
        if fact["kind"] == "invoice" and fact["due_on"] is not None:
            paid_on = fact["received_on"] or event.occurred_at.date()
            call.tx.payers.count_paid(fact["client_id"], on_time=paid_on <= fact["due_on"])

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

    def forget(self, call: Call, account_id: str) -> None:
        """The practice is taken off the index; offers that wait are withdrawn, and told of without the name."""
        call.tx.practices.withdraw(account_id)
        super().forget(call, account_id)
        for offer in call.tx.offers.live_of_side(account_id):
            _record(call, offer.withdraw_by_system(call.now, LEFT))

    @subscribe(accounts.AccountRegistered, accounts.AccountChanged)
    def on_account(self, call: Call, event: Received) -> None:
        held = call.tx.people.find_one(id=event.data["account_id"])
        call.tx.people.put_if_newer(person_of(event.data, held, event.occurred_at), event.sequence)

    @subscribe(companies.CompanyChanged)
    def on_company(self, call: Call, event: Received) -> None:
        call.tx.companies.put_if_newer(company_of(event.data), event.sequence)

    @subscribe(vocabulary.TaxonomyExtended)
    def on_taxonomy_extended(self, call: Call, event: Received) -> None:
        call.tx.taxonomy_additions.keep(event.data)

    @subscribe(accounts.AccountsImported)
    def on_accounts_imported(self, call: Call, event: Received) -> None:
        people = [person_of(account, None, event.occurred_at) for account in event.data["accounts"]]
        call.tx.people.put_all_if_newer(people, IMPORTED)


def _client_name(call: Call, client_id: str) -> str:
    """The company's, if it has one; else the person's."""
    company = call.tx.companies.find_one(id=client_id)
    return (company.name if company else "") or str(call.tx.people.name_of(client_id))


def _offer(call: Call, offer_id: str) -> Offer:
    call.actor.require()
    offer: Offer = call.tx.offers.get(offer_id)
    call.actor.require_affair(offer.client_id)
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
    call.actor.require_affair(contract.client_id)
    return contract


def _own(actor: Actor) -> dict[str, Any]:
    """The condition for what the caller is a side of; operators read all."""
    actor.require()
    return {} if actor.has("operator") else _sides(actor)


def _sides(actor: Actor) -> dict[str, Any]:
    """What they are a side of; for a company, as its client only."""
    return {"sides": actor.party_id, **({"client_id": actor.party_id} if actor.acting_for else {})}


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
    """Either side's answers to what the other offered; an assistant's count in the score too. A counter-offer is a yes
    to the work."""
    answered = offer.state in (OfferState.ACCEPTED, OfferState.COUNTERED, OfferState.DECLINED)
    if answered or offer.state is OfferState.EXPIRED:
        asked = other(offer.by)
        tracks = _tracks(call, asked)
        track = tracks.of(offer.assistant_id if asked is Side.ASSISTANT else offer.client_id)
        tracks.put(track.answered_offer(offer.created_at, call.now) if answered else track.let_expire())
    if offer.by is not Side.CLIENT:
        return
    if offer.state in (OfferState.ACCEPTED, OfferState.COUNTERED):
        call.tx.standings.count(offer.assistant_id, yes=1)
    elif offer.state in (OfferState.DECLINED, OfferState.EXPIRED):
        call.tx.standings.count(offer.assistant_id, no=1)


def _tracks(call: Call, side: Side) -> Any:
    """The track records of a side."""
    return call.tx.tracks if side is Side.ASSISTANT else call.tx.client_tracks


def _review(call: Call, contract_id: str) -> Review:
    call.actor.require()
    review: Review = call.tx.reviews.get(contract_id)
    call.actor.require_affair(review.client_id)
    return review


def _step_of(review: Review, by: str = "") -> dict[str, Any]:
    """A step of a review as others are told of it: never what was written."""
    names = ("contract_id", "brief_title", "client_id", "client_name", "assistant_id", "assistant_name", "closes_at")
    told = {name: getattr(review, name) for name in names}
    told |= {"state": review.state.value, "missing": [side.value for side in review.missing]}
    return {**told, "by": by} if by else told


def _fact_of(review: Review, by: str = "") -> dict[str, Any]:
    """A review that both may read."""
    shown = review.shown()
    told = {name: getattr(shown, name) for name in c.Review().fields}
    return {**told, "contract_id": review.id, **({"by": by} if by else {})}


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


def _open_brief(brief: Brief, company: Company | None) -> dict[str, Any]:
    names = c.OpenBrief().fields.keys() - {"brief_id", "company"}
    told = {"brief_id": brief.id, "company": company.to_strangers() if company else None}
    return {**told, **{name: getattr(brief, name) for name in names}}


def _named(listed: Iterable[Listed], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"assistant_id": place.assistant_id, "display_name": names.get(place.assistant_id, ""), "score": place.score}
        for place in listed
    ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
