"""E-mails and their states: queued → sent | failed, tried again in between; kept, where no server is set.

Sent means that the server took it. A mail is sent by whoever holds its lease; a lease that runs out (its holder died)
is taken by another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.messaging.domain.person import Person
from shared.platform.errors import Conflict
from shared.platform.ids import new_id

LEASE = timedelta(minutes=5)
"""Longer than any conversation with a server may take."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""Before each next try; after the last one the mail has failed."""


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    KEPT = "kept"


class Outcome(StrEnum):
    TAKEN = "taken"
    """The server took it."""
    PUT_OFF = "put off"
    """The server could not be reached, or said to try later."""
    REFUSED = "refused"
    """The server will never take it."""
    GIVEN_UP = "given up"


TRANSITIONS = {
    (MailState.QUEUED, Outcome.TAKEN): MailState.SENT,
    (MailState.QUEUED, Outcome.PUT_OFF): MailState.QUEUED,
    (MailState.QUEUED, Outcome.REFUSED): MailState.FAILED,
    (MailState.QUEUED, Outcome.GIVEN_UP): MailState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of an e-mail in one language."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """`due_at` is when it may next be tried; `secret` says that its text holds a one-time link; `unsubscribe` is the
    address that ends e-mails of its kind, where they can be ended."""

    id: str
    event_id: str
    account_id: str
    to: str
    locale: str
    kind: str
    subject: str
    text: str
    html: str
    state: MailState
    created_at: datetime
    due_at: datetime
    secret: bool = False
    unsubscribe: str = ""
    attempts: int = 0
    sent_at: datetime | None = None
    problem: str = ""
    version: int = 0

    @classmethod
    def of(
        cls,
        letter: Letter,
        to: Person,
        *,
        event_id: str,
        kind: str,
        at: datetime,
        may_leave: bool,
        secret: bool = False,
        unsubscribe: str = "",
    ) -> Mail:
        """A new mail: queued when it `may_leave`, else kept here."""
        return cls(
            id=new_id(),
            event_id=event_id,
            account_id=to.id,
            to=to.email,
            locale=to.locale,
            kind=kind,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            state=MailState.QUEUED if may_leave else MailState.KEPT,
            created_at=at,
            due_at=at,
            secret=secret,
            unsubscribe=unsubscribe,
        )

    def tried(self, outcome: Outcome, at: datetime, problem: str = "") -> Mail:
        """After a try, which the lease has counted. Raises Conflict where nothing is to be tried."""
        if outcome is Outcome.PUT_OFF and self.attempts > len(WAITS):
            outcome = Outcome.GIVEN_UP
        target = TRANSITIONS.get((self.state, outcome))
        if target is None:
            raise Conflict("This e-mail is %(state)s; there is nothing to send.", state=self.state.value)
        tried = replace(self, state=target, problem=problem)
        if target is MailState.QUEUED:
            return replace(tried, due_at=at + WAITS[max(self.attempts, 1) - 1])
        if self.secret:  # nobody needs the link here any more
            tried = replace(tried, text="", html="")
        return replace(tried, sent_at=at) if target is MailState.SENT else tried
