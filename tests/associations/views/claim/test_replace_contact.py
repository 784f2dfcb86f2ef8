"""An incentives admin names another contact instead of one that isn't confirmed (domain.md D21)."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import MemberRole
from associations.rules.customer.undelivered import MOST_REPLACEMENTS
from associations.services.association import approval
from associations.services.customer import answer, confirmation
from associations.services.customer.undelivered_notice import (
    TooManyReplacements,
    note_undelivered_notices,
    replace_contact,
)
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.associations.views.claim.decided_claims import (
    TUESDAY,
    new_contact,
)
from tests.factories import MONDAY
from tests.people import author, colleague, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_tuesday")]


def test_the_claims_page_names_the_hold_and_offers_to_replace_the_contact():
    claim = stories.unconfirmed_claim()

    page = author(claim).get(url("claim_detail", claim))

    assertContains(page, "A Microsoft reviewer confirms the contact. Due:")
    assertContains(page, url("claim_replace_contact", claim), count=1)
    assertContains(page, "Until the contact is confirmed, the claim can&#x27;t become official.")
    assertContains(author(claim).get(url("claim_replace_contact", claim)), "carla@elsewhere.example is not confirmed")


def test_a_contact_of_the_customer_ends_the_hold_and_gets_a_full_new_period():
    claim = stories.unconfirmed_claim()
    earlier = claim.notices.get()

    response = author(claim).post(url("claim_replace_contact", claim), new_contact(claim), follow=True)

    assertRedirects(response, url("claim_detail", claim))
    assertContains(response, f"A new notice goes to dario@{claim.domain_name}.")
    claim = stories.fresh(claim)
    assert (claim.is_contact_held, claim.contact_confirmed_by, claim.consent_status) == (False, "domain", "queued")
    earlier.refresh_from_db()
    assert earlier.revoked_at == TUESDAY
    stories.deliver_notice(claim, at=TUESDAY)
    approval.approve_unopposed_claims(now=TUESDAY + timedelta(days=14))
    assert stories.fresh(claim).status == "approved"


def test_the_history_says_who_replaced_the_contact():
    claim = stories.unconfirmed_claim()
    author(claim).post(url("claim_replace_contact", claim), new_contact(claim))

    line = claim.events.get(kind="contact_replaced")
    assert (line.actor_id, line.details["customer_contact"]) == (claim.created_by_id, f"dario@{claim.domain_name}")
    assertContains(author(claim).get(url("claim_history", claim)), "Customer contact replaced")


def test_an_approval_of_the_contact_who_was_replaced_no_longer_counts():
    claim = stories.unconfirmed_claim()
    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=answer.Answerer("Carla"), now=MONDAY)

    author(claim).post(url("claim_replace_contact", claim), new_contact(claim))

    assert stories.fresh(claim).consent_status == "queued"


def test_another_contact_elsewhere_is_asked_for_a_reason_and_is_held_again():
    claim = stories.unconfirmed_claim()
    elsewhere = new_contact(claim, customer_email="dario@holding.example")

    refused = author(claim).post(url("claim_replace_contact", claim), elsewhere)
    assertContains(refused, "Say why.")
    assertContains(refused, "dario@holding.example")
    assertNotContains(refused, "You can submit the claim")
    assertContains(refused, "until a Microsoft reviewer confirms the contact")
    author(claim).post(url("claim_replace_contact", claim), elsewhere | {"customer_mismatch_reason": "Same group"})

    assert stories.fresh(claim).is_contact_held
    assert claim.notices.current().get().contact_email == "dario@holding.example"


def test_the_same_address_is_no_replacement():
    claim = stories.unconfirmed_claim()
    same = new_contact(claim, customer_email="Carla@Elsewhere.example", customer_mismatch_reason="Same group")

    assertContains(author(claim).post(url("claim_replace_contact", claim), same), "Enter another one.")
    assert claim.notices.count() == 1


@pytest.mark.parametrize(
    "claim",
    [
        stories.noticed_claim,
        lambda: stories.declined_claim(claim=stories.draft_with_contact("carla@elsewhere.example")),
    ],
)
def test_a_confirmed_contact_and_that_of_a_decided_claim_stay(claim):
    claim = claim()

    assertNotContains(author(claim).get(url("claim_detail", claim)), url("claim_replace_contact", claim))
    response = author(claim).post(url("claim_replace_contact", claim), new_contact(claim), follow=True)

    assertContains(response, "The contact of this claim is confirmed or can&#x27;t be replaced any more.")
    assert claim.notices.count() == 1


def test_only_an_incentives_admin_replaces_a_contact():
    claim = stories.unconfirmed_claim()
    user = colleague(claim, MemberRole.INCENTIVES_USER)

    assertNotContains(user.get(url("claim_detail", claim)), url("claim_replace_contact", claim))
    assert user.post(url("claim_replace_contact", claim), new_contact(claim)).status_code == 404


def test_a_notice_that_came_back_is_corrected_instead():
    claim = stories.unconfirmed_claim()
    OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(
        status=EmailStatus.BOUNCED, sent_at=MONDAY, bounced_at=MONDAY, secret="", last_error="550 5.1.1 No such user"
    )

    note_undelivered_notices(now=TUESDAY)

    page = author(claim).get(url("claim_detail", claim))
    assertContains(page, url("claim_correct_contact", claim))
    assertNotContains(page, url("claim_replace_contact", claim))


def replace(claim, mailbox):
    elsewhere = new_contact(claim, customer_email=f"{mailbox}@holding.example", customer_mismatch_reason="Same group")
    return author(claim).post(url("claim_replace_contact", claim), elsewhere, follow=True)


def test_a_contact_is_replaced_three_times_and_a_reviewer_can_still_confirm_the_last_one():
    claim = stories.unconfirmed_claim()
    for mailbox in ("dario", "elena", "franco"):
        assertContains(replace(claim, mailbox), f"A new notice goes to {mailbox}@holding.example.")

    refused = replace(claim, "gina")

    assertContains(refused, "was replaced 3 times and can&#x27;t be replaced again. A Microsoft reviewer can still", 2)
    assertNotContains(refused, url("claim_replace_contact", claim))
    assert claim.notices.current().get().contact_email == "franco@holding.example"
    confirmation.confirm_by_reviewer(
        claim_id=claim.pk,
        contact_email="franco@holding.example",
        text="Their holding.",
        lists_domain=False,
        by=stories.reviewer(),
        now=TUESDAY,
    )
    assert not stories.fresh(claim).is_contact_held


def test_the_service_counts_replacements_under_its_lock():
    claim = stories.unconfirmed_claim()
    by = stories.admin_of(claim)
    contact = {"name": "Dario Conti", "title": "CIO", "language": "it", "mismatch_reason": "Same group"}

    def replace_by(mailbox: str) -> None:
        facts = contact | {"email": f"{mailbox}@holding.example"}
        replace_contact(claim_id=claim.pk, facts=facts, by=by, now=TUESDAY)

    for number in range(MOST_REPLACEMENTS):
        replace_by(f"dario{number}")
    with pytest.raises(TooManyReplacements):
        replace_by("gina")

    assert claim.notices.count() == MOST_REPLACEMENTS + 1
