"""Matching's documents: offers, contracts and capacities of its own, copies of others' profiles, briefs and names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, TypeVar

from services.matching.copies import Payer, Person, Worked
from services.matching.domain.availability import Availability
from services.matching.domain.brief import OPEN, Brief
from services.matching.domain.capacity import Capacity, not_enough
from services.matching.domain.checks import Check, CheckState
from services.matching.domain.company import Company
from services.matching.domain.contracts import Contract
from services.matching.domain.offers import Offer, OfferState
from services.matching.domain.practice import Practice
from services.matching.domain.reviews import Review
from services.matching.domain.searches import Search
from services.matching.domain.table import Standing
from services.matching.domain.track import Talks, Track
from services.matching.domain.weights import DEFAULT_WEIGHTS, FORMULA, Weights, WeightsState
from shared.platform.additions import TaxonomyAdditions
from shared.platform.clock import utc_now
from shared.platform.errors import NotFound
from shared.platform.ids import new_id
from shared.platform.personal import Fate, Held, Mask, NothingPersonal, Personal
from shared.platform.storage import NEWEST_FIRST, Collection, Database, Document, Index, PageOf, Raw

if TYPE_CHECKING:
    from services.matching.live_index import LiveIndex

E = TypeVar("E")


NAMES = (Mask("client_id", ("client_name",)), Mask("assistant_id", ("assistant_name",)))
OPINIONS = (
    Mask("client_id", ("by_client.text", "by_assistant.reply", "by_assistant.report")),
    Mask("assistant_id", ("by_assistant.text", "by_client.reply", "by_client.report")),
)
WORDS = (
    Mask("client_id", ("message",), {"by": "client"}),
    Mask("assistant_id", ("message",), {"by": "assistant"}),
    Mask("client_id", ("reason", "by_name")),
    Mask("assistant_id", ("reason",)),
)
PROMISES_RENEWED = timedelta(hours=1)
FIRST_FORMULA = "one-sided-1"


def _zeros(but: Mapping[str, int]) -> Document:
    return {name: 0 for name in ("yes", "no", "well", "badly") if name not in but}


def _stamp() -> Document:
    """When a document changed, by the real clock, and an id of the change: two may happen in one millisecond."""
    return {"changed_at": utc_now(), "change": new_id()}


class ByIds(Collection[E]):
    """Several are asked for at once."""

    def several(self, ids: Iterable[str]) -> list[E]:
        listed = list(ids)
        return self.find({"_id": {"$in": listed}}) if listed else []


class Stamped(ByIds[E]):
    """A collection whose documents say when they changed, for those who follow it."""

    indexes: ClassVar[tuple[Index, ...]] = (Index("changed_at"),)

    def to_document(self, entity: E) -> Document:
        return {**super().to_document(entity), **_stamp()}

    def changes(self, since: datetime | None = None) -> list[Document]:
        """`_id`, `changed_at` and `change` of what changed since then; of everything without `since`."""
        query = {"changed_at": {"$gte": since}} if since else {}
        return list(self.raw.find(query, {"changed_at": 1, "change": 1}))

    def latest_change(self) -> datetime | None:
        """None when there is nothing."""
        newest = list(self.raw.find({}, {"changed_at": 1}).sort("changed_at", -1).limit(1))
        return newest[0]["changed_at"] if newest else None

    def stream(self, query: Document | None = None) -> Iterator[Document]:
        """Documents one after the other, not all at once in memory."""
        yield from self.raw.find(query or {})

    def documents(self, ids: Iterable[str]) -> list[Document]:
        return list(self.raw.find({"_id": {"$in": list(ids)}}))


class Practices(Stamped[Practice]):
    """Copies of profiles; one that is not published any more stays, marked."""

    name = "practices"
    entity = Practice
    personal = Held(of=("_id",), later=True)
    indexes = (*Stamped.indexes, Index("published", "_id"))

    def published(self, assistant_id: str) -> Practice:
        """Raises NotFound."""
        found = self.find_one(id=assistant_id, published=True)
        if found is None:
            raise NotFound("This assistant's profile is not published, or not any more.")
        return found

    def withdraw(self, assistant_id: str) -> None:
        """Marks a practice as not published, for those who follow the collection."""
        update = {"$set": {"published": False, **_stamp()}}
        self.raw.update_one({"_id": assistant_id}, update, session=self.session)

    def published_ids(self, from_id: str, limit: int, skip: int = 0) -> list[str]:
        """In order, from an id on (which need not be there any more)."""
        asked = {"published": True, "_id": {"$gte": from_id}}
        found = self.raw.find(asked, {"_id": 1}, session=self.session).sort("_id", 1).skip(skip).limit(limit)
        return [str(document["_id"]) for document in found]

    def published_addresses(self, from_id: str, limit: int) -> dict[str, str]:
        """Ids in order, from an id on, with the vanity address of each."""
        asked = {"published": True, "_id": {"$gte": from_id}}
        found = self.raw.find(asked, {"address": 1}, session=self.session).sort("_id", 1).limit(limit)
        return {str(document["_id"]): str(document.get("address", "")) for document in found}

    def part_starts(self, from_id: str, size: int) -> list[str]:
        """The ids at which parts of `size` begin."""
        starts = self.published_ids(from_id, 1)
        while starts and (following := self.published_ids(starts[-1], 1, skip=size)):
            starts += following
        return starts


class Availabilities(Stamped[Availability]):
    """Copies of the exceptions to assistants' weekly hours, with the weeks that they take away."""

    name = "availabilities"
    entity = Availability
    personal = Held(of=("_id",))

    def change_weeks(self, availability: Availability) -> None:
        """Of one that is there: the weeks alone, for they follow from her hours, too."""
        weeks = self.to_document(availability)["away_weeks"]
        update = {"$set": {"away_weeks": weeks, **_stamp()}}
        self.raw.update_one({"_id": availability.id}, update, session=self.session)


