"""Finds holders and claimants of a tenant's item, and competing claims (domain.md 1.7, D7)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BigIntegerField, Exists, OuterRef, UUIDField, Value
from django.db.models.functions import Coalesce

from associations import emails
from associations.choices import EventKind
from associations.models import Association, Claim, ClaimedProduct, CustomerTenant
from associations.rules import lifecycle
from associations.rules.actors import PORTAL
from associations.rules.review import competing as rule
from associations.services.claim.history import record

# An item is a subscription, or a workload of the tenant: (product, subscription or None).
Item = tuple[int, int | None]


# The claims behind an association, with the names of their items.
CLAIMS_BEHIND = ("claimed_products__claim__items__product", "claimed_products__claim__items__subscription")


@dataclass(frozen=True)
class Holder:
    """One partner's hold on, or open claim to, an item."""

    partner_id: int
    activities: frozenset[str]
    claim_id: int | None = None
    claim_public_id: UUID | None = None


def holders_on(tenant: CustomerTenant, *, besides: Claim | None = None) -> dict[Item, list[Holder]]:
    """Return every active association and filed, undecided claim on *tenant* by item, in one query."""
    active = Association.objects.active().filter(tenant=tenant).order_by()
    claimed = ClaimedProduct.objects.filter(claim__tenant=tenant, claim__status__in=lifecycle.UNDECIDED).order_by()
    rows = active.values_list(
        "product_id",
        "subscription_id",
        "partner_id",
        "activity_codes",
        Value(None, output_field=BigIntegerField()),
        Value(None, output_field=UUIDField()),
    )
    claims = claimed.exclude(claim=besides).values_list(
        "product_id",
        "subscription_id",
        "claim__partner_id",
        "claim__activity_codes",
        "claim_id",
        "claim__public_id",
    )
    holders: dict[Item, list[Holder]] = defaultdict(list)
    for product, subscription, partner_id, codes, claim_id, public_id in rows.union(claims, all=True):
        holders[product, subscription].append(Holder(partner_id, frozenset(codes), claim_id, public_id))
    return holders


def others_on(claim: Claim) -> dict[Item, list[tuple[str, int | None]]]:
    """Return who else holds or claims each item of *claim*, in one query: a partner's name, and its claim if any."""
    rivals = ClaimedProduct.objects.filter(claim__tenant=claim.tenant_id, claim__status__in=lifecycle.UNDECIDED)
    claimed = rivals.exclude(claim__partner=claim.partner_id).order_by()
    active = Association.objects.active().filter(tenant=claim.tenant_id).exclude(partner=claim.partner_id)
    no_claim = Value(None, output_field=BigIntegerField())
    rows = active.order_by().values_list("product_id", "subscription_id", "partner__name", no_claim)
    others = claimed.values_list("product_id", "subscription_id", "claim__partner__name", "claim_id")
    found: dict[Item, list[tuple[str, int | None]]] = {item_of(item): [] for item in claim.items.all()}
    for product, subscription, partner_name, claim_id in rows.union(others, all=True):
        if (product, subscription) in found:
            found[product, subscription].append((partner_name, claim_id))
    return found


def wanted_by_another() -> Exists:
    """Return a query column: true where another partner's undecided claim asks for the same item."""
    rivals = ClaimedProduct.objects.annotate(of_subscription=Coalesce("subscription_id", 0)).filter(
        claim__tenant=OuterRef("claim__tenant"),
        claim__status__in=lifecycle.UNDECIDED,
        product=OuterRef("product"),
        of_subscription=Coalesce(OuterRef("subscription_id"), 0),
    )
    return Exists(rivals.exclude(claim__partner=OuterRef("claim__partner")))


def held_by_another() -> Exists:
    """Return a query column: true where another partner holds the same item."""
    held = Association.objects.active().annotate(of_subscription=Coalesce("subscription_id", 0))
    same = held.filter(
        tenant=OuterRef("claim__tenant"),
        product=OuterRef("product"),
        of_subscription=Coalesce(OuterRef("subscription_id"), 0),
    )
    return Exists(same.exclude(partner=OuterRef("claim__partner")))


def item_of(held: Association | ClaimedProduct) -> Item:
    return held.product_id, held.subscription_id


def holding(holders: Iterable[Holder], *, partner_id: int, activities: Iterable[str]) -> rule.Holding:
    """Return the standing of an item with these *holders* for a partner that wants it for *activities*."""
    held = [(holder.partner_id, holder.activities) for holder in holders]
    return rule.who_holds(held, partner_id=partner_id, activities=frozenset(activities))


def mark_competing_claims(tenant: CustomerTenant, *, now: datetime) -> None:
    """Bring `has_competing_claim` of undecided claims on the locked *tenant* up to date, and tell their partners."""
    notify_of_competing_claims(tenant, flag_competing_claims(tenant, now=now), now=now)


def flag_competing_claims(tenant: CustomerTenant, *, now: datetime) -> list[int]:
    """Bring the flags up to date, with a line of History, and return the claims that compete now and did not before.

    A claim competes when another partner holds, or has filed a claim to, any of its items.
    """
    undecided = Claim.objects.select_for_update(of=("self",), no_key=True).undecided().filter(tenant=tenant)
    claims = list(undecided.order_by("pk").prefetch_related("items__product", "items__subscription"))
    holders = holders_on(tenant)
    competing = {claim.pk for claim in claims if _contested(claim, holders)}
    found = [claim for claim in claims if claim.pk in competing and not claim.has_competing_claim]
    settled = [claim for claim in claims if claim.pk not in competing and claim.has_competing_claim]
    _set_flag(found, EventKind.COMPETING_FOUND, is_competing=True, now=now)
    _set_flag(settled, EventKind.COMPETING_SETTLED, is_competing=False, now=now)
    return [claim.pk for claim in found]


def notify_of_competing_claims(tenant: CustomerTenant, ids: list[int], *, now: datetime) -> None:
    """Tell the partners of the claims *ids*, and those whose associations these compete with (E11)."""
    if not ids:
        return
    holders = holders_on(tenant)
    competing = Claim.objects.filter(pk__in=ids).order_by("pk")
    found = list(competing.prefetch_related("items__product", "items__subscription"))
    for claim in (*found, *_defended_by_incumbents(tenant, found)):
        emails.competing_found(claim, contested=_contested(claim, holders), now=now)


def _defended_by_incumbents(tenant: CustomerTenant, found: list[Claim]) -> list[Claim]:
    """Return the claims behind other partners' associations on the items of *found*: their proofs defend them."""
    wanted = {item_of(item): claim.partner_id for claim in found for item in claim.items.all()}
    active = Association.objects.active().filter(tenant=tenant).prefetch_related(*CLAIMS_BEHIND)
    contested = [held for held in active if wanted.get(item_of(held), held.partner_id) != held.partner_id]
    claims = {item.claim.pk: item.claim for held in contested for item in held.claimed_products.all()}
    return [claims[pk] for pk in sorted(claims)]


def _contested(claim: Claim, holders: dict[Item, list[Holder]]) -> list[ClaimedProduct]:
    """Return the items of *claim* that another partner holds or has filed a claim to."""
    return [
        item
        for item in claim.items.all()
        if any(holder.partner_id != claim.partner_id for holder in holders.get(item_of(item), ()))
    ]


def _set_flag(claims: list[Claim], kind: EventKind, *, is_competing: bool, now: datetime) -> None:
    if not claims:
        return
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(has_competing_claim=is_competing)
    record(claims, kind, by=PORTAL, now=now)
