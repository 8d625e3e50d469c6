"""nameko entry points of profiles: an assistant's practice, drafted, published, changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eventlet import spawn_n

from services.profiles.availability_part import today_in
from services.profiles.calendar_part import CalendarPart
from services.profiles.cover_part import CoverPart
from services.profiles.domain.completeness import completeness
from services.profiles.domain.profile import Content, Profile, require_assistant, within
from services.profiles.domain.rate_card import RateCard
from services.profiles.parts import AddressPart, EvidencePart, FilesPart, erase_practice, shown
from services.profiles.store import Owner, ProfilesStore
from services.profiles.vocabulary_part import VocabularyPart
from shared.contracts import accounts
from shared.contracts import profiles as c
from shared.contracts import rate_cards as cards
from shared.platform.additions import watched
from shared.platform.errors import NotFound
from shared.platform.file_store import FileSettings
from shared.platform.ids import new_id
from shared.platform.service import IMPORTED, Call, Received, Service, StoreProvider, command, query, subscribe

Request = dict[str, Any]


class ProfilesService(CalendarPart, CoverPart, FilesPart, EvidencePart, AddressPart, VocabularyPart, Service):
    name = "profiles"
    settings_class = FileSettings
    run_aside = staticmethod(spawn_n)
    store = StoreProvider(ProfilesStore)

    @classmethod
    def on_start(cls, store: ProfilesStore, _settings: Any) -> None:
        watched(store.taxonomy_additions)

    @command(c.SaveProfile)
    def save_profile(self, call: Call, request: Request) -> dict[str, Any]:
        return self._write(call, Content.of(request), request["version"])

    @command(c.ChangeProfile)
    def change_profile(self, call: Call, request: Request) -> dict[str, Any]:
        held = call.tx.profiles.find_one(id=call.actor.practice_id)
        content = (held.content if held else Content()).changed(request)
        return self._write(call, content, request["version"])

    def _write(self, call: Call, content: Content, seen_version: int) -> dict[str, Any]:
        """The draft, or the change of what is there; a published profile is told of whole."""
        call.actor.require()
        require_assistant(assistant=call.actor.has("assistant"))
        content = self._at_the_cards_rates(call, content)
        held: Profile | None = call.tx.profiles.find_one(id=call.actor.practice_id)
        if held is None:
            return shown(call.tx.profiles.save(Profile.draft(call.actor.practice_id, content, call.now)))
        saved = call.tx.profiles.save(held.edit(content, call.now, seen_version))
        if saved.is_published:
            call.emit(c.ProfileChanged, saved.id, shown(saved))
        return shown(saved)

    @command(c.PublishProfile)
    def publish_profile(self, call: Call, request: Request) -> dict[str, Any]:
        profile = self._own(call)
        owner = call.tx.owners.find_one(id=profile.id)
        confirmed = owner is not None and owner.email_confirmed
        saved = call.tx.profiles.save(profile.publish(call.now, address_confirmed=confirmed))
        call.emit(c.ProfilePublished, saved.id, shown(saved))
        return shown(saved)

    @command(c.UnpublishProfile)
    def unpublish_profile(self, call: Call, request: Request) -> dict[str, Any]:
        saved = call.tx.profiles.save(self._own(call).unpublish(call.now))
        call.emit(c.ProfileUnpublished, saved.id, {"assistant_id": saved.id})
        return shown(saved)

    @command(cards.SaveRateCard)
    def save_rate_card(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        require_assistant(assistant=call.actor.has("assistant"))
        held: RateCard | None = call.tx.rate_cards.find_one(id=call.actor.practice_id)
        card = held.changed(request, call.now) if held else RateCard.of(call.actor.practice_id, request, call.now)
        saved = call.tx.rate_cards.save(card)
        call.emit(cards.RateCardChanged, saved.id, shown_card(saved))
        _reprice(call, saved, call.tx.profiles.find_one(id=saved.id))
        return shown_card(saved)

    @command(cards.ImportRateCards)
    def import_rate_cards(self, call: Call, request: Request) -> None:
        call.actor.require("operator", "system")
        imported = []
        for number, card in enumerate(request["cards"]):
            with within(f"cards.{number}"):
                imported.append(RateCard.of(card["assistant_id"], card, call.now))
        saved = call.tx.rate_cards.insert_all(imported)
        held = {one.id: one for one in call.tx.profiles.find({"_id": {"$in": [card.id for card in saved]}})}
        for card in saved:
            call.emit(cards.RateCardChanged, card.id, shown_card(card))
            _reprice(call, card, held.get(card.id))

    @command(c.ImportProfiles)
    def import_profiles(self, call: Call, request: Request) -> None:
        call.actor.require("operator", "system")
        profiles = []
        for number, imported in enumerate(request["profiles"]):
            with within(f"profiles.{number}"):
                profiles.append(Profile.imported(imported["assistant_id"], Content.of(imported), call.now))
        saved = call.tx.profiles.insert_all(profiles)
        call.emit(c.ProfilesImported, new_id(), {"profiles": [shown(profile) for profile in saved]})

    @query(c.GetMyProfile)
    def get_my_profile(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        held = self.store.profiles.find_one(id=call.actor.practice_id)
        if held is None:
            raise NotFound("You have no profile yet. Write one to be found.")
        pieces = self.store.evidence.count(owner_id=held.id)
        complete = completeness(held.content, photo=int(bool(held.photo_id)), evidence=pieces)
        return {**shown(held), "completeness": complete, "first": held.published_at is None}

    @query(c.GetProfile)
    def get_profile(self, call: Call, request: Request) -> dict[str, Any]:
        profile = self.store.profiles.get(request["id"])
        profile.require_readable(call.actor.practice_id, operator=call.actor.has("operator"))
        away = self.store.availabilities.of(profile.id).shown_to_clients(today_in(profile.content.time_zone, call.now))
        told = {**shown(profile), "away": away, "covered_by": self._covered_by(profile.id)}
        if call.actor.practice_id != profile.id:
            told["team"] = [member for member in profile.content.team if member.public]
        return told

    def _covered_by(self, assistant_id: str) -> list[dict[str, Any]]:
        """Those who agreed to stand in, as far as their own profiles are published."""
        covers = self.store.covers.standing_in_for(assistant_id)
        there = {partner.id: partner for partner in self.store.profiles.published({c.partner_id for c in covers})}
        return [
            {"assistant_id": cover.partner_id, "name": there[cover.partner_id].content.display_name}
            for cover in covers
            if cover.partner_id in there
        ]

    @query(cards.GetMyRateCard)
    def get_my_rate_card(self, call: Call, request: Request) -> dict[str, Any]:
        call.actor.require()
        require_assistant(assistant=call.actor.has("assistant"))
        held = self.store.rate_cards.find_one(id=call.actor.practice_id)
        if held is not None:
            return shown_card(held)
        profile = self.store.profiles.find_one(id=call.actor.practice_id)
        first = proposed(profile) if profile else None
        return shown_card(first) if first else {"assistant_id": call.actor.practice_id, **NO_CARD}

    @query(cards.GetRateCard)
    def get_rate_card(self, call: Call, request: Request) -> dict[str, Any]:
        profile = self.store.profiles.get(request["id"])
        profile.require_readable(call.actor.practice_id, operator=call.actor.has("operator"))
        card = self.store.rate_cards.find_one(id=profile.id) or proposed(profile)
        return shown_card(card) if card else {"assistant_id": profile.id, **NO_CARD}

    def forget(self, call: Call, account_id: str) -> None:
        """Files with their bytes, which declarations do not reach, before the rest."""
        erase_practice(call, account_id)
        super().forget(call, account_id)

    @subscribe(accounts.AccountRegistered, accounts.AccountChanged)
    def on_account(self, call: Call, event: Received) -> None:
        if "assistant" not in event.data["roles"]:
            return
        owner = _owner(event.data)
        call.tx.owners.put_if_newer(owner, event.sequence)

    @subscribe(accounts.AccountsImported)
    def on_accounts_imported(self, call: Call, event: Received) -> None:
        told = [account for account in event.data["accounts"] if "assistant" in account["roles"]]
        owners = [_owner(account) for account in told]
        call.tx.owners.put_all_if_newer(owners, IMPORTED)

    def _own(self, call: Call) -> Profile:
        """Raises NotFound while there is none."""
        call.actor.require()
        held: Profile | None = call.tx.profiles.find_one(id=call.actor.practice_id)
        if held is None:
            raise NotFound("You have no profile yet. Write one to be found.")
        return held

    def _at_the_cards_rates(self, call: Call, content: Content) -> Content:
        """What a profile says of its rates is the rate card's to say, once there is one."""
        card: RateCard | None = call.tx.rate_cards.find_one(id=call.actor.practice_id)
        if card is None:
            return content
        return replace(content, hourly_rate=card.hourly_rate or content.hourly_rate, retainer=card.retainer)


def _reprice(call: Call, card: RateCard, held: Profile | None) -> None:
    """The profile's rates follow the card, and with them what is searched and matched."""
    if held is None or (priced := held.priced(card.hourly_rate, card.retainer, call.now)) is held:
        return
    saved = call.tx.profiles.save(priced)
    if saved.is_published:
        call.emit(c.ProfileChanged, saved.id, shown(saved))


NO_CARD: dict[str, Any] = {"currency": "EUR", "prices": (), "rules": (), "version": 0}


def proposed(profile: Profile) -> RateCard | None:
    """What a practice without a rate card charges: its profile's rates, where it says any."""
    content = profile.content
    if content.hourly_rate is None:
        return None
    return RateCard.proposed(profile.id, content.hourly_rate, content.retainer, profile.updated_at)


def shown_card(card: RateCard) -> dict[str, Any]:
    """The card as its contract shows it."""
    values = {name: getattr(card, name) for name in RateCard.__slots__}
    return {**values, "assistant_id": card.id, "hourly_rate": card.hourly_rate, "retainer": card.retainer}


def _owner(account: Mapping[str, Any]) -> Owner:
    return Owner(account["account_id"], account["email_confirmed"], account["email"].lower(), account["name"])
