"""Claims that forget their people after the retention period, and what is refused for them afterwards."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from associations.choices import EndReason
from associations.job_choices import BulkAction, BulkOutcome
from associations.models import Association, Claim
from associations.rules.proof_files import ProofKind
from associations.services.claim import bulk
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import attach_proof
from associations.services.claim.withdrawal import cancel_draft
from associations.services.files import virus_scan
from associations.services.privacy.retention import forget_closed_claims
from bench.files import SMALL_PDF
from notifications import outbox
from notifications.incoming.delivery_reports import Action
from notifications.incoming.processing import BounceReport, note_report
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, AssociationFactory, ProofFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DAY = timedelta(days=1)
TWO_YEARS_LATER = datetime(2022, 11, 30, tzinfo=UTC)


def test_only_claims_that_have_been_over_for_so_long_are_due():
    now = TWO_YEARS_LATER
    in_force, ended_lately, ended_long_ago, partly = (stories.approved_claim() for _ in range(4))
    for claim, ended_at in ((ended_lately, now - 700 * DAY), (ended_long_ago, now - 740 * DAY)):
        held = Association.objects.filter(claimed_products__claim=claim)
        held.update(ended_at=ended_at, end_reason=EndReason.PARTNER_DISASSOCIATED)
    first = Association.objects.filter(claimed_products__claim=partly).order_by("pk").values("pk")[:1]
    Association.objects.filter(pk__in=first).update(ended_at=MONDAY + 20 * DAY, end_reason=EndReason.CUSTOMER_OPT_OUT)
    stories.draft_claim()
    stories.claim_needing_action()
    cancelled = stories.draft_claim()
    cancel_draft(claim_id=cancelled.pk, by=stories.admin_of(cancelled), now=MONDAY)
    declined, rejected = stories.declined_claim(), stories.rejected_claim()

    assert forget_closed_claims(months=0, now=now) == 0
    assert forget_closed_claims(months=24, now=now) == 4
    forgotten = Claim.objects.filter(forgotten_at=now)
    assert set(forgotten) == {ended_long_ago, cancelled, declined, rejected}
    assert forget_closed_claims(months=24, now=now) == 0
    assert in_force.contacts.exclude(name="").count() == 2


def test_a_rejection_that_can_still_be_disputed_is_not_forgotten():
    claim = stories.rejected_claim()
    # 30 days after Monday 19 October, at the midnight that ends the day in Rome.
    closes_at = datetime(2020, 11, 18, 23, tzinfo=UTC)
    assert claim.dispute_closes_at == closes_at
    Claim.objects.filter(pk=claim.pk).update(closed_at=MONDAY - 40 * DAY)

    assert forget_closed_claims(months=1, now=closes_at - timedelta(seconds=1)) == 0
    assert forget_closed_claims(months=1, now=closes_at) == 1


def test_the_files_of_an_association_without_a_claim_go_when_it_has_ended_for_so_long():
    ended_at = TWO_YEARS_LATER - 740 * DAY
    ended = AssociationFactory(is_migrated=True, ended_at=ended_at, end_reason=EndReason.SUBSCRIPTION_EXPIRED)
    gone, kept = (
        ProofFactory(claim=None, association=ended),
        ProofFactory(claim=None, association=AssociationFactory()),
    )

    assert forget_closed_claims(months=24, now=TWO_YEARS_LATER) == 0

    for proof, name in ((gone, ""), (kept, "statement-of-work.pdf")):
        proof.refresh_from_db()
        assert (proof.name, proof.is_usable) == (name, bool(name))


def test_a_mail_in_flight_leaves_its_claim_for_the_next_run(caplog):
    claim = stories.declined_claim()
    mail = OutboxEmail.objects.get(template="opt_out_receipt")
    OutboxEmail.objects.filter(pk=mail.pk).update(status="sending", sending_since=MONDAY)

    with caplog.at_level(logging.ERROR):
        assert forget_closed_claims(months=24, now=TWO_YEARS_LATER) == 0
    assert f"Claim {claim.pk} was left for the next run." in caplog.text
    assert claim.contacts.exclude(name="").count() == 2

    OutboxEmail.objects.filter(pk=mail.pk).update(status="failed", sending_since=None)
    assert forget_closed_claims(months=24, now=TWO_YEARS_LATER) == 1


def test_nothing_comes_back_to_a_claim_that_has_forgotten(settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    claim = stories.approved_claim()
    admin, proof = stories.admin_of(claim), claim.proofs.get()
    Association.objects.update(ended_at=MONDAY + 20 * DAY, end_reason=EndReason.CUSTOMER_OPT_OUT)
    OutboxEmail.objects.filter(template="claim_approved").update(status="failed")
    pending = ProofFactory(claim=claim, pending=True)
    notice = claim.notices.get()
    assert forget_closed_claims(months=24, now=TWO_YEARS_LATER) == 1

    # A report about a mail that has no recipient any more, by a server that names it.
    report = BounceReport(notice.email.message_id, Action.FAILED, "carla@contoso.example", "5.1.1", "No such user")
    assert not note_report(report, now=TWO_YEARS_LATER)
    notice.email.refresh_from_db()
    assert (notice.email.status, notice.email.last_error) == ("bounced", "")
    failed = OutboxEmail.objects.get(template="claim_approved")
    assert outbox.retry(keys=[failed.key], now=TWO_YEARS_LATER) == 0

    pending.refresh_from_db()
    assert (pending.scan_status, pending.scan_due_at, pending.file.name) == ("not_scanned", None, "")
    assert virus_scan.scan_proofs(now=TWO_YEARS_LATER) == 0
    pending.refresh_from_db()
    assert pending.scan_status == "not_scanned"
    assert not pending.is_usable

    with pytest.raises(ClaimLocked):
        attach_proof(
            claim_id=claim.pk,
            file=ContentFile(SMALL_PDF, name="late.pdf"),
            name="late.pdf",
            kind=ProofKind.PDF,
            max_files=10,
            by=admin,
            now=TWO_YEARS_LATER,
        )
    foreseen = bulk.foreseen(stories.fresh(claim), BulkAction.ADD_PROOF, by=admin, now=TWO_YEARS_LATER)
    assert foreseen == BulkOutcome.CLOSED
    proof.refresh_from_db()
    assert (proof.name, proof.sha256, proof.size) == ("", "0" * 64, 16)
