"""Covers taking a claim back, and what its customer and rivals learn of it (domain.md T4, T23)."""

from datetime import timedelta

import pytest

from associations.choices import WithdrawalReason
from associations.models import Contact
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.claim.withdrawal import cancel_draft, withdraw_claim
from associations.services.customer import answer
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import (
    MONDAY,
)

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=1)


def withdraw(claim):
    reason = WithdrawalReason.WRONG_MPN
    return withdraw_claim(claim_id=claim.pk, reason=reason, by=stories.admin_of(claim), now=LATER)


def mails(claim):
    """The templates of the claim's mails, in the order in which they were queued."""
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:").order_by("pk")
    return list(emails.values_list("template", flat=True))


def history(claim):
    return list(claim.events.values_list("kind", flat=True))


# Taking back


def test_withdraw_claim_tells_the_customer_who_got_a_notice():
    claim = stories.noticed_claim()

    withdraw(claim)

    stored = stories.fresh(claim)
    assert (stored.status, stored.reason_codes, stored.closed_at) == ("cancelled", ["PARTNER_REQUEST"], LATER)
    assert claim.events.get(kind="withdraw").details == {"reason": "wrong_mpn"}
    assert mails(claim)[-1] == "request_closed"


def test_withdraw_claim_stops_a_notice_that_has_not_left():
    claim = stories.submitted_claim()

    withdraw(claim)

    notice = claim.notices.get()
    assert (notice.revoked_at, notice.email.status, notice.email.secret) == (LATER, "cancelled", "")
    assert "request_closed" not in mails(claim)


def test_a_customer_who_approved_hears_of_the_withdrawal_too():
    claim = stories.noticed_claim(claim=stories.complete_claim())
    type(claim).objects.filter(pk=claim.pk).update(has_competing_claim=True)
    answer.approve_by_customer(
        notice_id=claim.notices.get().pk, answerer=answer.Answerer(name="Carla Bianchi"), now=MONDAY
    )

    withdraw(claim)

    assert mails(claim)[-1] == "request_closed"


def test_the_customer_hears_in_the_language_of_the_notice():
    claim = stories.claim_needing_action(language="it")
    Contact.objects.filter(claim=claim, kind="customer").update(language="en", email="new@customer.example")

    withdraw(claim)

    email = OutboxEmail.objects.get(template="request_closed")
    assert (email.locale, email.to) == ("it", [f"customer@{claim.domain_name}"])


@pytest.mark.parametrize("story", [stories.draft_claim, stories.approved_claim, stories.declined_claim])
def test_withdraw_claim_refuses_what_is_not_undecided(story):
    with pytest.raises(ActionNotAllowed):
        withdraw(story())


def test_cancel_draft_gives_it_up_and_keeps_the_history():
    claim = stories.draft_claim()

    cancel_draft(claim_id=claim.pk, by=stories.admin_of(claim), now=LATER)

    assert (stories.fresh(claim).status, history(claim)) == ("cancelled", ["created", "cancel_draft"])


def test_a_filed_claim_is_no_draft_to_cancel():
    claim = stories.submitted_claim()

    with pytest.raises(ActionNotAllowed):
        cancel_draft(claim_id=claim.pk, by=stories.admin_of(claim), now=LATER)
