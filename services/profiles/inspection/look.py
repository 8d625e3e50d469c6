"""`look` at an uploaded file: in a process of its own, which this module also is (`python -m`).

The kind is told by the content, never by the name.
"""

from __future__ import annotations

import sys

from services.profiles.inspection.found import Found, Refused, read, written
from shared.platform.child import AllBusy, ChildFailed, limit, run_child
from shared.platform.errors import Unavailable

MEMORY = 1_500_000_000
CPU_SECONDS = 12
SECONDS = 12.0
MODULE = "services.profiles.inspection.look"


def look(purpose: str, data: bytes) -> Found:
    """Raises Refused, with a sentence for the person who sent it; Unavailable where too many files wait."""
    try:
        return read(run_child(MODULE, purpose.encode() + b"\n" + data, seconds=SECONDS))
    except AllBusy as error:
        raise Unavailable("Many files are being looked through just now. Please try again in a moment.") from error
    except ChildFailed as error:
        raise Refused("This file could not be looked through. Save it anew, then upload that.") from error


def look_here(purpose: str, data: bytes) -> Found:
    """The same in this process: what the child does. Raises Refused."""
    from services.profiles.inspection import documents, images  # noqa: PLC0415 - the service needs neither

    if purpose != "photo" and data.startswith(b"%PDF-"):
        return documents.document(data)
    if not is_picture(data):
        if purpose == "photo":
            raise Refused("This is no picture that we can use. Choose a JPEG, PNG or WebP.")
        raise Refused("Files of this kind are not taken. Choose a PDF, or a picture (JPEG, PNG or WebP).")
    return images.READERS[purpose](data)


def is_picture(data: bytes) -> bool:
    riff = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return riff or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def main() -> None:
    limit(memory=MEMORY, seconds=CPU_SECONDS)
    purpose, _, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        answer = written(look_here(purpose.decode(), data))
    except Refused as refused:
        answer = written(refused)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
