"""The whole path, in a browser: sign up, profile, brief, matches with reasons, offer, time, approval, invoice."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, agree, daytime_zone, wide_and_narrow

PASSWORD = "four plain words here"


def sign_up(page: Page, side: str, name: str, email: str) -> None:
    """A new account whose address is confirmed with the link of the e-mail in the mailbox."""
    page.goto("/sign-up")
    page.locator(f"input[name=side][value={side}]").check()
    page.fill("input[name=name]", name)
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.select_option("select[name=time_zone]", daytime_zone())
    page.click("main form button:not(.hidden)")
    page.wait_for_url(re.compile("/(home|account|profile|briefs).*"))
    confirm(page, email)


def confirm(page: Page, email: str) -> None:
    for _ in range(50):
        page.goto(f"/mailbox?to={email}")
        mails = page.locator("a.list__link")
        if mails.count():
            break
        page.wait_for_timeout(200)
    mails.last.click()
    link = re.search(r"https?://\S+/confirm/\S+", page.locator("pre").text_content() or "")
    assert link, "the e-mail has a link to confirm the address"
    page.goto(link[0])
    buttons = page.locator("main form button")
    if buttons.count():
        buttons.first.click()


def write_profile(page: Page) -> None:
    """Step by step, and published at the end."""
    page.goto("/profile")
    page.fill("input[name=headline_en]", "Calendars, travel and inboxes for founders")
    page.fill("textarea[name=story_en]", "Nine years beside two directors.\n\nI answer within the hour.")
    go_on(page)
    page.locator("input[name=level][value=executive]").check()
    for service in ("calendar", "travel"):
        page.locator(f"input[name=services][value={service}]").check()
    page.select_option("select[name=skills-0-code]", "calendar.management")
    page.select_option("select[name=skills-0-level]", "4")
    page.select_option("select[name=languages-0-code]", "it")
    page.select_option("select[name=languages-0-cefr]", "C2")
    go_on(page)
    page.goto("/profile/hours")
    page.fill("input[name=capacity_minutes]", "30")
    go_on(page)
    write_rate_card(page)
    page.goto("/profile/review")
    page.locator("form[action$='/publish'] button").last.click()
    expect(page.locator("aside .chip").first).to_have_text(re.compile("Published|Pubblicato"))


def write_rate_card(page: Page) -> None:
    """A price and a surcharge: read back, and charged in the example, while they are typed."""
    page.goto("/practice/rates")
    page.click("button[value='add-price:hourly']")
    page.fill("input[name=prices-0-amount]", "38,50" if page.locator("html").get_attribute("lang") == "it" else "38.50")
    page.click("button[value='add-rule:surcharge']")
    page.locator("input[name=rules-0-causes][value=weekend]").check()
    page.fill("input[name=rules-0-percent]", "50")
    page.click("aside button[value=refresh]")
    expect(page.locator("#says-0")).to_contain_text("50%")
    expect(page.locator("#reading .sample__lines", has_text="50%").first).to_be_attached()
    page.click("button.button--large[value=save-on]")
    page.wait_for_url(lambda url: "/practice/rates" not in url)


def show_face(page: Page) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "teal").save(picture, "JPEG")
    page.goto("/practice/photo")
    page.set_input_files("input[name=file]", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()})
    page.locator("main form .form__end button").click()
    expect(page.locator("img.avatar--huge")).to_be_visible()


def go_on(page: Page) -> None:
    """Saves a step; the toast says so."""
    page.locator("button[name=go]").click()
    expect(page.locator(".toast")).to_be_visible()


def write_brief(page: Page, budget: str = "45") -> None:
    """With a mistake first, which must cost nothing that was typed."""
    page.goto("/briefs/new/fields")
    page.fill("input[name=title]", "Calendar and travel for a director")
    page.fill("textarea[name=text]", "Two trips a month, one calendar that is always full.")
    page.locator("input[name=level][value=executive]").check()
    page.locator("input[name=services][value=calendar]").check()
    page.select_option("select[name=required_skills-0-code]", "calendar.management")
    page.select_option("select[name=required_skills-0-level]", "3")
    page.fill("input[name=weekly_minutes]", "ten")
    page.fill("input[name=budget]", budget)
    page.fill("input[name=start_on]", today().isoformat())
    page.click("button[name=publish]")
    expect(page.locator("#f-weekly_minutes-error")).to_be_visible()
    assert page.input_value("input[name=title]") == "Calendar and travel for a director"
    assert page.input_value("input[name=budget]") == budget
    wide_and_narrow(page, "brief-with-a-mistake")
    page.fill("input[name=weekly_minutes]", "10")
    page.click("button[name=publish]")


def today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(daytime_zone())).date()


def open_newest(page: Page, path: str) -> None:
    """The first of a list, which may still be on its way."""
    for _ in range(50):
        page.goto(path)
        if page.locator("main .list a.list__link, main .table td.main a").count():
            break
        page.wait_for_timeout(200)
    page.locator("main .list a.list__link, main .table td.main a").first.click()


def log_time(page: Page, minutes: int, memo: str) -> None:
    """The last `minutes` until half an hour ago, on today's clock."""
    now = datetime.now(UTC).astimezone(ZoneInfo(daytime_zone())).replace(second=0, microsecond=0)
    end = now - timedelta(minutes=30)
    page.fill("input[name=start]", f"{end - timedelta(minutes=minutes):%H:%M}")
    page.fill("input[name=end]", f"{end:%H:%M}")
    page.fill("input[name=memo]", memo)
    page.locator("main form .form__end button").first.click()


