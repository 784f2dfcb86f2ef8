"""Which activity fits what a partner did, from three plain questions (domain.md 3.2)."""

from collections.abc import Collection
from enum import StrEnum

from associations.choices import Activity


class Sale(StrEnum):
    """What the partner had to do with the purchase."""

    NONE = "none"
    ADVISED = "advised"
    OWN_SOLUTION = "own_solution"


def fitting_activities(*, is_microsoft_365: bool, drives_use: bool, sale: Sale) -> Collection[Activity]:
    """Return the activities to claim together, none if the work fits none.

    Microsoft 365 knows usage only. Revenue association stands in a claim of its own, and usage is worth more.
    """
    if is_microsoft_365:
        return [Activity.M365_USAGE] if drives_use else []
    if sale == Sale.OWN_SOLUTION and not drives_use:
        return [Activity.BA_REVENUE]
    found = [Activity.BA_USAGE] if drives_use else []
    return [*found, Activity.BA_PRESALES] if sale == Sale.ADVISED else found
