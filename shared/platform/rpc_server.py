"""The shell's RPC side: takes requests from the service's queue to its methods and sends the answers back.

A request is a JSON message in the durable queue `rpc-<service>`:

    {"method": "accept_offer", "payload": {..}, "headers": {..}, "deadline": 1790000000.0, "safe": true}

`deadline` is an instant in Unix seconds after which nobody waits for the answer any more: the clocks of callers and
services must agree to a second. `safe` says that the call may be executed twice. The answer goes to the queue that
`reply_to` names, with the same `correlation_id`, as `{"result": ..}` or `{"error": {"code", "message", "params",
"fields"}}`. A request is acknowledged together with its answer: one that was in hand when its process died is delivered
again, and executed again only if it is safe.

Answers leave by the connection that requests come by, so that an answer and its acknowledgement are one write.
"""

from __future__ import annotations

import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import eventlet
import structlog
from eventlet.event import Event
from greenlet import GreenletExit
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension

from shared.platform.errors import DextraError, NotFound, Unavailable, to_wire
from shared.platform.link import LINK_ERRORS, Link, back_off, request_queue

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.5
HEARTBEAT_SECONDS = 30
LONGEST_PAUSE = 2.0
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as a service method gets it. `deadline` is in Unix seconds."""

    method: str
    payload: dict[str, Any]
    headers: dict[str, Any]
    deadline: float


class LightRpcConsumer(SharedExtension, ProviderCollector):  # type: ignore[misc]
    """Holds the service's connection for requests and answers; makes it again when it is lost."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._methods: dict[str, LightRpc] = {}
        self._ready = Event()
        self._cancelled = Event()
        self._cancelling = False
        self._link: Link | None = None
        self._thread: Any = None

    @property
    def connected(self) -> bool:
        """Whether requests can arrive now."""
        return self._link is not None

    # -- life --------------------------------------------------------------------------------------------------------

    def register_provider(self, provider: LightRpc) -> None:
        if provider.wire_name in self._methods:
            raise RuntimeError(f"{self.container.service_name}: two methods answer to {provider.wire_name}")
        self._methods[provider.wire_name] = provider
        super().register_provider(provider)

    def start(self) -> None:
        """Returns when requests arrive. Waits while the broker is away."""
        self._thread = self.container.spawn_managed_thread(self._run, identifier="rpc")
        self._ready.wait()

    def unregister_provider(self, provider: LightRpc) -> None:
        """Takes no more requests; those in hand go on. The first entry point that is stopped brings it about."""
        self._cancelling = True
        if self.connected:
            self._cancelled.wait()
        super().unregister_provider(provider)

    def stop(self) -> None:
        """All is answered: closes the connection."""
        super().stop()
        self.kill()

    def kill(self) -> None:
        """Closes the connection at once; requests in hand go back to the queue."""
        if self._thread is not None:
            self._thread.kill()
            with suppress(GreenletExit):
                self._thread.wait()

    def _run(self) -> None:
        pauses = back_off(LONGEST_PAUSE)
        try:
            while not self._cancelling:
                try:
                    self._serve(Link(self.container.config["AMQP_URI"], heartbeat=HEARTBEAT_SECONDS))
                except LINK_ERRORS as error:
                    pauses = back_off(LONGEST_PAUSE) if self.connected else pauses
                    self._link = None
                    pause = next(pauses)
                    log.warning("rpc.broker_away", error=type(error).__name__, detail=str(error)[:200], retry_in=pause)
                    eventlet.sleep(pause)
        finally:
            self._link = None
            for happened in (self._ready, self._cancelled):
                if not happened.ready():
                    happened.send(None)

    def _serve(self, link: Link) -> None:
        """Handles requests until the connection is lost (then it raises) or the thread is killed."""
        queue = request_queue(self.container.service_name)
        try:
            link.channel.queue_declare(queue=queue, durable=True, auto_delete=False)
            link.channel.basic_qos(0, self.container.max_workers, False)
            link.channel.basic_consume(queue=queue, consumer_tag=queue, callback=partial(self._on_message, link))
            self._link = link
            if not self._ready.ready():
                self._ready.send(None)
            while True:
                if self._cancelling and not self._cancelled.ready():
                    link.channel.basic_cancel(queue)
                    self._cancelled.send(None)
                try:
                    link.drain(timeout=TICK_SECONDS)
                except TimeoutError:
                    link.heartbeat()
        except LINK_ERRORS:
            link.abandon()
            raise
        finally:
            link.close()

    # -- requests ------------------------------------------------------------------------------------------------

    def _on_message(self, link: Link, message: Any) -> None:
        answer = partial(self._answer, link, message)
        try:
            request = json.loads(message.body)
            incoming = Incoming(request["method"], request["payload"], request["headers"], request["deadline"])
            provider = self._methods.get(incoming.method)
        except (ValueError, TypeError, KeyError) as malformed:
            log.exception("rpc.malformed", service=self.container.service_name)
            answer(None, malformed)
            return
        if incoming.deadline < time.time():
            log.info("rpc.too_late", service=self.container.service_name, method=incoming.method)
            self._settle(link, message)
        elif provider is None:
            answer(None, NotFound("There is no method %(method)s.", method=incoming.method))
        elif message.delivery_info.get("redelivered") and not request.get("safe"):
            log.warning("rpc.not_repeated", service=self.container.service_name, method=incoming.method)
            answer(None, Unavailable("We cannot tell whether this was done. Please look before you try again."))
        else:
            self._spawn(provider, incoming, answer)

    def _spawn(self, provider: LightRpc, incoming: Incoming, answer: Any) -> None:
        def handle_result(_context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            answer(result, exc_info[1] if exc_info else None)
            return result, exc_info

        try:
            self.container.spawn_worker(provider, (incoming,), {}, context_data={}, handle_result=handle_result)
        except ContainerBeingKilled:
            log.debug("rpc.handed_back", method=incoming.method)  # the closing connection does it

    # -- answers -------------------------------------------------------------------------------------------------

    def _answer(self, link: Link, message: Any, result: Any, error: BaseException | None) -> None:
        try:
            body = _encode({"result": result} if error is None else {"error": to_wire(error)})
        except (TypeError, ValueError) as unserialisable:
            log.exception("rpc.unserialisable", service=self.container.service_name)
            body = _encode({"error": to_wire(unserialisable)})
        self._settle(link, message, body)

    def _settle(self, link: Link, message: Any, body: str | None = None) -> None:
        """Sends the answer, if there is one and somebody waits for it, and acknowledges the request."""
        reply_to = message.properties.get("reply_to")
        try:
            with link.corked():
                if body is not None and reply_to:
                    link.publish(body, reply_to, correlation_id=message.properties.get("correlation_id", ""))
                link.channel.basic_ack(message.delivery_tag)
        except LINK_ERRORS:
            log.info("rpc.answer_lost", service=self.container.service_name)  # the request will be delivered again


class LightRpc(Entrypoint):  # type: ignore[misc]
    """The entry point of a method that answers calls. It gets one argument, an Incoming, and returns JSON data.

    Errors of `shared.platform.errors` reach the caller as they are; any other is logged and becomes `internal`.
    """

    consumer = LightRpcConsumer()

    def __init__(self, wire_name: str, **kwargs: Any) -> None:
        """`wire_name` is the method's name for callers."""
        self.wire_name = wire_name
        super().__init__(expected_exceptions=DextraError, **kwargs)

    def setup(self) -> None:
        self.consumer.register_provider(self)

    def stop(self) -> None:
        self.consumer.unregister_provider(self)


class _ExpectedErrors(logging.Filter):
    """Keeps nameko from logging a traceback for each refusal: the shell logs a line about every call."""

    def filter(self, record: logging.LogRecord) -> bool:
        refusal = record.levelno == logging.WARNING and record.exc_info and isinstance(record.exc_info[1], DextraError)
        return not refusal


logging.getLogger("nameko.containers").addFilter(_ExpectedErrors())
