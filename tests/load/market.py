"""A simulated market, to see what the match engine does to a whole one: who is hired, how well, and how evenly.

Clients arrive every week with a brief. In each round of a week a client without an assistant sees the ten best of the
engine's list, looks at the first few of them, and invites whom they like best; assistants then accept the best of
their invitations that still fit their free hours and suit them. A share of the assistants is away and never answers.
Each hire leaves a review that says little. In a market with churn contracts end, assistants leave and newcomers come.

The list is the product's: real practices, briefs and capacities in the real engine, with its real score; prices by the
price job's own steps. What people truly gain is the score's two sides, with an assistant's true quality in the place of
her record, and a part that no engine can know: each pair's own liking, in parts of a perfect score.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array, vstack

from services.matching.domain.brief import Brief
from services.matching.domain.capacity import Capacity
from services.matching.domain.engine import TableEngine
from services.matching.domain.practice import CEFR, LanguageLevel, Practice, SkillLevel, WorkingDay
from services.matching.domain.prices import PriceSettings, solve
from services.matching.domain.promises import SHOWN
from services.matching.domain.table import Standing
from services.matching.domain.weights import DEFAULT_WEIGHTS, Weights
from services.matching.price_job import RECENT, edges_of
from shared.platform.money import Money

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
START = datetime(2026, 5, 4, 8, tzinfo=UTC)
"""A Monday in a half-year in which no clocks change in the zones below, but for the far end of a long run."""
WEEK = timedelta(days=7)
FIELDS: Mapping[str, tuple[str, ...]] = {
    "calendar": ("calendar.management", "calendar.google", "calendar.outlook"),
    "correspondence": ("mail.inbox", "mail.business_writing", "mail.proofreading"),
    "documents": ("docs.word", "docs.excel", "docs.filing"),
    "travel": ("travel.booking", "travel.itineraries", "travel.expenses"),
    "meetings": ("meetings.minutes", "meetings.preparation", "meetings.zoom"),
    "newsletters": ("newsletter.mailchimp", "newsletter.copy", "newsletter.lists"),
    "social_media": ("social.instagram", "social.planning", "social.canva"),
    "bookkeeping": ("books.invoicing", "books.xero", "books.reconciliation"),
}
ZONES = {"Europe/Rome": 5, "Europe/London": 2, "Europe/Athens": 1, "America/New_York": 1, "Africa/Johannesburg": 1}
INDUSTRIES = ("legal", "health", "arts", "finance", "retail")
FEWEST_CANDIDATES = 5
"""A client for whom fewer would do loosens the brief before it is published, as the page suggests."""


FIRST_COLUMNS = 40
NEAR = 0.05
"""In parts of a perfect score."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How people act. Standard deviations and thresholds are in parts of a perfect score."""

    taste: float = 0.05
    """What a client gains from a person beyond what any profile says."""
    liking: float = 0.03
    """The same for an assistant."""
    misjudgement: float = 0.05
    """How far off a client is who has only looked at a profile."""
    least_pay_off: float = 0.05
    """What an assistant must gain to accept."""
    looked_at_least: float = 3
    looked_at_most: float = 10
    invitations_a_week: float = 3
    patience_weeks: float = 4
    away: float = 0.08
    contract_weeks: float = 10
    leaving_a_week: float = 0.01

    def scaled(self, scale: float, *names: str) -> Behaviour:
        """With these parameters, or all, made larger or smaller."""
        of = names or tuple(f.name for f in fields(self))
        return replace(self, **{name: getattr(self, name) * scale for name in of})


