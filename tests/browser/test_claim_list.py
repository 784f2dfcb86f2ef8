"""The list as a partner works in it: filters, pills, orders, a saved view, many claims at once; by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, arrive, sign_in
from tests.browser.watching import assert_fits, examine
from tests.browser.wizard_pages import statement_of_work

pytestmark = pytest.mark.browser


def open_list(page: Page) -> None:
    sign_in(page, PARTNER)
    page.goto("/associations/")
    arrive(page, "Customer associations")


def test_the_list_is_filtered_sorted_and_saved(watched: Page):
    open_list(watched)

    watched.get_by_text("Filters and order").click()
    watched.get_by_label("Status", exact=True).select_option("Official")
    watched.get_by_role("button", name="Apply").press("Enter")
    expect(watched.get_by_role("link", name="Remove the filter Status: Official")).to_be_visible()
    watched.get_by_role("columnheader").get_by_role("link", name="Domain").press("Enter")
    expect(watched.get_by_role("columnheader", name="Domain")).to_have_attribute("aria-sort", "ascending")
    examine(watched)

    watched.get_by_role("link", name="Save this view").click()
    arrive(watched, "Save this view")
    watched.get_by_label("Name of the view").fill("Official by domain")
    watched.get_by_role("button", name="Save").press("Enter")
    arrive(watched, "Customer associations")
    watched.get_by_role("link", name="Remove the filter Status: Official").press("Enter")
    expect(watched.get_by_role("link", name="Remove the filter")).to_have_count(0)
    watched.get_by_role("link", name="Official by domain").click()
    expect(watched).to_have_url(re.compile(r"\?state=official&sort=domain$"))

    watched.get_by_role("link", name="Manage views").click()
    arrive(watched, "Saved views")
    watched.get_by_role("link", name="Delete Official by domain").click()
    watched.get_by_role("button", name="Delete").click()
    expect(watched.get_by_role("main")).to_contain_text("The view was deleted.")


def test_a_confirmation_says_what_would_end_and_can_be_left_without_any_script(visit: Visit):
    page = visit(java_script_enabled=False)
    open_list(page)
    page.goto("/associations/?status=approved")
    page.get_by_role("checkbox", name="Choose CPOR-").first.check()
    page.get_by_label("With selected claims").select_option("Disassociate customer")
    page.get_by_role("button", name="Continue").click()

    arrive(page, "Disassociate customer")
    expect(page.get_by_role("main")).to_contain_text("Its association ends, and its usage data closes at once.")
    page.get_by_role("link", name="Cancel").click()
    arrive(page, "Customer associations")


def test_the_same_file_is_added_to_all_claims_of_a_page_by_keyboard(watched: Page):
    open_list(watched)
    watched.goto("/associations/?status=draft")

    watched.get_by_role("button", name="Select all on this page").press("Enter")
    watched.get_by_label("With selected claims").select_option("Add a proof of execution")
    watched.get_by_role("button", name="Continue").press("Enter")
    arrive(watched, "Add a proof of execution")
    watched.get_by_label("Files").set_input_files(statement_of_work())
    examine(watched)
    watched.get_by_role("button", name="Add a proof of execution:").press("Enter")

    expect(watched.get_by_role("main")).to_contain_text("The files were added.")
    examine(watched)


def test_a_shared_view_opens_for_a_colleague(visit: Visit):
    page = visit()
    open_list(page)
    page.goto("/associations/?status=draft&sort=customer")
    page.get_by_role("link", name="Save this view").click()
    arrive(page, "Save this view")
    page.get_by_label("Name of the view").fill("Drafts of all of us")
    page.get_by_label("Share with colleagues").check()
    page.get_by_role("button", name="Save").press("Enter")
    arrive(page, "Customer associations")

    colleague = visit()
    sign_in(colleague, "user@contoso.example")
    colleague.goto("/associations/")
    colleague.get_by_role("link", name="Drafts of all of us").click()

    expect(colleague).to_have_url(re.compile(r"\?status=draft&sort=customer$"))
    expect(colleague.get_by_role("link", name="Remove the filter Status: Draft")).to_be_visible()
    colleague.goto("/associations/views/")
    arrive(colleague, "Saved views")
    expect(colleague.get_by_role("link", name="Delete Drafts of all of us")).to_have_count(0)


def test_an_existing_association_gets_a_proof_and_is_renewed_in_two_clicks(watched: Page):
    open_list(watched)
    watched.get_by_role("link", name="Existing associations").first.click()
    arrive(watched, "Existing associations")
    examine(watched)
    watched.get_by_role("link", name="Litware Dynamics 365 Business Central", exact=True).click()
    arrive(watched, "Dynamics 365 Business Central")
    watched.get_by_label("Files").set_input_files(statement_of_work())
    watched.get_by_role("button", name="Upload").press("Enter")
    expect(watched.get_by_role("main")).to_contain_text("1 file was added.")
    examine(watched)

    watched.goto("/associations/existing/")
    watched.get_by_role("link", name="Renew Litware").click()
    arrive(watched, "Renew")
    watched.get_by_label("MPN ID").select_option(label="4847383 Contoso Consulting Roma")
    watched.get_by_role("button", name="Renew").press("Enter")

    arrive(watched, "Products")
    expect(watched.get_by_role("checkbox", name="Dynamics 365 Business Central")).to_be_checked()


def test_the_list_fits_a_phone(visit: Visit):
    page = visit(viewport={"width": 390, "height": 844})
    open_list(page)

    page.get_by_text("Filters and order").click()
    assert_fits(page)
    page.get_by_label("Order").select_option("Customer, ascending")
    page.get_by_role("button", name="Apply").click()
    arrive(page, "Customer associations")
    assert_fits(page)
