"""Sessions and one-time links: what ends them, and that a link works once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.account import Account
from services.accounts.domain.link import LIFETIMES, Link, Purpose
from services.accounts.domain.secret import fingerprint, new_secret
from services.accounts.domain.session import LIFETIME, SEEN_EVERY, Session
from shared.platform.errors import Conflict, DextraError, NotFound, Unauthenticated

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
IDENTITY = Account.new(
    email="anna@example.com", name="Anna", roles=["client"], locale="it", time_zone="Europe/Rome", at=NOW
).identity


def test_secrets_differ_and_are_long() -> None:
    drawn = {new_secret() for _ in range(1000)}

    assert len(drawn) == 1000
    assert min(map(len, drawn)) >= 43


def test_a_session_keeps_only_the_fingerprint_of_its_token() -> None:
    session, token = Session.begin(IDENTITY, "Firefox", NOW)

    assert session.token_hash == fingerprint(token)
    assert token not in repr(session)


def test_a_session_ends_after_thirty_days() -> None:
    session, _ = Session.begin(IDENTITY, "Firefox", NOW)

    assert session.check(NOW + LIFETIME - TICK) is session
    with pytest.raises(Unauthenticated):
        session.check(NOW + LIFETIME)
    assert timedelta(days=30) == LIFETIME


@pytest.mark.parametrize(("later", "due"), [(timedelta(0), False), (SEEN_EVERY - TICK, False), (SEEN_EVERY, True)])
def test_last_seen_is_written_at_most_every_few_minutes(later: timedelta, due: bool) -> None:
    session, _ = Session.begin(IDENTITY, "Firefox", NOW)

    assert session.is_due_for_a_note(NOW + later) is due


def used(purpose: Purpose) -> Link:
    return Link.new(purpose, "anna", NOW)[0].use(purpose, NOW)


TABLE = [
    # state of the link, used for its purpose, error
    ("unused", True, None),
    ("unused", False, NotFound),
    ("used", True, Conflict),
    ("used", False, NotFound),
    ("expired", True, Conflict),
    ("expired", False, NotFound),
]


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize(("state", "fitting", "error"), TABLE)
def test_every_use_of_a_link(purpose: Purpose, state: str, fitting: bool, error: type[DextraError] | None) -> None:
    link = used(purpose) if state == "used" else Link.new(purpose, "anna", NOW)[0]
    at = NOW + LIFETIMES[purpose] - (timedelta(0) if state == "expired" else TICK)
    asked = purpose if fitting else next(other for other in Purpose if other is not purpose)

    if error is None:
        assert link.use(asked, at).used_at == at
    else:
        with pytest.raises(error):
            link.use(asked, at)


def test_a_reset_link_lives_an_hour() -> None:
    assert LIFETIMES[Purpose.RESET] == timedelta(hours=1)


@given(
    st.sampled_from(Purpose),
    st.lists(st.tuples(st.sampled_from(Purpose), st.integers(0, 400_000)), min_size=1, max_size=12),
)
def test_a_link_works_at_most_once_and_only_in_its_time(purpose: Purpose, tries: list[tuple[Purpose, int]]) -> None:
    link, _ = Link.new(purpose, "anna", NOW)
    successes = []

    for asked, seconds in tries:
        at = NOW + timedelta(seconds=seconds)
        try:
            link = link.use(asked, at)
        except DextraError:
            continue
        successes.append((asked, at))

    assert len(successes) <= 1
    for asked, at in successes:
        assert asked is purpose
        assert at < link.expires_at
