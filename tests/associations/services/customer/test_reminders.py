"""Reminders: once, in time, and only while they are true (domain.md T10, 5: E3a, E7, E12, E14)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import ReasonCode, ReminderKind, WithdrawalReason
from associations.rules.actors import Actor, Role
from associations.services.claim import drafting, submission
from associations.services.claim.answers import record_facts, version_of
from associations.services.claim.withdrawal import cancel_draft, withdraw_claim
from associations.services.customer import answer as answering
from associations.services.customer import opt_out_period, reminders
from associations.services.customer.reminders import send_due_reminders
from associations.services.review import decisions
from notifications.models import OutboxEmail
from tests import stories
from tests.associations.services.customer.reminding import CARLA, DAY, mails, opt_out, planned
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.both]

# Asked on Monday 19 October, due until the end of Monday 26 October: two and one business days before that, at eight.
THURSDAY = datetime(2020, 10, 22, 6, tzinfo=UTC)
FRIDAY = datetime(2020, 10, 23, 6, tzinfo=UTC)
DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)


def answers_reminded(*, now):
    """Return how many reminders of an answer one run of the clock writes; the customer may be reminded, too."""
    before = mails("answer_reminder").count()
    send_due_reminders(now=now)
    return mails("answer_reminder").count() - before


def resubmit(claim, *, at):
    by = stories.admin_of(claim)
    return submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=by, now=at)


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
    decisions.request_action(
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
        withdraw_claim(claim_id=claim.pk, reason=reason, by=by, now=THURSDAY)
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
    return record_facts(
        claim_id=claim.pk,
        group="details",
        facts={"name": f"Adoption {at.isoformat()}"},
        version=version_of({"name": stories.fresh(claim).name}),
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
    cancel_draft(claim_id=claim.pk, by=stories.admin_of(claim), now=MONDAY + DAY)

    assert send_due_reminders(now=MONDAY + 30 * DAY) == 0
    assert planned(claim, ReminderKind.DRAFT_UNFINISHED) == []


def test_a_filed_draft_is_not_recalled():
    claim = stories.complete_claim()
    reminders.plan_draft_reminders(claim, now=MONDAY)
    stories.submitted_claim(claim=claim)

    assert send_due_reminders(now=MONDAY + 7 * DAY) == 0


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

    opt_out_period.open_window(notice.pk, now=FRIDAY)

    assert planned(claim, ReminderKind.CUSTOMER_PERIOD_ENDING) == []