class Standings(Stamped[Standing]):
    """What assistants' histories come to: answers to offers, engagements."""

    name = "standings"
    entity = Standing
    personal = Held(of=("_id",))

    def count(self, assistant_id: str, **more: int) -> None:  # type: ignore[override]
        """Adds to the counts."""
        update = {"$inc": more, "$set": _stamp(), "$setOnInsert": _zeros(more)}
        self.raw.update_one({"_id": assistant_id}, update, upsert=True, session=self.session)


@dataclass(frozen=True, slots=True)
class Price:
    """The price of demand of one assistant, in parts of a perfect score."""

    id: str
    price: float


class Prices(Stamped[Price]):
    """Prices in force; 0 is written when an assistant is no longer sought after."""

    name = "prices"
    entity = Price
    personal = Held(of=("_id",))


@dataclass(frozen=True, slots=True)
class Promise:
    """What a brief's list, or its offers, may take of free hours: minutes a week by assistant. `id` is the brief's."""

    id: str
    minutes: dict[str, float]
    at: datetime


class Promises(Stamped[Promise]):
    name = "promises"
    entity = Promise
    personal = NothingPersonal("minutes by id, for hours")

    def stand(self, promise: Promise) -> None:
        """Takes the place of what the brief promised before, where that was something else."""
        held = self.find_one(id=promise.id)
        if not promise.minutes and (held is None or not held.minutes):
            return
        if held is None or held.minutes != promise.minutes or promise.at - held.at > PROMISES_RENEWED:
            self.put(promise)

    def lapse(self, before: datetime) -> None:
        """Takes back what old lists promised."""
        for old in self.find({"at": {"$lt": before}, "minutes": {"$ne": {}}}):
            self.put(replace(old, minutes={}))


class Searches(Collection[Search]):
    name = "searches"
    entity = Search
    personal = Held(of=("owner_id",))
    indexes = (Index("owner_id", "-_id"),)

    def of(self, owner_id: str) -> list[Search]:
        """Newest first."""
        return self.find(owner_id=owner_id, sort=NEWEST_FIRST)


class Jobs(Raw):
    """Who may do a background job now: one replica at a time, by a lease that runs out; and how it went."""

    name = "jobs"
    personal = NothingPersonal("which process works")

    def claim(self, name: str, seconds: float) -> bool:
        """Whether the job is the caller's for this long."""
        now = utc_now()
        until = now + timedelta(seconds=seconds)
        free = {"_id": name, "until": {"$lte": now}}
        if self.raw.update_one(free, {"$set": {"until": until}}).matched_count:
            return True
        result = self.raw.update_one({"_id": name}, {"$setOnInsert": {"until": until}}, upsert=True)
        return result.upserted_id is not None

    def tell(self, name: str, figures: Document) -> None:
        self.raw.update_one({"_id": name}, {"$set": {"figures": figures}}, upsert=True)

    def told(self, name: str) -> Document:
        found = self.raw.find_one({"_id": name}) or {}
        figures: Document = found.get("figures", {})
        return figures


