"""Entry points about what a practice shows of itself: files, photo, evidence, vanity address.

ProfilesService is made of these parts and of its own about the profile's text.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from services.profiles.domain import address as addresses
from services.profiles.domain.address import Address
from services.profiles.domain.evidence import Evidence, Words, moved
from services.profiles.domain.files import (
    CHUNK,
    MOST_BYTES,
    UNUSED_KEPT,
    UPLOAD_KEPT,
    File,
    FileState,
    Purpose,
    Version,
)
from services.profiles.domain.profile import Content, Profile, require_assistant
from services.profiles.inspection.found import Found, Refused
from services.profiles.inspection.look import look
from services.profiles.store import ProfilesStore
from shared.contracts import practice_files as c
from shared.contracts import profiles
from shared.platform.errors import Forbidden, Invalid, NotFound, Text
from shared.platform.file_store import FileSettings, FileStore, file_store
from shared.platform.ids import new_id
from shared.platform.service import Call, command, query, timer

Request = dict[str, Any]
Json = dict[str, Any]


class FilesPart:
    """Uploads: announced, sent in parts, looked through; a photo; and what becomes of files that nobody uses."""

    store: ProfilesStore
    settings: FileSettings

    @cached_property
    def kept(self) -> FileStore:
        return file_store(self.settings, self.store.raw)

    @command(c.BeginUpload)
    def begin_upload(self, call: Call, request: Request) -> Json:
        owner = _assistant(call)
        held = call.tx.files.held_by(owner)
        purpose = Purpose(request["purpose"])
        file = call.tx.files.save(
            File.begin(new_id(), owner, purpose, request["name"], request["size"], call.now, held)
        )
        call.set_timer("file.expire", file.id, call.now + UPLOAD_KEPT)
        return {"file_id": file.id, "chunk": CHUNK, "chunks": file.chunks}

    @command(c.SendChunk)
    def send_chunk(self, call: Call, request: Request) -> None:
        file = _own_file(call, request["file_id"])
        file.require_chunk(request["number"], len(request["data"]))
        call.tx.upload_chunks.keep(file.id, request["number"], request["data"], call.now)

    def _look_through(self, call: Call, request: Request) -> Found | None:
        """Makes of what was sent what is kept, and puts it into the file store: too long for a transaction."""
        file = _own_file(call, request["id"])
        if file.state is not FileState.UPLOADING:
            return None
        data = self.store.upload_chunks.whole(file.id)
        try:
            if len(data) != file.size:
                raise Refused("This file did not arrive whole. Please upload it again.")
            found = look(file.purpose.value, data)
        except Refused as refused:
            self.store.files.delete(file.id)
            self.store.upload_chunks.drop(file.id)
            raise Invalid(fields={"file": [Text(refused.template, **refused.params)]}) from refused
        for variant in found.variants:
            self.kept.put(file.key(variant.name), variant.data, variant.media_type)
        return found

    @command(c.FinishUpload, before=_look_through)
    def finish_upload(self, call: Call, request: Request, found: Found | None) -> Json:
        file = _own_file(call, request["id"])
        if found is None:
            return shown_file(file)
        versions = tuple(
            Version(one.name, one.media_type, len(one.data), one.sha256, one.width, one.height)
            for one in found.variants
        )
        saved = call.tx.files.save(file.checked(found.media_type, found.pages, versions))
        call.tx.upload_chunks.drop(file.id)
        call.set_timer("file.expire", file.id, call.now + UNUSED_KEPT)
        return shown_file(saved)

    @query(c.GetFile)
    def get_file(self, call: Call, request: Request) -> Json:
        return shown_file(_own_file(call, request["id"]))

    @query(c.ReadFile)
    def read_file(self, call: Call, request: Request) -> Json:
        file: File | None = self.store.files.find_one(id=request["id"])
        if file is None or not file.is_there:
            raise NotFound("This file does not exist, or not any more.")
        version = file.one(request["variant"])
        public = file.state is FileState.IN_USE and self._is_published(file.owner_id)
        if not (public or call.actor.practice_id == file.owner_id or call.actor.has("operator")):
            raise NotFound("This file does not exist, or not any more.")
        start = request["start"]
        data = self.kept.get(file.key(version.name), start, CHUNK) if start < version.size else b""
        return {
            "name": file.name,
            "media_type": version.media_type,
            "size": version.size,
            "sha256": version.sha256,
            "public": public,
            "data": data,
        }

    def _is_published(self, owner_id: str) -> bool:
        profile = self.store.profiles.find_one(id=owner_id)
        return profile is not None and profile.is_published

    # -- photo ---------------------------------------------------------------------------------------------------

    @command(c.SetPhoto)
    def set_photo(self, call: Call, request: Request) -> Json:
        profile = own_profile(call)
        if profile.photo_id == request["file_id"]:
            return shown(profile)
        use_file(call, request["file_id"], Purpose.PHOTO)
        let_go(call, profile.photo_id)
        return save_and_tell(call, profile.with_photo(request["file_id"], call.now))

    @command(c.RemovePhoto)
    def remove_photo(self, call: Call, request: Request) -> Json:
        profile = own_profile(call)
        let_go(call, profile.photo_id)
        return save_and_tell(call, profile.with_photo("", call.now))

    # -- what nobody uses ----------------------------------------------------------------------------------------

    @timer("file.expire")
    def on_unused(self, call: Call, entity_id: str) -> None:
        file = call.tx.files.find_one(id=entity_id)
        if file is not None and file.state in (FileState.UPLOADING, FileState.READY):
            let_go(call, file.id)

    @timer("file.erase")
    def on_removed(self, call: Call, entity_id: str) -> None:
        """Nobody can take the file into use any more, so that its bytes may go. Tried again until they are gone."""
        file = call.tx.files.find_one(id=entity_id)
        if file is None:
            return
        self.kept.delete(file.keys)
        call.tx.upload_chunks.drop(file.id)
        call.tx.files.delete(file.id)


class EvidencePart:
    """Certificates and samples."""

    store: ProfilesStore

    @command(c.SaveEvidence)
    def save_evidence(self, call: Call, request: Request) -> Json:
        owner, words = _assistant(call), Words.of(request)
        held: Evidence | None = None
        if request["id"]:
            held = _own_evidence(call, request["id"])
            piece = held.edit(words, request["version"])
        else:
            places = [one.place for one in call.tx.evidence.of(owner)]
            piece = Evidence.add(new_id(), owner, words, places, call.now)
        before = held.words.file_id if held else ""
        if words.file_id != before:
            if words.file_id:
                use_file(call, words.file_id, Purpose.SAMPLE)
            let_go(call, before)
        saved = call.tx.evidence.save(piece)
        return _shown_evidence([saved], call.tx.files.several([words.file_id]), call)[0]

    @command(c.RemoveEvidence)
    def remove_evidence(self, call: Call, request: Request) -> None:
        piece = _own_evidence(call, request["id"])
        let_go(call, piece.words.file_id)
        call.tx.evidence.delete(piece.id)

    @command(c.MoveEvidence)
    def move_evidence(self, call: Call, request: Request) -> None:
        piece = _own_evidence(call, request["id"])
        for changed in moved(call.tx.evidence.of(piece.owner_id), piece.id, up=request["up"]):
            call.tx.evidence.save(changed)

    @query(c.ListMyEvidence)
    def list_my_evidence(self, call: Call, request: Request) -> Json:
        owner = _assistant(call)
        taken = self.store.files.held_by(owner).bytes
        return {"items": self._listed(call, owner), "bytes": taken, "most_bytes": MOST_BYTES}

    @query(c.ListEvidence)
    def list_evidence(self, call: Call, request: Request) -> Json:
        profile = self.store.profiles.get(request["id"])
        profile.require_readable(call.actor.practice_id, operator=call.actor.has("operator"))
        return {"items": self._listed(call, profile.id), "bytes": 0, "most_bytes": 0}

    def _listed(self, call: Call, owner_id: str) -> list[Json]:
        pieces = self.store.evidence.of(owner_id)
        files = self.store.files.several(piece.words.file_id for piece in pieces if piece.words.file_id)
        return _shown_evidence(pieces, files, call)


class AddressPart:
    """The name of `/a/<name>`."""

    store: ProfilesStore

    @query(c.CheckAddress)
    def check_address(self, call: Call, request: Request) -> Json:
        owner = _assistant(call)
        name = request["name"].strip().lower()
        try:
            addresses.require_free(self.store.addresses.find_one(id=addresses.wanted(name)), owner, call.now)
        except Invalid as error:
            return {"name": name, "free": False, "problem": error.fields["name"][0].to_wire()}
        return {"name": name, "free": True, "problem": None}

    @command(c.ChooseAddress)
    def choose_address(self, call: Call, request: Request) -> Json:
        profile, name = own_profile(call), addresses.wanted(request["name"])
        if name == profile.address:
            return shown(profile)
        held: Address | None = call.tx.addresses.find_one(id=name)
        addresses.require_free(held, profile.id, call.now)
        addresses.require_few_changes(_not_over(call.tx.addresses.of(profile.id), call), name)
        self._give_up(call, profile)
        call.clear_timer("address.free", name)
        if held is not None and held.owner_id != profile.id:
            call.tx.addresses.delete(name)
            held = None
        taken = held.taken_again(call.now) if held else Address(id=name, owner_id=profile.id, taken_at=call.now)
        call.tx.addresses.save(taken)
        return save_and_tell(call, profile.with_address(name, call.now))

    @command(c.DropAddress)
    def drop_address(self, call: Call, request: Request) -> Json:
        profile = own_profile(call)
        self._give_up(call, profile)
        return save_and_tell(call, profile.with_address("", call.now))

    def _give_up(self, call: Call, profile: Profile) -> None:
        """The present name leads on for a time, then it is free."""
        held: Address | None = call.tx.addresses.find_one(id=profile.address)
        if held is not None:
            old = call.tx.addresses.save(held.given_up(call.now))
            call.set_timer("address.free", old.id, old.until)

    @timer("address.free")
    def on_over(self, call: Call, entity_id: str) -> None:
        held: Address | None = call.tx.addresses.find_one(id=entity_id)
        if held is not None and held.is_over(call.now):
            call.tx.addresses.delete(entity_id)

    @query(c.GetMyAddress)
    def get_my_address(self, call: Call, request: Request) -> Json:
        owner = _assistant(call)
        own = _not_over(self.store.addresses.of(owner), call)
        profile: Profile | None = self.store.profiles.find_one(id=owner)
        proposed = addresses.suggestions(profile.content.display_name) if profile else []
        taken = self.store.addresses.taken(proposed, call.now)
        return {
            "current": next((one.id for one in own if one.is_current), ""),
            "old": sorted(one.id for one in own if not one.is_current),
            "suggestions": [name for name in proposed if name not in taken][:3],
        }

    @query(c.ResolveAddress)
    def resolve_address(self, call: Call, request: Request) -> Json:
        """An old name leads to the current one of its practice, or to the practice itself (`name` is "")."""
        held: Address | None = self.store.addresses.find_one(id=request["name"].strip().lower())
        if held is None or held.is_over(call.now):
            raise NotFound("Nobody is found under this address, or not any more.")
        if held.is_current:
            return {"assistant_id": held.owner_id, "name": held.id}
        profile: Profile | None = self.store.profiles.find_one(id=held.owner_id)
        return {"assistant_id": held.owner_id, "name": profile.address if profile else ""}


# -- shared by the parts ---------------------------------------------------------------------------------------------


def own_profile(call: Call) -> Profile:
    """Raises NotFound while there is none."""
    call.actor.require()
    held: Profile | None = call.tx.profiles.find_one(id=call.actor.practice_id)
    if held is None:
        raise NotFound("You have no profile yet. Write one to be found.")
    return held


def save_and_tell(call: Call, profile: Profile) -> Json:
    """Others hear of it where it is published."""
    saved = call.tx.profiles.save(profile)
    if saved.is_published:
        call.emit(profiles.ProfileChanged, saved.id, shown(saved))
    return shown(saved)


def shown(profile: Profile) -> Json:
    """The profile as its contract shows it: content and state on one level."""
    content = {name: getattr(profile.content, name) for name in Content.__slots__}
    outer = {name: getattr(profile, name) for name in Profile.__slots__ if name != "content"}
    return {**content, **outer, "assistant_id": profile.id, "state": profile.state.value}


def shown_file(file: File) -> Json:
    return {name: getattr(file, name) for name in File.__slots__ if name not in ("owner_id", "state", "version")}


def use_file(call: Call, file_id: str, purpose: Purpose) -> None:
    """Raises NotFound for another's file, Invalid for one of another purpose, Conflict for one that is gone."""
    file = _own_file(call, file_id)
    if file.purpose is not purpose:
        raise Invalid.field("file", "This file was uploaded for something else. Please upload it here.")
    call.tx.files.save(file.used())
    call.clear_timer("file.expire", file.id)


