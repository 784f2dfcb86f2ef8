"""Takes a claim back, and deletes a draft."""

from datetime import datetime

from django.db import transaction

from associations import emails
from associations.choices import (
    ClaimAction,
    HoldKind,
    ReasonCode,
    WithdrawalReason,
)
from associations.models import Claim
from associations.rules.actors import Actor
from associations.services.claim.history import Entry
from associations.services.claim.lifecycle import act, lock_claim_on_its_tenant
from associations.services.customer.holds import overtake
from associations.services.customer.notice import revoke_unsent
from associations.services.review.competing_claims import (
    mark_competing_claims,
)


@transaction.atomic
def withdraw_claim(*, claim_id: int, reason: WithdrawalReason, by: Actor, now: datetime) -> Claim:
    """Take an undecided claim back and tell the customer that nothing is left to do; raise ActionNotAllowed (T23)."""
    claim = lock_claim_on_its_tenant(claim_id)
    act([claim], ClaimAction.WITHDRAW, Entry(details={"reason": reason.value}), by=by, now=now)
    overtake(claim, kinds=[HoldKind.DELIVERY_UNCLEAR], now=now)
    claim.reason_codes = [ReasonCode.PARTNER_REQUEST.value]
    claim.answer_due_at = claim.review_due_at = None
    claim.save(update_fields=["reason_codes", "answer_due_at", "review_due_at"])
    close_consent(claim, now=now)
    mark_competing_claims(claim.tenant, now=now)
    return claim


@transaction.atomic
def cancel_draft(*, claim_id: int, by: Actor, now: datetime) -> Claim:
    """Give a draft up; its History stays. Raise ActionNotAllowed (T3)."""
    claim = lock_claim_on_its_tenant(claim_id)
    act([claim], ClaimAction.CANCEL_DRAFT, by=by, now=now)
    return claim


def close_consent(claim: Claim, *, now: datetime) -> None:
    """End the customer's part of a claim that was closed by somebody else.

    A notice that hasn't left is stopped. A customer who got one is notified that no answer is due (E3d).
    """
    notice = claim.notices.current().select_related("email").first()
    if notice is None or notice.undelivered_at or revoke_unsent(claim, notice, now=now):
        return
    emails.request_closed(claim, notice=notice, now=now)
