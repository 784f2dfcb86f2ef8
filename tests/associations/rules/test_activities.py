"""Three answers lead to one advice."""

import pytest

from associations.choices import Activity
from associations.rules.activities import Sale, fitting_activities


@pytest.mark.parametrize(
    ("is_microsoft_365", "drives_use", "sale", "expected"),
    [
        (True, True, Sale.NONE, [Activity.M365_USAGE]),
        (True, True, Sale.ADVISED, [Activity.M365_USAGE]),
        (True, False, Sale.ADVISED, []),
        (False, True, Sale.NONE, [Activity.BA_USAGE]),
        (False, True, Sale.ADVISED, [Activity.BA_USAGE, Activity.BA_PRESALES]),
        (False, True, Sale.OWN_SOLUTION, [Activity.BA_USAGE]),
        (False, False, Sale.ADVISED, [Activity.BA_PRESALES]),
        (False, False, Sale.OWN_SOLUTION, [Activity.BA_REVENUE]),
        (False, False, Sale.NONE, []),
    ],
)
def test_fitting_activities(is_microsoft_365, drives_use, sale, expected):
    assert fitting_activities(is_microsoft_365=is_microsoft_365, drives_use=drives_use, sale=sale) == expected
