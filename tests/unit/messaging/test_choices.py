"""What people choose to be told of: every kind there is stands in a group, has a name, and can be chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.labels import LABELS
from gateway.sentences import SENTENCES
from services.messaging.domain.choices import Choices
from services.messaging.domain.kinds import GROUPS, Channel, Kind, group_of, kinds
from services.messaging.domain.steps import STEPS
from services.messaging.mails import unsubscribe
from services.messaging.mails.words import CATALOGUES
from shared.contracts.accounts import SECURITY
from shared.platform.errors import Invalid, NotFound
from shared.platform.sealing import Sealer

WITH_A_LINK = {
    *("account.confirmation_requested", "account.reset_requested", "account.new_address_requested"),
    *("account.closing_requested", "company.colleague_invited"),
}
"""E-mails that somebody has just asked for: there is nothing to choose."""
NOBODY = Choices(id="a")
OFFER = kinds()["offer.sent"]
BY_APP = kinds()["offer.accepted"]
FIXED = kinds()["account.secured"]


def test_every_kind_has_a_group_and_a_name_for_people() -> None:
    """A new kind fails here until it is named in gateway/labels.py (`notice`) and grouped in domain/kinds.py."""
    for code, kind in kinds().items():
        assert kind.group in GROUPS, f"{code} is in no group"
        assert kind.group in LABELS["notice_group"], f"{kind.group} has no name"
        assert code in LABELS["notice"], f"{code} has no name"


def test_whatever_is_told_is_in_the_list() -> None:
    told = {key.partition("/")[0] for key in SENTENCES}
    mailed = {key.partition("/")[0] for key, words in CATALOGUES["en"].items() if words.subject}

    assert told == set(kinds())
    assert mailed - WITH_A_LINK <= set(kinds())
    assert set(STEPS) <= set(kinds())
    assert {f"account.secured/{what}" for what in SECURITY} <= set(SENTENCES)


def test_groups_stand_together_and_in_order() -> None:
    seen = [kind.group for kind in kinds().values()]
    once = list(dict.fromkeys(seen))

    assert seen == sorted(seen, key=once.index)
    assert once == [group for group in GROUPS if group in once]
    assert group_of("unheard.of") == ""


def test_everything_is_told_until_somebody_chooses() -> None:
    assert all(NOBODY.wants(kind, channel) for kind in kinds().values() for channel in kind.channels)
    assert not NOBODY.wants(BY_APP, Channel.MAIL)


def test_what_is_turned_off_stays_off_and_only_that() -> None:
    chosen = NOBODY.choosing(OFFER, Channel.MAIL, on=False)

    assert not chosen.wants(OFFER, Channel.MAIL)
    assert chosen.wants(OFFER, Channel.APP)
    assert chosen.wants(kinds()["offer.declined"], Channel.MAIL)
    assert chosen.choosing(OFFER, Channel.MAIL, on=True) == NOBODY


def test_what_protects_cannot_be_turned_off_even_by_what_is_stored() -> None:
    with pytest.raises(Invalid):
        NOBODY.choosing(FIXED, Channel.MAIL, on=False)
    assert Choices(id="a", off=("account.secured/mail",)).wants(FIXED, Channel.MAIL)


def test_a_channel_that_a_kind_lacks_cannot_be_turned_on() -> None:
    assert NOBODY.choosing(BY_APP, Channel.MAIL, on=True) == NOBODY


@given(st.lists(st.tuples(st.sampled_from(list(kinds().values())), st.sampled_from(Channel), st.booleans())))
def test_the_last_choice_counts(steps: list[tuple[Kind, Channel, bool]]) -> None:
    chosen, last = NOBODY, dict[tuple[str, Channel], bool]()
    for kind, channel, on in steps:
        if not kind.fixed:
            chosen = chosen.choosing(kind, channel, on=on)
            last[kind.code, channel] = on

    for (code, channel), on in last.items():
        assert chosen.wants(kinds()[code], channel) is (on and channel in kinds()[code].channels)
    assert not set(chosen.on) & set(chosen.off)


def test_a_link_ends_one_kind_of_one_account_and_cannot_be_made_up() -> None:
    ours, theirs = Sealer(["k" * 40], unsubscribe.PURPOSE), Sealer(["x" * 40], unsubscribe.PURPOSE)
    token = unsubscribe.token(ours, "acc-1", "offer.sent")

    assert unsubscribe.read(ours, token) == ("acc-1", "offer.sent")
    other = unsubscribe.token(theirs, "acc-1", "offer.sent")
    mixed = f"{unsubscribe.token(ours, 'acc-2', 'offer.sent').partition('.')[0]}.{token.partition('.')[2]}"
    for wrong in ("", ".", "x", token[:-1], token + "x", other, mixed, "é.é", "////.."):
        with pytest.raises(NotFound):
            unsubscribe.read(ours, wrong)
