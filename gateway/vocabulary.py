"""Keeps this process's taxonomy up with what operators add: every gateway asks now and then, beside a page's own
questions, and at once when it meets a code it does not know."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, current_app

from shared.contracts import taxonomy
from shared.contracts import vocabulary as c
from shared.platform.context import Actor, Context
from shared.platform.errors import DextraError

log = structlog.get_logger(__name__)
PAUSE = 1.0
"""Between two questions about codes that nobody knows."""


class Vocabulary:
    """`number`: up to which change it knows."""

    def __init__(self, rpc: Any, seconds: float) -> None:
        self._rpc = rpc
        self._seconds = seconds
        self._number = 0
        self._asked_at = float("-inf")

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self._asked_at > self._seconds

    def asks(self) -> Mapping[str, Any]:
        """The question, whose answer goes to `takes`. It is asked once, whatever becomes of it."""
        self._asked_at = time.monotonic()
        return {"number": self._number}

    def takes(self, answer: Any) -> None:
        if isinstance(answer, Mapping):
            for told in answer.get("items", ()):
                taxonomy.take_up([c.entry_of(told)])
                self._number = max(self._number, told["number"])

    def look(self) -> None:
        """Asks at once, unless it did so just now. An outage is no news about a code."""
        if time.monotonic() - self._asked_at < PAUSE:
            return
        headers = Context(actor=Actor()).to_headers()
        try:
            self.takes(self._rpc.call(c.SERVICE, c.GetAdditions.name, self.asks(), headers=headers, safe=True))
        except DextraError as error:
            log.warning("taxonomy.not_asked", error=error.code)


def current() -> Vocabulary:
    found: Vocabulary = current_app.extensions["dextra.vocabulary"]
    return found


def init_vocabulary(app: Flask) -> None:
    seconds = app.extensions["dextra.settings"].taxonomy_seconds
    app.extensions["dextra.vocabulary"] = vocabulary = Vocabulary(app.extensions["dextra.rpc"], seconds)
    if seconds != float("inf"):
        taxonomy.look_with(vocabulary.look)
