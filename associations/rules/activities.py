"""Finds the activity that fits a partner's work, from three plain questions (domain.md 3.2)."""

from collections.abc import Collection
from enum import StrEnum

from associations.choices import Activity, SolutionArea


class Sale(StrEnum):
    """The partner's part in the purchase."""

    NONE = "none"
    ADVISED = "advised"
    OWN_SOLUTION = "own_solution"


def activities_of(
    *, solution_area: str, claims_usage: bool, claims_presales: bool, claims_revenue: bool
) -> tuple[Activity, ...]:
    """Return the activities that these answers claim, in the order of domain.md 3.2."""
    if solution_area == SolutionArea.M365:
        return (Activity.M365_USAGE,) if claims_usage else ()
    chosen = (
        (Activity.BA_USAGE, claims_usage),
        (Activity.BA_PRESALES, claims_presales),
        (Activity.BA_REVENUE, claims_revenue),
    )
    return tuple(activity for activity, is_chosen in chosen if is_chosen)


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
