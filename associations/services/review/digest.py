"""Emails reviewers once a day which claims are due."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from associations import emails
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.business_days import ONE_DAY
from associations.rules.customer.opt_out import first_instant

DIGEST_HOUR = 8
# A reviewer reads this many claims of a kind in the email, and the rest in the queue.
NAMED = 10


def send_review_digests(*, now: datetime) -> int:
    """Email every reviewer once a day, from eight in the morning, the state of the queue; return how many (E13)."""
    local = now.astimezone(ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE))
    if local.hour < DIGEST_HOUR:
        return 0
    reviewers = User.objects.filter(is_active=True, groups__permissions__codename="review_claim").distinct()
    return sum(send_review_digest(reviewer, on=local.date(), now=now) for reviewer in reviewers.order_by("pk"))


def send_review_digest(reviewer: User, *, on: date, now: datetime) -> bool:
    """Email one reviewer if anything they may decide is due by the end of the day; return whether this was new."""
    tomorrow = first_instant(on + ONE_DAY, zone=ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE))
    reviewable = Claim.objects.reviewable_by(reviewer)
    waiting = reviewable.filter(status__in=lifecycle.REVIEWABLE, review_due_at__isnull=False)
    due = {
        "overdue": waiting.filter(review_due_at__lte=now),
        "due_today": waiting.filter(review_due_at__gt=now, review_due_at__lte=tomorrow),
        "to_read": reviewable.with_email_to_read(),
        "to_confirm": reviewable.contact_unconfirmed(),
    }
    counts = {kind: claims.count() for kind, claims in due.items()} | {"waiting": waiting.count()}
    if not counts["overdue"] and not counts["due_today"] and not reviewable.hold_due_by(tomorrow).exists():
        return False
    first = {kind: first_of(claims, by=emails.DUE_BY[kind]) for kind, claims in due.items()}
    return emails.review_digest(reviewer, counts=counts, due=first, on=on, now=now)


def first_of(claims: QuerySet[Claim], *, by: str) -> list[Claim]:
    """Return the claims that the digest names, the longest due first."""
    return list(claims.select_related("tenant", "partner").order_by(by, "pk")[:NAMED])
