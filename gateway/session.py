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
from dataclasses import asdict, dataclass, replace
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import current_app, flash, g, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shared.platform.context import Actor
from shared.platform.contract import Command
from shared.platform.errors import Forbidden, Unauthenticated

P = ParamSpec("P")
R = TypeVar("R")
MOST_CHECKS = 20_000


@dataclass(frozen=True, slots=True)
class Membership:
    """A company that the account may act for, and as what."""

    company_id: str
    name: str
    role: str


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
    companies: tuple[Membership, ...] = ()
    acting_for: str = ""
    """The company that is acted for at present, one of `companies`; empty: for themselves."""

    def has(self, role: str) -> bool:
        """Whether pages for this role are theirs now: who acts for a company is a client and nothing else."""
        return role == "client" if self.acting_for else role in self.roles

    @property
    def company(self) -> Membership | None:
        """The company acted for."""
        return next((each for each in self.companies if each.company_id == self.acting_for), None)

    @property
    def party_id(self) -> str:
        """Whose things they are: the company's that is acted for, else their own."""
        return self.acting_for or self.account_id

    @property
    def actor(self) -> Actor:
        """As services are told of it."""
        if self.company is None:
            return Actor(self.account_id, frozenset(self.roles))
        return Actor(self.account_id, frozenset({"client"}), self.acting_for, self.company.role, self.name)

    def may(self, command: Command) -> bool:
        """Whether their role in the company acted for lets them do it. What they may for themselves, services say."""
        return self.company is None or command.personal or self.company.role in command.colleagues


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
        """`token`: a session's secret, with the company and the role that it claims."""
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


def known_good(found: Session) -> bool:
    return _checks().known_good(_claim(found))


def _claim(found: Session) -> str:
    """What a check has to be about: an older cookie of the same session may claim a role that was taken away since."""
    role = found.company.role if found.company else ""
    return f"{found.token}:{found.acting_for}:{role}"


def current() -> Session | None:
    """Who is signed in, or None for a visitor."""
    if "session" not in g:
        kept = cookie.get("who")
        try:
            g.session = of_claims(kept) if kept else None
        except (TypeError, KeyError):  # a cookie of an older release
            cookie.pop("who", None)
            g.session = None
    found: Session | None = g.session
    return found


def of_claims(kept: Mapping[str, Any]) -> Session:
    """From a cookie's or an API token's contents. Raises TypeError or KeyError for those of an older release."""
    companies = tuple(Membership(**each) for each in kept.get("companies", ()))
    return Session(**{**kept, "roles": tuple(kept["roles"]), "companies": companies})


def required() -> Session:
    """Who is signed in, in a view that `needs` somebody."""
    found = current()
    assert found is not None, "the view lacks @needs"
    return found


def begin(signed_in: Mapping[str, Any]) -> None:
    """Signs the reader in with the answer of SignIn or SignUp. What the visitor's cookie held is dropped (fixation)."""
    _forget()
    cookie.permanent = True
    _checks().remember(_claim(_keep(signed_in["token"], signed_in.get("session_id", ""), signed_in["account"])))


def end() -> None:
    """Signs the reader out of this browser."""
    found = current()
    if found:
        _checks().forget(_claim(found))
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
    """The check found the session valid: remembers that, and renews the cookie when the account has changed.

    Raises Forbidden when the company that was acted for lets them act no more.
    """
    acted_for = required().company
    renew(account)
    _checks().remember(_claim(required()))
    if acted_for is not None and required().company is None:
        sentence = "You do not belong to %(company)s any more. You act for yourself again."
        raise Forbidden(sentence, company=acted_for.name)


def renew(account: Mapping[str, Any]) -> None:
    """Takes over what has changed of the account."""
    found = required()
    _keep(found.token, found.session_id, account, found.acting_for)


def act_for(company_id: str) -> Membership | None:
    """Acts for one of the account's companies from now on, or for themselves (""). Raises Forbidden for another one."""
    found = required()
    if company_id and company_id not in {each.company_id for each in found.companies}:
        raise Forbidden("You do not belong to this company, or not any more.")
    _store(replace(found, acting_for=company_id))
    g.pop("caller", None)
    return required().company


def _keep(token: str, session_id: str, account: Mapping[str, Any], acting_for: str = "") -> Session:
    companies = tuple(Membership(**each) for each in account.get("companies") or ())
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
        companies=companies,
        acting_for=acting_for if acting_for in {each.company_id for each in companies} else "",
    )
    _store(fresh)
    return fresh


def _store(fresh: Session) -> None:
    kept = {**asdict(fresh), "roles": list(fresh.roles), "companies": [asdict(each) for each in fresh.companies]}
    if not g.get("without_cookie") and cookie.get("who") != kept:
        cookie["who"] = kept
    g.session = fresh


def needs(*roles: str, to: Command | None = None) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """The view is for people who are signed in and have one of the roles (any, when none is named).

    `to`: what it is there to do; a colleague whose role does not allow it is told so before, not after they have typed.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            found = current()
            if found is None and request.method == "POST":
                raise Unauthenticated("Please sign in first.")
            if found is None:
                return to_sign_in()
            if roles and not any(found.has(role) for role in roles):
                raise Forbidden(
                    "This page is for another kind of account. You can add a role in your account's settings."
                )
            if to is not None and not found.may(to):
                raise Forbidden("Your role in this company lets you read this, but not do it. Ask one of its owners.")
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
