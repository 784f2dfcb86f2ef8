"""Run every clock once as of a moment and send what they had to say, so that five business days pass in a minute."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from associations import jobs
from associations.models import LooseFile, ProofOfExecution
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
from notifications.delivery import deliver_due_emails
from notifications.heartbeats import run_of
from notifications.models import OutboxEmail

Clocks = dict[str, Callable[[datetime], str]]


def aware_moment(text: str) -> datetime:
    """Return the ISO moment in *text*; raise CommandError unless it names its offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a moment such as 2026-12-01T09:00:00+01:00.") from error
    if moment.tzinfo is None:
        raise CommandError(f"{text!r} does not say its offset, such as +01:00.")
    return moment


class Command(BaseCommand):
    help = "Run every clock once and print what each did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", type=aware_moment, help="as of this moment, such as 2026-12-01T09:00:00+01:00")
        parser.add_argument("--dry-run", action="store_true", help="print what would be done and do nothing")

    def handle(self, *args: Any, at: datetime | None, dry_run: bool, **options: Any) -> None:
        moment = at or timezone.now()
        self.stdout.write(f"As of {moment.isoformat()}{', dry run' if dry_run else ''}:")
        if dry_run:
            with transaction.atomic():
                self.run(DRY_CLOCKS, moment)
                transaction.set_rollback(True)
            return
        self.run(CLOCKS, moment)
        self.run(TELLING, moment)

    def run(self, those: Clocks, moment: datetime) -> None:
        for name, clock in those.items():
            with run_of(name):
                self.stdout.write(f"  {name}: {clock(moment)}")


def renew_promised_dates(now: datetime) -> str:
    return f"{clocks.renew_promised_dates(now=now)} dates corrected in notices that had not left"


def deliver(now: datetime) -> str:
    counts = deliver_due_emails(now=now)
    return f"{counts.sent} sent, {counts.retried} to be tried again, {counts.failed} failed"


def count_due(now: datetime) -> str:
    return f"{OutboxEmail.objects.due(now).count()} would be sent"


def open_windows(now: datetime) -> str:
    return f"{clocks.open_windows(now=now)} opened"


def note_undelivered(now: datetime) -> str:
    return f"{undelivered.note_undelivered_notices(now=now)} notices did not arrive"


def approve(now: datetime) -> str:
    counts = approval.approve_unopposed_claims(now=now)
    return f"{counts.windows_closed} windows closed, {counts.approved} claims official, {counts.left} left over"


def expire_answers(now: datetime) -> str:
    return f"{clocks.expire_answers(now=now)} claims rejected for want of an answer"


def expire_associations(now: datetime) -> str:
    return f"{associating.expire_associations(now=now)} associations ended with their subscription"


def remind(now: datetime) -> str:
    return f"{reminding.send_due_reminders(now=now)} queued"


def send_digests(now: datetime) -> str:
    return f"{clocks.send_review_digests(now=now)} reviewers told"


def scan_proofs(now: datetime) -> str:
    return f"{scans.scan_proofs(now=now)} files scanned"


def count_scans(now: datetime) -> str:
    return f"{ProofOfExecution.objects.filter(scan_due_at__lte=now).count()} files would be scanned"


def remove_loose(now: datetime) -> str:
    return f"{storing.remove_loose_files(now=now)} forgotten files deleted"


def count_loose(now: datetime) -> str:
    return f"{LooseFile.objects.filter(since_at__lte=now - storing.GRACE).count()} forgotten files would be deleted"


def tell_watchers(now: datetime) -> str:
    return f"{watching.tell_watchers(now=now)} told of subscriptions they watched"


def run_jobs(now: datetime) -> str:
    return f"{jobs.run_due_jobs(clock=lambda: now)} imports and exports worked on"


def forget(now: datetime) -> str:
    erased = erasing.finish_erasures(now=now)
    count = forgetting.forget_closed_claims(months=settings.CPOR_RETENTION_MONTHS, now=now)
    return f"{count} closed claims forgot their people, {erased} erasures were finished"


def discard_jobs(now: datetime) -> str:
    return f"{discard_expired(now=now)} imports and exports deleted"


CLOCKS: Clocks = {
    "renew_promised_dates": renew_promised_dates,
    "deliver_due_emails": deliver,
    "open_windows": open_windows,
    "note_undelivered_notices": note_undelivered,
    "expire_answers": expire_answers,
    "approve_unopposed_claims": approve,
    "expire_associations": expire_associations,
    "send_due_reminders": remind,
    "send_review_digests": send_digests,
    "scan_proofs": scan_proofs,
    "remove_loose_files": remove_loose,
    "tell_watchers": tell_watchers,
    "run_due_jobs": run_jobs,
    "discard_expired_jobs": discard_jobs,
    "forget_closed_claims": forget,
}
# What the clocks decided is told as of the same moment: no worker would send before a moment that is still to come.
TELLING: Clocks = {"deliver_due_emails": deliver}
# What reaches beyond the database can't be taken back.
DRY_CLOCKS = CLOCKS | {"deliver_due_emails": count_due, "scan_proofs": count_scans, "remove_loose_files": count_loose}
