"""The customer's answer, given through the link in the notice or recorded by a reviewer (domain.md D3, D4, D19)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from associations import emails, link_tokens
from associations.choices import (
    ClaimAction,
    ClaimStatus,
    ConsentStatus,
    EndReason,
    EventKind,
    HoldKind,
    NoticeAnswer,
    OptOutReason,
    ReasonCode,
)
from associations.models import Association, Claim, CustomerNotice
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.services.association.approval import approve_those_due
from associations.services.association.association import end_associations
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import act, lock_claim_on_its_tenant
from associations.services.customer.holds import overtake
from associations.services.review.competing_claims import mark_competing_claims


class BadLink(Exception):
    """No notice with this link is current: unknown, revoked or malformed, and never said which."""


class NothingToAnswer(Exception):
    """The notice was answered already, or the request is closed; the page shows how it stands."""


@dataclass(frozen=True)
class Answerer:
    """The person who answers: the name they typed, and the evidence of where the answer came from (domain.md R17)."""

    name: str
    ip: str | None = None
    user_agent: str = ""


def find_notice(token: str) -> CustomerNotice:
    """Return the notice of a link that works, or of a request that was handed over; raise BadLink."""
    notices = CustomerNotice.objects.openable().select_related("claim__partner", "claim__location", "claim__tenant")
    digest = link_tokens.digest(token)
    notice = notices.filter(Q(token_digest=digest) | Q(reminder_token_digest=digest)).first()
    if notice is None:
        raise BadLink
    return notice


def note_opened(notice_id: int, *, now: datetime) -> None:
    """Note that a person is on the page of a current notice, if that is the first time."""
    CustomerNotice.objects.current().filter(pk=notice_id, opened_at=None).update(opened_at=now)


def can_approve(notice: CustomerNotice) -> bool:
    """Return whether an approval through this notice would still change something."""
    return not notice.answer and notice.claim.status in lifecycle.UNDECIDED


def can_opt_out(notice: CustomerNotice) -> bool:
    """Return whether an opt-out through this notice would decline the claim or end the association."""
    if notice.answer in {NoticeAnswer.OPTED_OUT, NoticeAnswer.HANDED_OVER}:
        return False
    return notice.claim.status in lifecycle.UNDECIDED or is_official(notice.claim)


def is_official(claim: Claim) -> bool:
    """Return whether the claim's associations are in force."""
    active = Association.objects.active().filter(claimed_products__claim=claim)
    return claim.status == ClaimStatus.APPROVED and active.exists()


@transaction.atomic
def approve_by_customer(*, notice_id: int, answerer: Answerer, text: str = "", now: datetime) -> CustomerNotice:
    """Take the customer's approval: the window closes now and the claim is official unless held (D3).

    What the customer wrote with it is kept, and sent to the partner. The approval shows that the notice arrived; what
    the customer wrote by email still has to be read, as `rules.customer.opt_out.what_holds` says. Raise BadLink for a
    notice revoked meanwhile, NothingToAnswer for one answered or closed.
    """
    claim, notice = lock_current_notice(notice_id)
    if not can_approve(notice):
        raise NothingToAnswer
    write_answer(notice, NoticeAnswer.APPROVED, answerer, now=now, text=text)
    claim.consent_status = ConsentStatus.ACKNOWLEDGED
    claim.save(update_fields=["consent_status"])
    record([claim], EventKind.CUSTOMER_APPROVED, Entry(text), by=customer_actor(answerer), now=now)
    emails.forget_reminders([claim], now=now)
    overtake(claim, kinds=[HoldKind.DELIVERY_UNCLEAR], now=now)
    approve_those_due([claim.pk], now=now)
    if text:
        claim.refresh_from_db(fields=["status", "official_by", "closed_at", "ended_at", "hold_kinds", "hold_due_at"])
        emails.customer_message(claim, notice=notice, now=now)
    return notice


@transaction.atomic
def opt_out(
    *, notice_id: int, answerer: Answerer, reason: OptOutReason, text: str = "", now: datetime
) -> CustomerNotice:
    """Take the customer's no: it declines a claim that is not official yet, and ends one that is (D4).

    Raise BadLink for a notice revoked meanwhile, NothingToAnswer for one already opted out of, or closed.
    """
    claim, notice = lock_current_notice(notice_id)
    if not can_opt_out(notice):
        raise NothingToAnswer
    write_answer(notice, NoticeAnswer.OPTED_OUT, answerer, now=now, reason=reason, text=text)
    _take_no(claim, notice, by=customer_actor(answerer), reason=reason, text=text, now=now)
    return notice


