"""A Microsoft 365 claim from sign-in to the customer's opt-out, every page seen by axe."""

import re
import time
from datetime import datetime

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.associations.proof_reading.papers import Sheet, pdf_of
from tests.browser import wizard_pages
from tests.browser.conftest import Visit
from tests.browser.people import (
    PARTNER,
    REVIEWER,
    SECONDS_UNTIL_MAIL,
    Contact,
    arrive,
    follow_the_button,
    mail_arrived_at,
    open_mail,
    reload_until,
    sign_in,
)
from tests.browser.watching import look

pytestmark = pytest.mark.browser

CUSTOMER = Contact("Ettore Sala", "Responsabile IT", "ettore.sala@alpineskihouse.example")
REQUEST = re.compile("Contoso Consulting asks to be your partner for Exchange Online")
LONG_DAY = re.compile(r"until the end of (\w+ \d+ \w+ \d{4}) \((\w+)\)")


def file_claim(page: Page) -> str:
    sign_in(page, PARTNER)
    wizard_pages.start(page)
    wizard_pages.associate_a_customer(
        page, location=wizard_pages.MILAN, domain_name="https://AlpineSkiHouse.example/it"
    )
    wizard_pages.choose_work(page, area="Microsoft 365")
    wizard_pages.create_claim(page, answers={"Claim name": "Alpine collaboration"})
    wizard_pages.choose_products(page, "Exchange Online", "Microsoft Teams")
    wizard_pages.name_contacts(page, customer=CUSTOMER)
    wizard_pages.add_proof(page, wizard_pages.statement_of_work())
    wizard_pages.skip_comments(page)
    return wizard_pages.check_and_submit(page)


def long_day(page: Page) -> tuple[str, str]:
    """Return the last day to respond, and its zone, as the first sentence of the page that names them."""
    day, zone = LONG_DAY.findall(" ".join(page.get_by_role("main").inner_text().split()))[0]
    return day, zone


def short_form(day: str, zone: str) -> str:
    """Return the day of a mail as the partner's pages print it."""
    weekday, number, month, year = day.split()
    return f"{weekday[:3]} {number} {month[:3]} {year}, end of day ({zone})"


def opt_out(page: Page) -> None:
    page.get_by_role("radio", name="Opt out").check()
    page.get_by_role("textbox", name="Your full name").fill("Ettore Sala")
    page.get_by_role("combobox", name="Reason for the opt-out").select_option("We don't work with this partner")
    page.get_by_role("button", name="Continue").click()
    arrive(page, "Check your answer")
    page.get_by_role("button", name="Opt out of the association").click()
    arrive(page, "Your answer is recorded")


def test_a_claim_is_filed_its_notice_arrives_and_the_customer_opts_out(visit: Visit):
    partner, customer = visit(), visit()

    number = file_claim(partner)
    filed_at = time.time()
    open_mail(customer, to=CUSTOMER.email, subject=REQUEST)

    assert mail_arrived_at(customer) - filed_at <= SECONDS_UNTIL_MAIL
    day, zone = long_day(customer)
    promised = short_form(day, zone)
    assert datetime.strptime(day, "%A %d %B %Y").weekday() < 5

    expect(partner.get_by_role("main")).to_contain_text(promised)
    partner.get_by_role("link", name="Open the claim").click()
    expect(partner.get_by_role("main")).to_contain_text(number)
    reload_until(partner, f"The customer can opt out until {promised}")
    partner.get_by_role("link", name="Customer associations").first.click()
    expect(partner.get_by_role("row", name=number)).to_contain_text(promised)

    follow_the_button(customer)
    arrive(customer, "Contoso Consulting asks to be associated with alpineskihouse.example")
    assert long_day(customer) == (day, zone)
    opt_out(customer)
    expect(customer.get_by_role("main")).to_contain_text(number)

    partner.get_by_role("link", name=number).click()
    expect(partner.get_by_role("main")).to_contain_text("Rejected")
    expect(partner.get_by_role("main")).to_contain_text("We don't work with this partner")
    look(partner)