def test_an_executive_hires_an_assistant(new_page: NewPage) -> None:
    client, assistant = new_page("en-GB"), new_page("it-IT")

    sign_up(assistant, "assistant", "Giulia Ferri", "giulia@example.com")
    write_profile(assistant)
    wide_and_narrow(assistant, "profile-it")
    show_face(assistant)

    sign_up(client, "client", "Clara Weiss", "clara@example.com")
    write_brief(client)
    match = client.locator("article.match").filter(has_text="Giulia Ferri")
    assert match.locator("img.avatar").evaluate("(face) => face.decode().then(() => face.naturalWidth)") == 96
    expect(match).to_be_visible()
    expect(match.locator(".why__good").first).to_be_visible()
    match.locator("details.all summary").click()
    points = [float(text) for text in match.locator(".parts__points strong").all_inner_texts()]
    score = float(match.locator(".right.strong").inner_text().split()[1])
    assert abs(sum(points) - score) < 0.05 * len(points) + 0.05, "the reasons add up to the score"
    wide_and_narrow(client, "matches")

    match.get_by_role("link", name="Make an offer").click()
    assert client.input_value("input[name='rate']") == "38.50"
    client.fill("textarea[name=message]", "I liked your profile: shall we try?")
    wide_and_narrow(client, "offer-form")
    client.locator("main form.card .form__end button").click()
    expect(client.locator(".notice--good")).to_contain_text("Giulia Ferri")
    wide_and_narrow(client, "offer-sent")

    open_newest(assistant, "/offers")
    wide_and_narrow(assistant, "offer-it")
    assistant.get_by_role("link", name=re.compile("Proponi")).click()
    assistant.fill("input[name=rate]", "41,00")
    assistant.locator("main form.card .form__end button").click()

    client.goto("/offers")
    client.locator("a.list__link").first.click()
    expect(client.locator(".changed")).to_contain_text("38.50")
    wide_and_narrow(client, "counter-offer")
    client.get_by_role("button", name="Accept").click()
    agree(client)
    client.wait_for_url(re.compile("/contracts/.+"))
    wide_and_narrow(client, "contract")

    open_newest(assistant, "/contracts")
    assistant.locator("a[href$='/time']").first.click()
    log_time(assistant, 90, "Due voli spostati, agenda della settimana")
    expect(assistant.locator(".entry")).to_have_count(1)
    wide_and_narrow(assistant, "timesheet-it")
    assistant.locator("form[action$='/submit'] button").click()
    agree(assistant)
    expect(assistant.locator("form[action$='/submit']")).to_have_count(0)

    open_newest(client, "/timesheets")
    wide_and_narrow(client, "timesheet-to-approve")
    client.get_by_role("button", name=re.compile("^Approve")).click()
    expect(client.locator(".stateline")).to_contain_text("Approved")

    open_newest(client, "/invoices")
    expect(client.locator("article.bill")).to_contain_text("€61.50")
    wide_and_narrow(client, "invoice")
    client.goto("/home")
    wide_and_narrow(client, "home-client")
    assistant.goto("/home")
    wide_and_narrow(assistant, "home-assistant-it")
    assistant.goto("/notifications")
    wide_and_narrow(assistant, "notifications-it")
    part_and_review(client, assistant)


