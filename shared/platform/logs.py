"""Logs: JSON lines with the request's and the trace's ids, and no personal data (ids of accounts are pseudonyms)."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from shared.platform.context import Context

PERSONAL = frozenset(
    {"email", "name", "password", "token", "body", "text", "html", "to", "phone", "address", "memo", "message"}
)
"""Keys that never reach a log, whoever passes them."""


def without_personal_data(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    for key in PERSONAL & event.keys():
        event[key] = "[withheld]"
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
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("amqp", "kombu", "nameko", "pymongo", "urllib3"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    if service:
        structlog.contextvars.bind_contextvars(service=service)


def log_fields(context: Context) -> dict[str, str]:
    """What every line about a call or an event carries."""
    return {
        "request_id": context.request_id,
        "trace_id": context.traceparent.split("-")[1],
        "actor": context.actor.account_id,
    }
