"""Covers when a customer can hand a request over to a colleague (domain.md D21)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import ClaimStatus
from associations.rules.customer.hand_over import NoHandOver, what_forbids_a_hand_over
from associations.rules.lifecycle import UNDECIDED

NOW = datetime(2020, 10, 20, 9, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def forbids(status=ClaimStatus.SUBMITTED, *, is_answered=False, closes_at=NOW + INSTANT, hand_overs=0):
    return what_forbids_a_hand_over(
        status, is_answered=is_answered, closes_at=closes_at, hand_overs=hand_overs, now=NOW
    )


@pytest.mark.parametrize("status", ClaimStatus)
def test_only_an_undecided_request_is_handed_over(status):
    assert forbids(status) == (None if status in UNDECIDED else NoHandOver.DECIDED)


@pytest.mark.parametrize(
    ("closes_at", "expected"),
    [(None, None), (NOW + INSTANT, None), (NOW, NoHandOver.WINDOW_ENDED), (NOW - INSTANT, NoHandOver.WINDOW_ENDED)],
)
def test_the_window_must_not_have_ended(closes_at, expected):
    assert forbids(closes_at=closes_at) == expected


@pytest.mark.parametrize(("hand_overs", "expected"), [(0, None), (1, None), (2, NoHandOver.TOO_MANY)])
def test_a_claim_is_handed_over_twice_at_most(hand_overs, expected):
    assert forbids(hand_overs=hand_overs) == expected


def test_an_answer_is_not_handed_over():
    assert forbids(is_answered=True) == NoHandOver.ANSWERED
