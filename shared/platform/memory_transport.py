"""An in-memory broker for a run in one process: a kombu transport on which nameko and our RPC work as on RabbitMQ.

kombu's own memory transport polls once a second, loses unacknowledged messages and leaves routes to deleted queues
behind. This one wakes its consumers when a message arrives, hands unacknowledged messages back, honours exclusive and
auto-delete queues, prefetch, expiration and `mandatory`, and says what still waits (`queue_depths`). It works with
plain threads and under `eventlet.monkey_patch()`; then import it after patching. Nothing of it outlives the process.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from amqp import spec
from amqp.exceptions import error_for_code
from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, virtual

SCHEME = "dextra-memory"
NO_ROUTE = 312


def register(name: str = "local") -> str:
    """Makes the scheme known to kombu and gives the URI of the broker `name`; each name is a broker of its own."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
    return f"{SCHEME}://{name}/"


def queue_depths(name: str = "local") -> dict[str, int]:
    """For each queue, the messages that are ready or delivered and not yet acknowledged."""
    broker = _broker(name)
    with broker.lock:
        return {queue.name: len(queue.ready) + len(queue.unacked) for queue in broker.queues.values()}


@dataclass(eq=False, slots=True)
class _Entry:
    """A message in one queue. `expires_at` is in seconds of the monotonic clock."""

    message: dict[str, Any]
    expires_at: float | None
    redelivered: bool = False


@dataclass(eq=False, slots=True)
class _Queue:
    name: str
    auto_delete: bool = False
    owner: Transport | None = None
    """The connection that an exclusive queue belongs to and goes with."""
    ready: deque[_Entry] = field(default_factory=deque)
    unacked: dict[int, _Entry] = field(default_factory=dict)
    consumers: list[_Consumer] = field(default_factory=list)

    def next_entry(self) -> _Entry | None:
        while self.ready:
            entry = self.ready.popleft()
            if entry.expires_at is None or entry.expires_at > time.monotonic():
                return entry
        return None

    def wake(self) -> None:
        for consumer in self.consumers:
            consumer.wake()


@dataclass(eq=False, slots=True)
class _Consumer:
    tag: str
    queue: _Queue
    no_ack: bool
    callback: Callable[[Any], Any]
    wake: Callable[[], None]


class _Broker:
    def __init__(self) -> None:
        self.state = virtual.BrokerState()
        self.queues: dict[str, _Queue] = {}
        self.tags = count(1)
        self.lock = threading.RLock()


_brokers: dict[str, _Broker] = {}
_brokers_lock = threading.Lock()


def _broker(name: str) -> _Broker:
    with _brokers_lock:
        return _brokers.setdefault(name, _Broker())


