"""Settings: typed, from the environment, checked once at start; a wrong one stops the start with a sentence.

A group of settings is a frozen dataclass whose fields are made by `setting()`. Secrets may also come from a file: where
`NAME_FILE` is set, its content is the value of `NAME` (Docker's secrets).
"""

from __future__ import annotations

import dataclasses
import os
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

S = TypeVar("S")
REQUIRED = object()


class SettingsError(SystemExit):
    """A setting is missing or wrong. Ends the process with the sentence."""


def setting(
    name: str,
    doc: str,
    default: Any = REQUIRED,
    *,
    secret: bool = False,
    check: Callable[[Any], str | None] | None = None,
) -> Any:
    """A field read from the environment variable `name`. `check` returns what is wrong with a value, or None."""
    metadata = {"name": name, "doc": doc, "secret": secret, "check": check}
    if default is REQUIRED:
        return dataclasses.field(metadata={**metadata, "required": True})
    return dataclasses.field(default=default, metadata={**metadata, "required": False})


def at_least(low: float) -> Callable[[Any], str | None]:
    return lambda value: None if value >= low else f"must be at least {low}"


def _parse(kind: Any, raw: str) -> Any:
    if kind is bool:
        lowered = raw.strip().lower()
        if lowered in ("1", "true", "yes", "on"):
            return True
        if lowered in ("0", "false", "no", "off", ""):
            return False
        raise ValueError("must be 1 or 0")
    if kind is int:
        return int(raw)
    if kind is float:
        return float(raw)
    if kind is str:
        return raw.strip()
    if typing.get_origin(kind) is tuple:
        inner = typing.get_args(kind)[0]
        return tuple(_parse(inner, part) for part in raw.split(",") if part.strip())
    raise TypeError(f"settings cannot be of type {kind}")


def _raw(name: str, environ: Mapping[str, str]) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"Setting {name}_FILE names {path}, which cannot be read: {error.strerror}.") from error
    return environ.get(name)


def load_settings(kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """The settings of `kind`. Raises SettingsError (which ends the process) with a sentence that names every wrong
    one."""
    environ = os.environ if environ is None else environ
    types = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        name = field.metadata["name"]
        raw = _raw(name, environ)
        if raw is None or (raw == "" and types[field.name] is not str):
            if field.metadata["required"]:
                wrong.append(f"{name} is not set ({field.metadata['doc']})")
            continue
        try:
            value = _parse(types[field.name], raw)
        except ValueError:
            shown = "its value" if field.metadata["secret"] else repr(raw)
            wrong.append(f"{name} must be {_words(types[field.name])}, and {shown} is not ({field.metadata['doc']})")
            continue
        problem = field.metadata["check"](value) if field.metadata["check"] else None
        if problem:
            wrong.append(f"{name} {problem} ({field.metadata['doc']})")
        values[field.name] = value
    if wrong:
        raise SettingsError("Dextra cannot start: " + "; ".join(wrong) + ".")
    return kind(**values)


def _words(kind: Any) -> str:
    names = {bool: "1 or 0", int: "a whole number", float: "a number", str: "text"}
    return names.get(kind, "a list separated by commas")


@dataclass(frozen=True)
class ServiceSettings:
    """What every service needs."""

    amqp_uri: str = setting("AMQP_URI", "the broker: amqp://user:password@host:5672/", secret=True)
    mongo_uri: str = setting("MONGO_URI", "the database: a replica set's mongodb:// address", secret=True)
    database_prefix: str = setting("DATABASE_PREFIX", "put before the names of the services' databases", "dextra_")
    max_workers: int = setting("MAX_WORKERS", "calls that one process works on at a time", 32, check=at_least(2))
    event_workers: int = setting("EVENT_WORKERS", "events that one process works on at a time", 8, check=at_least(1))
    retry_seconds: tuple[float, ...] = setting(
        "RETRY_SECONDS",
        "waits before a failed event is tried again; then it is a dead letter",
        (0.2, 1.0, 5.0, 15.0, 60.0),
    )
    relay_poll_seconds: float = setting(
        "RELAY_POLL_SECONDS",
        "how often the relay looks for events that another process left behind",
        2.0,
        check=at_least(0.05),
    )
    timer_poll_seconds: float = setting(
        "TIMER_POLL_SECONDS", "how often due timers are looked for", 1.0, check=at_least(0.05)
    )
    log_level: str = setting("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR", "INFO")
    health_port: int = setting("HEALTH_PORT", "port of /livez and /readyz; 0 for none", 0)
    health_host: str = setting("HEALTH_HOST", "address that /livez and /readyz listen on", "127.0.0.1")


def describe(kind: type[Any]) -> list[tuple[str, str, str]]:
    """Rows (name, default, meaning) for the operating manual."""
    rows = []
    for field in dataclasses.fields(kind):
        if field.metadata["required"]:
            default = "(needed)"
        elif isinstance(field.default, bool):
            default = str(int(field.default))
        elif isinstance(field.default, tuple):
            default = ",".join(str(part) for part in field.default)
        else:
            default = str(field.default)
        rows.append((field.metadata["name"], default, field.metadata["doc"]))
    return rows
