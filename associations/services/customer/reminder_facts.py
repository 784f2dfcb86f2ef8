"""The facts in reminders of drafts and of ending subscriptions, read when the reminder is sent."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from associations.calendars import zone_for
from associations.choices import ClaimStatus
from associations.models import Association, Claim
from associations.rules.customer.opt_out import first_instant
from associations.rules.subscriptions import ENDING_DAYS

DRAFT_DAYS = (7, 21)
SUBSCRIPTION_DAYS_BEFORE = (ENDING_DAYS, 30, 7)


def is_resting_draft(claim: Claim, now: datetime) -> bool:
    """Return whether *claim* is a draft that nobody has touched for the days after which its author is reminded."""
    return claim.status == ClaimStatus.DRAFT and claim.changed_at + timedelta(days=min(DRAFT_DAYS)) <= now


def ending_associations(claim: Claim, *, now: datetime) -> list[Association]:
    """Return the active associations of *claim* whose first reminder is due and whose subscription isn't over."""
    zone = zone_for(claim.tenant.country, claim.window_zone)
    running = Association.objects.active().filter(
        claimed_products__claim=claim, subscription__ends_on__gte=now.astimezone(zone).date()
    )
    return [
        held
        for held in running.select_related("product", "subscription", "tenant").order_by("subscription__ends_on", "pk")
        if held.last_day and morning_before(held.last_day, days=ENDING_DAYS, zone=zone) <= now
    ]


def morning_before(ends_on: date, *, days: int, zone: ZoneInfo) -> datetime:
    """Return eight in the morning of *zone*, so many *days* before *ends_on*."""
    return first_instant(ends_on - timedelta(days=days), zone=zone) + timedelta(hours=8)
