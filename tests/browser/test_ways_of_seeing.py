"""The main pages for who zooms, touches, picks the colours, wants no motion, or prints."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, sign_in
from tests.browser.watching import PHONE, look

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(180)]

PAGES = [
    "/incentives/", "/associations/", "/associations/new/", "/usage/", "/notices/", "/help/proof/", "/preferences/",
]  # fmt: skip
# A laptop's window of 1280 x 800 at 200 %.
ZOOMED: ViewportSize = {"width": 640, "height": 400}
CONTROLS = (
    ".btn, .tool, .site-nav a, .back-link, .pill, .skip-link, summary, select, textarea,"
    " input:not([type=hidden], [type=checkbox], [type=radio], [type=file])"
)
TOO_SMALL = """controls => controls
    .filter(control => control.checkVisibility())
    .map(control => [control.getBoundingClientRect(), control.outerHTML.slice(0, 100)])
    .filter(([box]) => box.height < 43.5)
    .map(([box, html]) => `${Math.round(box.height)} px: ${html}`)"""
CUT_OFF = """elements => elements
    .filter(one => one.checkVisibility() && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
    .filter(one => ["hidden", "clip"].includes(getComputedStyle(one).overflowX))
    .filter(one => !one.matches(".clip, .visually-hidden, .chart-frame"))
    .map(one => one.outerHTML.slice(0, 100))"""
MOVING = """elements => elements
    .map(one => [getComputedStyle(one), one])
    .filter(([style]) => parseFloat(style.transitionDuration) > 0 || style.animationName != "none")
    .map(([, one]) => one.outerHTML.slice(0, 100))"""
WITHOUT_EDGE = """boxes => boxes
    .filter(box => box.checkVisibility() && parseFloat(getComputedStyle(box).borderTopWidth) < 1)
    .map(box => box.outerHTML.slice(0, 100))"""
OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"


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
        complaints += [f"{address} moves: {html}" for html in page.locator("body *").evaluate_all(MOVING)]
        page.set_viewport_size(ZOOMED)
        wide = page.evaluate("document.documentElement.scrollWidth")
        complaints += [f"{address} is {wide} px wide at 200 %"] * (wide > ZOOMED["width"])
        complaints += [f"{address} cuts off: {html}" for html in page.locator("body *").evaluate_all(CUT_OFF)]
        page.set_viewport_size(PHONE)
        complaints += [f"{address} small: {html}" for html in page.locator(CONTROLS).evaluate_all(TOO_SMALL)]
        page.emulate_media(forced_colors="active")
        boxes = page.locator(".box, .banner, .note, .badge-status, .empty-state, .btn, .form-control, .form-select")
        complaints += [f"{address} has no edge: {html}" for html in boxes.evaluate_all(WITHOUT_EDGE)]
        page.keyboard.press("Tab")
        complaints += [f"{address} hides the focus"] * (page.evaluate(OUTLINE) == "none")
        page.emulate_media(forced_colors="none")

    assert complaints == []


def test_on_paper_a_claim_is_its_words_without_the_ways_around_it(visit: Visit):
    page = visit()
    claim, history = open_pages(page)[-2:]

    for address, words in ((claim, "Customer notice"), (history, "Notice delivered"), ("/customers/", "opt out")):
        page.goto(address)
        page.emulate_media(media="print", color_scheme="dark")
        expect(page.get_by_role("main")).to_contain_text(re.compile(words, re.IGNORECASE))
        assert page.locator("nav, .btn, .tool, .skip-link, .note").filter(visible=True).count() == 0
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(36, 36, 36)"
        look(page)
        page.emulate_media(media="screen", color_scheme="light")
