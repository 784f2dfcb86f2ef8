"""Imports and exports in the background: how far they are, what came of them, and the file."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.post_only import post_only
from associations.background.claim_sheet import exportable_by
from associations.background.import_kinds import KINDS
from associations.choices import MemberRole
from associations.files.spreadsheets import SHEET_TYPES
from associations.forms.imports.column_readings import ReadingForm, plain_days
from associations.job_choices import JobKind, JobPhase, JobState, RowOutcome
from associations.models import Job, JobRow, locations_open_to
from associations.services.background import jobs
from associations.services.background.jobs import JobNotReady
from associations.views.actor import kinds_open_to, signed_in
from associations.views.zones import in_own_zone

JOBS_SHOWN = 50
ROWS_A_PAGE = 50


@require_safe
@in_own_zone
def job_list(request: HttpRequest) -> HttpResponse:
    """The person's imports and exports, newest first, and what they can begin."""
    user = signed_in(request)
    context = {
        "jobs": [summary_of(job) for job in Job.objects.of(user)[:JOBS_SHOWN]],
        "imports": [(kind.value, kind.label) for kind in kinds_open_to(user)],
        "may_export": exportable_by(user).exists(),
    }
    return render(request, "jobs/list.html", context)


@require_safe
@in_own_zone
def job_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One job."""
    job = find_job(request, public_id)
    context = summary_of(job)
    if job.kind != JobKind.EXPORT:
        context |= rows_page(job, asked=request.GET) | reading_of(job)
    return render(request, "jobs/job.html" if job.kind == JobKind.EXPORT else "jobs/import.html", context)


def rows_page(job: Job, *, asked: QueryDict) -> dict[str, Any]:
    """Return the counts by outcome, one page of rows, and what can be done next."""
    counts = dict(job.rows.order_by().values_list("outcome").annotate(count=Count("pk")))
    show = asked.get("show", "")
    show = show if show in RowOutcome.values else ""
    found = job.rows.filter(outcome=show) if show else job.rows.all()
    after = asked.get("after", "")
    after = after if after.isascii() and after.isdigit() and len(after) < 8 else "0"
    rows = list(found.filter(number__gt=int(after)).select_related("claim").order_by("number")[: ROWS_A_PAGE + 1])
    more = (
        urlencode(({"show": show} if show else {}) | {"after": rows[ROWS_A_PAGE - 1].number})
        if rows[ROWS_A_PAGE:]
        else ""
    )
    is_ended = not job.is_open
    return {
        "counts": [
            (f"?show={value}", label, counts[value], BADGES_OF_ROWS[RowOutcome(value)], value == show)
            for value, label in RowOutcome.choices
            if counts.get(value)
        ],
        "rows": [
            (row, RowOutcome(row.outcome).label, BADGES_OF_ROWS[RowOutcome(row.outcome)], words_of_row(row))
            for row in rows[:ROWS_A_PAGE]
        ],
        "show": show,
        "next_url": f"?{more}" if more else "",
        "first_url": job_address(job) + (f"?show={show}" if show else "") if after != "0" else "",
        "to_apply": counts.get(RowOutcome.VALID, 0) if is_ended else 0,
        "to_submit": counts.get(RowOutcome.IMPORTED, 0) + counts.get(RowOutcome.REFUSED, 0)
        if is_ended and may_submit(job)
        else 0,
        "makes_drafts": job.kind == JobKind.REASSOCIATION,
    }


def reading_of(job: Job) -> dict[str, Any]:
    """Return how the sheet was read, and whether the person can still have it read in another way."""
    form = reading_form(job)
    return {
        "reading_form": form if form.fields else None,
        "plain_days": list(plain_days(job.parameters.get("reading", {}), labels_of(job))),
        "can_read_again": job.phase == JobPhase.CHECK and not job.is_open,
    }


def reading_form(job: Job, data: QueryDict | None = None) -> ReadingForm:
    """Return the questions about how the sheet is read."""
    return ReadingForm(data, reading=job.parameters.get("reading", {}), labels=labels_of(job))


def labels_of(job: Job) -> dict[str, str]:
    """Return the labels of the columns of an import."""
    return {column.key: str(column.label) for column in KINDS[JobKind(job.kind)].columns}


def may_submit(job: Job) -> bool:
    """Return whether the owner may submit what the job drafted: incentives admins only (domain.md D6)."""
    admin_roles = (MemberRole.INCENTIVES_ADMIN.value,)
    return job.kind == JobKind.REASSOCIATION and locations_open_to(job.owner, roles=admin_roles).exists()


def words_of_row(row: JobRow) -> str:
    """Return by what a person recognises a row."""
    cells: dict[str, str] = row.cells
    first = (cells.get(key, "") for key in ("domain_name", "name", "subscription_id", "tenant_id"))
    return next((text for text in first if text), "")


def job_address(job: Job) -> str:
    return reverse("job", args=[job.public_id])


@require_safe
def job_progress(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """Return the job's progress as JSON, for the script on its page."""
    job = find_job(request, public_id)
    response = JsonResponse(
        {"state": job.state, "phase": job.phase, "done": job.done, "total": job.total, "text": progress_of(job)}
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def job_file(request: HttpRequest, public_id: UUID) -> FileResponse:
    """Hand the finished file out to who asked for it."""
    job = find_job(request, public_id)
    if not job.file or job.state != JobState.DONE or job.kind != JobKind.EXPORT:
        raise Http404
    kind = job.parameters["format"]
    response = FileResponse(
        job.file.open("rb"), as_attachment=True, filename=job.file_name, content_type=SHEET_TYPES[kind]
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@post_only("job", "public_id")
def job_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop a job; what it did stays."""
    job = find_job(request, public_id)
    try:
        jobs.cancel(job_id=job.pk, now=timezone.now())
    except JobNotReady:
        messages.info(request, _("It had already ended."))
    else:
        messages.info(request, _("Stopped. Anything already done is kept."))
    return redirect("job", public_id)


def find_job(request: HttpRequest, public_id: UUID) -> Job:
    """Return the person's own job, or raise Http404."""
    return get_object_or_404(Job.objects.of(signed_in(request)), public_id=public_id)


def summary_of(job: Job) -> dict[str, Any]:
    """Return what a list and the page say of a job."""
    return {
        "job": job,
        "title": JobKind(job.kind).label,
        "phase_label": JobPhase(job.phase).label,
        "badge": BADGES[JobState(job.state)],
        "state_label": JobState(job.state).label,
        "progress": progress_of(job),
        "is_export": job.kind == JobKind.EXPORT,
    }


BADGES_OF_ROWS = {
    RowOutcome.WAITING: "pending",
    RowOutcome.VALID: "in_progress",
    RowOutcome.INVALID: "problem",
    RowOutcome.IMPORTED: "completed",
    RowOutcome.EXISTING: "free",
    RowOutcome.SUBMITTED: "submitted",
    RowOutcome.REFUSED: "problem",
}
# The colours of the badges are those of statuses that people know.
BADGES = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "in_progress",
    JobState.DONE: "completed",
    JobState.FAILED: "problem",
    JobState.CANCELLED: "cancelled",
}


def progress_of(job: Job) -> str:
    """Return how many rows are done, in words."""
    if job.state == JobState.QUEUED and not job.done:
        return _("Waiting to start")
    words = ngettext("%(done)d of %(total)d row", "%(done)d of %(total)d rows", job.total)
    return words % {"done": job.done, "total": job.total}
