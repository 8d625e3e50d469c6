"""Two people of one company: invited by e-mail, acting for it as far as the role goes; and a brief from words alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, wide_and_narrow
from tests.journeys.test_hire import sign_up, today


def invitation(page: Page, email: str) -> str:
    """The link of the newest e-mail, which may still be on its way."""
    for _ in range(50):
        page.goto(f"/mailbox?to={email}")
        page.locator("a.list__link").first.click()
        link = re.search(r"https?://\S+/join/\S+", page.locator("pre").text_content() or "")
        if link:
            return link[0]
        page.wait_for_timeout(200)
    raise AssertionError("no invitation came")


def test_a_colleague_is_invited_and_acts_as_far_as_the_role_goes(new_page: NewPage) -> None:
    owner, colleague = new_page("en-GB"), new_page("it-IT")
    sign_up(owner, "client", "Olga Brand", "olga@example.com")
    sign_up(colleague, "client", "Dora Neri", "dora@example.com")
    owner.goto("/company")
    owner.fill("input[name=name]", "Brand & Sons")
    owner.locator("main form.card .form__end button").click()
    owner.goto("/company/colleagues")
    owner.fill("input[name=email]", "dora@example.com")
    owner.locator("input[name=role][value=viewer]").check()
    owner.locator("main form.card .form__end button").click()
    expect(owner.locator("main")).to_contain_text("dora@example.com")
    wide_and_narrow(owner, "colleagues")

    colleague.goto(invitation(colleague, "dora@example.com"))
    wide_and_narrow(colleague, "join-it")
    colleague.locator("form.action[action*='/join/'] button").click()
    expect(colleague.locator(".strip--acting")).to_contain_text("Brand & Sons")
    colleague.goto("/briefs/new")
    expect(colleague.locator("h1")).not_to_have_text(re.compile("hai bisogno"))

    owner.goto("/company/colleagues")
    owner.locator("form[action$='/remove'] button").click()
    owner.locator("#ask button").first.click()
    expect(owner.locator("form[action$='/remove']")).to_have_count(0)
    for _ in range(60):  # what is known of a session is good for some seconds
        answer = colleague.goto("/briefs")
        if answer is not None and answer.status == 403:
            break
        colleague.wait_for_timeout(250)
    else:
        raise AssertionError("who was removed still acts for the company")
    colleague.goto("/home")
    expect(colleague.locator(".strip--acting")).to_have_count(0)


def test_a_brief_is_made_of_words_without_scripts(new_page: NewPage) -> None:
    page = new_page(scripts=False)
    sign_up(page, "client", "Iris Moon", "iris@example.com")
    page.goto("/briefs/new")
    words = "Ten hours a week for calendar and travel, up to 40 euros an hour. No bookkeeping."
    page.fill("textarea[name=text]", words)
    page.locator("button[name=count]").click()
    expect(page.locator("#fits")).to_contain_text("so far")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("mark.own__mark--no")).to_have_text("bookkeeping")
    page.locator("input[name=level][value=executive]").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#f-start_on-error")).to_be_visible()
    page.goto("/briefs")
    page.get_by_role("link", name=re.compile("^Ten hours a week")).click()
    page.fill("input[name=start_on]", today().isoformat())
    page.get_by_role("button", name="Go on").click()
    page.locator("button[name=publish]").click()
    expect(page.locator("h1")).to_have_text(re.compile("^Ten hours a week"))
