"""The list as a file: at once when it is short, in the background when it is long (domain.md 6.1)."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts.post_only import post_only
from associations.background.exports import exported, is_of_existing, sheet_of
from associations.files.spreadsheets import SHEET_TYPES, XLSX_TYPE, separator_for, write_xlsx
from associations.services.background import jobs
from associations.views.actor import signed_in
from associations.views.csv_response import csv_response
from associations.views.zones import zone_of_person


@require_safe
def export_csv(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as CSV."""
    return export(request, "csv")


@require_safe
def export_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a workbook."""
    return export(request, "xlsx")


def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand the file out, or ask whether it may be prepared in the background: a GET begins no work."""
    user, now = signed_in(request), timezone.now()
    found = exported(user, request.GET, now=now)
    if has_more_than(found, settings.EXPORT_DIRECT_ROWS):
        context = {
            "count": found.count(),
            "kind": kind,
            "query": request.GET.urlencode(),
            "is_existing": is_of_existing(request.GET),
        }
        return render(request, "jobs/long_export.html", context)
    head, rows = sheet_of(user, request.GET, zone=zone_of_person(user), now=now)
    name = file_name(request, kind)
    if kind == "csv":
        return csv_response(request, name=name, head=head, rows=rows)
    return sent_xlsx(head, rows, name=name)


def sent_xlsx(head: Sequence[str], rows: Iterable[tuple[object, ...]], *, name: str) -> HttpResponseBase:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
    write_xlsx(file, head, rows)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@post_only("claim_list")
def start_export(request: HttpRequest) -> HttpResponse:
    """Let a worker write a long file."""
    user, now = signed_in(request), timezone.now()
    kind = request.POST.get("format", "")
    kind = kind if kind in SHEET_TYPES else "csv"
    query = request.POST.get("query", "")
    parameters = {
        "format": kind,
        "query": query,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "separator": separator_for(QueryDict(query).get("separator", "")),
        "zone": zone_of_person(user).key,
        "name": file_name(request, kind),
    }
    total = exported(user, QueryDict(query), now=now).count()
    job = jobs.start_export(owner=user, parameters=parameters, total=total, now=now)
    return redirect("job", job.public_id)


def has_more_than(found: QuerySet[Any], count: int) -> bool:
    """Return whether there are more, without counting them all."""
    return bool(found.order_by("pk").values_list("pk")[count : count + 1])


def file_name(request: HttpRequest, kind: str) -> str:
    """Return "customer-associations-2020-10-19.csv", with the day of the person's zone."""
    today = timezone.now().astimezone(zone_of_person(request.user)).date()
    return f"customer-associations-{today.isoformat()}.{kind}"
