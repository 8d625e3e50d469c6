"""Files that people upload: taken from the form, sent to the service in parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from gateway.caller import caller
from shared.contracts import practice_files as c

V = TypeVar("V", bound=Callable[..., Any])
FORM_BYTES = 1_000_000
"""For the other fields of a form with a file."""
GENEROUS = 3
"""So many times what a file may have is read, so that its form can say what is wrong with nothing else lost."""
LOOK_SECONDS = 20.0


def takes_file(purpose: str) -> Callable[[V], V]:
    """The view's form may carry a file for this purpose; others are cut off at the size of a form."""

    def decorate(view: V) -> V:
        view.takes_file = purpose  # type: ignore[attr-defined]
        return view

    return decorate


def allow_size() -> None:
    """Before anything reads the form: how much of it is read."""
    if purpose := taken():
        request.max_content_length = GENEROUS * c.LARGEST[purpose] + FORM_BYTES


def taken() -> str:
    """What the present view takes files for; "" for other views."""
    view = current_app.view_functions.get(request.endpoint or "")
    return str(getattr(view, "takes_file", ""))


def send(file: FileStorage, purpose: str, key: str) -> Mapping[str, Any]:
    """The file as the service keeps it. Raises Invalid (field `file`) for one that is not taken."""
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    begun = caller.command(
        c.BeginUpload, {"purpose": purpose, "name": (file.filename or "")[-400:], "size": size}, key=f"{key}-begin"
    )
    for number in range(begun["chunks"]):
        part = c.ChunkRequest().dump(
            {"file_id": begun["file_id"], "number": number, "data": file.stream.read(begun["chunk"])}
        )
        caller.command(c.SendChunk, part, key=f"{key}-{number}")
    patience, caller.timeout = caller.timeout, LOOK_SECONDS
    try:
        found: Mapping[str, Any] = caller.command(c.FinishUpload, {"id": begun["file_id"]}, key=f"{key}-finish")
    finally:
        caller.timeout = patience
    return found
