"""Reads the text of proofs in the background, and keeps what it shows of their claims."""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models import F, QuerySet

from associations.choices import ContactKind, ScanStatus
from associations.files import proof_texts, storage
from associations.files.proof_texts import NotReadable, SandboxBusy
from associations.files.storage import StorageUnavailable
from associations.models import Claim, ProofOfExecution, ProofReading
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.evidence import ClaimFacts, Evidence, evidence_in
from associations.rules.proof_reading.findings import FileState
from associations.rules.proof_reading.product_names import ProductNames
from associations.rules.proof_reading.texts import Part, part_of
from guides.editions import Edition

logger = logging.getLogger(__name__)

FILES_PER_RUN = 20
# Longer than any file takes: a worker that died on the way is followed by another one then.
LEASE = timedelta(minutes=5)
# A file whose reader takes the worker with it is given up.
MOST_TRIES = 3
RETRY = timedelta(seconds=30)
# In a worker with threads, such as in the embedded mode, only one thread reads, so that the others can send emails.
_reading = threading.Lock()
USABLE = (ScanStatus.CLEAN, ScanStatus.NOT_SCANNED)


def read_proofs(*, now: datetime) -> int:
    """Read the files that are due, and search again for changed claims; return how many files were read.

    Files that were stored before there was a reader join them. Only one thread of a process reads at a time; a second
    one returns 0 and leaves the files to the first and to the next run.
    """
    if not _reading.acquire(blocking=False):
        return 0
    try:
        return read_due_files(now=now)
    finally:
        _reading.release()


def read_due_files(*, now: datetime) -> int:
    adopt_unread(now=now)
    done = 0
    while done < FILES_PER_RUN and (reading := take_due_reading(now=now)):
        read_proof(reading, now=now)
        done += 1
    if not done:
        refresh_evidence(now=now)
    return done


def adopt_unread(*, now: datetime) -> None:
    """Queue the files of claims that have no reading yet, some in each run."""
    unread = ProofOfExecution.objects.filter(reading=None, claim__isnull=False, scan_status__in=USABLE)
    unread = unread.exclude(file="").order_by("-pk")[:FILES_PER_RUN]
    fresh = [ProofReading(proof=proof, due_at=now) for proof in unread]
    ProofReading.objects.bulk_create(fresh, ignore_conflicts=True)


@transaction.atomic
def take_due_reading(*, now: datetime) -> ProofReading | None:
    """Return the reading that is next, kept from other workers for the lease; None when none is due."""
    due = due_readings(now=now).select_related("proof")
    reading = due.select_for_update(skip_locked=True, of=("self",)).first()
    if reading is not None:
        reading.due_at = now + LEASE
        reading.tries += 1
        reading.save(update_fields=["due_at", "tries"])
    return reading


def due_readings(*, now: datetime) -> QuerySet[ProofReading]:
    """Return the readings that can start: those of the latest uploads first, whose people wait, and second tries last.

    A file waits for its virus scan.
    """
    due = ProofReading.objects.filter(due_at__lte=now, proof__scan_status__in=USABLE).exclude(proof__file="")
    return due.order_by("tries", "-proof__uploaded_at", "-pk")


def read_proof(reading: ProofReading, *, now: datetime) -> None:
    """Read one file that was taken, outside any transaction, and keep its text."""
    if reading.tries > MOST_TRIES:
        settle(reading, parts=None, now=now)
        return
    try:
        parts = text_of(reading.proof)
    except NotReadable:
        settle(reading, parts=None, now=now)
    except (StorageUnavailable, SandboxBusy):
        logger.warning("The file of proof %s could not be read now.", reading.proof_id)
        put_off(reading, now=now)
    else:
        settle(reading, parts=parts, now=now)


def text_of(proof: ProofOfExecution) -> list[Part]:
    """Return the parts of a stored file; raise NotReadable, SandboxBusy or StorageUnavailable."""
    with storage.read(proof.file.name or "") as file:
        return proof_texts.text_of(file, kind=ProofKind(proof.kind))


def put_off(reading: ProofReading, *, now: datetime) -> None:
    """Let the reading wait, without counting the try: the file itself was not to blame."""
    waiting = ProofReading.objects.filter(pk=reading.pk, state=FileState.READING.value)
    waiting.update(due_at=now + RETRY, tries=F("tries") - 1)


