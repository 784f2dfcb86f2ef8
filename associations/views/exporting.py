"""The list as a file: at once when it is short, in the background when it is long (domain.md 6.1)."""

import tempfile

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe

from associations.claim_sheet import ClaimSheet, exportable_by
from associations.exports import CSV_TYPE, XLSX_TYPE, csv_pieces, write_xlsx
from associations.forms.claim_filter import ClaimFilter
from associations.models.claims import ClaimQuerySet
from associations.services import jobs
from associations.views.moments import zone_of_person
from associations.views.people import signed_in

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
    claims = asked_claims(request, request.GET)
    if has_more_than(claims, settings.EXPORT_DIRECT_ROWS):
        context = {"count": claims.count(), "kind": kind, "query": request.GET.urlencode()}
        return render(request, "jobs/long_export.html", context)
    sheet = ClaimSheet(zone=zone_of_person(request.user))
    response = streamed_csv(sheet, claims) if kind == "csv" else sent_xlsx(sheet, claims)
    response["Content-Disposition"] = f'attachment; filename="{file_name(request, kind)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def streamed_csv(sheet: ClaimSheet, claims: ClaimQuerySet) -> HttpResponseBase:
    return StreamingHttpResponse(csv_pieces(sheet.head, sheet.rows(claims)), content_type=CSV_TYPE)


def sent_xlsx(sheet: ClaimSheet, claims: ClaimQuerySet) -> HttpResponseBase:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
    write_xlsx(file, sheet.head, sheet.rows(claims))
    file.seek(0)
    return FileResponse(file, content_type=XLSX_TYPE)


@require_POST
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
        "zone": zone_of_person(user).key,
        "name": file_name(request, kind),
    }
    total = asked_claims(request, QueryDict(query)).count()
    job = jobs.start_export(owner=user, parameters=parameters, total=total, now=now)
    return redirect("job", job.public_id)


def asked_claims(request: HttpRequest, address: QueryDict) -> ClaimQuerySet:
    """Return exactly what the list shows for *address*, as the person may see it."""
    return ClaimFilter.asked(address).of(exportable_by(signed_in(request)))


def has_more_than(claims: ClaimQuerySet, count: int) -> bool:
    """Whether there are more, without counting them all."""
    return bool(claims.order_by("pk").values_list("pk")[count : count + 1])


def file_name(request: HttpRequest, kind: str) -> str:
    """Return "customer-associations-2020-10-19.csv", with the day of the person's zone."""
    today = timezone.now().astimezone(zone_of_person(request.user)).date()
    return f"customer-associations-{today.isoformat()}.{kind}"
