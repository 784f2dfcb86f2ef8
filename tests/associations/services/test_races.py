"""Two people, or two workers, at the same moment: two real connections each, ten rounds, every outcome stated.

Only PostgreSQL has row locks to test. In each round one side starts a little later than in the round before, so that
both win now and then.
"""

from datetime import timedelta
from functools import partial
from uuid import uuid4

from associations.choices import ReasonCode, WithdrawalReason
from associations.models import Association, Claim
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.association import association, existing
from associations.services.claim import submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import opt_out_period, reminders
from associations.services.customer.answer import NothingToAnswer
from associations.services.review import arbitration, decisions, overdue_answers
from associations.services.review.arbitration import NothingToDecide
from notifications.models import OutboxEmail
from tests import stories
from tests.associations.services.racing import (
    DEADLINE,
    RACE,
    ROUNDS,
    approve,
    mails,
    moves,
    opt_out,
    submit,
    sweep,
    together,
)
from tests.factories import (
    MONDAY,
    AssociationFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    SubscriptionFactory,
)

pytestmark = RACE


def arbitrate(claim: Claim, *, by: Actor) -> Claim:
    return arbitration.arbitrate(
        claim_id=claim.pk, winner_id=claim.partner_id, text="The more recent proof.", by=by, now=DEADLINE
    )


def withdraw(claim: Claim) -> Claim:
    reason = WithdrawalReason.NOT_OUR_CUSTOMER
    return withdraw_claim(claim_id=claim.pk, reason=reason, by=stories.admin_of(claim), now=DEADLINE)


def test_an_opt_out_against_the_sweep_leaves_no_association():
    for turn in ROUNDS:
        claim = stories.noticed_claim()

        counts, notice = together(turn, sweep, partial(opt_out, claim))

        assert notice.answer == "opted_out"
        assert not Association.objects.active().filter(tenant=claim.tenant).exists()
        if counts.approved:
            assert (stories.fresh(claim).status, moves(claim)) == ("approved", ["submit", "approve"])
            assert mails(claim) == [
                "association_active",
                "association_ended",
                "claim_approved",
                "claim_received",
                "customer_notice",
                "opt_out_receipt",
            ]
        else:
            assert (stories.fresh(claim).status, moves(claim)) == ("rejected", ["submit", "decline"])
            assert mails(claim) == ["claim_received", "claim_rejected", "customer_notice", "opt_out_receipt"]


def test_a_sweep_against_a_sweep_approves_each_claim_once():
    for turn in ROUNDS:
        claims = [stories.noticed_claim() for _ in range(6)]

        first, second = together(turn, sweep, sweep)

        assert first.approved + second.approved == 6
        assert first.windows_closed + second.windows_closed == 6
        for claim in claims:
            assert moves(claim) == ["submit", "approve"]
            assert mails(claim) == ["association_active", "claim_approved", "claim_received", "customer_notice"]
            assert Association.objects.active().filter(tenant=claim.tenant).count() == 2


def test_a_draft_submitted_from_two_tabs_is_filed_once():
    for turn in ROUNDS:
        claim = stories.complete_claim()

        results = together(turn, partial(submit, claim), partial(submit, claim))

        assert sorted(type(result).__name__ for result in results) == ["ActionNotAllowed", "Claim"]
        assert moves(claim) == ["submit"]
        assert claim.notices.count() == 1
        assert mails(claim) == ["claim_received", "customer_notice"]


def test_one_workload_filed_by_two_partners_at_once_is_contested_and_never_swept():
    for turn in ROUNDS:
        ours = stories.complete_claim(products=("TEAMS",))
        theirs = stories.complete_claim(products=("TEAMS",), tenant=ours.tenant)

        together(turn, partial(submit, ours), partial(submit, theirs))

        for claim in (ours, theirs):
            assert (stories.fresh(claim).status, stories.fresh(claim).has_competing_claim) == ("submitted", True)
            stories.deliver_notice(claim, at=MONDAY)
        assert sweep().approved == 0
        assert not Association.objects.filter(tenant=ours.tenant).exists()