def record_written_opt_out(claim: Claim, *, by: Actor, now: datetime) -> CustomerNotice:
    """Record an opt-out that the customer of a locked *claim*, on its locked tenant, wrote by email (D19).

    It has the consequences of one through the link. The notice is answered in the name of its contact; what was
    written stays with the incoming email, for reviewers only. Raise NothingToAnswer when it would change nothing.
    """
    notice = claim.notices.current().select_for_update(of=("self",), no_key=True).first()
    if notice is None or not can_opt_out(notice):
        raise NothingToAnswer
    notice.claim, reason = claim, OptOutReason.WRITTEN
    # Whoever was erased from an official claim has no name any more.
    answerer = Answerer(name=notice.contact_name or claim.tenant.name)
    write_answer(notice, NoticeAnswer.OPTED_OUT, answerer, now=now, reason=reason)
    _take_no(claim, notice, by=by, reason=reason, text="", now=now)
    return notice


def _take_no(
    claim: Claim, notice: CustomerNotice, *, by: Actor, reason: OptOutReason, text: str, now: datetime
) -> None:
    """Let an answered opt-out take effect, tell the partner (E8 or E10) and send the customer the receipt (E3c)."""
    was_official = claim.status == ClaimStatus.APPROVED
    if was_official:
        _end(claim, notice, by=by, text=text, now=now)
    else:
        _decline(claim, notice, by=by, reason=reason, text=text, now=now)
    overtake(claim, now=now)
    mark_competing_claims(claim.tenant, now=now)
    emails.opt_out_receipt(claim, notice=notice, has_ended_association=was_official, now=now)


def _decline(
    claim: Claim, notice: CustomerNotice, *, by: Actor, reason: OptOutReason, text: str, now: datetime
) -> None:
    act([claim], ClaimAction.DECLINE, Entry(text, {"reason": reason.value}), by=by, now=now)
    claim.consent_status = ConsentStatus.DECLINED
    claim.answer_due_at = claim.review_due_at = None
    claim.reason_codes = [ReasonCode.CUSTOMER_DECLINED.value]
    claim.save(update_fields=["consent_status", "answer_due_at", "review_due_at", "reason_codes"])
    emails.claim_rejected(claim, opted_out_by=notice, now=now)


def _end(claim: Claim, notice: CustomerNotice, *, by: Actor, text: str, now: datetime) -> None:
    claim.consent_status = ConsentStatus.DECLINED
    claim.save(update_fields=["consent_status"])
    end_associations(claim, reason=EndReason.CUSTOMER_OPT_OUT, by=by, now=now, note=text)
    emails.association_ended(claim, reason=EndReason.CUSTOMER_OPT_OUT, opted_out_by=notice, now=now)


def lock_current_notice(notice_id: int) -> tuple[Claim, CustomerNotice]:
    """Return the claim and its still current notice, both locked; raise BadLink."""
    claim_id = CustomerNotice.objects.values_list("claim_id", flat=True).get(pk=notice_id)
    claim = lock_claim_on_its_tenant(claim_id)
    current = CustomerNotice.objects.current().select_for_update(of=("self",), no_key=True)
    notice = current.filter(pk=notice_id).first()
    if notice is None:
        raise BadLink
    notice.claim = claim
    return claim, notice


def write_answer(
    notice: CustomerNotice,
    answer: NoticeAnswer,
    answerer: Answerer,
    *,
    now: datetime,
    reason: OptOutReason | None = None,
    text: str = "",
) -> None:
    """Write the answer on a locked *notice*, with the evidence of where it came from."""
    notice.answer, notice.answered_at, notice.answered_by_name = answer, now, answerer.name
    notice.answer_reason, notice.answer_text = reason or "", text
    notice.answer_ip, notice.answer_user_agent = answerer.ip, answerer.user_agent[:300]
    notice.save(
        update_fields=[
            "answer",
            "answered_at",
            "answered_by_name",
            "answer_reason",
            "answer_text",
            "answer_ip",
            "answer_user_agent",
            "hand_over_number",
        ]
    )


def customer_actor(answerer: Answerer) -> Actor:
    """Return the customer as an actor on the claim."""
    return Actor(Role.CUSTOMER, name=answerer.name)
