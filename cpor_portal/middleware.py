"""Headers and limits of every response, and the pages for 405, 413 and 503."""

import sys
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from accounts.kept_input.session import fields_of

# The portal uses none of what a browser could ask a person for, but the keys that sign somebody in.
UNUSED = ["accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone"]
UNUSED += ["midi", "payment", "usb"]
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED)


class EdgesMiddleware:
    """Refuses a body larger than any form of the portal, without reading it; adds a page to 405; adds headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_too_large = content_length(request) > settings.LARGEST_BODY
        response = too_large() if is_too_large else self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.streaming and not response.content:
            response.content = render_to_string("405.html")
            response.headers["Content-Length"] = str(len(response.content))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        keep_private(request, response)
        return response


def keep_private(request: HttpRequest, response: HttpResponse) -> None:
    """Keep browsers and proxies from storing pages that may hold what one person sees; static files may be stored."""
    if hasattr(request, "user") and "no-store" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "private, no-store"


def content_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 413 to a form that is too large, 503 to a request whose session the database lost, and 400 to others."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large()
    if database_is_away(exception):
        return unavailable(request)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away and 500 to an error of ours; neither page needs the database."""
    return unavailable(request) if database_is_away(sys.exception()) else defaults.server_error(request)


def database_is_away(error: BaseException | None) -> bool:
    """Return whether *error*, or one that led to it, says that the database does not answer."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__context__
    return False


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503 with a page that keeps what was typed, and a button that sends it again."""
    # A page can't hold files. The CSRF token is among the fields, so a forged request fails the second time, too.
    typed = [] if request.method == "POST" and request.FILES else fields_of(request)
    page = render_to_string("503.html", {"typed": typed})
    return HttpResponse(page, status=503, headers={"Retry-After": "60", "Cache-Control": "no-store"})


def too_large() -> HttpResponse:
    return HttpResponse(render_to_string("413.html"), status=413)
