"""Ends the transactions of processes that were killed.

A transaction whose process died keeps its documents locked until the database's own limit is over: a minute, in which
everybody else who wants them meets write conflicts. So each process notes the sessions in which it runs transactions,
with the time, and whoever finds a note that has grown old ends those sessions.

A note grows old under a live process too, when that begins no transaction for a while. Then no session of its is in
use, and it writes the note anew before its next transaction. Should a transaction ever last longer than `FORGOTTEN`
while its process begins no other, it is aborted, and run again like one that lost a race: nothing is done by halves.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from bson.binary import UUID_SUBTYPE, Binary
from pymongo.collection import Collection

from shared.platform.clock import utc_now
from shared.platform.ids import new_id

log = structlog.get_logger(__name__)

NOTE_SECONDS = 1.0
FORGOTTEN = timedelta(seconds=6)
UNUSED_SECONDS = 60.0
Documents = Collection[dict[str, Any]]


class OwnSessions:
    """The note of this process (of one Database in it) about the sessions that it uses."""

    def __init__(self, sessions: Documents) -> None:
        self._sessions = sessions
        self._id = new_id()
        self._used: dict[bytes, float] = {}
        self._noted = 0.0

    def note(self, session_id: Mapping[str, Any]) -> None:
        """To be called before a transaction begins: writes for a session that is new, else once a second."""
        now = time.monotonic()
        key = bytes(session_id["id"])
        known = key in self._used
        self._used[key] = now
        if known and now - self._noted < NOTE_SECONDS:
            return
        self._used = {held: at for held, at in self._used.items() if now - at < UNUSED_SECONDS}
        self._noted = now
        note = {"_id": self._id, "held": list(self._used), "at": utc_now()}
        try:
            self._sessions.replace_one({"_id": self._id}, note, upsert=True)
        except BaseException:
            self._noted = 0.0
            self._used.pop(key, None)
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
