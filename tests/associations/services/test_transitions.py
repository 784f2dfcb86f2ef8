"""Every row of the lifecycle (domain.md 1.6, T1 to T25): where it leads, what the History says, who is written to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from associations.choices import EndReason, OptOutReason, ReasonCode, SubscriptionState, WithdrawalReason
from associations.models import Association, Claim
from associations.rules.actors import Actor, Role
from associations.services.association import approval, association
from associations.services.claim import copy, disputes, drafting, submission
from associations.services.claim.answers import record_facts, stored_facts, version_of
from associations.services.claim.disputes import is_disputable
from associations.services.claim.withdrawal import cancel_draft, withdraw_claim
from associations.services.customer import answer, reminders
from associations.services.customer.answer import Answerer
from associations.services.review import arbitration, decisions, digest, overdue_answers
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, PartnerLocationFactory, UserFactory
from tests.factories.rules import rules_are

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# The end of the window, and of the time to answer a question, that begin on Monday 19 October 2020.
DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)
CARLA = Answerer(name="Carla Bianchi")


class Since:
    """The rows written about a claim since this object was made."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.event = max(claim.events.values_list("pk", flat=True), default=0)
        self.mail = OutboxEmail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    @property
    def status(self) -> str:
        return stories.fresh(self.claim).status

    @property
    def history(self) -> list[str]:
        return list(self.claim.events.filter(pk__gt=self.event).order_by("pk").values_list("kind", flat=True))

    @property
    def mails(self) -> list[str]:
        about = OutboxEmail.objects.filter(pk__gt=self.mail, key__startswith=f"claim:{self.claim.pk}:")
        return sorted(about.exclude(status="cancelled").values_list("template", flat=True))

    @property
    def story(self) -> tuple[str, list[str], list[str]]:
        """The status, and what was added to the History and to the outbox."""
        return self.status, self.history, self.mails


def reviewer_of(claim: Claim) -> Actor:
    return Actor(Role.REVIEWER, claim.reviewer_id)


def opt_out(claim: Claim, *, now: datetime) -> None:
    answer.opt_out(notice_id=claim.notices.get().pk, answerer=CARLA, reason=OptOutReason.NO_RELATION, now=now)


def dispute(claim: Claim) -> Claim:
    return disputes.open_dispute(
        claim_id=claim.pk,
        justification="Page 3 is signed.",
        proofs=(),
        max_files=10,
        by=stories.admin_of(claim),
        now=MONDAY + 2 * DAY,
    )


def rivals() -> tuple[Claim, Claim]:
    """Two partners' claims to the same workloads of one tenant."""
    first = stories.claim_under_review()
    second = stories.complete_claim(tenant=first.tenant, location=PartnerLocationFactory())
    return first, stories.noticed_claim(claim=second)


def validated(claim: Claim, *, now: datetime = MONDAY + DAY) -> Claim:
    return decisions.validate_claim(claim_id=claim.pk, by=reviewer_of(claim), now=now)


def active(claim: Claim) -> int:
    return Association.objects.active().filter(claimed_products__claim=claim).count()


def test_t1_create_claim_makes_a_draft() -> None:
    location, tenant = PartnerLocationFactory(), stories.draft_claim().tenant
    by = Actor(Role.INCENTIVES_ADMIN, UserFactory().pk)

    claim = drafting.start_claim(location=location, domain_name="contoso.example", tenant=tenant, by=by, now=MONDAY)

    assert (claim.status, [event.kind for event in claim.events.all()]) == ("draft", ["created"])
    assert claim.number == f"CPOR-{claim.pk:07d}"


def test_t2_a_draft_is_edited_and_stays_a_draft() -> None:
    claim = stories.draft_claim()
    told = Since(claim)
    version = version_of(stored_facts(claim, ("name",)))

    record_facts(
        claim_id=claim.pk,
        group="details",
        facts={"name": "Contoso adoption"},
        version=version,
        by=stories.admin_of(claim),
        now=MONDAY,
    )

    assert told.story == ("draft", ["changed"], [])


def test_t3_a_draft_is_given_up_and_its_history_stays() -> None:
    claim = stories.draft_claim()
    told = Since(claim)

    cancel_draft(claim_id=claim.pk, by=stories.admin_of(claim), now=MONDAY)

    assert told.story == ("cancelled", ["cancel_draft"], [])
    assert claim.events.count() == 2


def test_t4_submitting_freezes_the_claim_and_writes_to_both_sides() -> None:
    claim = stories.complete_claim()
    told = Since(claim)

    submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=stories.admin_of(claim), now=MONDAY)

    assert told.story == ("submitted", ["submit", "notice_queued"], ["claim_received", "customer_notice"])
    filed = stories.fresh(claim)
    assert (filed.consent_status, filed.submitted_at) == ("queued", MONDAY)


def test_t5_a_reviewer_starts_and_the_clock_runs_five_business_days() -> None:
    claim = stories.noticed_claim()
    told = Since(claim)

    decisions.start_review(claim_id=claim.pk, by=stories.reviewer(), now=MONDAY)

    assert told.story == ("under_review", ["start_review"], [])
    assert stories.fresh(claim).review_due_at == DEADLINE