def test_a_customer_who_approves_and_opts_out_at_once_has_opted_out():
    for turn in ROUNDS:
        claim = stories.noticed_claim()

        approval_given, opted_out = together(turn, partial(approve, claim), partial(opt_out, claim))

        assert opted_out.answer == "opted_out"
        assert not Association.objects.active().filter(tenant=claim.tenant).exists()
        if isinstance(approval_given, NothingToAnswer):
            assert moves(claim) == ["submit", "decline"]
        else:
            assert approval_given.answer == "approved"
            assert moves(claim) == ["submit", "approve"]


def test_a_withdrawal_against_the_sweep_has_one_winner():
    for turn in ROUNDS:
        claim = stories.noticed_claim()

        counts, withdrawn = together(turn, sweep, partial(withdraw, claim))

        held = Association.objects.active().filter(tenant=claim.tenant).count()
        if isinstance(withdrawn, ActionNotAllowed):
            assert (counts.approved, stories.fresh(claim).status, held) == (1, "approved", 2)
        else:
            assert (counts.approved, stories.fresh(claim).status, held) == (0, "cancelled", 0)


def test_two_workers_open_a_window_once():
    for turn in ROUNDS:
        claim = stories.submitted_claim()
        OutboxEmail.objects.filter(template="customer_notice", status="queued").update(
            status="sent", sent_at=MONDAY, secret=""
        )

        counts = together(turn, *[partial(opt_out_period.open_windows, now=MONDAY)] * 2)

        assert sum(counts) == 1
        assert claim.events.filter(kind="window_opened").count() == 1


def test_a_claim_filed_against_the_sweep_of_a_rival_is_contested_either_way():
    for turn in ROUNDS:
        rival = stories.noticed_claim(products=("TEAMS",))
        claim = stories.complete_claim(products=("TEAMS",), tenant=rival.tenant)

        counts, filed = together(turn, sweep, partial(submit, claim))

        assert (filed.status, stories.fresh(claim).has_competing_claim) == ("submitted", True)
        assert stories.fresh(rival).status == ("approved" if counts.approved else "submitted")
        assert stories.fresh(rival).has_competing_claim is not bool(counts.approved)


def reject(claim: Claim) -> Claim:
    by, reasons = Actor(Role.REVIEWER, claim.reviewer_id), [ReasonCode.POE_DATES]
    return decisions.reject_claim(claim_id=claim.pk, reasons=reasons, text="Signed in 2011.", by=by, now=DEADLINE)


def test_a_reviewer_against_the_customer_leaves_one_reason():
    for turn in ROUNDS:
        claim = stories.claim_under_review()

        rejected, notice = together(turn, partial(reject, claim), partial(opt_out, claim))

        assert stories.fresh(claim).status == "rejected"
        if isinstance(rejected, ActionNotAllowed):
            assert notice.answer == "opted_out"
            assert (stories.fresh(claim).reason_codes, moves(claim)[2:]) == (["CUSTOMER_DECLINED"], ["decline"])
        else:
            assert isinstance(notice, NothingToAnswer)
            assert (stories.fresh(claim).reason_codes, moves(claim)[2:]) == (["POE_DATES"], ["reject"])
        assert mails(claim).count("claim_rejected") == 1


def test_a_reviewer_against_the_sweep_has_one_winner():
    for turn in ROUNDS:
        claim = stories.claim_under_review()

        counts, rejected = together(turn, sweep, partial(reject, claim))

        held = Association.objects.active().filter(tenant=claim.tenant).count()
        if isinstance(rejected, ActionNotAllowed):
            assert (counts.approved, stories.fresh(claim).status, held) == (1, "approved", 2)
            assert mails(claim).count("claim_rejected") == 0
        else:
            assert (counts.approved, stories.fresh(claim).status, held) == (0, "rejected", 0)
            assert mails(claim).count("claim_approved") == 0


