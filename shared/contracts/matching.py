"""Matching: who fits a brief and why; offers, contracts and capacity."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import (
    CEFR,
    LEVELS,
    LOCALES,
    SKILL_LEVELS,
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
    clock_time,
    items,
    known_industry,
    known_service,
    known_skill,
    known_work,
    known_zone,
    length,
    one_of,
    optional,
    plausible_day,
)
from shared.contracts.profiles import Retainer
from shared.contracts.requests import ENGAGEMENTS
from shared.contracts.taxonomy import LANGUAGES
from shared.platform.contract import Command, Empty, Event, Message, Query

SERVICE = "matching"
OFFER_STATES = ("sent", "accepted", "declined", "countered", "withdrawn", "expired")
CRITERIA = (
    "skills_required", "skills_preferred", "services", "overlap", "price", "languages", "level", "record",
    "pay", "hours", "market", "notice",
    "acceptance", "demand", "room", "newcomer",
)  # fmt: skip
"""Of a score: the client's side, the assistant's, and the market's. `acceptance` has no weight of its own."""
DIALS = ("prior_yes", "prior_no", "acceptance_floor", "prior_well", "prior_badly", "price_epsilon", "price_outside")
CONTRACT_STATES = ("trial", "active", "paused", "notice", "ended", "terminated")


class CriterionMean(Message):
    """In hundredths of a star."""

    criterion = fields.String()
    mean = fields.Integer()


class Rating(Message):
    """(`prior` × `prior_weight` + sum of the reviews' means) / (`prior_weight` + `count`), all in hundredths of a star.
    `mean` is that of the reviews alone. `value` 0: no review yet."""

    value = fields.Integer()
    count = fields.Integer()
    mean = fields.Integer()
    prior = fields.Integer()
    prior_weight = fields.Integer()
    criteria = fields.List(fields.Nested(CriterionMean))


class Mark(Message):
    """An operator has checked it."""

    kind = fields.String()
    since = Instant()


class TrustFacts(Message):
    """What is known of somebody on one side, facts only; see docs/trust.md for how each is counted.

    `response_minutes`: the median wait of first answers in the last 90 days, None below three cases. `partners` are the
    others that contracts were begun with, `repeat_partners` those with a second one. `invoices_paid` and
    `invoices_on_time` are a client's.
    """

    account_id = fields.String()
    side = fields.String()
    name = fields.String()
    since = Instant(allow_none=True)
    email_confirmed = fields.Boolean()
    marks = fields.List(fields.Nested(Mark))
    rating = fields.Nested(Rating)
    response_minutes = fields.Integer(allow_none=True)
    response_cases = fields.Integer()
    offers_received = fields.Integer()
    offers_answered = fields.Integer()
    contracts = fields.Integer()
    completed = fields.Integer()
    partners = fields.Integer()
    repeat_partners = fields.Integer()
    approved_minutes = fields.Integer()
    invoices_paid = fields.Integer()
    invoices_on_time = fields.Integer()


class CardTrust(Message):
    """The facts that a card has room for: the rating in hundredths of a star (0: none yet), the median wait of first
    answers (None below three cases), contracts completed, and what an operator has checked."""

    rating = fields.Integer()
    reviews = fields.Integer()
    response_minutes = fields.Integer(allow_none=True)
    completed = fields.Integer()
    marks = fields.List(fields.String())


class Said(Message):
    """A headline in one more language."""

    locale = fields.String()
    headline = fields.String()


class FreeSpan(Message):
    """From one instant to another."""

    start = Instant()
    end = Instant()


class AssistantCard(Message):
    """An assistant as lists show her. `free_minutes` is what contracts leave of her week.

    `headline` is in the language `locale`, `translations` hold it in others. `next_free` are the next hours that she
    works and that no absence and no calendar of hers takes; none while she is fully booked. `photo_id`, "" for none, is
    there to be drawn and counts for nothing.
    """

    assistant_id = fields.String()
    display_name = fields.String()
    headline = fields.String()
    locale = fields.String()
    translations = fields.List(fields.Nested(Said))
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
    next_free = fields.List(fields.Nested(FreeSpan))
    photo_id = fields.String()
    published_at = Instant(allow_none=True)
    trust = fields.Nested(CardTrust, allow_none=True)


