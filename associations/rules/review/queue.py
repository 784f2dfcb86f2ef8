"""Business days that a claim has waited for the reviewers (domain.md 1.4, T6)."""

from collections.abc import Collection, Container
from datetime import date

from associations.rules.business_days import ONE_DAY, SATURDAY_AND_SUNDAY, business_days_left, is_business_day

# The number of the desk's filter *Over 5 business days*; when a review is due is a rule of the claim's edition.
LONG_WAIT_BUSINESS_DAYS = 5


def days_waited(
    since: date, today: date, *, holidays: Collection[date], weekend: frozenset[int] = SATURDAY_AND_SUNDAY
) -> int:
    """Return how many business days followed *since* up to and with *today*: 0 on the day itself."""
    return business_days_left(since, today, holidays=holidays, weekend=weekend)


def waits_too_long_before(
    today: date, *, holidays: Container[date], weekend: frozenset[int] = SATURDAY_AND_SUNDAY
) -> date:
    """Return the first day that is not too long ago: what came in before it has waited over five business days."""
    day = today
    left = LONG_WAIT_BUSINESS_DAYS
    while left or not is_business_day(day, holidays=holidays, weekend=weekend):
        left -= is_business_day(day, holidays=holidays, weekend=weekend)
        day -= ONE_DAY
    return day
