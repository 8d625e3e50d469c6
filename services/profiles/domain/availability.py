"""Exceptions to an assistant's weekly hours: absences, other hours on some days, additional hours; public holidays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from shared.platform.errors import Conflict, Invalid, NotFound, Text

LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=3 * 366)
MOST = 200
SHOWN_AHEAD = timedelta(days=90)
MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """HH:MM to HH:MM, on the half hour, in the profile's zone."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayException:
    """On all days from `first_on` to `last_on`: `away`, `instead` of the usual hours, or `extra` to them.

    Clients see the `reason`, written in `locale`, only where it is `public`. A public holiday has `names` by locale.
    """

    id: str
    kind: str
    first_on: date
    last_on: date
    spans: tuple[ClockSpan, ...] = ()
    reason: str = ""
    locale: str = "en"
    public: bool = False
    source: str = "own"
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, id: str, request: Mapping[str, Any], locale: str, today: date) -> DayException:
        """From a loaded request. Raises Invalid."""
        spans = tuple(ClockSpan(**span) for span in request["spans"]) if request["kind"] != "away" else ()
        made = cls(
            id=id,
            kind=request["kind"],
            first_on=request["first_on"],
            last_on=request["last_on"] or request["first_on"],
            spans=spans,
            reason=request["reason"].strip(),
            locale=locale,
            public=request["public"],
        )
        made._check(today)
        return made

    def _check(self, today: date) -> None:
        wrong: dict[str, list[Text]] = {}
        if self.last_on < self.first_on:
            wrong["last_on"] = [Text("This must not be before the first day.")]
        elif self.last_on < today:
            wrong["last_on"] = [Text("These days are over.")]
        elif self.last_on - self.first_on > LONGEST:
            wrong["last_on"] = [Text("At most a year at a time.")]
        if self.first_on > today + FURTHEST:
            wrong["first_on"] = [Text("At most three years ahead.")]
        if self.kind != "away":
            wrong.update(_wrong_spans(self.spans))
        if wrong:
            raise Invalid(fields=wrong)


def _wrong_spans(spans: Sequence[ClockSpan]) -> dict[str, list[Text]]:
    if not spans:
        return {"spans.0.start": [Text("Say from when to when you work on these days.")]}
    wrong = {}
    taken_until = ""
    for number, span in sorted(enumerate(spans), key=lambda entry: entry[1].start):
        if span.end <= span.start:
            wrong[f"spans.{number}.end"] = [Text("This must be later than the start.")]
        elif span.start < taken_until:
            wrong[f"spans.{number}.start"] = [Text("This overlaps with other hours of the day.")]
        taken_until = max(span.end, taken_until)
    return wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """An assistant's exceptions, by their first day. `id` is her account; `feed_key` the secret of her calendar."""

    id: str
    exceptions: tuple[DayException, ...] = ()
    holidays_country: str = ""
    feed_key: str = ""
    version: int = 0

    def add(self, exception: DayException, today: date) -> Availability:
        """Raises Conflict when there are too many."""
        return self._with([*self.exceptions, exception], today)

    def shared(self, key: str) -> Availability:
        """With a secret for her calendar's address; the one before no longer opens it. An empty one opens nothing."""
        return replace(self, feed_key=key)

    def drop(self, id: str, today: date) -> Availability:
        """Raises NotFound."""
        if all(one.id != id for one in self.exceptions):
            raise NotFound("This exception is not there any more.")
        return self._with([one for one in self.exceptions if one.id != id], today)

    def with_holidays(self, country: str, holidays: Iterable[DayException], today: date) -> Availability:
        """In the place of the holidays that were there; none takes them away."""
        own = [one for one in self.exceptions if one.source != "holiday"]
        added = list(holidays)
        return replace(self._with([*own, *added], today), holidays_country=country if added else "")

    def _with(self, exceptions: Iterable[DayException], today: date) -> Availability:
        kept = sorted((one for one in exceptions if one.last_on >= today), key=lambda one: (one.first_on, one.id))
        if len(kept) > MOST:
            raise Conflict("These are too many days to keep. Remove some that you no longer need.")
        return replace(self, exceptions=tuple(kept))

    def shown_to_clients(self, today: date) -> list[DayException]:
        """Absences of the next weeks, without what is private."""
        coming = [one for one in self.exceptions if one.kind == "away" and today <= one.last_on]
        near = [one for one in coming if one.first_on <= today + SHOWN_AHEAD][:MOST_SHOWN]
        return [one if one.public else replace(one, reason="") for one in near]
