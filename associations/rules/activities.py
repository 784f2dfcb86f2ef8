"""Activities that are claimed together, and claimed again."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guides.editions import Activity


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


def together_with(activity: "Activity", activities: Iterable["Activity"]) -> list["Activity"]:
    """Return those of the same area's *activities* that one claim can state with *activity* (domain.md R2)."""
    return [other for other in activities if other is not activity and other.choice_group == activity.choice_group]


def apart_from(activity: "Activity", activities: Iterable["Activity"]) -> list["Activity"]:
    """Return those of the same area's *activities* that need a claim of their own beside *activity* (domain.md R2)."""
    return [other for other in activities if other.choice_group != activity.choice_group]


def codes_of(activities: Iterable["Activity"]) -> tuple[str, ...]:
    """Return the codes of *activities*."""
    return tuple(activity.code for activity in activities)


def is_recognition_only(activities: Collection["Activity"]) -> bool:
    """Return whether there are *activities* and none of them pays."""
    return bool(activities) and not any(activity.pays for activity in activities)
