"""The columns of claims and associations hold the activities that they are given."""

import pytest

from associations import stored_activities
from associations.stored_activities import CLAIM_COLUMNS, HELD_COLUMNS, claim_columns, held_columns


@pytest.mark.parametrize(
    ("area", "codes"),
    [
        ("M365", ("M365_USAGE",)),
        ("BA", ("BA_USAGE",)),
        ("BA", ("BA_USAGE", "BA_PRESALES")),
        ("BA", ("BA_REVENUE",)),
        ("BA", ()),
    ],
)
def test_codes_come_back_as_they_were_written(area, codes):
    claim, held = claim_columns(area, codes), held_columns(codes)

    assert claim["solution_area"] == area
    assert stored_activities.stored_codes(area, [claim[column] for column in CLAIM_COLUMNS]) == codes
    assert stored_activities.stored_codes(area, [held[column] for column in HELD_COLUMNS]) == codes
