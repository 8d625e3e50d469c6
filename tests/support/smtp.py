"""An SMTP server for tests: takes mails, refuses some recipients for ever or for now, or is away. Runs on eventlet."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import eventlet


class SmtpServer:
    """`mails` are those it took. `answers` by recipient: the code that RCPT TO gets instead of 250."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, int] = {}
        self.connections = 0
        self._listener = eventlet.listen(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._serving: Any = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        if self._listener is None:
            self._listener = eventlet.listen(("127.0.0.1", self.port), reuse_addr=True)
        self._serving = eventlet.spawn(self._serve)

    def stop(self) -> None:
        """Away: connections are refused."""
        self._serving.kill()
        self._listener.close()
        self._listener = None

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            self.connections += 1
            eventlet.spawn(self._converse, connection)

    def _converse(self, connection: Any) -> None:
        with connection, connection.makefile("rb") as lines:

            def say(text: str) -> None:
                connection.sendall(f"{text}\r\n".encode())

            say("220 test")
            for line in lines:
                command = line.decode().strip()
                verb = command.upper()
                if verb.startswith("RCPT TO:"):
                    code = self.answers.get(command[8:].strip("<> "), 250)
                    say(f"{code} for {command[8:]}")
                elif verb == "DATA":
                    say("354 go on")
                    self.mails.append(_read(lines))
                    say("250 taken")
                elif verb == "QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 test")


def _read(lines: Any) -> EmailMessage:
    content = b""
    for line in lines:
        if line == b".\r\n":
            break
        content += line[1:] if line.startswith(b"..") else line
    return message_from_bytes(content, EmailMessage, policy=policy.default)
