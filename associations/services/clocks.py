"""What time does by itself. Each clock asks the database who is due, and is safe to run twice, late or doubled."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from associations import emails
from associations.choices import ClaimAction, ConsentStatus, EventKind, ReasonCode, ReminderKind
from associations.models import Claim, CustomerNotice
from associations.rules import lifecycle
from associations.rules.actors import PORTAL
from associations.rules.business_days import ONE_DAY
from associations.rules.opt_out import first_instant
from associations.services.competing import mark_competing_claims
from associations.services.deadlines import end_of_business_days
from associations.services.lifecycle import act, lock_claim, lock_claim_on_its_tenant
from associations.services.recording import record
from associations.services.reminding import CUSTOMER_BUSINESS_DAYS_BEFORE, plan_before
from associations.services.review import close_for_good
from notifications import outbox

logger = logging.getLogger(__name__)

DIGEST_HOUR = 8


def open_windows(*, now: datetime) -> int:
    """Open the window of every notice that the mail server accepted, and return how many (domain.md D1).

    The window runs from the moment of acceptance; its end is computed once, stored, and never recomputed.
    """
    return for_each_notice(CustomerNotice.objects.heard_but_not_opened(), open_window, now=now)


def renew_promised_dates(*, now: datetime) -> int:
    """Correct the date in notices that did not leave on the day they were written, and return how many.

    The outbox holds such a mail back, so that no customer reads another deadline than the one that will be stored.
    """
    return for_each_notice(CustomerNotice.objects.overdue(now), renew_promised_date, now=now)


@transaction.atomic
def open_window(notice_id: int, *, now: datetime) -> bool:
    """Open one window if its notice is still the current one, unanswered and undecided; return whether it did."""
    claim = lock_claim(CustomerNotice.objects.values_list("claim_id", flat=True).get(pk=notice_id))
    notice = CustomerNotice.objects.heard_but_not_opened().select_related("email").filter(pk=notice_id).first()
    if notice is None or notice.email.sent_at is None:
        return False
    opens_at = notice.email.sent_at
    # The calendar may have been corrected since the mail was written: who was promised a day keeps it.
    promised_at = datetime.fromisoformat(notice.email.context["closes_at"])
    closes_at = max(promised_at, end_of_business_days(claim, opens_at, days=claim.opt_out_business_days))
    notice.opens_at, notice.closes_at = opens_at, closes_at
    notice.save(update_fields=["opens_at", "closes_at"])
    claim.opt_out_opens_at, claim.opt_out_closes_at = opens_at, closes_at
    claim.consent_status = ConsentStatus.OPEN
    claim.save(update_fields=["opt_out_opens_at", "opt_out_closes_at", "consent_status"])
    details = {"notice": notice.number, "closes_at": closes_at.isoformat(), "zone": claim.window_zone}
    record([claim], EventKind.WINDOW_OPENED, by=PORTAL, now=now, details=details)
    plan_before(
        claim,
        ReminderKind.CUSTOMER_PERIOD_ENDING,
        closes_at=closes_at,
        days_before=CUSTOMER_BUSINESS_DAYS_BEFORE,
        now=now,
    )
    emails.customer_notice_copy(claim, notice=notice, closes_at=closes_at, now=now)
    return True


@transaction.atomic
def renew_promised_date(notice_id: int, *, now: datetime) -> bool:
    """Write the date that holds today into one unsent notice; return whether it was still unsent."""
    claim = lock_claim(CustomerNotice.objects.values_list("claim_id", flat=True).get(pk=notice_id))
    notice = CustomerNotice.objects.overdue(now).select_related("email").filter(pk=notice_id).first()
    if notice is None or claim.status not in lifecycle.UNDECIDED:
        return False
    closes_at = end_of_business_days(claim, now, days=claim.opt_out_business_days)
    promised, send_before = emails.promised_date(claim, closes_at), emails.end_of_local_day(claim, now)
    return outbox.amend(keys=[notice.email.key], context=promised, send_before=send_before) > 0


def expire_answers(*, now: datetime) -> int:
    """Reject every claim whose partner let the reviewer's question run out, and return how many (T9)."""
    done = 0
    for claim_id in list(Claim.objects.answer_overdue(now).order_by("pk").values_list("pk", flat=True)):
        try:
            done += expire_answer(claim_id, now=now)
        except Exception:
            logger.exception("Claim %s was left for the next run.", claim_id)
    return done


@transaction.atomic
def expire_answer(claim_id: int, *, now: datetime) -> bool:
    """Reject one claim if its answer is still overdue; return whether it was."""
    claim = lock_claim_on_its_tenant(claim_id)
    if not Claim.objects.answer_overdue(now).filter(pk=claim.pk).exists():
        return False
    act([claim], ClaimAction.EXPIRE_ANSWER, by=PORTAL, now=now)
    close_for_good(claim, reasons=[ReasonCode.NO_PARTNER_RESPONSE], now=now)
    mark_competing_claims(claim.tenant, now=now)
    emails.claim_rejected(claim, text="", now=now)
    return True


def send_review_digests(*, now: datetime) -> int:
    """Tell every reviewer once a day, from eight in the morning, how the queue stands; return how many (E13)."""
    local = now.astimezone(ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE))
    if local.hour < DIGEST_HOUR:
        return 0
    reviewers = User.objects.filter(is_active=True, groups__permissions__codename="review_claim").distinct()
    return sum(send_review_digest(reviewer, on=local.date(), now=now) for reviewer in reviewers.order_by("pk"))


def send_review_digest(reviewer: User, *, on: date, now: datetime) -> bool:
    """Tell one reviewer if anything they may decide is due by the end of the day; return whether it was news."""
    tomorrow = first_instant(on + ONE_DAY, zone=ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE))
    waiting = Claim.objects.reviewable_by(reviewer).filter(
        status__in=lifecycle.REVIEWABLE, review_due_at__isnull=False
    )
    overdue = waiting.filter(review_due_at__lte=now).count()
    due_today = waiting.filter(review_due_at__gt=now, review_due_at__lte=tomorrow).count()
    if not overdue and not due_today:
        return False
    counts = {"overdue": overdue, "due_today": due_today, "waiting": waiting.count()}
    return emails.review_digest(reviewer, **counts, on=on, now=now)


def for_each_notice(notices: QuerySet[CustomerNotice], step: Callable[..., bool], *, now: datetime) -> int:
    """Run *step* for each notice in a transaction of its own; one that fails is logged and left for the next run."""
    done = 0
    for notice_id in list(notices.order_by("pk").values_list("pk", flat=True)):
        try:
            done += step(notice_id, now=now)
        except Exception:
            logger.exception("Notice %s was left for the next run.", notice_id)
    return done
