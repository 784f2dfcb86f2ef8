"""Business-day arithmetic: whole days, one calendar, no clock (domain.md 1.9)."""

from collections.abc import Collection, Container
from datetime import date, timedelta

SATURDAY_AND_SUNDAY = frozenset({5, 6})
ONE_DAY = timedelta(days=1)


def is_business_day(day: date, *, holidays: Container[date], weekend: frozenset[int] = SATURDAY_AND_SUNDAY) -> bool:
    """Return whether the day is neither in the weekend nor a holiday."""
    return day.weekday() not in weekend and day not in holidays


def add_business_days(
    start: date, days: int, *, holidays: Container[date], weekend: frozenset[int] = SATURDAY_AND_SUNDAY
) -> date:
    """Return the n-th business day after start, which is day 0 whatever day it is (domain.md 1.9)."""
    if days < 0:
        raise ValueError("Business days are only counted forwards.")
    refuse_a_week_without_work(weekend)
    day = start
    left = days
    while left:
        day += ONE_DAY
        left -= is_business_day(day, holidays=holidays, weekend=weekend)
    return day


def business_days_left(
    today: date, last_day: date, *, holidays: Collection[date], weekend: frozenset[int] = SATURDAY_AND_SUNDAY
) -> int:
    """Return how many business days follow today up to and with the last day: 0 on the last day and after it.

    It counts weeks and not days: a page asks it for claims that are years old.
    """
    weeks, days = divmod(max((last_day - today).days, 0), 7)
    rest = (today + timedelta(days=n) for n in range(1, days + 1))
    weekdays = weeks * (7 - len(weekend)) + sum(day.weekday() not in weekend for day in rest)
    return weekdays - sum(today < day <= last_day and day.weekday() not in weekend for day in holidays)


def refuse_a_week_without_work(weekend: frozenset[int]) -> None:
    """Raise ValueError when no weekday is left to count, which would make the count endless."""
    if weekend >= frozenset(range(7)):
        raise ValueError("A weekend of seven days leaves no business day.")
