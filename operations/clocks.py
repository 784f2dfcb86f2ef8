"""Every clock: work that starts because time has passed.

``CLOCKS`` is the only list: the beat, the workers (`cpor_portal.tasks`), `manage.py run_clocks` and `/readyz` read it.
A clock asks the database what is due, and is safe to run twice, late, or beside itself (ADR 9).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.sign_in.session_cleanup import discard_ended_sessions
from associations.background import runner
from associations.files.waking import READINGS
from associations.models import LooseFile, ProofOfExecution, ProofReading
from associations.services.association import approval
from associations.services.association.association import expire_associations
from associations.services.background.jobs import discard_expired
from associations.services.claim.drafting import move_drafts
from associations.services.claim.subscription_watch import tell_watchers
from associations.services.comments.replies import hear_comment_replies
from associations.services.customer.acknowledgement import discard_old_codes
from associations.services.customer.confirmation import confirm_known_contacts
from associations.services.customer.holds import hear_incoming_emails
from associations.services.customer.opt_out_period import open_windows, renew_promised_dates
from associations.services.customer.reminders import send_due_reminders
from associations.services.customer.requests_link import discard_expired_links, send_requests_links
from associations.services.customer.undelivered_notice import note_undelivered_notices
from associations.services.customer.weekly_digest import send_weekly_digests
from associations.services.files.proof_files import GRACE, remove_loose_files
from associations.services.files.proof_reading import read_proofs
from associations.services.files.sealing import count_due, seal_acknowledgements
from associations.services.files.virus_scan import scan_proofs
from associations.services.privacy import erasure, retention
from associations.services.review.digest import send_review_digests
from associations.services.review.overdue_answers import expire_answers
from notifications.clock_runs import run_of
from notifications.incoming.mailboxes import BoxUnreachable
from notifications.incoming.processing import read_bounces
from notifications.models import OutboxEmail
from notifications.sending.delivery import DeliveryCounts, deliver_due_emails

logger = logging.getLogger(__name__)

# A batch of emails may take two minutes after this, and a slow email its time-outs: still under the task's time limit.
ROUND_SECONDS = 240
# The quickest clocks miss three turns behind one batch of emails, and nobody has to get up for that.
SHORTEST_PATIENCE = timedelta(minutes=1)


def no_later_than_the_database() -> datetime:
    """Return the time, or the database's if that is earlier: no period ends early because one clock is ahead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        told = cursor.fetchone()[0]
    of_database = told if isinstance(told, datetime) else datetime.fromisoformat(told).replace(tzinfo=UTC)
    return min(timezone.now(), of_database)


class Run(Protocol):
    """Work as of a moment; returns what `Clock.report` puts into words."""

    def __call__(self, *, now: datetime) -> object: ...


def emails_due(*, now: datetime) -> str:
    return f"{OutboxEmail.objects.due(now).count()} would be sent"


def approve_unopposed_claims(*, now: datetime) -> approval.SweepCounts:
    """Approve what nothing holds, once every bounce and reply that has arrived holds its claim."""
    note_undelivered_notices(now=now)
    hear_incoming_emails(now=now)
    return approval.approve_unopposed_claims(now=now)


def files_to_scan(*, now: datetime) -> str:
    return f"{ProofOfExecution.objects.filter(scan_due_at__lte=now).count()} files would be scanned"


def files_to_read(*, now: datetime) -> str:
    return f"{ProofReading.objects.filter(due_at__lte=now).count()} files would be read"


def documents_to_seal(*, now: datetime) -> str:
    return f"{count_due(now=now)} acknowledgements would be sealed"


def files_to_remove(*, now: datetime) -> str:
    return f"{LooseFile.objects.filter(since_at__lte=now - GRACE).count()} forgotten files would be deleted"


def run_due_jobs(*, now: datetime) -> int:
    """Work on every import and export that is due; their leases are renewed while time goes on from *now*."""
    started = time.monotonic()
    return runner.run_due_jobs(clock=lambda: now + timedelta(seconds=time.monotonic() - started))


def forget_closed_claims(*, now: datetime) -> str:
    erased = erasure.finish_erasures(now=now)
    count = retention.forget_closed_claims(months=settings.CPOR_RETENTION_MONTHS, now=now)
    return f"{count} closed claims forgot their people, {erased} erasures were finished"


