"""Signing in without a password, and in two steps: by a passkey of Chromium's virtual authenticator, and by an app."""

from __future__ import annotations

import re

import pyotp
from playwright.sync_api import Page, expect

from shared.platform.ids import new_id
from tests.journeys.conftest import NewPage

PASSWORD = "four plain words here"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(page: Page) -> Page:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def sign_out(page: Page) -> None:
    page.locator("details.menu--me summary").click()
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/$"))


def test_a_passkey_signs_in_alone_and_stands_in_for_the_second_step(new_page: NewPage) -> None:
    page, email = with_device(new_page()), f"paula.{new_id()}@example.com"
    page.goto("/sign-up?as=client")
    page.get_by_label("Your name").fill("Paula")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url("**/home")

    page.goto("/account/security/passkeys/new")
    page.get_by_label("Name of the passkey").fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("Your passkey is added")).to_be_visible()
    sign_out(page)
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/home")

    page.goto("/account/security")
    page.get_by_role("button", name="Set up", exact=True).click()
    seed = "".join(page.locator(".seed span").all_inner_texts())
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(seed).now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    recovery = page.locator(".codes li").first.inner_text()
    sign_out(page)

    def by_recovery() -> None:
        page.get_by_label("Code", exact=True).fill(recovery)
        page.locator("form.card button").click()

    for finish in (page.get_by_role("button", name="Use a passkey").click, by_recovery):
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("form.card button").click()
        page.wait_for_url("**/sign-in/second-step**")
        finish()
        page.wait_for_url("**/home")
        sign_out(page)
