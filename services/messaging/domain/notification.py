"""Notifications in the app: that something happened, where it is to be seen, and whether it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.messaging.domain.steps import Notice
from shared.platform.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One for each event (or message) and recipient."""

    id: str
    event_id: str
    account_id: str
    kind: str
    params: dict[str, Any]
    path: str
    created_at: datetime
    company_id: str = ""
    """The company that it is about, where the account is a colleague's."""
    read_at: datetime | None = None
    version: int = 0

    @classmethod
    def of(cls, notice: Notice, event_id: str, at: datetime) -> Notification:
        return cls(
            id=new_id(),
            event_id=event_id,
            account_id=notice.account_id,
            kind=notice.kind,
            params=dict(notice.params),
            path=notice.path,
            company_id=notice.company_id,
            created_at=at,
        )
