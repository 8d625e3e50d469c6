"""Documents of profiles and rate cards, and the copies of accounts that say whether an address is confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.profiles.domain.address import Address
from services.profiles.domain.availability import Availability
from services.profiles.domain.calendar import Commitment, FollowedCalendar
from services.profiles.domain.cover import Cover, CoverState
from services.profiles.domain.evidence import Evidence
from services.profiles.domain.files import File, FileState, Held
from services.profiles.domain.profile import Profile, ProfileState
from services.profiles.domain.rate_card import RateCard
from services.profiles.domain.vocabulary import Proposal
from shared.platform.additions import TaxonomyAdditions
from shared.platform.personal import Held as Owned
from shared.platform.personal import NothingPersonal, Personal
from shared.platform.storage import Collection, Database, Document, Index, Raw


@dataclass(frozen=True, slots=True)
class Owner:
    """What profiles need to know of an account."""

    id: str
    email_confirmed: bool
    email: str = ""
    """In lower case."""
    name: str = ""


class Profiles(Collection[Profile]):
    name = "profiles"
    entity = Profile
    personal = Owned(of=("_id",))

    def published(self, ids: Iterable[str]) -> list[Profile]:
        return self.find({"_id": {"$in": list(ids)}, "state": ProfileState.PUBLISHED.value})


class RateCards(Collection[RateCard]):
    """By the assistant's id."""

    name = "rate_cards"
    entity = RateCard
    personal = Owned(of=("_id",))


class Availabilities(Collection[Availability]):
    name = "availabilities"
    entity = Availability
    personal = Owned(of=("_id",), secret=("feed_key",))
    indexes = (Index("feed_key", unique=True, where={"feed_key": {"$gt": ""}}),)

    def of(self, assistant_id: str) -> Availability:
        """What is kept, or a first one."""
        return self.find_one(id=assistant_id) or Availability(id=assistant_id)


class Calendars(Collection[FollowedCalendar]):
    name = "calendars"
    entity = FollowedCalendar
    personal = Owned(of=("assistant_id",))
    indexes = (Index("assistant_id"),)

    def of(self, assistant_id: str) -> list[FollowedCalendar]:
        """Oldest first."""
        return self.find(assistant_id=assistant_id, sort=[("_id", 1)])


class Commitments(Collection[Commitment]):
    """Copies of contracts."""

    name = "commitments"
    entity = Commitment
    personal = Owned(of=("assistant_id",), about=("client_id",))
    indexes = (Index("assistant_id", "live"),)


class Covers(Collection[Cover]):
    """Who stands in for whom. One invitation that is not over for each inviter and address."""

    name = "covers"
    entity = Cover
    personal = Owned(of=("inviter_id", "partner_id"))
    indexes = (
        Index("inviter_id", "address", unique=True, where={"live": True}),
        Index("address", "live"),
        Index("partner_id", "live"),
    )

    def to_document(self, entity: Cover) -> Document:
        return {**super().to_document(entity), "live": entity.is_live}

    def live_of_inviter(self, inviter_id: str) -> list[Cover]:
        return self.find(inviter_id=inviter_id, live=True, sort=[("_id", 1)])

    def live_of_partner(self, partner_id: str, address: str) -> list[Cover]:
        """Accepted by her, or waiting for whoever has her address."""
        ways: list[Document] = [{"partner_id": partner_id}]
        if address:
            ways.append({"partner_id": "", "address": address})
        return self.find({"$or": ways, "live": True}, sort=[("_id", 1)])

    def standing_in_for(self, assistant_id: str) -> list[Cover]:
        return self.find(inviter_id=assistant_id, state=CoverState.ACCEPTED.value, sort=[("_id", 1)])


class Owners(Collection[Owner]):
    """Copies of accounts."""

    name = "owners"
    entity = Owner
    personal = Owned(of=("_id",))
    indexes = (Index("email"),)

    def id_of(self, email: str) -> str:
        """Of the assistant with this address; "" for nobody."""
        found = self.find_one(email=email)
        return found.id if found else ""


class Files(Collection[File]):
    """What practices uploaded. The bytes are in the file store."""

    name = "uploads"
    entity = File
    personal = Owned(of=("owner_id",), later=True)
    indexes = (Index("owner_id", "state"),)

    def of(self, owner_id: str) -> list[File]:
        """All that is there of them."""
        return self.find({"owner_id": owner_id, "state": {"$ne": FileState.REMOVED.value}})

    def several(self, ids: Iterable[str]) -> dict[str, File]:
        return {file.id: file for file in self.find({"_id": {"$in": list(ids)}})}

    def held_by(self, owner_id: str) -> Held:
        found = self.of(owner_id)
        waiting = sum(file.state is FileState.UPLOADING for file in found)
        return Held(len(found), sum(file.size for file in found), waiting)


