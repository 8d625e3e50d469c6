"""Addresses of calendars: none leads into a private network, and none answers without end."""

from __future__ import annotations

import http.client
import io
from collections.abc import Sequence
from typing import Any

import eventlet
import pytest

from services.profiles import feeds
from services.profiles.feeds import Fetched, fetch, is_public, parts_of
from shared.platform.errors import Invalid

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.ics", "file:///etc/passwd", "ftp://example.com", "https://", "example.com/a.ics",
        "https://user:secret@example.com/a", "https://example.com:22/a", "https://exa mple.com/", "https://[::1/",
        "https://example.com/a\r\nHost: other", "https://example.com:99999/", "webcal:x", "https://exämple.com/",
    ],
)  # fmt: skip
def test_only_plain_https_addresses(url: str) -> None:
    with pytest.raises(Invalid, match="https://"):
        parts_of(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False), ("192.168.0.1", False),
        ("172.16.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("::", False), ("fe80::1%eth0", False), ("fc00::1", False),
        ("::ffff:127.0.0.1", False), ("::ffff:93.184.216.34", True), ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False), ("ff02::1", False), ("not an address", False), ("fec0::1", False),
        ("::7f00:1", False), ("64:ff9b:1::7f00:1", False), ("64:ff9b:1::a00:1", False), ("198.18.0.1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


class Answer(io.BytesIO):
    """A response as http.client gives it."""

    def __init__(self, status: int, body: bytes = b"", **headers: str) -> None:
        super().__init__(body)
        self.status = status
        self.headers = {name.replace("_", "-").lower(): value for name, value in headers.items()}

    def getheader(self, name: str) -> str | None:
        return self.headers.get(name.lower())


class Web:
    """Servers by host: the addresses of their names, and their answers, one after the other."""

    def __init__(self, answers: Sequence[Answer], addresses: dict[str, list[str]] | None = None) -> None:
        self.answers = list(answers)
        self.addresses = addresses or {}
        self.opened: list[tuple[str, str]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []

    def resolve(self, host: str, _port: int) -> list[str]:
        if host not in self.addresses:
            raise OSError("no such name")
        return self.addresses[host]

    def open(self, host: str, address: str, _port: int, _timeout: float) -> Any:
        self.opened.append((host, address))
        return self

    def request(self, _method: str, target: str, headers: dict[str, str]) -> None:
        self.asked.append((target, headers))

    def getresponse(self) -> Answer:
        return self.answers.pop(0)

    def close(self) -> None:
        pass

    def fetch(self, url: str, etag: str = "") -> Fetched:
        return fetch(url, etag, resolve=self.resolve, connect=self.open)


HOSTS = {"cal.example": [PUBLIC], "inside.example": ["10.0.0.5"], "both.example": [PUBLIC, "127.0.0.1"]}


def test_a_calendar_is_read_with_its_etag() -> None:
    web = Web([Answer(200, b"BEGIN:VCALENDAR", Content_Type="text/calendar; charset=utf-8", ETag='"1"')], HOSTS)

    assert web.fetch("https://cal.example/a.ics?key=1") == Fetched(b"BEGIN:VCALENDAR", '"1"')
    assert web.opened == [("cal.example", PUBLIC)]
    assert web.asked[0][0] == "/a.ics?key=1"


def test_what_has_not_changed_is_not_read_again() -> None:
    web = Web([Answer(304)], HOSTS)

    assert web.fetch("https://cal.example/a.ics", '"1"') == Fetched(None, '"1"')
    assert web.asked[0][1]["If-None-Match"] == '"1"'


@pytest.mark.parametrize("host", ["inside.example", "both.example", "nowhere.example"])
def test_a_name_that_leads_inside_is_not_even_connected_to(host: str) -> None:
    web = Web([], HOSTS)

    with pytest.raises(Invalid):
        web.fetch(f"https://{host}/a.ics")
    assert web.opened == []


@pytest.mark.parametrize(
    "target", ["https://inside.example/", "http://cal.example/", "//both.example/x", "file:///etc/passwd"]
)
def test_each_redirect_is_looked_at_again(target: str) -> None:
    web = Web([Answer(302, Location=target)], HOSTS)

    with pytest.raises(Invalid):
        web.fetch("https://cal.example/a.ics")
    assert web.opened == [("cal.example", PUBLIC)]


def test_redirects_are_followed_and_have_an_end() -> None:
    found = Answer(200, b"BEGIN:VCALENDAR", Content_Type="text/calendar")
    assert Web([Answer(301, Location="/b.ics"), found], HOSTS).fetch("https://cal.example/a.ics").data
    with pytest.raises(Invalid, match="without an end"):
        Web([Answer(302, Location="/a.ics") for _ in range(9)], HOSTS).fetch("https://cal.example/a.ics")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(404), "not shared"),
        (Answer(401), "not shared"),
        (Answer(500), "does not answer"),
        (Answer(200, b"<html>", Content_Type="text/html"), "does not give a calendar"),
        (Answer(200, b"x" * (feeds.MOST_BYTES + 1), Content_Type="text/calendar"), "too large"),
    ],
)
def test_what_is_wrong_is_said(answer: Answer, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        Web([answer], HOSTS).fetch("https://cal.example/a.ics")


def test_a_server_that_breaks_off_is_one_that_does_not_answer() -> None:
    class Broken(Web):
        def getresponse(self) -> Answer:
            raise http.client.IncompleteRead(b"")

    with pytest.raises(Invalid, match="does not answer"):
        Broken([], HOSTS).fetch("https://cal.example/a.ics")


def test_who_sends_drop_by_drop_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 15))
    monkeypatch.setattr("services.profiles.feeds.time.monotonic", lambda: float(next(clock)))

    class Slow(Answer):
        def read1(self, _size: int | None = -1) -> bytes:
            return b"x"

    with pytest.raises(Invalid, match="does not answer"):
        Web([Slow(200, Content_Type="text/calendar")], HOSTS).fetch("https://cal.example/a.ics")


def test_nor_is_who_never_comes_to_the_end_of_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.profiles.feeds.SECONDS", 0.05)

    class Dripping(Web):
        def getresponse(self) -> Answer:
            eventlet.sleep(5)
            raise AssertionError("waited for")

    with pytest.raises(Invalid, match="does not answer"):
        Dripping([], HOSTS).fetch("https://cal.example/a.ics")
