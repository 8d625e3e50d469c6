"""Conversations: who may write and read, what is unread, and when an e-mail tells of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.conversation import Conversation
from services.messaging.domain.parties import Parties, Side
from shared.platform.errors import Forbidden, Invalid

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def conversation() -> Conversation:
    parties = Parties(client_id="carla", client_name="Carla", assistant_id="anna", assistant_name="Anna")
    return Conversation(id="thread-1", title="Calendar", parties=parties, touched_at=NOW)


def test_a_message_is_unread_by_the_other_side_until_it_looks() -> None:
    posted, message = conversation().post("carla", "  Good morning  ", NOW)

    assert (message.author_name, message.body) == ("Carla", "Good morning")
    assert (posted.unread_of("anna"), posted.unread_of("carla")) == (1, 0)
    assert posted.seen_by("anna").unread_of("anna") == 0
    assert posted.last == message


@pytest.mark.parametrize("stranger", ["dora", "", "olga"])
def test_strangers_neither_write_nor_look(stranger: str) -> None:
    with pytest.raises(Forbidden):
        conversation().post(stranger, "Hello", NOW)
    with pytest.raises(Forbidden):
        conversation().seen_by(stranger)
    assert conversation().unread_of(stranger) == 0


@pytest.mark.parametrize("body", ["", "   ", "\n\t"])
def test_an_empty_message_is_refused(body: str) -> None:
    with pytest.raises(Invalid):
        conversation().post("anna", body, NOW)


def test_lines_are_not_unread() -> None:
    noted, line = conversation().note("offer.expired", {"title": "Calendar"}, NOW, "line-1")

    assert (noted.unread_of("anna"), noted.unread_of("carla")) == (0, 0)
    assert noted.last == line


def test_what_comes_late_does_not_become_the_last_message() -> None:
    noted, newer = conversation().note("offer.declined", {}, NOW + SECOND, "line-2")

    late, older = noted.note("offer.sent", {}, NOW, "line-1")

    assert late.last == newer
    assert older.line == "offer.sent"
    assert late.touched_at == NOW + SECOND


Happening = tuple[Literal["post", "look", "tell"], Literal["anna", "carla"]]
happenings = st.lists(
    st.tuples(st.sampled_from(["post", "look", "tell"]), st.sampled_from(["anna", "carla"])), max_size=40
)


@given(happenings)
def test_unread_counts_the_others_messages_since_one_looked_and_one_mail_tells_of_them(
    happened: list[Happening],
) -> None:
    talk = conversation()
    unread = {"anna": 0, "carla": 0}
    mails_since_look = {"anna": 0, "carla": 0}
    at = NOW

    for what, who in happened:
        at += SECOND
        other = "carla" if who == "anna" else "anna"
        if what == "post":
            talk, _ = talk.post(who, "Hello", at)
            unread[other] += 1
        elif what == "look":
            talk = talk.seen_by(who)
            unread[who] = mails_since_look[who] = 0
        else:
            side = Side.ASSISTANT if who == "anna" else Side.CLIENT
            if talk.needs_telling(side):
                talk = talk.telling(side)
                mails_since_look[who] += 1

        assert {id: talk.unread_of(id) for id in unread} == unread
        assert max(mails_since_look.values()) <= 1
        assert not any(mails_since_look[id] and not unread[id] for id in unread)
