"""Documents of profiles, and the copies of accounts that say whether an address is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from services.profiles.domain.availability import Availability
from services.profiles.domain.profile import Profile
from shared.platform.storage import Collection, Database


@dataclass(frozen=True, slots=True)
class Owner:
    """What profiles need to know of an account."""

    id: str
    email_confirmed: bool


class Profiles(Collection[Profile]):
    name = "profiles"
    entity = Profile


class Availabilities(Collection[Availability]):
    name = "availabilities"
    entity = Availability

    def of(self, assistant_id: str) -> Availability:
        """What is kept, or a first one."""
        return self.find_one(id=assistant_id) or Availability(id=assistant_id)


class Owners(Collection[Owner]):
    """Copies of accounts."""

    name = "owners"
    entity = Owner


class ProfilesStore(Database):
    service = "profiles"
    copies: ClassVar[dict[str, str]] = {"owners": "accounts"}
    profiles = Profiles
    availabilities = Availabilities
    owners = Owners
