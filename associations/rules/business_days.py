"""Business-day arithmetic: whole days, one calendar, no clock (domain.md 1.9)."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SATURDAY_AND_SUNDAY = frozenset({5, 6})
ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """The reasons why a day counts or not; day 0 never does."""

    START = "start"
    COUNTS = "counts"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a count, and why it counts or not."""

    day: date
    kind: DayKind


def kind_of(day: date, *, holidays: Container[date], weekend: frozenset[int] = SATURDAY_AND_SUNDAY) -> DayKind:
    """Return whether the day counts; a holiday on a weekend is a day of the weekend."""
    if day.weekday() in weekend:
        return DayKind.WEEKEND
    return DayKind.HOLIDAY if day in holidays else DayKind.COUNTS


def is_business_day(day: date, *, holidays: Container[date], weekend: frozenset[int] = SATURDAY_AND_SUNDAY) -> bool:
    """Return whether the day is neither in the weekend nor a holiday."""
    return kind_of(day, holidays=holidays, weekend=weekend) is DayKind.COUNTS


def count_business_days(
    start: date, days: int, *, holidays: Container[date], weekend: frozenset[int] = SATURDAY_AND_SUNDAY
) -> tuple[CountedDay, ...]:
    """Return every day from start to the n-th business day after it; raise ValueError for a negative number.

    The start is day 0 whatever day it is (domain.md 1.9). A week without a business day is a ValueError, too.
    """
    if days < 0:
        raise ValueError("Business days are only counted forwards.")
    refuse_a_week_without_work(weekend)
    counted, left = [CountedDay(start, DayKind.START)], days
    while left:
        day = counted[-1].day + ONE_DAY
        counted.append(CountedDay(day, kind_of(day, holidays=holidays, weekend=weekend)))
        left -= counted[-1].kind is DayKind.COUNTS
    return tuple(counted)


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
