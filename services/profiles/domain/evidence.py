"""Evidence: what shows that an assistant can do what she says. Certificates, and samples of her work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from shared.platform.errors import Conflict, Forbidden, Invalid, Text

MOST = 40
"""Pieces of evidence of one practice."""
ABOUT_MOST = 6


class Kind(StrEnum):
    CERTIFICATE = "certificate"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the assistant says of it. `about`: skills and services (taxonomy) that it shows; `locale`: its language.

    `may_show`: she has confirmed that nothing in it is somebody else's secret.
    """

    kind: Kind
    title: str
    description: str = ""
    locale: str = "en"
    about: tuple[str, ...] = ()
    issuer: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    link: str = ""
    file_id: str = ""
    may_show: bool = False

    def check(self) -> None:
        """Raises Invalid with every rule that does not hold."""
        wrong: dict[str, list[Text]] = {}
        if self.link and not safe_link(self.link):
            wrong["link"] = [Text("Enter an address that begins with https://, such as https://example.com/work.")]
        if self.kind is Kind.CERTIFICATE:
            if not self.issuer.strip():
                wrong["issuer"] = [Text("Say who gave it to you.")]
            if self.issued_on and self.expires_on and self.expires_on < self.issued_on:
                wrong["expires_on"] = [Text("This must be later than the day it was issued.")]
        elif not (self.link or self.file_id):
            wrong["file"] = [Text("Add a file or a link: a sample is something to look at.")]
        if self.file_id and not self.may_show:
            wrong["may_show"] = [Text("Confirm that you may show this. Blacken names and figures of clients first.")]
        if wrong:
            raise Invalid(fields=wrong)

    @classmethod
    def of(cls, request: dict[str, Any]) -> Words:
        """From a loaded request. Who issued a sample, and when, is nobody's question."""
        values = {name: request[name] for name in cls.__slots__ if name in request}
        kind = Kind(request["kind"])
        if kind is Kind.SAMPLE:
            values.update(issuer="", issued_on=None, expires_on=None)
        return cls(**{**values, "kind": kind, "about": tuple(dict.fromkeys(request["about"]))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`place` orders a practice's pieces, lowest first."""

    id: str
    owner_id: str
    words: Words
    place: int
    created_at: datetime
    version: int = 0

    @classmethod
    def add(cls, id: str, owner_id: str, words: Words, places: list[int], at: datetime) -> Evidence:
        """The last of those whose `places` are given. Raises Invalid for wrong words, Conflict when it is one too
        many."""
        if len(places) >= MOST:
            raise Conflict("You have %(most)s pieces of evidence. Remove one before you add another.", most=MOST)
        words.check()
        return cls(id=id, owner_id=owner_id, words=words, place=max(places, default=0) + 1, created_at=at)

    def edit(self, words: Words, seen_version: int) -> Evidence:
        """Raises Conflict when it was changed since `seen_version`, Invalid for wrong words."""
        if seen_version != self.version:
            raise Conflict("This was changed in another window. Reload it, then repeat your change.")
        words.check()
        return replace(self, words=words)

    def require_owner(self, party_id: str) -> None:
        if party_id != self.owner_id:
            raise Forbidden("Only the assistant whose evidence this is can change it.")

    def expired(self, today: date) -> bool:
        return self.words.expires_on is not None and self.words.expires_on < today


def moved(listed: list[Evidence], id: str, *, up: bool) -> list[Evidence]:
    """Those whose place changes when the piece goes one up or down; none where it is at the end already."""
    ordered = sorted(listed, key=lambda piece: piece.place)
    at = next((number for number, piece in enumerate(ordered) if piece.id == id), None)
    to = None if at is None else at - 1 if up else at + 1
    if at is None or to is None or not 0 <= to < len(ordered):
        return []
    one, other = ordered[at], ordered[to]
    return [replace(one, place=other.place), replace(other, place=one.place)]


def safe_link(link: str) -> bool:
    """An https address with a host's name and nothing that hides where it leads."""
    if len(link) > 500 or any(character.isspace() or ord(character) < 32 for character in link):
        return False
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    plain_host = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return parts.scheme == "https" and plain_host and parts.username is None and port in (None, 443)
