"""Acts at the same moment on a claim that is on hold, or whose contact is not confirmed."""

from functools import partial

import pytest

from associations.choices import HoldOutcome, OptOutReason
from associations.models import Association, Claim
from associations.services.association import approval
from associations.services.customer import answer as answering
from associations.services.customer import confirmation, holds
from associations.services.customer.answer import Answerer, NothingToAnswer
from associations.services.review import holds as holding
from tests import stories
from tests.associations.services.racing import (
    DEADLINE,
    FEWER_ROUNDS,
    RACE,
    ROUNDS,
    mails,
    moves,
    opt_out,
    sweep,
    together,
)
from tests.factories import MONDAY

pytestmark = RACE


def hear() -> int:
    return holds.hear_incoming_emails(now=DEADLINE)


def settle(claim: Claim, outcome: HoldOutcome) -> Claim:
    by, hold = stories.reviewer(), claim.holds.get()
    return holding.settle_hold(
        claim_id=claim.pk, hold_id=hold.pk, outcome=outcome, reason="She never hired them.", by=by, now=DEADLINE
    )


def test_a_reply_that_came_in_before_the_sweep_always_wins():
    for turn in FEWER_ROUNDS:
        claim = stories.noticed_claim()
        stories.receive(claim, at=DEADLINE)

        counts, _heard = together(turn, sweep, hear)

        assert counts.approved == 0
        assert (stories.fresh(claim).status, moves(claim)) == ("submitted", ["submit"])
        assert stories.fresh(claim).open_holds == ("customer_wrote",)


def test_a_reply_that_comes_in_during_the_sweep_holds_the_claim_or_reaches_a_reviewer():
    for turn in FEWER_ROUNDS:
        claim = stories.noticed_claim()

        def come_in(claim: Claim = claim) -> int:
            stories.receive(claim, at=DEADLINE)
            return hear()

        counts, heard = together(turn, sweep, come_in)
        hear()

        assert not isinstance(heard, Exception)
        assert len(stories.fresh(claim).open_holds) == 1
        told = list(claim.events.values_list("kind", flat=True))
        if counts.approved:
            assert told.index("approve") < told.index("customer_wrote")
        else:
            assert "approve" not in told


def test_two_readers_of_what_came_in_make_one_hold():
    for turn in FEWER_ROUNDS:
        claim = stories.noticed_claim()
        stories.receive(claim, at=DEADLINE)

        first, second = together(turn, hear, hear)

        assert first + second == 1
        assert claim.holds.count() == 1


@pytest.mark.parametrize("outcome", [HoldOutcome.LIFTED, HoldOutcome.OPTED_OUT])
def test_an_opt_out_against_a_reviewer_who_settles_the_hold_counts_once(outcome):
    for turn in FEWER_ROUNDS:
        claim = stories.held_claim()

        settled, answered = together(turn, partial(settle, claim, outcome), partial(opt_out, claim))
        sweep()

        assert (stories.fresh(claim).status, moves(claim)) == ("rejected", ["submit", "decline"])
        assert stories.fresh(claim).hold_due_at is None
        assert mails(claim).count("claim_rejected") == mails(claim).count("opt_out_receipt") == 1
        if outcome == HoldOutcome.OPTED_OUT and isinstance(settled, Claim):
            assert isinstance(answered, NothingToAnswer)
        else:
            assert answered.answer == "opted_out"


def test_a_hold_settled_by_two_reviewers_at_once_is_settled_once():
    for turn in FEWER_ROUNDS:
        claim = stories.held_claim()

        results = together(
            turn, partial(settle, claim, HoldOutcome.LIFTED), partial(settle, claim, HoldOutcome.OPTED_OUT)
        )

        assert sorted(type(result).__name__ for result in results) == ["Claim", "HoldSettled"]
        assert claim.events.filter(kind="hold_settled").count() == 1
        assert stories.fresh(claim).status == ("rejected" if isinstance(results[1], Claim) else "submitted")


def confirm(claim, *, now):
    """Let a reviewer confirm the contact."""
    facts = {"contact_email": claim.notices.get().contact_email, "text": "I called them.", "lists_domain": True}
    return partial(confirmation.confirm_by_reviewer, claim_id=claim.pk, by=stories.reviewer(), now=now, **facts)


def test_a_confirmation_against_an_opt_out_leaves_no_association():
    for turn in ROUNDS:
        claim = stories.unconfirmed_claim(f"carla@elsewhere{turn}.example")
        approval.approve_unopposed_claims(now=DEADLINE)
        notice = claim.notices.get()

        confirmed, opted_out = together(
            turn,
            confirm(claim, now=DEADLINE),
            partial(
                answering.opt_out,
                notice_id=notice.pk,
                answerer=Answerer(name="Carla"),
                reason=OptOutReason.NO_RELATION,
                now=DEADLINE,
            ),
        )

        claim = stories.fresh(claim)
        assert not isinstance(opted_out, Exception)
        assert isinstance(confirmed, Claim | confirmation.NothingToConfirm)
        assert claim.status == ("approved" if isinstance(confirmed, Claim) else "rejected")
        assert not Association.objects.active().filter(claimed_products__claim=claim).exists()


def test_a_confirmation_against_the_sweep_makes_the_claim_official_once():
    for turn in ROUNDS:
        claim = stories.unconfirmed_claim(f"carla@elsewhere{turn}.example")

        confirmed, swept = together(
            turn, confirm(claim, now=DEADLINE), partial(approval.approve_unopposed_claims, now=DEADLINE)
        )

        assert isinstance(confirmed, Claim), confirmed
        assert isinstance(swept, approval.SweepCounts), swept
        # The sweep passes over a claim that is locked, and comes again.
        approval.approve_unopposed_claims(now=DEADLINE)
        assert stories.fresh(claim).status == "approved"
        assert claim.events.filter(kind="approve").count() == 1
        assert Association.objects.active().filter(claimed_products__claim=claim).count() == 2


def test_a_reviewer_and_the_clock_confirm_a_contact_once():
    for turn in ROUNDS:
        claim = stories.unconfirmed_claim(f"carla@elsewhere{turn}.example")
        claim.tenant.domains.create(domain_name=f"elsewhere{turn}.example", listed_by="admin")

        confirmed, by_clock = together(
            turn, confirm(claim, now=MONDAY), partial(confirmation.confirm_known_contacts, now=MONDAY)
        )

        assert isinstance(confirmed, Claim) is (by_clock == 0)
        assert claim.events.filter(kind="contact_confirmed").count() == 1
