"""Fixtures that every kind of test may ask for: a real broker and a real database, started on first use, on free ports.

Shared ones live as long as the test run: never stop them. A test that breaks things asks for one of its own.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from pymongo import MongoClient

from deploy.database import DatabaseProcess
from deploy.processes import StartFailed
from tests.support import broker as brokers
from tests.support.broker import Broker

# How long an example takes to be made says more of a busy machine than of a test.
settings.register_profile("shared", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("shared")

PLACE = {"integration": "integration", "journeys": "journey", "faults": "fault"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test by the folder it is in."""
    for item in items:
        for folder, mark in PLACE.items():
            if f"tests/{folder}/" in item.path.as_posix():
                item.add_marker(mark)


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """The RabbitMQ that tests share."""
    started = _start(brokers.shared_broker)
    yield started
    started.remove()


@pytest.fixture(scope="module")
def amqp_uri(broker: Broker) -> str:
    """A fresh virtual host for each test module."""
    return broker.new_vhost()


@pytest.fixture
def own_broker() -> Iterator[Broker]:
    """A RabbitMQ for one test alone, which may stop, kill and start it again: same address, durable messages kept."""
    started = _start(brokers.own_broker)
    yield started
    started.remove()


@pytest.fixture(scope="session")
def database() -> Iterator[DatabaseProcess]:
    """The database server that tests share."""
    yield from _database()


@pytest.fixture(scope="session")
def mongo_uri(database: DatabaseProcess) -> str:
    return database.uri


@pytest.fixture
def own_database() -> Iterator[DatabaseProcess]:
    """A database server for one test alone, which may stop, kill and start it again: same address, committed data
    kept."""
    yield from _database()


@pytest.fixture
def database_prefix(mongo_uri: str) -> Iterator[str]:
    """A prefix for the names of this test's databases; those that it made are dropped after it."""
    prefix = f"t{secrets.token_hex(4)}_"
    yield prefix
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        for name in client.list_database_names():
            if name.startswith(prefix):
                client.drop_database(name)


def _start(make: Any) -> Broker:
    try:
        started: Broker = make()
    except StartFailed as problem:
        pytest.fail(str(problem), pytrace=False)
    return started


def _database() -> Iterator[DatabaseProcess]:
    folder = Path(tempfile.mkdtemp(prefix="dextra-database-"))
    server = DatabaseProcess(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)
