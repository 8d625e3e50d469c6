"""What every page must keep: nothing that keeps people out (axe-core), light and dark, wide and narrow; nothing moves
while it loads or sticks out sideways; the keyboard alone reaches everything, and one sees where it is."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import NARROW, WIDE
from tests.journeys.screenshots import FIRST_OF

AXE = next(
    (Path(folder) / "axe.min.js").read_text(encoding="utf-8")
    for folder in importlib.util.find_spec("axe_playwright_python").submodule_search_locations  # type: ignore[union-attr]
)
OF_LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
"""Rules that colours and widths matter to; all others hold for a page or not, whatever it looks like."""
SHIFT = 0.02
"""Of the layout while a page loads, at most: a font that comes later moves a line by a pixel or two."""
TABS = 400
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


def problems(page: Page, path: str) -> list[str]:
    """What is wrong with a page, a line each."""
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    answer = page.goto(path)
    found = [] if answer is not None and answer.status == (404 if path == MISSING else 200) else [f"{path}: no page"]
    page.evaluate("document.fonts.ready.then(() => true)")
    expect(page.locator(".htmx-request")).to_have_count(0)  # what is on its way is drawn paler
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
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    return found + out_of_reach(page, path)


def out_of_reach(page: Page, path: str) -> list[str]:
    """What the tabulator key does not come to, and where one does not see that it is there."""
    elements = page.evaluate(REACHABLE)
    reached: set[str] = set()
    unseen, last, ends = [], "", 0
    for _ in range(TABS):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at is None and not ends:
            ends = 1  # a page may begin in its middle, at a summary of problems: on from its top
            continue
        if at is None or (at["reach"] in reached and at["reach"] != last):
            break  # once around; a date has several stops in it
        again, last = at["reach"] == last, at["reach"]
        reached.add(last)
        if not at["seen"] and not again:
            unseen.append(at["html"])
    missed = [html for number, html in enumerate(elements) if str(number) not in reached]
    return [
        *(f"{path}: the keyboard does not reach {html}" for html in missed),
        *(f"{path}: no sign that the keyboard is at {html}" for html in unseen),
    ]


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
