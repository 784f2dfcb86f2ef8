"""The list as a partner works in it: density, filters, orders, a saved view, many claims at once; by keyboard."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, arrive, sign_in
from tests.browser.watching import PHONE, assert_fits, examine, look
from tests.browser.wizard_pages import statement_of_work

pytestmark = pytest.mark.browser

# Sees what the incentives admin sees, and no other test expects it to speak English.
COLLEAGUE = "user@contoso.example"
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
LEAST_ON_A_LAPTOP, LEAST_ON_A_PHONE = 10, 5
MOST_TABS = 4
WHOLE_ROWS = """rows => rows
    .map(row => row.getBoundingClientRect())
    .filter(({ top, bottom, height }) => height > 0 && top >= 0 && bottom <= innerHeight)
    .length"""


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
    watched.get_by_role("columnheader").get_by_role("link", name="Customer").press("Enter")
    expect(watched.get_by_role("columnheader", name="Customer")).to_have_attribute("aria-sort", "ascending")
    examine(watched)

    watched.get_by_text("Saved views").click()
    watched.get_by_role("link", name="Save this view").click()
    arrive(watched, "Save this view")
    watched.get_by_label("Name of the view").fill("Official by customer")
    watched.get_by_role("button", name="Save").press("Enter")
    arrive(watched, "Customer associations")
    watched.get_by_role("link", name="Remove the filter Status: Official").press("Enter")
    expect(watched.get_by_role("link", name="Remove the filter")).to_have_count(0)
    watched.get_by_text("Saved views").click()
    watched.get_by_role("link", name="Official by customer").click()
    expect(watched).to_have_url(re.compile(r"\?state=official&sort=customer$"))

    watched.get_by_text("Saved views").click()
    watched.get_by_role("link", name="Manage views").click()
    arrive(watched, "Saved views")
    watched.get_by_role("link", name="Delete Official by customer").click()
    watched.get_by_role("button", name="Delete").click()
    expect(watched.get_by_role("main")).to_contain_text("The view was deleted.")


def test_a_confirmation_says_what_would_end_and_can_be_left_without_any_script(visit: Visit):
    page = visit(java_script_enabled=False)
    open_list(page)
    page.goto("/associations/?status=approved")
    page.get_by_role("checkbox", name="Choose CPOR-").first.check()
    page.get_by_role("button", name="Disassociate customer").click()

    arrive(page, "Disassociate customer")
    expect(page.get_by_role("main")).to_contain_text("Its association ends, and its usage data closes at once.")
    page.get_by_role("link", name="Cancel").click()
    arrive(page, "Customer associations")


def test_the_same_file_is_added_to_all_claims_of_a_page_by_keyboard(watched: Page):
    open_list(watched)
    watched.goto("/associations/?status=draft")

    watched.get_by_role("checkbox", name="Select all on this page").press("Space")
    watched.get_by_role("button", name="Add a proof of execution").press("Enter")
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
    page.get_by_text("Saved views").click()
    page.get_by_role("link", name="Save this view").click()
    arrive(page, "Save this view")
    page.get_by_label("Name of the view").fill("Drafts of all of us")
    page.get_by_label("Share with colleagues").check()
    page.get_by_role("button", name="Save").press("Enter")
    arrive(page, "Customer associations")

    colleague = visit()
    sign_in(colleague, "user@contoso.example")
    colleague.goto("/associations/")
    colleague.get_by_text("Saved views").click()
    colleague.get_by_role("link", name="Drafts of all of us").click()

    expect(colleague).to_have_url(re.compile(r"\?status=draft&sort=customer$"))
    expect(colleague.get_by_role("link", name="Remove the filter Status: Draft")).to_be_visible()
    colleague.goto("/associations/views/")
    arrive(colleague, "Saved views")
    expect(colleague.get_by_role("link", name="Delete Drafts of all of us")).to_have_count(0)


def test_an_existing_association_gets_a_proof_and_is_renewed_in_two_clicks(watched: Page):
    open_list(watched)
    watched.get_by_role("link", name="Existing associations").first.click()
    arrive(watched, "Customer associations")
    expect(watched.get_by_role("link", name="Existing associations").first).to_have_attribute("aria-current", "page")
    examine(watched)
    watched.get_by_role("link", name="Dynamics 365 Business Central", exact=True).click()
    arrive(watched, "Dynamics 365 Business Central")
    watched.get_by_label("Files").set_input_files(statement_of_work())
    watched.get_by_role("button", name="Upload").press("Enter")
    expect(watched.get_by_role("main")).to_contain_text("1 file was added.")
    examine(watched)

    watched.goto("/associations/?tab=existing")
    watched.set_viewport_size(PHONE)
    watched.get_by_role("link", name="Renew Dynamics 365 Business Central").click()
    arrive(watched, "Renew")
    watched.get_by_label("MPN ID").select_option(label="4847383 Contoso Consulting Roma")
    watched.get_by_role("button", name="Renew").press("Enter")

    arrive(watched, "Products")
    expect(watched.get_by_role("checkbox", name="Dynamics 365 Business Central")).to_be_checked()


def test_the_list_fits_a_phone(visit: Visit):
    page = visit(viewport={"width": 390, "height": 844})
    open_list(page)

    page.get_by_role("button", name="Search, filter and export").click()
    page.get_by_text("Filters and order").click()
    assert_fits(page)
    page.get_by_label("Order").select_option("Customer, ascending")
    page.get_by_role("button", name="Apply").click()
    arrive(page, "Customer associations")
    assert_fits(page)


def claims_on_the_first_screen(page: Page, window: ViewportSize) -> int:
    """Return how many rows of the list stand whole in a window of that size, not scrolled."""
    page.set_viewport_size(window)
    page.goto("/associations/")
    return int(page.locator("#claims > tr").evaluate_all(WHOLE_ROWS))


def test_ten_claims_stand_on_a_laptop_and_five_on_a_phone_in_both_languages(visit: Visit):
    page = visit(viewport=LAPTOP)
    sign_in(page, COLLEAGUE)
    for language in ("Italiano", "English"):
        page.set_viewport_size(LAPTOP)
        page.get_by_role("button", name=language).click()
        expect(page.locator("html")).to_have_attribute("lang", language[:2].lower())

        assert claims_on_the_first_screen(page, LAPTOP) >= LEAST_ON_A_LAPTOP
        examine(page)
        assert claims_on_the_first_screen(page, PHONE) >= LEAST_ON_A_PHONE


def test_few_keys_lead_to_the_first_claim(watched: Page):
    sign_in(watched, PARTNER)
    watched.goto("/associations/")
    first = watched.get_by_role("rowheader").get_by_role("link").first

    watched.keyboard.press("Tab")
    watched.keyboard.press("Tab")
    expect(watched.get_by_role("link", name="Skip to the list")).to_be_focused()
    watched.keyboard.press("Enter")
    pressed = 0
    while pressed < MOST_TABS and not first.evaluate("link => link === document.activeElement"):
        watched.keyboard.press("Tab")
        pressed += 1

    expect(first).to_be_focused()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_what_to_do_with_claims_appears_when_one_is_selected(visit: Visit, has_scripts: bool):
    page = visit(java_script_enabled=has_scripts)
    sign_in(page, PARTNER)
    page.goto("/associations/")
    box = page.get_by_role("checkbox", name="Choose CPOR-").first
    actions = page.get_by_role("form", name="With selected claims").get_by_role("button")
    expect(actions).to_have_count(0)

    box.check()

    expect(actions).to_have_text(["Add a proof of execution", "Renew", "Disassociate customer"])
    box.uncheck()
    expect(actions).to_have_count(0)


def test_a_phone_folds_navigation_search_and_columns_and_unfolds_them(visit: Visit):
    page = visit(viewport=PHONE)
    sign_in(page, PARTNER)
    page.goto("/associations/")
    menu, search = (
        page.get_by_role("button", name="Menu"),
        page.get_by_role("button", name="Search, filter and export"),
    )
    expect(page.get_by_role("link", name="Usage data")).to_be_hidden()
    expect(page.get_by_role("searchbox")).to_be_hidden()

    menu.click()
    expect(page.get_by_role("link", name="Usage data")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("link", name="Usage data")).to_be_hidden()

    location = page.get_by_role("row").nth(1).get_by_text("Contoso Consulting")
    expect(location).to_be_hidden()
    page.locator("summary", has_text="More").first.click()
    expect(location).to_be_visible()
    look(page)

    search.click()
    page.get_by_role("searchbox").fill("Proseware mail")
    look(page)
    page.get_by_role("search").get_by_role("button", name="Search").click()
    arrive(page, "Customer associations")
    expect(page).to_have_url(re.compile(r"q=Proseware\+mail"))
