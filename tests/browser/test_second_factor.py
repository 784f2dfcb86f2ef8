"""A person sets up an app and a passkey, signs in with each, and removes both again."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.signing_in import code_of
from tests.browser.conftest import Portal, Visit
from tests.browser.people import arrive, sign_in

pytestmark = pytest.mark.browser

PERSON = "global@contoso.example"
SECURITY_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_out(page: Page) -> None:
    page.get_by_text(PERSON).first.click()
    page.get_by_role("button", name="Sign out").click()
    arrive(page, "Sign in")


def settings_of(page: Page) -> None:
    page.goto("/accounts/2fa/")
    arrive(page, "Second factor")


def test_an_app_and_a_passkey_are_set_up_used_and_removed(visit: Visit, portal: Portal):
    # A passkey belongs to a name, and an address of numbers is none.
    page = visit(base_url=portal.address.replace("127.0.0.1", "localhost"))
    authenticators = page.context.new_cdp_session(page)
    authenticators.send("WebAuthn.enable")
    authenticators.send("WebAuthn.addVirtualAuthenticator", {"options": SECURITY_KEY})
    sign_in(page, PERSON)

    settings_of(page)
    page.get_by_role("link", name="Set up an app").click()
    arrive(page, "Set up an authenticator app")
    secret = page.locator(".cpor-key-to-type").inner_text()
    page.get_by_role("textbox").fill(code_of(secret))
    page.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")

    sign_out(page)
    sign_in(page, PERSON)
    arrive(page, "Second factor")
    page.get_by_role("textbox").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("textbox").fill(code_of(secret, moment=time.time() + 30))
    page.get_by_role("button", name="Sign in").click()
    arrive(page, "Overview")

    settings_of(page)
    page.get_by_role("link", name="Add a passkey").click()
    arrive(page, "Add a passkey")
    page.get_by_role("button", name="Add the passkey").click()
    arrive(page, "Second factor")
    expect(page.get_by_role("link", name="Your passkeys")).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    arrive(page, "Overview")

    settings_of(page)
    page.get_by_role("link", name="Your passkeys").click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove the passkey").click()
    settings_of(page)
    page.get_by_role("link", name="Remove the app").click()
    page.get_by_role("button", name="Remove the app").click()
    settings_of(page)
    expect(page.get_by_role("link", name="Set up an app")).to_be_visible()
    expect(page.get_by_role("link", name="Your passkeys")).to_be_hidden()
