"""The local run: everything in one process, on a database child process and an in-memory broker. `make run` calls it.

Needs Python and the locked packages, nothing else. `PORT` chooses the port, `DATA_DIR` where data are kept between
runs, `DEMO=0` leaves the demo data out. The first start makes the demo data through the services' own commands.
"""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")  # known; decided in architecture.md

import eventlet

eventlet.monkey_patch()

import contextlib
import errno
import logging
import os
import secrets
import signal
import socket
import sys
import time
from datetime import timedelta
from pathlib import Path

from eventlet import wsgi

from deploy.database import DatabaseProcess
from deploy.in_process import InProcess
from deploy.processes import StartFailed
from deploy.services import SERVICES
from gateway.app import create_app
from gateway.settings import GatewaySettings
from shared.platform import memory_transport
from shared.platform.clock import utc_now
from shared.platform.logs import configure_logs
from shared.platform.outbox import offer_again
from shared.platform.run import provider_of
from shared.platform.service import set_clock
from shared.platform.settings import SettingsError, load_settings
from shared.platform.storage import Collection, Database, connect

CHECKPOINT_SECONDS = 15
OVERLAP = timedelta(minutes=2)


class Notes(Collection[dict]):  # type: ignore[type-arg]
    name = "notes"

    def to_document(self, entity: dict) -> dict:  # type: ignore[type-arg]
        return dict(entity)

    def from_document(self, document: dict) -> dict:  # type: ignore[type-arg]
        return document


class LocalStore(Database):
    """What the local run itself keeps: whether demo data are there, and till when all events are known to be
    handled."""

    service = "local_run"
    notes = Notes


def say(line: str = "") -> None:
    print(line, flush=True)


def chosen_port() -> int:
    """Ends the process with a sentence when PORT is no number."""
    try:
        return int(os.environ.get("PORT") or 8000)
    except ValueError:
        sys.exit(f"PORT must be a number, and {os.environ['PORT']!r} is not. For example: PORT=8123 make run")


def listen(port: int) -> socket.socket:
    """The listening socket. Ends the process with a sentence when the port is taken."""
    try:
        # else two runs would share the port, and the requests
        sock: socket.socket = eventlet.listen((os.environ.get("HOST", "127.0.0.1"), port), reuse_port=False)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"Port {port} is taken by another program. Choose one: PORT={port + 1} make run")
        sys.exit(f"Port {port} cannot be used: {error.strerror}. Choose another: PORT=8123 make run")
    return sock


def secret(data_dir: Path, name: str) -> str:
    """Random text that signs sessions, or seals: made at the first run and kept with the data."""
    path = data_dir / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def keep_checkpoint(world: InProcess, store: LocalStore) -> None:
    """Notes now and then that all events till then have been handled, so that the next start need not offer them
    again."""
    noted = -1
    while True:
        eventlet.sleep(CHECKPOINT_SECONDS)
        with contextlib.suppress(Exception):  # the database may be restarting; the next round will tell
            at, published = utc_now(), world.published
            if published != noted and world.idle():
                store.notes.put({"_id": "checkpoint", "at": at})
                noted = published


def recover_events(world: InProcess, store: LocalStore) -> None:
    """The in-memory broker forgot what it held: offer again what was published since the last checkpoint."""
    noted = store.notes.find_one(id="checkpoint")
    if noted is None:
        return
    for container in world.containers.values():
        provider = provider_of(container)
        if offer_again(provider.database, noted["at"] - OVERLAP):
            provider.relay.wake()


def with_demo() -> bool:
    return os.environ.get("DEMO", "1") != "0"


def name_sign_ins() -> None:
    from deploy.demo.people import SIGN_INS

    say("Sign in as:")
    for line in SIGN_INS:
        say(f"  {line}")


