"""Who acts for whom, and what that is the affair of."""

from __future__ import annotations

import pytest

from shared.platform.context import Actor
from shared.platform.errors import Forbidden

ALONE = Actor("ada", frozenset({"client", "assistant"}))
DORA = Actor("dora", frozenset({"client"}), acting_for="ada", acting_as="owner", name="Dora")


def test_who_acts_for_themselves_is_the_same_on_both_sides() -> None:
    assert ALONE.practice_id == "ada"
    assert ALONE.party_in("ada") == ALONE.party_in("a client of hers") == "ada"
    ALONE.require_affair("a client of hers")


def test_a_colleague_has_no_part_in_the_practice_of_the_founder() -> None:
    """A company's id is its founder's account id, and the founder may be an assistant to others."""
    assert DORA.party_in("ada") == "ada"
    DORA.require_affair("ada")
    assert DORA.practice_id == ""
    assert DORA.party_in("a client of hers") == ""
    with pytest.raises(Forbidden):
        DORA.require_affair("a client of hers")
