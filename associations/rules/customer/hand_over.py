"""The decision whether a customer can hand a request over to a colleague (domain.md D21)."""

from datetime import datetime
from enum import StrEnum

from associations.rules.lifecycle import UNDECIDED

MOST_HAND_OVERS = 2


class NoHandOver(StrEnum):
    """A reason why a request can't be handed over now."""

    DECIDED = "decided"
    ANSWERED = "answered"
    WINDOW_ENDED = "window_ended"
    TOO_MANY = "too_many"


def what_forbids_a_hand_over(
    status: str, *, is_answered: bool, closes_at: datetime | None, hand_overs: int, now: datetime
) -> NoHandOver | None:
    """Return why a request in *status* can't be handed over at *now*, or None if it can.

    *closes_at* is the exclusive end of an open window; there is none before the window opens. *hand_overs* counts
    those of the claim so far.
    """
    if status not in UNDECIDED:
        return NoHandOver.DECIDED
    if is_answered:
        return NoHandOver.ANSWERED
    if closes_at is not None and closes_at <= now:
        return NoHandOver.WINDOW_ENDED
    if hand_overs >= MOST_HAND_OVERS:
        return NoHandOver.TOO_MANY
    return None