class HeldBy(Message):
    """A contract's hours of her week. `frees_on`: the first day on which they can be free again: after the notice that
    was given (`ending`), or after notice given today."""

    contract_id = fields.String()
    client_id = fields.String()
    client_name = fields.String()
    brief_title = fields.String()
    state = fields.String()
    weekly_minutes = fields.Integer()
    frees_on = fields.Date()
    ending = fields.Boolean()


class WaitingOffer(Message):
    """An open offer that would hold hours. `fits`: into what is free now; `by`: which side made it."""

    offer_id = fields.String()
    client_id = fields.String()
    client_name = fields.String()
    brief_title = fields.String()
    by = fields.String()
    weekly_minutes = fields.Integer()
    expires_at = Instant()
    fits = fields.Boolean()


class MyWeek(Message):
    """An assistant's own week: `free_minutes` is below zero where contracts hold more than she offers now."""

    capacity_minutes = fields.Integer()
    committed_minutes = fields.Integer()
    free_minutes = fields.Integer()
    held = fields.List(fields.Nested(HeldBy))
    waiting = fields.List(fields.Nested(WaitingOffer))


class Contribution(Message):
    """A criterion's share of the score: `points` = `weight` × `fit`; `facts` are what it was worked out from.

    `criterion` is a code (CRITERIA). `side` says whose interest it is: client, assistant, or market (those may be
    negative). `facts` is a flat mapping of numbers, codes and lists that a page puts into words.
    """

    criterion = fields.String()
    side = fields.String()
    weight = fields.Float()
    fit = fields.Float()
    points = fields.Float()
    facts = fields.Dict(keys=fields.String())


class Match(Message):
    """`score` is the sum of the contributions' points. `behind` is the difference to the one before it, 0 for the
    first."""

    assistant = fields.Nested(AssistantCard)
    score = fields.Float()
    behind = fields.Float()
    contributions = fields.List(fields.Nested(Contribution))


class Suggestion(Message):
    """A change that would find more, all else as it is: `gain` more than the `of` there are now.

    `criterion`: price (facts asked, proposed, currency), capacity (asked, proposed minutes a week), overlap (asked,
    proposed minutes a day), skills_required (skill, asked, proposed level; 0: no longer required), languages (language,
    asked, proposed CEFR; "": no longer required), level (asked, proposed); for an assistant also minimum_hours (asked,
    proposed), engagement (proposed: retainer) and services (service).
    """

    criterion = fields.String()
    facts = fields.Dict(keys=fields.String())
    of = fields.Integer()
    gain = fields.Integer()


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
    what_if = fields.List(fields.Nested(Suggestion))
    index_version = fields.Integer()


class CountRequest(Message):
    """What is known so far of a brief that need not be kept. What is left out keeps nobody out."""

    level = fields.String(load_default="", validate=one_of(("", *LEVELS)))
    required_skills = fields.List(fields.Nested(SkillWish), load_default=list, validate=items(0, 20))
    languages = fields.List(fields.Nested(Language), load_default=list, validate=items(0, 8))
    engagement = fields.String(load_default="", validate=one_of(("", *ENGAGEMENTS)))
    weekly_minutes = fields.Integer(load_default=None, allow_none=True, validate=optional(between(60, 60 * 60)))
    budget = MoneyField(load_default=None, allow_none=True)
    time_zone = fields.String(load_default="", validate=optional(known_zone))
    day_start = fields.String(load_default="09:00", validate=clock_time)
    day_end = fields.String(load_default="18:00", validate=clock_time)
    overlap_minutes = fields.Integer(load_default=0, validate=between(0, 600))
    start_on = fields.Date(load_default=None, allow_none=True, validate=optional(plausible_day))


class Fits(Message):
    """`exclusions` and `what_if` as for a brief's matches; criteria that nothing was said about keep out nobody."""

    eligible = fields.Integer()
    considered = fields.Integer()
    exclusions = fields.List(fields.Nested(Exclusion))
    what_if = fields.List(fields.Nested(Suggestion))


class ExplainRequest(Message):
    brief_id = Id()
    assistant_id = Id()


class Failure(Message):
    """A hard condition that is not met, with the facts: asked and found."""

    criterion = fields.String()
    facts = fields.Dict(keys=fields.String())