def test_t6_a_claim_that_waits_too_long_alerts_the_reviewers_and_nobody_else() -> None:
    claim, reader = stories.noticed_claim(), stories.reviewer()
    told = Since(claim)

    assert digest.send_review_digests(now=DEADLINE - timedelta(hours=12)) == 1

    assert told.story == ("submitted", [], [])
    assert OutboxEmail.objects.get(template="review_digest").key.endswith(f":{reader.user_id}")


def test_t7_a_question_holds_the_claim_and_is_due_in_five_business_days() -> None:
    claim = stories.claim_under_review()
    told = Since(claim)

    decisions.request_action(
        claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="When?", by=reviewer_of(claim), now=MONDAY
    )

    assert told.story == ("action_required", ["request_action"], ["action_required"])
    asked = stories.fresh(claim)
    assert (asked.answer_due_at, asked.reason_codes) == (DEADLINE, ["POE_DATES"])
    assert approval.approve_unopposed_claims(now=DEADLINE).approved == 0


def test_t8_an_answer_returns_the_claim_to_its_reviewer() -> None:
    claim = stories.claim_needing_action()
    told = Since(claim)

    submission.resubmit_claim(claim_id=claim.pk, reply="On page 3.", by=stories.admin_of(claim), now=MONDAY + DAY)

    assert told.story == ("under_review", ["resubmit"], ["answer_arrived"])
    assert stories.fresh(claim).answer_due_at is None


def test_t9_a_question_that_runs_out_rejects_the_claim() -> None:
    claim = stories.claim_needing_action()
    told = Since(claim)

    assert overdue_answers.expire_answers(now=DEADLINE) == 1

    assert told.story == ("rejected", ["expire_answer"], ["claim_rejected", "request_closed"])
    assert stories.fresh(claim).reason_codes == ["NO_PARTNER_RESPONSE"]


def test_t10_the_partner_is_reminded_two_and_one_business_days_before() -> None:
    claim = stories.claim_needing_action()
    told = Since(claim)

    for days in range(8):
        reminders.send_due_reminders(now=MONDAY + days * DAY)

    assert (told.status, told.mails.count("answer_reminder")) == ("action_required", 2)


def test_t11_validated_while_the_window_is_open_waits_for_the_customer() -> None:
    claim = stories.claim_under_review()
    told = Since(claim)

    validated(claim)

    assert told.story == ("awaiting_customer", ["validate"], [])
    assert stories.fresh(claim).review_outcome == "validated"


def test_t12_validated_after_the_window_is_official_at_once() -> None:
    rules_are(needs_validation=True)
    claim = stories.claim_under_review()
    approval.approve_unopposed_claims(now=DEADLINE)
    told = Since(claim)

    validated(claim, now=DEADLINE + DAY)

    assert told.story == ("approved", ["validate", "approve"], ["association_active", "claim_approved"])
    assert active(claim) == 2


def test_t13_silence_makes_it_official_with_one_association_per_item() -> None:
    claim = validated(stories.claim_under_review())
    told = Since(claim)

    assert approval.approve_unopposed_claims(now=DEADLINE).approved == 1

    assert told.story == ("approved", ["window_closed", "approve"], ["association_active", "claim_approved"])
    assert active(claim) == 2


def at_each_undecided_status() -> dict[str, Claim]:
    return {
        "submitted": stories.noticed_claim(),
        "under_review": stories.claim_under_review(),
        "action_required": stories.claim_needing_action(),
        "awaiting_customer": validated(stories.claim_under_review()),
    }


def test_t14_the_customer_declines_from_every_undecided_status() -> None:
    for status, claim in at_each_undecided_status().items():
        assert stories.fresh(claim).status == status
        told = Since(claim)

        opt_out(claim, now=MONDAY + DAY)

        assert told.story == ("rejected", ["decline"], ["claim_rejected", "opt_out_receipt"])
        declined = stories.fresh(claim)
        assert declined.reason_codes == ["CUSTOMER_DECLINED"]
        assert not is_disputable(declined, now=MONDAY + 2 * DAY)


def test_t15_a_late_opt_out_ends_what_was_official() -> None:
    claim = stories.approved_claim()
    told = Since(claim)

    opt_out(claim, now=MONDAY + 60 * DAY)

    assert told.story == ("approved", ["association_ended"], ["association_ended", "opt_out_receipt"])
    ended = Association.objects.filter(claimed_products__claim=claim)
    assert set(ended.values_list("end_reason", "ended_at")) == {(EndReason.CUSTOMER_OPT_OUT, MONDAY + 60 * DAY)}


def test_t16_a_reviewer_rejects_with_reasons_and_the_customer_is_released() -> None:
    claim = stories.claim_under_review()
    told = Since(claim)

    decisions.reject_claim(
        claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="2011.", by=reviewer_of(claim), now=MONDAY
    )

    assert told.story == ("rejected", ["reject"], ["claim_rejected", "request_closed"])
    assert is_disputable(stories.fresh(claim), now=MONDAY + 30 * DAY)


