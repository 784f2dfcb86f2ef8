"""Findings of a claim's proofs, and the places that its partner points to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects

from associations.choices import ScanStatus
from associations.models import Acknowledgement, Claim, ProofOfExecution, ProofPointer, ProofReading
from associations.rules.actors import Actor
from associations.rules.proof_reading.evidence import ClaimFacts, Evidence
from associations.rules.proof_reading.findings import FileEvidence, FileState, Finding, State, findings_of
from associations.services.claim.lifecycle import ClaimLocked, lock_claim
from associations.services.claim.proofs import takes_proofs
from associations.services.files.proof_reading import evidence_now, facts_of
from guides.choices import ProofElement

# With what `claim_findings` reads; the text itself stays in the database unless the claim has changed.
WITH_READINGS = Prefetch(
    "proofs", ProofOfExecution.objects.select_related("uploaded_by", "reading").defer("reading__parts")
)


@dataclass(frozen=True, slots=True)
class ClaimFindings:
    """The answers about each required element, and the files that they are about, by key."""

    findings: Sequence[Finding]
    files: dict[int, ProofOfExecution]
    pointers: dict[str, ProofPointer]
    read: Sequence[FileEvidence]
    acknowledgement: Acknowledgement | None = None

    @property
    def is_on_template(self) -> bool:
        """True if a file began as the portal's template."""
        return any(file.evidence.get("is_on_template") for file in self.read)

    @property
    def newest_day(self) -> date | None:
        """The last day of work or of an acknowledgement that the files name."""
        places = [file.evidence.get("places", {}) for file in self.read]
        spots = [spot for each in places for key in ("dates", "signature") for spot in each.get(key, ())]
        return max((date.fromisoformat(spot["day"]) for spot in spots if spot.get("day")), default=None)

    @property
    def is_reading(self) -> bool:
        """True while a file waits for its reading."""
        return any(state_of(proof) is FileState.READING for proof in self.files.values())


def claim_findings(claim: Claim, *, now: datetime, with_pointers: bool = True) -> ClaimFindings:
    """Return what the files of the claim show, as of its submission or of *now*; nothing is written.

    Without pointers one query less is asked.
    """
    facts, rules = facts_of(claim), claim.rules
    shown = [proof for proof in claim.proofs.all() if proof.scan_status != ScanStatus.INFECTED and proof.name]
    files = {proof.pk: proof for proof in shown}
    texts = texts_to_search(shown, facts)
    read = [FileEvidence(key, state_of(proof), evidence_of(proof, facts, texts)) for key, proof in files.items()]
    day, acknowledgement = day_of(claim.submitted_at or now), getattr(claim, "acknowledgement", None)
    sealed_at = acknowledgement.sealed_at if acknowledgement else None
    found = findings_of(
        read,
        elements=rules.proof_elements,
        products=[product.code for product in facts.products],
        on=day,
        until=max(day, day_of(sealed_at)) if sealed_at else None,
        months=rules.proof_age_months,
    )
    pointers = claim.proof_pointers.all() if with_pointers else ()
    told = {pointer.about: pointer for pointer in pointers}
    return ClaimFindings(found, files, told, read, acknowledgement)


def products_not_found(claim: Claim) -> list[str]:
    """Return the names of the claimed products that were looked for in every file of *claim* and not found."""
    prefetch_related_objects([claim], WITH_READINGS)
    # The day makes no difference to the products found.
    found = claim_findings(claim, now=claim.changed_at, with_pointers=False)
    pieces = [piece for each in found.findings if each.element is ProofElement.PRODUCTS for piece in each.pieces]
    codes = [piece.key.removeprefix("product:") for piece in pieces if piece.state is State.NOT_FOUND]
    return [claim.edition.product_name(code, catalog_name=code) for code in codes]


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE)).date()


def reading_of(proof: ProofOfExecution) -> ProofReading | None:
    """Return the reading of a file; None before the clock knows it."""
    return getattr(proof, "reading", None)


def state_of(proof: ProofOfExecution) -> FileState:
    """Return how far the reading of a file is."""
    reading = reading_of(proof)
    return FileState(reading.state) if reading else FileState.READING


def texts_to_search(proofs: Sequence[ProofOfExecution], facts: ClaimFacts) -> dict[int, ProofReading]:
    """Return the readings, with their text, that were searched for other facts than the claim's; mostly none."""
    readings = [reading for proof in proofs if (reading := reading_of(proof))]
    stale = [each.pk for each in readings if each.state == FileState.READ.value and each.evidence_key != facts.key]
    return ProofReading.objects.in_bulk(stale) if stale else {}


def evidence_of(proof: ProofOfExecution, facts: ClaimFacts, texts: dict[int, ProofReading]) -> Evidence:
    """Return what the file shows of these facts: as kept, or found now in its text if they have changed since."""
    reading = reading_of(proof)
    if reading is None or reading.state != FileState.READ.value:
        return {}
    return evidence_now(texts[reading.pk], facts) if reading.pk in texts else dict(reading.evidence)


@transaction.atomic
def point_to(*, claim_id: int, places: dict[str, str], by: Actor, now: datetime) -> None:
    """Store the partner's pointers to elements; an empty text removes one. Raise ClaimLocked."""
    claim = lock_claim(claim_id)
    if not takes_proofs(claim):
        raise ClaimLocked
    for about, text in places.items():
        if not text:
            claim.proof_pointers.filter(about=about).delete()
        elif not claim.proof_pointers.filter(about=about, text=text).exists():
            told = {"text": text, "told_by_id": by.account_id, "told_at": now}
            ProofPointer.objects.update_or_create(claim=claim, about=about, defaults=told)