class Explanation(Message):
    """Why somebody is, or is not, in the list of a brief. `rank` is the place among the eligible, from 1; else 0."""

    assistant = fields.Nested(AssistantCard)
    eligible = fields.Boolean()
    failures = fields.List(fields.Nested(Failure))
    score = fields.Float()
    contributions = fields.List(fields.Nested(Contribution))
    rank = fields.Integer()
    weights_version = fields.Integer()


class ExplainByNameRequest(Message):
    """`name`: words of the assistant's name or headline, also mistyped."""

    brief_id = Id()
    name = fields.String(required=True, validate=length(2, 100))


class Explanations(Message):
    """At most five whose name it is, the closest first."""

    items = fields.List(fields.Nested(Explanation))


SORTS = ("newest", "rate", "free", "rating", "overlap")
NEW_DAYS = 30
"""So long somebody is new here, from the day of the first publication."""


class SearchFilters(Message):
    """All are optional and all must hold. Amounts are in minor units of `currency`, of an hour's rate or of a month's
    retainer (`fee`). Each skill is asked for at `skill_level` or above, the language at `cefr`.

    `overlap_minutes` a day, on the mean of next week's five, are to be shared with a working day from `day_start` to
    `day_end` in `time_zone`. `min_rating` is in hundredths (450: 4.5 of 5). `new`: first published in the last 30 days.

    `text` is looked for in names, headlines, and the names and synonyms of skills and services in every language; a
    word that nobody has is read as the nearest one.
    """

    text = fields.String(load_default="", validate=length(0, 200))
    level = fields.String(load_default="", validate=one_of(("", *LEVELS)))
    services = fields.List(fields.String(validate=known_service), load_default=list)
    skills = fields.List(fields.String(validate=known_skill), load_default=list)
    skill_level = fields.Integer(load_default=1, validate=one_of(SKILL_LEVELS))
    language = fields.String(load_default="", validate=one_of(("", *LANGUAGES)))
    cefr = fields.String(load_default="B1", validate=one_of(CEFR))
    currency = fields.String(load_default="EUR")
    min_rate_amount = fields.Integer(load_default=None, allow_none=True)
    max_rate_amount = fields.Integer(load_default=None, allow_none=True)
    min_fee_amount = fields.Integer(load_default=None, allow_none=True)
    max_fee_amount = fields.Integer(load_default=None, allow_none=True)
    free_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 80))
    retainer = fields.Boolean(load_default=False)
    industry = fields.String(load_default="", validate=optional(known_industry))
    overlap_minutes = fields.Integer(load_default=0, validate=between(0, 60 * 24))
    time_zone = fields.String(load_default="", validate=optional(known_zone))
    day_start = fields.String(load_default="09:00", validate=clock_time)
    day_end = fields.String(load_default="18:00", validate=clock_time)
    min_rating = fields.Integer(load_default=0, validate=between(0, 500))
    new = fields.Boolean(load_default=False)


class BrowseRequest(SearchFilters, Page):
    """Filters and an order: newest, lowest rate, most free hours, best rated, or most hours shared with the day that
    `overlap_minutes` speaks of. `facets` asks for counts."""

    facets = fields.Boolean(load_default=False)
    sort = fields.String(load_default="newest", validate=one_of(SORTS))


class FacetValue(Message):
    value = fields.String()
    count = fields.Integer()


class Facet(Message):
    """How many the list would have with each value, all other filters as they are. `name`: level, services, skills,
    languages, retainer, industries, new; and, each as "at least": cefr (of the language asked for), free_minutes,
    overlap_minutes, min_rating."""

    name = fields.String()
    values = fields.List(fields.Nested(FacetValue))


class Correction(Message):
    """A typed word that nobody has, and the one that was looked for instead."""

    typed = fields.String()
    read_as = fields.String()


class Cards(Message):
    items = fields.List(fields.Nested(AssistantCard))
    total = fields.Integer()
    next = fields.String(allow_none=True)
    facets = fields.List(fields.Nested(Facet))
    corrections = fields.List(fields.Nested(Correction))


class CardsRequest(Message):
    ids = fields.List(Id(), required=True, validate=items(0, 100))


class SomeCards(Message):
    """In the order of the ids that were asked for; those who are not published are left out."""

    items = fields.List(fields.Nested(AssistantCard))


class SaveSearchRequest(Message):
    """What to look for, under a name of the owner's."""

    name = fields.String(required=True, validate=length(1, 80))
    filters = fields.Nested(SearchFilters, required=True)


