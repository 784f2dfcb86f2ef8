"""The wizard by plain forms and links, with scripts switched off."""

import pytest
from playwright.sync_api import expect

from tests.browser import wizard_pages
from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, Contact, arrive, sign_in

pytestmark = pytest.mark.browser

CUSTOMER = Contact("Piero Costa", "Direttore", "piero.costa@proseware.example")


def test_a_claim_is_filed_and_a_file_removed_without_any_script(visit: Visit):
    page = visit(java_script_enabled=False)

    sign_in(page, PARTNER)
    wizard_pages.start(page)
    wizard_pages.associate_a_customer(page, location=wizard_pages.MILAN, domain_name="proseware.example")
    wizard_pages.choose_work(page, area="Microsoft 365")
    wizard_pages.create_claim(page, answers={"Claim name": "Proseware files"})
    wizard_pages.choose_products(page, "SharePoint Online")
    wizard_pages.name_contacts(page, customer=CUSTOMER, language="Italian")

    arrive(page, "Proof of execution (PoE)")
    wrong = wizard_pages.statement_of_work("price-list.docx")
    page.get_by_label("Files", exact=True).set_input_files([wrong])
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Remove price-list.docx").click()
    expect(page.get_by_role("main")).to_contain_text("price-list.docx was removed.")
    expect(page.get_by_role("link", name="price-list.docx")).to_have_count(0)
    wizard_pages.add_proof(page, wizard_pages.statement_of_work())

    wizard_pages.skip_comments(page)
    number = wizard_pages.check_and_submit(page)
    page.get_by_role("link", name="Open the claim").click()
    expect(page.get_by_role("main")).to_contain_text(number)
    expect(page.get_by_role("main")).to_contain_text("Submitted")
