"""One task per clock: read the time, make one call."""

from datetime import UTC, datetime

from celery import shared_task
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts import ended_sessions
from associations import jobs
from associations.services import (
    approval,
    associating,
    clocks,
    erasing,
    forgetting,
    reminding,
    scans,
    storing,
    undelivered,
    watching,
)
from associations.services.jobs import discard_expired
from notifications.heartbeats import run_of


def time_that_has_come() -> datetime:
    """Return the time, or the database's if that is earlier: no period ends early because one clock is ahead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        told = cursor.fetchone()[0]
    of_database = told if isinstance(told, datetime) else datetime.fromisoformat(told).replace(tzinfo=UTC)
    return min(timezone.now(), of_database)


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
    now = time_that_has_come()
    # A bounce that arrived a moment ago is no silence.
    undelivered.note_undelivered_notices(now=now)
    approval.approve_unopposed_claims(now=now)


@shared_task
@run_of("expire_answers")
def expire_answers() -> None:
    clocks.expire_answers(now=time_that_has_come())


@shared_task
@run_of("expire_associations")
def expire_associations() -> None:
    associating.expire_associations(now=time_that_has_come())


@shared_task
@run_of("send_due_reminders")
def send_due_reminders() -> None:
    reminding.send_due_reminders(now=timezone.now())


@shared_task
@run_of("send_review_digests")
def send_review_digests() -> None:
    clocks.send_review_digests(now=timezone.now())


@shared_task
@run_of("scan_proofs")
def scan_proofs() -> None:
    scans.scan_proofs(now=timezone.now())


@shared_task
@run_of("remove_loose_files")
def remove_loose_files() -> None:
    storing.remove_loose_files(now=timezone.now())


@shared_task
@run_of("run_due_jobs")
def run_due_jobs() -> None:
    jobs.run_due_jobs(clock=timezone.now)


@shared_task
@run_of("discard_expired_jobs")
def discard_expired_jobs() -> None:
    discard_expired(now=timezone.now())


@shared_task
@run_of("forget_closed_claims")
def forget_closed_claims() -> None:
    now = timezone.now()
    erasing.finish_erasures(now=now)
    forgetting.forget_closed_claims(months=settings.CPOR_RETENTION_MONTHS, now=now)


@shared_task
@run_of("discard_ended_sessions")
def discard_ended_sessions() -> None:
    ended_sessions.discard_ended_sessions(now=timezone.now())


@shared_task
@run_of("tell_watchers")
def tell_watchers() -> None:
    watching.tell_watchers(now=timezone.now())