def drop_unfinished(store: LocalStore) -> None:
    """Demo data that somebody interrupted are half a story: they go, and are made anew."""
    if store.notes.find_one(id="demo_begun") is None or store.notes.find_one(id="demo") is not None:
        return
    say("  the demo data were not finished last time; starting them anew")
    for name in [*SERVICES, store.service]:
        store.client.drop_database(f"{store.prefix}{name}")


def make_demo_data(world: InProcess, store: LocalStore) -> None:
    from deploy.demo.load import load

    started = time.monotonic()
    say("  making demo data (once) ...")
    store.notes.put({"_id": "demo_begun", "at": utc_now()})
    load(world)
    world.settle()
    set_clock(None)
    store.notes.put({"_id": "demo", "at": utc_now()})
    store.notes.put({"_id": "checkpoint", "at": utc_now()})
    say(f"  ... done in {time.monotonic() - started:.0f} s")


def settings(port: int, data_dir: Path, database: DatabaseProcess) -> dict[str, str]:
    """What the services and the gateway are told of this run."""
    host = os.environ.get("HOST", "127.0.0.1")
    return {
        "AMQP_URI": memory_transport.register(),
        "MONGO_URI": database.uri,
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "MAILBOX": "1",
        # by name: browsers keep passkeys for names only
        "PUBLIC_URL": os.environ.get("PUBLIC_URL") or f"http://{'localhost' if host == '127.0.0.1' else host}:{port}",
        "OPERATOR_EMAILS": os.environ.get("OPERATOR_EMAILS", "operator@dextra.example"),
        "SECRET_KEY": secret(data_dir, "secret_key"),
        "SEALING_KEYS": secret(data_dir, "sealing_keys"),
        "COOKIE_SECURE": "0",
        "TIMER_POLL_SECONDS": "5",
        "MAIL_POLL_SECONDS": "10",
        "RELAY_POLL_SECONDS": "10",
    }


def stop_at_once(database: DatabaseProcess) -> None:
    """Until all is ready, a signal ends the run where it is: nothing that was acknowledged is lost by that."""

    def stop(*_: object) -> None:
        say("\nStopped before it was ready.")
        with contextlib.suppress(BaseException):  # wherever the signal found us: waiting may not be possible there
            database.kill()
        os._exit(130)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def main() -> None:
    started = time.monotonic()
    port = chosen_port()
    configure_logs(os.environ.get("LOG_LEVEL", "WARNING"), "local")
    logging.captureWarnings(True)
    sock = listen(port)
    data_dir = Path(os.environ.get("DATA_DIR") or ".data").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)

    say("Dextra is starting ...")
    database = DatabaseProcess(data_dir / "database")
    try:
        database.start()
    except StartFailed as problem:
        sys.exit(f"The database did not start: {problem}")

    stop_at_once(database)
    environ = settings(port, data_dir, database)
    address = environ["PUBLIC_URL"]
    try:
        store = LocalStore(connect(database.uri))
        drop_unfinished(store)
        world = InProcess(environ)
        world.start()
        recover_events(world, store)
        if with_demo() and store.notes.find_one(id="demo") is None:
            make_demo_data(world, store)
        app = create_app(load_settings(GatewaySettings, {**os.environ, **environ}))
    except SettingsError:
        database.stop()
        raise

    eventlet.spawn(keep_checkpoint, world, store)
    stopping = eventlet.event.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None if stopping.ready() else stopping.send(None))
    server = eventlet.spawn(wsgi.server, sock, app, log_output=False, debug=False, max_size=256)

    say(f"Dextra is ready after {time.monotonic() - started:.1f} s: {address}")
    if with_demo():
        name_sign_ins()
    say(f"E-mails that Dextra sends are at {address}/mailbox; data are kept in {data_dir}. Ctrl-C stops.")

    stopping.wait()
    say("\nStopping ...")
    server.kill()
    with contextlib.suppress(Exception):
        if world.idle():
            store.notes.put({"_id": "checkpoint", "at": utc_now()})
    world.stop()
    database.stop()
    say("Stopped.")
    os._exit(0)


if __name__ == "__main__":
    main()
