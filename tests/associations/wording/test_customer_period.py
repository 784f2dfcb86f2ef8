"""The state of the opt-out period in the words that partners and reviewers read."""

from datetime import date
from typing import cast

import pytest

from associations.choices import ReasonCode
from associations.models import Claim
from associations.models.claim_queries import ReadClaim
from associations.rules.customer.opt_out import Hold
from associations.services.claim import withdrawal
from associations.services.review import decisions
from associations.status_words.holds import HOLDS, HOLDS_FOR_REVIEWERS
from associations.wording.customer_period import CustomerPeriod, holds_of, period_of
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, CustomerTenantFactory

pytestmark = pytest.mark.django_db


def period(claim: Claim) -> CustomerPeriod:
    found = Claim.objects.with_notice_status().get(pk=claim.pk)
    return period_of(found, mail_status=cast(ReadClaim, found).notice_mail_status, now=MONDAY)


def test_an_open_period_ends_on_its_last_day_in_the_customers_zone():
    found = period(stories.noticed_claim(at=MONDAY, tenant=CustomerTenantFactory(country="FI")))

    assert (found.status, found.label) == ("sent", "Customer can answer")
    assert found.deadline is not None
    assert (found.deadline.last_day, found.deadline.zone) == (date(2020, 10, 26), "EET")


def withdrawn_draft() -> Claim:
    claim = stories.draft_claim()
    return withdrawal.cancel_draft(claim_id=claim.pk, by=stories.admin_of(claim), now=MONDAY)


def rejected_claim() -> Claim:
    claim = stories.claim_under_review()
    by = stories.reviewer()
    return decisions.reject_claim(claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="Old.", by=by, now=MONDAY)


@pytest.mark.parametrize(
    ("story", "status", "label"),
    [
        (stories.draft_claim, "not_sent", "Not started"),
        (withdrawn_draft, "not_sent", "Not started"),
        (stories.submitted_claim, "queued", "Notice on its way"),
        (rejected_claim, "ended", "Closed with the claim"),
        (stories.approved_claim, "no_objection", "Ended without an opt-out"),
        (stories.declined_claim, "declined", "Customer opted out"),
    ],
)
def test_a_period_that_is_not_open_says_how_it_stands(story, status, label):
    assert period(story()) == CustomerPeriod(status, label)


def test_an_email_that_was_lost_is_told_at_once_unless_the_period_is_open():
    lost, late = stories.submitted_claim(), stories.noticed_claim()
    for claim in (lost, late):
        facts = {"status": "bounced", "sent_at": MONDAY, "bounced_at": MONDAY, "secret": ""}
        OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(**facts)

    assert period(lost) == CustomerPeriod("bounced", "Notice not delivered")
    assert period(late).label == "Customer can answer"


def test_partners_and_reviewers_read_of_the_same_holds():
    claim = stories.claim_needing_action()

    assert HOLDS.keys() == HOLDS_FOR_REVIEWERS.keys() == set(Hold)
    assert holds_of(claim, now=MONDAY) == [
        "The reviewer is waiting for your reply.",
        "The customer can still opt out.",
    ]
    assert holds_of(claim, now=MONDAY, words_for=HOLDS_FOR_REVIEWERS) == [
        "The partner has to answer first.",
        "The customer can still opt out.",
    ]
