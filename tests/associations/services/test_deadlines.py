"""Due dates in business days of the customer's country, stored once (domain.md D5, 1.9)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.services.deadlines import (
    business_days_waited,
    end_of_customer_business_days,
    end_of_portal_business_days,
    start_review_clock,
)
from tests import stories
from tests.factories import MONDAY, CustomerTenantFactory

pytestmark = pytest.mark.django_db

CHRISTMAS_WEEK = datetime(2020, 12, 21, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "ends_at"),
    [
        ("IT", datetime(2020, 12, 29, 23, tzinfo=UTC)),
        ("JP", datetime(2020, 12, 28, 15, tzinfo=UTC)),
    ],
)
def test_the_days_are_those_of_the_customer_s_country(country, ends_at):
    claim = stories.submitted_claim(claim=stories.complete_claim(tenant=CustomerTenantFactory(country=country)))

    assert end_of_customer_business_days(claim, CHRISTMAS_WEEK, days=5) == ends_at


def test_the_reviewers_have_five_business_days():
    claim = stories.submitted_claim()

    start_review_clock(claim, now=CHRISTMAS_WEEK)

    assert stories.fresh(claim).review_due_at == datetime(2020, 12, 29, 23, tzinfo=UTC)


# The portal's own calendar


def test_the_portals_days_are_those_of_its_own_country(settings):
    settings.CPOR_DEFAULT_COUNTRY, settings.CPOR_DEFAULT_TIME_ZONE = "JP", "Asia/Tokyo"

    assert end_of_portal_business_days(CHRISTMAS_WEEK, days=5) == datetime(2020, 12, 28, 15, tzinfo=UTC)


def test_the_age_counts_business_days_of_the_portals_own_country():
    claim = stories.submitted_claim(at=MONDAY, tenant=CustomerTenantFactory(country="US"))

    # All Saints is a Sunday in 2020; the US have no holiday in these weeks.
    assert business_days_waited(claim, now=datetime(2020, 11, 2, 9, tzinfo=UTC)) == 10


def test_a_decided_claim_waits_no_longer():
    for claim in (stories.declined_claim(at=MONDAY), stories.approved_claim(at=MONDAY)):
        assert business_days_waited(claim, now=MONDAY + timedelta(days=60)) is None


def test_a_draft_has_no_age():
    assert business_days_waited(stories.draft_claim(), now=MONDAY) is None
