"""Consumers of events: idempotent, tried again with growing waits, dead-lettered with their reason in the end.

Every subscribing service has one durable queue (a quorum queue on RabbitMQ) with a dead-letter queue behind it. A
handler runs in a transaction that also records the event's id, so that a message that comes twice has its effect once.
A handler that fails is rolled back and its event parked in the service's database until its next try; after the last
one it becomes a dead letter there, with the reason, the traceback and the original, and can be replayed. A message that
kills the process each time it is handled is dead-lettered by the broker (delivery limit) and recorded alike.

What says nothing about the event is not counted as its failure: a database that is away, documents that somebody else
holds. Such an event is tried every few seconds until it succeeds; while the database is away it waits in hand.

Events of one aggregate are handled one after another in a process, later ones behind a parked one. Across replicas the
order is not promised: copies are guarded by the event's `sequence`.
"""

from __future__ import annotations

import json
import random
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from eventlet import GreenPile, sleep
from kombu import Connection, Exchange, Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension
from nameko.messaging import QueueConsumer
from pymongo.errors import DuplicateKeyError

from shared.platform.clock import utc_now
from shared.platform.link import LINK_ERRORS
from shared.platform.logs import outline
from shared.platform.outbox import EXCHANGE
from shared.platform.storage import Database, Document, is_transient

if TYPE_CHECKING:
    from shared.platform.contract import Event

log = structlog.get_logger(__name__)

DEAD_EXCHANGE = Exchange("dextra.dead", type="direct", durable=True)
DELIVERY_LIMIT = 20
TRACEBACK_LIMIT = 8000
CLAIM = timedelta(seconds=20)
"""A killed process's try of a parked event is taken over after this."""
LONGEST_PAUSE = 3.0


@dataclass(frozen=True, slots=True)
class Received:
    """An event as a handler gets it. `sequence` grows with every event of the aggregate; `data` is loaded by its
    schema."""

    id: str
    name: str
    version: int
    aggregate_id: str
    sequence: int
    occurred_at: datetime
    context: dict[str, Any]
    data: Any

    @classmethod
    def of(cls, body: Document, event: Event) -> Received:
        return cls(
            id=body["id"],
            name=body["name"],
            version=body["version"],
            aggregate_id=body["aggregate_id"],
            sequence=body["sequence"],
            occurred_at=datetime.fromisoformat(body["occurred_at"]),
            context=body.get("context") or {},
            data=event.load(body["data"]),
        )


def queue_name(service: str) -> str:
    return f"events.{service}"


def dead_queue(service: str) -> Queue:
    """Where the broker puts what was delivered too often."""
    name = f"{queue_name(service)}.dead"
    return Queue(
        name, exchange=DEAD_EXCHANGE, routing_key=name, durable=True, queue_arguments={"x-queue-type": "quorum"}
    )


def event_queue(service: str, names: list[str]) -> Queue:
    """The service's one queue, bound to the names of the events that it handles."""
    from kombu import binding

    return Queue(
        queue_name(service),
        bindings=[binding(EXCHANGE, routing_key=name) for name in sorted(names)],
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_EXCHANGE.name,
            "x-dead-letter-routing-key": f"{queue_name(service)}.dead",
        },
    )


class EventQueueConsumer(QueueConsumer):  # type: ignore[misc]
    """nameko's consumer with a connection of its own, so that a flood of events does not hold up calls."""

    connected = False

    @property
    def prefetch_count(self) -> int:
        return int(self.container.config.get("event_workers", 8))

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        """kombu's own waits up to 30 seconds between its tries."""
        self.connected = False
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error, interval_start=0.2, interval_step=0.4, interval_max=LONGEST_PAUSE
            )
            yield connection

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        log.warning("broker.away", error=type(exc).__name__, retry_in=interval)

    def on_consume_ready(self, connection: Any, channel: Any, consumers: Any, **kwargs: Any) -> None:
        self.connected = True
        super().on_consume_ready(connection, channel, consumers, **kwargs)