class Channel(virtual.Channel):  # type: ignore[misc]
    """A channel of the in-memory broker. One thread consumes at a time; any thread may publish and acknowledge."""

    body_encoding = None  # messages stay in the process: no base64
    do_restore = False
    supports_fanout = True

    def __init__(self, connection: Transport, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.events: dict[str, set[Callable[..., Any]]] = defaultdict(set)
        self._broker = connection.broker
        self._wake = connection.wake
        self._consuming: OrderedDict[str, _Consumer] = OrderedDict()
        self._unacked: dict[int, _Queue] = {}
        self._prefetch = 0

    # -- topology ------------------------------------------------------------------------------------------------

    def _has_queue(self, queue: str, **kwargs: Any) -> bool:
        return queue in self._broker.queues

    def _new_queue(self, queue: str, exclusive: bool = False, auto_delete: bool = False, **kwargs: Any) -> None:
        owner = self.connection if exclusive else None
        with self._broker.lock:
            self._broker.queues.setdefault(queue, _Queue(queue, auto_delete=auto_delete or exclusive, owner=owner))

    def _size(self, queue: str) -> int:
        held = self._broker.queues.get(queue)
        return len(held.ready) if held else 0

    def _purge(self, queue: str) -> int:
        with self._broker.lock:
            size = self._size(queue)
            if size:
                self._broker.queues[queue].ready.clear()
            return size

    def exchange_declare(self, *args: Any, **kwargs: Any) -> Any:
        with self._broker.lock:
            return super().exchange_declare(*args, **kwargs)

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **kwargs: Any) -> None:
        if not exchange:
            return  # as on RabbitMQ: every queue is bound to the default exchange by its name
        with self._broker.lock:
            super().queue_bind(queue, exchange, routing_key, **kwargs)

    def _queue_bind(self, *args: Any) -> None:
        """Nothing more to do for a fanout exchange: the exchange's table is shared."""

    def queue_delete(self, queue: str, if_unused: bool = False, if_empty: bool = False, **kwargs: Any) -> None:
        with self._broker.lock:
            held = self._broker.queues.get(queue)
            if held is None or (if_unused and held.consumers) or (if_empty and held.ready):
                return
            self.drop(held)

    def drop(self, queue: _Queue) -> None:
        """Removes the queue and its routes. The broker's lock is held."""
        for binding in list(self.state.queue_bindings(queue.name)):
            self.queue_unbind(queue.name, binding.exchange, binding.routing_key, binding.arguments)
        self.state.queue_bindings_delete(queue.name)
        self._broker.queues.pop(queue.name, None)

    # -- publishing ----------------------------------------------------------------------------------------------

    def prepare_message(self, body: Any, *args: Any, **kwargs: Any) -> Any:
        """nameko reads content type and encoding from the properties, as they are on RabbitMQ."""
        prepared = super().prepare_message(body, *args, **kwargs)
        properties = prepared["properties"]
        properties.setdefault("content_type", prepared["content-type"])
        properties.setdefault("content_encoding", prepared["content-encoding"])
        return prepared

    def basic_publish(
        self, message: Any, exchange: str = "", routing_key: str = "", mandatory: bool = False, **kwargs: Any
    ) -> None:
        message["properties"]["delivery_info"].update(exchange=exchange, routing_key=routing_key)
        with self._broker.lock:
            names = self._lookup(exchange, routing_key) if exchange else [routing_key]
            queues = [self._broker.queues[name] for name in names if name in self._broker.queues]
            for queue in queues:
                queue.ready.append(_entry(message))
                queue.wake()
        if mandatory and not queues:
            self._return(message, exchange, routing_key)

    def _return(self, message: Any, exchange: str, routing_key: str) -> None:
        error = error_for_code(NO_ROUTE, "NO_ROUTE", spec.Basic.Return, ChannelError)
        if not self.events["basic_return"]:
            raise error
        message["properties"]["delivery_tag"] = 0
        returned = self.Message(message, channel=self)
        for handler in list(self.events["basic_return"]):
            handler(error, exchange, routing_key, returned)

    # -- consuming -----------------------------------------------------------------------------------------------

    def basic_qos(self, prefetch_size: int = 0, prefetch_count: int = 0, apply_global: bool = False) -> None:
        self._prefetch = prefetch_count

    def basic_consume(
        self, queue: str, no_ack: bool = False, callback: Any = None, consumer_tag: str = "", **kwargs: Any
    ) -> str:
        with self._broker.lock:
            held = self._broker.queues.get(queue)
            if held is None:
                raise error_for_code(404, f"NOT_FOUND - no queue {queue!r}", spec.Basic.Consume, ChannelError)
            tag = consumer_tag or f"consumer-{next(self._broker.tags)}"
            consumer = _Consumer(tag, held, no_ack, callback, self._wake.set)
            held.consumers.append(consumer)
            self._consuming[tag] = consumer
        self._wake.set()
        return tag

    def basic_cancel(self, consumer_tag: str, **kwargs: Any) -> None:
        with self._broker.lock:
            consumer = self._consuming.pop(consumer_tag, None)
            if consumer is None:
                return
            queue = consumer.queue
            queue.consumers.remove(consumer)
            if queue.auto_delete and not queue.consumers:
                self.drop(queue)

    def deliver_one(self) -> bool:
        """Hands one message to a consumer, each in turn. Says whether there was one."""
        for _ in range(len(self._consuming)):
            with self._broker.lock:
                if not self._consuming or (self._prefetch and len(self._unacked) >= self._prefetch):
                    return False
                tag, consumer = next(iter(self._consuming.items()))
                self._consuming.move_to_end(tag)
                raw = self._take(consumer.queue, consumer.no_ack)
            if raw is not None:
                consumer.callback(self.Message(raw, channel=self))
                return True
        return False

    def basic_get(self, queue: str, no_ack: bool = False, **kwargs: Any) -> Any:
        with self._broker.lock:
            held = self._broker.queues.get(queue)
            raw = self._take(held, no_ack) if held else None
        return self.Message(raw, channel=self) if raw is not None else None

    def _take(self, queue: _Queue, no_ack: bool) -> Any:
        entry = queue.next_entry()
        if entry is None:
            return None
        tag = next(self._broker.tags)
        if not no_ack:
            queue.unacked[tag] = entry
            self._unacked[tag] = queue
        properties = entry.message["properties"]
        delivery_info = {**properties["delivery_info"], "redelivered": entry.redelivered}
        return {**entry.message, "properties": {**properties, "delivery_tag": tag, "delivery_info": delivery_info}}

    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        tags = [tag for tag in self._unacked if tag <= delivery_tag] if multiple else [delivery_tag]
        for tag in tags:
            self._settle(tag, requeue=False)

    def basic_reject(self, delivery_tag: int, requeue: bool = False) -> None:
        self._settle(delivery_tag, requeue)

    def basic_recover(self, requeue: bool = False) -> None:
        for tag in sorted(self._unacked, reverse=True):
            self._settle(tag, requeue=True)

    def _settle(self, tag: int, requeue: bool) -> None:
        with self._broker.lock:
            queue = self._unacked.pop(tag, None)
            entry = queue.unacked.pop(tag, None) if queue else None
            if queue is None or entry is None:
                return
            if requeue:
                entry.redelivered = True
                queue.ready.appendleft(entry)
                queue.wake()
        if self._prefetch:
            self._wake.set()

    def close(self) -> None:
        """Cancels the consumers and hands back, in their old order, what they have not acknowledged."""
        if self.closed:
            return
        with self._broker.lock:
            self.basic_recover()
            for tag in list(self._consuming):
                self.basic_cancel(tag)
        super().close()


