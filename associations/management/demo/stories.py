"""Takes a claim of the demo world to its status with the portal's own services."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import User
from associations.choices import OptOutReason, ReasonCode, WithdrawalReason
from associations.management.demo.claims import DemoClaim
from associations.management.demo.drafting import draft
from associations.models import Claim
from associations.rules.actors import Actor, Role
from associations.services.association import approval, association
from associations.services.claim import disputes, submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer, hand_over, holds, opt_out_period, undelivered_notice
from associations.services.review import decisions
from notifications.models import EmailStatus, IncomingEmail, IncomingKind, OutboxEmail
from notifications.sending.delivery import deliver_due_emails


def tell(demo: DemoClaim, *, now: datetime) -> bool:
    """Take one claim as far as its story goes; return whether the claim is new."""
    if Claim.objects.filter(partner__name=demo.partner, name=demo.name).exists():
        return False
    at = now - timedelta(days=demo.days_ago)
    claim = draft(demo, at=at)
    if demo.story == "draft":
        return True
    submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=author_of(claim), now=at)
    deliver_due_emails(now=at)
    opt_out_period.open_windows(now=at)
    STORIES[demo.story](claim, at, now)
    deliver_due_emails(now=now)
    return True


def author_of(claim: Claim) -> Actor:
    return Actor(Role.INCENTIVES_ADMIN, claim.created_by_id)


def demo_reviewer() -> Actor:
    return Actor(Role.REVIEWER, User.objects.get(email="reviewer@microsoft.example").pk)


def wait(claim: Claim, at: datetime, now: datetime) -> None:
    """The claim was filed, and that is all so far."""


def be_reviewed(claim: Claim, at: datetime, now: datetime) -> None:
    decisions.start_review(claim_id=claim.pk, by=demo_reviewer(), now=at + timedelta(hours=2))


def be_returned(claim: Claim, at: datetime, now: datetime) -> None:
    be_reviewed(claim, at, now)
    decisions.request_action(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_NO_PRODUCT, ReasonCode.POE_NO_SIGNATURE],
        text="Microsoft 365 Apps is not named in the statement of work, and page 3 is not signed.",
        by=demo_reviewer(),
        now=at + timedelta(hours=4),
    )


def be_validated(claim: Claim, at: datetime, now: datetime) -> None:
    be_reviewed(claim, at, now)
    decisions.validate_claim(claim_id=claim.pk, by=demo_reviewer(), now=at + timedelta(hours=5))


def be_rejected(claim: Claim, at: datetime, now: datetime) -> None:
    be_reviewed(claim, at, now)
    decisions.reject_claim(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_ALL_MISSING],
        text="The file is a price list and does not show any work.",
        by=demo_reviewer(),
        now=at + timedelta(hours=6),
    )


def be_disputed(claim: Claim, at: datetime, now: datetime) -> None:
    be_rejected(claim, at, now)
    disputes.open_dispute(
        claim_id=claim.pk,
        justification="The signed statement of work is the second file; the price list was uploaded by mistake.",
        proofs=(),
        max_files=settings.POE_MAX_FILES,
        by=author_of(claim),
        now=at + timedelta(days=1),
    )


def be_rejected_for_good(claim: Claim, at: datetime, now: datetime) -> None:
    be_disputed(claim, at, now)
    disputes.uphold_rejection(
        claim_id=claim.pk,
        text="There is no second file. Please file a new claim with the signed statement of work.",
        by=demo_reviewer(),
        now=at + timedelta(days=2),
    )


def be_declined(claim: Claim, at: datetime, now: datetime) -> None:
    answer.opt_out(
        notice_id=claim.notices.current().get().pk,
        answerer=answer.Answerer(name="Dana Kim"),
        reason=OptOutReason.OTHER_PARTNER,
        text="This work was done by another company.",
        now=at + timedelta(days=1),
    )


def be_handed_over(claim: Claim, at: datetime, now: datetime) -> None:
    later = at + timedelta(hours=3)
    colleague = {
        "name": "Sara Fontana",
        "title": "Responsabile IT",
        "email": f"sara.fontana@{claim.domain_name}",
        "language": "it",
    }
    hand_over.hand_over(
        notice_id=claim.notices.current().get().pk,
        answerer=answer.Answerer(name="Paola Greco"),
        colleague=colleague,
        text="Sara si occupa dei contratti con Microsoft.",
        now=later,
    )
    deliver_due_emails(now=later)
    opt_out_period.open_windows(now=later)


def be_written_about(claim: Claim, at: datetime, now: datetime) -> None:
    notice = claim.notices.current().get()
    IncomingEmail.objects.create(
        email=notice.email,
        kind=IncomingKind.REPLY,
        sender=notice.contact_email,
        subject=f"Re: {notice.email.subject}",
        text=(
            "Hello,\n\nwe don't know this company and never hired them for Teams. What is this about?\n\n"
            "Kind regards\nJana Vogel"
        ),
        received_at=at + timedelta(hours=3),
        digest=hashlib.sha256(claim.number.encode()).hexdigest(),
    )
    holds.hear_incoming_emails(now=at + timedelta(hours=3))


def be_withdrawn(claim: Claim, at: datetime, now: datetime) -> None:
    reason = WithdrawalReason.WRONG_MPN
    withdraw_claim(claim_id=claim.pk, reason=reason, by=author_of(claim), now=at + timedelta(hours=3))


def become_official(claim: Claim, at: datetime, now: datetime) -> None:
    be_validated(claim, at, now)
    # At the end of the window, as the sweep does it, and not later.
    closes_at = Claim.objects.values_list("opt_out_closes_at", flat=True).get(pk=claim.pk)
    approval.approve_unopposed_claims(now=min(now, closes_at or now))


def be_left(claim: Claim, at: datetime, now: datetime) -> None:
    become_official(claim, at, now)
    reason = "The contract with this customer has ended."
    association.disassociate(claim_id=claim.pk, reason=reason, by=author_of(claim), now=now - timedelta(days=5))


def bounce(claim: Claim, at: datetime, now: datetime) -> None:
    mail = OutboxEmail.objects.filter(pk=claim.notices.current().get().email_id)
    later = at + timedelta(minutes=5)
    mail.update(status=EmailStatus.BOUNCED, bounced_at=later, last_error="5.1.1 smtp; 550 5.1.1 User unknown")
    undelivered_notice.note_undelivered_notices(now=later)


def wait_for_validation(claim: Claim, at: datetime, now: datetime) -> None:
    """Let the window end in a program that needs a reviewer's validation."""
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    be_reviewed(claim, at, now)
    approval.approve_unopposed_claims(now=now)


STORIES: dict[str, Callable[[Claim, datetime, datetime], None]] = {
    "submitted": wait,
    "under_review": be_reviewed,
    "action_required": be_returned,
    "awaiting_customer": be_validated,
    "approved": become_official,
    "rejected": be_rejected,
    "disputed": be_disputed,
    "rejected_final": be_rejected_for_good,
    "declined": be_declined,
    "handed_over": be_handed_over,
    "customer_wrote": be_written_about,
    "withdrawn": be_withdrawn,
    "ended": be_left,
    "bounced": bounce,
    "on_hold": wait_for_validation,
}
