"""Looks at a page as who zooms, touches, picks the colours, or wants no motion."""

from playwright.sync_api import Page, ViewportSize

from tests.browser.watching import PHONE

# A laptop's window of 1280 x 800 at 200 %.
ZOOMED: ViewportSize = {"width": 640, "height": 400}
CONTROLS = (
    ".btn, .cpor-tool, .cpor-site-nav a, .cpor-back-link, .cpor-pill, .cpor-skip-link, summary, select, textarea,"
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
    .filter(one => !one.matches(".cpor-clip, .visually-hidden, .cpor-chart-frame"))
    .map(one => one.outerHTML.slice(0, 100))"""
# What takes no click in its first second is animated to that end, and nothing of it moves.
MOVING = """elements => elements
    .map(one => [getComputedStyle(one), one])
    .filter(([style]) => parseFloat(style.transitionDuration) > 0
        || !["none", "take-no-click"].includes(style.animationName))
    .map(([, one]) => one.outerHTML.slice(0, 100))"""
WITHOUT_EDGE = """boxes => boxes
    .filter(box => box.checkVisibility() && parseFloat(getComputedStyle(box).borderTopWidth) < 1)
    .map(box => box.outerHTML.slice(0, 100))"""
OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"


def troubles_on(page: Page) -> list[str]:
    """Return what keeps such a person from the page that is open, which has its first size again afterwards."""
    address, before = page.url, page.viewport_size
    troubles = [f"{address} moves: {html}" for html in page.locator("body *").evaluate_all(MOVING)]
    page.set_viewport_size(ZOOMED)
    wide = page.evaluate("document.documentElement.scrollWidth")
    troubles += [f"{address} is {wide} px wide at 200 %"] * (wide > ZOOMED["width"])
    troubles += [f"{address} cuts off: {html}" for html in page.locator("body *").evaluate_all(CUT_OFF)]
    page.set_viewport_size(PHONE)
    troubles += [f"{address} small: {html}" for html in page.locator(CONTROLS).evaluate_all(TOO_SMALL)]
    page.emulate_media(forced_colors="active")
    boxes = page.locator(
        ".cpor-box, .cpor-banner, .cpor-note, .cpor-badge-status, .cpor-empty-state, .btn, .form-control, .form-select"
    )
    troubles += [f"{address} has no edge: {html}" for html in boxes.evaluate_all(WITHOUT_EDGE)]
    page.keyboard.press("Tab")
    troubles += [f"{address} hides the focus"] * (page.evaluate(OUTLINE) == "none")
    page.emulate_media(forced_colors="none")
    if before:
        page.set_viewport_size(before)
    return troubles
