"""RPC on a real RabbitMQ: right answers, errors, time-outs, services and brokers that go and come back."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import eventlet
import pytest
from kombu import Connection
from nameko.containers import ServiceContainer

from shared.platform.circuit import CircuitBreaker, State
from shared.platform.errors import Conflict, Internal, Invalid, NotFound, Unavailable
from shared.platform.rpc_client import UNCERTAIN, Call, RpcClient
from shared.platform.rpc_server import Incoming, LightRpc, LightRpcConsumer
from tests.support.broker import Broker, PrivateBroker

ROOT = Path(__file__).resolve().parents[2]


class Toy:
    name = "toy"
    seen: list[Any] = []

    @LightRpc.decorator("echo")
    def echo(self, incoming: Incoming) -> Any:
        return {"payload": incoming.payload, "headers": incoming.headers}

    @LightRpc.decorator("note")
    def note(self, incoming: Incoming) -> int:
        self.seen.append(incoming.payload["n"])
        return len(self.seen)

    @LightRpc.decorator("wait")
    def wait(self, incoming: Incoming) -> float:
        eventlet.sleep(incoming.payload["seconds"])
        self.seen.append("waited")
        return incoming.payload["seconds"]

    @LightRpc.decorator("refuse")
    def refuse(self, incoming: Incoming) -> None:
        raise Invalid.field("terms.hours", "Enter at least %(min)s hours.", min=2)

    @LightRpc.decorator("conflict")
    def conflict(self, incoming: Incoming) -> None:
        raise Conflict("This offer is %(state)s.", state="expired")

    @LightRpc.decorator("broken")
    def broken(self, incoming: Incoming) -> None:
        raise RuntimeError("the password is hunter2")

    @LightRpc.decorator("unserialisable")
    def unserialisable(self, incoming: Incoming) -> Any:
        return object()


class Service:
    """Toy in a container that a test may stop, kill and start again."""

    def __init__(self, amqp_uri: str) -> None:
        self.amqp_uri = amqp_uri
        self.start()

    def start(self) -> None:
        self.container = ServiceContainer(Toy, {"AMQP_URI": self.amqp_uri, "max_workers": 16})
        self.container.start()

    @property
    def connected(self) -> bool:
        return any(e.connected for e in self.container.extensions if isinstance(e, LightRpcConsumer))


@pytest.fixture
def service(amqp_uri: str) -> Iterator[Service]:
    Toy.seen.clear()
    with Connection(amqp_uri) as connection:
        connection.channel().queue_delete("rpc-toy")
    started = Service(amqp_uri)
    yield started
    started.container.stop()


@pytest.fixture
def client(amqp_uri: str, service: Service) -> Iterator[RpcClient]:
    made = RpcClient(amqp_uri, make_breaker=lambda: CircuitBreaker(failures=3, cool_down=0.3))
    yield made
    made.close()


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        eventlet.sleep(0.02)


def request(method: str, payload: Any, *, safe: bool, deadline: float | None = None) -> str:
    """A request as it crosses the broker."""
    deadline = time.time() + 5 if deadline is None else deadline
    return json.dumps({"method": method, "payload": payload, "headers": {}, "deadline": deadline, "safe": safe})


# -- answers -----------------------------------------------------------------------------------------------------------


def test_payload_and_headers_arrive_and_the_result_comes_back(client: RpcClient) -> None:
    payload = {"note": "perché no", "hours": [1, 2.5, None, True], "nested": {"a": {}}}

    assert client.call("toy", "echo", payload, headers={"locale": "it"}) == {
        "payload": payload,
        "headers": {"locale": "it"},
    }


def test_large_payloads_cross_in_several_frames(client: RpcClient) -> None:
    text = "è" * 400_000

    assert client.call("toy", "echo", {"text": text})["payload"]["text"] == text


def test_many_callers_get_each_its_own_answers(client: RpcClient) -> None:
    def ask(n: int) -> Any:
        return client.call("toy", "echo", {"n": n})["payload"]["n"]

    assert list(eventlet.GreenPool(12).imap(ask, range(600))) == list(range(600))


def test_calls_side_by_side_take_as_long_as_the_longest(client: RpcClient) -> None:
    client.call("toy", "echo")
    calls = {str(n): Call("toy", "wait", {"seconds": 0.1 * n}) for n in range(1, 6)}
    started = time.monotonic()

    results = client.gather(calls)

    assert results == {str(n): 0.1 * n for n in range(1, 6)}
    assert time.monotonic() - started < 0.9


def test_errors_cross_intact(client: RpcClient) -> None:
    with pytest.raises(Invalid) as invalid:
        client.call("toy", "refuse")
    with pytest.raises(Conflict) as conflict:
        client.call("toy", "conflict")
    with pytest.raises(Internal) as internal:
        client.call("toy", "broken")

    (text,) = invalid.value.fields["terms.hours"]
    assert (text, text.params) == ("Enter at least 2 hours.", {"min": 2})
    assert conflict.value.text.template == "This offer is %(state)s."
    assert "hunter2" not in str(internal.value)


def test_an_unexpected_error_is_logged_with_its_traceback_and_a_refusal_is_not(
    client: RpcClient, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Conflict):
        client.call("toy", "conflict")
    with pytest.raises(Internal):
        client.call("toy", "broken")

    (record,) = [record for record in caplog.records if record.name == "nameko.containers"]
    assert record.exc_info
    assert "hunter2" in str(record.exc_info[1])


def test_a_result_that_is_not_json_is_an_internal_error(client: RpcClient) -> None:
    with pytest.raises(Internal):
        client.call("toy", "unserialisable")

    assert client.call("toy", "note", {"n": 1}) == 1


def test_a_method_that_is_not_there_is_not_found(client: RpcClient) -> None:
    with pytest.raises(NotFound):
        client.call("toy", "fly")


def test_a_message_that_is_no_request_does_no_harm(client: RpcClient, amqp_uri: str) -> None:
    with Connection(amqp_uri) as connection:
        for body in ("not json", "[]", '{"method": "note"}'):
            connection.Producer().publish(body, routing_key="rpc-toy", content_type="application/json")

    assert client.call("toy", "note", {"n": 1}) == 1


def test_two_replicas_share_the_work(client: RpcClient, service: Service) -> None:
    other = Service(service.amqp_uri)
    workers = {id(service.container): 0, id(other.container): 0}
    for container in (service.container, other.container):
        spawn = container.spawn_worker

        def count(*args: Any, container: Any = container, spawn: Any = spawn, **kwargs: Any) -> Any:
            workers[id(container)] += 1
            return spawn(*args, **kwargs)

        container.spawn_worker = count

    list(eventlet.GreenPool(8).imap(lambda _: client.call("toy", "echo"), range(100)))

    other.container.stop()
    assert sum(workers.values()) == 100
    assert min(workers.values()) > 10


# -- time --------------------------------------------------------------------------------------------------------------


def test_a_late_reply_is_not_taken_for_another_calls_answer(client: RpcClient) -> None:
    with pytest.raises(Unavailable) as late:
        client.call("toy", "wait", {"seconds": 0.3}, timeout=0.1)
    assert str(late.value) == UNCERTAIN

    answers: list[int] = []
    while "waited" not in Toy.seen:
        answers.append(client.call("toy", "echo", {"n": len(answers)})["payload"]["n"])
    answers += [client.call("toy", "echo", {"n": len(answers)})["payload"]["n"]]
    assert answers == list(range(len(answers)))


def test_a_request_whose_caller_has_gone_is_not_executed(client: RpcClient, service: Service, amqp_uri: str) -> None:
    with Connection(amqp_uri) as connection:
        late = request("note", {"n": "late"}, safe=True, deadline=time.time() - 1)
        connection.Producer().publish(late, routing_key="rpc-toy", content_type="application/json")
    service.container.stop()
    with pytest.raises(Unavailable):
        client.call("toy", "note", {"n": "nobody was there"}, timeout=0.2, safe=True)

    service.start()

    assert client.call("toy", "note", {"n": "in time"}, safe=True) == 1
    assert Toy.seen == ["in time"]


@pytest.mark.parametrize("safe", [True, False])
def test_a_request_delivered_again_is_executed_again_only_if_that_is_safe(
    client: RpcClient, service: Service, amqp_uri: str, safe: bool
) -> None:
    service.container.stop()
    with (
        Connection(amqp_uri) as connection,
        connection.SimpleQueue("answers", queue_opts={"exclusive": True}) as answers,
    ):
        channel = connection.channel()
        connection.Producer().publish(
            request("note", {"n": 1}, safe=safe),
            routing_key="rpc-toy",
            content_type="application/json",
            reply_to="answers",
            correlation_id="1",
        )
        until(lambda: channel.queue_declare("rpc-toy", passive=True).message_count == 1)
        channel.basic_reject(channel.basic_get("rpc-toy").delivery_tag, requeue=True)

        service.start()

        answer = answers.get(timeout=5).payload
    if safe:
        assert answer == {"result": 1}
    else:
        assert answer["error"]["code"] == "unavailable"
        assert Toy.seen == []


# -- a service that goes -----------------------------------------------------------------------------------------------


def test_a_killed_service_is_unavailable_in_time_then_at_once_and_recovers(client: RpcClient, service: Service) -> None:
    client.call("toy", "echo")
    service.container.kill()

    for _ in range(3):
        started = time.monotonic()
        with pytest.raises(Unavailable):
            client.call("toy", "echo", timeout=0.3, safe=True)
        assert time.monotonic() - started < 0.6
    started = time.monotonic()
    for _ in range(20):
        with pytest.raises(Unavailable):
            client.call("toy", "echo", timeout=0.3, safe=True)
    assert time.monotonic() - started < 0.1
    assert client.circuit("toy") is State.OPEN

    service.start()
    until(lambda: client.circuit("toy") is State.HALF_OPEN)

    assert client.call("toy", "note", {"n": 1}, safe=True) == 1
    assert client.circuit("toy") is State.CLOSED


def test_a_call_that_its_killed_service_had_in_hand_is_done_by_the_next_one(
    client: RpcClient, service: Service
) -> None:
    caller = eventlet.spawn(client.call, "toy", "wait", {"seconds": 0.5}, timeout=10, safe=True)
    eventlet.sleep(0.2)

    service.container.kill()
    service.start()

    assert caller.wait() == 0.5
    assert Toy.seen == ["waited"]


def test_a_stopping_service_finishes_what_it_has_in_hand(client: RpcClient, service: Service) -> None:
    callers = [eventlet.spawn(client.call, "toy", "wait", {"seconds": 0.8}) for _ in range(4)]
    eventlet.sleep(0.2)

    service.container.stop()

    assert [caller.wait() for caller in callers] == [0.8] * 4
    service.start()


def test_calls_go_on_while_one_of_two_replicas_stops(client: RpcClient, service: Service) -> None:
    other = Service(service.amqp_uri)
    stopping = eventlet.spawn_after(0.2, other.container.stop)

    answers = list(eventlet.GreenPool(8).imap(lambda n: client.call("toy", "wait", {"seconds": 0.02}), range(400)))

    stopping.wait()
    assert answers == [0.02] * 400


def test_a_service_that_never_was_is_unavailable_at_once(client: RpcClient) -> None:
    started = time.monotonic()

    with pytest.raises(Unavailable):
        client.call("nowhere", "echo")

    assert time.monotonic() - started < 0.5


# -- a broker that goes ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_callers_and_services_outlive_their_broker(own_broker: Broker) -> None:
    service = Service(own_broker.uri)
    client = RpcClient(own_broker.uri, timeout=60, make_breaker=lambda: CircuitBreaker(failures=1000))
    stop = False
    answered: list[int] = []

    def more_than(count: int) -> bool:
        return len(answered) > count

    def keep_asking() -> None:
        while not stop:
            answered.append(client.call("toy", "echo", {"n": 1}, safe=True)["payload"]["n"])
            eventlet.sleep(0.005)

    callers = [eventlet.spawn(keep_asking) for _ in range(4)]
    try:
        for harm in (own_broker.kill, own_broker.stop):
            count = len(answered)
            until(partial(more_than, count + 50))
            hanging = eventlet.spawn(client.call, "toy", "wait", {"seconds": 3})
            eventlet.sleep(0.3)

            harm()
            with pytest.raises(Unavailable, match="cannot tell"):
                hanging.wait()
            own_broker.start()

            until(lambda: service.connected)
            count = len(answered)
            until(partial(more_than, count + 50), seconds=60)
        assert not any(caller.dead for caller in callers), "a safe call failed"
    finally:
        stop = True
        service.container.kill()


@pytest.mark.slow
def test_a_frozen_broker_holds_nobody_longer_than_his_time(own_broker: Broker) -> None:
    if not isinstance(own_broker, PrivateBroker):
        pytest.skip("only a broker that is our own process can be frozen")
    service = Service(own_broker.uri)
    client = RpcClient(own_broker.uri, make_breaker=lambda: CircuitBreaker(failures=1000))
    client.call("toy", "echo")

    own_broker.pause()
    started = time.monotonic()
    outcomes = [eventlet.spawn(_outcome, client) for _ in range(5)]  # one finds a connection, the others make their own
    assert {outcome.wait() for outcome in outcomes} == {Unavailable}
    assert time.monotonic() - started < 1.5
    own_broker.resume()

    until(lambda: _outcome(client) is None)
    service.container.stop()
    client.close()


def _outcome(client: RpcClient) -> type[Exception] | None:
    try:
        client.call("toy", "echo", timeout=0.5, safe=True)
    except Unavailable as error:
        return type(error)
    return None


# -- plain threads -----------------------------------------------------------------------------------------------------

CALLER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from shared.platform.rpc_client import Call, RpcClient

assert "eventlet" not in sys.modules, "the gateway has no need of it"
client = RpcClient(sys.argv[1], pool_size=4)
numbers = list(range(400))
with ThreadPoolExecutor(8) as threads:
    answers = threads.map(lambda n: client.call("toy", "echo", {"n": n})["payload"]["n"], numbers)
    assert list(answers) == numbers
gathered = client.gather({str(n): Call("toy", "echo", {"n": n}) for n in numbers[:20]})
assert [answer["payload"]["n"] for answer in gathered.values()] == numbers[:20]
client.close()
"""


def test_callers_in_plain_threads_get_right_answers(service: Service) -> None:
    command = [sys.executable, "-c", CALLER, service.amqp_uri]

    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert outcome.returncode == 0, outcome.stderr
