"""Runs one service in a process of its own: `python -m shared.platform.run services.matching.service:MatchingService`.

Liveness (`/livez`: the process turns over) and readiness (`/readyz`: broker, database and read model are there) are
answered on HEALTH_PORT. SIGTERM and SIGINT stop gracefully: what is in hand is finished, or handed back after 8 s.
"""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")  # known; decided in architecture.md

import eventlet  # noqa: E402

eventlet.monkey_patch()

import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Iterable, Mapping  # noqa: E402
from typing import Any  # noqa: E402

import structlog  # noqa: E402
from eventlet import wsgi  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402

from shared.platform.logs import configure_logs  # noqa: E402
from shared.platform.service import Service, StoreProvider, status  # noqa: E402
from shared.platform.settings import load_settings  # noqa: E402

STOP_SECONDS = 8
log = structlog.get_logger(__name__)


def make_container(service: type[Service], environ: Mapping[str, str] | None = None) -> ServiceContainer:
    """nameko's container for the service, configured from the environment. Raises SettingsError for a wrong setting."""
    environ = os.environ if environ is None else environ
    settings = load_settings(service.settings_class, environ)
    config = {
        "AMQP_URI": settings.amqp_uri,
        "max_workers": settings.max_workers,
        "serializer": "json",
        "environ": dict(environ),
        "settings": settings,
    }
    return ServiceContainer(service, config)


def provider_of(container: ServiceContainer) -> StoreProvider:
    """The container's store provider: its database, relay and timers."""
    provider: StoreProvider = next(d for d in container.dependencies if isinstance(d, StoreProvider))
    return provider


def health_app(container: ServiceContainer) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """A WSGI application with /livez and /readyz."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/livez":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [b'{"alive": true}']
        if environ["PATH_INFO"] != "/readyz":
            start_response("404 Not Found", [("Content-Type", "application/json")])
            return [b"{}"]
        try:
            state = status(provider_of(container)) if container.started else {"ready": False}
        except Exception as error:
            state = {"ready": False, "error": type(error).__name__}
        start_response(
            "200 OK" if state.get("ready") else "503 Service Unavailable", [("Content-Type", "application/json")]
        )
        return [json.dumps(state).encode()]

    return app


def load_service(path: str) -> type[Service]:
    """`package.module:Class` as the class."""
    module, _, name = path.partition(":")
    service: type[Service] = getattr(importlib.import_module(module), name)
    return service


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or ":" not in arguments[0]:
        sys.exit("Usage: python -m shared.platform.run services.<name>.service:<Class>")
    service = load_service(arguments[0])
    settings = load_settings(service.settings_class)
    configure_logs(settings.log_level, service.name)
    container = make_container(service)

    stopping = eventlet.event.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None if stopping.ready() else stopping.send(None))

    if settings.health_port:
        listener = eventlet.listen((settings.health_host, settings.health_port))
        eventlet.spawn(wsgi.server, listener, health_app(container), log_output=False)
    _start(container)
    log.info("service.started", service=service.name)
    died = eventlet.spawn(container.wait)
    died.link(lambda *_: None if stopping.ready() else stopping.send("died"))
    outcome = stopping.wait()
    with eventlet.Timeout(STOP_SECONDS, False):
        container.stop()
        log.info("service.stopped", service=service.name)
        os._exit(1 if outcome == "died" else 0)
    log.warning("service.stop_cut_short", service=service.name)
    os._exit(1)


def _start(container: ServiceContainer) -> None:
    """Starts; while broker or database are away, tries again with growing pauses (the order of containers is no
    promise)."""
    pause = 0.5
    for attempt in range(12):
        try:
            container.start()
            return
        except SystemExit:
            raise
        except Exception as error:
            if attempt == 11:
                raise
            log.warning("service.start_failed", error=type(error).__name__, detail=str(error)[:300], retry_in=pause)
            container.kill()
            eventlet.sleep(pause)
            pause = min(pause * 1.6, 5)
            os.execv(sys.executable, [sys.executable, "-m", "shared.platform.run", *sys.argv[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