@dataclass(frozen=True, slots=True)
class Levers:
    """What the ranking may use, to show what each part brings. `foresight`: prices also know the briefs to come;
    `shuffled`: no ranking at all, any ten who meet the conditions."""

    capacity: bool = True
    prices: bool = True
    room: bool = True
    newcomer: bool = True
    foresight: bool = False
    shuffled: bool = False

    def weights(self, of: Weights) -> Weights:
        off = {"demand": self.prices, "room": self.room, "newcomer": self.newcomer}
        return replace(of, points={name: value if off.get(name, True) else 0.0 for name, value in of.points.items()})


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a market is. `demand` is hours asked for in the whole run by hours there are; `a_week` briefs are
    asked instead where it is given. With churn contracts end, and people leave and come."""

    assistants: int = 500
    weeks: int = 8
    demand: float = 0.6
    a_week: int = 0
    churn: bool = False


# -- who there is ------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """People, briefs and what each pair truly gains. Rows are briefs, columns assistants; NaN where conditions fail."""

    practices: list[Practice]
    joined: list[int]
    leaves: list[int]
    away: npt.NDArray[np.bool_]
    quality: Numbers
    briefs: list[Brief]
    arrives: list[int]
    lasts: list[int]
    looks_at: list[int]
    client_gains: Numbers
    assistant_gains: Numbers
    impression: Numbers
    """What a client who looks at a profile believes to gain."""
    number: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.number = {practice.id: number for number, practice in enumerate(self.practices)}

    @property
    def gains(self) -> Numbers:
        return self.client_gains + self.assistant_gains


def a_practice(number: int, dice: random.Random) -> tuple[Practice, float]:
    """A practice and its true quality. The able do more kinds of work, and better, and ask for little more: they are
    everybody's first choice."""
    able = dice.gauss(0, 1)
    own = dice.sample(sorted(FIELDS), min(max(round(4.5 + 1.5 * able + dice.gauss(0, 1)), 2), len(FIELDS)))
    held = [code for name in own for code in FIELDS[name] if dice.random() < 0.9]
    start = dice.choice((7, 8, 8, 9, 10))
    hours = dice.choice((7, 8, 9))
    practice = Practice(
        id=f"a{number:05}",
        display_name=f"Practice {number}",
        level="executive" if able + dice.gauss(0, 0.7) > -0.5 else "administrative",
        services=tuple(own),
        skills=tuple(SkillLevel(code, _in(1, 2.6 + 0.8 * able + dice.gauss(0, 0.6), 4)) for code in held),
        languages=(
            LanguageLevel("en", CEFR[_in(2, 4 + 0.8 * able + dice.gauss(0, 0.6), 5)]),
            LanguageLevel("it", CEFR[_in(2, 4 + dice.gauss(0, 1), 5)]),
        ),
        time_zone=dice.choices(list(ZONES), list(ZONES.values()))[0],
        working_hours=tuple(
            WorkingDay(day, f"{start:02}:00", f"{start + hours:02}:00") for day in ("mon", "tue", "wed", "thu", "fri")
        ),
        capacity_minutes=120 * dice.randint(5, 20),
        minimum_weekly_minutes=dice.choice((0, 0, 0, 240)),
        hourly_rate=Money(max(round(30 + 3 * able + dice.gauss(0, 5)), 15) * 100, "EUR"),
        target_industries=tuple(dice.sample(INDUSTRIES, dice.choice((0, 0, 1, 2)))),
        notice_days=dice.choice((0, 7, 14, 30)),
        published=True,
        published_at=START - timedelta(days=dice.randint(30, 600)),
    )
    return practice, min(max(0.8 + 0.08 * able + dice.gauss(0, 0.1), 0.1), 0.99)


def _in(low: int, value: float, high: int) -> int:
    return min(max(round(value), low), high)


