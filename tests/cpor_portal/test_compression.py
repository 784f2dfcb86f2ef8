"""Pages travel compressed, files as they are."""

import gzip

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from bench.files import pdf
from tests import stories
from tests.accounts.signing_in import signed_in_just_now

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_is_compressed_for_who_asks_for_it():
    plain = Client().get("/accounts/login/")
    packed = Client().get("/accounts/login/", headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert b"<h1>" in gzip.decompress(packed.content)


def test_a_file_keeps_its_length():
    claim = stories.submitted_claim()
    proof = claim.proofs.get()
    content = pdf(length=5000)
    proof.file.save("sow.pdf", ContentFile(content))

    answer = signed_in_just_now(claim.created_by).get(
        f"/associations/{claim.public_id}/proofs/{proof.public_id}/", headers=GZIP
    )

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Length"] == str(len(content))
    answer.close()
