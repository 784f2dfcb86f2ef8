"""What a worker does with the jobs that wait: it takes one, works for a while, and leaves it done or for later."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from django.core.files import File
from django.utils import translation

from associations.choices import JobKind
from associations.claim_sheet import ClaimSheet, exportable_by
from associations.exports import LINES_A_PIECE, csv_pieces, write_xlsx
from associations.forms.claim_filter import ClaimFilter
from associations.models import Job
from associations.models.claims import ClaimQuerySet
from associations.services import jobs
from associations.services.jobs import LeaseLost

logger = logging.getLogger(__name__)

# So much of a file is kept in memory; the rest lies in a temporary file.
SPOOLED_BYTES = 2 * 1024 * 1024

Clock = Callable[[], datetime]


def run_due_jobs(*, clock: Clock) -> int:
    """Work on every job that is due, once each, and return on how many; one that fails does not stop the others.

    *clock* tells the time while the work goes on: the lease is renewed with every batch.
    """
    worked_on: list[int] = []
    while (job := jobs.take_job(now=clock(), besides=worked_on)) is not None:
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


def give_up(job: Job, *, now: datetime) -> None:
    """Fail a job that raised; one that is not ours any more is somebody else's to end."""
    try:
        jobs.fail(job, now=now)
    except LeaseLost:
        logger.info("Job %s was cancelled, or taken over.", job.pk)


def write_export(job: Job, clock: Clock) -> None:
    """Write the whole file in one round: it begins anew when its worker dies."""
    claims, asked = claims_of(job), job.parameters
    with translation.override(asked["language"]):
        sheet = ClaimSheet(zone=ZoneInfo(asked["zone"]))
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES) as file:
        rows = counted(sheet.rows(claims), job, clock)
        if asked["format"] == "xlsx":
            write_xlsx(file, sheet.head, rows)
        else:
            for piece in csv_pieces(sheet.head, rows):
                file.write(piece.encode())
        file.seek(0)
        jobs.finish(job, now=clock(), file=File(file), name=asked["name"])


def claims_of(job: Job) -> ClaimQuerySet:
    """Return what the owner may export now of what they asked for when the job began."""
    sought = ClaimFilter.asked(dict(parse_qsl(job.parameters["query"])))
    return sought.of(exportable_by(job.owner))


def counted(rows: Iterator[Any], job: Job, clock: Clock) -> Iterator[Any]:
    """Yield *rows*, and tell the job every now and then how many went by."""
    for count, row in enumerate(rows):
        if count and count % (LINES_A_PIECE * 4) == 0:
            jobs.renew(job, done=min(count, job.total), now=clock())
        yield row


RUNNERS: dict[JobKind, Callable[[Job, Clock], None]] = {
    JobKind.EXPORT: write_export,
}
