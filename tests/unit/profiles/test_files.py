"""Files: what may be uploaded and how much, in which order, and under which name they are kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.profiles.domain.files import (
    CHUNK,
    LARGEST,
    MOST_BYTES,
    MOST_FILES,
    MOST_WAITING,
    File,
    FileState,
    Held,
    Purpose,
    Version,
    plain_name,
)
from shared.contracts import practice_files as contract
from shared.platform.errors import Conflict, DextraError, Invalid, NotFound, TooMany

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MADE = (Version("large", "image/webp", 700, "aa", 10, 10), Version("thumb", "image/webp", 70, "bb", 4, 4))


def begun(size: int = 1000, purpose: Purpose = Purpose.SAMPLE, held: Held | None = None) -> File:
    return File.begin("f1", "anna", purpose, "plan.png", size, NOW, held or Held())


@pytest.mark.parametrize(
    ("size", "held", "error"),
    [
        (0, Held(), Invalid),
        (LARGEST[Purpose.SAMPLE] + 1, Held(), Invalid),
        (1000, Held(files=MOST_FILES), Invalid),
        (1000, Held(bytes=MOST_BYTES - 999), Invalid),
        (1000, Held(waiting=MOST_WAITING), TooMany),
    ],
)
def test_what_is_too_much_is_refused_before_a_byte_is_sent(size: int, held: Held, error: type[DextraError]) -> None:
    with pytest.raises(error):
        begun(size, held=held)


def test_what_just_fits_is_taken() -> None:
    assert begun(LARGEST[Purpose.PHOTO], Purpose.PHOTO).state is FileState.UPLOADING
    assert begun(1000, held=Held(MOST_FILES - 1, MOST_BYTES - 1000, MOST_WAITING - 1)).size == 1000


def test_limits_and_parts_are_those_that_the_contract_tells_others() -> None:
    assert {purpose.value: most for purpose, most in LARGEST.items()} == contract.LARGEST
    assert contract.CHUNK == CHUNK


@pytest.mark.parametrize(
    ("size", "parts"), [(1, [1]), (CHUNK, [CHUNK]), (CHUNK + 1, [CHUNK, 1]), (2 * CHUNK, [CHUNK, CHUNK])]
)
def test_a_file_is_sent_in_the_parts_that_its_size_makes(size: int, parts: list[int]) -> None:
    file = begun(size)

    assert file.chunks == len(parts)
    for number, length in enumerate(parts):
        file.require_chunk(number, length)
        with pytest.raises(Invalid):
            file.require_chunk(number, length - 1)
    with pytest.raises(Invalid):
        file.require_chunk(len(parts), 1)
    with pytest.raises(Invalid):
        file.require_chunk(-1, CHUNK)


def test_a_file_is_looked_through_used_and_removed_in_this_order() -> None:
    file = begun()
    with pytest.raises(Conflict):
        file.used()
    ready = file.checked("image/webp", 0, MADE)
    with pytest.raises(Conflict):
        ready.checked("image/webp", 0, MADE)
    with pytest.raises(Conflict):
        ready.require_chunk(0, 1000)
    in_use = ready.used()
    with pytest.raises(Conflict):
        in_use.used()
    gone = in_use.removed()

    assert (ready.size, in_use.state, gone.is_there) == (770, FileState.IN_USE, False)
    for step in (gone.used, gone.removed):
        with pytest.raises(Conflict, match="Upload it again"):
            step()


def test_only_versions_that_were_made_can_be_read_and_all_that_may_be_there_are_erased() -> None:
    ready = begun().checked("image/webp", 0, MADE)

    assert ready.one("thumb") == MADE[1]
    with pytest.raises(NotFound):
        ready.one("document")
    with pytest.raises(NotFound):
        ready.removed().one("thumb")
    assert ready.keys == ("anna/f1/large", "anna/f1/thumb", "anna/f1/document")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.png", "plan.png"), ("C:\\Users\\anna\\piano di viaggio.pdf", "piano di viaggio.pdf"),
        ("../../etc/passwd", "passwd"), ('a"; filename="b.html', "a filename=b.html"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie x"),
        ("", "file"), ("...", "file"), ("\u202egpj.exe", "gpj.exe"), ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_names_lose_their_path_and_what_could_confuse(given: str, kept: str) -> None:
    assert plain_name(given) == kept
