"""A file is unusable until the scanner called it clean, and gone when it was infected."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from associations.choices import EventKind, ScanStatus
from associations.files.clamd import ScanVerdict
from associations.models import Claim, LooseFile, ProofOfExecution
from associations.rules.proof_files import ProofKind
from associations.services.claim import submission
from associations.services.claim.eligibility import ClaimIneligible, EligibilityProblem
from associations.services.claim.proofs import attach_proof, discard_proof
from associations.services.files import virus_scan
from bench.files import SMALL_PDF
from notifications.models import Notification, OutboxEmail
from tests import stories
from tests.associations.clamd import EICAR
from tests.factories import MONDAY, ProofFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = MONDAY + timedelta(minutes=1)
CLEAN = SMALL_PDF


def attach(claim: Claim, content: bytes = CLEAN, *, name: str = "sow.pdf") -> ProofOfExecution:
    return attach_proof(
        claim_id=claim.pk,
        file=ContentFile(content, name=name),
        name=name,
        kind=ProofKind.PDF,
        max_files=10,
        by=stories.admin_of(claim),
        now=MONDAY,
    )


def fresh(proof: ProofOfExecution) -> ProofOfExecution:
    return ProofOfExecution.objects.get(pk=proof.pk)


def test_without_a_scanner_a_file_says_that_it_was_not_scanned():
    proof = attach(stories.draft_claim())

    assert virus_scan.scan_proofs(now=LATER) == 0
    assert fresh(proof).scan_status == "not_scanned"
    assert fresh(proof).is_usable


def test_a_clean_file_becomes_usable(scanner):
    proof = attach(stories.draft_claim())
    assert (proof.scan_status, proof.is_usable) == ("pending", False)

    assert virus_scan.scan_proofs(now=LATER) == 1
    assert (fresh(proof).scan_status, fresh(proof).scan_due_at) == ("clean", None)
    assert fresh(proof).is_usable
    assert scanner.scanned == [CLEAN]


def test_a_file_is_scanned_once(scanner):
    attach(stories.draft_claim())

    assert [virus_scan.scan_proofs(now=LATER), virus_scan.scan_proofs(now=LATER)] == [1, 0]


def test_an_infected_file_leaves_the_storage_and_is_told(scanner, django_capture_on_commit_callbacks):
    claim = stories.submitted_claim()
    proof = attach(claim, CLEAN + EICAR, name="offer.pdf")
    path = proof.file.name or ""

    with django_capture_on_commit_callbacks(execute=True):
        assert virus_scan.scan_proofs(now=LATER) == 2  # the claim's own file is a clean one

    assert (fresh(proof).scan_status, fresh(proof).file.name) == ("infected", "")
    assert not default_storage.exists(path)
    assert not LooseFile.objects.exists()
    line = claim.events.get(kind=EventKind.PROOF_INFECTED)
    assert (line.note, line.actor_role, line.details) == ("offer.pdf", "portal", {"sha256": proof.sha256})
    mail = OutboxEmail.objects.get(template="proof_infected")
    assert mail.context["file_name"] == "offer.pdf"
    assert Notification.objects.get(kind="proof_infected").context["file_name"] == "offer.pdf"


def test_an_infected_file_of_a_draft_is_told_in_the_portal_only(scanner):
    attach(stories.draft_claim(), EICAR)

    virus_scan.scan_proofs(now=LATER)

    assert Notification.objects.filter(kind="proof_infected").count() == 1
    assert not OutboxEmail.objects.exists()


def test_a_claim_is_not_filed_while_its_file_is_scanned_nor_when_it_is_infected(scanner):
    claim = stories.complete_claim()
    claim.proofs.all().delete()
    attach(claim, EICAR, name="offer.pdf")
    filing: dict[str, Any] = {"claim_id": claim.pk, "acknowledged": True, "by": stories.admin_of(claim), "now": LATER}

    with pytest.raises(ClaimIneligible) as early:
        submission.submit_claim(**filing)
    virus_scan.scan_proofs(now=LATER)
    with pytest.raises(ClaimIneligible) as late:
        submission.submit_claim(**filing)

    assert early.value.problems == (EligibilityProblem("POE_SCANNING", "proofs", "offer.pdf"),)
    assert late.value.problems == (EligibilityProblem("POE_INFECTED", "proofs", "offer.pdf"),)


def test_an_answer_waits_for_the_scan_and_an_infected_file_can_be_taken_off_a_filed_claim(scanner):
    claim = stories.claim_needing_action()
    virus_scan.scan_proofs(now=LATER)
    by = stories.admin_of(claim)
    proof = attach(claim, EICAR)
    answer: dict[str, Any] = {"claim_id": claim.pk, "reply": "See page 3.", "by": by, "now": LATER}

    with pytest.raises(ClaimIneligible):
        submission.resubmit_claim(**answer)
    virus_scan.scan_proofs(now=LATER)
    with pytest.raises(ClaimIneligible):
        submission.resubmit_claim(**answer)
    discard_proof(claim_id=claim.pk, proof_id=proof.pk, by=by, now=LATER)

    assert submission.resubmit_claim(**answer).status == "under_review"


def test_a_scanner_that_is_down_makes_nothing_clean_and_is_asked_again_later(settings, scanner):
    proof = attach(stories.draft_claim())
    address, settings.CLAMD_URL = scanner.url, "tcp://127.0.0.1:1"

    assert virus_scan.scan_proofs(now=LATER) == 0
    assert fresh(proof).scan_status == "pending"
    assert fresh(proof).scan_due_at == LATER + virus_scan.FIRST_RETRY

    settings.CLAMD_URL = address
    assert virus_scan.scan_proofs(now=LATER) == 0
    assert virus_scan.scan_proofs(now=LATER + virus_scan.FIRST_RETRY) == 1
    assert fresh(proof).scan_status == "clean"


def test_the_waiting_between_tries_grows_to_a_quarter_of_an_hour():
    waits = [virus_scan.retry_after(tries).total_seconds() for tries in (1, 2, 3, 6, 7, 8, 1000)]

    assert waits == [15, 30, 60, 480, 900, 900, 900]


def test_a_file_that_cannot_be_read_is_not_clean(scanner):
    proof = attach(stories.draft_claim())
    default_storage.delete(proof.file.name or "")

    assert virus_scan.scan_proofs(now=LATER) == 0
    assert fresh(proof).scan_status == "pending"


def test_a_worker_that_died_is_followed_when_its_lease_is_over(scanner):
    proof = attach(stories.draft_claim())
    assert virus_scan.take_due_proof(now=LATER) == proof

    assert virus_scan.scan_proofs(now=LATER) == 0
    assert virus_scan.scan_proofs(now=LATER + virus_scan.LEASE) == 1


def test_a_new_scanner_gets_the_files_that_never_were_scanned(scanner):
    proof = ProofFactory(scan_status=ScanStatus.NOT_SCANNED)

    virus_scan.scan_proofs(now=LATER)

    assert fresh(proof).scan_status == "clean"


def test_no_file_waits_for_a_scanner_that_was_switched_off(settings):
    proof = ProofFactory(pending=True)

    assert virus_scan.scan_proofs(now=LATER) == 0
    assert (fresh(proof).scan_status, fresh(proof).scan_due_at) == ("not_scanned", None)


def test_a_file_that_was_removed_during_its_scan_is_not_missed(scanner):
    claim = stories.draft_claim()
    proof = attach(claim, EICAR)
    taken = virus_scan.take_due_proof(now=LATER)
    assert taken
    discard_proof(claim_id=claim.pk, proof_id=proof.pk, by=stories.admin_of(claim), now=LATER)

    virus_scan.settle_scan(taken, ScanVerdict.INFECTED, now=LATER)

    assert not claim.events.filter(kind=EventKind.PROOF_INFECTED).exists()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_take_different_files(scanner):
    first, second = attach(stories.draft_claim()), attach(stories.draft_claim())

    taken = [virus_scan.take_due_proof(now=LATER), virus_scan.take_due_proof(now=LATER)]

    assert taken == [first, second]