class Capacities(Stamped[Capacity]):
    """Each assistant's week. `capacity_minutes` = `committed_minutes` + `free_minutes`, always."""

    name = "capacities"
    entity = Capacity
    personal = Held(of=("_id",), later=True)

    def resize(self, assistant_id: str, capacity_minutes: int) -> None:
        """Takes over the capacity that a profile states; what contracts hold stays held."""
        held = self.find_one(id=assistant_id)
        if held is None:
            self.put(Capacity.all_free(assistant_id, capacity_minutes))
            return
        difference = capacity_minutes - held.capacity_minutes
        if difference:
            self._add(assistant_id, {}, capacity_minutes=difference, free_minutes=difference)

    def resize_all(self, minutes: Mapping[str, int]) -> None:
        """`resize` for many: those that nobody has heard of yet are written at once."""
        known = {capacity.id for capacity in self.several(minutes)}
        new = [Capacity.all_free(id, minutes[id]) for id in minutes if id not in known]
        if new:
            self.raw.insert_many([self.to_document(capacity) for capacity in new], session=self.session)
        for id in known:
            self.resize(id, minutes[id])

    def reserve(self, assistant_id: str, minutes: int) -> None:
        """Promises the minutes in one conditional write. Raises Conflict, with the hours left, if they are not free."""
        enough = {"free_minutes": {"$gte": minutes}}
        if not self._add(assistant_id, enough, committed_minutes=minutes, free_minutes=-minutes):
            held = self.find_one(id=assistant_id)
            raise not_enough(held.free_minutes if held else 0, minutes)

    def release(self, assistant_id: str, minutes: int) -> None:
        """Gives back what a contract held."""
        self._add(assistant_id, {}, committed_minutes=-minutes, free_minutes=minutes)

    def _add(self, assistant_id: str, condition: Document, **amounts: int) -> bool:
        query = {"_id": assistant_id, **condition}
        result = self.raw.update_one(query, {"$inc": amounts, "$set": _stamp()}, session=self.session)
        return result.matched_count == 1


class Briefs(Collection[Brief]):
    """Copies of briefs that were opened."""

    name = "briefs"
    entity = Brief
    personal = Held(of=("client_id",))
    indexes = (Index("state"), Index("opened_at"))

    def claim(self, brief_id: str) -> Brief:
        """The brief, for a transaction that must not run beside another one about the same brief. Raises NotFound.

        The write makes two such transactions conflict; the later one is run again and sees what the first one did.
        """
        self.raw.update_one({"_id": brief_id}, {"$set": {"claimed": new_id()}}, session=self.session)
        return self.get(brief_id)

    def open(self, limit: int = 0) -> list[Brief]:
        """Oldest first."""
        return self.find(state=OPEN, sort=[("_id", 1)], limit=limit)

    def open_between(self, begin: datetime, end: datetime) -> list[Brief]:
        """Those for which somebody was looked for at some time from `begin` until `end`, in the order of opening."""
        conditions = {"opened_at": {"$lt": end}, "$or": [{"ended_at": None}, {"ended_at": {"$gte": begin}}]}
        return self.find(conditions, sort=[("opened_at", 1), ("_id", 1)])


class People(ByIds[Person]):
    """Copies of accounts' names."""

    name = "people"
    entity = Person
    personal = Held(of=("_id",))

    def name_of(self, account_id: str) -> str:
        """Empty as long as the account's event has not arrived."""
        found = self.find_one(id=account_id)
        return found.name if found else ""


class Tracks(Stamped[Track]):
    """Assistants' track records: the index follows their ratings."""

    name = "tracks"
    entity = Track
    personal = Held(of=("_id",), later=True)

    def of(self, id: str) -> Track:
        return self.find_one(id=id) or Track(id=id)


class ClientTracks(ByIds[Track]):
    name = "client_tracks"
    entity = Track
    personal = Held(of=("_id",))

    def of(self, id: str) -> Track:
        return self.find_one(id=id) or Track(id=id)


