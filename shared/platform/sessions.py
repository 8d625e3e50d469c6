"""Ends the transactions of processes that were killed.

A transaction whose process died keeps its documents locked until the database's own limit is over: a minute, in which
everybody else who wants them meets write conflicts. So each process notes the sessions in which it runs transactions,
with the time, and whoever finds a note that has grown old ends those sessions.

The note is renewed as long as a transaction is under way, and before one begins; an idle process writes nothing. Should
a living process be held up for longer than `FORGOTTEN`, its transaction is aborted and run again, like one that lost a
race: nothing is done by halves.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from bson.binary import UUID_SUBTYPE, Binary
from pymongo.collection import Collection

from shared.platform.clock import utc_now
from shared.platform.ids import new_id

log = structlog.get_logger(__name__)

NOTE_SECONDS = 1.0
RENEW_SECONDS = 2.0
FORGOTTEN = timedelta(seconds=10)
UNUSED_SECONDS = 60.0
Documents = Collection[dict[str, Any]]


class OwnSessions:
    """The note of this process (of one Database in it) about the sessions that it uses."""

    def __init__(self, sessions: Documents) -> None:
        self._sessions = sessions
        self._id = new_id()
        self._used: dict[bytes, float] = {}
        self._noted = float("-inf")
        self._under_way = 0

    @contextmanager
    def using(self, session_id: Mapping[str, Any]) -> Iterator[None]:
        """Around a transaction. Writes the note for a session that is new, else once a second."""
        key = bytes(session_id["id"])
        known = key in self._used
        self._used[key] = time.monotonic()
        if not known or self._is_old(NOTE_SECONDS):
            try:
                self._write()
            except BaseException:
                self._used.pop(key, None)
                raise
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def renew(self) -> None:
        """To be called every `RENEW_SECONDS`: for transactions that take long."""
        if self._under_way and self._is_old(NOTE_SECONDS):
            self._write()

    def _is_old(self, seconds: float) -> bool:
        return time.monotonic() - self._noted >= seconds

    def _write(self) -> None:
        before, self._noted = self._noted, time.monotonic()
        if not self._under_way:
            self._used = {key: at for key, at in self._used.items() if self._noted - at < UNUSED_SECONDS}
        note = {"_id": self._id, "held": list(self._used), "at": utc_now()}
        try:
            self._sessions.replace_one({"_id": self._id}, note, upsert=True)
        except BaseException:
            self._noted = before
            raise


def end_forgotten(sessions: Documents) -> int:
    """Ends the sessions of processes that were not heard of for a while; gives the number of such processes."""
    ended = 0
    for note in sessions.find({"at": {"$lt": utc_now() - FORGOTTEN}}):
        held = [{"id": Binary(key, UUID_SUBTYPE)} for key in note["held"]]
        sessions.database.client.admin.command("killSessions", held)
        ended += sessions.delete_one({"_id": note["_id"], "at": note["at"]}).deleted_count
    if ended:
        log.info("sessions.ended", processes=ended)
    return ended
