"""When something is due: business days of the customer's country, stored once as an instant (domain.md D5, 1.9)."""

from datetime import datetime

from associations.calendars import calendar_for, zone_for
from associations.models import Claim
from associations.rules.opt_out import window_closes_at

REVIEW_BUSINESS_DAYS = 5


def end_of_business_days(claim: Claim, start: datetime, *, days: int) -> datetime:
    """Return, in UTC and exclusive, the end of the *days*-th business day after *start*.

    The days come from the calendar of the customer's country; the zone was fixed at submission.
    """
    zone = zone_for(claim.tenant.country, claim.window_zone)
    year = start.astimezone(zone).year
    calendar = calendar_for(claim.tenant.country, years=(year, year + 1))
    return window_closes_at(start, business_days=days, zone=zone, holidays=calendar.holidays, weekend=calendar.weekend)


def review_due_at(claim: Claim, *, now: datetime) -> datetime:
    """Return when the reviewers owe the next step on *claim* (domain.md 1.4)."""
    return end_of_business_days(claim, now, days=REVIEW_BUSINESS_DAYS)


def start_review_clock(claim: Claim, *, now: datetime) -> None:
    """Store when the reviewers owe the next step on the locked *claim* (domain.md 1.4)."""
    claim.review_due_at = review_due_at(claim, now=now)
    claim.save(update_fields=["review_due_at"])
