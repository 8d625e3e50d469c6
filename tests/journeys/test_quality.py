"""Every page with demo data: nothing that keeps people out (axe-core), light and dark, wide and narrow; nothing moves
while a page loads or sticks out sideways; the keyboard alone reaches everything, and one sees where it is."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import NARROW, WIDE
from tests.journeys.screenshots import FIRST_OF, PEOPLE, VISITOR, marketplace, sign_in

AXE = next(
    (Path(folder) / "axe.min.js").read_text(encoding="utf-8")
    for folder in importlib.util.find_spec("axe_playwright_python").submodule_search_locations  # type: ignore[union-attr]
)
OF_LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
"""Rules that colours and widths matter to; all others hold for a page or not, whatever it looks like."""
SHIFT = 0.02
"""Of the layout while a page loads, at most: a font that comes later moves a line by a pixel or two."""
TABS = 400
WEIGHT, OWN_SCRIPT = 200_000, 15_000
"""Bytes of the browse page as they cross the wire, and of our own JavaScript."""
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((e) => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true})
    && e.getBoundingClientRect().width > 1)
  .filter((e) => e.type !== "radio" || e.checked)
  .map((e, i) => (e.dataset.reach = i, e.outerHTML.slice(0, 120)))"""
AT = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const seen = (e) => e && (getComputedStyle(e).outlineStyle !== "none" && getComputedStyle(e).outlineWidth !== "0px");
  return {reach: at.dataset.reach ?? "", seen: seen(at) || seen(at.closest(".card, label, .list__item")),
    html: at.outerHTML.slice(0, 120)};
}"""
MISSING = "/nowhere"
IN_ENGLISH = ("/api/v1/docs", "/styleguide")
WIDE_ONLY = ("/api/v1/docs",)
"""Pages for programmers: a table of addresses may be wider than a phone."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("quality")
    with marketplace(folder) as started:
        yield started
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def page_of(browser: Browser, address: str) -> Iterator[Any]:
    contexts = []

    def make(locale: str) -> Page:
        context = browser.new_context(base_url=address, locale=f"{locale}-{locale.upper()}", reduced_motion="reduce")
        context.add_init_script(WATCH)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def problems(page: Page, path: str) -> list[str]:
    """What is wrong with a page, a line each."""
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    answer = page.goto(path)
    found = [] if answer is not None and answer.status == (404 if path == MISSING else 200) else [f"{path}: no page"]
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate(AXE)
    if (shift := page.evaluate("window.shifted")) > SHIFT:
        found.append(f"{path}: the layout moves by {shift:.3f} while it loads")
    for size, (width, height) in (("wide", WIDE), ("narrow", NARROW)):
        page.set_viewport_size({"width": width, "height": height})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0 and not (size == "narrow" and path in WIDE_ONLY):
            found.append(f"{path}, {size}: {over} pixels too wide")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            rules = {} if (size, scheme) == ("wide", "light") else {"runOnly": {"type": "rule", "values": OF_LOOKS}}
            for violation in page.evaluate("(rules) => axe.run(document, rules)", rules)["violations"]:
                first = violation["nodes"][0]
                where = f"{first['html'][:150]} ({len(violation['nodes'])}) {first['failureSummary'][:300]}"
                found.append(f"{path}, {size}, {scheme}: {violation['id']}: {where}")
    return found


def firsts(page: Page, path: str) -> list[str]:
    """The first thing of a list, where it is one."""
    if path.split("?", maxsplit=1)[0] not in FIRST_OF:
        return []
    links = page.locator("main .list a.list__link, main .table td.main a")
    return [str(links.first.get_attribute("href"))] if links.count() else []


def looked_through(page: Page, paths: tuple[str, ...]) -> list[str]:
    found = []
    for path in paths:
        found += problems(page, path)
        for inner in firsts(page, path):
            found += problems(page, inner)
    return found


@pytest.mark.parametrize("locale", ["en", "it"])
def test_visitors_pages_are_open_to_everybody(page_of: Any, locale: str) -> None:
    page = page_of(locale)
    page.goto("/assistants")
    people = [link.get_attribute("href") for link in page.locator(".person h3 a").all()[:3]]
    compared = "/compare?" + "&".join("id=" + str(path).rsplit("/", 1)[1] for path in people)

    paths = [path for path in VISITOR if locale == "en" or path not in IN_ENGLISH]

    assert looked_through(page, (*paths, str(people[0]), compared)) == []


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_of_people_who_are_signed_in_are_too(page_of: Any, who: str) -> None:
    locale, paths = PEOPLE[who]
    page = page_of(locale)
    sign_in(page, who)

    assert looked_through(page, paths) == []


def test_the_keyboard_reaches_everything_and_shows_where_it_is(page_of: Any) -> None:
    page = page_of("en")
    sign_in(page, "sarah.miller")
    page.goto("/briefs")
    brief = firsts(page, "/briefs")

    for path in ("/", "/assistants?text=travel", "/skills/travel", *brief, "/briefs/new", "/shortlist"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        elements = page.evaluate(REACHABLE)
        reached: set[str] = set()
        unseen, last = [], ""
        for _ in range(TABS):
            page.keyboard.press("Tab")
            at = page.evaluate(AT)
            if at is None or (at["reach"] in reached and at["reach"] != last):
                break  # once around; a date has several stops in it
            again, last = at["reach"] == last, at["reach"]
            reached.add(last)
            if not at["seen"] and not again:
                unseen.append(at["html"])
        missed = [html for number, html in enumerate(elements) if str(number) not in reached]
        assert (path, missed, unseen) == (path, [], [])


def test_the_list_of_assistants_is_light(page_of: Any) -> None:
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


def test_the_list_follows_while_one_types_and_goes_back_by_filters(page_of: Any) -> None:
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
