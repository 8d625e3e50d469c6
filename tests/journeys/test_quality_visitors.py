"""Every page that anyone may read, in each language."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import PageOf
from tests.journeys.quality import IN_ENGLISH, looked_through
from tests.journeys.screenshots import VISITOR


@pytest.mark.timeout(420)
@pytest.mark.parametrize("locale", ["en", "it"])
def test_visitors_pages_are_open_to_everybody(page_of: PageOf, locale: str) -> None:
    page = page_of(locale)
    page.goto("/assistants")
    people = [link.get_attribute("href") for link in page.locator(".person h3 a").all()[:3]]
    compared = "/compare?" + "&".join("id=" + str(path).rsplit("/", 1)[1] for path in people)

    paths = [path for path in VISITOR if locale == "en" or path not in IN_ENGLISH]

    assert looked_through(page, (*paths, str(people[0]), compared)) == []
