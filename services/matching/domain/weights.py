"""Weights: what each criterion of the score is worth, as data. Every set is kept; one is in force.

The formula, named FORMULA so that a stored set says which one it was made for:

    score = p · (Σ wᵢ·sᵢ + Σ aⱼ·tⱼ) − demand·λ − room·promised + newcomer·width

s is what the client gets, t what the assistant gets, p how likely she is to accept, λ the price of demand, `promised`
the share of her free hours that lists shown to others may take, `width` how little is known of her yet. The points of
the two sides add up to 100; the market's come on top.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shared.platform.errors import Conflict, Invalid, Text

FORMULA = "two-sided-1"
TOTAL = 100.0
CLIENT_SIDE = (
    "skills_required",
    "skills_preferred",
    "services",
    "overlap",
    "price",
    "languages",
    "level",
    "record",
)
ASSISTANT_SIDE = ("pay", "hours", "market", "notice")
MARKET = ("demand", "room", "newcomer")
"""Beside them stands `acceptance`, which has no points of its own: it is what (1 − p) takes away from both sides."""
CRITERIA = (*CLIENT_SIDE, *ASSISTANT_SIDE, "acceptance", *MARKET)
SIDES: Mapping[str, str] = {
    **dict.fromkeys(CLIENT_SIDE, "client"),
    **dict.fromkeys(ASSISTANT_SIDE, "assistant"),
    **dict.fromkeys(("acceptance", *MARKET), "market"),
}

_LIMITS: Mapping[str, tuple[float, float]] = {
    "prior_yes": (0.1, 100.0),
    "prior_no": (0.1, 100.0),
    "acceptance_floor": (0.0, 1.0),
    "prior_well": (0.1, 100.0),
    "prior_badly": (0.1, 100.0),
    "price_epsilon": (0.01, 1.0),
    "price_outside": (0.0, 1.0),
}
_MOST_MARKET = 200.0


@dataclass(frozen=True, slots=True)
class Dials:
    """The numbers of the estimates.

    An assistant without a history accepts as if she had answered `prior_yes` offers with yes and `prior_no` with no;
    terms that suit her not at all leave `acceptance_floor` of that. Her work is judged as if `prior_well` engagements
    had gone well and `prior_badly` badly. `price_epsilon` and `price_outside` are the price job's.
    """

    prior_yes: float = 4.0
    prior_no: float = 1.0
    acceptance_floor: float = 0.5
    prior_well: float = 4.0
    prior_badly: float = 1.0
    price_epsilon: float = 0.05
    price_outside: float = 0.0


class WeightsState(StrEnum):
    DRAFT = "draft"
    IN_FORCE = "in_force"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Enforced:
    """Who put a set in force, when and why."""

    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Weights:
    """A numbered set: criterion → points for a perfect fit. A criterion that is not named counts nothing."""

    id: str
    number: int
    points: Mapping[str, float]
    dials: Dials = field(default_factory=Dials)
    formula: str = FORMULA
    state: WeightsState = WeightsState.IN_FORCE
    note: str = ""
    made_by: str = ""
    made_at: datetime | None = None
    previewed_at: datetime | None = None
    in_force_at: datetime | None = None
    history: tuple[Enforced, ...] = ()
    version: int = 0

    @classmethod
    def numbered(cls, number: int, points: Mapping[str, float], dials: Dials | None = None) -> Weights:
        return cls(f"{number:06d}", number, points, dials or Dials())

    @classmethod
    def draft(
        cls, number: int, points: Mapping[str, float], dials: Mapping[str, float], *, note: str, by: str, at: datetime
    ) -> Weights:
        """A new set that is not in force yet. Raises Invalid for points or dials that make no sense."""
        _check(points, dials)
        drafted = cls.numbered(number, dict(points), Dials(**dials))
        return replace(drafted, state=WeightsState.DRAFT, note=note, made_by=by, made_at=at)

    def points_of(self, criterion: str) -> float:
        return self.points.get(criterion, 0.0)

    def previewed(self, at: datetime) -> Weights:
        return replace(self, previewed_at=at)

    def enforce(self, at: datetime, *, by: str = "", note: str = "") -> Weights:
        """In force from now on; who did it and why is kept. Raises Conflict for a draft that nobody looked at on past
        briefs."""
        if self.state is WeightsState.IN_FORCE:
            raise Conflict("These weights are in force already.")
        if self.state is WeightsState.DRAFT and self.previewed_at is None:
            raise Conflict("Preview these weights on past briefs first, then put them in force.")
        history = (*self.history, Enforced(at, by, note))
        return replace(self, state=WeightsState.IN_FORCE, in_force_at=at, history=history)

    def retire(self) -> Weights:
        return replace(self, state=WeightsState.PAST)


def _check(points: Mapping[str, float], dials: Mapping[str, float]) -> None:
    wrong: dict[str, list[Text]] = {}
    for criterion in (*CLIENT_SIDE, *ASSISTANT_SIDE, *MARKET):
        value, most = points.get(criterion, math.nan), TOTAL if SIDES[criterion] != "market" else _MOST_MARKET
        if not 0 <= value <= most:
            wrong[criterion] = [Text("Enter a number from %(low)s to %(high)s.", low=0, high=int(most))]
    for name, value in dials.items():
        low, high = _LIMITS[name]
        if not low <= value <= high:
            wrong[name] = [Text("Enter a number from %(low)s to %(high)s.", low=low, high=high)]
    total = math.fsum(points.get(criterion, 0.0) for criterion in (*CLIENT_SIDE, *ASSISTANT_SIDE))
    if not wrong and abs(total - TOTAL) > 1e-6:
        said = Text("The points of both sides add up to %(total)s. Make them add up to 100.", total=round(total, 2))
        wrong["weights"] = [said]
    unknown = set(points) - {*CLIENT_SIDE, *ASSISTANT_SIDE, *MARKET}
    if unknown:
        wrong.setdefault("weights", []).append(Text("Unknown criteria: %(names)s.", names=", ".join(sorted(unknown))))
    if wrong:
        raise Invalid(fields=wrong)


# Number 1 was a set of the first, one-sided formula.
DEFAULT_WEIGHTS = Weights.numbered(
    2,
    {
        "skills_required": 14.0,
        "skills_preferred": 16.0,
        "services": 12.0,
        "overlap": 12.0,
        "price": 10.0,
        "languages": 5.0,
        "level": 5.0,
        "record": 10.0,
        "pay": 5.0,
        "hours": 4.0,
        "market": 4.0,
        "notice": 3.0,
        "demand": 100.0,
        "room": 3.0,
        "newcomer": 3.0,
    },
)
