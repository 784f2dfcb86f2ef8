"""What Chromium complains about while a person uses the portal, and what axe finds on the page in front of them."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, ViewportSize, WebError

WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
RULES_OF_SPACE = ["target-size", "scrollable-region-focusable", "aria-hidden-focus"]
IN_THE_PAGE_ITSELF = ("data:", "blob:", "about:")
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 800}
# The browser gives up what is still loading when the person goes on to another page.
GIVEN_UP = "net::ERR_ABORTED"


class Watch:
    """Collects the errors of every page of one browser context, and every request to another origin."""

    def __init__(self, context: BrowserContext, *, origin: str) -> None:
        self.origin = origin
        self.complaints: list[str] = []
        context.on("console", self.hear)
        context.on("weberror", self.see_error)
        context.on("request", self.see_request)
        context.on("requestfailed", self.see_failure)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location})")

    def see_error(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def see_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", *IN_THE_PAGE_ITSELF)):
            self.complaints.append(f"left the origin: {request.url}")

    def see_failure(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self.complaints.append(f"failed: {request.url} {request.failure}")


def look(page: Page) -> None:
    """Fail when axe finds a violation of WCAG 2.2 AA on the page as it is now."""
    judge(page, {"type": "tag", "values": WCAG_2_2_AA})


def look_for(page: Page, rules: list[str]) -> None:
    """Fail when axe finds one of *rules* broken on the page as it is now."""
    judge(page, {"type": "rule", "values": rules})


def judge(page: Page, rules: dict[str, str | list[str]]) -> None:
    """Let axe, which stays on the page once it is there, apply *rules*; fail with all that it finds."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # With `preload` axe would put imported style sheets into the page, which our policy refuses.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    violations = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    found = [
        f"{violation['id']}: {node['html']} {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert not found, "\n".join([page.url, *found])


def assert_fits(page: Page) -> None:
    """Fail when the narrowest window scrolls sideways."""
    page.set_viewport_size(NARROWEST)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in a window of {window} px"


def examine(page: Page) -> None:
    """Look at the page in the light and the dark scheme and at a phone's width, and see that it fits 320 px."""
    look(page)
    page.emulate_media(color_scheme="dark")
    look_for(page, RULES_OF_COLOUR)
    page.emulate_media(color_scheme="light")
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    look_for(page, RULES_OF_SPACE)
    assert_fits(page)
    if before:
        page.set_viewport_size(before)
