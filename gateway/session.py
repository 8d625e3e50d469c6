"""Who is signed in: a signed cookie with the session's token and what pages need of the account.

The cookie is Flask's own (signed by itsdangerous, HttpOnly, SameSite=Lax, Secure by setting). The token inside it is
checked with `accounts` beside each page's queries, see caller.py; a positive check is remembered for a few seconds.
"""

from __future__ import annotations

import functools
import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import current_app, flash, g, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shared.platform.errors import Forbidden

P = ParamSpec("P")
R = TypeVar("R")
MOST_CHECKS = 20_000


@dataclass(frozen=True, slots=True)
class Session:
    """The signed-in account as the cookie knows it."""

    token: str
    session_id: str
    account_id: str
    name: str
    email: str
    roles: tuple[str, ...]
    locale: str
    time_zone: str
    email_confirmed: bool

    def has(self, role: str) -> bool:
        return role in self.roles


class Checks:
    """Tokens that were found valid a moment ago, so that a burst of requests costs one check."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: dict[bytes, float] = {}
        self._lock = threading.Lock()

    @staticmethod
    def _digest(token: str) -> bytes:
        return hashlib.sha256(token.encode()).digest()

    def known_good(self, token: str) -> bool:
        return self._until.get(self._digest(token), 0.0) > time.monotonic()

    def remember(self, token: str) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._until) >= MOST_CHECKS:
                self._until = {digest: until for digest, until in self._until.items() if until > now}
            self._until[self._digest(token)] = now + self.seconds

    def forget(self, token: str) -> None:
        with self._lock:
            self._until.pop(self._digest(token), None)


def _checks() -> Checks:
    checks: Checks = current_app.extensions["dextra.checks"]
    return checks


def known_good(token: str) -> bool:
    return _checks().known_good(token)


def current() -> Session | None:
    """Who is signed in, or None for a visitor."""
    if "session" not in g:
        kept = cookie.get("who")
        try:
            g.session = Session(**{**kept, "roles": tuple(kept["roles"])}) if kept else None
        except (TypeError, KeyError):  # a cookie of an older release
            cookie.pop("who", None)
            g.session = None
    found: Session | None = g.session
    return found


def required() -> Session:
    """Who is signed in, in a view that `needs` somebody."""
    found = current()
    assert found is not None, "the view lacks @needs"
    return found


def begin(signed_in: Mapping[str, Any]) -> None:
    """Signs the reader in with the answer of SignIn or SignUp. What the visitor's cookie held is dropped (fixation)."""
    _forget()
    cookie.permanent = True
    _keep(signed_in["token"], signed_in.get("session_id", ""), signed_in["account"])
    _checks().remember(signed_in["token"])


def end() -> None:
    """Signs the reader out of this browser."""
    found = current()
    if found:
        _checks().forget(found.token)
    _forget()
    g.session = None


def _forget() -> None:
    """Empties the cookie, except for the language chosen in this browser."""
    if g.get("without_cookie"):  # the API's callers have none
        return
    language = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language
    for name in ("caller", "csrf_token"):
        g.pop(name, None)


def confirmed(account: Mapping[str, Any]) -> None:
    """The check found the session valid: remembers that, and renews the cookie when the account has changed."""
    found = required()
    _checks().remember(found.token)
    renew(account)


def renew(account: Mapping[str, Any]) -> None:
    """Takes over what has changed of the account."""
    found = required()
    _keep(found.token, found.session_id, account)


def _keep(token: str, session_id: str, account: Mapping[str, Any]) -> None:
    fresh = Session(
        token=token,
        session_id=session_id,
        account_id=account["id"],
        name=account["name"],
        email=account.get("email", ""),
        roles=tuple(account["roles"]),
        locale=account["locale"],
        time_zone=account["time_zone"],
        email_confirmed=bool(account["email_confirmed"]),
    )
    kept = {**asdict(fresh), "roles": list(fresh.roles)}
    if not g.get("without_cookie") and cookie.get("who") != kept:
        cookie["who"] = kept
    g.session = fresh


def needs(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """The view is for people who are signed in and have one of the roles (any, when none is named)."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            found = current()
            if found is None:
                return to_sign_in()
            if roles and not any(found.has(role) for role in roles):
                raise Forbidden(
                    "This page is for another kind of account. You can add a role in your account's settings."
                )
            return view(*args, **kwargs)

        guarded.needs_session = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def to_sign_in() -> Response:
    """To the sign-in page, and back here afterwards."""
    flash(_("Please sign in first."), "info")
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("auth.sign_in", next=here or None))


def safe_next(fallback: str) -> str:
    """Where `next` of the request leads, if that is a path of ours."""
    target = request.values.get("next", "")
    try:
        parts = urlsplit(target)
    except ValueError:  # `//[`
        return fallback
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and "\\" not in target
    return target if inside and not any(ord(character) < 32 for character in target) else fallback
