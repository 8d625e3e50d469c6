"""Briefs: draft → open ⇄ paused → filled | closed | expired | removed; closed and expired ones open again for 90
days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound, Text
from shared.platform.machine import Machine, Step
from shared.platform.money import Money

LIFETIME = timedelta(days=30)
"""After the last activity (an edit, an offer) an open brief expires."""
WARNING = timedelta(days=5)
REOPEN_WITHIN = timedelta(days=90)
LATEST_PAST_START = timedelta(days=7)


class BriefState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    FILLED = "filled"
    CLOSED = "closed"
    EXPIRED = "expired"
    REMOVED = "removed"


class Role(StrEnum):
    CLIENT = "client"
    OPERATOR = "operator"
    SYSTEM = "system"


_S = BriefState
_CLIENT, _OPERATOR, _SYSTEM = (frozenset({role}) for role in Role)

BRIEFS: Machine[BriefState, Role] = Machine(
    {
        "publish": Step(frozenset({_S.DRAFT}), _S.OPEN, _CLIENT, "Only the client can publish a brief."),
        "pause": Step(frozenset({_S.OPEN}), _S.PAUSED, _CLIENT, "Only the client can pause a brief."),
        "resume": Step(frozenset({_S.PAUSED}), _S.OPEN, _CLIENT, "Only the client can resume a brief."),
        "close": Step(frozenset({_S.OPEN, _S.PAUSED}), _S.CLOSED, _CLIENT, "Only the client can close a brief."),
        "reopen": Step(frozenset({_S.CLOSED, _S.EXPIRED}), _S.OPEN, _CLIENT, "Only the client can open a brief again."),
        "expire": Step(frozenset({_S.OPEN}), _S.EXPIRED, _SYSTEM),
        "fill": Step(frozenset({_S.OPEN, _S.PAUSED}), _S.FILLED, _SYSTEM),
        "remove": Step(frozenset(_S) - {_S.REMOVED}, _S.REMOVED, _OPERATOR, "Only operators can remove a brief."),
    },
    not_now="This brief is in the state %(state)s. What you can do now: %(allowed)s.",
    no_more="This brief is in the state %(state)s; it can no longer be changed.",
)
EDITABLE = frozenset({_S.DRAFT, _S.OPEN, _S.PAUSED})


@dataclass(frozen=True, slots=True)
class SkillWish:
    """A skill of the taxonomy at a level from 1 to 4."""

    code: str
    level: int


@dataclass(frozen=True, slots=True)
class LanguageWish:
    """A language (ISO 639-1) at a level of the Common European Framework."""

    code: str
    cefr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the client wrote. `budget` is the most they pay: an hour (hourly) or a month (retainer)."""

    title: str
    text: str = ""
    text_locale: str = "en"
    level: str
    services: tuple[str, ...] = ()
    required_skills: tuple[SkillWish, ...] = ()
    preferred_skills: tuple[SkillWish, ...] = ()
    languages: tuple[LanguageWish, ...] = ()
    engagement: str
    weekly_minutes: int
    budget: Money
    time_zone: str
    day_start: str = "09:00"
    day_end: str = "18:00"
    overlap_minutes: int = 120
    start_on: date
    duration: str = ""
    industry: str = ""

    def check(self) -> None:
        """Raises Invalid with every rule that does not hold."""
        wrong = self._twice()
        if self.budget.amount <= 0:
            wrong["budget"] = [Text("Enter what you can pay at most.")]
        length = _minutes(self.day_end) - _minutes(self.day_start)
        if length <= 0:
            wrong["day_end"] = [Text("Your day must end after it starts.")]
        elif self.overlap_minutes > length:
            wrong["overlap_minutes"] = [Text("This is longer than your working day.")]
        if wrong:
            raise Invalid(fields=wrong)

    def _twice(self) -> dict[str, list[Text]]:
        required = [wish.code for wish in self.required_skills]
        preferred = [wish.code for wish in self.preferred_skills]
        paths = [
            *(f"services.{number}" for number in _repeated(self.services)),
            *(f"required_skills.{number}.code" for number in _repeated(required)),
            *(f"preferred_skills.{number}.code" for number in _repeated(preferred)),
            *(f"languages.{number}.code" for number in _repeated([wish.code for wish in self.languages])),
        ]
        wrong = {path: [Text("This is in the list twice.")] for path in paths}
        for number, code in enumerate(preferred):
            if code in required:
                wrong[f"preferred_skills.{number}.code"] = [Text("This is among the required skills already.")]
        return wrong

    @classmethod
    def of(cls, request: dict[str, Any]) -> Content:
        """From a loaded request."""
        values = {name: request[name] for name in cls.__slots__ if name in request}
        values["services"] = tuple(request["services"])
        for field in ("required_skills", "preferred_skills"):
            values[field] = tuple(SkillWish(**wish) for wish in request[field])
        values["languages"] = tuple(LanguageWish(**wish) for wish in request["languages"])
        return cls(**values)


