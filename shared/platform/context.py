"""What travels with every call and event: who acts, for whom, which request, which trace, which language."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from shared.platform.errors import Forbidden, Unauthenticated
from shared.platform.ids import new_id

Role = Literal["client", "assistant", "operator", "system"]
Colleague = Literal["owner", "approver", "viewer"]
"""What somebody may do for a client company: everything; approve, answer and read; read."""
TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting. `account_id` is empty for a visitor; `acting_for` is the client company a colleague works for.

    `acting_as` is the colleague's role there, and `name` the colleague's own: what is done for a company is told under
    both names.
    """

    account_id: str = ""
    roles: frozenset[str] = frozenset()
    acting_for: str = ""
    acting_as: str = ""
    name: str = ""

    @property
    def party_id(self) -> str:
        """The party whose rights and duties are meant: the one acted for, else the account itself."""
        return self.acting_for or self.account_id

    def has(self, role: Role) -> bool:
        return role in self.roles

    def require(self, *roles: Role) -> None:
        """Raises Unauthenticated for a visitor, Forbidden for somebody with none of the roles."""
        if not self.account_id:
            raise Unauthenticated("Please sign in first.")
        if roles and not any(role in self.roles for role in roles):
            raise Forbidden("Your account may not do this.")

    def require_colleague(self, *colleagues: Colleague) -> None:
        """Raises Forbidden for who acts for a company in none of these roles; who acts for themselves passes."""
        if self.acting_for and self.acting_as not in colleagues:
            raise Forbidden("Your role in this company lets you read this, but not do it. Ask one of its owners.")

    @property
    def practice_id(self) -> str:
        """Whose practice is theirs: their own; nobody's while they act for a company, even if its founder has one."""
        return "" if self.acting_for else self.account_id

    def is_aside(self, client_id: str) -> bool:
        """Whether this is none of the affairs of the company that they act for: it is not the client here. Its founder
        may be an assistant as well, under the same id; that is no affair of colleagues."""
        return bool(self.acting_for) and client_id != self.acting_for

    def party_in(self, client_id: str) -> str:
        """The party they are in an affair of this client's; empty where it is none of theirs."""
        return "" if self.is_aside(client_id) else self.party_id

    def require_affair(self, client_id: str) -> None:
        """Raises Forbidden for who acts for a company that is not the client here."""
        if self.is_aside(client_id):
            raise Forbidden("Only its client and its assistant may do this.")

    def alone(self) -> Actor:
        """The same person, for themselves."""
        return replace(self, acting_for="", acting_as="", name="")

    @classmethod
    def system(cls, service: str) -> Actor:
        """A service acting by itself: a timer, or the consumer of an event."""
        return cls(account_id=f"system:{service}", roles=frozenset({"system"}))


def new_traceparent() -> str:
    """A fresh W3C trace context header."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


@dataclass(frozen=True, slots=True)
class Context:
    """Carried in the headers of RPC calls and stored with events: who did what for whom can be told afterwards."""

    actor: Actor = field(default_factory=Actor)
    request_id: str = field(default_factory=new_id)
    traceparent: str = field(default_factory=new_traceparent)
    locale: str = "en"

    def child(self) -> Context:
        """The same trace, one span deeper (W3C Trace Context §3.2)."""
        version, trace, _, flags = self.traceparent.split("-")
        return replace(self, traceparent=f"{version}-{trace}-{secrets.token_hex(8)}-{flags}")

    def to_headers(self) -> dict[str, Any]:
        return {
            "actor": self.actor.account_id,
            "roles": ",".join(sorted(self.actor.roles)),
            "acting_for": self.actor.acting_for,
            "acting_as": self.actor.acting_as,
            "actor_name": self.actor.name,
            "request_id": self.request_id,
            "traceparent": self.traceparent,
            "locale": self.locale,
        }

    @classmethod
    def from_headers(cls, headers: Mapping[str, Any]) -> Context:
        """Tolerant: what is missing or malformed is made anew."""
        traceparent = str(headers.get("traceparent") or "")
        roles = str(headers.get("roles") or "")
        return cls(
            actor=Actor(
                account_id=str(headers.get("actor") or ""),
                roles=frozenset(filter(None, roles.split(","))),
                acting_for=str(headers.get("acting_for") or ""),
                acting_as=str(headers.get("acting_as") or ""),
                name=str(headers.get("actor_name") or ""),
            ),
            request_id=str(headers.get("request_id") or new_id()),
            traceparent=traceparent if TRACEPARENT.match(traceparent) else new_traceparent(),
            locale=str(headers.get("locale") or "en"),
        )