class Search(Message):
    """A saved search. Once a day its owner is told of who was published since."""

    id = fields.String()
    name = fields.String()
    filters = fields.Nested(SearchFilters)
    created_at = Instant()
    looked_at = Instant()


class SearchesRequest(Message):
    pass


class Searches(Message):
    """Newest first."""

    items = fields.List(fields.Nested(Search))


class SearchFact(Message):
    """`count` were found that are new; the first of them are named. `client_id` is the owner, whatever their role."""

    search_id = fields.String(required=True)
    client_id = fields.String(required=True)
    search_name = fields.String(required=True)
    count = fields.Integer(required=True)
    assistant_ids = fields.List(fields.String(), required=True)
    names = fields.String(required=True)


class Weight(Message):
    criterion = fields.String(required=True, validate=one_of(CRITERIA))
    side = fields.String(dump_only=True)
    weight = fields.Float(required=True)


class WeightsContent(Message):
    """What operators set. `weights` name every criterion once; those of the two sides add up to 100. `dials` are the
    acceptance estimate's and the price job's numbers by name (DIALS)."""

    weights = fields.List(fields.Nested(Weight), required=True)
    dials = fields.Dict(keys=fields.String(validate=one_of(DIALS)), values=fields.Float(), load_default=dict)
    note = fields.String(load_default="", validate=length(0, 500))


class Weights(WeightsContent):
    """A set of weights; `formula` names the formula they go into. `state`: draft, in_force or past."""

    id = fields.String()
    version = fields.Integer()
    formula = fields.String()
    state = fields.String()
    made_by = fields.String()
    made_at = Instant(allow_none=True)
    previewed_at = Instant(allow_none=True)
    in_force_at = Instant(allow_none=True)


class WeightSets(Message):
    """Newest first."""

    items = fields.List(fields.Nested(Weights))


class ReplayRequest(Message):
    """The briefs that were open in the `days` from `from_on` (None: the last ones), against a set of weights."""

    weights_id = Id()
    from_on = fields.Date(load_default=None, allow_none=True, validate=optional(plausible_day))
    days = fields.Integer(load_default=7, validate=between(1, 31))


class Listed(Message):
    assistant_id = fields.String()
    display_name = fields.String()
    score = fields.Float()


class ReplayedList(Message):
    """The first ten of a brief with the one set and the other; `shared` of them are in both."""

    brief_id = fields.String()
    brief_title = fields.String()
    before = fields.List(fields.Nested(Listed))
    after = fields.List(fields.Nested(Listed))
    shared = fields.Integer()


class ReplayFigures(Message):
    """`exposure_gini`: 0 when all who could be shown are shown alike. `fill`: the share of briefs that would be filled
    if every client asked down the list and every assistant answered as estimated. `newcomers`: their share of places.
    """

    shown = fields.Integer()
    exposure_gini = fields.Float()
    fill = fields.Float()
    newcomers = fields.Float()
    mean_score = fields.Float()


class Replay(Message):
    """What another set of weights would have changed."""

    from_on = fields.Date()
    days = fields.Integer()
    briefs = fields.Integer()
    changed = fields.Integer()
    shared = fields.Float()
    before_version = fields.Integer()
    before = fields.Nested(ReplayFigures)
    after = fields.Nested(ReplayFigures)
    lists = fields.List(fields.Nested(ReplayedList))


class DirectoryRequest(Message):
    pass


class Counted(Message):
    """A service, skill or language, and how many offer it."""

    code = fields.String()
    count = fields.Integer()


class Directory(Message):
    """What is on offer, with most first. `assistants`: all who are published."""

    assistants = fields.Integer()
    services = fields.List(fields.Nested(Counted))
    skills = fields.List(fields.Nested(Counted))


class WorkRequest(Message):
    """The code of a service or of a skill."""

    code = fields.String(required=True, validate=known_work)


class RatesBin(Message):
    low = fields.Integer()
    high = fields.Integer()
    count = fields.Integer()


class UsualRates(Message):
    """Hourly rates in minor units of a currency, where at least ten ask in it. Half of all are between `usual_low` and
    `usual_high`, eight of ten between `low` and `high`; the bins are of those."""

    currency = fields.String()
    count = fields.Integer()
    low = fields.Integer()
    usual_low = fields.Integer()
    median = fields.Integer()
    usual_high = fields.Integer()
    high = fields.Integer()
    bins = fields.List(fields.Nested(RatesBin))


