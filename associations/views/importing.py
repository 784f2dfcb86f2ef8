"""Imports: the template, the upload, the check that shows every row's outcome, and what follows it."""

from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from associations import imports
from associations.choices import JobKind, JobPhase, RowOutcome
from associations.exports import CSV_TYPE, XLSX_TYPE, csv_pieces
from associations.forms.import_sheet import SheetForm, SheetWithProofsForm
from associations.forms.steps import SubmitForm
from associations.imports import KINDS, ColumnsMissing
from associations.models import Job, JobRow
from associations.services import jobs
from associations.services.jobs import JobNotReady
from associations.views.jobs import find_job, may_submit
from associations.views.moments import in_own_zone
from associations.views.people import kinds_open_to, signed_in
from associations.views.uploads import files_of

FORMS: dict[JobKind, type[SheetForm]] = {
    JobKind.REASSOCIATION: SheetWithProofsForm,
    JobKind.MIGRATION: SheetWithProofsForm,
}
TEMPLATES = {"csv": (CSV_TYPE, imports.csv_template), "xlsx": (XLSX_TYPE, imports.xlsx_template)}


@require_http_methods(["GET", "HEAD", "POST"])
def import_start(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a sheet and let a worker check its rows; nothing is imported before the person confirms."""
    which = find_kind(request, kind)
    kind_form = FORMS.get(which, SheetForm)
    form = kind_form(request.POST, files_of(request)) if request.method == "POST" else kind_form()
    if request.method == "POST" and form.is_valid():
        try:
            rows = imports.rows_by_column(which, form.cleaned_data["sheet"])
        except ColumnsMissing as missing:
            form.add_error("sheet", _("The sheet lacks columns: %(names)s") % {"names": ", ".join(missing.labels)})
        else:
            job = jobs.start_import(
                kind=which,
                owner=signed_in(request),
                file_name=form.file_name,
                rows=rows,
                files=form.attached(),
                now=timezone.now(),
            )
            return redirect("job", job.public_id)
    context = {
        "kind": which,
        "form": form,
        "columns": KINDS[which].columns,
        "most_rows": settings.IMPORT_MAX_ROWS,
    }
    return render(request, "jobs/import_start.html", context)


@require_safe
def import_template(request: HttpRequest, kind: str, extension: str) -> HttpResponse:
    """The empty sheet to fill in, in the language of the page."""
    which = find_kind(request, kind)
    if extension not in TEMPLATES:
        raise Http404
    media_type, template = TEMPLATES[extension]
    response = HttpResponse(template(which), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{which.value}.{extension}"'
    return response


@require_POST
def job_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a worker carry out the rows that were found good."""
    job = find_import(request, public_id)
    go_on(request, job, JobPhase.APPLY)
    return redirect("job", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def job_submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for the acknowledgements once, and let a worker submit every draft that can be."""
    job = find_import(request, public_id)
    if not may_submit(job):
        raise Http404
    form = SubmitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        go_on(request, job, JobPhase.SUBMIT)
        return redirect("job", public_id)
    count = job.rows.filter(outcome__in=[RowOutcome.IMPORTED, RowOutcome.REFUSED]).count()
    return render(request, "jobs/submit.html", {"job": job, "form": form, "count": count})


@require_safe
def job_rows_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """Every row with what became of it: the sheet to mend and to import again."""
    job = find_import(request, public_id)
    columns = KINDS[JobKind(job.kind)].columns
    head = [_("Row"), _("Outcome"), _("Notes"), _("Claim"), *(str(column.label) for column in columns)]
    labels = {value: str(label) for value, label in RowOutcome.choices}
    rows = job.rows.select_related("claim").order_by("number")
    lines = rows_in_words(rows.iterator(chunk_size=500), labels, [column.key for column in columns])
    response = StreamingHttpResponse(csv_pieces(head, lines), content_type=CSV_TYPE)
    response["Content-Disposition"] = 'attachment; filename="import-result.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def rows_in_words(rows: Iterator[JobRow], labels: dict[str, str], keys: list[str]) -> Iterator[list[object]]:
    """Yield the cells of each row of the result."""
    for row in rows:
        claim = row.claim.number if row.claim else ""
        cells = [row.cells.get(key, "") for key in keys]
        yield [row.number, labels[row.outcome], " ".join(row.notes), claim, *cells]


def go_on(request: HttpRequest, job: Job, phase: JobPhase) -> None:
    """Begin the next step, or say that there is nothing to begin."""
    try:
        jobs.go_on(job_id=job.pk, phase=phase, now=timezone.now())
    except JobNotReady:
        messages.info(request, _("There is nothing to do, or it is being done already."))


def find_kind(request: HttpRequest, kind: str) -> JobKind:
    """Return the kind of import if the person may begin it, or raise Http404."""
    for known in kinds_open_to(signed_in(request)):
        if known.value == kind:
            return known
    raise Http404


def find_import(request: HttpRequest, public_id: UUID) -> Job:
    """Return the person's own import, which they may still carry out, or raise Http404."""
    job = find_job(request, public_id)
    find_kind(request, job.kind)
    return job
