"""The status that people read, and the stage of the review beside it."""

import pytest

from associations.choices import ClaimStatus, ConsentStatus, OfficialBy
from associations.rules.shown_status import ReviewStage, ShownStatus, official_by, review_stage, shown_status

IN_REVIEW = ("submitted", "under_review", "awaiting_customer")


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("draft", ShownStatus.DRAFT),
        ("action_required", ShownStatus.ACTION_REQUIRED),
        ("disputed", ShownStatus.DISPUTED),
        ("rejected", ShownStatus.REJECTED),
        ("rejected_final", ShownStatus.REJECTED),
        ("cancelled", ShownStatus.WITHDRAWN),
    ],
)
@pytest.mark.parametrize("consent", ConsentStatus.values)
def test_these_statuses_are_shown_whatever_the_customer_says(status, shown, consent):
    assert shown_status(status, consent=consent, is_in_force=False) is shown


@pytest.mark.parametrize("status", IN_REVIEW)
@pytest.mark.parametrize(
    ("consent", "shown"),
    [
        ("not_sent", ShownStatus.SUBMITTED),
        ("queued", ShownStatus.SUBMITTED),
        ("sent", ShownStatus.OPT_OUT_PERIOD),
        ("bounced", ShownStatus.ON_HOLD),
        ("no_objection", ShownStatus.ON_HOLD),
        ("acknowledged", ShownStatus.ON_HOLD),
    ],
)
def test_the_opt_out_period_is_shown_whatever_the_review_does(status, consent, shown):
    assert shown_status(status, consent=consent, is_in_force=False) is shown


@pytest.mark.parametrize("consent", ["no_objection", "acknowledged", "declined"])
def test_an_approved_claim_is_official_as_long_as_anything_is_in_force(consent):
    assert shown_status("approved", consent=consent, is_in_force=True) is ShownStatus.OFFICIAL
    assert shown_status("approved", consent=consent, is_in_force=False) is ShownStatus.ENDED


def test_every_stored_status_is_shown_as_one():
    shown = {
        shown_status(status, consent=consent, is_in_force=is_in_force)
        for status in ClaimStatus.values
        for consent in ConsentStatus.values
        for is_in_force in (True, False)
    }

    assert shown == set(ShownStatus)


@pytest.mark.parametrize(
    ("status", "outcome", "stage"),
    [
        ("draft", "pending", None),
        ("submitted", "pending", ReviewStage.WAITING),
        ("under_review", "pending", ReviewStage.RUNNING),
        ("disputed", "rejected", ReviewStage.RUNNING),
        ("action_required", "returned", None),
        ("awaiting_customer", "validated", ReviewStage.VALIDATED),
        ("approved", "validated", ReviewStage.VALIDATED),
        ("approved", "pending", None),
        ("rejected", "validated", None),
    ],
)
def test_the_review_is_told_beside_the_status(status, outcome, stage):
    assert review_stage(status, outcome=outcome) is stage


@pytest.mark.parametrize(
    ("consent", "by"),
    [("acknowledged", OfficialBy.APPROVAL), ("no_objection", OfficialBy.NO_REPLY)],
)
def test_a_claim_is_official_by_approval_or_by_no_reply(consent, by):
    assert official_by(consent) is by
