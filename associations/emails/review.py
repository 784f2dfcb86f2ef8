"""Emails to the partner about the review of a claim: its start, questions, rejection, disputes, competing claims."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import translation

from accounts.models import OptionalMail
from associations.choices import ClaimStatus, ReasonCode
from associations.emails.facts import (
    answer_due,
    facts_with_status,
    iso_or_none,
    item_name,
    last_day_on,
    partners_language,
    review_due,
    url_of,
    zone_on_last_day,
)
from associations.emails.partners import quoted, to_partner
from associations.models import Claim, ClaimedProduct, CustomerNotice
from notifications import outbox


def review_started(claim: Claim, *, now: datetime) -> None:
    """Tell the person who submitted the claim that a reviewer started on it, if they want this email (E4)."""
    submitter = claim.submitted_by
    if submitter is None or not submitter.is_active or OptionalMail.REVIEW_STARTED in submitter.muted_mails:
        return
    locale = submitter.language or settings.LANGUAGE_CODE
    more = review_due(claim) | {"claim_url": url_of("claim_detail", claim.public_id)}
    outbox.enqueue(
        key=f"claim:{claim.pk}:review-started:{now.isoformat()}",
        template="review_started",
        to=[submitter.email],
        context=facts_with_status(claim, language=locale, now=now) | more,
        locale=locale,
        now=now,
    )


def action_required(claim: Claim, *, text: str, now: datetime) -> None:
    """Send the partner the reviewer's question (E5)."""
    more = answer_due(claim) | {"text": text}
    to_partner(claim, "action_required", key=f"action-required:{now.isoformat()}", more=more, now=now)


def answer_reminder(claim: Claim, *, key: str, now: datetime) -> None:
    """Remind the partner of the reviewer's question (E7)."""
    to_partner(claim, "answer_reminder", key=key, more=answer_due(claim), now=now)


def claim_rejected(claim: Claim, *, text: str = "", opted_out_by: CustomerNotice | None = None, now: datetime) -> None:
    """Tell the partner that the claim was rejected, why, and by when to dispute it, if at all (E8).

    *text* is the reviewer's. *opted_out_by* is the notice with the answer of a customer who opted out.
    """
    is_customers_decision = claim.reason_codes == [ReasonCode.CUSTOMER_DECLINED.value]
    is_final = is_customers_decision or claim.disputed_at is not None
    more = {
        "text": text,
        "is_customers_decision": is_customers_decision,
        "is_final": is_final,
        "is_upheld": claim.status == ClaimStatus.REJECTED_FINAL,
        "dispute_until_on": None if is_final else last_day_on(claim, claim.dispute_closes_at),
        "dispute_closes_at": None if is_final else iso_or_none(claim.dispute_closes_at),
        "day_zone": "" if is_final else zone_on_last_day(claim, claim.dispute_closes_at),
    }
    more |= quoted(opted_out_by, claim)
    to_partner(claim, "claim_rejected", key=f"rejected:{now.isoformat()}", more=more, now=now)


def dispute_accepted(claim: Claim, *, text: str, has_new_notice: bool, now: datetime) -> None:
    """Tell the partner that the rejection no longer stands, and whether the customer is asked again (T20)."""
    more = {"text": text, "has_new_notice": has_new_notice}
    to_partner(claim, "dispute_accepted", key="dispute-accepted", more=more, now=now)


def competing_found(claim: Claim, *, contested: Iterable[ClaimedProduct], now: datetime) -> None:
    """Tell the partner which items of this claim another partner wants, never which partner (E11, domain.md 1.7)."""
    with translation.override(partners_language(claim)):
        more = {"contested_items": [item_name(item) for item in contested]}
    to_partner(claim, "competing_found", key=f"competing:{now.isoformat()}", more=more, now=now)


def competing_settled(claim: Claim, *, won: Iterable[ClaimedProduct], is_official: bool, now: datetime) -> None:
    """Tell the partner for which items a reviewer preferred it; the other partner gets E8 or E10 (T25)."""
    with translation.override(partners_language(claim)):
        more = {"won_items": [item_name(item) for item in won], "is_official": is_official}
    to_partner(claim, "competing_settled", key=f"competing-settled:{now.isoformat()}", more=more, now=now)
