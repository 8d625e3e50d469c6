"""Documents of briefs, of those still being written, of shortlists, and the copies of accounts that say
whether an address is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from services.requests.domain.brief import Brief
from services.requests.domain.shortlist import Kept
from services.requests.domain.sketch import KEPT, Sketch
from shared.platform.additions import TaxonomyAdditions
from shared.platform.errors import NotFound
from shared.platform.personal import Held, Personal
from shared.platform.storage import Collection, Database, Index


@dataclass(frozen=True, slots=True)
class Client:
    """What briefs need to know of an account."""

    id: str
    email_confirmed: bool


class Briefs(Collection[Brief]):
    name = "briefs"
    entity = Brief
    personal = Held(of=("client_id",))
    indexes = (Index("client_id", "-_id"), Index("client_id", "state", "-_id"), Index("state", "-_id"))

    def known(self, brief_id: str) -> Brief:
        """Raises NotFound in the same words as for a brief that is somebody else's."""
        found = self.find_one(id=brief_id)
        if found is None:
            raise NotFound("This brief does not exist, or it is not yours.")
        return found

    def keep_alive(self, brief: Brief) -> bool:
        """Notes the brief's later expiry without a new version. Says whether it is later than what was there."""
        later = {"_id": brief.id, "state": brief.state.value, "expires_at": {"$lt": brief.expires_at}}
        updated = self.raw.update_one(later, {"$set": {"expires_at": brief.expires_at}}, session=self.session)
        return bool(updated.matched_count)


class Sketches(Collection[Sketch]):
    name = "sketches"
    entity = Sketch
    personal = Held(of=("client_id",))
    indexes = (Index("client_id", "-updated_at"), Index("updated_at", ttl=int(KEPT.total_seconds())))

    def of(self, client_id: str) -> list[Sketch]:
        """Written last first."""
        return self.find(client_id=client_id, sort=(("updated_at", -1), ("_id", -1)))


class Shortlists(Collection[Kept]):
    name = "shortlists"
    entity = Kept
    personal = Held(of=("owner_id",), about=("assistant_id",))
    indexes = (Index("owner_id", "-kept_at"),)

    def of(self, owner_id: str) -> list[Kept]:
        """Newest first."""
        return self.find(owner_id=owner_id, sort=(("kept_at", -1), ("_id", -1)))


class Clients(Collection[Client]):
    """Copies of accounts."""

    name = "clients"
    entity = Client
    personal = Held(of=("_id",))


class RequestsStore(Database):
    service = "requests"
    facts: ClassVar[dict[str, Personal]] = {"brief.": Held(of=("client_id",))}
    copies: ClassVar[dict[str, str]] = {"clients": "accounts", "taxonomy_additions": "profiles"}
    briefs = Briefs
    sketches = Sketches
    shortlists = Shortlists
    clients = Clients
    taxonomy_additions = TaxonomyAdditions
