"""Days and hours as a page shows them: a window's end in the window's zone, other instants in the person's."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from associations.calendars import calendar_for, zone_for
from associations.models import Claim
from associations.rules.business_days import business_days_left
from associations.rules.customer.opt_out import last_day, zone_name
from associations.status_words.dates import end_of_day_in_words


@dataclass(frozen=True)
class Deadline:
    """An exclusive end as people read it: its last whole day, that day's zone, and the business days left."""

    closes_at: datetime
    last_day: date
    zone: str
    days_left: int
    is_past: bool

    @property
    def in_words(self) -> str:
        """The deadline inside plain text: "Fri 30 Oct 2020, end of day (CET)"."""
        return end_of_day_in_words(self.last_day, zone=self.zone)

    @property
    def countdown(self) -> str:
        """The time left in words."""
        if self.is_past:
            return _("Time is up")
        if self.days_left == 0:
            return _("Last day today")
        return ngettext("%(days)d business day left", "%(days)d business days left", self.days_left) % {
            "days": self.days_left
        }


def zone_of_claim(claim: Claim) -> ZoneInfo:
    """Return the zone of the claim's window, fixed at submission; before that, the customer's (domain.md D5)."""
    return zone_for(claim.tenant.country, claim.window_zone or claim.tenant.time_zone)


def deadline_of(claim: Claim, closes_at: datetime, *, now: datetime) -> Deadline:
    """Return *closes_at* as a deadline in the days of the claim's customer."""
    zone = zone_of_claim(claim)
    final, today = last_day(closes_at, zone=zone), now.astimezone(zone).date()
    calendar = calendar_for(claim.tenant.country, years=range(today.year, max(today.year, final.year) + 1))
    return Deadline(
        closes_at=closes_at,
        last_day=final,
        zone=zone_name(final, zone=zone),
        days_left=business_days_left(today, final, holidays=calendar.holidays, weekend=calendar.weekend),
        is_past=now >= closes_at,
    )


def closing_day_in_words(claim: Claim, closes_at: datetime) -> str:
    """Return the exclusive end *closes_at* as its last whole day in the days of the claim's customer."""
    zone = zone_of_claim(claim)
    day = last_day(closes_at, zone=zone)
    return end_of_day_in_words(day, zone=zone_name(day, zone=zone))


def moment_in_words(moment: datetime) -> str:
    """Return *moment* inside plain text, in the zone of the page: "Fri 30 Oct 2020, 09:00 (CET)"."""
    local = moment.astimezone(timezone.get_current_timezone())
    return f"{date_format(local, pgettext('date and time format', 'D j M Y, H:i'))} ({local.tzname()})"
