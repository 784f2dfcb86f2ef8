"""Seals acknowledgements of the work in the background, and retries missing time stamps."""

import logging
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from associations.calendars import zone_for
from associations.choices import EventKind
from associations.files import storage
from associations.files.seals import keys
from associations.files.storage import StorageUnavailable
from associations.models import Acknowledgement, Claim, ProofOfExecution, SealCertificate
from associations.rules.actors import PORTAL
from associations.rules.proof_files import ProofKind
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import lock_claim
from associations.services.files.proof_files import StoredFile, claim_file, keep_as_proof, let_go, store

logger = logging.getLogger(__name__)

DOCUMENTS_PER_RUN = 20
# Longer than a document takes: a worker that died on the way is followed by another one then.
LEASE = timedelta(minutes=2)
DOCUMENT = "associations.files.seals.document"
RETRY_STAMP = timedelta(minutes=15)


def sealing() -> Any:
    """Return the module that seals; only workers load its libraries, which take 30 MB and half a second."""
    return import_module("associations.files.seals.sealing")


def warm_up() -> None:
    """Load what sealing takes, where there is a key, so that the first customer doesn't wait for it."""
    if keys.is_configured():
        sealing()
        import_module(DOCUMENT).load_fonts()


def seal_acknowledgements(*, now: datetime) -> int:
    """Seal what is due, stamp what has no time stamp yet, and return how many documents were written."""
    if not keys.is_configured():
        return 0
    done = 0
    while done < DOCUMENTS_PER_RUN and (given := take_due("seal_due_at", now=now)):
        seal(given, now=now)
        done += 1
    while settings.TSA_URL and done < DOCUMENTS_PER_RUN and (given := take_due("stamp_due_at", now=now)):
        if not stamp(given, now=now):
            # The authority is away: the others wait as well.
            break
        done += 1
    return done


def count_due(*, now: datetime) -> int:
    """Return how many documents wait for their seal."""
    return Acknowledgement.objects.filter(seal_due_at__lte=now).count()


@transaction.atomic
def take_due(column: str, *, now: datetime) -> Acknowledgement | None:
    """Return the acknowledgement that is next by *column*, kept from other workers for the lease; None if none is."""
    due = Acknowledgement.objects.filter(**{f"{column}__lte": now}).order_by(column, "pk")
    given = due.select_for_update(skip_locked=True, of=("self",)).first()
    if given is not None:
        Acknowledgement.objects.filter(pk=given.pk).update(**{column: now + LEASE})
    return given


def seal(given: Acknowledgement, *, now: datetime) -> None:
    """Write, seal and stamp the document of an acknowledgement, and add it to the proofs of its claim.

    Nothing is locked meanwhile. A document without its time stamp is as good as any, and gets it later.
    """
    claim = Claim.objects.select_related("tenant").get(pk=given.claim_id)
    document = written(given, claim)
    data, is_stamped = sealing().sealed(document, name=given.statement["customer"], reason=reason_of(given)), False
    if settings.TSA_URL:
        data, is_stamped = stamped_or_not(data)
    try:
        stored = store(ContentFile(data), now=now)
    except StorageUnavailable:
        logger.exception("The sealed acknowledgement of claim %s could not be stored now.", given.claim_id)
        return
    keep_sealed(given.pk, stored, is_stamped=is_stamped, now=now)


def reason_of(given: Acknowledgement) -> str:
    with translation.override(given.language):
        words = translation.gettext("Acknowledged by %(name)s for %(customer)s")
    return words % {"name": given.signer_name, "customer": given.statement["customer"]}


def written(given: Acknowledgement, claim: Claim) -> bytes:
    """Return the document in the customer's language and time zone."""
    zone: ZoneInfo = zone_for(claim.tenant.country, claim.window_zone)
    pages = import_module(DOCUMENT)
    with translation.override(given.language), timezone.override(zone):
        trail = pages.AuditTrail(
            name=given.signer_name,
            title=given.signer_title,
            email=given.signer_email,
            ip=given.signer_ip or "",
            notice_number=given.notice.number if given.notice else 0,
            code_number=given.code_number or 0,
            code_sent_at=in_zone(given.code_sent_at, zone),
            given_at=in_zone(given.given_at, zone),
        )
        document: bytes = pages.acknowledgement_pdf(given.statement, trail)
    return document


def in_zone(moment: datetime | None, zone: ZoneInfo) -> datetime:
    if moment is None:
        raise ValueError("An acknowledgement that was given has its times.")
    return moment.astimezone(zone)


