"""PDF documents: refused where they could do something by themselves, else written anew from their pages alone.

What a viewer would run, open or send is refused, not cut out: an honest certificate has none of it. Author, program,
dates and other information about the document goes, and what cameras wrote into its pictures.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from services.profiles.inspection.found import Found, Refused, Variant

MOST_PAGES = 60
MOST_OBJECTS = 50_000
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/AA", "/RichMediaContent"})
ACTIVE_ACTIONS = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE", "/Rendition",
        "/Movie", "/Sound", "/RichMediaExecute", "/Trans3D", "/GoTo3DView", "/Hide", "/SetOCGState",
    }
)  # fmt: skip
ACTIVE_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"})
ABOUT_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/AF")


def document(data: bytes) -> Found:
    """Raises Refused."""
    if not data.startswith(b"%PDF-"):
        raise _broken()
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise Refused("This document is locked with a password. Save it without one, then upload it again.")
        pages = len(reader.pages)
        _require_still(reader.trailer)
        if pages > MOST_PAGES:
            raise Refused("This document has %(pages)s pages. Upload at most %(most)s.", pages=pages, most=MOST_PAGES)
        if not pages:
            raise _broken()
        made = _anew(reader)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise _broken() from error
    return Found("application/pdf", (Variant("document", "application/pdf", made),), pages)


def _anew(reader: PdfReader) -> bytes:
    """A new document with the pages of the old one and nothing that hung beside them."""
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    for found in _objects(writer.root_object):
        for key in ABOUT_KEYS:
            found.pop(key, None)
        if isinstance(found, StreamObject) and _filters(found) == ["/DCTDecode"]:
            found._data = without_notes(found._data)  # noqa: SLF001 - as it was encoded
    written = io.BytesIO()
    writer.write(written)
    made = written.getvalue()
    _require_still(PdfReader(io.BytesIO(made)).trailer)
    return made


def _require_still(start: Any) -> None:
    """Raises Refused for whatever would run, open, send or carry something."""
    for found in _objects(start):
        if (
            ACTIVE_KEYS & found.keys()
            or _name(found, "/S") in ACTIVE_ACTIONS
            or _name(found, "/Subtype") in ACTIVE_NOTES
            or _name(found, "/Type") in ("/EmbeddedFile", "/Filespec")
        ):
            raise Refused(
                "This document contains scripts, attachments or forms that send something. "
                "Print it to a new PDF, then upload that."
            )


def _objects(start: Any) -> Iterator[DictionaryObject]:
    """Every dictionary and stream that can be reached from `start`, each once."""
    waiting, seen = [start], set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            if len(seen) > MOST_OBJECTS:
                raise Refused("This document is too complicated. Print it to a new PDF, then upload that.")
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, ArrayObject):
            waiting.extend(item)


def _name(found: DictionaryObject, key: str) -> str:
    """The value, also where it stands elsewhere in the document (which hides it from a first glance)."""
    value = found.get(key)
    return str(value.get_object() if isinstance(value, IndirectObject) else value)


def _filters(stream: StreamObject) -> list[str]:
    named = stream.get("/Filter")
    return [str(named)] if isinstance(named, NameObject) else [str(each) for each in named or ()]


def without_notes(jpeg: bytes) -> bytes:
    """The JPEG without what cameras and programs write into it (APP1, APP13, comments); unread where it is no JPEG."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in (0xE1, 0xED, 0xFE):
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def _broken() -> Refused:
    return Refused("This document cannot be read: it is damaged, or no PDF. Print it to a new PDF, then upload that.")
