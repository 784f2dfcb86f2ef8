"""Mails to reviewers."""

from datetime import date, datetime

from django.conf import settings

from accounts.models import OptionalMail, User
from associations.emails.facts import desk_url, facts_of, review_due, url_of
from associations.models import Claim
from notifications import outbox
from notifications.models import OutboxEmail

# What is mailed to reviewers about one claim.
TO_REVIEWERS = ("answer_arrived", "dispute_arrived")


def answer_arrived(claim: Claim, *, now: datetime) -> None:
    """E6: tells the assigned reviewer that the partner answered."""
    if claim.reviewer is None or not claim.reviewer.is_active:
        return
    locale = claim.reviewer.language or settings.LANGUAGE_CODE
    outbox.enqueue(
        key=f"claim:{claim.pk}:answer:{now.isoformat()}",
        template="answer_arrived",
        to=[claim.reviewer.email],
        context=facts_of(claim, language=locale) | review_due(claim) | {"claim_url": desk_url(claim)},
        locale=locale,
        now=now,
    )


def dispute_arrived(claim: Claim, *, justification: str, now: datetime) -> None:
    """E6 for a dispute: tells the reviewer who knows the claim that the partner disputes its rejection."""
    if claim.reviewer is None or not claim.reviewer.is_active:
        return
    locale = claim.reviewer.language or settings.LANGUAGE_CODE
    more = review_due(claim) | {"claim_url": desk_url(claim), "text": justification}
    outbox.enqueue(
        key=f"claim:{claim.pk}:dispute",
        template="dispute_arrived",
        to=[claim.reviewer.email],
        context=facts_of(claim, language=locale) | more,
        locale=locale,
        now=now,
    )


def review_digest(reviewer: User, *, overdue: int, due_today: int, waiting: int, on: date, now: datetime) -> bool:
    """E13: tells a reviewer once a day how the queue stands; return whether they wanted it and were not told yet."""
    if OptionalMail.REVIEW_DIGEST in reviewer.muted_mails:
        return False
    key, locale = f"digest:{on.isoformat()}:{reviewer.pk}", reviewer.language or settings.LANGUAGE_CODE
    if OutboxEmail.objects.filter(key=key).exists():
        return False
    outbox.enqueue(
        key=key,
        template="review_digest",
        to=[reviewer.email],
        context={
            "overdue": overdue,
            "due_today": due_today,
            "waiting": waiting,
            "today_on": on.isoformat(),
            "desk_url": url_of("admin:associations_claim_changelist"),
        },
        locale=locale,
        now=now,
    )
    return True
