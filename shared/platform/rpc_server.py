"""The answering side of RPC: nameko entry points with light replies.

A request comes from the durable queue `rpc-<service>`; the reply goes straight to the caller's queue through the default
exchange, not persistent and not confirmed, over a connection that is held.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from kombu import Connection, Exchange, Producer, Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension
from nameko.messaging import QueueConsumer

from shared.platform.errors import DextraError, NotFound, to_wire

log = structlog.get_logger(__name__)

EXCHANGE = Exchange("dextra.rpc", type="topic", durable=True)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request: the method's name, its JSON payload, and the headers that travel with it."""

    method: str
    payload: dict[str, Any]
    headers: dict[str, Any]


def rpc_queue(service: str) -> Queue:
    return Queue(f"rpc-{service}", exchange=EXCHANGE, routing_key=f"{service}.*", durable=True)


class RpcConsumer(SharedExtension, ProviderCollector):  # type: ignore[misc]
    queue_consumer = QueueConsumer()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queue: Queue | None = None
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def setup(self) -> None:
        if self.queue is None:
            self.queue = rpc_queue(self.container.service_name)
            self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        self.wait_for_providers()
        self.queue_consumer.unregister_provider(self)
        super().stop()

    def handle_message(self, body: Any, message: Any) -> None:
        method = message.delivery_info["routing_key"].partition(".")[2]
        headers = dict(message.headers or {})
        deadline = float(headers.get("deadline") or 0)
        if deadline and time.time() > deadline:
            self.queue_consumer.ack_message(message)
            return
        provider = next((p for p in self._providers if p.wire_name == method), None)
        if provider is None:
            self.reply(message, None, NotFound("This service has no such method."))
            return
        payload = json.loads(body) if isinstance(body, str | bytes) else body
        incoming = Incoming(method, payload, headers)

        def handle_result(_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            self.reply(message, result, exc_info[1] if exc_info else None)
            return result, None

        try:
            self.container.spawn_worker(provider, (incoming,), {}, context_data={}, handle_result=handle_result)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def reply(self, message: Any, result: Any, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, DextraError):
            log.error("call.broken", exc_info=error)
        answer = {"result": result} if error is None else {"error": to_wire(error)}
        for attempt in (1, 2):
            try:
                self._connect().publish(
                    json.dumps(answer),
                    exchange="",
                    routing_key=message.properties["reply_to"],
                    correlation_id=message.properties.get("correlation_id"),
                    content_type="application/json",
                    content_encoding="utf-8",
                    delivery_mode=1,
                    retry=False,
                )
                break
            except Exception as failure:
                self._connection = self._producer = None
                if attempt == 2:
                    log.warning("reply.lost", error=type(failure).__name__)
        self.queue_consumer.ack_message(message)

    def _connect(self) -> Producer:
        if self._producer is None:
            self._connection = Connection(self.container.config["AMQP_URI"])
            self._producer = Producer(self._connection.channel(), auto_declare=False)
        return self._producer


class LightRpc(Entrypoint):  # type: ignore[misc]
    consumer = RpcConsumer()

    def __init__(self, wire_name: str, **kwargs: Any) -> None:
        self.wire_name = wire_name
        super().__init__(**kwargs)

    def setup(self) -> None:
        self.consumer.register_provider(self)

    def stop(self) -> None:
        self.consumer.unregister_provider(self)
