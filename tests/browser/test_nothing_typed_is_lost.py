"""Slow clicks, ended sessions, lost connections and Back, in three windows, with the back/forward cache on."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, ViewportSize, expect

from tests.browser import wizard_pages
from tests.browser.conftest import MILLISECONDS_TO_APPEAR, Portal
from tests.browser.people import PARTNER, PASSWORD, sign_in
from tests.browser.watching import look

pytestmark = pytest.mark.browser

# An account that no other test expects to speak the language it spoke before; it ends in English.
SPEAKS_BOTH = "user@contoso.example"
WINDOWS: list[ViewportSize] = [
    {"width": 1280, "height": 720},
    {"width": 1024, "height": 768},
    {"width": 390, "height": 844},
]
WIDE: ViewportSize = {"width": 1920, "height": 1080}
NARROW: ViewportSize = {"width": 320, "height": 640}
COMMENT = "Signed on Monday.\nWe trained 40 people."
BAD_FILE: Any = {"name": "prices.docm", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04"}
MILLISECONDS_OF_A_SLOW_DOUBLE_CLICK = 350

NewPage = Callable[[], Page]


@pytest.fixture(scope="module")
def remembering(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser with the back/forward cache, which tests go without as a rule."""
    browser = browser_type.launch(
        **browser_type_launch_args | {"ignore_default_args": ["--disable-back-forward-cache"]}
    )
    yield browser
    browser.close()


@pytest.fixture
def new_page(remembering: Browser, portal: Portal) -> Iterator[NewPage]:
    contexts = []

    def open_page() -> Page:
        context = remembering.new_context(base_url=portal.address, locale="en-GB", reduced_motion="reduce")
        context.set_default_timeout(MILLISECONDS_TO_APPEAR)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def open_claim(page: Page, name: str) -> None:
    page.goto("/associations/")
    page.get_by_role("row", name=re.compile(name)).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def comment_box(page: Page) -> Any:
    return page.locator("#comment textarea")


def refuse_a_file(page: Page, address: str) -> None:
    """Add a file that is refused; the refusal stands at the field, on the same page."""
    page.locator("#proofs input[type=file]").set_input_files([BAD_FILE])
    page.locator("#proofs").get_by_role("button", name=re.compile("Upload|Carica")).click()
    expect(page.locator("#proofs .cpor-field-error")).to_contain_text("prices.docm")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert page.url.partition("#")[0] == address


def switch_language(page: Page) -> None:
    """Switch to the other language with a comment half written."""
    comment_box(page).fill(COMMENT)
    other = "it" if page.locator("html").get_attribute("lang") == "en" else "en"
    menu = page.get_by_role("button", name="Menu")
    if menu.is_visible():
        menu.click()
    page.locator(f"[data-language-switch] button[lang={other}]").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(comment_box(page)).to_have_value(COMMENT)


def end_the_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def sign_in_again(page: Page, email: str) -> None:
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_a_claim_page_keeps_files_words_and_secrets_where_they_belong(new_page: NewPage):
    page = new_page()
    sign_in(page, SPEAKS_BOTH)
    open_claim(page, "Wide World Teams")
    address = page.url
    switch_language(page)

    for window in WINDOWS:
        page.set_viewport_size(window)
        refuse_a_file(page, address)
        switch_language(page)

        end_the_session(page)
        page.locator("#comment button").click()
        sign_in_again(page, SPEAKS_BOTH)
        expect(page.locator(".cpor-typed-offer")).to_be_visible()
        expect(comment_box(page)).to_have_value("")
        page.locator(".cpor-typed-offer .btn-secondary").click()
        expect(comment_box(page)).to_have_value(COMMENT)
        expect(page.locator(".cpor-typed-offer")).to_have_count(0)

        page.goto("/preferences/")
        page.locator("details.cpor-menu summary").click()
        page.locator("details.cpor-menu form button").click()
        expect(page.locator("input[name=login]")).to_be_visible()
        for _step in range(3):
            page.go_back()
            expect(page.locator("input[name=login]")).to_be_visible()
            expect(page.get_by_role("main")).not_to_contain_text("Wide World")
        page.goto(address)
        sign_in_again(page, SPEAKS_BOTH)
        expect(comment_box(page)).to_be_visible()


def test_a_slow_double_click_decides_nothing_and_keys_work_at_once(new_page: NewPage):
    for window in (*WINDOWS, WIDE, NARROW):
        page = new_page()
        page.set_viewport_size(window)
        page.goto("/mailbox/?to=carla.bianchi@northwindtraders.example")
        page.get_by_role("link", name=re.compile("chiede di essere il partner")).first.click()
        page.frame_locator("iframe").get_by_role("link", name="Approva o rifiuta").click()
        page.get_by_role("radio", name="Opt out").check()
        expect(page.get_by_role("textbox", name="Your full name")).to_have_value("Carla Bianchi")
        page.get_by_role("combobox").select_option(index=1)
        go_on = page.get_by_role("button", name="Continue")
        go_on.scroll_into_view_if_needed()
        stood = go_on.bounding_box()
        assert stood
        go_on.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your answer")
        decides = page.get_by_role("button", name="Opt out of the association")
        stands = decides.bounding_box()
        assert stands
        middle = stood["x"] + stood["width"] / 2
        assert stands["x"] + stands["width"] <= stood["x"] or stood["x"] + stood["width"] <= stands["x"], window

        for x, y in ((middle, stood["y"] + 20), (stands["x"] + 20, stands["y"] + 20)):
            page.mouse.click(x, y)
        page.wait_for_timeout(MILLISECONDS_OF_A_SLOW_DOUBLE_CLICK)
        page.mouse.click(stands["x"] + 20, stands["y"] + 20)
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your answer")
        decides.click(trial=True)  # waits until it takes a click

    page = new_page()
    sign_in(page, PARTNER)
    wizard_pages.start(page)
    wizard_pages.associate_a_customer(page, location=wizard_pages.MILAN, domain_name="northwindtraders.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("Solution area and activity")
    page.goto(page.url.replace("/work/", "/cancel/"))
    page.get_by_role("button", name="Delete draft").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("was deleted.")


def test_what_could_not_be_saved_is_saved_when_the_network_is_back(new_page: NewPage):
    page = new_page()
    sign_in(page, PARTNER)
    wizard_pages.start(page)
    wizard_pages.associate_a_customer(page, location=wizard_pages.MILAN, domain_name="northwindtraders.example")
    wizard_pages.choose_work(page, area="Microsoft 365")
    name, line = page.get_by_role("textbox", name="Claim name"), page.locator("[data-autosave-text]")
    expect(name).to_be_visible()
    page.wait_for_load_state()

    page.context.set_offline(True)
    name.fill("Saved later")
    page.keyboard.press("Tab")
    expect(line).to_have_text("Not saved yet: the portal can't be reached. It is tried again by itself.")
    page.context.set_offline(False)
    expect(line).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))

    end_the_session(page)
    name.fill("Saved after the sign-in")
    page.keyboard.press("Tab")
    expect(line).to_contain_text("Not saved: you are signed out here.")
    page.get_by_role("button", name="Create claim").click()
    sign_in_again(page, PARTNER)
    expect(page.locator(".cpor-typed-offer")).to_be_visible()
    look(page)
    page.locator(".cpor-typed-offer .btn-secondary").click()
    expect(name).to_have_value("Saved after the sign-in")
    page.get_by_role("button", name="Create claim").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")
