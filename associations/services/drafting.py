"""A claim before it is filed, and what the partner may still change afterwards (domain.md D15)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.files import File
from django.db import transaction

from associations.choices import ContactKind, EventKind, ScanStatus
from associations.models import (
    Claim,
    ClaimedProduct,
    Comment,
    Contact,
    CustomerTenant,
    PartnerLocation,
    ProofOfExecution,
)
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.evidence import ProofKind
from associations.services.lifecycle import lock_claim
from associations.services.recording import line_of_history, record
from associations.services.reminding import plan_draft_reminders
from associations.services.storing import ReadyProof, StoredFile, keep_as_proof, let_go, store

# What only a claim for revenue states.
REVENUE_COLUMNS = ("dynamics_solution_seller_name", "revenue_customer_name", "isv_product_solution_name")
# What a claim is found by, besides its items.
SEARCHED_COLUMNS = frozenset({"name", "domain_name", "tenant_id"})
CONTACT_FIELDS = ("name", "title", "email", "language", "mismatch_reason")


class ClaimLocked(Exception):
    """These facts of the claim can't be changed now, or not by this person."""


class StaleAnswers(Exception):
    """Somebody else, or another tab, changed these answers since the page was drawn."""


class TooManyProofs(Exception):
    """The claim holds as many proofs as it may."""


class ProofNotRemovable(Exception):
    """A proof that was filed with the claim stays (domain.md D15)."""


@dataclass(frozen=True)
class ItemChoice:
    """One product to claim, with its subscription in Business Applications."""

    product_id: int
    subscription_id: int | None = None


