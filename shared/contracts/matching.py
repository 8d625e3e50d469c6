"""Matching: who fits a brief and why; offers, contracts and capacity."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import (
    CEFR,
    LEVELS,
    ById,
    Id,
    Instant,
    Language,
    MoneyField,
    Page,
    Reason,
    SkillWish,
    WorkingDay,
    between,
    known_service,
    known_skill,
    length,
    one_of,
    plausible_day,
)
from shared.contracts.profiles import Retainer
from shared.contracts.requests import ENGAGEMENTS
from shared.contracts.taxonomy import LANGUAGES
from shared.platform.contract import Command, Event, Message, Query

SERVICE = "matching"
OFFER_STATES = ("sent", "accepted", "declined", "countered", "withdrawn", "expired")
CONTRACT_STATES = ("trial", "active", "paused", "notice", "ended", "terminated")


class AssistantCard(Message):
    """An assistant as lists show her. `free_minutes` is what contracts leave of her week."""

    assistant_id = fields.String()
    display_name = fields.String()
    headline = fields.String()
    level = fields.String()
    services = fields.List(fields.String())
    skills = fields.List(fields.Nested(SkillWish))
    languages = fields.List(fields.Nested(Language))
    time_zone = fields.String()
    working_hours = fields.List(fields.Nested(WorkingDay))
    hourly_rate = MoneyField()
    retainer = fields.Nested(Retainer, allow_none=True)
    capacity_minutes = fields.Integer()
    free_minutes = fields.Integer()


class Contribution(Message):
    """A criterion's share of the score: `points` = `weight` × `fit`; `facts` are what it was worked out from.

    `criterion` is a code (skills_required, skills_preferred, services, level, languages, overlap, price, capacity,
    newcomer, minimum_hours ...). `facts` is a flat mapping of numbers, codes and lists that a page puts into words.
    """

    criterion = fields.String()
    weight = fields.Float()
    fit = fields.Float()
    points = fields.Float()
    facts = fields.Dict(keys=fields.String())


class Match(Message):
    """`score` is the sum of the contributions' points, out of 100. `unmet` are contributions that cost most."""

    assistant = fields.Nested(AssistantCard)
    score = fields.Float()
    contributions = fields.List(fields.Nested(Contribution))


class Exclusion(Message):
    """How many assistants a hard condition keeps out: those that fail it, and those that fail nothing else."""

    criterion = fields.String()
    failing = fields.Integer()
    only_this = fields.Integer()


class FindMatchesRequest(Message):
    """`at_least_version`: wait (briefly) until matching has seen this version of the brief."""

    brief_id = Id()
    at_least_version = fields.Integer(load_default=0)
    limit = fields.Integer(load_default=20, validate=between(1, 50))


class Matches(Message):
    brief_id = fields.String()
    weights_version = fields.Integer()
    eligible = fields.Integer()
    considered = fields.Integer()
    matches = fields.List(fields.Nested(Match))
    exclusions = fields.List(fields.Nested(Exclusion))


class ExplainRequest(Message):
    brief_id = Id()
    assistant_id = Id()


class Failure(Message):
    """A hard condition that is not met, with the facts: asked and found."""

    criterion = fields.String()
    facts = fields.Dict(keys=fields.String())


class Explanation(Message):
    """Why somebody is, or is not, in the list of a brief."""

    assistant = fields.Nested(AssistantCard)
    eligible = fields.Boolean()
    failures = fields.List(fields.Nested(Failure))
    score = fields.Float()
    contributions = fields.List(fields.Nested(Contribution))


class BrowseRequest(Page):
    """Filters are all optional and all must hold. `max_rate_amount` is in minor units of `currency`."""

    text = fields.String(load_default="", validate=length(0, 200))
    level = fields.String(load_default="", validate=one_of(("", *LEVELS)))
    services = fields.List(fields.String(validate=known_service), load_default=list)
    skills = fields.List(fields.String(validate=known_skill), load_default=list)
    language = fields.String(load_default="", validate=one_of(("", *LANGUAGES)))
    cefr = fields.String(load_default="B1", validate=one_of(CEFR))
    currency = fields.String(load_default="EUR")
    max_rate_amount = fields.Integer(load_default=None, allow_none=True)
    free_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 80))
    sort = fields.String(load_default="newest", validate=one_of(("newest", "rate", "free")))


class Cards(Message):
    items = fields.List(fields.Nested(AssistantCard))
    total = fields.Integer()
    next = fields.String(allow_none=True)


class Weight(Message):
    criterion = fields.String()
    weight = fields.Float()


class Weights(Message):
    """The weights in force, for the page that explains matching."""

    version = fields.Integer()
    weights = fields.List(fields.Nested(Weight))


FindMatches = Query(SERVICE, "find_matches", FindMatchesRequest, Matches)
ExplainMatch = Query(SERVICE, "explain_match", ExplainRequest, Explanation)
# Anyone, signed in or not.
BrowseAssistants = Query(SERVICE, "browse_assistants", BrowseRequest, Cards)
# `id` is the assistant's.
GetAssistantCard = Query(SERVICE, "get_assistant_card", ById, AssistantCard)


class WeightsRequest(Message):
    pass


GetWeights = Query(SERVICE, "get_weights", WeightsRequest, Weights)


