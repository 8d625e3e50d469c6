"""Profiles: draft → published ⇄ unpublished. What an assistant says of her practice, and when it may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Told:
    """Headline and story in one more language."""

    locale: str
    headline: str
    story: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the practice; clients see who is `public`. The role is in the profile's main language."""

    name: str
    role: str = ""
    languages: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the assistant wrote; a draft may lack anything. `capacity_minutes`, `minimum_weekly_minutes`: a week's.

    `headline` and `story` are in `story_locale`, `translations` in others. `target_…`: the clients she works for best;
    `notice_days`: how long before she can begin; `assurances`: what she declares, checked by nobody.
    """

    display_name: str = ""
    headline: str = ""
    story: str = ""
    story_locale: str = "en"
    translations: tuple[Told, ...] = ()
    level: str = ""
    services: tuple[str, ...] = ()
    skills: tuple[Skill, ...] = ()
    languages: tuple[SpokenLanguage, ...] = ()
    time_zone: str = ""
    working_hours: tuple[Hours, ...] = ()
    capacity_minutes: int = 0
    minimum_weekly_minutes: int = 0
    hourly_rate: Money | None = None
    retainer: Retainer | None = None
    target_industries: tuple[str, ...] = ()
    target_sizes: tuple[str, ...] = ()
    target_countries: tuple[str, ...] = ()
    target_languages: tuple[str, ...] = ()
    notice_days: int = 0
    equipment: str = ""
    assurances: tuple[str, ...] = ()
    team: tuple[Member, ...] = ()

    def check(self) -> None:
        """Raises Invalid with everything that contradicts itself; what is missing is no fault of a draft."""
        _refuse(self._contradictions())

    def check_complete(self) -> None:
        """Raises Invalid with that, and with everything that a published profile lacks."""
        _refuse({**self.lacking(), **self._contradictions()})

    def lacking(self) -> dict[str, list[Text]]:
        """What has to be there before clients see it."""
        return {name: [text] for name, (is_there, text) in NEEDED.items() if not is_there(self)}

    def _contradictions(self) -> dict[str, list[Text]]:
        wrong = {
            **self._twice(),
            **_wrong_hours(self.working_hours),
            **self._wrong_rates(),
            **self._wrong_translations(),
        }
        if self.capacity_minutes and self.minimum_weekly_minutes > self.capacity_minutes:
            wrong["minimum_weekly_minutes"] = [Text("This is more than the hours you have in a week.")]
        return wrong

    def _twice(self) -> dict[str, list[Text]]:
        paths = [
            *(f"{name}.{number}" for name in PLAIN_LISTS for number in _repeated(getattr(self, name))),
            *(f"skills.{number}.code" for number in _repeated([skill.code for skill in self.skills])),
            *(f"languages.{number}.code" for number in _repeated([language.code for language in self.languages])),
        ]
        return {path: [Text("This is in the list twice.")] for path in paths}

    def _wrong_rates(self) -> dict[str, list[Text]]:
        wrong: dict[str, list[Text]] = {}
        if self.hourly_rate is not None and self.hourly_rate.amount <= 0:
            wrong["hourly_rate"] = [Text("Enter your rate for an hour.")]
        if self.retainer is not None:
            if self.retainer.fee.amount <= 0:
                wrong["retainer.fee"] = [Text("Enter your fee for a month.")]
            elif self.hourly_rate is not None and self.retainer.fee.currency != self.hourly_rate.currency:
                wrong["retainer.fee"] = [Text("Use the same currency as for your hourly rate.")]
        return wrong

    def _wrong_translations(self) -> dict[str, list[Text]]:
        locales = [self.story_locale, *(told.locale for told in self.translations)]
        texts = [Text("This language is there already. Choose another.")]
        return {f"translations.{number - 1}.locale": texts for number in _repeated(locales)}

    def changed(self, request: Mapping[str, Any]) -> Content:
        """With the fields that a loaded request names."""
        values = {name: request[name] for name in self.__slots__ if name in request}
        for name, kind in _KINDS.items():
            if name in values:
                values[name] = tuple(kind(**one) for one in values[name])
        if "team" in values:
            values["team"] = tuple(Member(**{**one, "languages": tuple(one["languages"])}) for one in values["team"])
        for name in PLAIN_LISTS:
            if name in values:
                values[name] = tuple(values[name])
        if values.get("retainer"):
            values["retainer"] = Retainer(**values["retainer"])
        return replace(self, **values)

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Content:
        """From a loaded request."""
        return cls().changed(request)


PLAIN_LISTS = (
    "services", "target_industries", "target_sizes", "target_countries", "target_languages", "assurances",
)  # fmt: skip
_KINDS: Mapping[str, Callable[..., Any]] = {
    "skills": Skill,
    "languages": SpokenLanguage,
    "working_hours": Hours,
    "translations": Told,
}
LEAST_CAPACITY = 60
NEEDED: Mapping[str, tuple[Callable[[Content], bool], Text]] = {
    "display_name": (lambda of: bool(of.display_name.strip()), Text("Enter the name that clients see.")),
    "headline": (lambda of: bool(of.headline.strip()), Text("Say in one line what you do, and for whom.")),
    "level": (lambda of: bool(of.level), Text("Choose the level you work at.")),
    "services": (lambda of: bool(of.services), Text("Choose at least one service.")),
    "skills": (lambda of: bool(of.skills), Text("Name at least one skill.")),
    "languages": (lambda of: bool(of.languages), Text("Name at least one language that you work in.")),
    "time_zone": (lambda of: bool(of.time_zone), Text("Choose your time zone.")),
    "working_hours": (lambda of: bool(of.working_hours), Text("Say when you work: at least one day.")),
    "capacity_minutes": (lambda of: of.capacity_minutes >= LEAST_CAPACITY, Text("Say how many hours a week you sell.")),
    "hourly_rate": (lambda of: of.hourly_rate is not None, Text("Enter your rate for an hour.")),
}
"""What a published profile has at least, with what to do where it is missing."""


def _refuse(wrong: dict[str, list[Text]]) -> None:
    if wrong:
        raise Invalid(fields=wrong)


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
    """`id` is the assistant's account. Instants are in UTC. `photo_id`: a file's; `address`: the name in `/a/name`."""

    id: str
    content: Content
    photo_id: str = ""
    address: str = ""
    state: ProfileState = ProfileState.DRAFT
    published_at: datetime | None = None
    updated_at: datetime
    version: int = 0

    @classmethod
    def draft(cls, id: str, content: Content, at: datetime) -> Profile:
        """A first save; it may lack anything. Raises Invalid for wrong content."""
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
        """Raises Conflict when it was changed since `seen_version`, Invalid for wrong content, or, once it is
        published, for what is missing."""
        if seen_version != self.version:
            raise Conflict("This profile was changed in another window. Reload it, then repeat your change.")
        if self.is_published:
            content.check_complete()
        else:
            content.check()
        return replace(self, content=content, updated_at=at)

    def priced(self, hourly_rate: Money | None, retainer: Retainer | None, at: datetime) -> Profile:
        """The same with the rates of its rate card (None: it sells nothing by the hour); itself when they are the
        same already."""
        content = replace(self.content, hourly_rate=hourly_rate or self.content.hourly_rate, retainer=retainer)
        return self if content == self.content else replace(self, content=content, updated_at=at)

    def with_photo(self, photo_id: str, at: datetime) -> Profile:
        """An empty one takes it away."""
        return replace(self, photo_id=photo_id, updated_at=at)

    def with_address(self, name: str, at: datetime) -> Profile:
        """An empty one takes it away."""
        return replace(self, address=name, updated_at=at)

    def publish(self, at: datetime, *, address_confirmed: bool) -> Profile:
        state = PROFILES.target(self.state, "publish", Role.OWNER)
        if not address_confirmed:
            raise Conflict("Confirm your e-mail address first: use the link that we sent you, or ask for a new one.")
        self.content.check_complete()
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
