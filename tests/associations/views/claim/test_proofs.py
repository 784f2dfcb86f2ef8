"""Access to a proof, the way it is served, and its removal."""

import contextlib
import urllib.request

import pytest
from django.core.files.base import ContentFile
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import EventKind, MemberRole
from associations.models import Claim, ProofOfExecution
from bench.files import SMALL_PDF
from tests import files, stories
from tests.factories import PartnerLocationFactory, PartnerMemberFactory, ProofFactory, ReviewerFactory

pytestmark = pytest.mark.django_db

CONTENT = SMALL_PDF


def claim_of(proof: ProofOfExecution) -> Claim:
    assert proof.claim
    return proof.claim


def download(proof: ProofOfExecution) -> str:
    return reverse("proof_download", args=[claim_of(proof).public_id, proof.public_id])


def content(response: FileResponse) -> bytes:
    """The whole file; the test client leaves it to the caller to close it."""
    with contextlib.closing(response):
        return response.getvalue()


def removal(proof: ProofOfExecution) -> str:
    return reverse("proof_remove", args=[claim_of(proof).public_id, proof.public_id])


@pytest.fixture
def draft(client: Client) -> Claim:
    claim = stories.draft_claim()
    client.force_login(claim.created_by)
    return claim


@pytest.fixture
def proof(draft: Claim) -> ProofOfExecution:
    return ProofFactory(claim=draft, name="Città & Co.pdf", file=ContentFile(CONTENT, name="x.pdf"))


def test_download_is_an_attachment_that_no_browser_interprets(client, proof):
    response = client.get(download(proof))

    assert content(response) == CONTENT
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Citt%C3%A0%20%26%20Co.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"


def test_the_file_is_stored_under_a_name_that_tells_nothing(proof):
    assert proof.file.name.startswith("proofs/")
    assert "Citt" not in proof.file.name


def test_another_company_does_not_find_it(client, proof):
    client.force_login(PartnerMemberFactory(partner=PartnerLocationFactory().partner).user)

    assert client.get(download(proof)).status_code == 404


def test_another_claim_of_the_company_does_not_lead_to_it(client, proof):
    other = stories.draft_claim(location=proof.claim.location, created_by=proof.claim.created_by)

    address = reverse("proof_download", args=[other.public_id, proof.public_id])

    assert client.get(address).status_code == 404


def test_nobody_opens_it_without_signing_in(client, proof):
    client.logout()

    assert client.get(download(proof)).status_code == 302


def test_a_reviewer_opens_the_proof_of_a_filed_claim(client):
    claim = stories.submitted_claim()
    client.force_login(ReviewerFactory())

    response = client.get(download(claim.proofs.get()))

    assert content(response) == CONTENT


def test_a_reviewer_does_not_open_the_proof_of_a_draft(client, proof):
    client.force_login(ReviewerFactory())

    assert client.get(download(proof)).status_code == 404


def test_a_reviewer_does_not_open_the_proof_of_their_own_companys_other_location(client):
    claim = stories.submitted_claim()
    reviewer, elsewhere = ReviewerFactory(), PartnerLocationFactory(partner=claim.partner)
    PartnerMemberFactory(user=reviewer, partner=claim.partner, locations=[elsewhere])
    client.force_login(reviewer)

    assert client.get(download(claim.proofs.get())).status_code == 404


def test_remove_takes_the_proof_off_a_draft_and_deletes_the_file(client, proof, django_capture_on_commit_callbacks):
    storage, path = proof.file.storage, proof.file.name

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(removal(proof))

    assertRedirects(response, reverse("claim_step", args=[proof.claim.public_id, "proof"]))
    assert not ProofOfExecution.objects.exists()
    assert not storage.exists(path)


def test_remove_does_nothing_on_get(client, proof):
    assert client.get(removal(proof)).status_code == 302
    assert ProofOfExecution.objects.exists()