def a_brief(number: int, at: datetime, dice: random.Random) -> Brief:
    wanted = dice.sample(sorted(FIELDS), 2)
    codes = [code for name in wanted for code in FIELDS[name]]
    dice.shuffle(codes)
    required = dice.choice((0, 1, 1, 2))
    return Brief(
        id=f"b{number:05}",
        client_id=f"c{number:05}",
        title="A right hand",
        state="open",
        version=1,
        level=dice.choice(("administrative", "administrative", "executive")),
        services=tuple(wanted),
        required_skills=tuple(SkillLevel(code, dice.choice((1, 2, 2))) for code in codes[:required]),
        preferred_skills=tuple(SkillLevel(code, dice.choice((2, 3, 4))) for code in codes[required : required + 3]),
        languages=(LanguageLevel("en", dice.choice(("B1", "B2"))),),
        engagement="hourly",
        weekly_minutes=60 * dice.choice((4, 5, 6, 8, 8, 10, 10, 12, 15, 20)),
        budget=Money(max(round(dice.gauss(40, 7)), 24) * 100, "EUR"),
        time_zone=dice.choices(list(ZONES), list(ZONES.values()))[0],
        day_start="09:00",
        day_end="18:00",
        overlap_minutes=dice.choice((60, 120, 240)),
        start_on=(at + timedelta(days=7 * dice.randint(1, 4))).date(),
        industry=dice.choice(("", *INDUSTRIES)),
        opened_at=at,
    )


def a_world(scale: Scale, behaviour: Behaviour, seed: int) -> World:
    """Everything that chance decides before anybody acts, so that two rankers meet the same people."""
    dice, noise = random.Random(seed), np.random.default_rng(seed)
    joined = [0] * scale.assistants
    if scale.churn:
        for week in range(1, scale.weeks):
            joined += [week] * round(scale.assistants * behaviour.leaving_a_week)
    people = [a_practice(number, dice) for number in range(len(joined))]
    practices = [
        replace(practice, published_at=START + week * WEEK) if week else practice
        for (practice, _), week in zip(people, joined, strict=True)
    ]
    briefs, client, hers = _asked(scale, practices, dice)
    quality = np.array([quality for _, quality in people])
    shape = client.shape
    client_gains = client + (quality - 0.8) * DEFAULT_WEIGHTS.points["record"] / 100
    client_gains = client_gains + noise.normal(0, behaviour.taste, shape)
    most = min(max(round(behaviour.looked_at_most), 1), SHOWN)
    least = min(max(round(behaviour.looked_at_least), 1), most)
    return World(
        practices=practices,
        joined=joined,
        leaves=[
            week + 1 + int(dice.expovariate(behaviour.leaving_a_week)) if scale.churn else 10**6 for week in joined
        ],
        away=noise.random(len(joined)) < behaviour.away,
        quality=quality,
        briefs=[brief for brief, _ in briefs],
        arrives=[week for _, week in briefs],
        lasts=[1 + int(dice.expovariate(1 / behaviour.contract_weeks)) if scale.churn else 10**6 for _ in briefs],
        looks_at=[dice.randint(least, most) for _ in briefs],
        client_gains=client_gains,
        assistant_gains=hers + noise.normal(0, behaviour.liking, shape),
        impression=client_gains + noise.normal(0, behaviour.misjudgement, shape),
    )


