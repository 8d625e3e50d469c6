"""How many RPC round trips a second: ours beside nameko's own proxy, and both beside what the AMQP library can do.

Four ways, alone and with several callers (threads of one process, as in the gateway), interleaved in rounds so that a
noisy machine disturbs all alike. Services and callers run in processes of their own. Ratios are what counts: the median
of the rounds' ratios. Rates depend on the machine.

    proxy   nameko's ClusterRpcProxy against an unchanged nameko service
    nameko  a bare AMQP client against the same service
    ours    our client against our shell
    bare    a bare AMQP client against a bare AMQP server: the limit of broker and library
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

WAYS = ("proxy", "nameko", "ours", "bare")
SERVERS = {"serve-nameko": "benchnameko", "serve-ours": "benchours", "serve-bare": "benchbare"}
PAYLOAD = {"offer_id": "0192f3a4-5b6c-7d8e-9f00-112233445566", "weekly_minutes": 1200, "note": "from Monday on"}
ROUNDS = 8
WARM_UP_SECONDS = 0.3
ROOT = Path(__file__).resolve().parents[2]


# -- the measurement -------------------------------------------------------------------------------------------------


def run(amqp_uri: str, seconds: float = 3.0, callers: int = 8) -> dict[str, Any]:
    """Measures each way `seconds` long, alone and with `callers` callers. Gives rates, latencies and ratios."""
    servers = [_Child(role, amqp_uri) for role in SERVERS]
    clients = {way: _Child(f"call-{way}", amqp_uri) for way in WAYS}
    samples: dict[tuple[str, int], list[dict[str, Any]]] = {}
    try:
        for child in (*servers, *clients.values()):
            child.wait_until_ready()
        for _ in range(ROUNDS):
            for count in (1, callers):
                for way, client in clients.items():
                    samples.setdefault((way, count), []).append(client.ask(callers=count, seconds=seconds / ROUNDS))
    finally:
        for child in (*clients.values(), *servers):
            child.end()

    def ratios(other: str) -> dict[str, float]:
        return {
            name: _ratio(samples["ours", count], samples[other, count])
            for name, count in (("alone", 1), ("together", callers))
        }

    return {
        "callers": callers,
        "alone": {way: _summary(samples[way, 1]) for way in WAYS},
        "together": {way: _summary(samples[way, callers]) for way in WAYS},
        "ours_to_proxy": ratios("proxy"),
        "ours_to_bare": ratios("bare"),
    }


def table(result: dict[str, Any]) -> str:
    """The result as text."""
    lines = [f"{'RPC round trips':<18}{'1/s':>8}{'p50 ms':>9}{'p99 ms':>9}"]
    for title, rows in (("alone", result["alone"]), (f"{result['callers']} callers", result["together"])):
        lines += [
            f"{title + ' ' + way:<18}{row['rate']:>8.0f}{row['p50_ms']:>9.2f}{row['p99_ms']:>9.2f}"
            for way, row in rows.items()
        ]
    for name, floor in (("ours_to_proxy", ">= 2"), ("ours_to_bare", ">= 0.5")):
        ratios = result[name]
        title = name.replace("_", " ")
        lines.append(f"{title:<18}{ratios['alone']:.2f} alone, {ratios['together']:.2f} together (wanted {floor})")
    return "\n".join(lines)


def _ratio(ours: list[dict[str, Any]], others: list[dict[str, Any]]) -> float:
    return float(statistics.median(mine["rate"] / other["rate"] for mine, other in zip(ours, others, strict=True)))


def _summary(rounds: list[dict[str, Any]]) -> dict[str, float]:
    latencies = sorted(latency for one in rounds for latency in one["latencies"])
    return {
        "rate": statistics.median(one["rate"] for one in rounds),
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[len(latencies) * 99 // 100] * 1000,
    }


class _Child:
    """A process of this module in one role. It says `ready`; a caller then measures once for each line it is sent."""

    def __init__(self, role: str, amqp_uri: str) -> None:
        self.role = role
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.load.bench_messaging", role, amqp_uri],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        if self._line() != "ready":
            raise RuntimeError(f"{self.role} did not start")

    def ask(self, **question: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._line())
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


# -- callers -----------------------------------------------------------------------------------------------------------


def _measure(make_caller: Callable[[], Callable[[], Any]]) -> None:
    """Answers each line on stdin with a measurement. Every thread keeps its caller (and connection) between lines."""
    made: list[Callable[[], Any]] = []
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        while len(made) < question["callers"]:
            made.append(make_caller())
        threads = [_CallingThread(caller, question["seconds"]) for caller in made[: question["callers"]]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        latencies = [latency for thread in threads for latency in thread.latencies]
        print(json.dumps({"rate": len(latencies) / question["seconds"], "latencies": latencies}), flush=True)


class _CallingThread(threading.Thread):
    def __init__(self, caller: Callable[[], Any], seconds: float) -> None:
        super().__init__(daemon=True)
        self.caller = caller
        self.seconds = seconds
        self.latencies: list[float] = []

    def run(self) -> None:
        start = time.perf_counter() + WARM_UP_SECONDS
        end = start + self.seconds
        before = time.perf_counter()
        while before < end:
            self.caller()
            after = time.perf_counter()
            if before >= start:
                self.latencies.append(after - before)
            before = after


def _call_proxy(amqp_uri: str) -> Callable[[], Callable[[], Any]]:
    from nameko.standalone.rpc import ClusterRpcProxy

    def make() -> Callable[[], Any]:
        proxy = ClusterRpcProxy({"AMQP_URI": amqp_uri, "serializer": "json"}, timeout=10).start()
        return lambda: proxy.benchnameko.echo(PAYLOAD)

    return make


def _call_ours(amqp_uri: str) -> Callable[[], Callable[[], Any]]:
    from shared.platform.rpc_client import RpcClient

    client = RpcClient(amqp_uri, pool_size=64)
    return lambda: lambda: client.call(SERVERS["serve-ours"], "echo", PAYLOAD, safe=True)


def _call_nameko(amqp_uri: str) -> Callable[[], Callable[[], Any]]:
    body = json.dumps({"args": [PAYLOAD], "kwargs": {}})
    return lambda: _bare_caller(amqp_uri, "nameko-rpc", f"{SERVERS['serve-nameko']}.echo", body)


def _call_bare(amqp_uri: str) -> Callable[[], Callable[[], Any]]:
    return lambda: _bare_caller(amqp_uri, "", SERVERS["serve-bare"], json.dumps(PAYLOAD))


def _bare_caller(amqp_uri: str, exchange: str, routing_key: str, body: str) -> Callable[[], Any]:
    from amqp import Message

    channel = _bare_channel(amqp_uri)
    reply_to = f"bench-{uuid.uuid4()}"
    channel.queue_declare(reply_to, exclusive=True, auto_delete=True)
    if exchange:
        channel.queue_bind(reply_to, exchange, reply_to)
    answers: list[Any] = []
    channel.basic_consume(reply_to, no_ack=True, callback=lambda message: answers.append(json.loads(message.body)))

    def call() -> Any:
        properties = {"content_type": "application/json", "content_encoding": "utf-8", "delivery_mode": 1}
        message = Message(body, reply_to=reply_to, correlation_id="1", **properties)
        channel.basic_publish(message, exchange, routing_key)
        while not answers:
            channel.connection.drain_events()
        return answers.pop()

    return call


def _bare_channel(amqp_uri: str) -> Any:
    from amqp import Connection

    address = urlsplit(amqp_uri)
    connection = Connection(
        host=f"{address.hostname}:{address.port or 5672}",
        userid=unquote(address.username or "guest"),
        password=unquote(address.password or "guest"),
        virtual_host=unquote(address.path[1:]) or "/",
    )
    connection.connect()
    return connection.channel()


# -- services ----------------------------------------------------------------------------------------------------------


def _serve_nameko(amqp_uri: str) -> None:
    import eventlet

    eventlet.monkey_patch()
    from nameko.containers import ServiceContainer
    from nameko.rpc import rpc

    class Echo:
        name = SERVERS["serve-nameko"]

        @rpc  # type: ignore[untyped-decorator]
        def echo(self, payload: Any) -> Any:
            return payload

    container = ServiceContainer(Echo, {"AMQP_URI": amqp_uri, "serializer": "json", "max_workers": 32})
    container.start()
    print("ready", flush=True)
    container.wait()


def _serve_ours(amqp_uri: str) -> None:
    import eventlet

    eventlet.monkey_patch()
    from nameko.containers import ServiceContainer

    from shared.platform.rpc_server import Incoming, LightRpc

    class Echo:
        name = SERVERS["serve-ours"]

        @LightRpc.decorator("echo")  # type: ignore[untyped-decorator]
        def echo(self, incoming: Incoming) -> Any:
            return incoming.payload

    container = ServiceContainer(Echo, {"AMQP_URI": amqp_uri, "max_workers": 32})
    container.start()
    print("ready", flush=True)
    container.wait()


def _serve_bare(amqp_uri: str) -> None:
    from amqp import Message

    channel = _bare_channel(amqp_uri)

    def answer(message: Any) -> None:
        result = json.dumps({"result": json.loads(message.body)})
        asked = message.properties
        reply = Message(
            result, content_type="application/json", delivery_mode=1, correlation_id=asked["correlation_id"]
        )
        channel.basic_publish(reply, "", asked["reply_to"])
        channel.basic_ack(message.delivery_tag)

    channel.queue_declare(SERVERS["serve-bare"], durable=True, auto_delete=False)
    channel.basic_qos(0, 32, a_global=False)
    channel.basic_consume(SERVERS["serve-bare"], callback=answer)
    print("ready", flush=True)
    while True:
        channel.connection.drain_events()


_ROLES: dict[str, Callable[[str], Any]] = {
    "serve-nameko": _serve_nameko,
    "serve-ours": _serve_ours,
    "serve-bare": _serve_bare,
    "call-proxy": lambda uri: _measure(_call_proxy(uri)),
    "call-nameko": lambda uri: _measure(_call_nameko(uri)),
    "call-ours": lambda uri: _measure(_call_ours(uri)),
    "call-bare": lambda uri: _measure(_call_bare(uri)),
}


def main(arguments: list[str]) -> None:
    if arguments and arguments[0] in _ROLES:
        _ROLES[arguments[0]](arguments[1])
        return
    from tests.support.broker import shared_broker

    broker = shared_broker()
    try:
        print(table(run(broker.new_vhost(), seconds=float(arguments[0]) if arguments else 3.0)))
    finally:
        broker.remove()


if __name__ == "__main__":
    main(sys.argv[1:])
