"""The outbox: events are written in the transaction of their cause; a relay publishes them, in order per aggregate.

Several relays may work at once: each claims the outbox for a round of publishing. A relay is woken in-process by a
commit, and polls for what a killed process left behind (docs/decisions/0003-relay.md).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from kombu import Connection, Exchange, Producer
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from shared.platform.clock import to_millis
from shared.platform.context import Context
from shared.platform.contract import Event
from shared.platform.ids import new_id
from shared.platform.storage import DUPLICATE_KEY, Database, Document

log = structlog.get_logger(__name__)

EXCHANGE = Exchange("dextra.events", type="topic", durable=True)
CLAIM_SECONDS = 10
"""A killed relay's claim lapses after this; a round takes a fraction of a second."""
CLAIMED_PAUSE = 0.02
LONGEST_CLAIMED_PAUSE = 0.25
CONNECT_SECONDS = 5.0
LONGEST_PAUSE = 2.0
CONFIRM_SECONDS = 5.0
BATCH = 200


def fact(event: Event, aggregate_id: str, data: Any, context: Context, at: datetime) -> Document:
    """What happened, as the outbox keeps it; its place in its aggregate's order comes when it is written."""
    return {
        "_id": new_id(),
        "aggregate_id": aggregate_id,
        "name": event.name,
        "version": event.version,
        "data": event.dump(data),
        "context": context.child().to_headers(),
        "occurred_at": to_millis(at),
        "pending": True,
        **({"transient": True} if event.transient else {}),
    }


def append(tx: Database, facts: Sequence[Document]) -> None:
    """Writes the facts in `tx`'s transaction, each next in its aggregate's order. Two writers at once: the later one is
    retried, since places are unique."""
    if not facts:
        return
    events = tx.events.raw
    last = dict.fromkeys(dict.fromkeys(fact["aggregate_id"] for fact in facts), 0)
    if len(last) == 1:
        (id,) = last
        newest = events.find_one({"aggregate_id": id}, {"sequence": 1}, sort=[("sequence", -1)], session=tx.session)
        last[id] = newest["sequence"] if newest else 0
    else:
        known = {"$match": {"aggregate_id": {"$in": list(last)}}}
        highest = {"$group": {"_id": "$aggregate_id", "sequence": {"$max": "$sequence"}}}
        last |= {row["_id"]: row["sequence"] for row in events.aggregate([known, highest], session=tx.session)}
    rows = []
    for each in facts:
        last[each["aggregate_id"]] += 1
        rows.append({**each, "sequence": last[each["aggregate_id"]]})
    if len(rows) == 1:
        events.insert_one(rows[0], session=tx.session)
        return
    try:
        events.insert_many(rows, session=tx.session)
    except BulkWriteError as error:
        if any(row.get("code") == DUPLICATE_KEY for row in error.details.get("writeErrors", [])):
            raise DuplicateKeyError("another transaction was first", DUPLICATE_KEY) from error
        raise


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
        self._confirms = False
        self._sent = 0
        self._unconfirmed: set[int] = set()
        self._refused = 0

    def publish(self, messages: Iterable[tuple[str, str]]) -> None:
        """Pairs of routing key and body, in order. Returns when the broker has taken all; raises when it did not."""
        producer = self._connect()
        self._refused = 0
        for routing_key, body in messages:
            if self._confirms:
                self._sent += 1
                self._unconfirmed.add(self._sent)
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
        while self._unconfirmed and self._connection is not None:
            self._connection.drain_events(timeout=CONFIRM_SECONDS)
        if self._refused:
            raise ConnectionError(f"the broker refused {self._refused} events")

    def _connect(self) -> Producer:
        if self._producer is None:
            self._connection = Connection(self.amqp_uri, heartbeat=0, connect_timeout=CONNECT_SECONDS)
            self._connection.connect()
            channel = self._connection.channel()
            EXCHANGE(channel).declare()
            self._sent = 0
            self._unconfirmed = set()
            self._confirms = hasattr(channel, "confirm_select")  # the in-memory broker takes a message at once
            if self._confirms:
                channel.events["basic_ack"].add(self._on_ack)
                channel.events["basic_nack"].add(self._on_nack)
                channel.confirm_select()
            self._producer = Producer(channel, auto_declare=False)
        return self._producer

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {tag for tag in self._unconfirmed if tag > delivery_tag}
        else:
            self._unconfirmed.discard(delivery_tag)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        self._refused += 1
        self._on_ack(delivery_tag, multiple)

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
        self._claimed_pause = CLAIMED_PAUSE
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
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if not busy and not self._stopping:
                self._wake.wait(self.poll_seconds)
        self.publisher.close()

    def drain(self) -> bool:
        """One round. Says whether there may be more."""
        events = self.database.events.raw
        if events.find_one({"pending": True}, {"_id": 1}) is None:
            return False
        if not self._claim():
            self._wake.wait(self._claimed_pause)
            self._claimed_pause = min(self._claimed_pause * 1.5, LONGEST_CLAIMED_PAUSE)
            return True
        self._claimed_pause = CLAIMED_PAUSE
        try:
            batch = list(events.find({"pending": True}).sort("_id", 1).limit(BATCH))
            batch.sort(key=lambda document: (document["aggregate_id"], document["sequence"]))
            batch = self._without_gaps(batch)
            self.publisher.publish((document["name"], to_message(document)) for document in batch)
            transient = [document["_id"] for document in batch if document.get("transient")]
            kept = [document["_id"] for document in batch if not document.get("transient")]
            if kept:
                events.update_many({"_id": {"$in": kept}}, {"$unset": {"pending": ""}})
            if transient:
                events.delete_many({"_id": {"$in": transient}})
        finally:
            self._release()
        self.published += len(batch)
        return bool(batch)

    def _without_gaps(self, batch: list[Document]) -> list[Document]:
        """Without events whose predecessor is pending but beyond this batch (ids of two writers may cross)."""
        if len(batch) < BATCH:
            return batch
        first: dict[str, int] = {}
        for document in batch:
            first.setdefault(document["aggregate_id"], document["sequence"])
        earlier = {
            document["aggregate_id"]
            for document in self.database.events.raw.find(
                {"pending": True, "aggregate_id": {"$in": list(first)}}, {"aggregate_id": 1, "sequence": 1}
            )
            if document["sequence"] < first[document["aggregate_id"]]
        }
        return [document for document in batch if document["aggregate_id"] not in earlier]

    def _claim(self) -> bool:
        """The right to publish for one round; one relay of a service at a time, so that the order holds."""
        claims = self.database.relay_claims.raw
        now = datetime.now(UTC)
        mine = {"_id": "outbox", "by": self.id, "until": now + timedelta(seconds=CLAIM_SECONDS)}
        try:
            claims.insert_one(mine)
        except DuplicateKeyError:
            claims.delete_one({"_id": "outbox", "until": {"$lt": now}})
            return False
        return True

    def _release(self) -> None:
        try:
            self.database.relay_claims.raw.delete_one({"_id": "outbox", "by": self.id})
        except PyMongoError:
            log.warning("relay.release_failed")  # the claim lapses by itself


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
