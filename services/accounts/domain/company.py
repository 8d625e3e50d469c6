"""Companies: what a client says of itself, and the colleagues who act for it with a role each.

A company is the client that its founder's account is: both have one id, so that what the client has done so far is the
company's from the start. The founder therefore stays its owner for as long as that account exists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound, Text

MOST = 50


class Colleague(StrEnum):
    """What a colleague may do: everything; approve, answer and read; read."""

    OWNER = "owner"
    APPROVER = "approver"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """Hours of one weekday, `HH:MM` on the company's clock."""

    day: str
    start: str
    end: str

    def overlaps(self, other: WorkingDay) -> bool:
        return self.day == other.day and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is said of the company; all of it may be left unsaid. `shows`: what readers of its open briefs see before
    there is an offer: `all`, or only the `kind` of company: line of business, size and country."""

    name: str = ""
    website: str = ""
    industry: str = ""
    size: str = ""
    country: str = ""
    time_zone: str = ""
    currency: str = ""
    working_hours: tuple[WorkingDay, ...] = ()
    description: str = ""
    description_locale: str = "en"
    shows: str = "kind"

    def check(self) -> None:
        """Raises Invalid for hours that end before they start, or overlap."""
        wrong: dict[str, list[Text]] = {}
        for number, hours in enumerate(self.working_hours):
            if hours.start >= hours.end:
                wrong[f"working_hours.{number}.end"] = [Text("This must be later than the start.")]
            elif any(hours.overlaps(earlier) for earlier in self.working_hours[:number]):
                wrong[f"working_hours.{number}.start"] = [Text("This overlaps with other hours of the same day.")]
        if wrong:
            raise Invalid(fields=wrong)

    @classmethod
    def of(cls, request: dict[str, Any]) -> Profile:
        """From a loaded request."""
        values = {name: request[name] for name in cls.__slots__}
        values["working_hours"] = tuple(WorkingDay(**hours) for hours in request["working_hours"])
        return cls(**{**values, "name": values["name"].strip(), "description": values["description"].strip()})


@dataclass(frozen=True, slots=True)
class Member:
    account_id: str
    role: Colleague
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """`id` is its founder's account; `members` in the order in which they came."""

    id: str
    profile: Profile
    members: tuple[Member, ...]
    created_at: datetime
    updated_at: datetime
    version: int = 0

    @classmethod
    def founded(cls, account_id: str, at: datetime) -> Company:
        founder = Member(account_id, Colleague.OWNER, at)
        return cls(id=account_id, profile=Profile(), members=(founder,), created_at=at, updated_at=at)

    def role_of(self, account_id: str) -> Colleague | None:
        return next((member.role for member in self.members if member.account_id == account_id), None)

    def require(self, account_id: str, *roles: Colleague) -> None:
        """Raises NotFound for a stranger, Forbidden for a colleague with another role."""
        role = self.role_of(account_id)
        if role is None:
            raise NotFound("This company does not exist, or you do not belong to it.")
        if roles and role not in roles:
            raise Forbidden("Only owners of the company may do this.")

    def described(self, profile: Profile, at: datetime, seen_version: int) -> Company:
        """Raises Conflict when it was changed since `seen_version`, Invalid for wrong hours."""
        if seen_version != self.version:
            raise Conflict("The company was changed in another window. Reload it, then repeat your change.")
        profile.check()
        return replace(self, profile=profile, updated_at=at)

    def joined(self, account_id: str, role: Colleague, at: datetime) -> Company:
        """Raises Conflict for somebody who is there already, and when there are enough."""
        if self.role_of(account_id) is not None:
            raise Conflict("You belong to this company already.")
        if len(self.members) >= MOST:
            raise Conflict("This company has %(most)s colleagues already, which is the most there can be.", most=MOST)
        return replace(self, members=(*self.members, Member(account_id, role, at)), updated_at=at)

    def changed(self, account_id: str, role: Colleague, at: datetime) -> Company:
        """A colleague with another role. Raises Conflict for the founder and for the last owner."""
        if role is not Colleague.OWNER:
            self._require_other_owner(account_id)
        self._known(account_id)
        members = tuple(replace(each, role=role) if each.account_id == account_id else each for each in self.members)
        return replace(self, members=members, updated_at=at)

    def left(self, account_id: str, at: datetime) -> Company:
        """Without a colleague. Raises Conflict for the founder and for the last owner."""
        self._require_other_owner(account_id)
        self._known(account_id)
        return replace(self, members=self._without(account_id), updated_at=at)

    def outlives(self, account_id: str) -> bool:
        """Whether another owner is there when this account is deleted."""
        return any(member.role is Colleague.OWNER for member in self._without(account_id))

    def survived(self, account_id: str, at: datetime) -> Company:
        """After an account was deleted, the founder's as well."""
        return replace(self, members=self._without(account_id), updated_at=at)

    def _without(self, account_id: str) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.account_id != account_id)

    def _known(self, account_id: str) -> None:
        if self.role_of(account_id) is None:
            raise NotFound("This colleague does not belong to the company any more.")

    def _require_other_owner(self, account_id: str) -> None:
        if account_id == self.id:
            raise Conflict("The company began with this account: it stays an owner for as long as the account exists.")
        if self.role_of(account_id) is Colleague.OWNER and not self.outlives(account_id):
            raise Conflict("This is the last owner. Make somebody else an owner first.")
