"""Reminders: once, in time, and only while they are true (domain.md T10, 5: E3a, E7, E12, E14)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from associations.choices import OptOutReason, ReasonCode, ReminderKind, WithdrawalReason
from associations.models import Association, Claim, Reminder
from associations.rules.actors import Actor, Role
from associations.services import answering, clocks, drafting, reminding, review, submission
from associations.services.answering import Answerer
from associations.services.reminding import send_due_reminders
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CARLA = Answerer(name="Carla Bianchi")
# Asked on Monday 19 October, due until the end of Monday 26 October: two and one business days before that, at eight.
THURSDAY = datetime(2020, 10, 22, 6, tzinfo=UTC)
FRIDAY = datetime(2020, 10, 23, 6, tzinfo=UTC)
DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)
LAST_DAY_OF_SUBSCRIPTION = date(2021, 3, 31)


def mails(template):
    return OutboxEmail.objects.filter(template=template).order_by("pk")


def answers_reminded(*, now):
    """How many reminders of an answer one turn of the clock writes; the customer may be reminded, too."""
    before = mails("answer_reminder").count()
    send_due_reminders(now=now)
    return mails("answer_reminder").count() - before


def planned(claim, kind):
    due = Reminder.objects.filter(claim=claim, kind=kind, done_at=None).order_by("due_at")
    return list(due.values_list("due_at", flat=True))


def resubmit(claim, *, at):
    by = stories.admin_of(claim)
    return submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=by, now=at)


def opt_out(claim, *, at):
    notice = claim.notices.current().get()
    return answering.opt_out(notice_id=notice.pk, answerer=CARLA, reason=OptOutReason.OTHER, now=at)


def subscribed_claim(*, ends_on=LAST_DAY_OF_SUBSCRIPTION):
    """An official association on a subscription that ends."""
    claim = stories.complete_dynamics_claim()
    claim.tenant.subscriptions.update(ends_on=ends_on)
    return stories.approved_claim(claim=claim)


# The partner's answer (T10, E7)


def test_the_partner_is_reminded_two_and_one_business_days_before():
    claim = stories.claim_needing_action()

    assert planned(claim, ReminderKind.ANSWER_DUE) == [THURSDAY, FRIDAY]
    assert answers_reminded(now=THURSDAY - timedelta(seconds=1)) == 0
    assert answers_reminded(now=THURSDAY) == 1
    assert answers_reminded(now=FRIDAY) == 1
    assert [mail.context["due_on"] for mail in mails("answer_reminder")] == ["2020-10-26", "2020-10-26"]


def test_a_weekend_before_the_last_day_is_no_business_day():
    claim = stories.claim_needing_action(at=datetime(2020, 10, 20, 8, tzinfo=UTC))

    assert planned(claim, ReminderKind.ANSWER_DUE) == [FRIDAY, datetime(2020, 10, 26, 7, tzinfo=UTC)]


def test_a_reminder_is_sent_once_however_often_the_clock_runs():
    stories.claim_needing_action()

    assert answers_reminded(now=THURSDAY) == 1
    assert answers_reminded(now=THURSDAY) == 0

    assert mails("answer_reminder").count() == 1


def test_after_an_outage_only_the_latest_is_sent():
    stories.claim_needing_action()

    assert answers_reminded(now=FRIDAY + DAY) == 1
    assert answers_reminded(now=FRIDAY + DAY) == 0

    assert mails("answer_reminder").count() == 1


def test_nobody_is_reminded_of_a_question_whose_time_is_over():
    stories.claim_needing_action()

    assert answers_reminded(now=DEADLINE) == 0

    assert not mails("answer_reminder").exists()


def test_nobody_is_reminded_of_a_question_that_was_answered():
    claim = stories.claim_needing_action()
    resubmit(claim, at=MONDAY + DAY)

    assert answers_reminded(now=THURSDAY) == 0


def test_a_second_question_has_reminders_of_its_own_and_none_of_the_first():
    claim = stories.claim_needing_action()
    resubmit(claim, at=MONDAY + DAY)
    review.request_action(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_DATES],
        text="Which year?",
        by=Actor(Role.REVIEWER, claim.reviewer_id),
        now=MONDAY + 2 * DAY,
    )

    assert planned(claim, ReminderKind.ANSWER_DUE) == [
        datetime(2020, 10, 26, 7, tzinfo=UTC),
        datetime(2020, 10, 27, 7, tzinfo=UTC),
    ]
    assert answers_reminded(now=FRIDAY) == 0


def test_a_reminder_that_has_not_left_stays_once_the_partner_answered():
    claim = stories.claim_needing_action()
    send_due_reminders(now=THURSDAY)

    resubmit(claim, at=THURSDAY)

    assert mails("answer_reminder").get().status == "cancelled"


# The customer (E3a)


def test_the_customer_is_reminded_two_business_days_before_with_a_link_that_works():
    claim = stories.noticed_claim()

    assert planned(claim, ReminderKind.CUSTOMER_PERIOD_ENDING) == [THURSDAY]
    assert send_due_reminders(now=THURSDAY) == 1

    email = mails("customer_reminder").get()
    assert email.to == [f"customer@{claim.domain_name}"]
    assert (email.context["last_day_on"], email.send_before) == ("2020-10-26", DEADLINE)
    assert answering.find_notice(email.secret.split("/")[2]).claim == claim


def test_a_customer_who_answered_is_not_reminded():
    claim = stories.claim_needing_action()
    notice = claim.notices.get()
    answering.approve_by_customer(notice_id=notice.pk, answerer=CARLA, now=MONDAY + DAY)

    send_due_reminders(now=THURSDAY)

    assert not mails("customer_reminder").exists()


@pytest.mark.parametrize("answer", ["approve", "opt_out", "withdraw", "new_notice"])
def test_a_reminder_that_has_not_left_stays_once_it_is_untrue(answer):
    claim = stories.claim_needing_action()
    send_due_reminders(now=THURSDAY)
    if answer == "approve":
        answering.approve_by_customer(notice_id=claim.notices.get().pk, answerer=CARLA, now=THURSDAY)
    if answer == "opt_out":
        opt_out(claim, at=THURSDAY)
    if answer == "withdraw":
        by, reason = stories.admin_of(claim), WithdrawalReason.WRONG_MPN
        submission.withdraw_claim(claim_id=claim.pk, reason=reason, by=by, now=THURSDAY)
    if answer == "new_notice":
        claim.contacts.filter(kind="customer").update(email=f"carlo@{claim.domain_name}")
        resubmit(claim, at=THURSDAY)

    email = mails("customer_reminder").get()
    assert (email.status, email.secret) == ("cancelled", "")


def test_a_customer_is_not_reminded_after_an_opt_out():
    claim = stories.noticed_claim()
    opt_out(claim, at=MONDAY + DAY)

    assert send_due_reminders(now=THURSDAY) == 0


def test_a_customer_is_not_reminded_when_the_period_is_over():
    stories.noticed_claim()

    assert send_due_reminders(now=DEADLINE) == 0


def test_a_new_notice_has_a_reminder_of_its_own():
    claim = stories.claim_needing_action()
    claim.contacts.filter(kind="customer").update(email=f"carlo@{claim.domain_name}")
    resubmit(claim, at=MONDAY + 2 * DAY)
    stories.deliver_notice(claim, at=MONDAY + 2 * DAY)

    assert planned(claim, ReminderKind.CUSTOMER_PERIOD_ENDING) == [datetime(2020, 10, 26, 7, tzinfo=UTC)]


# Drafts (E14)


def draft(*, at=MONDAY):
    claim = stories.draft_claim(at=at, name="Adoption")
    return drafting.start_claim(
        location=claim.location,
        domain_name=claim.domain_name,
        tenant=claim.tenant,
        by=stories.admin_of(claim),
        now=at,
    )


def touch(claim, *, at):
    by = stories.admin_of(claim)
    return drafting.record_facts(
        claim_id=claim.pk,
        group="details",
        facts={"name": f"Adoption {at.isoformat()}"},
        version=drafting.version_of({"name": stories.fresh(claim).name}),
        by=by,
        now=at,
    )


def test_an_untouched_draft_is_recalled_after_7_and_21_days():
    claim = draft()

    assert planned(claim, ReminderKind.DRAFT_UNFINISHED) == [MONDAY + 7 * DAY, MONDAY + 21 * DAY]
    sent = [send_due_reminders(now=MONDAY + day * DAY) for day in range(30)]
    assert [day for day, count in enumerate(sent) if count] == [7, 21]
    assert [mail.to for mail in mails("draft_reminder")] == [[claim.created_by.email]] * 2


def test_a_touched_draft_is_recalled_later():
    claim = draft()
    touch(claim, at=MONDAY + 5 * DAY)

    sent = [send_due_reminders(now=MONDAY + day * DAY) for day in range(40)]

    assert [day for day, count in enumerate(sent) if count] == [12, 26]


def test_after_an_outage_a_draft_is_recalled_once():
    draft()

    assert [send_due_reminders(now=MONDAY + day * DAY) for day in (30, 31, 60)] == [1, 0, 0]


def test_a_deleted_draft_is_not_recalled():
    claim = draft()
    submission.cancel_draft(claim_id=claim.pk, by=stories.admin_of(claim), now=MONDAY + DAY)

    assert send_due_reminders(now=MONDAY + 30 * DAY) == 0
    assert planned(claim, ReminderKind.DRAFT_UNFINISHED) == []


def test_a_filed_draft_is_not_recalled():
    claim = stories.complete_claim()
    reminding.plan_draft_reminders(claim, now=MONDAY)
    stories.submitted_claim(claim=claim)

    assert send_due_reminders(now=MONDAY + 7 * DAY) == 0


# Subscriptions (E12)


def test_the_end_of_a_subscription_is_announced_60_30_and_7_days_before():
    claim = subscribed_claim()

    assert planned(claim, ReminderKind.SUBSCRIPTION_ENDING) == [
        datetime(2021, 1, 30, 7, tzinfo=UTC),
        datetime(2021, 3, 1, 7, tzinfo=UTC),
        datetime(2021, 3, 24, 7, tzinfo=UTC),
    ]
    sent = [send_due_reminders(now=due) for due in planned(claim, ReminderKind.SUBSCRIPTION_ENDING)]
    assert sent == [1, 1, 1]
    subscription = claim.tenant.subscriptions.get()
    assert [mail.context["ending"] for mail in mails("subscription_ending")] == [
        [
            {
                "name": "Dynamics 365 Sales",
                "subscription_id": str(subscription.subscription_id),
                "ends_on": "2021-03-31",
            }
        ]
    ] * 3


def test_after_an_outage_the_end_is_announced_once():
    subscribed_claim()

    assert send_due_reminders(now=datetime(2021, 3, 28, 8, tzinfo=UTC)) == 1

    assert mails("subscription_ending").count() == 1


def test_an_association_that_ended_already_is_not_announced():
    claim = subscribed_claim()
    opt_out(claim, at=MONDAY + 30 * DAY)

    assert send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC)) == 0


def test_a_subscription_that_is_over_is_not_announced():
    subscribed_claim()

    assert send_due_reminders(now=datetime(2021, 4, 2, 8, tzinfo=UTC)) == 0


def test_a_later_end_moves_the_announcements():
    claim = subscribed_claim()
    claim.tenant.subscriptions.update(ends_on=date(2021, 9, 30))

    assert send_due_reminders(now=datetime(2021, 1, 30, 8, tzinfo=UTC)) == 0

    assert planned(claim, ReminderKind.SUBSCRIPTION_ENDING) == [
        datetime(2021, 8, 1, 6, tzinfo=UTC),
        datetime(2021, 8, 31, 6, tzinfo=UTC),
        datetime(2021, 9, 23, 6, tzinfo=UTC),
    ]


@pytest.mark.parametrize("known_before", [None, date(2022, 3, 31)])
def test_an_end_that_became_known_or_came_nearer_is_announced(known_before):
    claim = subscribed_claim(ends_on=known_before)
    claim.tenant.subscriptions.update(ends_on=LAST_DAY_OF_SUBSCRIPTION)

    assert send_due_reminders(now=datetime(2021, 2, 10, 8, tzinfo=UTC)) == 0

    due = planned(claim, ReminderKind.SUBSCRIPTION_ENDING)
    assert due == [datetime(2021, 3, 1, 7, tzinfo=UTC), datetime(2021, 3, 24, 7, tzinfo=UTC)]
    assert [send_due_reminders(now=at) for at in (due[0], due[0] + DAY, due[1], due[1] + DAY)] == [1, 0, 1, 0]


def test_in_its_last_days_a_subscription_is_not_planned_again(django_assert_num_queries):
    subscribed_claim()
    send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC))

    # Whose end has moved, what ends without a claim, and what is due.
    with django_assert_num_queries(3):
        assert send_due_reminders(now=datetime(2021, 3, 26, 8, tzinfo=UTC)) == 0


def test_a_moved_end_that_cannot_be_planned_stops_no_reminder(caplog):
    broken, sound = (
        subscribed_claim(ends_on=None),
        stories.claim_needing_action(at=datetime(2021, 2, 8, 8, tzinfo=UTC)),
    )
    broken.tenant.subscriptions.update(ends_on=LAST_DAY_OF_SUBSCRIPTION)
    Claim.objects.filter(pk=broken.pk).update(window_zone="../nowhere")

    send_due_reminders(now=datetime(2021, 2, 12, 8, tzinfo=UTC))

    assert mails("answer_reminder").get().key.split(":")[1] == str(sound.pk)
    assert f"The reminders of claim {broken.pk}" in caplog.text


def test_an_announcement_that_has_not_left_stays_once_the_association_ended():
    claim = subscribed_claim()
    send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC))

    opt_out(claim, at=datetime(2021, 3, 24, 9, tzinfo=UTC))

    assert mails("subscription_ending").get().status == "cancelled"
    assert not Association.objects.active().exists()


# Trouble


def test_one_reminder_that_fails_is_left_and_stops_no_other(caplog):
    broken, sound = stories.claim_needing_action(), stories.claim_needing_action()
    broken.contacts.filter(kind="partner").update(email="nobody")

    send_due_reminders(now=THURSDAY)

    assert [mail.key.split(":")[1] for mail in mails("answer_reminder")] == [str(sound.pk)]
    assert planned(broken, ReminderKind.ANSWER_DUE) == [THURSDAY, FRIDAY]
    assert "was left for the next run" in caplog.text


def test_a_window_that_opens_late_in_its_own_time_plans_nothing_in_the_past():
    claim = stories.submitted_claim()
    notice = claim.notices.get()
    OutboxEmail.objects.filter(pk=notice.email_id).update(status="sent", sent_at=MONDAY, secret="")

    clocks.open_window(notice.pk, now=FRIDAY)

    assert planned(claim, ReminderKind.CUSTOMER_PERIOD_ENDING) == []
