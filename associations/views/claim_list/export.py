"""The list as a file: at once when it is short, in the background when it is long (domain.md 6.1)."""

import tempfile
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts.post_only import post_only
from associations.background.claim_sheet import ClaimSheet, exportable_by
from associations.background.existing_sheet import ExistingSheet
from associations.files.spreadsheets import CSV_TYPE, XLSX_TYPE, separator_for, write_xlsx
from associations.forms.claim_list.existing import TAB, ExistingFilter
from associations.forms.claim_list.filter import ClaimFilter
from associations.models.claim_queries import ClaimQuerySet
from associations.models.partners import claim_scope_of
from associations.pagination import sorted_by
from associations.services.background import jobs
from associations.views.actor import signed_in
from associations.views.claim_list.existing import existing_in, order_of
from associations.views.csv_response import csv_response
from associations.views.zones import zone_of_person

ROWS_A_CHUNK = 2000
MEDIA_TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}


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
    if request.GET.get("tab") == TAB:
        return export_existing(request, kind)
    claims = asked_claims(request, request.GET, now=timezone.now())
    if has_more_than(claims, settings.EXPORT_DIRECT_ROWS):
        context = {"count": claims.count(), "kind": kind, "query": request.GET.urlencode()}
        return render(request, "jobs/long_export.html", context)
    sheet, name = ClaimSheet(zone=zone_of_person(request.user)), file_name(request, kind)
    if kind == "csv":
        return csv_response(request, name=name, head=sheet.head, rows=sheet.rows(claims))
    return sent_xlsx(sheet, sheet.rows(claims), name=name)


def export_existing(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out the tab of existing associations, at once: they are few, for none is ever added."""
    user, now = signed_in(request), timezone.now()
    sought = ExistingFilter.asked(request.GET)
    order = order_of(sought)
    found = existing_in(claim_scope_of(user), sought, now=now).annotate(sort_value=order.by)
    held = sorted_by(found, order, backwards=False).iterator(chunk_size=ROWS_A_CHUNK)
    sheet, name = ExistingSheet(zone=zone_of_person(user)), file_name(request, kind)
    if kind == "csv":
        return csv_response(request, name=name, head=sheet.head, rows=sheet.existing_rows(held))
    return sent_xlsx(sheet, sheet.existing_rows(held), name=name)


def sent_xlsx(sheet: ClaimSheet, rows: Iterable[tuple[object, ...]], *, name: str) -> HttpResponseBase:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
    write_xlsx(file, sheet.head, rows)
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
    kind = kind if kind in MEDIA_TYPES else "csv"
    query = request.POST.get("query", "")
    parameters = {
        "format": kind,
        "query": query,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "separator": separator_for(QueryDict(query).get("separator", "")),
        "zone": zone_of_person(user).key,
        "name": file_name(request, kind),
    }
    total = asked_claims(request, QueryDict(query), now=now).count()
    job = jobs.start_export(owner=user, parameters=parameters, total=total, now=now)
    return redirect("job", job.public_id)


def asked_claims(request: HttpRequest, address: QueryDict, *, now: datetime) -> ClaimQuerySet:
    """Return exactly what the list shows for *address*, as the person may see it."""
    return ClaimFilter.asked(address).of(exportable_by(signed_in(request)), now=now)


def has_more_than(claims: ClaimQuerySet, count: int) -> bool:
    """Return whether there are more, without counting them all."""
    return bool(claims.order_by("pk").values_list("pk")[count : count + 1])


def file_name(request: HttpRequest, kind: str) -> str:
    """Return "customer-associations-2020-10-19.csv", with the day of the person's zone."""
    today = timezone.now().astimezone(zone_of_person(request.user)).date()
    return f"customer-associations-{today.isoformat()}.{kind}"
