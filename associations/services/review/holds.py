"""Records a reviewer's decision about a claim on hold (domain.md D19, D20)."""

from datetime import datetime

from django.db import transaction

from associations.choices import ClaimAction, EventKind, HoldKind, HoldOutcome
from associations.models import Claim, ClaimHold
from associations.rules.actors import Actor, Role
from associations.rules.customer import holds as rule
from associations.rules.lifecycle import UNDECIDED, ActionNotAllowed
from associations.services.claim.history import record
from associations.services.claim.lifecycle import lock_claim_on_its_tenant
from associations.services.customer import answer, holds, undelivered_notice
from associations.services.customer.notice import send_notice
from associations.services.review.decisions import ReasonMissing, refuse_own_company
from notifications import outbox


class HoldSettled(Exception):
    """Somebody else, or something else, has ended this hold."""


class OutcomeNotPossible(Exception):
    """The claim has moved on: the hold cannot end this way any more."""


def outcomes_of(hold: ClaimHold) -> tuple[HoldOutcome, ...]:
    """Return how a reviewer may end an open hold now; the service asks again under the lock."""
    claim, notice = hold.claim, hold.notice
    current = claim.notices.current().first()
    return rule.outcomes_for(
        hold.kind,
        status=claim.status,
        can_opt_out=current is not None and answer.can_opt_out(current),
        is_delivery_open=rule.is_delivery_of_use(
            claim.status, is_current=notice.revoked_at is None, is_answered=bool(notice.answer)
        ),
    )


@transaction.atomic
def settle_hold(*, claim_id: int, hold_id: int, outcome: HoldOutcome, reason: str, by: Actor, now: datetime) -> Claim:
    """End one hold as a reviewer decided, with what follows from it; return the claim.

    *opted out* records the customer's opt-out, as if it had come by the link; *sent again* sends a new notice with a
    full new window; *did not arrive* treats the notice as one that came back. After *lifted* and *arrived* the window
    goes on, and if it is over the next sweep makes the claim official. Raise ActionNotAllowed, OwnCompany,
    ReasonMissing, HoldSettled or OutcomeNotPossible; then nothing is written.
    """
    claim = lock_claim_on_its_tenant(claim_id)
    if by.role != Role.REVIEWER:
        raise ActionNotAllowed(ClaimAction.DECLINE, claim.status, by.role)
    refuse_own_company(claim, by)
    hold = claim.holds.unsettled().select_related("notice__email").filter(pk=hold_id).first()
    if hold is None:
        raise HoldSettled
    hold.claim = claim
    if outcome not in outcomes_of(hold):
        raise OutcomeNotPossible
    if not reason.strip():
        raise ReasonMissing
    holds.settle(hold, outcome, by=by, now=now, reason=reason)
    if outcome == HoldOutcome.OPTED_OUT:
        answer.record_written_opt_out(claim, by=by, now=now)
    elif outcome == HoldOutcome.SENT_AGAIN:
        record([claim], EventKind.NOTICE_RESENT, by=by, now=now)
        send_notice(claim, now=now)
    elif outcome == HoldOutcome.NOT_ARRIVED:
        outbox.note_return(key=hold.notice.email.key, now=now)
        undelivered_notice.note_undelivered_notice(hold.notice_id, now=now)
    claim.refresh_from_db()
    return claim


def is_read_only(hold: ClaimHold) -> bool:
    """Return whether an open hold holds nothing: the claim is decided, and a customer wrote about it afterwards."""
    return hold.kind == HoldKind.CUSTOMER_WROTE and hold.claim.status not in UNDECIDED
