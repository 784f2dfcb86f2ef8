"""Imports: the template, the upload, the check that shows every row's outcome, and what follows it."""

from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.post_only import post_only
from associations.background import import_sheets, sheet_uploads
from associations.background.column_readings import cells_as_read, readings_of
from associations.background.import_kinds import KINDS
from associations.background.import_sheets import ColumnsMissing, HeadingTwice
from associations.files.spreadsheets import SHEET_TYPES, separator_for
from associations.files.storage import StorageUnavailable
from associations.files.tables.sheets import SheetRefused
from associations.forms.imports.rows import Readings
from associations.forms.imports.upload import SheetForm, SheetWithProofsForm
from associations.forms.wizard.submit import SubmitForm
from associations.job_choices import JobKind, JobPhase, RowOutcome
from associations.models import Job, JobRow
from associations.services.background import jobs
from associations.services.background.jobs import JobNotReady
from associations.views.actor import kinds_open_to, signed_in
from associations.views.background.jobs import find_job, may_submit, reading_form
from associations.views.csv_response import csv_response
from associations.views.uploads import files_of, uploads_limited
from associations.views.zones import in_own_zone

FORMS: dict[JobKind, type[SheetForm]] = {
    JobKind.REASSOCIATION: SheetWithProofsForm,
    JobKind.MIGRATION: SheetWithProofsForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
@uploads_limited
def import_start(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a sheet and let a worker check its rows; nothing is imported before the person confirms."""
    which = find_kind(request, kind)
    kind_form = FORMS.get(which, SheetForm)
    form = kind_form(request.POST, files_of(request)) if request.method == "POST" else kind_form()
    if request.method == "POST" and form.is_valid():
        try:
            job = sheet_uploads.begin(which, form, owner=signed_in(request), now=timezone.now())
        except ColumnsMissing as missing:
            form.add_error("sheet", _("The sheet lacks columns: %(names)s") % {"names": ", ".join(missing.labels)})
        except HeadingTwice as twice:
            words = _("Two columns of the sheet mean the same: %(names)s. Remove one.")
            form.add_error("sheet", words % {"names": ", ".join(twice.headings)})
        else:
            return redirect("job", job.public_id)
    context = {
        "kind": which,
        "form": form,
        "columns": KINDS[which].columns,
        "most_rows": settings.IMPORT_MAX_ROWS,
        "asks_for_files_again": bool(form.errors and files_of(request)),
    }
    return render(request, "jobs/import_start.html", context)


@require_safe
def import_template(request: HttpRequest, kind: str, extension: str) -> HttpResponse:
    """The empty sheet to fill in, in the language of the page and, as CSV, with its separator or the one asked for."""
    which = find_kind(request, kind)
    if extension not in SHEET_TYPES:
        raise Http404
    separator = separator_for(request.GET.get("separator", ""))
    content = (
        import_sheets.xlsx_template(which)
        if extension == "xlsx"
        else import_sheets.csv_template(which, separator=separator)
    )
    response = HttpResponse(content, content_type=SHEET_TYPES[extension])
    response["Content-Disposition"] = f'attachment; filename="{which.value}.{extension}"'
    return response


@post_only("job", "public_id")
def job_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a worker carry out the rows that were found good."""
    job = find_import(request, public_id)
    go_on(request, job, JobPhase.APPLY)
    return redirect("job", public_id)


@post_only("job", "public_id")
def job_reading(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read the columns as the person chose, and queue the rows to be checked again."""
    job = find_import(request, public_id)
    form = reading_form(job, request.POST)
    if not form.is_valid():
        messages.error(request, _("Select one of the answers."))
        return redirect("job", public_id)
    try:
        sheet_uploads.read_again(job, form.cleaned_data, now=timezone.now())
    except JobNotReady:
        messages.info(request, _("The rows are being worked on, or were imported already."))
    except (ColumnsMissing, HeadingTwice, SheetRefused, StorageUnavailable):
        messages.error(request, _("The sheet could not be read so. It stays as it was read before."))
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
    """Every row with what became of it: the sheet to correct and to import again."""
    job = find_import(request, public_id)
    columns = KINDS[JobKind(job.kind)].columns
    head = [_("Row"), _("Outcome"), _("Notes"), _("Claim"), *(str(column.label) for column in columns)]
    labels = {value: str(label) for value, label in RowOutcome.choices}
    rows = job.rows.select_related("claim", "job").order_by("number").iterator(chunk_size=500)
    lines = rows_in_words(rows, labels, [column.key for column in columns], readings_of(job))
    return csv_response(request, name="import-result.csv", head=head, rows=lines)


def rows_in_words(
    rows: Iterator[JobRow], labels: dict[str, str], keys: list[str], readings: Readings
) -> Iterator[list[object]]:
    """Yield the cells of each row of the result, days and numbers in the form that everybody reads alike."""
    for row in rows:
        form = KINDS[JobKind(row.job.kind)].form
        claim = row.claim.number if row.claim else ""
        yield [
            row.number,
            labels[row.outcome],
            " ".join(row.notes),
            claim,
            *cells_as_read(row.cells, keys, form, readings),
        ]


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
