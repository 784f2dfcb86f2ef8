"""Due times in business days of the customer's country or the portal's (domain.md D5, 1.9)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from associations.calendars import BusinessCalendar, calendar_for, zone_for
from associations.models import Claim
from associations.rules.customer.opt_out import window_closes_at
from associations.rules.review.queue import REVIEW_BUSINESS_DAYS, days_waited


def end_of_customer_business_days(claim: Claim, start: datetime, *, days: int) -> datetime:
    """Return, in UTC and exclusive, the end of the *days*-th business day after *start* in the customer's country.

    The zone was fixed at submission.
    """
    zone = zone_for(claim.tenant.country, claim.window_zone)
    return _end_of_business_days(start, days=days, country=claim.tenant.country, zone=zone)


def end_of_portal_business_days(start: datetime, *, days: int) -> datetime:
    """Return, in UTC and exclusive, the end of the *days*-th business day after *start* in the portal's country."""
    zone = portal_zone()
    return _end_of_business_days(start, days=days, country=settings.CPOR_DEFAULT_COUNTRY, zone=zone)


def _end_of_business_days(start: datetime, *, days: int, country: str, zone: ZoneInfo) -> datetime:
    year = start.astimezone(zone).year
    calendar = calendar_for(country, years=(year, year + 1))
    return window_closes_at(start, business_days=days, zone=zone, holidays=calendar.holidays, weekend=calendar.weekend)


def business_days_waited(claim: Claim, *, now: datetime) -> int | None:
    """Return how many of the portal's business days a filed claim has waited, or had when it was decided."""
    if claim.submitted_at is None:
        return None
    zone = portal_zone()
    since = claim.submitted_at.astimezone(zone).date()
    until = (claim.closed_at or now).astimezone(zone).date()
    calendar = portal_calendar(*range(since.year, until.year + 1))
    return days_waited(since, until, holidays=calendar.holidays, weekend=calendar.weekend)


def portal_zone() -> ZoneInfo:
    """Return the zone in which reviewers and the overview count days."""
    return zone_for("", settings.CPOR_DEFAULT_TIME_ZONE)


def portal_calendar(*years: int) -> BusinessCalendar:
    """Return the business days of the portal's own country, whichever the customer's is."""
    return calendar_for(settings.CPOR_DEFAULT_COUNTRY, years=years)


def review_due_at(claim: Claim, *, now: datetime) -> datetime:
    """Return when the reviewers owe the next step on *claim* (domain.md 1.4)."""
    return end_of_customer_business_days(claim, now, days=REVIEW_BUSINESS_DAYS)


def start_review_clock(claim: Claim, *, now: datetime) -> None:
    """Store when the reviewers owe the next step on the locked *claim* (domain.md 1.4)."""
    claim.review_due_at = review_due_at(claim, now=now)
    claim.save(update_fields=["review_due_at"])