class TalksOf(ByIds[Talks]):
    """What people's conversations come to: copies of messaging's facts."""

    name = "talks"
    entity = Talks
    personal = Held(of=("_id",))

    def of(self, id: str) -> Talks:
        return self.find_one(id=id) or Talks(id)


def side_key(side: str, account_id: str) -> str:
    return f"{side}:{account_id}"


class Hours(Collection[Worked]):
    """Approved minutes, by side and account: counted from work's facts."""

    name = "worked"
    entity = Worked
    personal = NothingPersonal("minutes by side and id; `erase` of the store takes them out")

    def add(self, side: str, account_id: str, minutes: int) -> None:
        update = {"$inc": {"minutes": minutes}}
        self.raw.update_one({"_id": side_key(side, account_id)}, update, upsert=True, session=self.session)

    def several(self, side: str, ids: Iterable[str]) -> list[Worked]:
        """With the account's id alone."""
        found = self.find({"_id": {"$in": [side_key(side, id) for id in ids]}})
        return [replace(worked, id=worked.id.partition(":")[2]) for worked in found]


class Payers(ByIds[Payer]):
    """How clients pay: counted from billing's facts."""

    name = "payers"
    entity = Payer
    personal = Held(of=("_id",))

    def count_paid(self, client_id: str, *, on_time: bool) -> None:
        update = {"$inc": {"paid": 1, "on_time": int(on_time)}}
        self.raw.update_one({"_id": client_id}, update, upsert=True, session=self.session)


class Checks(Collection[Check]):
    name = "checks"
    entity = Check
    personal = Held(of=("account_id",))
    indexes = (Index("state", "_id"), Index("account_id"))

    def of(self, account_id: str) -> list[Check]:
        return self.find(account_id=account_id, sort=[("_id", 1)])

    def asked(self) -> list[Check]:
        """Those that wait for an operator."""
        return self.find(state=CheckState.ASKED.value, sort=[("_id", 1)], limit=100)


class Companies(ByIds[Company]):
    """Copies of what clients say of themselves."""

    name = "companies"
    entity = Company
    personal = Held(of=("_id",))


class TwoSided(Collection[E]):
    """What a client and an assistant share: `sides` finds it by either."""

    def to_document(self, entity: E) -> Document:
        document = super().to_document(entity)
        return {**document, "sides": [document["client_id"], document["assistant_id"]]}


class Offers(TwoSided[Offer]):
    name = "offers"
    entity = Offer
    personal = Held(of=("sides",), fate=Fate.MASKED, masks=(*NAMES, *WORDS))
    indexes = (
        Index("thread_id", unique=True, where={"state": OfferState.SENT.value}),
        Index("thread_id", "number", unique=True),
        Index("brief_id", "state"),
        Index("sides", "-_id"),
    )

    def thread(self, thread_id: str) -> list[Offer]:
        """Newest first."""
        return self.find(thread_id=thread_id, sort=[("number", -1)])

    def live_of_assistant(self, assistant_id: str) -> list[Offer]:
        return self.find(sides=assistant_id, assistant_id=assistant_id, state=OfferState.SENT.value)

    def live_of_brief(self, brief_id: str) -> list[Offer]:
        return self.find(brief_id=brief_id, state=OfferState.SENT.value)

    def live_of_side(self, party_id: str) -> list[Offer]:
        return self.find(sides=party_id, state=OfferState.SENT.value)


class Contracts(TwoSided[Contract]):
    """A brief has one seat: one live contract."""

    name = "contracts"
    entity = Contract
    personal = Held(of=("sides",), fate=Fate.KEPT, masks=NAMES)
    indexes = (
        Index("offer_id", unique=True),
        Index("brief_id", unique=True, where={"live": True}),
        Index("sides", "-_id"),
    )

    def to_document(self, entity: Contract) -> Document:
        return {**super().to_document(entity), "live": entity.is_live}

    def live_of_assistant(self, assistant_id: str) -> list[Contract]:
        return self.find(sides=assistant_id, assistant_id=assistant_id, live=True)

    def live_of_brief(self, brief_id: str) -> Contract | None:
        return self.find_one(brief_id=brief_id, live=True)


