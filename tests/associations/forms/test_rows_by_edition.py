"""Sheets name activities and workloads in the words of the edition in force."""

from datetime import timedelta

import pytest

from associations.forms.imports.migration_rows import MigrationRow
from associations.forms.imports.rows import Desk
from associations.models import Product
from guides import publishing
from guides.editions import portal_day
from guides.models import ProgramGuide
from tests.factories import (
    MONDAY,
    GuideActivityFactory,
    GuideAreaFactory,
    PartnerLocationFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TOMORROW = MONDAY + timedelta(days=1)


@pytest.fixture
def coming() -> ProgramGuide:
    """An edition from tomorrow on: a renamed and a new activity, and an area of its own for one workload."""
    guide = publishing.new_edition_from(ProgramGuide.objects.get(code="2020-09"), code="2020-10", title="October")
    guide.activities.filter(code="BA_PRESALES").update(name={"en": "Build intent", "it": "Generazione di interesse"})
    renewal = {"en": "Renewal", "it": "Rinnovo"}
    business = guide.areas.get(code="BA")
    GuideActivityFactory(area=business, code="BA_RENEWAL", name=renewal, choice_group="renewal", grain="subscription")
    guide.products.filter(product__code="PBI").update(activities=["BA_REVENUE", "BA_RENEWAL"])
    security = GuideAreaFactory(guide=guide, code="SEC", succeeds=["M365"])
    GuideActivityFactory(area=security, code="SEC_ADOPT")
    guide.products.filter(product__code="MDO").update(area=security, activities=["SEC_ADOPT"])
    day = portal_day(MONDAY) + timedelta(days=1)
    return publishing.publish(guide_id=guide.pk, valid_from=day, by=UserFactory(), now=MONDAY)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ("BA_USAGE",)),
        ("prevendita", ("BA_PRESALES",)),
        ("Build intent; utilizzo", ("BA_USAGE", "BA_PRESALES")),
        ("Generazione di interesse", ("BA_PRESALES",)),
        ("rinnovo", ("BA_RENEWAL",)),
        ("BA_RENEWAL | renewal", ("BA_RENEWAL",)),
        ("secure adoption", None),
    ],
)
def test_a_taken_over_association_names_activities_in_every_language_and_by_code(coming, text, codes):
    subscription = SubscriptionFactory(product=Product.objects.get(code="D365_SALES"))
    cells = {
        "mpn_id": PartnerLocationFactory().mpn_id,
        "subscription_id": str(subscription.subscription_id),
        "activities": text,
    }
    user = UserFactory()

    row = MigrationRow(cells, user=user, now=TOMORROW, proofs={}, desk=Desk(user, now=TOMORROW))

    assert row.is_valid() == (codes is not None), row.errors
    assert row.cleaned_data.get("activities") == codes


def test_workloads_of_a_row_are_claimed_for_one_activity_of_the_edition(coming):
    desk = Desk(UserFactory(), now=TOMORROW)
    exchange, defender = desk.workloads["exo"], desk.workloads["mdo"]
    found = [desk.activity_for(products) for products in ([exchange], [defender], [exchange, defender])]

    assert [activity and activity.code for activity in found] == ["M365_USAGE", "SEC_ADOPT", None]
