"""An acknowledgement of the work: exported, erased with its sealed file, and kept while an association rests on it."""

from datetime import timedelta

import pytest

from associations.choices import OptOutReason
from associations.models import Acknowledgement, AcknowledgementCode, Claim, ProofOfExecution
from associations.services.association import approval
from associations.services.files.sealing import seal_acknowledgements
from associations.services.privacy.erasure import ACKNOWLEDGEMENT, erase_person
from associations.services.privacy.personal_data import personal_data_of
from associations.services.privacy.retention import forget_closed_claims
from tests import stories
from tests.associations.emails.acts import answer
from tests.factories import MONDAY
from tests.seals.acknowledging import CARLA, acknowledged_claim, asked_claim, send_code

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MONTHS = 24


def sealed_claim() -> Claim:
    claim = acknowledged_claim()
    seal_acknowledgements(now=MONDAY + MINUTE)
    return claim


def is_forgotten(claim: Claim) -> bool:
    """Return whether nothing of the person and no sealed file is left, and that it was given still is."""
    given, proof = Acknowledgement.objects.get(claim=claim), ProofOfExecution.objects.get(acknowledgement__claim=claim)
    told = (given.signer_name, given.signer_title, given.signer_email, given.signer_user_agent, given.statement)
    return not any(told) and given.signer_ip is None and given.given_at is not None and not proof.file


def test_an_export_has_the_acknowledgement_and_the_codes():
    claim, other = sealed_claim(), asked_claim()
    send_code(other)
    address = claim.notices.get().contact_email
    other.notices.update(contact_email=address)

    found = personal_data_of(address)

    assert [each["signer_name"] for each in found["acknowledgements"]] == [CARLA.name]
    assert [each["number"] for each in found["codes of acknowledgements"]] == [1]


def test_a_person_is_erased_with_the_sealed_file_once_the_claim_is_over():
    claim = sealed_claim()
    address = claim.notices.get().contact_email
    answer(claim, reason=OptOutReason.OTHER)

    erase_person(address, now=MONDAY + 2 * DAY)

    assert is_forgotten(claim)


def test_what_an_association_in_force_rests_on_is_kept_and_said():
    claim = sealed_claim()
    address = claim.notices.get().contact_email
    approval.approve_unopposed_claims(now=MONDAY + 14 * DAY)

    outcomes = erase_person(address, now=MONDAY + 15 * DAY)

    assert Acknowledgement.objects.get(claim=claim).signer_name == CARLA.name
    assert [ACKNOWLEDGEMENT in outcome.kept for outcome in outcomes if outcome.place == claim.number] == [True]


def test_a_claim_that_is_over_for_long_forgets_acknowledgement_and_codes():
    claim, unfinished = sealed_claim(), asked_claim()
    send_code(unfinished)
    answer(claim, reason=OptOutReason.OTHER)
    answer(unfinished, reason=OptOutReason.OTHER)

    forget_closed_claims(months=MONTHS, now=MONDAY + timedelta(days=31 * (MONTHS + 1)))

    assert stories.fresh(claim).forgotten_at
    assert is_forgotten(claim)
    assert not AcknowledgementCode.objects.exists()
