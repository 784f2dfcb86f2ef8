"""Files on their way: none is lost while a claim points at it, and none that nothing points at stays for good."""

import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from associations.files.storage import StorageUnavailable
from associations.models import LooseFile, ProofOfExecution
from associations.rules.proof_files import ProofKind
from associations.services.claim.proofs import TooManyProofs, attach_proof, attach_stored, discard_proof
from associations.services.files import proof_files
from bench.files import SMALL_PDF
from tests import stories
from tests.factories import MONDAY, LooseFileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

CONTENT = SMALL_PDF
AN_HOUR_LATER = MONDAY + proof_files.GRACE


def store() -> proof_files.StoredFile:
    return proof_files.store(ContentFile(CONTENT, name="sow.pdf"), now=MONDAY)


def attach(claim, stored, *, max_files=10):
    return attach_stored(
        claim_id=claim.pk,
        stored=stored,
        name="sow.pdf",
        kind=ProofKind.PDF,
        max_files=max_files,
        by=stories.admin_of(claim),
        now=MONDAY,
    )


def test_a_stored_file_is_loose_until_it_is_attached():
    stored = store()
    assert LooseFile.objects.get().name == stored.path

    proof = attach(stories.draft_claim(), stored)

    assert not LooseFile.objects.exists()
    assert proof_files.remove_loose_files(now=AN_HOUR_LATER) == 0
    with proof.file.open() as file:
        assert file.read() == CONTENT


def test_a_file_that_was_never_attached_is_swept_after_an_hour():
    stored = store()

    assert proof_files.remove_loose_files(now=AN_HOUR_LATER - timedelta(seconds=1)) == 0
    assert default_storage.exists(stored.path)
    assert proof_files.remove_loose_files(now=AN_HOUR_LATER) == 1
    assert not default_storage.exists(stored.path)
    assert not LooseFile.objects.exists()


def test_a_refused_file_stays_loose():
    stored = store()

    with pytest.raises(TooManyProofs):
        attach(stories.draft_claim(), stored, max_files=0)

    assert LooseFile.objects.get().name == stored.path


def test_a_file_that_was_swept_is_not_attached():
    stored = store()
    proof_files.remove_loose_files(now=AN_HOUR_LATER)

    with pytest.raises(StorageUnavailable):
        attach(stories.draft_claim(), stored)

    assert not ProofOfExecution.objects.exists()


def test_a_run_is_bounded(monkeypatch):
    monkeypatch.setattr(proof_files, "FILES_PER_RUN", 2)
    LooseFileFactory.create_batch(3)

    assert [proof_files.remove_loose_files(now=AN_HOUR_LATER) for _run in range(3)] == [2, 1, 0]


def test_a_store_that_fails_keeps_the_file_for_a_later_run(store):
    first, second = LooseFileFactory(), LooseFileFactory()
    store.fault = "500"

    assert proof_files.remove_loose_files(now=AN_HOUR_LATER) == 0
    assert LooseFile.objects.count() == 2

    store.fault = ""
    assert proof_files.remove_loose_files(now=AN_HOUR_LATER) == 1
    assert proof_files.remove_loose_files(now=AN_HOUR_LATER + proof_files.GRACE) == 1
    assert store.deleted[-2:] == [f"/proofs/{second.name}", f"/proofs/{first.name}"]


def test_a_discarded_file_is_deleted_with_the_commit_and_not_before(django_capture_on_commit_callbacks):
    claim = stories.draft_claim()
    proof = attach(claim, store())
    path = proof.file.name

    with django_capture_on_commit_callbacks(execute=True):
        discard_proof(claim_id=claim.pk, proof_id=proof.pk, by=stories.admin_of(claim), now=MONDAY)
        assert default_storage.exists(path)

    assert not default_storage.exists(path)
    assert not LooseFile.objects.exists()


def test_a_file_that_could_not_be_deleted_is_swept_later(store, django_capture_on_commit_callbacks):
    claim = stories.draft_claim()
    proof = attach(claim, proof_files.store(ContentFile(CONTENT), now=MONDAY))
    store.fault = "500"

    with django_capture_on_commit_callbacks(execute=True):
        discard_proof(claim_id=claim.pk, proof_id=proof.pk, by=stories.admin_of(claim), now=MONDAY)

    assert not ProofOfExecution.objects.exists()
    assert LooseFile.objects.get().name == proof.file.name


@pytest.mark.parametrize("fault", ["500", "reset", "full", "slow"])
def test_a_store_that_fails_leaves_no_proof_behind(store, monkeypatch, fault):
    monkeypatch.setattr("operations.bucket.CLIENT.read_timeout", 0.3)
    store.fault = fault
    claim = stories.draft_claim()

    with pytest.raises(StorageUnavailable):
        attach_proof(
            claim_id=claim.pk,
            file=ContentFile(CONTENT * 20_000, name="sow.pdf"),
            name="sow.pdf",
            kind=ProofKind.PDF,
            max_files=10,
            by=stories.admin_of(claim),
            now=MONDAY,
        )

    assert not claim.proofs.exists()
    assert LooseFile.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_sweep_passes_by_a_file_that_is_being_attached():
    claim, stored, swept = stories.draft_claim(), store(), []

    def sweep() -> None:
        swept.append(proof_files.remove_loose_files(now=AN_HOUR_LATER))
        connection.close()

    with transaction.atomic():
        attach(claim, stored)
        sweeper = threading.Thread(target=sweep)
        sweeper.start()
        sweeper.join(timeout=20)

    assert swept == [0]
    assert default_storage.exists(stored.path)
    assert claim.proofs.get().file.name == stored.path
