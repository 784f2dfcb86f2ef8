"""The status of a claim that people read, and the stage of its review beside it (domain.md D23)."""

from enum import StrEnum

from associations.choices import ClaimStatus as Is
from associations.choices import ConsentStatus, OfficialBy, ReviewOutcome


class ShownStatus(StrEnum):
    """The statuses that people read, in the order of a claim's life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    OPT_OUT_PERIOD = "opt_out_period"
    ON_HOLD = "on_hold"
    ACTION_REQUIRED = "action_required"
    DISPUTED = "disputed"
    OFFICIAL = "official"
    ENDED = "ended"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReviewStage(StrEnum):
    """The stages of a review; a claim that was decided without one has none."""

    WAITING = "waiting"
    RUNNING = "running"
    VALIDATED = "validated"


# Stored statuses that are shown as one status, whatever the customer says.
WHATEVER_THE_CONSENT = {
    Is.DRAFT: ShownStatus.DRAFT,
    Is.ACTION_REQUIRED: ShownStatus.ACTION_REQUIRED,
    Is.DISPUTED: ShownStatus.DISPUTED,
    Is.REJECTED: ShownStatus.REJECTED,
    Is.REJECTED_FINAL: ShownStatus.REJECTED,
    Is.CANCELLED: ShownStatus.WITHDRAWN,
}
NOTICE_ON_ITS_WAY = frozenset({ConsentStatus.NOT_SENT, ConsentStatus.QUEUED})


def shown_status(status: str, *, consent: str, is_in_force: bool) -> ShownStatus:
    """Return the status that people read.

    *status* and *consent* are the stored codes. *is_in_force* says of an approved claim whether any of its
    associations is. A claim whose opt-out period is over, or was stopped by a bounce, is on hold until it is decided.
    """
    stored = Is(status)
    if stored in WHATEVER_THE_CONSENT:
        return WHATEVER_THE_CONSENT[stored]
    if stored is Is.APPROVED:
        return ShownStatus.OFFICIAL if is_in_force else ShownStatus.ENDED
    if consent in NOTICE_ON_ITS_WAY:
        return ShownStatus.SUBMITTED
    return ShownStatus.OPT_OUT_PERIOD if consent == ConsentStatus.OPEN else ShownStatus.ON_HOLD


def review_stage(status: str, *, outcome: str) -> ReviewStage | None:
    """Return the stage of the review, or None where no review runs or counts.

    *outcome* is the stored `ReviewOutcome`. While the partner owes a reply, the status says so.
    """
    if status == Is.SUBMITTED:
        return ReviewStage.WAITING
    if status in (Is.UNDER_REVIEW, Is.DISPUTED):
        return ReviewStage.RUNNING
    was_validated = outcome == ReviewOutcome.VALIDATED and status in (Is.AWAITING_CUSTOMER, Is.APPROVED)
    return ReviewStage.VALIDATED if was_validated else None


def official_by(consent: str) -> OfficialBy:
    """Return the consent that makes a claim official now: the customer's approval, or no reply (domain.md D24)."""
    return OfficialBy.APPROVAL if consent == ConsentStatus.ACKNOWLEDGED else OfficialBy.NO_REPLY
