"""Documents of profiles, and the copies of accounts that say whether an address is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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


class Owners(Collection[Owner]):
    """Copies of accounts."""

    name = "owners"
    entity = Owner


class ProfilesStore(Database):
    service = "profiles"
    copies: ClassVar[dict[str, str]] = {"owners": "accounts"}
    profiles = Profiles
    owners = Owners
