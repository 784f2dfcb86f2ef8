"""The reviewer's day by keyboard alone, the partner's answers, and disputes that go both ways."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.keyboard import press, tab_to
from tests.browser.people import PARTNER, REVIEWER, open_mail, sign_in
from tests.browser.watching import look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CLAIMS = 10
NUMBER = re.compile(r"CPOR-\d{7}")


def take_all_that_nobody_took(page: Page) -> None:
    """Select every claim of the tab *Not assigned* and take them all at once."""
    press(page, "Not assigned")
    tab_to(page, "Select all objects on this page")
    page.keyboard.press("Space")
    tab_to(page, "Action:")
    page.keyboard.type("Assign")
    press(page, "Go")
    expect(page.get_by_text("was assigned").first).to_be_visible()


def number_of(page: Page) -> str:
    """The number of the claim on the page."""
    heading = page.locator("#content h1").inner_text()
    found = NUMBER.search(heading)
    assert found, heading
    return found[0]


def ask_for_more(page: Page) -> str:
    """Leave the whole checklist cleared, so that every element becomes a reason with its usual text."""
    number = number_of(page)
    if page.get_by_role("link", name="Start review").count():
        confirm(page, "Start review")
    tab_to(page, "Both parties")
    press(page, "Ask for more")
    look(page)
    press(page, "Ask for more")
    return number


def approve(page: Page) -> str:
    """Accept what is disputed, else start the review if need be and validate."""
    number = number_of(page)
    if page.get_by_role("link", name="Accept the dispute").count():
        press(page, "Accept the dispute")
        tab_to(page, "Why the claim is reviewed again")
        page.keyboard.type("The second file was not looked at.")
        press(page, "Accept the dispute")
        return number
    if page.get_by_role("link", name="Start review").count():
        confirm(page, "Start review")
    confirm(page, "Validate")
    return number


def confirm(page: Page, action: str) -> None:
    """Press a decision's button on the claim, then the one on its own page."""
    press(page, action)
    press(page, action)


def test_a_reviewer_works_through_ten_claims_by_keyboard_alone(visit: Visit):
    page = visit()
    sign_in(page, REVIEWER)
    page.goto("/admin/associations/claim/")
    look(page)
    take_all_that_nobody_took(page)
    press(page, "My queue")
    look(page)

    press(page, "Tailspin devices")
    look(page)
    decided = [approve(page)]
    while len(decided) < CLAIMS:
        press(page, "Next claim in my queue")
        decided.append(ask_for_more(page) if len(decided) == 2 else approve(page))
    look(page)

    assert len(set(decided)) == CLAIMS
    for number, status in ((decided[2], "Action required"), (decided[3], "Validated")):
        page.goto(f"/admin/associations/claim/?q={number}")
        expect(page.get_by_role("row", name=number)).to_contain_text(status)


def test_boxes_and_words_are_saved_while_the_reviewer_works(visit: Visit):
    page = visit()
    sign_in(page, REVIEWER)
    # The last of the queue: the ten claims that another test decides come first.
    page.goto("/admin/associations/claim/?q=Adventure Works devices")
    page.get_by_role("row", name="Adventure Works devices").get_by_role("link").first.click()
    claim = page.url
    confirm(page, "Start review")

    page.get_by_role("checkbox", name="Both parties").check()
    expect(page.get_by_text(re.compile(r"^Saved \d"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("checkbox", name="Both parties")).to_be_checked()
    look(page)

    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("checkbox", name="Dates are missing")).to_be_checked()
    page.get_by_role("textbox", name="Why the claim is rejected").fill("Page 3 has no date.")
    page.get_by_role("checkbox", name="Dates are missing").focus()
    expect(page.get_by_text(re.compile(r"^Saved \d"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Why the claim is rejected")).to_have_value("Page 3 has no date.")
    look(page)

    page.goto(claim)
    expect(page.locator("#content")).to_contain_text("Under review")


def open_claim(page: Page, name: str) -> None:
    """Find a claim of the demo world by its name in the list, and open it."""
    page.goto(f"/associations/?q={name}")
    page.get_by_role("row", name=name).get_by_role("link").first.click()
    expect(page.get_by_role("main")).to_contain_text(name)
    look(page)


def test_a_partner_answers_a_request_for_more(visit: Visit):
    partner, reviewer = visit(), visit()
    sign_in(partner, PARTNER)
    open_claim(partner, "Litware Teams")
    expect(partner.get_by_role("main")).to_contain_text("A Microsoft reviewer asks for more")
    number = partner.get_by_text(NUMBER).first.inner_text()
    partner.get_by_role("link", name="Resubmit claim").first.click()
    partner.get_by_role("button", name="Resubmit claim").click()
    expect(partner.get_by_role("alert")).to_contain_text("There is a problem")
    look(partner)

    partner.get_by_role("textbox", name="Your reply to the reviewer").fill("Page 3 is signed now.")
    partner.get_by_role("button", name="Resubmit claim").click()
    expect(partner.get_by_role("main")).to_contain_text("Under review")
    look(partner)

    open_mail(reviewer, to=REVIEWER, subject=re.compile(f"{number}.*answered"))


def test_a_dispute_goes_both_ways(visit: Visit):
    partner, reviewer = visit(), visit()
    sign_in(partner, PARTNER)
    sign_in(reviewer, REVIEWER)

    open_claim(partner, "Litware security")
    with partner.expect_navigation():
        partner.get_by_role("link", name="Dispute the rejection").click()
    look(partner)
    partner.get_by_role("textbox", name="Why the rejection is wrong").fill("The statement of work is the second file.")
    partner.get_by_role("button", name="Send the dispute").click()
    expect(partner.get_by_role("main")).to_contain_text("Disputed")
    decide(reviewer, "Litware security", "Accept the dispute", "The second file names both products.")
    partner.reload()
    expect(partner.get_by_role("main")).to_contain_text("Under review")

    decide(reviewer, "Litware security", "Reject", "The second file is not signed.")
    partner.reload()
    expect(partner.get_by_role("main")).to_contain_text("can't be disputed")
    look(partner)


def decide(page: Page, name: str, action: str, text: str) -> None:
    """Find the claim in the queue and take one decision that needs words."""
    page.goto(f"/admin/associations/claim/?q={name}")
    page.get_by_role("row", name=name).get_by_role("link").first.click()
    with page.expect_navigation():
        page.locator("a.button, button").get_by_text(action, exact=True).first.click()
    look(page)
    if page.get_by_role("checkbox").count():
        page.get_by_role("checkbox").first.check()
    page.get_by_role("textbox").last.fill(text)
    page.get_by_role("button", name=action, exact=True).click()
    # The page of the decision names the claim, too: only this says that the decision was taken.
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_the_desk_says_when_a_person_opened_the_customers_link(visit: Visit):
    customer, desk = visit(), visit()
    open_mail(customer, to="tom.hughes@tailspintoys.example", subject=re.compile("Fabrikam Services asks"))
    button = customer.frame_locator("iframe").get_by_role("link", name="Approve or opt out")
    customer.goto(str(button.get_attribute("href")))
    number = NUMBER.search(customer.get_by_role("main").inner_text())
    assert number
    sign_in(desk, REVIEWER)
    desk.goto(f"/admin/associations/claim/{int(number[0].removeprefix('CPOR-'))}/change/")
    opened = desk.locator("dl > div", has_text="Link opened by a person").first
    expect(opened).to_contain_text("Never")

    with customer.expect_response("**/c/opened/"):
        customer.mouse.move(200, 200)
        customer.mouse.move(210, 210)

    desk.reload()
    expect(opened).not_to_contain_text("Never")
    look(desk)