def let_go(call: Call, file_id: str) -> None:
    """Nothing shows the file any more; its bytes go soon after."""
    file: File | None = call.tx.files.find_one(id=file_id) if file_id else None
    if file is not None and file.is_there:
        call.tx.files.save(file.removed())
        call.clear_timer("file.expire", file.id)
        call.set_timer("file.erase", file.id, call.now)


def erase_practice(call: Call, owner_id: str) -> None:
    """Everything that the practice showed: files with their bytes, evidence, addresses."""
    for file in call.tx.files.of(owner_id):
        let_go(call, file.id)
    call.tx.evidence.drop(owner_id)
    for address in call.tx.addresses.of(owner_id):
        call.clear_timer("address.free", address.id)
    call.tx.addresses.drop(owner_id)


def _assistant(call: Call) -> str:
    """The id of the one who acts. Raises Unauthenticated or Forbidden for others."""
    call.actor.require()
    require_assistant(assistant=call.actor.has("assistant"))
    return call.actor.practice_id


def _own_file(call: Call, file_id: str) -> File:
    """Others are not told that it exists."""
    owner = _assistant(call)
    file: File | None = call.tx.files.find_one(id=file_id)
    if file is None or file.owner_id != owner or not file.is_there:
        raise NotFound("This file does not exist, or not any more. Please upload it again.")
    return file


def _own_evidence(call: Call, id: str) -> Evidence:
    owner = _assistant(call)
    piece: Evidence = call.tx.evidence.get(id)
    if piece.owner_id != owner:
        raise Forbidden("Only the assistant whose evidence this is can change it.")
    return piece


def _shown_evidence(pieces: list[Evidence], files: dict[str, File], call: Call) -> list[Json]:
    rows = []
    for piece in pieces:
        words = {name: getattr(piece.words, name) for name in Words.__slots__}
        file = files.get(piece.words.file_id)
        rows.append(
            {
                **words,
                "id": piece.id,
                "version": piece.version,
                "expired": piece.expired(call.now.date()),
                "file": shown_file(file) if file else None,
            }
        )
    return rows


def _not_over(listed: list[Address], call: Call) -> list[Address]:
    return [address for address in listed if not address.is_over(call.now)]