def stamped_or_not(data: bytes) -> tuple[bytes, bool]:
    """Return the document with a time stamp, or as it is while the authority is away."""
    module = sealing()
    try:
        return module.stamped(data), True
    except module.NoTimeStamp as trouble:
        logger.warning("No time stamp: %s.", trouble)
        return data, False


@transaction.atomic
def keep_sealed(given_id: int, stored: StoredFile, *, is_stamped: bool, now: datetime) -> None:
    """Make the sealed document a proof of its claim, unless another worker did, or the claim forgot its people."""
    given = Acknowledgement.objects.get(pk=given_id)
    claim = lock_claim(given.claim_id)
    given = Acknowledgement.objects.select_for_update().get(pk=given_id)
    if given.seal_due_at is None:
        return
    name = f"{claim.number}-acknowledgement.pdf"
    proof = keep_as_proof(stored, claim=claim, name=name, kind=ProofKind.PDF, uploaded_by=None, now=now)
    publish_certificate(now=now)
    given.proof, given.seal_due_at, given.sealed_at = proof, None, now
    given.sealed_sha256 = proof.sha256
    given.stamped_at, given.stamp_due_at = (now, None) if is_stamped else (None, now + RETRY_STAMP)
    given.save(update_fields=["proof", "seal_due_at", "sealed_at", "sealed_sha256", "stamped_at", "stamp_due_at"])
    record([claim], EventKind.PROOF_ADDED, Entry(name, {"sha256": proof.sha256}), by=PORTAL, now=now)


def stamp(given: Acknowledgement, *, now: datetime) -> bool:
    """Add the time stamp to a sealed document, in a file that replaces the earlier one; return whether it came."""
    proof = given.proof
    if proof is None or not proof.file:
        Acknowledgement.objects.filter(pk=given.pk).update(stamp_due_at=None)
        return True
    try:
        with storage.read(proof.file.name or "") as file:
            data, is_stamped = stamped_or_not(file.read())
        stored = store(ContentFile(data), now=now) if is_stamped else None
    except StorageUnavailable:
        logger.exception("The sealed acknowledgement of claim %s could not be read or stored now.", given.claim_id)
        stored = None
    if stored is None:
        Acknowledgement.objects.filter(pk=given.pk).update(stamp_due_at=now + RETRY_STAMP)
        return False
    replace_file(given.pk, stored, earlier=proof.sha256, now=now)
    return True


@transaction.atomic
def replace_file(given_id: int, stored: StoredFile, *, earlier: str, now: datetime) -> None:
    """Put the stamped file in the place of the sealed one, if that is still the same; a scanner has seen all of it."""
    claim = lock_claim(Acknowledgement.objects.values_list("claim_id", flat=True).get(pk=given_id))
    given = Acknowledgement.objects.select_for_update().get(pk=given_id)
    proof = ProofOfExecution.objects.select_for_update().filter(acknowledgement=given, sha256=earlier).first()
    if proof is None or not proof.file or given.stamped_at:
        return
    claim_file(stored)
    let_go(proof.file.name or "", now=now)
    proof.file.name, proof.sha256, proof.size = stored.path, stored.sha256, stored.size
    proof.save(update_fields=["file", "sha256", "size"])
    given.stamped_at, given.stamp_due_at = now, None
    given.save(update_fields=["stamped_at", "stamp_due_at"])
    record([claim], EventKind.TIME_STAMP_ADDED, Entry(details={"sha256": stored.sha256}), by=PORTAL, now=now)


def publish_certificate(*, now: datetime) -> None:
    """Remember the certificate in use, so that what it sealed is known when another has followed it."""
    certificate = keys.certificate()
    facts = {"pem": certificate.public_bytes(Encoding.PEM).decode(), "first_used_at": now}
    SealCertificate.objects.get_or_create(fingerprint=keys.fingerprint_of(certificate), defaults=facts)


def published_certificates() -> list[tuple[SealCertificate, x509.Certificate]]:
    """Return all certificates with which the portal seals or sealed, the newest first."""
    return [(row, x509.load_pem_x509_certificate(row.pem.encode())) for row in SealCertificate.objects.all()]


def is_written(sha256: str) -> bool:
    """Return whether the portal wrote a sealed document with this checksum, with or without its time stamp."""
    known = Q(sealed_sha256=sha256) | Q(sealed_sha256__gt="", proof__sha256=sha256)
    return Acknowledgement.objects.filter(known).exists()
