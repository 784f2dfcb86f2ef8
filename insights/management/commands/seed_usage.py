"""Gives the demo world's official associations usage that looks real. Embedded mode only."""

import io
import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from associations.models import Association
from insights.importing import import_usage
from insights.models import UsageReport
from insights.visibility import MONTHS_SHOWN

SOURCE = "demo world"
SEATS = 240
# People on holiday in August and over New Year.
QUIET_MONTHS = {1: 0.94, 8: 0.82, 12: 0.93}


class Command(BaseCommand):
    """Write thirteen months for each association in force, the same at every run."""

    help = "Loads usage data for the demo world."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("The demo world exists in the embedded mode only.")
        now = timezone.now()
        months = last_months(now.date())
        official = list(Association.objects.active().select_related("tenant", "product", "subscription"))
        for report, lines in (
            (UsageReport.M365, m365_lines(official, months)),
            (UsageReport.DYNAMICS, dynamics_lines(official, months)),
        ):
            import_usage(io.BytesIO("".join(lines).encode()), report=report, source=SOURCE, now=now)


def last_months(today: date) -> list[date]:
    """Return the first days of the thirteen months before the current one, oldest first: figures come a month late."""
    months = [today.replace(day=1)]
    while len(months) <= MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[:0:-1]


def active_in(month: date, *, place: int, key: int, available: int) -> int:
    """Return a count that grows as adoption does, rests on holidays, and never passes what is available."""
    grown = 0.28 + 0.55 / (1 + math.exp(-(place - 6) / 2.2))
    ripple = 1 + 0.03 * math.sin(place * 1.7 + key)
    return min(available, round(available * grown * ripple * QUIET_MONTHS.get(month.month, 1)))


def m365_lines(official: list[Association], months: list[date]) -> Iterator[str]:
    yield "CustomerTenantId,WorkloadName,MonthlyActiveUsers,PaidAvailableUnits,Date\n"
    for item in official:
        if item.subscription is not None:
            continue
        available = SEATS + 35 * (item.product_id % 7)
        for place, month in enumerate(months):
            active = active_in(month, place=place, key=item.product_id, available=available)
            yield f"{item.tenant.tenant_id},{item.product.code},{active},{available},{month}\n"


def dynamics_lines(official: list[Association], months: list[date]) -> Iterator[str]:
    yield "SubscriptionId,Month,AvailableSeats,AssignedSeats,ActiveSeats\n"
    for item in official:
        if item.subscription is None:
            continue
        available = item.subscription.seats_available or SEATS
        for place, month in enumerate(months):
            active = active_in(month, place=place, key=item.pk, available=available)
            assigned = min(available, round(active * 1.18) + 3)
            yield f"{item.subscription.subscription_id},{month},{available},{assigned},{active}\n"
