"""Three answers lead to one advice."""

import pytest

from associations.editions.first_edition import BA_PRESALES, BA_REVENUE, BA_USAGE, EDITION_2020_09, M365_USAGE
from associations.rules.activities import Sale, claimed_again, fitting_activities


@pytest.mark.parametrize(
    ("area", "drives_use", "sale", "expected"),
    [
        ("M365", True, Sale.NONE, [M365_USAGE]),
        ("M365", True, Sale.ADVISED, [M365_USAGE]),
        ("M365", False, Sale.ADVISED, []),
        ("BA", True, Sale.NONE, [BA_USAGE]),
        ("BA", True, Sale.ADVISED, [BA_USAGE, BA_PRESALES]),
        ("BA", True, Sale.OWN_SOLUTION, [BA_USAGE]),
        ("BA", False, Sale.ADVISED, [BA_PRESALES]),
        ("BA", False, Sale.OWN_SOLUTION, [BA_REVENUE]),
        ("BA", False, Sale.NONE, []),
    ],
)
def test_fitting_activities(area, drives_use, sale, expected):
    activities = EDITION_2020_09.activities_in(area)

    assert fitting_activities(activities, drives_use=drives_use, sale=sale) == expected


@pytest.mark.parametrize(
    ("held", "open_to", "expected"),
    [
        ({"BA_USAGE"}, [BA_USAGE, BA_PRESALES, BA_REVENUE], [BA_USAGE]),
        ({"BA_USAGE", "BA_PRESALES"}, [BA_USAGE, BA_PRESALES, BA_REVENUE], [BA_USAGE, BA_PRESALES]),
        ({"BA_USAGE", "BA_REVENUE"}, [BA_USAGE, BA_PRESALES, BA_REVENUE], [BA_USAGE]),
        ({"BA_REVENUE"}, [BA_USAGE, BA_PRESALES, BA_REVENUE], [BA_REVENUE]),
        ({"BA_USAGE"}, [BA_REVENUE], [BA_REVENUE]),
        (set(), [BA_USAGE, BA_PRESALES, BA_REVENUE], [BA_REVENUE]),
    ],
)
def test_a_renewal_claims_what_pays_first_and_never_two_groups(held, open_to, expected):
    assert claimed_again(held, open_to) == expected
