"""The progress of a claim, as the vertical **Status** tracker shows it (domain.md D23, 6.2).

It follows the status that people read; the review is told beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from associations.choices import ClaimStatus, ConsentStatus, EndReason, OfficialBy
from associations.models import Claim, ClaimEvent
from associations.rules.shown_status import ShownStatus
from associations.status_words.claim_status import LABELS, OFFICIAL_BY, status_in_words
from associations.status_words.deadlines import closing_day_in_words
from associations.wording.customer_period import end_in_words

DONE, NOW, NEXT = "done", "now", "next"
# Statuses in which the claim waits for somebody before it can become official.
WAITING = (ShownStatus.ON_HOLD, ShownStatus.ACTION_REQUIRED)
OFF_THE_WAY = (ShownStatus.DISPUTED, ShownStatus.REJECTED, ShownStatus.WITHDRAWN)


@dataclass(frozen=True)
class TrackerStep:
    """One stop; *state* is done, now or next."""

    label: str
    state: str
    at: datetime | None = None
    note: str = ""


def steps_of(claim: Claim, moves: Iterable[ClaimEvent], *, now: datetime) -> list[TrackerStep]:
    """Return the stops of *claim* from the draft to its end; *moves* are its changes of status, oldest first.

    What was skipped is left out. A claim that is rejected, disputed or withdrawn is promised nothing.
    """
    shown = claim.shown_status
    label = str(LABELS[shown])
    steps = [
        TrackerStep(str(LABELS[ShownStatus.DRAFT]), NOW if shown is ShownStatus.DRAFT else DONE, claim.created_at)
    ]
    if claim.submitted_at or shown is ShownStatus.DRAFT:
        steps.append(_submission(claim, shown))
    if shown not in OFF_THE_WAY or claim.opt_out_opens_at:
        steps.append(_opt_out_period(claim, shown, now=now))
    if shown in WAITING:
        # A period that still runs, or begins anew, comes after what is waited for.
        place = len(steps) if steps[-1].state == DONE else len(steps) - 1
        steps.insert(place, TrackerStep(label, NOW, note=status_in_words(claim, now=now).sentence))
    if shown in OFF_THE_WAY:
        return [*steps, *_end(claim, shown, moves, now=now)]
    steps.append(_official(claim, shown))
    if shown is ShownStatus.ENDED:
        steps.append(TrackerStep(label, NOW, claim.ended_at, str(EndReason(claim.end_reason).label)))
    return steps


def _submission(claim: Claim, shown: ShownStatus) -> TrackerStep:
    states = {ShownStatus.DRAFT: NEXT, ShownStatus.SUBMITTED: NOW}
    return TrackerStep(str(LABELS[ShownStatus.SUBMITTED]), states.get(shown, DONE), claim.submitted_at)


def _opt_out_period(claim: Claim, shown: ShownStatus, *, now: datetime) -> TrackerStep:
    label, closes_at = str(LABELS[ShownStatus.OPT_OUT_PERIOD]), claim.opt_out_closes_at
    is_open = claim.consent_status == ConsentStatus.OPEN
    until = _("Until %(deadline)s") % {"deadline": closing_day_in_words(claim, closes_at)} if closes_at else ""
    if shown is ShownStatus.OPT_OUT_PERIOD:
        return TrackerStep(label, NOW, claim.opt_out_opens_at, until)
    if shown is ShownStatus.ACTION_REQUIRED and is_open:
        return TrackerStep(_("Opt-out period ends"), NEXT, note=until)
    if claim.consent_status in (ConsentStatus.NOT_SENT, ConsentStatus.QUEUED, ConsentStatus.BOUNCED):
        return TrackerStep(label, NEXT)
    if is_open:
        return TrackerStep(label, DONE, claim.opt_out_opens_at)
    is_silent = claim.consent_status == ConsentStatus.NO_OBJECTION
    note = end_in_words(claim, now=now) if is_silent else str(ConsentStatus(claim.consent_status).label)
    return TrackerStep(label, DONE, claim.opt_out_opens_at, note)


def _official(claim: Claim, shown: ShownStatus) -> TrackerStep:
    label = str(LABELS[ShownStatus.OFFICIAL])
    if claim.status != ClaimStatus.APPROVED:
        return TrackerStep(label, NEXT)
    by = str(OFFICIAL_BY[OfficialBy(claim.official_by)]) if claim.official_by else ""
    return TrackerStep(label, NOW if shown is ShownStatus.OFFICIAL else DONE, claim.closed_at, by)


def _end(claim: Claim, shown: ShownStatus, moves: Iterable[ClaimEvent], *, now: datetime) -> list[TrackerStep]:
    """Return the stops after which nothing is promised: the rejection, its dispute, or the withdrawal."""
    reached = {move.to_status: move.at for move in moves}
    label, reasons = str(LABELS[ShownStatus.REJECTED]), ", ".join(claim.reasons)
    rejected = TrackerStep(label, DONE, reached.get(ClaimStatus.REJECTED), reasons)
    if shown is ShownStatus.DISPUTED:
        told = status_in_words(claim, now=now)
        return [rejected, TrackerStep(told.label, NOW, claim.disputed_at, told.sentence)]
    if claim.status == ClaimStatus.REJECTED_FINAL:
        disputed = TrackerStep(str(LABELS[ShownStatus.DISPUTED]), DONE, claim.disputed_at)
        final = TrackerStep(str(ClaimStatus.REJECTED_FINAL.label), NOW, claim.closed_at, reasons)
        return [TrackerStep(label, DONE, reached.get(ClaimStatus.REJECTED)), disputed, final]
    if shown is ShownStatus.WITHDRAWN:
        return [TrackerStep(str(LABELS[shown]), NOW, claim.closed_at, reasons)]
    return [TrackerStep(label, NOW, claim.closed_at, reasons)]
