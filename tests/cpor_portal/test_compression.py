"""Pages travel compressed, files as they are."""

import gzip

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from tests import stories
from tests.accounts.signing_in import signed_in_just_now

pytestmark = [pytest.mark.once, pytest.mark.django_db]

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
    proof.file.save("sow.pdf", ContentFile(b"%PDF-1.4\n" + b" " * 5000))

    answer = signed_in_just_now(claim.created_by).get(
        f"/associations/{claim.public_id}/proofs/{proof.public_id}/", headers=GZIP
    )

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Length"] == "5009"
    answer.close()
