"""A whole marketplace in child processes (services over RabbitMQ, a database, gunicorn), and people's browsers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.cluster import Cluster
from tests.support.demo import demo

SCREENSHOTS = Path("build/screenshots")
WIDE = (1280, 900)
NARROW = (375, 780)
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--font-render-hinting=none"),
)
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
ZONES = ("Europe/Rome", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Honolulu", "Asia/Karachi")


def daytime_zone() -> str:
    """A zone where the day is well under way, so that work of today can be logged at whatever hour tests run."""
    return max(ZONES, key=lambda zone: -abs(datetime.now(UTC).astimezone(ZoneInfo(zone)).hour - 14))


def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.fail("No Chromium here: `make journeys` installs Debian's as root; else install it, then repeat.")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    started = Cluster()
    try:
        started.start()
        yield started
    finally:
        started.stop()


NewPage = Callable[..., Page]
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def new_page(browser: Browser, cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """`new_page("it-IT", size=NARROW)`: the page of a browser of its own. Errors in a page's scripts fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def make(locale: str = "en-GB", *, size: tuple[int, int] = WIDE, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=cluster.base_url,
            locale=locale,
            timezone_id=daytime_zone(),
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
        )
        context.set_default_timeout(float(os.environ.get("BROWSER_TIMEOUT_MS", "20000")))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield make
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            for page in context.pages:
                keep_screenshot(page, f"failed-{request.node.name}-{number}")
        context.close()
    assert not problems, problems


PageOf = Callable[[str], Page]


@pytest.fixture(scope="module")
def demo_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A local run with the demo's data, of this file's own."""
    folder = tmp_path_factory.mktemp("demo")
    with demo(folder) as address:
        yield address
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def page_of(browser: Browser, demo_address: str) -> Iterator[PageOf]:
    """`page_of("it")`: a browser of its own, which notes how far the layout moves."""
    contexts: list[BrowserContext] = []

    def make(locale: str) -> Page:
        context = browser.new_context(
            base_url=demo_address, locale=f"{locale}-{locale.upper()}", reduced_motion="reduce"
        )
        context.add_init_script(WATCH)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def agree(page: Page) -> None:
    """Says yes to the window that asks before something that cannot be undone. Without scripts there is none."""
    page.locator("#ask[open] button[value=yes]").click()


def keep_screenshot(page: Page, name: str) -> None:
    """The whole page, under build/screenshots."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def wide_and_narrow(page: Page, name: str) -> None:
    """Both sizes; and on a phone nothing may stick out sideways."""
    keep_screenshot(page, f"{name}-wide")
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    keep_screenshot(page, f"{name}-narrow")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    assert overflow <= 0, f"{name} is {overflow} pixels too wide for a phone"
