"""Sketches: briefs that are still being written. Everything typed is kept as it was typed, right or wrong.

A sketch is its client's alone and nothing follows from it; the brief that is made of it takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.platform.errors import Conflict, NotFound

MOST = 20
KEPT = timedelta(days=180)
"""After the last change."""

Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """`text` is the client's own words, read on the client's day `read_on`; `answers` what was typed, by question.

    `by` is the account that wrote last: a client's colleagues share its sketches.
    """

    id: str
    client_id: str
    by: str
    text: str
    text_locale: str
    read_on: date
    answers: dict[str, tuple[str, ...]]
    created_at: datetime
    updated_at: datetime
    version: int = 0

    def require_client(self, party_id: str) -> None:
        """Raises NotFound for everybody else."""
        if party_id != self.client_id:
            raise unknown()

    def written(self, by: str, text: str, text_locale: str, read_on: date, answers: Answers, at: datetime) -> Sketch:
        """The sketch with what is there now. Another text is read on another day; the same one stays as it was read."""
        return replace(
            self,
            by=by,
            text=text,
            text_locale=text_locale,
            read_on=self.read_on if text == self.text else read_on,
            answers=_kept(answers),
            updated_at=at,
        )


def begin(id: str, client_id: str, day: date, at: datetime, held: int) -> Sketch:
    """A blank one for a client who has `held`. Raises Conflict when those are enough."""
    if held >= MOST:
        raise Conflict("You have begun %(most)s briefs. Finish one of them, or remove it, before the next.", most=MOST)
    return Sketch(
        id=id,
        client_id=client_id,
        by="",
        text="",
        text_locale="en",
        read_on=day,
        answers={},
        created_at=at,
        updated_at=at,
    )


def unknown() -> NotFound:
    return NotFound("This draft does not exist any more, or it is not yours.")


def _kept(answers: Answers) -> dict[str, tuple[str, ...]]:
    """Without questions that nothing was typed to."""
    return {name: tuple(values) for name, values in answers.items() if any(values)}
