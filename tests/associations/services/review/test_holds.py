"""Decisions of reviewers about claims on hold, and their effects (domain.md D4, D19, D20)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import ClaimStatus, HoldOutcome, OptOutReason
from associations.models import Association, ClaimHold
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.association import approval
from associations.services.customer import answer, holds
from associations.services.privacy import erasure
from associations.services.review import holds as holding
from associations.services.review.decisions import OwnCompany, ReasonMissing
from associations.services.review.holds import HoldSettled, OutcomeNotPossible, settle_hold
from notifications.models import EmailStatus, IncomingKind, Notification, OutboxEmail
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory, ReviewerFactory

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
AFTER_THE_WINDOW = MONDAY + timedelta(days=14)
UNCLEAR = IncomingKind.UNCLEAR_REPORT
REASON = "She writes that they never hired this partner."


def settle(claim, outcome, *, by=None, reason=REASON, now=WEDNESDAY):
    hold = claim.holds.unsettled().first() or claim.holds.get()
    reviewer = by or stories.reviewer()
    return settle_hold(claim_id=claim.pk, hold_id=hold.pk, outcome=outcome, reason=reason, by=reviewer, now=now)


def sweep(*, now=AFTER_THE_WINDOW):
    return approval.approve_unopposed_claims(now=now).approved


def lines(claim):
    return list(claim.events.values_list("kind", flat=True))


# What the customer wrote


def test_an_opt_out_that_was_written_declines_the_claim_as_one_through_the_link_does():
    claim = stories.held_claim()
    by = stories.reviewer()

    settle(claim, HoldOutcome.OPTED_OUT, by=by)

    claim, notice = stories.fresh(claim), claim.notices.get()
    assert (claim.status, claim.consent_status) == (ClaimStatus.REJECTED, "declined")
    assert (claim.reason_codes, claim.dispute_closes_at, claim.hold_due_at) == (["CUSTOMER_DECLINED"], None, None)
    assert (notice.answer, notice.answer_reason, notice.answered_at) == ("opted_out", "written", WEDNESDAY)
    assert notice.answer_text == ""
    declined = claim.events.get(kind="decline")
    assert (declined.actor_role, declined.actor_id, declined.note) == ("reviewer", by.user_id, "")
    assert declined.details == {"reason": "written"}
    assert OutboxEmail.objects.get(template="claim_rejected").context["is_customers_decision"] is True
    receipt = OutboxEmail.objects.get(template="opt_out_receipt")
    assert receipt.to == [notice.contact_email]
    assert receipt.context["was_written"] is True
    assert sweep() == 0


def test_an_opt_out_that_was_written_after_the_decision_ends_the_association():
    claim = stories.approved_claim()
    stories.receive(claim, at=AFTER_THE_WINDOW)
    holds.hear_incoming_emails(now=AFTER_THE_WINDOW)

    settle(claim, HoldOutcome.OPTED_OUT, now=AFTER_THE_WINDOW)

    assert not Association.objects.active().exists()
    assert set(Association.objects.values_list("end_reason", flat=True)) == {"customer_opt_out"}
    assert stories.fresh(claim).status == ClaimStatus.APPROVED
    assert claim.events.get(kind="association_ended").actor_role == "reviewer"
    assert OutboxEmail.objects.filter(template="association_ended").count() == 1
    assert OutboxEmail.objects.get(template="opt_out_receipt").context["has_ended_association"] is True


def test_an_opt_out_is_recorded_although_the_contact_was_erased():
    claim = stories.approved_claim()
    stories.receive(claim, at=AFTER_THE_WINDOW)
    erasure.erase_person(claim.notices.get().contact_email, now=AFTER_THE_WINDOW)
    holds.hear_incoming_emails(now=AFTER_THE_WINDOW)

    settle(claim, HoldOutcome.OPTED_OUT, now=AFTER_THE_WINDOW)

    assert not Association.objects.active().exists()
    assert claim.notices.get().answered_by_name == claim.tenant.name


def test_an_opt_out_settles_every_other_hold_of_the_claim():
    claim = stories.held_claim()
    stories.receive(claim, at=TUESDAY)
    stories.receive(claim, kind=UNCLEAR, at=TUESDAY)
    holds.hear_incoming_emails(now=TUESDAY)

    settle(claim, HoldOutcome.OPTED_OUT)

    assert stories.fresh(claim).hold_due_at is None
    assert sorted(claim.holds.values_list("outcome", flat=True)) == ["opted_out", "overtaken", "overtaken"]


def test_the_link_sent_again_is_a_new_notice_with_a_full_new_window():
    claim = stories.held_claim()
    old = claim.notices.get()

    settle(claim, HoldOutcome.SENT_AGAIN)

    claim = stories.fresh(claim)
    new = claim.notices.current().get()
    assert (new.number, new.contact_email, claim.consent_status) == (2, old.contact_email, "queued")
    assert new.token_digest != old.token_digest
    assert (claim.hold_due_at, claim.opt_out_closes_at) == (None, None)
    assert claim.events.get(kind="notice_resent").actor_role == "reviewer"
    stories.deliver_notice(claim, at=WEDNESDAY)
    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 28, 23, tzinfo=UTC)
    assert sweep() == 1


def test_a_lifted_hold_lets_the_window_go_on():
    claim = stories.held_claim()
    ends_at = claim.opt_out_closes_at
    assert ends_at

    settle(claim, HoldOutcome.LIFTED, reason="An out-of-office reply.")

    claim = stories.fresh(claim)
    assert (claim.status, claim.consent_status, claim.opt_out_closes_at) == (ClaimStatus.SUBMITTED, "sent", ends_at)
    assert sweep(now=ends_at - timedelta(minutes=1)) == 0
    assert sweep(now=ends_at) == 1


def test_a_hold_lifted_after_the_window_makes_the_claim_official_at_the_next_sweep():
    claim = stories.held_claim()
    sweep()

    settle(claim, HoldOutcome.LIFTED, now=AFTER_THE_WINDOW)

    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    assert sweep() == 1


def test_an_approval_given_meanwhile_counts_once_the_hold_is_lifted():
    claim = stories.held_claim()
    carla = answer.Answerer(name="Carla Bianchi")
    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=carla, now=TUESDAY)

    settle(claim, HoldOutcome.LIFTED)

    assert sweep(now=WEDNESDAY) == 1


def test_of_two_emails_both_have_to_be_read():
    claim = stories.held_claim()
    stories.receive(claim, at=TUESDAY)
    holds.hear_incoming_emails(now=TUESDAY)

    settle(claim, HoldOutcome.LIFTED)
    assert sweep() == 0
    settle(claim, HoldOutcome.LIFTED)
    assert sweep() == 1


# An unclear report


def test_a_notice_that_arrived_lets_the_window_go_on():
    claim = stories.held_claim(kind=UNCLEAR)

    settle(claim, HoldOutcome.ARRIVED, reason="It only says that the mailbox was moved.")

    assert stories.fresh(claim).hold_due_at is None
    assert sweep() == 1


def test_a_notice_that_did_not_arrive_stops_the_window_and_asks_the_partner_for_another_contact():
    claim = stories.held_claim(kind=UNCLEAR)

    settle(claim, HoldOutcome.NOT_ARRIVED, reason="The report says that nobody has this address.")

    claim = stories.fresh(claim)
    assert (claim.consent_status, claim.opt_out_closes_at, claim.hold_due_at) == ("bounced", None, None)
    assert claim.notices.get().email.status == EmailStatus.BOUNCED
    assert claim.notices.get().undelivered_at == WEDNESDAY
    told = OutboxEmail.objects.get(template="notice_bounced")
    assert told.context["said"] == ""
    assert lines(claim)[-2:] == ["hold_settled", "notice_bounced"]
    assert sweep() == 0


def test_a_notice_whose_window_ended_meanwhile_can_still_be_found_undelivered():
    claim = stories.held_claim(kind=UNCLEAR)
    sweep()

    settle(claim, HoldOutcome.NOT_ARRIVED, now=AFTER_THE_WINDOW)

    assert stories.fresh(claim).consent_status == "bounced"


# Refusals


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_every_outcome_needs_a_reason(reason):
    claim = stories.held_claim()

    with pytest.raises(ReasonMissing):
        settle(claim, HoldOutcome.LIFTED, reason=reason)

    assert stories.fresh(claim).hold_due_at is not None


def test_nobody_but_a_reviewer_settles_a_hold():
    claim = stories.held_claim()

    for actor in (stories.admin_of(claim), Actor(Role.PORTAL), Actor(Role.CUSTOMER, name="Carla")):
        with pytest.raises(ActionNotAllowed):
            settle(claim, HoldOutcome.LIFTED, by=actor)


def test_a_reviewer_does_not_settle_a_hold_of_their_own_company():
    claim = stories.held_claim()
    own = ReviewerFactory()
    PartnerMemberFactory(user=own, partner=claim.partner)

    with pytest.raises(OwnCompany):
        settle(claim, HoldOutcome.LIFTED, by=Actor(Role.REVIEWER, own.pk))


def test_a_hold_is_settled_once():
    claim = stories.held_claim()
    settle(claim, HoldOutcome.LIFTED)

    with pytest.raises(HoldSettled):
        settle(claim, HoldOutcome.OPTED_OUT)

    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_a_hold_of_another_claim_is_not_found():
    claim, other = stories.held_claim(), stories.held_claim()

    with pytest.raises(HoldSettled):
        settle_hold(
            claim_id=claim.pk,
            hold_id=other.holds.get().pk,
            outcome=HoldOutcome.LIFTED,
            reason=REASON,
            by=stories.reviewer(),
            now=WEDNESDAY,
        )


@pytest.mark.parametrize("outcome", [HoldOutcome.ARRIVED, HoldOutcome.NOT_ARRIVED, HoldOutcome.OVERTAKEN])
def test_what_the_customer_wrote_says_nothing_about_the_delivery(outcome):
    with pytest.raises(OutcomeNotPossible):
        settle(stories.held_claim(), outcome)


@pytest.mark.parametrize("outcome", [HoldOutcome.OPTED_OUT, HoldOutcome.SENT_AGAIN, HoldOutcome.LIFTED])
def test_an_unclear_report_says_nothing_about_the_customers_answer(outcome):
    with pytest.raises(OutcomeNotPossible):
        settle(stories.held_claim(kind=UNCLEAR), outcome)


def test_no_opt_out_is_recorded_where_it_would_change_nothing():
    claim = stories.declined_claim()
    stories.receive(claim, at=WEDNESDAY)
    holds.hear_incoming_emails(now=WEDNESDAY)

    for outcome in (HoldOutcome.OPTED_OUT, HoldOutcome.SENT_AGAIN):
        with pytest.raises(OutcomeNotPossible):
            settle(claim, outcome)
    settle(claim, HoldOutcome.LIFTED)

    assert claim.notices.get().answer_reason == OptOutReason.NO_RELATION


# What is kept, and who is told


def test_the_reason_stays_with_the_hold_and_out_of_the_history():
    claim = stories.held_claim()
    by = stories.reviewer()

    settle(claim, HoldOutcome.LIFTED, by=by)

    hold, line = claim.holds.get(), claim.events.get(kind="hold_settled")
    assert (hold.reason, hold.settled_by_id, hold.settled_at) == (REASON, by.user_id, WEDNESDAY)
    assert (line.actor_role, line.actor_id, line.note) == ("reviewer", by.user_id, "")
    assert line.details == {"hold": "customer_wrote", "outcome": "lifted", "notice": 1}


def test_a_settled_hold_asks_nobody_any_more():
    claim = stories.claim_under_review()
    stories.receive(claim, at=TUESDAY)
    stories.receive(claim, at=TUESDAY)
    holds.hear_incoming_emails(now=TUESDAY)

    settle(claim, HoldOutcome.LIFTED)
    assert set(Notification.objects.filter(kind="customer_wrote").values_list("done_at", flat=True)) == {None}
    settle(claim, HoldOutcome.LIFTED)

    assert set(Notification.objects.filter(kind="customer_wrote").values_list("done_at", flat=True)) == {WEDNESDAY}
    emails = OutboxEmail.objects.filter(template="hold_opened")
    assert set(emails.values_list("status", flat=True)) == {EmailStatus.CANCELLED}


def test_a_hold_of_a_decided_claim_holds_nothing():
    claim = stories.approved_claim()
    stories.receive(claim, at=AFTER_THE_WINDOW)
    holds.hear_incoming_emails(now=AFTER_THE_WINDOW)

    assert holding.is_read_only(ClaimHold.objects.get())
    assert not holding.is_read_only(stories.held_claim().holds.get())
