"""What each path of domain.md 2.1 must state."""

from associations.rules.requirements import ClaimPath, missing_facts, required_facts

MICROSOFT_365 = (
    "location",
    "domain_name",
    "tenant",
    "solution_area",
    "activities",
    "name",
    "products",
    "customer_contact_name",
    "customer_contact_title",
    "customer_contact_email",
    "customer_contact_language",
    "partner_contact_name",
    "partner_contact_email",
    "proofs",
)
TECHNICAL = ("technical_contact_name", "technical_contact_title", "technical_contact_email")
REVENUE = ("dynamics_solution_seller_name", "revenue_customer_name", "isv_product_solution_name")


def test_microsoft_365_usage_needs_these_facts_in_this_order():
    assert required_facts(ClaimPath()) == MICROSOFT_365


def test_business_applications_need_a_subscription_for_every_product():
    path = ClaimPath(is_business_applications=True)

    assert required_facts(path) == (*MICROSOFT_365, "subscriptions")


def test_dynamics_365_needs_a_technical_contact():
    path = ClaimPath(is_business_applications=True, claims_dynamics_365=True)

    assert required_facts(path) == (*MICROSOFT_365, "subscriptions", *TECHNICAL)


def test_revenue_association_needs_three_more_facts():
    path = ClaimPath(is_business_applications=True, claims_dynamics_365=True, claims_revenue=True)

    assert required_facts(path) == (*MICROSOFT_365, "subscriptions", *TECHNICAL, *REVENUE)


def test_missing_facts_names_what_is_absent_or_empty():
    stated = dict.fromkeys(MICROSOFT_365, "stated") | {"name": "", "activities": (), "proofs": False}
    del stated["location"]

    assert missing_facts(stated, ClaimPath()) == ("location", "activities", "name", "proofs")


def test_a_complete_claim_misses_nothing():
    assert missing_facts(dict.fromkeys(MICROSOFT_365, "stated"), ClaimPath()) == ()


def test_facts_of_another_path_are_not_missed():
    stated = dict.fromkeys(MICROSOFT_365, "stated") | {"revenue_customer_name": ""}

    assert missing_facts(stated, ClaimPath()) == ()
