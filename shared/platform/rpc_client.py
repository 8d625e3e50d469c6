"""The client of the services' RPC: thread-safe, pooled, with time-outs, reconnecting, a circuit breaker per service.

A call takes a connection out of the pool, sends its request, and reads on that same connection until the answer is
there: no reader thread stands between, and several calls (`gather`) go out at once and wait together. Works in plain
threads, on eventlet and on the in-memory broker. Connections are made when first needed, also after a fork.
"""

from __future__ import annotations

import json
import os
import threading
import time
import weakref
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import structlog

from shared.platform.circuit import CircuitBreaker, State
from shared.platform.errors import DextraError, Unavailable, from_wire
from shared.platform.link import LINK_ERRORS, Link, back_off, request_queue

log = structlog.get_logger(__name__)

NO_ANSWER = "This part of Dextra does not answer just now. Please try again in a moment."
UNCERTAIN = "We cannot tell whether this was done. Please look before you try again."

TICK_SECONDS = 1.0  # longest read: a socket's time-out is set anew only for the last moments of a wait
CHECK_AFTER_SECONDS = 1.0  # a connection that was idle for longer is looked at before it is trusted
LONGEST_PAUSE = 1.0
LONGEST_CONNECT = 5.0
POOL_EXHAUSTED = "all connections of the pool are in use"
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `timeout` is in seconds (None: the client's).

    `safe`: may be executed twice, as queries and calls with an idempotency key may. Then it is sent again when the
    connection was lost before the answer came.
    """

    service: str
    method: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    timeout: float | None = None
    safe: bool = False


class RpcClient:
    """Calls services by name. Make one in a process and share it among the threads."""

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
        self._begin()
        begin_again = weakref.WeakMethod(self._begin)
        os.register_at_fork(after_in_child=lambda: (begin := begin_again()) and begin())

    def _begin(self) -> None:
        """Starts with no connections; those that a parent process had stay the parent's, and are not closed here."""
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
        """The method's result, as JSON data. Raises the error that the service raised, or Unavailable."""
        waiting = _Waiting(Call(service, method, payload or {}, headers or {}, timeout, safe), self._timeout)
        self._perform([waiting])
        return waiting.result()

    def gather(self, calls: Mapping[str, Call], *, return_exceptions: bool = False) -> dict[str, Any]:
        """The results of several calls that run side by side, under the calls' names.

        Raises the first failed call's error when all have ended; with `return_exceptions` errors stand among the
        results.
        """
        waiting = {name: _Waiting(call, self._timeout) for name, call in calls.items()}
        self._perform(list(waiting.values()))
        if return_exceptions:
            return {name: one.error or one.value for name, one in waiting.items()}
        return {name: one.result() for name, one in waiting.items()}

    def circuit(self, service: str) -> State:
        """Whether calls of the service go through."""
        return self._breakers[service].state

    def close(self) -> None:
        """Closes the idle connections; those in use close no sooner than their calls end. It may be used again."""
        while self._idle:
            self._idle.pop().link.close()

    # -- one exchange ------------------------------------------------------------------------------------------------

    def _perform(self, calls: list[_Waiting]) -> None:
        """Brings all calls to their end, each with a result or an error."""
        let_out = []
        for waiting in calls:
            if self._breakers[waiting.call.service].allow():
                let_out.append(waiting)
            else:
                waiting.fail("the circuit is open")
        if let_out:
            self._exchange(let_out)
            for waiting in let_out:
                self._conclude(waiting)

    def _conclude(self, waiting: _Waiting) -> None:
        breaker = self._breakers[waiting.call.service]
        if waiting.answered:
            breaker.succeeded()
        elif waiting.reason != POOL_EXHAUSTED:  # that is our own trouble, not the service's
            breaker.failed()
        if waiting.reason:
            call = waiting.call
            log.warning(
                "rpc.failed", service=call.service, method=call.method, reason=waiting.reason, circuit=breaker.state
            )

    def _exchange(self, calls: list[_Waiting]) -> None:
        """Sends and waits. When the connection is lost, makes another one, at once and then with pauses."""
        pauses = back_off(LONGEST_PAUSE)
        while open_calls := [waiting for waiting in calls if waiting.open]:
            try:
                with self._a_link(max(waiting.deadline for waiting in open_calls)) as link:
                    link.exchange(open_calls)
                return
            except LINK_ERRORS as error:
                reason = f"{type(error).__name__}: {error}"[:200]
            except _PoolExhausted:
                reason = POOL_EXHAUSTED
            pause = next(pauses)
            too_late = time.monotonic() + pause
            for waiting in open_calls:
                uncertain = waiting.sent and not waiting.call.safe
                if waiting.open and (uncertain or waiting.deadline <= too_late or reason == POOL_EXHAUSTED):
                    waiting.fail(reason)
            if pause and any(waiting.open for waiting in open_calls):
                time.sleep(pause)

    @contextmanager
    def _a_link(self, deadline: float) -> Iterator[_CallerLink]:
        """A connection out of the pool, or a new one. It goes back only if nothing broke."""
        remaining = max(0.1, deadline - time.monotonic())
        if not self._free.acquire(blocking=False) and not self._free.acquire(timeout=remaining):
            raise _PoolExhausted
        try:
            link = self._idle_link() or _CallerLink(self._amqp_uri, min(remaining, LONGEST_CONNECT))
            try:
                yield link
            except BaseException:
                link.link.abandon()
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
            link.link.abandon()


class _PoolExhausted(Exception):
    pass


class _Waiting:
    """A call under way, and how it ended."""

    __slots__ = ("answered", "body", "call", "deadline", "error", "reason", "sent", "value")

    def __init__(self, call: Call, timeout: float) -> None:
        seconds = timeout if call.timeout is None else call.timeout
        self.call = call
        self.deadline = time.monotonic() + seconds
        self.body = _encode(
            {
                "method": call.method,
                "payload": call.payload,
                "headers": call.headers,
                "deadline": time.time() + seconds,
                "safe": call.safe,
            }
        )
        self.value: Any = None
        self.error: DextraError | None = None
        self.answered = False
        self.sent = False
        self.reason = ""

    @property
    def open(self) -> bool:
        return not self.answered and self.error is None

    def answer(self, reply: Mapping[str, Any]) -> None:
        self.answered = True
        if "error" in reply:
            self.error = from_wire(reply["error"])
        else:
            self.value = reply["result"]

    def fail(self, reason: str) -> None:
        """It ends without an answer. The reason is for the log."""
        self.reason = reason
        self.error = Unavailable(UNCERTAIN if self.sent and not self.call.safe else NO_ANSWER)

    def result(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


class _CallerLink:
    """A connection with its own reply queue, used by one thread at a time."""

    def __init__(self, amqp_uri: str, patience: float) -> None:
        self.link = Link(amqp_uri, patience=patience)
        self._reply_to: str = self.link.channel.queue_declare(queue="", exclusive=True, auto_delete=True).queue
        self.link.channel.basic_consume(queue=self._reply_to, no_ack=True, callback=self._on_reply)
        self.link.on_return(self._on_return)
        self._numbers = count(1)
        self._waiting: dict[str, _Waiting] = {}
        self._idle_since = time.monotonic()

    def is_alive(self) -> bool:
        """Reads what came while nobody waited (late replies, the broker's good-bye), if that was long."""
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
        while self._waiting:
            now = time.monotonic()
            remaining = min(waiting.deadline for waiting in self._waiting.values()) - now
            if remaining <= 0:
                self._expire(now)
                continue
            with suppress(TimeoutError):
                self.link.drain(timeout=min(remaining, TICK_SECONDS))
        self._idle_since = time.monotonic()

    def _send(self, waiting: _Waiting) -> None:
        number = str(next(self._numbers))
        self._waiting[number] = waiting
        waiting.sent = True
        milliseconds = max(1, int((waiting.deadline - time.monotonic()) * 1000))
        self.link.publish(
            waiting.body,
            request_queue(waiting.call.service),
            mandatory=True,
            reply_to=self._reply_to,
            correlation_id=number,
            expiration=str(milliseconds),
        )

    def _on_reply(self, message: Any) -> None:
        waiting = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiting is not None:  # else it is too late, and its caller has gone
            waiting.answer(json.loads(message.body))

    def _on_return(self, message: Any) -> None:
        waiting = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiting is not None:
            waiting.sent = False
            waiting.fail("there is no such service")

    def _expire(self, now: float) -> None:
        for number, waiting in list(self._waiting.items()):
            if waiting.deadline <= now:
                del self._waiting[number]
                waiting.fail("no answer in time")
