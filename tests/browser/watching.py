"""Errors that Chromium reports while a person uses the portal, and violations that axe finds on a page."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, ViewportSize, WebError

WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES_OF_COLOR = ["color-contrast", "link-in-text-block"]
RULES_OF_SPACE = ["target-size", "scrollable-region-focusable", "aria-hidden-focus"]
IN_THE_PAGE_ITSELF = ("data:", "blob:", "about:")
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 800}
# The browser gives up what is still loading when the person goes on to another page.
GIVEN_UP = "net::ERR_ABORTED"
# With `preload` axe would put imported style sheets into the page, which our policy refuses. With `iframes`
# it waits half a second for each frame to answer: no frame does, because axe is on the page alone.
JUDGE = """options => axe
    .run({ ...options, resultTypes: ["violations"], preload: false, iframes: false })
    .then(results => results.violations)"""
# The first text of each combination of its own color and size, and of all that is painted behind it. Left out is what
# axe can't judge: a text that is clipped away, of one character, or over a picture.
JUDGE_NEW_COLORS = """async ({ passed, rules }) => {
    const known = new Set(passed), fresh = new Map(), layers = new Map();
    const behind = one => {
        if (!one) {
            return "";
        }
        if (!layers.has(one)) {
            const { backgroundColor, backgroundImage, opacity, position } = getComputedStyle(one);
            const place = ["static", "relative"].includes(position) ? "" : `${position} ${one.className}`;
            const layer = [backgroundColor, backgroundImage, opacity, place].join();
            const under = behind(one.parentElement);
            layers.set(one, layer === "rgba(0, 0, 0, 0),none,1," ? under : `${under}/${layer}`);
        }
        return layers.get(one);
    };
    const hasWords = one => [...one.childNodes].some(part => part.nodeType === 3 && part.data.trim().length > 1);
    const isSeen = one => {
        const { width, height, right, bottom } = one.getBoundingClientRect();
        return width > 1 && height > 1 && right > 0 && bottom > 0 && one.checkVisibility({ visibilityProperty: true });
    };
    for (const one of document.body.querySelectorAll("*")) {
        const isField = one.matches("select, textarea, input:not([type=checkbox], [type=radio], [type=hidden])");
        if (!(isField || hasWords(one)) || !isSeen(one) || /url|gradient/.test(behind(one))) {
            continue;
        }
        const { color, fontSize, fontWeight, textDecorationLine, textShadow } = getComputedStyle(one);
        const isLinkInText = one.matches("a") && hasWords(one.parentElement);
        const around = isLinkInText ? getComputedStyle(one.parentElement).color : "";
        const off = one.closest(":disabled, [aria-disabled=true]") ? "off" : "";
        const key = [behind(one), color, fontSize, fontWeight, textDecorationLine, textShadow, around, off].join("|");
        if (!known.has(key) && !fresh.has(key)) {
            fresh.set(key, one);
        }
    }
    if (fresh.size === 0) {
        return { passed: [], violations: [] };
    }
    const options = { runOnly: { type: "rule", values: rules }, elementRef: true, preload: false, iframes: false };
    const { passes, violations } = await axe.run({ include: [...fresh.values()] }, options);
    const judged = passes.filter(rule => rule.id === "color-contrast").flatMap(rule => rule.nodes);
    const fine = new Set(judged.map(node => node.element));
    return {
        passed: [...fresh].filter(([, one]) => fine.has(one)).map(([key]) => key),
        violations: violations.map(({ id, nodes }) => ({
            id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary }))
        })),
    };
}"""
passed_colors: set[str] = set()


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
    judge(page, {"runOnly": {"type": "tag", "values": WCAG_2_2_AA}, "rules": {"color-contrast": {"enabled": False}}})
    look_at_colors(page)


def look_for(page: Page, rules: list[str]) -> None:
    """Fail when axe finds one of *rules* broken on the page as it is now."""
    judge(page, {"runOnly": {"type": "rule", "values": rules}})


def judge(page: Page, options: dict[str, Any]) -> None:
    """Let axe apply the rules of *options* to the whole page; fail with all that it finds."""
    load_axe(page)
    fail_with(page, page.evaluate(JUDGE, options))


def look_at_colors(page: Page) -> None:
    """Fail when axe finds colors on the page as it is now that are hard to tell apart.

    That rule takes as long as all others together, so a text whose colors passed before is not judged again.
    """
    load_axe(page)
    found = page.evaluate(JUDGE_NEW_COLORS, {"passed": list(passed_colors), "rules": RULES_OF_COLOR})
    fail_with(page, found["violations"])
    passed_colors.update(found["passed"])


def load_axe(page: Page) -> None:
    """Put axe on the page, where it stays until the person goes on."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)


def fail_with(page: Page, violations: list[dict[str, Any]]) -> None:
    """Fail if there are *violations*, and say where and why."""
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
    look_at_colors(page)
    page.emulate_media(color_scheme="light")
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    look_for(page, RULES_OF_SPACE)
    assert_fits(page)
    if before:
        page.set_viewport_size(before)
