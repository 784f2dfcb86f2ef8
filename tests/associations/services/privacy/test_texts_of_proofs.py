"""Texts of proofs that name a person are exported and erased with the rest."""

from datetime import timedelta

import pytest

from associations.models import Claim, ProofPointer, ProofReading
from associations.rules.proof_reading.findings import FileState
from associations.services.files import proof_reading
from associations.services.privacy.erasure import erase_person
from associations.services.privacy.personal_data import personal_data_of
from associations.services.privacy.retention import forget_claim
from tests import stories
from tests.factories import MONDAY, ProofPointerFactory, ProofReadingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

CARLA = "carla@contoso.example"
LATER = MONDAY + timedelta(days=400)


def part(text: str) -> dict[str, object]:
    return {"kind": "page", "number": 1, "name": "", "source": "text", "lines": [[text, 0]], "marks": []}


def rejected() -> Claim:
    claim = stories.rejected_claim()
    ProofReadingFactory(proof=claim.proofs.get(), parts=[part(f"Signed by Càrla, {CARLA}")])
    ProofPointerFactory(claim=claim, text=f"beside {CARLA}")
    return claim


def test_texts_and_places_that_name_a_person_are_exported():
    claim = rejected()

    told = personal_data_of(CARLA)

    assert [row["proof__claim_id"] for row in told["texts of proofs"]] == [claim.pk]
    assert [row["text"] for row in told["places in proofs"]] == [f"beside {CARLA}"]
    assert personal_data_of("other@contoso.example")["texts of proofs"] == []


def test_texts_and_places_that_name_a_person_are_erased_and_the_file_is_not_read_again():
    claim = rejected()

    (outcome,) = erase_person(CARLA, now=LATER)

    assert (outcome.place, outcome.erased["texts of proofs"], outcome.erased["places in proofs"]) == (
        claim.number,
        1,
        1,
    )
    reading = ProofReading.objects.get()
    assert (reading.parts, reading.evidence, reading.state) == ([], {}, FileState.UNREAD.value)
    assert proof_reading.read_proofs(now=LATER) == 0
    assert not ProofPointer.objects.exists()


def test_the_texts_and_places_of_a_forgotten_claim_are_gone():
    claim = rejected()

    assert forget_claim(claim.pk, months=1, now=LATER)

    assert not ProofReading.objects.exists()
    assert not ProofPointer.objects.exists()
