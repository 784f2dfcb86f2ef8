"""The wizard's pages from **+ Customer association** to **Submit claim**, each as a person fills it."""

import io
import re
from collections.abc import Mapping

from docx import Document
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.people import Contact, arrive

MILAN = "1234567 · Contoso Consulting Milano · Systems integrator · Italy · Enrolled"
ZURICH = "6363276 · Contoso Consulting Zürich · Advisor · Switzerland · Enrolled"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def start(page: Page) -> None:
    """Go to the list and begin a claim."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Customer associations").click()
    arrive(page, "Customer associations")
    page.get_by_role("main").get_by_role("link", name="Customer association", exact=True).click()


def associate_a_customer(page: Page, *, location: str, domain_name: str) -> None:
    arrive(page, "Associate a customer")
    page.get_by_role("combobox", name="MPN ID").select_option(label=location)
    page.get_by_role("textbox", name="Customer domain name").fill(domain_name)
    page.keyboard.press("Enter")


def choose_work(page: Page, *, area: str, activity: str = "", selected: tuple[str, ...] = ()) -> None:
    arrive(page, "Solution area and activity")
    page.get_by_role("radio", name=area).check()
    if activity:
        page.get_by_role("radio", name=activity).check()
    for checkbox in selected:
        page.get_by_role("checkbox", name=checkbox).check()
    go_on(page)


def create_claim(page: Page, *, answers: Mapping[str, str]) -> None:
    arrive(page, "Associate customer")
    for label, answer in answers.items():
        page.get_by_role("textbox", name=label).fill(answer)
    page.get_by_role("button", name="Create claim").click()


def choose_products(page: Page, *names: str) -> None:
    arrive(page, "Products")
    for name in names:
        checkbox_of(page, name).check()
    go_on(page)


def checkbox_of(page: Page, product: str) -> Locator:
    return page.get_by_role("checkbox", name=product, exact=True)


def name_contacts(
    page: Page, *, customer: Contact, technical: Contact | None = None, language: str = "English"
) -> None:
    arrive(page, "Contacts")
    introduce(page, "Customer contact", customer)
    page.get_by_role("combobox", name="Language").select_option(label=language)
    if technical:
        introduce(page, "Technical contact", technical)
    go_on(page)


def introduce(page: Page, group: str, contact: Contact) -> None:
    fields = page.get_by_role("group", name=group)
    fields.get_by_role("textbox", name="Name").fill(contact.name)
    fields.get_by_role("textbox", name="Job title").fill(contact.title)
    fields.get_by_role("textbox", name="Email").fill(contact.email)


def add_proof(page: Page, *files: FilePayload) -> None:
    arrive(page, "Proof of execution (PoE)")
    page.get_by_label("Files", exact=True).set_input_files(list(files))
    if not page.locator("html.js").count():
        page.get_by_role("button", name="Upload").click()
    for file in files:
        expect(page.get_by_role("link", name=file["name"]).first).to_be_visible()
    arrive(page, "Proof of execution (PoE)")
    go_on(page)


def skip_comments(page: Page) -> None:
    arrive(page, "Comments")
    go_on(page)


def check_and_submit(page: Page) -> str:
    """Select the acknowledgements and submit; return the claim's number."""
    arrive(page, "Check your answers")
    for checkbox in page.get_by_role("checkbox").all():
        checkbox.check()
    page.get_by_role("button", name="Submit claim").click()
    arrive(page, "Claim submitted")
    number = page.get_by_text(re.compile(r"^CPOR-\d{7}$")).text_content()
    assert number
    return number


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def statement_of_work(name: str = "statement-of-work.docx") -> FilePayload:
    """A Word document as a word processor writes it."""
    document = Document()
    document.add_heading("Statement of work", level=1)
    document.add_paragraph("Deployment, training and follow-up. Signed by both parties.")
    file = io.BytesIO()
    document.save(file)
    return {"name": name, "mimeType": DOCX, "buffer": file.getvalue()}