class DeadQueue:
    """The provider behind the dead-letter queue: records what lies there in the service's database."""

    def __init__(self, consumer: EventConsumer) -> None:
        self.consumer = consumer
        self.queue = dead_queue(consumer.container.service_name)

    def handle_message(self, body: Any, message: Any) -> None:
        self.consumer.record_undeliverable(body, message)


class EventConsumer(SharedExtension, ProviderCollector):  # type: ignore[misc]
    """Takes messages of the service's queue to the subscriptions' handlers."""

    queue_consumer = EventQueueConsumer()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queue: Queue | None = None
        self._dead: DeadQueue | None = None
        self._waiting: dict[str, deque[Callable[[], None]]] = {}
        self._parked: set[str] = set()
        self._trying: set[str] = set()
        self._stopping = False
        self._wake = threading.Event()
        self.done: Callable[[], None] | None = None

    # -- life ----------------------------------------------------------------------------------------------------

    def setup(self) -> None:
        if self.queue is None:
            # from the class: subscriptions register with us in their own set-up, in no order
            service = self.container.service_cls
            methods = (getattr(service, name) for name in dir(service))
            names = [event.name for method in methods for event in getattr(method, "events", ())]
            if len(names) != len(set(names)):
                raise RuntimeError(f"{self.container.service_name}: an event has two handlers")
            self.queue = event_queue(self.container.service_name, names)
            self._dead = DeadQueue(self)
            self.queue_consumer.register_provider(self)
            self.queue_consumer.register_provider(self._dead)

    def start(self) -> None:
        self._stopping = False
        self.container.spawn_managed_thread(self._try_parked, identifier="parked")

    def stop(self) -> None:
        self.wait_for_providers()
        self._stopping = True
        self._wake.set()
        leaving = GreenPile()  # side by side: each waits for the consumer's next turn, up to a second
        for provider in (self, self._dead):
            leaving.spawn(self.queue_consumer.unregister_provider, provider)
        list(leaving)
        super().stop()

    @property
    def connected(self) -> bool:
        return self.queue_consumer.connected

    @property
    def busy(self) -> bool:
        """Whether an event is in hand or in line behind one."""
        return bool(self._waiting)

    @property
    def database(self) -> Database:
        for dependency in self.container.dependencies:
            if dependency.attr_name == "store":
                database: Database = dependency.database
                return database
        raise RuntimeError(f"{self.container.service_name} has no store")

    # -- messages ------------------------------------------------------------------------------------------------

    def handle_message(self, body: Any, message: Any) -> None:
        event = json.loads(body) if isinstance(body, str | bytes) else body
        self._in_turn(event["aggregate_id"], partial(self._work, event, partial(self._settle, message)))

    def _in_turn(self, aggregate_id: str, work: Callable[[], None]) -> None:
        """Runs `work` now, or when the aggregate's earlier event is done."""
        queue = self._waiting.get(aggregate_id)
        if queue is not None:
            queue.append(work)
            return
        self._waiting[aggregate_id] = deque()
        work()

    def _next_in_turn(self, aggregate_id: str) -> None:
        queue = self._waiting.get(aggregate_id)
        if queue:
            queue.popleft()()
        else:
            self._waiting.pop(aggregate_id, None)

    def _settle(self, message: Any, handled: bool) -> None:
        try:
            if handled:
                self.queue_consumer.ack_message(message)
            else:
                self.queue_consumer.requeue_message(message)
        except LINK_ERRORS as error:  # the broker delivers it again
            log.info("event.settle_failed", error=type(error).__name__)

    def _work(self, event: Document, settle: Callable[[bool], None], parked: Document | None = None) -> None:
        """`parked`: what is kept about the event's earlier tries."""
        provider = next((p for p in self._providers if any(e.name == event["name"] for e in p.events)), None)
        if provider is None:  # a binding of an earlier release
            settle(True)
            self._next_in_turn(event["aggregate_id"])
            return
        if parked is None and event["aggregate_id"] in self._parked:
            self._finish(event, settle, None, behind=True)
            return

        def handle_result(_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            self._finish(event, settle, exc_info, parked)
            return result, None

        try:
            self.container.spawn_worker(provider, (event,), {}, context_data={}, handle_result=handle_result)
        except ContainerBeingKilled:
            settle(False)

    def _finish(
        self,
        event: Document,
        settle: Callable[[bool], None],
        exc_info: Any,
        parked: Document | None = None,
        behind: bool = False,
    ) -> None:
        handled = True
        if exc_info is not None or behind:
            handled = self._park(event, exc_info, parked or {})
        elif parked is not None:
            self._unpark(event)
        self._trying.discard(event["id"])
        settle(handled)
        self._next_in_turn(event["aggregate_id"])
        if self.done is not None:
            self.done()

    # -- failure -------------------------------------------------------------------------------------------------

    def _park(self, event: Document, exc_info: Any, parked: Document) -> bool:
        """Keeps a failed event for its next try, or as a dead letter. False when the process stops before it could."""
        waits = self.container.config["settings"].retry_seconds
        now = utc_now()
        held_up = parked.get("held_up", 0)
        attempts = parked.get("attempts", 0)
        if exc_info is None:
            wait = waits[0]
        elif is_transient(exc_info[1]):
            wait = min(0.2 * 2**held_up, LONGEST_PAUSE)
            held_up += 1
        else:
            wait = waits[min(attempts, len(waits) - 1)]
            attempts += 1
        record: Document = {
            "_id": event["id"],
            "event_name": event["name"],
            "aggregate_id": event["aggregate_id"],
            "event": event,
            "reason": f"{exc_info[0].__name__}: {exc_info[1]}"[:500] if exc_info else "an earlier event waits",
            "traceback": "".join(traceback.format_exception(*exc_info))[-TRACEBACK_LIMIT:] if exc_info else "",
            "attempts": attempts,
            "held_up": held_up,
            "first_failed_at": parked.get("first_failed_at", now),
            "last_failed_at": now,
        }
        about = {"event_name": event["name"], "event_id": event["id"], "attempts": attempts}
        about["reason"] = outline(exc_info[1]) if exc_info else record["reason"]
        dead = attempts > len(waits)
        pause = 0.2
        while not self._stopping:
            try:
                if dead:
                    self.database.dead_letters.raw.replace_one({"_id": event["id"]}, record, upsert=True)
                    self.database.parked.raw.delete_one({"_id": event["id"]})
                    log.error("event.dead", **about)
                else:
                    again = {**record, "next_at": now + timedelta(seconds=wait)}
                    self.database.parked.raw.replace_one({"_id": event["id"]}, again, upsert=True)
                    self._parked.add(event["aggregate_id"])
                    log.warning("event.parked", retry_in=wait, **about)
                self._wake.set()
                return True
            except Exception as error:
                log.warning("event.park_failed", error=type(error).__name__, retry_in=pause)
                sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        return False

    def _unpark(self, event: Document) -> None:
        """Forgets a parked event whose effect is there. Where that fails it is tried again, and found to be seen."""
        try:
            self.database.parked.raw.delete_one({"_id": event["id"]})
        except Exception as error:
            log.warning("event.unpark_failed", error=type(error).__name__)

    def _try_parked(self) -> None:
        """Until stopped: tries parked events whose time has come, one aggregate's in their order."""
        poll = 2.0
        while not self._stopping:
            self._wake.clear()
            try:
                pause = self._try_due()
            except Exception as error:
                log.warning("parked.failed", error=type(error).__name__)
                pause = poll
            self._wake.wait(min(pause, poll))

    def _try_due(self) -> float:
        parked = self.database.parked.raw
        known = set(self._parked)
        waiting = list(
            parked.find({}, {"aggregate_id": 1, "next_at": 1, "sequence": "$event.sequence"})
            .sort("next_at", 1)
            .limit(200)
        )
        parked_meanwhile = self._parked - known
        self._parked = {document["aggregate_id"] for document in waiting} | parked_meanwhile
        if not waiting:
            return 2.0
        now = utc_now()
        soonest = min((document["next_at"] for document in waiting), default=now)
        if soonest > now:
            return max((soonest - now).total_seconds(), 0.05)
        heads: dict[str, Document] = {}
        for document in waiting:
            head = heads.get(document["aggregate_id"])
            if head is None or document.get("sequence", 0) < head.get("sequence", 0):
                heads[document["aggregate_id"]] = document
        tried = 0
        for head in heads.values():
            if head["next_at"] > now or head["_id"] in self._trying:
                continue
            claimed = parked.find_one_and_update(
                {"_id": head["_id"], "next_at": head["next_at"]}, {"$set": {"next_at": now + CLAIM}}
            )
            if claimed is not None:
                tried += 1
                self._trying.add(claimed["_id"])
                work = partial(self._work, claimed["event"], lambda handled: None, claimed)
                self._in_turn(claimed["aggregate_id"], work)
        return 0.1 if tried else 0.5

    def record_undeliverable(self, body: Any, message: Any) -> None:
        """Keeps as a dead letter what the broker gave up delivering."""
        now = datetime.now(UTC)
        event = json.loads(body) if isinstance(body, str | bytes) else body
        death = (message.headers.get("x-death") or [{}])[0]
        record = {
            "_id": event["id"],
            "event_name": event["name"],
            "aggregate_id": event["aggregate_id"],
            "event": event,
            "reason": f"the broker gave up: {death.get('reason', 'delivered too often')}",
            "traceback": "",
            "attempts": DELIVERY_LIMIT,
            "first_failed_at": now,
            "last_failed_at": now,
        }
        try:
            self.database.dead_letters.raw.replace_one({"_id": event["id"]}, record, upsert=True)
        except Exception:
            sleep(1)
            self.queue_consumer.requeue_message(message)
            return
        log.error("event.dead", event_name=event["name"], event_id=event["id"], reason=record["reason"])
        self.queue_consumer.ack_message(message)


class Subscription(Entrypoint):  # type: ignore[misc]
    """The entry point of a handler of some events."""

    consumer = EventConsumer()

    def __init__(self, *events: Event, **kwargs: Any) -> None:
        self.events = events
        super().__init__(**kwargs)

    def setup(self) -> None:
        self.consumer.register_provider(self)

    def stop(self) -> None:
        self.consumer.unregister_provider(self)


def apply_once(database: Database, body: Document, effect: Callable[[Database], None], tries: int = 12) -> bool:
    """Runs `effect` in a transaction that records the event's id; says whether it ran (False: it had run before).

    Lost races are run again. Other errors roll back and are raised.
    """
    for attempt in range(tries):
        try:
            with database.begin() as tx:
                try:
                    tx.inbox.raw.insert_one({"_id": body["id"], "at": utc_now()}, session=tx.session)
                except DuplicateKeyError:
                    raise _SeenBefore from None
                effect(tx)
            return True
        except _SeenBefore:
            return False
        except Exception as error:
            if attempt == tries - 1 or not (is_transient(error) or isinstance(error, DuplicateKeyError)):
                raise
            log.debug("event.again", error=type(error).__name__)
            sleep(random.uniform(0, min(0.01 * 2**attempt, 1.0)))  # noqa: S311 - spreads tries, keeps no secret
    return False


class _SeenBefore(Exception):
    """The inbox has the event's id."""


def replay_dead_letters(database: Database, id: str = "") -> int:
    """Parks dead letters (one, or all of them) for another try at once. Gives their number."""
    query = {"_id": id} if id else {}
    count = 0
    for letter in database.dead_letters.raw.find(query):
        database.parked.raw.replace_one(
            {"_id": letter["_id"]}, {**letter, "attempts": 0, "next_at": utc_now()}, upsert=True
        )
        database.dead_letters.raw.delete_one({"_id": letter["_id"]})
        count += 1
    return count
