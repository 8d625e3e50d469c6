"""What the lean connection adds to py-amqp: frames out of whatever arrives in one read, several frames in one write."""

from __future__ import annotations

from collections import deque
from itertools import islice
from struct import pack
from typing import Any

import pytest
from amqp.exceptions import UnexpectedFrame

from shared.platform.link import _LeanTCP, back_off


class Socket:
    """Gives the chunks in turn, then nothing; keeps what is written."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = deque(chunks)
        self.written: list[bytes] = []
        self.timeout: float | None = None

    def recv(self, _size: int) -> bytes:
        if self.chunks:
            return self.chunks.popleft()
        raise BlockingIOError if self.timeout == 0 else TimeoutError

    def gettimeout(self) -> float | None:
        return self.timeout

    def settimeout(self, timeout: float | None) -> None:
        self.timeout = timeout


def transport(*chunks: bytes) -> tuple[Any, Socket]:
    lean, sock = _LeanTCP("localhost"), Socket(*chunks)
    lean.sock, lean._write = sock, sock.written.append
    return lean, sock


def frame(payload: bytes, channel: int = 1) -> bytes:
    return pack(">BHI", 1, channel, len(payload)) + payload + b"\xce"


def read_all(lean: Any) -> list[bytes]:
    payloads = []
    while True:
        found = lean.buffered_frame()
        if found is not None:
            payloads.append(found[2])
            continue
        try:
            lean.fill(1.0)
        except TimeoutError:
            return payloads


@pytest.mark.parametrize("size", [1, 2, 7, 8, 9, 20, 1000])
def test_frames_come_out_whole_however_they_arrive(size: int) -> None:
    payloads = [b"", b"a", b"bb" * 50, b"\xce" * 9, b"last"]
    stream = b"".join(frame(payload) for payload in payloads)

    lean, _ = transport(*(stream[i : i + size] for i in range(0, len(stream), size)))

    assert read_all(lean) == payloads


def test_a_time_out_loses_nothing_of_a_frame() -> None:
    whole = frame(b"hello")
    lean, sock = transport(whole[:9])
    assert read_all(lean) == []

    sock.chunks.append(whole[9:])

    assert read_all(lean) == [b"hello"]


def test_a_look_without_waiting_leaves_the_sockets_time_out_as_it_was() -> None:
    lean, sock = transport()
    sock.timeout = 5.0

    with pytest.raises(TimeoutError):
        lean.fill(0)

    assert sock.timeout == 5.0


def test_the_end_of_the_stream_is_a_lost_connection() -> None:
    lean, _ = transport(b"")
    lean.connected = True

    with pytest.raises(ConnectionResetError):
        lean.fill(1.0)

    assert not lean.connected


def test_a_frame_without_its_end_mark_is_refused() -> None:
    lean, _ = transport(frame(b"x")[:-1] + b"\x00")
    lean.fill(1.0)

    with pytest.raises(UnexpectedFrame):
        lean.buffered_frame()


def test_corked_frames_go_out_in_one_write_and_in_order() -> None:
    lean, sock = transport()
    buffer = bytearray(b"one")

    with lean.corked():
        lean.write(memoryview(buffer))
        buffer[:] = b"two"  # py-amqp writes every frame from the same buffer
        lean.write(memoryview(buffer))
        with lean.corked():
            lean.write(b"three")
        assert sock.written == []
    lean.write(b"four")

    assert sock.written == [b"onetwothree", b"four"]


def test_the_first_pause_is_none_and_the_others_double_up_to_the_longest() -> None:
    assert list(islice(back_off(0.3), 6)) == [0.0, 0.05, 0.1, 0.2, 0.3, 0.3]
