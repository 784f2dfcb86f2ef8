"""A revenue association: filed by the partner, then validated at the reviewer's desk."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wizard_pages
from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, REVIEWER, Contact, sign_in
from tests.browser.watching import look

pytestmark = pytest.mark.browser

CUSTOMER = Contact("Karl Adler", "Head of Sales", "karl.adler@wideworldimporters.example")


def file_claim(page: Page) -> str:
    sign_in(page, PARTNER)
    wizard_pages.start(page)
    wizard_pages.associate_a_customer(page, location=wizard_pages.ZURICH, domain_name="wideworldimporters.example")
    wizard_pages.choose_work(page, area="Business Applications", activity="Revenue association")
    wizard_pages.create_claim(
        page,
        answers={
            "Claim name": "Wide World apps",
            "Dynamics solution seller name": "Sara Lombardi",
            "Customer name": "Wide World Importers",
            "ISV product/solution name": "Route Planner",
        },
    )
    wizard_pages.choose_products(page, "Power Apps")
    expect(page.get_by_role("group", name="Technical contact")).to_have_count(0)
    wizard_pages.name_contacts(page, customer=CUSTOMER)
    wizard_pages.add_proof(page, wizard_pages.statement_of_work())
    wizard_pages.skip_comments(page)
    return wizard_pages.check_and_submit(page)


def decide(page: Page, action: str) -> None:
    """Press the button of a decision and confirm it on its own page."""
    for control in (
        page.locator("a.button, button").get_by_text(action, exact=True).first,
        page.get_by_role("main").get_by_role("button", name=action),
    ):
        with page.expect_navigation():
            control.click()
        look(page)


def test_a_revenue_association_is_filed_and_validated_by_a_reviewer(visit: Visit):
    partner, reviewer = visit(), visit()
    number = file_claim(partner)

    sign_in(reviewer, REVIEWER)
    reviewer.goto("/admin/")
    look(reviewer)
    reviewer.goto("/admin/associations/claim/")
    expect(reviewer.get_by_role("heading", level=1)).to_have_text("Review queue")
    look(reviewer)
    reviewer.get_by_role("link", name=number).click()
    expect(reviewer.get_by_role("main")).to_contain_text("Route Planner")
    look(reviewer)
    decide(reviewer, "Start review")
    expect(reviewer.get_by_role("main")).to_contain_text("Under review")
    decide(reviewer, "Validate")
    expect(reviewer.get_by_role("main")).to_contain_text("Validated")

    partner.get_by_role("link", name="Open the claim").click()
    expect(partner.get_by_role("main")).to_contain_text("Validated")
    look(partner)
