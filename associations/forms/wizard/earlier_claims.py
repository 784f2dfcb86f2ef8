"""Finds what the company's other claims for the same customer suggest, among those that the person may see."""

from collections.abc import Iterable

from accounts.models import User
from associations.choices import ClaimStatus
from associations.models import Claim, CustomerTenant, PartnerLocation
from associations.models.claim_queries import ClaimQuerySet
from associations.stored_activities import of_kind

MOST_DRAFTS = 3


def last_claim_at(locations: Iterable[PartnerLocation], *, tenant: CustomerTenant, user: User) -> Claim | None:
    """Return the person's newest claim for *tenant* at one of *locations*."""
    claims = Claim.objects.visible_to(user).filter(tenant=tenant, location__in=[place.pk for place in locations])
    return claims.select_related("location").order_by("-pk").first()


def last_claim_with_people(claim: Claim, *, user: User) -> Claim | None:
    """Return the newest other claim that names a customer contact, as far as known one who can be reached."""
    return others(claim, user=user).with_reachable_contact().prefetch_related("contacts").first()


def last_revenue_claim(claim: Claim, *, user: User) -> Claim | None:
    return others(claim, user=user).filter(of_kind("revenue")).exclude(isv_product_solution_name="").first()


def drafts_beside(claim: Claim, *, user: User) -> list[Claim]:
    """Return the newest other drafts for the same customer."""
    drafts = others(claim, user=user).filter(status=ClaimStatus.DRAFT).select_related("created_by")
    return list(drafts[:MOST_DRAFTS])


def others(claim: Claim, *, user: User) -> ClaimQuerySet:
    return Claim.objects.visible_to(user).beside(claim)
