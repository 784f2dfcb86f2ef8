"""A sheet goes through the portal: its progress shows by itself, and without scripts by Refresh."""

import re
import time

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Visit
from tests.browser.people import PARTNER, SECONDS_OF_PATIENCE, arrive, sign_in
from tests.browser.watching import examine

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]

TITLE = "Re-association of Microsoft 365 customers"
HEAD = (
    "MPN ID;Customer domain name;Workloads;Customer contact: name;Customer contact: job title;"
    "Customer contact: email;Customer contact: language\n"
)


def upload(page: Page, *, workload: str) -> None:
    """Choose a sheet with a good and a bad row, and press the button."""
    page.goto("/jobs/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    rows = [
        f"1234567;proseware.example;{workload};Nicolò Costa;Direttore;piero.costa@proseware.example;it",
        "1234567;nowhere.example;EXO;Piero Costa;Direttore;piero.costa@proseware.example;it",
    ]
    sheet = FilePayload(name="customers.csv", mimeType="text/csv", buffer=(HEAD + "\n".join(rows)).encode("cp1252"))
    page.get_by_label("Sheet", exact=True).set_input_files([sheet])
    page.get_by_role("button", name="Check the sheet").click()


def test_an_import_shows_its_progress_and_its_rows(watched: Page):
    sign_in(watched, PARTNER)
    watched.goto("/jobs/")
    examine(watched)

    upload(watched, workload="AIP")
    arrive(watched, re.compile(TITLE))
    expect(watched.get_by_role("button", name="Make the drafts")).to_be_visible(timeout=30_000)
    expect(watched.get_by_role("radio", name="Western European (Windows): Nicolò")).to_be_checked()
    watched.get_by_role("button", name="Read the sheet this way").click()
    expect(watched.get_by_role("button", name="Make the drafts")).to_be_visible(timeout=30_000)
    expect(watched.get_by_role("main")).to_contain_text("No organization is known for this domain name.")
    examine(watched)

    watched.get_by_role("button", name="Make the drafts").click()
    expect(watched.get_by_role("link", name="Submit all valid")).to_be_visible(timeout=30_000)
    expect(watched.get_by_role("table")).to_contain_text("CPOR-")
    watched.get_by_role("link", name="Submit all valid").click()
    arrive(watched, "Submit all valid")
    watched.get_by_role("button", name="Submit all valid").click()
    expect(watched.get_by_role("alert")).to_be_visible()
    examine(watched)


def test_an_import_is_followed_without_any_script(visit: Visit):
    page = visit(java_script_enabled=False)
    sign_in(page, PARTNER)

    upload(page, workload="Paint")
    result = page.get_by_role("main").get_by_text("With errors: 2")
    patience_ends = time.monotonic() + SECONDS_OF_PATIENCE
    while not result.is_visible() and time.monotonic() < patience_ends:
        page.get_by_role("link", name="Refresh").or_(page.get_by_role("link", name="All")).first.click()

    expect(page.get_by_role("main")).to_contain_text("Paint: This item can't be claimed.")
