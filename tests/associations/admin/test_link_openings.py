"""*Link never opened* stands beside what became official by no reply: a fact, by which nothing is decided."""

from datetime import timedelta

import pytest
from django.urls import reverse

from associations.choices import ClaimStatus
from associations.models import CustomerNotice
from associations.services.association import approval
from associations.services.customer import answer as answering
from associations.services.customer.answer import Answerer
from associations.services.customer.notice import send_notice
from tests import stories
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.both]

QUEUE = reverse("admin:associations_claim_changelist")
NEVER = "Link never opened"
HOUR = timedelta(hours=1)


def seen_beside(client, claim):
    """Return if the words are on the claim's page, and if they are in the queue."""
    page = client.get(reverse("admin:associations_claim_change", args=[claim.pk])).content.decode()
    return NEVER in page, NEVER in client.get(QUEUE, {"q": claim.number}).content.decode()


def opened(claim, *, at=MONDAY + HOUR):
    answering.note_opened(claim.notices.current().get().pk, now=at)


def test_official_by_no_reply_with_a_link_that_nobody_opened(client, reviewer):
    assert seen_beside(client, stories.approved_claim()) == (True, True)


def test_the_queue_is_narrowed_to_links_that_nobody_opened(client, reviewer):
    never, seen, waiting = stories.approved_claim(), stories.noticed_claim(), stories.submitted_claim()
    opened(seen)
    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=10))
    stories.rejected_claim()
    assert stories.fresh(waiting).status == ClaimStatus.SUBMITTED

    found = client.get(QUEUE, {"link": "never"}).context["cl"].result_list

    assert [claim.pk for claim in found] == [never.pk]


def test_a_link_that_was_opened_says_when(client, reviewer):
    claim = stories.noticed_claim()
    opened(claim)
    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=10))

    assert stories.fresh(claim).official_by == "no_reply"
    assert seen_beside(client, claim) == (False, False)
    page = client.get(reverse("admin:associations_claim_change", args=[claim.pk])).content.decode()
    assert "Link opened by a person" in page


def test_an_earlier_notice_that_was_opened_counts(client, reviewer):
    claim = stories.noticed_claim()
    opened(claim)
    send_notice(claim, now=MONDAY + 2 * HOUR)
    stories.deliver_notice(claim, at=MONDAY + 2 * HOUR)
    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=10))

    assert stories.fresh(claim).official_by == "no_reply"
    assert seen_beside(client, claim) == (False, False)


def test_nothing_is_said_before_the_claim_is_official_or_when_the_customer_approved(client, reviewer):
    waiting, approved = stories.noticed_claim(), stories.noticed_claim()
    notice = approved.notices.get()
    answering.approve_by_customer(notice_id=notice.pk, answerer=Answerer(name="Carla"), now=MONDAY + HOUR)

    assert stories.fresh(approved).official_by == "approval"
    assert seen_beside(client, waiting) == (False, False)
    assert seen_beside(client, approved) == (False, False)


def test_nothing_is_said_of_notices_that_are_older_than_the_fact(client, reviewer):
    claim = stories.approved_claim()
    CustomerNotice.objects.update(code="")

    assert seen_beside(client, claim) == (False, False)
    page = client.get(reverse("admin:associations_claim_change", args=[claim.pk])).content.decode()
    assert "Link opened by a person" not in page