def some_were_tried(counts: DeliveryCounts) -> bool:
    return counts.tried > 0


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock: its name, how often it runs, what it runs, and the words for what that returned."""

    name: str
    every: timedelta
    run: Run
    report: str = "{}"
    # What a dry run does instead, where a rollback of the database would not undo the work.
    dry_run: Run | None = None
    # Reads the time of a run; a clock that ends a period doesn't trust its own computer alone.
    now: Callable[[], datetime] = timezone.now
    # Whether the clock runs again at once, by what the last run returned.
    goes_on: Callable[[Any], bool] | None = None
    is_run_by_hand: bool = True
    # The queue whose workers run it: what may take minutes has its own.
    queue: str = "celery"
    # The first part of the task's name. Messages in a broker carry it, so it stays from release to release.
    app: str = "associations"

    @property
    def task(self) -> str:
        return f"{self.app}.tasks.{self.name}"

    @property
    def patience(self) -> timedelta:
        """The time that the clock can be silent before `/readyz` turns red."""
        return max(3 * self.every, SHORTEST_PATIENCE)

    def run_as_of(self, moment: datetime, *, dry: bool = False) -> str:
        """Run once as of *moment*, or say what would be done, and return the words."""
        if dry and self.dry_run:
            return str(self.dry_run(now=moment))
        return self.report.format(self.run(now=moment))


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


# In the order in which `run_clocks` runs them.
CLOCKS = (
    Clock(
        "renew_promised_dates",
        seconds(5),
        renew_promised_dates,
        "{} dates corrected in notices that had not left",
    ),
    Clock(
        "deliver_due_emails",
        seconds(2),
        deliver_due_emails,
        "{0.sent} sent, {0.retried} to be tried again, {0.failed} failed",
        dry_run=emails_due,
        goes_on=some_were_tried,
        app="notifications",
    ),
    # Not by hand: an email that arrives today says nothing about another moment.
    Clock(
        "read_bounces",
        minutes(1),
        read_bounces,
        now=no_later_than_the_database,
        is_run_by_hand=False,
        app="notifications",
    ),
    Clock("open_windows", seconds(5), open_windows, "{} opened"),
    Clock("note_undelivered_notices", seconds(15), note_undelivered_notices, "{} notices did not arrive"),
    Clock("hear_incoming_emails", seconds(15), hear_incoming_emails, "{} incoming emails put before the reviewers"),
    Clock("hear_comment_replies", seconds(15), hear_comment_replies, "{} replies to comments taken in"),
    Clock("send_requests_links", seconds(5), send_requests_links, "{} links to all requests sent"),
    Clock("confirm_known_contacts", minutes(1), confirm_known_contacts, "{} contacts confirmed by the directory"),
    Clock(
        "expire_answers",
        minutes(5),
        expire_answers,
        "{} claims rejected for want of an answer",
        now=no_later_than_the_database,
    ),
    Clock(
        "approve_unopposed_claims",
        minutes(1),
        approve_unopposed_claims,
        "{0.windows_closed} windows closed, {0.approved} claims official, {0.left} left over",
        now=no_later_than_the_database,
    ),
    Clock(
        "expire_associations",
        minutes(15),
        expire_associations,
        "{} associations ended with their subscription",
        now=no_later_than_the_database,
    ),
    Clock("move_drafts", minutes(5), move_drafts, "{} drafts continued under the program guide in force"),
    Clock("send_due_reminders", minutes(5), send_due_reminders, "{} queued"),
    Clock("send_weekly_digests", minutes(15), send_weekly_digests, "{} people told"),
    Clock("send_review_digests", minutes(15), send_review_digests, "{} reviewers told"),
    Clock("scan_proofs", seconds(10), scan_proofs, "{} files scanned", dry_run=files_to_scan),
    Clock(
        "read_proofs",
        seconds(10),
        read_proofs,
        "{} files read",
        dry_run=files_to_read,
        goes_on=bool,
        queue=READINGS,
    ),
    Clock(
        "seal_acknowledgements",
        seconds(10),
        seal_acknowledgements,
        "{} acknowledgements sealed or stamped",
        dry_run=documents_to_seal,
    ),
    Clock("remove_loose_files", minutes(5), remove_loose_files, "{} forgotten files deleted", dry_run=files_to_remove),
    Clock("tell_watchers", minutes(5), tell_watchers, "{} told of subscriptions they watched"),
    Clock("run_due_jobs", seconds(2), run_due_jobs, "{} imports and exports worked on"),
    Clock("discard_expired_jobs", minutes(60), discard_expired, "{} imports and exports deleted"),
    Clock("discard_expired_links", minutes(60), discard_expired_links, "{} expired links of customers deleted"),
    Clock("discard_old_codes", minutes(60), discard_old_codes, "{} old codes of customers deleted"),
    Clock("forget_closed_claims", minutes(60), forget_closed_claims),
    # Not by hand: as of a moment to come, it would sign people out.
    Clock("discard_ended_sessions", minutes(60), discard_ended_sessions, is_run_by_hand=False),
)
CLOCKS_BY_NAME = {clock.name: clock for clock in CLOCKS}


def run_clock(name: str) -> None:
    """Run one clock now, as a worker does, and note that it ran.

    A clock that goes on notes each run, because all of them together outlast `Clock.patience`. A mailbox out of reach
    is one line in the log, and no run: `/readyz` turns red when it stays so.
    """
    clock = CLOCKS_BY_NAME[name]
    ends = time.monotonic() + ROUND_SECONDS
    goes_on = True
    try:
        while goes_on and time.monotonic() < ends:
            with run_of(name):
                outcome = clock.run(now=clock.now())
            goes_on = clock.goes_on is not None and clock.goes_on(outcome)
    except BoxUnreachable as trouble:
        logger.warning("%s", trouble)
