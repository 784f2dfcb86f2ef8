"""Messages of a claim that become notifications: for whom, and when they are done (domain.md 5)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from associations import emails
from associations.choices import HoldKind, MemberRole, WithdrawalReason
from associations.models import Subscription
from associations.services.claim import submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import reminder_facts, reminders, undelivered_notice
from associations.services.review import decisions
from notifications.models import EmailStatus, Notification, OutboxEmail
from tests import stories
from tests.factories import MONDAY, PartnerLocationFactory, PartnerMemberFactory, UserFactory

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)


def told(kind):
    return Notification.objects.filter(kind=kind)


def test_every_kind_has_its_words():
    assert len(emails.NOTIFICATIONS) == 13
    assert emails.NOTIFICATIONS.keys() > emails.MANDATORY_NOTIFICATIONS
    words = {path.stem for path in (settings.BASE_DIR / "templates" / "notifications").glob("*.txt")}
    # Told to one person, not to everybody who may work on a claim; and what no claim stands behind.
    one_persons = {
        "guide_published",
        "imported_proof_infected",
        "job_finished",
        "submit_asked",
        "subscription_claimable",
    }
    to_reviewers = {*HoldKind.values, "contact_to_confirm", "partner_commented"}
    assert words == emails.NOTIFICATIONS.keys() | one_persons | to_reviewers | {"migrated_ending", "migrated_ended"}


def test_everybody_who_may_work_on_the_claim_is_told_and_nobody_else():
    claim = stories.complete_claim()
    company = claim.partner
    colleague = PartnerMemberFactory(partner=company, role=MemberRole.INCENTIVES_USER).user
    here = PartnerMemberFactory(partner=company, locations=[claim.location]).user
    PartnerMemberFactory(partner=company, locations=[PartnerLocationFactory(partner=company)])
    PartnerMemberFactory(partner=company, role=MemberRole.GLOBAL_ADMIN)
    PartnerMemberFactory(partner=company, user=UserFactory(is_active=False))
    PartnerMemberFactory()

    stories.rejected_claim(claim=claim)

    readers = [notice.user for notice in told("claim_rejected").order_by("user")]
    assert readers == [claim.created_by, colleague, here]


@pytest.mark.parametrize("count", [1, 10])
def test_telling_the_partner_takes_the_same_queries_for_any_number_of_people(count, django_assert_num_queries):
    claim = stories.submitted_claim()
    PartnerMemberFactory.create_batch(count, partner=claim.partner)
    claim = stories.fresh(claim)
    emails.competing_found(claim, contested=[], now=MONDAY)

    with django_assert_num_queries(8):
        emails.competing_found(claim, contested=[], now=TUESDAY)


def test_a_question_is_mandatory_and_says_until_when():
    claim = stories.claim_needing_action()

    notice = told("action_required").get()
    assert (notice.is_mandatory, notice.due_at) == (True, stories.fresh(claim).answer_due_at)
    assert notice.context == {
        "claim_number": claim.number,
        "customer_name": claim.tenant.name,
        "due_on": "2020-10-26",
        "day_zone": "CET",
    }
    assert notice.url == reverse("claim_detail", args=[claim.public_id])


def test_a_question_is_done_with_the_answer():
    claim = stories.claim_needing_action()

    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=TUESDAY)

    notice = told("action_required").get()
    assert (notice.done_at, notice.read_at) == (TUESDAY, TUESDAY)


def test_a_question_about_another_claim_stays_to_be_done():
    claim = stories.claim_needing_action()
    other = stories.claim_needing_action(location=claim.location, created_by=claim.created_by)

    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=TUESDAY)

    todo = told("action_required").filter(done_at=None)
    assert [notice.context["claim_number"] for notice in todo] == [other.number]


def test_a_reminder_of_the_question_is_told_and_can_be_put_away():
    claim = stories.claim_needing_action()

    reminders.send_due_reminders(now=MONDAY + timedelta(days=4))

    notice = told("answer_reminder").get()
    assert (notice.is_mandatory, notice.due_at) == (False, stories.fresh(claim).answer_due_at)


@pytest.mark.parametrize("is_final", [False, True])
def test_a_rejection_says_whether_it_can_be_disputed(is_final):
    (stories.declined_claim if is_final else stories.rejected_claim)()

    context = told("claim_rejected").get().context
    assert (context["is_customers_decision"], context["dispute_until_on"], context["day_zone"]) == (
        (True, None, "") if is_final else (False, "2020-11-18", "CET")
    )


def test_an_approval_is_told():
    stories.approved_claim()

    assert told("claim_approved").get().is_mandatory is False


def lost(claim):
    """Let the notice of *claim* fail, and the portal note it."""
    OutboxEmail.objects.filter(pk=claim.notices.current().get().email_id).update(status=EmailStatus.FAILED, secret="")
    undelivered_notice.note_undelivered_notices(now=MONDAY)


def test_a_lost_notice_is_to_be_done_until_a_new_one_goes_out():
    claim = stories.submitted_claim()
    lost(claim)
    notice = told("notice_bounced").get()
    assert (notice.is_mandatory, notice.done_at) == (True, None)

    undelivered_notice.resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)

    notice.refresh_from_db()
    assert notice.done_at == TUESDAY


def test_a_lost_notice_outlives_a_move_of_the_claim_but_not_its_end():
    claim = stories.submitted_claim()
    lost(claim)
    decisions.start_review(claim_id=claim.pk, by=stories.reviewer(), now=MONDAY)
    assert told("notice_bounced").get().done_at is None

    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=TUESDAY)

    assert told("notice_bounced").get().done_at == TUESDAY


def test_a_subscription_that_ends_soon_is_told_with_its_day():
    claim = stories.approved_claim(claim=stories.complete_dynamics_claim())
    Subscription.objects.filter(tenant=claim.tenant).update(ends_on="2020-12-01")
    claim = stories.fresh(claim)
    held = reminder_facts.ending_associations(claim, now=MONDAY)

    emails.subscription_ending(claim, associations=held, key="reminder:1", now=MONDAY)

    assert told("subscription_ending").get().context["first_end_on"] == "2020-12-01"


def test_a_message_that_is_only_a_receipt_is_no_notice():
    stories.submitted_claim()

    assert OutboxEmail.objects.filter(template="claim_received").exists()
    assert not Notification.objects.exists()
