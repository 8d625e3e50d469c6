"""The RPC client in plain threads, as the gateway runs it, on the in-memory broker, against a service of one thread."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.platform import memory_transport
from shared.platform.circuit import CircuitBreaker, State
from shared.platform.errors import Internal, Invalid, NotFound, Unavailable, to_wire
from shared.platform.ids import new_id
from shared.platform.link import Link
from shared.platform.rpc_client import UNCERTAIN, Call, RpcClient

Answer = Callable[[dict[str, Any]], Any]


class Service:
    """Answers calls in one thread, each method by a function of the request. One that gives SILENCE is not answered."""

    SILENCE = object()

    def __init__(self, amqp_uri: str, name: str, **methods: Answer) -> None:
        self.requests: list[dict[str, Any]] = []
        self._methods = methods
        self._link = Link(amqp_uri)
        self._link.channel.queue_declare(queue=f"rpc-{name}", durable=True, auto_delete=False)
        self._link.channel.basic_consume(queue=f"rpc-{name}", callback=self._on_message)
        self._stop = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop:
            try:
                self._link.drain(timeout=0.05)
            except TimeoutError:
                continue
        self._link.close()

    def _on_message(self, message: Any) -> None:
        request = json.loads(message.body)
        self.requests.append(request)
        try:
            result = self._methods[request["method"]](request)
            reply = {"result": result}
        except Exception as error:  # noqa: BLE001 - as the shell does
            reply = {"error": to_wire(error)}
            result = None
        if result is not self.SILENCE:
            properties = message.properties
            self._link.publish(json.dumps(reply), properties["reply_to"], correlation_id=properties["correlation_id"])
        self._link.channel.basic_ack(message.delivery_tag)

    def stop(self) -> None:
        self._stop = True
        self._thread.join()


def refuse(_request: dict[str, Any]) -> None:
    raise Invalid.field("terms.hours", "Enter at least %(min)s hours.", min=2)


def missing(_request: dict[str, Any]) -> None:
    raise NotFound("There is no offer %(id)s.", id="7")


def broken(_request: dict[str, Any]) -> None:
    raise RuntimeError("the password is hunter2")


@pytest.fixture
def amqp_uri() -> str:
    return memory_transport.register(new_id())


@pytest.fixture
def service(amqp_uri: str) -> Iterator[Service]:
    def late(request: dict[str, Any]) -> str:
        time.sleep(request["payload"]["seconds"])
        return "late"

    started = Service(
        amqp_uri,
        "toy",
        echo=lambda request: request["payload"],
        refuse=refuse,
        missing=missing,
        broken=broken,
        ignore=lambda _request: Service.SILENCE,
        late=late,
    )
    yield started
    started.stop()


@pytest.fixture
def client(amqp_uri: str, service: Service) -> Iterator[RpcClient]:
    made = RpcClient(amqp_uri, timeout=2.0, make_breaker=lambda: CircuitBreaker(failures=3, cool_down=0.2))
    yield made
    made.close()


def test_the_result_comes_back(client: RpcClient) -> None:
    assert client.call("toy", "echo", {"hours": 20, "note": "città"}) == {"hours": 20, "note": "città"}


def test_a_request_carries_headers_deadline_and_whether_it_is_safe(client: RpcClient, service: Service) -> None:
    before = time.time()

    client.call("toy", "echo", {}, headers={"locale": "it"}, timeout=1.5, safe=True)

    (request,) = service.requests
    assert request["headers"] == {"locale": "it"}
    assert request["safe"] is True
    assert before + 1.4 < request["deadline"] < before + 2.5


def test_errors_arrive_with_their_template_parameters_and_fields(client: RpcClient) -> None:
    with pytest.raises(Invalid) as refused:
        client.call("toy", "refuse")
    with pytest.raises(NotFound, match="There is no offer 7"):
        client.call("toy", "missing")

    (text,) = refused.value.fields["terms.hours"]
    assert (text, text.template, text.params) == (
        "Enter at least 2 hours.",
        "Enter at least %(min)s hours.",
        {"min": 2},
    )


def test_nothing_of_an_unexpected_error_crosses(client: RpcClient) -> None:
    with pytest.raises(Internal) as answered:
        client.call("toy", "broken")

    assert "hunter2" not in str(answered.value)


def test_a_service_that_does_not_exist_is_unavailable_at_once(client: RpcClient) -> None:
    started = time.monotonic()

    with pytest.raises(Unavailable):
        client.call("nowhere", "echo", timeout=5)

    assert time.monotonic() - started < 0.5


def test_no_answer_in_time_is_unavailable_and_says_that_the_outcome_is_unknown(client: RpcClient) -> None:
    started = time.monotonic()

    with pytest.raises(Unavailable) as unsafe:
        client.call("toy", "ignore", timeout=0.2)
    with pytest.raises(Unavailable) as safe:
        client.call("toy", "ignore", timeout=0.2, safe=True)

    assert 0.4 <= time.monotonic() - started < 1.0
    assert str(unsafe.value) == UNCERTAIN
    assert str(safe.value) != UNCERTAIN


def test_a_late_reply_is_not_taken_for_the_next_calls_answer(client: RpcClient) -> None:
    with pytest.raises(Unavailable):
        client.call("toy", "late", {"seconds": 0.3}, timeout=0.1)

    assert [client.call("toy", "echo", {"n": n}) for n in range(5)] == [{"n": n} for n in range(5)]


def test_gathered_calls_give_results_and_errors_under_their_names(client: RpcClient) -> None:
    calls = {
        "fine": Call("toy", "echo", {"a": 1}),
        "wrong": Call("toy", "refuse"),
        "silent": Call("toy", "ignore", timeout=0.2),
        "absent": Call("nowhere", "echo"),
    }

    results = client.gather(calls, return_exceptions=True)

    assert results["fine"] == {"a": 1}
    assert isinstance(results["wrong"], Invalid)
    assert isinstance(results["silent"], Unavailable)
    assert isinstance(results["absent"], Unavailable)
    with pytest.raises(Invalid):
        client.gather({"fine": calls["fine"], "wrong": calls["wrong"]})


def test_nothing_gathered_is_nothing(client: RpcClient) -> None:
    assert client.gather({}) == {}


def test_many_threads_get_each_its_own_answers(client: RpcClient) -> None:
    def ask(caller: int) -> list[Any]:
        return [client.call("toy", "echo", {"caller": caller, "n": n}) for n in range(200)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))

    assert answers == [[{"caller": caller, "n": n} for n in range(200)] for caller in range(8)]


def test_more_threads_than_connections_take_turns(amqp_uri: str, service: Service) -> None:
    client = RpcClient(amqp_uri, pool_size=2)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: client.call("toy", "echo", {"n": n}), range(100)))

    assert answers == [{"n": n} for n in range(100)]
    client.close()


def test_an_exhausted_pool_is_unavailable_and_does_not_blame_the_service(amqp_uri: str, service: Service) -> None:
    client = RpcClient(amqp_uri, pool_size=1, make_breaker=lambda: CircuitBreaker(failures=1))
    hog = threading.Thread(target=lambda: client.call("toy", "late", {"seconds": 0.4}))
    hog.start()
    time.sleep(0.1)

    with pytest.raises(Unavailable):
        client.call("toy", "echo", timeout=0.1)

    hog.join()
    assert client.circuit("toy") is State.CLOSED
    assert client.call("toy", "echo", {"a": 1}) == {"a": 1}
    client.close()


def test_failures_in_a_row_open_the_circuit_and_an_answered_probe_closes_it(
    client: RpcClient, service: Service
) -> None:
    for _ in range(3):
        with pytest.raises(Unavailable):
            client.call("toy", "ignore", timeout=0.05)
    asked = len(service.requests)
    started = time.monotonic()
    for _ in range(20):
        with pytest.raises(Unavailable):
            client.call("toy", "echo")
    assert time.monotonic() - started < 0.1
    assert len(service.requests) == asked
    assert client.circuit("toy") is State.OPEN

    time.sleep(0.25)

    assert client.call("toy", "echo", {"a": 1}) == {"a": 1}
    assert client.circuit("toy") is State.CLOSED


def test_refusals_do_not_open_the_circuit(client: RpcClient) -> None:
    for _ in range(10):
        with pytest.raises(NotFound):
            client.call("toy", "missing")

    assert client.circuit("toy") is State.CLOSED


def test_a_payload_that_is_not_json_is_the_callers_mistake(client: RpcClient) -> None:
    with pytest.raises(TypeError):
        client.call("toy", "echo", {"when": object()})

    assert client.circuit("toy") is State.CLOSED
    assert client.call("toy", "echo", {"a": 1}) == {"a": 1}


def test_a_forked_child_starts_without_its_parents_connections(client: RpcClient) -> None:
    client.call("toy", "echo", {"a": 1})
    reading, writing = os.pipe()

    child = os.fork()
    if child == 0:
        os.write(writing, str(len(client._idle)).encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 10) == b"0"
    assert len(client._idle) == 1
    assert client.call("toy", "echo", {"a": 2}) == {"a": 2}


def test_a_closed_client_can_be_used_again(client: RpcClient) -> None:
    client.call("toy", "echo", {"a": 1})

    client.close()

    assert client.call("toy", "echo", {"a": 2}) == {"a": 2}
