"""Claims for Business Applications: subscriptions, people and revenue (domain.md 12, scenarios 7 to 9)."""

from typing import Any

import pytest

from associations.models import Association, Claim, CustomerTenant, Product, Subscription
from tests.factories import SubscriptionFactory
from tests.journeys import people
from tests.journeys.people import CARLA, PAOLO, TULLIO, PartnerAdmin, at, beat, inbox, words

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

MONDAY = "2020-10-19T10:00:00+02:00"
MIDNIGHT = "2020-10-27T00:00:00+01:00"


def buy(code: str, **facts: Any) -> Subscription:
    """Let Contoso have a subscription of a product."""
    tenant, product = CustomerTenant.objects.get(name="Contoso"), Product.objects.get(code=code)
    return SubscriptionFactory(tenant=tenant, product=product, **facts)


def come_to_the_products(anna: PartnerAdmin, **work: str) -> None:
    """Start a Business Applications claim and go as far as the products."""
    anna.sign_in()
    anna.start()
    anna.answer("work", solution_area="BA", **work)
    anna.answer("details", name="Contoso sales")


def chosen(claim: Claim) -> dict[str, str]:
    items = claim.items.select_related("product", "subscription")
    return {item.product.code: str(item.subscription.subscription_id) for item in items if item.subscription}


def test_7_with_two_subscriptions_of_a_product_one_has_to_be_chosen() -> None:
    anna = people.anna()
    first, second = buy("D365_SALES"), buy("D365_SALES")

    with at(MONDAY):
        come_to_the_products(anna, activity="usage", claims_usage="on")
        refused = anna.select("D365_SALES")
        assert "Dynamics 365 Sales: choose the subscription." in words(refused)
        assert str(first.subscription_id) in words(refused)
        following = anna.select("D365_SALES", D365_SALES=str(second.subscription_id))

    assert following.request["PATH_INFO"] == anna.step("contacts")
    assert chosen(anna.claim) == {"D365_SALES": str(second.subscription_id)}


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"csp": True}, "The subscription was bought through CSP and can't be claimed here."),
        ({"expired": True}, "The subscription is neither active nor in its grace period."),
        ({"not_provisioned": True}, "The customer hasn't activated this subscription yet."),
    ],
)
def test_7_a_subscription_that_cannot_be_claimed_is_refused_by_its_cause(facts: dict[str, bool], message: str) -> None:
    anna = people.anna()
    buy("D365_SALES", **facts)

    with at(MONDAY):
        come_to_the_products(anna, activity="usage", claims_usage="on")
        refused = anna.select("D365_SALES")

    assert f"Dynamics 365 Sales: {message}" in words(refused)
    assert chosen(anna.claim) == {}


def test_7_of_two_subscriptions_the_csp_one_is_refused_and_the_other_taken() -> None:
    anna = people.anna()
    csp, sound = buy("D365_SALES", csp=True), buy("D365_SALES")

    with at(MONDAY):
        come_to_the_products(anna, activity="usage", claims_usage="on")
        refused = anna.select("D365_SALES", D365_SALES=str(csp.subscription_id))
        assert "bought through CSP" in words(refused)
        anna.select("D365_SALES", D365_SALES=str(sound.subscription_id))

    assert chosen(anna.claim) == {"D365_SALES": str(sound.subscription_id)}


def test_7_a_subscription_in_its_grace_period_is_taken() -> None:
    anna = people.anna()
    grace = buy("D365_SALES", in_grace=True)

    with at(MONDAY):
        come_to_the_products(anna, activity="usage", claims_usage="on")
        anna.select("D365_SALES")

    assert chosen(anna.claim) == {"D365_SALES": str(grace.subscription_id)}


def test_8_only_power_apps_asks_for_no_technical_contact() -> None:
    anna = people.anna()
    buy("PAPPS")

    with at(MONDAY):
        come_to_the_products(anna, activity="usage", claims_usage="on")
        contacts = anna.select("PAPPS")
        assert "Technical contact" not in words(contacts)
        anna.answer("contacts", **CARLA, **PAOLO, customer_language="en")
        anna.upload()
        confirmation = anna.submit()
    beat(MONDAY)

    assert anna.claim.number in words(confirmation)
    assert inbox("it@contoso.example") == []


def test_8_a_dynamics_365_product_asks_for_a_technical_contact_and_needs_one() -> None:
    anna = people.anna()
    for code in ("PAPPS", "D365_SALES"):
        buy(code)

    with at(MONDAY):
        come_to_the_products(anna, activity="usage", claims_usage="on")
        contacts = anna.select("PAPPS", "D365_SALES")
        assert "Technical contact" in words(contacts)
        refused = anna.answer("contacts", **CARLA, **PAOLO, customer_language="en")
        assert "Enter the technical contact's name." in words(refused)
        anna.answer("contacts", **CARLA, **PAOLO, **TULLIO, customer_language="en")
        anna.upload()
        anna.submit()
    beat(MONDAY)

    assert Claim.objects.get().status == "submitted"
    copy = inbox("it@contoso.example")[0]
    assert "Carla Bianchi got the notice" in words(copy)
    assert "/c/" not in copy.body


def test_9_a_revenue_association_asks_three_more_questions_and_is_never_paid() -> None:
    anna = people.anna()
    buy("PBI")
    revenue = {
        "dynamics_solution_seller_name": "Sara Seller",
        "revenue_customer_name": "Contoso",
        "isv_product_solution_name": "Route Planner",
    }

    with at(MONDAY):
        anna.sign_in()
        anna.start()
        anna.answer("work", solution_area="BA", activity="revenue")
        refused = anna.answer("details", name="Contoso revenue")
        for message in (
            "Enter the Dynamics solution seller name.",
            "Enter the customer name.",
            "Enter the ISV product/solution name.",
        ):
            assert message in words(refused)
        anna.answer("details", name="Contoso revenue", **revenue)
        anna.select("PBI")
        anna.answer("contacts", **CARLA, **PAOLO, customer_language="en")
        anna.upload()
        anna.submit()
    beat(MONDAY)
    beat(MIDNIGHT)

    claim, held = Claim.objects.get(), Association.objects.get()
    assert claim.status == "approved"
    assert held.activity_codes == ("BA_REVENUE",)
    assert "A revenue association is recognized, but not paid." in words(inbox("paolo@partner.example")[-1])
    with at(MIDNIGHT):
        anna.sign_in()
        page = words(anna.open(anna.page("claim_detail")))
    assert "Activity Revenue association" in page
    assert "Official since Tue 27 Oct 2020, 00:00 (CET)" in page