def test_remove_refuses_a_filed_claim_and_notes_it(client, proof):
    claim = stories.submitted_claim()
    client.force_login(claim.created_by)

    assert client.post(removal(claim.proofs.get())).status_code == 404
    assert claim.proofs.exists()
    assert claim.events.filter(kind=EventKind.EDIT_REFUSED).exists()


def test_remove_keeps_a_filed_proof_while_an_action_is_required(client):
    claim = stories.claim_needing_action()
    client.force_login(claim.created_by)

    response = client.post(removal(claim.proofs.get()))

    assertRedirects(response, reverse("claim_step", args=[claim.public_id, "proof"]))
    assert claim.proofs.exists()


def test_remove_is_not_for_observers(client, proof):
    client.force_login(PartnerMemberFactory(partner=proof.claim.partner, role=MemberRole.BILLING_ADMIN).user)

    assert client.post(removal(proof)).status_code == 404
    assert ProofOfExecution.objects.exists()


@pytest.mark.parametrize(
    ("trait", "status", "text"),
    [
        ("pending", 409, "statement-of-work.pdf is still being scanned for viruses. Try again in a minute."),
        ("infected", 410, "statement-of-work.pdf contained a virus and was deleted."),
    ],
)
def test_nobody_opens_a_file_that_is_not_clean(client, trait, status, text):
    claim = stories.submitted_claim()
    proof = ProofFactory(claim=claim, uploaded_by=claim.created_by, **{trait: True})

    for person in (claim.created_by, ReviewerFactory()):
        client.force_login(person)
        assertContains(client.get(download(proof)), text, status_code=status)


def test_the_list_names_a_file_that_is_scanned_and_links_to_no_file(client, draft):
    proof = ProofFactory(claim=draft, uploaded_by=draft.created_by, pending=True)

    response = client.get(reverse("claim_step", args=[draft.public_id, "proof"]))

    assertContains(response, "Being scanned")
    assertNotContains(response, f'href="{download(proof)}"')


def test_a_file_that_the_storage_lost_says_so(client, proof):
    proof.file.storage.delete(proof.file.name)

    assertContains(client.get(download(proof)), "The file can&#x27;t be read at the moment.", status_code=503)


def test_a_bucket_hands_the_file_out_to_who_may_read_it(client, bucket):
    claim = stories.submitted_claim()
    proof = claim.proofs.get()
    client.force_login(claim.created_by)

    response = client.get(download(proof))

    address = response["Location"]
    assert response.status_code == 302
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    with urllib.request.urlopen(address) as stored:  # noqa: S310 - the test's own server
        assert stored.read() == CONTENT
        assert stored.headers["Content-Disposition"] == 'attachment; filename="statement-of-work.pdf"'


def test_a_bucket_hands_nothing_out_to_another_company(client, bucket):
    proof = stories.submitted_claim().proofs.get()
    client.force_login(PartnerMemberFactory(partner=PartnerLocationFactory().partner).user)

    assert client.get(download(proof)).status_code == 404


@pytest.mark.parametrize("fault", ["500", "full", "reset"])
def test_a_store_that_fails_is_told_in_the_pages_words(client, draft, store, fault):
    store.fault = fault
    address = reverse("claim_step", args=[draft.public_id, "proof"])

    response = client.post(address, {"proofs": ContentFile(files.pdf(), name="sow.pdf"), "then": "stay"})

    assertContains(response, "The file could not be stored.")
    assert not draft.proofs.exists()


def test_a_store_that_fails_loses_nothing_of_a_dispute(client, store):
    claim = stories.rejected_claim(at=timezone.now())
    client.force_login(claim.created_by)
    store.fault = "500"
    typed = {"justification": "Page 3 is signed.", "proofs": ContentFile(files.pdf(), name="signed.pdf")}

    response = client.post(reverse("claim_dispute", args=[claim.public_id]), typed)

    assertContains(response, "The file could not be stored.")
    assertContains(response, "Page 3 is signed.")
    assert stories.fresh(claim).status == "rejected"