def version_of(answers: Mapping[str, Any]) -> str:
    """Return the fingerprint of *answers* (plain values); a page carries it to show what it was drawn from."""
    text = json.dumps(answers, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stored_facts(claim: Claim, names: Iterable[str]) -> dict[str, Any]:
    """Return the claim's columns *names* as they stand."""
    return {name: getattr(claim, name) for name in names}


def stored_products(claim: Claim) -> dict[str, Any]:
    """Return the claimed items by product, as ids."""
    return {str(item.product_id): item.subscription_id for item in claim.items.all()}


def stored_contacts(claim: Claim) -> dict[str, Any]:
    """Return every contact's fields by `<kind>_<field>`; what is not stated is empty."""
    contacts = {contact.kind: contact for contact in claim.contacts.all()}
    return {
        f"{kind.value}_{field}": getattr(contacts.get(kind.value), field, "")
        for kind in ContactKind
        for field in CONTACT_FIELDS
    }


def contacts_from(facts: Mapping[str, Any], *, claim: Claim, kinds: Iterable[str]) -> list[Contact]:
    """Return the unsaved contacts of these *kinds* as `<kind>_<field>` *facts* state them."""
    return [
        Contact(claim=claim, kind=kind, **{field: facts.get(f"{kind}_{field}", "") for field in CONTACT_FIELDS})
        for kind in sorted(kinds)
    ]


@transaction.atomic
def start_claim(
    *,
    location: PartnerLocation,
    domain_name: str,
    tenant: CustomerTenant,
    by: Actor,
    now: datetime,
    draft_id: UUID | None = None,
) -> Claim:
    """Return a new draft for a confirmed customer; raise ClaimLocked when the role may not draft (domain.md D6).

    A page that names its *draft_id* makes one draft, however often it is sent.
    """
    if by.role not in lifecycle.EDITORS:
        raise ClaimLocked
    claim, is_new = Claim.objects.get_or_create(
        public_id=draft_id or uuid4(),
        defaults={
            "partner_id": location.partner_id,
            "location": location,
            "domain_name": domain_name,
            "tenant": tenant,
            "created_at": now,
            "created_by_id": by.account_id,
            "changed_at": now,
        },
    )
    if is_new:
        plan_draft_reminders(claim, now=now)
    found = {"search_text": claim.searchable(())} if is_new else {}
    record([claim], EventKind.CREATED, by=by, now=now, facts=found)
    return claim


@transaction.atomic(savepoint=False)
def draft_at_once(
    *,
    location: PartnerLocation,
    tenant: CustomerTenant,
    facts: Mapping[str, Any],
    product_ids: Iterable[int],
    contacts: Mapping[str, str],
    proof: ReadyProof | None,
    by: Actor,
    now: datetime,
) -> Claim:
    """Return a new draft that states all of this from the start, as `<kind>_<field>` *contacts* and columns *facts*.

    For who drafts many claims at a time; raise ClaimLocked when the role may not draft (domain.md D6), and
    StorageUnavailable when the *proof* was swept.
    """
    if by.role not in lifecycle.EDITORS:
        raise ClaimLocked
    claim = Claim.objects.create(
        partner_id=location.partner_id,
        location=location,
        tenant=tenant,
        created_at=now,
        created_by_id=by.account_id,
        changed_at=now,
        **facts,
    )
    ClaimedProduct.objects.bulk_create(ClaimedProduct(claim=claim, product_id=pk) for pk in product_ids)
    Contact.objects.bulk_create(
        contacts_from(contacts, claim=claim, kinds={name.partition("_")[0] for name in contacts})
    )
    plan_draft_reminders(claim, now=now)
    details, found = {"contacts": sorted(contacts)}, ways_to_find(claim)
    if proof is None:
        record([claim], EventKind.CREATED, by=by, now=now, details=details, facts=found)
        return claim
    created = line_of_history(claim, EventKind.CREATED, by=by, now=now, details=details)
    kept = keep_as_proof(
        proof.stored, claim=claim, name=proof.name, kind=proof.kind, uploaded_by=by.account_id, now=now
    )
    record(
        [claim],
        EventKind.PROOF_ADDED,
        by=by,
        now=now,
        note=kept.name,
        details={"sha256": kept.sha256},
        before_it=[created],
        facts=found,
    )
    return claim


@transaction.atomic
def record_facts(
    *, claim_id: int, group: str, facts: Mapping[str, Any], version: str, by: Actor, now: datetime
) -> Claim:
    """Write the columns named in *facts*; raise ClaimLocked or StaleAnswers and write nothing.

    The items go with the customer or the area they belonged to, since they exist nowhere else.
    """
    claim = _open_for_edit(claim_id, group=group, by=by)
    before = stored_facts(claim, facts)
    _refuse_stale(before, version)
    changed = {name: value for name, value in facts.items() if before[name] != value}
    if not changed:
        return claim
    for name, value in changed.items():
        setattr(claim, name, value)
    has_lost_items = False
    if changed.keys() & {"tenant_id", "solution_area", "claims_revenue"}:
        has_lost_items = claim.items.all().delete()[0] > 0
    cleared = {} if claim.claims_revenue else dict.fromkeys(REVENUE_COLUMNS, "")
    found = ways_to_find(claim) if has_lost_items or changed.keys() & SEARCHED_COLUMNS else {}
    written = {**changed, **cleared, **found}
    record([claim], EventKind.CHANGED, by=by, now=now, details=_differences(before, changed), facts=written)
    return claim


@transaction.atomic
def choose_products(*, claim_id: int, choices: Iterable[ItemChoice], version: str, by: Actor, now: datetime) -> Claim:
    """Make *choices* the claim's items; raise ClaimLocked or StaleAnswers and write nothing."""
    claim = _open_for_edit(claim_id, group="products", by=by)
    before = stored_products(claim)
    _refuse_stale(before, version)
    wanted = {str(choice.product_id): choice.subscription_id for choice in choices}
    if wanted == before:
        return claim
    kept = {product for product, subscription in before.items() if wanted.get(product, 0) == subscription}
    claim.items.exclude(product_id__in=kept).delete()
    ClaimedProduct.objects.bulk_create(
        ClaimedProduct(claim=claim, product_id=int(product), subscription_id=subscription)
        for product, subscription in wanted.items()
        if product not in kept
    )
    codes = claim.items.order_by("product__code").values_list("product__code", flat=True)
    details, found = {"products": list(codes)}, ways_to_find(claim)
    record([claim], EventKind.PRODUCTS_CHANGED, by=by, now=now, details=details, facts=found)
    return claim


@transaction.atomic
def record_contacts(*, claim_id: int, facts: Mapping[str, Any], version: str, by: Actor, now: datetime) -> Claim:
    """Write the contacts from `<kind>_<field>` *facts*; raise ClaimLocked or StaleAnswers and write nothing."""
    claim = _open_for_edit(claim_id, group="contacts", by=by)
    before = stored_contacts(claim)
    _refuse_stale(before, version)
    changed = {name: value for name, value in facts.items() if before[name] != value}
    if not changed:
        return claim
    Contact.objects.bulk_create(
        contacts_from(facts, claim=claim, kinds={name.partition("_")[0] for name in changed}),
        update_conflicts=True,
        unique_fields=["claim", "kind"],
        update_fields=CONTACT_FIELDS,
    )
    record([claim], EventKind.CONTACTS_CHANGED, by=by, now=now, details={"contacts": sorted(changed)})
    return claim


def attach_proof(
    *, claim_id: int, file: "File[bytes]", name: str, kind: ProofKind, max_files: int, by: Actor, now: datetime
) -> ProofOfExecution:
    """Store a checked *file* with the claim; raise ClaimLocked, or TooManyProofs at the limit (domain.md D17).

    Raise StorageUnavailable when the file can't be stored; then the claim is as it was. Call it outside a transaction:
    nothing is locked while the bytes travel.
    """
    refuse_proof(Claim.objects.get(pk=claim_id), max_files=max_files, by=by)
    stored = store(file, now=now)
    return attach_stored(claim_id=claim_id, stored=stored, name=name, kind=kind, max_files=max_files, by=by, now=now)


@transaction.atomic
def attach_stored(
    *, claim_id: int, stored: StoredFile, name: str, kind: ProofKind, max_files: int, by: Actor, now: datetime
) -> ProofOfExecution:
    """Make a stored file a proof of the claim; raise as `attach_proof` does, and leave the file to the sweep."""
    claim = lock_claim(claim_id)
    refuse_proof(claim, max_files=max_files, by=by)
    proof = keep_as_proof(stored, claim=claim, name=name, kind=kind, uploaded_by=by.account_id, now=now)
    record([claim], EventKind.PROOF_ADDED, by=by, now=now, note=name, details={"sha256": proof.sha256})
    return proof


def refuse_proof(claim: Claim, *, max_files: int, by: Actor) -> None:
    """Raise ClaimLocked or TooManyProofs when the claim takes no more proofs, or none from this person."""
    if not takes_proofs(claim) or by.role not in lifecycle.EDITORS:
        raise ClaimLocked
    if claim.proofs.count() >= max_files:
        raise TooManyProofs


def takes_proofs(claim: Claim) -> bool:
    """Whether a proof can still be added to *claim*: what it has forgotten must not begin to gather again."""
    return claim.status in lifecycle.PROOF_ACCEPTED_IN and claim.forgotten_at is None


@transaction.atomic
def discard_proof(*, claim_id: int, proof_id: int, by: Actor, now: datetime) -> None:
    """Remove a proof, and its file after the commit; raise ClaimLocked, or ProofNotRemovable when it was filed.

    One that was found infected proves nothing and its file is gone already, so it can always be taken off the list.
    """
    claim = _open_for_edit(claim_id, group="proof", by=by)
    proof = claim.proofs.select_for_update().get(pk=proof_id)
    if claim.submitted_at is not None and proof.scan_status != ScanStatus.INFECTED:
        raise ProofNotRemovable
    let_go(proof.file.name or "", now=now)
    proof.delete()
    record([claim], EventKind.PROOF_REMOVED, by=by, now=now, note=proof.name)


@transaction.atomic
def add_comment(*, claim_id: int, text: str, by: Actor, now: datetime) -> Comment:
    """Add a remark for the partner's people and the reviewers; raise ClaimLocked once the claim is closed."""
    claim = lock_claim(claim_id)
    if claim.status not in lifecycle.COMMENTABLE or by.role not in lifecycle.COMMENTERS:
        raise ClaimLocked
    comment = Comment.objects.create(claim=claim, author_id=by.account_id, author_role=by.role, text=text, at=now)
    record([claim], EventKind.COMMENTED, by=by, now=now)
    return comment


@transaction.atomic
def note_refused_edit(*, claim_id: int, group: str, by: Actor, now: datetime) -> None:
    """Add to the History that somebody tried to change a locked claim (domain.md 12, scenario 13)."""
    record([lock_claim(claim_id)], EventKind.EDIT_REFUSED, by=by, now=now, details={"facts": group})


def ways_to_find(claim: Claim) -> dict[str, Any]:
    """Return the columns by which *claim* is found and sorted, from what it now states; its items are read anew."""
    items = claim.items.select_related("subscription")
    return {"search_text": claim.searchable(items), "item_count": len(items)}


def refresh_search_text(claim: Claim) -> None:
    """Bring the columns by which the claim is found up to date with what the database says of it."""
    fresh = Claim.objects.select_related("tenant").get(pk=claim.pk)
    Claim.objects.filter(pk=claim.pk).update(**ways_to_find(fresh))


def refresh_claims_on(tenant: CustomerTenant) -> None:
    """Let the claims on a renamed tenant be found by its new name."""
    for claim in tenant.claim_set.all():
        refresh_search_text(claim)


def _open_for_edit(claim_id: int, *, group: str, by: Actor) -> Claim:
    claim = lock_claim(claim_id)
    if group not in lifecycle.editable_facts(claim.status, by.role):
        raise ClaimLocked
    return claim


def _refuse_stale(stored: Mapping[str, Any], version: str) -> None:
    if version_of(stored) != version:
        raise StaleAnswers


def _differences(before: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    return {"changed": {name: [str(before[name]), str(value)] for name, value in changed.items()}}
