"""The end of a subscription is announced to the partner 60, 30 and 7 days before (E12)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from associations.choices import ReminderKind
from associations.models import Association, Claim
from associations.services.customer import reminders
from associations.services.customer.reminders import send_due_reminders
from tests import stories
from tests.associations.services.customer.reminding import DAY, mails, opt_out, planned
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LAST_DAY_OF_SUBSCRIPTION = date(2021, 3, 31)


def subscribed_claim(*, ends_on=LAST_DAY_OF_SUBSCRIPTION):
    """An official association on a subscription that ends."""
    claim = stories.complete_dynamics_claim()
    claim.tenant.subscriptions.update(ends_on=ends_on)
    return stories.approved_claim(claim=claim)


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


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Asia/Tokyo", "America/Los_Angeles"])
def test_the_end_is_announced_at_eight_of_the_customer_wherever_they_are(zone):
    claim = subscribed_claim(ends_on=None)
    Claim.objects.filter(pk=claim.pk).update(window_zone=zone)
    claim.tenant.subscriptions.update(ends_on=LAST_DAY_OF_SUBSCRIPTION)
    reminders.plan_subscription_reminders([stories.fresh(claim)], now=MONDAY)

    first = planned(claim, ReminderKind.SUBSCRIPTION_ENDING)[0]

    assert first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime(2021, 1, 30, 8)
    assert [send_due_reminders(now=at) for at in (first - timedelta(seconds=1), first)] == [0, 1]


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
