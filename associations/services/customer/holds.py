"""Holds a claim while a reviewer has to read an incoming email about its notice (domain.md D19, D20)."""

import logging
import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from associations import emails
from associations.choices import EventKind, HoldKind, HoldOutcome
from associations.models import Claim, ClaimHold, CustomerNotice
from associations.rules.actors import PORTAL, Actor
from associations.rules.customer.holds import (
    FEWEST_BUSINESS_DAYS,
    MOST_BUSINESS_DAYS,
    hold_due_at,
    is_delivery_of_use,
)
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import lock_claim
from associations.services.deadlines import end_of_customer_business_days
from notifications.models import IncomingEmail, IncomingKind

logger = logging.getLogger(__name__)

OF_A_CLAIM = re.compile(r"claim:(\d+):")
KINDS = {IncomingKind.REPLY: HoldKind.CUSTOMER_WROTE, IncomingKind.UNCLEAR_REPORT: HoldKind.DELIVERY_UNCLEAR}
EVENTS = {
    HoldKind.CUSTOMER_WROTE: EventKind.CUSTOMER_WROTE,
    HoldKind.DELIVERY_UNCLEAR: EventKind.DELIVERY_UNCLEAR,
}


def hear_incoming_emails(*, now: datetime) -> int:
    """Turn every incoming email about a customer's email into a hold of its claim, and return how many.

    Each is processed once, however often this runs. One that fails is logged and left for the next run.
    """
    done = 0
    for incoming_id, claim_id in _unheard():
        try:
            done += hear(incoming_id, claim_id=claim_id, now=now)
        except Exception:
            logger.exception("Incoming email %s was left for the next run.", incoming_id)
    return done


def hear_about(claim_ids: Collection[int], *, now: datetime) -> int:
    """Turn what came in about these claims into holds, with the caller's transaction, and return how many.

    The claims are locked in the order of their keys, as everywhere.
    """
    waiting = [(claim_id, incoming_id) for incoming_id, claim_id in _unheard() if claim_id in claim_ids]
    return sum(hear(incoming_id, claim_id=claim_id, now=now) for claim_id, incoming_id in sorted(waiting))


def _unheard() -> list[tuple[int, int]]:
    """Return the incoming emails that no hold knows, oldest first, each with its claim; there are hardly ever any."""
    waiting = IncomingEmail.objects.filter(claim_hold=None, email__template__in=emails.HEARD)
    keys = waiting.order_by("pk").values_list("pk", "email__key")
    return [(pk, int(found[1])) for pk, key in keys if (found := OF_A_CLAIM.match(key))]


@transaction.atomic
def hear(incoming_id: int, *, claim_id: int, now: datetime) -> bool:
    """Hold one claim for one incoming email, tell the reviewers, and return whether it was news.

    A decided claim is not held by what a customer writes, but a reviewer reads it. A report about a notice that does
    not matter any more is settled at once.
    """
    claim = lock_claim(claim_id)
    incoming = IncomingEmail.objects.select_related("email").filter(pk=incoming_id, claim_hold=None).first()
    if incoming is None:
        return False
    kind = KINDS[IncomingKind(incoming.kind)]
    # The notice that was the newest when this email was written, which may be the notice itself.
    written_at = incoming.email.created_at
    notice = CustomerNotice.objects.filter(claim=claim, queued_at__lte=written_at).order_by("number").last()
    if notice is None:
        return False
    hold = ClaimHold.objects.create(
        claim=claim, kind=kind, notice=notice, incoming=incoming, opened_at=now, due_at=due_at(claim, now=now)
    )
    details = {"hold": kind.value, "notice": notice.number}
    if not needs_a_reviewer(hold):
        record([claim], EVENTS[kind], Entry(details=details), by=PORTAL, now=now)
        settle(hold, HoldOutcome.OVERTAKEN, by=PORTAL, now=now)
        return True
    note_open_holds(claim)
    told = details | {"due_at": hold.due_at.isoformat()}
    record([claim], EVENTS[kind], Entry(details=told), by=PORTAL, now=now)
    emails.hold_opened(claim, hold=hold, now=now)
    return True


def needs_a_reviewer(hold: ClaimHold) -> bool:
    """Return whether anybody has to look at what came in."""
    notice = hold.notice
    is_current = notice.revoked_at is None and notice.undelivered_at is None
    return hold.kind == HoldKind.CUSTOMER_WROTE or is_delivery_of_use(
        hold.claim.status, is_current=is_current, is_answered=bool(notice.answer)
    )


def due_at(claim: Claim, *, now: datetime) -> datetime:
    """Return when a hold that begins now is to be settled, in the business days of the customer."""
    return hold_due_at(
        earliest=end_of_customer_business_days(claim, now, days=FEWEST_BUSINESS_DAYS),
        latest=end_of_customer_business_days(claim, now, days=MOST_BUSINESS_DAYS),
        closes_at=claim.opt_out_closes_at,
    )


def settle(hold: ClaimHold, outcome: HoldOutcome, *, by: Actor, now: datetime, reason: str = "") -> None:
    """End an open hold of a locked claim, with a line of History; *reason* stays with the hold, for reviewers only."""
    hold.settled_at, hold.outcome, hold.settled_by_id, hold.reason = now, outcome, by.user_id, reason
    hold.save(update_fields=["settled_at", "outcome", "settled_by", "reason"])
    note_open_holds(hold.claim)
    details = {"hold": hold.kind, "outcome": outcome.value, "notice": hold.notice.number}
    record([hold.claim], EventKind.HOLD_SETTLED, Entry(details=details), by=by, now=now)
    emails.settle_hold(hold, now=now)


def overtake(claim: Claim, *, kinds: Collection[HoldKind] = tuple(HoldKind), now: datetime) -> None:
    """End those open holds of a locked *claim* that something else has made needless."""
    if claim.hold_due_at is None:
        return
    for hold in claim.holds.unsettled().filter(kind__in=kinds).select_related("notice"):
        hold.claim = claim
        settle(hold, HoldOutcome.OVERTAKEN, by=PORTAL, now=now)


def note_open_holds(claim: Claim) -> None:
    """Write on the locked *claim* which kinds of holds are open, and when the first of them is to be settled."""
    unsettled = list(claim.holds.unsettled().order_by("due_at").values_list("kind", "due_at"))
    claim.hold_kinds = " ".join(sorted({kind for kind, _due_at in unsettled}))
    claim.hold_due_at = unsettled[0][1] if unsettled else None
    Claim.objects.filter(pk=claim.pk).update(hold_kinds=claim.hold_kinds, hold_due_at=claim.hold_due_at)
