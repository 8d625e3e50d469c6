"""Files of practices, as browsers get them: only what we made of an upload, and never as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, g, request, stream_with_context
from werkzeug.http import dump_options_header

from gateway.caller import caller
from shared.contracts import practice_files as c

pages = Blueprint("files", __name__)

POLICY = "default-src 'none'; sandbox"
SHOWN = frozenset({"image/webp"})
"""What a browser may show in place; all else is downloaded."""
ENDINGS = {"image/webp": "webp", "application/pdf": "pdf"}
MONTH = 30 * 86_400


@pages.get("/files/<id>/<variant>")
def show(id: str, variant: str) -> Response:
    """The content of an id never changes: what anyone may read is kept by browsers and proxies."""
    g.without_cookie = True  # else a proxy would keep a reader's cookie with the picture
    caller.check()
    first = caller.query(c.ReadFile, {"id": id, "variant": variant})
    if first["media_type"] not in ENDINGS:
        abort(404)
    response = Response(stream_with_context(_parts(id, variant, first)), mimetype=first["media_type"])
    response.content_length = first["size"]
    response.set_etag(first["sha256"])
    response.headers["Cache-Control"] = (
        f"public, max-age={MONTH}, immutable" if first["public"] else "private, no-store"
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Disposition"] = _disposition(first)
    response.make_conditional(request)
    return response


def _parts(id: str, variant: str, first: dict[str, Any]) -> Iterator[bytes]:
    part, sent = _bytes(first), 0
    while part:
        yield part
        sent += len(part)
        if sent >= first["size"]:
            return
        part = _bytes(caller.query(c.ReadFile, {"id": id, "variant": variant, "start": sent}))


def _bytes(answer: dict[str, Any]) -> bytes:
    data: bytes = c.FilePart().load(answer)["data"]
    return data


def _disposition(first: dict[str, Any]) -> str:
    """With the name it came under, and the ending of what it is now."""
    stem = first["name"].rpartition(".")[0] or first["name"]
    name = f"{stem}.{ENDINGS[first['media_type']]}"
    return dump_options_header("inline" if first["media_type"] in SHOWN else "attachment", {"filename": name})
