"""The decision whether a customer can acknowledge the work on the link, and the code that it takes (domain.md D26)."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from associations.rules.lifecycle import UNDECIDED

DIGITS = 6
CODE_LIFETIME = timedelta(minutes=15)
MOST_TRIES = 5
WAIT_FOR_A_NEW_CODE = timedelta(minutes=1)
# Who has the link and not the mailbox can guess so often: fifty of a million codes a day.
MOST_CODES_A_DAY = 10
ONE_DAY = timedelta(days=1)


class NoAcknowledgement(StrEnum):
    """A reason why the work can't be acknowledged on a link now."""

    NOT_ASKED = "not_asked"
    GIVEN = "given"
    HANDED_OVER = "handed_over"
    DECIDED = "decided"
    WINDOW_ENDED = "window_ended"


def what_forbids_an_acknowledgement(
    status: str,
    *,
    is_asked: bool,
    is_given: bool,
    is_handed_over: bool,
    has_approved: bool,
    closes_at: datetime | None,
    now: datetime,
) -> NoAcknowledgement | None:
    """Return why the work of a claim in *status* can't be acknowledged at *now*, or None if it can.

    *closes_at* is the exclusive end of an open window; there is none before the window opens. A customer who approved
    can still acknowledge while the claim waits for its review.
    """
    if not is_asked:
        return NoAcknowledgement.NOT_ASKED
    if is_given:
        return NoAcknowledgement.GIVEN
    if is_handed_over:
        return NoAcknowledgement.HANDED_OVER
    if status not in UNDECIDED:
        return NoAcknowledgement.DECIDED
    if not has_approved and closes_at is not None and closes_at <= now:
        return NoAcknowledgement.WINDOW_ENDED
    return None


def wait_for_a_new_code(sent: list[datetime], *, now: datetime) -> timedelta:
    """Return how long it is until another code can be sent after those at *sent*, the last one last; 0 for now."""
    waits = [sent[-1] + WAIT_FOR_A_NEW_CODE - now] if sent else []
    today = [moment for moment in sent if moment > now - ONE_DAY]
    if len(today) >= MOST_CODES_A_DAY:
        waits.append(today[-MOST_CODES_A_DAY] + ONE_DAY - now)
    return max([timedelta(0), *waits])


def is_code_usable(*, tries: int, expires_at: datetime, now: datetime) -> bool:
    """Return whether a code can still be entered after so many *tries*."""
    return tries < MOST_TRIES and now < expires_at


def read_digits(typed: str) -> str:
    """Return the six digits of a code typed with any blanks or hyphens; empty if it can't be one."""
    characters = [one for one in unicodedata.normalize("NFKC", typed) if not one.isspace() and one not in "-–."]
    code = "".join(characters)
    return code if len(code) == DIGITS and code.isascii() and code.isdigit() else ""
