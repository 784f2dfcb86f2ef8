"""Files on their way in and out: known by name before the first byte is stored, so that none is forgotten or lost."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files import File
from django.db import transaction

from associations.choices import ScanStatus
from associations.files import clamd, storage
from associations.files.digests import digest_of
from associations.files.storage import StorageUnavailable
from associations.files.waking import READ_PROOFS, READINGS, SCAN_PROOFS, wake
from associations.models import Association, Claim, LooseFile, ProofOfExecution, ProofReading
from associations.models.proofs import new_path
from associations.rules.proof_files import ProofKind

logger = logging.getLogger(__name__)

# Longer than any upload takes: a file that is still loose then will never be attached.
GRACE = timedelta(hours=1)
FILES_PER_RUN = 200


@dataclass(frozen=True)
class StoredFile:
    """A file that is stored and waits to be attached."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ReadyProof:
    """A proof that is stored, before the transaction that takes it; if none does, it is deleted."""

    stored: StoredFile
    name: str
    kind: ProofKind


def store(file: "File[bytes]", *, now: datetime) -> StoredFile:
    """Store *file* under a random name, or raise StorageUnavailable.

    Call it outside a transaction: no row stays locked while the bytes travel, and the name is known even if this
    process dies on the way.
    """
    path = new_path()
    LooseFile.objects.create(name=path, since_at=now)
    digest = digest_of(file)
    storage.save(path, file)
    return StoredFile(path=path, size=file.size or 0, sha256=digest)


@contextmanager
def stored_for_now(file: "File[bytes]", *, now: datetime) -> Iterator[StoredFile]:
    """Store *file* as `store` does, and delete it at the end of the block unless something holds it by then.

    If it can't be deleted then, or the process dies on the way, the sweep finds it.
    """
    stored = store(file, now=now)
    try:
        yield stored
    finally:
        for loose in LooseFile.objects.filter(name=stored.path):
            try:
                remove_loose_file(loose.pk)
            except StorageUnavailable:
                logger.exception("Loose file %s could not be deleted and was left to the sweep.", loose.pk)


def keep_as_proof(
    stored: StoredFile,
    *,
    name: str,
    kind: ProofKind,
    uploaded_by: int | None,
    now: datetime,
    claim: Claim | None = None,
    association: Association | None = None,
) -> ProofOfExecution:
    """Make the file a proof of the claim or of the association, with the caller's transaction.

    Raise StorageUnavailable if it was swept.
    """
    claim_file(stored)
    is_scanned = clamd.is_configured()
    proof = ProofOfExecution.objects.create(
        claim=claim,
        association=association,
        file=stored.path,
        name=name,
        kind=kind.value,
        size=stored.size,
        sha256=stored.sha256,
        scan_status=ScanStatus.PENDING if is_scanned else ScanStatus.NOT_SCANNED,
        scan_due_at=now if is_scanned else None,
        uploaded_at=now,
        uploaded_by_id=uploaded_by,
    )
    if claim is not None:
        ProofReading.objects.create(proof=proof, due_at=now)
    transaction.on_commit(wake_readers, robust=True)
    return proof


def wake_readers() -> None:
    """Let the workers scan and read at once; without a broker, the clocks do soon."""
    wake(SCAN_PROOFS)
    wake(READ_PROOFS, queue=READINGS)


def claim_file(stored: StoredFile) -> None:
    """Take the file out of the sweep's reach, with the caller's transaction; raise StorageUnavailable if it was swept.

    The sweep holds the row's lock while it deletes: of the two, whoever is second finds the row gone.
    """
    deleted, _rows = LooseFile.objects.filter(name=stored.path).delete()
    if not deleted:
        raise StorageUnavailable(stored.path)


def let_go(path: str, *, now: datetime) -> None:
    """Delete the file once the caller's transaction is committed; if that fails, the sweep tries again."""
    if not path:
        return
    loose = LooseFile.objects.create(name=path, since_at=now)
    transaction.on_commit(lambda: remove_loose_file(loose.pk), robust=True)


def remove_loose_files(*, now: datetime) -> int:
    """Delete the files that nothing held for an hour, and return how many; stop when the storage fails.

    The file that could not be deleted has its turn after all others.
    """
    forgotten = LooseFile.objects.filter(since_at__lte=now - GRACE).order_by("since_at", "pk")
    done = 0
    for loose_id in list(forgotten.values_list("pk", flat=True)[:FILES_PER_RUN]):
        try:
            done += remove_loose_file(loose_id)
        except StorageUnavailable:
            logger.exception("Loose file %s could not be deleted and was left for a later run.", loose_id)
            LooseFile.objects.filter(pk=loose_id).update(since_at=now)
            break
    return done


@transaction.atomic
def remove_loose_file(loose_id: int) -> bool:
    """Delete one loose file and return True, or False when it is being attached at this moment, or gone.

    Raise StorageUnavailable, and the file stays known.
    """
    loose = LooseFile.objects.select_for_update(skip_locked=True).filter(pk=loose_id).first()
    if loose is None:
        return False
    storage.delete(loose.name)
    loose.delete()
    return True
