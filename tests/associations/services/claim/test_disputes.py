"""A rejection disputed, once, and what becomes of it (domain.md D14, T18-T20; 12, scenario 12)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from associations.choices import ReasonCode
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.rules.proof_files import ProofKind
from associations.services.association import approval
from associations.services.claim import disputes
from associations.services.claim.disputes import CheckedProof, DisputeClosed, GroundsMissing
from associations.services.claim.proofs import TooManyProofs
from associations.services.customer import answer
from associations.services.customer.answer import Answerer
from associations.services.review import decisions, overdue_answers
from associations.services.review.decisions import OwnCompany
from bench.files import SMALL_PDF
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY
WEDNESDAY = MONDAY + 2 * DAY
AFTER_THE_WINDOW = MONDAY + 14 * DAY
END_OF_DAY_30 = datetime(2020, 11, 19, 23, tzinfo=UTC)


def reject(claim, *, at=TUESDAY):
    by = Actor(Role.REVIEWER, claim.reviewer_id)
    return decisions.reject_claim(
        claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="Signed in 2011.", by=by, now=at
    )


def rejected_claim(*, at=TUESDAY, **fields):
    """A claim filed on Monday that a reviewer rejected, on Tuesday unless said otherwise."""
    return reject(stories.claim_under_review(**fields), at=at)


def dispute(claim, *, justification="Page 3 is signed.", proofs=(), max_files=10, by=None, at=WEDNESDAY):
    return disputes.open_dispute(
        claim_id=claim.pk,
        justification=justification,
        proofs=proofs,
        max_files=max_files,
        by=by or stories.admin_of(claim),
        now=at,
    )


def disputed_claim(**fields):
    return dispute(rejected_claim(**fields))


def accept(claim, *, by=None, at=WEDNESDAY + DAY):
    return disputes.accept_dispute(claim_id=claim.pk, text="You are right.", by=by or stories.reviewer(), now=at)


def uphold(claim, *, by=None, at=WEDNESDAY + DAY):
    return disputes.uphold_rejection(
        claim_id=claim.pk, text="It is still not signed.", by=by or stories.reviewer(), now=at
    )


def new_proof():
    return CheckedProof(ContentFile(SMALL_PDF, name="signed.pdf"), "signed.pdf", ProofKind.PDF)


def templates(claim):
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:").order_by("pk")
    return list(emails.values_list("template", flat=True))


# T18


def test_a_dispute_gives_the_claim_back_to_the_reviewers_for_five_business_days():
    claim = disputed_claim()

    stored = stories.fresh(claim)
    assert (stored.status, stored.disputed_at, stored.closed_at) == ("disputed", WEDNESDAY, None)
    assert stored.review_due_at == datetime(2020, 10, 28, 23, tzinfo=UTC)
    line = claim.events.get(kind="dispute")
    assert (line.from_status, line.to_status, line.note) == ("rejected", "disputed", "Page 3 is signed.")
    assert templates(claim)[-1] == "dispute_arrived"


def test_day_30_is_in_time():
    claim = rejected_claim()

    dispute(claim, at=END_OF_DAY_30 - timedelta(seconds=1))

    assert stories.fresh(claim).status == "disputed"


def test_day_31_is_too_late():
    claim = rejected_claim()

    with pytest.raises(DisputeClosed):
        dispute(claim, at=END_OF_DAY_30)

    stored = stories.fresh(claim)
    assert (stored.status, stored.disputed_at) == ("rejected", None)
    assert "dispute_arrived" not in templates(claim)


def test_a_second_dispute_is_refused():
    claim = accept(disputed_claim())
    reject(claim, at=MONDAY + 4 * DAY)

    with pytest.raises(DisputeClosed):
        dispute(claim, at=MONDAY + 5 * DAY)

    assert stories.fresh(claim).status == "rejected"


def test_the_customer_s_decision_is_not_disputed():
    claim = stories.declined_claim()

    with pytest.raises(DisputeClosed):
        dispute(claim)

    assert stories.fresh(claim).status == "rejected"


def test_an_open_claim_has_nothing_to_dispute():
    with pytest.raises(DisputeClosed):
        dispute(stories.claim_under_review())


@pytest.mark.parametrize("justification", ["", " \n"])
def test_a_dispute_needs_grounds(justification):
    claim = rejected_claim()

    with pytest.raises(GroundsMissing):
        dispute(claim, justification=justification)

    assert stories.fresh(claim).status == "rejected"


def test_a_new_proof_is_ground_enough_and_attached_in_the_same_act():
    claim = rejected_claim()

    dispute(claim, justification="", proofs=[new_proof()])

    assert stories.fresh(claim).status == "disputed"
    assert list(claim.proofs.order_by("pk").values_list("name", flat=True)) == [
        "statement-of-work.pdf",
        "signed.pdf",
    ]
    assert claim.events.filter(kind="proof_added", note="signed.pdf").count() == 1


def test_one_proof_too_many_leaves_the_rejection_undisputed():
    claim = rejected_claim()

    with pytest.raises(TooManyProofs):
        dispute(claim, proofs=[new_proof()], max_files=1)

    assert stories.fresh(claim).status == "rejected"
    assert (claim.proofs.count(), claim.events.filter(kind="dispute").count()) == (1, 0)


def test_only_an_incentives_admin_disputes():
    claim = rejected_claim()
    user = Actor(Role.INCENTIVES_USER, claim.created_by_id)

    with pytest.raises(ActionNotAllowed):
        dispute(claim, by=user)

    assert stories.fresh(claim).status == "rejected"


def test_a_claim_rejected_for_want_of_an_answer_can_be_disputed():
    claim = stories.claim_needing_action()
    overdue_answers.expire_answers(now=AFTER_THE_WINDOW)

    dispute(claim, at=AFTER_THE_WINDOW + DAY)

    assert stories.fresh(claim).status == "disputed"


# T19


def test_an_upheld_rejection_is_final():
    claim = uphold(disputed_claim())

    stored = stories.fresh(claim)
    assert (stored.status, stored.review_due_at, stored.closed_at) == ("rejected_final", None, WEDNESDAY + DAY)
    assert claim.events.get(kind="uphold_rejection").note == "It is still not signed."
    email = OutboxEmail.objects.filter(template="claim_rejected").latest("pk")
    assert (email.context["is_final"], email.context["dispute_until_on"]) == (True, None)
    assert email.context["text"] == "It is still not signed."
    with pytest.raises(DisputeClosed):
        dispute(claim)


def test_a_dispute_is_decided_once():
    claim = uphold(disputed_claim())

    with pytest.raises(ActionNotAllowed):
        accept(claim)


@pytest.mark.parametrize("decide", [uphold, accept])
def test_nobody_decides_the_dispute_of_their_own_company(decide):
    claim = disputed_claim()
    insider = Actor(Role.REVIEWER, PartnerMemberFactory(partner=claim.partner, role="global_admin").user_id)

    with pytest.raises(OwnCompany):
        decide(claim, by=insider)

    assert stories.fresh(claim).status == "disputed"


@pytest.mark.parametrize("decide", [uphold, accept])
def test_a_partner_does_not_decide_a_dispute(decide):
    claim = disputed_claim()

    with pytest.raises(ActionNotAllowed):
        decide(claim, by=Actor(Role.INCENTIVES_ADMIN, PartnerMemberFactory().user_id))


# T20


def test_a_window_cut_short_is_followed_by_a_new_notice_and_a_full_window():
    claim = disputed_claim()
    by = stories.reviewer()

    accept(claim, by=by, at=WEDNESDAY + DAY)

    stored = stories.fresh(claim)
    assert (stored.status, stored.consent_status, stored.opt_out_closes_at) == ("under_review", "queued", None)
    assert (stored.review_outcome, stored.reason_codes, stored.reviewer_id) == ("pending", [], by.user_id)
    assert stored.review_due_at == datetime(2020, 10, 29, 23, tzinfo=UTC)
    assert list(claim.notices.order_by("number").values_list("number", "revoked_at")) == [
        (1, WEDNESDAY + DAY),
        (2, None),
    ]
    stories.deliver_notice(stored, at=WEDNESDAY + DAY)
    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 29, 23, tzinfo=UTC)
    assert OutboxEmail.objects.get(template="dispute_accepted").context["has_new_notice"] is True


def test_a_customer_who_had_the_full_window_is_not_asked_again_and_silence_counts_at_once():
    claim = stories.claim_under_review()
    approval.close_elapsed_windows(now=AFTER_THE_WINDOW)
    reject(claim, at=AFTER_THE_WINDOW)
    dispute(claim, at=AFTER_THE_WINDOW + DAY)

    accepted = accept(claim, at=AFTER_THE_WINDOW + 2 * DAY)

    assert (accepted.status, accepted.consent_status) == ("approved", "no_objection")
    assert claim.notices.count() == 1
    assert templates(claim)[-3:] == ["dispute_accepted", "claim_approved", "association_active"]
    assert OutboxEmail.objects.get(template="dispute_accepted").context["has_new_notice"] is False


def test_with_validation_required_an_accepted_dispute_waits_for_the_reviewer():
    claim = stories.claim_under_review()
    type(claim).objects.filter(pk=claim.pk).update(requires_validation=True)
    approval.close_elapsed_windows(now=AFTER_THE_WINDOW)
    reject(claim, at=AFTER_THE_WINDOW)
    dispute(claim, at=AFTER_THE_WINDOW + DAY)

    accepted = accept(claim, at=AFTER_THE_WINDOW + 2 * DAY)

    assert accepted.status == "under_review"


def test_a_customer_who_approved_early_is_not_asked_again():
    claim = stories.claim_needing_action()
    notice = claim.notices.get()
    answer.approve_by_customer(notice_id=notice.pk, answerer=Answerer(name="Carla Bianchi"), now=TUESDAY)
    overdue_answers.expire_answers(now=AFTER_THE_WINDOW)
    dispute(claim, at=AFTER_THE_WINDOW + DAY)

    accepted = accept(claim, at=AFTER_THE_WINDOW + 2 * DAY)

    assert (accepted.status, accepted.consent_status) == ("approved", "acknowledged")
    assert claim.notices.count() == 1


def test_an_accepted_claim_competes_with_who_claimed_the_item_meanwhile():
    claim = disputed_claim()
    rival = stories.noticed_claim(tenant=claim.tenant)

    accept(claim)

    assert stories.fresh(claim).has_competing_claim is True
    assert stories.fresh(rival).has_competing_claim is True
    assert templates(rival)[-1] == "competing_found"
