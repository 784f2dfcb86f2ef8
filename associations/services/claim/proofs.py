"""Adds proofs of execution to a claim, and removes them (domain.md D15, D17)."""

from datetime import datetime

from django.core.files import File
from django.db import transaction

from associations.choices import EventKind, ScanStatus
from associations.models import (
    Claim,
    ProofOfExecution,
)
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.proof_files import ProofKind
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import ClaimLocked, lock_claim, lock_for_edit
from associations.services.files.proof_files import StoredFile, keep_as_proof, let_go, store


class TooManyProofs(Exception):
    """The claim holds as many proofs as it may."""


class ProofNotRemovable(Exception):
    """A proof that was filed with the claim stays (domain.md D15)."""


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
    record([claim], EventKind.PROOF_ADDED, Entry(name, {"sha256": proof.sha256}), by=by, now=now)
    return proof


def refuse_proof(claim: Claim, *, max_files: int, by: Actor) -> None:
    """Raise ClaimLocked or TooManyProofs when the claim takes no more proofs, or none from this person."""
    if not takes_proofs(claim) or by.role not in lifecycle.EDITORS:
        raise ClaimLocked
    if claim.proofs.count() >= max_files:
        raise TooManyProofs


def takes_proofs(claim: Claim) -> bool:
    """Return whether a proof can still be added to *claim*.

    A claim that has ended needs none, and what was forgotten must not begin to gather again.
    """
    is_over = claim.ended_at is not None or claim.forgotten_at is not None
    return claim.status in lifecycle.PROOF_ACCEPTED_IN and not is_over


@transaction.atomic
def discard_proof(*, claim_id: int, proof_id: int, by: Actor, now: datetime) -> None:
    """Remove a proof, and its file after the commit; raise ClaimLocked, or ProofNotRemovable when it was filed.

    One that was found infected proves nothing and its file is gone already, so it can always be taken off the list.
    """
    claim = lock_for_edit(claim_id, group="proof", by=by)
    proof = claim.proofs.select_for_update().get(pk=proof_id)
    if claim.submitted_at is not None and proof.scan_status != ScanStatus.INFECTED:
        raise ProofNotRemovable
    let_go(proof.file.name or "", now=now)
    proof.delete()
    record([claim], EventKind.PROOF_REMOVED, Entry(proof.name), by=by, now=now)
