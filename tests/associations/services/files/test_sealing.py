"""The sealed acknowledgement, as programs that nobody here wrote see it: Poppler, OpenSSL and the reader of proofs."""

import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from asn1crypto import cms
from pytest_django import Settings

from associations.choices import EventKind
from associations.files import storage
from associations.files.seals.places import SealPlace, whole_seal
from associations.models import Acknowledgement, Claim, ProofOfExecution, SealCertificate
from associations.rules.proof_reading.findings import State
from associations.services.files import sealing
from associations.services.files.proof_findings import WITH_READINGS, claim_findings
from associations.services.files.proof_reading import read_proofs
from guides.choices import ProofElement
from tests import stories
from tests.factories import MONDAY
from tests.seals.acknowledging import acknowledged_claim
from tests.seals.time_stamping import Authority, an_authority

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NOBODY_THERE = "http://127.0.0.1:9/"


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with an_authority() as found:
        yield found


def sealed(claim: Claim, *, at=MONDAY + MINUTE) -> bytes:
    """Seal what is due, and return the document of the claim."""
    sealing.seal_acknowledgements(now=at)
    return document_of(claim)


def proof_of(claim: Claim) -> ProofOfExecution:
    return ProofOfExecution.objects.get(acknowledgement__claim=claim)


def document_of(claim: Claim) -> bytes:
    with storage.read(proof_of(claim).file.name or "") as file:
        return file.read()


def place_in(data: bytes) -> SealPlace:
    place = whole_seal(data)
    assert place
    return place


def signer_in(data: bytes) -> Any:
    return cms.ContentInfo.load(place_in(data).signature(data), strict=False)["content"]["signer_infos"][0]


def pdfsig(data: bytes, folder: Path) -> str:
    """Return what Poppler says of the signatures in a PDF."""
    (folder / "document.pdf").write_bytes(data)
    said = subprocess.run(
        ["pdfsig", "-nocert", "document.pdf"], cwd=folder, capture_output=True, text=True, check=False
    )
    return said.stdout


def time_stamp_holds(data: bytes, authority: Authority, folder: Path) -> bool:
    """Return whether OpenSSL accepts the time stamp for the signature in a PDF."""
    signer = signer_in(data)
    (folder / "signature").write_bytes(signer["signature"].native)
    (folder / "token").write_bytes(signer["unsigned_attrs"][0]["values"][0].dump())
    command = ["openssl", "ts", "-verify", "-data", "signature", "-in", "token", "-token_in"]
    done = subprocess.run(
        [*command, "-CAfile", str(authority.trusted)], cwd=folder, capture_output=True, text=True, check=False
    )
    return "Verification: OK" in done.stdout


def flipped(data: bytes, position: int) -> bytes:
    """Return the file with another digit or letter at one place."""
    other = b"1" if data[position : position + 1] != b"1" else b"2"
    return data[:position] + other + data[position + 1 :]


def test_poppler_and_openssl_accept_the_document_and_refuse_it_after_one_changed_byte(
    settings: Settings, authority: Authority, tmp_path: Path
):
    settings.TSA_URL = authority.url
    data = sealed(acknowledged_claim())

    said = pdfsig(data, tmp_path)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert time_stamp_holds(data, authority, tmp_path)

    text = data.index(b"stream") + 20
    assert "Signature is Valid." not in pdfsig(flipped(data, text), tmp_path)
    of_signature = data.index(signer_in(data)["signature"].native.hex().encode()) + 40
    assert "Signature is Valid." not in pdfsig(flipped(data, of_signature), tmp_path)
    assert not time_stamp_holds(flipped(data, of_signature), authority, tmp_path)


