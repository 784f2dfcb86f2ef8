"""When something is due: business days of the customer's country, stored once (domain.md D5, 1.9)."""

from datetime import UTC, datetime

import pytest

from associations.services.deadlines import end_of_business_days, start_review_clock
from tests import stories
from tests.factories import CustomerTenantFactory

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

    assert end_of_business_days(claim, CHRISTMAS_WEEK, days=5) == ends_at


def test_the_reviewers_have_five_business_days():
    claim = stories.submitted_claim()

    start_review_clock(claim, now=CHRISTMAS_WEEK)

    assert stories.fresh(claim).review_due_at == datetime(2020, 12, 29, 23, tzinfo=UTC)
