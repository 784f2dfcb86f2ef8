"""Background jobs: started by a person, run by one worker at a time, announced to their owner, deleted when expired.

Pull, never push: a row waits until a clock asks what is due. A worker that dies loses its lease, and the next one goes
on from what was committed.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from associations.job_choices import JobKind, JobPhase, JobState, RowOutcome
from associations.models import Job, JobFile, JobRow
from associations.models.jobs import JobQuerySet
from notifications import in_app

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=14)
# A job that takes its worker down so often without a step forward is given up.
MOST_ATTEMPTS = 3
# What the next step of an import has to do: the rows with these outcomes.
TO_DO: dict[JobPhase, tuple[RowOutcome, ...]] = {
    JobPhase.CHECK: (RowOutcome.WAITING,),
    JobPhase.APPLY: (RowOutcome.VALID,),
    JobPhase.SUBMIT: (RowOutcome.IMPORTED,),
}


class LeaseLost(Exception):
    """The job was cancelled, or another worker has it: the caller must write nothing more."""


class JobNotReady(Exception):
    """The job is in another's hands, or has nothing left for the step that was asked for."""


@dataclass(frozen=True)
class AttachedFile:
    """A checked file that came with a sheet."""

    file: "File[bytes]"
    name: str
    kind: str
    is_shared: bool


def kept_until(now: datetime) -> datetime:
    """Return how long a job that ends *now* stays."""
    return now + KEPT


def start_export(*, owner: User, parameters: Mapping[str, Any], total: int, now: datetime) -> Job:
    """Return a new export that waits for a worker."""
    return Job.objects.create(
        kind=JobKind.EXPORT,
        phase=JobPhase.WRITE,
        owner=owner,
        parameters=dict(parameters),
        total=total,
        created_at=now,
        expires_at=kept_until(now),
    )


@transaction.atomic
def start_import(
    *,
    kind: JobKind,
    owner: User,
    file_name: str,
    rows: Sequence[tuple[int, Mapping[str, str]]],
    files: Iterable[AttachedFile] = (),
    parameters: Mapping[str, Any] | None = None,
    sheet: "File[bytes] | None" = None,
    now: datetime,
) -> Job:
    """Return a new import of *rows*, numbered as in the sheet, whose rows wait to be checked.

    The *sheet* itself is kept where it may have to be read again.
    """
    job = Job.objects.create(
        kind=kind,
        phase=JobPhase.CHECK,
        owner=owner,
        file_name=file_name,
        parameters=dict(parameters or {}),
        total=len(rows),
        created_at=now,
        expires_at=kept_until(now),
    )
    if sheet is not None:
        sheet.seek(0)
        job.file.save(file_name, sheet)
    store_rows(job, rows)
    for attached in files:
        JobFile.objects.create(
            job=job, file=attached.file, name=attached.name, kind=attached.kind, is_shared=attached.is_shared
        )
    return job


def store_rows(job: Job, rows: Sequence[tuple[int, Mapping[str, str]]]) -> None:
    """Write the rows of an import, which wait to be checked."""
    JobRow.objects.bulk_create(
        [JobRow(job=job, number=number, cells=dict(cells)) for number, cells in rows], batch_size=500
    )


@transaction.atomic
def read_again(
    *,
    job_id: int,
    parameters: Mapping[str, Any],
    rows: Sequence[tuple[int, Mapping[str, str]]] | None,
    now: datetime,
) -> None:
    """Check the rows of an import again with other *parameters*, or with other *rows* in their place.

    Raise JobNotReady while a worker has it, and once any row was carried out.
    """
    job = Job.objects.select_for_update(of=("self",), no_key=True).get(pk=job_id)
    if job.is_open or job.kind == JobKind.EXPORT or job.phase != JobPhase.CHECK:
        raise JobNotReady
    if rows is None:
        job.rows.update(outcome=RowOutcome.WAITING, key="", notes=[])
    else:
        job.rows.all().delete()
        store_rows(job, rows)
    job.state, job.attempts, job.finished_at = JobState.QUEUED, 0, None
    job.done, job.total = 0, job.rows.count()
    job.parameters |= dict(parameters)
    job.expires_at = kept_until(now)
    job.save()


@transaction.atomic
def go_on(*, job_id: int, phase: JobPhase, parameters: Mapping[str, Any] | None = None, now: datetime) -> Job:
    """Let a worker carry out the next step of an import; raise JobNotReady while one runs, or with nothing to do.

    Of two that press the button, the second finds the job in a worker's hands.
    """
    job = Job.objects.select_for_update(of=("self",), no_key=True).get(pk=job_id)
    if phase is JobPhase.SUBMIT and not job.is_open:
        # What was refused may have been mended since.
        job.rows.filter(outcome=RowOutcome.REFUSED).update(outcome=RowOutcome.IMPORTED)
    to_do = job.rows.filter(outcome__in=TO_DO[phase]).count()
    if job.is_open or not to_do or job.kind == JobKind.EXPORT:
        raise JobNotReady
    job.phase, job.state, job.attempts = phase, JobState.QUEUED, 0
    job.done, job.total, job.finished_at = 0, to_do, None
    job.parameters |= dict(parameters or {})
    job.expires_at = kept_until(now)
    job.save()
    return job


