"""What is told of somebody: the facts of a track record put together, for a card and for a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.matching.domain.candidate import CardTrust
from services.matching.domain.ratings import PRIOR, Tally
from services.matching.domain.track import Response, Talks, Track, response


def on_card(track: Track | None, talks: Talks | None, at: datetime) -> CardTrust:
    """None: nothing has happened yet."""
    track = track or Track(id="")
    return CardTrust(
        rating=track.reviews.rating(),
        reviews=track.reviews.count,
        response_minutes=_response(track, talks, at).minutes,
        completed=track.completed,
        marks=tuple(sorted(track.marks)),
    )


def facts(id: str, side: str, known: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """All that is known: `track`, `talks`, `worked`, `payer` and `person`, each of which may be None."""
    track = known.get("track") or Track(id=id)
    worked, payer, person = known.get("worked"), known.get("payer"), known.get("person")
    answers = _response(track, known.get("talks"), at)
    return {
        "account_id": id,
        "side": side,
        "name": person.name if person else "",
        "since": person.since if person else None,
        "email_confirmed": bool(person and person.email_confirmed),
        "marks": [{"kind": kind, "since": since} for kind, since in sorted(track.marks.items())],
        "rating": rating(track.reviews),
        "response_minutes": answers.minutes,
        "response_cases": answers.cases,
        "offers_received": track.answered + track.unanswered,
        "offers_answered": track.answered,
        "contracts": track.contracts,
        "completed": track.completed,
        "partners": len(track.partners),
        "repeat_partners": track.repeat_partners,
        "approved_minutes": worked.minutes if worked else 0,
        "invoices_paid": payer.paid if payer else 0,
        "invoices_on_time": payer.on_time if payer else 0,
    }


def rating(tally: Tally) -> dict[str, Any]:
    """The rating with every number that went into it."""
    return {
        "value": tally.rating(),
        "count": tally.count,
        "mean": tally.mean,
        "prior": PRIOR.hundredths,
        "prior_weight": PRIOR.weight,
        "criteria": [
            {"criterion": name, "mean": tally.of_criterion(name)} for name in (tally.stars if tally.count else ())
        ],
    }


def _response(track: Track, talks: Talks | None, at: datetime) -> Response:
    return response((*track.waits, *(talks.waits if talks else ())), at)
