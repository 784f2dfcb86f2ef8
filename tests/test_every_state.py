"""Every page of ours as nobody likes to meet it: with errors, empty, stale, with a virus, with all that opens open."""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from associations.choices import MemberRole
from associations.models import Claim
from associations.services.customer import acknowledgement
from notifications.models import IncomingKind
from tests import stories
from tests.access.world import World, member
from tests.accounts.signing_in import signed_in_just_now
from tests.associations.emails.acts import accept, bounce, dispute, reject, rivals, uphold
from tests.browser.watching import examine, look
from tests.browser.ways_of_seeing import troubles_on
from tests.factories import PartnerLocationFactory, ProofFactory, ReviewerFactory
from tests.seals.acknowledging import code_in
from tests.served import pages_in_chromium
from tests.test_translations import Readers, world  # noqa: F401 - a fixture
from tests.valid_html import faults_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.browser,
    pytest.mark.sitewide,
    pytest.mark.timeout(400),
]

# A menu lies over the page while it is open.
OPEN_ALL_BUT_MENUS = "document.querySelectorAll('details:not(.cpor-menu)').forEach(part => { part.open = true; })"
OPEN_MENUS = "document.querySelectorAll('details.cpor-menu').forEach(menu => { menu.open = true; })"
EMPTY_AT_FIRST = (
    "overview", "claim_list", "usage_list", "notifications", "jobs", "colleagues", "calendar", "help_mpn_id",
)  # fmt: skip
SEARCHES = ("claim_list", "usage_list", "mailbox")
# The desk's forms of reference data are Django's own.
OURS = re.compile(r"^(?!admin:)|^decide")
# A part of a page, and a mail as it is sent, which its reader's program frames.
NO_PAGES = ("claim_findings", "mailbox_html", "notice_email")


def html_of(client: Client, address: str, data: Mapping[str, str] | None = None) -> str:
    """Return the page that answers, and take back what that changed; empty for what is no page."""
    with transaction.atomic():
        response = client.get(address) if data is None else client.post(address, data)
        transaction.set_rollback(True)
    if response.streaming:
        response.close()
        return ""
    is_page = response["Content-Type"].startswith("text/html") and response.status_code in (200, 400, 409)
    return response.content.decode() if is_page else ""


def with_errors(readers: Readers) -> Iterator[tuple[str, str]]:
    """Yield every form of ours as it answers when nothing was filled in."""
    for name, client, address in [*readers.pages(), *readers.desk_pages()]:
        if OURS.search(name):
            html = html_of(client, address, {})
            if "Error: " in html or "cpor-field-error" in html or "errorlist" in html:
                yield f"{address}?left-empty", html


def without_anything() -> Iterator[tuple[str, str]]:
    """Yield the pages of a company that has only just begun, and searches that find nothing."""
    company = PartnerLocationFactory().partner
    newcomer = signed_in_just_now(member(company, MemberRole.INCENTIVES_ADMIN))
    observer = signed_in_just_now(member(company, MemberRole.GLOBAL_ADMIN))
    for reader, name in [
        *((newcomer, name) for name in EMPTY_AT_FIRST),
        (observer, "overview"),
        (observer, "colleagues"),
    ]:
        yield f"{reverse(name)}?{reader.session.session_key}", html_of(reader, reverse(name))
    for name in SEARCHES:
        address = f"{reverse(name)}?q=nowhere&to=nobody"
        yield address, html_of(newcomer, address)


def in_trouble() -> Iterator[tuple[str, str]]:
    """Yield the pages of claims to which something happened."""
    bounced, infected, unconfirmed = stories.submitted_claim(), stories.complete_claim(), stories.unconfirmed_claim()
    bounce(bounced)
    ProofFactory(claim=infected, uploaded_by=infected.created_by, name="plan.docx", infected=True)
    ProofFactory(claim=infected, uploaded_by=infected.created_by, name="report.pdf", pending=True)
    claims = [bounced, unconfirmed, stories.declined_claim(), *rivals(), stories.rejected_claim(), infected]
    claims += [dispute(reject(stories.claim_under_review())), accept(dispute(reject(stories.claim_under_review())))]
    claims += [stories.held_claim(), stories.held_claim(kind=IncomingKind.UNCLEAR_REPORT)]
    claims += [uphold(dispute(reject(stories.claim_under_review()))), stories.complete_revenue_claim()]
    reviewer = ReviewerFactory()
    for claim in claims:
        for reader, address in (
            (claim.created_by, reverse("claim_detail", args=[claim.public_id])),
            (reviewer, reverse("admin:associations_claim_change", args=[claim.pk])),
        ):
            yield address, html_of(signed_in_just_now(reader), address)
    for name, claim, *step in (
        ("claim_correct_contact", bounced),
        ("claim_replace_contact", unconfirmed),
        ("claim_step", infected, "proof"),
        ("claim_check", infected),
    ):
        address = reverse(name, args=[claim.public_id, *step])
        yield address, html_of(signed_in_just_now(claim.created_by), address)
    address = reverse("admin:associations_claim_decide", args=[unconfirmed.pk, "confirm_contact"])
    yield address, html_of(signed_in_just_now(reviewer), address)
    yield changed_elsewhere(stories.complete_claim())
    yield about_to_opt_out(stories.submitted_claim())
    yield from pages_of_a_hand_over(stories.submitted_claim())
    yield from pages_of_an_acknowledgement(stories.complete_claim(at=timezone.now()))


