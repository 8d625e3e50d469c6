"""The list of assistants is light, and follows while one types."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import PageOf

WEIGHT, OWN_SCRIPT = 200_000, 15_000
"""Bytes of the browse page as they cross the wire, and of our own JavaScript."""


def test_the_list_of_assistants_is_light(page_of: PageOf) -> None:
    page = page_of("en")
    sizes: dict[str, int] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    urls: dict[str, str] = {}
    session.on("Network.responseReceived", lambda told: urls.update({told["requestId"]: told["response"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda told: sizes.update({urls.get(told["requestId"], ""): int(told["encodedDataLength"])}),
    )

    page.goto("/assistants")
    page.wait_for_load_state("networkidle")

    own = sum(size for url, size in sizes.items() if "/static/" in url and ".js" in url and "/vendor/" not in url)
    assert own <= OWN_SCRIPT
    assert sum(sizes.values()) <= WEIGHT, {Path(url).name: size for url, size in sizes.items()}
    assert {url.split("/static/")[0].split("/assistants")[0] for url in sizes} == {page.url.split("/assistants")[0]}


def test_the_list_follows_while_one_types_and_goes_back_by_filters(page_of: PageOf) -> None:
    page = page_of("en")
    page.goto("/assistants")
    everybody = page.locator("#found").inner_text()

    page.locator("#f-text").press_sequentially("newsle", delay=60)
    page.wait_for_url("**text=newsle**")
    typed = page.locator("#found").inner_text()
    assert typed != everybody
    assert page.evaluate("document.activeElement.id") == "f-text"
    page.select_option("#f-level", "executive")
    page.wait_for_url("**level=executive**")
    page.go_back()

    page.wait_for_url(lambda url: "level=executive" not in url)
    assert "text=newsle" in page.url
    expect(page.locator("#found")).to_have_text(typed)
    assert page.locator("#f-text").input_value() == "newsle"