@transaction.atomic
def settle(reading: ProofReading, *, parts: Sequence[Part] | None, now: datetime) -> None:
    """Write what was read, unless the file was removed meanwhile; without parts it could not be read."""
    waiting = ProofReading.objects.select_for_update().filter(pk=reading.pk, state=FileState.READING.value).first()
    if waiting is None:
        return
    waiting.due_at, waiting.read_at = None, now
    if parts is None:
        waiting.state = FileState.UNREAD.value
    else:
        claim = claims_with_facts().get(proofs=reading.proof_id)
        facts = facts_of(claim)
        waiting.state = FileState.READ.value
        waiting.parts = [part.as_told() for part in parts]
        waiting.evidence, waiting.evidence_key = evidence_in(parts, facts), facts.key
    waiting.save()


def claims_with_facts() -> QuerySet[Claim]:
    """Return the claims with what `facts_of` reads of them."""
    return Claim.objects.select_related("partner", "tenant").prefetch_related(
        "tenant__domains", "items__product", "contacts"
    )


def facts_of(claim: Claim) -> ClaimFacts:
    """Return what the claim says that its proofs must show."""
    domains = [claim.domain_name, *(domain.domain_name for domain in claim.tenant.domains.all())]
    people = [contact.name for contact in claim.contacts.all() if contact.kind == ContactKind.CUSTOMER]
    catalog, claimed = catalog_of(claim.edition), [item.product for item in claim.items.all()]
    products = {catalog.get(each.code) or ProductNames(each.code, each.name) for each in claimed}
    return ClaimFacts(
        partner=claim.partner.name,
        customer=claim.tenant.name,
        tenant_id=str(claim.tenant.tenant_id).lower(),
        domains=tuple(sorted({domain.lower() for domain in domains if domain})),
        products=tuple(sorted(products, key=lambda product: product.code)),
        catalog=tuple(catalog.values()),
        people=tuple(name for name in people if name),
    )


@lru_cache(maxsize=16)
def catalog_of(edition: Edition) -> dict[str, ProductNames]:
    """Return every product of an edition by its code, with all its names."""
    return {
        each.code: ProductNames(each.code, each.name, (*each.former_names, *each.synonyms))
        for each in edition.products
    }


def refresh_evidence(*, now: datetime) -> int:
    """Search the files of changed claims again, and return how many files were searched."""
    stale = ProofReading.objects.filter(
        state=FileState.READ.value, proof__claim__changed_at__gt=F("read_at"), proof__claim__forgotten_at=None
    )
    readings = list(stale.order_by("pk").values_list("pk", "proof__claim_id")[:FILES_PER_RUN])
    claims = {claim.pk: claim for claim in claims_with_facts().filter(pk__in={claim_id for _pk, claim_id in readings})}
    for pk, claim_id in readings:
        refresh(pk, facts_of(claims[claim_id]), now=now)
    return len(readings)


@transaction.atomic
def refresh(reading_id: int, facts: ClaimFacts, *, now: datetime) -> None:
    """Search one file again if the claim's facts have changed."""
    reading = ProofReading.objects.select_for_update().filter(pk=reading_id, state=FileState.READ.value).first()
    if reading is None:
        return
    reading.read_at = now
    if reading.evidence_key != facts.key:
        reading.evidence, reading.evidence_key = evidence_now(reading, facts), facts.key
    reading.save()


def evidence_now(reading: ProofReading, facts: ClaimFacts) -> Evidence:
    """Return what the kept text of a file shows of these facts."""
    return evidence_in([part_of(told) for told in reading.parts], facts)


def oldest_unread(*, now: datetime) -> datetime | None:
    """Return since when the file that waits longest for its reading has waited, its virus scan being over."""
    waiting = ProofReading.objects.filter(due_at__isnull=False, proof__scan_status__in=USABLE).exclude(proof__file="")
    return waiting.order_by("proof__uploaded_at").values_list("proof__uploaded_at", flat=True).first()


def count_unread() -> int:
    """Return how many files wait for their reading."""
    return ProofReading.objects.filter(due_at__isnull=False).count()
