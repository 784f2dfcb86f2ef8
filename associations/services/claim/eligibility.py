"""Finds what keeps a claim from being submitted (domain.md 2.1, 2.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from associations.choices import (
    ScanStatus,
)
from associations.models import Claim, Product, Subscription
from associations.rules.activities import codes_of, is_recognition_only
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
from guides.choices import Grain


@dataclass(frozen=True)
class EligibilityProblem:
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

    def __init__(self, problems: tuple[EligibilityProblem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def find_problems(claim: Claim, *, holders: Mapping[Item, list[Holder]] | None = None) -> Iterable[EligibilityProblem]:
    """Yield why a complete claim can't be filed: enrolment, own duplicates, subscriptions, scans (domain.md 2.3).

    *holders* spare their queries to a caller that has asked `holders_on` already.
    """
    if not is_enrolled(claim.location_id, claim.activities):
        yield EligibilityProblem("MPN_NOT_ENROLLED", "location", str(claim.location))
    prefetch_related_objects([claim], "items__product", "items__subscription__product", "items__subscription__tenant")
    if holders is None:
        holders = holders_on(claim.tenant, besides=claim)
    for item in claim.items.all():
        code = item_problem(claim, item.product, item.subscription)
        held = holding(holders.get(item_of(item), ()), partner_id=claim.partner_id, activities=claim.activity_codes)
        if held == Holding.OWN_DUPLICATE:
            code = "ITEM_DUPLICATE_OWN"
        if code:
            yield EligibilityProblem(code, "products", item.name)
    for proof in claim.proofs.all():
        if proof.scan_status == ScanStatus.INFECTED:
            yield EligibilityProblem("POE_INFECTED", "proofs", proof.name)
        elif proof.scan_status == ScanStatus.PENDING:
            yield EligibilityProblem("POE_SCANNING", "proofs", proof.name)


def is_claimed_by_subscription(product: Product, claim: Claim) -> bool:
    """Return whether one partner can have each subscription to *product*, by the edition of the claim."""
    return any(activity.grain is Grain.SUBSCRIPTION for activity in product.open_to(claim.edition))


def item_problem(claim: Claim, product: Product, subscription: Subscription | None = None) -> str | None:
    """Return why *product*, with its *subscription* if known, can't be claimed on this claim's path, or None."""
    open_to = product.open_to(claim.edition)
    if claim.solution_area not in {activity.area for activity in open_to}:
        return "ITEM_NOT_CLAIMABLE"
    if not set(claim.activity_codes) <= set(codes_of(open_to)):
        return "ITEM_REVENUE_ONLY" if is_recognition_only(open_to) else "ITEM_OTHER_ACTIVITY"
    if subscription is None:
        return None
    facts = SubscriptionFacts(
        tenant_id=subscription.tenant.tenant_id,
        product_code=subscription.product.code,
        is_claimed_by_subscription=is_claimed_by_subscription(subscription.product, claim),
        state=subscription.state,
        channel=subscription.channel,
        is_provisioned=subscription.is_provisioned,
    )
    channels = claim.rules.sales_channels
    return subscription_problem(facts, product_code=product.code, tenant=claim.tenant.tenant_id, channels=channels)
