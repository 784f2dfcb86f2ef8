"""Runs waiting jobs: takes one, works for a while, and leaves it done or for later."""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from associations.background import import_rows
from associations.background.exports import sheet_of
from associations.background.import_writing import ImportContext
from associations.files.spreadsheets import LINES_A_PIECE, csv_pieces, write_xlsx
from associations.job_choices import JobKind, JobPhase, RowOutcome
from associations.models import Job, JobRow
from associations.services.background import jobs
from associations.services.background.jobs import LeaseLost

logger = logging.getLogger(__name__)

# So much of a file is kept in memory; the rest lies in a temporary file.
SPOOLED_BYTES = 2 * 1024 * 1024
# One round leaves the worker to the other clocks after this long; the next goes on.
ROUND_SECONDS = 20
ROWS_A_RENEWAL = 20
SECONDS_BETWEEN_LOOKS = 1

Clock = Callable[[], datetime]


def run_due_jobs(*, clock: Clock, only: int | None = None) -> int:
    """Work on every job that is due, or on the *only* one, once each, and return on how many.

    One that fails does not stop the others.
    *clock* tells the time while the work goes on: the lease is renewed with every batch.
    """
    worked_on: list[int] = []
    while (job := jobs.take_job(now=clock(), besides=worked_on, only=only)) is not None:
        worked_on.append(job.pk)
        try:
            with translation.override(job.owner.language or None):
                RUNNERS[JobKind(job.kind)](job, clock)
        except LeaseLost:
            logger.info("Job %s was cancelled, or taken over.", job.pk)
        except Exception:
            logger.exception("Job %s failed.", job.pk)
            give_up(job, now=clock())
    return len(worked_on)


def run_to_the_end(job: Job, *, clock: Clock) -> None:
    """Work on *job*, round after round, until its step has ended; a worker that took it first is waited for."""
    while job.is_open:
        if not run_due_jobs(clock=clock, only=job.pk):
            time.sleep(SECONDS_BETWEEN_LOOKS)
        job.refresh_from_db()


def give_up(job: Job, *, now: datetime) -> None:
    """Fail a job that raised; one that is not ours any more is somebody else's to end."""
    try:
        jobs.fail(job, now=now)
    except LeaseLost:
        logger.info("Job %s was cancelled, or taken over.", job.pk)


def write_export(job: Job, clock: Clock) -> None:
    """Write the whole file in one round; it starts again if its worker dies."""
    asked, zone = job.parameters, ZoneInfo(job.parameters["zone"])
    with translation.override(asked["language"]):
        head, found = sheet_of(job.owner, dict(parse_qsl(asked["query"])), zone=zone, now=clock())
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES) as file:
        rows = counted(found, job, clock)
        if asked["format"] == "xlsx":
            write_xlsx(file, head, rows)
        else:
            for piece in csv_pieces(head, rows, separator=asked.get("separator", ",")):
                file.write(piece.encode())
        file.seek(0)
        jobs.finish(job, now=clock(), file=File(file), name=asked["name"])


def counted(rows: Iterator[Any], job: Job, clock: Clock) -> Iterator[Any]:
    """Yield *rows*, and update the job's progress from time to time."""
    for count, row in enumerate(rows):
        if count and count % (LINES_A_PIECE * 4) == 0:
            jobs.renew(job, done=min(count, job.total), now=clock())
        yield row


def take_rows(job: Job, clock: Clock) -> None:
    """Take the rows that wait, each in a transaction of its own, until all are done or the round is over."""
    phase, started = JobPhase(job.phase), time.monotonic()
    waiting = list(job.rows.filter(outcome__in=jobs.TO_DO[phase]).values_list("pk", flat=True))
    context = ImportContext.of(job, now=clock())
    before = max(job.total - len(waiting), 0)
    for count, row_id in enumerate(waiting):
        if count % ROWS_A_RENEWAL == 0:
            jobs.renew(job, done=min(before + count, job.total), now=clock())
        if time.monotonic() - started > ROUND_SECONDS:
            jobs.give_back(job)
            return
        take_row(row_id, phase, context)
    jobs.finish(job, now=clock())


def take_row(row_id: int, phase: JobPhase, context: ImportContext) -> None:
    """Take one row unless it was taken meanwhile; one that raises says so and stops no other."""
    try:
        if phase is JobPhase.SUBMIT:
            import_rows.ask_before_submission(row_id)
        with context_for(row_id, phase, context) as own, transaction.atomic():
            row = lock_row(row_id, phase)
            if row is not None:
                STEPS[phase](row, own)
    except Exception:
        logger.exception("Row %s of an import failed.", row_id)
        outcome = RowOutcome.REFUSED if phase is JobPhase.SUBMIT else RowOutcome.INVALID
        with transaction.atomic():
            row = lock_row(row_id, phase)
            if row is not None:
                import_rows.mark(row, outcome, [_("The portal could not process this row.")])


def context_for(row_id: int, phase: JobPhase, context: ImportContext) -> AbstractContextManager[ImportContext]:
    """Return the context of one row: with its proof at hand, where the step takes it."""
    if phase is not JobPhase.APPLY or not context.proofs:
        return nullcontext(context)
    return import_rows.with_proof_of(JobRow.objects.get(pk=row_id), context)


def lock_row(row_id: int, phase: JobPhase) -> JobRow | None:
    """Return the row, locked, if the step has still to be done for it."""
    waiting = JobRow.objects.filter(outcome__in=jobs.TO_DO[phase]).select_related("job")
    return waiting.select_for_update(of=("self",), no_key=True).filter(pk=row_id).first()


STEPS: dict[JobPhase, Callable[[JobRow, ImportContext], None]] = {
    JobPhase.CHECK: import_rows.check_row,
    JobPhase.APPLY: import_rows.apply_row,
    JobPhase.SUBMIT: import_rows.submit_row,
}
RUNNERS: dict[JobKind, Callable[[Job, Clock], None]] = {
    JobKind.EXPORT: write_export,
    JobKind.REASSOCIATION: take_rows,
    JobKind.MIGRATION: take_rows,
    JobKind.TENANTS: take_rows,
    JobKind.SUBSCRIPTIONS: take_rows,
}
