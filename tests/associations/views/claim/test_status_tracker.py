"""The stops of the tracker, in every status that people read (domain.md D23)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import EndReason, WithdrawalReason
from associations.models import Claim
from associations.rules.actors import PORTAL
from associations.services.association import approval
from associations.services.association.association import end_associations
from associations.services.claim import disputes
from associations.services.claim.withdrawal import cancel_draft, withdraw_claim
from associations.services.customer.undelivered_notice import note_undelivered_notices
from associations.views.claim.status_tracker import steps_of
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)
AFTER_THE_WINDOW = datetime(2020, 10, 27, 8, tzinfo=UTC)
UNTIL = "Until Mon 26 Oct 2020, end of day (CET)"
SILENT = "Ended without an opt-out: Mon 26 Oct 2020, end of day (CET)."


def deleted() -> Claim:
    claim = stories.draft_claim()
    return cancel_draft(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)


def withdrawn() -> Claim:
    claim = stories.noticed_claim()
    return withdraw_claim(
        claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=TUESDAY
    )


def bounced() -> Claim:
    claim = stories.noticed_claim()
    mail = OutboxEmail.objects.filter(pk=claim.notices.get().email_id)
    mail.update(status=EmailStatus.BOUNCED, bounced_at=TUESDAY)
    note_undelivered_notices(now=TUESDAY)
    return stories.fresh(claim)


def held_after_its_window() -> Claim:
    claim = stories.held_claim()
    approval.approve_unopposed_claims(now=AFTER_THE_WINDOW)
    return stories.fresh(claim)


def unanswered_after_its_window() -> Claim:
    claim = stories.claim_needing_action()
    approval.approve_unopposed_claims(now=AFTER_THE_WINDOW)
    return stories.fresh(claim)


def ended() -> Claim:
    claim = stories.approved_claim()
    end_associations(claim, reason=EndReason.SUPERSEDED, by=PORTAL, now=MONDAY + timedelta(days=30))
    return claim


def disputed() -> Claim:
    claim = stories.rejected_claim()
    return disputes.open_dispute(
        claim_id=claim.pk,
        justification="Page 3 names Teams.",
        proofs=[],
        max_files=10,
        by=stories.admin_of(claim),
        now=TUESDAY,
    )


def rejected_for_good() -> Claim:
    claim = disputed()
    return disputes.uphold_rejection(claim_id=claim.pk, text="No.", by=stories.reviewer(), now=TUESDAY)


def steps(claim: Claim) -> list[tuple[str, str]]:
    moves = claim.events.exclude(to_status="")
    return [(step.label, step.state) for step in steps_of(claim, moves, now=TUESDAY)]


@pytest.mark.parametrize(
    ("story", "stops"),
    [
        (stories.draft_claim, "Draft now, Submitted next, Opt-out period next, Official next"),
        (deleted, "Draft done, Withdrawn now"),
        (stories.submitted_claim, "Draft done, Submitted now, Opt-out period next, Official next"),
        (stories.noticed_claim, "Draft done, Submitted done, Opt-out period now, Official next"),
        (bounced, "Draft done, Submitted done, On hold now, Opt-out period next, Official next"),
        (held_after_its_window, "Draft done, Submitted done, Opt-out period done, On hold now, Official next"),
        (
            stories.claim_needing_action,
            "Draft done, Submitted done, Action required now, Opt-out period ends next, Official next",
        ),
        (
            unanswered_after_its_window,
            "Draft done, Submitted done, Opt-out period done, Action required now, Official next",
        ),
        (stories.approved_claim, "Draft done, Submitted done, Opt-out period done, Official now"),
        (ended, "Draft done, Submitted done, Opt-out period done, Official done, Ended now"),
        (stories.rejected_claim, "Draft done, Submitted done, Opt-out period done, Rejected now"),
        (disputed, "Draft done, Submitted done, Opt-out period done, Rejected done, Disputed now"),
        (
            rejected_for_good,
            "Draft done, Submitted done, Opt-out period done, Rejected done, Disputed done, Rejected (final) now",
        ),
        (withdrawn, "Draft done, Submitted done, Opt-out period done, Withdrawn now"),
    ],
)
def test_the_tracker_follows_the_status(story, stops):
    assert ", ".join(f"{label} {state}" for label, state in steps(story())) == stops


@pytest.mark.parametrize(
    ("story", "place", "at", "note"),
    [
        (stories.noticed_claim, 2, MONDAY, UNTIL),
        (stories.claim_needing_action, 2, None, "Reply due by Mon 26 Oct 2020, end of day (CET)."),
        (stories.claim_needing_action, 3, None, UNTIL),
        (held_after_its_window, 2, MONDAY, SILENT),
        (stories.approved_claim, 2, MONDAY, SILENT),
        (stories.approved_claim, 3, MONDAY + timedelta(days=14), "Official by no reply"),
        (ended, 4, MONDAY + timedelta(days=30), "Another partner was preferred"),
        (stories.declined_claim, 2, MONDAY, "Customer opted out"),
        (stories.declined_claim, 3, TUESDAY, "The customer opted out"),
        (rejected_for_good, 3, MONDAY + timedelta(hours=2), ""),
    ],
)
def test_a_stop_says_when_and_why(story, place, at, note):
    claim = story()

    step = steps_of(claim, claim.events.exclude(to_status=""), now=TUESDAY)[place]

    assert (step.at, step.note) == (at, note)


def test_a_held_claim_says_which_hold_and_by_when():
    claim = held_after_its_window()

    held = steps_of(claim, claim.events.exclude(to_status=""), now=AFTER_THE_WINDOW)[3]

    assert held.note.startswith("The customer wrote to Microsoft about this request.")
    assert held.note.endswith("Due: Thu 22 Oct 2020, end of day (CEST).")