def _repeated(codes: Sequence[str]) -> list[int]:
    """Positions of codes that stand further up already."""
    return [number for number, code in enumerate(codes) if code in codes[:number]]


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A brief in one of its states. Instants are in UTC."""

    id: str
    client_id: str
    content: Content
    state: BriefState = BriefState.DRAFT
    created_at: datetime
    updated_at: datetime
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    end_reason: str = ""
    version: int = 0

    def require_client(self, party_id: str) -> None:
        """Raises NotFound for everybody else: that a brief exists is nobody's business."""
        if party_id != self.client_id:
            raise NotFound("This brief does not exist, or it is not yours.")

    def edit(self, content: Content, at: datetime, seen_version: int) -> Brief:
        """Raises Conflict when it is over or was changed since `seen_version`, Invalid for wrong content."""
        if self.state not in EDITABLE:
            raise Conflict(
                "This brief is in the state %(state)s; it can no longer be edited. Open it again first.",
                state=self.state.value,
            )
        if seen_version != self.version:
            raise Conflict("This brief was changed in another window. Reload it, then repeat your change.")
        content.check()
        return replace(self, content=content, updated_at=at).touched(at)

    def touched(self, at: datetime) -> Brief:
        """Activity: an open brief lives on for 30 days from then."""
        if self.state is not BriefState.OPEN:
            return self
        return replace(self, expires_at=at + LIFETIME)

    def publish(self, by: Role, at: datetime, *, address_confirmed: bool) -> Brief:
        opened = replace(self._moved("publish", by, at), opened_at=at)
        if not address_confirmed:
            raise Conflict("Confirm your e-mail address first: use the link that we sent you, or ask for a new one.")
        self.content.check()
        if self.content.start_on < (at - LATEST_PAST_START).date():
            raise Invalid.field("start_on", "This day is long past. Choose a day from today on.")
        return opened.touched(at)

    def pause(self, by: Role, at: datetime) -> Brief:
        return replace(self._moved("pause", by, at), expires_at=None)

    def resume(self, by: Role, at: datetime) -> Brief:
        return self._moved("resume", by, at).touched(at)

    def close(self, by: Role, at: datetime, reason: str) -> Brief:
        return self._ended("close", by, at, reason)

    def expire(self, at: datetime) -> Brief:
        return self._ended("expire", Role.SYSTEM, at, "")

    def fill(self, at: datetime) -> Brief:
        return self._ended("fill", Role.SYSTEM, at, "")

    def remove(self, by: Role, at: datetime, reason: str) -> Brief:
        removed = self._ended("remove", by, at, reason)
        if not removed.end_reason:
            raise Invalid.field("reason", "State the reason: the client will read it.")
        return removed

    def reopen(self, by: Role, at: datetime) -> Brief:
        """Raises Conflict after 90 days. A start that has passed meanwhile becomes the day in the client's zone."""
        opened = self._moved("reopen", by, at)
        if self.ended_at is not None and at - self.ended_at > REOPEN_WITHIN:
            raise Conflict("This brief ended more than %(days)s days ago. Write a new one.", days=REOPEN_WITHIN.days)
        today = at.astimezone(ZoneInfo(self.content.time_zone)).date()
        content = replace(self.content, start_on=max(self.content.start_on, today))
        return replace(opened, content=content, ended_at=None, end_reason="").touched(at)

    @property
    def warn_at(self) -> datetime | None:
        return self.expires_at - WARNING if self.expires_at else None

    def _moved(self, event: str, by: Role, at: datetime) -> Brief:
        return replace(self, state=BRIEFS.target(self.state, event, by), updated_at=at)

    def _ended(self, event: str, by: Role, at: datetime, reason: str) -> Brief:
        return replace(self._moved(event, by, at), ended_at=at, expires_at=None, end_reason=reason.strip())


def role_of(brief: Brief, party_id: str, *, operator: bool) -> Role:
    """The acting side. Raises NotFound for a stranger."""
    if party_id == brief.client_id:
        return Role.CLIENT
    if operator:
        return Role.OPERATOR
    raise NotFound("This brief does not exist, or it is not yours.")


def require_client_account(*, client: bool) -> None:
    if not client:
        raise Forbidden("Briefs are written by clients. Add the role of a client in your account's settings.")
