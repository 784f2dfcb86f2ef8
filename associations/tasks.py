"""One task per clock: read the time, make one call."""

from celery import shared_task
from django.utils import timezone

from associations.services import approval, associating, clocks, reminding, undelivered
from notifications.heartbeats import run_of


@shared_task
@run_of("open_windows")
def open_windows() -> None:
    now = timezone.now()
    clocks.renew_promised_dates(now=now)
    clocks.open_windows(now=now)


@shared_task
@run_of("note_undelivered_notices")
def note_undelivered_notices() -> None:
    undelivered.note_undelivered_notices(now=timezone.now())


@shared_task
@run_of("approve_unopposed_claims")
def approve_unopposed_claims() -> None:
    now = timezone.now()
    # A bounce that arrived a moment ago is no silence.
    undelivered.note_undelivered_notices(now=now)
    approval.approve_unopposed_claims(now=now)


@shared_task
@run_of("expire_answers")
def expire_answers() -> None:
    clocks.expire_answers(now=timezone.now())


@shared_task
@run_of("expire_associations")
def expire_associations() -> None:
    associating.expire_associations(now=timezone.now())


@shared_task
@run_of("send_due_reminders")
def send_due_reminders() -> None:
    reminding.send_due_reminders(now=timezone.now())


@shared_task
@run_of("send_review_digests")
def send_review_digests() -> None:
    clocks.send_review_digests(now=timezone.now())
