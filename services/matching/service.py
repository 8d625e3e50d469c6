"""nameko entry points of matching: matches and lists, offers, contracts; copies of profiles, briefs and names."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any, ClassVar
from weakref import WeakSet

from services.matching.copies import Person, brief_of, practice_of, terms_of, withdrawn
from services.matching.domain.brief import ENDED, Brief
from services.matching.domain.candidate import Candidate, Card
from services.matching.domain.capacity import Capacity
from services.matching.domain.contracts import Contract, ContractState
from services.matching.domain.engine import Engine, ExactEngine, Explanation
from services.matching.domain.offers import Offer, OfferState, send, thread_of
from services.matching.domain.practice import Practice
from services.matching.domain.search import Cards, Filters
from services.matching.domain.weights import Weights
from services.matching.live_index import LiveIndex
from services.matching.store import MatchingStore
from shared.contracts import accounts, profiles, requests, taxonomy
from shared.contracts import matching as c
from shared.contracts.fields import LOCALES
from shared.platform.context import Actor
from shared.platform.errors import Conflict, NotFound, Unavailable
from shared.platform.ids import new_id
from shared.platform.service import IMPORTED, Call, Received, Service, StoreProvider, command, query, subscribe, timer
from shared.platform.storage import PageOf

Request = dict[str, Any]

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


class MatchingService(Service):
    name = "matching"
    store = StoreProvider(MatchingStore)
    indexes: ClassVar[WeakSet[LiveIndex]] = WeakSet()
    """Those of this process: one for each container."""

    @classmethod
    def on_start(cls, store: MatchingStore, _settings: Any) -> None:
        store.weights.add_default()
        store.index = LiveIndex(store, ExactEngine(_labels))
        cls.indexes.add(store.index)
        threading.Thread(target=store.index.build, name="matching-index", daemon=True).start()

    @classmethod
    def is_ready(cls) -> bool:
        return all(index.built for index in cls.indexes)

    # -- who fits ------------------------------------------------------------------------------------------------

    @query(c.FindMatches)
    def find_matches(self, call: Call, request: Request) -> dict[str, Any]:
        brief = self._brief_read_by(call, request["brief_id"], request["at_least_version"])
        engine, weights = self._fresh()
        found = engine.query(brief, weights, call.now, request["limit"])
        return {
            "brief_id": brief.id,
            "weights_version": weights.number,
            "eligible": found.eligible,
            "considered": found.considered,
            "matches": found.matches,
            "exclusions": engine.exclusions(brief),
        }

    @query(c.ExplainMatch)
    def explain_match(self, call: Call, request: Request) -> Explanation:
        brief = self._brief_read_by(call, request["brief_id"])
        practice = self.store.practices.get(request["assistant_id"])
        engine, weights = self._fresh()
        return engine.explain(brief, practice, self._capacity_of(practice), weights, call.now)

    @query(c.GetWeights)
    def get_weights(self, call: Call, request: Request) -> dict[str, Any]:
        weights = self.store.weights.in_force()
        listed = [{"criterion": criterion, "weight": points} for criterion, points in weights.points.items()]
        return {"version": weights.number, "weights": listed}

    @query(c.BrowseAssistants)
    def browse_assistants(self, call: Call, request: Request) -> Cards:
        filters = Filters(**{name: _hashable(request[name]) for name in Filters.__slots__})
        return self._fresh()[0].browse(filters, request["limit"], request["cursor"])

    @query(c.GetAssistantCard)
    def get_assistant_card(self, call: Call, request: Request) -> Card:
        practice = self.store.practices.published(request["id"])
        return Candidate(practice, self._capacity_of(practice)).card()

    def _fresh(self) -> tuple[Engine, Weights]:
        index: LiveIndex = self.store.index
        return index.fresh()

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
        return self._changed(call, contract)

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
            self._changed(call, contract.pass_trial_by_time())

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
        brief = brief_of(event.data)
        if call.tx.briefs.put_if_newer(brief, event.sequence) and brief.state in ENDED:
            _withdraw_live(call, brief.id, FILLED if brief.state == "filled" else BRIEF_OVER)

    @subscribe(accounts.AccountRegistered, accounts.AccountChanged)
    def on_account(self, call: Call, event: Received) -> None:
        call.tx.people.put_if_newer(Person(event.data["account_id"], event.data["name"]), event.sequence)

    @subscribe(accounts.AccountsImported)
    def on_accounts_imported(self, call: Call, event: Received) -> None:
        people = [Person(account["account_id"], account["name"]) for account in event.data["accounts"]]
        call.tx.people.put_all_if_newer(people, IMPORTED)


def _offer(call: Call, offer_id: str) -> Offer:
    call.actor.require()
    offer: Offer = call.tx.offers.get(offer_id)
    return offer


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
    return saved


def _require_vacant(call: Call, brief_id: str) -> None:
    if call.tx.contracts.live_of_brief(brief_id) is not None:
        raise Conflict("Somebody was hired for this brief already. Publish another brief to hire one more.")


def _withdraw_live(call: Call, brief_id: str, reason: str) -> None:
    for offer in call.tx.offers.live_of_brief(brief_id):
        _record(call, offer.withdraw_by_system(call.now, reason))


def _labels(code: str) -> Iterable[str]:
    return {taxonomy.label(code, locale) for locale in LOCALES}


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
