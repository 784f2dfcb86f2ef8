"""Three answers lead to one advice."""

import pytest

from associations.rules.activities import Sale, claimed_again, codes_of, fitting_activities, is_recognition_only
from guides.editions import Edition, edition_in_force
from tests.factories.people import MONDAY

pytestmark = pytest.mark.django_db


def edition() -> Edition:
    return edition_in_force(now=MONDAY)


@pytest.mark.parametrize(
    ("area", "drives_use", "sale", "expected"),
    [
        ("M365", True, Sale.NONE, ["M365_USAGE"]),
        ("M365", True, Sale.ADVISED, ["M365_USAGE"]),
        ("M365", False, Sale.ADVISED, []),
        ("BA", True, Sale.NONE, ["BA_USAGE"]),
        ("BA", True, Sale.ADVISED, ["BA_USAGE", "BA_PRESALES"]),
        ("BA", True, Sale.OWN_SOLUTION, ["BA_USAGE"]),
        ("BA", False, Sale.ADVISED, ["BA_PRESALES"]),
        ("BA", False, Sale.OWN_SOLUTION, ["BA_REVENUE"]),
        ("BA", False, Sale.NONE, []),
    ],
)
def test_fitting_activities(area, drives_use, sale, expected):
    activities = edition().activities_in(area)

    assert list(codes_of(fitting_activities(activities, drives_use=drives_use, sale=sale))) == expected


@pytest.mark.parametrize(
    ("held", "open_to", "expected"),
    [
        ({"BA_USAGE"}, ["BA_USAGE", "BA_PRESALES", "BA_REVENUE"], ["BA_USAGE"]),
        ({"BA_USAGE", "BA_PRESALES"}, ["BA_USAGE", "BA_PRESALES", "BA_REVENUE"], ["BA_USAGE", "BA_PRESALES"]),
        ({"BA_USAGE", "BA_REVENUE"}, ["BA_USAGE", "BA_PRESALES", "BA_REVENUE"], ["BA_USAGE"]),
        ({"BA_REVENUE"}, ["BA_USAGE", "BA_PRESALES", "BA_REVENUE"], ["BA_REVENUE"]),
        ({"BA_USAGE"}, ["BA_REVENUE"], ["BA_REVENUE"]),
        (set(), ["BA_USAGE", "BA_PRESALES", "BA_REVENUE"], ["BA_REVENUE"]),
    ],
)
def test_a_renewal_claims_what_pays_first_and_never_two_groups(held, open_to, expected):
    assert list(codes_of(claimed_again(held, edition().activities_named(open_to)))) == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [(["BA_REVENUE"], True), (["BA_USAGE", "BA_PRESALES"], False), (["M365_USAGE"], False), ([], False)],
)
def test_only_a_revenue_association_is_for_recognition_alone(codes, expected):
    assert is_recognition_only(edition().activities_named(codes)) is expected
