"""A Dynamics 365 claim: its products stand on a screen and a half, a CSP one is closed, and the customer approves."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wizard_pages
from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, Contact, arrive, follow_the_button, open_mail, reload_until, sign_in
from tests.browser.watching import examine, look

pytestmark = pytest.mark.browser

CUSTOMER = Contact("Rosa Valli", "Direttrice vendite", "rosa.valli@adventure-works.example")
TECHNICIAN = Contact("Teo Neri", "Sistemista", "teo.neri@adventure-works.example")
REQUEST = re.compile("Contoso Consulting asks to be your partner for")
SALES = "Dynamics 365 Sales"
CSP_PRODUCT = "Dynamics 365 Customer Service"
LAPTOP = {"width": 1280, "height": 800}
SCREEN_AND_A_HALF = 1200
# Everything that a row can say stands on the page of this customer.
ADVENTURE_WORKS = "adventure-works.example"
FINANCE = "Dynamics 365 Finance"
GUIDES = "Dynamics 365 Guides"


def choose_products(page: Page) -> None:
    """Take what has to be corrected first, then pick the free subscription of two."""
    arrive(page, "Products")
    expect(wizard_pages.checkbox_of(page, CSP_PRODUCT)).to_be_disabled()
    wizard_pages.go_on(page)
    problems = page.get_by_role("alert")
    expect(problems).to_contain_text("Select at least one product.")
    look(page)
    wizard_pages.checkbox_of(page, SALES).check()
    pick = page.get_by_role("combobox", name=f"Subscription ID {SALES}")
    free = pick.get_by_role("option").filter(has_text="Web Direct").text_content()
    pick.select_option(label="Choose")
    wizard_pages.go_on(page)
    expect(problems).to_contain_text(f"{SALES}: choose the subscription.")
    pick.select_option(label=free)
    wizard_pages.go_on(page)


def file_claim(page: Page) -> str:
    sign_in(page, PARTNER)
    wizard_pages.start(page)
    wizard_pages.associate_a_customer(page, location=wizard_pages.MILAN, domain_name=ADVENTURE_WORKS)
    wizard_pages.choose_work(
        page, area="Business Applications", activity="Usage and/or pre-sales", selected=("Usage", "Pre-sales")
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

    open_mail(customer, to=TECHNICIAN.email, subject=REQUEST)
    expect(customer.frame_locator("iframe").get_by_text(number).first).to_be_visible()
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
    expect(partner.get_by_role("main")).to_contain_text("Official")


def open_products(page: Page) -> None:
    """Draft a claim up to its products."""
    sign_in(page, PARTNER)
    wizard_pages.start(page)
    wizard_pages.associate_a_customer(page, location=wizard_pages.MILAN, domain_name=ADVENTURE_WORKS)
    wizard_pages.choose_work(
        page, area="Business Applications", activity="Usage and/or pre-sales", selected=("Usage",)
    )
    wizard_pages.create_claim(page, answers={})
    arrive(page, "Products")


def height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


def test_the_page_takes_a_screen_and_a_half_at_most(visit: Visit):
    page = visit(viewport=LAPTOP)
    open_products(page)

    heights = [height(page)]
    page.get_by_role("button", name="Italiano").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prodotti")
    heights.append(height(page))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")

    assert max(heights) <= SCREEN_AND_A_HALF, heights
    examine(page)


def test_a_product_is_found_by_typing_and_waited_for(visit: Visit):
    page = visit(viewport=LAPTOP)
    open_products(page)
    wizard_pages.checkbox_of(page, FINANCE).check()
    others = page.get_by_role("region", name="Other products")

    others.get_by_text("Other products").press("Enter")
    examine(page)
    others.get_by_role("searchbox", name="Search products").fill("365 guid")
    expect(others.get_by_role("listitem")).to_have_count(1)
    others.get_by_role("button", name=f"Tell me when the customer has it {GUIDES}").press("Enter")
    expect(page.get_by_role("main")).to_contain_text(f"{GUIDES}: we'll notify you here and by email")
    expect(others.get_by_role("button", name=f"Don't tell me {GUIDES}")).to_be_visible()
    expect(wizard_pages.checkbox_of(page, FINANCE)).to_be_checked()

    others.get_by_role("group").get_by_text("Other products").click()
    others.get_by_role("searchbox", name="Search products").fill("guides")
    expect(others.get_by_role("group")).to_contain_text("No product has this name.")
    wizard_pages.checkbox_of(page, FINANCE).press("Enter")
    arrive(page, "Contacts")


def test_without_a_script_the_others_unfold_and_what_is_selected_stays(visit: Visit):
    page = visit(java_script_enabled=False)
    open_products(page)
    wizard_pages.checkbox_of(page, FINANCE).check()
    others = page.get_by_role("region", name="Other products")

    others.get_by_text("Other products").click()
    expect(others.get_by_role("searchbox")).to_have_count(0)
    others.get_by_role("button", name=f"Tell me when the customer has it {GUIDES}").click()

    expect(others.get_by_role("button", name=f"Don't tell me {GUIDES}")).to_be_visible()
    expect(wizard_pages.checkbox_of(page, FINANCE)).to_be_checked()