def test_t17_a_rival_s_claim_holds_both_and_both_are_told() -> None:
    first = stories.claim_under_review()
    told = Since(first)

    second = stories.submitted_claim(claim=stories.complete_claim(tenant=first.tenant))

    assert told.story == ("under_review", ["competing_found"], ["competing_found"])
    assert "competing_found" in Since(second).claim.events.values_list("kind", flat=True)
    assert {stories.fresh(first).has_competing_claim, stories.fresh(second).has_competing_claim} == {True}


def test_t18_a_rejection_is_disputed_once_within_thirty_days() -> None:
    claim = stories.rejected_claim()
    told = Since(claim)

    dispute(claim)

    assert told.story == ("disputed", ["dispute"], ["dispute_arrived"])
    assert not is_disputable(stories.fresh(claim), now=MONDAY + 3 * DAY)


def test_t19_an_upheld_rejection_is_final() -> None:
    claim = dispute(stories.rejected_claim())
    told = Since(claim)

    disputes.uphold_rejection(claim_id=claim.pk, text="No.", by=stories.reviewer(), now=MONDAY + 3 * DAY)

    assert told.story == ("rejected_final", ["uphold_rejection"], ["claim_rejected"])


def test_t20_an_accepted_dispute_reopens_the_review_and_asks_the_customer_again() -> None:
    claim = dispute(stories.rejected_claim())
    told = Since(claim)

    disputes.accept_dispute(claim_id=claim.pk, text="Yes.", by=stories.reviewer(), now=MONDAY + 3 * DAY)

    assert (told.status, told.mails) == ("under_review", ["customer_notice", "dispute_accepted"])
    assert told.history[0] == "accept_dispute"
    assert "notice_queued" in told.history


def test_t21_after_thirty_days_only_a_new_claim_is_left() -> None:
    claim = stories.rejected_claim()

    assert not is_disputable(claim, now=MONDAY + 32 * DAY)
    draft = copy.copy_claim(claim_id=claim.pk, by=stories.admin_of(claim), now=MONDAY + 32 * DAY)

    assert (stories.fresh(claim).status, draft.status) == ("rejected", "draft")
    assert not draft.proofs.exists()


def test_t22_the_partner_disassociates_with_a_reason() -> None:
    claim = stories.approved_claim()
    told = Since(claim)

    association.disassociate(
        claim_id=claim.pk, reason="The contract ended.", by=stories.admin_of(claim), now=MONDAY + 60 * DAY
    )

    assert told.story == ("approved", ["association_ended"], ["association_ended", "association_over"])
    assert active(claim) == 0


def test_t23_the_partner_withdraws_from_every_undecided_status() -> None:
    for claim in at_each_undecided_status().values():
        told = Since(claim)

        withdraw_claim(
            claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=MONDAY + DAY
        )

        assert told.story == ("cancelled", ["withdraw"], ["request_closed"])


def subscribed_claim(**subscription: Any) -> Claim:
    claim = stories.complete_dynamics_claim()
    claim.tenant.subscriptions.update(**subscription)
    return stories.approved_claim(claim=claim)


def test_t24_an_association_ends_with_its_subscription_and_can_be_renewed() -> None:
    claim = subscribed_claim(ends_on=date(2021, 3, 31))
    claim.tenant.subscriptions.update(state=SubscriptionState.EXPIRED)
    told = Since(claim)

    assert association.expire_associations(now=datetime(2021, 4, 2, tzinfo=UTC)) == 1

    assert told.story == ("approved", ["association_ended"], ["association_ended", "association_over"])
    draft = copy.copy_claim(claim_id=claim.pk, by=stories.admin_of(claim), now=datetime(2021, 4, 3, tzinfo=UTC))
    assert [item.subscription for item in draft.items.all()] == [None]


def test_t25_a_lost_arbitration_ends_what_was_official_and_rejects_what_was_claimed() -> None:
    held = stories.approved_claim()
    wanted = stories.noticed_claim(at=MONDAY + 30 * DAY, tenant=held.tenant)
    told = Since(held)

    arbitration.arbitrate(
        claim_id=wanted.pk,
        winner_id=wanted.partner_id,
        text="More recent.",
        by=stories.reviewer(),
        now=MONDAY + 31 * DAY,
    )

    assert (told.status, told.mails) == ("approved", ["association_ended", "association_over"])
    ended = Association.objects.filter(claimed_products__claim=held)
    assert set(ended.values_list("end_reason", flat=True)) == {EndReason.SUPERSEDED}

    first, second = rivals()
    lost = Since(first)
    arbitration.arbitrate(
        claim_id=first.pk, winner_id=second.partner_id, text="Better.", by=stories.reviewer(), now=MONDAY + DAY
    )
    assert (lost.status, stories.fresh(first).reason_codes) == ("rejected", ["COMPETING_CLAIM_LOST"])
    assert lost.mails == ["claim_rejected", "request_closed"]