def changed_elsewhere(draft: Claim) -> tuple[str, str]:
    """Return the step that was changed in another tab, with both versions side by side."""
    address, tab = reverse("claim_step", args=[draft.public_id, "details"]), signed_in_just_now(draft.created_by)
    stale = tab.get(address).context["version"]
    tab.post(address, {"version": stale, "name": "From the first tab"})
    html = html_of(tab, address, {"version": stale, "name": "From the second tab"})
    assert "These answers were changed elsewhere" in html
    return f"{address}?stale", html


def about_to_opt_out(claim: Claim) -> tuple[str, str]:
    """Return the page on which a customer checks the answer."""
    customer, answer = Client(), {"answer": "opted_out", "name": "Carla", "reason": "other", "claim": claim.number}
    customer.get(claim.notices.get().email.secret)
    customer.post(reverse("customer_decision"), answer)
    html = html_of(customer, reverse("customer_confirm"))
    assert "Check your answer" in html
    return f"{reverse('customer_confirm')}?{claim.number}", html


def pages_of_a_hand_over(claim: Claim) -> Iterator[tuple[str, str]]:
    """Yield the pages on which a customer names a colleague, and what the old link shows afterwards."""
    customer, answer = Client(), {"answer": "handed_over", "name": "Carla", "claim": claim.number}
    colleague = {f"colleague_{name}": value for name, value in stories.colleague_of(claim).items()}
    customer.get(claim.notices.get().email.secret)
    customer.post(reverse("customer_decision"), answer)
    for name in ("customer_hand_over", "customer_hand_over_confirm"):
        yield f"{reverse(name)}?{claim.number}", html_of(customer, reverse(name))
        customer.post(reverse(name), answer | colleague)
    yield f"{reverse('customer_receipt')}?{claim.number}", html_of(customer, reverse("customer_receipt"))


def pages_of_an_acknowledgement(draft: Claim) -> Iterator[tuple[str, str]]:
    """Yield the pages on which a customer acknowledges the work, the second with a wrong code too."""
    acknowledgement.ask(claim_id=draft.pk, by=stories.admin_of(draft), now=draft.created_at)
    claim = stories.submitted_claim(at=draft.created_at, claim=draft)
    customer, signer = Client(), {"name": "Carla Bianchi", "title": "IT manager", "claim": claim.number}
    customer.get(claim.notices.get().email.secret)
    yield reverse("customer_acknowledge"), html_of(customer, reverse("customer_acknowledge"))
    customer.post(reverse("customer_acknowledge"), signer)
    code = reverse("customer_acknowledge_code")
    yield code, html_of(customer, code)
    yield f"{code}?wrong", html_of(customer, code, {"code": "0", "claim": claim.number})
    version = re.findall(r'name="version" value="(\w+)"', html_of(customer, code))[0]
    customer.post(code, {"code": code_in(claim), "claim": claim.number, "version": version})
    yield reverse("customer_acknowledged"), html_of(customer, reverse("customer_acknowledged"))


def examine_all(pages: Mapping[str, str]) -> list[str]:
    """Look at each page with axe, at 320 px and as who zooms or touches, and at last at what the menus hold."""
    complaints = []
    with pages_in_chromium(pages) as opened:
        for _address, page in opened:
            page.evaluate(OPEN_ALL_BUT_MENUS)
            complaints += found_by(examine, page)
            complaints += troubles_on(page)
        page.reload()
        page.evaluate(OPEN_MENUS)
        complaints += found_by(look, page)
        page.emulate_media(color_scheme="dark")
        complaints += found_by(look, page)
    return complaints


def see_all(pages: Mapping[str, str]) -> list[str]:
    """Look at each page as who zooms, touches and picks the colours."""
    with pages_in_chromium(pages) as opened:
        return [trouble for _address, page in opened for trouble in troubles_on(page)]


def found_by(way: Callable[[Page], None], page: Page) -> list[str]:
    try:
        way(page)
    except AssertionError as found:
        return [str(found)[:600]]
    return []


def test_every_form_with_errors_is_accessible_and_fits(world: World):  # noqa: F811
    pages = dict(with_errors(Readers(world)))

    with ThreadPoolExecutor(1) as other_thread:
        complaints = other_thread.submit(examine_all, pages).result()

    assert len(pages) >= 25
    assert faults_on(pages) == {}
    assert not complaints, "\n".join(complaints)


def test_what_is_empty_and_what_went_wrong_is_accessible_and_fits(world: World):  # noqa: F811
    pages = {address: html for address, html in [*without_anything(), *in_trouble()] if html}

    with ThreadPoolExecutor(1) as other_thread:
        complaints = other_thread.submit(examine_all, pages).result()

    assert len(pages) >= 30
    assert faults_on(pages) == {}
    assert not complaints, "\n".join(complaints)


def test_every_page_serves_who_zooms_touches_and_picks_the_colours(world: World):  # noqa: F811
    readers = Readers(world)
    pages = {
        address: html_of(client, address) for name, client, address in readers.pages() if not name.startswith(NO_PAGES)
    }
    pages = {address: html for address, html in pages.items() if html}

    with ThreadPoolExecutor(1) as other_thread:
        complaints = other_thread.submit(see_all, pages).result()

    assert len(pages) >= 60
    assert faults_on(pages) == {}
    assert not complaints, "\n".join(complaints)
