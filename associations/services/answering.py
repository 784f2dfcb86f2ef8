"""The customer's answer, given through the link in the notice (domain.md D3, D4)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from associations import emails, links
from associations.choices import (
    ClaimAction,
    ClaimStatus,
    ConsentStatus,
    EndReason,
    EventKind,
    NoticeAnswer,
    OptOutReason,
    ReasonCode,
)
from associations.models import Association, Claim, CustomerNotice
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.services.approval import approve_those_due
from associations.services.associating import end_associations
from associations.services.competing import mark_competing_claims
from associations.services.lifecycle import act, lock_claim_on_its_tenant
from associations.services.recording import record


class BadLink(Exception):
    """No notice with this link is current: unknown, revoked or malformed, and never said which."""


class NothingToAnswer(Exception):
    """The notice was answered already, or the request is closed; the page shows how it stands."""


@dataclass(frozen=True)
class Answerer:
    """Who answers: the name they typed, and the evidence of where the answer came from (domain.md R17)."""

    name: str
    ip: str | None = None
    user_agent: str = ""


def find_notice(token: str) -> CustomerNotice:
    """Return the current notice of a link; raise BadLink."""
    notices = CustomerNotice.objects.current().select_related("claim__partner", "claim__location", "claim__tenant")
    digest = links.digest(token)
    notice = notices.filter(Q(token_digest=digest) | Q(reminder_token_digest=digest)).first()
    if notice is None:
        raise BadLink
    return notice


def can_approve(notice: CustomerNotice) -> bool:
    """Whether an approval through this notice would still change something."""
    return not notice.answer and notice.claim.status in lifecycle.UNDECIDED


def can_opt_out(notice: CustomerNotice) -> bool:
    """Whether an opt-out through this notice would decline the claim or end the association."""
    if notice.answer == NoticeAnswer.OPTED_OUT:
        return False
    return notice.claim.status in lifecycle.UNDECIDED or is_official(notice.claim)


def is_official(claim: Claim) -> bool:
    """Whether the claim's associations are in force."""
    active = Association.objects.active().filter(claimed_products__claim=claim)
    return claim.status == ClaimStatus.APPROVED and active.exists()


@transaction.atomic
def approve_by_customer(*, notice_id: int, answerer: Answerer, now: datetime) -> CustomerNotice:
    """Take the customer's approval: the window closes now and the claim is official unless held (D3).

    Raise BadLink for a notice revoked meanwhile, NothingToAnswer for one answered or closed.
    """
    claim, notice = _lock(notice_id)
    if not can_approve(notice):
        raise NothingToAnswer
    _write_answer(notice, NoticeAnswer.APPROVED, answerer, now=now)
    claim.consent_status = ConsentStatus.ACKNOWLEDGED
    claim.save(update_fields=["consent_status"])
    record([claim], EventKind.CUSTOMER_APPROVED, by=_customer(answerer), now=now)
    emails.forget_reminders([claim], now=now)
    approve_those_due([claim.pk], now=now)
    return notice


@transaction.atomic
def opt_out(
    *, notice_id: int, answerer: Answerer, reason: OptOutReason, text: str = "", now: datetime
) -> CustomerNotice:
    """Take the customer's no: it declines a claim that is not official yet, and ends one that is (D4).

    Raise BadLink for a notice revoked meanwhile, NothingToAnswer for one already opted out of, or closed.
    """
    claim, notice = _lock(notice_id)
    if not can_opt_out(notice):
        raise NothingToAnswer
    _write_answer(notice, NoticeAnswer.OPTED_OUT, answerer, now=now, reason=reason, text=text)
    was_official = claim.status == ClaimStatus.APPROVED
    if was_official:
        _end(claim, answerer, reason=reason, text=text, now=now)
    else:
        _decline(claim, answerer, reason=reason, text=text, now=now)
    mark_competing_claims(claim.tenant, now=now)
    emails.opt_out_receipt(claim, notice=notice, has_ended_association=was_official, now=now)
    return notice


def _decline(claim: Claim, answerer: Answerer, *, reason: OptOutReason, text: str, now: datetime) -> None:
    details = {"reason": reason.value}
    act([claim], ClaimAction.DECLINE, by=_customer(answerer), now=now, note=text, details=details)
    claim.consent_status = ConsentStatus.DECLINED
    claim.answer_due_at = claim.review_due_at = None
    claim.reason_codes = [ReasonCode.CUSTOMER_DECLINED.value]
    claim.save(update_fields=["consent_status", "answer_due_at", "review_due_at", "reason_codes"])
    emails.claim_rejected(claim, text="", now=now)


def _end(claim: Claim, answerer: Answerer, *, reason: OptOutReason, text: str, now: datetime) -> None:
    claim.consent_status = ConsentStatus.DECLINED
    claim.save(update_fields=["consent_status"])
    end_associations(claim, reason=EndReason.CUSTOMER_OPT_OUT, by=_customer(answerer), now=now, note=text)
    emails.association_ended(claim, reason=EndReason.CUSTOMER_OPT_OUT, now=now)


def _lock(notice_id: int) -> tuple[Claim, CustomerNotice]:
    """Return the claim and its still current notice, both locked; raise BadLink."""
    claim_id = CustomerNotice.objects.values_list("claim_id", flat=True).get(pk=notice_id)
    claim = lock_claim_on_its_tenant(claim_id)
    current = CustomerNotice.objects.current().select_for_update(of=("self",), no_key=True)
    notice = current.filter(pk=notice_id).first()
    if notice is None:
        raise BadLink
    notice.claim = claim
    return claim, notice


def _write_answer(
    notice: CustomerNotice,
    answer: NoticeAnswer,
    answerer: Answerer,
    *,
    now: datetime,
    reason: OptOutReason | None = None,
    text: str = "",
) -> None:
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
        ]
    )


def _customer(answerer: Answerer) -> Actor:
    return Actor(Role.CUSTOMER, name=answerer.name)
