"""The rules of an edition that are copied onto a claim."""

from datetime import UTC, datetime

import pytest

from associations.services.claim import submission
from tests import stories
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
)
from tests.factories.rules import rules_are

pytestmark = pytest.mark.django_db


def submit(claim, *, acknowledged=True, by=None):
    return submission.submit_claim(
        claim_id=claim.pk, acknowledged=acknowledged, by=by or stories.admin_of(claim), now=MONDAY
    )


def test_the_edition_s_rules_are_copied_onto_the_claim():
    rules_are("M365_USAGE", needs_validation=True, opt_out_business_days=7)

    claim = submit(stories.complete_claim())

    stored = stories.fresh(claim)
    assert (stored.requires_validation, stored.opt_out_business_days, stored.window_zone) == (True, 7, "Europe/Rome")


def test_a_later_edition_moves_no_open_claim():
    claim = submit(stories.complete_claim())

    rules_are(needs_validation=True, opt_out_business_days=10)

    stored = stories.fresh(claim)
    assert (stored.requires_validation, stored.opt_out_business_days) == (False, 5)
    assert stories.deliver_notice(claim, at=MONDAY).closes_at == datetime(2020, 10, 26, 23, tzinfo=UTC)


def test_of_two_activities_the_stricter_rules_count():
    rules_are("BA_PRESALES", needs_validation=True, opt_out_business_days=7)

    stored = stories.fresh(submit(stories.complete_dynamics_claim()))

    assert (stored.requires_validation, stored.opt_out_business_days) == (True, 7)


@pytest.mark.parametrize(
    ("country", "time_zone", "zone"),
    [("PT", "", "Europe/Lisbon"), ("", "", "Europe/Rome"), ("IT", "America/New_York", "America/New_York")],
)
def test_the_window_s_zone_is_the_customer_s(country, time_zone, zone):
    tenant = CustomerTenantFactory(country=country, time_zone=time_zone)

    assert submit(stories.complete_claim(tenant=tenant)).window_zone == zone
