"""Adds proofs to associations from before this process, and renews them (domain.md R5)."""

from datetime import datetime
from uuid import UUID

from django.core.files import File
from django.db import transaction

from associations.models import Association, Claim, ClaimedProduct, CustomerTenant, PartnerLocation, ProofOfExecution
from associations.rules import lifecycle
from associations.rules.activities import claimed_again, codes_of
from associations.rules.actors import Actor
from associations.rules.proof_files import ProofKind
from associations.services.claim.drafting import start_claim
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import TooManyProofs
from associations.services.claim.search_columns import refresh_search_text
from associations.services.files.proof_files import StoredFile, keep_as_proof, store


class AssociationLocked(Exception):
    """The association has ended, or the person's role may not change it."""


def add_proof(
    *, association_id: int, file: "File[bytes]", name: str, kind: ProofKind, max_files: int, by: Actor, now: datetime
) -> ProofOfExecution:
    """Store a checked *file* with an association; raise AssociationLocked, TooManyProofs or StorageUnavailable.

    Call it outside a transaction: nothing is locked while the bytes travel.
    """
    refuse_proof(Association.objects.get(pk=association_id), max_files=max_files, by=by)
    stored = store(file, now=now)
    return keep_proof(
        association_id=association_id, stored=stored, name=name, kind=kind, max_files=max_files, by=by, now=now
    )


@transaction.atomic
def keep_proof(
    *, association_id: int, stored: StoredFile, name: str, kind: ProofKind, max_files: int, by: Actor, now: datetime
) -> ProofOfExecution:
    """Make a stored file a proof of the association; raise as `add_proof` does, and leave the file to the sweep."""
    held = Association.objects.select_for_update(of=("self",), no_key=True).get(pk=association_id)
    refuse_proof(held, max_files=max_files, by=by)
    return keep_as_proof(stored, association=held, name=name, kind=kind, uploaded_by=by.account_id, now=now)


def refuse_proof(held: Association, *, max_files: int, by: Actor) -> None:
    """Raise AssociationLocked or TooManyProofs when it takes no more proofs, or none from this person."""
    if not held.is_migrated or held.ended_at or by.role not in lifecycle.EDITORS:
        raise AssociationLocked
    if held.proofs.count() >= max_files:
        raise TooManyProofs


@transaction.atomic
def renew(
    *,
    association_id: int,
    location: PartnerLocation,
    name: str,
    by: Actor,
    now: datetime,
    draft_id: UUID | None = None,
) -> Claim:
    """Return a draft of *location* that claims what the association holds, its subscription ID left open.

    A page that names its *draft_id* makes one draft, however often it is sent. Raise AssociationLocked while it is
    safely in force or belongs to another company, or ClaimLocked when the role may not draft.
    """
    # A second click waits here for the first, and then finds its draft.
    locked = Association.objects.select_for_update(of=("self",), no_key=True)
    held = locked.select_related("tenant", "subscription", "product").get(pk=association_id)
    if held.partner_id != location.partner_id or not held.is_renewable(now=now):
        raise AssociationLocked
    if draft_id and (earlier := Claim.objects.filter(public_id=draft_id).first()):
        if earlier.created_by_id != by.user_id or earlier.partner_id != held.partner_id:
            raise ClaimLocked
        return earlier
    draft = start_claim(
        location=location,
        domain_name=domain_of(held.tenant),
        tenant=held.tenant,
        by=by,
        now=now,
        draft_id=draft_id,
    )
    renewed = claimed_again(held.activity_codes, held.product.open_to(draft.edition))
    facts = {"name": name, "solution_area": held.product.area_in(draft.edition), "activity_codes": codes_of(renewed)}
    for column, value in facts.items():
        setattr(draft, column, value)
    draft.save(update_fields=list(facts))
    ClaimedProduct.objects.create(claim=draft, product_id=held.product_id)
    refresh_search_text(draft)
    return draft


def domain_of(tenant: CustomerTenant) -> str:
    """Return a domain name of the customer, a custom one before one of onmicrosoft.com; empty when none is known."""
    names = tenant.domains.order_by("pk").values_list("domain_name", flat=True)
    return min(names, key=lambda name: name.endswith(".onmicrosoft.com"), default="")
