"""Warnings by the rules of an edition name the rule, and a required template is recognized."""

import io
from datetime import date, timedelta

import pytest

from associations.files.readers.texts import documents
from associations.models import ProofReading, Subscription
from associations.proof_template import proof_template
from associations.rules.proof_reading.evidence import evidence_in
from associations.rules.proof_reading.findings import FileEvidence, FileState
from associations.rules.proof_reading.texts import part_of
from associations.services.files.proof_findings import ClaimFindings
from associations.services.files.proof_reading import facts_of
from associations.wording.guide_rules import guide_warnings, lines_for_partners
from tests import stories
from tests.factories.rules import rules_are

pytestmark = pytest.mark.django_db

TODAY = date(2020, 10, 19)
NOTHING = ClaimFindings([], {}, {}, [])


def files_showing(claim, **evidence):
    """Findings of a claim whose only file was read with this *evidence*."""
    proof = claim.proofs.get()
    ProofReading.objects.update_or_create(proof=proof, defaults={"state": FileState.READ.value, "due_at": None})
    proof.refresh_from_db()
    return ClaimFindings([], {proof.pk: proof}, {}, [FileEvidence(proof.pk, FileState.READ, evidence)])


def test_the_first_edition_asks_for_nothing_that_warns():
    claim = stories.complete_dynamics_claim()

    assert guide_warnings(claim, NOTHING, today=TODAY) == []


def test_few_seats_of_a_subscription_are_named_with_the_rule():
    rules_are("BA_USAGE", least_seats=300)
    claim = stories.complete_dynamics_claim()
    Subscription.objects.filter(tenant=claim.tenant).update(seats_available=20)

    [warning] = guide_warnings(stories.fresh(claim), NOTHING, today=TODAY)

    assert warning.endswith(": the program guide pays from 300 seats on, and the customer has 20.")


@pytest.mark.parametrize(("days", "warned"), [(90, False), (91, True)])
def test_a_claim_is_late_after_the_days_from_the_transaction(days, warned):
    claim = stories.complete_dynamics_claim(transaction_date=TODAY - timedelta(days=days))

    found = guide_warnings(claim, NOTHING, today=TODAY)

    assert any("within 90 days of the transaction" in each for each in found) is warned


@pytest.mark.parametrize(("day", "warned"), [("2020-04-19", False), ("2020-04-18", True)])
def test_a_proof_is_too_old_by_the_age_of_the_edition(day, warned):
    rules_are(proof_age_months=6)
    claim = stories.complete_claim()
    files = files_showing(claim, places={"dates": [{"day": "2020-01-01"}, {"day": day}]})

    found = guide_warnings(claim, files, today=TODAY)

    assert any("at most 6 months old" in each for each in found) is warned


def test_a_required_template_is_recognized_by_the_property_that_the_portal_writes():
    rules_are(template_required=True)
    claim = stories.complete_claim()
    parts = [part_of(told) for told in documents.read(io.BytesIO(proof_template(claim, language="it")), kind="docx")]

    evidence = evidence_in(parts, facts_of(claim))

    assert guide_warnings(claim, files_showing(claim, **evidence), today=TODAY) == []
    [warning] = guide_warnings(claim, files_showing(claim), today=TODAY)
    assert "on Microsoft's template" in warning


def test_a_partner_reads_what_the_edition_requires_and_nothing_else():
    rules_are(proof_age_months=6, proof_elements=["acknowledgement", "work"], signature_kinds=["ink"])

    assert lines_for_partners(stories.complete_claim().rules) == [
        "The customer's signature, dated within the last 6 months",
        "The work done: activities and services",
        "Accepted signatures: By hand on paper",
    ]
