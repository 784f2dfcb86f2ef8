"""Every request has an id, which its log lines and its answer carry, and leaves one line when it is done."""

import logging
import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cpor_portal.logs import discreet

logger = logging.getLogger(__name__)

# What a proxy may hand in: nothing that could end a line or forge another one.
GOOD_ID = re.compile(r"[\w-]{8,64}", re.ASCII)


class RequestLogMiddleware:
    """Binds the id and writes the line. A web server's own access log would hold the tokens of personal links."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        request_id = id_of(request)
        # Bound until the thread's next request: Django logs what was refused after the last middleware.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        milliseconds = round((time.monotonic() - started) * 1000)
        path = one_line(request.path)
        logger.info("%s %s %s in %d ms", request.method, path, response.status_code, milliseconds)
        response.headers["X-Request-ID"] = request_id
        return response


def one_line(path: str) -> str:
    """Return *path* as one line of plain letters, whatever it was made of, without the token of a personal link."""
    return str(discreet(path)).encode("unicode_escape").decode("ascii")


def id_of(request: HttpRequest) -> str:
    """Return the id that a trusted proxy gave the request, or a new one."""
    given = request.headers.get("X-Request-ID", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return given if GOOD_ID.fullmatch(given) else uuid.uuid4().hex
