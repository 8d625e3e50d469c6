"""The parts that tests stand on hold what they promise: a broker and a database that survive their own restart."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from kombu import Connection
from pymongo import MongoClient

from deploy.database import DatabaseProcess
from tests.support.broker import Broker


def test_a_message_goes_through_the_shared_broker(amqp_uri: str) -> None:
    with Connection(amqp_uri) as connection, connection.SimpleQueue("letters") as queue:
        queue.put({"hello": "world"})

        message = queue.get(timeout=5)

        message.ack()
        assert message.payload == {"hello": "world"}


def test_a_killed_broker_keeps_its_durable_messages_at_the_same_address(own_broker: Broker) -> None:
    confirmed = Connection(own_broker.uri, transport_options={"confirm_publish": True})
    with confirmed as connection, connection.SimpleQueue("letters") as queue:
        queue.put("kept")

    own_broker.kill()
    own_broker.start()

    with Connection(own_broker.uri) as connection, connection.SimpleQueue("letters") as queue:
        assert queue.get(timeout=5).payload == "kept"


def test_a_transaction_holds_in_the_shared_database(mongo_uri: str, database_prefix: str) -> None:
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        entries = client[f"{database_prefix}parts"]["entries"]
        entries.create_index("name", unique=True)

        with client.start_session() as session:
            session.with_transaction(lambda s: entries.insert_one({"_id": 1, "name": "first"}, session=s))
            with session.start_transaction():
                entries.insert_one({"_id": 2, "name": "second"}, session=session)
                session.abort_transaction()

        assert [entry["_id"] for entry in entries.find()] == [1]


def test_a_killed_database_keeps_what_it_acknowledged_at_the_same_address(own_database: DatabaseProcess) -> None:
    with MongoClient[dict[str, Any]](own_database.uri) as client:
        client["parts"]["entries"].insert_many([{"_id": number} for number in range(100)])

        own_database.kill()
        own_database.start()

        assert client["parts"]["entries"].count_documents({}) == 100


def test_a_database_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from deploy.database import DatabaseProcess;"
        "server = DatabaseProcess(sys.argv[1]); server.start(); print(server._child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.kill()
    parent.wait()

    deadline = time.monotonic() + 20
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z")
