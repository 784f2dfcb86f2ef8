"""A sealed PDF on the page that checks what came from us, and the published certificates."""

from datetime import timedelta

import pytest
from cryptography import x509
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from associations.files import storage
from associations.files.seals import keys
from associations.files.seals.checking import LARGEST_SEALED
from associations.models import ProofOfExecution
from associations.services.files.sealing import seal_acknowledgements
from associations.services.privacy.retention import forget_acknowledgement
from bench.files import SMALL_PDF
from tests.access.world import stored
from tests.associations.views.customer.test_verification import words_of
from tests.factories import MONDAY
from tests.seals.acknowledging import acknowledged_claim

pytestmark = pytest.mark.django_db

VERIFY = "/verify/"


@pytest.fixture
def document() -> bytes:
    claim = acknowledged_claim()
    seal_acknowledgements(now=MONDAY + timedelta(minutes=1))
    with storage.read(ProofOfExecution.objects.get(acknowledgement__claim=claim).file.name or "") as file:
        data: bytes = file.read()
    # What the check needs stays when the person is forgotten.
    forget_acknowledgement(claim)
    return data


def answer_to(client: Client, data: bytes) -> str:
    before = stored()
    sent = {"check": "document", "document": SimpleUploadedFile("any name", data)}
    response = client.post(VERIFY, sent)
    assert response.status_code == 200
    assert stored() == before
    return words_of(response)


def test_a_file_of_ours_is_authentic_and_what_the_seal_does_not_prove_is_said(client: Client, document: bytes):
    said = answer_to(client, document)

    assert "Authentic The portal sealed this file" in said
    assert "doesn't prove who held the mailbox" in said
    assert keys.fingerprint_of(keys.certificate()) in said


def test_a_changed_file_is_altered_and_another_one_not_ours(client: Client, document: bytes):
    assert "Altered The file has a seal of ours" in answer_to(client, document + b" ")
    assert "Not ours The file has no seal of ours" in answer_to(client, SMALL_PDF)


def test_what_is_no_file_or_too_large_is_refused_in_words(client: Client):
    assert "Choose the PDF" in words_of(client.post(VERIFY, {"check": "document"}))
    assert "larger than 2 MB" in answer_to(client, b"x" * (LARGEST_SEALED + 1))
    assert "This file is empty" in answer_to(client, b"")


def test_uploads_are_counted_with_the_codes_that_are_checked(client: Client, settings: Settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"verify": (1, 600)}
    client.post(VERIFY, {"check": "document"})

    assert client.post(VERIFY, {"check": "document"}).status_code == 429


def test_certificates_stay_published_when_another_key_follows(
    client: Client, document: bytes, settings: Settings, tmp_path
):
    assert "sealed nothing yet" not in words_of(client.get("/verify/certificates/"))
    first = keys.certificate()
    settings.SEAL_FOLDER = str(tmp_path / "next")
    acknowledged_claim()
    seal_acknowledgements(now=MONDAY + timedelta(minutes=1))

    published = x509.load_pem_x509_certificates(client.get("/verify/certificates.pem").content)

    assert published == [keys.certificate(), first]
    assert "Authentic" in answer_to(client, document)
    shown = words_of(client.get("/verify/certificates/"))
    assert keys.fingerprint_of(first) in shown
    assert keys.fingerprint_of(keys.certificate()) in shown
