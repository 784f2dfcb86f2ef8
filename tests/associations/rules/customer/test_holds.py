"""By when a reviewer settles a hold, and how (domain.md D19, D20)."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from associations.choices import ClaimStatus, HoldKind
from associations.rules.customer.holds import hold_due_at, is_delivery_of_use, outcomes_for

EARLIEST = datetime(2020, 10, 20, 22, tzinfo=UTC)
LATEST = EARLIEST + timedelta(days=1)
HOUR = timedelta(hours=1)
UNDECIDED = ("submitted", "under_review", "action_required", "awaiting_customer")


@pytest.mark.parametrize(
    ("closes_at", "due_at"),
    [
        (None, LATEST),
        (LATEST + HOUR, LATEST),
        (LATEST - HOUR, LATEST - HOUR),
        (EARLIEST, EARLIEST),
        (EARLIEST - HOUR, EARLIEST),
    ],
)
def test_a_hold_is_due_before_the_window_ends_but_never_within_less_than_a_business_day(closes_at, due_at) -> None:
    assert hold_due_at(earliest=EARLIEST, latest=LATEST, closes_at=closes_at) == due_at


@pytest.mark.parametrize("status", ClaimStatus)
@pytest.mark.parametrize("can_opt_out", [False, True])
def test_what_a_reviewer_can_do_about_what_the_customer_wrote(status, can_opt_out) -> None:
    outcomes = outcomes_for(HoldKind.CUSTOMER_WROTE, status=status, can_opt_out=can_opt_out, is_delivery_open=True)

    wanted = ["opted_out"] * can_opt_out + ["sent_again"] * (status in UNDECIDED) + ["lifted"]
    assert list(outcomes) == wanted


def test_what_a_reviewer_can_do_about_an_unclear_report() -> None:
    outcomes = partial(outcomes_for, HoldKind.DELIVERY_UNCLEAR, status="submitted", can_opt_out=True)

    assert outcomes(is_delivery_open=True) == ("arrived", "not_arrived")
    assert outcomes(is_delivery_open=False) == ("arrived",)


@pytest.mark.parametrize(
    ("status", "facts", "is_of_use"),
    [
        ("submitted", {}, True),
        ("rejected", {}, True),
        ("disputed", {}, True),
        ("approved", {}, False),
        ("cancelled", {}, False),
        ("rejected_final", {}, False),
        ("submitted", {"is_current": False}, False),
        ("submitted", {"is_answered": True}, False),
    ],
)
def test_whether_a_notice_arrived_matters_until_it_is_answered_replaced_or_the_claim_is_over(
    status, facts, is_of_use
) -> None:
    assert is_delivery_of_use(status, **{"is_current": True, "is_answered": False} | facts) is is_of_use
