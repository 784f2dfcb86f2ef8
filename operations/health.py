"""Pages for operators: this process answers (`/healthz`), all parts work (`/readyz`), figures (`/metrics`)."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from operations import metrics as figures
from operations import readiness


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process serves requests; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer one line per part: 200 when all are well, 503 when one is red."""
    try:
        findings = readiness.inside(now=timezone.now())
    except (OSError, DatabaseError):
        findings = {"database": readiness.UNREACHABLE}
    findings |= readiness.outside()
    return JsonResponse(
        {name: str(finding) for name, finding in findings.items()},
        status=503 if any(finding.is_red for finding in findings.values()) else 200,
        json_dumps_params={"indent": 1},
    )


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the figures to a request with ``METRICS_TOKEN`` as bearer token, and 404 to any other."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not constant_time_compare(request.headers.get("Authorization", ""), expected):
        raise Http404
    return HttpResponse(figures.exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
