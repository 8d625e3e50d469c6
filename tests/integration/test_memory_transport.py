"""The in-memory broker behaves as RabbitMQ does where we rely on it: for nameko, for kombu and for our RPC."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import eventlet
import pytest
from kombu import Connection, Consumer, Exchange, Producer, Queue
from nameko.containers import ServiceContainer
from nameko.events import EventDispatcher, event_handler
from nameko.exceptions import RemoteError, UnknownService
from nameko.rpc import rpc
from nameko.standalone.rpc import ClusterRpcProxy

from shared.platform import memory_transport
from shared.platform.errors import Unavailable
from shared.platform.ids import new_id
from shared.platform.memory_transport import queue_depths
from shared.platform.rpc_client import RpcClient
from shared.platform.rpc_server import Incoming, LightRpc

EVENTS = Exchange("facts", type="topic", durable=True)


@pytest.fixture
def name() -> str:
    """The name of a fresh broker."""
    return new_id()


@pytest.fixture
def uri(name: str) -> str:
    return memory_transport.register(name)


@pytest.fixture
def connection(uri: str) -> Iterator[Connection]:
    with Connection(uri) as opened:
        yield opened


def publish(connection: Connection, key: str, *bodies: Any, **options: Any) -> None:
    producer = Producer(connection.channel())
    for body in bodies:
        producer.publish(body, exchange=EVENTS, routing_key=key, declare=[EVENTS], **options)


def take(connection: Connection, queue: Queue, prefetch: int = 0) -> tuple[Any, list[Any]]:
    """A consuming channel, and the messages that it was given up to now."""
    channel = connection.channel()
    messages: list[Any] = []
    consumer = Consumer(channel, [queue], callbacks=[lambda _body, message: messages.append(message)])
    if prefetch:
        consumer.qos(prefetch_count=prefetch)
    consumer.consume()
    drain(connection)
    return channel, messages


def drain(connection: Connection) -> None:
    with pytest.raises(TimeoutError):
        while True:
            connection.drain_events(timeout=0.02)


# -- routing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "matches", "others"),
    [
        ("offer.accepted", ["offer.accepted"], ["offer.declined", "offer.accepted.again"]),
        ("offer.*", ["offer.accepted", "offer.declined"], ["offer", "invoice.paid", "offer.a.b"]),
        ("#", ["offer.accepted", "invoice"], []),
    ],
)
def test_a_topic_exchange_routes_by_pattern(
    connection: Connection, pattern: str, matches: list[str], others: list[str]
) -> None:
    queue = Queue("q", EVENTS, routing_key=pattern)
    queue(connection.channel()).declare()

    for key in matches + others:
        publish(connection, key, key)

    assert [message.payload for message in take(connection, queue)[1]] == matches


def test_each_queue_gets_its_own_copy(connection: Connection, name: str) -> None:
    first, second = Queue("first", EVENTS, routing_key="#"), Queue("second", EVENTS, routing_key="#")
    for queue in (first, second):
        queue(connection.channel()).declare()
    publish(connection, "a.b", "fact")

    _, messages = take(connection, first)
    messages[0].ack()

    assert queue_depths(name) == {"first": 0, "second": 1}


def test_a_deleted_queue_is_no_longer_routed_to(connection: Connection, name: str) -> None:
    bound = Queue("q", EVENTS, routing_key="#")(connection.channel())
    bound.declare()
    bound.delete()

    publish(connection, "a.b", "fact")

    assert queue_depths(name) == {}


# -- acknowledgement ---------------------------------------------------------------------------------------------------


def test_unacknowledged_messages_return_in_order_when_the_channel_closes(connection: Connection, name: str) -> None:
    queue = Queue("q", EVENTS, routing_key="#")
    queue(connection.channel()).declare()
    publish(connection, "a", 1, 2, 3, 4)
    channel, messages = take(connection, queue)
    messages[1].ack()
    assert queue_depths(name) == {"q": 3}

    channel.close()

    _, again = take(connection, queue)
    assert [message.payload for message in again] == [1, 3, 4]
    assert all(message.delivery_info["redelivered"] for message in again)
    assert queue_depths(name) == {"q": 3}


def test_a_requeued_message_comes_again_and_a_rejected_one_does_not(connection: Connection, name: str) -> None:
    queue = Queue("q", EVENTS, routing_key="#")
    queue(connection.channel()).declare()
    publish(connection, "a", "again", "never")
    _, messages = take(connection, queue)

    messages[0].requeue()
    messages[1].reject()
    drain(connection)

    assert [message.payload for message in messages] == ["again", "never", "again"]
    assert queue_depths(name) == {"q": 1}


def test_no_more_than_the_prefetch_count_is_in_hand(connection: Connection) -> None:
    queue = Queue("q", EVENTS, routing_key="#")
    queue(connection.channel()).declare()
    publish(connection, "a", 1, 2, 3)

    _, messages = take(connection, queue, prefetch=2)
    assert [message.payload for message in messages] == [1, 2]
    messages[0].ack()
    drain(connection)

    assert [message.payload for message in messages] == [1, 2, 3]


def test_two_consumers_share_a_queue(uri: str) -> None:
    queue = Queue("q", EVENTS, routing_key="#")
    with Connection(uri) as first, Connection(uri) as second:
        _, left = take(first, queue, prefetch=1)
        _, right = take(second, queue, prefetch=1)

        publish(first, "a", 1, 2)
        drain(first)
        drain(second)

        assert sorted(message.payload for message in left + right) == [1, 2]


# -- queues that go by themselves --------------------------------------------------------------------------------------


def test_an_exclusive_queue_goes_with_its_connection(uri: str, name: str) -> None:
    connection = Connection(uri)
    connection.channel().queue_declare(queue="mine", exclusive=True)
    assert queue_depths(name) == {"mine": 0}

    connection.close()

    assert queue_depths(name) == {}


def test_an_auto_delete_queue_goes_with_its_last_consumer(connection: Connection, name: str) -> None:
    queue = Queue("q", EVENTS, routing_key="#", auto_delete=True)
    first, _ = take(connection, queue)
    second, _ = take(connection, queue)

    first.close()
    assert queue_depths(name) == {"q": 0}
    second.close()

    assert queue_depths(name) == {}


def test_an_expired_message_is_dropped(connection: Connection) -> None:
    queue = Queue("q", EVENTS, routing_key="#")
    queue(connection.channel()).declare()
    publish(connection, "a", "short", expiration=0.02)
    publish(connection, "a", "long", expiration=10)

    eventlet.sleep(0.05)

    assert [message.payload for message in take(connection, queue)[1]] == ["long"]


def test_brokers_of_other_names_are_other_brokers(connection: Connection) -> None:
    other = new_id()
    Queue("q", EVENTS, routing_key="#")(connection.channel()).declare()

    with Connection(memory_transport.register(other)) as elsewhere:
        publish(elsewhere, "a", 1)

    assert queue_depths(other) == {}


# -- waiting -----------------------------------------------------------------------------------------------------------


def test_a_waiting_consumer_wakes_when_a_message_comes(uri: str, connection: Connection) -> None:
    queue = Queue("q", EVENTS, routing_key="#")
    _, messages = take(connection, queue)

    def later() -> None:
        eventlet.sleep(0.1)
        with Connection(uri) as publisher:
            publish(publisher, "a", 1)

    eventlet.spawn(later)
    started = time.monotonic()
    connection.drain_events(timeout=5)

    assert 0.09 < time.monotonic() - started < 0.5
    assert len(messages) == 1


def test_waiting_takes_next_to_no_processor_time(connection: Connection) -> None:
    take(connection, Queue("q", EVENTS, routing_key="#"))
    before = sum(os.times()[:2])

    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=1.5)

    assert sum(os.times()[:2]) - before < 0.1


# -- nameko and our RPC ------------------------------------------------------------------------------------------------


class Named:
    """An unchanged nameko service: RPC, an event to another service, and an error."""

    name = "named"
    dispatch = EventDispatcher()

    @rpc
    def double(self, n: int) -> int:
        self.dispatch("doubled", {"n": n})
        return 2 * n

    @rpc
    def fail(self) -> None:
        raise ValueError("no")


class Listener:
    name = "listener"
    heard: list[Any] = []

    @event_handler("named", "doubled")
    def on_doubled(self, data: Any) -> None:
        self.heard.append(data)

    @LightRpc.decorator("count")
    def count(self, incoming: Incoming) -> int:
        return len(self.heard) + incoming.payload["plus"]


@pytest.fixture
def services(uri: str) -> Iterator[str]:
    Listener.heard.clear()
    config = {"AMQP_URI": uri, "serializer": "json", "max_workers": 8}
    containers = [ServiceContainer(service, config) for service in (Named, Listener)]
    for container in containers:
        container.start()
    yield uri
    for container in containers:
        container.stop()


def test_nameko_runs_on_it_unchanged(services: str) -> None:
    with ClusterRpcProxy({"AMQP_URI": services, "serializer": "json"}, timeout=5) as proxy:
        assert [proxy.named.double(n) for n in range(20)] == [2 * n for n in range(20)]
        with pytest.raises(RemoteError, match="no"):
            proxy.named.fail()
        with pytest.raises(UnknownService):
            proxy.nobody.double(1)

    eventlet.sleep(0.05)
    assert len(Listener.heard) == 20


def test_our_rpc_runs_beside_it_and_leaves_nothing_behind(services: str, name: str) -> None:
    client = RpcClient(services)

    answers = list(eventlet.GreenPool(8).imap(lambda n: client.call("listener", "count", {"plus": n}), range(200)))
    client.close()
    eventlet.sleep(0.05)

    assert answers == list(range(200))
    assert set(queue_depths(name).values()) == {0}


def test_a_killed_service_hands_back_what_it_had_in_hand(uri: str, name: str) -> None:
    class Slow:
        name = "slow"

        @LightRpc.decorator("wait")
        def wait(self, incoming: Incoming) -> None:
            eventlet.sleep(30)

    container = ServiceContainer(Slow, {"AMQP_URI": uri, "max_workers": 8})
    container.start()
    caller = eventlet.spawn(RpcClient(uri).call, "slow", "wait", timeout=0.3)
    eventlet.sleep(0.1)
    assert queue_depths(name)["rpc-slow"] == 1

    container.kill()

    assert queue_depths(name)["rpc-slow"] == 1
    with pytest.raises(Unavailable):
        caller.wait()
