"""What holds for every answer, whatever made it: its headers, the largest body, the pages for 413 and 503."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

# The portal uses none of what a browser could ask a person for, but the keys that sign somebody in.
UNUSED = ["accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone"]
UNUSED += ["midi", "payment", "usb"]
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED)

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class EdgesMiddleware:
    """Refuses a body larger than any form of the portal takes, unread, and adds the header Django does not know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_too_large = content_length(request) > settings.LARGEST_BODY
        response = too_large() if is_too_large else self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


def content_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 413 to a form that is too large and 400 to what makes no sense.

    A session that the database went away from is no fault of the request, which Django takes it for.
    """
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large()
    if database_is_away(exception):
        return unavailable(request)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away and 500 to a fault of ours; neither page needs the database."""
    return unavailable(request) if database_is_away(sys.exception()) else defaults.server_error(request)


def database_is_away(error: BaseException | None) -> bool:
    """Whether *error*, or one during whose handling it was raised, says that the database does not answer."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__context__
    return False


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503 with a page that keeps what was typed, and sends it again at the press of its button."""
    page = render_to_string("503.html", {"typed": what_was_typed(request)})
    return HttpResponse(page, status=503, headers={"Retry-After": "60", "Cache-Control": "no-store"})


def what_was_typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of the form that found no database; none where a page could not hold all: files, passwords.

    The token against forgery is among them, so what another site has sent is no more believed the second time.
    """
    if request.method != "POST" or request.content_type not in FORMS or request.FILES:
        return []
    if any("password" in name for name in request.POST):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]


def too_large() -> HttpResponse:
    return HttpResponse(render_to_string("413.html"), status=413)