def part_and_review(client: Page, assistant: Page) -> None:
    """What each side writes is read by the other once both have written."""
    open_newest(client, "/contracts")
    client.locator("details:has(form[action$='/terminate']) summary").click()
    client.fill("#end-reason", "The project is over, and well.")
    client.locator("form[action$='/terminate'] button").click()
    client.get_by_role("link", name="Write your review").click()
    wide_and_narrow(client, "review-form")
    rate(client, ("quality", "reliability", "communication", "discretion", "initiative"), "Never a word too much.")
    expect(client.locator(".notice--good").first).to_be_visible()

    open_newest(assistant, "/contracts?show=ended")
    assistant.get_by_role("link", name="Scrivi la tua recensione").click()
    expect(assistant.locator("main")).not_to_contain_text("Never a word too much.")
    rate(assistant, ("clarity", "terms", "payment", "communication"), "Richieste chiare.")
    expect(assistant.locator("main")).to_contain_text("Never a word too much.")
    client.reload()
    expect(client.locator("main")).to_contain_text("Richieste chiare.")
    wide_and_narrow(client, "reviews-revealed")


def rate(page: Page, criteria: tuple[str, ...], text: str) -> None:
    for name in criteria:
        page.check(f"input[name={name}][value='5']")
    page.fill("textarea[name=text]", text)
    page.locator("main form .form__end button").first.click()


def test_the_same_click_twice_makes_one_offer(new_page: NewPage) -> None:
    assistant, client = new_page(), new_page()
    sign_up(assistant, "assistant", "Tom Hale", "tom@example.com")
    write_profile(assistant)
    sign_up(client, "client", "Rosa Blum", "rosa@example.com")
    write_brief(client)
    client.locator("article.match").filter(has_text="Tom Hale").get_by_role("link", name="Make an offer").click()

    form = client.evaluate("[...new FormData(document.querySelector('main form.card')).entries()]")
    answers = [client.request.post(client.url, form=dict(form), max_redirects=0) for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    client.goto("/offers")
    expect(client.locator("a.list__link")).to_have_count(1)


def test_everything_works_without_scripts(new_page: NewPage) -> None:
    """Sign in, search, brief, offer, acceptance, hours, approval, invoice: links and forms alone."""
    assistant, client = new_page(scripts=False), new_page("it-IT", scripts=False)
    sign_up(assistant, "assistant", "Nora Lund", "nora@example.com")
    write_profile(assistant)
    sign_up(client, "client", "Ada Stone", "ada@example.com")
    client.locator(".menu--me summary").click()
    client.get_by_role("button", name="Esci").click()
    client.goto("/sign-in")
    client.fill("input[name=email]", "ada@example.com")
    client.fill("input[name=password]", PASSWORD)
    client.click("main form button:not(.hidden)")

    client.goto("/assistants")
    client.fill("input[name=text]", "Nora")
    client.locator("form.filters button.button, .filters__body .button").first.click()
    expect(client.locator(".person h3")).to_have_text("Nora Lund")

    write_brief(client, budget="60")
    expect(client.locator("h1")).to_have_text("Calendar and travel for a director")
    match = client.locator("article.match").filter(has_text="Nora Lund")
    match.get_by_role("link", name=re.compile("offerta")).first.click()
    client.locator("main form.card .form__end button").click()
    expect(client.locator(".notice--good")).to_contain_text("Nora Lund")

    open_newest(assistant, "/offers")
    assistant.get_by_role("button", name="Accept").click()
    assistant.wait_for_url(re.compile("/contracts/.+"))
    assistant.locator("a[href$='/time']").first.click()
    log_time(assistant, 60, "Calendar of the week")
    assistant.locator("form[action$='/submit'] button").click()

    open_newest(client, "/timesheets")
    client.get_by_role("button", name=re.compile("^Approva")).click()
    expect(client.locator(".stateline")).to_contain_text("Approvat")
    open_newest(client, "/invoices")
    expect(client.locator("article.bill")).to_contain_text("38,50")


def test_what_belongs_to_others_is_not_shown(new_page: NewPage) -> None:
    owner, stranger = new_page(), new_page()
    sign_up(owner, "client", "Ina Hart", "ina@example.com")
    write_brief(owner)
    sign_up(stranger, "client", "Max Oak", "max@example.com")

    answer = stranger.goto(owner.url)

    assert answer is not None
    assert answer.status == 404
    wide_and_narrow(stranger, "not-found")
