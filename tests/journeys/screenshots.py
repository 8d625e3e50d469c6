"""Pictures of the pages with the demo data, wide and narrow, in English and Italian: `make screenshots`.

Starts the local run on data of its own (kept under build/demo between runs) and looks at every page as the people of
the demo. `make pictures` writes those of README and docs instead.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.demo.people import PASSWORD
from tests.journeys.conftest import ARGUMENTS, NARROW, WIDE, chromium
from tests.support.demo import marketplace

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "screenshots"
PICTURES = ROOT / "docs" / "pictures"
VISITOR = (
    *("/", "/assistants", "/assistants?text=travel&level=executive", "/skills", "/skills/travel", "/skills/mail.inbox"),
    *("/skills?q=fatture", "/skills/data.analysis"),
    *("/assistants?overlap=4&language=it&sort=rating", "/assistants/values/skills"),
    *("/how-matching-works", "/sign-up", "/sign-in", "/reset", "/mailbox", "/styleguide", "/api/v1/docs", "/nowhere"),
    "/a/anna-bianchi",
)
BOTH = ("/home", "/offers?show=all", "/contracts", "/timesheets", "/invoices?show=all", "/conversations")
ACCOUNT = (
    *("/account", "/account/security", "/account/notifications", "/account/data", "/account/data/delete"),
    *("/account/security/password", "/account/security/address", "/account/security/passkeys/new"),
)
PEOPLE = {
    "marco.rossi": (
        "it",
        ("/briefs", *BOTH, "/notifications", *ACCOUNT[:2], "/shortlist", "/reviews", "/company/colleagues"),
    ),
    "sarah.miller": (
        "en",
        ("/briefs", *BOTH, "/briefs/new?example=2", "/briefs/new/fields", "/company", "/shortlist", *ACCOUNT),
    ),
    "anna.bianchi": (
        "it",
        (
            "/profile",
            "/profile/hours",
            "/profile/clients",
            "/profile/capacity",
            "/profile/work",
            "/proposals",
            "/proposals/new?name=Xeroo",
            "/practice/rates",
            *BOTH,
            "/work-for-me",
            "/practice/evidence",
            "/practice/evidence/new/sample",
        ),
    ),
    "james.carter": (
        "en",
        (
            "/profile/work",
            "/profile/calendars",
            "/profile/review",
            "/profile/team",
            *BOTH,
            "/work-for-me",
            "/practice/photo",
            "/practice/address",
            "/reviews",
            "/checks",
        ),
    ),
    "elena.conti": ("it", ("/home", "/checks")),
    "operator": (
        "en",
        (
            *("/operator", "/operator/ledger", "/operator/dead-letters", "/operator/accounts", "/operator/matching"),
            *("/operator/checks", "/operator/reviews", "/operator/taxonomy", "/operator/taxonomy/new"),
        ),
    ),
}
FIRST_OF = ("/briefs", "/offers", "/contracts", "/timesheets", "/invoices", "/conversations", "/reviews")
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


def picture(page: Page, name: str) -> None:
    """One window of a page, for README and docs; in few colours, which makes it a third of the size."""
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    taken = Image.open(BytesIO(page.screenshot()))
    taken.convert("RGB").quantize(256).save(PICTURES / f"{name}.png", optimize=True)


def pictures(browser: Browser, address: str) -> None:
    """Those of README and docs: what a visitor, Sarah (in English) and Anna (in Italian) see."""

    def window(locale: str, who: str = "", height: int = 980, **options: Any) -> Page:
        page = browser.new_context(base_url=address, locale=locale, device_scale_factor=1.5, **options).new_page()
        page.set_viewport_size({"width": 1180, "height": height})
        if who:
            sign_in(page, who)
        return page

    visitor = window("en-GB")
    visitor.goto("/")
    picture(visitor, "start")
    visitor.goto("/assistants?text=travel")
    picture(visitor, "assistants")
    client = window("en-GB", "sarah.miller")
    client.goto("/briefs?state=open")
    client.locator("main .list a.list__link").first.click()
    client.wait_for_load_state("networkidle")
    client.locator("article.match details.all summary").first.click()
    picture(client, "matches")
    assistant = window("it-IT", "anna.bianchi")
    assistant.goto("/practice/rates")
    picture(assistant, "rate-card")
    dark = window("it-IT", "anna.bianchi", color_scheme="dark")
    dark.goto("/profile")
    dark.get_by_role("link", name="Come la vedono i clienti").or_(dark.locator("main .head__actions a")).first.click()
    picture(dark, "profile-dark")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with marketplace(ROOT / "build" / "demo") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        if "--docs" in sys.argv:
            pictures(browser, address)
        else:
            tour(browser, address)
        browser.close()
    print(f"Pictures are in {PICTURES if '--docs' in sys.argv else FOLDER}")


if __name__ == "__main__":
    main()
