"""The edition of September 2020 says what docs/domain.md says, and has what the portal has."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from associations.choices import ProductGroup
from associations.models import Product
from guides import editions
from guides.choices import AskedFact, Grain, ProofElement, SalesChannel, SignatureKind
from guides.guide_files import exported
from guides.models import ProgramGuide

pytestmark = pytest.mark.django_db

FILE = Path(settings.BASE_DIR) / "guides" / "first_edition" / "2020-09.yaml"


@pytest.fixture
def edition() -> editions.Edition:
    return editions.read_edition(ProgramGuide.objects.get(code="2020-09"))


def test_the_migration_publishes_what_the_file_says_and_it_is_exported_in_the_same_words():
    text = FILE.read_text()

    assert text.partition("\n\n")[2] == exported(ProgramGuide.objects.get())
    assert ProgramGuide.objects.published().count() == 1
    assert yaml.safe_load(text)["edition"] == "2020-09"


def test_its_areas_and_activities_are_those_of_the_founding_document(edition):
    assert {area.code: str(area.name) for area in edition.areas} == {
        "M365": "Microsoft 365",
        "BA": "Business Applications",
    }
    assert {activity.code: str(activity.name) for activity in edition.activities} == {
        "M365_USAGE": "Usage",
        "BA_USAGE": "Usage",
        "BA_PRESALES": "Pre-sales",
        "BA_REVENUE": "Revenue association",
    }


def test_each_activity_names_its_program_and_has_the_rules_of_the_founding_document(edition):
    assert {activity.code: activity.program for activity in edition.activities} == {
        "M365_USAGE": "OSU_M365",
        "BA_USAGE": "OSU_BA",
        "BA_PRESALES": "OSA_SELL",
        "BA_REVENUE": "REV_ASSOC",
    }
    for activity in edition.activities:
        assert (activity.opt_out_business_days, activity.needs_validation, activity.contact_policy) == (
            5,
            False,
            "hold",
        )
        assert (activity.review_business_days, activity.answer_business_days, activity.dispute_days) == (5, 5, 30)
        assert (activity.proof_age_months, activity.template_required) == (12, False)
        assert activity.proof_elements == set(ProofElement)
        assert activity.signature_kinds == set(SignatureKind)
    assert [activity.code for activity in edition.activities if not activity.pays] == ["BA_REVENUE"]


def test_grain_channels_and_questions_follow_the_area_and_the_path(edition):
    m365, *business = edition.activities

    assert m365.grain == Grain.WORKLOAD
    assert {activity.grain for activity in business} == {Grain.SUBSCRIPTION}
    # Only subscriptions are refused for their channel.
    assert {activity.sales_channels for activity in business} == {
        frozenset({SalesChannel.VOLUME_LICENSING, SalesChannel.WEB_DIRECT})
    }
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


def test_ten_workloads_can_be_claimed_and_two_products_of_a_later_year_can_not(edition):
    claimable = {product.code for product in edition.products if product.area == "M365" and product.activities}

    assert claimable == {
        "EXO", "SPO", "TEAMS", "M365APPS", "YAMMER", "INTUNE", "AADP", "AIP", "MDO", "MDE",
    }  # fmt: skip
    later = {product.code for product in edition.products if product.area == "BA" and not product.activities}
    assert later == {"D365_IOM", "PPAGES"}


def test_workloads_that_count_as_recognition_only_are_marked(edition):
    unpaid = {product.code for product in edition.products if not product.counts_for_payment}

    assert unpaid == {"TEAMS", "YAMMER", "OUTLOOK_MOB", "AIP"}


def test_power_bi_alone_is_for_revenue_association_only(edition):
    assert [product.code for product in edition.products if product.activities == {"BA_REVENUE"}] == ["PBI"]


def test_dynamics_365_products_are_those_named_so(edition):
    dynamics = [product.code for product in edition.products if product.is_dynamics_365]

    assert dynamics == [product.code for product in edition.products if product.code.startswith("D365_")]
    assert len(dynamics) == 21
