"""The client of the services' RPC: thread-safe, pooled, with time-outs, reconnecting, with a circuit breaker per service.

A call takes a connection out of the pool, sends its request, and reads on that same connection until the answer is there:
no reader thread stands between, and several calls (`gather`) go out at once and wait together. Works in plain threads, on
eventlet and on the in-memory broker. Connections are made when first needed, also after a fork.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import structlog

from shared.platform.circuit import CircuitBreaker
from shared.platform.errors import DextraError, Unavailable, from_wire
from shared.platform.link import LINK_ERRORS, Link

log = structlog.get_logger(__name__)

NO_ANSWER = "This part of Dextra does not answer just now. Please try again in a moment."
UNCERTAIN = "We cannot tell whether this was done. Please look before you try again."

TICK_SECONDS = 1.0  # longest read: a socket's time-out is set anew only for the last moments of a wait
CHECK_AFTER_SECONDS = 1.0  # a connection that was idle for longer is looked at before it is trusted
LONGEST_PAUSE = 1.0
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `timeout` is in seconds (None: the client's). `safe`: may be executed twice, as queries and calls with an
    idempotency key may; then it is sent again when the connection is lost before the answer came."""

    service: str
    method: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    timeout: float | None = None
    safe: bool = False


class RpcClient:
    """Calls services by name. Make one a process, share it among its threads."""

    def __init__(
        self,
        amqp_uri: str,
        pool_size: int = 16,
        timeout: float = 5.0,
        *,
        make_breaker: Callable[[], CircuitBreaker] = CircuitBreaker,
    ) -> None:
        """At most `pool_size` calls (or gatherings of calls) are under way at once; others wait for their turn."""
        self._amqp_uri = amqp_uri
        self._pool_size = pool_size
        self._timeout = timeout
        self._make_breaker = make_breaker
        self._start()

    def _start(self) -> None:
        self._pid = os.getpid()
        self._idle: deque[_CallerLink] = deque()
        self._free = threading.BoundedSemaphore(self._pool_size)
        self._breakers: defaultdict[str, CircuitBreaker] = defaultdict(self._make_breaker)

    def call(
        self,
        service: str,
        method: str,
        payload: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        safe: bool = False,
    ) -> Any:
        """The method's result. Raises the error of `shared.platform.errors` that the service raised, or Unavailable."""
        waiting = _Waiting(Call(service, method, payload or {}, headers or {}, timeout, safe), self._timeout)
        self._perform([waiting])
        return waiting.result()

    def gather(self, calls: Mapping[str, Call], *, return_exceptions: bool = False) -> dict[str, Any]:
        """The results of several calls that run side by side, under the calls' names.

        Raises the first failed call's error after all have ended; with `return_exceptions` errors stand among the results.
        """
        waiting = {name: _Waiting(call, self._timeout) for name, call in calls.items()}
        self._perform(list(waiting.values()))
        if return_exceptions:
            return {name: one.error or one.value for name, one in waiting.items()}
        return {name: one.result() for name, one in waiting.items()}

    def close(self) -> None:
        """Closes the idle connections. The client may be used again afterwards."""
        while self._idle and self._pid == os.getpid():
            self._idle.pop().link.close()

    # -- one exchange --------------------------------------------------------------------------------------------

    def _perform(self, calls: list[_Waiting]) -> None:
        """Brings all calls to their end, each with a result or an error."""
        if self._pid != os.getpid():
            self._start()  # the parent's connections are left alone: closing them here would end them there
        for waiting in calls:
            if not self._breakers[waiting.call.service].allow():
                waiting.error = Unavailable(NO_ANSWER)
        sent = [waiting for waiting in calls if waiting.open]
        if not sent:
            return
        try:
            self._exchange(sent)
        finally:
            for waiting in sent:
                self._conclude(waiting)

    def _conclude(self, waiting: _Waiting) -> None:
        breaker = self._breakers[waiting.call.service]
        if waiting.answered:
            breaker.succeeded()
            return
        breaker.failed()
        waiting.error = waiting.error or Unavailable(NO_ANSWER)
        log.warning(
            "rpc.failed",
            service=waiting.call.service,
            method=waiting.call.method,
            reason=waiting.reason,
            state=breaker.state,
        )

    def _exchange(self, calls: list[_Waiting]) -> None:
        """Sends and waits; on a lost connection makes another one, at once and then with pauses, while there is time."""
        pauses = _pauses()
        while open_calls := [waiting for waiting in calls if waiting.open]:
            try:
                with self._a_link(max(waiting.deadline for waiting in open_calls)) as link:
                    link.exchange(open_calls)
                return
            except _PoolExhausted:
                _fail(open_calls, "the pool is exhausted")
                return
            except LINK_ERRORS as error:
                reason = f"{type(error).__name__}: {error}"[:200]
                log.info("rpc.connection_lost", reason=reason)
                _fail((waiting for waiting in open_calls if waiting.sent and not waiting.call.safe), reason)
            pause = next(pauses)
            _fail((w for w in open_calls if w.open and w.deadline <= time.monotonic() + pause), reason)
            if pause and any(waiting.open for waiting in open_calls):
                time.sleep(pause)

    @contextmanager
    def _a_link(self, deadline: float) -> Iterator[_CallerLink]:
        """A connection out of the pool, or a new one. It goes back only if nothing broke."""
        if not self._free.acquire(blocking=False) and not self._free.acquire(
            timeout=max(0.0, deadline - time.monotonic())
        ):
            raise _PoolExhausted
        try:
            link = self._idle_link() or _CallerLink(self._amqp_uri, max(0.1, min(5.0, deadline - time.monotonic())))
            try:
                yield link
            except BaseException:
                link.link.close()
                raise
            self._idle.append(link)
        finally:
            self._free.release()

    def _idle_link(self) -> _CallerLink | None:
        while True:
            try:
                link = self._idle.pop()
            except IndexError:
                return None
            if link.is_alive():
                return link
            link.link.close()


