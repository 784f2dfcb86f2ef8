"""The weekly digest in place of reminders of drafts and of ending subscriptions (E19)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import User
from associations.models import DigestLine
from associations.services.claim.withdrawal import cancel_draft
from associations.services.customer.reminders import plan_draft_reminders, send_due_reminders
from associations.services.customer.weekly_digest import last_digest_time, send_weekly_digests
from associations.services.privacy.personal_data import personal_data_of
from notifications.sending import rendering
from tests import stories
from tests.associations.services.customer.reminding import DAY, mails, opt_out
from tests.factories import MONDAY, AssociationFactory, PartnerMemberFactory, SubscriptionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

# Monday 26 October 2020: a draft of MONDAY is reminded of at nine, and the next digest leaves a week later at eight.
REMINDED = MONDAY + 7 * DAY
WEDNESDAY = REMINDED + 2 * DAY
EIGHT_NEXT_MONDAY = datetime(2020, 11, 2, 7, tzinfo=UTC)


def resting_draft(*, weekly=True, **person):
    """A draft that was left on MONDAY; its author reads the digest."""
    claim = stories.draft_claim(name="Adoption")
    User.objects.filter(pk=claim.created_by_id).update(has_weekly_digest=weekly, **person)
    plan_draft_reminders(claim, now=MONDAY)
    return stories.fresh(claim)


def choose(claim, *, weekly):
    User.objects.filter(pk=claim.created_by_id).update(has_weekly_digest=weekly)


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (datetime(2020, 11, 2, 7, tzinfo=UTC), datetime(2020, 11, 2, 7, tzinfo=UTC)),
        (datetime(2020, 11, 2, 6, 59, tzinfo=UTC), datetime(2020, 10, 26, 7, tzinfo=UTC)),
        (datetime(2020, 11, 1, 23, 30, tzinfo=UTC), datetime(2020, 10, 26, 7, tzinfo=UTC)),
        (datetime(2020, 10, 25, 12, tzinfo=UTC), datetime(2020, 10, 19, 6, tzinfo=UTC)),
    ],
)
def test_a_digest_is_due_on_monday_at_eight_in_the_portal_s_zone(now, at):
    assert last_digest_time(now) == at


def test_a_reminder_waits_for_monday_and_leaves_once():
    claim = resting_draft()

    assert send_due_reminders(now=REMINDED) == 1
    assert not mails("draft_reminder").exists()
    assert [send_weekly_digests(now=at) for at in (REMINDED, EIGHT_NEXT_MONDAY - timedelta(seconds=1))] == [0, 0]

    assert [send_weekly_digests(now=EIGHT_NEXT_MONDAY + hours) for hours in (timedelta(0), DAY)] == [1, 0]
    email = mails("weekly_digest").get()
    assert email.to == [claim.created_by.email]
    assert [line["number"] for line in email.context["drafts"]] == [claim.number]
    assert not DigestLine.objects.exists()


def test_a_late_clock_sends_what_was_due_and_keeps_the_new_week():
    late = EIGHT_NEXT_MONDAY + 9 * DAY
    resting_draft()
    send_due_reminders(now=REMINDED)
    second = resting_draft()
    send_due_reminders(now=late)

    assert send_weekly_digests(now=late) == 1
    assert DigestLine.objects.get().claim == second
    assert send_weekly_digests(now=late + 7 * DAY) == 1


def test_a_person_who_leaves_the_digest_in_the_middle_of_the_week_gets_what_waits_at_once():
    claim = resting_draft()
    send_due_reminders(now=REMINDED)
    choose(claim, weekly=False)

    assert send_weekly_digests(now=WEDNESDAY) == 1
    assert send_weekly_digests(now=EIGHT_NEXT_MONDAY) == 0
    send_due_reminders(now=MONDAY + 21 * DAY)

    assert mails("draft_reminder").get().to == [claim.created_by.email]


def test_a_person_who_chooses_the_digest_in_the_middle_of_the_week_reads_nothing_twice():
    claim = resting_draft(weekly=False)
    send_due_reminders(now=REMINDED)
    choose(claim, weekly=True)

    assert mails("draft_reminder").count() == 1
    assert send_weekly_digests(now=EIGHT_NEXT_MONDAY) == 0


def test_what_is_no_longer_true_on_monday_is_left_out():
    deleted, muted = resting_draft(), resting_draft()
    send_due_reminders(now=REMINDED)
    cancel_draft(claim_id=deleted.pk, by=stories.admin_of(deleted), now=WEDNESDAY)
    User.objects.filter(pk=muted.created_by_id).update(muted_mails=["draft_reminder"])

    assert send_weekly_digests(now=EIGHT_NEXT_MONDAY) == 0
    assert not DigestLine.objects.exists()


@pytest.mark.parametrize("person", [{"is_active": False}, {"muted_mails": ["draft_reminder"]}])
def test_who_hears_of_no_draft_has_none_in_the_digest(person):
    resting_draft(**person)
    send_due_reminders(now=REMINDED)

    assert not DigestLine.objects.exists()


def test_the_end_of_a_subscription_waits_for_those_who_chose_it_and_goes_to_the_others_at_once():
    claim = stories.complete_dynamics_claim()
    claim.tenant.subscriptions.update(ends_on=date(2021, 3, 31))
    claim = stories.approved_claim(claim=claim)
    choose(claim, weekly=True)
    wednesday = datetime(2021, 3, 24, 8, tzinfo=UTC)

    assert send_due_reminders(now=wednesday) == 1
    assert mails("subscription_ending").get().to == [f"paolo{claim.pk}@partner.example"]
    assert send_weekly_digests(now=datetime(2021, 3, 29, 6, tzinfo=UTC)) == 1

    rendered = rendering.render(mails("weekly_digest").get())
    assert "Dynamics 365 Sales, subscription" in rendered.text
    assert "ends on Wednesday 31 March 2021" in rendered.text
    assert "Drafts" not in rendered.text


def test_an_association_that_ended_before_monday_is_left_out():
    claim = stories.complete_dynamics_claim()
    claim.tenant.subscriptions.update(ends_on=date(2021, 3, 31))
    claim = stories.approved_claim(claim=claim)
    choose(claim, weekly=True)
    send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC))
    opt_out(claim, at=datetime(2021, 3, 25, 8, tzinfo=UTC))

    assert send_weekly_digests(now=datetime(2021, 3, 29, 6, tzinfo=UTC)) == 0


def test_the_end_of_an_association_without_a_claim_waits_too():
    member = PartnerMemberFactory(user__has_weekly_digest=True)
    subscription = SubscriptionFactory(ends_on=date(2021, 3, 31))
    AssociationFactory(
        partner=member.partner,
        tenant=subscription.tenant,
        product=subscription.product,
        subscription=subscription,
        is_migrated=True,
    )

    send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC))
    assert not mails("migrated_ending").exists()
    assert send_weekly_digests(now=datetime(2021, 3, 29, 6, tzinfo=UTC)) == 1

    line = mails("weekly_digest").get().context["ending"][0]
    assert (line["number"], line["ends_on"]) == ("", "2021-03-31")


def test_one_digest_that_fails_is_left_and_stops_no_other(caplog):
    broken, sound = resting_draft(), resting_draft()
    send_due_reminders(now=REMINDED)
    User.objects.filter(pk=broken.created_by_id).update(language="xx")

    assert send_weekly_digests(now=EIGHT_NEXT_MONDAY) == 1

    assert mails("weekly_digest").get().to == [sound.created_by.email]
    assert DigestLine.objects.get().person_id == broken.created_by_id
    assert "was left for the next run" in caplog.text


def test_what_waits_for_the_digest_is_told_to_its_person():
    claim = resting_draft()
    send_due_reminders(now=REMINDED)

    held = personal_data_of(claim.created_by.email)

    assert [line["claim_id"] for line in held["waiting for the weekly digest"]] == [claim.pk]
    assert held["account"][0]["has_weekly_digest"] is True
