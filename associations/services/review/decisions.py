"""Records a reviewer's decisions (domain.md T5, T7, T11, T12, T16)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from associations import emails
from associations.calendars import zone_for
from associations.choices import ClaimAction, EventKind, ReasonCode, ReminderKind, ReviewOutcome
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.rules.review.disputes import dispute_closes_at
from associations.services.association.approval import approve_those_due
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import act, lock_claim, lock_claim_on_its_tenant
from associations.services.claim.withdrawal import close_consent
from associations.services.customer.reminders import ANSWER_BUSINESS_DAYS_BEFORE, plan_before
from associations.services.deadlines import end_of_customer_business_days, start_review_clock
from associations.services.review.competing_claims import mark_competing_claims


class OwnCompany(Exception):
    """A reviewer may not decide on a claim of a company they belong to (domain.md R16)."""


class ClaimClosed(Exception):
    """The claim needs no reviewer any more."""


class ReasonMissing(Exception):
    """Returning or rejecting a claim needs at least one reason and a text (domain.md T7, T16)."""


@transaction.atomic
def start_review(*, claim_id: int, by: Actor, now: datetime) -> Claim:
    """Take the claim under review and assign it to the reviewer; raise ActionNotAllowed or OwnCompany."""
    claim = lock_claim(claim_id)
    refuse_own_company(claim, by)
    act([claim], ClaimAction.START_REVIEW, by=by, now=now)
    claim.reviewer_id = by.user_id
    claim.save(update_fields=["reviewer"])
    start_review_clock(claim, now=now)
    emails.review_started(claim, now=now)
    return claim


@transaction.atomic
def assign_reviewer(*, claim_id: int, reviewer_id: int, by: Actor, now: datetime) -> Claim:
    """Give an open claim to a reviewer of no company on it; raise ActionNotAllowed, ClaimClosed or OwnCompany."""
    claim = lock_claim(claim_id)
    if by.role != Role.REVIEWER:
        raise lifecycle.ActionNotAllowed(ClaimAction.START_REVIEW, claim.status, by.role)
    refuse_own_company(claim, by)
    refuse_own_company(claim, Actor(Role.REVIEWER, reviewer_id))
    if claim.status not in lifecycle.REVIEWABLE:
        raise ClaimClosed
    give_to(claim, reviewer_id=reviewer_id, by=by, now=now)
    return claim


def give_to(claim: Claim, *, reviewer_id: int, by: Actor, now: datetime) -> None:
    """Make a person the reviewer of the locked *claim*, with a line of History."""
    claim.reviewer_id = reviewer_id
    claim.save(update_fields=["reviewer"])
    # Not in the note, which partners read: they know reviewers by their office only.
    record([claim], EventKind.ASSIGNED, Entry(details={"reviewer": str(claim.reviewer)}), by=by, now=now)


@transaction.atomic
def request_action(*, claim_id: int, reasons: Sequence[ReasonCode], text: str, by: Actor, now: datetime) -> Claim:
    """Ask the partner for more, due as its edition says; the sweep holds the claim until it is answered.

    Raise ActionNotAllowed, OwnCompany or ReasonMissing.
    """
    claim = lock_claim(claim_id)
    refuse_own_company(claim, by)
    _require_reason(reasons, text)
    claim.answer_due_at = end_of_customer_business_days(claim, now, days=claim.rules.answer_business_days)
    claim.review_outcome, claim.reason_codes = ReviewOutcome.RETURNED, [reason.value for reason in reasons]
    claim.review_due_at = None
    claim.save(update_fields=["answer_due_at", "review_due_at", "review_outcome", "reason_codes"])
    plan_before(
        claim,
        ReminderKind.ANSWER_DUE,
        closes_at=claim.answer_due_at,
        days_before=ANSWER_BUSINESS_DAYS_BEFORE,
        now=now,
    )
    act([claim], ClaimAction.REQUEST_ACTION, Entry(text, {"reasons": claim.reason_codes}), by=by, now=now)
    drop_drafts(claim, by)
    emails.action_required(claim, text=text, now=now)
    return claim


@transaction.atomic
def validate_claim(*, claim_id: int, by: Actor, now: datetime) -> Claim:
    """Validate the claim; it becomes official at once when the window is over and nothing else holds it (T11, T12).

    Raise ActionNotAllowed or OwnCompany.
    """
    claim = lock_claim(claim_id)
    refuse_own_company(claim, by)
    claim.review_outcome, claim.reason_codes, claim.review_due_at = ReviewOutcome.VALIDATED, [], None
    claim.save(update_fields=["review_outcome", "reason_codes", "review_due_at"])
    act([claim], ClaimAction.VALIDATE, by=by, now=now)
    drop_drafts(claim, by)
    approve_those_due([claim.pk], now=now)
    claim.refresh_from_db()
    return claim


@transaction.atomic
def reject_claim(*, claim_id: int, reasons: Sequence[ReasonCode], text: str, by: Actor, now: datetime) -> Claim:
    """Reject the claim, tell the partner why and the customer that nothing is left to do (T16).

    Raise ActionNotAllowed, OwnCompany or ReasonMissing.
    """
    claim = lock_claim_on_its_tenant(claim_id)
    refuse_own_company(claim, by)
    _require_reason(reasons, text)
    claim.review_outcome = ReviewOutcome.REJECTED
    claim.save(update_fields=["review_outcome"])
    codes = [reason.value for reason in reasons]
    act([claim], ClaimAction.REJECT, Entry(text, {"reasons": codes}), by=by, now=now)
    drop_drafts(claim, by)
    close_for_good(claim, reasons=reasons, now=now)
    mark_competing_claims(claim.tenant, now=now)
    emails.claim_rejected(claim, text=text, now=now)
    return claim


def close_for_good(claim: Claim, *, reasons: Sequence[ReasonCode], now: datetime) -> None:
    """Write why the locked *claim* was just rejected, until when that can be disputed, and release its customer."""
    zone = zone_for(claim.tenant.country, claim.window_zone)
    claim.reason_codes = [reason.value for reason in reasons]
    claim.dispute_closes_at = dispute_closes_at(now, days=claim.rules.dispute_days, zone=zone)
    claim.answer_due_at = claim.review_due_at = None
    claim.save(update_fields=["reason_codes", "dispute_closes_at", "answer_due_at", "review_due_at"])
    close_consent(claim, now=now)


def drop_drafts(claim: Claim, by: Actor) -> None:
    """Delete what the person had entered about the locked *claim* and not sent, because they have decided."""
    claim.review_drafts.filter(reviewer=by.user_id).delete()


def refuse_own_company(claim: Claim, by: Actor) -> None:
    """Raise OwnCompany when the person belongs to the claim's partner."""
    if claim.partner.members.filter(user=by.user_id).exists():
        raise OwnCompany


def _require_reason(reasons: Sequence[ReasonCode], text: str) -> None:
    if not reasons or not text.strip():
        raise ReasonMissing
