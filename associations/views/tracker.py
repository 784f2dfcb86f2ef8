"""How far a claim has come, as the vertical **Status** tracker shows it (domain.md 1.6, 6.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from associations.choices import ClaimStatus, ConsentStatus
from associations.models import Claim, ClaimEvent
from associations.views.moments import deadline_of

# The way a claim goes when nobody objects; a reviewer may step in or not (domain.md D1).
USUAL_WAY = (
    ClaimStatus.DRAFT,
    ClaimStatus.SUBMITTED,
    ClaimStatus.UNDER_REVIEW,
    ClaimStatus.AWAITING_CUSTOMER,
    ClaimStatus.APPROVED,
)
BEFORE_VALIDATION = (*USUAL_WAY[:3], ClaimStatus.ACTION_REQUIRED)
# A stop that tells the reasons while the claim is in one of these statuses.
WITH_REASONS = {
    ClaimStatus.REJECTED: (ClaimStatus.REJECTED, ClaimStatus.DISPUTED),
    ClaimStatus.REJECTED_FINAL: (ClaimStatus.REJECTED_FINAL,),
    ClaimStatus.CANCELLED: (ClaimStatus.CANCELLED,),
}


@dataclass(frozen=True)
class Step:
    """One stop; *state* is done, now or next."""

    label: str
    state: str
    at: datetime | None = None
    note: str = ""


def steps_of(claim: Claim, moves: Iterable[ClaimEvent], *, now: datetime) -> list[Step]:
    """Return the stops of *claim* from the draft to its end; *moves* are its changes of status, oldest first."""
    reached: dict[str, datetime] = {ClaimStatus.DRAFT: claim.created_at}
    reached |= {move.to_status: move.at for move in moves}
    return [
        Step(label_of(status, claim), state, reached.get(status), note_on(status, claim, now=now))
        for status, state in stops(ClaimStatus(claim.status), reached)
    ]


def stops(status: ClaimStatus, reached: Mapping[str, datetime]) -> list[tuple[ClaimStatus, str]]:
    """Return every stop with its state: what was skipped is left out; off the usual way nothing is promised."""
    way = list(USUAL_WAY)
    if status is ClaimStatus.ACTION_REQUIRED:
        way.insert(way.index(ClaimStatus.AWAITING_CUSTOMER), status)
    if status not in way:
        by_time = sorted(reached, key=lambda stop: reached[stop])
        return [*((ClaimStatus(stop), "done") for stop in by_time if stop != status), (status, "now")]
    place = way.index(status)
    done = [(stop, "done") for stop in way[:place] if stop in reached]
    return [*done, (status, "now"), *((stop, "next") for stop in way[place + 1 :])]


def label_of(status: ClaimStatus, claim: Claim) -> str:
    """Return the stop's name; a validation that has not happened is not promised."""
    if status is ClaimStatus.AWAITING_CUSTOMER and claim.status in BEFORE_VALIDATION:
        return _("Customer period ends")
    return str(status.label)


def note_on(status: ClaimStatus, claim: Claim, *, now: datetime) -> str:
    """Return what a stop adds: a date to come, or why the claim ended."""
    if claim.status in WITH_REASONS.get(status, ()):
        return ", ".join(claim.reasons)
    if status is ClaimStatus.DISPUTED and claim.review_due_at:
        return _("Decision due %(deadline)s") % {"deadline": deadline_of(claim, claim.review_due_at, now=now).in_words}
    if status is ClaimStatus.ACTION_REQUIRED and claim.answer_due_at:
        return _("Answer due %(deadline)s") % {"deadline": deadline_of(claim, claim.answer_due_at, now=now).in_words}
    is_open = claim.consent_status == ConsentStatus.OPEN and claim.status != ClaimStatus.APPROVED
    if status is ClaimStatus.AWAITING_CUSTOMER and is_open and claim.opt_out_closes_at:
        return _("Until %(deadline)s") % {"deadline": deadline_of(claim, claim.opt_out_closes_at, now=now).in_words}
    return ""
