"""Documents of accounts, sessions, one-time links, companies, attempts to sign in; of what else protects an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.accounts.domain.account import Account, Identity
from services.accounts.domain.attempts import Attempts
from services.accounts.domain.challenge import Challenge, gone
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
from shared.platform.storage import Collection, Database, Index

TRIES = 12
USED_LINKS_KEPT = timedelta(days=7)


class Accounts(Collection[Account]):
    name = "accounts"
    entity = Account
    indexes = (Index("email", unique=True),)

    def with_addresses(self, addresses: list[str]) -> dict[str, Account]:
        """Those of the normalised addresses that have an account."""
        return {account.email: account for account in self.find({"email": {"$in": addresses}})}


class Sessions(Collection[Session]):
    name = "sessions"
    entity = Session
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
    indexes = (Index("members.account_id"),)

    def of_member(self, account_id: str) -> list[Company]:
        """Those that the account belongs to."""
        return self.find({"members.account_id": account_id}, sort=[("created_at", 1)])


class Invitations(Collection[Invitation]):
    name = "invitations"
    entity = Invitation
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

    def of(self, account_id: str) -> Protection:
        """That of an account which has not thought of it is empty."""
        return self.find_one(id=account_id) or Protection(id=account_id)


class Passkeys(Collection[Passkey]):
    name = "passkeys"
    entity = Passkey
    indexes = (Index("credential_id", unique=True), Index("account_id", "_id"))

    def of(self, account_id: str) -> list[Passkey]:
        """In the order in which they were added."""
        return self.find(account_id=account_id, sort=[("_id", 1)])


class Challenges(Collection[Challenge]):
    name = "challenges"
    entity = Challenge
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
    indexes = (Index("token_hash", unique=True), Index("account_id"), Index("expires_at", ttl=0))

    def by_token(self, token: str) -> SecondStep:
        """Raises Unauthenticated when there is none."""
        step = self.find_one(token_hash=fingerprint(token))
        if step is None:
            raise step_gone()
        return step

    def drop(self, account_id: str) -> None:
        self.raw.delete_many({"account_id": account_id}, session=self.session)


class AccountsStore(Database):
    service = "accounts"
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
