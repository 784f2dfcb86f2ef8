"""The end of the opt-out period, and the conditions that hold an approval (domain.md D1 to D5, D18 to D20)."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from associations.choices import HoldKind
from associations.rules.business_days import ONE_DAY, SATURDAY_AND_SUNDAY, CountedDay, DayKind, count_business_days
from associations.rules.lifecycle import APPROVABLE, UNDECIDED

NOON = time(12)
DELIVERED = frozenset({"sent", "no_objection", "acknowledged", "declined"})


class Hold(StrEnum):
    """A reason why this claim does not become official now."""

    STATUS = "status"
    COMPETING_CLAIM = "competing_claim"
    NOTICE_NOT_DELIVERED = "notice_not_delivered"
    DELIVERY_UNCLEAR = "delivery_unclear"
    CUSTOMER_WROTE = "customer_wrote"
    CONTACT_NOT_CONFIRMED = "contact_not_confirmed"
    VALIDATION_MISSING = "validation_missing"
    WINDOW_OPEN = "window_open"
    DECLINED = "declined"


# What passes with time: the notice arrives, and the window ends.
PASSING = frozenset({Hold.NOTICE_NOT_DELIVERED, Hold.WINDOW_OPEN})


@dataclass(frozen=True, kw_only=True)
class ApprovalFacts:
    """The values that an approval depends on; the codes are those of domain.md 1.6, *open_holds* those of HoldKind."""

    status: str
    consent: str
    has_competing_claim: bool
    requires_validation: bool
    is_validated: bool
    is_contact_held: bool
    open_holds: Collection[str]


def what_holds(facts: ApprovalFacts) -> tuple[Hold, ...]:
    """Return every hold on the approval, in the order of Hold; none means it is official now (D1 to D3, D18 to D20).

    A customer who wrote is heard before anything becomes official, whatever happens meanwhile: no reply, a validation,
    a decision between partners, and also an approval through the link, because the link may be in other hands than
    the person who wrote. The same is true of a contact who is not confirmed: the partner named that person. Such an
    approval is kept and counts as soon as a reviewer lifts the hold or the contact is confirmed. An opt-out always
    counts. An answer through the link, whichever it is, shows that the notice arrived.
    """
    held = {
        Hold.STATUS: facts.status not in APPROVABLE,
        Hold.COMPETING_CLAIM: facts.has_competing_claim,
        Hold.NOTICE_NOT_DELIVERED: facts.consent not in DELIVERED,
        Hold.DELIVERY_UNCLEAR: HoldKind.DELIVERY_UNCLEAR in facts.open_holds,
        Hold.CUSTOMER_WROTE: HoldKind.CUSTOMER_WROTE in facts.open_holds,
        Hold.CONTACT_NOT_CONFIRMED: facts.is_contact_held,
        Hold.VALIDATION_MISSING: facts.requires_validation and not facts.is_validated,
        Hold.WINDOW_OPEN: facts.consent == "sent",
        Hold.DECLINED: facts.consent == "declined",
    }
    return tuple(hold for hold in Hold if held[hold])


def what_outlasts_the_window(facts: ApprovalFacts) -> tuple[Hold, ...]:
    """Return the holds that wait for somebody: nobody's silence ends them, however long the customer has had."""
    return tuple(hold for hold in what_holds(facts) if hold not in PASSING)


def holds_beside_the_status(facts: ApprovalFacts) -> tuple[Hold, ...]:
    """Return the holds of an undecided claim that its status does not say already (domain.md D23).

    A notice on its way is no hold to name; one that came back is, and so is whatever waits for a reviewer.
    """
    if facts.status not in UNDECIDED:
        return ()
    bounced = (Hold.NOTICE_NOT_DELIVERED,) if facts.consent == "bounced" else ()
    return bounced + tuple(hold for hold in what_outlasts_the_window(facts) if hold is not Hold.STATUS)


@dataclass(frozen=True)
class Window:
    """A window of business days with its reasons: every day from day 0 to the last one, and its end in UTC.

    The end is exclusive: the first instant after the last day in the zone.
    """

    days: tuple[CountedDay, ...]
    closes_at: datetime
    zone: ZoneInfo

    @property
    def opens_on(self) -> date:
        """The local day on which the window opens, which is day 0."""
        return self.days[0].day

    @property
    def last_day(self) -> date:
        """The last whole day."""
        return self.days[-1].day

    @property
    def holidays(self) -> tuple[date, ...]:
        """The public holidays that don't count."""
        return tuple(each.day for each in self.days if each.kind is DayKind.HOLIDAY)


def window_from(
    opened_at: datetime,
    *,
    business_days: int,
    zone: ZoneInfo,
    holidays: Container[date],
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY,
) -> Window:
    """Return the window of *business_days* that opens at an aware time; raise ValueError for a naive one."""
    if opened_at.tzinfo is None:
        raise ValueError("A window opens at an aware time.")
    opened_on = opened_at.astimezone(zone).date()
    days = count_business_days(opened_on, business_days, holidays=holidays, weekend=weekend)
    return Window(days, closes_at=first_instant(days[-1].day + ONE_DAY, zone=zone), zone=zone)


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
