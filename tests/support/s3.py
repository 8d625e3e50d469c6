"""A small storage that speaks S3, for tests: objects of one bucket in memory; GET with ranges, PUT, DELETE; signatures
are looked at only for the key they name."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

ACCESS_KEY = "test-access"
MISSING = b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>"
REFUSED = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"


class S3(ThreadingHTTPServer):
    """`objects` by path; `broken` answers every request with 503."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.broken = False

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: S3
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        if self._refused(self.rfile.read(int(self.headers.get("Content-Length", "0")))):
            return
        self.server.objects[self._key] = (self._body, self.headers.get("Content-Type", ""))
        self._answer(200)

    def do_GET(self) -> None:
        if self._refused():
            return
        if self._key not in self.server.objects:
            self._answer(404, MISSING)
            return
        data, _ = self.server.objects[self._key]
        if wanted := self.headers.get("Range"):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            self._answer(206, data[int(first) : int(last) + 1 if last else None])
        else:
            self._answer(200, data)

    def do_DELETE(self) -> None:
        if self._refused():
            return
        self.server.objects.pop(self._key, None)
        self._answer(204)

    @property
    def _key(self) -> str:
        return unquote(self.path.partition("?")[0])

    def _refused(self, body: bytes = b"") -> bool:
        self._body = body
        if self.server.broken:
            self._answer(503, b"<Error><Code>SlowDown</Code><Message>later</Message></Error>")
            return True
        if f"Credential={ACCESS_KEY}/" not in self.headers.get("Authorization", ""):
            self._answer(403, REFUSED)
            return True
        return False

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml" if status >= 400 else "application/octet-stream")
        self.send_header("ETag", '"e"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing to say in tests."""


@contextlib.contextmanager
def running() -> Iterator[S3]:
    server = S3()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
