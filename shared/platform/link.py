"""A lean connection to the broker, on which the RPC client and the RPC server stand: one connection, one channel.

kombu chooses the transport by the URI (RabbitMQ by py-amqp, or the in-memory broker) and gives both the same channel.
For RabbitMQ we put three things into py-amqp that it lacks:

- it reads all that the socket has and takes frames out of that, instead of nine reads for a message's three frames;
- it does not ask for `connection.blocked`, for which py-amqp looks into the socket before each publication;
- `corked()` gathers frames and sends them at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from ssl import SSLWantReadError
from struct import Struct
from typing import Any, ClassVar

import kombu
from amqp.exceptions import AMQPError, RecoverableConnectionError, UnexpectedFrame
from amqp.transport import SSLTransport, TCPTransport
from kombu.transport import pyamqp

LINK_ERRORS: tuple[type[BaseException], ...] = (OSError, AMQPError)
"""What a lost connection, or one that cannot be made, raises."""

READ_SIZE = 65536
_NOTHING_THERE = (TimeoutError, BlockingIOError, SSLWantReadError)
_FRAME_HEADER = Struct(">BHI")
_FRAME_END = 0xCE
_OVERHEAD = _FRAME_HEADER.size + 1


def request_queue(service: str) -> str:
    """The name of the queue that holds the service's requests."""
    return f"rpc-{service}"


def back_off(longest: float) -> Iterator[float]:
    """Seconds to wait before each next try to connect: none before the first, then 50 ms, doubling up to `longest`."""
    yield 0.0
    pause = 0.05
    while True:
        yield pause
        pause = min(pause * 2, longest)


class Link:
    """An open connection with one channel. Raises one of LINK_ERRORS when it cannot be made, or is lost.

    One thread reads; greenlets may write while another reads.
    """

    def __init__(self, amqp_uri: str, *, heartbeat: float = 0, patience: float = 5.0) -> None:
        """In seconds: `heartbeat` (0: none); `patience` with connecting, with declarations and with the close."""
        kind = _TRANSPORTS.get(amqp_uri.partition("://")[0])
        self._client = kombu.Connection(amqp_uri, transport=kind, heartbeat=heartbeat, connect_timeout=patience)
        self._transport = self._client.transport
        self._connection = self._transport.establish_connection()
        self._connection.patience = patience
        self.channel = self._transport.create_channel(self._connection)
        self.corked: Callable[[], AbstractContextManager[None]] = getattr(self._connection, "corked", nullcontext)
        self._heartbeats = bool(heartbeat) and self._transport.implements.heartbeats

    def publish(self, body: str, queue: str, *, mandatory: bool = False, **properties: str) -> None:
        """Sends JSON to a queue; it is not kept on disk. `mandatory`: it comes back if there is no such queue."""
        message = self.channel.prepare_message(
            body.encode(), content_type="application/json", properties={"delivery_mode": 1, **properties}
        )
        self.channel.basic_publish(message, exchange="", routing_key=queue, mandatory=mandatory)

    def on_return(self, callback: Callable[[Any], None]) -> None:
        """`callback` gets each message that came back because there is no such queue."""
        self.channel.events["basic_return"].add(lambda _error, _exchange, _key, message: callback(message))

    def drain(self, timeout: float) -> None:
        """Handles the next thing that arrives. Raises TimeoutError after `timeout` seconds without any."""
        self._transport.drain_events(self._connection, timeout=timeout)

    def heartbeat(self) -> None:
        """To be called about once a second: sends a heartbeat when one is due, raises when the broker went silent."""
        if self._heartbeats:
            self._transport.heartbeat_check(self._connection)

    def close(self) -> None:
        """Takes leave of the broker, after which all that was sent has arrived."""
        with suppress(*LINK_ERRORS, AttributeError):  # py-amqp looks for attributes of what is gone already
            self._transport.close_connection(self._connection)
        self.abandon()

    def abandon(self) -> None:
        """Lets go of a connection that is lost, or in an unknown state."""
        with suppress(*LINK_ERRORS, AttributeError):
            if isinstance(self._connection, _LeanConnection):
                self._connection.collect()
            else:
                self._transport.close_connection(self._connection)


