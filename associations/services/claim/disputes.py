"""A rejection disputed, once, and what becomes of it (domain.md D14, T18-T20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files import File
from django.db import transaction

from associations import emails
from associations.choices import ClaimAction, ConsentStatus, HoldKind, ReviewOutcome
from associations.models import Claim
from associations.rules.actors import Actor
from associations.rules.proof_files import ProofKind
from associations.rules.review.disputes import can_be_disputed
from associations.services.association.approval import approve_those_due
from associations.services.claim.history import Entry
from associations.services.claim.lifecycle import act, lock_claim, lock_claim_on_its_tenant
from associations.services.claim.proofs import attach_stored
from associations.services.customer.holds import overtake
from associations.services.customer.notice import send_notice
from associations.services.deadlines import start_review_clock
from associations.services.files.proof_files import StoredFile, store
from associations.services.review.competing_claims import mark_competing_claims
from associations.services.review.decisions import refuse_own_company


class DisputeClosed(Exception):
    """The rejection can't be disputed: too late, for the second time, or the customer's own decision."""


class GroundsMissing(Exception):
    """A dispute needs a justification, a new proof, or both."""


@dataclass(frozen=True)
class CheckedProof:
    """A file that `rules.proof_files` has accepted, under the name it will be shown by."""

    file: "File[bytes]"
    name: str
    kind: ProofKind


def is_disputable(claim: Claim, *, now: datetime) -> bool:
    """Return whether the claim's rejection can be disputed at *now*."""
    return can_be_disputed(
        status=claim.status,
        reason_codes=claim.reason_codes,
        was_disputed=claim.disputed_at is not None,
        closes_at=claim.dispute_closes_at,
        now=now,
    )


def open_dispute(
    *, claim_id: int, justification: str, proofs: Sequence[CheckedProof], max_files: int, by: Actor, now: datetime
) -> Claim:
    """Dispute the rejection and put the claim before the reviewers again (T18).

    Raise ActionNotAllowed, DisputeClosed, GroundsMissing, TooManyProofs, or StorageUnavailable; then nothing is
    written. Call it outside a transaction: nothing is locked while the files are stored.
    """
    if not is_disputable(Claim.objects.get(pk=claim_id), now=now):
        raise DisputeClosed
    if not justification.strip() and not proofs:
        raise GroundsMissing
    stored = [(proof, store(proof.file, now=now)) for proof in proofs]
    return dispute_with(stored, claim_id=claim_id, justification=justification, max_files=max_files, by=by, now=now)


@transaction.atomic
def dispute_with(
    proofs: Sequence[tuple[CheckedProof, StoredFile]],
    *,
    claim_id: int,
    justification: str,
    max_files: int,
    by: Actor,
    now: datetime,
) -> Claim:
    """Dispute the rejection with files that are stored; raise as `open_dispute` does."""
    claim = lock_claim(claim_id)
    if not is_disputable(claim, now=now):
        raise DisputeClosed
    act([claim], ClaimAction.DISPUTE, Entry(justification), by=by, now=now)
    claim.disputed_at = now
    claim.save(update_fields=["disputed_at"])
    start_review_clock(claim, now=now)
    for proof, stored in proofs:
        attach_stored(
            claim_id=claim.pk,
            stored=stored,
            name=proof.name,
            kind=proof.kind,
            max_files=max_files,
            by=by,
            now=now,
        )
    emails.dispute_arrived(claim, justification=justification, now=now)
    return claim


@transaction.atomic
def uphold_rejection(*, claim_id: int, text: str, by: Actor, now: datetime) -> Claim:
    """Let the rejection stand; it is final (T19). Raise ActionNotAllowed or OwnCompany."""
    claim = lock_claim(claim_id)
    refuse_own_company(claim, by)
    act([claim], ClaimAction.UPHOLD_REJECTION, Entry(text), by=by, now=now)
    overtake(claim, kinds=[HoldKind.DELIVERY_UNCLEAR], now=now)
    claim.review_due_at = None
    claim.save(update_fields=["review_due_at"])
    emails.claim_rejected(claim, text=text, now=now)
    return claim


@transaction.atomic
def accept_dispute(*, claim_id: int, text: str, by: Actor, now: datetime) -> Claim:
    """Take the claim back under review; a customer whose window was cut short gets a new notice and a full one (T20).

    So does one whose notice is found undelivered since. A claim whose customer had the full window, or approved, is
    official at once when nothing else holds it. Raise ActionNotAllowed or OwnCompany.
    """
    claim = lock_claim_on_its_tenant(claim_id)
    refuse_own_company(claim, by)
    act([claim], ClaimAction.ACCEPT_DISPUTE, Entry(text), by=by, now=now)
    claim.review_outcome, claim.reason_codes = ReviewOutcome.PENDING, []
    claim.reviewer_id, claim.dispute_closes_at = by.user_id, None
    claim.save(update_fields=["review_outcome", "reason_codes", "reviewer", "dispute_closes_at"])
    start_review_clock(claim, now=now)
    mark_competing_claims(claim.tenant, now=now)
    is_cut_short = was_cut_short(claim)
    if is_cut_short:
        send_notice(claim, now=now)
    emails.dispute_accepted(claim, text=text, has_new_notice=is_cut_short, now=now)
    approve_those_due([claim.pk], now=now)
    claim.refresh_from_db()
    return claim


def was_cut_short(claim: Claim) -> bool:
    """Return whether the customer of a reopened claim must be asked again: no full period, or no delivered notice."""
    if claim.consent_status == ConsentStatus.NO_OBJECTION:
        return claim.notices.current().exclude(undelivered_at=None).exists()
    return claim.consent_status != ConsentStatus.ACKNOWLEDGED
