"""What a claim must state before it can be submitted (domain.md 2.1). Where it is asked is the wizard's business."""

from collections.abc import Mapping
from dataclasses import dataclass

ALWAYS = (
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
WITH_BUSINESS_APPLICATIONS = ("subscriptions",)
WITH_DYNAMICS_365 = ("technical_contact_name", "technical_contact_title", "technical_contact_email")
WITH_REVENUE = ("dynamics_solution_seller_name", "revenue_customer_name", "isv_product_solution_name")


@dataclass(frozen=True)
class ClaimPath:
    """Which of the three paths of domain.md 2.1 a claim is on."""

    is_business_applications: bool = False
    claims_revenue: bool = False
    claims_dynamics_365: bool = False


def required_facts(path: ClaimPath) -> tuple[str, ...]:
    """Return the names of the facts that a claim on *path* must state, in the order in which they are asked."""
    return (
        ALWAYS
        + (WITH_BUSINESS_APPLICATIONS if path.is_business_applications else ())
        + (WITH_DYNAMICS_365 if path.claims_dynamics_365 else ())
        + (WITH_REVENUE if path.claims_revenue else ())
    )


def missing_facts(stated: Mapping[str, object], path: ClaimPath) -> tuple[str, ...]:
    """Return the required facts that *stated* leaves empty, in order; an empty tuple means the claim is complete."""
    return tuple(fact for fact in required_facts(path) if not stated.get(fact))