class _Lean:
    """Mixed into py-amqp's socket transports: buffered reads, corked writes."""

    sock: Any
    connected: bool
    _write: Callable[[bytes], None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._inbound = b""
        self._at = 0
        self._outbound: list[bytes] = []
        self._corks = 0
        self._sending = threading.Lock()

    def buffered_frame(self) -> tuple[int, int, bytes] | None:
        """The next frame (type, channel, payload), if all of it has been read."""
        inbound, start = self._inbound, self._at
        if len(inbound) - start < _OVERHEAD:
            return None
        kind, channel, size = _FRAME_HEADER.unpack_from(inbound, start)
        end = start + _OVERHEAD + size
        if len(inbound) < end:
            return None
        if inbound[end - 1] != _FRAME_END:
            raise UnexpectedFrame(f"Received frame end {inbound[end - 1]:#04x} while expecting 0xce")
        self._at = end
        return kind, channel, inbound[start + _FRAME_HEADER.size : end - 1]

    def fill(self, timeout: float) -> None:
        """Reads once from the socket. Raises TimeoutError, with nothing lost, after `timeout` seconds of silence."""
        if self.sock is None:
            raise RecoverableConnectionError("The connection is closed.")
        before = self.sock.gettimeout()
        if before != timeout:
            self.sock.settimeout(timeout)
        try:
            data = self.sock.recv(READ_SIZE)
        except _NOTHING_THERE as error:
            raise TimeoutError("timed out") from error
        except OSError:
            self.connected = False
            raise
        finally:
            if timeout == 0 and self.sock is not None:
                self.sock.settimeout(before)  # or the next write would not wait either
        if not data:
            self.connected = False
            raise ConnectionResetError("The broker closed the connection.")
        rest = self._inbound[self._at :]
        self._inbound = rest + data if rest else data
        self._at = 0

    def write(self, data: Any) -> None:
        self._outbound.append(bytes(data))
        if not self._corks:
            self._flush()

    @contextmanager
    def corked(self) -> Iterator[None]:
        """Frames written inside are sent together at the end: of the last one, where several greenlets overlap."""
        self._corks += 1
        try:
            yield
        finally:
            self._corks -= 1
            if not self._corks:
                self._flush()

    def _flush(self) -> None:
        with self._sending:
            data, self._outbound = b"".join(self._outbound), []
            if not data:
                return
            try:
                self._write(data)
            except OSError:
                self.connected = False  # a frame may have gone out in part: nothing can follow it
                raise


class _LeanTCP(_Lean, TCPTransport):  # type: ignore[misc]
    pass


class _LeanSSL(_Lean, SSLTransport):  # type: ignore[misc]
    pass


class _LeanConnection(pyamqp.Connection):  # type: ignore[misc]
    negotiate_capabilities: ClassVar[dict[str, bool]] = {
        **pyamqp.Connection.negotiate_capabilities,
        "connection.blocked": False,
    }
    patience = 5.0
    """Seconds to wait for the answer to a declaration or a close; py-amqp would wait for ever."""
    _transport: Any

    def Transport(  # noqa: N802 - py-amqp's name
        self, host: str, connect_timeout: float, ssl: Any, read_timeout: Any, write_timeout: Any, **settings: Any
    ) -> Any:
        kind = _LeanSSL if ssl else _LeanTCP
        timeouts = {"connect_timeout": connect_timeout, "read_timeout": read_timeout, "write_timeout": write_timeout}
        return kind(host, ssl=ssl, **timeouts, **settings)

    @property
    def corked(self) -> Callable[[], AbstractContextManager[None]]:
        corked: Callable[[], AbstractContextManager[None]] = self._transport.corked
        return corked

    def drain_events(self, timeout: float | None = None) -> None:
        """Handles the next method that the broker sends. Raises TimeoutError after `timeout` seconds without one."""
        timeout = self.patience if timeout is None else timeout
        while True:
            transport = self._transport
            if transport is None:
                raise RecoverableConnectionError("The connection is closed.")
            frame = transport.buffered_frame()
            if frame is None:
                transport.fill(timeout)
            elif self.on_inbound_frame(frame):
                return


class _LeanTransport(pyamqp.Transport):  # type: ignore[misc]
    Connection = _LeanConnection


class _LeanSSLTransport(pyamqp.SSLTransport):  # type: ignore[misc]
    Connection = _LeanConnection


_TRANSPORTS = {"amqp": _LeanTransport, "pyamqp": _LeanTransport, "amqps": _LeanSSLTransport}
