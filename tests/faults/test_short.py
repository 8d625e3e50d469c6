"""The short form of the fault run: the same promises, fewer hires. `make faults` is the long one."""

from __future__ import annotations

import pytest

from tests.faults.run import run


@pytest.mark.timeout(420)
def test_nothing_is_lost_or_done_twice_while_parts_are_killed() -> None:
    figures = run(hires=12, short=True)

    assert figures["violations"] == dict.fromkeys(figures["violations"], 0)
    assert figures["done"]["hires"] == 12
    assert figures["done"]["refused for want of hours"] == 4
    assert figures["killed"]["broker"] == 1
    assert figures["killed"]["database"] == 1
