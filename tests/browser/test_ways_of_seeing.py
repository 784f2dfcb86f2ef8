"""The main pages for who zooms, touches, picks the colours, wants no motion, or prints."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, sign_in
from tests.browser.watching import look
from tests.browser.ways_of_seeing import troubles_on

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PAGES = [
    "/incentives/", "/associations/", "/associations/new/", "/usage/", "/notifications/", "/help/proof/",
    "/preferences/",
]  # fmt: skip


def open_pages(page: Page) -> list[str]:
    """Sign in, and return the addresses of the main pages, those of one claim among them."""
    sign_in(page, PARTNER)
    page.goto("/associations/?q=Proseware+mail")
    claim = page.get_by_role("rowheader").get_by_role("link").first.get_attribute("href")
    return [*PAGES, f"{claim}", f"{claim}history/"]


def test_the_main_pages_serve_who_zooms_touches_and_picks_the_colours(visit: Visit):
    page = visit()

    complaints = []
    for address in open_pages(page):
        page.goto(address)
        complaints += troubles_on(page)

    assert complaints == []


def test_on_paper_a_claim_is_its_words_without_the_ways_around_it(visit: Visit):
    page = visit()
    claim, history = open_pages(page)[-2:]

    printed = {claim: "Customer notice", history: "Notice delivered", "/customers/": "opt out"}
    for address, words in (printed | {"/when-official/": "Business day 5"}).items():
        page.goto(address)
        page.emulate_media(media="print", color_scheme="dark")
        expect(page.get_by_role("main")).to_contain_text(re.compile(words, re.IGNORECASE))
        assert page.locator("nav, .btn, .cpor-tool, .cpor-skip-link, .cpor-note").filter(visible=True).count() == 0
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(36, 36, 36)"
        look(page)
        page.emulate_media(media="screen", color_scheme="light")
