"""A new draft from an old claim: after a rejection, a withdrawal, or the end of an association."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.files import File
from django.db import transaction

from associations.choices import ClaimStatus, EndReason, EventKind, ReasonCode, WithdrawalReason
from associations.files import storage
from associations.models import Claim, ClaimedProduct, Contact, ProofOfExecution
from associations.questions import DETAILS, WORK, columns_of
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.filing_again import FRESH_DAYS, PROOF_REFUSED
from associations.rules.proof_files import ProofKind
from associations.rules.requirements import TO_CORRECT
from associations.services.claim.drafting import start_claim, unused_name
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import ClaimLocked, lock_claim
from associations.services.claim.proofs import attach_stored
from associations.services.claim.search_columns import refresh_search_text
from associations.services.files.proof_files import StoredFile, stored_for_now

COPYABLE = lifecycle.CLOSED - {ClaimStatus.APPROVED}
COPIED_FACTS = columns_of((*WORK, *DETAILS))


def items_to_copy(claim: Claim, *, now: datetime) -> list[ClaimedProduct]:
    """Return the items that a new claim would ask for again; none while the claim is open or safely in force.

    Of an approved claim these are the items whose association ended, or soon ends with its subscription (R6).
    """
    items = list(claim.items.all())
    if claim.status in COPYABLE:
        return items
    return [item for item in items if item.association and (item.association.ended_at or is_renewed(item, now=now))]


def items_to_renew(claim: Claim, *, now: datetime) -> list[ClaimedProduct]:
    """Return the items of an approved claim whose association ended, or soon ends, with its subscription."""
    return [item for item in claim.items.all() if claim.status == ClaimStatus.APPROVED and is_renewed(item, now=now)]


def is_renewed(item: ClaimedProduct, *, now: datetime) -> bool:
    """Return whether a new claim would ask for the subscription that follows the one of *item*."""
    return item.association is not None and item.association.is_renewable(now=now)


def withdrawn_for(claim: Claim) -> WithdrawalReason | None:
    """Return why *claim* was withdrawn, if it was."""
    line = claim.events.filter(kind=EventKind.WITHDRAWN).last()
    return WithdrawalReason(line.details["reason"]) if line else None


def reasons_to_correct(claim: Claim) -> list[WithdrawalReason | ReasonCode | EndReason]:
    """Return why *claim* was withdrawn or rejected, or why what it made official ended.

    If the partner did not answer the reviewer in time, what the reviewer asked for is among them.
    """
    if withdrawn := withdrawn_for(claim):
        return [withdrawn]
    found: list[WithdrawalReason | ReasonCode | EndReason] = [ReasonCode(code) for code in claim.reason_codes]
    if ReasonCode.NO_PARTNER_RESPONSE in found:
        question = claim.events.filter(kind=EventKind.ACTION_REQUESTED).last()
        found += [ReasonCode(code) for code in question.details.get("reasons", ())] if question else []
    ended = (item.association.end_reason for item in claim.items.all() if item.association)
    return found + [EndReason(reason) for reason in dict.fromkeys(ended) if reason]


def proofs_to_copy(claim: Claim, *, now: datetime) -> list[ProofOfExecution]:
    """Return the proofs that are recent enough for a new claim (domain.md R11); none that a reviewer refused."""
    if not items_to_copy(claim, now=now) and claim.status not in COPYABLE:
        return []
    if PROOF_REFUSED.intersection(reasons_to_correct(claim)):
        return []
    fresh = claim.proofs.filter(uploaded_at__gt=now - timedelta(days=FRESH_DAYS))
    return [proof for proof in fresh if proof.is_usable]


@transaction.atomic
def copy_claim(*, claim_id: int, by: Actor, now: datetime, draft_id: UUID | None = None) -> Claim:
    """Return a new draft with the facts of the closed claim, under a name of its own.

    Facts for which the claim was withdrawn must be stated again, and so must a renewed subscription: its ID is new.
    `copy_proofs` adds the recent proofs (domain.md R6, R11). A page that names its *draft_id* makes one draft, however
    often it is sent. Raise ClaimLocked while the claim is open or safely in force, or when the role may not draft.
    """
    old = lock_claim(claim_id)
    if draft_id and (earlier := Claim.objects.filter(public_id=draft_id).first()):
        if earlier.created_by_id != by.user_id or earlier.partner_id != old.partner_id:
            raise ClaimLocked
        return earlier
    items = items_to_copy(old, now=now)
    if not (items or old.status in COPYABLE):
        raise ClaimLocked
    new = start_claim(
        location=old.location, domain_name=old.domain_name, tenant=old.tenant, by=by, now=now, draft_id=draft_id
    )
    for fact in COPIED_FACTS:
        setattr(new, fact, getattr(old, fact))
    new.name = unused_name(old.name, partner_id=old.partner_id) if old.name else ""
    reason = withdrawn_for(old)
    new.to_correct = TO_CORRECT[reason] if reason else old.to_correct
    new.save(update_fields=[*COPIED_FACTS, "to_correct"])
    ClaimedProduct.objects.bulk_create(
        ClaimedProduct(
            claim=new,
            product_id=item.product_id,
            subscription_id=None if is_renewed(item, now=now) else item.subscription_id,
        )
        for item in items
    )
    Contact.objects.bulk_create(
        Contact(claim=new, kind=contact.kind, **{field: getattr(contact, field) for field in Contact.FIELDS})
        for contact in old.contacts.all()
    )
    refresh_search_text(new)
    record([new], EventKind.COPIED, Entry(old.number), by=by, now=now)
    return Claim.objects.get(pk=new.pk)


def copy_proofs(*, claim_id: int, draft: Claim, max_files: int, by: Actor, now: datetime) -> None:
    """Give *draft* a copy of each recent proof of the claim that it was copied from, once.

    Raise StorageUnavailable when a file can't be copied; those before it stay. Call it outside a transaction: nothing
    is locked while the bytes travel.
    """
    known = set(draft.proofs.values_list("sha256", flat=True))
    for proof in proofs_to_copy(Claim.objects.get(pk=claim_id), now=now):
        if proof.sha256 in known:
            continue
        with (
            storage.read(proof.file.name or "") as file,
            stored_for_now(File(file, name=proof.name), now=now) as stored,
        ):
            _attach_once(draft, stored, proof=proof, max_files=max_files, by=by, now=now)


@transaction.atomic
def _attach_once(
    draft: Claim, stored: StoredFile, *, proof: ProofOfExecution, max_files: int, by: Actor, now: datetime
) -> None:
    """Attach the copy with the date of its upload, unless the same page, sent twice, was faster."""
    if lock_claim(draft.pk).proofs.filter(sha256=stored.sha256).exists():
        return
    copy = attach_stored(
        claim_id=draft.pk,
        stored=stored,
        name=proof.name,
        kind=ProofKind(proof.kind),
        max_files=max_files,
        by=by,
        now=now,
    )
    ProofOfExecution.objects.filter(pk=copy.pk).update(uploaded_at=proof.uploaded_at)
