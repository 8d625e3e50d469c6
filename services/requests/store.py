"""Documents of briefs, and the copies of accounts that say whether an address is confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from services.requests.domain.brief import Brief
from shared.platform.storage import Collection, Database, Index


@dataclass(frozen=True, slots=True)
class Client:
    """What briefs need to know of an account."""

    id: str
    email_confirmed: bool


class Briefs(Collection[Brief]):
    name = "briefs"
    entity = Brief
    indexes = (Index("client_id", "-_id"), Index("client_id", "state", "-_id"))


class Clients(Collection[Client]):
    """Copies of accounts."""

    name = "clients"
    entity = Client


class RequestsStore(Database):
    service = "requests"
    briefs = Briefs
    clients = Clients
