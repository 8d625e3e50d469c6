"""Reads a calendar's address. Only https, only public addresses, only so much and so long.

Somebody typed the address: it must not lead into the network that Dextra runs in. A name is resolved once, all its
addresses are looked at, and the connection goes to an address that was looked at; each redirect goes through the same.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from shared.platform.aside import in_time
from shared.platform.errors import Invalid, Text

MOST_BYTES = 2 * 1024 * 1024
MOST_REDIRECTS = 3
SECONDS = 20.0
"""In all; a single step may take half of them."""
TYPES = ("text/calendar", "text/plain", "application/octet-stream", "application/ics", "text/x-vcalendar", "")
"""What calendars are sent as; what is in it is looked at anyway."""
PORTS = (443, 8443)
REDIRECTS = (301, 302, 303, 307, 308)

UNSAFE = Text("This address is not on the public internet. Use the address that your calendar gives out for sharing.")
NO_ANSWER = Text("The calendar's server does not answer. We will try again; check the address if this stays so.")


@dataclass(frozen=True, slots=True)
class Fetched:
    """`data` is None when nothing has changed since `etag`."""

    data: bytes | None
    etag: str


Resolve = Callable[[str, int], list[str]]
Open = Callable[[str, str, int, float], http.client.HTTPConnection]


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def open_connection(host: str, address: str, port: int, timeout: float) -> http.client.HTTPConnection:
    """To the address that was looked at; the certificate is the name's."""
    connection = http.client.HTTPSConnection(host, port, timeout=timeout)
    plain = socket.create_connection((address, port), timeout)
    connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    return connection


def fetch(url: str, etag: str = "", *, resolve: Resolve = resolve, connect: Open = open_connection) -> Fetched:
    """Raises Invalid with what to do.

    The time is limited as a whole: a server that sends its headers drop by drop passes every limit of a single read.
    """
    fetched = in_time(SECONDS, _followed, url, etag, resolve, connect)
    if fetched is None:
        raise Invalid(NO_ANSWER)
    return fetched


def _followed(url: str, etag: str, resolve: Resolve, connect: Open) -> Fetched:
    deadline = time.monotonic() + SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        host, port, target = parts_of(url)
        address = public_address(host, port, resolve)
        try:
            connection = connect(host, address, port, SECONDS / 2)
            try:
                headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Dextra calendar"}
                connection.request("GET", target, headers={**headers, **({"If-None-Match": etag} if etag else {})})
                response = connection.getresponse()
                if response.status in REDIRECTS and response.getheader("Location"):
                    url = urljoin(url, str(response.getheader("Location")))
                    continue
                return _read(response, etag, deadline)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            raise Invalid(NO_ANSWER) from error
    raise Invalid("This address leads from one to the next without an end. Use the calendar's own address.")


def parts_of(url: str) -> tuple[str, int, str]:
    """Host, port and path. Raises Invalid for what is not https, or names a user."""
    try:
        split = urlsplit(url.strip())
        host, port = (split.hostname or "").rstrip("."), split.port or 443
    except ValueError as error:
        raise Invalid("Enter the address of a calendar that begins with https://.") from error
    if split.scheme.lower() != "https" or not host or split.username or split.password or port not in PORTS:
        raise Invalid("Enter the address of a calendar that begins with https://.")
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    if any(ord(sign) <= ord(" ") or ord(sign) > ord("~") for sign in target + host):
        raise Invalid("Enter the address of a calendar that begins with https://.")
    return host, port, target


def public_address(host: str, port: int, resolve: Resolve) -> str:
    """One of the host's addresses, when all of them are on the public internet. Raises Invalid."""
    try:
        found = resolve(host, port)
    except OSError as error:
        raise Invalid("There is no server of this name. Check the address.") from error
    if not found or not all(is_public(address) for address in found):
        raise Invalid(UNSAFE)
    return found[0]


def is_public(address: str) -> bool:
    """No address of a private or local network, of this machine, of many at once, or one that wraps such a one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if ip not in UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


NAT64 = ipaddress.ip_network("64:ff9b::/96")
UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6 for the public internet. The rest has site-local addresses, local translation (RFC
8215) and old ways to wrap an IPv4 address, which `is_global` lets through."""


def _read(response: http.client.HTTPResponse, etag: str, deadline: float) -> Fetched:
    if response.status == http.client.NOT_MODIFIED:
        return Fetched(None, etag)
    if response.status in (401, 403, 404, 410):
        raise Invalid("The calendar is not shared at this address, or not any more. Copy its address again.")
    if response.status != http.client.OK:
        raise Invalid(NO_ANSWER)
    media_type = str(response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if media_type not in TYPES:
        raise Invalid("This address does not give a calendar. Use the one that ends in .ics.")
    data = b""
    while part := response.read1(64 * 1024):
        data += part
        if len(data) > MOST_BYTES:
            raise Invalid("This calendar is too large. Use one with fewer events, such as the one for work.")
        if time.monotonic() > deadline:
            raise Invalid(NO_ANSWER)
    return Fetched(data, str(response.getheader("ETag") or "")[:200])
