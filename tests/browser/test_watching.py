"""Rules that axe checks on every page; colors are checked where they are new, in the scheme that is shown."""

import pytest
from playwright.sync_api import Page

from tests.browser import watching
from tests.browser.watching import examine, look

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><title>Page</title>
    <style>
        body {{ background: white; color: #222 }}
        .pale {{ color: #ddd }}
        .dark-box {{ background: #333; padding: 1em }}
        @media (prefers-color-scheme: dark) {{ body {{ background: black; color: {in_the_dark} }} }}
    </style><main><h1>Words</h1><p>These words are easy to read.</p>{more}</main></html>"""

HARD_TO_READ = [
    "<p class='pale'>Pale words</p>",
    "<p>Readable, <span class='pale'>and pale</span></p>",
    "<div class='dark-box'><p>Dark words on a dark box</p></div>",
    "<p style='opacity: 0.3'>Words that shine through</p>",
    "<p style='background: #555'>Words on a gray line</p>",
    "<p><label>Name <input class='pale' value='Carla'></label></p>",
]


@pytest.fixture(autouse=True)
def nothing_judged_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "passed_colors", set())


def show(page: Page, *, more: str = "", in_the_dark: str = "white") -> None:
    page.set_content(PAGE.format(more=more, in_the_dark=in_the_dark))


def test_words_that_are_easy_to_read_pass_and_are_judged_once(page: Page):
    show(page)
    look(page)
    judged = len(watching.passed_colors)

    show(page, more="<p>More of the same.</p>")
    look(page)

    assert judged == len(watching.passed_colors) == 2  # the heading and the paragraph


def test_words_that_are_hard_to_read_are_found_on_a_page_like_one_that_passed(page: Page):
    show(page)
    look(page)

    for pale in HARD_TO_READ:
        show(page, more=pale)
        for _again in range(2):
            with pytest.raises(AssertionError, match="color-contrast"):
                look(page)


def test_words_that_are_hard_to_read_in_the_dark_are_found(page: Page):
    show(page)
    examine(page)

    show(page, in_the_dark="#333")
    look(page)
    with pytest.raises(AssertionError, match="color-contrast"):
        examine(page)


def test_a_link_among_words_is_told_apart_by_more_than_a_little_color(page: Page):
    link = (
        "<p>These words lead <a href='#' style='color: #333; text-decoration: none'>to another page</a>, as said.</p>"
    )
    show(page, more=link)

    with pytest.raises(AssertionError, match="link-in-text-block"):
        look(page)
