"""Covers the proofs of a claim: attached, refused and discarded (domain.md 4.3)."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from associations.rules.actors import Actor, Role
from associations.rules.proof_files import ProofKind
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import ProofNotRemovable, TooManyProofs, attach_proof, discard_proof
from bench.files import SMALL_PDF
from tests import stories
from tests.factories import (
    MONDAY,
    ProofFactory,
)

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)
PDF = SMALL_PDF


def history(claim):
    return list(claim.events.values_list("kind", flat=True))


def attach(claim, *, by=None, max_files=10, content=PDF):
    return attach_proof(
        claim_id=claim.pk,
        file=ContentFile(content, name="sow.pdf"),
        name="sow.pdf",
        kind=ProofKind.PDF,
        max_files=max_files,
        by=by or stories.admin_of(claim),
        now=LATER,
    )


# Proofs


def test_attach_proof_keeps_the_file_under_a_random_name_with_its_digest():
    claim = stories.draft_claim()

    proof = attach(claim)

    assert (proof.name, proof.kind, proof.size, proof.scan_status) == ("sow.pdf", "pdf", len(PDF), "not_scanned")
    assert proof.sha256 == hashlib.sha256(PDF).hexdigest()
    assert "sow" not in proof.file.name
    with proof.file.open() as stored:
        assert stored.read() == PDF
    assert history(claim) == ["created", "proof_added"]


def test_the_eleventh_proof_is_refused():
    claim = stories.draft_claim()
    ProofFactory.create_batch(10, claim=claim)

    with pytest.raises(TooManyProofs):
        attach(claim)

    assert claim.proofs.count() == 10


@pytest.mark.parametrize("story", [stories.submitted_claim, stories.claim_needing_action, stories.approved_claim])
def test_a_proof_is_taken_while_the_claim_is_open_and_once_it_is_approved(story):
    claim = story()

    attach(claim, by=Actor(Role.INCENTIVES_USER, claim.created_by_id))

    assert claim.proofs.count() == 2


def test_a_rejected_claim_takes_no_proof():
    claim = stories.declined_claim()

    with pytest.raises(ClaimLocked):
        attach(claim)


def test_discard_proof_removes_the_row_and_then_the_file(django_capture_on_commit_callbacks):
    claim = stories.draft_claim()
    proof = attach(claim)
    storage, path = proof.file.storage, proof.file.name

    with django_capture_on_commit_callbacks() as after_commit:
        discard_proof(claim_id=claim.pk, proof_id=proof.pk, by=stories.admin_of(claim), now=LATER)

    assert storage.exists(path)
    after_commit[0]()
    assert not storage.exists(path)
    assert history(claim) == ["created", "proof_added", "proof_removed"]


@pytest.mark.parametrize(
    ("story", "refusal"),
    [(stories.claim_needing_action, ProofNotRemovable), (stories.submitted_claim, ClaimLocked)],
)
def test_a_filed_proof_stays(story, refusal):
    claim = story()

    with pytest.raises(refusal):
        discard_proof(claim_id=claim.pk, proof_id=claim.proofs.get().pk, by=stories.admin_of(claim), now=LATER)

    assert claim.proofs.count() == 1
