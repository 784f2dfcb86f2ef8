"""Covers the rules of an incentive program that are copied onto a claim."""

from datetime import UTC, datetime

import pytest

from associations.models import IncentiveProgram
from associations.services.claim import submission
from tests import stories
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
)

pytestmark = pytest.mark.django_db


def submit(claim, *, acknowledged=True, by=None):
    return submission.submit_claim(
        claim_id=claim.pk, acknowledged=acknowledged, by=by or stories.admin_of(claim), now=MONDAY
    )


# The program's rules


def test_the_program_s_rules_are_copied_onto_the_claim():
    IncentiveProgram.objects.filter(activity="M365_USAGE").update(requires_validation=True, opt_out_business_days=7)

    claim = submit(stories.complete_claim())

    stored = stories.fresh(claim)
    assert (stored.requires_validation, stored.opt_out_business_days, stored.window_zone) == (True, 7, "Europe/Rome")


def test_a_later_change_of_the_program_moves_no_open_claim():
    claim = submit(stories.complete_claim())

    IncentiveProgram.objects.update(requires_validation=True, opt_out_business_days=10)

    stored = stories.fresh(claim)
    assert (stored.requires_validation, stored.opt_out_business_days) == (False, 5)
    assert stories.deliver_notice(claim, at=MONDAY).closes_at == datetime(2020, 10, 26, 23, tzinfo=UTC)


def test_of_two_programs_the_stricter_rules_count():
    IncentiveProgram.objects.filter(activity="BA_PRESALES").update(requires_validation=True, opt_out_business_days=7)

    stored = stories.fresh(submit(stories.complete_dynamics_claim()))

    assert (stored.requires_validation, stored.opt_out_business_days) == (True, 7)


@pytest.mark.parametrize(
    ("country", "time_zone", "zone"),
    [("PT", "", "Europe/Lisbon"), ("", "", "Europe/Rome"), ("IT", "America/New_York", "America/New_York")],
)
def test_the_window_s_zone_is_the_customer_s(country, time_zone, zone):
    tenant = CustomerTenantFactory(country=country, time_zone=time_zone)

    assert submit(stories.complete_claim(tenant=tenant)).window_zone == zone
