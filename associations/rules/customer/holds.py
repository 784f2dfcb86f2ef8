"""Decisions that a reviewer can take about a claim on hold, and their due time (domain.md D4, D19, D20)."""

from datetime import datetime

from associations.choices import ClaimStatus, HoldKind, HoldOutcome
from associations.rules.lifecycle import FINAL, UNDECIDED

# The reviewers owe a decision within so many business days.
FEWEST_BUSINESS_DAYS = 1
MOST_BUSINESS_DAYS = 2


def hold_due_at(*, earliest: datetime, latest: datetime, closes_at: datetime | None) -> datetime:
    """Return when a hold is to be settled: before the window ends at *closes_at*, if that leaves a business day.

    *earliest* and *latest* are the ends of the first and the second business day after the hold began.
    """
    return latest if closes_at is None else max(earliest, min(latest, closes_at))


def is_delivery_of_use(status: str, *, is_current: bool, is_answered: bool) -> bool:
    """Return whether it matters that a notice arrived: nobody answered, and the claim isn't closed for good.

    *is_current* says that its link works and that it is not known to have come back. A rejected claim may be disputed
    and come back, so that it matters there too.
    """
    return is_current and not is_answered and status not in FINAL


def outcomes_for(kind: str, *, status: str, can_opt_out: bool, is_delivery_open: bool) -> tuple[HoldOutcome, ...]:
    """Return how a reviewer may settle a hold of this *kind*, in the order in which it is asked.

    *can_opt_out* says whether an opt-out would still change something, *is_delivery_open* whether the notice could
    still be found undelivered. A customer may also write about a claim that is decided: then nothing is held, and the
    reviewer either records an opt-out from an official association or notes that there is nothing to do.
    """
    is_undecided = ClaimStatus(status) in UNDECIDED
    if kind == HoldKind.CUSTOMER_WROTE:
        possible = {
            HoldOutcome.OPTED_OUT: can_opt_out,
            HoldOutcome.SENT_AGAIN: is_undecided,
            HoldOutcome.LIFTED: True,
        }
    else:
        possible = {HoldOutcome.ARRIVED: True, HoldOutcome.NOT_ARRIVED: is_delivery_open}
    return tuple(outcome for outcome, is_possible in possible.items() if is_possible)
