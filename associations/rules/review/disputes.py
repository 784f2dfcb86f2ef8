"""Until when, and by what, a rejection can be disputed (domain.md D14, T18)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from associations.rules.customer.opt_out import first_instant

NOT_DISPUTABLE = frozenset({"CUSTOMER_DECLINED"})


def dispute_closes_at(rejected_at: datetime, *, days: int, zone: ZoneInfo) -> datetime:
    """Return in UTC the exclusive end of the last of *days* calendar days after the local day of the rejection."""
    rejected_on = rejected_at.astimezone(zone).date()
    return first_instant(rejected_on + timedelta(days=days + 1), zone=zone)


def can_be_disputed(
    *, status: str, reason_codes: Collection[str], was_disputed: bool, closes_at: datetime | None, now: datetime
) -> bool:
    """Return whether a dispute is still open: a first one, in time, and not against the customer's own decision."""
    if status != "rejected" or was_disputed or closes_at is None or now >= closes_at:
        return False
    return not NOT_DISPUTABLE & set(reason_codes)
