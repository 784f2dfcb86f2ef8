"""Gives each request an id for its log lines and its response, times it, and logs one line at its end."""

import logging
import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

from operations.logs import discreet

logger = logging.getLogger(__name__)

# Nothing that could end a line or forge another one.
GOOD_ID = re.compile(r"[\w-]{8,64}", re.ASCII)

REQUEST_SECONDS = Histogram(
    "cpor_request_seconds",
    "How long requests took, by the name of the address.",
    ["method", "route", "status"],
    registry=None,
)


class RequestLogMiddleware:
    """Sets the id and logs the line; a web server's own access log would hold the tokens of personal links."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        request_id = id_of(request)
        # Bound until the thread's next request: Django logs what was refused after the last middleware.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        seconds = time.monotonic() - started
        REQUEST_SECONDS.labels(request.method, route_of(request), response.status_code).observe(seconds)
        path = one_line(request.path)
        logger.info("%s %s %s in %d ms", request.method, path, response.status_code, round(seconds * 1000))
        response.headers["X-Request-ID"] = request_id
        return response


def route_of(request: HttpRequest) -> str:
    """Return the name of the page, so that there are as many rows as pages; empty where there is none."""
    return request.resolver_match.view_name if request.resolver_match else ""


def one_line(path: str) -> str:
    """Return *path* as one line of ASCII, without the token of a personal link."""
    return str(discreet(path)).encode("unicode_escape").decode("ascii")


def id_of(request: HttpRequest) -> str:
    """Return the id that a trusted proxy gave the request, or a new one."""
    given = request.headers.get("X-Request-ID", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return given if GOOD_ID.fullmatch(given) else uuid.uuid4().hex
