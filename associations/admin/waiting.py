"""How long a claim has waited for the reviewers, and how the customer's window stands, in words and dates."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from associations.calendars import BusinessCalendar, calendar_for, zone_for
from associations.choices import ClaimStatus, ConsentStatus
from associations.models import Claim
from associations.rules.opt_out import last_day
from associations.rules.review_queue import days_waited

ANSWERED = frozenset({ConsentStatus.ACKNOWLEDGED, ConsentStatus.DECLINED})
ANSWERED_OR_OVER = ANSWERED | {ConsentStatus.NO_OBJECTION}


@dataclass(frozen=True)
class Deadline:
    """The end of a window as components/deadline.html prints it: the same words as in the mail and the list."""

    closes_at: datetime
    last_day: date
    zone: str


@dataclass(frozen=True)
class Window:
    """How the customer's period stands; the deadline is there when it runs, or ran out, without an answer."""

    status: str
    label: str
    deadline: Deadline | None


def desk_zone() -> ZoneInfo:
    """Return the zone in which the desk counts its days."""
    return zone_for("", settings.CPOR_DEFAULT_TIME_ZONE)


def desk_calendar(*years: int) -> BusinessCalendar:
    """Return the business days of the reviewers: the portal's own country, whichever the customer's is."""
    return calendar_for(settings.CPOR_DEFAULT_COUNTRY, years=years)


def business_days_waited(claim: Claim, now: datetime) -> int | None:
    """Return for how many business days a filed claim has waited, or had waited when it was decided."""
    if claim.submitted_at is None:
        return None
    since = claim.submitted_at.astimezone(desk_zone()).date()
    until = (claim.closed_at or now).astimezone(desk_zone()).date()
    calendar = desk_calendar(*range(since.year, until.year + 1))
    return days_waited(since, until, holidays=calendar.holidays, weekend=calendar.weekend)


def window_of(claim: Claim) -> Window:
    """Return how the customer's period of the claim stands."""
    is_over = claim.closed_at is not None or claim.status == ClaimStatus.DISPUTED
    if is_over and claim.consent_status not in ANSWERED_OR_OVER:
        return Window("ended", _("Closed with the claim"), None)
    deadline = None if claim.consent_status in ANSWERED else deadline_of(claim, claim.opt_out_closes_at)
    return Window(claim.consent_status, str(ConsentStatus(claim.consent_status).label), deadline)


def deadline_of(claim: Claim, closes_at: datetime | None) -> Deadline | None:
    """Return an exclusive end in the zone of the claim's window, None for none."""
    if closes_at is None:
        return None
    zone = zone_for(claim.tenant.country, claim.window_zone)
    day = last_day(closes_at, zone=zone)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return Deadline(closes_at, day, noon.tzname() or zone.key)