class UploadChunks(Raw):
    """Parts of files that are being uploaded, until they have been looked through."""

    name = "upload_chunks"
    personal = NothingPersonal("parts of files, for two hours at most")
    indexes = (Index("file_id", "number"), Index("at", ttl=2 * 3600))

    def keep(self, file_id: str, number: int, data: bytes, at: datetime) -> None:
        """The same part again replaces the first."""
        row: Document = {"_id": f"{file_id}:{number}", "file_id": file_id, "number": number, "data": data, "at": at}
        self.raw.replace_one({"_id": row["_id"]}, row, upsert=True, session=self.session)

    def whole(self, file_id: str) -> bytes:
        rows = self.raw.find({"file_id": file_id}, {"data": 1}, session=self.session).sort("number", 1)
        return b"".join(row["data"] for row in rows)

    def drop(self, file_id: str) -> None:
        self.raw.delete_many({"file_id": file_id}, session=self.session)


class Pieces(Collection[Evidence]):
    """Certificates and samples."""

    name = "evidence"
    entity = Evidence
    personal = Owned(of=("owner_id",))
    indexes = (Index("owner_id", "place"),)

    def of(self, owner_id: str) -> list[Evidence]:
        """In their order."""
        return self.find(owner_id=owner_id, sort=[("place", 1)])

    def drop(self, owner_id: str) -> None:
        self.raw.delete_many({"owner_id": owner_id}, session=self.session)


class Addresses(Collection[Address]):
    """Names of `/a/<name>`: `_id` is the name, so that nobody has another's."""

    name = "addresses"
    entity = Address
    personal = Owned(of=("owner_id",))
    indexes = (Index("owner_id"),)

    def of(self, owner_id: str) -> list[Address]:
        return self.find(owner_id=owner_id)

    def taken(self, names: Iterable[str], at: datetime) -> set[str]:
        """Those among the names that somebody has now."""
        return {address.id for address in self.find({"_id": {"$in": list(names)}}) if not address.is_over(at)}

    def drop(self, owner_id: str) -> None:
        self.raw.delete_many({"owner_id": owner_id}, session=self.session)


class Proposals(Collection[Proposal]):
    """What assistants propose for the taxonomy."""

    name = "taxonomy_proposals"
    entity = Proposal
    personal = Owned(of=("by",), secret=("by",))
    indexes = (
        Index("open_name", unique=True, where={"state": "proposed"}),
        Index("by", "-_id"),
        Index("state", "-_id"),
    )

    def to_document(self, entity: Proposal) -> Document:
        return {**super().to_document(entity), "open_name": entity.open_name}

    def open_by_name(self, folded: str) -> Proposal | None:
        return self.find_one(open_name=folded, state="proposed")


class TaxonomyNumbers(Raw):
    """The last number that a change of the taxonomy got."""

    name = "taxonomy_numbers"
    personal = NothingPersonal("a number")

    def take(self) -> int:
        """The next one. Two transactions that take one conflict: the second runs again and sees what the first did."""
        self.raw.update_one({"_id": "last"}, {"$inc": {"last": 1}}, upsert=True, session=self.session)
        row = self.raw.find_one({"_id": "last"}, session=self.session)
        return int(row["last"]) if row else 1


class ProfilesStore(Database):
    service = "profiles"
    facts: ClassVar[dict[str, Personal]] = {
        "profile.": Owned(of=("assistant_id",)),
        "rate_card.": Owned(of=("assistant_id",)),
        "availability.": Owned(of=("assistant_id",)),
        "cover.": Owned(of=("inviter_id", "partner_id")),
        "proposal.": Owned(of=("assistant_id",)),
        "taxonomy.": NothingPersonal("names of services, skills and tools"),
        "profiles.imported": NothingPersonal("several profiles each: `redact` below takes the one out"),
    }
    copies: ClassVar[dict[str, str]] = {"owners": "accounts", "commitments": "matching"}
    profiles = Profiles
    rate_cards = RateCards
    availabilities = Availabilities
    calendars = Calendars
    commitments = Commitments
    covers = Covers
    owners = Owners
    files = Files
    upload_chunks = UploadChunks
    evidence = Pieces
    addresses = Addresses
    proposals = Proposals
    taxonomy_additions = TaxonomyAdditions
    taxonomy_numbers = TaxonomyNumbers

    def erase(self, account_id: str, *, later: bool = False) -> int:
        """A proposal stays, for others may have made it too; who made it does not."""
        pulled = self.proposals.raw.update_many({"by": account_id}, {"$pull": {"by": account_id}}, session=self.session)
        touched: int = pulled.modified_count
        return touched + super().erase(account_id, later=later)

    def redact(self, account_id: str) -> int:
        """Of profiles that were imported together, the one alone goes."""
        query = {"name": "profiles.imported", "data.profiles.assistant_id": account_id}
        update = {"$pull": {"data.profiles": {"assistant_id": account_id}}}
        touched = self.events.raw.update_many(query, update, session=self.session).modified_count
        return touched + super().redact(account_id)
