"""**Associate customer** suggests a name and asks what the claim needs."""

import pytest

from tests import stories
from tests.associations.forms.wizard.asking import ask, codes
from tests.factories import (
    CustomerTenantFactory,
)

pytestmark = pytest.mark.django_db


def test_details_suggest_a_name():
    claim = stories.draft_claim(
        tenant=CustomerTenantFactory(name="Contoso"), solution_area="M365", activity_codes=("M365_USAGE",)
    )

    form = ask("details", {}, claim=claim)

    assert form.initial["name"] == "Contoso - Microsoft 365 - 2020-10"


def test_details_suggest_a_name_that_fits():
    claim = stories.draft_claim(
        tenant=CustomerTenantFactory(name="C" * 200), solution_area="BA", activity_codes=("BA_USAGE",)
    )

    form = ask("details", {}, claim=claim)

    assert len(form.initial["name"]) == 100


def test_details_ask_three_more_questions_for_a_revenue_association():
    claim = stories.draft_claim(solution_area="BA", activity_codes=("BA_REVENUE",))

    form = ask("details", {"name": ""}, claim=claim)

    assert codes(form) == {
        "name": ["required"],
        "dynamics_solution_seller_name": ["required"],
        "revenue_customer_name": ["required"],
        "isv_product_solution_name": ["required"],
    }


def test_details_ask_only_for_the_name_otherwise():
    form = ask(
        "details",
        {"name": "Adoption"},
        claim=stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",)),
    )

    assert form.is_valid()
    assert form.facts() == {"name": "Adoption"}


def test_details_suggest_a_name_that_the_company_has_not_used():
    claim = stories.draft_claim(
        tenant=CustomerTenantFactory(name="Contoso"), solution_area="M365", activity_codes=("M365_USAGE",)
    )
    used = "Contoso - Microsoft 365 - 2020-10"
    for name in (used, f"{used} (2)"):
        stories.draft_claim(location=claim.location, created_by=claim.created_by, name=name)
    stories.draft_claim(name=f"{used} (3)")

    assert ask("details", None, claim=claim).initial["name"] == f"{used} (3)"


def test_a_long_name_with_a_number_still_fits():
    claim = stories.draft_claim(
        tenant=CustomerTenantFactory(name="C" * 200), solution_area="BA", activity_codes=("BA_USAGE",)
    )
    stories.draft_claim(
        location=claim.location,
        created_by=claim.created_by,
        name=ask("details", None, claim=claim).initial["name"],
    )

    name = ask("details", None, claim=claim).initial["name"]

    assert (len(name) <= 100, name.endswith(" (2)")) == (True, True)


def test_details_offer_what_the_last_revenue_association_with_the_customer_stated():
    earlier = stories.complete_revenue_claim()
    claim = stories.draft_claim(
        location=earlier.location,
        tenant=earlier.tenant,
        created_by=earlier.created_by,
        solution_area="BA",
        activity_codes=("BA_REVENUE",),
    )

    initial = ask("details", None, claim=claim).initial

    assert initial["isv_product_solution_name"] == "Route Planner"
    assert initial["dynamics_solution_seller_name"] == "Sara Seller"
    assert initial["revenue_customer_name"] == "Northwind Traders"


def test_details_offer_the_customers_name_for_a_first_revenue_association():
    tenant = CustomerTenantFactory(name="Contoso")
    claim = stories.draft_claim(tenant=tenant, solution_area="BA", activity_codes=("BA_REVENUE",))

    assert ask("details", None, claim=claim).initial["revenue_customer_name"] == "Contoso"
