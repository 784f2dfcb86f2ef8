"""A claim filed, found, handed over and answered by keyboard alone; the focus is always somewhere, and seen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wizard_pages
from tests.browser.conftest import Visit
from tests.browser.keyboard import press, tab_to
from tests.browser.people import PARTNER, arrive, open_mail, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CUSTOMER = "Giulia Serra"
ADDRESS = "giulia.serra@tailspintoys.example"


def write(page: Page, label: str, text: str) -> None:
    tab_to(page, label)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def select(page: Page, label: str) -> None:
    tab_to(page, label)
    page.keyboard.press("Space")


def meet_the_error_summary(page: Page) -> None:
    """Go on without an answer: what is wrong is announced and has the focus, and leads to the field."""
    press(page, "Continue")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")
    expect(page).to_have_title(re.compile("^Error: "))
    tab_to(page, "Choose an MPN ID")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="MPN ID")).to_be_focused()


def add_proof(page: Page) -> None:
    """Choose a file, which is sent at once: the focus stays where the next one is chosen."""
    with page.expect_file_chooser() as chooser:
        # Chromium hands over its file chooser only once it has been told to: the answers to Tab come after that.
        tab_to(page, "Files")
        page.keyboard.press("Space")
    chooser.value.set_files(wizard_pages.statement_of_work())
    expect(page.get_by_role("link", name="statement-of-work.docx")).to_be_visible()
    expect(page.get_by_label("Files", exact=True)).to_be_focused()
    expect(page.locator(".cpor-file-drop-status")).to_contain_text("Uploaded: statement-of-work.docx (")


def file_claim(page: Page) -> None:
    press(page, "Customer associations")
    press(page, "Customer association")
    meet_the_error_summary(page)
    page.keyboard.type("1234567")
    write(page, "Customer domain name", "tailspintoys.example")
    press(page, "Continue")
    select(page, "Microsoft 365")
    press(page, "Continue")
    write(page, "Claim name", "Tailspin network")
    press(page, "Create claim")
    select(page, "Yammer")
    press(page, "Continue")
    write(page, "Name", CUSTOMER)
    write(page, "Job title", "Direttrice")
    write(page, "Email", ADDRESS)
    tab_to(page, "Language")
    page.keyboard.type("English")
    press(page, "Continue")
    add_proof(page)
    press(page, "Continue")
    arrive(page, "Comments")
    press(page, "Continue")
    for acknowledgement in ("The answers above", "The customer"):
        select(page, acknowledgement)
    press(page, "Submit claim")
    arrive(page, "Claim submitted")


def read_the_tour(page: Page) -> None:
    """Put the three notes away; the next one is where Tab goes on."""
    for number in (1, 2, 3):
        expect(page.get_by_text(f"Note {number} of 3")).to_be_visible()
        press(page, "Got it")
    expect(page.get_by_text("Got it")).to_have_count(0)


def find_in_the_list(page: Page) -> None:
    press(page, "Customer associations")
    tab_to(page, "Filters and order")
    page.keyboard.press("Enter")
    # Not by status: the worker may have sent the notice by now, and the claim is in its opt-out period.
    tab_to(page, "Product")
    page.keyboard.type("Yammer")
    press(page, "Apply")
    tab_to(page, "Remove the filter Product: Yammer")
    expect(page.get_by_role("row", name="Tailspin network")).to_be_visible()
    press(page, "Remove the filter Product: Yammer")
    expect(page.get_by_role("link", name="Remove the filter")).to_have_count(0)


def answer(page: Page) -> None:
    """Say no, with an error on the way."""
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Approve")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Opt out")).to_be_checked()
    tab_to(page, "Reason for the opt-out")
    page.keyboard.type("We don't work")
    write(page, "Your full name", CUSTOMER)
    press(page, "Continue")
    arrive(page, "Check your answer")
    press(page, "Opt out of the association")
    arrive(page, "Your answer is recorded")


def test_a_claim_is_filed_found_and_declined_by_keyboard_alone(visit: Visit):
    partner, customer = visit(), visit()
    sign_in(partner, PARTNER)

    file_claim(partner)
    press(partner, "Open the claim")
    read_the_tour(partner)
    find_in_the_list(partner)

    open_mail(customer, to=ADDRESS, subject=re.compile("asks to be your partner for Yammer"))
    customer.goto(customer.frame_locator("iframe").get_by_role("link", name="Approve").get_attribute("href") or "")
    answer(customer)


def open_request(page: Page, *, to: str) -> None:
    """Open the link of the notice from Fabrikam about SharePoint, which the worker may still have to send."""
    open_mail(page, to=to, subject=re.compile("Fabrikam Services asks to be your partner for SharePoint"))
    page.goto(page.frame_locator("iframe").get_by_role("link", name="Approve").get_attribute("href") or "")
    arrive(page, "Fabrikam Services asks to be associated with treyresearch.example")


def name_a_colleague(page: Page) -> None:
    """Say that somebody else is the right person, with an address elsewhere on the way."""
    tab_to(page, "Approve")
    for _answer in ("Opt out", "I'm not the right person"):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="I'm not the right person")).to_be_checked()
    press(page, "Continue")
    arrive(page, "Who is the right person?")
    write(page, "Your colleague's full name", "Noah Reed")
    write(page, "Job title", "Head of purchasing")
    write(page, "Email", "noah@elsewhere.example")
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Email")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("noah.reed@treyresearch.example")


def test_a_request_is_handed_over_and_approved_by_keyboard_alone(visit: Visit):
    dana, noah = visit(), visit()

    open_request(dana, to="dana.kim@treyresearch.example")
    name_a_colleague(dana)
    press(dana, "Continue")
    arrive(dana, "Check the hand-over")
    press(dana, "Hand over the request")
    arrive(dana, "The request was handed over")

    open_request(noah, to="noah.reed@treyresearch.example")
    tab_to(noah, "Approve")
    noah.keyboard.press("Space")
    press(noah, "Continue")
    arrive(noah, "Check your answer")
    press(noah, "Approve the association")
    arrive(noah, "Your answer is recorded")
