"""Receives signed delivery reports from an email provider.

`POST /notifications/reports/` with the JSON object {"message_id", "event": "bounced" or "delivered", "detail"} and two
headers: X-CPOR-Timestamp, the Unix time in seconds, and X-CPOR-Signature, the hexadecimal HMAC-SHA256 of
`<timestamp>.<body>` under BOUNCE_WEBHOOK_SECRET. A signature holds for five minutes, and the same report posted twice
is noted once, so a replay changes nothing.
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from notifications.clean_text import one_line
from notifications.incoming import processing
from notifications.incoming.delivery_reports import MESSAGE_ID, STATUS, Action
from notifications.incoming.processing import BounceReport, EmailInFlight

TOLERANCE = timedelta(minutes=5)
RETRY_AFTER_SECONDS = "60"
EVENTS = {"bounced": Action.FAILED, "delivered": Action.DELIVERED}


class BadReport(Exception):
    """The body is not a report; the words say what is wrong with it."""


@csrf_exempt
@login_not_required
@never_cache
def delivery_reports(request: HttpRequest) -> HttpResponse:
    """Note one signed report; 404 without a secret, 403 without a good signature, 503 when it has to be sent again."""
    if not settings.BOUNCE_WEBHOOK_SECRET:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now = timezone.now()
    if not is_signed(request, secret=settings.BOUNCE_WEBHOOK_SECRET, now=now):
        raise PermissionDenied
    try:
        is_news = processing.note_report(report_in(request.body), now=now)
    except BadReport as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain")
    except EmailInFlight:
        return HttpResponse(status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    return JsonResponse({"noted": is_news})


def is_signed(request: HttpRequest, *, secret: str, now: datetime) -> bool:
    """Return whether the request carries a signature of its own body that was made within the last five minutes.

    The time is part of what is signed, so an old request cannot be made young. The comparison takes equally long
    whatever is wrong, so a signature cannot be guessed digit by digit.
    """
    timestamp = request.headers.get("X-CPOR-Timestamp", "")
    given = request.headers.get("X-CPOR-Signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + request.body, hashlib.sha256).hexdigest()
    is_fresh = abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
    return hmac.compare_digest(signed.encode(), given.encode("utf-8", "replace")) and is_fresh


def report_in(body: bytes) -> BounceReport:
    """Return the report in a JSON body; raise BadReport."""
    try:
        facts: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadReport("The body is not JSON.") from error
    if not isinstance(facts, dict) or not all(isinstance(value, str) for value in facts.values()):
        raise BadReport("The body is not an object of texts.")
    if facts.get("event") not in EVENTS:
        raise BadReport('The event is neither "bounced" nor "delivered".')
    message_id = "<" + facts.get("message_id", "").strip().removeprefix("<").removesuffix(">") + ">"
    if not MESSAGE_ID.fullmatch(message_id):
        raise BadReport("The message_id is not one.")
    detail = one_line(facts.get("detail", ""))
    status = STATUS.search(detail)
    return BounceReport(
        message_id=message_id,
        action=EVENTS[facts["event"]],
        status=status.group() if status else "",
        diagnostic=detail,
    )