def _asked(
    scale: Scale, practices: list[Practice], dice: random.Random
) -> tuple[list[tuple[Brief, int]], Numbers, Numbers]:
    """Briefs with their weeks, and what both sides' points come to when all assistants are free."""
    engine = TableEngine()
    engine.build((practice, Capacity.all_free(practice.id, practice.capacity_minutes)) for practice in practices)
    number = {practice.id: number for number, practice in enumerate(practices)}
    supply = sum(practice.capacity_minutes for practice in practices[: scale.assistants])
    made: list[tuple[Brief, int]] = []
    client: list[Numbers] = []
    hers: list[Numbers] = []
    minutes = 0
    while len(made) < scale.a_week * scale.weeks if scale.a_week else minutes < scale.demand * supply:
        week = len(made) // scale.a_week if scale.a_week else 0
        brief = a_brief(len(made), START + week * WEEK, dice)
        ids, u, v, _ = engine.edges(brief, DEFAULT_WEIGHTS, START + week * WEEK, len(practices))
        if len(ids) < FEWEST_CANDIDATES:
            continue
        for rows, values in ((client, u), (hers, v)):
            row = np.full(len(practices), np.nan)
            row[[number[id] for id in ids]] = values
            rows.append(row)
        made.append((brief, week))
        minutes += brief.weekly_minutes
    if not scale.a_week:
        spread = [index * scale.weeks // len(made) for index in range(len(made))]
        made = [(_later(brief, week), week) for (brief, _), week in zip(made, spread, strict=True)]
    return made, np.array(client), np.array(hers)


def _later(brief: Brief, weeks: int) -> Brief:
    assert brief.opened_at is not None
    return replace(brief, start_on=brief.start_on + weeks * WEEK, opened_at=brief.opened_at + weeks * WEEK)


# -- what they do ------------------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What a run came to. Hires are (brief, assistant, week)."""

    hires: list[tuple[int, int, int]] = field(default_factory=list)
    invitations: int = 0
    shown: Numbers = field(default_factory=lambda: np.zeros(0))
    overbooked_minutes: int = 0
    prices: list[Numbers] = field(default_factory=list)


class Market:
    """One run. All that chance decides here is the order in which clients come by within a round."""

    def __init__(self, world: World, behaviour: Behaviour, levers: Levers, weights: Weights, seed: int) -> None:
        self.world, self.behaviour, self.levers = world, behaviour, levers
        self.weights = levers.weights(weights)
        self.outcome = Outcome(shown=np.zeros(len(world.practices)))
        self.free = np.array([practice.capacity_minutes for practice in world.practices])
        self._dice = random.Random(seed + 1)
        self._engine = TableEngine()
        self._engine.build(
            (practice, Capacity.all_free(practice.id, practice.capacity_minutes))
            for practice, week in zip(world.practices, world.joined, strict=True)
            if week == 0
        )
        self._here = {number for number, week in enumerate(world.joined) if week == 0}
        self._counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self._invited: dict[int, set[int]] = defaultdict(set)
        self._open: dict[int, int] = {}
        self._ending: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._filled: dict[int, datetime] = {}
        self._held: dict[str, float] = {}
        self._rounds = max(round(behaviour.invitations_a_week), 1)

    def run(self, weeks: int) -> Outcome:
        """`weeks` in which clients come, and as many more as the last of them wait."""
        patience = max(round(self.behaviour.patience_weeks), 1)
        for week in range(weeks + patience):
            self._turn(week, patience)
            for number in range(self._rounds):
                self._round(week, START + week * WEEK + timedelta(days=number * 7 / self._rounds))
        return self.outcome

    def _turn(self, week: int, patience: int) -> None:
        """A week begins: contracts end, people leave and come, clients give up and others arrive."""
        world = self.world
        for brief, assistant in self._ending.pop(week, ()):
            self._take(assistant, -world.briefs[brief].weekly_minutes)
        for number in [number for number in sorted(self._here) if world.leaves[number] <= week]:
            self._here.remove(number)
            self._engine.remove(world.practices[number].id)
        for number, joined in enumerate(world.joined):
            if joined == week > 0:
                self._here.add(number)
                self._engine.upsert(world.practices[number])
        for brief in [brief for brief, since in self._open.items() if week - since >= patience]:
            self._close(brief, START + week * WEEK)
        for brief, arrives in enumerate(world.arrives):
            if arrives == week:
                self._open[brief] = week

    def _round(self, week: int, at: datetime) -> None:
        if self.levers.prices:
            self._work_out_prices(week, at)
        clients = list(self._open)
        self._dice.shuffle(clients)
        invitations: dict[int, list[int]] = defaultdict(list)
        for brief in clients:
            assistant = self._choice(brief, at)
            if assistant is not None:
                invitations[assistant].append(brief)
                self._invited[brief].add(assistant)
                self.outcome.invitations += 1
        for assistant, briefs in invitations.items():
            self._answer(assistant, briefs, week, at)

    def _choice(self, brief: int, at: datetime) -> int | None:
        """Whom a client invites of those they look at; they do not ask anybody twice."""
        asked = self.world.briefs[brief]
        if self.levers.shuffled:
            ids = self._engine.eligible_ids(asked)
            ids = self._dice.sample(sorted(ids), min(SHOWN, len(ids)))
        else:
            ids = [id for id, _ in self._engine.top(asked, self.weights, at, SHOWN)]
        numbers = [self.world.number[id] for id in ids]
        self.outcome.shown[numbers] += 1
        fresh = [number for number in numbers[: self.world.looks_at[brief]] if number not in self._invited[brief]]
        if not fresh:
            self._promise(brief, ids)
            return None
        chosen = max(fresh, key=lambda number: (float(self.world.impression[brief, number]), number))
        self._promise(brief, [self.world.practices[chosen].id])
        return chosen

    def _answer(self, assistant: int, briefs: list[int], week: int, at: datetime) -> None:
        """She accepts the best that fits and suits her; who is away does not answer, which counts as a no."""
        gains = self.world.assistant_gains[:, assistant]
        for brief in sorted(briefs, key=lambda brief: (-gains[brief], brief)):
            minutes = self.world.briefs[brief].weekly_minutes
            suits = gains[brief] >= self.behaviour.least_pay_off and minutes <= self.free[assistant]
            accepted = bool(suits and not self.world.away[assistant])
            self._counts[assistant][0 if accepted else 1] += 1
            if accepted:
                self._hire(brief, assistant, week, at)
        self._engine.set_standing(Standing(self.world.practices[assistant].id, *self._counts[assistant]))

    def _hire(self, brief: int, assistant: int, week: int, at: datetime) -> None:
        self.outcome.hires.append((brief, assistant, week))
        self._take(assistant, self.world.briefs[brief].weekly_minutes)
        self._ending[week + self.world.lasts[brief]].append((brief, assistant))
        went_well = self._dice.random() < self.world.quality[assistant]
        self._counts[assistant][2 if went_well else 3] += 1
        self._close(brief, at)

    def _close(self, brief: int, at: datetime) -> None:
        del self._open[brief]
        self._filled[brief] = at
        self._promise(brief, [])

    def _take(self, assistant: int, minutes: int) -> None:
        self.free[assistant] -= minutes
        self.outcome.overbooked_minutes += max(-int(self.free[assistant]), 0)
        if self.levers.capacity:
            practice, free = self.world.practices[assistant], int(self.free[assistant])
            self._engine.set_capacity(
                Capacity(practice.id, practice.capacity_minutes, practice.capacity_minutes - free, free)
            )

    def _promise(self, brief: int, ids: list[str]) -> None:
        if self.levers.room:
            asked = self.world.briefs[brief]
            self._engine.promise(asked.id, {id: asked.weekly_minutes / len(ids) for id in ids})

    def _work_out_prices(self, week: int, at: datetime) -> None:
        """The price job's own steps on the briefs it would see, or on all that are still to be filled."""
        world = self.world
        if self.levers.foresight:
            numbers = [*self._open, *(brief for brief, arrives in enumerate(world.arrives) if arrives > week)]
        else:
            recent = [brief for brief, filled in self._filled.items() if filled > at - RECENT]
            numbers = [*self._open, *recent]
        ids, edges = edges_of(
            self._engine,
            [world.briefs[n] for n in numbers],
            self.weights,
            at,
        )
        dials = self.weights.dials
        start = np.array([-self._held.get(id, 0.0) / dials.price_epsilon for id in ids])
        solved = solve(edges, PriceSettings(dials.price_epsilon, dials.price_outside), start)
        prices = dict(zip(ids, solved.values.tolist(), strict=True))
        self._engine.set_prices({**dict.fromkeys(self._held, 0.0), **prices})
        self._held = {id: price for id, price in prices.items() if price > 0}


# -- the best there could have been ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Optimum:
    """`found` is the best assignment the integer program came upon; `bound`, of its continuous relaxation, is what no
    assignment exceeds."""

    found: float
    bound: float
    hires: int


def optimum(world: World, behaviour: Behaviour, seconds: float = 10.0) -> Optimum:
    """The best assignment of all briefs of a run at once, knowing what everybody truly gains and who is away.

    The relaxation is solved by columns that are added until none pays; the integer program then looks among the pairs
    that its prices say are near the best. Without `seconds` for that nothing is found, and the bound stands alone.
    """
    possible = ~np.isnan(world.gains) & ~world.away & (world.assistant_gains >= behaviour.least_pay_off)
    gains = np.where(possible, world.gains, -1e3)
    minutes = np.array([asked.weekly_minutes for asked in world.briefs], dtype=np.float64)
    capacity = np.array([practice.capacity_minutes for practice in world.practices], dtype=np.float64)
    pairs = possible & (gains >= -np.partition(-gains, FIRST_COLUMNS, axis=1)[:, FIRST_COLUMNS:][:, :1])
    while True:
        relaxed = _relaxed(gains, pairs, minutes, capacity)
        duals = relaxed.ineqlin.marginals
        cost = -gains - duals[: len(minutes), None] - np.outer(minutes, duals[len(minutes) :])
        missing = possible & ~pairs & (cost < -1e-7)
        if not missing.any():
            break
        pairs |= missing
    found, hires = _whole(gains, possible & (cost <= NEAR), minutes, capacity, seconds) if seconds else (0.0, 0)
    return Optimum(found, -float(relaxed.fun), hires)


def _relaxed(gains: Numbers, pairs: npt.NDArray[np.bool_], minutes: Numbers, capacity: Numbers) -> OptimizeResult:
    brief, assistant = np.nonzero(pairs)
    limits = np.concatenate([np.ones(len(minutes)), capacity])
    matrix = vstack(_constraints(brief, assistant, minutes, capacity), format="csr")
    return linprog(-gains[brief, assistant], A_ub=matrix, b_ub=limits, bounds=(0, None), method="highs-ds")


def _whole(
    gains: Numbers, pairs: npt.NDArray[np.bool_], minutes: Numbers, capacity: Numbers, seconds: float
) -> tuple[float, int]:
    brief, assistant = np.nonzero(pairs)
    once, hours = _constraints(brief, assistant, minutes, capacity)
    solved = milp(
        -gains[brief, assistant],
        integrality=np.ones(len(brief)),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(once, ub=1.0), LinearConstraint(hours, ub=capacity)],
        options={"mip_rel_gap": 1e-3, "time_limit": seconds},
    )
    return (0.0, 0) if solved.x is None else (-float(solved.fun), round(float(solved.x.sum())))


