"""Opens opt-out windows, and corrects the date that a notice promises before it leaves."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from associations import emails
from associations.choices import ConsentStatus, EventKind, ReminderKind
from associations.models import CustomerNotice
from associations.rules import lifecycle
from associations.rules.actors import PORTAL
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import lock_claim
from associations.services.customer.reminders import CUSTOMER_BUSINESS_DAYS_BEFORE, plan_before
from associations.services.deadlines import customer_window, end_of_customer_business_days
from notifications import outbox

logger = logging.getLogger(__name__)


def open_windows(*, now: datetime) -> int:
    """Open the window of every notice that the mail server accepted, and return how many (domain.md D1).

    The window runs from the moment of acceptance; its end is computed once, stored, and never recomputed.
    """
    return for_each_notice(CustomerNotice.objects.heard_but_not_opened(), open_window, now=now)


def renew_promised_dates(*, now: datetime) -> int:
    """Correct the date in notices that did not leave on the day they were written, and return how many.

    The outbox holds such an email back, so that no customer reads another deadline than the one that will be stored.
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
    closes_at = end_of_customer_business_days(claim, opens_at, days=claim.opt_out_business_days)
    # The calendar may have been corrected since the email was written: the customer keeps the day it promised.
    closes_at = max(closes_at, notice.promised_closes_at or closes_at)
    notice.opens_at, notice.closes_at = opens_at, closes_at
    notice.save(update_fields=["opens_at", "closes_at"])
    claim.opt_out_opens_at, claim.opt_out_closes_at = opens_at, closes_at
    claim.consent_status = ConsentStatus.OPEN
    claim.save(update_fields=["opt_out_opens_at", "opt_out_closes_at", "consent_status"])
    details = {"notice": notice.number, "closes_at": closes_at.isoformat(), "zone": claim.window_zone}
    record([claim], EventKind.WINDOW_OPENED, Entry(details=details), by=PORTAL, now=now)
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
    """Write the date that is right today into one unsent notice; return whether it was still unsent."""
    claim = lock_claim(CustomerNotice.objects.values_list("claim_id", flat=True).get(pk=notice_id))
    notice = CustomerNotice.objects.overdue(now).select_related("email").filter(pk=notice_id).first()
    if notice is None or claim.status not in lifecycle.UNDECIDED:
        return False
    window = customer_window(claim, now, days=claim.opt_out_business_days)
    promised = emails.promised_window(claim, window, language=notice.language)
    send_before = emails.end_of_local_day(claim, now)
    if not outbox.amend(keys=[notice.email.key], context=promised, send_before=send_before):
        return False
    notice.promised_closes_at = window.closes_at
    notice.save(update_fields=["promised_closes_at"])
    return True


def for_each_notice(notices: QuerySet[CustomerNotice], step: Callable[..., bool], *, now: datetime) -> int:
    """Run *step* for each notice in a transaction of its own; one that fails is logged and left for the next run."""
    done = 0
    for notice_id in list(notices.order_by("pk").values_list("pk", flat=True)):
        try:
            done += step(notice_id, now=now)
        except Exception:
            logger.exception("Notice %s was left for the next run.", notice_id)
    return done
