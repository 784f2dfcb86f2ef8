"""Activities that go together in one claim, and those that a renewal claims."""

import pytest

from associations.rules.activities import apart_from, claimed_again, codes_of, is_recognition_only, together_with
from guides.editions import Edition, edition_in_force
from tests.factories.people import MONDAY

pytestmark = pytest.mark.django_db


def edition() -> Edition:
    return edition_in_force(now=MONDAY)


def test_activities_of_one_group_are_claimed_together_and_others_apart():
    business = edition().activities_in("BA")
    presales, revenue = edition().activities_named(["BA_PRESALES", "BA_REVENUE"])

    assert codes_of(together_with(presales, business)) == ("BA_USAGE",)
    assert codes_of(apart_from(presales, business)) == ("BA_REVENUE",)
    assert codes_of(together_with(revenue, business)) == ()
    assert codes_of(apart_from(revenue, business)) == ("BA_USAGE", "BA_PRESALES")


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
