"""Pages printed on A4: none is empty, every column is on the paper, rows stay whole, headings come again."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from lxml import html
from playwright.sync_api import Page

from accounts.models import User
from associations.choices import ClaimStatus, ConsentStatus
from associations.models import Claim, PartnerLocation
from tests import stories
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import (
    MONDAY,
    AssociationFactory,
    ClaimedProductFactory,
    ClaimFactory,
    CustomerTenantFactory,
    MonthlyUsageFactory,
    PartnerMemberFactory,
    ReviewerFactory,
)
from tests.served import pages_in_chromium

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

CLAIMS, NAME = 25, "Adoption of collaboration in every branch"
# What A4 leaves between margins of a centimeter, in CSS pixels, and its height.
PAPER = {"portrait": (718, 1046), "landscape": (1046, 718)}
MARGIN = "10mm"
SHOWS_TEXT = {"Tj", "TJ", "'", '"'}
# What hangs over the right edge of the paper, and the rows and headings that a page would cut or leave behind.
OFF_PAPER = """width => [...document.querySelectorAll("body *")]
    .filter(one => one.checkVisibility() && !one.closest(".visually-hidden, svg, canvas"))
    .filter(one => one.getBoundingClientRect().right > width + 1)
    .map(one => one.outerHTML.slice(0, 80))"""
CUT = """() => [
    ...[...document.querySelectorAll("tbody tr")].filter(row => getComputedStyle(row).breakInside != "avoid"),
    ...[...document.querySelectorAll("thead")].filter(head => getComputedStyle(head).display != "table-header-group"),
].map(one => one.outerHTML.slice(0, 80))"""
# What can only be pressed, filled in or unfolded.
PRESSED = """() => [...document
    .querySelectorAll("nav, button, input, select, textarea, summary, iframe, .btn, .cpor-note")]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().height)
    .map(one => one.outerHTML.slice(0, 80).replace(/\\s+/g, " "))"""


def words_per_page(pdf: bytes) -> list[int]:
    """Return how often each page of *pdf* shows a piece of text."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [
            sum(str(step.operator) in SHOWS_TEXT for step in pikepdf.parse_content_stream(page))
            for page in document.pages
        ]


def troubles_on_paper(page: Page, *, most_pages: int) -> Iterator[str]:
    page.emulate_media(media="print")
    yield from (f"for nothing on paper: {html}" for html in page.evaluate(PRESSED))
    for way, (width, height) in PAPER.items():
        page.set_viewport_size({"width": width, "height": height})
        yield from (f"{way}, off the paper: {html}" for html in page.evaluate(OFF_PAPER, width))
        yield from (f"{way}, cut: {html}" for html in page.evaluate(CUT))
        found = words_per_page(
            page.pdf(
                format="A4",
                landscape=way == "landscape",
                margin={"top": MARGIN, "bottom": MARGIN, "left": MARGIN, "right": MARGIN},
            )
        )
        if len(found) > most_pages:
            yield f"{way}: {len(found)} pages"
        if found[0] < max(found) / 10 or not all(found):
            yield f"{way}, a page is empty: {found}"


def print_all(pages: Mapping[str, str], most_pages: Mapping[str, int]) -> dict[str, list[str]]:
    with pages_in_chromium(pages) as opened:
        found = {address: list(troubles_on_paper(page, most_pages=most_pages[address])) for address, page in opened}
    return {address: troubles for address, troubles in found.items() if troubles}


def file_claims(location: PartnerLocation, submitter: User) -> None:
    """File claims whose customers have long names."""
    for n in range(CLAIMS):
        ClaimFactory(
            location=location,
            created_by=submitter,
            tenant=CustomerTenantFactory(
                name="Wide World Importers S.p.A.", domain_name=f"imports{n}.wideworld.example"
            ),
            name=NAME,
            status=ClaimStatus.SUBMITTED,
            consent_status=ConsentStatus.QUEUED,
            solution_area="M365",
            activity_codes=("M365_USAGE",),
            submitted_at=MONDAY,
            submitted_by=submitter,
            review_due_at=MONDAY,
            has_competing_claim=n % 3 == 0,
        )


def test_lists_and_pages_print_whole_on_a4_either_way():
    claim = stories.submitted_claim()
    member = PartnerMemberFactory(partner=claim.partner)
    file_claims(claim.location, member.user)
    for claimed in Claim.objects.filter(name=NAME):
        held = AssociationFactory(partner=claim.partner, tenant=claimed.tenant)
        ClaimedProductFactory(claim=claimed, product=held.product, association=held)
        MonthlyUsageFactory(tenant=held.tenant, product=held.product)
    partner, desk = signed_in_just_now(member.user), signed_in_just_now(ReviewerFactory())

    most_pages, pages = {}, {}
    for client, name, args, most in (
        (partner, "claim_list", [], 3),
        (partner, "usage_list", [], 4),
        (partner, "claim_detail", [claim.public_id], 5),
        (partner, "claim_submitted", [claim.public_id], 1),
        (partner, "claim_history_print", [claim.public_id], 3),
        (desk, "admin:associations_claim_changelist", [], 4),
        (desk, "admin:associations_claim_change", [claim.pk], 6),
    ):
        address = reverse(name, args=args)
        pages[address], most_pages[address] = client.get(address).content.decode(), most
    # Chromium's driver takes its thread for itself, and the database has to stay usable in ours.
    with ThreadPoolExecutor(1) as other_thread:
        troubles = other_thread.submit(print_all, pages, most_pages).result()

    assert not troubles, "\n".join(f"{address} {one}" for address, found in troubles.items() for one in found)


def test_the_claim_its_confirmation_and_its_history_offer_to_print_where_scripts_run():
    claim = stories.submitted_claim()
    partner = signed_in_just_now(claim.created_by)

    for name in ("claim_detail", "claim_submitted", "claim_history_print"):
        page = html.document_fromstring(partner.get(reverse(name, args=[claim.public_id])).content)
        (button,) = page.xpath("//main//button[@data-print]")
        assert "cpor-needs-js" in button.get("class").split()
