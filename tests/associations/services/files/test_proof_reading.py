"""A proof is read in the background once; what it shows follows the claim, and goes with the file."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from associations.files import proof_texts
from associations.models import Claim, Product, ProofOfExecution, ProofPointer, ProofReading
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.findings import State
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import attach_proof, discard_proof
from associations.services.files import proof_reading, virus_scan
from associations.services.files.proof_findings import WITH_READINGS, claim_findings, point_to
from associations.services.privacy.retention import forget_proof
from bench.files import SMALL_PDF
from tests import stories
from tests.associations.clamd import EICAR
from tests.associations.proof_reading.papers import Sheet, pdf_of
from tests.factories import MONDAY, ClaimedProductFactory, ProofFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = MONDAY + timedelta(minutes=1)
MUCH_LATER = MONDAY + timedelta(hours=1)


def paper(claim: Claim) -> bytes:
    sheet = Sheet().lines(
        f"Partner: {claim.partner.name}",
        f"Customer: {claim.tenant.name}, tenant ID {claim.tenant.tenant_id}",
        "Work done: we migrated all mailboxes and trained the users of Exchange Online.",
        "SharePoint Online was deployed in the second phase of the work.",
    )
    return pdf_of(sheet)


def attach(claim: Claim, content: bytes, *, kind: ProofKind = ProofKind.PDF) -> ProofOfExecution:
    return attach_proof(
        claim_id=claim.pk,
        file=ContentFile(content, name="sow.pdf"),
        name="sow.pdf",
        kind=kind,
        max_files=10,
        by=stories.admin_of(claim),
        now=MONDAY,
    )


def draft() -> Claim:
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))
    ClaimedProductFactory(claim=claim)
    return claim


def answers(claim: Claim) -> dict[str, State]:
    read = Claim.objects.select_related("partner", "tenant").prefetch_related(WITH_READINGS).get(pk=claim.pk)
    return {piece.key: piece.state for finding in claim_findings(read, now=LATER).findings for piece in finding.pieces}


def test_one_thread_of_a_worker_reads_and_the_others_are_free(monkeypatch):
    claim = draft()
    attach(claim, paper(claim))
    second: list[int] = []

    def asked_meanwhile(proof: ProofOfExecution) -> list[Any]:
        second.append(proof_reading.read_proofs(now=LATER))
        return []

    monkeypatch.setattr(proof_reading, "text_of", asked_meanwhile)
    attach(claim, SMALL_PDF)

    assert proof_reading.read_proofs(now=LATER) == 2
    assert second == [0, 0]


def test_an_upload_is_read_and_its_elements_are_found():
    claim = draft()
    attach(claim, paper(claim))
    assert answers(claim)["partner"] is State.READING

    assert proof_reading.read_proofs(now=LATER) == 1

    found = answers(claim)
    assert (found["partner"], found["customer"], found["tenant"]) == (State.FOUND,) * 3
    assert (found["work"], found["product:EXO"], found["signature"]) == (State.FOUND, State.FOUND, State.NOT_FOUND)


def test_a_file_is_read_once():
    claim = draft()
    attach(claim, paper(claim))

    assert [proof_reading.read_proofs(now=LATER), proof_reading.read_proofs(now=MUCH_LATER)] == [1, 0]


def test_a_product_that_is_added_later_is_found_at_once_and_kept_by_the_clock():
    claim = draft()
    attach(claim, paper(claim))
    proof_reading.read_proofs(now=LATER)
    ClaimedProductFactory(claim=claim, product=Product.objects.get(code="SPO"))
    Claim.objects.filter(pk=claim.pk).update(changed_at=LATER + timedelta(seconds=1))

    assert answers(claim)["product:SPO"] is State.FOUND
    before = ProofReading.objects.get().evidence_key
    proof_reading.read_proofs(now=MUCH_LATER)
    assert ProofReading.objects.get().evidence_key != before


def test_a_file_waits_for_its_virus_scan(scanner):
    claim = draft()
    attach(claim, paper(claim))

    assert proof_reading.read_proofs(now=LATER) == 0
    virus_scan.scan_proofs(now=LATER)
    assert proof_reading.read_proofs(now=LATER) == 1


def test_nothing_of_an_infected_file_is_kept(scanner):
    claim = draft()
    attach(claim, paper(claim) + EICAR)

    virus_scan.scan_proofs(now=LATER)

    assert not ProofReading.objects.exists()
    assert proof_reading.read_proofs(now=LATER) == 0


def test_a_file_from_before_the_reader_is_read_too():
    claim = draft()
    ProofFactory(claim=claim, file__data=paper(claim))

    assert proof_reading.read_proofs(now=LATER) == 1
    assert answers(claim)["partner"] is State.FOUND


def test_a_damaged_file_could_not_be_read_and_is_not_missing():
    claim = draft()
    attach(claim, b"%PDF-1.7 and nothing that follows")

    proof_reading.read_proofs(now=LATER)

    assert ProofReading.objects.get().state == "unread"
    assert set(answers(claim).values()) == {State.UNREAD}


def test_a_file_that_the_storage_does_not_give_is_tried_again():
    claim = draft()
    proof = attach(claim, paper(claim))
    with default_storage.open(proof.file.name or "") as file:
        content = file.read()
    default_storage.delete(proof.file.name or "")
    proof_reading.read_proofs(now=LATER)
    reading = ProofReading.objects.get()
    assert (reading.state, reading.tries, reading.due_at) == ("reading", 0, LATER + proof_reading.RETRY)

    default_storage.save(proof.file.name or "", ContentFile(content))
    proof_reading.read_proofs(now=MUCH_LATER)
    assert ProofReading.objects.get().state == "read"


def test_a_file_that_takes_the_worker_with_it_is_given_up(monkeypatch):
    class Killed(BaseException):
        """The end of the worker."""

    def die(*_args: Any, **_options: Any) -> None:
        raise Killed

    claim = draft()
    attach(claim, paper(claim))
    monkeypatch.setattr(proof_texts, "ask", die)
    now = LATER
    for _worker in range(proof_reading.MOST_TRIES):
        with pytest.raises(Killed):
            proof_reading.read_proofs(now=now)
        now += proof_reading.LEASE

    proof_reading.read_proofs(now=now)
    assert ProofReading.objects.get().state == "unread"


def test_the_text_goes_with_the_file():
    claim = draft()
    proof = attach(claim, paper(claim))
    proof_reading.read_proofs(now=LATER)

    discard_proof(claim_id=claim.pk, proof_id=proof.pk, by=stories.admin_of(claim), now=LATER)

    assert not ProofReading.objects.exists()


def test_the_text_is_forgotten_with_the_file():
    claim = draft()
    proof = attach(claim, paper(claim))
    proof_reading.read_proofs(now=LATER)

    forget_proof(ProofOfExecution.objects.get(pk=proof.pk), now=LATER)

    assert not ProofReading.objects.exists()
    assert proof_reading.read_proofs(now=MUCH_LATER) == 0


def test_the_oldest_file_that_waits_is_known():
    claim = draft()
    assert proof_reading.oldest_unread(now=LATER) is None
    attach(claim, SMALL_PDF)

    assert (proof_reading.oldest_unread(now=LATER), proof_reading.count_unread()) == (MONDAY, 1)
    proof_reading.read_proofs(now=LATER)
    assert (proof_reading.oldest_unread(now=LATER), proof_reading.count_unread()) == (None, 0)


def test_the_partner_says_where_an_element_is_and_takes_it_back():
    claim = draft()
    by = stories.admin_of(claim)

    point_to(claim_id=claim.pk, places={"work": "page 4, second paragraph", "dates": ""}, by=by, now=LATER)
    assert list(ProofPointer.objects.values_list("about", "text")) == [("work", "page 4, second paragraph")]

    point_to(claim_id=claim.pk, places={"work": ""}, by=by, now=LATER)
    assert not ProofPointer.objects.exists()


def test_a_closed_claim_takes_no_places():
    claim = stories.rejected_claim()

    with pytest.raises(ClaimLocked):
        point_to(claim_id=claim.pk, places={"work": "page 4"}, by=stories.admin_of(claim), now=LATER)
