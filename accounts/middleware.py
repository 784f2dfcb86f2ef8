"""The person's language wins over the browser's, until the person picks another on the page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class LanguagePreferenceMiddleware:
    """Activate the signed-in person's language when no language was picked in this browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        picked = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        preferred = getattr(request.user, "language", "")
        if preferred and not picked:
            translation.activate(preferred)
            request.LANGUAGE_CODE = preferred
        return self.get_response(request)
