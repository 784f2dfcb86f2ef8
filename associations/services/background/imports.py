"""Writes the good rows of a sheet, once however often the sheet is imported: each has its natural key."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction

from associations.choices import ClaimStatus, ListedBy
from associations.files import storage
from associations.models import (
    Association,
    Claim,
    CustomerTenant,
    JobFile,
    Partner,
    PartnerLocation,
    PartnerMember,
    Product,
    Subscription,
    TenantDomain,
)
from associations.models.partners import CLAIM_EDITORS
from associations.rules.actors import Actor, member_actor
from associations.rules.proof_files import ProofKind
from associations.services.claim import drafting
from associations.services.claim.search_columns import refresh_claims_on
from associations.services.files.proof_files import ReadyProof, keep_as_proof, stored_for_now
from associations.services.review.competing_claims import mark_competing_claims
from guides.editions import Activity


@contextmanager
def ready_proof(proof: JobFile, *, now: datetime) -> Iterator[ReadyProof]:
    """Store a copy of *proof* for one row, which takes it before the end of the block; raise StorageUnavailable."""
    with storage.read(proof.file.name or "") as content, stored_for_now(File(content, proof.name), now=now) as stored:
        yield ReadyProof(stored, proof.name, ProofKind(proof.kind))


def actor_on(user_id: int, partner_id: int) -> Actor:
    """Return the person in their role for the company; raise PartnerMember.DoesNotExist if they don't draft for it."""
    member = PartnerMember.objects.get(user=user_id, partner=partner_id, role__in=CLAIM_EDITORS)
    return member_actor(user_id, role=member.role)


# Both within the transaction of the row, which goes back to where it was when they raise.
@transaction.atomic(savepoint=False)
def draft_reassociation(
    *,
    location: PartnerLocation,
    tenant: CustomerTenant,
    domain_name: str,
    name: str,
    activity: Activity,
    products: Iterable[Product],
    contacts: Mapping[str, str],
    proof: ReadyProof | None,
    by: Actor,
    now: datetime,
) -> tuple[Claim, bool]:
    """Return the draft of a re-association and whether it is new: a draft that claims any of it already is returned.

    The natural key is the company, the tenant and the workload. (domain.md R4)
    """
    lock_tenant(tenant.pk)
    items = list(products)
    drafts = Claim.objects.filter(partner=location.partner_id, tenant=tenant, status=ClaimStatus.DRAFT)
    earlier = drafts.filter(items__product__in=items).order_by("pk").first()
    if earlier is not None:
        return earlier, False
    claim = drafting.draft_at_once(
        location=location,
        tenant=tenant,
        facts={
            "domain_name": domain_name,
            "name": name,
            "solution_area": activity.area,
            "activity_codes": (activity.code,),
        },
        product_ids=[product.pk for product in items],
        contacts=contacts,
        proof=proof,
        by=by,
        now=now,
    )
    return claim, True


@transaction.atomic
def migrate_association(
    *,
    partner: Partner,
    subscription: Subscription,
    activities: Collection[str],
    starts_at: datetime,
    proof: ReadyProof | None = None,
    uploaded_by: int,
    now: datetime,
) -> bool:
    """Make an existing association official as it was, without a claim; return whether anything is new (domain.md R5).

    It ends with its subscription, which is the natural key; its *proof*, known by name, may come later (R5). Raise
    IntegrityError when another partner has got it.
    """
    tenant = lock_tenant(subscription.tenant_id)
    held = Association.objects.active().filter(subscription=subscription, partner=partner).first()
    is_new = held is None
    if held is None:
        held = Association.objects.create(
            partner=partner,
            tenant=tenant,
            product_id=subscription.product_id,
            subscription=subscription,
            is_migrated=True,
            starts_at=starts_at,
            activity_codes=tuple(activities),
        )
        mark_competing_claims(tenant, now=starts_at)
    if proof is None or held.has_proof_named(proof.name):
        return is_new
    keep_as_proof(proof.stored, association=held, name=proof.name, kind=proof.kind, uploaded_by=uploaded_by, now=now)
    return True


@transaction.atomic
def store_tenant(*, tenant_id: UUID, facts: Mapping[str, Any], domain_names: Iterable[str]) -> bool:
    """Write a tenant by its tenant ID, and add its domain names; return whether anything is new.

    An empty fact leaves what is known. Raise IntegrityError when a domain name is another tenant's.
    """
    stated = {name: value for name, value in facts.items() if value}
    tenant, is_new = CustomerTenant.objects.get_or_create(tenant_id=tenant_id, defaults=stated)
    changed = [name for name, value in stated.items() if getattr(tenant, name) != value]
    if changed:
        for name in changed:
            setattr(tenant, name, stated[name])
        tenant.save(update_fields=[*changed, "folded_name"])
    if "name" in changed:
        refresh_claims_on(tenant)
    known = set(tenant.domains.values_list("domain_name", flat=True))
    missing = [name for name in domain_names if name not in known]
    TenantDomain.objects.bulk_create(
        TenantDomain(tenant=tenant, domain_name=name, listed_by=ListedBy.ADMIN) for name in missing
    )
    return bool(is_new or changed or missing)


@transaction.atomic
def store_subscription(*, subscription_id: UUID, facts: Mapping[str, Any]) -> bool:
    """Write a subscription by its ID; return whether anything is new."""
    known = Subscription.objects.select_for_update(of=("self",), no_key=True).filter(subscription_id=subscription_id)
    found = known.first()
    if found is None:
        Subscription.objects.create(subscription_id=subscription_id, **facts)
        return True
    changed = [name for name, value in facts.items() if getattr(found, name) != value]
    if changed:
        known.update(**facts)
    return bool(changed)


def lock_tenant(tenant_pk: int) -> CustomerTenant:
    """Return the tenant, locked until the caller's transaction ends."""
    return CustomerTenant.objects.select_for_update(no_key=True).get(pk=tenant_pk)


def start_of(day: Any, *, now: datetime) -> datetime:
    """Return the first instant of *day* in UTC, or *now* where none is stated or it is still to come."""
    return min(datetime.combine(day, time.min, tzinfo=UTC), now) if day else now
