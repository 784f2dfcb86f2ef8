"""Steps that people take on the portal's pages, by the words they see."""

import re
import time
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.watching import look

PASSWORD = "cpor-demo"
PARTNER = "admin@contoso.example"
REVIEWER = "reviewer@microsoft.example"
SECONDS_UNTIL_MAIL = 5
SECONDS_OF_PATIENCE = 60


@dataclass(frozen=True)
class Contact:
    """Somebody whom a claim names."""

    name: str
    title: str
    email: str


def arrive(page: Page, heading: str | re.Pattern[str]) -> None:
    """Wait for the page with this heading; let axe look at it unless the person browses without scripts."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    if page.locator("html.js").count():
        look(page)


def sign_in(page: Page, email: str) -> None:
    """Type address and password, and press Enter."""
    page.goto("/")
    arrive(page, "Sign in")
    page.get_by_role("textbox", name="Email").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def open_mail(page: Page, *, to: str, subject: re.Pattern[str]) -> None:
    """Find a mail on the mailbox page, as soon as it has arrived, and open it."""
    patience_ends = time.monotonic() + SECONDS_OF_PATIENCE
    page.goto(f"/mailbox/?to={to}")
    mail = page.get_by_role("link", name=subject).first
    while not mail.is_visible() and time.monotonic() < patience_ends:
        time.sleep(0.2)
        page.reload()
    arrive(page, "Mailbox")
    mail.click()
    arrive(page, subject)


def reload_until(page: Page, text: str) -> None:
    """Load the page again until it says *text*, which the worker will have seen to; let axe look at it."""
    patience_ends = time.monotonic() + SECONDS_OF_PATIENCE
    while text not in page.get_by_role("main").inner_text() and time.monotonic() < patience_ends:
        time.sleep(0.5)
        page.reload()
    expect(page.get_by_role("main")).to_contain_text(text)
    look(page)


def mail_arrived_at(page: Page) -> float:
    """Return when the mail on this page was written into the mailbox, which its address tells to the nanosecond."""
    found = re.search(r"/mailbox/(\d{20})-", page.url)
    assert found, page.url
    return int(found[1]) / 1e9


def follow_the_button(page: Page, name: str = "Approve or opt out") -> None:
    """Press the button inside the mail, which leads to the customer's own page."""
    page.frame_locator("iframe").get_by_role("link", name=name).click()
