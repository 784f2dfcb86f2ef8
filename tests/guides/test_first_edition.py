"""The edition of September 2020 says what the portal's code and reference data say, so that neither drifts."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from associations.choices import Activity, ProductGroup, SolutionArea
from associations.models import IncentiveProgram, Product
from associations.rules import subscriptions
from associations.rules.proof_files import is_over_a_year_old
from associations.rules.review import disputes, queue
from associations.rules.review.checklist import REASONS
from associations.services.review.decisions import ANSWER_BUSINESS_DAYS
from guides import editions
from guides.choices import AskedFact, Grain, SignatureKind
from guides.guide_files import exported
from guides.models import ProgramGuide

pytestmark = pytest.mark.django_db

FILED = date(2026, 3, 10)
FILE = Path(settings.BASE_DIR) / "guides" / "first_edition" / "2020-09.yaml"


@pytest.fixture
def edition() -> editions.Edition:
    return editions.read_edition(ProgramGuide.objects.get(code="2020-09"))


def test_the_migration_publishes_what_the_file_says_and_it_is_exported_in_the_same_words():
    text = FILE.read_text()

    assert text.partition("\n\n")[2] == exported(ProgramGuide.objects.get())
    assert ProgramGuide.objects.published().count() == 1
    assert yaml.safe_load(text)["edition"] == "2020-09"


def test_its_areas_and_activities_are_those_of_the_code(edition):
    assert [area.code for area in edition.areas] == SolutionArea.values
    assert [str(area.name) for area in edition.areas] == [str(label) for label in SolutionArea.labels]
    assert [activity.code for activity in edition.activities] == Activity.values
    assert [str(activity.name) for activity in edition.activities] == [str(label) for label in Activity.labels]


@pytest.mark.parametrize("code", Activity.values)
def test_each_activity_has_the_rules_of_its_program_and_of_the_code(edition, code):
    activity, program = edition.activities_named([code])[0], IncentiveProgram.objects.get(activity=code)

    assert activity.program == program.code
    assert activity.pays == program.is_paid
    assert activity.needs_validation == program.requires_validation
    assert activity.opt_out_business_days == program.opt_out_business_days == 5
    assert activity.contact_policy == program.contact_policy
    assert activity.review_business_days == queue.REVIEW_BUSINESS_DAYS
    assert activity.dispute_days == disputes.CALENDAR_DAYS
    assert activity.proof_elements == set(REASONS)
    assert activity.signature_kinds == set(SignatureKind)
    assert activity.template_required is False


def test_the_partners_reply_is_due_after_as_many_days_as_in_code(edition):
    assert {activity.answer_business_days for activity in edition.activities} == {ANSWER_BUSINESS_DAYS}


def test_a_proof_is_recent_for_as_many_months_as_in_code(edition):
    for activity in edition.activities:
        years = activity.proof_age_months // 12
        filed = FILED.replace(year=FILED.year + years)
        assert not is_over_a_year_old(FILED, today=filed)
        assert is_over_a_year_old(FILED, today=filed.replace(day=filed.day + 1))


def test_grain_channels_and_questions_follow_the_area_and_the_path(edition):
    m365, *business = edition.activities

    assert m365.grain == Grain.WORKLOAD
    assert {activity.grain for activity in business} == {Grain.SUBSCRIPTION}
    # Only subscriptions are refused for their channel.
    assert {activity.sales_channels for activity in business} == {subscriptions.CLAIMABLE_CHANNELS}
    assert [activity.code for activity in edition.activities if activity.asks] == ["BA_REVENUE"]
    assert business[-1].asks == {AskedFact.SELLER_NAME, AskedFact.CUSTOMER_NAME, AskedFact.ISV_PRODUCT}


def test_what_only_the_domain_file_says(edition):
    """docs/domain.md R13 and R14, and the credit of 3.2: no code says them."""
    assert {activity.code: activity.late_filing_days for activity in edition.activities} == {
        "M365_USAGE": None,
        "BA_USAGE": None,
        "BA_PRESALES": 90,
        "BA_REVENUE": None,
    }
    assert [activity.code for activity in edition.activities if activity.least_seats] == ["M365_USAGE"]
    assert edition.activities[0].least_seats == 150
    assert [activity.code for activity in edition.activities if not activity.gives_recognition] == ["BA_PRESALES"]


def test_revenue_excludes_the_other_activities_as_the_claim_does(edition):
    groups = {activity.code: activity.choice_group for activity in edition.activities}

    assert groups["BA_USAGE"] == groups["BA_PRESALES"] != groups["BA_REVENUE"]


def test_its_products_are_those_of_the_catalogue(edition):
    catalogue = {product.code: product for product in Product.objects.all()}

    assert {product.code for product in edition.products} == catalogue.keys()
    for product in edition.products:
        row = catalogue[product.code]
        assert product.name == row.name
        assert product.area == row.solution_area
        assert product.group == row.group
        assert product.group in ProductGroup.values
        assert product.is_dynamics_365 == row.is_dynamics_365
        assert product.counts_for_payment == row.is_paid_eligible
        assert bool(product.activities) == row.is_claimable
        is_for_work = bool(product.activities & {"M365_USAGE", "BA_USAGE", "BA_PRESALES"})
        assert is_for_work == (row.is_claimable and not row.is_revenue_only)
