"""Files: what a practice uploaded. uploading → ready → in use, and removed from any of these; bytes go last of all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.platform.errors import Invalid, NotFound, TooMany
from shared.platform.machine import Machine, Step

MEGABYTE = 1_000_000
CHUNK = 512 * 1024
"""Bytes that cross in one message."""
UPLOAD_KEPT = timedelta(hours=1)
"""How long an upload may take, from its first byte on."""
UNUSED_KEPT = timedelta(hours=24)
"""How long a file waits for the form it was uploaded with."""
MOST_BYTES = 80 * MEGABYTE
"""Of all files of a practice, as they are kept."""
MOST_FILES = 80
MOST_WAITING = 6
"""Uploads that have not come to anything yet."""


class Purpose(StrEnum):
    PHOTO = "photo"
    SAMPLE = "sample"


LARGEST = {Purpose.PHOTO: 8 * MEGABYTE, Purpose.SAMPLE: 10 * MEGABYTE}
VARIANTS = {Purpose.PHOTO: ("96", "192", "384"), Purpose.SAMPLE: ("large", "thumb", "document")}
"""Every name that a version of the file can have."""


class FileState(StrEnum):
    UPLOADING = "uploading"
    READY = "ready"
    IN_USE = "in_use"
    REMOVED = "removed"


class By(StrEnum):
    OWNER = "owner"


_OWNER = frozenset({By.OWNER})
_THERE = frozenset({FileState.UPLOADING, FileState.READY, FileState.IN_USE})
FILES: Machine[FileState, By] = Machine(
    {
        "check": Step(frozenset({FileState.UPLOADING}), FileState.READY, _OWNER),
        "use": Step(frozenset({FileState.READY}), FileState.IN_USE, _OWNER),
        "remove": Step(_THERE, FileState.REMOVED, _OWNER),
    },
    not_now="This file is in the state %(state)s. What you can do now: %(allowed)s.",
    no_more="This file was removed. Upload it again.",
)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a file that we made of it: what its bytes are, and how large. `width`, `height`: pixels."""

    name: str
    media_type: str
    size: int
    sha256: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`name` is what its owner's computer called it. `size`: bytes as announced, then as kept."""

    id: str
    owner_id: str
    purpose: Purpose
    name: str
    size: int
    state: FileState = FileState.UPLOADING
    media_type: str = ""
    pages: int = 0
    versions: tuple[Version, ...] = ()
    created_at: datetime
    version: int = 0

    @classmethod
    def begin(cls, id: str, owner_id: str, purpose: Purpose, name: str, size: int, at: datetime, held: Held) -> File:
        """A new upload. Raises Invalid or TooMany where it is too much."""
        most = LARGEST[purpose]
        if size > most:
            raise Invalid.field(
                "file",
                "This file is larger than %(most)s MB. Make it smaller, then upload it again.",
                most=most // MEGABYTE,
            )
        if size < 1:
            raise Invalid.field("file", "This file is empty. Choose another.")
        if held.waiting >= MOST_WAITING:
            raise TooMany("You have sent several files within a short time. Please wait a while, then try again.")
        if held.files >= MOST_FILES or held.bytes + size > MOST_BYTES:
            raise Invalid.field(
                "file", "Your files together would exceed %(most)s MB or %(files)s files. Remove some first.",
                most=MOST_BYTES // MEGABYTE, files=MOST_FILES,
            )  # fmt: skip
        return cls(id=id, owner_id=owner_id, purpose=purpose, name=plain_name(name), size=size, created_at=at)

    @property
    def chunks(self) -> int:
        return -(-self.size // CHUNK)

    def require_chunk(self, number: int, size: int) -> None:
        """Raises Invalid where that part is not one of the announced file, Conflict when it was sent already."""
        FILES.target(self.state, "check", By.OWNER)
        expected = min(CHUNK, self.size - number * CHUNK)
        if not 0 <= number < self.chunks or size != expected:
            raise Invalid.field("file", "This file changed while it was sent. Please upload it again.")

    def checked(self, media_type: str, pages: int, versions: tuple[Version, ...]) -> File:
        state = FILES.target(self.state, "check", By.OWNER)
        size = sum(version.size for version in versions)
        return replace(self, state=state, media_type=media_type, pages=pages, versions=versions, size=size)

    def used(self) -> File:
        return replace(self, state=FILES.target(self.state, "use", By.OWNER))

    def removed(self) -> File:
        return replace(self, state=FILES.target(self.state, "remove", By.OWNER))

    @property
    def is_there(self) -> bool:
        return self.state is not FileState.REMOVED

    def one(self, variant: str) -> Version:
        """The version of that name. Raises NotFound."""
        found = next((version for version in self.versions if version.name == variant), None)
        if found is None or not self.is_there:
            raise NotFound("This file does not exist, or not any more.")
        return found

    def key(self, variant: str) -> str:
        """Under which the file store keeps a version."""
        return f"{self.owner_id}/{self.id}/{variant}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Of every version there may be, also of one whose making was cut short."""
        return tuple(self.key(variant) for variant in VARIANTS[self.purpose])


@dataclass(frozen=True, slots=True)
class Held:
    """What a practice has in files already."""

    files: int = 0
    bytes: int = 0
    waiting: int = 0


def plain_name(name: str) -> str:
    """The last part of a path, without what no system takes in a name; never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if character.isprintable() and character not in '<>:"|?*;').strip(
        " ."
    )
    return kept[-120:] or "file"
