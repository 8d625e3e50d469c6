"""Errors as pages: a sentence that says what to do, the request's id, never a traceback."""

from __future__ import annotations

from typing import cast

import structlog
from flask import Flask, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from gateway import sentences as words
from gateway import session, typed
from gateway.uploads import taken
from gateway.web import page
from shared.contracts.practice_files import LARGEST
from shared.platform.errors import DextraError, Internal, Unauthenticated, Unproven

log = structlog.get_logger(__name__)


def sentences(status: int) -> tuple[str, str]:
    """Heading and advice of an error without words of its own."""
    known = {
        400: (_("That did not arrive complete"), _("Please go back, reload the page and try again.")),
        401: (_("Please sign in"), _("This page is for people who are signed in.")),
        403: (
            _("This is not yours to see"),
            _("Your account may not open this page. Are you signed in as the right person?"),
        ),
        404: (_("There is nothing here"), _("The page may have moved, or its address was mistyped.")),
        405: (
            _("That does not work here"),
            _("This address cannot be used in that way. Please go back and try again."),
        ),
        409: (
            _("Somebody was faster"),
            _("What you wanted to change has changed meanwhile. Please go back, reload and look again."),
        ),
        413: (_("That is too large"), _("Please send less at once.")),
        422: (_("Something needs your attention"), _("Please go back and correct what you entered.")),
        429: (
            _("A little too fast"),
            _("You have tried this often within a short time. Please wait a minute and try again."),
        ),
        503: (
            _("Part of Dextra is resting"),
            _("This part does not answer just now. Nothing was lost; please try again in a moment."),
        ),
    }
    if status in known:
        return known[status]
    if 400 <= status < 500:
        return known[400]
    return _("Something broke on our side"), _(
        "It was not your fault. We have been told; please try again in a moment."
    )


def error_page(status: int, sentence: str = "") -> Response:
    heading, advice = sentences(status)
    return page(
        "errors/error.html", status=status, status_code=status, heading=heading, advice=sentence or advice, checked=True
    )


def on_dextra_error(error: DextraError) -> Response:
    if isinstance(error, Unauthenticated):
        return on_session_end()
    if isinstance(error, Unproven):
        return on_missing_proof(error)
    if isinstance(error, Internal):
        log.error("service.broken", request_id=g.request_id)
        return error_page(500)
    sentence = words.translate(error.text)
    if error.fields:
        texts = [words.translate(text) for listed in error.fields.values() for text in listed]
        sentence = " ".join([sentence, *texts])
    return error_page(error.status, sentence)


def on_session_end() -> Response:
    """The session was revoked or has expired: to the same page as a visitor, where visitors may; else to sign in."""
    session.end()
    if kept := typed.kept_page(401):
        return kept
    if request.method == "GET" and not g.get("view_needs_session"):
        return _onwards(request.full_path.rstrip("?"))
    flash(_("Your session has ended. Please sign in again."), "info")
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return _onwards(url_for("auth.sign_in", next=here))


def on_missing_proof(error: Unproven) -> Response:
    """Asks who it is; then back to the page, or to the buttons from which this came."""
    flash(words.translate(error.text), "info")
    here = request.full_path.rstrip("?") if request.method == "GET" else url_for("protection.index")
    return _onwards(url_for("protection.prove", next=here))


def _onwards(to: str) -> Response:
    """A redirect of the whole page, also where htmx asked for a part of one."""
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def on_http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return cast("Response", error.response)
    status = error.code or 500
    if status < 400:
        return Response(status=status)
    sentence = ""
    if isinstance(error, CSRFError) and (kept := typed.kept_page(status)):
        return kept
    if isinstance(error, CSRFError):
        sentence = _(
            "This form was open for too long, or cookies are off. Please go back, reload the page and send it again."
        )
    if status == 413 and (purpose := taken()):
        most = LARGEST[purpose] // 1_000_000
        sentence = _("Please go back and choose a file of at most %(most)s MB.", most=most)
    response = error_page(status, sentence)
    if isinstance(error, RateLimitExceeded):
        response.headers["Retry-After"] = "60"
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


def on_crash(error: Exception) -> Response:
    log.error(
        "page.broken",
        exc_info=error,
        request_id=g.get("request_id", ""),
        path=request.url_rule and str(request.url_rule),
    )
    return error_page(500)


def init_errors(app: Flask) -> None:
    app.register_error_handler(DextraError, on_dextra_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_crash)
