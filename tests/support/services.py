"""Services that really run, in the test's process, on the tests' broker and database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from deploy.in_process import InProcess
from shared.platform.context import Actor


def actor(account_id: str, *roles: str) -> Actor:
    return Actor(account_id=account_id, roles=frozenset(roles))


@contextlib.contextmanager
def running(names: list[str], amqp_uri: str, mongo_uri: str, prefix: str, **settings: str) -> Iterator[InProcess]:
    """`with running(["billing"], amqp_uri, mongo_uri, database_prefix) as world: world.call(contract, payload,
    actor)`."""
    environ = {
        "AMQP_URI": amqp_uri,
        "MONGO_URI": mongo_uri,
        "DATABASE_PREFIX": prefix,
        "RETRY_SECONDS": "0.05,0.1,0.2",
        "TIMER_POLL_SECONDS": "0.2",
        "LOG_LEVEL": "WARNING",
        "SEALING_KEYS": "for tests " * 5,
        **settings,
    }
    world = InProcess(environ, names)
    world.start()
    try:
        yield world
    finally:
        world.stop()
