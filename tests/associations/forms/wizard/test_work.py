"""**Solution area and activity** takes and refuses."""

import pytest

from associations.forms.wizard.step_form import Intent
from tests import stories
from tests.associations.forms.wizard.asking import ask, codes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("answers", "stated"),
    [
        ({"solution_area": "M365"}, ("M365_USAGE",)),
        ({"solution_area": "M365", "activity": "revenue", "claims_presales": "on"}, ("M365_USAGE",)),
        ({"solution_area": "BA", "activity": "usage", "claims_usage": "on"}, ("BA_USAGE",)),
        (
            {"solution_area": "BA", "activity": "usage", "claims_usage": "on", "claims_presales": "on"},
            ("BA_USAGE", "BA_PRESALES"),
        ),
        ({"solution_area": "BA", "activity": "revenue", "claims_usage": "on"}, ("BA_REVENUE",)),
    ],
)
def test_work_states_the_activities_of_the_chosen_area_and_ignores_the_others(answers, stated):
    form = ask("work", answers, claim=stories.draft_claim())

    assert codes(form) == {}
    assert form.facts() == {"solution_area": answers["solution_area"], "activity_codes": stated}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "solution_area"),
        ({"solution_area": "AZURE"}, "solution_area"),
        ({"solution_area": "BA"}, "activity"),
        ({"solution_area": "BA", "activity": "usage"}, "claims_usage"),
    ],
)
def test_work_asks_for_what_is_missing(answers, field):
    form = ask("work", answers, claim=stories.draft_claim())

    assert list(form.errors) == [field]


def test_work_may_be_left_unfinished():
    form = ask("work", {"solution_area": "BA"}, claim=stories.draft_claim(), intent=Intent.LATER)

    assert codes(form) == {}
    assert form.facts()["solution_area"] == "BA"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"solution_area": "M365"}, "solution_area"),
        ({"solution_area": "BA", "activity": "usage", "claims_presales": "on"}, "activity"),
    ],
)
def test_work_refuses_an_activity_in_whose_program_the_location_is_not_enrolled(answers, field):
    claim = stories.draft_claim()
    claim.location.enrolments.update(status="validating")

    form = ask("work", answers, claim=claim)

    assert codes(form) == {field: ["MPN_NOT_ENROLLED"]}


def test_work_needs_no_enrolment_for_the_unpaid_revenue_association():
    claim = stories.draft_claim()
    claim.location.enrolments.all().delete()
    assert claim.edition.activities_named(["BA_REVENUE"])[0].pays is False

    form = ask("work", {"solution_area": "BA", "activity": "revenue"}, claim=claim)

    assert codes(form) == {}
