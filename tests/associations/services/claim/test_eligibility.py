"""Covers what a claim must be eligible for: subscriptions, catalog, enrolment, duplicates (domain.md D2, D8)."""

import pytest

from associations.models import LocationEnrolment, Product, Subscription
from associations.services.claim import submission
from associations.services.claim.eligibility import ClaimIneligible, EligibilityProblem
from tests import stories
from tests.factories import (
    MONDAY,
    ProofFactory,
    SubscriptionFactory,
)
from tests.factories.rules import edition_with, rules_are

pytestmark = pytest.mark.django_db


def submit(claim, *, acknowledged=True, by=None):
    return submission.submit_claim(
        claim_id=claim.pk, acknowledged=acknowledged, by=by or stories.admin_of(claim), now=MONDAY
    )


# Eligibility


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"channel": "CSP"}, "SUB_IS_CSP"),
        ({"state": "Expired"}, "SUB_INACTIVE"),
        ({"state": "Suspended"}, "SUB_INACTIVE"),
        ({"is_provisioned": False}, "SUB_NOT_PROVISIONED"),
    ],
)
def test_submit_claim_names_what_is_wrong_with_a_subscription(facts, code):
    claim = stories.complete_dynamics_claim()
    Subscription.objects.update(**facts)

    with pytest.raises(ClaimIneligible) as refusal:
        submit(claim)

    assert refusal.value.problems == (EligibilityProblem(code, "products", "Dynamics 365 Sales"),)


def test_a_subscription_of_another_tenant_is_not_on_this_one():
    claim = stories.complete_dynamics_claim()
    claim.items.update(subscription=SubscriptionFactory())

    with pytest.raises(ClaimIneligible, match="SUB_NOT_ON_TENANT"):
        submit(claim)


def test_a_subscription_in_grace_may_be_claimed():
    claim = stories.complete_dynamics_claim()
    Subscription.objects.update(state="InGracePeriod")

    assert submit(claim).status == "submitted"


@pytest.mark.parametrize(("code", "problem"), [("MDI", "ITEM_NOT_CLAIMABLE"), ("PAPPS", "ITEM_NOT_CLAIMABLE")])
def test_an_item_outside_the_claim_s_catalogue_is_refused(code, problem):
    claim = stories.complete_claim(products=(code,))

    with pytest.raises(ClaimIneligible, match=problem):
        submit(claim)


def test_power_bi_is_for_revenue_association_only():
    claim = stories.complete_dynamics_claim()
    power_bi = Product.objects.get(code="PBI")
    subscription = SubscriptionFactory(tenant=claim.tenant, product=power_bi)
    claim.items.update(product=power_bi, subscription=subscription)

    with pytest.raises(ClaimIneligible) as refusal:
        submit(claim)

    assert refusal.value.problems == (EligibilityProblem("ITEM_REVENUE_ONLY", "products", "Power BI"),)


def test_a_location_must_be_enrolled_in_the_program_of_the_activity():
    claim = stories.complete_claim()
    LocationEnrolment.objects.filter(location=claim.location, program__code="OSU_M365").update(status="enrolling")

    with pytest.raises(ClaimIneligible) as refusal:
        submit(claim)

    assert refusal.value.problems == (EligibilityProblem("MPN_NOT_ENROLLED", "location", str(claim.location)),)


def test_a_revenue_association_needs_no_enrolment():
    claim = stories.complete_revenue_claim()
    LocationEnrolment.objects.filter(location=claim.location).delete()

    assert submit(claim).status == "submitted"


@pytest.mark.parametrize("story", [stories.submitted_claim, stories.approved_claim])
def test_what_the_own_company_claims_or_holds_is_not_claimed_again(story):
    first = story()
    second = stories.complete_claim(location=first.location, tenant=first.tenant, products=("TEAMS", "SPO"))

    with pytest.raises(ClaimIneligible) as refusal:
        submit(second)

    assert refusal.value.problems == (EligibilityProblem("ITEM_DUPLICATE_OWN", "products", "Microsoft Teams"),)


def test_another_activity_on_an_own_subscription_is_no_duplicate():
    first = stories.complete_dynamics_claim(activity_codes=("BA_USAGE",))
    stories.approved_claim(claim=first)
    second = stories.complete_dynamics_claim(
        location=first.location, tenant=first.tenant, activity_codes=("BA_PRESALES",)
    )

    assert submit(second).status == "submitted"
    assert stories.fresh(second).has_competing_claim is False


def test_a_claim_with_an_infected_proof_is_not_filed():
    claim = stories.complete_claim()
    ProofFactory(claim=claim, uploaded_by=claim.created_by, name="plan.docx", scan_status="infected")

    with pytest.raises(ClaimIneligible) as refusal:
        submit(claim)

    assert refusal.value.problems == (EligibilityProblem("POE_INFECTED", "proofs", "plan.docx"),)


def only_for_presales(guide):
    guide.products.filter(product__code="D365_SALES").update(name="Sales", activities=["BA_PRESALES"])
    guide.products.filter(product__code="TEAMS").update(name="Teams by another name")


def test_an_item_is_claimed_for_the_activities_of_its_edition_and_called_as_it_says():
    edition_with(only_for_presales)
    claim = stories.complete_dynamics_claim()

    with pytest.raises(ClaimIneligible) as refusal:
        submit(claim)

    assert EligibilityProblem("ITEM_OTHER_ACTIVITY", "products", "Sales") in refusal.value.problems
    assert "Teams by another name" in [item.name for item in stories.complete_claim().items.all()]


def test_a_subscription_is_refused_for_a_channel_that_its_edition_does_not_have():
    rules_are("BA_USAGE", sales_channels=["VL"])
    claim = stories.complete_dynamics_claim()
    Subscription.objects.filter(tenant=claim.tenant).update(channel="WEB_DIRECT")

    with pytest.raises(ClaimIneligible, match="SUB_IS_CSP"):
        submit(claim)
