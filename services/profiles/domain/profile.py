"""Profiles: draft → published ⇄ unpublished. What an assistant says of her practice, and when it may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.platform.errors import Conflict, Forbidden, Invalid, NotFound, Text
from shared.platform.machine import Machine, Step
from shared.platform.money import Money


class ProfileState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


class Role(StrEnum):
    OWNER = "owner"


_OWNER = frozenset({Role.OWNER})
PROFILES: Machine[ProfileState, Role] = Machine(
    {
        "publish": Step(
            frozenset({ProfileState.DRAFT, ProfileState.UNPUBLISHED}),
            ProfileState.PUBLISHED,
            _OWNER,
            "Only its owner can publish a profile.",
        ),
        "unpublish": Step(
            frozenset({ProfileState.PUBLISHED}),
            ProfileState.UNPUBLISHED,
            _OWNER,
            "Only its owner can take a profile back.",
        ),
    },
    not_now="This profile is in the state %(state)s. What you can do now: %(allowed)s.",
    no_more="This profile is in the state %(state)s; it can no longer be changed.",
)


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill of the taxonomy at a level from 1 to 4."""

    code: str
    level: int


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """A language (ISO 639-1) at a level of the Common European Framework."""

    code: str
    cefr: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours on a weekday (mon…sun), HH:MM on the half hour, in the profile's zone."""

    day: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Retainer:
    """A flat fee a month with `included_minutes` of work."""

    fee: Money
    included_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the assistant wrote. `capacity_minutes` and `minimum_weekly_minutes` are a week's.

    `target_industries`: the lines of business she works for best; `notice_days`: how long before she can begin.
    """

    display_name: str
    headline: str
    story: str = ""
    story_locale: str = "en"
    level: str
    services: tuple[str, ...]
    skills: tuple[Skill, ...]
    languages: tuple[SpokenLanguage, ...]
    time_zone: str
    working_hours: tuple[Hours, ...]
    capacity_minutes: int
    minimum_weekly_minutes: int = 0
    hourly_rate: Money
    retainer: Retainer | None = None
    target_industries: tuple[str, ...] = ()
    notice_days: int = 0

    def check(self) -> None:
        """Raises Invalid with every rule that does not hold."""
        wrong = {**self._twice(), **_wrong_hours(self.working_hours), **self._wrong_rates()}
        if self.minimum_weekly_minutes > self.capacity_minutes:
            wrong["minimum_weekly_minutes"] = [Text("This is more than the hours you have in a week.")]
        if wrong:
            raise Invalid(fields=wrong)

    def _twice(self) -> dict[str, list[Text]]:
        paths = [
            *(f"services.{number}" for number in _repeated(self.services)),
            *(f"target_industries.{number}" for number in _repeated(self.target_industries)),
            *(f"skills.{number}.code" for number in _repeated([skill.code for skill in self.skills])),
            *(f"languages.{number}.code" for number in _repeated([language.code for language in self.languages])),
        ]
        return {path: [Text("This is in the list twice.")] for path in paths}

    def _wrong_rates(self) -> dict[str, list[Text]]:
        wrong: dict[str, list[Text]] = {}
        if self.hourly_rate.amount <= 0:
            wrong["hourly_rate"] = [Text("Enter your rate for an hour.")]
        if self.retainer is not None:
            if self.retainer.fee.amount <= 0:
                wrong["retainer.fee"] = [Text("Enter your fee for a month.")]
            elif self.retainer.fee.currency != self.hourly_rate.currency:
                wrong["retainer.fee"] = [Text("Use the same currency as for your hourly rate.")]
        return wrong

    @classmethod
    def of(cls, request: dict[str, Any]) -> Content:
        """From a loaded request."""
        values = {name: request[name] for name in cls.__slots__ if name in request}
        values["services"] = tuple(request["services"])
        values["target_industries"] = tuple(request.get("target_industries", ()))
        values["skills"] = tuple(Skill(**skill) for skill in request["skills"])
        values["languages"] = tuple(SpokenLanguage(**language) for language in request["languages"])
        values["working_hours"] = tuple(Hours(**hours) for hours in request["working_hours"])
        values["retainer"] = Retainer(**request["retainer"]) if request["retainer"] else None
        return cls(**values)


def _repeated(codes: Sequence[str]) -> list[int]:
    """Positions of codes that stand further up already."""
    return [number for number, code in enumerate(codes) if code in codes[:number]]


def _wrong_hours(listed: Sequence[Hours]) -> dict[str, list[Text]]:
    """Hours that end before they start, or lie over others of the same day."""
    wrong: dict[str, list[Text]] = {}
    taken_until: dict[str, str] = {}
    for number, hours in sorted(enumerate(listed), key=lambda entry: entry[1].start):
        if hours.end <= hours.start:
            wrong[f"working_hours.{number}.end"] = [Text("This must be later than the start.")]
        elif hours.start < taken_until.get(hours.day, ""):
            wrong[f"working_hours.{number}.start"] = [Text("This overlaps with other hours of the day.")]
        taken_until[hours.day] = max(hours.end, taken_until.get(hours.day, ""))
    return wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`id` is the assistant's account. Instants are in UTC."""

    id: str
    content: Content
    state: ProfileState = ProfileState.DRAFT
    published_at: datetime | None = None
    updated_at: datetime
    version: int = 0

    @classmethod
    def draft(cls, id: str, content: Content, at: datetime) -> Profile:
        """A first save. Raises Invalid for wrong content."""
        content.check()
        return cls(id=id, content=content, updated_at=at)

    @classmethod
    def imported(cls, id: str, content: Content, at: datetime) -> Profile:
        """Published at once: an operator vouches for the account. Raises Invalid for wrong content."""
        return cls.draft(id, content, at).publish(at, address_confirmed=True)

    @property
    def is_published(self) -> bool:
        return self.state is ProfileState.PUBLISHED

    def edit(self, content: Content, at: datetime, seen_version: int) -> Profile:
        """Raises Conflict when it was changed since `seen_version`, Invalid for wrong content."""
        if seen_version != self.version:
            raise Conflict("This profile was changed in another window. Reload it, then repeat your change.")
        content.check()
        return replace(self, content=content, updated_at=at)

    def priced(self, hourly_rate: Money | None, retainer: Retainer | None, at: datetime) -> Profile:
        """The same with the rates of its rate card (None: it sells nothing by the hour); itself when they are the
        same already."""
        content = replace(self.content, hourly_rate=hourly_rate or self.content.hourly_rate, retainer=retainer)
        return self if content == self.content else replace(self, content=content, updated_at=at)

    def publish(self, at: datetime, *, address_confirmed: bool) -> Profile:
        state = PROFILES.target(self.state, "publish", Role.OWNER)
        if not address_confirmed:
            raise Conflict("Confirm your e-mail address first: use the link that we sent you, or ask for a new one.")
        self.content.check()
        return replace(self, state=state, published_at=self.published_at or at, updated_at=at)

    def unpublish(self, at: datetime) -> Profile:
        return replace(self, state=PROFILES.target(self.state, "unpublish", Role.OWNER), updated_at=at)

    def require_readable(self, party_id: str, *, operator: bool) -> None:
        """Raises NotFound for strangers while it is not published."""
        if not (self.is_published or operator or party_id == self.id):
            raise NotFound("This profile is not published, or not any more.")


def require_assistant(*, assistant: bool) -> None:
    if not assistant:
        raise Forbidden("Profiles are for assistants. Add the role of an assistant in your account's settings.")


@contextmanager
def within(path: str) -> Iterator[None]:
    """Puts `path` before the names of the fields that are found wrong: one profile of a list of them."""
    try:
        yield
    except Invalid as error:
        raise Invalid(fields={f"{path}.{name}": texts for name, texts in error.fields.items()}) from error
