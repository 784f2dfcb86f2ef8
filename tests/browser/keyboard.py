"""A person without a mouse: keys only, and what has the focus is always known."""

import re

from playwright.sync_api import Page

MOST_TABS = 150
FOCUSED = """() => {
    const at = document.activeElement;
    if (at === document.body) return "";
    const label = at.labels && at.labels.length ? at.labels[0].innerText : "";
    return [at.getAttribute("aria-label") || "", label, at.innerText || "", at.value || ""].join(" ");
}"""
IS_VISIBLE = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says *words*; fail after a whole page, or where the focus can't be seen."""
    wanted = re.compile(rf"\b{re.escape(words)}(?!\w)")
    passed = []
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        passed.append(" ".join(str(page.evaluate(FOCUSED)).split()))
        if wanted.search(passed[-1]):
            assert page.evaluate(IS_VISIBLE), f"the focus on {words!r} can't be seen on {page.url}"
            return
    raise AssertionError(f"no key leads to {words!r} on {page.url}, but to {[text[:40] for text in passed]}")


def press(page: Page, words: str) -> None:
    """Go to the link or button that says *words*, press Enter, and wait for the page that follows."""
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")
