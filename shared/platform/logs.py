"""Logs: JSON lines with the request's and the trace's ids, and no personal data (ids of accounts are pseudonyms)."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from shared.platform.context import Context

PERSONAL = frozenset(
    {"email", "name", "password", "token", "body", "text", "html", "to", "phone", "address", "memo", "message"}
)
"""Keys that never reach a log, whoever passes them."""
FRAMES = 12


def without_personal_data(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    for key in PERSONAL & event.keys():
        event[key] = "[withheld]"
    return event


def outline(error: BaseException) -> str:
    """An exception without its message, which may quote personal data: its type, the way to it, and its causes."""
    parts = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)[-FRAMES:]
        way = " > ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
        parts.append(f"{type(current).__name__} at {way}" if way else type(current).__name__)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "; from ".join(parts)


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-3:])


def outline_exceptions(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """In the place of structlog's rendering of tracebacks, which ends with the message."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event["exception"] = outline(found)
    return event


def configure_logs(level: str = "INFO", service: str = "") -> None:
    """One JSON object a line on standard error, for our own logs and the libraries' alike."""
    shared_steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_personal_data,
    ]
    structlog.configure(
        processors=[*shared_steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared_steps,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                outline_exceptions,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("amqp", "kombu", "nameko", "pymongo", "urllib3"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    # it would quote a failed handler's exception; the shell has its own line about each
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)
    if service:
        structlog.contextvars.bind_contextvars(service=service)


def log_fields(context: Context) -> dict[str, str]:
    """What every line about a call or an event carries."""
    return {
        "request_id": context.request_id,
        "trace_id": context.traceparent.split("-")[1],
        "actor": context.actor.account_id,
    }
