"""Finds the activity that fits a partner's work, from three plain questions, and what is claimed together."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guides.editions import Activity


class Sale(StrEnum):
    """The partner's part in the purchase."""

    NONE = "none"
    ADVISED = "advised"
    OWN_SOLUTION = "own_solution"


def fitting_activities(activities: Sequence["Activity"], *, drives_use: bool, sale: Sale) -> Sequence["Activity"]:
    """Return those of an area's *activities* to claim together, none if the work fits none (domain.md 3.2).

    Revenue association stands in a claim of its own, and usage is worth more.
    """
    if sale == Sale.OWN_SOLUTION and not drives_use:
        kinds = {"revenue"}
    else:
        kinds = {"usage"} if drives_use else set()
        kinds |= {"presales"} if sale == Sale.ADVISED else set()
    return [activity for activity in activities if activity.kind in kinds]


def claimed_again(held: Collection[str], open_to: Sequence["Activity"]) -> Sequence["Activity"]:
    """Return which of the activities *open_to* a product one claim renews, of those *held*: what pays comes first.

    Groups of activities exclude each other (domain.md R2). When none of *held* is open, it is the last group.
    A product that can't be claimed any more is open to nothing.
    """
    if not open_to:
        return []
    groups = list(dict.fromkeys(activity.choice_group for activity in open_to))
    kept = [activity for activity in open_to if activity.code in held]
    if not kept:
        return [activity for activity in open_to if activity.choice_group == groups[-1]]
    first = min(kept, key=lambda activity: (not activity.pays, groups.index(activity.choice_group)))
    return [activity for activity in kept if activity.choice_group == first.choice_group]


def codes_of(activities: Iterable["Activity"]) -> tuple[str, ...]:
    """Return the codes of *activities*."""
    return tuple(activity.code for activity in activities)


def is_recognition_only(activities: Collection["Activity"]) -> bool:
    """Return whether there are *activities* and none of them pays."""
    return bool(activities) and not any(activity.pays for activity in activities)
