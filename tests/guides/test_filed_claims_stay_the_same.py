"""Pages, emails, prints and exports of filed claims read the same before and after a new edition (domain.md D22)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from accounts.models import User
from associations.background.claim_sheet import ClaimSheet
from associations.emails.facts import facts_of
from associations.models import Claim
from associations.services.deadlines import portal_zone
from guides.editions import edition_in_force
from guides.models import ProgramGuide
from notifications.models import OutboxEmail
from tests.accounts.signing_in import signed_in_just_now
from tests.factories.rules import edition_with

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

CUSTOMERS_LINK = re.compile(r"/c/[^\"'\s<]+")
PAGES = ("claim_detail", "claim_history_print", "notice_email")


def change_everything(guide: ProgramGuide) -> None:
    """Give every area, activity and product another name, and every rule another value."""
    guide.areas.update(name={"en": "Another area", "it": "Un'altra area"})
    guide.activities.update(
        name={"en": "Another activity", "it": "Un'altra attività"},
        pays=False,
        gives_recognition=False,
        asks=["transaction_date"],
        opt_out_business_days=7,
        needs_validation=True,
        review_business_days=1,
        answer_business_days=2,
        dispute_days=3,
        late_filing_days=1,
        least_seats=100_000,
        template_required=True,
        proof_age_months=1,
        proof_elements=["work"],
        signature_kinds=["ink"],
        sales_channels=["CSP"],
        contact_policy="allow",
    )
    guide.products.update(name="Another product", is_dynamics_365=False, counts_for_payment=False, activities=[])


def texts() -> Iterator[tuple[str, str]]:
    """Yield what can be read about each filed claim, with what it is."""
    partners = {
        user.memberships.get().partner_id: signed_in_just_now(user)
        for user in User.objects.filter(email__startswith="admin@")
    }
    desk = signed_in_just_now(User.objects.get(email="root@microsoft.example"))
    filed = Claim.objects.exclude(submitted_at=None).select_related("partner", "tenant", "location")
    for claim in filed.order_by("pk"):
        own = partners[claim.partner_id]
        for name in PAGES:
            yield f"{name} {claim.number}", text_of(own, reverse(name, args=[claim.public_id]))
        yield f"desk {claim.number}", text_of(desk, reverse("admin:associations_claim_change", args=[claim.pk]))
        for language in ("en", "it"):
            yield f"emails {claim.number}", str(facts_of(claim, language=language))
    for mail in OutboxEmail.objects.filter(template="customer_notice"):
        found = CUSTOMERS_LINK.search(mail.html)
        if found:
            yield f"customer {mail.pk}", text_of(Client(), found[0])
    sheet = ClaimSheet(zone=portal_zone(), now=timezone.now())
    for row in sheet.rows(filed.order_by("pk")):
        yield f"export {row[0]}", str(row)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    page = html.fromstring(answer.content)
    main = page.xpath("//main | //*[@id='content']") or [page]
    return " ".join(" ".join(each.text_content() for each in main).split())


def test_every_filed_demo_claim_reads_the_same_under_a_new_edition(demo_world):
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        before = list(texts())
        guide = edition_with(change_everything)
        assert edition_in_force(now=timezone.now()).id == guide.pk
        after = list(texts())

    assert len(before) > 150
    assert [what for (what, one), (_same, other) in zip(before, after, strict=True) if one != other] == []
