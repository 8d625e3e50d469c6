"""Timers: stored rows that say what happens to which entity when. They outlive any process, and fire once.

A handler runs in the transaction that removes the row. One that fails is tried again with growing waits, up to an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from shared.platform.clock import Clock, to_millis
from shared.platform.storage import Database, Document

log = structlog.get_logger(__name__)

CLAIM = timedelta(seconds=30)


def set_timer(tx: Database, event: str, entity_id: str, due_at: datetime) -> None:
    """Sets or moves the timer `event` of the entity, in `tx`'s transaction."""
    row: Document = {
        "_id": f"{event}:{entity_id}",
        "event": event,
        "entity_id": entity_id,
        "due_at": to_millis(due_at),
        "attempts": 0,
    }
    tx.timers.raw.replace_one({"_id": row["_id"]}, row, upsert=True, session=tx.session)


def clear_timer(tx: Database, event: str, entity_id: str) -> None:
    tx.timers.raw.delete_one({"_id": f"{event}:{entity_id}"}, session=tx.session)


def claim_due(database: Database, clock: Clock, limit: int = 50) -> list[Document]:
    """Timers that are due, each claimed for this process for 30 seconds."""
    now = clock()
    timers = database.timers.raw
    claimed = []
    for row in timers.find({"due_at": {"$lte": now}}).sort("due_at", 1).limit(limit):
        mine = timers.find_one_and_update(
            {"_id": row["_id"], "due_at": row["due_at"]},
            {"$set": {"due_at": now + CLAIM, "was_due_at": row.get("was_due_at", row["due_at"])}},
        )
        if mine is not None:
            claimed.append({**mine, "claimed_until": now + CLAIM})
    return claimed


def fire(
    database: Database, row: Document, handler: Callable[[Database, str], None], transact: Callable[..., Any]
) -> None:
    """Runs the handler and removes the row in one transaction; on failure moves the row to its next try."""

    def effect(tx: Database) -> None:
        current = tx.timers.raw.find_one({"_id": row["_id"], "due_at": row["claimed_until"]}, session=tx.session)
        if current is None:
            return
        tx.timers.raw.delete_one({"_id": row["_id"]}, session=tx.session)
        handler(tx, row["entity_id"])

    try:
        transact(effect)
    except Exception as error:
        attempts = row.get("attempts", 0) + 1
        wait = timedelta(seconds=min(2**attempts, 3600))
        log.error("timer.failed", timer=row["event"], entity=row["entity_id"], attempts=attempts, exc_info=error)
        database.timers.raw.update_one(
            {"_id": row["_id"], "due_at": row["claimed_until"]},
            {"$set": {"due_at": row["claimed_until"] - CLAIM + wait, "attempts": attempts}},
        )
