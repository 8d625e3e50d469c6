"""Documents of profiles and rate cards, and the copies of accounts that say whether an address is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from services.profiles.domain.profile import Profile
from services.profiles.domain.rate_card import RateCard
from shared.platform.storage import Collection, Database


@dataclass(frozen=True, slots=True)
class Owner:
    """What profiles need to know of an account."""

    id: str
    email_confirmed: bool


class Profiles(Collection[Profile]):
    name = "profiles"
    entity = Profile


class RateCards(Collection[RateCard]):
    """By the assistant's id."""

    name = "rate_cards"
    entity = RateCard


class Owners(Collection[Owner]):
    """Copies of accounts."""

    name = "owners"
    entity = Owner


class ProfilesStore(Database):
    service = "profiles"
    copies: ClassVar[dict[str, str]] = {"owners": "accounts"}
    profiles = Profiles
    rate_cards = RateCards
    owners = Owners
