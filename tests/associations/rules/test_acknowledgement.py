"""The link on which the work can be acknowledged, and the code that it takes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from associations.choices import ClaimStatus
from associations.rules.customer.acknowledgement import (
    MOST_CODES_A_DAY,
    NoAcknowledgement,
    is_code_usable,
    read_digits,
    wait_for_a_new_code,
    what_forbids_an_acknowledgement,
)
from associations.rules.lifecycle import UNDECIDED

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OPEN: dict[str, Any] = {
    "is_asked": True,
    "is_given": False,
    "is_handed_over": False,
    "has_approved": False,
    "closes_at": NOW + MINUTE,
    "now": NOW,
}


@pytest.mark.parametrize("status", ClaimStatus)
def test_the_work_of_an_undecided_claim_alone_can_be_acknowledged(status):
    reason = what_forbids_an_acknowledgement(status, **OPEN)

    assert reason == (None if status in UNDECIDED else NoAcknowledgement.DECIDED)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_asked": False}, NoAcknowledgement.NOT_ASKED),
        ({"is_given": True}, NoAcknowledgement.GIVEN),
        ({"is_handed_over": True}, NoAcknowledgement.HANDED_OVER),
        ({"closes_at": NOW}, NoAcknowledgement.WINDOW_ENDED),
        ({"closes_at": NOW, "has_approved": True}, None),
        ({"closes_at": None}, None),
    ],
)
def test_each_reason_has_its_name(facts, reason):
    assert what_forbids_an_acknowledgement(ClaimStatus.SUBMITTED, **OPEN | facts) == reason


def test_a_new_code_comes_after_a_minute_and_ten_times_a_day():
    early = [NOW - timedelta(hours=20) + number * MINUTE for number in range(MOST_CODES_A_DAY)]

    assert wait_for_a_new_code([], now=NOW) == timedelta(0)
    assert wait_for_a_new_code([NOW - MINUTE], now=NOW) == timedelta(0)
    assert wait_for_a_new_code([NOW - MINUTE + timedelta(seconds=1)], now=NOW) == timedelta(seconds=1)
    assert wait_for_a_new_code(early, now=NOW) == timedelta(hours=4)
    assert wait_for_a_new_code(early[1:], now=NOW) == timedelta(0)


def test_a_code_works_for_five_tries_and_until_its_end():
    assert is_code_usable(tries=4, expires_at=NOW + MINUTE, now=NOW)
    assert not is_code_usable(tries=5, expires_at=NOW + MINUTE, now=NOW)
    assert not is_code_usable(tries=0, expires_at=NOW, now=NOW)


@pytest.mark.parametrize("typed", ["204816", " 204 816 ", "204-816", "２０４８１６"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_digits(typed) == "204816"


@pytest.mark.parametrize("typed", ["", "20481", "2048166", "20481a", "²04816x", "٢٠٤٨١٦"])
def test_what_cannot_be_a_code_is_none(typed):
    assert read_digits(typed) == ""