def take_job(*, now: datetime, besides: Iterable[int] = (), only: int | None = None) -> Job | None:
    """Return the job that has waited longest, or the *only* one, leased to the caller; None when none is due.

    One that took its workers down again and again is failed instead.
    """
    due = Job.objects.due(now) if only is None else Job.objects.due(now).filter(pk=only)
    while True:
        with transaction.atomic():
            waiting = due.exclude(pk__in=list(besides)).order_by("pk")
            job = waiting.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
            if job is None:
                return None
            if job.attempts < MOST_ATTEMPTS:
                job.state, job.lease, job.leased_until = JobState.RUNNING, uuid4(), now + LEASE
                job.attempts += 1
                job.save(update_fields=["state", "lease", "leased_until", "attempts"])
                return job
            close(job, JobState.FAILED, now=now)


def renew(job: Job, *, done: int, now: datetime) -> None:
    """Note how far the job is and keep it; raise LeaseLost when it is not the caller's any more."""
    steps: dict[str, Any] = {"done": done, "leased_until": now + LEASE}
    if done > job.done:
        steps["attempts"] = 0
    if not leased(job).update(**steps):
        raise LeaseLost
    job.done = done


def give_back(job: Job) -> None:
    """Let another round go on with the job; raise LeaseLost when it is not the caller's any more."""
    if not leased(job).update(state=JobState.QUEUED, lease=None, leased_until=None, attempts=0):
        raise LeaseLost


@transaction.atomic
def finish(job: Job, *, now: datetime, file: "File[bytes] | None" = None, name: str = "") -> None:
    """End the step with its *file*, if it made one, and tell the owner; raise LeaseLost and keep nothing."""
    if not leased(job).select_for_update(no_key=True).exists():
        raise LeaseLost
    if file is not None:
        job.file.save(name, file, save=False)
        job.file_name = name
    close(job, JobState.DONE, now=now)


@transaction.atomic
def fail(job: Job, *, now: datetime) -> None:
    """End the job without a result and tell the owner; raise LeaseLost when it is not the caller's any more."""
    if not leased(job).select_for_update(no_key=True).exists():
        raise LeaseLost
    close(job, JobState.FAILED, now=now)


@transaction.atomic
def cancel(*, job_id: int, now: datetime) -> None:
    """Stop the job after the row it is at; what it did stays. Raise JobNotReady when it has ended."""
    job = Job.objects.select_for_update(of=("self",), no_key=True).get(pk=job_id)
    if not job.is_open:
        raise JobNotReady
    close(job, JobState.CANCELLED, now=now)


def close(job: Job, state: JobState, *, now: datetime) -> None:
    """Write the end of a locked *job*, and notify its owner unless they ended it."""
    job.state, job.lease, job.leased_until = state, None, None
    job.finished_at, job.expires_at = now, kept_until(now)
    if state == JobState.DONE:
        job.done = job.total
    job.save()
    if state != JobState.CANCELLED:
        notify_owner(job, now=now)


def notify_owner(job: Job, *, now: datetime) -> None:
    """Notify the person who began a step that it has ended."""
    in_app.post(
        key=f"job:{job.pk}:{job.phase}:{now.isoformat()}",
        users=[job.owner],
        kind="job_finished",
        context={"kind": job.kind, "phase": job.phase, "state": job.state, "total": job.total},
        url=reverse("job", args=[job.public_id]),
        now=now,
    )


def leased(job: Job) -> JobQuerySet:
    """Return the job as long as the caller's lease holds."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease=job.lease)


def discard_expired(*, now: datetime) -> int:
    """Delete the jobs that were kept long enough, with their files, and return how many."""
    discarded = 0
    for job_id in list(Job.objects.expired(now).order_by("pk").values_list("pk", flat=True)):
        try:
            discarded += discard(job_id, now=now)
        except Exception:
            logger.exception("Job %s was left for the next run.", job_id)
    return discarded


@transaction.atomic
def discard(job_id: int, *, now: datetime) -> bool:
    """Delete one job and, after the commit, its files; return whether it was still expired."""
    job = Job.objects.expired(now).select_for_update(of=("self",), skip_locked=True).filter(pk=job_id).first()
    if job is None:
        return False
    names = [stored.file.name for stored in job.files.all()] + [job.file.name]
    storage = job.file.storage
    job.delete()
    for name in filter(None, names):
        transaction.on_commit(partial(storage.delete, name))
    return True
