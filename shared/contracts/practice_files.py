"""Profiles, its part about what a practice shows of itself: files, photo, evidence, vanity address."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import (
    LOCALES,
    ById,
    BytesField,
    Id,
    between,
    items,
    known_work,
    length,
    one_of,
    plausible_day,
)
from shared.contracts.profiles import SERVICE, Profile
from shared.platform.contract import Command, Empty, Message, Query

PURPOSES = ("photo", "sample")
KINDS = ("certificate", "sample")
CHUNK = 512 * 1024
"""Bytes of a file that cross in one message, at most."""
LARGEST = {"photo": 8_000_000, "sample": 10_000_000}
PHOTO_SIDES = (96, 192, 384)


# -- files -------------------------------------------------------------------------------------------------------------


class UploadRequest(Message):
    """`name`: what its owner's computer calls it; `size`: in bytes."""

    purpose = fields.String(required=True, validate=one_of(PURPOSES))
    name = fields.String(load_default="", validate=length(0, 400))
    size = fields.Integer(required=True, validate=between(0, 10**12))


class Upload(Message):
    """The file is sent in parts of `chunk` bytes, numbered from 0; all but the last are that long."""

    file_id = fields.String()
    chunk = fields.Integer()
    chunks = fields.Integer()


class ChunkRequest(Message):
    file_id = Id()
    number = fields.Integer(required=True, validate=between(0, 1000))
    data = BytesField(required=True, most=CHUNK)


class FileVersion(Message):
    """`width` and `height` in pixels, 0 for documents."""

    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    width = fields.Integer()
    height = fields.Integer()


class File(Message):
    """A file that was looked through and made anew. `versions`: 96, 192, 384 (photos); large, thumb, document."""

    id = fields.String()
    purpose = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    pages = fields.Integer()
    versions = fields.List(fields.Nested(FileVersion))


class ReadFileRequest(Message):
    id = Id()
    variant = fields.String(required=True, validate=length(1, 20))
    start = fields.Integer(load_default=0, validate=between(0, 10**9))


class FilePart(Message):
    """`data`: at most CHUNK bytes from `start` on; `size`: of the whole version. `public`: anyone may read it."""

    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    public = fields.Boolean()
    data = BytesField(most=CHUNK)


# Assistants: announce a file, send its parts, then have it looked through. Invalid (field `file`) says what is wrong.
BeginUpload = Command(SERVICE, "begin_upload", UploadRequest, Upload)
SendChunk = Command(SERVICE, "send_chunk", ChunkRequest, Empty)
FinishUpload = Command(SERVICE, "finish_upload", ById, File)
# Anyone for what a published profile shows; else its owner and operators.
ReadFile = Query(SERVICE, "read_file", ReadFileRequest, FilePart)


# -- photo -------------------------------------------------------------------------------------------------------------


class PhotoRequest(Message):
    file_id = Id()


SetPhoto = Command(SERVICE, "set_photo", PhotoRequest, Profile)
RemovePhoto = Command(SERVICE, "remove_photo", Empty, Profile)


# -- evidence ----------------------------------------------------------------------------------------------------------


class EvidenceWords(Message):
    """A certificate needs `issuer`, a sample a file or a link. A file needs `may_show`."""

    kind = fields.String(required=True, validate=one_of(KINDS))
    title = fields.String(required=True, validate=length(1, 140))
    description = fields.String(load_default="", validate=length(0, 1000))
    locale = fields.String(load_default="en", validate=one_of(LOCALES))
    about = fields.List(fields.String(validate=known_work), load_default=list, validate=items(0, 6))
    issuer = fields.String(load_default="", validate=length(0, 140))
    issued_on = fields.Date(load_default=None, allow_none=True, validate=plausible_day)
    expires_on = fields.Date(load_default=None, allow_none=True, validate=plausible_day)
    link = fields.String(load_default="", validate=length(0, 500))
    file_id = fields.String(load_default="", validate=length(0, 80))
    may_show = fields.Boolean(load_default=False)


class SaveEvidenceRequest(EvidenceWords):
    """`id` and `version` of the piece that is changed; empty and 0 for a new one."""

    id = fields.String(load_default="", validate=length(0, 80))
    version = fields.Integer(load_default=0)


class Evidence(EvidenceWords):
    """`expired`: its `expires_on` has passed."""

    id = fields.String()
    version = fields.Integer()
    expired = fields.Boolean()
    file = fields.Nested(File, allow_none=True)


class EvidenceList(Message):
    """In the order that the assistant chose. `bytes`, `most_bytes`: what her files take and may (own list only)."""

    items = fields.List(fields.Nested(Evidence))
    bytes = fields.Integer()
    most_bytes = fields.Integer()


class MoveRequest(Message):
    id = Id()
    up = fields.Boolean(required=True)


SaveEvidence = Command(SERVICE, "save_evidence", SaveEvidenceRequest, Evidence)
RemoveEvidence = Command(SERVICE, "remove_evidence", ById, Empty)
MoveEvidence = Command(SERVICE, "move_evidence", MoveRequest, Empty)
ListMyEvidence = Query(SERVICE, "list_my_evidence", Empty, EvidenceList)
# `id` is the assistant's. NotFound while her profile is not published, except for her and operators.
ListEvidence = Query(SERVICE, "list_evidence", ById, EvidenceList)
# The owner's own file that waits for a form, or is in use.
GetFile = Query(SERVICE, "get_file", ById, File)


# -- vanity address ----------------------------------------------------------------------------------------------------


class NameRequest(Message):
    name = fields.String(required=True, validate=length(0, 200))


class NameCheck(Message):
    """`name` as it would be kept; `free` for this reader; `problem`: a sentence's template and parameters, or null."""

    name = fields.String()
    free = fields.Boolean()
    problem = fields.Dict(keys=fields.String(), allow_none=True)


class MyAddress(Message):
    """`current`: "" where none was chosen. `old` ones lead on to it. `suggestions` were free a moment ago."""

    current = fields.String()
    old = fields.List(fields.String())
    suggestions = fields.List(fields.String())


class Resolved(Message):
    """`name`: the current one of that practice, which may be another than was asked for."""

    assistant_id = fields.String()
    name = fields.String()


CheckAddress = Query(SERVICE, "check_address", NameRequest, NameCheck)
ChooseAddress = Command(SERVICE, "choose_address", NameRequest, Profile)
DropAddress = Command(SERVICE, "drop_address", Empty, Profile)
GetMyAddress = Query(SERVICE, "get_my_address", Empty, MyAddress)
# Anyone. NotFound where nobody has the name.
ResolveAddress = Query(SERVICE, "resolve_address", NameRequest, Resolved)