class Work(Message):
    """Who offers a service or skill. `available`: with five hours a week free or more. `levels`: how many are at skill
    level 1 and above, and so on to 4; empty for a service. `languages`: spoken at B1 or better. `related`: the skills
    that they most often have beside it."""

    code = fields.String()
    count = fields.Integer()
    available = fields.Integer()
    executive = fields.Integer()
    retainers = fields.Integer()
    levels = fields.List(fields.Integer())
    rates = fields.List(fields.Nested(UsualRates))
    languages = fields.List(fields.Nested(Counted))
    related = fields.List(fields.Nested(Counted))


class PublishedRequest(Message):
    """`from_id`: the first id, "" for the very first. `parts`: asks for the ids at which parts of `limit` begin."""

    from_id = fields.String(load_default="", validate=length(0, 64))
    limit = fields.Integer(load_default=1000, validate=between(1, 10000))
    parts = fields.Boolean(load_default=False)


class Published(Message):
    """Assistants' ids in order, or those that begin a part each. `addresses`: the vanity address of each, "" for none
    (not of parts)."""

    ids = fields.List(fields.String())
    addresses = fields.List(fields.String())


class SimilarRequest(Message):
    id = Id()
    limit = fields.Integer(load_default=4, validate=between(1, 20))


class Similar(Message):
    """Another assistant for the same work. `likeness` 0 to 1; `skills` and `services` are those both offer."""

    assistant = fields.Nested(AssistantCard)
    likeness = fields.Float()
    skills = fields.List(fields.String())
    services = fields.List(fields.String())


class SimilarAssistants(Message):
    items = fields.List(fields.Nested(Similar))


class ClientCompany(Message):
    """What a client says of its company, as far as the reader may know it; "" where nothing is said."""

    name = fields.String()
    website = fields.String()
    industry = fields.String()
    size = fields.String()
    country = fields.String()
    time_zone = fields.String()
    description = fields.String()
    description_locale = fields.String()


class ClientRequest(Message):
    """By one of the two: the client of an offer, or of a contract."""

    offer_id = Id(required=False, load_default="")
    contract_id = Id(required=False, load_default="")


class OpenBrief(Message):
    """What an assistant may see of an open brief. Who the client is only where its company says so."""

    company = fields.Nested(ClientCompany, allow_none=True)
    brief_id = fields.String()
    title = fields.String()
    level = fields.String()
    services = fields.List(fields.String())
    required_skills = fields.List(fields.Nested(SkillWish))
    preferred_skills = fields.List(fields.Nested(SkillWish))
    languages = fields.List(fields.Nested(Language))
    engagement = fields.String()
    weekly_minutes = fields.Integer()
    budget = MoneyField()
    time_zone = fields.String()
    start_on = fields.Date()
    industry = fields.String()


class SuitableBrief(Message):
    """An open brief she meets every condition of, with the score and the place that its client sees; and what is known
    of the client, but for who it is."""

    brief = fields.Nested(OpenBrief)
    client = fields.Nested(TrustFacts)
    score = fields.Float()
    rank = fields.Integer()
    eligible = fields.Integer()
    contributions = fields.List(fields.Nested(Contribution))


class BriefsForMeRequest(Message):
    limit = fields.Integer(load_default=20, validate=between(1, 50))


class BriefsForMe(Message):
    """`suitable` of `considered` open briefs; `more`: what would bring her more of them, largest gain first."""

    items = fields.List(fields.Nested(SuitableBrief))
    suitable = fields.Integer()
    considered = fields.Integer()
    more = fields.List(fields.Nested(Suggestion))
    weights_version = fields.Integer()


class TeamMember(Message):
    """Who does what: the skills and services of the brief she takes, and the minutes a week."""

    assistant = fields.Nested(AssistantCard)
    weekly_minutes = fields.Integer()
    skills = fields.List(fields.String())
    services = fields.List(fields.String())
    cost = MoneyField()


class Team(Message):
    """`cost` is a week's, at their hourly rates; `overlap_minutes` the least that any of them shares a day."""

    members = fields.List(fields.Nested(TeamMember))
    score = fields.Float()
    cost = MoneyField()
    overlap_minutes = fields.Integer()


