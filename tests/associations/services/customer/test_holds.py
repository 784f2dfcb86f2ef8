"""Replies and reports about a customer's email go to a reviewer and hold the opt-out period (D19, D20)."""

from datetime import datetime, timedelta

import pytest

from associations.choices import ClaimStatus, HoldKind, OptOutReason, ReasonCode, WithdrawalReason
from associations.models import Association, Claim, ClaimHold
from associations.rules.actors import Actor, Role
from associations.services.association import approval
from associations.services.claim import disputes, submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer, holds, reminders, undelivered_notice
from associations.services.customer.holds import hear_incoming_emails
from associations.services.review import decisions
from notifications.models import EmailStatus, IncomingKind, Notification, OutboxEmail
from operations.clocks import run_clock
from tests import stories
from tests.factories import MONDAY, IncomingEmailFactory, OutboxEmailFactory, PartnerMemberFactory, ReviewerFactory

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)
# The end of the second business day after Tuesday 20 October, in Rome.
DUE = datetime.fromisoformat("2020-10-22T22:00:00+00:00")
AFTER_THE_WINDOW = MONDAY + timedelta(days=14)
UNCLEAR = IncomingKind.UNCLEAR_REPORT
KINDS = {IncomingKind.REPLY: "customer_wrote", UNCLEAR: "delivery_unclear"}
CARLA = answer.Answerer(name="Carla Bianchi")


def lines(claim):
    return list(claim.events.values_list("kind", flat=True))


def sweep(*, now=AFTER_THE_WINDOW):
    return approval.approve_unopposed_claims(now=now)


@pytest.mark.parametrize("kind", KINDS)
def test_an_email_that_came_in_holds_the_claim_beyond_its_window(kind):
    claim = stories.noticed_claim()
    incoming = stories.receive(claim, kind=kind, at=TUESDAY)

    assert hear_incoming_emails(now=TUESDAY) == 1
    sweep()

    claim = stories.fresh(claim)
    hold = ClaimHold.objects.get()
    assert (hold.claim, hold.incoming, hold.notice) == (claim, incoming, claim.notices.get())
    assert (hold.kind, hold.opened_at, hold.due_at) == (KINDS[kind], TUESDAY, DUE)
    assert (claim.status, claim.hold_due_at) == (ClaimStatus.SUBMITTED, DUE)
    assert not Association.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_what_came_in_is_heard_by_the_sweep_itself(kind):
    claim = stories.noticed_claim()
    stories.receive(claim, kind=kind, at=TUESDAY)

    assert sweep().approved == 0

    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    assert ClaimHold.objects.get().kind == KINDS[kind]


def test_a_validation_and_a_decision_between_partners_hear_the_customer_first():
    claim = stories.claim_under_review()
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    sweep()
    stories.receive(claim, at=AFTER_THE_WINDOW)

    by = Actor(Role.REVIEWER, claim.reviewer_id)
    validated = decisions.validate_claim(claim_id=claim.pk, by=by, now=AFTER_THE_WINDOW)

    assert validated.status == ClaimStatus.AWAITING_CUSTOMER
    assert sweep(now=AFTER_THE_WINDOW + timedelta(days=30)).approved == 0


def test_the_task_hears_before_it_sweeps():
    claim = stories.noticed_claim()
    stories.receive(claim, at=TUESDAY)

    run_clock("approve_unopposed_claims")

    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    assert ClaimHold.objects.unsettled().count() == 1


def test_the_clock_hears_between_two_sweeps():
    stories.receive(stories.noticed_claim(), at=TUESDAY)

    run_clock("hear_incoming_emails")

    assert ClaimHold.objects.count() == 1


def test_each_email_is_heard_once():
    claim = stories.noticed_claim()
    first = stories.receive(claim, at=TUESDAY)
    hear_incoming_emails(now=TUESDAY)
    stories.receive(claim, at=TUESDAY)

    assert hear_incoming_emails(now=TUESDAY) == 1
    assert hear_incoming_emails(now=TUESDAY) == 0
    assert holds.hear(first.pk, claim_id=claim.pk, now=TUESDAY) is False
    assert claim.holds.count() == 2


def test_one_email_that_fails_keeps_no_other_from_being_heard(caplog):
    lost = OutboxEmailFactory(key="claim:424242:notice:1", template="customer_notice")
    IncomingEmailFactory(email=lost)
    claim = stories.noticed_claim()
    stories.receive(claim, at=TUESDAY)

    assert hear_incoming_emails(now=TUESDAY) == 1

    assert claim.holds.count() == 1
    assert "was left for the next run" in caplog.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_reply_to_the_reminder_is_about_the_notice(kind):
    claim = stories.noticed_claim()
    reminders.send_due_reminders(now=MONDAY + timedelta(days=3))
    reminder = OutboxEmail.objects.get(template="customer_reminder")

    stories.receive(claim, kind=kind, email=reminder, at=MONDAY + timedelta(days=3))
    hear_incoming_emails(now=MONDAY + timedelta(days=3))

    assert claim.holds.get().notice == claim.notices.get()


