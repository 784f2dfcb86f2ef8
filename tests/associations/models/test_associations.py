"""Associations and the interval in which they are in force."""

from datetime import timedelta

import pytest

from associations.choices import Activity
from associations.models import Association
from tests.factories import MONDAY, AssociationFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_active_leaves_ended_associations_out():
    held = AssociationFactory()
    AssociationFactory(ended_at=MONDAY + DAY, end_reason="superseded")

    assert list(Association.objects.active()) == [held]


@pytest.mark.parametrize(
    ("moment", "count"),
    [(MONDAY - DAY, 0), (MONDAY, 1), (MONDAY + DAY - timedelta(seconds=1), 1), (MONDAY + DAY, 0)],
)
def test_active_at_includes_the_start_and_not_the_end(moment, count):
    AssociationFactory(ended_at=MONDAY + DAY, end_reason="superseded")

    assert Association.objects.active_at(moment).count() == count


def test_activities_are_those_held():
    workload = AssociationFactory()
    subscription = SubscriptionFactory()
    sales = AssociationFactory(product=subscription.product, subscription=subscription, for_presales=True)

    assert workload.activities == (Activity.M365_USAGE,)
    assert sales.activities == (Activity.BA_USAGE, Activity.BA_PRESALES)
