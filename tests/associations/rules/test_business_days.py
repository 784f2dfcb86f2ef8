from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from associations.rules.business_days import (
    DayKind,
    business_days_left,
    count_business_days,
    is_business_day,
)

ITALIAN_HOLIDAYS = frozenset(
    date(year, month, day)
    for year in (2020, 2021)
    for month, day in ((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
) | {date(2020, 4, 13), date(2021, 4, 5)}
NO_HOLIDAYS: frozenset[date] = frozenset()
WEEKENDS = (frozenset({5, 6}), frozenset({4, 5}), frozenset({4}))

days = st.dates(date(2019, 1, 1), date(2031, 12, 31))
holiday_tables = st.frozensets(days, max_size=60)
weekends = st.sampled_from(WEEKENDS)


def nth_business_day(start: date, count: int, **calendar: frozenset) -> date:
    return count_business_days(start, count, **calendar)[-1].day


@pytest.mark.parametrize(
    ("sent", "last_day"),
    [
        (date(2020, 10, 19), date(2020, 10, 26)),
        (date(2020, 10, 23), date(2020, 10, 30)),
        (date(2020, 10, 24), date(2020, 10, 30)),
        (date(2020, 12, 21), date(2020, 12, 29)),
        (date(2020, 12, 30), date(2021, 1, 8)),
        (date(2021, 4, 1), date(2021, 4, 9)),
    ],
)
def test_the_fifth_business_day_skips_italian_holidays(sent: date, last_day: date) -> None:
    assert nth_business_day(sent, 5, holidays=ITALIAN_HOLIDAYS) == last_day


@pytest.mark.parametrize(
    ("sent", "last_day"),
    [
        (date(2020, 10, 19), date(2020, 10, 26)),
        (date(2020, 10, 23), date(2020, 10, 30)),
        (date(2020, 10, 24), date(2020, 10, 30)),
        (date(2020, 12, 21), date(2020, 12, 28)),
        (date(2020, 12, 30), date(2021, 1, 6)),
        (date(2021, 4, 1), date(2021, 4, 8)),
    ],
)
def test_the_fifth_business_day_without_holidays_skips_only_weekends(sent: date, last_day: date) -> None:
    assert nth_business_day(sent, 5, holidays=NO_HOLIDAYS) == last_day


def test_a_friday_and_saturday_weekend_makes_sunday_the_first_business_day() -> None:
    thursday = date(2026, 11, 5)

    assert nth_business_day(thursday, 1, holidays=NO_HOLIDAYS, weekend=frozenset({4, 5})) == date(2026, 11, 8)


def test_no_business_days_is_the_day_itself_even_on_a_sunday() -> None:
    assert nth_business_day(date(2020, 10, 25), 0, holidays=NO_HOLIDAYS) == date(2020, 10, 25)


def test_business_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="only counted forwards"):
        nth_business_day(date(2020, 10, 19), -1, holidays=NO_HOLIDAYS)


def test_a_week_without_work_is_refused_instead_of_counted_for_ever() -> None:
    with pytest.raises(ValueError, match="leaves no business day"):
        nth_business_day(date(2020, 10, 19), 1, holidays=NO_HOLIDAYS, weekend=frozenset(range(7)))


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2020, 12, 21), 5),
        (date(2020, 12, 24), 2),
        (date(2020, 12, 25), 2),
        (date(2020, 12, 28), 1),
        (date(2020, 12, 29), 0),
        (date(2020, 12, 30), 0),
    ],
)
def test_business_days_left_counts_down_to_the_last_day(today: date, left: int) -> None:
    assert business_days_left(today, date(2020, 12, 29), holidays=ITALIAN_HOLIDAYS) == left


@given(start=days, count=st.integers(1, 30), table=holiday_tables, weekend=weekends)
def test_the_last_day_is_a_business_day_with_exactly_that_many_up_to_it(
    start: date, count: int, table: frozenset[date], weekend: frozenset[int]
) -> None:
    last = nth_business_day(start, count, holidays=table, weekend=weekend)

    worked = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert last.weekday() not in weekend
    assert last not in table
    assert sum(day.weekday() not in weekend and day not in table for day in worked) == count


@given(start=days, count=st.integers(0, 30), table=holiday_tables, weekend=weekends)
def test_days_left_on_the_day_of_sending_is_the_whole_window(
    start: date, count: int, table: frozenset[date], weekend: frozenset[int]
) -> None:
    last = nth_business_day(start, count, holidays=table, weekend=weekend)

    assert business_days_left(start, last, holidays=table, weekend=weekend) == count


@given(start=days, count=st.integers(-30, 3000), table=holiday_tables, weekend=weekends)
def test_days_left_are_those_of_a_calendar_read_day_by_day(
    start: date, count: int, table: frozenset[date], weekend: frozenset[int]
) -> None:
    following = [start + timedelta(days=n) for n in range(1, count + 1)]

    left = business_days_left(start, start + timedelta(days=count), holidays=table, weekend=weekend)

    assert left == sum(is_business_day(day, holidays=table, weekend=weekend) for day in following)


@given(start=days, count=st.integers(1, 30), table=holiday_tables, weekend=weekends)
def test_a_further_holiday_never_shortens_the_window(
    start: date, count: int, table: frozenset[date], weekend: frozenset[int]
) -> None:
    last = nth_business_day(start, count, holidays=table, weekend=weekend)

    assert nth_business_day(start, count, holidays=table | {last}, weekend=weekend) > last


def test_a_holiday_on_a_weekday_is_no_business_day() -> None:
    assert not is_business_day(date(2020, 12, 8), holidays=ITALIAN_HOLIDAYS)
    assert is_business_day(date(2020, 12, 9), holidays=ITALIAN_HOLIDAYS)


def test_every_day_of_a_count_has_its_reason() -> None:
    counted = count_business_days(date(2020, 12, 4), 3, holidays=ITALIAN_HOLIDAYS)

    assert [(each.day.day, each.kind) for each in counted] == [
        (4, DayKind.START),
        (5, DayKind.WEEKEND),
        (6, DayKind.WEEKEND),
        (7, DayKind.COUNTS),
        (8, DayKind.HOLIDAY),
        (9, DayKind.COUNTS),
        (10, DayKind.COUNTS),
    ]


def test_a_holiday_on_a_weekend_is_a_day_of_the_weekend() -> None:
    (_start, saturday, *_rest) = count_business_days(date(2020, 8, 14), 1, holidays=ITALIAN_HOLIDAYS)

    assert (saturday.day, saturday.kind) == (date(2020, 8, 15), DayKind.WEEKEND)


def test_a_count_of_no_days_is_day_0_alone() -> None:
    assert [each.kind for each in count_business_days(date(2020, 12, 4), 0, holidays=NO_HOLIDAYS)] == [DayKind.START]
