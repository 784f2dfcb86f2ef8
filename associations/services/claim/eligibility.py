"""Finds what keeps a claim from being submitted (domain.md 2.1, 2.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from associations.choices import (
    ScanStatus,
)
from associations.models import Claim, Product, Subscription
from associations.rules.review.competing import Holding
from associations.rules.subscriptions import SubscriptionFacts, subscription_problem
from associations.services.claim.programs import is_enrolled
from associations.services.review.competing_claims import (
    Holder,
    Item,
    holders_on,
    holding,
    item_of,
)


@dataclass(frozen=True)
class Problem:
    """One reason of domain.md 2.3 for which a complete claim can't be filed; *subject* names what it is about."""

    code: str
    fact: str
    subject: str = ""


class ClaimIncomplete(Exception):
    """The claim does not state every fact it needs; `missing` names them in the order in which they are asked."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class ClaimIneligible(Exception):
    """The claim is complete but can't be filed as it stands; `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def find_problems(claim: Claim, *, holders: Mapping[Item, list[Holder]] | None = None) -> Iterable[Problem]:
    """Yield why a complete claim can't be filed: enrolment, own duplicates, subscriptions, scans (domain.md 2.3).

    *holders* spare their queries to a caller that has asked `holders_on` already.
    """
    if not is_enrolled(claim.location_id, claim.activities):
        yield Problem("MPN_NOT_ENROLLED", "location", str(claim.location))
    prefetch_related_objects([claim], "items__product", "items__subscription__product", "items__subscription__tenant")
    if holders is None:
        holders = holders_on(claim.tenant, besides=claim)
    for item in claim.items.all():
        code = item_problem(claim, item.product, item.subscription)
        held = holding(holders.get(item_of(item), ()), partner_id=claim.partner_id, activities=claim.activity_codes)
        if held == Holding.OWN_DUPLICATE:
            code = "ITEM_DUPLICATE_OWN"
        if code:
            yield Problem(code, "products", str(item.product))
    for proof in claim.proofs.all():
        if proof.scan_status == ScanStatus.INFECTED:
            yield Problem("POE_INFECTED", "proofs", proof.name)
        elif proof.scan_status == ScanStatus.PENDING:
            yield Problem("POE_SCANNING", "proofs", proof.name)


def item_problem(claim: Claim, product: Product, subscription: Subscription | None = None) -> str | None:
    """Return why *product*, with its *subscription* if known, can't be claimed on this claim's path, or None."""
    if not product.is_claimable or product.solution_area != claim.solution_area:
        return "ITEM_NOT_CLAIMABLE"
    if product.is_revenue_only and not claim.is_recognition_only:
        return "ITEM_REVENUE_ONLY"
    if subscription is None:
        return None
    facts = SubscriptionFacts(
        tenant_id=subscription.tenant.tenant_id,
        product_code=subscription.product.code,
        is_business_applications=subscription.product.solution_area == "BA",
        state=subscription.state,
        channel=subscription.channel,
        is_provisioned=subscription.is_provisioned,
    )
    channels = claim.rules.sales_channels
    return subscription_problem(facts, product_code=product.code, tenant=claim.tenant.tenant_id, channels=channels)
