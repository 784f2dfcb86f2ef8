"""Every address and form is fed what breaks out of a query, a path, a page or a template: nothing of it works."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from lxml import html
from pytest_django import Settings

from tests.access.world import World, read_to_the_end, stored
from tests.attacks.test_requests import everywhere

pytestmark = [
    pytest.mark.sitewide,
    pytest.mark.django_db,
    pytest.mark.timeout(300),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes every text, and any number as a text"),
]

HOSTILE = (
    "'\"><i x=1>{{7*7}}<script>pwn()</script>' OR '1'='1' --%s%n\u202e\r\nX-Injected: 1",
    "null\x00byte",
    "9" * 40,
    "../../../../etc/passwd",
)
OBEYED = re.compile(r"<i x=1>|<script>pwn|>49<|root:x:0")
# What lists read beside the fields of their forms.
PARAMETERS = ("page", "sort", "q", "o", "p", "e", "after", "before", "status", "partner", "next", "month", "from")
FILLED = {"text", "search", "email", "url", "tel", "number", "date", "hidden", "password", "month"}


@pytest.fixture
def world(settings: Settings, tmp_path: Path, told_world: World) -> World:
    settings.MAILBOX_DIR = tmp_path
    settings.CPOR_LIMITS = dict.fromkeys(settings.CPOR_LIMITS, (100_000, 600))
    settings.ACCOUNT_RATE_LIMITS = False
    return told_world


def went_wrong(response: Any) -> str:
    """Return what an answer did that it must not; empty when nothing."""
    if response.status_code >= 500:
        return f"answered {response.status_code}"
    if [name for name in response.headers if name == "X-Injected"]:
        return "took a header"
    if response.streaming:
        read_to_the_end(response)
        return ""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    found = OBEYED.search(response.content.decode()) if is_page else None
    return f"obeyed {found.group()}" if found else ""


def forms_of(browser: Client, address: str) -> Iterator[Any]:
    """Yield the forms that the page at *address* shows."""
    response = browser.get(address, follow=True)
    if response.streaming:
        read_to_the_end(response)
    elif response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html"):
        yield from html.fromstring(response.content, base_url=address).forms


# The first two end the visit, the third is 503 as long as no worker runs.
NOT_ASKED = {"/accounts/logout/", "/admin/logout/", "/readyz"}


def places(world: World) -> Iterator[tuple[Client, str, str]]:
    """Yield every address with the browsers of those whose it is, and whose they are."""
    for person in ("incentives admin", "reviewer", "platform admin"):
        browser = world.client(person)
        browser.raise_request_exception = False
        for address in sorted(everywhere(world) - NOT_ASKED):
            if address.startswith("/admin/") == (person != "incentives admin"):
                yield browser, person, address


def test_no_address_obeys_what_its_parameters_say(world: World):
    before, wrong, names = stored(), {}, set()

    for browser, person, address in places(world):
        fields = {name for form in forms_of(browser, address) if form.method == "GET" for name in form.fields if name}
        names |= fields
        for text in HOSTILE[:3]:
            found = went_wrong(browser.get(address, dict.fromkeys(fields | set(PARAMETERS), text)))
            if found:
                wrong[f"{person} {address} {text[:12]!r}"] = found

    assert wrong == {}
    assert {"state", "q", "sort"} <= names
    assert stored() == before


def filled_in(form: Any, text: str) -> dict[str, Any]:
    """Return what a form sends when every field that somebody may type in, or forge, holds *text*."""
    sent: dict[str, Any] = {}
    for field in form.inputs:
        kind = field.get("type", "text" if field.tag == "input" else field.tag)
        if not field.name or kind in ("submit", "button", "image", "reset"):
            continue
        if kind == "file":
            sent[field.name] = SimpleUploadedFile(text[:80] + ".pdf", text.encode("utf-8", "replace"))
        elif kind in FILLED or kind in ("textarea", "select", "radio", "checkbox"):
            sent[field.name] = text
    return sent


def test_no_form_obeys_what_is_typed_into_it(world: World):
    customer = Client(raise_request_exception=False)
    customer.get(world.decision_link)
    asked = [
        *places(world),
        *((customer, "customer", reverse(name)) for name in ("customer_decision", "account_login")),
    ]
    tried, wrong = set(), {}

    for browser, person, address in asked:
        for form in forms_of(browser, address):
            place = urlsplit(urljoin(address, form.action or ""))
            step = (person, place.path, *sorted(name for name in form.fields if name))
            if place.netloc or place.path in NOT_ASKED or form.method != "POST" or step in tried:
                continue
            tried.add(step)
            for text in HOSTILE:
                found = went_wrong(browser.post(place.path, filled_in(form, text)))
                if found:
                    wrong[f"{person} {place.path} {text[:12]!r}"] = found

    assert wrong == {}
    assert len(tried) > 60


@pytest.mark.parametrize(
    "path",
    [
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/..%2fcpor_portal/settings.py",
        "/static//etc/passwd",
        "/mailbox/..%2f..%2fmanage.py/",
        "/mailbox/%2e%2e%2fportal.sqlite3/",
        "/media/../manage.py",
        "/calendar/..%2f..%2fmanage.py.ics",
    ],
)
def test_no_path_leads_out_of_its_folder(world: World, path: str):
    browser = world.client("platform admin")

    response = browser.get(path, follow=True)

    read_to_the_end(response)
    assert response.status_code in (400, 404)
