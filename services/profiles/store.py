"""Documents of profiles, and the copies of accounts that say whether an address is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from services.profiles.domain.profile import Profile
from shared.platform.personal import Held, NothingPersonal, Personal
from shared.platform.storage import Collection, Database


@dataclass(frozen=True, slots=True)
class Owner:
    """What profiles need to know of an account."""

    id: str
    email_confirmed: bool


class Profiles(Collection[Profile]):
    name = "profiles"
    entity = Profile
    personal = Held(of=("_id",))


class Owners(Collection[Owner]):
    """Copies of accounts."""

    name = "owners"
    entity = Owner
    personal = Held(of=("_id",))


class ProfilesStore(Database):
    service = "profiles"
    facts: ClassVar[dict[str, Personal]] = {
        "profile.": Held(of=("assistant_id",)),
        "rate_card.": Held(of=("assistant_id",)),
        "profiles.imported": NothingPersonal("several profiles each: `redact` below takes the one out"),
    }
    copies: ClassVar[dict[str, str]] = {"owners": "accounts"}
    profiles = Profiles
    owners = Owners

    def redact(self, account_id: str) -> int:
        """Of profiles that were imported together, the one alone goes."""
        query = {"name": "profiles.imported", "data.profiles.assistant_id": account_id}
        update = {"$pull": {"data.profiles": {"assistant_id": account_id}}}
        touched = self.events.raw.update_many(query, update, session=self.session).modified_count
        return touched + super().redact(account_id)
