"""Documents of accounts, sessions, one-time links, companies, attempts to sign in; of what else protects an account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from services.accounts.domain.account import Account, Identity
from services.accounts.domain.attempts import Attempts
from services.accounts.domain.challenge import Challenge, gone
from services.accounts.domain.closing import Closing, Tie
from services.accounts.domain.company import Company
from services.accounts.domain.invitation import Invitation
from services.accounts.domain.invitation import unknown as no_invitation
from services.accounts.domain.link import Link, Purpose, unknown
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.protection import Protection
from services.accounts.domain.second_step import SecondStep
from services.accounts.domain.second_step import gone as step_gone
from services.accounts.domain.secret import fingerprint
from services.accounts.domain.session import Session, ended
from shared.platform.documents import converter
from shared.platform.errors import Conflict, Unavailable
from shared.platform.personal import Held, NothingPersonal, Personal
from shared.platform.storage import Collection, Database, Index

TRIES = 12
USED_LINKS_KEPT = timedelta(days=7)


class Accounts(Collection[Account]):
    name = "accounts"
    entity = Account
    personal = Held(of=("_id",), secret=("password_hash",))
    indexes = (Index("email", unique=True),)

    def with_addresses(self, addresses: list[str]) -> dict[str, Account]:
        """Those of the normalised addresses that have an account."""
        return {account.email: account for account in self.find({"email": {"$in": addresses}})}


class Sessions(Collection[Session]):
    name = "sessions"
    entity = Session
    personal = Held(of=("identity.id",), secret=("token_hash",))
    indexes = (
        Index("token_hash", unique=True),
        Index("identity.id", "-last_seen_at"),
        Index("expires_at", ttl=0),
    )

    def by_token(self, token: str) -> Session:
        """Raises Unauthenticated when there is none."""
        session = self.find_one(token_hash=fingerprint(token))
        if session is None:
            raise ended()
        return session

    def of_account(self, account_id: str, at: datetime) -> list[Session]:
        """Live ones, the latest seen first."""
        query = {"identity.id": account_id, "expires_at": {"$gt": at}}
        return self.find(query, sort=[("last_seen_at", -1)], limit=100)

    def note_seen(self, session: Session, at: datetime) -> None:
        """Outside of versions: of two notes side by side either will do."""
        self.raw.update_one({"_id": session.id}, {"$set": {"last_seen_at": at}})

    def renew(self, identity: Identity) -> None:
        """Gives all sessions of the account its present identity."""
        copy = converter().unstructure(identity)
        self.raw.update_many({"identity.id": identity.id}, {"$set": {"identity": copy}}, session=self.session)

    def revoke(self, account_id: str, session_id: str) -> bool:
        query = {"_id": session_id, "identity.id": account_id}
        return bool(self.raw.delete_one(query, session=self.session).deleted_count)

    def revoke_all(self, account_id: str, but: str = "") -> None:
        self.raw.delete_many({"identity.id": account_id, "_id": {"$ne": but}}, session=self.session)


class Links(Collection[Link]):
    name = "links"
    entity = Link
    personal = Held(of=("account_id",), secret=("token_hash",))
    indexes = (
        Index("token_hash", unique=True),
        Index("account_id", "purpose", "-created_at"),
        Index("expires_at", ttl=int(USED_LINKS_KEPT.total_seconds())),
    )

    def by_token(self, token: str) -> Link:
        """Raises NotFound when there is none."""
        link = self.find_one(token_hash=fingerprint(token))
        if link is None:
            raise unknown()
        return link

    def latest(self, account_id: str, purpose: Purpose) -> Link | None:
        found = self.find({"account_id": account_id, "purpose": purpose.value}, sort=[("created_at", -1)], limit=1)
        return found[0] if found else None

    def drop_unused(self, account_id: str, *purposes: Purpose) -> None:
        listed = [purpose.value for purpose in purposes]
        query = {"account_id": account_id, "purpose": {"$in": listed}, "used_at": None}
        self.raw.delete_many(query, session=self.session)


class Companies(Collection[Company]):
    name = "companies"
    entity = Company
    personal = Held(of=("_id",))
    indexes = (Index("members.account_id"),)

    def of_member(self, account_id: str) -> list[Company]:
        """Those that the account belongs to."""
        return self.find({"members.account_id": account_id}, sort=[("created_at", 1)])


class Invitations(Collection[Invitation]):
    name = "invitations"
    entity = Invitation
    personal = Held(of=("invited_by", "accepted_by"), about=("company_id",), secret=("token_hash",))
    indexes = (
        Index("token_hash", unique=True),
        Index("company_id", "-created_at"),
        Index("expires_at", ttl=int(USED_LINKS_KEPT.total_seconds())),
    )

    def by_token(self, token: str) -> Invitation:
        """Raises NotFound when there is none."""
        invitation = self.find_one(token_hash=fingerprint(token))
        if invitation is None:
            raise no_invitation()
        return invitation

    def open_of(self, company_id: str, at: datetime) -> list[Invitation]:
        """Those that still wait for an answer, newest first."""
        query = {"company_id": company_id, "accepted_by": "", "expires_at": {"$gt": at}}
        return self.find(query, sort=[("created_at", -1)])


class AttemptCounts(Collection[Attempts]):
    name = "attempts"
    entity = Attempts
    personal = NothingPersonal("fingerprints, forgotten after an hour or so")
    indexes = (Index("forgotten_at", ttl=0),)

    def count_one(self, address: str, at: datetime) -> None:
        """Counts an attempt with the address. Raises TooMany before its time has come.

        To be called outside of a command's transaction, which a wrong password rolls back.
        """
        key = Attempts.key(address)
        for _ in range(TRIES):
            held = self.find_one(id=key) or Attempts(id=key)
            try:
                self.save(held.another(at))
            except Conflict:  # another attempt was counted in the meantime
                continue
            return
        raise Unavailable("Too many people are trying this at once. Please try again in a moment.")

    def forget(self, address: str) -> None:
        self.delete(Attempts.key(address))


class Protections(Collection[Protection]):
    name = "protections"
    entity = Protection
    personal = Held(of=("_id",), secret=("seed", "new_seed", "codes"))

    def of(self, account_id: str) -> Protection:
        """That of an account which has not thought of it is empty."""
        return self.find_one(id=account_id) or Protection(id=account_id)


class Passkeys(Collection[Passkey]):
    name = "passkeys"
    entity = Passkey
    personal = Held(of=("account_id",), secret=("public_key",))
    indexes = (Index("credential_id", unique=True), Index("account_id", "_id"))

    def of(self, account_id: str) -> list[Passkey]:
        """In the order in which they were added."""
        return self.find(account_id=account_id, sort=[("_id", 1)])


class Challenges(Collection[Challenge]):
    name = "challenges"
    entity = Challenge
    personal = Held(of=("account_id",), secret=("value",))
    indexes = (Index("expires_at", ttl=0), Index("account_id"))

    def known(self, id: str) -> Challenge:
        """Raises Conflict when there is none."""
        found = self.find_one(id=id)
        if found is None:
            raise gone()
        return found


class SecondSteps(Collection[SecondStep]):
    name = "second_steps"
    entity = SecondStep
    personal = Held(of=("account_id",), secret=("token_hash",))
    indexes = (Index("token_hash", unique=True), Index("account_id"), Index("expires_at", ttl=0))

    def by_token(self, token: str) -> SecondStep:
        """Raises Unauthenticated when there is none."""
        step = self.find_one(token_hash=fingerprint(token))
        if step is None:
            raise step_gone()
        return step

    def drop(self, account_id: str) -> None:
        self.raw.delete_many({"account_id": account_id}, session=self.session)


class Closings(Collection[Closing]):
    name = "closings"
    entity = Closing
    personal = Held(of=("_id",), secret=("token_hash",))
    indexes = (Index("token_hash", unique=True),)


class Ties(Collection[Tie]):
    """What other services say is open between two sides. A collection for each of those services."""

    entity = Tie
    personal = Held(of=("sides",))
    indexes = (Index("sides", "open"),)

    def of(self, sides: list[str]) -> list[Tie]:
        """Those that are open."""
        return self.find({"sides": {"$in": sides}, "open": True}, sort=[("_id", 1)], limit=50)


class ContractTies(Ties):
    name = "contract_ties"


class HourTies(Ties):
    name = "hour_ties"


class InvoiceTies(Ties):
    name = "invoice_ties"


class AccountsStore(Database):
    service = "accounts"
    facts: ClassVar[dict[str, Personal]] = {
        "account.deleted": NothingPersonal("that it was deleted, and when: an id and a time"),
        "account.registered": Held(of=("account_id",)),
        "account.changed": Held(of=("account_id",)),
        "company.changed": Held(of=("company_id",)),
        "accounts.imported": NothingPersonal("several accounts each: `redact` below takes the one out"),
    }
    accounts = Accounts
    sessions = Sessions
    links = Links
    companies = Companies
    invitations = Invitations
    attempts = AttemptCounts
    protections = Protections
    passkeys = Passkeys
    challenges = Challenges
    second_steps = SecondSteps
    closings = Closings
    contract_ties = ContractTies
    hour_ties = HourTies
    invoice_ties = InvoiceTies
    copies: ClassVar[dict[str, str]] = {
        ContractTies.name: "matching",
        HourTies.name: "work",
        InvoiceTies.name: "billing",
    }

    def redact(self, account_id: str) -> int:
        """Of accounts that were imported together, the one alone goes."""
        query = {"name": "accounts.imported", "data.accounts.account_id": account_id}
        update = {"$pull": {"data.accounts": {"account_id": account_id}}}
        touched = self.events.raw.update_many(query, update, session=self.session).modified_count
        return touched + super().redact(account_id)
