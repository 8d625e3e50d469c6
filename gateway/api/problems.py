"""Errors as RFC 9457 problem details: `application/problem+json`, in the caller's language, with every wrong field."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Response, g, json, request
from werkzeug.exceptions import HTTPException

from gateway import sentences as words
from shared.platform.errors import DextraError

log = structlog.get_logger(__name__)

TITLES = {
    "not_found": "Not found",
    "unauthenticated": "Sign in first",
    "forbidden": "Not allowed",
    "unproven": "Show who you are once more",
    "conflict": "Conflict",
    "invalid": "Invalid input",
    "unavailable": "Unavailable",
    "too_many": "Too many attempts",
    "internal": "Internal error",
}


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """`type` is a relative address that the API's documentation explains; `instance` names the request in the logs."""
    body = {
        "type": f"/api/v1/docs#{code}",
        "title": TITLES.get(code, code.replace("_", " ").capitalize()),
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{g.get('request_id', '')}",
        **more,
    }
    return Response(json.dumps(body), status=status, content_type="application/problem+json")


def of_error(error: DextraError) -> Response:
    errors = [
        {"field": name, "message": words.translate(text)} for name, texts in error.fields.items() for text in texts
    ]
    more = {"errors": errors} if errors else {}
    response = problem(error.status, error.code, words.translate(error.text), **more)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="dextra"'
    if error.status == 503:
        response.headers["Retry-After"] = "1"
    return response


def of_http(error: HTTPException) -> Response:
    """Errors that Flask finds before a service is asked: no such path, wrong method, malformed JSON, too large."""
    status = error.code or 500
    response = problem(status, (error.name or "error").lower().replace(" ", "_"), error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def of_crash(error: Exception) -> Response:
    log.error("api.broken", exc_info=error, path=request.url_rule and str(request.url_rule))
    detail = "Something went wrong on our side. Please try again in a moment."
    return problem(500, "internal", detail)
