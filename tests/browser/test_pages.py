"""Every page that a demo account can reach by links: both colour schemes, a phone, and the narrowest window."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, ResolverMatch, resolve
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Portal, Visit
from tests.browser.people import PARTNER, REVIEWER, arrive, follow_the_button, open_mail, sign_in
from tests.browser.watching import examine, look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OWN_LINKS = "links => links.filter(link => link.origin === location.origin).map(link => link.href)"
# Files, and the email that a page shows in a frame: no script runs there, not even axe.
NO_PAGES = {
    "claim_dates",
    "claim_history_csv",
    "claim_template",
    "export_csv",
    "export_xlsx",
    "import_template",
    "job_file",
    "job_rows_csv",
    "migrated_proof",
    "notice_email",
    "proof_download",
    "usage_csv",
}
# Django draws these of every table from the same template.
ALIKE_IN_ALL_TABLES = re.compile(r"admin:\w+_(delete|history)")
# The form of a new row is that of an old one.
FORMS = re.compile(r"^(admin:\w+)_(add|change)$")
IDENTIFIERS = {"public_id", "proof_id", "object_id", "claim_id", "association_id", "id", "name", "token"}


def kind_of(address: str, *, apart: frozenset[str]) -> tuple[object, ...]:
    """Return what makes a page another kind of page than those seen before; empty for what is no page of ours."""
    try:
        match: ResolverMatch = resolve(urlsplit(address).path)
    except Resolver404:
        return ()
    if match.url_name in NO_PAGES or not match.url_name:
        return ()
    words = sorted((key, value) for key, value in match.kwargs.items() if key not in IDENTIFIERS)
    name = FORMS.sub(r"\1_form", ALIKE_IN_ALL_TABLES.sub(r"admin:\1", match.view_name))
    return (name, *words, address if match.url_name in apart else "")


def pages_from(
    page: Page, start: str, *, seen: set[tuple[object, ...]], apart: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Open every kind of page linked from *start* that nobody has *seen*; of kinds in *apart*, every page."""
    waiting = [start]
    while waiting:
        page.goto(waiting.pop(0))
        yield page.url
        if "mailbox_message" in kind_of(page.url, apart=apart):
            continue  # the links in a mail are its reader's
        for address in page.locator("a[href]").evaluate_all(OWN_LINKS):
            kind = kind_of(address, apart=apart)
            if kind and kind not in seen:
                seen.add(kind)
                waiting.append(address.partition("#")[0])


PARTNERS = (PARTNER, "global@contoso.example", "user@contoso.example", "admin@fabrikam.example")
MICROSOFT = (REVIEWER, "root@microsoft.example")


@pytest.mark.parametrize(
    ("start", "accounts", "at_least"), [("/", PARTNERS, 60), ("/admin/", MICROSOFT, 30)], ids=["partners", "microsoft"]
)
def test_every_page_is_accessible_and_fits(visit: Visit, start: str, accounts: tuple[str, ...], at_least: int):
    """The first account opens every claim and every kind of page, the others what nobody before them has seen."""
    seen: set[tuple[object, ...]] = set()
    opened = []
    for account in accounts:
        page = visit()
        sign_in(page, account)
        apart = frozenset({"claim_detail"}) if account == PARTNER else frozenset[str]()
        for address in pages_from(page, start, seen=seen, apart=apart):
            examine(page)
            opened.append(resolve(urlsplit(address).path).url_name)
        page.context.close()

    assert len(opened) >= at_least
    assert opened.count("claim_detail") >= 11 or PARTNER not in accounts


@pytest.mark.parametrize(
    "start", ["/accounts/login/", "/customers/", "/verify/", "/when-official/", "/mailbox/", "/styleguide/"]
)
def test_every_public_page_is_accessible_and_fits(watched: Page, start: str):
    for _address in pages_from(watched, start, seen=set()):
        examine(watched)


@pytest.mark.parametrize("start", ["/accounts/login/", "/customers/"])
def test_language_and_theme_stand_at_the_right_of_a_wide_public_page(watched: Page, start: str):
    watched.set_viewport_size({"width": 1280, "height": 800})
    watched.goto(start)

    tools = watched.locator(".cpor-site-header .cpor-site-tools").bounding_box()

    assert tools
    assert tools["x"] + tools["width"] > 1250
    assert tools["x"] > 900


def test_the_customers_pages_are_accessible_and_fit(watched: Page):
    open_mail(watched, to="elena.colombo@alpineskihouse.example", subject=re.compile("chiede di essere il partner"))
    follow_the_button(watched, "Approva o rifiuta")
    examine(watched)
    watched.get_by_role("button", name="Continue").click()
    expect(watched.get_by_role("alert")).to_be_visible()
    examine(watched)
    watched.get_by_role("radio", name="Approve").check()
    watched.get_by_role("textbox", name="Your full name").fill("Elena Colombo")
    watched.get_by_role("button", name="Continue").click()
    arrive(watched, "Check your answer")
    examine(watched)


def test_all_requests_of_a_contact_are_accessible_and_fit(watched: Page):
    watched.goto("/customers/requests/")
    watched.get_by_role("textbox", name="Your email address").fill("elena.colombo@alpineskihouse.example")
    watched.get_by_role("button", name="Email me the link").click()
    arrive(watched, "Check your inbox")
    examine(watched)
    open_mail(watched, to="elena.colombo@alpineskihouse.example", subject=re.compile("Your link to all requests"))
    follow_the_button(watched, "See all my requests")
    arrive(watched, "All my requests")
    examine(watched)
    watched.get_by_role("button", name="Italiano").click()
    arrive(watched, "Tutte le mie richieste")
    examine(watched)
    watched.get_by_role("link", name="Apri la richiesta").first.click()
    expect(watched).to_have_url(re.compile("/c/"))


def test_the_receipt_of_an_answer_is_accessible_and_fits(watched: Page):
    open_mail(watched, to="dana.kim@treyresearch.example", subject=re.compile("Contoso Consulting asks"))
    follow_the_button(watched)
    arrive(watched, "Your answer is recorded")
    examine(watched)


def test_the_page_for_what_does_not_exist_is_accessible_and_fits(
    new_context: Callable[..., BrowserContext], portal: Portal
):
    page = new_context(base_url=portal.address, locale="en-GB").new_page()

    answer = page.goto("/accounts/nowhere/")

    assert answer
    assert answer.status == 404
    look(page)
    examine(page)
