"""Finds the holder of an item: one partner per workload or subscription (domain.md D7, R1 to R3)."""

from collections.abc import Iterable, Set
from enum import StrEnum


class Holding(StrEnum):
    """The state of an item that a partner claims."""

    FREE = "free"
    OWN_DUPLICATE = "own_duplicate"
    OWN_OTHER_ACTIVITY = "own_other_activity"
    OTHERS = "others"


def who_holds(holders: Iterable[tuple[int, Set[str]]], *, partner_id: int, activities: Set[str]) -> Holding:
    """Return the strictest answer for one item: an own duplicate blocks, another partner's holding warns.

    A holder is the partner and the activities of one active association with the item, or of one open claim to it.
    """
    found = {standing(holder_id, held, partner_id=partner_id, activities=activities) for holder_id, held in holders}
    for holding in (Holding.OWN_DUPLICATE, Holding.OTHERS, Holding.OWN_OTHER_ACTIVITY):
        if holding in found:
            return holding
    return Holding.FREE


def standing(holder_id: int, held: Set[str], *, partner_id: int, activities: Set[str]) -> Holding:
    """Return what one holder means to the partner; activities count only within one partner (R2)."""
    if holder_id != partner_id:
        return Holding.OTHERS
    return Holding.OWN_DUPLICATE if held & activities else Holding.OWN_OTHER_ACTIVITY
