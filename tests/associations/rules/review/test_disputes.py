"""Until when, and by what, a rejection can be disputed (domain.md D14, T18)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from associations.rules.review.disputes import can_be_disputed, dispute_closes_at

ROME = ZoneInfo("Europe/Rome")
CLOSES_AT = datetime(2020, 11, 19, 23, tzinfo=UTC)
BEFORE = CLOSES_AT - timedelta(microseconds=1)
OPEN: dict[str, Any] = {
    "status": "rejected",
    "reason_codes": ["POE_DATES"],
    "was_disputed": False,
    "closes_at": CLOSES_AT,
    "now": BEFORE,
}


@pytest.mark.parametrize(
    ("rejected_at", "closes_at"),
    [
        # Tuesday 20 October in Rome: the 30th day is 19 November, in winter time.
        (datetime(2020, 10, 20, 8, tzinfo=UTC), datetime(2020, 11, 19, 23, tzinfo=UTC)),
        # Half an hour before midnight in UTC is the next day in Rome.
        (datetime(2020, 10, 20, 22, 30, tzinfo=UTC), datetime(2020, 11, 20, 23, tzinfo=UTC)),
        # Weekends and Christmas count like any other day.
        (datetime(2020, 12, 1, 8, tzinfo=UTC), datetime(2020, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_the_thirtieth_calendar_day_is_the_last(rejected_at, closes_at):
    assert dispute_closes_at(rejected_at, days=30, zone=ROME) == closes_at


def test_a_rejection_can_be_disputed_until_the_last_moment():
    assert can_be_disputed(**OPEN)


@pytest.mark.parametrize(
    "difference",
    [
        {"now": CLOSES_AT},
        {"was_disputed": True},
        {"closes_at": None},
        {"reason_codes": ["CUSTOMER_DECLINED"]},
        {"status": "disputed"},
        {"status": "rejected_final"},
        {"status": "cancelled"},
        {"status": "approved"},
    ],
)
def test_everything_else_cannot_be_disputed(difference):
    assert not can_be_disputed(**OPEN | difference)
