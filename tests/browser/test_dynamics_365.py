"""A Dynamics 365 claim: one of two subscriptions is picked, a CSP one is refused, and the customer approves."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wizard_pages
from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, Contact, arrive, follow_the_button, open_mail, reload_until, sign_in
from tests.browser.watching import look

pytestmark = pytest.mark.browser

CUSTOMER = Contact("Rosa Valli", "Direttrice vendite", "rosa.valli@adventure-works.example")
TECHNICIAN = Contact("Teo Neri", "Sistemista", "teo.neri@adventure-works.example")
REQUEST = re.compile("Contoso Consulting asks to be associated with adventure-works.example")
SALES = "Dynamics 365 Sales"
CSP_PRODUCT = "Dynamics 365 Customer Service"


def choose_products(page: Page) -> None:
    """Take what has to be corrected first, then pick the free subscription of two."""
    arrive(page, "Products")
    wizard_pages.tick_of(page, SALES).check()
    wizard_pages.tick_of(page, CSP_PRODUCT).check()
    wizard_pages.go_on(page)
    problems = page.get_by_role("alert")
    expect(problems).to_contain_text(f"{SALES}: choose the subscription.")
    expect(problems).to_contain_text(
        f"{CSP_PRODUCT}: The subscription was bought through CSP and can't be claimed here."
    )
    look(page)
    wizard_pages.tick_of(page, CSP_PRODUCT).uncheck()
    pick = page.get_by_role("combobox", name=f"Subscription ID {SALES}")
    free = pick.get_by_role("option").filter(has_text="Web Direct").text_content()
    pick.select_option(label=free)
    wizard_pages.go_on(page)


def file_claim(page: Page) -> str:
    sign_in(page, PARTNER)
    wizard_pages.start(page)
    wizard_pages.associate_a_customer(page, location=wizard_pages.MILAN, domain_name="adventure-works.example")
    wizard_pages.choose_work(
        page, area="Business Applications", activity="Usage and/or Pre-sales", ticks=("Usage", "Pre-sales")
    )
    wizard_pages.create_claim(page, answers={"Claim name": "Adventure Works online sales"})
    choose_products(page)
    wizard_pages.name_contacts(page, customer=CUSTOMER, technical=TECHNICIAN)
    wizard_pages.add_proof(page, wizard_pages.statement_of_work())
    wizard_pages.skip_comments(page)
    return wizard_pages.check_and_submit(page)


def test_a_claim_to_one_of_two_subscriptions_is_official_as_soon_as_the_customer_approves(visit: Visit):
    partner, customer = visit(), visit()
    number = file_claim(partner)

    open_mail(customer, to=TECHNICIAN.email, subject=re.compile("adventure-works.example"))
    expect(customer.frame_locator("iframe").get_by_text(number)).to_be_visible()
    expect(customer.frame_locator("iframe").get_by_role("link", name="Approve or opt out")).to_have_count(0)
    open_mail(customer, to=CUSTOMER.email, subject=REQUEST)
    follow_the_button(customer)
    arrive(customer, "Contoso Consulting asks to be associated with adventure-works.example")
    customer.get_by_role("radio", name="Approve").check()
    customer.get_by_role("textbox", name="Your full name").fill(CUSTOMER.name)
    customer.keyboard.press("Enter")
    arrive(customer, "Check your answer")
    customer.get_by_role("button", name="Approve the association").press("Enter")
    arrive(customer, "Your answer is recorded")
    expect(customer.get_by_role("main")).to_contain_text(number)

    partner.get_by_role("link", name="Open the claim").click()
    reload_until(partner, "An association, not a payment")
    expect(partner.get_by_role("main")).to_contain_text("Approved")
