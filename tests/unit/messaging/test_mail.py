"""The states of an e-mail: every one of them with every outcome of a try."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.messaging.domain.mail import LEASE, WAITS, Letter, Mail, MailState, Outcome
from services.messaging.domain.person import Person
from services.messaging.mails import smtp
from shared.platform.errors import Conflict

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
ANNA = Person(id="anna", email="anna@example.com", name="Anna", locale="it", time_zone="Europe/Rome")


def mail(*, may_leave: bool = True, secret: bool = False) -> Mail:
    return Mail.of(
        Letter("Subject", "Text", "<p>Text</p>"),
        ANNA,
        event_id="event-1",
        kind="offer.sent",
        at=NOW,
        may_leave=may_leave,
        secret=secret,
    )


def in_state(state: MailState) -> Mail:
    return replace(mail(), state=state, attempts=1)


TABLE = {
    (MailState.QUEUED, Outcome.TAKEN): MailState.SENT,
    (MailState.QUEUED, Outcome.PUT_OFF): MailState.QUEUED,
    (MailState.QUEUED, Outcome.REFUSED): MailState.FAILED,
    (MailState.QUEUED, Outcome.GIVEN_UP): MailState.FAILED,
}


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("state", MailState)
def test_every_state_with_every_outcome(state: MailState, outcome: Outcome) -> None:
    target = TABLE.get((state, outcome))

    if target is None:
        with pytest.raises(Conflict, match=state.value):
            in_state(state).tried(outcome, NOW)
    else:
        assert in_state(state).tried(outcome, NOW).state is target


def test_without_a_server_a_mail_is_kept() -> None:
    assert mail(may_leave=False).state is MailState.KEPT
    assert mail().state is MailState.QUEUED


def test_a_mail_that_is_put_off_waits_longer_each_time_and_fails_in_the_end() -> None:
    one = mail()
    waits = []

    for attempt in range(1, len(WAITS) + 1):
        one = replace(one, attempts=attempt).tried(Outcome.PUT_OFF, NOW, "TimeoutError")
        waits.append(one.due_at - NOW)

    assert tuple(waits) == WAITS == tuple(sorted(WAITS))
    last = replace(one, attempts=len(WAITS) + 1).tried(Outcome.PUT_OFF, NOW, "TimeoutError")
    assert (last.state, last.problem) == (MailState.FAILED, "TimeoutError")


@pytest.mark.parametrize(
    ("secret", "outcome", "text"),
    [
        (True, Outcome.TAKEN, ""),
        (True, Outcome.REFUSED, ""),
        (True, Outcome.PUT_OFF, "Text"),
        (False, Outcome.TAKEN, "Text"),
    ],
)
def test_a_one_time_link_does_not_stay_here_once_it_left(secret: bool, outcome: Outcome, text: str) -> None:
    assert replace(mail(secret=secret), attempts=1).tried(outcome, NOW).text == text


def test_a_lease_outlives_every_conversation_with_a_server() -> None:
    assert timedelta(seconds=smtp.TIMEOUT_SECONDS) * 8 < LEASE