class TeamsRequest(Message):
    brief_id = Id()
    limit = fields.Integer(load_default=3, validate=between(1, 10))


class Teams(Message):
    """Pairs and trios that cover a brief together. Not `exact`: the time ran out, and a better one may exist.

    `needed` is false when single assistants cover it. `uncovered`: skills that nobody within the brief has.
    """

    items = fields.List(fields.Nested(Team))
    needed = fields.Boolean()
    exact = fields.Boolean()
    considered = fields.Integer()
    uncovered = fields.List(fields.String())


class SelfCheck(Message):
    """The index beside the database: `differing` of the `checked` practices, with the first ids."""

    at = Instant(allow_none=True)
    checked = fields.Integer()
    differing = fields.Integer()
    ids = fields.List(fields.String())


class PriceRun(Message):
    """The last time prices of demand were worked out."""

    at = Instant(allow_none=True)
    seconds = fields.Float()
    iterations = fields.Integer()
    briefs = fields.Integer()
    assistants = fields.Integer()
    priced = fields.Integer()
    mean = fields.Float()
    highest = fields.Float()


class IndexStatus(Message):
    """One replica's index: its version grows with every change that it has taken over."""

    version = fields.Integer()
    ready = fields.Boolean()
    assistants = fields.Integer()
    rows = fields.Integer()
    bytes = fields.Integer()
    build_seconds = fields.Float()
    self_check = fields.Nested(SelfCheck)
    prices = fields.Nested(PriceRun)


FindMatches = Query(SERVICE, "find_matches", FindMatchesRequest, Matches)
# Anyone who is signed in: keeps nothing, and names nobody.
CountFits = Query(SERVICE, "count_fits", CountRequest, Fits)
ExplainMatch = Query(SERVICE, "explain_match", ExplainRequest, Explanation)
# "Why is X not in my list?" By the brief's client, and operators.
ExplainByName = Query(SERVICE, "explain_by_name", ExplainByNameRequest, Explanations)
FindTeams = Query(SERVICE, "find_teams", TeamsRequest, Teams)
# Anyone. `id` is the assistant's.
FindSimilar = Query(SERVICE, "find_similar", SimilarRequest, SimilarAssistants)
# The assistant who asks.
# The two sides of the offer or the contract, and operators.
GetClient = Query(SERVICE, "get_client", ClientRequest, ClientCompany)
FindBriefsForMe = Query(SERVICE, "find_briefs_for_me", BriefsForMeRequest, BriefsForMe)
# Anyone, signed in or not.
GetDirectory = Query(SERVICE, "get_directory", DirectoryRequest, Directory)
DescribeWork = Query(SERVICE, "describe_work", WorkRequest, Work)
ListPublished = Query(SERVICE, "list_published", PublishedRequest, Published)
BrowseAssistants = Query(SERVICE, "browse_assistants", BrowseRequest, Cards)
# An assistant's own: NotFound before her profile was ever published.
GetMyWeek = Query(SERVICE, "get_my_week", Empty, MyWeek)
GetAssistantCards = Query(SERVICE, "get_assistant_cards", CardsRequest, SomeCards)
# Anyone who is signed in; their own, at most 20.
SaveSearch = Command(SERVICE, "save_search", SaveSearchRequest, Search)
DropSearch = Command(SERVICE, "drop_search", ById, Search)
GetSearch = Query(SERVICE, "get_search", ById, Search)
ListSearches = Query(SERVICE, "list_searches", SearchesRequest, Searches)
SearchFound = Event(SERVICE, "search.found", SearchFact)
# `id` is the assistant's.
GetAssistantCard = Query(SERVICE, "get_assistant_card", ById, AssistantCard)


class WeightsRequest(Message):
    pass


