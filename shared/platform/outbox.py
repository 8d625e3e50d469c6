"""The outbox: events are written in the transaction of their cause; a relay publishes them, in order per aggregate.

Several relays may work at once: each claims an aggregate before it publishes that aggregate's events. A relay is woken
in-process by a commit, and polls for what a killed process left behind (docs/decisions/0003-relay.md).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from kombu import Connection, Exchange, Producer
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from shared.platform.clock import to_millis
from shared.platform.context import Context
from shared.platform.contract import Event
from shared.platform.ids import new_id
from shared.platform.storage import Database, Document

log = structlog.get_logger(__name__)

EXCHANGE = Exchange("dextra.events", type="topic", durable=True)
CLAIM_SECONDS = 10
BATCH = 200


def append(tx: Database, event: Event, aggregate_id: str, data: Any, context: Context, at: datetime) -> Document:
    """Writes the event in `tx`'s transaction, next in its aggregate's order. Two writers at once: the later one is
    retried."""
    last = tx.events.raw.find_one(
        {"aggregate_id": aggregate_id}, {"sequence": 1}, sort=[("sequence", -1)], session=tx.session
    )
    document: Document = {
        "_id": new_id(),
        "aggregate_id": aggregate_id,
        "sequence": (last["sequence"] if last else 0) + 1,
        "name": event.name,
        "version": event.version,
        "data": event.dump(data),
        "context": context.child().to_headers(),
        "occurred_at": to_millis(at),
        "pending": True,
        **({"transient": True} if event.transient else {}),
    }
    tx.events.raw.insert_one(document, session=tx.session)
    return document


def to_message(document: Mapping[str, Any]) -> str:
    """The event as it crosses the broker."""
    return json.dumps(
        {
            "id": document["_id"],
            "name": document["name"],
            "version": document["version"],
            "aggregate_id": document["aggregate_id"],
            "sequence": document["sequence"],
            "occurred_at": document["occurred_at"].isoformat(),
            "context": document["context"],
            "data": document["data"],
        }
    )


class Publisher:
    """A held connection that publishes with the broker's confirmation. Not thread-safe; connects when first used."""

    def __init__(self, amqp_uri: str) -> None:
        self.amqp_uri = amqp_uri
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def publish(self, messages: Iterable[tuple[str, str]]) -> None:
        """Pairs of routing key and body, in order. Raises when the broker did not take one."""
        producer = self._connect()
        for routing_key, body in messages:
            producer.publish(
                body,
                routing_key=routing_key,
                exchange=EXCHANGE,
                declare=[],
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=2,
                retry=False,
            )

    def _connect(self) -> Producer:
        if self._producer is None:
            self._connection = Connection(self.amqp_uri, transport_options={"confirm_publish": True}, heartbeat=0)
            self._connection.connect()
            channel = self._connection.channel()
            EXCHANGE(channel).declare()
            self._producer = Producer(channel, auto_declare=False)
        return self._producer

    def close(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            try:
                connection.close()
            except (OSError, *connection.connection_errors):
                log.debug("relay.close_failed")


class Relay:
    """Publishes what is pending in one service's outbox."""

    def __init__(self, database: Database, amqp_uri: str, poll_seconds: float = 2.0) -> None:
        self.database = database
        self.poll_seconds = poll_seconds
        self.publisher = Publisher(amqp_uri)
        self.id = new_id()
        self.published = 0
        self._wake = threading.Event()
        self._stopping = False

    def wake(self) -> None:
        """Called after a commit that wrote events."""
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def run(self) -> None:
        """Until `stop`: publish, sleep till woken or till the next poll. Waits longer while broker or database is
        away."""
        pause = 0.1
        while not self._stopping:
            self._wake.clear()
            try:
                busy = self.drain()
                pause = 0.1
            except Exception as error:  # broker or database away: whatever it was, the events are still there
                log.warning("relay.failed", error=type(error).__name__, detail=str(error)[:200], retry_in=pause)
                self.publisher.close()
                self._wake.wait(pause)
                pause = min(pause * 2, 5.0)
                continue
            if not busy and not self._stopping:
                self._wake.wait(self.poll_seconds)
        self.publisher.close()

    def drain(self) -> bool:
        """One round. Says whether anything was published (then there may be more)."""
        events = self.database.events.raw
        waiting = list(events.find({"pending": True}, {"aggregate_id": 1}).sort("_id", 1).limit(BATCH))
        if not waiting:
            return False
        claimed = self._claim(list(dict.fromkeys(document["aggregate_id"] for document in waiting)))
        if not claimed:
            return False
        try:
            batch = list(
                events.find({"pending": True, "aggregate_id": {"$in": claimed}}).sort([("_id", 1)]).limit(BATCH * 5)
            )
            batch.sort(key=lambda document: (document["aggregate_id"], document["sequence"]))
            self.publisher.publish((document["name"], to_message(document)) for document in batch)
            transient = [document["_id"] for document in batch if document.get("transient")]
            kept = [document["_id"] for document in batch if not document.get("transient")]
            if kept:
                events.update_many({"_id": {"$in": kept}}, {"$unset": {"pending": ""}})
            if transient:
                events.delete_many({"_id": {"$in": transient}})
        finally:
            self._release(claimed)
        self.published += len(batch)
        return bool(batch)

    def _claim(self, aggregates: list[str]) -> list[str]:
        claims = self.database.relay_claims.raw
        until = datetime.now(UTC) + timedelta(seconds=CLAIM_SECONDS)
        wanted = [{"_id": aggregate, "by": self.id, "until": until} for aggregate in aggregates]
        try:
            claims.insert_many(wanted, ordered=False)
            return aggregates
        except (BulkWriteError, DuplicateKeyError):
            claims.delete_many({"_id": {"$in": aggregates}, "until": {"$lt": datetime.now(UTC)}})
        return [claim["_id"] for claim in claims.find({"_id": {"$in": aggregates}, "by": self.id}, {"_id": 1})]

    def _release(self, aggregates: list[str]) -> None:
        try:
            self.database.relay_claims.raw.delete_many({"_id": {"$in": aggregates}, "by": self.id})
        except PyMongoError:
            log.warning("relay.release_failed")  # the claims lapse by themselves


def offer_again(database: Database, since: datetime) -> int:
    """Marks the events since then as pending once more: for a broker that forgot them. Consumers know what they have
    seen."""
    result = database.events.raw.update_many({"occurred_at": {"$gte": since}}, {"$set": {"pending": True}})
    return int(result.modified_count)


def replay_history(database: Database, names: Iterable[str] | None = None) -> int:
    """Marks the whole history (of these event names) as pending, oldest first, for a read model that is being
    rebuilt."""
    query: dict[str, Any] = {"name": {"$in": list(names)}} if names is not None else {}
    return int(database.events.raw.update_many(query, {"$set": {"pending": True}}).modified_count)