def test_what_comes_in_about_emails_to_partners_and_reviewers_holds_nothing():
    claim = stories.noticed_claim()
    receipt = OutboxEmail.objects.get(template="claim_received")
    stories.receive(claim, email=receipt, kind=UNCLEAR, at=TUESDAY)

    assert hear_incoming_emails(now=TUESDAY) == 0
    assert sweep().approved == 1


def test_what_a_customer_writes_about_an_old_notice_holds_the_claim():
    claim = stories.noticed_claim()
    old = claim.notices.get()
    bounce(claim, at=TUESDAY)
    undelivered_notice.resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)
    stories.deliver_notice(claim, at=TUESDAY)
    stories.receive(claim, email=old.email, at=TUESDAY)

    hear_incoming_emails(now=TUESDAY)

    assert claim.holds.unsettled().get().notice == old
    assert sweep().approved == 0


def test_an_unclear_report_about_an_old_notice_is_kept_and_settled_at_once():
    claim = stories.noticed_claim()
    old = claim.notices.get()
    bounce(claim, at=TUESDAY)
    undelivered_notice.resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)
    stories.deliver_notice(claim, at=TUESDAY)
    stories.receive(claim, kind=UNCLEAR, email=old.email, at=TUESDAY)

    hear_incoming_emails(now=TUESDAY)

    hold = claim.holds.get()
    assert (hold.outcome, hold.settled_at, hold.settled_by) == ("overtaken", TUESDAY, None)
    assert lines(claim)[-2:] == ["delivery_unclear", "hold_settled"]
    assert sweep().approved == 1


def bounce(claim, *, at):
    emails = OutboxEmail.objects.filter(pk=claim.notices.current().get().email_id)
    emails.update(status=EmailStatus.BOUNCED, bounced_at=at, last_error="550 5.1.1 No such user")
    undelivered_notice.note_undelivered_notices(now=at)


def test_an_unclear_report_about_a_notice_that_came_back_asks_nobody():
    claim = stories.noticed_claim()
    reminders.send_due_reminders(now=MONDAY + timedelta(days=3))
    reminder = OutboxEmail.objects.get(template="customer_reminder")
    bounce(claim, at=TUESDAY)
    stories.receive(claim, kind=UNCLEAR, email=reminder, at=TUESDAY)

    hear_incoming_emails(now=TUESDAY)

    assert stories.fresh(claim).open_holds == ()
    assert claim.holds.get().outcome == "overtaken"


def test_a_report_that_says_it_did_not_arrive_ends_the_question():
    claim = stories.held_claim(kind=UNCLEAR)

    bounce(claim, at=TUESDAY)

    claim = stories.fresh(claim)
    assert (claim.hold_due_at, claim.consent_status) == (None, "bounced")
    assert claim.holds.get().outcome == "overtaken"


def test_a_new_notice_ends_the_question_about_the_old_one_but_not_what_the_customer_wrote():
    claim = stories.claim_needing_action()
    stories.receive(claim, kind=UNCLEAR, at=TUESDAY)
    stories.receive(claim, at=TUESDAY)
    hear_incoming_emails(now=TUESDAY)
    claim.contacts.filter(kind="customer").update(email=f"somebody.else@{claim.domain_name}")

    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=TUESDAY)
    stories.deliver_notice(claim, at=TUESDAY)

    assert stories.fresh(claim).open_holds == ("customer_wrote",)
    assert sweep().approved == 0


# The customer's answer through the link


def test_an_approval_through_the_link_shows_that_the_notice_arrived():
    claim = stories.held_claim(kind=UNCLEAR)

    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=CARLA, now=TUESDAY)

    claim = stories.fresh(claim)
    assert (claim.status, claim.hold_due_at) == (ClaimStatus.APPROVED, None)
    assert claim.holds.get().outcome == "overtaken"


def test_an_approval_through_the_link_waits_until_a_reviewer_has_read_what_the_customer_wrote():
    claim = stories.held_claim()

    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=CARLA, now=TUESDAY)
    sweep()

    claim = stories.fresh(claim)
    assert (claim.status, claim.consent_status) == (ClaimStatus.SUBMITTED, "acknowledged")
    assert len(claim.open_holds) == 1


def test_an_approval_does_not_overtake_a_reply_that_nobody_has_heard_yet():
    claim = stories.noticed_claim()
    stories.receive(claim, at=TUESDAY)

    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=CARLA, now=TUESDAY)

    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


@pytest.mark.parametrize("kind", KINDS)
def test_an_opt_out_through_the_link_always_counts(kind):
    claim = stories.held_claim(kind=kind)

    answer.opt_out(notice_id=claim.notices.get().pk, answerer=CARLA, reason=OptOutReason.OTHER, now=TUESDAY)

    claim = stories.fresh(claim)
    assert (claim.status, claim.consent_status, claim.hold_due_at) == (ClaimStatus.REJECTED, "declined", None)
    assert claim.holds.get().outcome == "overtaken"


# Decided claims


