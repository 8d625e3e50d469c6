"""Refusals of state machines read as sentences of one language: states and steps have names there."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from gateway import labels
from shared.platform.machine import Machine

BY_THEMSELVES = {"expire", "complete", "reveal", "lapse", "end", "check", "use", "approve_by_silence", "fill"}
"""Steps that no person takes."""


def machines() -> list[tuple[str, Machine[str, str]]]:
    """Every table of every service's domain."""
    found = []
    for path in sorted(Path("services").glob("*/domain/*.py")):
        module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        found += [(module.__name__, value) for value in vars(module).values() if isinstance(value, Machine)]
    return found


def test_there_are_tables_to_look_at() -> None:
    assert len(machines()) > 5


@pytest.mark.parametrize(("module", "machine"), machines())
def test_states_and_steps_have_names(module: str, machine: Machine[str, str]) -> None:
    steps = {step.replace("_", " ") for step in machine.steps if step not in BY_THEMSELVES}
    states = {str(state) for step in machine.steps.values() for state in (*step.sources, step.target)}

    assert steps <= set(labels.IN_LISTS), module
    assert states <= set(labels.IN_SENTENCES), module
