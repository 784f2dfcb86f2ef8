"""Associations and the interval in which they are in force."""

from datetime import date, timedelta

import pytest

from associations.models import Association
from tests.factories import MONDAY, AssociationFactory, SubscriptionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DAY = timedelta(days=1)


def test_active_leaves_ended_associations_out():
    held = AssociationFactory()
    AssociationFactory(ended_at=MONDAY + DAY, end_reason="superseded")

    assert list(Association.objects.active()) == [held]


def test_ending_soon_finds_active_ones_whose_subscription_ends_within_sixty_days():
    ends_on = (date(2020, 10, 1), date(2020, 12, 18), date(2020, 12, 19), None)
    overdue, last, _later, _without_end = [
        AssociationFactory(product=sold.product, subscription=sold)
        for sold in (SubscriptionFactory(ends_on=day) for day in ends_on)
    ]
    AssociationFactory()
    ended = SubscriptionFactory(ends_on=date(2020, 12, 18))
    AssociationFactory(product=ended.product, subscription=ended, ended_at=MONDAY, end_reason="superseded")

    assert set(Association.objects.ending_soon(MONDAY)) == {overdue, last}


def test_activities_are_those_held():
    workload = AssociationFactory()
    subscription = SubscriptionFactory()
    sales = AssociationFactory(
        product=subscription.product, subscription=subscription, activity_codes=("BA_USAGE", "BA_PRESALES")
    )

    assert workload.activity_codes == ("M365_USAGE",)
    assert sales.activity_codes == ("BA_USAGE", "BA_PRESALES")
