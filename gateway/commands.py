"""What the reader's role in a company lets them do, for pages to draw: services decide it again for themselves."""

from __future__ import annotations

import functools
import importlib
import pkgutil

import shared.contracts
from gateway import session
from shared.platform.contract import Command


@functools.cache
def by_name() -> dict[str, Command]:
    """Every command of every service."""
    names = (each.name for each in pkgutil.iter_modules(shared.contracts.__path__))
    modules = (importlib.import_module(f"shared.contracts.{name}") for name in names)
    values = (value for module in modules for value in vars(module).values())
    return {value.name: value for value in values if isinstance(value, Command)}


def may(name: str) -> bool:
    """For templates: `{% if may("approve_timesheet") %}`."""
    found = session.current()
    return found is None or found.may(by_name()[name])
