"""Candidates: a practice and its free hours, prepared for being asked many times; and the price of one for a brief."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from services.matching.domain.availability import Availability, Span, next_free_hours
from services.matching.domain.brief import Brief
from services.matching.domain.capacity import Capacity
from services.matching.domain.hours import day_masks, shared_minutes, week_mask, week_of
from services.matching.domain.practice import CEFR, LanguageLevel, Practice, Retainer, Said, SkillLevel, WorkingDay
from shared.platform.money import Money

WEEKS_KEPT = 64
_CEFR_RANK = {cefr: rank for rank, cefr in enumerate(CEFR)}


@dataclass(frozen=True, slots=True)
class CardTrust:
    """The facts that a card has room for; see `track.py` and `ratings.py`."""

    rating: int
    reviews: int
    response_minutes: int | None
    completed: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An assistant as lists show her."""

    assistant_id: str
    display_name: str
    headline: str
    locale: str
    translations: tuple[Said, ...]
    level: str
    services: tuple[str, ...]
    skills: tuple[SkillLevel, ...]
    languages: tuple[LanguageLevel, ...]
    time_zone: str
    working_hours: tuple[WorkingDay, ...]
    hourly_rate: Money
    retainer: Retainer | None
    capacity_minutes: int
    free_minutes: int
    next_free: tuple[Span, ...]
    """The next hours she works and that are not taken; none while she is fully booked."""
    photo_id: str = ""
    published_at: datetime | None = None
    trust: CardTrust | None = None


@dataclass(slots=True)
class Candidate:
    """One assistant, ready to be compared. `words` are what a text search looks through."""

    practice: Practice
    capacity: Capacity
    words: tuple[str, ...] = ()
    availability: Availability | None = None
    skills: dict[str, int] = field(init=False)
    languages: dict[str, int] = field(init=False)
    services: frozenset[str] = field(init=False)
    _weeks: dict[date, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.skills = {skill.code: skill.level for skill in self.practice.skills}
        self.languages = {spoken.code: cefr_rank(spoken.cefr) for spoken in self.practice.languages}
        self.services = frozenset(self.practice.services)

    @property
    def id(self) -> str:
        return self.practice.id

    @property
    def free_minutes(self) -> int:
        return max(self.capacity.free_minutes, 0)

    def week(self, monday: date) -> int:
        """The mask of her working hours in the week of `monday`."""
        mask = self._weeks.get(monday)
        if mask is None:
            if len(self._weeks) >= WEEKS_KEPT:
                self._weeks.clear()
            mask = self._weeks[monday] = week_mask(self.practice.time_zone, self.practice.working_hours, monday)
        return mask

    def card(self, at: datetime) -> Card:
        """As she stands at an instant."""
        practice = self.practice
        return Card(
            assistant_id=practice.id,
            display_name=practice.display_name,
            headline=practice.headline,
            locale=practice.locale,
            translations=practice.translations,
            level=practice.level,
            services=practice.services,
            skills=practice.skills,
            languages=practice.languages,
            time_zone=practice.time_zone,
            working_hours=practice.working_hours,
            hourly_rate=practice.hourly_rate,
            retainer=practice.retainer,
            capacity_minutes=practice.capacity_minutes,
            free_minutes=self.free_minutes,
            next_free=self._next_free(at) if self.free_minutes else (),
            photo_id=practice.photo_id,
            published_at=practice.published_at,
        )

    def _next_free(self, at: datetime) -> tuple[Span, ...]:
        practice = self.practice
        availability = self.availability or Availability(practice.id)
        return next_free_hours(practice.time_zone, practice.working_hours, availability, at)


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` / `per` minor units of `currency`, exact."""

    amount: int
    per: int
    currency: str

    def within(self, budget: Money) -> bool:
        """Nothing is converted: another currency is never within a budget."""
        return self.currency == budget.currency and self.amount <= budget.amount * self.per

    @property
    def rounded_up(self) -> int:
        return -(-self.amount // self.per)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A brief, prepared for being compared with many candidates. `day_minutes` is the client's working day."""

    brief: Brief
    monday: date
    days: tuple[int, ...]
    day_minutes: int
    languages: tuple[tuple[str, int], ...]
    _shared: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, brief: Brief) -> Wanted:
        monday = week_of(brief.start_on)
        days = day_masks(brief.time_zone, brief.day_start, brief.day_end, monday)
        return cls(
            brief,
            monday,
            days,
            min(shared_minutes(days, -1)),
            tuple((language.code, cefr_rank(language.cefr)) for language in brief.languages),
        )

    def shared_with(self, candidate: Candidate) -> tuple[int, ...]:
        """The working minutes that both share on each day, Monday to Friday, of the first week."""
        shared = self._shared.get(candidate.id)
        if shared is None:
            shared = self._shared[candidate.id] = shared_minutes(self.days, candidate.week(self.monday))
        return shared

    def price_of(self, practice: Practice) -> Price | None:
        """What a practice would cost: an hour, or a month on a retainer. None when it does not offer that.

        A month is a twelfth of 52 weeks. A retainer that includes less than the brief needs costs more in proportion,
        one that includes more costs its whole fee. An hourly practice has put no monthly terms, so none are invented.
        """
        if self.brief.engagement == "hourly":
            return Price(practice.hourly_rate.amount, 1, practice.hourly_rate.currency)
        retainer = practice.retainer
        if retainer is None or retainer.included_minutes <= 0:
            return None
        needed, included = self.brief.weekly_minutes * 52, retainer.included_minutes * 12
        return Price(retainer.fee.amount * max(needed, included), included, retainer.fee.currency)


def cefr_rank(cefr: str) -> int:
    """0 for A1 to 5 for C2."""
    return _CEFR_RANK[cefr]
