"""Due times in business days of the customer's country or the portal's (domain.md D5, 1.9)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from associations.calendars import BusinessCalendar, calendar_for, zone_for
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.customer.opt_out import NOON, Window, window_from
from associations.rules.review.queue import days_waited


def end_of_customer_business_days(claim: Claim, start: datetime, *, days: int) -> datetime:
    """Return, in UTC and exclusive, the end of the *days*-th business day after *start* in the customer's country."""
    return customer_window(claim, start, days=days).closes_at


def customer_window(claim: Claim, start: datetime, *, days: int) -> Window:
    """Return the window of *days* business days after *start* in the customer's country, with its reasons.

    The zone was fixed at submission.
    """
    return window_in(claim.tenant.country, start, days=days, zone=zone_for(claim.tenant.country, claim.window_zone))


def end_of_portal_business_days(start: datetime, *, days: int) -> datetime:
    """Return, in UTC and exclusive, the end of the *days*-th business day after *start* in the portal's country."""
    return window_in(settings.CPOR_DEFAULT_COUNTRY, start, days=days, zone=portal_zone()).closes_at


def window_in(country: str, start: datetime, *, days: int, zone: ZoneInfo) -> Window:
    """Return the window of *days* business days of *country* after *start*, with days in *zone*."""
    year = start.astimezone(zone).year
    calendar = calendar_for(country, years=(year, year + 1))
    return window_from(start, business_days=days, zone=zone, holidays=calendar.holidays, weekend=calendar.weekend)


def window_on(country: str, day: date, *, days: int, zone: ZoneInfo) -> Window:
    """Return the window that a notice would open which arrives on *day* of *zone*."""
    return window_in(country, datetime.combine(day, NOON, tzinfo=zone), days=days, zone=zone)


def business_days_waited(claim: Claim, *, now: datetime) -> int | None:
    """Return how many of the portal's business days a filed claim has waited; None once it is decided for now."""
    if claim.submitted_at is None or claim.status not in lifecycle.REVIEWABLE:
        return None
    zone = portal_zone()
    since = claim.submitted_at.astimezone(zone).date()
    until = now.astimezone(zone).date()
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
    return end_of_customer_business_days(claim, now, days=claim.rules.review_business_days)


def start_review_clock(claim: Claim, *, now: datetime) -> None:
    """Store when the reviewers owe the next step on the locked *claim* (domain.md 1.4)."""
    claim.review_due_at = review_due_at(claim, now=now)
    claim.save(update_fields=["review_due_at"])