class Terms(Message):
    """What an offer proposes and a contract fixes.

    `rate` is an hour's for `hourly` (charged up to `weekly_minutes` a week), a month's fee for `retainer` (which
    includes `included_minutes` a month). `weekly_minutes` is also what the contract holds of the assistant's capacity.
    """

    engagement = fields.String(required=True, validate=one_of(ENGAGEMENTS))
    rate = MoneyField(required=True)
    weekly_minutes = fields.Integer(required=True, validate=between(60, 60 * 60))
    included_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 300))
    start_on = fields.Date(required=True, validate=plausible_day)
    notice_days = fields.Integer(load_default=14, validate=between(0, 60))
    payment_days = fields.Integer(load_default=14, validate=between(0, 60))
    scope = fields.String(load_default="", validate=length(0, 4000))


class Offer(Message):
    """`by` is the side that put it: client or assistant. All versions of one negotiation share `thread_id`."""

    id = fields.String()
    thread_id = fields.String()
    number = fields.Integer()
    brief_id = fields.String()
    brief_title = fields.String()
    client_id = fields.String()
    client_name = fields.String()
    assistant_id = fields.String()
    assistant_name = fields.String()
    by = fields.String()
    terms = fields.Nested(Terms)
    message = fields.String()
    state = fields.String()
    reason = fields.String()
    created_at = Instant()
    expires_at = Instant()
    answered_at = Instant(allow_none=True)
    contract_id = fields.String()
    version = fields.Integer()


class OfferThread(Message):
    """The newest offer of a negotiation first."""

    offers = fields.List(fields.Nested(Offer))


class SendOfferRequest(Message):
    """By the brief's client to an assistant."""

    brief_id = Id()
    assistant_id = Id()
    terms = fields.Nested(Terms, required=True)
    message = fields.String(load_default="", validate=length(0, 4000))


class CounterOfferRequest(Message):
    offer_id = Id()
    terms = fields.Nested(Terms, required=True)
    message = fields.String(load_default="", validate=length(0, 4000))


class AcceptOfferRequest(Message):
    offer_id = Id()


class AnswerOfferRequest(Message):
    offer_id = Id()
    reason = fields.String(load_default="", validate=length(0, 1000))


class Contract(Message):
    """Days (`start_on`, `ends_on`) are days of `time_zone`, the brief's."""

    id = fields.String()
    offer_id = fields.String()
    thread_id = fields.String()
    brief_id = fields.String()
    brief_title = fields.String()
    client_id = fields.String()
    client_name = fields.String()
    assistant_id = fields.String()
    assistant_name = fields.String()
    time_zone = fields.String()
    terms = fields.Nested(Terms)
    state = fields.String()
    reason = fields.String()
    created_at = Instant()
    trial_ends_at = Instant()
    ends_on = fields.Date(allow_none=True)
    version = fields.Integer()


class ListOffersRequest(Page):
    """Those the caller is a side of. `open_only`: those that wait for an answer."""

    open_only = fields.Boolean(load_default=False)
    brief_id = fields.String(load_default="")


class Offers(Message):
    items = fields.List(fields.Nested(Offer))
    next = fields.String(allow_none=True)


class ListContractsRequest(Page):
    states = fields.List(fields.String(validate=one_of(CONTRACT_STATES)), load_default=list)


class Contracts(Message):
    items = fields.List(fields.Nested(Contract))
    next = fields.String(allow_none=True)


SendOffer = Command(SERVICE, "send_offer", SendOfferRequest, Offer)
# The other side's new terms; the offer becomes `countered` and the new one is returned.
CounterOffer = Command(SERVICE, "counter_offer", CounterOfferRequest, Offer)
# Reserves the hours and starts the contract; Conflict when the assistant has not enough left.
AcceptOffer = Command(SERVICE, "accept_offer", AcceptOfferRequest, Contract)
DeclineOffer = Command(SERVICE, "decline_offer", AnswerOfferRequest, Offer)
WithdrawOffer = Command(SERVICE, "withdraw_offer", AnswerOfferRequest, Offer)
GetOffer = Query(SERVICE, "get_offer", ById, OfferThread)
ListOffers = Query(SERVICE, "list_offers", ListOffersRequest, Offers)
GetContract = Query(SERVICE, "get_contract", ById, Contract)
ListContracts = Query(SERVICE, "list_contracts", ListContractsRequest, Contracts)
PassTrial = Command(SERVICE, "pass_trial", ById, Contract)
PauseContract = Command(SERVICE, "pause_contract", Reason, Contract)
ResumeContract = Command(SERVICE, "resume_contract", ById, Contract)
GiveNotice = Command(SERVICE, "give_notice", Reason, Contract)
TerminateContract = Command(SERVICE, "terminate_contract", Reason, Contract)


class OfferFact(Offer):
    """The whole offer; `id` is `offer_id`. Names are as they were when it was sent."""


class ContractFact(Contract):
    """The whole contract in its present state."""


OfferSent = Event(SERVICE, "offer.sent", OfferFact)
OfferCountered = Event(SERVICE, "offer.countered", OfferFact)
OfferAccepted = Event(SERVICE, "offer.accepted", OfferFact)
OfferDeclined = Event(SERVICE, "offer.declined", OfferFact)
OfferWithdrawn = Event(SERVICE, "offer.withdrawn", OfferFact)
OfferExpiring = Event(SERVICE, "offer.expiring", OfferFact)
OfferExpired = Event(SERVICE, "offer.expired", OfferFact)
ContractStarted = Event(SERVICE, "contract.started", ContractFact)
ContractChanged = Event(SERVICE, "contract.changed", ContractFact)
ContractEnded = Event(SERVICE, "contract.ended", ContractFact)
