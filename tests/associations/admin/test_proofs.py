"""A proof beside the facts: what is shown, what is only handed out, and that nothing of it may act."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations.choices import ScanStatus
from bench.files import SMALL_PDF
from tests import files, stories
from tests.factories import MONDAY, PartnerMemberFactory, ProofFactory, UserFactory

SANDBOX = "sandbox; default-src 'none'; img-src 'self'; frame-ancestors 'self'"

pytestmark = pytest.mark.django_db


def preview_of(proof):
    return reverse("admin:associations_claim_proof_preview", args=[proof.claim_id, proof.public_id])


def opened(client, proof):
    """Return the answer and its bytes, read to the end, which closes the file."""
    response = client.get(preview_of(proof))
    return response, b"".join(response.streaming_content)


def page_of(claim):
    return reverse("admin:associations_claim_change", args=[claim.pk])


def proof_of(claim, *, name, kind, data, **facts):
    return ProofFactory(claim=claim, name=name, kind=kind, file=ContentFile(data, name="x"), **facts)


@pytest.mark.parametrize(
    ("kind", "data", "media_type"),
    [
        ("png", files.PNG, "image/png"),
        ("jpeg", files.JPEG, "image/jpeg"),
        ("pdf", SMALL_PDF, "application/pdf"),
    ],
    ids=["png", "jpeg", "pdf"],
)
def test_an_image_and_a_pdf_are_shown_in_a_sandbox(client, reviewer, kind, data, media_type):
    proof = proof_of(stories.submitted_claim(), name=f"sow.{kind}", kind=kind, data=data)

    response, content = opened(client, proof)

    assert content == data
    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"] == f'inline; filename="sow.{kind}"'
    assert response["Content-Security-Policy"] == SANDBOX
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("kind", ["tiff", "docx", "xlsx", "pptx", "msg", "eml", "csv"])
def test_every_other_kind_is_only_handed_out(client, reviewer, kind):
    proof = proof_of(stories.submitted_claim(), name=f"sow.{kind}", kind=kind, data=files.TIFF)

    response, _content = opened(client, proof)

    assert response["Content-Disposition"] == f'attachment; filename="sow.{kind}"'
    assert response["Content-Security-Policy"] == SANDBOX


def test_an_infected_image_is_not_shown(client, reviewer):
    claim = stories.submitted_claim()
    proof = proof_of(claim, name="photo.png", kind="png", data=files.PNG, scan_status=ScanStatus.INFECTED)

    assert client.get(preview_of(proof)).status_code == 404
    assertNotContains(client.get(page_of(claim)), preview_of(proof))


def test_an_image_is_not_shown_before_its_scan(client, reviewer):
    claim = stories.submitted_claim()
    waiting = {"scan_status": ScanStatus.PENDING, "scan_due_at": MONDAY}
    proof = proof_of(claim, name="photo.png", kind="png", data=files.PNG, **waiting)

    assert client.get(preview_of(proof)).status_code == 404
    assertContains(client.get(page_of(claim)), "Being scanned")
    assertNotContains(client.get(page_of(claim)), preview_of(proof))


def test_a_file_that_cannot_be_read_now_says_so(client, reviewer):
    proof = proof_of(stories.submitted_claim(), name="photo.png", kind="png", data=files.PNG)
    proof.file.storage.delete(proof.file.name)

    response = client.get(preview_of(proof))

    assert response.status_code == 503
    assert response.content.decode() == "The file can't be read at the moment. Try again in a few minutes."


def test_the_claim_page_frames_the_newest_file_that_can_be_shown(client, reviewer):
    claim = stories.submitted_claim()
    shown = claim.proofs.get()
    proof_of(claim, name="plan.docx", kind="docx", data=b"PK", uploaded_at=MONDAY.replace(hour=20))

    response = client.get(page_of(claim))

    address = f"{preview_of(shown)}#navpanes=0"
    frame = f'<iframe src="{address}" title="Preview of statement-of-work.pdf"></iframe>'
    assertContains(response, frame, html=True)
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert [file.line.name for file in response.context["files"]] == ["plan.docx", "statement-of-work.pdf"]


def test_the_address_chooses_the_file_that_is_shown(client, reviewer):
    claim = stories.submitted_claim()
    photo = proof_of(claim, name="photo.png", kind="png", data=files.PNG, uploaded_at=MONDAY.replace(hour=1))

    response = client.get(page_of(claim), {"file": str(photo.public_id)})

    assertContains(response, f'<img src="{preview_of(photo)}" alt="Preview of photo.png">', html=True)
    assertNotContains(response, "<iframe")


def test_an_unknown_file_in_the_address_shows_the_newest(client, reviewer):
    claim = stories.submitted_claim()

    assert client.get(page_of(claim), {"file": "none"}).context["preview"].line.name == "statement-of-work.pdf"


def test_a_page_without_a_file_that_can_be_shown_has_no_frame(client, reviewer):
    claim = stories.submitted_claim()
    claim.proofs.update(kind="docx")

    response = client.get(page_of(claim))

    assertNotContains(response, "<iframe")
    assertContains(response, "Download")


def test_a_proof_is_found_under_its_own_claim_only(client, reviewer):
    proof, other = stories.submitted_claim().proofs.get(), stories.submitted_claim()

    elsewhere = reverse("admin:associations_claim_proof_preview", args=[other.pk, proof.public_id])

    assert client.get(elsewhere).status_code == 404


def test_the_own_companys_proof_and_a_drafts_are_not_found(client, reviewer):
    own, draft = stories.submitted_claim(), stories.complete_claim()
    PartnerMemberFactory(user=reviewer, partner=own.partner)

    assert client.get(preview_of(own.proofs.get())).status_code == 404
    assert client.get(preview_of(draft.proofs.get())).status_code == 404


def test_staff_who_review_nothing_see_no_proof(client):
    proof = stories.submitted_claim().proofs.get()
    client.force_login(UserFactory(is_staff=True))

    assert client.get(preview_of(proof)).status_code == 403


def test_a_preview_takes_no_post(client, reviewer):
    assert client.post(preview_of(stories.submitted_claim().proofs.get())).status_code == 405