class _PoolExhausted(Exception):
    pass


class _Waiting:
    """A call under way and how it ended."""

    __slots__ = ("answered", "call", "deadline", "error", "reason", "sent", "value")

    def __init__(self, call: Call, timeout: float) -> None:
        self.call = call
        self.deadline = time.monotonic() + (timeout if call.timeout is None else call.timeout)
        self.value: Any = None
        self.error: DextraError | None = None
        self.answered = False
        self.sent = False
        self.reason = ""

    @property
    def open(self) -> bool:
        return not self.answered and self.error is None

    def result(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


def _fail(calls: Iterable[_Waiting], reason: str) -> None:
    for waiting in calls:
        if waiting.open:
            waiting.reason = reason
            waiting.error = Unavailable(UNCERTAIN if waiting.sent and not waiting.call.safe else NO_ANSWER)


class _CallerLink:
    """A connection with its own reply queue, used by one thread at a time."""

    def __init__(self, amqp_uri: str, connect_timeout: float) -> None:
        self.link = Link(amqp_uri, connect_timeout=connect_timeout)
        self._reply_to: str = self.link.channel.queue_declare(queue="", exclusive=True, auto_delete=True).queue
        self.link.channel.basic_consume(queue=self._reply_to, no_ack=True, callback=self._on_reply)
        self.link.on_return(self._on_return)
        self._numbers = count(1)
        self._waiting: dict[str, _Waiting] = {}
        self._idle_since = time.monotonic()

    def is_alive(self) -> bool:
        """Reads what came while nobody waited (late replies, the broker's good-bye) if that was long."""
        if time.monotonic() - self._idle_since < CHECK_AFTER_SECONDS:
            return True
        try:
            while True:
                self.link.drain(timeout=0)
        except TimeoutError:
            return True
        except LINK_ERRORS:
            return False

    def exchange(self, calls: list[_Waiting]) -> None:
        """Sends the calls and waits until each has its answer, or its time is over."""
        with self.link.corked():
            for waiting in calls:
                self._send(waiting)
        drain, waiting_calls = self.link.drain, self._waiting
        while waiting_calls:
            now = time.monotonic()
            remaining = min(waiting.deadline for waiting in waiting_calls.values()) - now
            if remaining <= 0:
                self._expire(now)
                continue
            try:
                drain(timeout=min(remaining, TICK_SECONDS))
            except TimeoutError:
                continue
        self._idle_since = time.monotonic()

    def _send(self, waiting: _Waiting) -> None:
        call = waiting.call
        seconds = waiting.deadline - time.monotonic()
        body = _encode(
            {
                "method": call.method,
                "payload": call.payload,
                "headers": call.headers,
                "deadline": time.time() + seconds,
                "safe": call.safe,
            }
        )
        number = str(next(self._numbers))
        self._waiting[number] = waiting
        waiting.sent = True
        self.link.publish(
            body,
            f"rpc-{call.service}",
            mandatory=True,
            reply_to=self._reply_to,
            correlation_id=number,
            expiration=str(max(1, int(seconds * 1000))),
        )

    def _on_reply(self, message: Any) -> None:
        waiting = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiting is None:
            return  # too late: its caller has gone
        reply = json.loads(message.body)
        waiting.answered = True
        if "error" in reply:
            waiting.error = from_wire(reply["error"])
        else:
            waiting.value = reply["result"]

    def _on_return(self, message: Any) -> None:
        waiting = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiting is not None:
            waiting.sent = False
            _fail([waiting], "there is no such service")

    def _expire(self, now: float) -> None:
        for number, waiting in list(self._waiting.items()):
            if waiting.deadline <= now:
                del self._waiting[number]
                _fail([waiting], "no answer in time")


def _pauses() -> Iterator[float]:
    """Seconds to wait before the next try to connect: none at first, then 50 ms, doubling."""
    yield 0.0
    pause = 0.05
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)
