"""Every page of people who are signed in, with the demo's data."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import PageOf
from tests.journeys.quality import looked_through
from tests.journeys.screenshots import PEOPLE, sign_in


@pytest.mark.timeout(420)
@pytest.mark.parametrize("who", PEOPLE)
def test_pages_of_people_who_are_signed_in_are_too(page_of: PageOf, who: str) -> None:
    locale, paths = PEOPLE[who]
    page = page_of(locale)
    sign_in(page, who)

    assert looked_through(page, paths) == []