# Those in force; anyone.
GetWeights = Query(SERVICE, "get_weights", WeightsRequest, Weights)
# Operators from here on. A draft is put in force only after it was previewed.
ListWeights = Query(SERVICE, "list_weights", WeightsRequest, WeightSets)
DraftWeights = Command(SERVICE, "draft_weights", WeightsContent, Weights)
PreviewWeights = Command(SERVICE, "preview_weights", ReplayRequest, Replay)
# Any set, past ones too, against those in force; changes nothing.
ReplayWeights = Query(SERVICE, "replay_weights", ReplayRequest, Replay)
# The draft's id, or a past set's, to go back to it. A reason is kept with it.
EnforceWeights = Command(SERVICE, "enforce_weights", Reason, Weights)
GetIndexStatus = Query(SERVICE, "get_index_status", WeightsRequest, IndexStatus)


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
    """`by` is the side that put it: client or assistant; `by_name` names the colleague, where one did it for a company.
    All versions of one negotiation share `thread_id`. `message_locale`: the language that its author had chosen."""

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
    by_name = fields.String()
    terms = fields.Nested(Terms)
    message = fields.String()
    message_locale = fields.String()
    state = fields.String()
    reason = fields.String()
    created_at = Instant()
    expires_at = Instant()
    answered_at = Instant(allow_none=True)
    contract_id = fields.String()
    version = fields.Integer()


class OfferThread(Message):
    """The newest offer of a negotiation first, and what is known of its client."""

    offers = fields.List(fields.Nested(Offer))
    client = fields.Nested(TrustFacts)


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


# -- trust: reviews, facts, checks -------------------------------------------------------------------------------------

SIDES = ("client", "assistant")
REVIEW_STATES = ("window_open", "sealed", "revealed", "lapsed")
REVIEW_CRITERIA = {
    "assistant": ("quality", "reliability", "communication", "discretion", "initiative"),
    "client": ("clarity", "terms", "payment", "communication"),
}
"""What each side is reviewed by, one to five stars each."""
CHECK_KINDS = ("phone", "identity")
CHECK_STATES = ("new", "asked", "granted", "refused", "revoked")


class Opinion(Message):
    """What one side wrote of the other. `mean` is in hundredths of a star. Where `hidden_at` is set an operator took it
    out of sight: scores and text are then empty, and `hidden_reason` stands in their place. `report` is told to
    operators alone."""

    scores = fields.Dict(keys=fields.String(), values=fields.Integer())
    mean = fields.Integer()
    text = fields.String()
    locale = fields.String()
    written_at = Instant()
    reply = fields.String()
    reply_locale = fields.String()
    replied_at = Instant(allow_none=True)
    report = fields.String()
    reported_at = Instant(allow_none=True)
    hidden_reason = fields.String()
    hidden_at = Instant(allow_none=True)


class Review(Message):
    """What both sides of a contract wrote; `id` is the contract's. Until it is `revealed` each side sees its own words
    alone. `days`: how long the contract ran."""

    id = fields.String()
    brief_title = fields.String()
    client_id = fields.String()
    client_name = fields.String()
    assistant_id = fields.String()
    assistant_name = fields.String()
    engagement = fields.String()
    weekly_minutes = fields.Integer()
    started_on = fields.Date()
    ended_on = fields.Date()
    days = fields.Integer()
    opened_at = Instant()
    closes_at = Instant()
    state = fields.String()
    by_client = fields.Nested(Opinion, allow_none=True)
    by_assistant = fields.Nested(Opinion, allow_none=True)
    revealed_at = Instant(allow_none=True)
    version = fields.Integer()


class WriteReviewRequest(Message):
    """By a side of the contract `id`: one to five stars by criterion of the other side (REVIEW_CRITERIA)."""

    id = Id()
    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    text = fields.String(load_default="", validate=length(0, 4000))
    locale = fields.String(load_default="en", validate=one_of(LOCALES))


class ReplyRequest(Message):
    id = Id()
    text = fields.String(required=True, validate=length(1, 2000))
    locale = fields.String(load_default="en", validate=one_of(LOCALES))


class ReportReviewRequest(Message):
    """By the side that was written of, to the operators."""

    id = Id()
    reason = fields.String(required=True, validate=length(1, 1000))


class HideReviewRequest(Message):
    """`author`: the side whose words are hidden."""

    id = Id()
    author = fields.String(required=True, validate=one_of(SIDES))
    reason = fields.String(required=True, validate=length(1, 1000))


class ReviewsOfRequest(Page):
    """Revealed reviews of somebody as an assistant, or as a client."""

    subject_id = Id()
    side = fields.String(load_default="assistant", validate=one_of(SIDES))


class ReportedRequest(Page):
    pass


class Reviews(Message):
    items = fields.List(fields.Nested(Review))
    next = fields.String(allow_none=True)


class TrustRequest(Message):
    """Of an assistant anybody may ask; of a client, whoever is signed in."""

    id = Id()
    side = fields.String(load_default="assistant", validate=one_of(SIDES))