def test_an_authority_that_is_away_costs_the_time_stamp_alone_and_it_comes_later(
    settings: Settings, authority: Authority, tmp_path: Path
):
    settings.TSA_URL = NOBODY_THERE
    claim = acknowledged_claim()
    before = sealed(claim)
    given = Acknowledgement.objects.get(claim=claim)
    assert "Signature is Valid." in pdfsig(before, tmp_path)
    assert (given.sealed_at, given.stamped_at) == (MONDAY + MINUTE, None)
    next_try = MONDAY + MINUTE + sealing.RETRY_STAMP
    assert sealing.seal_acknowledgements(now=next_try) == 0

    settings.TSA_URL = authority.url
    later = next_try + sealing.RETRY_STAMP
    assert sealing.seal_acknowledgements(now=later) == 1

    after = document_of(claim)
    given.refresh_from_db()
    assert (given.sealed_at, given.stamped_at, given.stamp_due_at) == (MONDAY + MINUTE, later, None)
    assert place_in(after).covered(after) == place_in(before).covered(before)
    assert time_stamp_holds(after, authority, tmp_path)
    assert "Signature is Valid." in pdfsig(after, tmp_path)
    assert claim.events.get(kind=EventKind.TIME_STAMP_ADDED).details["sha256"] == proof_of(claim).sha256


@pytest.mark.parametrize(
    ("language", "story"),
    [
        ("en", stories.complete_claim),
        ("it", stories.complete_claim),
        ("en", stories.complete_revenue_claim),
        ("it", stories.complete_dynamics_claim),
    ],
)
def test_the_reader_of_proofs_finds_every_element_after_the_submission(language: str, story):
    claim = acknowledged_claim(claim=story(), language=language)
    claim.proofs.all().delete()
    sealed_at = MONDAY + timedelta(days=3)
    # The library reads the computer's clock.
    with time_machine.travel(sealed_at, tick=False):
        sealed(claim, at=sealed_at)
    read_proofs(now=sealed_at)

    read = Claim.objects.prefetch_related("items__product", "contacts", WITH_READINGS).get(pk=claim.pk)
    found = claim_findings(read, now=sealed_at)

    assert {finding.element: finding.state for finding in found.findings} == dict.fromkeys(ProofElement, State.FOUND)


def test_a_document_says_who_when_at_which_address_and_by_which_code(tmp_path: Path):
    claim = acknowledged_claim(language="it")
    (tmp_path / "document.pdf").write_bytes(sealed(claim))

    text = subprocess.run(
        ["pdftotext", "-layout", "document.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout

    words = " ".join(text.split())
    given = Acknowledgement.objects.get(claim=claim)
    for told in ("Conferma del lavoro svolto", "Carla Bianchi", "IT manager", given.signer_email, "192.0.2.7"):
        assert told in words
    assert "Codice 1 della comunicazione 1, inviato il" in words


def test_the_clock_seals_once_and_picks_up_what_a_dead_worker_left():
    claim = acknowledged_claim()
    given = Acknowledgement.objects.get(claim=claim)
    assert sealing.take_due("seal_due_at", now=MONDAY + MINUTE) == given
    assert sealing.take_due("seal_due_at", now=MONDAY + MINUTE) is None

    assert sealing.seal_acknowledgements(now=MONDAY + MINUTE + sealing.LEASE) == 1
    assert sealing.seal_acknowledgements(now=MONDAY + MINUTE + 2 * sealing.LEASE) == 0

    proof = proof_of(claim)
    assert (proof.claim, proof.uploaded_by, proof.kind) == (claim, None, "pdf")
    assert claim.proofs.count() == 2
    assert SealCertificate.objects.count() == 1


def test_a_document_costs_little_and_names_in_any_script_crash_nothing(settings: Settings):
    settings.SEAL_FONT = ""
    draft = stories.complete_claim()
    draft.tenant.name = "Ελληνική Εταιρεία 株式会社 😀 <b>& Söhne"
    draft.tenant.save()
    claim = acknowledged_claim(claim=draft)
    sealed(claim)
    given = Acknowledgement.objects.get(claim=claim)

    started = time.process_time()
    data = sealing.sealing().sealed(sealing.written(given, claim), name="x", reason="y")

    assert time.process_time() - started < 0.5
    assert len(data) < 256 * 1024


def test_without_a_key_nothing_is_offered_and_what_was_asked_waits(settings: Settings):
    claim = acknowledged_claim()
    settings.SEAL_FOLDER = ""

    assert sealing.seal_acknowledgements(now=MONDAY + MINUTE) == 0
    assert Acknowledgement.objects.get(claim=claim).seal_due_at == MONDAY
