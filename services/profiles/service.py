"""nameko entry points of profiles: an assistant's practice, drafted, published, changed."""

from __future__ import annotations

from typing import Any

from services.profiles.availability_part import AvailabilityPart, today_in
from services.profiles.domain.completeness import completeness
from services.profiles.domain.profile import Content, Profile, require_assistant, within
from services.profiles.parts import AddressPart, EvidencePart, FilesPart, shown
from services.profiles.store import Owner, ProfilesStore
from services.profiles.vocabulary_part import VocabularyPart
from shared.contracts import accounts
from shared.contracts import profiles as c
from shared.platform.additions import watched
from shared.platform.errors import NotFound
from shared.platform.file_store import FileSettings
from shared.platform.ids import new_id
from shared.platform.service import IMPORTED, Call, Received, Service, StoreProvider, command, query, subscribe

Request = dict[str, Any]


class ProfilesService(AvailabilityPart, FilesPart, EvidencePart, AddressPart, VocabularyPart, Service):
    name = "profiles"
    settings_class = FileSettings
    store = StoreProvider(ProfilesStore)

    @classmethod
    def on_start(cls, store: ProfilesStore, _settings: Any) -> None:
        watched(store.taxonomy_additions)

    @command(c.SaveProfile)
    def save_profile(self, call: Call, request: Request) -> dict[str, Any]:
        return self._write(call, Content.of(request), request["version"])

    @command(c.ChangeProfile)
    def change_profile(self, call: Call, request: Request) -> dict[str, Any]:
        held = call.tx.profiles.find_one(id=call.actor.party_id)
        content = (held.content if held else Content()).changed(request)
        return self._write(call, content, request["version"])

    def _write(self, call: Call, content: Content, seen_version: int) -> dict[str, Any]:
        """The draft, or the change of what is there; a published profile is told of whole."""
        call.actor.require()
        require_assistant(assistant=call.actor.has("assistant"))
        held: Profile | None = call.tx.profiles.find_one(id=call.actor.party_id)
        if held is None:
            return shown(call.tx.profiles.save(Profile.draft(call.actor.party_id, content, call.now)))
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
        held = self.store.profiles.find_one(id=call.actor.party_id)
        if held is None:
            raise NotFound("You have no profile yet. Write one to be found.")
        return {**shown(held), "completeness": completeness(held.content), "first": held.published_at is None}

    @query(c.GetProfile)
    def get_profile(self, call: Call, request: Request) -> dict[str, Any]:
        profile = self.store.profiles.get(request["id"])
        profile.require_readable(call.actor.party_id, operator=call.actor.has("operator"))
        away = self.store.availabilities.of(profile.id).shown_to_clients(today_in(profile.content.time_zone, call.now))
        return {**shown(profile), "away": away}

    @subscribe(accounts.AccountRegistered, accounts.AccountChanged)
    def on_account(self, call: Call, event: Received) -> None:
        if "assistant" not in event.data["roles"]:
            return
        owner = Owner(event.data["account_id"], event.data["email_confirmed"])
        call.tx.owners.put_if_newer(owner, event.sequence)

    @subscribe(accounts.AccountsImported)
    def on_accounts_imported(self, call: Call, event: Received) -> None:
        told = [account for account in event.data["accounts"] if "assistant" in account["roles"]]
        owners = [Owner(account["account_id"], account["email_confirmed"]) for account in told]
        call.tx.owners.put_all_if_newer(owners, IMPORTED)

    def _own(self, call: Call) -> Profile:
        """Raises NotFound while there is none."""
        call.actor.require()
        held: Profile | None = call.tx.profiles.find_one(id=call.actor.party_id)
        if held is None:
            raise NotFound("You have no profile yet. Write one to be found.")
        return held
