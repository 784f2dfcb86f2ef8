"""A browser sends an address as it was typed: an input of type email writes to another domain by itself."""

import pytest
from django.forms import Form
from playwright.sync_api import Page

from accounts.text.form_fields import AddressField
from tests.browser.conftest import browser_type_launch_args  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


class Asked(Form):
    email = AddressField()


@pytest.mark.parametrize("typed", ["juergen@faß-giesserei.example", "ada@βόλος.example", "ada@نامه\u200cای.example"])
def test_an_address_leaves_the_browser_as_it_was_typed(page: Page, typed: str):
    page.set_content(f"<form>{Asked()}</form>")

    page.get_by_label("Email").fill(typed)

    sent = page.evaluate("new FormData(document.forms[0]).get('email')")
    form = Asked({"email": sent})
    assert sent == typed
    assert form.is_valid()
