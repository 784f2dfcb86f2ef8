"""Files are scanned in the background: unusable until they are clean, gone when they are infected."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from associations import emails
from associations.choices import EventKind, ScanStatus
from associations.files import clamd, storage
from associations.files.clamd import ScanVerdict
from associations.files.storage import StorageUnavailable
from associations.files.waking import READ_PROOFS, READINGS, wake
from associations.models import ProofOfExecution, ProofReading
from associations.rules.actors import PORTAL
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import lock_claim
from associations.services.files.proof_files import let_go
from notifications import in_app

logger = logging.getLogger(__name__)

FILES_PER_RUN = 50
# Longer than any scan takes: a worker that died on the way is followed by another one then.
LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(minutes=15)


def scan_proofs(*, now: datetime) -> int:
    """Scan the files that are due, and return how many were decided; stop at the first one without a verdict.

    A newly installed scanner gets the files that were never scanned; without a scanner, no file waits.
    """
    if not clamd.is_configured():
        ProofOfExecution.objects.filter(scan_due_at__isnull=False).update(
            scan_status=ScanStatus.NOT_SCANNED, scan_due_at=None
        )
        return 0
    ProofOfExecution.objects.filter(scan_status=ScanStatus.NOT_SCANNED).exclude(file="").update(
        scan_status=ScanStatus.PENDING, scan_due_at=now
    )
    done = 0
    while done < FILES_PER_RUN and (proof := take_due_proof(now=now)):
        if not scan_proof(proof, now=now):
            break
        done += 1
    return done


@transaction.atomic
def take_due_proof(*, now: datetime) -> ProofOfExecution | None:
    """Return the file that waits longest, kept from other workers for the lease; None when none is due."""
    due = ProofOfExecution.objects.filter(scan_due_at__lte=now).order_by("scan_due_at", "pk")
    proof = due.select_for_update(skip_locked=True, of=("self",)).first()
    if proof is not None:
        proof.scan_due_at = now + LEASE
        proof.scan_tries += 1
        proof.save(update_fields=["scan_due_at", "scan_tries"])
    return proof


def scan_proof(proof: ProofOfExecution, *, now: datetime) -> bool:
    """Scan one claimed file, outside any transaction; return whether the scanner gave a verdict."""
    verdict = verdict_on(proof)
    if verdict is ScanVerdict.UNKNOWN:
        pending = ProofOfExecution.objects.filter(pk=proof.pk, scan_status=ScanStatus.PENDING)
        pending.update(scan_due_at=now + retry_after(proof.scan_tries))
        return False
    settle_scan(proof, verdict, now=now)
    return True


def verdict_on(proof: ProofOfExecution) -> ScanVerdict:
    """Return what the scanner says of the stored file; a file that can't be read is no clean one."""
    try:
        with storage.read(proof.file.name or "") as file:
            return clamd.scan(file)
    except StorageUnavailable:
        logger.exception("The file of proof %s could not be read for its scan.", proof.pk)
        return ScanVerdict.UNKNOWN


def retry_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: twice as long each time, up to a quarter of an hour."""
    return min(FIRST_RETRY * (1 << min(tries - 1, 10)), LONGEST_RETRY)


@transaction.atomic
def settle_scan(proof: ProofOfExecution, verdict: ScanVerdict, *, now: datetime) -> None:
    """Write the verdict, unless the file was removed or decided meanwhile.

    An infected file leaves the storage with the commit; the History and the partner hear of it, or who brought the
    file of an association without a claim.
    """
    claim = lock_claim(proof.claim_id) if proof.claim_id else None
    pending = ProofOfExecution.objects.filter(pk=proof.pk, scan_status=ScanStatus.PENDING)
    if verdict is ScanVerdict.CLEAN:
        pending.update(scan_status=ScanStatus.CLEAN, scan_due_at=None)
        transaction.on_commit(lambda: wake(READ_PROOFS, queue=READINGS), robust=True)
        return
    if not pending.update(scan_status=ScanStatus.INFECTED, scan_due_at=None, file=""):
        return
    let_go(proof.file.name or "", now=now)
    ProofReading.objects.filter(proof=proof).delete()
    if claim is None:
        notify_uploader(proof, now=now)
        return
    record([claim], EventKind.PROOF_INFECTED, Entry(proof.name, {"sha256": proof.sha256}), by=PORTAL, now=now)
    emails.proof_infected(claim, proof=proof, now=now)


def notify_uploader(proof: ProofOfExecution, *, now: datetime) -> None:
    """Put a notice about an infected file before the person who brought it: with a sheet, or on its page."""
    person = proof.uploaded_by
    is_imported = person is not None and person.is_staff
    in_app.post(
        key=f"proof:{proof.pk}:infected",
        users=[person] if person else [],
        kind="imported_proof_infected",
        context={"file_name": proof.name},
        url=reverse("jobs") if is_imported else reverse("migrated_detail", args=[proof.association_id]),
        now=now,
    )