class CheckEntry(Message):
    event = fields.String()
    by = fields.String()
    at = Instant()
    note = fields.String()


class Check(Message):
    """A check by an operator; `history` oldest first."""

    id = fields.String()
    account_id = fields.String()
    name = fields.String()
    kind = fields.String()
    state = fields.String()
    history = fields.List(fields.Nested(CheckEntry))
    version = fields.Integer()


class Checks(Message):
    items = fields.List(fields.Nested(Check))


class AskCheckRequest(Message):
    """`note`: how and when an operator can reach the person who asks."""

    kind = fields.String(required=True, validate=one_of(CHECK_KINDS))
    note = fields.String(required=True, validate=length(1, 1000))


class DecideCheckRequest(Message):
    """By an operator, of somebody's check that was asked for or not. `note` says why, or what was looked at."""

    account_id = Id()
    kind = fields.String(required=True, validate=one_of(CHECK_KINDS))
    decision = fields.String(required=True, validate=one_of(("grant", "refuse", "revoke")))
    note = fields.String(required=True, validate=length(1, 1000))


class ChecksRequest(Message):
    """Operators: those that wait, or all of one account."""

    account_id = fields.String(load_default="", validate=length(0, 80))


WriteReview = Command(SERVICE, "write_review", WriteReviewRequest, Review)
ReplyToReview = Command(SERVICE, "reply_to_review", ReplyRequest, Review)
ReportReview = Command(SERVICE, "report_review", ReportReviewRequest, Review)
# Operators.
HideReview = Command(SERVICE, "hide_review", HideReviewRequest, Review)
ListReported = Query(SERVICE, "list_reported", ReportedRequest, Reviews)
# A side of the contract; as it may see it now.
GetReview = Query(SERVICE, "get_review", ById, Review)
ListMyReviews = Query(SERVICE, "list_my_reviews", Page, Reviews)
ListReviewsOf = Query(SERVICE, "list_reviews_of", ReviewsOfRequest, Reviews)
GetTrust = Query(SERVICE, "get_trust", TrustRequest, TrustFacts)
AskForCheck = Command(SERVICE, "ask_for_check", AskCheckRequest, Check, personal=True)
ListMyChecks = Query(SERVICE, "list_my_checks", Empty, Checks)
# Operators.
ListChecks = Query(SERVICE, "list_checks", ChecksRequest, Checks)
DecideCheck = Command(SERVICE, "decide_check", DecideCheckRequest, Check)


class ReviewStep(Message):
    """`by`: the side that acted, where one did. `missing`: the sides that have not written. Never any content."""

    contract_id = fields.String(required=True)
    brief_title = fields.String(required=True)
    client_id = fields.String(required=True)
    client_name = fields.String(required=True)
    assistant_id = fields.String(required=True)
    assistant_name = fields.String(required=True)
    closes_at = Instant(required=True)
    state = fields.String(required=True)
    missing = fields.List(fields.String(), required=True)
    by = fields.String()


class ReviewFact(Review):
    """The whole review, which both may see now."""

    contract_id = fields.String(required=True)
    by = fields.String()


class CheckFact(Check):
    """`assistant_id` is the account's, whichever side it is on; no client is named. `note` is the last step's."""

    assistant_id = fields.String(required=True)
    client_id = fields.String(load_default="")
    note = fields.String(required=True)


ReviewOpened = Event(SERVICE, "review.opened", ReviewStep)
ReviewWritten = Event(SERVICE, "review.written", ReviewStep)
ReviewClosing = Event(SERVICE, "review.closing", ReviewStep)
ReviewLapsed = Event(SERVICE, "review.lapsed", ReviewStep)
ReviewRevealed = Event(SERVICE, "review.revealed", ReviewFact)
ReviewReplied = Event(SERVICE, "review.replied", ReviewFact)
ReviewReported = Event(SERVICE, "review.reported", ReviewStep)
ReviewHidden = Event(SERVICE, "review.hidden", ReviewFact)
CheckAsked = Event(SERVICE, "check.asked", CheckFact)
CheckGranted = Event(SERVICE, "check.granted", CheckFact)
CheckRefused = Event(SERVICE, "check.refused", CheckFact)
CheckRevoked = Event(SERVICE, "check.revoked", CheckFact)
