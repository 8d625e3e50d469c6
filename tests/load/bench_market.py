"""The simulated market beside the exact optimum and beside prices from perfect foresight; what each lever brings;
fairness; and the public generator of a study of matching markets.

`python -m tests.load.bench_market [--seed N] [--assistants N] [--weeks N] [--scale X] [--only NAME=X ...]`: other
people, and behaviour made larger or smaller (all of it, or single parameters of `market.Behaviour`). The last line is
JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from services.matching.domain.prices import Edges, PriceSettings, masses, solve
from services.matching.domain.weights import DEFAULT_WEIGHTS
from tests.load.market import (
    Behaviour,
    Levers,
    Market,
    Outcome,
    Scale,
    World,
    a_world,
    gini,
    newcomers_hired,
    optimum,
    welfare,
)

Json = dict[str, Any]
SEED = 101
DEMANDS = (0.3, 0.6, 0.9)
WELFARE = {0.3: 0.925, 0.6: 0.860, 0.9: 0.845}
LEVERS = {
    "all": Levers(),
    "without hours left": Levers(capacity=False),
    "without prices": Levers(prices=False),
    "without room": Levers(room=False),
    "without newcomer": Levers(newcomer=False),
    "no ranking": Levers(shuffled=True),
}


def ran(world: World, behaviour: Behaviour, levers: Levers, weeks: int, seed: int) -> Outcome:
    return Market(world, behaviour, levers, DEFAULT_WEIGHTS, seed).run(weeks)


def told(world: World, outcome: Outcome, best: float) -> Json:
    hires = len(outcome.hires)
    return {
        "welfare": round(welfare(world, outcome) / best, 4),
        "fill": round(hires / len(world.briefs), 4),
        "invitations_a_hire": round(outcome.invitations / max(hires, 1), 3),
        "overbooked_minutes": outcome.overbooked_minutes,
    }


def regimes(scale: Scale, behaviour: Behaviour, seed: int) -> list[Json]:
    """By demand. Welfare is of the relaxation's bound, which the integer program's optimum cannot exceed."""
    rows = []
    for demand in DEMANDS:
        here = Scale(scale.assistants, scale.weeks, demand)
        world = a_world(here, behaviour, seed)
        best = optimum(world, behaviour, seconds=20.0 if demand < DEMANDS[-1] else 0.0)
        ours = ran(world, behaviour, Levers(), here.weeks, seed)
        foresight = ran(world, behaviour, Levers(foresight=True), here.weeks, seed)
        rows.append(
            {
                "demand": demand,
                "briefs": len(world.briefs),
                **told(world, ours, best.bound),
                "welfare_of_integer_optimum": round(welfare(world, ours) / best.found, 4) if best.found else None,
                "of_foresight": round(welfare(world, ours) / welfare(world, foresight), 4),
            }
        )
    return rows


def levers(scale: Scale, behaviour: Behaviour, seed: int) -> Json:
    """What is lost without each, at the highest demand."""
    world = a_world(Scale(scale.assistants, scale.weeks, DEMANDS[-1]), behaviour, seed)
    best = optimum(world, behaviour, seconds=0.0).bound
    return {name: told(world, ran(world, behaviour, used, scale.weeks, seed), best) for name, used in LEVERS.items()}


def fairness(scale: Scale, behaviour: Behaviour, seed: int) -> Json:
    """With churn and 90 briefs a week, over half a year."""
    weeks = 26
    here = Scale(scale.assistants, weeks, a_week=90, churn=True)
    world = a_world(here, behaviour, seed)
    found: Json = {}
    for name, used in (("with", Levers()), ("without", Levers(newcomer=False))):
        outcome = ran(world, behaviour, used, weeks, seed)
        found[name] = {
            "exposure_gini": round(gini(outcome.shown), 4),
            "newcomers_hired": round(newcomers_hired(world, outcome, weeks), 4),
            "fill": round(len(outcome.hires) / len(world.briefs), 4),
        }
    return {**found["with"], "without_bonus": found["without"]}


def public_generator(size: int = 1000, popularity: float = 0.5, seed: int = 0) -> Json:
    """Expected matches of 1000 × 1000 people who prefer some of the other side, partly the same ones: preference is a
    mixture of a popularity (1 at one end, 0 at the other) and chance, each looks at a list with attention 1 / place,
    and a match is when both do. Rankings by one's own preference, by the product of both, and by transport.

    The idea of the generator and the figures to compare with are those of the study's public repository
    (CyberAgentAILab/FairReciprocalRecommendation); the code is ours.
    """
    dice = np.random.default_rng(seed)
    charm = 1 - np.arange(size) / size

    def preferences() -> np.ndarray[Any, np.dtype[np.float64]]:
        mixed: np.ndarray[Any, np.dtype[np.float64]] = popularity * charm + (1 - popularity) * dice.random((size, size))
        return mixed

    ones, others = preferences(), preferences()
    attention = 1.0 / np.arange(1, size + 1)

    def attended(scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """By person: how much attention each of the other side gets in a list by these scores."""
        places = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1)
        found: np.ndarray[Any, Any] = attention[places]
        return found

    def matches(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> float:
        return float((ones * attended(first) * (others * attended(second)).T).sum())

    product = ones * others.T
    brief, assistant = (index.ravel() for index in np.indices((size, size)))
    edges = Edges(
        brief.astype(np.intp),
        assistant.astype(np.intp),
        product.ravel(),
        np.zeros(size * size),
        np.ones(size * size),
        np.ones(size),
        np.ones(size),
    )
    settings = PriceSettings(epsilon=0.01, iterations=100)
    plan = masses(edges, settings, solve(edges, settings)).reshape(size, size)
    return {
        "naive": round(matches(ones, others), 1),
        "product": round(matches(product, product.T), 1),
        "transport": round(matches(plan, plan.T), 1),
    }


def run(scale: Scale, behaviour: Behaviour, seed: int) -> Json:
    found: Json = {
        "seed": seed,
        "regimes": regimes(scale, behaviour, seed),
        "levers": levers(scale, behaviour, seed),
        "fairness": fairness(scale, behaviour, seed),
        "public_generator": public_generator(),
    }
    found["missed"] = [name for name, _, _, met in checks(found) if not met]
    return found


def checks(found: Json) -> list[tuple[str, str, float, bool]]:
    """Figure, target, what was measured, whether it is met."""
    listed: list[tuple[str, str, float, bool]] = []
    for row in found["regimes"]:
        demand = row["demand"]
        of_optimum = row["welfare_of_integer_optimum"] or row["welfare"]
        least = WELFARE[demand]
        listed.append((f"welfare / optimum at {demand}", f"≥ {least}", of_optimum, of_optimum >= least))
        listed.append(
            (f"… / perfect foresight at {demand}", "≥ 0.98", row["of_foresight"], row["of_foresight"] >= 0.98)
        )
        over = row["overbooked_minutes"]
        listed.append((f"overbooked minutes at {demand}", "0", over, over == 0))
    middle, high = found["regimes"][1], found["regimes"][2]
    listed.append(("fill at 0.6", "≥ 0.95", middle["fill"], middle["fill"] >= 0.95))
    asked = high["invitations_a_hire"]
    listed.append(("invitations a hire at 0.9", "≤ 1.40", asked, asked <= 1.40))
    fair = found["fairness"]
    listed.append(("exposure Gini", "≤ 0.65", fair["exposure_gini"], fair["exposure_gini"] <= 0.65))
    listed.append(("newcomers hired in 10 weeks", "≥ 0.18", fair["newcomers_hired"], fair["newcomers_hired"] >= 0.18))
    transport = found["public_generator"]["transport"]
    listed.append(("public generator, expected matches", "≥ 750", transport, transport >= 750))
    return listed


def table(found: Json) -> str:
    lines = [f"{'simulated market, seed ' + str(found['seed']):<40}{'target':>10}{'measured':>12}"]
    for name, target, value, met in checks(found):
        lines.append(f"{name:<40}{target:>10}{value:>12}{'' if met else '  MISSED'}")
    lines.append(f"{'at 0.9, with':<24}{'welfare':>10}{'fill':>10}{'invitations':>14}")
    for name, row in found["levers"].items():
        lines.append(f"{name:<24}{row['welfare']:>10}{row['fill']:>10}{row['invitations_a_hire']:>14}")
    return "\n".join([*lines, f"public generator: {found['public_generator']}", f"fairness: {found['fairness']}"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--assistants", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME=FACTOR")
    given = parser.parse_args(arguments)
    behaviour = Behaviour()
    if given.scale != 1.0:
        behaviour = behaviour.scaled(given.scale)
    known = {field.name for field in fields(Behaviour)}
    for name, _, factor in (text.partition("=") for text in given.only):
        if name not in known:
            parser.error(f"no parameter {name}; there are: {', '.join(sorted(known))}")
        behaviour = behaviour.scaled(float(factor), name)
    found = run(Scale(given.assistants, given.weeks), behaviour, given.seed)
    print(table(found))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
