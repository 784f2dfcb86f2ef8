"""A draft that saves itself while the person goes from field to field."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import wizard_pages
from tests.browser.people import PARTNER, sign_in

pytestmark = pytest.mark.browser
SAVED = re.compile(r"^Saved \d\d:\d\d$")


def test_what_was_typed_is_there_after_the_window_was_closed(watched: Page):
    sign_in(watched, PARTNER)
    wizard_pages.start(watched)
    wizard_pages.associate_a_customer(watched, location=wizard_pages.MILAN, domain_name="northwindtraders.example")
    wizard_pages.choose_work(watched, area="Microsoft 365")
    name = watched.get_by_role("textbox", name="Claim name")
    name.fill("Northwind, saved by itself")
    watched.keyboard.press("Tab")
    expect(watched.get_by_text(SAVED)).to_be_visible()
    address = watched.url

    watched.goto("about:blank")
    watched.goto(address)
    expect(name).to_have_value("Northwind, saved by itself")

    # Continue right after the last key waits for what is on its way, and meets no conflict.
    name.fill("Northwind, by itself")
    watched.get_by_role("button", name="Create claim").click()
    expect(watched.get_by_role("heading", level=1)).to_have_text("Products")


def test_what_is_typed_before_the_script_has_loaded_is_saved_too(watched: Page):
    sign_in(watched, PARTNER)
    wizard_pages.start(watched)
    wizard_pages.associate_a_customer(watched, location=wizard_pages.MILAN, domain_name="northwindtraders.example")
    wizard_pages.choose_work(watched, area="Microsoft 365")
    name = watched.get_by_role("textbox", name="Claim name")
    expect(name).to_be_visible()
    watched.wait_for_load_state()  # with the script, which is held back only at the next visit
    held: list[Route] = []
    watched.route("**/autosave*.js", lambda route: held.append(route))
    watched.reload(wait_until="commit")
    name.fill("Northwind, typed early")
    watched.keyboard.press("Tab")
    release(watched, held)

    expect(watched.get_by_text(SAVED)).to_be_visible()


def test_what_is_typed_while_answers_are_on_their_way_follows_them(watched: Page):
    sign_in(watched, PARTNER)
    wizard_pages.start(watched)
    wizard_pages.associate_a_customer(watched, location=wizard_pages.MILAN, domain_name="northwindtraders.example")
    wizard_pages.choose_work(watched, area="Microsoft 365")
    name = watched.get_by_role("textbox", name="Claim name")
    expect(name).to_be_visible()
    watched.wait_for_load_state()
    held: list[Route] = []
    watched.route(watched.url, lambda route: held.append(route), times=1)
    name.fill("Northwind, first")
    watched.keyboard.press("Tab")
    name.fill("Northwind, second")
    watched.keyboard.press("Tab")
    with watched.expect_response(lambda response: "second" in (response.request.post_data or "")):
        release(watched, held)


def release(page: Page, held: list[Route]) -> None:
    """Let go on what *held* has caught, or will."""
    while not held:
        page.wait_for_timeout(50)
    held.pop().continue_()