def _constraints(
    brief: Indices, assistant: Indices, minutes: Numbers, capacity: Numbers
) -> tuple[csr_array, csr_array]:
    """One assistant a brief; no more hours than there are."""
    columns = np.arange(len(brief))
    once = csr_array((np.ones(len(brief)), (brief, columns)), shape=(len(minutes), len(brief)))
    return once, csr_array((minutes[brief], (assistant, columns)), shape=(len(capacity), len(brief)))


# -- figures -----------------------------------------------------------------------------------------------------------


def welfare(world: World, outcome: Outcome) -> float:
    """What both sides of all hires truly gain."""
    gains = world.gains
    return float(sum(gains[brief, assistant] for brief, assistant, _ in outcome.hires))


def gini(values: Numbers) -> float:
    """0: all alike; 1: one has all."""
    ordered = np.sort(values)
    count = len(ordered)
    if not count or ordered.sum() == 0:
        return 0.0
    return float((2 * np.arange(1, count + 1) - count - 1) @ ordered / (count * ordered.sum()))


def newcomers_hired(world: World, outcome: Outcome, weeks: int, within: int = 10) -> float:
    """The share of those who came early enough to be watched for `within` weeks that were hired in that time."""
    watched = {n for n, week in enumerate(world.joined) if 0 < week <= weeks - within}
    hired = {a for _, a, week in outcome.hires if a in watched and week - world.joined[a] < within}
    return len(hired) / max(len(watched), 1)