def test_a_reply_after_the_decision_reaches_a_reviewer_and_changes_nothing():
    claim = stories.approved_claim()
    active = OutboxEmail.objects.get(template="association_active")
    stories.receive(claim, email=active, at=AFTER_THE_WINDOW)

    hear_incoming_emails(now=AFTER_THE_WINDOW)

    claim = stories.fresh(claim)
    assert claim.status == ClaimStatus.APPROVED
    assert claim.hold_due_at is not None
    assert Association.objects.active().count() == 2


def test_an_unclear_report_after_the_decision_is_a_line_of_history():
    claim = stories.approved_claim()
    stories.receive(claim, kind=UNCLEAR, at=AFTER_THE_WINDOW)

    hear_incoming_emails(now=AFTER_THE_WINDOW)

    assert stories.fresh(claim).hold_due_at is None
    assert lines(claim)[-2:] == ["delivery_unclear", "hold_settled"]


def test_a_withdrawn_claim_asks_no_more_whether_its_notice_arrived_but_its_customer_is_still_read():
    claim = stories.held_claim(kind=UNCLEAR)
    stories.receive(claim, at=TUESDAY)
    hear_incoming_emails(now=TUESDAY)

    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=TUESDAY)

    assert stories.fresh(claim).open_holds == ("customer_wrote",)


@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_that_comes_back_by_a_dispute_is_still_on_hold(kind):
    claim = stories.claim_under_review()
    stories.receive(claim, kind=kind, at=TUESDAY)
    sweep()
    by = Actor(Role.REVIEWER, claim.reviewer_id)
    decisions.reject_claim(claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="Old.", by=by, now=AFTER_THE_WINDOW)
    disputes.open_dispute(
        claim_id=claim.pk,
        justification="It is new.",
        proofs=(),
        max_files=10,
        by=stories.admin_of(claim),
        now=AFTER_THE_WINDOW,
    )

    accepted = disputes.accept_dispute(claim_id=claim.pk, text="Yes.", by=by, now=AFTER_THE_WINDOW)

    assert accepted.status == ClaimStatus.UNDER_REVIEW
    assert sweep(now=AFTER_THE_WINDOW + timedelta(days=30)).approved == 0


def test_a_notice_found_undelivered_after_the_rejection_is_sent_again_when_the_dispute_is_accepted():
    claim = stories.claim_under_review()
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    sweep()
    by = Actor(Role.REVIEWER, claim.reviewer_id)
    decisions.reject_claim(claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="Old.", by=by, now=AFTER_THE_WINDOW)
    bounce(claim, at=AFTER_THE_WINDOW)
    disputes.open_dispute(
        claim_id=claim.pk,
        justification="It is new.",
        proofs=(),
        max_files=10,
        by=stories.admin_of(claim),
        now=AFTER_THE_WINDOW,
    )

    accepted = disputes.accept_dispute(claim_id=claim.pk, text="Yes.", by=by, now=AFTER_THE_WINDOW)

    assert accepted.consent_status == "queued"
    assert claim.notices.count() == 2


# Who is told


def test_every_reviewer_of_no_company_of_the_claim_is_told_in_the_portal_and_the_partner_is_not():
    claim = stories.noticed_claim()
    colleague, own = ReviewerFactory(), ReviewerFactory()
    PartnerMemberFactory(user=own, partner=claim.partner)
    stories.receive(claim, at=TUESDAY)

    hear_incoming_emails(now=TUESDAY)

    told = Notification.objects.filter(kind="customer_wrote")
    assert [notice.user for notice in told] == [colleague]
    assert told.get().due_at == DUE
    assert not OutboxEmail.objects.filter(template="hold_opened").exists()
    assert "hired" not in str(told.get().context)


def test_the_claims_reviewer_is_told_by_email_without_the_customers_text():
    claim = stories.claim_under_review()
    ReviewerFactory()
    stories.receive(claim, at=TUESDAY, text="No, we never hired them.", subject="Never hired")

    hear_incoming_emails(now=TUESDAY)

    email = OutboxEmail.objects.get(template="hold_opened")
    assert claim.reviewer
    assert email.to == [claim.reviewer.email]
    assert [notice.user for notice in Notification.objects.filter(kind="customer_wrote")] == [claim.reviewer]
    assert "hired" not in str(email.context)


def test_what_was_written_stands_in_no_line_of_history_no_email_and_no_notice():
    claim = stories.claim_under_review()
    stories.receive(claim, at=TUESDAY, text="Xylophone", subject="Xylophone", sender="xylophone@customer.example")

    hear_incoming_emails(now=TUESDAY)

    told = [
        *claim.events.values_list("note", "details", "actor_name"),
        *OutboxEmail.objects.values_list("context", "subject", "text"),
        *Notification.objects.values_list("context"),
    ]
    assert "xylophone" not in str(told).casefold()


def test_the_kinds_of_the_two_apps_are_matched():
    assert {kind.value: hold.value for kind, hold in holds.KINDS.items()} == KINDS
    assert set(holds.EVENTS) == set(HoldKind)
