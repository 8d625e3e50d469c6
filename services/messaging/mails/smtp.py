"""The way to the SMTP server: an address such as smtp://user:password@host:587, one connection for a round of mails."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from services.messaging.domain.mail import Mail, Outcome

TIMEOUT_SECONDS = 30
PORTS = {"smtp": 587, "smtps": 465}
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """`smtps` speaks TLS from the first byte; `smtp` turns to TLS where the server offers it."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    @classmethod
    def at(cls, url: str) -> Server:
        """Raises ValueError for an address that is none."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("an SMTP server's address looks like smtp://user:password@host:587")
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


def wrong_url(url: str) -> str | None:
    """What is wrong with the setting, or None."""
    try:
        if url:
            Server.at(url)
    except ValueError:
        return "must look like smtp://user:password@host:587"
    return None


class Courier:
    """Takes mails to the server one after another: `with Courier(..) as courier: courier.deliver(mail)`."""

    def __init__(self, server: Server, sender: str) -> None:
        self._server = server
        self._sender = sender
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._leave()

    def deliver(self, mail: Mail) -> tuple[Outcome, str]:
        """What the server made of it, and the kind of the problem (never its words, which name addresses)."""
        try:
            self._connect().send_message(envelope(mail, self._sender))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            return _judged(max(codes, default=0), error)
        except smtplib.SMTPDataError as error:
            return _judged(error.smtp_code, error)
        except smtplib.SMTPNotSupportedError as error:
            return Outcome.REFUSED, type(error).__name__
        except (smtplib.SMTPException, OSError) as error:
            self._leave()
            return Outcome.PUT_OFF, type(error).__name__
        return Outcome.TAKEN, ""

    @property
    def is_connected(self) -> bool:
        """Whether the server was there at the last delivery."""
        return self._connection is not None

    def _connect(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        server = self._server
        if server.scheme == "smtps":
            tls = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=tls)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        self._connection = connection
        connection.ehlo_or_helo_if_needed()
        if server.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
        elif server.scheme == "smtp" and server.user and server.host not in LOCAL:
            raise smtplib.SMTPException("the server offers no TLS: no password is sent to it")
        if server.user:
            connection.login(server.user, server.password)
        return connection

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()


def _judged(code: int, error: Exception) -> tuple[Outcome, str]:
    """5xx is for ever (RFC 5321 §4.2.1), 4xx for now."""
    outcome = Outcome.REFUSED if code >= 500 else Outcome.PUT_OFF
    return outcome, f"{type(error).__name__} {code}"


def envelope(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it travels: text and HTML. Its Message-ID is its own, so that one sent twice can be told."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{parseaddr(sender)[1].partition('@')[2] or 'localhost'}>"
    message["Content-Language"] = mail.locale
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:  # RFC 8058: mail programs show a button, which posts to the address
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