class Reviews(TwoSided[Review]):
    """`of_assistant` and `of_client` say of whom something is there to read."""

    name = "reviews"
    entity = Review
    personal = Held(of=("sides",), fate=Fate.MASKED, masks=(*NAMES, *OPINIONS))
    indexes = (
        Index("sides", "-_id"),
        Index("assistant_id", "of_assistant", "-revealed_at"),
        Index("client_id", "of_client", "-revealed_at"),
        Index("reported", "-_id"),
    )

    def to_document(self, entity: Review) -> Document:
        opinions = (entity.by_client, entity.by_assistant)
        return {
            **super().to_document(entity),
            "of_assistant": entity.is_revealed and entity.by_client is not None,
            "of_client": entity.is_revealed and entity.by_assistant is not None,
            "reported": any(one is not None and one.reported_at is not None and not one.hidden for one in opinions),
        }

    def taken_along(self, document: Document, account_id: str) -> Document:
        """What the other side wrote stays sealed until both have."""
        other = "by_assistant" if document["client_id"] == account_id else "by_client"
        return document if document.get("revealed_at") else {**document, other: None}

    def about(self, side: str, account_id: str, limit: int, cursor: str) -> PageOf[Review]:
        """What may be read of somebody on a side, newest first."""
        conditions = {f"{side}_id": account_id, f"of_{side}": True}
        return self.page(conditions, sort=[("revealed_at", -1)], limit=limit, cursor=cursor)


class WeightSets(Collection[Weights]):
    """Every set of weights there was; one is in force. Sets of another formula are kept and no longer used."""

    name = "weights"
    entity = Weights
    personal = NothingPersonal("of everybody; who set them is an operator")
    indexes = (Index("formula", unique=True, where={"state": WeightsState.IN_FORCE.value}),)

    def from_document(self, document: Document) -> Weights:
        return super().from_document({"formula": FIRST_FORMULA, "state": WeightsState.PAST.value, **document})

    def in_force(self) -> Weights:
        return self.find_one(state=WeightsState.IN_FORCE.value, formula=FORMULA) or DEFAULT_WEIGHTS

    def all(self) -> list[Weights]:
        """Those of today's formula, newest first."""
        return self.find(formula=FORMULA, sort=[("_id", -1)])

    def next_number(self) -> int:
        newest = self.find(sort=[("_id", -1)], limit=1)
        return newest[0].number + 1 if newest else DEFAULT_WEIGHTS.number + 1

    def add_default(self) -> None:
        """Stores the first set of today's formula where there is none of it."""
        if self.find_one(formula=FORMULA) is None:
            document = self.to_document(replace(DEFAULT_WEIGHTS, version=1))
            self.raw.update_one({"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True)


class MatchingStore(Database):
    service = "matching"
    facts: ClassVar[dict[str, Personal]] = {
        "offer.": Held(of=("client_id", "assistant_id"), fate=Fate.MASKED, masks=(*NAMES, *WORDS)),
        "contract.": Held(of=("client_id", "assistant_id"), fate=Fate.KEPT, masks=NAMES),
        "review.": Held(of=("client_id", "assistant_id"), fate=Fate.MASKED, masks=(*NAMES, *OPINIONS)),
        "check.": Held(of=("assistant_id",)),
        "search.": Held(of=("client_id",), about=("assistant_ids",)),
    }
    copies: ClassVar[dict[str, str]] = {
        "practices": "profiles",
        "availabilities": "profiles",
        "briefs": "requests",
        "people": "accounts",
        "taxonomy_additions": "profiles",
        "worked": "work",
        "payers": "billing",
        "talks": "messaging",
        "companies": "accounts",
    }
    practices = Practices
    availabilities = Availabilities
    capacities = Capacities
    briefs = Briefs
    people = People
    companies = Companies
    offers = Offers
    contracts = Contracts
    weights = WeightSets
    standings = Standings
    prices = Prices
    promises = Promises
    searches = Searches
    tracks = Tracks
    client_tracks = ClientTracks
    talks = TalksOf
    worked = Hours
    payers = Payers
    reviews = Reviews
    checks = Checks
    jobs = Jobs
    taxonomy_additions = TaxonomyAdditions

    def erase(self, account_id: str, *, later: bool = False) -> int:
        """Besides: what stands under a side and the account."""
        ids = [side_key(side, account_id) for side in ("client", "assistant")]
        counted = self.worked.raw.delete_many({"_id": {"$in": ids}}, session=self.session).deleted_count
        return counted + super().erase(account_id, later=later)

    if TYPE_CHECKING:
        index: LiveIndex
        """Set when the service starts, on the store that is not bound to a transaction."""
