"""When the customer's window closes, and what holds an approval (domain.md D1 to D5)."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from associations.rules.business_days import ONE_DAY, SATURDAY_AND_SUNDAY, add_business_days
from associations.rules.lifecycle import APPROVABLE

NOON = time(12)
DELIVERED = frozenset({"sent", "no_objection", "acknowledged", "declined"})


class Hold(StrEnum):
    """A reason why silence does not make this claim official now."""

    STATUS = "status"
    COMPETING_CLAIM = "competing_claim"
    NOTICE_NOT_DELIVERED = "notice_not_delivered"
    VALIDATION_MISSING = "validation_missing"
    WINDOW_OPEN = "window_open"
    DECLINED = "declined"


@dataclass(frozen=True, kw_only=True)
class ApprovalFacts:
    """What an approval depends on; the codes are those of domain.md 1.6."""

    status: str
    consent: str
    has_competing_claim: bool
    requires_validation: bool
    is_validated: bool


def what_holds(facts: ApprovalFacts) -> tuple[Hold, ...]:
    """Return every hold on the approval, in the order of Hold; none means it is official now (D1 to D3)."""
    held = {
        Hold.STATUS: facts.status not in APPROVABLE,
        Hold.COMPETING_CLAIM: facts.has_competing_claim,
        Hold.NOTICE_NOT_DELIVERED: facts.consent not in DELIVERED,
        Hold.VALIDATION_MISSING: facts.requires_validation and not facts.is_validated,
        Hold.WINDOW_OPEN: facts.consent == "sent",
        Hold.DECLINED: facts.consent == "declined",
    }
    return tuple(hold for hold in Hold if held[hold])


def window_closes_at(
    opened_at: datetime,
    *,
    business_days: int,
    zone: ZoneInfo,
    holidays: Container[date],
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY,
) -> datetime:
    """Return in UTC the first instant after the window's last business day in the zone: the end is exclusive."""
    if opened_at.tzinfo is None:
        raise ValueError("A window opens at an aware time.")
    opened_on = opened_at.astimezone(zone).date()
    closes_on = add_business_days(opened_on, business_days, holidays=holidays, weekend=weekend)
    return first_instant(closes_on + ONE_DAY, zone=zone)


def first_instant(day: date, *, zone: ZoneInfo) -> datetime:
    """Return in UTC when the day begins in the zone, also where the clocks skip or repeat its midnight."""
    # fold=0 is the earlier of two midnights; of a skipped one it is the moment the clocks went forward.
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def last_day(closes_at: datetime, *, zone: ZoneInfo) -> date:
    """Return the last whole day of a window that ends, exclusively, at closes_at."""
    # Stepping back in UTC, not on the wall clock: the day may begin at 01:00.
    just_before = closes_at.astimezone(UTC) - timedelta(microseconds=1)
    return just_before.astimezone(zone).date()


def zone_name(day: date, *, zone: ZoneInfo) -> str:
    """Return how clocks call the zone on that day: "CET", "CEST"."""
    return datetime.combine(day, NOON, tzinfo=zone).tzname() or zone.key