def _entry(message: dict[str, Any]) -> _Entry:
    milliseconds = message["properties"].get("expiration")
    return _Entry(message, time.monotonic() + int(milliseconds) / 1000 if milliseconds else None)


class Transport(virtual.Transport):  # type: ignore[misc]
    """A connection to the in-memory broker that the URI's host names."""

    Channel = Channel
    driver_type = "memory"
    driver_name = "dextra-memory"
    recoverable_connection_errors: tuple[type[BaseException], ...] = ()  # it cannot be lost: nothing is worth a retry
    recoverable_channel_errors: tuple[type[BaseException], ...] = ()
    implements = virtual.Transport.implements.extend(exchange_type=frozenset(["direct", "topic", "fanout"]))

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.broker = _broker(client.hostname or "local")
        self.state = self.broker.state
        self.wake = threading.Event()

    def driver_version(self) -> str:
        return "1"

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Delivers one message; waits for it up to `timeout` seconds (None: for ever). Raises TimeoutError."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            self.wake.clear()
            if any(channel.deliver_one() for channel in list(self.channels)):
                return
            remaining = None if deadline is None else deadline - time.monotonic()
            if (remaining is not None and remaining <= 0) or not self.wake.wait(remaining):
                raise TimeoutError("timed out")

    def close_connection(self, connection: Any) -> None:
        with self.broker.lock:
            owned = [queue for queue in self.broker.queues.values() if queue.owner is self]
            if owned:
                closer = self.create_channel(self)
                for queue in owned:
                    closer.drop(queue)
        super().close_connection(connection)
        self.wake.set()