def test_an_address_elsewhere_says_what_a_hold_means_and_asks_for_the_reason(watched: Page):
    sign_in(watched, PARTNER)
    wizard_pages.start(watched)
    wizard_pages.associate_a_customer(watched, location=wizard_pages.MILAN, domain_name="northwindtraders.example")
    wizard_pages.choose_work(watched, area="Microsoft 365")
    wizard_pages.create_claim(watched, answers={})
    wizard_pages.choose_products(watched, "SharePoint Online")
    arrive(watched, "Contacts")
    email = watched.get_by_role("textbox", name="Email").first
    reason = watched.get_by_label("Why is the email not at the customer's domain?")
    said = watched.locator("[data-contact-text]")
    asked: list[str] = []
    watched.on("request", lambda request: asked.append(request.url) if "/contacts/domain/" in request.url else None)

    email.fill("carla@elsewhere.example")
    expect(said).to_contain_text("until a Microsoft reviewer confirms the contact")
    expect(reason).to_be_visible()
    email.fill("carla@northwindtraders.onmicrosoft.com")
    expect(said).to_have_text("This address is at a domain name of the customer.")
    expect(reason).to_be_hidden()

    assert asked
    assert not any("carla" in url for url in asked)


def test_a_partner_sees_what_its_file_shows_and_a_reviewer_walks_through_it_by_keys(visit: Visit):
    paper = Sheet().lines("Partner: Contoso Consulting", "We deployed Microsoft Intune to 1,200 people in March 2026.")
    partner, reviewer = visit(), visit()
    sign_in(partner, PARTNER)
    wizard_pages.start(partner)
    wizard_pages.associate_a_customer(partner, location=wizard_pages.MILAN, domain_name="litware.example")
    wizard_pages.choose_work(partner, area="Microsoft 365")
    wizard_pages.create_claim(partner, answers={"Claim name": "Litware devices"})
    wizard_pages.choose_products(partner, "Microsoft Intune")
    wizard_pages.name_contacts(partner, customer=Contact("Lia Conti", "IT manager", "lia.conti@litware.example"))
    arrive(partner, "Proof of execution (PoE)")
    file: FilePayload = {"name": "sow.pdf", "mimeType": "application/pdf", "buffer": pdf_of(paper)}
    partner.get_by_label("Files", exact=True).set_input_files([file])

    findings = partner.get_by_role("region", name="Found in the files")
    product = findings.get_by_role("listitem").filter(has_text="Every product, by name").first
    expect(product).to_contain_text("Found", timeout=30_000)
    expect(product).to_contain_text("sow.pdf, page 1")
    partner.get_by_role("textbox", name="Where is it? The customer's signature and its date").fill("page 4")
    partner.get_by_role("button", name="Save places").click()
    arrive(partner, "Proof of execution (PoE)")
    wizard_pages.go_on(partner)
    wizard_pages.skip_comments(partner)
    number = wizard_pages.check_and_submit(partner)

    sign_in(reviewer, REVIEWER)
    reviewer.goto(f"/admin/associations/claim/?q={number}")
    # The claim's own page shows the file in the viewer of the browser, which is a page of its own origin.
    claim = reviewer.get_by_role("row", name=number).get_by_role("link").first.get_attribute("href") or ""
    reviewer.goto(claim.partition("change/")[0] + "findings/")
    expect(reviewer.get_by_text("The partner says where it is: page 4")).to_be_visible()
    frame = reviewer.frame_locator("iframe[name=proof-text]")
    first = frame.locator("#mark").get_attribute("y")
    expect(reviewer.locator("a[target=proof-text]").first).to_be_focused()
    reviewer.keyboard.press("ArrowDown")
    expect(frame.locator(f'#mark:not([y="{first}"])')).to_be_visible()
    assert frame.locator(".cpor-page img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    look(reviewer)
