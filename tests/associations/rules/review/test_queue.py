"""Waiting times of claims in business days."""

from datetime import date, timedelta

import pytest

from associations.rules.review.queue import days_waited, waits_too_long_before

NO_HOLIDAYS = frozenset[date]()
EASTER_MONDAY = frozenset({date(2021, 4, 5)})


@pytest.mark.parametrize(
    ("since", "today", "days"),
    [
        (date(2020, 10, 19), date(2020, 10, 19), 0),
        (date(2020, 10, 19), date(2020, 10, 20), 1),
        (date(2020, 10, 23), date(2020, 10, 25), 0),
        (date(2020, 10, 19), date(2020, 10, 26), 5),
        (date(2020, 10, 19), date(2020, 10, 27), 6),
    ],
)
def test_days_waited_counts_the_business_days_after_the_first(since, today, days):
    assert days_waited(since, today, holidays=NO_HOLIDAYS) == days


def test_days_waited_leaves_out_holidays():
    assert days_waited(date(2021, 4, 1), date(2021, 4, 6), holidays=EASTER_MONDAY) == 2


@pytest.mark.parametrize(
    ("today", "limit"),
    [
        (date(2020, 10, 26), date(2020, 10, 19)),
        (date(2020, 10, 27), date(2020, 10, 20)),
        (date(2020, 10, 25), date(2020, 10, 16)),
    ],
)
def test_waits_too_long_before_is_the_first_day_within_five_business_days(today, limit):
    assert waits_too_long_before(today, holidays=NO_HOLIDAYS) == limit


def test_both_say_the_same_of_every_day_around_easter():
    today = date(2021, 4, 9)

    limit = waits_too_long_before(today, holidays=EASTER_MONDAY)

    days = [today - timedelta(days=n) for n in range(30)]
    assert [day for day in days if day < limit] == [
        day for day in days if days_waited(day, today, holidays=EASTER_MONDAY) > 5
    ]