def test_two_reviewers_who_decide_at_once_have_one_winner_and_one_clear_error():
    for turn in ROUNDS:
        first = stories.noticed_claim()
        second = stories.noticed_claim(tenant=first.tenant)

        answers = together(turn, *[partial(arbitrate, claim, by=stories.reviewer()) for claim in (first, second)])

        assert [type(answer) for answer in answers].count(NothingToDecide) == 1
        winner, loser = (first, second) if isinstance(answers[1], NothingToDecide) else (second, first)
        assert (stories.fresh(winner).status, stories.fresh(loser).status) == ("approved", "rejected")
        held = Association.objects.active().filter(tenant=first.tenant)
        assert set(held.values_list("partner", flat=True)) == {winner.partner_id}
        assert mails(loser) == [
            "claim_received",
            "claim_rejected",
            "competing_found",
            "customer_notice",
            "request_closed",
        ]


def test_an_arbitration_against_a_validation_of_the_loser_leaves_one_story():
    for turn in ROUNDS:
        winner = stories.noticed_claim()
        loser = stories.claim_under_review(tenant=winner.tenant)
        by = Actor(Role.REVIEWER, loser.reviewer_id)
        validate = partial(decisions.validate_claim, claim_id=loser.pk, by=by, now=MONDAY)

        validated, _ = together(turn, validate, partial(arbitrate, winner, by=stories.reviewer()))

        was_first = not isinstance(validated, ActionNotAllowed)
        assert stories.fresh(loser).status == "rejected"
        assert moves(loser) == ["submit", "start_review", *(["validate"] if was_first else []), "lose_item"]
        lost = loser.events.get(kind="lose_item")
        assert lost.from_status == ("awaiting_customer" if was_first else "under_review")


def test_a_resubmission_against_the_end_of_its_time_has_one_winner():
    for turn in ROUNDS:
        claim = stories.claim_needing_action()
        by, after = stories.admin_of(claim), DEADLINE

        expired, answered = together(
            turn,
            partial(overdue_answers.expire_answers, now=after),
            partial(submission.resubmit_claim, claim_id=claim.pk, reply="See page 3.", by=by, now=after),
        )

        if isinstance(answered, ActionNotAllowed):
            assert (expired, stories.fresh(claim).status) == (1, "rejected")
            assert mails(claim).count("claim_rejected") == 1
        else:
            assert (expired, stories.fresh(claim).status) == (0, "under_review")
            assert mails(claim).count("claim_rejected") == 0


def test_two_workers_remind_and_expire_once():
    for turn in ROUNDS:
        claim = stories.approved_claim(claim=stories.complete_dynamics_claim())
        claim.tenant.subscriptions.update(state="Expired")
        draft = stories.draft_claim()
        reminders.plan_draft_reminders(draft, now=MONDAY)

        ended = together(turn, *[partial(association.expire_associations, now=DEADLINE)] * 2)
        sent = together(turn, *[partial(reminders.send_due_reminders, now=DEADLINE)] * 2)

        assert sum(ended) == 1
        assert mails(claim).count("association_ended") == 1
        assert sum(sent) == 1
        assert mails(draft) == ["draft_reminder"]


def test_an_existing_association_renewed_by_a_double_click_has_one_draft():
    location = PartnerLocationFactory()
    by = Actor(Role.INCENTIVES_ADMIN, PartnerMemberFactory(partner=location.partner).user_id)
    for turn in ROUNDS:
        subscription = SubscriptionFactory(ends_on=MONDAY.date() + timedelta(days=10))
        held = AssociationFactory(
            partner=location.partner,
            tenant=subscription.tenant,
            product=subscription.product,
            subscription=subscription,
            is_migrated=True,
        )
        once = partial(
            existing.renew,
            association_id=held.pk,
            location=location,
            name="Renewal",
            by=by,
            now=MONDAY,
            draft_id=uuid4(),
        )

        first, second = together(turn, once, once)

        assert first == second
        assert first.items.count() == 1
