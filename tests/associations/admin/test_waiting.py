"""How the desk words the customer's period and counts the age of a claim."""

from datetime import UTC, date, datetime, timedelta

import pytest

from associations.admin.waiting import business_days_waited, window_of
from associations.choices import ReasonCode
from associations.services import review
from tests import stories
from tests.factories import MONDAY, CustomerTenantFactory

pytestmark = pytest.mark.django_db


def test_the_age_counts_business_days_of_the_portals_own_country():
    claim = stories.submitted_claim(at=MONDAY, tenant=CustomerTenantFactory(country="US"))

    # All Saints is a Sunday in 2020; the US have no holiday in these weeks.
    assert business_days_waited(claim, datetime(2020, 11, 2, 9, tzinfo=UTC)) == 10


def test_the_age_stands_still_once_the_claim_is_decided():
    claim = stories.declined_claim(at=MONDAY)

    assert business_days_waited(claim, MONDAY + timedelta(days=60)) == 1


def test_a_draft_has_no_age():
    assert business_days_waited(stories.draft_claim(), MONDAY) is None


def test_an_open_period_ends_on_its_last_day_in_the_customers_zone():
    claim = stories.noticed_claim(at=MONDAY, tenant=CustomerTenantFactory(country="FI"))

    window = window_of(claim)

    assert (window.status, window.label) == ("sent", "Customer period open")
    assert window.deadline is not None
    assert (window.deadline.last_day, window.deadline.zone) == (date(2020, 10, 26), "EET")


@pytest.mark.parametrize(
    ("story", "status", "label", "has_end"),
    [
        (stories.submitted_claim, "queued", "Queued", False),
        (stories.approved_claim, "no_objection", "Ended without an opt-out", True),
        (stories.declined_claim, "declined", "Customer opted out", False),
    ],
)
def test_the_period_says_how_it_stands_and_its_end_only_where_it_counts(story, status, label, has_end):
    window = window_of(story())

    assert (window.status, window.label, window.deadline is not None) == (status, label, has_end)


def test_a_claim_that_was_rejected_has_closed_its_period():
    claim = stories.claim_under_review()
    claim = review.reject_claim(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_DATES],
        text="Too old.",
        by=stories.reviewer(),
        now=MONDAY,
    )

    window = window_of(claim)

    assert (window.status, window.label, window.deadline) == ("ended", "Closed with the claim", None)
