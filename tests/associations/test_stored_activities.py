"""The column of activity codes gives back what was written, and its conditions find it."""

import pytest

from associations.models import Association, Claim
from associations.stored_activities import of_kind
from tests.factories import AssociationFactory, ClaimFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.mark.parametrize("codes", [(), ("M365_USAGE",), ("BA_USAGE", "BA_PRESALES"), ("SEC-2_ADOPT",)])
def test_codes_come_back_as_they_were_written(codes):
    ClaimFactory(activity_codes=codes)
    AssociationFactory(activity_codes=codes)

    assert Claim.objects.get(activity_codes=codes).activity_codes == codes
    assert list(Association.objects.values_list("activity_codes", flat=True)) == [codes]


def test_a_kind_is_found_in_every_area_and_nothing_else_is():
    found = {ClaimFactory(activity_codes=codes) for codes in (("M365_USAGE",), ("BA_PRESALES", "BA_USAGE"))}
    for codes in ((), ("BA_PRESALES",), ("BA_USAGE2",), ("BAxUSAGE",)):
        ClaimFactory(activity_codes=codes)

    assert set(Claim.objects.filter(of_kind("usage"))) == found
