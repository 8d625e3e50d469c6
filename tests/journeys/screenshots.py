"""Pictures of the pages with the demo data, wide and narrow, in English and Italian: `make screenshots`.

Starts the local run on data of its own (kept under build/demo between runs) and looks at every page as the people of
the demo. `python -m tests.journeys.screenshots --readme` writes README's picture as well.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from deploy.demo.people import PASSWORD
from tests.journeys.conftest import ARGUMENTS, NARROW, WIDE, chromium
from tests.support.demo import marketplace

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "screenshots"
PICTURE = ROOT / "docs" / "pictures" / "matches.png"
VISITOR = (
    *("/", "/assistants", "/assistants?text=travel&level=executive", "/skills", "/skills/travel", "/skills/mail.inbox"),
    *("/how-matching-works", "/sign-up", "/sign-in", "/reset", "/mailbox", "/styleguide", "/api/v1/docs", "/nowhere"),
)
BOTH = ("/home", "/offers?show=all", "/contracts", "/timesheets", "/invoices?show=all", "/conversations")
ACCOUNT = (
    *("/account", "/account/security", "/account/notifications", "/account/data", "/account/data/delete"),
    *("/account/security/password", "/account/security/address", "/account/security/passkeys/new"),
)
PEOPLE = {
    "marco.rossi": (
        "it",
        ("/briefs", *BOTH, "/notifications", "/account", "/account/security", "/shortlist", "/briefs/new?example=2"),
    ),
    "sarah.miller": ("en", ("/briefs", *BOTH, "/briefs/new", "/briefs/new/fields", "/shortlist", *ACCOUNT)),
    "anna.bianchi": ("it", ("/profile", *BOTH, "/work-for-me")),
    "james.carter": ("en", ("/profile", *BOTH, "/work-for-me")),
    "elena.conti": ("it", ("/home",)),
    "operator": (
        "en",
        ("/operator", "/operator/ledger", "/operator/dead-letters", "/operator/accounts", "/operator/matching"),
    ),
}
FIRST_OF = ("/briefs", "/offers", "/contracts", "/timesheets", "/invoices", "/conversations")
"""Lists of which the first thing is looked at, too."""


def look(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    for size, (width, height) in (("wide", WIDE), ("narrow", NARROW)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=FOLDER / f"demo-{name}-{size}.png", full_page=True)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def slug(path: str) -> str:
    return path.split("?", maxsplit=1)[0].strip("/").replace("/", "-") or "start"


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in")
    page.fill("input[name=email]", f"{who}@dextra.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button:not(.hidden)")
    page.wait_for_load_state("networkidle")


def tour(browser: Browser, address: str) -> None:
    for locale in ("en-GB", "it-IT"):
        page = browser.new_context(base_url=address, locale=locale).new_page()
        for path in VISITOR:
            look(page, path, f"visitor-{locale[:2]}-{slug(path)}")
        page.goto("/assistants")
        look(page, page.locator(".person h3 a").first.get_attribute("href") or "/", f"visitor-{locale[:2]}-assistant")
    for who, (locale, paths) in PEOPLE.items():
        page = browser.new_context(base_url=address, locale=f"{locale}-{locale.upper()}").new_page()
        sign_in(page, who)
        for path in paths:
            look(page, path, f"{who}-{slug(path)}")
            if path.split("?")[0] in FIRST_OF:
                first = page.locator("main .list a.list__link, main .table td.main a")
                if first.count():
                    look(page, first.first.get_attribute("href") or "/", f"{who}-{slug(path)}-first")


def readme(browser: Browser, address: str) -> None:
    """An open brief of Sarah's, at twice the density, as far down as the first two matches."""
    context = browser.new_context(base_url=address, locale="en-GB", device_scale_factor=1.5)
    page = context.new_page()
    page.set_viewport_size({"width": 1180, "height": 980})
    sign_in(page, "sarah.miller")
    page.goto("/briefs?state=open")
    page.locator("main .list a.list__link").first.click()
    page.wait_for_load_state("networkidle")
    page.locator("article.match details.all summary").first.click()
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURE)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with marketplace(ROOT / "build" / "demo") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        if "--readme" in sys.argv:
            readme(browser, address)
        else:
            tour(browser, address)
        browser.close()
    print(f"Pictures are in {FOLDER}")


if __name__ == "__main__":
    main()
