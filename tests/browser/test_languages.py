"""The language switch, which stands on every page and is kept in the browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wizard_pages
from tests.browser.people import arrive, follow_the_button, open_mail, sign_in
from tests.browser.watching import look

pytestmark = pytest.mark.browser

# An account that no other test expects to speak English.
ACCOUNT = "user@contoso.example"


def switch_to_italian(page: Page) -> None:
    page.get_by_role("button", name="Italiano").click()
    expect(page.locator("html")).to_have_attribute("lang", "it")
    look(page)


def kept_language(page: Page) -> str | None:
    """Return the language that the browser will ask for next time."""
    kept = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    return kept.get("django_language")


def test_the_sign_in_page_speaks_italian(watched: Page):
    watched.goto("/accounts/login/")
    arrive(watched, "Sign in")
    assert kept_language(watched) is None

    switch_to_italian(watched)

    arrive(watched, "Accedi")
    assert kept_language(watched) == "it"


def test_the_wizard_speaks_italian_and_then_english_again(watched: Page):
    sign_in(watched, ACCOUNT)
    wizard_pages.start(watched)
    arrive(watched, "Associate a customer")

    switch_to_italian(watched)
    arrive(watched, "Associa un cliente")
    watched.get_by_role("button", name="English").click()

    arrive(watched, "Associate a customer")
    assert kept_language(watched) == "en"


def test_the_customers_page_speaks_italian(watched: Page):
    open_mail(watched, to="carla.bianchi@northwindtraders.example", subject=re.compile("chiede di essere il partner"))
    follow_the_button(watched, "Approva o rifiuta")
    arrive(watched, re.compile("asks to be associated with northwindtraders.example"))

    switch_to_italian(watched)

    arrive(watched, re.compile("chiede di essere associato a(l dominio)? northwindtraders.example"))
    assert kept_language(watched) == "it"
