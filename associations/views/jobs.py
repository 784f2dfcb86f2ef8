"""Imports and exports in the background: how far they are, what came of them, and the file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from associations.choices import JobKind, JobPhase, JobState
from associations.claim_sheet import exportable_by
from associations.models import Job
from associations.services import jobs
from associations.services.jobs import JobNotReady
from associations.views.exporting import MEDIA_TYPES
from associations.views.moments import in_own_zone
from associations.views.people import signed_in

JOBS_SHOWN = 50


@require_safe
@in_own_zone
def job_list(request: HttpRequest) -> HttpResponse:
    """The person's imports and exports, newest first, and what they can begin."""
    user = signed_in(request)
    context = {
        "jobs": [summary_of(job) for job in Job.objects.of(user)[:JOBS_SHOWN]],
        "may_export": exportable_by(user).exists(),
    }
    return render(request, "jobs/list.html", context)


@require_safe
@in_own_zone
def job_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One job."""
    job = find_job(request, public_id)
    return render(request, "jobs/job.html", {"job": job, **summary_of(job)})


@require_safe
def job_progress(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """How far the job is, for the script on its page."""
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
    if not job.file or job.state != JobState.DONE:
        raise Http404
    kind = job.parameters["format"]
    response = FileResponse(
        job.file.open("rb"), as_attachment=True, filename=job.file_name, content_type=MEDIA_TYPES[kind]
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def job_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop a job; what it did stays."""
    job = find_job(request, public_id)
    try:
        jobs.cancel(job_id=job.pk, now=timezone.now())
    except JobNotReady:
        messages.info(request, _("It had already ended."))
    else:
        messages.info(request, _("It was stopped. What was done so far stays."))
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
