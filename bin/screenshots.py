"""Takes the pictures of the README from a running portal with the demo world, into docs/screenshots.

make run, and beside it: PORTAL_URL=http://127.0.0.1:8000 .venv/bin/python bin/screenshots.py
"""

import os
import re
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
ACCOUNT, PASSWORD = "admin@contoso.example", "cpor-demo"
CLAIM_NAME = "Proseware mail"


def main() -> None:
    """Take every picture, in the light scheme, 1280 px wide."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(
            base_url=os.environ.get("PORTAL_URL", "http://127.0.0.1:8000"),
            viewport={"width": 1280, "height": 800},
            color_scheme="light",
            locale="en-GB",
        )
        sign_in(page)
        take_wizard(page)
        take_claim(page)
        browser.close()


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("textbox", name="Email").fill(ACCOUNT)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("navigation", name="Main").wait_for()


def take_wizard(page: Page) -> None:
    """The first step, filled in."""
    page.goto("/associations/new/")
    page.get_by_role("combobox", name="MPN ID").select_option("1234567")
    page.get_by_role("textbox", name="Customer domain name").fill("alpineskihouse.example")
    page.screenshot(path=FOLDER / "wizard.png")


def take_claim(page: Page) -> None:
    """A validated claim whose customer can still opt out, down to its comments."""
    page.goto("/associations/")
    page.get_by_role("row", name=re.compile(CLAIM_NAME)).get_by_role("link").first.click()
    comments = page.get_by_role("heading", name="Comments").bounding_box()
    height = comments["y"] - 32 if comments else 1500
    page.screenshot(path=FOLDER / "claim.png", full_page=True, clip={"x": 0, "y": 0, "width": 1280, "height": height})


if __name__ == "__main__":
    main()
