"""Accounts: a person's address, roles and settings. One account may be client and assistant at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.accounts.domain.address import normalised
from shared.platform.errors import Conflict
from shared.platform.ids import new_id


class Role(StrEnum):
    CLIENT = "client"
    ASSISTANT = "assistant"
    OPERATOR = "operator"
    """Never stored: it follows from the deployment's setting, and ends with it."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A company that the account may act for, and as what. Its own, if it has one, is not among these."""

    company_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What others may know of an account: all but its password. A session holds a copy."""

    id: str
    email: str
    name: str
    roles: tuple[Role, ...]
    locale: str
    time_zone: str
    email_confirmed: bool
    created_at: datetime
    version: int
    companies: tuple[Membership, ...] = ()

    @property
    def account_id(self) -> str:
        return self.id

    def among(self, operators: Collection[str]) -> Identity:
        """The identity with the role of operator, if its confirmed address is one of `operators` (normalised)."""
        if not self.email_confirmed or self.email not in operators:
            return self
        return replace(self, roles=_in_order((*self.roles, Role.OPERATOR)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`email` is normalised. An empty `password_hash` matches no password: its owner sets one through a reset link."""

    id: str
    email: str
    name: str
    roles: tuple[Role, ...]
    locale: str
    time_zone: str
    created_at: datetime
    password_hash: str = ""
    email_confirmed: bool = False
    companies: tuple[Membership, ...] = ()
    version: int = 0

    @classmethod
    def new(
        cls,
        *,
        email: str,
        name: str,
        roles: Iterable[str],
        locale: str,
        time_zone: str,
        at: datetime,
        password_hash: str = "",
        email_confirmed: bool = False,
    ) -> Account:
        return cls(
            id=new_id(),
            email=normalised(email),
            name=name.strip(),
            roles=_in_order(Role(role) for role in roles),
            locale=locale,
            time_zone=time_zone,
            created_at=at,
            password_hash=password_hash,
            email_confirmed=email_confirmed,
        )

    @property
    def identity(self) -> Identity:
        return Identity(
            id=self.id,
            email=self.email,
            name=self.name,
            roles=self.roles,
            locale=self.locale,
            time_zone=self.time_zone,
            email_confirmed=self.email_confirmed,
            created_at=self.created_at,
            version=self.version,
            companies=self.companies,
        )

    def in_company(self, company_id: str, name: str, role: str | None) -> Account:
        """What it may do for the company from now on; None: nothing any more."""
        others = tuple(each for each in self.companies if each.company_id != company_id)
        mine = (Membership(company_id, name, role),) if role else ()
        return replace(self, companies=(*others, *mine))

    def confirmed(self) -> Account:
        """Its owner has shown that mail to the address reaches them."""
        return replace(self, email_confirmed=True)

    def with_password(self, password_hash: str) -> Account:
        return replace(self, password_hash=password_hash)

    def with_address(self, address: str) -> Account:
        """Its owner has shown that mail to the new address, which is normalised, reaches them."""
        return replace(self, email=address, email_confirmed=True)

    def with_settings(self, *, name: str, locale: str, time_zone: str) -> Account:
        return replace(self, name=name.strip(), locale=locale, time_zone=time_zone)

    def with_role(self, role: str) -> Account:
        """Raises Conflict when the account has it."""
        if Role(role) in self.roles:
            raise Conflict("Your account has this role already.")
        return self.with_roles((role,))

    def with_roles(self, roles: Iterable[str]) -> Account:
        """The account with these roles besides its own."""
        return replace(self, roles=_in_order((*self.roles, *(Role(role) for role in roles))))


def _in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    held = set(roles)
    return tuple(role for role in Role if role in held)
